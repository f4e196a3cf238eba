"""Recovery of what earlier runs left in doubt: crashed, unanswered, or presumed failed by silence."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from kdgui.domain.endings import Ending, EndingKind
from kdgui.domain.verdicts import Reason, Row, Verdict
from kdgui.pushing.connection.connection import Connection
from kdgui.pushing.flow.circuit_breaker import RunEnded
from kdgui.pushing.flow.observer import Observer
from kdgui.pushing.flow.pausing import PauseHandler
from kdgui.pushing.flow.run_control import RunControl
from kdgui.pushing.lookup.target_lookup import TargetLookup
from kdgui.pushing.run.run_rows import RunRows
from kdgui.pushing.verify.evidence import EvidenceCollector, SentBill
from kdgui.pushing.verify.pending_bills import PendingBills
from kdgui.pushing.verify.quiet_time import QuietTimes
from kdgui.pushing.verify.read_back import ReadBack
from kdgui.store.journal.journal import Journal
from kdgui.store.journal.records import OpenRequest, RunHeader

OTHER_ORGANISATION = "other_organisation"


def told_elsewhere(requests: Iterable[OpenRequest]) -> list[Row]:
    """The rows in doubt of these requests that do not say yet where they can be asked about, saying so.

    A countdown ends with it: nobody is asking.
    """
    told = []
    for request in requests:
        reason = Reason.of(OTHER_ORGANISATION, organisation=_name(request.header))
        for row in request.rows:
            if row.verdict is Verdict.SENDING and request.ending_kind is None:
                row = replace(row, verdict=Verdict.UNSETTLED, reasons=(Reason.of("crashed"),))  # noqa: PLW2901 - the same row, further on
            if row.verdict is Verdict.UNSETTLED and reason not in row.reasons:
                told.append(replace(row, reasons=(*row.reasons, reason), quiet_until=None))
    return told


def asked_here(request: OpenRequest) -> OpenRequest:
    """The request without that reason: now it is asked about."""
    return replace(request, rows=tuple(map(_without, request.rows)))


def _without(row: Row) -> Row:
    return replace(row, reasons=tuple(r for r in row.reasons if r.code != OTHER_ORGANISATION))


def _name(header: RunHeader) -> str:
    return header.organisation or header.organisation_number or header.organisation_id


_NOBODY_THERE = frozenset({"line_down", "session_refused", "ledger_down"})
"""Troubles that every rule meets alike."""


class Recovery:
    """Asks the server about open requests of one data centre, rule by rule. Lives on one thread.

    With `attended` False a connection that stays down ends it; the rows stay as they were.
    """

    def __init__(
        self,
        connection: Connection,
        journal: Journal,
        control: RunControl,
        observer: Observer,
        *,
        place_key: str,
        quiet: QuietTimes,
        attended: bool,
        others: Callable[[str, Sequence[str]], Mapping[str, tuple[str, ...]]] = lambda _centre, _ids: {},
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Takes `others`: the targets that colleagues made of bills, by FID; asked with data centre, FIDs."""
        self._connection = connection
        self._journal = journal
        self._control = control
        self._observer = observer
        self._place_key = place_key
        self._quiet = quiet
        self._attended = attended
        self._others = others
        self._clock = clock

    def go(self, requests: Sequence[OpenRequest]) -> tuple[Row, ...]:
        """Ask until everything is settled or asking cannot tell more; the rows as they stand then.

        Raises:
            RunEnds: the connection stays down, or stopped.
            JournalTrouble: the journal cannot be written.
        """
        groups: dict[tuple[str, str, str, str, str], list[OpenRequest]] = defaultdict(list)
        for request in requests:
            intent, header = request.intent, request.header
            whose = (header.pushed_by, header.pushed_by_id)
            groups[intent.form_id, intent.rule_id, intent.target_form, *whose].append(request)
        asked: list[Row] = []
        ended: RunEnded | None = None
        for (form_id, rule_id, target_form, *_), group in groups.items():
            lookup = TargetLookup(
                self._connection,
                self._journal,
                place=self._place_key,
                source_form=form_id,
                rule_id=rule_id,
                target_form=target_form,
            )
            try:
                asked.extend(self._settle_rule(lookup, group))
            except RunEnded as end:
                if self._control.stopped or end.reason.code in _NOBODY_THERE:
                    raise
                ended = end  # what keeps us from asking about one rule need not do so for the next
        if ended is not None:
            raise ended
        return tuple(asked)

    def _settle_rule(self, lookup: TargetLookup, group: Sequence[OpenRequest]) -> Iterable[Row]:
        collector = self._collector(lookup, group[0].header)
        pending = PendingBills(lookup, collector, clock=self._clock)
        rows = tuple(row for request in group for row in request.rows)
        book = RunRows(self._journal, self._observer, rows[0].run_id if rows else "", ())
        pauses = PauseHandler(
            self._control,
            self._observer,
            attended=self._attended,
            probe=lookup.open,
            resumed=self._connection.forgive,
        )
        unread = ReadBack(collector)
        settled: dict[tuple[str, int], Row] = {}

        def settle(heard: Iterable[tuple[int, Row]]) -> None:
            for row in book.settle(heard):
                settled[row.run_id, row.position] = row
                if row.by_hand:
                    pending.forget(row)

        for request in group:
            self._take_up(request, pending, unread, book, settled)
        try:
            pauses.insist(lookup.open)
            settle(self._read_back(pauses, lookup, pending, unread))
            while len(pending):
                asked = self._clock()
                settle(pauses.insist(pending.ask))
                if self._control.stopped or pending.asked_in_vain(asked) or not lookup.can_ask:
                    settle(pending.give_up())
                self._control.wait(pending.seconds_to_next())
        except RunEnded:
            settle(pending.give_up())  # nobody asks any more: no countdown may say so
            raise
        return settled.values()

    def _collector(self, lookup: TargetLookup, header: RunHeader) -> EvidenceCollector:
        """What a colleague pushed and we settle is the colleague's."""
        if not header.pushed_by:
            return EvidenceCollector(lookup, self._connection.user_id)
        same = header.pushed_by.casefold() == self._connection.user.casefold()
        return EvidenceCollector(lookup, header.pushed_by_id, signed_in=same)

    def _read_back(
        self, pauses: PauseHandler, lookup: TargetLookup, pending: PendingBills, unread: ReadBack
    ) -> list[tuple[int, Row]]:
        """Answers that came before the program ended, and that it could not check any more."""
        if not len(unread):
            return []
        heard = []
        for sent, found in pauses.insist(lambda: unread.hear(lookup.ask(unread.sources()))):
            row = found
            pending.claim(row)
            if row.verdict is Verdict.UNSETTLED and sent.row.watched:  # no worse than when it was told
                row = replace(sent.row, asked_at=row.asked_at)
            elif row.verdict is Verdict.UNSETTLED:
                row = pending.add(replace(sent, row=row), self._quiet.after("", 0.0))
            heard.append((sent.request_id, row))
        return heard

    def _take_up(
        self,
        request: OpenRequest,
        pending: PendingBills,
        unread: ReadBack,
        book: RunRows,
        settled: dict[tuple[str, int], Row],
    ) -> None:
        cause = request.cause or ("crashed" if request.ending_kind is None else "")
        merged = len(request.intent.bill_ids) > 1
        answer_counts = request.not_read_back
        ending = Ending(EndingKind.UNKNOWN, cause, seconds=request.seconds)
        if answer_counts and request.ending is not None:
            ending = request.ending
        numbers = dict(zip(request.intent.bill_ids, request.intent.numbers, strict=False))
        quiet = self._quiet.after(cause, self._journal.slowest(request.intent.rule_id))
        snapshots = self._snapshots(request)
        accounted = tuple(target.id for row in request.rows for target in row.targets) if merged else ()
        for row in request.rows:
            number = numbers.get(row.bill_id, row.number)
            sent = SentBill(
                request.request_id,
                row,
                number,
                ending,
                snapshots[row.position],
                merged=merged,
                accounted=accounted,
            )
            if answer_counts and not row.checked:
                settled[row.run_id, row.position] = row
                unread.add(sent)
            elif row.verdict is Verdict.SENDING:
                crashed = replace(row, verdict=Verdict.UNSETTLED, reasons=(Reason.of("crashed"),))
                book.put([pending.add(replace(sent, row=crashed), quiet)], event="asking")
            elif row.verdict is Verdict.UNSETTLED or row.watched:
                presumed = row.verdict is Verdict.FAILED
                book.put([pending.add(sent, quiet, presumed=presumed)], event="asking")
            else:
                settled[row.run_id, row.position] = row

    def _snapshots(self, request: OpenRequest) -> dict[int, tuple[str, ...]]:
        """By row: the targets known before its push, and those that other pushes of its bill made."""
        intent, header = request.intent, request.header
        place = (header.data_centre_id, intent.form_id, intent.rule_id, intent.target_form)
        past = self._journal.earlier(*place, [row.bill_id for row in request.rows])
        others = self._others(header.data_centre_id, [row.bill_id for row in request.rows])
        return {
            row.position: (
                *intent.snapshot,
                *others.get(row.bill_id, ()),
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
