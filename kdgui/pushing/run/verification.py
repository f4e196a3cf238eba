"""Verification of one run: answers to be read back, and doubts to be settled, until all of them are told."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from kdgui.domain.errors import JournalTrouble, KdguiError
from kdgui.domain.verdicts import Reason, Row, Verdict
from kdgui.pushing.flow.pausing import PauseHandler
from kdgui.pushing.flow.run_control import RunControl
from kdgui.pushing.lookup.lookup_result import LookupResult
from kdgui.pushing.run.run_parts import RunParts
from kdgui.pushing.verify.evidence import SentBill
from kdgui.pushing.verify.quiet_time import QuietTimes
from kdgui.pushing.verify.read_back import ReadBack


class RunVerification:
    """Everything that was sent and is not told for certain yet. Used from the run's thread.

    Questions raise ConnectionTrouble, SessionLost, SignInRefused, QueryRefused or AnswerUnreadable, and
    everything that writes raises JournalTrouble.
    """

    def __init__(
        self,
        parts: RunParts,
        control: RunControl,
        pauses: PauseHandler,
        *,
        quiet: QuietTimes,
        slowest: Callable[[], float],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Takes `slowest`, the longest answer known under this rule in seconds."""
        self._lookup = parts.lookup
        self._rows = parts.rows
        self._pending = parts.pending
        self._control = control
        self._pauses = pauses
        self._quiet = quiet
        self._slowest = slowest
        self._clock = clock
        self._unread = ReadBack(parts.collector)

    @property
    def unread(self) -> bool:
        """Whether answers wait to be read back."""
        return len(self._unread) > 0

    @property
    def in_doubt(self) -> bool:
        """Whether anything is in doubt."""
        return len(self._pending) > 0

    @property
    def due(self) -> bool:
        """Whether a question about doubts is due."""
        return self._pending.due()

    @property
    def broken_seconds(self) -> float:
        """The quiet time after a broken connection."""
        return self._quiet.after("", self._slowest())

    def seconds_to_next(self) -> float | None:
        """In how many seconds a question about doubts is due, or None where there are none."""
        return self._pending.seconds_to_next() if len(self._pending) else None

    def sources(self) -> dict[str, str]:
        """FID → number of every bill that is to be asked about."""
        return self._unread.sources() | self._pending.sources()

    # -- taking up ---------------------------------------------------------------------------------

    def answered(self, sent: Iterable[SentBill]) -> None:
        """The server answered; what it holds is to be read back."""
        for item in sent:
            self._unread.add(item)

    def doubt(self, sent: SentBill) -> Row:
        """It may have happened, or not: the row, which says until when it will be asked about."""
        return self._pending.add(sent, self._quiet.after(sent.ending.cause, self._slowest()))

    # -- asking ------------------------------------------------------------------------------------

    def hear(self, sight: LookupResult) -> list[tuple[SentBill, Row]]:
        """What `sight` makes of the answers that waited; none waits any more, and nothing is written yet."""
        return self._unread.hear(sight)

    def read_back(self) -> list[tuple[SentBill, Row]]:
        """As `hear`, by a question of its own."""
        if not self.unread:
            return []
        return self.hear(self._lookup.ask(self._unread.sources()))

    def hear_doubts(self, sight: LookupResult, asked: float) -> None:
        """Judge the doubts by `sight`, a question sent at the monotonic time `asked`."""
        if self.in_doubt:
            self.settle(self._pending.hear(sight, asked))

    def ask(self) -> None:
        """Ask about all doubts now."""
        self.settle(self._pending.ask())

    def ask_beside(self) -> None:
        """Ask while the clerk is waited for: a question that fails is simply asked again later."""
        if not self.quietly(self.ask):
            self._pending.postpone()

    def settle(self, heard: Iterable[tuple[int, Row]]) -> None:
        """Write down what became of bills that were asked about: request id and row."""
        for row in self._rows.settle(heard):
            if row.by_hand:
                self._pending.forget(row)
            elif row.verdict is Verdict.PUSHED:
                self._pauses.pushed()

    def settle_all(self, *, last: bool = True) -> None:
        """Ask until everything is settled, or asking cannot tell more; stop() ends the waiting.

        Unless it is the `last` time, what only lacks a control stays in doubt: the next push may yield one.
        """
        while self.in_doubt and not self._control.stopped:
            if not self._pending.asked_in_vain(self._clock()):  # else there is nothing to wait for
                self._control.wait(self._pending.seconds_to_next())
            if self._control.stopped:
                return
            asked = self._clock()
            self._pauses.insist(self.ask)
            if self._pending.asked_in_vain(asked) or not self._lookup.can_ask:
                if not last and self._lookup.can_ask and not self._lookup.has_control:
                    return
                self.settle(self._pending.give_up())

    def leave(self) -> Sequence[Row]:
        """Nobody can read back what waits: the rows as they stand then. A `no` that nobody could check stays
        open.
        """
        return [_unchecked(sent.row) for sent in self._unread.leave()]

    def wind_up(self) -> None:
        """The run ends before its time: settle what can still be settled, and give up on the rest."""
        asked = -math.inf
        while self.in_doubt and not self._control.stopped and not self._pending.asked_in_vain(asked):
            self._control.wait(self._pending.seconds_to_next())
            asked = self._clock()
            if not self.quietly(self.ask) or not self._lookup.can_ask:
                break
        self.settle(self._pending.give_up())

    def quietly(self, work: Callable[[], object]) -> bool:
        """Do `work` unless the connection or the server will not have it; whether it was done."""
        try:
            work()
        except JournalTrouble:
            raise
        except KdguiError:
            return False
        return True


def _unchecked(row: Row) -> Row:
    """The server said no, or named what it made, but nobody could ask what it holds."""
    note = Reason.of("unverified")
    if row.verdict in (Verdict.FAILED, Verdict.SENDING):
        reasons = row.reasons or (note,)
        return replace(row, verdict=Verdict.UNSETTLED, reasons=reasons, notes=(*row.notes, note))
    return replace(row, notes=(*row.notes, note))
