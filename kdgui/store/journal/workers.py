"""Which program works on which run just now, where several share one journal; a dead one works on none."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Protocol

from kdgui.store.journal.file import JournalFile


class RunningProgram(Protocol):
    """This program among those on the data folder; see `kdgui.store.instances.Instance`."""

    @property
    def id(self) -> str:
        """Its id, another one at every start."""

    def is_running(self, instance_id: str) -> bool:
        """Whether the program with this id runs."""


class OnlyProgram:
    """A program that has the journal for itself."""

    id = ""

    def is_running(self, instance_id: str) -> bool:  # noqa: ARG002 - nobody else is there
        """See RunningProgram."""
        return False


class RunWorkers:
    """Who is at work on which run. As `Journal`: any thread, one transaction a method.

    A run is worked on from its start, or from `take`, to `release`; it is nobody's once its program ended.
    """

    def __init__(self, file: JournalFile, program: RunningProgram) -> None:
        self._file = file
        self.program = program

    def start(self, connection: sqlite3.Connection, run_id: str) -> None:
        """This program made the run and works on it; inside the caller's transaction."""
        _put(connection, run_id, self.program.id)

    def take(self, run_ids: Iterable[str]) -> frozenset[str]:
        """Begin to work on these runs, but for those that another program works on; the ones it got."""
        with self._file.writing() as connection:
            free = frozenset(run_ids) - self.elsewhere(connection)
            for run_id in free:
                _put(connection, run_id, self.program.id)
        return free

    def release(self) -> None:
        """This program works on no run any more."""
        with self._file.writing() as connection:
            connection.execute("DELETE FROM run_workers WHERE instance = ?", (self.program.id,))

    def is_elsewhere(self, run_id: str) -> bool:
        """Whether another program that runs now works on this run."""
        with self._file.reading() as connection:
            return run_id in self.elsewhere(connection)

    def is_at_work(self, run_id: str) -> bool:
        """Whether any program that runs now, this one too, works on this run."""
        with self._file.reading() as connection:
            found = connection.execute(
                "SELECT instance FROM run_workers WHERE run_id = ?", (run_id,)
            ).fetchone()
        if found is None:
            return False
        return found["instance"] == self.program.id or self.program.is_running(found["instance"])

    def elsewhere(self, connection: sqlite3.Connection) -> frozenset[str]:
        """The runs that other programs work on which run now; inside the caller's transaction."""
        mine = self.program.id
        workers = connection.execute("SELECT run_id, instance FROM run_workers WHERE instance <> ?", (mine,))
        runs_of: dict[str, list[str]] = {}
        for run_id, instance in workers.fetchall():
            runs_of.setdefault(instance, []).append(run_id)
        return frozenset(
            run_id
            for instance, run_ids in runs_of.items()
            if self.program.is_running(instance)
            for run_id in run_ids
        )


def _put(connection: sqlite3.Connection, run_id: str, instance: str) -> None:
    connection.execute(
        "INSERT INTO run_workers (run_id, instance) VALUES (?1, ?2)"
        " ON CONFLICT (run_id) DO UPDATE SET instance = ?2",
        (run_id, instance),
    )
