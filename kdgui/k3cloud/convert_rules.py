"""Convert rules: those of the connected server, from form BOS_ConvertRule (protocol 3.5)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kdgui.domain.errors import KdguiError, QueryRefused
from kdgui.domain.rules import Rule
from kdgui.k3cloud.answers import text_of
from kdgui.k3cloud.business_info import BusinessInfo, FieldInfo, name_in

FORM = "BOS_ConvertRule"
ORDER = "FNumber ASC"
NO_SUCH_FIELD, DATABASE = 9, 6
"""MsgCodes of a field that the form has not (protocol 1.6), and of one that a server cannot read (9)."""

_BASE = ("FNumber", "FName")
_FORMS = ("FSourceFormId", "FTargetFormId")
_STATES = ("FStatus", "FInvisible")
_ENABLED = {"1": True, "true": True, "0": False, "false": False}
_INVISIBLE = {"1": False, "true": False, "0": True, "false": True}
_FORM_ID = re.compile(r"[A-Za-z][A-Za-z0-9]*_\w+|[a-f0-9]{24,40}")
# How the server's own description may name what we look for: part of a key, beginning of a Chinese name.
_SOURCE = (("source", "src"), ("源单", "来源单据", "上游单据"))
_TARGET = (("target", "tgt", "dest"), ("目标单", "下游单据"))

QueryAll = Callable[[Sequence[str]], list[tuple[object, ...]]]
"""Field keys → all rows of the form."""


@dataclass(frozen=True, slots=True)
class _Keys:
    """Which columns to ask for; "" for one that is not there."""

    source: str = ""
    target: str = ""
    status: str = ""
    invisible: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        return (*_BASE, *filter(None, (self.source, self.target, self.status, self.invisible)))


# The keys of these columns are not published: from the fullest question to the one known to work.
_GUESSES = (_Keys(*_FORMS, *_STATES), _Keys(*_FORMS, _STATES[0]), _Keys(*_FORMS), _Keys("", "", _STATES[0]))


def read_rules(query_all: QueryAll, describe: Callable[[], BusinessInfo]) -> tuple[Rule, ...]:
    """All rules with as many columns as the server knows; rows without a number are left out.

    Where it does not know the forms by the usual keys, `describe` (QueryBusinessInfo of the form) is looked
    through for others; they count only where their values look like form ids.

    Raises:
        QueryRefused: the form does not exist here, or may not be read. And whatever `query_all` raises.
    """
    for keys in _GUESSES:
        found = _tried(query_all, keys)
        if found is not None and keys.source:
            return _rules(keys, found)
        if found is not None:
            break
    else:
        keys, found = _Keys(), query_all(_BASE)
    described = _described(describe, keys)
    if described is not None and (rows := _tried(query_all, described)) is not None:
        listed = _rules(described, rows)
        if _plausible(listed):
            return listed
    return _rules(keys, found)


def _tried(query_all: QueryAll, keys: _Keys) -> list[tuple[object, ...]] | None:
    """The rows, or None where the form lacks one of the columns."""
    try:
        return query_all(keys.columns)
    except QueryRefused as refusal:
        if refusal.msg_code not in (NO_SUCH_FIELD, DATABASE):
            raise
        return None


def _described(describe: Callable[[], BusinessInfo], known: _Keys) -> _Keys | None:
    """The columns for the two forms, as the server describes them; None where it describes none."""
    try:
        info = describe()
    except KdguiError:  # only a comfort: the rules are known by id and name
        return None
    fields = [field for entry in info.entries if entry.is_head for field in entry.fields]
    source, target = (_best(fields, *wanted) for wanted in (_SOURCE, _TARGET))
    if not (source and target):
        return None
    return _Keys(source, target, known.status, known.invisible)


def _best(fields: Sequence[FieldInfo], parts: Sequence[str], names: Sequence[str]) -> str:
    """The key of the field that is most likely meant: by key and name, then by either, forms first."""

    def score(field: FieldInfo) -> int:
        key, name = field.key.casefold(), name_in(field.names)
        by_key, by_name = any(part in key for part in parts), name.startswith(tuple(names))
        return 4 * (by_key + by_name) + 2 * ("form" in key) + ("bill" in key or "object" in key)

    best = max(fields, key=score, default=None)
    return best.key if best is not None and score(best) >= 4 else ""


def _plausible(listed: Sequence[Rule]) -> bool:
    """Whether what came as forms looks like form ids: a guess that brings something else is none."""
    ends = [end for rule in listed for end in (rule.source_form, rule.target_form) if end]
    return bool(ends) and sum(map(bool, map(_FORM_ID.fullmatch, ends))) * 2 > len(ends)


def _rules(keys: _Keys, rows: list[tuple[object, ...]]) -> tuple[Rule, ...]:
    found: dict[str, Rule] = {}
    for row in rows:
        values = {key: text_of(value).strip() for key, value in zip(keys.columns, row, strict=True)}
        rule = Rule(
            rule_id=values["FNumber"],
            name=values["FName"],
            source_form=values.get(keys.source, ""),
            target_form=values.get(keys.target, ""),
            from_server=True,
            enabled=_ENABLED.get(values.get(keys.status, "").lower()),
            visible=_INVISIBLE.get(values.get(keys.invisible, "").lower()),
        )
        if rule.rule_id:
            found.setdefault(rule.rule_id, rule)
    return tuple(found.values())
