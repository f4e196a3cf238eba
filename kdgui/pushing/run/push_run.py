"""One run, block by block: guard, write the intent down, send once, read back, settle what is in doubt.

Design section 4 is the specification. Nothing here sends a bill again whose fate is not known.
"""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from kdgui.domain.bills import Preview, TargetBill
from kdgui.domain.endings import EndingKind
from kdgui.domain.orders import RunOrder
from kdgui.domain.verdicts import Reason, Row, Verdict
from kdgui.pushing.flow.circuit_breaker import FailureStreaks, RunEnded
from kdgui.pushing.flow.observer import Observer
from kdgui.pushing.flow.pausing import PauseHandler
from kdgui.pushing.flow.run_control import Pause, RunControl
from kdgui.pushing.lookup.lookup_result import LookupResult
from kdgui.pushing.run.batches import BLOCK_SECONDS, Batch, BatchSize
from kdgui.pushing.run.claims import Looked
from kdgui.pushing.run.guard import Candidate, Refused
from kdgui.pushing.run.merged_refusals import MergedRefusals
from kdgui.pushing.run.prefetch import LONGEST_SECONDS, GuardPrefetch, Prefetched
from kdgui.pushing.run.row_queue import RowQueue
from kdgui.pushing.run.run_parts import RunParts
from kdgui.pushing.run.sender import WITHHELD, Sender
from kdgui.pushing.run.verification import RunVerification
from kdgui.pushing.verify.evidence import SentBill
from kdgui.pushing.verify.quiet_time import LONGEST_WAIT, QuietTimes
from kdgui.pushing.verify.verdict_rules import at_once, is_locked, is_no

SLEPT_SECONDS = 30.0
"""The wall clock ran so much further than the steady one: the PC slept."""


@dataclass(slots=True)
class BlockTrouble:
    """What the requests of one block met that keeps the run from simply going on.

    Attributes:
        session_lost: the server did not know us; nothing happened.
        unknown: the fate of some bills is not known.
        blocked: a firewall or the like turned a request away: most likely nothing happened.
        pause: why the run has to wait, or None.
        retry_after: how long at least, in seconds.
    """

    session_lost: bool = False
    unknown: bool = False
    blocked: bool = False
    pause: Reason | None = None
    retry_after: float | None = None

    def __bool__(self) -> bool:
        return bool(self.session_lost or self.unknown or self.pause)


class PushRun:
    """One press of the push button. Lives on one thread; up to three requests are on their way at a time."""

    def __init__(
        self,
        order: RunOrder,
        parts: RunParts,
        control: RunControl,
        observer: Observer,
        *,
        attended: bool,
        quiet: QuietTimes,
        slowest: Callable[[], float],
        preview: Callable[[TargetBill], Preview] = Preview,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Takes `preview`, which shows what a target looks like."""
        self._order = order
        self._connection = parts.connection
        self._guard = parts.guard
        self._lookup = parts.lookup
        self._rows = parts.rows
        self._claims = parts.claims
        self._control = control
        self._preview = preview
        self._clock = clock
        self._queue = RowQueue(parts.rows.rows)
        self._ahead = GuardPrefetch(parts.connection, parts.guard)
        self._sender = Sender(order, parts, control)
        self._streaks = FailureStreaks()
        self._pace = BatchSize(order.parallel)
        self._show_first = order.first_one and attended
        self._pauses = PauseHandler(
            control, observer, attended=attended, probe=self._probe, resumed=parts.connection.forgive
        )
        self._verification = RunVerification(
            parts, control, self._pauses, quiet=quiet, slowest=slowest, clock=clock
        )
        self._pauses.verification = self._verification
        self._merging = MergedRefusals(order.split, parts.rows, self._queue, self._pauses, self._verification)

    def go(self) -> str:
        """Work through all queued rows; "finished", "stopped" or "ended".

        Blocking, until every row has a final verdict.

        Raises:
            JournalTrouble: the journal cannot be written; nothing more was sent.
        """
        try:
            self._work()
        except RunEnded as end:
            self._wind_up(end.reason)
            return "stopped" if end.reason.code == "stopped" else "ended"
        finally:
            self._sender.close()
            self._ahead.close()
        return "finished"

    def _work(self) -> None:
        self._skip(self._queue.drop_repeats(self._rows.rows), None)
        self._pauses.insist(self._open)
        if self._order.merged and not self._lookup.reads_links:
            raise RunEnded(Reason.of("cannot_merge"))
        while self._queue or self._verification.unread:
            self._work_block()
            self._queue.block_over()
            if not (self._queue or self._verification.unread):
                self._verification.settle_all()
            self._queue.put_last(self._verification.take_again())
        if self._verification.look_due:
            self._pauses.insist(self._verification.look_again)
        if self._control.stopped and self._verification.in_doubt:
            raise RunEnded(Reason.of("stopped"))

    def _open(self) -> None:
        """Guard and finder learn how to ask, side by side: the first time that takes a dozen small reads."""
        opened = self._ahead.open()
        self._ask_ahead()
        self._lookup.open()
        opened.result()
        self._guard.open()

    def _work_block(self) -> None:
        """Guard the next rows and read the last ones back by one question; then send."""
        since, waits = self._moment(), self._pauses.waits
        rows = self._next_rows()
        if not rows:
            self._await_next()
        found = self._ahead.take(rows, waits)
        since = found.since if found else since
        candidates = self._found(rows, found)
        looked = self._pauses.insist(lambda: self._claims.look(candidates))
        sight = self._look(candidates)
        if self._pauses.waits == waits:
            candidates = self._claimed(self._free_to_go(self._ruled_out(candidates, sight)), looked, sight)
        if self._pauses.waits != waits:  # meanwhile a colleague may have pushed them
            self._queue.put_back(candidate.row for candidate in candidates)
            return
        parcels = self._parcels(candidates)
        self._send_all(parcels, sight, since)
        if self._order.merged or self._show_first:
            self._told(self._pauses.insist(self._verification.read_back))
        if self._show_first and parcels:
            self._show(parcels[0].candidates[0].row.position)

    # -- guarding ----------------------------------------------------------------------------------

    def _next_rows(self) -> list[Row]:
        if self._control.stopped:
            raise RunEnded(Reason.of("stopped"))
        count = self._ahead.count or self._block_size()
        return [self._rows.row(position) for position in self._queue.take(count)]

    def _await_next(self) -> None:
        """Every row that is left may only go later: ask about others meanwhile."""
        until = self._verification.seconds_to_next()
        self._control.wait(min(self._queue.seconds_to_next(), LONGEST_WAIT if until is None else until))
        if self._control.stopped and self._queue:
            raise RunEnded(Reason.of("stopped"))
        if self._verification.due:
            self._pauses.insist(self._verification.ask)

    def _block_size(self) -> int:
        if self._show_first or (self._order.merged and not self._lookup.has_control):
            return 1  # without a control nobody could say of a refused block that nothing of it was made
        return self._order.block if self._order.merged else self._pace.block

    def _ask_ahead(self, left: Iterable[Batch] = ()) -> None:
        """Look for the bills of the next block already: what is `left` of this one, and those that follow."""
        if self._order.merged or self._show_first or self._pace.seconds > LONGEST_SECONDS:
            return
        positions = [candidate.row.position for parcel in left for candidate in parcel.candidates]
        positions += self._queue.peek(self._block_size() - len(positions))
        self._ahead.ask([self._rows.row(position) for position in positions], self._pauses.waits)

    def _found(self, rows: Sequence[Row], found: Prefetched | None) -> list[Candidate]:
        """The rows that exist and are open, each bill once; `found` where they were looked for already."""
        if not rows:
            return []
        asked_at = found.asked_at if found else datetime.now(UTC)
        if found:
            candidates, refused = list(found.candidates), list(found.refused)
        else:
            candidates, refused = self._pauses.insist(lambda: self._guard.find(rows))
        once, repeated = self._queue.once(candidates)
        self._skip((*refused, *repeated), asked_at)
        return once

    def _look(self, candidates: Sequence[Candidate]) -> LookupResult:
        """One question for three uses: read the last block back, guard the next one, settle doubts."""
        last = not candidates and not self._queue
        sources = self._verification.all_sources() if last else self._verification.sources()
        sources |= {candidate.bill.id: candidate.bill.number for candidate in candidates}
        asked = self._clock()
        sight = self._pauses.insist(lambda: self._lookup.ask_controlled(sources))
        self._told(self._pauses.insist(lambda: self._verification.hear(sight)))
        self._pauses.insist(lambda: self._verification.hear_doubts(sight, asked))
        if last:
            self._pauses.insist(lambda: self._verification.look_again(sight))
        return sight

    def _ruled_out(self, candidates: Sequence[Candidate], sight: LookupResult) -> list[Candidate]:
        clear, refused = self._guard.rule_out(self._not_made(candidates, sight), sight, self._lookup)
        self._skip(refused, sight.asked_at)
        return clear

    def _not_made(self, candidates: Sequence[Candidate], sight: LookupResult) -> list[Candidate]:
        """Without those that this very run has pushed: a request that seemed to be in vain was not."""
        places = [candidate.row.position for candidate in candidates]
        told = self._pauses.insist(lambda: self._verification.made(places, sight))
        return [candidate for candidate in candidates if candidate.row.position not in told]

    def _claimed(
        self, candidates: Sequence[Candidate], looked: Looked, sight: LookupResult
    ) -> list[Candidate]:
        """Those that are this run's now; what somebody had in the meantime is guarded anew."""
        taken = self._pauses.insist(lambda: self._claims.take(candidates, looked, sight))
        self._skip(taken.refused, sight.asked_at)
        self._queue.put_back(candidate.row for candidate in taken.again)
        return list(taken.clear)

    def _free_to_go(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Without those that were refused so lately, in whichever run, that it may still be at work."""
        last = self._guard.last_refused(candidates)
        seconds = {key: self._verification.wait_before(request) for key, request in last.items()}
        early = [candidate for candidate in candidates if seconds.get(candidate.bill.id, 0.0) > 0]
        noted = []
        for candidate in early:
            wait = seconds[candidate.bill.id]
            self._queue.later(candidate.row, wait)
            moment = (datetime.now(UTC) + timedelta(seconds=wait)).isoformat()
            notes = (note for note in candidate.row.notes if note.code != "waits_quiet")
            note = Reason.of("waits_quiet", time=moment)
            noted.append(replace(candidate.row, bill_id=candidate.bill.id, notes=(*notes, note)))
        self._rows.put(noted, event="waits")
        return [candidate for candidate in candidates if candidate not in early]

    def _skip(self, refused: Iterable[Refused], asked_at: datetime | None) -> None:
        skipped = [
            replace(
                item.row,
                verdict=Verdict.SKIPPED,
                reasons=(item.reason,),
                targets=item.targets,
                bill_id=item.bill_id,
                asked_at=asked_at,
                alarm=bool(item.extra),
                notes=(
                    *item.row.notes,
                    *(Reason.of("extra_target", number=target.label) for target in item.extra),
                ),
            )
            for item in refused
        ]
        self._rows.put(skipped, event="skipped")

    def _parcels(self, candidates: Sequence[Candidate]) -> list[Batch]:
        if self._order.merged and candidates:
            return [Batch(tuple(candidates))]
        return [Batch((candidate,)) for candidate in candidates]

    # -- sending -----------------------------------------------------------------------------------

    def _send_all(self, parcels: Sequence[Batch], sight: LookupResult, since: tuple[float, float]) -> None:
        """Send the block, or as much of it as ten seconds and the connection allow; the rest is guarded anew.

        `since` is when the guard began to ask; where it was slow, fewer go, but one at least.
        """
        waiting = deque(parcels)
        fresh_until = min(self._clock(), since[0] + BLOCK_SECONDS) + BLOCK_SECONDS
        notes = () if self._guard.can_see_status else (Reason.of("check_dropped", field="FDocumentStatus"),)
        trouble = BlockTrouble()
        go_on = not self._slept(since)
        while (waiting and go_on) or self._sender.busy:
            while waiting and go_on and self._sender.free:
                parcel = waiting.popleft()
                if not waiting or self._clock() + self._pace.seconds >= fresh_until:
                    self._ask_ahead(waiting)
                self._sender.send(parcel, sight, notes)
                go_on = not self._control.stopped and self._clock() < fresh_until and not self._slept(since)
            self._rows.flush()
            self._received(self._sender.next(), trouble)
            if self._verification.due and not trouble:
                self._pauses.insist(self._verification.ask)
            go_on = go_on and not self._control.stopped and not trouble
        self._rows.flush()
        self._queue.put_back(candidate.row for parcel in waiting for candidate in parcel.candidates)
        self._deal_with(trouble)
        if self._control.stopped and self._queue:
            raise RunEnded(Reason.of("stopped"))

    def _moment(self) -> tuple[float, float]:
        """Now, by the clock that never jumps and by the one on the wall."""
        return self._clock(), time.time()

    def _slept(self, since: tuple[float, float]) -> bool:
        """Whether the PC slept in between (or its clock was set): what was asked before is out of date."""
        clock, wall = self._moment()
        return (wall - since[1]) - (clock - since[0]) > SLEPT_SECONDS

    def _received(self, sent: Sequence[SentBill], trouble: BlockTrouble) -> None:
        """A request has ended: its rows go to the journal, what else there is to do goes to `trouble`."""
        ending = sent[0].ending
        if ending.kind is EndingKind.NOTHING_SENT:
            self._conclude(sent, [replace(item.row, verdict=Verdict.QUEUED) for item in sent])
            self._queue.put_back(item.row for item in sent)
            if ending.cause != WITHHELD:
                trouble.pause = Reason.of("line_down", ending.detail, cause=ending.cause)
            return
        self._pace.took(ending.seconds)
        sent = [
            replace(item, row=at_once(item.row, ending, self._lookup.target_form, merged=item.merged))
            for item in sent
        ]
        self._verification.sent(sent)
        if ending.kind is EndingKind.SESSION_LOST:
            self._conclude(sent, [self._verification.refused(item) for item in sent])
            trouble.session_lost = True
        elif ending.kind is EndingKind.BLOCKED:
            self._conclude(sent, [self._verification.refused(item) for item in sent])
            trouble.blocked = True
            trouble.pause = Reason.of("blocked", cause=ending.cause, status=ending.status or "")
            trouble.retry_after = ending.retry_after
        elif ending.answer is not None and (is_no(ending) or ending.answer.entities):
            self._answered(sent, trouble)
        else:
            self._conclude(sent, [self._verification.doubt(item) for item in sent])
            if ending.answer is not None and not ending.answer.success:
                self._count_refusal(sent, trouble)  # it is there, and answers
                return
            trouble.unknown = True
            if self._streaks.unknown():
                trouble.pause = Reason.of("no_answer", ending.detail, cause=ending.cause)

    def _answered(self, sent: Sequence[SentBill], trouble: BlockTrouble) -> None:
        self._conclude(sent, [item.row for item in sent])
        self._verification.answered(sent)
        if any(item.row.verdict is Verdict.PUSHED for item in sent):
            self._pauses.pushed()
        self._count_refusal(sent, trouble)

    def _count_refusal(self, sent: Sequence[SentBill], trouble: BlockTrouble) -> None:
        answer = sent[0].ending.answer
        if answer is not None and self._streaks.answered(answer, alone=not sent[0].merged):
            reasons = sent[0].row.reasons
            trouble.pause = reasons[0] if reasons else Reason.of("rule_refused")

    def _conclude(self, sent: Sequence[SentBill], rows: Sequence[Row]) -> None:
        self._rows.conclude(sent[0].request_id, sent[0].ending, rows)

    # -- trouble -----------------------------------------------------------------------------------

    def _deal_with(self, trouble: BlockTrouble) -> None:
        """Nothing is on its way any more: sign in again, ask what became of bills, wait."""
        if trouble.session_lost:
            self._session_lost()
        if trouble.unknown:
            if not self._lookup.can_ask:
                self._pauses.insist(self._probe)
            self._pauses.insist(self._verification.ask)
        if trouble.blocked:  # what was done behind the page shows at once, as a rule
            self._verification.quietly(self._verification.ask)
        if trouble.pause is not None:
            if trouble.pause.code != "line_down":
                self._read_back_now()
            self._pauses.pause(trouble.pause, retry_after=trouble.retry_after)

    def _session_lost(self) -> None:
        refused = Reason.of("session_refused", cause="session_lost")
        if self._streaks.session_lost():
            raise RunEnded(refused)
        if self._connection.session.signs_requests:
            self._pauses.pause(refused)
        else:
            self._pauses.insist(self._connection.sign_in_again)

    # -- reading back ------------------------------------------------------------------------------

    def _told(self, read_back: Iterable[tuple[SentBill, Row]]) -> None:
        """Final verdicts for bills that were read back; what stays open becomes a doubt."""
        requests: dict[int, list[tuple[SentBill, Row]]] = defaultdict(list)
        for sent, row in read_back:
            requests[sent.request_id].append((sent, row))
        # Written down together: one commit while the server waits for the next block, not one a request.
        finals = [(each, self._final(sent, row)) for each, told in requests.items() for sent, row in told]
        self._verification.settle(finals)
        for told in requests.values() if self._order.merged else ():
            self._merging.told(told)

    def _final(self, sent: SentBill, row: Row) -> Row:
        if row.verdict is Verdict.UNSETTLED:
            return self._verification.doubt(replace(sent, row=row))
        answer = sent.ending.answer
        locked = answer is not None and is_locked(answer) and not sent.merged
        if locked and row.verdict is Verdict.FAILED:
            return self._verification.refused(replace(sent, row=row), most=1)
        return row

    def _read_back_now(self) -> bool:
        """Read back what waits for it, before the end; whether that could be done."""
        return self._verification.quietly(lambda: self._told(self._verification.read_back()))

    # -- the first one alone -----------------------------------------------------------------------

    def _show(self, position: int) -> None:
        """The first bill is pushed: show the clerk what it became, and wait for her."""
        row = self._rows.row(position)
        if row.verdict is Verdict.QUEUED:  # the connection broke before it went
            return
        self._show_first = False
        preview = None
        if row.targets:
            preview = self._pauses.insist(lambda: self._preview(row.targets[0]))
        if self._queue:
            self._pauses.consult(Pause(Reason.of("first_one", number=row.number), preview=preview))

    # -- the end -----------------------------------------------------------------------------------

    def _wind_up(self, reason: Reason) -> None:
        """The run ends before its time: tell what was not sent, and settle what can still be settled."""
        if not self._read_back_now():
            self._rows.put(self._verification.leave(), event="unchecked")
        self._rows.leave_unsent(reason)
        self._verification.wind_up()
        self._rows.leave_unsent(reason)
        self._verification.quietly(self._verification.look_again)

    def _probe(self) -> object:
        """A read that succeeds only when the connection, the session and the team's ledger are there."""
        self._claims.ping()
        form_id = self._order.form_id
        return self._connection.query(form_id, ("FID",), order="FID DESC", limit=1, tries=1)
