"""One run, bill by bill: guard a block, write the intent down, send once, read back, settle what is in doubt.

Design section 4 is the specification. Nothing here sends a bill again whose fate is not known.
"""

from __future__ import annotations

import json
import math
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from kdgui.domain.endings import EndingKind
from kdgui.domain.errors import JournalTrouble, KdguiError
from kdgui.domain.orders import PushRequest, RunOrder
from kdgui.domain.verdicts import Reason, Row, Verdict
from kdgui.pushing.book import Book
from kdgui.pushing.breakers import Patience, RunEnds, Streaks
from kdgui.pushing.control import Observer, RunControl
from kdgui.pushing.doubts import Doubts, QuietTimes
from kdgui.pushing.finder import Finder
from kdgui.pushing.guard import Candidate, Guard, Refused
from kdgui.pushing.judge import LOCK_CODE, at_once, in_doubt, is_no
from kdgui.pushing.line import Line
from kdgui.pushing.pace import BLOCK_SECONDS, Pace
from kdgui.pushing.readback import ReadBack
from kdgui.pushing.sight import Sight
from kdgui.pushing.witness import Sent, Witness
from kdgui.store.journal_types import Intent

SLEPT_SECONDS = 30.0
"""The wall clock ran so much further than the steady one: the PC slept."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What a run works with, all of it made for this run alone."""

    line: Line
    guard: Guard
    finder: Finder
    witness: Witness
    book: Book
    doubts: Doubts


class PushRun:
    """One press of the push button, one bill a request, one request at a time. Lives on one thread."""

    def __init__(
        self,
        order: RunOrder,
        tools: Tools,
        control: RunControl,
        observer: Observer,
        *,
        attended: bool,
        quiet: QuietTimes,
        slowest: Callable[[], float],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._order = order
        self._line = tools.line
        self._guard = tools.guard
        self._finder = tools.finder
        self._witness = tools.witness
        self._book = tools.book
        self._doubts = tools.doubts
        self._control = control
        self._quiet = quiet
        self._slowest = slowest
        self._clock = clock
        self._pending = deque(row.position for row in self._book.rows if row.verdict is Verdict.QUEUED)
        self._unread = ReadBack(tools.witness)
        self._taken: dict[str, str] = {}
        self._locked_once: set[int] = set()
        self._streaks = Streaks()
        self._pace = Pace()
        self._patience = Patience(
            control,
            observer,
            attended=attended,
            probe=self._probe,
            beside=self._ask_beside,
            settle=self._await_doubts,
            due=lambda: self._doubts.seconds_to_next() if len(self._doubts) else None,
            resumed=self._line.forgive,
        )

    def go(self) -> str:
        """Work through all queued rows; "finished", "stopped" or "ended".

        Blocking, until every row has a final verdict.

        Raises:
            JournalTrouble: the journal cannot be written; nothing more was sent.
        """
        try:
            self._work()
        except RunEnds as end:
            self._wind_up(end.reason)
            return "stopped" if end.reason.code == "stopped" else "ended"
        return "finished"

    def _work(self) -> None:
        self._set_repeats_aside()
        self._patience.insist(self._guard.open)
        self._patience.insist(self._finder.open)
        while self._pending or self._unread:
            since, waits = self._moment(), self._patience.waits
            candidates = self._found(self._next_block())
            sight = self._look(candidates)
            if self._patience.waits == waits:
                self._send_all(self._ruled_out(candidates, sight), sight, since)
            else:  # meanwhile a colleague may have pushed them
                self._put_back(candidate.row.position for candidate in candidates)
        self._await_doubts()
        if self._control.stopped and len(self._doubts):
            raise RunEnds(Reason.of("stopped"))

    # -- guarding ----------------------------------------------------------------------------------

    def _set_repeats_aside(self) -> None:
        """The same text twice is one bill; other spellings of it are told apart by their FID later."""
        first: dict[str, int] = {}
        repeats = []
        for position in tuple(self._pending):
            row = self._book.row(position)
            if not row.number.strip():
                repeats.append(_skipped(row, Reason.of("empty_number")))
            elif row.number in first:
                repeats.append(_skipped(row, Reason.of("duplicate_row", first=first[row.number] + 1)))
            else:
                first[row.number] = position
                continue
            self._pending.remove(position)
        self._book.put(repeats, event="skipped")

    def _next_block(self) -> list[Row]:
        if self._control.stopped:
            raise RunEnds(Reason.of("stopped"))
        count = min(self._pace.block, len(self._pending))
        return [self._book.row(self._pending.popleft()) for _ in range(count)]

    def _found(self, rows: Sequence[Row]) -> list[Candidate]:
        """The rows that exist and are open, each bill once."""
        if not rows:
            return []
        asked_at = datetime.now(UTC)
        candidates, refused = self._patience.insist(lambda: self._guard.find(rows))
        once: list[Candidate] = []
        for candidate in candidates:
            other = self._taken.get(candidate.bill.id)
            if other is None or other == candidate.row.number:
                self._taken[candidate.bill.id] = candidate.row.number
                once.append(candidate)
            else:
                reason = Reason.of("same_bill", number=other)
                refused.append(Refused(candidate.row, reason, bill_id=candidate.bill.id))
        self._skip(refused, asked_at)
        return once

    def _look(self, candidates: Iterable[Candidate]) -> Sight:
        """One question for three uses: read the last block back, guard the next one, settle doubts."""
        sources = self._unread.sources()
        sources |= {candidate.bill.id: candidate.bill.number for candidate in candidates}
        sources |= self._doubts.sources()
        asked = self._clock()
        sight = self._patience.insist(lambda: self._finder.ask_controlled(sources))
        self._told(self._patience.insist(lambda: self._unread.hear(sight)))
        if len(self._doubts):
            self._settle(self._patience.insist(lambda: self._doubts.hear(sight, asked)))
        return sight

    def _ruled_out(self, candidates: Sequence[Candidate], sight: Sight) -> list[Candidate]:
        clear, refused = self._guard.rule_out(candidates, sight, self._finder)
        self._skip(refused, sight.asked_at)
        return clear

    def _skip(self, refused: Iterable[Refused], asked_at: datetime) -> None:
        skipped = [
            replace(
                _skipped(item.row, item.reason), targets=item.targets, bill_id=item.bill_id, asked_at=asked_at
            )
            for item in refused
        ]
        self._book.put(skipped, event="skipped")

    # -- sending -----------------------------------------------------------------------------------

    def _send_all(self, candidates: Sequence[Candidate], sight: Sight, since: tuple[float, float]) -> None:
        """Send the block, or as much of it as ten seconds and the line allow; the rest is guarded anew.

        `since` is when the guard began to ask; where it was slow, fewer go, but one at least.
        """
        waiting = deque(candidates)
        fresh_until = min(self._clock(), since[0] + BLOCK_SECONDS) + BLOCK_SECONDS
        go_on = not self._slept(since)
        while waiting and go_on:
            if self._control.stopped:
                raise RunEnds(Reason.of("stopped"))
            candidate = waiting.popleft()
            go_on = self._send(candidate, sight)
            if self._doubts.due():
                self._settle(self._patience.insist(self._doubts.ask))
            go_on = go_on and self._clock() < fresh_until and not self._slept(since)
        self._put_back(candidate.row.position for candidate in waiting)

    def _moment(self) -> tuple[float, float]:
        """Now, by the clock that never jumps and by the one on the wall."""
        return self._clock(), time.time()

    def _slept(self, since: tuple[float, float]) -> bool:
        """Whether the PC slept in between (or its clock was set): what was asked before is out of date."""
        clock, wall = self._moment()
        return (wall - since[1]) - (clock - since[0]) > SLEPT_SECONDS

    def _send(self, candidate: Candidate, sight: Sight) -> bool:
        """One bill, one POST; whether the block may go on."""
        bill = candidate.bill
        snapshot = tuple(target.bill.id for target in sight.of(bill.id))
        notes = candidate.row.notes
        if not self._guard.can_see_status:
            notes = tuple(dict.fromkeys((*notes, Reason.of("check_dropped", field="FDocumentStatus"))))
        row = replace(
            candidate.row, verdict=Verdict.SENDING, bill_id=bill.id, asked_at=sight.asked_at, notes=notes
        )
        request = PushRequest(self._order.form_id, self._order.options, ids=(bill.id,))
        request_id = self._book.intend(row, self._intent(request, bill.number, snapshot))
        ending = self._line.session.push(request, timeout=self._order.timeout)
        sent = Sent(request_id, row, bill.number, ending, snapshot, candidate.lines)
        return self._received(sent)

    def _intent(self, request: PushRequest, number: str, snapshot: tuple[str, ...]) -> Intent:
        return Intent(
            form_id=self._order.form_id,
            rule_id=self._order.options.rule_id,
            target_form=self._finder.target_form,
            bill_ids=request.ids,
            numbers=(number,),
            snapshot=snapshot,
            body=json.dumps({"Ids": ",".join(request.ids), "RuleId": self._order.options.rule_id}),
        )

    def _received(self, sent: Sent) -> bool:
        kind = sent.ending.kind
        if kind is EndingKind.NOTHING_SENT:
            self._unsent(sent)
            self._patience.pause(Reason.of("line_down", sent.ending.detail, cause=sent.ending.cause))
            return False
        if kind is EndingKind.SESSION_LOST:
            self._unsent(sent)
            self._session_lost()
            return False
        self._pace.took(sent.ending.seconds)
        if kind is EndingKind.BLOCKED:
            return self._blocked(sent)
        row = at_once(sent.row, sent.ending, self._finder.target_form)
        sent = replace(sent, row=row)
        answer = sent.ending.answer
        if answer is not None and kind is EndingKind.ANSWERED and (is_no(sent.ending) or answer.entities):
            return self._answered(sent)
        return self._unknown(sent)

    def _answered(self, sent: Sent) -> bool:
        self._book.conclude(sent.request_id, sent.ending, sent.row)
        self._unread.add(sent)
        if sent.row.verdict is Verdict.PUSHED:
            self._patience.pushed()
        answer = sent.ending.answer
        if answer is not None and self._streaks.answered(answer):
            self._read_back_now()
            self._patience.pause(sent.row.reasons[0] if sent.row.reasons else Reason.of("rule_refused"))
            return False
        return True

    def _unknown(self, sent: Sent) -> bool:
        """It may have happened: keep it in doubt, and let a read succeed before anything else is sent."""
        row = self._doubts.add(sent, self._quiet.after(sent.ending.cause, self._slowest()))
        self._book.conclude(sent.request_id, sent.ending, row)
        if not self._finder.can_ask:
            self._patience.insist(self._probe)
        self._settle(self._patience.insist(self._doubts.ask))
        if self._streaks.unknown():
            self._read_back_now()
            self._patience.pause(Reason.of("no_answer", sent.ending.detail, cause=sent.ending.cause))
            return False
        return True

    def _blocked(self, sent: Sent) -> bool:
        """Nearly certain that nothing happened: one controlled question without quiet time decides."""
        row = at_once(sent.row, sent.ending, self._finder.target_form)
        sent = replace(sent, row=row)
        self._book.conclude(sent.request_id, sent.ending, row)
        told = self._quietly(lambda: self._resolve_blocked(sent))
        cause = Reason.of("blocked", cause=sent.ending.cause, status=sent.ending.status or "")
        try:
            self._patience.pause(cause, retry_after=sent.ending.retry_after)
        except RunEnds:
            if not told:
                self._doubts.add(sent, self._quiet.after(sent.ending.cause, self._slowest()))
            raise
        if not told:
            self._patience.insist(lambda: self._resolve_blocked(sent))
        return False

    def _resolve_blocked(self, sent: Sent) -> None:
        sight = self._finder.ask({sent.row.bill_id: sent.number})
        evidence = self._witness.evidence((sent,), sight)[sent.key]
        if evidence.new:
            self._settle([(sent.request_id, in_doubt(sent.row, evidence, quiet_over=False))])
        elif evidence.controlled:
            self._settle([(sent.request_id, replace(sent.row, verdict=Verdict.QUEUED, reasons=()))])
            self._put_back((sent.row.position,))
        else:
            quiet = self._quiet.after(sent.ending.cause, self._slowest())
            self._book.put([self._doubts.add(sent, quiet)])

    def _unsent(self, sent: Sent) -> None:
        """No byte left, or the server did not know us: the bill is as it was."""
        self._book.conclude(sent.request_id, sent.ending, replace(sent.row, verdict=Verdict.QUEUED))
        self._put_back((sent.row.position,))

    def _session_lost(self) -> None:
        refused = Reason.of("session_refused", cause="session_lost")
        if self._streaks.session_lost():
            raise RunEnds(refused)
        if self._line.session.signs_requests:
            self._patience.pause(refused)
        else:
            self._patience.insist(self._line.sign_in_again)

    def _put_back(self, positions: Iterable[int]) -> None:
        """These come first again, in the clerk's order, and are guarded anew; locked ones stay at the end."""
        for position in positions:
            self._taken.pop(self._book.row(position).bill_id, None)
            self._pending.append(position)
        self._pending = deque(sorted(self._pending, key=lambda place: (place in self._locked_once, place)))

    # -- reading back ------------------------------------------------------------------------------

    def _told(self, read_back: Iterable[tuple[Sent, Row]]) -> None:
        """Final verdicts for bills that were read back; what stays open becomes a doubt."""
        for sent, found in read_back:
            row = found
            if row.verdict is Verdict.UNSETTLED:
                quiet = self._quiet.after(sent.ending.cause, self._slowest())
                row = self._doubts.add(replace(sent, row=row), quiet)
            elif self._may_try_again(sent, row):
                notes = (*sent.row.notes, Reason.of("asked_again"))
                row = replace(row, verdict=Verdict.QUEUED, reasons=(), notes=notes)
                self._taken.pop(row.bill_id, None)
                self._pending.append(row.position)
            self._settle([(sent.request_id, row)])

    def _may_try_again(self, sent: Sent, row: Row) -> bool:
        """A lock conflict that left nothing behind gets one more turn at the end of the run (MsgCode 13)."""
        answer = sent.ending.answer
        if row.verdict is not Verdict.FAILED or answer is None or answer.msg_code != LOCK_CODE:
            return False
        if row.position in self._locked_once or not row.checked:
            return False
        self._locked_once.add(row.position)
        return True

    def _read_back_now(self) -> bool:
        """Read back what waits for it, before a pause or at the end; whether that could be done."""
        return self._quietly(lambda: self._told(self._unread.hear(self._finder.ask(self._unread.sources()))))

    # -- settling ----------------------------------------------------------------------------------

    def _settle(self, heard: Iterable[tuple[int, Row]]) -> None:
        for row in self._book.settle(heard):
            if row.by_hand:
                self._doubts.forget(row)
            elif row.verdict is Verdict.PUSHED:
                self._patience.pushed()

    def _await_doubts(self) -> None:
        """Ask until everything is settled, or asking cannot tell more; stop() ends the waiting."""
        while len(self._doubts) and not self._control.stopped:
            self._control.wait(self._doubts.seconds_to_next())
            if self._control.stopped:
                return
            asked = self._clock()
            self._settle(self._patience.insist(self._doubts.ask))
            if self._doubts.asked_in_vain(asked) or not self._finder.can_ask:
                self._settle(self._doubts.give_up())

    def _wind_up(self, reason: Reason) -> None:
        """The run ends before its time: tell what was not sent, and settle what can still be settled.

        A `no` that nobody could check stays open.
        """
        if not self._read_back_now():
            self._book.put([_unchecked(sent.row) for sent in self._unread.leave()], event="unchecked")
        self._book.leave_unsent(reason)
        asked = -math.inf
        while len(self._doubts) and not self._control.stopped and not self._doubts.asked_in_vain(asked):
            self._control.wait(self._doubts.seconds_to_next())
            asked = self._clock()
            if not self._quietly(lambda: self._settle(self._doubts.ask())) or not self._finder.can_ask:
                break
        self._settle(self._doubts.give_up())

    def _quietly(self, work: Callable[[], None]) -> bool:
        """Do `work` unless the line or the server will not have it; whether it was done."""
        try:
            work()
        except JournalTrouble:
            raise
        except KdguiError:
            return False
        return True

    def _ask_beside(self) -> None:
        """While the clerk is waited for: a question that fails is simply asked again later."""
        if not self._quietly(lambda: self._settle(self._doubts.ask())):
            self._doubts.postpone()

    def _probe(self) -> object:
        """A read that succeeds only when the line and the session are there."""
        form_id = self._order.form_id
        return self._line.read(
            lambda session: session.query(form_id, ("FID",), order="FID DESC", limit=1, tries=1)
        )


def _skipped(row: Row, reason: Reason) -> Row:
    return replace(row, verdict=Verdict.SKIPPED, reasons=(reason,))


def _unchecked(row: Row) -> Row:
    """The server said no, but nobody could ask whether it left something behind."""
    note = Reason.of("unverified")
    if row.verdict is Verdict.FAILED:
        return replace(row, verdict=Verdict.UNSETTLED, notes=(*row.notes, note))
    return replace(row, notes=(*row.notes, note))
