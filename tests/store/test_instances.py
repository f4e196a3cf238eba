"""Several programs on one data folder know of each other, and of those that have died."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kdgui.domain.errors import JournalTrouble
from kdgui.store.instance_lock import InstanceLock
from kdgui.store.instances import Instance
from kdgui.store.paths import Paths

ROOT = Path(__file__).resolve().parents[2]
OTHER = """
import sys
from pathlib import Path
from kdgui.store.instances import Instance
from kdgui.store.paths import Paths
paths = Paths(Path(sys.argv[1]))
instance = Instance(paths.instances, paths.lock)
with instance.entering(has_window_lock=False) as alone:
    print(instance.id, alone, flush=True)
    if sys.argv[2] == "stays at the entry":
        sys.stdin.readline()
sys.stdin.readline()
instance.leave()
"""


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "home")


@contextmanager
def another(paths: Paths, where: str = "") -> Iterator[tuple[subprocess.Popen[str], str, bool]]:
    """Another process on this data folder: the process, its id, and whether it was alone."""
    command = [sys.executable, "-c", OTHER, str(paths.home), where]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        instance_id, alone = process.stdout.readline().split()
        try:
            yield process, instance_id, alone == "True"
        finally:
            process.kill()


def entered(paths: Paths, *, has_window_lock: bool = False) -> tuple[Instance, bool]:
    instance = Instance(paths.instances, paths.lock)
    with instance.entering(has_window_lock=has_window_lock) as alone:
        return instance, alone


def test_two_programs_know_of_each_other(paths: Paths) -> None:
    with another(paths) as (process, other, was_alone):
        mine, alone = entered(paths)
        assert (was_alone, alone) == (True, False)
        assert mine.is_running(mine.id)
        assert mine.is_running(other)
        process.communicate("\n")
        assert not mine.is_running(other)
    mine.leave()
    assert [path.name for path in paths.instances.iterdir()] == ["entry"]


def test_a_killed_program_runs_no_more_and_its_file_is_cleared_away(paths: Paths) -> None:
    with another(paths) as (process, other, _):
        mine, _ = entered(paths)
        process.kill()
        process.wait()
        assert not mine.is_running(other)
        mine.leave()
    again, alone = entered(paths)
    assert alone
    assert not (paths.instances / other).exists()
    again.leave()


def test_unknown_programs_do_not_run(paths: Paths) -> None:
    mine, _ = entered(paths)
    assert not mine.is_running("")
    assert not mine.is_running("0" * 32)
    mine.leave()


def test_one_program_at_a_time_enters(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one may be repairing the journal there."""
    monkeypatch.setattr("kdgui.store.instances.ENTRY_SECONDS", 0.2)
    with another(paths, "stays at the entry") as (process, _, _):
        with pytest.raises(JournalTrouble, match="journal_in_use"):
            entered(paths)
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
        monkeypatch.setattr("kdgui.store.instances.ENTRY_SECONDS", 10.0)
        mine, alone = entered(paths)
        assert not alone
        mine.leave()


def test_beside_a_program_that_claims_nothing_nobody_works(paths: Paths) -> None:
    """It holds the window's lock and is not among the running ones; the window itself may enter."""
    with InstanceLock(paths.lock):
        with pytest.raises(JournalTrouble, match="journal_in_use"):
            entered(paths)
        window, alone = entered(paths, has_window_lock=True)
        assert alone
        command, alone = entered(paths)
        assert not alone
        command.leave()
        window.leave()


def test_who_fails_at_the_entry_is_not_there(paths: Paths) -> None:
    mine = Instance(paths.instances, paths.lock)
    with pytest.raises(ValueError, match="no"), mine.entering(has_window_lock=False):
        raise ValueError("no")
    other, alone = entered(paths)
    assert alone
    assert not other.is_running(mine.id)
    other.leave()
