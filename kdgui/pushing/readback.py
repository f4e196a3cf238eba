"""Reading back: what the server holds of bills whose push it has answered, refusals included."""

from __future__ import annotations

from kdgui.domain.verdicts import Row
from kdgui.pushing.judge import after_reading
from kdgui.pushing.sight import Sight
from kdgui.pushing.witness import Sent, Witness


class ReadBack:
    """Answered bills that nobody has read back yet. Used from one thread at a time."""

    def __init__(self, witness: Witness) -> None:
        self._witness = witness
        self._waiting: list[Sent] = []

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, sent: Sent) -> None:
        """An answer came; `sent.row` carries the verdict that it allows alone."""
        self._waiting.append(sent)

    def sources(self) -> dict[str, str]:
        """FID → number of every bill that waits."""
        return {sent.row.bill_id: sent.number for sent in self._waiting}

    def hear(self, sight: Sight) -> list[tuple[Sent, Row]]:
        """Judge all of them by `sight`; none waits any more. UNSETTLED ones must be settled.

        Raises:
            LineTrouble, SessionLost, SignInRefused, AnswerUnreadable: then all of them still wait.
        """
        waiting = tuple(self._waiting)
        evidence = self._witness.evidence(waiting, sight)
        self._waiting.clear()
        return [(sent, after_reading(sent.row, sent.ending, evidence[sent.key])) for sent in waiting]

    def leave(self) -> tuple[Sent, ...]:
        """Nobody will read them back now: what waited."""
        left = tuple(self._waiting)
        self._waiting.clear()
        return left
