"""Sending: the intent goes to the journal, the request to the server, once; its ending comes back."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from queue import SimpleQueue
from typing import Generic, TypeVar

from kdgui.domain.endings import Ending, EndingKind
from kdgui.domain.orders import PushRequest, RunOrder
from kdgui.domain.verdicts import Reason, Row, Verdict
from kdgui.k3cloud.session import Session
from kdgui.pushing.flow.run_control import RunControl
from kdgui.pushing.lookup.lookup_result import LookupResult
from kdgui.pushing.run.batches import Batch
from kdgui.pushing.run.guard import Candidate
from kdgui.pushing.run.run_parts import RunParts
from kdgui.pushing.verify.evidence import SentBill
from kdgui.store.journal.records import Intent

K = TypeVar("K")


WITHHELD = "stopped"
"""Cause of the ending of a request that was not sent: the run was stopped, or the claim is too old."""


class RequestPool(Generic[K]):
    """Sends requests, each once, and hands the endings back in the order in which they come.

    Used from one thread, the run's. With one lane that thread sends by itself; with more each lane has a
    thread and a connection of its own, and shares the sign-in.
    """

    def __init__(self, session: Session, count: int) -> None:
        self._session = session
        self._count = count
        self._ended: deque[tuple[K, Ending]] = deque()
        self._on_their_way: dict[Future[Ending], K] = {}
        self._pool: ThreadPoolExecutor | None = None
        self._siblings: SimpleQueue[Session] = SimpleQueue()

    @property
    def busy(self) -> int:
        """How many requests have no ending that was handed back."""
        return len(self._ended) + len(self._on_their_way)

    @property
    def free(self) -> bool:
        """Whether one more may be sent."""
        return self.busy < self._count

    def send(self, key: K, request: PushRequest, timeout: float | None) -> None:
        """Send one request; with one lane this blocks until it has ended."""
        if self._count == 1:
            self._ended.append((key, self._session.push(request, timeout=timeout)))
            return
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._count, thread_name_prefix="kdgui-push")
            for _ in range(self._count):
                self._siblings.put(self._session.sibling())
        self._on_their_way[self._pool.submit(self._push, request, timeout)] = key

    def withhold(self, key: K) -> None:
        """Do not send it after all: it ends as one of which no byte left."""
        self._ended.append((key, Ending(EndingKind.NOTHING_SENT, WITHHELD)))

    def next(self) -> tuple[K, Ending]:
        """Wait for the first ending that was not handed back yet."""
        if not self._ended:
            done, _ = wait(self._on_their_way, return_when=FIRST_COMPLETED)
            for future in [future for future in self._on_their_way if future in done]:
                self._ended.append((self._on_their_way.pop(future), future.result()))
        return self._ended.popleft()

    def close(self) -> None:
        """Wait for what is on its way, and close the connections."""
        if self._pool is not None:
            self._pool.shutdown()
            while not self._siblings.empty():
                self._siblings.get().close()

    def _push(self, request: PushRequest, timeout: float | None) -> Ending:
        session = self._siblings.get()
        try:
            return session.push(request, timeout=timeout)
        finally:
            self._siblings.put(session)


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

    def __init__(self, order: RunOrder, parts: RunParts, control: RunControl) -> None:
        self._order = order
        self._control = control
        self._rows = parts.rows
        self._claims = parts.claims
        self._target_form = parts.lookup.target_form
        self._requests_pool: RequestPool[tuple[SentBill, ...]] = RequestPool(
            parts.connection.session, 1 if order.merged else order.parallel
        )

    @property
    def busy(self) -> int:
        """Requests on their way."""
        return self._requests_pool.busy

    @property
    def free(self) -> bool:
        """Whether one more request may be sent."""
        return self._requests_pool.free

    def send(self, parcel: Batch, sight: LookupResult, notes: Sequence[Reason] = ()) -> None:
        """Write the intent down, then send. `sight` is what the guard saw; `notes` go to the rows.

        Raises:
            JournalTrouble: the intent is not on the disk, and nothing was sent.
        """
        rows = [self._row(candidate, sight, notes) for candidate in parcel.candidates]
        request = self._request(parcel)
        request_id = self._rows.intend(rows, self._intent(request, parcel, sight))
        sent = tuple(
            SentBill(
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
        # While the intent was written, and what was concluded was shown, the clerk may have stopped the
        # run, or the PC slept so long that others may settle the bill.
        if self._control.stopped or not self._claims.fresh:
            self._requests_pool.withhold(sent)
        else:
            self._requests_pool.send(sent, request, read_seconds(len(rows), self._order.timeout))

    def next(self) -> tuple[SentBill, ...]:
        """Wait for the first request that ends: its bills, with its ending."""
        sent, ending = self._requests_pool.next()
        return tuple(replace(item, ending=ending) for item in sent)

    def close(self) -> None:
        """Wait for what is on its way; nothing is ever cut."""
        self._requests_pool.close()

    def _row(self, candidate: Candidate, sight: LookupResult, notes: Sequence[Reason]) -> Row:
        return replace(
            candidate.row,
            verdict=Verdict.SENDING,
            bill_id=candidate.bill.id,
            asked_at=sight.asked_at,
            notes=tuple(dict.fromkeys((*candidate.row.notes, *notes))),
        )

    def _request(self, parcel: Batch) -> PushRequest:
        order = self._order
        if parcel.entry_ids:
            return PushRequest(order.form_id, order.options, entry_ids=parcel.entry_ids)
        return PushRequest(
            order.form_id, order.options, ids=tuple(candidate.bill.id for candidate in parcel.candidates)
        )

    def _intent(self, request: PushRequest, parcel: Batch, sight: LookupResult) -> Intent:
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
