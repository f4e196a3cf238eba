"""A lock on a file that the operating system frees with the process: one window per data folder."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from kdgui.domain.errors import JournalTrouble
from kdgui.store.journal.file import identity_of, told
from kdgui.store.paths import make_private_dir


class InstanceLock:
    """A lock, as a rule the window's on its data folder.

    The file stays; only the lock on it counts, so none is ever stale.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def acquire(self) -> None:
        """Take the lock, at once or not at all; taking it twice is the same as once.

        Raises JournalTrouble: journal_in_use where another instance has it, journal_not_writable,
        journal_full, journal_io.
        """
        if self._handle is not None:
            return
        with told(self._path):
            make_private_dir(self._path.parent)
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
            try:
                free = try_lock(handle)
            except BaseException:
                os.close(handle)
                raise
            if not free:
                os.close(handle)
                raise JournalTrouble("journal_in_use", path=self._path.parent)
        self._handle = handle

    def release(self) -> None:
        """Give the lock back; nothing happens where it is not held."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def check(self) -> None:
        """Raise JournalTrouble("lock_lost") unless the lock is held and its file still lies at its path."""
        with told(self._path):
            held = os.fstat(self._handle) if self._handle is not None else None
            if held is None or identity_of(self._path) != (held.st_dev, held.st_ino):
                raise JournalTrouble("lock_lost", path=self._path)

    def __enter__(self) -> InstanceLock:
        self.acquire()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.release()


if sys.platform == "win32":
    import msvcrt

    def try_lock(handle: int, *, shared: bool = False) -> bool:  # noqa: ARG001 - Windows knows no other lock here
        """Lock the first byte, at once or not at all; whether nobody else had it."""
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True

else:
    import fcntl

    def try_lock(handle: int, *, shared: bool = False) -> bool:
        """Lock the file, at once or not at all; whether nobody else had it. `shared` ones share it."""
        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
