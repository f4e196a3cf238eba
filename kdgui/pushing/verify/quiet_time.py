"""Quiet time: how long silence must last before it counts, and how often to ask meanwhile."""

from __future__ import annotations

from dataclasses import dataclass

from kdgui.domain.endings import EndingKind

FIRST_WAIT = 5.0


LONGEST_WAIT = 60.0


SLOWEST_TIMES = 5.0
"""The quiet time is at least so many times the slowest answer seen under this rule."""


LAG_TIMES = 2.0
"""Where queries lag behind what was made (a read replica), silence must last so many times the lag longer."""


@dataclass(frozen=True, slots=True)
class QuietTimes:
    """How long silence must last before it counts, in seconds from the last byte sent.

    `refused` after a no in words, `broken` after a broken connection or a page that turns us away.

    `exact` (tests, --settle-seconds) overrules the rest.
    """

    refused: float = 30.0
    broken: float = 120.0
    timed_out: float = 600.0
    exact: float | None = None

    def after(self, cause: str, slowest: float) -> float:
        """The quiet time after an ending of this cause, with the slowest answer known so far."""
        if self.exact is not None:
            return self.exact
        base = self.timed_out if cause == "read_timeout" else self.broken
        return max(base, SLOWEST_TIMES * slowest)

    def after_ending(self, kind: EndingKind, cause: str, slowest: float) -> float:
        """The quiet time before a bill may be sent again whose request ended like this, refusals included."""
        if self.exact is None and kind in (EndingKind.ANSWERED, EndingKind.SESSION_LOST):
            return max(self.refused, SLOWEST_TIMES * slowest)
        return self.after(cause, slowest)
