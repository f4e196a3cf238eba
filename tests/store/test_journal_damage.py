"""A damaged journal: set aside and told, and what can be read of it carried over."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from kdgui.domain.errors import JournalTrouble
from kdgui.domain.orders import PushOptions, RunOrder
from kdgui.domain.verdicts import Reason, Verdict
from kdgui.store.journal import file as journal_file
from kdgui.store.journal.journal import Journal
from kdgui.store.journal.records import Intent, RunHeader


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(JournalTrouble) as caught:
        call()
    return caught.value.code


def overwrite(path: Path, start: int, stop: int | None = None) -> None:
    content = bytearray(path.read_bytes())
    stop = len(content) if stop is None else stop
    content[start:stop] = b"\xa5" * (stop - start)
    path.write_bytes(content)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(
            lambda path: path.write_bytes(b"not a database at all, but long enough " * 50), id="other file"
        ),
        pytest.param(lambda path: overwrite(path, 0, 100), id="header"),
        pytest.param(lambda path: overwrite(path, 100, 4096), id="schema page"),
    ],
)
def test_a_damaged_journal_is_set_aside_and_told(
    kept: tuple[Path, str], damage: Callable[[Path], object]
) -> None:
    path, _ = kept
    damage(path)
    damaged = path.read_bytes()

    journal = Journal.open(path)

    assert journal.set_aside is not None
    assert journal.set_aside.name.startswith("journal-damaged-")
    assert journal.set_aside.read_bytes() == damaged
    assert journal.runs() == ()
    journal.start_run(RunOrder("F", PushOptions(), ("A",)), RunHeader("s", "dc"))
    journal.close()
    again = Journal.open(path)
    assert again.set_aside is None
    assert len(again.runs()) == 1
    again.close()


@pytest.mark.parametrize("lost", [b"", b"\xa5" * 4096, b"SQLite format 3\0"])
def test_the_newest_verdicts_go_with_the_damaged_file(kept: tuple[Path, str], lost: bytes) -> None:
    """SQLite would delete the -wal beside a file that it cannot read."""
    path, _ = kept
    path.write_bytes(lost)
    path.with_name("journal.sqlite-wal").write_bytes(b"the newest verdicts")
    journal = Journal.open(path)

    assert journal.set_aside is not None
    wal = journal.set_aside.with_name(journal.set_aside.name + "-wal")
    assert wal.read_bytes() == b"the newest verdicts"
    journal.close()


def test_an_empty_file_is_a_new_journal(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    journal = Journal.open(path)

    assert journal.set_aside is None
    journal.close()


def test_without_repair_a_damaged_journal_stays_where_it_is(kept: tuple[Path, str]) -> None:
    path, _ = kept
    overwrite(path, 100, 4096)
    before = path.read_bytes()

    assert code_of(lambda: Journal.open(path, repair=False)) == "journal_corrupt"
    assert path.read_bytes() == before


def test_damage_met_in_use_is_set_aside_at_the_next_start(
    path: Path, order: RunOrder, header: RunHeader
) -> None:
    journal = Journal.open(path)
    run_id, _ = journal.start_run(replace(order, numbers=tuple(map(str, range(5_000)))), header)
    journal.close()
    overwrite(path, path.stat().st_size // 2)

    journal = Journal.open(path)  # after a proper end it opens at once, and the damage is not seen yet
    assert journal.set_aside is None
    assert code_of(lambda: journal.rows(run_id)) == "journal_corrupt"
    journal.close()

    journal = Journal.open(path)
    assert journal.set_aside is not None
    journal.close()
    journal = Journal.open(path)
    assert journal.set_aside is None
    journal.close()


@pytest.fixture
def doubtful(path: Path, order: RunOrder, header: RunHeader, intent: Intent) -> Path:
    """A journal of many runs; the first and the last hold a request without an answer."""
    journal = Journal.open(path)
    for number in range(12):
        numbers = tuple(f"{number}-{place}" for place in range(400))
        run_id, rows = journal.start_run(replace(order, numbers=numbers), header)
        journal.write_rows([replace(row, verdict=Verdict.PUSHED, bill_id=row.number) for row in rows[1:]])
        if number in (0, 11):
            journal.intend(run_id, (replace(rows[0], verdict=Verdict.SENDING, bill_id="101"),), intent)
    journal.remember("lens", "a", "{}")
    journal.close()
    return path


def page_of(path: Path, text: str) -> int:
    """Where the page begins that holds `text` for the first time as a row's body."""
    return path.read_bytes().index(text.encode()) // 4096 * 4096


def test_what_can_be_read_of_a_damaged_journal_is_saved(doubtful: Path, header: RunHeader) -> None:
    start = page_of(doubtful, '"number":"6-200"')
    overwrite(doubtful, start, start + 4096)
    journal = Journal.open(doubtful)
    run_ids = [info.run_id for info in journal.runs()]
    assert code_of(lambda: [journal.rows(run_id) for run_id in run_ids]) == "journal_corrupt"
    journal.close()

    journal = Journal.open(doubtful)
    rows = {row.number: row for run_id in run_ids for row in journal.rows(run_id)}

    assert journal.set_aside is not None
    assert [info.run_id for info in journal.runs()] == run_ids
    assert len(rows) == 12 * 400
    assert 4_700 < journal.rescued < 4_800
    lost = [row for row in rows.values() if row.reasons == (Reason("record_lost"),)]
    assert len(lost) == 4_800 - journal.rescued
    assert {row.verdict for row in lost} == {Verdict.NOT_SENT}, "no request ever carried them"
    assert [request.rows[0].number for request in journal.open_requests()] == ["0-0", "11-0"]
    assert journal.recall("lens", "a") == "{}"
    assert journal.order(run_ids[0]).numbers[0] == "11-0"
    journal.close()


def test_damage_inside_a_text_costs_this_row_only(doubtful: Path) -> None:
    """SQLite has no checksums: it hands the damaged text out without a word."""
    content = doubtful.read_bytes()
    place = content.index(b'"number":"6-200"')
    doubtful.write_bytes(content[:place] + b"\xa5" * 9 + content[place + 9 :])
    journal = Journal.open(doubtful)
    run_id = journal.runs()[5].run_id
    assert code_of(lambda: journal.rows(run_id)) == "journal_corrupt"
    journal.close()

    journal = Journal.open(doubtful)
    assert journal.set_aside is not None
    assert journal.rescued == 12 * 400 - 1
    assert len(journal.rows(run_id)) == 400
    journal.close()


def test_a_lost_row_that_was_sent_is_asked_about(doubtful: Path) -> None:
    content = doubtful.read_bytes()
    while (place := content.find(b'"number":"0-0"')) >= 0:  # its body, and older copies in free pages
        content = content[:place] + b"?" * 9 + content[place + 9 :]
    doubtful.write_bytes(content)
    journal = Journal.open(doubtful)
    assert code_of(journal.open_requests) == "journal_corrupt"
    journal.close()

    journal = Journal.open(doubtful)
    first, last = journal.open_requests()
    (row,) = first.rows
    assert (row.number, row.verdict, row.bill_id) == ("0-0", Verdict.UNSETTLED, "101")
    assert row.reasons == (Reason("record_lost"),)
    assert last.rows[0].verdict is Verdict.SENDING
    journal.write_rows((replace(row, verdict=Verdict.PUSHED),))
    journal.close()


def test_a_rescue_that_fails_leaves_the_damaged_journal_in_its_place(
    doubtful: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    overwrite(doubtful, 100, 4096)
    damaged = doubtful.read_bytes()

    def full(*args: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(journal_file, "rescue", full)
        assert code_of(lambda: Journal.open(doubtful)) == "journal_full"
    assert doubtful.read_bytes() == damaged

    journal = Journal.open(doubtful)
    assert journal.set_aside is not None
    assert journal.set_aside.read_bytes() == damaged
    assert not [file for file in doubtful.parent.iterdir() if "-new" in file.name or file.is_dir()]
    journal.close()


def test_a_rescue_cut_off_at_its_last_step_is_completed(doubtful: Path) -> None:
    doubtful.rename(doubtful.with_name("journal-new.sqlite"))
    journal = Journal.open(doubtful)

    assert len(journal.runs()) == 12
    journal.close()


def test_a_sound_journal_is_never_set_aside_after_a_crash(
    path: Path, order: RunOrder, header: RunHeader
) -> None:
    """The pages are looked through after an unclean end; a sound file passes."""
    journal = Journal.open(path)
    run_id, rows = journal.start_run(replace(order, numbers=tuple(map(str, range(3_000)))), header)
    sending = replace(rows[0], verdict=Verdict.SENDING)
    journal.intend(run_id, (sending,), Intent("F", "R", "T"))
    crashed = path.parent.parent / "crashed"
    shutil.copytree(path.parent, crashed)
    journal.close()

    again = Journal.open(crashed / "journal.sqlite")
    assert again.set_aside is None
    assert len(again.rows(run_id)) == 3_000
    assert len(again.open_requests()) == 1
    again.close()
