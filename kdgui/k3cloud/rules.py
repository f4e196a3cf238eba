"""Rules: the conversion rules of the connected server, from form BOS_ConvertRule (fact sheet 3.5)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kdgui.domain.errors import QueryRefused
from kdgui.domain.rules import Rule
from kdgui.k3cloud.answers import text_of

FORM = "BOS_ConvertRule"
ORDER = "FNumber ASC"
NO_SUCH_FIELD = 9
"""MsgCode of a field that the form has not (fact sheet 1.6)."""

_BASE = ("FNumber", "FName")
_FORMS = ("FSourceFormId", "FTargetFormId")
_STATUS = ("FStatus",)
# The keys of these columns are not published: from the fullest question to the one known to work.
_COLUMNS = (_BASE + _FORMS + _STATUS, _BASE + _FORMS, _BASE + _STATUS, _BASE)
_ENABLED = {"1": True, "true": True, "0": False, "false": False}

QueryAll = Callable[[Sequence[str]], list[tuple[object, ...]]]
"""Field keys → all rows of the form."""


def read_rules(query_all: QueryAll) -> tuple[Rule, ...]:
    """All rules with as many columns as the server knows; rows without a number are left out.

    Raises:
        QueryRefused: the form does not exist here, or may not be read. And whatever `query_all` raises.
    """
    for columns in _COLUMNS[:-1]:
        try:
            return _rules(columns, query_all(columns))
        except QueryRefused as refusal:
            if refusal.msg_code != NO_SUCH_FIELD:
                raise
    return _rules(_COLUMNS[-1], query_all(_COLUMNS[-1]))


def _rules(columns: Sequence[str], rows: list[tuple[object, ...]]) -> tuple[Rule, ...]:
    found: dict[str, Rule] = {}
    for row in rows:
        values = {key: text_of(value).strip() for key, value in zip(columns, row, strict=True)}
        rule = Rule(
            rule_id=values["FNumber"],
            name=values["FName"],
            source_form=values.get("FSourceFormId", ""),
            target_form=values.get("FTargetFormId", ""),
            from_server=True,
            enabled=_ENABLED.get(values.get("FStatus", "").lower()),
        )
        if rule.rule_id:
            found.setdefault(rule.rule_id, rule)
    return tuple(found.values())
