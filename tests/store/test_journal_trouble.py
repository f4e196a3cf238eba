"""A journal that is newer, damaged, full, locked or read-only: told by code, and nothing half written."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kdgui.domain.errors import JournalTrouble
from kdgui.domain.orders import RunOrder
from kdgui.domain.verdicts import Row, Verdict
from kdgui.store.journal import file as journal_file
from kdgui.store.journal.journal import Journal
from kdgui.store.journal.records import Intent, RunHeader
from kdgui.store.journal.schema import STEPS, VERSION, migrate, version_of

InProcess = Callable[..., subprocess.CompletedProcess[str]]
posix = pytest.mark.skipif(os.name == "nt", reason="file modes, limits and signals of POSIX")


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(JournalTrouble) as caught:
        call()
    return caught.value.code


def files(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}


@posix
def test_the_files_are_the_users_alone(
    journal: Journal, path: Path, order: RunOrder, header: RunHeader
) -> None:
    journal.start_run(order, header)
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}

    suffixes = ("", "-wal", "-shm", "-begun")
    assert modes == {f"journal.sqlite{suffix}": 0o600 for suffix in suffixes}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_newer_journal_is_not_touched(kept: tuple[Path, str]) -> None:
    path, _ = kept
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    connection.close()
    before = files(path.parent)

    with pytest.raises(JournalTrouble) as caught:
        Journal.open(path)

    assert caught.value.code == "journal_newer"
    assert caught.value.values["version"] == str(VERSION + 1)
    assert files(path.parent) == before


def test_a_newer_journal_whose_version_is_in_the_wal_only(kept: tuple[Path, str]) -> None:
    path, _ = kept
    newer = sqlite3.connect(path, isolation_level=None)
    newer.execute("PRAGMA wal_autocheckpoint = 0")
    newer.execute(f"PRAGMA user_version = {VERSION + 1}")
    copy = path.parent.parent / "copy" / "journal.sqlite"
    copy.parent.mkdir()
    for name in ("journal.sqlite", "journal.sqlite-wal"):
        shutil.copy(path.with_name(name), copy.with_name(name))
    newer.close()
    before = copy.read_bytes()

    assert code_of(lambda: Journal.open(copy)) == "journal_newer"
    again = sqlite3.connect(copy)
    assert version_of(again) == VERSION + 1
    again.close()
    assert (
        before[:100] == copy.read_bytes()[:100] or int.from_bytes(copy.read_bytes()[60:64], "big") > VERSION
    )


def test_the_schema_is_built_step_by_step_and_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE half (a)")
        raise sqlite3.OperationalError("the power went")

    monkeypatch.setattr("kdgui.store.journal.schema.STEPS", (*STEPS, broken))
    path = tmp_path / "journal.sqlite"
    assert code_of(lambda: Journal.open(path)) == "journal_io"
    connection = sqlite3.connect(path)
    assert version_of(connection) == 0
    assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    connection.close()


def test_migrating_twice_changes_nothing(journal: Journal) -> None:
    with journal._file.writing() as connection:
        migrate(connection)
        assert version_of(connection) == VERSION


# The disk

FULL = """
import resource, sys
from dataclasses import replace
from pathlib import Path
from kdgui.domain.errors import JournalTrouble
from kdgui.domain.orders import PushOptions, RunOrder
from kdgui.domain.verdicts import Verdict
from kdgui.store.journal.journal import Journal
from kdgui.store.journal.records import Intent, RunHeader

how, path = sys.argv[1], Path(sys.argv[2])
journal = Journal.open(path)
order = RunOrder("PUR_PurchaseOrder", PushOptions(rule_id="R"), ("A", "B"))
header = RunHeader("http://h/k3cloud/", "dc")
run_id, rows = journal.start_run(order, header)
if how == "limit":
    size = path.with_name(path.name + "-wal").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 20_000, size + 20_000))
else:
    with journal._file.reading() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
    journal._file._connection.execute(f"PRAGMA max_page_count = {pages + 2}")
codes = []
sending = replace(rows[0], verdict=Verdict.SENDING)
for call in (
    lambda: journal.start_run(RunOrder("F", PushOptions(), tuple(map(str, range(5000)))), header),
    lambda: journal.intend(run_id, (sending,), Intent("F", "R", "T", body="x" * 99999)),
):
    try:
        call()
    except JournalTrouble as trouble:
        codes.append(trouble.code)
assert journal.rows(run_id) == rows, "half written"
assert [info.run_id for info in journal.runs()] == [run_id]
assert journal.open_requests() == ()
print(*codes)
"""


@posix
@pytest.mark.parametrize(("how", "code"), [("limit", "journal_io"), ("pages", "journal_full")])
def test_a_full_disk_is_told_and_nothing_is_half_written(
    path: Path, in_process: InProcess, how: str, code: str
) -> None:
    ended = in_process(FULL, how, path)

    assert ended.stdout.split() == [code, code], ended.stderr
    journal = Journal.open(path)
    assert journal.set_aside is None
    assert [info.total for info in journal.runs()] == [2]
    assert journal.open_requests() == ()
    journal.close()


def test_enospc_is_a_full_disk() -> None:
    assert journal_file._code_of_os_error(OSError(28, "No space left on device")) == "journal_full"


READ_ONLY = """
import os, sys
from pathlib import Path
from kdgui.domain.errors import JournalTrouble
from kdgui.domain.orders import PushOptions, RunOrder
from kdgui.store.journal.journal import Journal
from kdgui.store.journal.records import RunHeader
import kdgui.store.journal.rows, kdgui.store.network_drives, encodings.idna

folder = Path(sys.argv[1])
if os.getuid() == 0:  # root may write everywhere
    os.setgid(65534)
    os.setuid(65534)
try:
    journal = Journal.open(folder / "journal.sqlite")
    print(len(journal.runs()))
    journal.start_run(RunOrder("F", PushOptions(), ("1",)), RunHeader("s", "dc"))
except JournalTrouble as trouble:
    print(trouble.code)
"""


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that another user may enter, which the folders of pytest are not."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o755)


@posix
def test_a_read_only_folder_is_told(public: Path, in_process: InProcess) -> None:
    public.chmod(0o555)

    assert in_process(READ_ONLY, public).stdout.split() == ["journal_not_writable"]
    assert list(public.iterdir()) == []


@posix
def test_a_read_only_journal_is_told(
    public: Path, in_process: InProcess, order: RunOrder, header: RunHeader
) -> None:
    journal = Journal.open(public / "journal.sqlite")
    journal.start_run(order, header)
    journal.close()
    (public / "journal.sqlite").chmod(0o444)
    public.chmod(0o555)
    before = files(public)

    assert in_process(READ_ONLY, public).stdout.split() == ["journal_not_writable"]
    assert files(public) == before


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")

    assert code_of(lambda: Journal.open(tmp_path / "home" / "journal.sqlite")) == "journal_not_writable"


def test_a_journal_that_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "journal.sqlite").mkdir()

    assert code_of(lambda: Journal.open(tmp_path / "journal.sqlite")) in (
        "journal_not_writable",
        "journal_io",
    )


def test_a_network_drive_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_file, "on_network", lambda folder: True)

    assert code_of(lambda: Journal.open(tmp_path / "journal.sqlite")) == "journal_on_share"
    assert list(tmp_path.iterdir()) == []


# Others


def test_locked_by_another_program(
    journal: Journal, path: Path, order: RunOrder, header: RunHeader, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id, rows = journal.start_run(order, header)
    journal._file._connection.execute("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    sending = replace(rows[0], verdict=Verdict.SENDING)

    assert code_of(lambda: journal.intend(run_id, (sending,), Intent("F", "R", "T"))) == "journal_locked"
    assert journal.rows(run_id) == rows, "reading goes on"

    other.execute("ROLLBACK")
    other.close()
    journal.intend(run_id, (sending,), Intent("F", "R", "T"))
    assert journal.rows(run_id)[0].verdict is Verdict.SENDING


def test_a_short_lock_is_waited_for(journal: Journal, path: Path, order: RunOrder, header: RunHeader) -> None:
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(0.2, lambda: other.execute("ROLLBACK"))
    timer.start()

    journal.start_run(order, header)

    timer.join()
    other.close()


def test_after_closing(journal: Journal, order: RunOrder, header: RunHeader) -> None:
    journal.close()
    journal.close()

    assert code_of(journal.runs) == "journal_closed"
    assert code_of(lambda: journal.start_run(order, header)) == "journal_closed"


def test_a_bug_in_a_transaction_leaves_nothing(journal: Journal, order: RunOrder, header: RunHeader) -> None:
    run_id, rows = journal.start_run(order, header)
    strange = Row(run_id, 5, "never started")
    with pytest.raises(KeyError):
        journal.intend(run_id, (replace(rows[0], verdict=Verdict.SENDING), strange), Intent("F", "R", "T"))

    assert journal.rows(run_id) == rows
    assert journal.open_requests() == ()
    journal.write_rows((replace(rows[0], verdict=Verdict.SKIPPED),))


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_no_secret_is_in_the_file(journal: Journal, path: Path, order: RunOrder, header: RunHeader) -> None:
    """There is no column, and no field of what is stored, that a secret could be put in."""
    journal.start_run(order, header)
    with journal._file.reading() as connection:
        schema = " ".join(sql or "" for (sql,) in connection.execute("SELECT sql FROM sqlite_master"))
    fields = {*RunHeader.__dataclass_fields__, *Intent.__dataclass_fields__, *RunOrder.__dataclass_fields__}

    assert not any(
        word in name.casefold() for name in (*fields, schema) for word in ("password", "secret", "session")
    )
