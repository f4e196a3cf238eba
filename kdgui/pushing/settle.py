"""Settling what earlier runs left in doubt: crashed, unanswered, or presumed failed by silence."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from kdgui.domain.endings import Ending, EndingKind
from kdgui.domain.verdicts import Reason, Row, Verdict
from kdgui.pushing.book import Book
from kdgui.pushing.breakers import Patience, RunEnds
from kdgui.pushing.control import Observer, RunControl
from kdgui.pushing.doubts import Doubts, QuietTimes
from kdgui.pushing.finder import Finder
from kdgui.pushing.line import Line
from kdgui.pushing.readback import ReadBack
from kdgui.pushing.witness import Sent, Witness
from kdgui.store.journal import Journal
from kdgui.store.journal_types import OpenRequest

_NOBODY_THERE = frozenset({"line_down", "session_refused"})
"""Troubles that every rule meets alike."""


class Settling:
    """Asks the server about open requests of one data centre, rule by rule. Lives on one thread.

    With `attended` False a line that stays down ends it; the rows stay as they were.
    """

    def __init__(
        self,
        line: Line,
        journal: Journal,
        control: RunControl,
        observer: Observer,
        *,
        place_key: str,
        quiet: QuietTimes,
        attended: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._line = line
        self._journal = journal
        self._control = control
        self._observer = observer
        self._place_key = place_key
        self._quiet = quiet
        self._attended = attended
        self._clock = clock

    def go(self, requests: Sequence[OpenRequest]) -> tuple[Row, ...]:
        """Ask until everything is settled or asking cannot tell more; the rows as they stand then.

        Raises:
            RunEnds: the line stays down, or stopped.
            JournalTrouble: the journal cannot be written.
        """
        groups: dict[tuple[str, str, str], list[OpenRequest]] = defaultdict(list)
        for request in requests:
            intent = request.intent
            groups[intent.form_id, intent.rule_id, intent.target_form].append(request)
        asked: list[Row] = []
        ended: RunEnds | None = None
        for (form_id, rule_id, target_form), group in groups.items():
            finder = Finder(
                self._line,
                self._journal,
                place=self._place_key,
                source_form=form_id,
                rule_id=rule_id,
                target_form=target_form,
            )
            try:
                asked.extend(self._settle_rule(finder, group))
            except RunEnds as end:
                if self._control.stopped or end.reason.code in _NOBODY_THERE:
                    raise
                ended = end  # what keeps us from asking about one rule need not do so for the next
        if ended is not None:
            raise ended
        return tuple(asked)

    def _settle_rule(self, finder: Finder, group: Sequence[OpenRequest]) -> Iterable[Row]:
        witness = Witness(finder, self._line.user_id)
        doubts = Doubts(finder, witness, clock=self._clock)
        rows = tuple(row for request in group for row in request.rows)
        book = Book(self._journal, self._observer, rows[0].run_id if rows else "", ())
        patience = Patience(
            self._control,
            self._observer,
            attended=self._attended,
            probe=finder.open,
            beside=lambda: None,
            settle=lambda: None,
            due=lambda: None,
            resumed=self._line.forgive,
        )
        unread = ReadBack(witness)
        settled: dict[tuple[str, int], Row] = {}

        def settle(heard: Iterable[tuple[int, Row]]) -> None:
            for row in book.settle(heard):
                settled[row.run_id, row.position] = row
                if row.by_hand:
                    doubts.forget(row)

        for request in group:
            self._take_up(request, doubts, unread, book, settled)
        try:
            patience.insist(finder.open)
            settle(self._read_back(patience, finder, doubts, unread))
            while len(doubts):
                asked = self._clock()
                settle(patience.insist(doubts.ask))
                if self._control.stopped or doubts.asked_in_vain(asked) or not finder.can_ask:
                    settle(doubts.give_up())
                self._control.wait(doubts.seconds_to_next())
        except RunEnds:
            settle(doubts.give_up())  # nobody asks any more: no countdown may say so
            raise
        return settled.values()

    def _read_back(
        self, patience: Patience, finder: Finder, doubts: Doubts, unread: ReadBack
    ) -> list[tuple[int, Row]]:
        """Answers that came before the program ended, and that it could not check any more."""
        if not len(unread):
            return []
        heard = []
        for sent, found in patience.insist(lambda: unread.hear(finder.ask(unread.sources()))):
            row = found
            doubts.claim(row)
            if row.verdict is Verdict.UNSETTLED and sent.row.watched:  # no worse than when it was told
                row = replace(sent.row, asked_at=row.asked_at)
            elif row.verdict is Verdict.UNSETTLED:
                row = doubts.add(replace(sent, row=row), self._quiet.after("", 0.0))
            heard.append((sent.request_id, row))
        return heard

    def _take_up(
        self,
        request: OpenRequest,
        doubts: Doubts,
        unread: ReadBack,
        book: Book,
        settled: dict[tuple[str, int], Row],
    ) -> None:
        cause = request.cause or ("crashed" if request.ending_kind is None else "")
        merged = len(request.intent.bill_ids) > 1
        answer_counts = request.not_read_back and (merged or not _is_open(request))
        ending = Ending(EndingKind.UNKNOWN, cause, seconds=request.seconds)
        if answer_counts and request.ending is not None:
            ending = request.ending
        numbers = dict(zip(request.intent.bill_ids, request.intent.numbers, strict=False))
        quiet = self._quiet.after(cause, self._journal.slowest(request.intent.rule_id))
        snapshots = self._snapshots(request)
        accounted = tuple(target.id for row in request.rows for target in row.targets) if merged else ()
        for row in request.rows:
            number = numbers.get(row.bill_id, row.number)
            sent = Sent(
                request.request_id,
                row,
                number,
                ending,
                snapshots[row.position],
                merged=merged,
                accounted=accounted,
            )
            if row.verdict is Verdict.SENDING and not answer_counts:
                crashed = replace(row, verdict=Verdict.UNSETTLED, reasons=(Reason.of("crashed"),))
                book.put([doubts.add(replace(sent, row=crashed), quiet)], event="asking")
            elif row.verdict is Verdict.UNSETTLED or (row.verdict is Verdict.FAILED and row.presumed):
                presumed = row.verdict is Verdict.FAILED
                book.put([doubts.add(sent, quiet, presumed=presumed)], event="asking")
            else:
                settled[row.run_id, row.position] = row
                if request.not_read_back and not row.checked:
                    unread.add(sent)

    def _snapshots(self, request: OpenRequest) -> dict[int, tuple[str, ...]]:
        """By row: the targets known before its push, and those that other pushes of its bill made."""
        intent, header = request.intent, request.header
        place = (header.server, header.data_centre_id, intent.form_id, intent.rule_id)
        past = self._journal.earlier(*place, [row.bill_id for row in request.rows])
        return {
            row.position: (
                *intent.snapshot,
                *(
                    target.id
                    for other in past.get(row.bill_id, ())
                    if (other.run_id, other.position) != (row.run_id, row.position)
                    for target in other.targets
                ),
            )
            for row in request.rows
        }


def _is_open(request: OpenRequest) -> bool:
    return any(row.verdict in (Verdict.SENDING, Verdict.UNSETTLED) for row in request.rows)
