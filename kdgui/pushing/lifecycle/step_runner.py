"""Steps: fill, submit, audit, take back and delete bills one by one, each step sent once and read back.

The server's own refusal of a step that was done before makes repeating one harmless (protocol 4); still
none is repeated before the server was asked, and after an unknown ending not before the quiet time is over.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from kdgui.domain.bills import DocumentStatus, TargetBill
from kdgui.domain.chains import AUDIT, CANCEL, DELETE, SUBMIT, UNAUDIT
from kdgui.domain.endings import Ending, EndingKind
from kdgui.domain.verdicts import Reason
from kdgui.k3cloud.session import Session
from kdgui.pushing.connection.connection import Connection
from kdgui.pushing.flow.circuit_breaker import FailureStreaks, RunEnded
from kdgui.pushing.flow.observer import Observer
from kdgui.pushing.flow.pausing import PauseHandler
from kdgui.pushing.flow.run_control import RunControl
from kdgui.pushing.lookup.bill_states import BillState, StatesResult
from kdgui.pushing.verify.quiet_time import FIRST_WAIT, LONGEST_WAIT, QuietTimes
from kdgui.pushing.verify.verdict_rules import is_locked, refusals
from kdgui.store.journal.chains import ChainJournal, OpenStep, Step

BLOCK = 20
"""Bills whose states are read together, just before their steps are sent one by one."""
MOST_SENDS = 3
"""How often one step of one bill is sent, at most, where the connection swallows it again and again."""

LOCK_WAIT = 2.0
"""Seconds before a step is tried again that somebody's lock may have kept away."""

_SEND: Mapping[str, Callable[[Session], Callable[..., Ending]]] = {
    SUBMIT: lambda session: session.submit,
    AUDIT: lambda session: session.audit,
    UNAUDIT: lambda session: session.unaudit,
    CANCEL: lambda session: session.cancel_assign,
    DELETE: lambda session: session.delete,
}


@dataclass(frozen=True, slots=True)
class StepCall:
    """How one step is sent; `body` is what it sends beside the bill's id, for the journal, or ""."""

    send: Callable[[Session, float | None], Ending]
    body: str = ""


def plain_call(operation: str, target: TargetBill) -> StepCall:
    """The call of a step that names the bill and nothing else."""
    return StepCall(
        lambda session, timeout: _SEND[operation](session)(target.form_id, (target.id,), timeout=timeout)
    )


@dataclass(frozen=True, slots=True)
class SentStep:
    """A step under way; `quiet_end` is the monotonic time from which silence means that it did not happen."""

    step_id: int
    operation: str
    ending: Ending
    quiet_end: float


@dataclass(slots=True)
class BillSteps:
    """One bill on its way. Belongs to the thread that walks it.

    Attributes:
        shown: as the server showed it last; None where it did not.
        operation: the step that comes next, "" for none.
        sent: the step whose outcome is not known yet.
        was_locked: a step was refused since somebody had the bill open; it is tried once more.
    """

    run_id: str
    position: int
    target: TargetBill
    shown: BillState | None = None
    operation: str = ""
    sent: SentStep | None = None
    over: bool = False
    was_locked: bool = False
    next_ask: float = 0.0
    wait: float = 0.0
    sends: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Halt:
    """Nothing more is to be sent for this bill: it arrived, or `reasons` say why not.

    `refused`: the server said no, or yes without doing it.
    """

    arrived: bool
    reasons: tuple[Reason, ...] = ()
    refused: bool = False


class StepPolicy(Protocol):
    """Where the bills are to go, and who writes down how far they are."""

    def look(self, ids: Sequence[str]) -> StatesResult:
        """Ask the server for these bills. Raises KdguiError."""

    def next_step(self, case: BillSteps, shown: BillState | None, *, sure: bool) -> str | Halt:
        """The next operation of a bill that the server shows like this (None: not at all), or the end."""

    def has_moved(self, operation: str, shown: BillState | None, gone: bool, /) -> bool:
        """Whether the server shows the bill as this operation leaves it; `gone`: it is not there any more."""

    def call(self, case: BillSteps, operation: str) -> StepCall:
        """How this operation is sent."""

    def tries_again(self, case: BillSteps, sent: SentStep) -> bool:
        """Whether a step that the server refused is worth another try; it was not carried out."""

    def sending(self, case: BillSteps) -> None:
        """A step of this bill is in the journal and will be sent now."""

    def moved(self, case: BillSteps, sent: SentStep) -> None:
        """That step is done, as `case.shown` says."""

    def in_doubt(self, case: BillSteps, reasons: tuple[Reason, ...]) -> None:
        """Nobody knows whether the step was done: it is being asked about, or was left so."""

    def halted(self, case: BillSteps, halt: Halt) -> None:
        """Nothing more happens to this bill."""


class StepRunner:
    """Takes bills of one form to a goal, block by block. Lives on one thread."""

    def __init__(
        self,
        connection: Connection,
        journal: ChainJournal,
        goal: StepPolicy,
        control: RunControl,
        observer: Observer,
        *,
        user: str,
        attended: bool,
        quiet: QuietTimes,
        timeout: float | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connection = connection
        self._journal = journal
        self._goal = goal
        self._control = control
        self._user = user
        self._quiet = quiet
        self._timeout = timeout
        self._clock = clock
        self._slowest = 0.0
        self._streaks = FailureStreaks()
        self._cases: tuple[BillSteps, ...] = ()
        self._pauses = PauseHandler(
            control,
            observer,
            attended=attended,
            probe=lambda: goal.look([case.target.id for case in self._cases[:1]]),
            resumed=connection.forgive,
        )

    def resume(self, case: BillSteps, step: OpenStep) -> None:
        """A step of this bill was left open by an earlier walk, or by a crash: it is asked about first."""
        ending = step.known_ending
        if ending.kind in (EndingKind.NOTHING_SENT, EndingKind.SESSION_LOST):
            self._journal.close_step(step.step_id, "not_sent")
            return
        quiet = self._quiet.after(ending.cause, 0.0)
        case.sent = SentStep(step.step_id, step.step.operation, ending, self._clock() + quiet)
        case.wait = _first_wait(quiet)

    def go(self, cases: Sequence[BillSteps]) -> None:
        """Walk until every bill has arrived, or nothing more can be done for it now. Blocking.

        Raises:
            JournalTrouble: nothing more was sent.
        """
        self._cases = tuple(cases)
        try:
            for start in range(0, len(cases), BLOCK):
                self._walk(cases[start : start + BLOCK])
            while doubted := [case for case in cases if not case.over]:
                self._control.wait(min(case.next_ask for case in doubted) - self._clock())
                self._refuse_to_go_on_when_stopped()
                self._walk(doubted)
        except RunEnded as end:
            for case in cases:
                self._leave(case, end.reason)

    def _walk(self, cases: Sequence[BillSteps]) -> None:
        """Look, send what comes next, look again, until only doubts are left."""
        active = [case for case in cases if not case.over and not self._waits(case)]
        while active:
            self._look(active)
            for case in [case for case in active if case.operation]:
                self._refuse_to_go_on_when_stopped()
                if not self._send(case):
                    break  # it waited: what was seen before may be out of date
            active = [case for case in active if not case.over and not self._waits(case)]

    def _waits(self, case: BillSteps) -> bool:
        return (case.sent is not None or case.was_locked) and case.next_ask > self._clock()

    def _refuse_to_go_on_when_stopped(self) -> None:
        if self._control.stopped:
            raise RunEnded(Reason.of("stopped"))

    # -- reading -----------------------------------------------------------------------------------

    def _look(self, cases: Sequence[BillSteps]) -> None:
        asked = self._clock()
        ids = [case.target.id for case in cases]
        seen = self._pauses.insist(lambda: self._goal.look(ids))
        for case in cases:
            self._judge(case, seen.bills.get(case.target.id), seen.sure, asked)

    def _judge(self, case: BillSteps, shown: BillState | None, sure: bool, asked: float) -> None:
        case.operation = ""
        if shown is not None:
            case.shown, case.target = shown, shown.bill
        if case.sent is not None and not self._outcome(case, case.sent, shown, sure, asked):
            return
        move = self._goal.next_step(case, shown, sure=sure)
        if isinstance(move, Halt):
            self._halt(case, move)
        elif case.sends[move] >= MOST_SENDS:
            self._halt(case, Halt(False, (Reason.of("step_swallowed", times=MOST_SENDS),)))
        else:
            case.operation = move

    def _outcome(
        self, case: BillSteps, sent: SentStep, shown: BillState | None, sure: bool, asked: float
    ) -> bool:
        """What became of the step under way; whether the bill may go on. A yes outranks a no."""
        answer = sent.ending.answer if sent.ending.kind is EndingKind.ANSWERED else None
        believed = sure or (answer is not None and answer.success)
        if self._goal.has_moved(sent.operation, shown, shown is None and believed):
            self._close(case, sent, "done")
            self._pauses.pushed()
            self._goal.moved(case, sent)
            return True
        visible = shown is not None
        if answer is not None and visible:
            if is_locked(answer) and not answer.success and not case.was_locked:
                self._try_later(case, sent)
                return False
            outcome = "no_effect" if answer.success else "refused"
            reasons = (self._without_effect(sent, shown),) if answer.success else refusals(answer)
            self._close(case, sent, outcome)
            if self._goal.tries_again(case, sent):
                self._control.wait(LOCK_WAIT)
                return True
            self._halt(case, Halt(False, reasons, refused=True))
            return False
        if asked < sent.quiet_end:
            self._keep_asking(case, sent, asked)
            return False
        if not visible:  # the step stays open in the journal: nobody knows
            self._doubt(case, (Reason.of("target_not_seen"),))
            case.over = True
            return False
        self._close(case, sent, "not_done")
        return True

    def _without_effect(self, sent: SentStep, shown: BillState | None) -> Reason:
        """The server said yes, and the bill is not where it was to be: a workflow may reject at once."""
        reopened = shown is not None and shown.bill.status == DocumentStatus.REOPENED
        return Reason.of("rejected" if reopened and sent.operation in (SUBMIT, AUDIT) else "step_no_effect")

    def _try_later(self, case: BillSteps, sent: SentStep) -> None:
        """Somebody has the bill open: once more, when the quiet time after the no is over."""
        self._close(case, sent, "refused")
        case.was_locked = True
        case.next_ask = self._clock() + self._quiet.after_ending(sent.ending.kind, "", self._slowest)

    def _keep_asking(self, case: BillSteps, sent: SentStep, asked: float) -> None:
        if case.next_ask <= asked:
            case.next_ask = min(asked + case.wait, max(sent.quiet_end, asked))
            case.wait = min(case.wait * 2, LONGEST_WAIT)
        self._doubt(case, (_unanswered(sent.ending),))

    # -- sending -----------------------------------------------------------------------------------

    def _send(self, case: BillSteps) -> bool:
        """One step, sent once; whether the next bill may be sent without looking again."""
        operation, case.operation = case.operation, ""
        case.sends[operation] += 1
        call = self._goal.call(case, operation)
        step = Step(case.run_id, case.position, case.target, operation, self._user, call.body)
        step_id = self._journal.intend(step)
        self._goal.sending(case)
        ending = call.send(self._connection.session, self._timeout)
        self._journal.conclude(step_id, ending)
        quiet = self._quiet.after(ending.cause, self._slowest)
        case.sent = SentStep(step_id, operation, ending, self._clock() + max(quiet - ending.seconds, 0.0))
        case.wait, case.next_ask = _first_wait(quiet), 0.0
        return self._received(case, case.sent)

    def _received(self, case: BillSteps, sent: SentStep) -> bool:
        ending = sent.ending
        match ending.kind:
            case EndingKind.NOTHING_SENT:
                self._close(case, sent, "not_sent")
                self._pauses.pause(Reason.of("line_down", ending.detail, cause=ending.cause))
                return False
            case EndingKind.SESSION_LOST:
                self._close(case, sent, "not_sent")
                if self._streaks.session_lost():
                    raise RunEnded(Reason.of("session_refused", cause="session_lost"))
                self._pauses.insist(self._connection.sign_in_again)
                return False
            case EndingKind.BLOCKED:
                case.sent = SentStep(sent.step_id, sent.operation, ending, 0.0)
                self._pauses.pause(_unanswered(ending), retry_after=ending.retry_after)
                return False
            case EndingKind.ANSWERED if ending.answer is not None:
                self._slowest = max(self._slowest, ending.seconds)
                if not self._streaks.answered(ending.answer):
                    return True
                self._look((case,))
                self._pauses.pause(refusals(ending.answer)[0])
                return False
            case _:
                self._look((case,))  # a read must succeed before anything else is sent
                if not self._streaks.unknown():
                    return True
                self._pauses.pause(_unanswered(ending))
                return False

    # -- ends --------------------------------------------------------------------------------------

    def _close(self, case: BillSteps, sent: SentStep, outcome: str) -> None:
        self._journal.close_step(sent.step_id, outcome)
        if outcome == "not_sent":
            case.sends[sent.operation] -= 1
        case.sent = None

    def _halt(self, case: BillSteps, halt: Halt) -> None:
        case.over = True
        self._goal.halted(case, halt)

    def _doubt(self, case: BillSteps, reasons: tuple[Reason, ...]) -> None:
        self._goal.in_doubt(case, reasons)

    def _leave(self, case: BillSteps, reason: Reason) -> None:
        """The walk ends here: what is under way stays open, the rest was not begun."""
        if case.over:
            return
        if case.sent is None:
            self._halt(case, Halt(False, (reason,)))
        else:
            self._doubt(case, (_unanswered(case.sent.ending),))


def _first_wait(quiet: float) -> float:
    return min(FIRST_WAIT, max(quiet / 3, 0.1))


def _unanswered(ending: Ending) -> Reason:
    """Why nobody knows what became of a step."""
    if ending.kind is EndingKind.BLOCKED:
        return Reason.of("blocked", cause=ending.cause, status=ending.status or "")
    if ending.cause == "crashed":
        return Reason.of("crashed")
    if ending.kind is EndingKind.ANSWERED:
        return Reason.of("not_read_back")
    return Reason.of("no_answer", ending.detail, cause=ending.cause)
