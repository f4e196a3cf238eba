"""The rows of one run: every change goes into the journal first, then to whoever watches."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from kdgui.domain.endings import Ending
from kdgui.domain.verdicts import Progress, Reason, Row, Verdict
from kdgui.pushing.flow.observer import Observer
from kdgui.store.journal.journal import Journal
from kdgui.store.journal.records import Intent

RATE_AFTER = 3.0
"""Seconds of work before a rate is worth telling."""


class RunRows:
    """The rows of a run, as the journal holds them. Used from the run's thread.

    Every method that changes something raises JournalTrouble when the journal cannot be written.
    """

    def __init__(
        self,
        journal: Journal,
        observer: Observer,
        run_id: str,
        rows: Iterable[Row],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.run_id = run_id
        self._journal = journal
        self._observer = observer
        self._rows = {row.position: row for row in rows}
        self._clock = clock
        self._concluded: list[tuple[int, Ending, Sequence[Row]]] = []
        self._started = clock()
        self._done = self._done_before = sum(row.verdict.final for row in self._rows.values())

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows, in the clerk's order."""
        return tuple(self._rows[position] for position in sorted(self._rows))

    def row(self, position: int) -> Row:
        """One row as it stands now."""
        return self._rows[position]

    def put(self, rows: Sequence[Row], *, event: str = "") -> None:
        """These rows stand like this now."""
        self.flush()
        if rows:
            self._show(self._journal.write_rows(rows, event=event))

    def intend(self, rows: Sequence[Row], intent: Intent) -> int:
        """Write down that `rows` are about to be sent together; the request id. Durable on return."""
        with self._journal.together():
            concluded = self._write_concluded()
            request_id = self._journal.intend(self.run_id, rows, intent)
        self._show((*concluded, *rows))
        return request_id

    def conclude(self, request_id: int, ending: Ending, rows: Sequence[Row]) -> None:
        """Write down how the request ended, and what that makes of its rows.

        Nobody hears of it before it is durable: with the next intent, whose transaction it shares, or with
        whatever else is written first; see `flush`.
        """
        self._concluded.append((request_id, ending, rows))

    def flush(self) -> None:
        """Make durable what was concluded: no further request follows at once."""
        if self._concluded:
            with self._journal.together():
                concluded = self._write_concluded()
            self._show(concluded)

    def settle(self, settled: Iterable[tuple[int, Row]]) -> tuple[Row, ...]:
        """Write down what the server said about requests; those without an open row are asked about no more.

        The rows as they stand now: what the clerk settled by hand meanwhile stays as she settled it.
        """
        by_request: dict[int, list[Row]] = {}
        for request_id, row in settled:
            by_request.setdefault(request_id, []).append(row)
        if not by_request:
            self.flush()
            return ()
        with self._journal.together():
            concluded = self._write_concluded()
            stored = [
                row
                for request_id, rows in by_request.items()
                for row in self._journal.settle_request(request_id, rows)
            ]
        self._show((*concluded, *stored))
        return tuple(stored)

    def leave_unsent(self, reason: Reason) -> None:
        """The run ends: what is still queued was not sent, and why."""
        queued = [row for row in self.rows if row.verdict is Verdict.QUEUED]
        self.put([replace(row, verdict=Verdict.NOT_SENT, reasons=(reason,)) for row in queued], event="ended")

    def _write_concluded(self) -> list[Row]:
        """Inside a transaction; where that fails they wait on, and the journal keeps them `sending`."""
        stored: list[Row] = []
        for request_id, ending, rows in self._concluded:
            stored += self._journal.conclude(request_id, ending, rows)
        self._concluded.clear()
        return stored

    def _show(self, rows: Sequence[Row]) -> None:
        for row in rows:
            if row.run_id == self.run_id:
                before = self._rows.get(row.position)  # none where a settling looks after another run
                self._done += row.verdict.final - (before is not None and before.verdict.final)
                self._rows[row.position] = row
        self._observer.rows_changed(tuple(rows))
        self._observer.progressed(self._progress())

    def _progress(self) -> Progress:
        done, total = self._done, len(self._rows)
        seconds = self._clock() - self._started
        fresh = done - self._done_before
        if seconds < RATE_AFTER or fresh <= 0:
            return Progress(done, total)
        rate = fresh / seconds
        return Progress(done, total, rate * 60, (total - done) / rate)
