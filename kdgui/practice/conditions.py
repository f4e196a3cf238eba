"""The pieces that a filter is made of: columns, operands, conditions, and how values are made to fit."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kdgui.practice.forms import Kind

MAX_DEPTH = 40
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?$")


class BadFilter(Exception):
    """The filter cannot be understood: the server says GetRealExpress error."""


@dataclass(frozen=True, slots=True)
class Column:
    """What a field key became: an SQL expression (bound values in `values`) and what it holds."""

    sql: str
    kind: Kind
    collate: str = ""


@dataclass(frozen=True, slots=True)
class Operand:
    """One side of a comparison. `literal` is a text given in quotes, else None."""

    sql: str
    values: tuple[object, ...] = ()
    kind: Kind | None = None
    literal: str | None = None
    collate: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """A piece of WHERE and the values bound in it."""

    sql: str
    values: tuple[object, ...] = ()


Resolve = Callable[[str], Column]


def join(parts: Sequence[Condition], word: str) -> Condition:
    """Conditions joined by AND or OR."""
    sql = f" {word} ".join(f"({part.sql})" for part in parts)
    return Condition(sql, tuple(value for part in parts for value in part.values))


def read_number(text: str) -> float | int:
    """A number that SQLite can hold: what is beyond 18 digits becomes a float."""
    return float(text) if "." in text or len(text) > 18 else int(text)


def compare(left: Operand, sign: str, right: Operand, text: str) -> Condition:
    """A comparison of two operands; `text` is the whole filter, for the error."""
    left, right = fit(right, left, text), fit(left, right, text)
    sign = "<>" if sign == "!=" else sign
    collate = left.collate or right.collate
    return Condition(f"{left.sql}{collate} {sign} {right.sql}", left.values + right.values)


def fit(other: Operand, operand: Operand, text: str) -> Operand:
    """A quoted text made to fit what it is compared with: dates are brought to one spelling.

    A key field compared with a quoted number is the error that real servers make of it (protocol 3.1).
    """
    if operand.literal is None:
        return operand
    if other.kind is Kind.KEY:
        raise BadFilter(text)
    if other.kind is Kind.DATE:
        return Operand("?", (stored_date(operand.literal),), None, operand.literal)
    return operand


def stored_date(text: str) -> str:
    """A date as the books store it, "2026-01-05T00:00:00"; other text unchanged."""
    match = _DATE.match(text.strip())
    if match is None:
        return text
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
    return f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}"
