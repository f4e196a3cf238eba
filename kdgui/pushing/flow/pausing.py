"""Pausing: how a run waits, with a clerk before it or without one, and when it goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from kdgui.domain.errors import (
    JournalTrouble,
    KdguiError,
    SignInRefused,
)
from kdgui.domain.verdicts import Reason
from kdgui.pushing.flow.circuit_breaker import RunEnded, reason_of
from kdgui.pushing.flow.observer import Observer
from kdgui.pushing.flow.run_control import Pause, RunControl

T = TypeVar("T")


PAUSES = 3


PROBE_WAITS = (0.5, 1.5, 3.0, 5.0)
"""Seconds between the questions that find out, without a clerk, whether the connection is back."""


LONGEST_RETRY_AFTER = 120.0


class Verification(Protocol):
    """What a run still asks about while it waits."""

    def ask_beside(self) -> None:
        """Ask about what is due while the clerk is waited for; never raises ConnectionTrouble."""

    def settle_all(self, *, last: bool) -> None:
        """Wait until everything is settled or cannot be; not the `last` time, a control may come yet."""

    def seconds_to_next(self) -> float | None:
        """In how many seconds a question is due, or None where there is none."""


class PauseHandler:
    """Waits when the run cannot go on.

    With a clerk (`attended`) it says why and waits for her. Without one it probes the connection, lets the
    doubts settle, and gives up at the third pause with nothing pushed in between.
    """

    def __init__(
        self,
        control: RunControl,
        observer: Observer,
        *,
        attended: bool,
        probe: Callable[[], object],
        resumed: Callable[[], None],
    ) -> None:
        """`probe` is a read that raises KdguiError while the connection is down; `resumed` is called when the
        clerk goes on. Whoever has bills to ask about meanwhile sets `verification`.
        """
        self.verification: Verification | None = None
        self._control = control
        self._observer = observer
        self._attended = attended
        self._probe = probe
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
                    raise RunEnded(reason_of(refusal)) from None
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
        while not self._control.wait_for_resume(self._seconds_to_next()):
            if self._control.stopped:
                raise RunEnded(Reason.of("stopped"))
            if self.verification is not None:
                self.verification.ask_beside()
        self._resumed()
        self._observer.resumed()

    def _wait_alone(self, reason: Reason, at_least: float) -> None:
        self._pauses += 1
        if self._pauses >= PAUSES:
            raise RunEnded(reason)
        self._observer.paused(Pause(reason))
        for seconds in (max(PROBE_WAITS[0], at_least), *PROBE_WAITS[1:]):
            self._control.wait(seconds)
            if self._control.stopped:
                raise RunEnded(Reason.of("stopped"))
            if self._connection_is_back():
                if self.verification is not None:
                    self.verification.settle_all(last=False)
                self._observer.resumed()
                return
        raise RunEnded(reason)

    def _seconds_to_next(self) -> float | None:
        return self.verification.seconds_to_next() if self.verification is not None else None

    def _connection_is_back(self) -> bool:
        try:
            self._probe()
        except JournalTrouble:
            raise
        except KdguiError:
            return False
        return True
