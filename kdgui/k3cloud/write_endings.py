"""Endings: what one exchange of a write amounts to, row by row as in design section 4."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime

from kdgui.domain import msg_codes
from kdgui.domain.endings import Answer, Block, Ending, EndingKind, ServerError
from kdgui.k3cloud.answers import Unreadable, find_answer, read_json
from kdgui.k3cloud.http.bodies import LARGEST_RAW, as_text, cut
from kdgui.k3cloud.http.transport import Exchange
from kdgui.k3cloud.redaction import Redactor

SESSION_LOST_SECONDS = 5.0
"""A refusal for want of a session comes at once; one that comes later may stand for work begun."""

_NO_BLOCK = Block(success=False)
_OK = 200
_GATEWAY_WORDS = ("description", "description_cn", "message", "msg", "error")
_PROXY_AUTH = 407
_REDIRECTS = {300, 301, 302, 303, 305, 306, 307, 308}
_BLOCKS = {401, 403, 404, 405, 411, 413, 414, 415, 429}


def status_cause(status: int) -> str:
    """The line code that a status other than 200 stands for."""
    if status in _REDIRECTS:
        return "redirect"
    return "blocked" if status in _BLOCKS else "http_status"


def make_ending(
    exchange: Exchange, mask: Redactor, session_lost_seconds: float = SESSION_LOST_SECONDS
) -> Ending:
    """The ending of a write. Never raises, whatever arrived."""
    kind, cause, detail, answer = _judge(exchange, session_lost_seconds)
    return Ending(
        kind=kind,
        cause=cause,
        answer=None if answer is None else _masked(answer, mask),
        status=exchange.status,
        raw=shown_body(exchange, mask),
        seconds=exchange.seconds,
        retry_after=retry_after(exchange),
        detail=cut(mask(detail), 2000),
    )


def _judge(exchange: Exchange, session_lost_seconds: float) -> tuple[EndingKind, str, str, Answer | None]:
    if not exchange.sent:
        return EndingKind.NOTHING_SENT, exchange.cause, exchange.detail, None
    if exchange.cause or exchange.status is None:
        return EndingKind.UNKNOWN, exchange.cause or "reset", exchange.detail, None
    if exchange.status != _OK:
        return *_judge_status(exchange), None
    try:
        value = read_json(exchange.body, exchange.headers.get("content-type", ""))
    except Unreadable as trouble:
        return EndingKind.UNKNOWN, trouble.cause, trouble.detail, None
    answer = find_answer(value)
    if answer is None:
        return EndingKind.UNKNOWN, "odd_json", "", None
    return *_judge_answer(answer, exchange.seconds, session_lost_seconds), "", answer


def _judge_status(exchange: Exchange) -> tuple[EndingKind, str, str]:
    status = exchange.status or 0
    if status == _PROXY_AUTH and exchange.proxied:
        # The proxy spoke, and it passes nothing on before it knows us.
        return EndingKind.NOTHING_SENT, "proxy_auth", exchange.detail
    cause = status_cause(status)
    if cause == "redirect":
        return EndingKind.BLOCKED, cause, exchange.headers.get("location", "")
    kind = EndingKind.BLOCKED if cause == "blocked" else EndingKind.UNKNOWN
    return kind, cause, said_by_gateway(exchange)


def said_by_gateway(exchange: Exchange) -> str:
    """What stands in the body of an answer that is no 200, in one line: gateways say there what is amiss.

    `{"errcode":4002,"description":"…"}` (protocol 2.7) or plain text; "" and the reason phrase for a page.
    """
    text = as_text(exchange.body[:4000], exchange.headers.get("content-type", "")).strip()
    if not text or text.startswith("<"):
        return exchange.detail
    try:
        value = read_json(text.encode())
    except Unreadable:
        return " ".join(text.split())[:500]
    if not isinstance(value, dict):
        return exchange.detail
    words = (value.get("errcode"), *(value.get(key) for key in _GATEWAY_WORDS))
    said = " ".join(str(word) for word in words if isinstance(word, (str, int)) and word != "")
    request = exchange.headers.get("x-api-requestid", "")
    return " ".join(part for part in (said, request and f"(X-Api-Requestid {request})") if part)[:500]


def _judge_answer(answer: Answer, seconds: float, session_lost_seconds: float) -> tuple[EndingKind, str]:
    if answer.save == _NO_BLOCK and answer.convert is not None:
        return EndingKind.UNKNOWN, "odd_json"  # whether anything was saved is not said
    if answer.entities or not session_lost(answer):
        return EndingKind.ANSWERED, ""
    if seconds <= session_lost_seconds and all(map(_nothing_but_session_lost, answer.blocks)):
        return EndingKind.SESSION_LOST, ""
    return EndingKind.UNKNOWN, "session_unclear"


def _nothing_but_session_lost(block: Block) -> bool:
    return not block.success and block.msg_code in (msg_codes.SESSION_LOST, 0, None)


def session_lost(answer: Answer) -> bool:
    """Whether a block says no with MsgCode 1; the wording plays no part."""
    return any(not block.success and block.msg_code == msg_codes.SESSION_LOST for block in answer.blocks)


def shown_body(exchange: Exchange, mask: Redactor) -> str:
    """The body as text, secrets masked before it is cut, so that no half of one is left at the end."""
    part = exchange.body[: LARGEST_RAW + 4 * mask.reach]
    return cut(mask(as_text(part, exchange.headers.get("content-type", ""))))


def retry_after(exchange: Exchange) -> float | None:
    """Seconds that Retry-After asks for, or None.

    A date counts from the server's own Date: server and PC clocks are never compared.
    """
    text = exchange.headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", text):
        return float(text)
    try:
        wanted = parsedate_to_datetime(text)
        now = parsedate_to_datetime(exchange.headers.get("date", ""))
        return max((wanted - now).total_seconds(), 0.0)
    except (ValueError, TypeError, OverflowError):
        return None


def _masked(answer: Answer, mask: Redactor) -> Answer:
    """Words masked; ids and numbers as they came: they are looked up and compared."""
    convert = None if answer.convert is None else _masked_block(answer.convert, mask)
    return Answer(_masked_block(answer.save, mask), convert)


def _masked_block(block: Block, mask: Redactor) -> Block:
    return Block(
        success=block.success,
        msg_code=block.msg_code,
        error_code=mask(block.error_code),
        errors=_masked_words(block.errors, mask),
        entities=block.entities,
        messages=_masked_words(block.messages, mask),
    )


def _masked_words(words: tuple[ServerError, ...], mask: Redactor) -> tuple[ServerError, ...]:
    return tuple(ServerError(mask(word.message), mask(word.field_name), word.index) for word in words)
