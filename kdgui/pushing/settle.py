"""Settling what earlier runs left in doubt: crashed, unanswered, or presumed failed by silence."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from kdgui.domain.endings import Ending, EndingKind
from kdgui.domain.verdicts import Reason, Row, Verdict
from kdgui.pushing.book import Book
from kdgui.pushing.breakers import Patience
from kdgui.pushing.control import Observer, RunControl
from kdgui.pushing.doubts import Doubts, QuietTimes
from kdgui.pushing.finder import Finder
from kdgui.pushing.line import Line
from kdgui.pushing.witness import Sent, Witness
from kdgui.store.journal import Journal
from kdgui.store.journal_types import OpenRequest


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
        for (form_id, rule_id, target_form), group in groups.items():
            finder = Finder(
                self._line,
                self._journal,
                place=self._place_key,
                source_form=form_id,
                rule_id=rule_id,
                target_form=target_form,
            )
            asked.extend(self._settle_rule(finder, group))
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
        )
        settled: dict[tuple[str, int], Row] = {}
        for request in group:
            self._take_up(request, doubts, book, settled)
        patience.insist(finder.open)
        while len(doubts):
            asked = self._clock()
            heard = patience.insist(doubts.ask)
            book.settle(heard)
            settled.update({(row.run_id, row.position): row for _, row in heard})
            if self._control.stopped or doubts.asked_in_vain(asked) or not finder.can_ask:
                rest = doubts.give_up()
                book.settle(rest)
                settled.update({(row.run_id, row.position): row for _, row in rest})
            self._control.wait(doubts.seconds_to_next())
        return settled.values()

    def _take_up(
        self, request: OpenRequest, doubts: Doubts, book: Book, settled: dict[tuple[str, int], Row]
    ) -> None:
        cause = request.cause or ("crashed" if request.ending_kind is None else "")
        ending = Ending(EndingKind.UNKNOWN, cause, seconds=request.seconds)
        numbers = dict(zip(request.intent.bill_ids, request.intent.numbers, strict=False))
        quiet = self._quiet.after(cause, self._journal.slowest(request.intent.rule_id))
        for row in request.rows:
            presumed = row.verdict is Verdict.FAILED and row.presumed
            if not presumed and row.verdict not in (Verdict.SENDING, Verdict.UNSETTLED):
                settled[row.run_id, row.position] = row
                continue
            if row.verdict is Verdict.SENDING:
                row = replace(row, verdict=Verdict.UNSETTLED, reasons=(Reason.of("crashed"),))  # noqa: PLW2901
            number = numbers.get(row.bill_id, row.number)
            sent = Sent(request.request_id, row, number, ending, request.intent.snapshot)
            book.put([doubts.add(sent, quiet, presumed=presumed)], event="asking")
