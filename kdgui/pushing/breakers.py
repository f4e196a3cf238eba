"""Breakers: what makes a run pause, and how it waits, with a clerk before it or without one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from kdgui.domain.endings import Answer
from kdgui.domain.errors import (
    AnswerUnreadable,
    JournalTrouble,
    KdguiError,
    LineTrouble,
    SessionLost,
    SignInRefused,
)
from kdgui.domain.verdicts import Reason
from kdgui.pushing.control import Observer, Pause, RunControl
from kdgui.pushing.judge import HOPELESS_CODES

T = TypeVar("T")

EQUAL_REFUSALS = 5
UNKNOWNS = 2
PAUSES = 3
PROBE_WAITS = (0.5, 1.5, 3.0, 5.0)
"""Seconds between the questions that find out, without a clerk, whether the line is back."""
LONGEST_RETRY_AFTER = 120.0


class RunEnds(Exception):
    """The run ends here; what is queued was not sent.

    Attributes:
        reason: why, for every row that was not sent.
    """

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.code)
        self.reason = reason


def reason_of(trouble: KdguiError) -> Reason:
    """The trouble of a read as the reason of a pause."""
    if isinstance(trouble, LineTrouble):
        return Reason.of("line_down", trouble.detail, cause=trouble.code)
    if isinstance(trouble, SessionLost | SignInRefused):
        return Reason.of("session_refused", trouble.detail, cause=trouble.code)
    if isinstance(trouble, AnswerUnreadable):
        return Reason.of("line_down", trouble.detail, cause=trouble.code)
    return Reason.of("cannot_guard", trouble.detail, cause=trouble.code)


@dataclass
class Streaks:
    """Counts what happens in a row: unknown endings, equal refusals, lost sessions."""

    unknowns: int = 0
    lost_sessions: int = 0
    _refusals: int = 0
    _refusal: object = None

    def answered(self, answer: Answer, *, alone: bool = True) -> bool:
        """Note a plain answer; whether it makes the run pause: it would fail every bill.

        That a block of several bills (not `alone`) is refused tells nothing about the next one yet.
        """
        self.unknowns = 0
        self.lost_sessions = 0
        if answer.success:
            self._refusals, self._refusal = 0, None
            return False
        if not alone:
            return answer.msg_code in HOPELESS_CODES
        refusal = (answer.msg_code, tuple((error.field_name, error.message) for error in answer.errors))
        self._refusals = self._refusals + 1 if refusal == self._refusal else 1
        self._refusal = refusal
        if answer.msg_code in HOPELESS_CODES or self._refusals >= EQUAL_REFUSALS:
            self._refusals = 0
            return True
        return False

    def unknown(self) -> bool:
        """Note an unknown ending; whether it makes the run pause."""
        self.lost_sessions = 0
        self.unknowns += 1
        if self.unknowns >= UNKNOWNS:
            self.unknowns = 0
            return True
        return False

    def session_lost(self) -> bool:
        """Note a lost session; whether it is the second in a row, which ends the run."""
        self.lost_sessions += 1
        return self.lost_sessions > 1


class Patience:
    """Waits when the run cannot go on.

    With a clerk (`attended`) it says why and waits for her. Without one it probes the line, lets the
    doubts settle, and gives up at the third pause with nothing pushed in between.
    """

    def __init__(
        self,
        control: RunControl,
        observer: Observer,
        *,
        attended: bool,
        probe: Callable[[], object],
        beside: Callable[[], None],
        settle: Callable[[], None],
        due: Callable[[], float | None],
        resumed: Callable[[], None],
    ) -> None:
        """Takes what to do meanwhile.

        `probe` is a read that raises KdguiError while the line is down. `beside` asks about doubts that are
        due while the clerk is waited for, and never raises LineTrouble; `due` says in how many seconds it is
        wanted, or None. `settle` waits until every doubt is settled or cannot be. `resumed` is called when
        the clerk goes on.
        """
        self._control = control
        self._observer = observer
        self._attended = attended
        self._probe = probe
        self._beside = beside
        self._settle = settle
        self._due = due
        self._resumed = resumed
        self._pauses = 0
        self._waits = 0

    @property
    def waits(self) -> int:
        """How often the run has waited so far: what was asked before a wait may be out of date."""
        return self._waits

    def pushed(self) -> None:
        """Something was pushed: pauses are counted anew."""
        self._pauses = 0

    def insist(self, question: Callable[[], T]) -> T:
        """The answer to `question`, however long it takes; pauses on every trouble.

        Raises:
            RunEnds: stopped, or not worth waiting any longer.
            JournalTrouble: as it is.
        """
        while True:
            try:
                return question()
            except JournalTrouble:
                raise
            except SignInRefused as refusal:
                if not self._attended:  # nobody there to put it right, and too many tries lock the user out
                    raise RunEnds(reason_of(refusal)) from None
                self.pause(reason_of(refusal))
            except KdguiError as trouble:
                self.pause(reason_of(trouble))

    def pause(self, reason: Reason, *, retry_after: float | None = None) -> None:
        """Wait until the run may go on.

        Raises:
            RunEnds: stopped, or not worth waiting any longer.
        """
        self._waits += 1
        if self._attended:
            self._wait_for_clerk(Pause(reason))
        else:
            self._control.clear_resume()
            self._wait_alone(reason, min(retry_after or 0.0, LONGEST_RETRY_AFTER))

    def consult(self, pause: Pause) -> str:
        """Ask the clerk, who may take her time: what she chose, "" where she just goes on, or is not there.

        Raises:
            RunEnds: stopped.
        """
        if not self._attended:
            return ""
        self._waits += 1
        self._wait_for_clerk(pause)
        return self._control.choice

    def _wait_for_clerk(self, pause: Pause) -> None:
        self._control.clear_resume()
        self._observer.paused(pause)
        while not self._control.wait_for_resume(self._due()):
            if self._control.stopped:
                raise RunEnds(Reason.of("stopped"))
            self._beside()
        self._resumed()
        self._observer.resumed()

    def _wait_alone(self, reason: Reason, at_least: float) -> None:
        self._pauses += 1
        if self._pauses >= PAUSES:
            raise RunEnds(reason)
        self._observer.paused(Pause(reason))
        for seconds in (max(PROBE_WAITS[0], at_least), *PROBE_WAITS[1:]):
            self._control.wait(seconds)
            if self._control.stopped:
                raise RunEnds(Reason.of("stopped"))
            if self._line_is_back():
                self._settle()
                self._observer.resumed()
                return
        raise RunEnds(reason)

    def _line_is_back(self) -> bool:
        try:
            self._probe()
        except JournalTrouble:
            raise
        except KdguiError:
            return False
        return True
