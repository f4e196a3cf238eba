"""Resend check: requests that seem to have failed are looked at once more before its bill may go again.

A lost session, a page of a firewall or a lock nearly always mean that nothing happened (design section 4).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from kdgui.domain.verdicts import Row, Verdict
from kdgui.pushing.flow.run_control import RunControl
from kdgui.pushing.lookup.lookup_result import LookupResult
from kdgui.pushing.run.run_parts import RunParts
from kdgui.pushing.run.verification import RunVerification
from kdgui.pushing.verify.evidence import SentBill
from kdgui.pushing.verify.verdict_rules import in_doubt

LATE_SECONDS = 5.0
"""A request that was turned away may still be at work behind the page that says so: as long as a lost session
counts as noticed before the work (fact sheet 1.4), nothing is asked for the last time."""


class ResendCheck:
    """The bills of one run that may go again because their request was in vain. Used from the run's thread.

    Questions raise ConnectionTrouble, SessionLost, SignInRefused or AnswerUnreadable; writing JournalTrouble.
    """

    def __init__(
        self,
        parts: RunParts,
        verification: RunVerification,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lookup = parts.lookup
        self._collector = parts.collector
        self._verification = verification
        self._rows = parts.rows
        self._clock = clock
        self._sent: dict[int, SentBill] = {}
        self._late_until = clock()

    def add(self, sent: Iterable[SentBill]) -> None:
        """These may go again."""
        self._sent |= {item.row.position: item for item in sent}

    def turned_away(self) -> None:
        """A request was turned away just now: what it may still do needs its time."""
        self._late_until = self._clock() + min(LATE_SECONDS, self._verification.broken_seconds)

    def wait(self, control: RunControl) -> bool:
        """Wait until a request that was turned away can be believed to have ended; False: stop() came first.

        Its bills stay unsettled meanwhile, in the journal too: after a crash they are asked about.
        """
        while (left := self._late_until - self._clock()) > 0:
            if control.stopped:
                return False
            control.wait(left)
        return True

    def made(self, positions: Iterable[int], sight: LookupResult) -> set[int]:
        """Which of these rows `sight` shows to be pushed by this very run after all; they are told so."""
        before = [self._sent[position] for position in positions if position in self._sent]
        evidence = self._collector.evidence(before, sight)
        made = [item for item in before if evidence[item.key].new]
        self._verification.settle(
            (item.request_id, in_doubt(item.row, evidence[item.key], quiet_over=False)) for item in made
        )
        return {item.row.position for item in made}

    def resolve(self, blocked: Sequence[SentBill]) -> list[Row]:
        """One controlled question about requests that were turned away; the rows that may go again."""
        sight = self._lookup.ask({item.row.bill_id: item.number for item in blocked})
        evidence = self._collector.evidence(blocked, sight)
        settled, again, doubtful = [], [], []
        for item in blocked:
            shown = evidence[item.key]
            if shown.new:
                settled.append((item.request_id, in_doubt(item.row, shown, quiet_over=False)))
            elif shown.controlled:
                again.append(replace(item.row, verdict=Verdict.QUEUED, reasons=()))
                settled.append((item.request_id, again[-1]))
                self.add([item])
            else:
                doubtful.append(self._verification.doubt(item))
        self._verification.settle(settled)
        self._rows.put(doubtful)
        return again

    def look(self) -> None:
        """The run ends: one last question about those that would have gone again."""
        queued = (place for place in self._sent if self._rows.row(place).verdict is Verdict.QUEUED)
        waiting = {place: self._sent[place] for place in queued}
        if waiting:
            sight = self._lookup.ask({item.row.bill_id: item.number for item in waiting.values()})
            self.made(waiting, sight)
