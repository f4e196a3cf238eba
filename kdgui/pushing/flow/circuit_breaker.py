"""Circuit breaker: how many failures in a row make a run pause."""

from __future__ import annotations

from dataclasses import dataclass

from kdgui.domain import msg_codes
from kdgui.domain.endings import Answer
from kdgui.domain.errors import (
    AnswerUnreadable,
    ConnectionTrouble,
    KdguiError,
    LedgerTrouble,
    SessionLost,
    SignInRefused,
)
from kdgui.domain.verdicts import Reason

EQUAL_REFUSALS = 5


_WHITE_LIST = "未指定允许调用WebAPI"

UNKNOWNS = 2


class RunEnded(Exception):
    """The run ends here; what is queued was not sent.

    Attributes:
        reason: why, for every row that was not sent.
    """

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.code)
        self.reason = reason


def reason_of(trouble: KdguiError) -> Reason:
    """The trouble of a read as the reason of a pause."""
    if isinstance(trouble, ConnectionTrouble):
        return Reason.of("line_down", trouble.detail, cause=trouble.code)
    if isinstance(trouble, SessionLost | SignInRefused):
        return Reason.of("session_refused", trouble.detail, cause=trouble.code)
    if isinstance(trouble, AnswerUnreadable):
        return Reason.of("line_down", trouble.detail, cause=trouble.code)
    if isinstance(trouble, LedgerTrouble):
        return Reason.of("ledger_down", trouble.detail, cause=trouble.code)
    return Reason.of("cannot_guard", trouble.detail, cause=trouble.code)


def _not_on_white_list(answer: Answer) -> bool:
    """Whether the user may not call the Web API at all: MsgCode 11 like any check, so only words tell it.

    They decide that the run waits, and nothing about a bill (protocol 9).
    """
    return any(_WHITE_LIST in error.message for error in answer.errors)


@dataclass
class FailureStreaks:
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
        hopeless = answer.msg_code in msg_codes.NO_RIGHT or _not_on_white_list(answer)
        if not alone:
            return hopeless
        refusal = (answer.msg_code, tuple((error.field_name, error.message) for error in answer.errors))
        self._refusals = self._refusals + 1 if refusal == self._refusal else 1
        self._refusal = refusal
        if hopeless or self._refusals >= EQUAL_REFUSALS:
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
