"""FilterString as an array of comparisons (protocol 3.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from kdgui.practice.conditions import MAX_DEPTH, BadFilter, Condition, Resolve, read_number, stored_date
from kdgui.practice.forms import Kind

_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
_ARRAY_COMPARE: Mapping[str, tuple[str, str]] = {
    "67": ("=", "{}"), "105": ("=", "{}"), "17": ("LIKE", "%{}%"), "60": ("LIKE", "{}%"),
    "211": ("LIKE", "%{}"), "39": (">=", "{}"), "56": ("<=", "{}"), "72": (">", "{}"), "44": ("<", "{}"),
}  # fmt: skip


def read_rows(items: Sequence[object], resolve: Resolve) -> Condition | None:
    """The array form: each row is a comparison, Logic joins it to the next one, 0 and, 1 or."""
    pieces: list[str] = []
    values: list[object] = []
    for position, item in enumerate(items):
        if not isinstance(item, Mapping):
            raise BadFilter(str(item))
        row = {str(key).lower(): value for key, value in item.items()}
        condition = _array_row(row, resolve)
        pieces += [_brackets(row, "left", "("), condition.sql, _brackets(row, "right", ")")]
        values += condition.values
        if position + 1 < len(items):
            pieces.append("OR" if str(row.get("logic", "0")) == "1" else "AND")
    if not pieces:
        return None
    text = " ".join(pieces)
    if text.count("(") != text.count(")"):
        raise BadFilter(str(items))
    return Condition(text, tuple(values))


def _brackets(row: Mapping[str, object], key: str, mark: str) -> str:
    text = str(row.get(key) or "").strip()
    if text.strip(mark) or len(text) > MAX_DEPTH:
        raise BadFilter(text)
    return text


def _array_row(row: Mapping[str, object], resolve: Resolve) -> Condition:
    compare = _ARRAY_COMPARE.get(str(row.get("compare", "")))
    if compare is None:
        raise BadFilter(str(row.get("compare")))
    sign, pattern = compare
    column = resolve(str(row.get("fieldname", "")))
    text = pattern.format(row.get("value", ""))
    if column.kind is Kind.DATE:
        text = stored_date(text)
    value: object = text
    if column.kind in (Kind.KEY, Kind.INTEGER, Kind.NUMBER, Kind.BASE):
        value = _number_or_text(text)
    collate = column.collate if sign != "LIKE" else ""
    return Condition(f"{column.sql}{collate} {sign} ?", (value,))


def _number_or_text(text: str) -> object:
    return read_number(text) if _NUMBER.fullmatch(text.strip()) else text
