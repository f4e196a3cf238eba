"""One running instance per data folder, and no lock outlives its process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kdgui.domain.errors import JournalTrouble
from kdgui.store.instance_lock import InstanceLock

ROOT = Path(__file__).resolve().parents[2]
HOLDER = """
import sys
from pathlib import Path
from kdgui.store.instance_lock import InstanceLock
lock = InstanceLock(Path(sys.argv[1]))
lock.acquire()
print("held", flush=True)
sys.stdin.readline()
"""


@contextmanager
def holder(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock until it is told to end."""
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "held"
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "instance.lock"


def refused(path: Path) -> bool:
    try:
        with InstanceLock(path):
            return False
    except JournalTrouble as trouble:
        return trouble.code == "journal_in_use"


def test_two_processes(path: Path) -> None:
    with holder(path) as process:
        assert refused(path)
        process.communicate("\n")
        assert not refused(path)


def test_a_killed_process_frees_it(path: Path) -> None:
    with holder(path) as process:
        assert refused(path)
        process.kill()
        process.wait()
        assert path.exists()
        assert not refused(path)


def test_within_one_process(path: Path) -> None:
    lock = InstanceLock(path)
    lock.acquire()
    lock.acquire()
    assert refused(path)
    lock.release()
    lock.release()
    assert not refused(path)


def test_two_folders_do_not_meet(tmp_path: Path) -> None:
    with InstanceLock(tmp_path / "a" / "lock"):
        assert not refused(tmp_path / "b" / "lock")


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    with pytest.raises(JournalTrouble, match="journal_not_writable"):
        InstanceLock(tmp_path / "home" / "lock").acquire()
