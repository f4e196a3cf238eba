"""What faults make of an answer on its way out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from kdgui.practice.answers import SESSION_LOST, Json, MsgCode, Trouble, refusal_block, result
from kdgui.practice.faults import Hit
from kdgui.practice.wire import JSON_TYPE, Reply, html_reply, json_reply, text_reply

_MESSAGES = {
    0: "操作失败。",
    1: SESSION_LOST,
    2: "您没有采购入库单的新增权限，请联系系统管理员！",
    4: "未将对象引用设置到对象的实例。",
    6: "数据库操作失败：事务被死锁，已被选作牺牲品。",
    7: "许可错误：没有可用的并发许可。",
    13: "网络控制冲突：单据正在被其他用户操作，请稍后再试。",
    14: "调用限制：接口调用次数已达上限。",
    15: "禁止管理员登录。",
}
_LOCK_CONFLICT = "“demo”使用业务单据：“采购订单”业务操作-“[采购订单-修改]”冲突，请稍候再使用。"
"""Fact sheet 9."""
_UNHANDLED = f"response_error: 发生时间：2026-01-05 10:00:00 错误编号：ABCDEF 错误信息：{_MESSAGES[4]}"
_CHANGING = frozenset({"session_lost_with_entity", "success_without_entity", "order_swapped"})
_PAGES = {
    "html_200": (200, "您的请求已被安全网关拦截"),
    "http_500": (500, "Runtime Error"),
    "http_502_after_work": (502, "502 Bad Gateway"),
    "http_503_before_work": (503, "503 Service Unavailable"),
    "forbidden_answer": (403, "403 Forbidden"),
}


def spoil(hits: Sequence[Hit], reply: Reply | None, *, nested: bool) -> Reply:
    """The reply (None: no work was done) after every fault that struck; `nested` as queries wrap refusals."""
    spoiled = Reply() if reply is None else reply
    for hit in hits:
        spoiled = _spoil(hit, spoiled, nested=nested)
    return spoiled


def _spoil(hit: Hit, reply: Reply, *, nested: bool) -> Reply:
    """One fault: on the line, as a page, or inside the body. Cookies of the reply stay."""
    if hit.name in _PAGES:
        return html_reply(*_PAGES[hit.name])
    if hit.name in _ON_THE_LINE:
        return _ON_THE_LINE[hit.name](hit, reply)
    body = _refusal(hit)
    if body is not None:
        return replace(json_reply([[body]] if nested else body), headers=reply.headers)
    changed = _changed(hit, reply)
    return reply if changed is None else replace(json_reply(changed), headers=reply.headers)


def _late(hit: Hit, reply: Reply) -> Reply:
    answer = hit.text("answer", "")
    if answer == "302":
        return _redirect(hit, reply)
    if answer.isdecimal():
        return html_reply(int(answer), f"HTTP {answer}")
    if answer == "refused":
        return json_reply(result(refusal_block([Trouble("操作失败。")], MsgCode.VALIDATION)))
    if answer.startswith("msg_code_"):
        code = int(answer.removeprefix("msg_code_"))
        return json_reply(result(refusal_block([Trouble(_MESSAGES.get(code, "操作失败。"))], code)))
    return Reply(drop=True)


def _status(hit: Hit, _reply: Reply) -> Reply:
    code = int(hit.number("code", 504))
    return html_reply(code if 200 <= code <= 599 else 504, f"HTTP {code}")


def _redirect(_hit: Hit, _reply: Reply) -> Reply:
    moved = [("Location", "/k3cloud/error.aspx?aspxerrorpath=/k3cloud/")]
    return replace(html_reply(302, "Object moved"), headers=moved)


def _busy(hit: Hit, _reply: Reply) -> Reply:
    seconds = max(int(hit.number("seconds", 1)), 0)
    return replace(html_reply(429, "429 Too Many Requests"), headers=[("Retry-After", str(seconds))])


def _drop(hit: Hit, reply: Reply) -> Reply:
    return replace(reply, drop=True, reset=bool(hit.settings.get("reset")))


_ON_THE_LINE: Mapping[str, Callable[[Hit, Reply], Reply]] = {
    "drop_before_work": _drop,
    "drop_after_work": _drop,
    "head_only": _drop,
    "timeouts": lambda _hit, reply: replace(reply, hold=True),
    "truncated": lambda _hit, reply: replace(reply, cut=len(reply.body) // 2),
    "bad_gzip": lambda _hit, reply: replace(reply, headers=[*reply.headers, ("Content-Encoding", "gzip")]),
    "empty_200": lambda _hit, _reply: Reply(),
    "http_status": _status,
    "late_commit": _late,
    "redirect_after_work": _redirect,
    "too_many": _busy,
    "line_shifted": lambda _hit, reply: replace(reply, shift=True),
    "response_error": lambda _hit, _reply: text_reply(_UNHANDLED),
}


def _refusal(hit: Hit) -> Json | None:
    """A refusal that takes the place of whatever the answer was."""
    if hit.name in ("session_lost", "session_lost_late"):
        return result(refusal_block([Trouble(SESSION_LOST)], MsgCode.CONTEXT_LOST))
    if hit.name in ("msg_code", "failed_after_save"):
        code = int(hit.number("code", 4))
        return result(refusal_block([Trouble(_MESSAGES.get(code, "操作失败。"))], code))
    if hit.name == "lock_conflict":
        return result(refusal_block([Trouble(_LOCK_CONFLICT)], int(hit.number("code", 0))))
    if hit.name == "refused_without_code":
        return result(refusal_block([Trouble("操作失败。")], None))
    return None


def _changed(hit: Hit, reply: Reply) -> Json | None:
    """The answer of a write with something changed in it; None where this fault has nothing to change."""
    if hit.name not in _CHANGING or not reply.body or reply.content_type != JSON_TYPE:
        return None
    answer = json.loads(reply.body)
    block = answer["Result"]["ResponseStatus"] if isinstance(answer, dict) else {}
    made = block.get("SuccessEntitys", [])
    if hit.name == "session_lost_with_entity":
        lost = refusal_block([Trouble(SESSION_LOST)], MsgCode.CONTEXT_LOST)
        return result({**lost, "SuccessEntitys": made})
    if hit.name == "success_without_entity":
        block.update(IsSuccess=True, Errors=[], SuccessEntitys=[], MsgCode=0)
        block.pop("ErrorCode", None)
    else:
        block["SuccessEntitys"] = list(reversed(made))
    return answer if isinstance(answer, dict) else None
