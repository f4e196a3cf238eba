"""Verification of one run: answers to be read back, and doubts to be settled, until all of them are told."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from kdgui.domain.endings import EndingKind
from kdgui.domain.errors import JournalTrouble, KdguiError
from kdgui.domain.verdicts import Reason, Row, Verdict
from kdgui.pushing.flow.pausing import PauseHandler
from kdgui.pushing.flow.run_control import RunControl
from kdgui.pushing.lookup.lookup_result import LookupResult
from kdgui.pushing.run.run_parts import RunParts
from kdgui.pushing.verify.evidence import SentBill
from kdgui.pushing.verify.quiet_time import QuietTimes
from kdgui.pushing.verify.read_back import ReadBack
from kdgui.pushing.verify.verdict_rules import in_doubt, seen_again
from kdgui.store.journal.records import LastRequest

MOST_TRIES = 3
"""How often the bill of a request that was turned away is sent again."""

_LOOKED_AT_AGAIN = (Verdict.PUSHED, Verdict.DRAFTED, Verdict.FAILED)


class RunVerification:
    """Everything that was sent and is not told for certain yet. Used from the run's thread.

    Questions raise ConnectionTrouble, SessionLost, SignInRefused, QueryRefused or AnswerUnreadable, and
    everything that writes raises JournalTrouble.

    Attributes:
        look_due: something was sent since the last look at all of it.
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
        self._collector = parts.collector
        self._unread = ReadBack(parts.collector)
        self._sent: dict[int, SentBill] = {}
        self._tries: Counter[int] = Counter()
        self._refused: dict[tuple[str, int], bool] = {}  # by row: whether it may go again
        self._free: list[Row] = []
        self.look_due = False

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

    def wait_before(self, last: LastRequest) -> float:
        """For how many seconds a bill that was refused like this, in whichever run, may not go again yet."""
        quiet = self._quiet.after_ending(last.kind, last.cause, self._slowest())
        gone = (datetime.now(UTC) - last.ended_at).total_seconds()
        return quiet - gone if gone >= 0 else quiet

    def seconds_to_next(self) -> float | None:
        """In how many seconds a question about doubts is due, or None where there are none."""
        return self._pending.seconds_to_next() if len(self._pending) else None

    def sources(self) -> dict[str, str]:
        """FID → number of every bill that is to be asked about."""
        return self._unread.sources() | self._pending.sources()

    def all_sources(self) -> dict[str, str]:
        """FID → number of every bill that this run sent, and of whatever else is to be asked about."""
        return {item.row.bill_id: item.number for item in self._sent.values()} | self.sources()

    # -- taking up ---------------------------------------------------------------------------------

    def sent(self, sent: Iterable[SentBill]) -> None:
        """These were sent, and ended; they are looked at once more at the end of the run."""
        self._sent |= {item.row.position: item for item in sent}
        self.look_due = True

    def answered(self, sent: Iterable[SentBill]) -> None:
        """The server answered; what it holds is to be read back."""
        for item in sent:
            self._unread.add(item)

    def doubt(self, sent: SentBill) -> Row:
        """It may have happened, or not: the row, which says until when it will be asked about."""
        return self._pending.add(sent, self._quiet.after(sent.ending.cause, self._slowest()))

    def refused(self, sent: SentBill, *, most: int = MOST_TRIES) -> Row:
        """The request seems to have made nothing, and its bill may go again: the row as it stands until then.

        Whatever the no looked like, it goes again only when the quiet time is over and an answer that can be
        believed shows nothing of it; and `most` times at most.
        """
        self._tries[sent.row.position] += 1
        self._refused[sent.key] = self._tries[sent.row.position] <= most
        seconds = self._quiet.after_ending(sent.ending.kind, sent.ending.cause, self._slowest())
        return self._pending.add(replace(sent, row=replace(sent.row, verdict=Verdict.UNSETTLED)), seconds)

    def take_again(self) -> list[Row]:
        """The rows that may go again now; each is handed out once."""
        rows, self._free = self._free, []
        return rows

    def prove_nothing(self, sent: Sequence[SentBill]) -> list[Row]:
        """Wait for the quiet time of a refused block; those of its rows that came to nothing for certain."""
        self._rows.put([self.refused(item, most=len(sent)) for item in sent], event="asking")
        self.settle_all(last=False)
        own = {item.row.position for item in sent}
        proven = [row for row in self._free if row.position in own]
        self._free = [row for row in self._free if row.position not in own]
        return proven

    def made(self, positions: Iterable[int], sight: LookupResult) -> set[int]:
        """Which of these rows, free to go again, `sight` shows to be pushed by this very run; told so."""
        before = [self._sent[place] for place in positions if place in self._sent and place in self._tries]
        evidence = self._collector.evidence(before, sight)
        made = [item for item in before if evidence[item.key].new]
        self.settle(
            (item.request_id, in_doubt(item.row, evidence[item.key], quiet_over=False)) for item in made
        )
        return {item.row.position for item in made}

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
        decided = [(request_id, self._may_go_again(row)) for request_id, row in heard]
        for row in self._rows.settle(decided):
            if row.verdict is Verdict.QUEUED:
                self._free.append(row)
            if row.by_hand:
                self._pending.forget(row)
            elif row.verdict is Verdict.PUSHED:
                self._pauses.pushed()

    def _may_go_again(self, row: Row) -> Row:
        """A row that was refused, once nothing more is to be asked: free to go again, or as its no has it."""
        key = (row.run_id, row.position)
        if key not in self._refused or (row.verdict is Verdict.UNSETTLED and row.quiet_until is not None):
            return row
        may_go, sent = self._refused.pop(key), self._sent[row.position]
        if row.verdict is Verdict.FAILED and row.presumed:
            if not may_go:
                said = tuple(dict.fromkeys((*sent.row.reasons, *row.reasons)))
                return replace(row, reasons=said)
            notes = tuple(dict.fromkeys((*row.notes, Reason.of("asked_again"))))
            free = replace(row, verdict=Verdict.QUEUED, presumed=False, checked=False)
            return replace(free, reasons=(), notes=notes)
        if row.verdict is Verdict.UNSETTLED and sent.ending.kind in (
            EndingKind.ANSWERED,
            EndingKind.SESSION_LOST,
        ):
            return _by_its_no(sent.row)
        return row

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

    def look_again(self, sight: LookupResult | None = None) -> None:
        """One last look at all that this run sent: a request that was repeated shows itself late.

        `sight` is an answer about all of it (see `all_sources`), where there is one just now.
        """
        self.look_due = False
        told = [
            replace(item, row=row)
            for item in self._sent.values()
            if (row := self._rows.row(item.row.position)).verdict in _LOOKED_AT_AGAIN and not row.by_hand
        ]
        if not told or not self._lookup.can_ask:
            return
        sight = sight or self._lookup.ask({item.row.bill_id: item.number for item in told})
        evidence = self._collector.evidence(told, sight)
        rows = [seen_again(item.row, evidence[item.key]) for item in told]
        changed = [row for row, item in zip(rows, told, strict=True) if row != item.row]
        self._rows.put(changed, event="found_late")

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


def _by_its_no(row: Row) -> Row:
    """As the server's no has it, though nobody could ask what it holds."""
    if row.verdict is Verdict.FAILED:  # it was read back
        return row
    notes = tuple(dict.fromkeys((*row.notes, Reason.of("unverified"))))
    return replace(row, verdict=Verdict.FAILED, notes=notes, quiet_until=None)


def _unchecked(row: Row) -> Row:
    """The server said no, or named what it made, but nobody could ask what it holds."""
    note = Reason.of("unverified")
    if row.verdict in (Verdict.FAILED, Verdict.SENDING):
        reasons = row.reasons or (note,)
        return replace(row, verdict=Verdict.UNSETTLED, reasons=reasons, notes=(*row.notes, note))
    return replace(row, notes=(*row.notes, note))
