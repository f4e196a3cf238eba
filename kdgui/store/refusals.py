"""Which explanation fits what the server said: by MsgCode and field first, by wording last."""

from __future__ import annotations

from dataclasses import dataclass

from kdgui.domain.verdicts import Reason

_TELLING_CODES = frozenset({1, 2, 7, 13, 14, 15})
"""MsgCodes that say it all by themselves; the others are kinds, and the words say more."""


@dataclass(frozen=True, slots=True)
class _Known:
    """One refusal that is known: the key of its words, and a field or pieces of wording that give it away."""

    key: str
    fragments: tuple[str, ...] = ()
    field: str = ""


_KNOWN = (
    _Known("server.stock", ("更新库存时出现",), field="AbstractInteractionResult"),
    _Known("server.nothing_to_push", ("没有可下推的数据", "没有符合条件的数据")),
    _Known("server.quota", ("关联数量",)),
    _Known("server.not_suitable", ("不符合下推条件",)),
    _Known("server.no_rule", ("RuleId）必填", "RuleId)必填")),
    _Known("server.rule_not_loadable", ("运行时不允许加载",)),
    _Known("server.changed", ("已被其他用户修改",)),
    _Known("server.unknown_field", ("元数据中标识为",)),
    _Known("server.unknown_form", ("业务对象不存在",)),
    _Known("server.price", ("单价不能为0", "单价不能为 0")),
    _Known("server.lot", ("批号为空", "批号不能为空", "批号必录")),
    _Known("server.warehouse", ("仓库为空", "仓库不能为空", "仓库必录")),
    _Known("server.submit_state", ("才允许提交",)),
    _Known("server.submit_first", ("请先提交审核",)),
    _Known("server.already_audited", ("单据已经审核",)),
    _Known("server.already_submitted", ("不能重复提交", "单据处于审核中状态")),
    _Known("server.workflow", ("已进入工作流审批",)),
    _Known("server.delete_state", ("只能删除创建",)),
    _Known("server.id_missing", ("编码值或内码值必须传其一",)),
    _Known("server.app_not_bound", ("不允许用户",)),
    _Known("server.locked_out", ("次数超限",)),
    _Known("server.permission", ("权限，请联系系统管理员",)),
)


def explanation_key(reason: Reason) -> str | None:
    """The key of the words that explain this refusal (fact sheet 1.6, 2.6, 4), None where unknown."""
    by_code = None if reason.msg_code is None else f"msg_code.{reason.msg_code}"
    if reason.msg_code in _TELLING_CODES:
        return by_code
    return _by_field(dict(reason.values).get("field", "")) or _by_wording(reason.said) or by_code


def _by_field(name: str) -> str | None:
    return next((known.key for known in _KNOWN if known.field and known.field == name), None)


def _by_wording(said: str) -> str | None:
    return next((known.key for known in _KNOWN if any(part in said for part in known.fragments)), None)
