"""Reading back: what the server holds of bills whose push it has answered, refusals included."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from kdgui.domain.endings import EndingKind
from kdgui.domain.verdicts import Reason, Row, Verdict
from kdgui.pushing.lookup.lookup_result import LookupResult
from kdgui.pushing.verify.evidence import Evidence, EvidenceCollector, SentBill
from kdgui.pushing.verify.verdict_rules import after_merged, after_reading


class ReadBack:
    """Answered bills that nobody has read back yet. Used from one thread at a time."""

    def __init__(self, collector: EvidenceCollector) -> None:
        self._collector = collector
        self._waiting: list[SentBill] = []

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, sent: SentBill) -> None:
        """An answer came; `sent.row` carries the verdict that it allows alone."""
        self._waiting.append(sent)

    def sources(self) -> dict[str, str]:
        """FID → number of every bill that waits."""
        return {sent.row.bill_id: sent.number for sent in self._waiting}

    def hear(self, sight: LookupResult) -> list[tuple[SentBill, Row]]:
        """Judge all of them by `sight`; none waits any more. UNSETTLED ones must be settled.

        Raises:
            ConnectionTrouble, SessionLost, SignInRefused, AnswerUnreadable: then all of them still wait.
        """
        waiting = tuple(self._waiting)
        evidence = self._collector.evidence(waiting, sight)
        self._waiting.clear()
        heard = [(sent, _judged(sent, evidence[sent.key])) for sent in waiting]
        return _with_company([(_own(sent, evidence[sent.key]), row) for sent, row in heard])

    def leave(self) -> tuple[SentBill, ...]:
        """Nobody will read them back now: what waited."""
        left = tuple(self._waiting)
        self._waiting.clear()
        return left


def _own(sent: SentBill, evidence: Evidence) -> SentBill:
    """The bill without an answer that belongs to another request: then it is one whose answer never came."""
    if not evidence.names_others or evidence.new:
        return sent
    return replace(sent, ending=replace(sent.ending, kind=EndingKind.UNKNOWN, answer=None))


def _judged(sent: SentBill, evidence: Evidence) -> Row:
    judge = after_merged if sent.merged else after_reading
    return judge(sent.row, sent.ending, evidence)


def _with_company(heard: Sequence[tuple[SentBill, Row]]) -> list[tuple[SentBill, Row]]:
    """The same, where bills of merged requests know of each other: how many one target was made of."""
    targets: dict[int, Counter[str]] = defaultdict(Counter)
    for sent, row in heard:
        if sent.merged:
            targets[sent.request_id].update(target.id for target in row.targets)
    told = []
    for sent, row in heard:
        company = targets[sent.request_id] if sent.merged else Counter[str]()
        notes = [
            Reason.of("merged_into", number=target.label, count=company[target.id])
            for target in row.targets
            if company[target.id] > 1
        ]
        accounted = tuple(company) if row.verdict is Verdict.UNSETTLED else ()
        told.append((replace(sent, accounted=accounted), replace(row, notes=(*row.notes, *notes))))
    return told
