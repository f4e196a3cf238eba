"""Pending bills: those whose answer never came, and when to ask the server about them again (settling)."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from kdgui.domain.verdicts import Reason, Row, Verdict
from kdgui.pushing.lookup.lookup_result import LookupResult
from kdgui.pushing.lookup.target_lookup import TargetLookup
from kdgui.pushing.verify.evidence import Evidence, EvidenceCollector, SentBill
from kdgui.pushing.verify.quiet_time import FIRST_WAIT, LAG_TIMES, LONGEST_WAIT
from kdgui.pushing.verify.verdict_rules import after_merged, given_up, in_doubt


@dataclass(frozen=True, slots=True)
class PendingBill:
    """One sent bill whose fate is not known; times are monotonic seconds, `sent_at` that of its last byte."""

    sent: SentBill
    sent_at: float
    quiet_end: float
    next_ask: float
    wait: float
    presumed: bool = False

    @property
    def row(self) -> Row:
        """The row as it stands now."""
        return self.sent.row


class PendingBills:
    """The doubts of one rule. Used from one thread at a time."""

    def __init__(
        self,
        lookup: TargetLookup,
        collector: EvidenceCollector,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lookup = lookup
        self._collector = collector
        self._clock = clock
        self._open: dict[tuple[str, int], PendingBill] = {}
        self._void = False
        self._lag = 0.0
        self._claimed: dict[str, set[str]] = defaultdict(set)

    def __len__(self) -> int:
        return len(self._open)

    @property
    def all(self) -> tuple[PendingBill, ...]:
        """Every doubt that is still open."""
        return tuple(self._open.values())

    def add(self, sent: SentBill, quiet: float, *, presumed: bool = False) -> Row:
        """Take up a doubt; the row says until when it will be asked about.

        `presumed` ones (failed by silence already) are asked once and stay failed unless they turn up.
        """
        now = self._clock()
        sent_at = now - sent.ending.seconds
        end = max(sent_at + quiet, now)
        wait = min(FIRST_WAIT, max(quiet / 3, 0.2))
        until = datetime.now(UTC) + timedelta(seconds=end - now)
        row = sent.row if presumed else replace(sent.row, quiet_until=until)
        first = now if presumed else min(now + wait, end)
        self._open[sent.key] = PendingBill(replace(sent, row=row), sent_at, end, first, wait, presumed)
        return row

    def seconds_to_next(self) -> float:
        """How long until the next question is due; 0.0 when it is, or when there is none."""
        if not self._open:
            return 0.0
        return max(min(doubt.next_ask for doubt in self._open.values()) - self._clock(), 0.0)

    def due(self) -> bool:
        """Whether a question is due."""
        return bool(self._open) and self.seconds_to_next() == 0.0

    def sources(self) -> dict[str, str]:
        """FID → number of every open doubt."""
        return {doubt.row.bill_id: doubt.sent.number for doubt in self._open.values()}

    def ask(self) -> list[tuple[int, Row]]:
        """Ask about all of them in one question; (request id, row) of every one, as it stands now.

        Settled ones are dropped.

        Raises:
            ConnectionTrouble, SessionLost, SignInRefused, AnswerUnreadable.
        """
        asked = self._clock()
        sight = self._lookup.ask(self.sources())
        return self.hear(sight, asked)

    def hear(self, sight: LookupResult, asked: float) -> list[tuple[int, Row]]:
        """Judge all doubts by `sight`, a question sent at the monotonic time `asked`."""
        self._void = sight.void
        # What turned up belongs to the youngest push of its bill: an older one was found silent before.
        pending = sorted(self.all, key=lambda doubt: (doubt.presumed, -doubt.sent.request_id))
        evidence = self._collector.evidence([doubt.sent for doubt in pending], sight)
        heard = []
        for doubt in pending:
            request_id = doubt.sent.request_id
            over = asked >= self._end(doubt) and not doubt.sent.acknowledged
            shown = self._unclaimed(doubt, evidence[doubt.sent.key])
            row = self._judged(doubt, _asked_again(doubt, shown, quiet_over=over))
            heard.append((request_id, row))
            if row.verdict is Verdict.UNSETTLED:
                self._keep_asking(doubt, row, asked)
            else:
                del self._open[doubt.sent.key]
                self.claim(row)
                if doubt.sent.acknowledged and row.targets:
                    self._lag = max(self._lag, asked - doubt.sent_at)
        return heard

    def _end(self, doubt: PendingBill) -> float:
        """When silence counts: where queries were seen to lag behind what was made, that much later."""
        return doubt.quiet_end + LAG_TIMES * self._lag

    def claim(self, row: Row) -> None:
        """The targets of this row stem from its push, and from no other one."""
        self._claimed[row.bill_id] |= {target.id for target in row.targets}

    def postpone(self) -> None:
        """The last question failed: ask again after the usual wait."""
        now = self._clock()
        for key, doubt in self._open.items():
            self._open[key] = replace(doubt, next_ask=max(doubt.next_ask, now + doubt.wait))

    def forget(self, row: Row) -> None:
        """Nobody has to ask about this row any more: the clerk has settled it."""
        self._open.pop((row.run_id, row.position), None)

    def give_up(self) -> list[tuple[int, Row]]:
        """Nothing more can be learnt by asking: every open doubt, with what keeps it open."""
        rows = [
            (
                doubt.sent.request_id,
                doubt.row if doubt.presumed else given_up(doubt.row, self._obstacle(doubt)),
            )
            for doubt in self.all
        ]
        self._open.clear()
        return rows

    def asked_in_vain(self, asked: float) -> bool:
        """Whether the question sent at `asked` came after every quiet time: more asking is vain."""
        return all(asked >= self._end(doubt) for doubt in self._open.values())

    def _unclaimed(self, doubt: PendingBill, evidence: Evidence) -> Evidence:
        """Without what another doubt about the same bill has found: one target tells of one push only."""
        claimed = self._claimed[doubt.row.bill_id]
        if not claimed:
            return evidence
        return replace(evidence, new=tuple(t for t in evidence.new if t.bill.id not in claimed))

    def _judged(self, doubt: PendingBill, row: Row) -> Row:
        """A presumed failure stays one unless its target turned up."""
        if doubt.presumed and row.verdict is Verdict.UNSETTLED:
            return replace(
                row, verdict=Verdict.FAILED, presumed=True, reasons=doubt.row.reasons, quiet_until=None
            )
        return row

    def _keep_asking(self, doubt: PendingBill, row: Row, asked: float) -> None:
        wait = min(doubt.wait * 2, LONGEST_WAIT)
        next_ask = asked + doubt.wait
        end = self._end(doubt)
        if asked < end < next_ask:
            next_ask = end
        self._open[doubt.sent.key] = replace(
            doubt, sent=replace(doubt.sent, row=row), wait=wait, next_ask=next_ask
        )

    def _obstacle(self, doubt: PendingBill) -> Reason:
        if self._lookup.trouble:
            return Reason.of(self._lookup.trouble)
        if doubt.sent.acknowledged and doubt.row.targets:
            named = ", ".join(target.label for target in doubt.row.targets)
            return Reason.of("named_not_found", id=named)
        if not self._lookup.has_control:
            return Reason.of("no_control")
        return Reason.of("no_right" if self._void else "waiting")


def _asked_again(doubt: PendingBill, evidence: Evidence, *, quiet_over: bool) -> Row:
    """The answer of a merged request, where it came, tells more than silence does."""
    answer = doubt.sent.ending.answer
    if doubt.sent.merged and answer is not None and answer.entities:
        return after_merged(doubt.row, doubt.sent.ending, evidence, quiet_over=quiet_over)
    return in_doubt(doubt.row, evidence, quiet_over=quiet_over)
