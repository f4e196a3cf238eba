"""Steering a run from another thread: stop, resume, ask now."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from kdgui.domain.bills import Preview
from kdgui.domain.verdicts import Reason


@dataclass(frozen=True, slots=True)
class Pause:
    """Why a run waits, and what it waits for.

    Attributes:
        reason: the trouble, as a code of words.
        can_resume: False where going on makes no sense before signing in anew.
        choices: words for `RunControl.choose`, where the clerk has to decide: `split` finds out which bills
            of a refused block are to blame, `none` pushes none of it.
        preview: what the first bill of the run became, where that is what the run waits with.
    """

    reason: Reason
    can_resume: bool = True
    choices: tuple[str, ...] = ()
    preview: Preview | None = None


class RunControl:
    """Switches that any thread may turn; the run looks at them between requests and while it waits."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._stopped = False
        self._resumed = False
        self._ask_now = False
        self._choice = ""

    @property
    def stopped(self) -> bool:
        """Whether `stop()` was called."""
        return self._stopped

    def stop(self) -> None:
        """Send nothing new. A request in flight is never cut. Returns at once."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def resume(self) -> None:
        """Go on after a pause. Returns at once."""
        with self._changed:
            self._resumed = True
            self._changed.notify_all()

    def choose(self, choice: str) -> None:
        """Go on after a pause, in the way chosen (see `Pause.choices`). Returns at once."""
        with self._changed:
            self._choice = choice
            self._resumed = True
            self._changed.notify_all()

    @property
    def choice(self) -> str:
        """What was chosen at the last pause; "" where it was just resumed."""
        return self._choice

    def ask_now(self) -> None:
        """Do not wait for the next polling time: ask the server about unsettled bills now."""
        with self._changed:
            self._ask_now = True
            self._changed.notify_all()

    def wait(self, seconds: float) -> None:
        """Sleep up to `seconds`; stop() and ask_now() end it early."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopped or self._ask_now, timeout=max(seconds, 0.0))
            self._ask_now = False

    def clear_resume(self) -> None:
        """Forget a `resume()` that came before the pause."""
        with self._changed:
            self._resumed = False
            self._choice = ""

    def wait_for_resume(self, seconds: float | None = None) -> bool:
        """Wait until the clerk resumes or stops, or `seconds` are over; whether she resumed."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopped or self._resumed or self._ask_now, timeout=seconds)
            self._ask_now = False
            return self._resumed and not self._stopped
