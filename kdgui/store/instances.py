"""The running programs of one data folder: who is there, by locks that the operating system frees."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kdgui.domain.errors import JournalTrouble
from kdgui.store.instance_lock import InstanceLock, try_lock
from kdgui.store.journal.file import told
from kdgui.store.paths import make_private_dir

ENTRY_SECONDS = 60.0
"""How long the entry is waited for: another program may be repairing a large journal there."""
_POLL = 0.02


class Instance:
    """This program among those that work on one data folder. Each holds the lock on a file of its own.

    `with instance.entering() as alone:` opens the journal: one program at a time does, and only one that is
    alone may repair the file or bring it up to date. Usable from any thread after that.
    """

    def __init__(self, folder: Path, window_lock: Path) -> None:
        """Takes `window_lock`: programs before claims held that lock and told nobody else."""
        self.id = uuid.uuid4().hex
        self._folder = folder
        self._window_lock = window_lock
        self._own = InstanceLock(folder / self.id)

    @contextmanager
    def entering(self, *, has_window_lock: bool) -> Iterator[bool]:
        """Join the programs of this folder; yields whether nobody else is there.

        Raises JournalTrouble: journal_in_use where an older program, which claims nothing, is at work or the
        entry stays taken; journal_not_writable, journal_full, journal_io.
        """
        with told(self._folder):
            make_private_dir(self._folder)
        with self._entry():
            alone = not self._others()
            if alone and not has_window_lock and self._older_program_runs():
                raise JournalTrouble("journal_in_use", path=self._folder.parent)
            self._own.acquire()
            try:
                yield alone
            except BaseException:
                self.leave()
                raise

    def check(self) -> None:
        """Raise JournalTrouble("lock_lost") unless the others still see that this program is here."""
        self._own.check()

    def leave(self) -> None:
        """This program works here no more."""
        self._own.release()
        with suppress(OSError):
            (self._folder / self.id).unlink(missing_ok=True)

    def is_running(self, instance_id: str) -> bool:
        """Whether the program with this id runs; this one does."""
        if instance_id == self.id:
            return True
        return bool(instance_id) and is_locked(self._folder / instance_id)

    @contextmanager
    def _entry(self) -> Iterator[None]:
        entry = InstanceLock(self._folder / "entry")
        deadline = time.monotonic() + ENTRY_SECONDS
        while True:
            try:
                entry.acquire()
                break
            except JournalTrouble as trouble:
                if trouble.code != "journal_in_use" or time.monotonic() > deadline:
                    raise
                time.sleep(_POLL)
        try:
            yield
        finally:
            entry.release()

    def _others(self) -> bool:
        """Whether other programs run; the files of those that ended are cleared away."""
        found = False
        with told(self._folder):
            for path in self._folder.iterdir():
                if path.name in ("entry", self.id):
                    continue
                if is_locked(path):
                    found = True
                else:
                    with suppress(OSError):
                        path.unlink(missing_ok=True)
        return found

    def _older_program_runs(self) -> bool:
        return is_locked(self._window_lock)


def is_locked(path: Path) -> bool:
    """Whether a process holds the lock on this file. What cannot be told counts as held."""
    try:
        handle = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    try:
        return not try_lock(handle, shared=True)
    finally:
        os.close(handle)
