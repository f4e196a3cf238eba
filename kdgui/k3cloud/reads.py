"""Reads: what a read got, as a value or as the trouble it is; and when to ask once more."""

from __future__ import annotations

import time
from collections.abc import Callable
from http import HTTPStatus

from kdgui.domain.endings import Answer
from kdgui.domain.errors import AnswerUnreadable, ConnectionTrouble, KdguiError, QueryRefused, SessionLost
from kdgui.k3cloud.answers import Unreadable, find_answer, read_json
from kdgui.k3cloud.http.bodies import cut
from kdgui.k3cloud.http.transport import Exchange
from kdgui.k3cloud.redaction import Redactor
from kdgui.k3cloud.write_endings import said_by_gateway, session_lost, status_cause

PAUSES = (0.2, 1.0)
"""Seconds before the second and every later try."""


_OK = 200
_WORTH_ANOTHER_TRY = {
    "dns",
    "refused",
    "connect_timeout",
    "no_route",
    "reset",
    "read_timeout",
    "truncated",
    "gzip",
    "not_http",
}
_LOST_WORDS = ("会话信息已丢失", "Context Is Null", "Session information is lost")
"""Servers of 2017 send no MsgCode (protocol 9). Of reads only: of a write words decide nothing."""
_DETAIL = 2000


def read_value(exchange: Exchange, mask: Redactor) -> object:
    """The JSON value that a read brought.

    Raises:
        LineTrouble: no whole answer arrived, or its status is not 200 (then with `status` in values).
        AnswerUnreadable: a whole answer with status 200 that is no JSON.
    """
    if exchange.cause == "too_large":
        raise AnswerUnreadable("too_large")
    if exchange.cause or exchange.status is None:
        raise ConnectionTrouble(exchange.cause or "reset", mask(exchange.detail))
    if exchange.status != _OK:
        raise _status_trouble(exchange, mask)
    try:
        return read_json(exchange.body, exchange.headers.get("content-type", ""))
    except Unreadable as trouble:
        raise AnswerUnreadable(trouble.cause, cut(mask(trouble.detail), _DETAIL)) from None


def _status_trouble(exchange: Exchange, mask: Redactor) -> ConnectionTrouble:
    status = exchange.status or 0
    if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        return ConnectionTrouble("proxy_auth", mask(exchange.detail), status=status)
    cause = status_cause(status)
    detail = exchange.headers.get("location", "") if cause == "redirect" else said_by_gateway(exchange)
    return ConnectionTrouble(cause, cut(mask(detail), _DETAIL), status=status)


def refuse_refusals(value: object, mask: Redactor) -> Answer | None:
    """The answer blocks in `value`, if any, when none of them says no.

    Raises:
        SessionLost: MsgCode 1, in whichever shape (protocol 1.4).
        QueryRefused: any other no, with its MsgCode and the server's words.
    """
    answer = find_answer(value)
    if answer is None or answer.success:
        return answer
    said = cut(mask("\n".join(error.message for error in answer.errors)), _DETAIL)
    if session_lost(answer) or (answer.msg_code is None and any(word in said for word in _LOST_WORDS)):
        raise SessionLost("session_lost", said)
    raise QueryRefused("query_refused", said, msg_code=answer.msg_code)


def ask_again(ask: Callable[[], object], tries: int, seconds: float) -> object:
    """Call `ask` up to `tries` times, as long as only the line is to blame.

    No further try begins once `seconds` have passed: a server that was silent for the whole time-out
    is not waited for three times.
    """
    begun = time.monotonic()
    done = 0
    while True:
        try:
            return ask()
        except ConnectionTrouble as trouble:
            done += 1
            if done >= tries or not _worth_another_try(trouble) or time.monotonic() - begun >= seconds:
                raise
        time.sleep(PAUSES[min(done, len(PAUSES)) - 1])


def _worth_another_try(trouble: KdguiError) -> bool:
    if trouble.code == "http_status":
        return int(trouble.values["status"]) >= 500
    return trouble.code in _WORTH_ANOTHER_TRY
