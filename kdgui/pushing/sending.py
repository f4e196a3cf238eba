"""Sending: the intent goes to the journal, the request to the server, once; its ending comes back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from kdgui.domain.endings import Ending, EndingKind
from kdgui.domain.orders import PushRequest, RunOrder
from kdgui.domain.verdicts import Reason, Row, Verdict
from kdgui.pushing.book import Book
from kdgui.pushing.control import RunControl
from kdgui.pushing.guard import Candidate
from kdgui.pushing.lanes import Lanes
from kdgui.pushing.line import Line
from kdgui.pushing.parcels import Parcel
from kdgui.pushing.sight import Sight
from kdgui.pushing.witness import Sent
from kdgui.store.journal_types import Intent

FIRST_BILL_SECONDS = 120.0
NEXT_BILL_SECONDS = 1.7
LONGEST_SECONDS = 1800.0
"""Read time-outs: 120 s for one bill, growing with a merged request up to half an hour (design section 4)."""


def read_seconds(bills: int, wanted: float | None) -> float | None:
    """The read time-out of a request with so many bills; None leaves one bill to the line's settings."""
    if wanted is not None or bills <= 1:
        return wanted
    return min(FIRST_BILL_SECONDS + NEXT_BILL_SECONDS * bills, LONGEST_SECONDS)


_NOTHING_YET = Ending(EndingKind.UNKNOWN)


class Sender:
    """Sends parcels of one order, up to `order.parallel` at a time. Used from the run's thread."""

    def __init__(
        self, order: RunOrder, line: Line, book: Book, control: RunControl, target_form: str
    ) -> None:
        self._order = order
        self._control = control
        self._book = book
        self._target_form = target_form
        self._lanes: Lanes[tuple[Sent, ...]] = Lanes(line.session, 1 if order.merged else order.parallel)

    @property
    def busy(self) -> int:
        """Requests on their way."""
        return self._lanes.busy

    @property
    def free(self) -> bool:
        """Whether one more request may be sent."""
        return self._lanes.free

    def send(self, parcel: Parcel, sight: Sight, notes: Sequence[Reason] = ()) -> None:
        """Write the intent down, then send. `sight` is what the guard saw; `notes` go to the rows.

        Raises:
            JournalTrouble: the intent is not on the disk, and nothing was sent.
        """
        rows = [self._row(candidate, sight, notes) for candidate in parcel.candidates]
        request = self._request(parcel)
        request_id = self._book.intend(rows, self._intent(request, parcel, sight))
        sent = tuple(
            Sent(
                request_id,
                row,
                candidate.bill.number,
                _NOTHING_YET,
                tuple(target.bill.id for target in sight.of(candidate.bill.id)),
                frozenset(candidate.entry_ids) or candidate.lines,
                merged=parcel.merged,
            )
            for row, candidate in zip(rows, parcel.candidates, strict=True)
        )
        if self._control.stopped:  # while the intent was written, and what was concluded before was shown
            self._lanes.withhold(sent)
        else:
            self._lanes.send(sent, request, read_seconds(len(rows), self._order.timeout))

    def next(self) -> tuple[Sent, ...]:
        """Wait for the first request that ends: its bills, with its ending."""
        sent, ending = self._lanes.next()
        return tuple(replace(item, ending=ending) for item in sent)

    def close(self) -> None:
        """Wait for what is on its way; nothing is ever cut."""
        self._lanes.close()

    def _row(self, candidate: Candidate, sight: Sight, notes: Sequence[Reason]) -> Row:
        return replace(
            candidate.row,
            verdict=Verdict.SENDING,
            bill_id=candidate.bill.id,
            asked_at=sight.asked_at,
            notes=tuple(dict.fromkeys((*candidate.row.notes, *notes))),
        )

    def _request(self, parcel: Parcel) -> PushRequest:
        order = self._order
        if parcel.entry_ids:
            return PushRequest(order.form_id, order.options, entry_ids=parcel.entry_ids)
        return PushRequest(
            order.form_id, order.options, ids=tuple(candidate.bill.id for candidate in parcel.candidates)
        )

    def _intent(self, request: PushRequest, parcel: Parcel, sight: Sight) -> Intent:
        bills = [candidate.bill for candidate in parcel.candidates]
        what = "EntryIds" if request.entry_ids else "Ids"
        return Intent(
            form_id=self._order.form_id,
            rule_id=self._order.options.rule_id,
            target_form=self._target_form,
            bill_ids=tuple(bill.id for bill in bills),
            numbers=tuple(bill.number for bill in bills),
            snapshot=tuple(target.bill.id for bill in bills for target in sight.of(bill.id)),
            body=json.dumps(
                {what: ",".join(request.entry_ids or request.ids), "RuleId": self._order.options.rule_id}
            ),
        )
