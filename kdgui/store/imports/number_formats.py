"""Numbers in Excel cells as the clerk saw them, without guessing at digits that Excel has lost."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

_SAFE_DIGITS = 15
"""Excel keeps so many digits; what follows them in a longer number is zeros, whatever was typed."""

BUILT_IN = {
    0: "General",
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    37: "#,##0;-#,##0",
    38: "#,##0;-#,##0",
    39: "#,##0.00;-#,##0.00",
    40: "#,##0.00;-#,##0.00",
    41: "#,##0",
    42: "#,##0",
    43: "#,##0.00",
    44: "#,##0.00",
    48: "##0.0E+0",
    49: "@",
    59: "0",
    60: "0.00",
    61: "#,##0",
    62: "#,##0.00",
    67: "0%",
    68: "0.00%",
    **dict.fromkeys((*range(14, 18), 22, *range(27, 32), 36, *range(50, 55), 57, 58), "yyyy-mm-dd"),
    **dict.fromkeys((*range(18, 22), *range(32, 36), 45, 46, 47, 55, 56), "hh:mm:ss"),
    **dict.fromkeys((*range(71, 75), 77, 81), "yyyy-mm-dd"),
    **dict.fromkeys((75, 76, 78, 79, 80), "hh:mm:ss"),
}
"""Formats that a workbook names by number alone (ECMA-376 part 1, 18.8.30): 27 to 36 and 50 to 58 are the
dates and times of Chinese, Japanese and Korean Excel, 59 to 81 those of Thai Excel."""

_SECTION = re.compile(r'(?:"[^"]*"?|\\.|\[[^\]]*\]|[^;"\\\[]|\[)*')
_CONDITION = re.compile(r"\[(<=|>=|<>|=|<|>)\s*(-?\d+(?:\.\d+)?)\]")
_HINTS = re.compile(r"\[(?:\$[^\]]*|[A-Za-z]+\s*\d*)\]")
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_(?P<space>.)|\*(?P<fill>.)|(?P<general>General)'
    r"|(?P<digit>[0#?])|(?P<mark>.)",
    re.IGNORECASE,
)
_SAID_BESIDE = re.compile(r'"[^"]*"?|\\.|_.|\*.|General|E[+-]|\[(?!(?:h+|m+|s+)\])[^\]]*\]', re.IGNORECASE)
"""What a format says beside dates: texts, blanks, colours, exponents."""
_DATE_LETTERS = re.compile("[ymdhseb]|aaa", re.IGNORECASE)
_LITERAL_MARKS = frozenset("-+(): !^&'~{}<>=$¥￥€£")
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "<>": operator.ne,
}
_LAST_DAY = 2_958_466
"""Excel's dates end with the year 9999."""


@dataclass(frozen=True, slots=True)
class _Section:
    """One section of a format: ("digit", "0"), ("text", "XSDD"), ("point", "."), ("general", "") …

    Attributes:
        plain: it says nothing beyond these, so it can be followed.
        condition: when it holds; None for the rule of its place.
    """

    tokens: tuple[tuple[str, str], ...]
    plain: bool
    condition: Callable[[float], bool] | None

    def has(self, kind: str) -> bool:
        return any(each == kind for each, _ in self.tokens)


def is_date(number_format: str) -> bool:
    """Whether it shows a number as a date or a time."""
    first = _SECTION.match(number_format)
    return _DATE_LETTERS.search(_SAID_BESIDE.sub("", first[0] if first else "")) is not None


def shown(value: float, number_format: str) -> str:
    """The text of a number cell: leading zeros and prefixes of its format, never a digit made up.

    A number of more than fifteen digits whose last ones are lost stays visibly so: 1.23E+15, or as many
    zeros as its format has places. Blanks at the ends, which formats add to align amounts, are left out.
    """
    if isinstance(value, float) and abs(value) >= 10**_SAFE_DIGITS:
        return _scientific(value)
    section, signed = _section_for(value, _sections(number_format))
    sign = "-" if value < 0 and signed else ""
    if section is None or not section.plain or section.has("cell"):
        return _general(value)
    if section.has("general"):
        return sign + "".join(
            _general(abs(value)) if kind == "general" else text for kind, text in section.tokens
        )
    if not section.has("digit"):
        return "".join(text for _, text in section.tokens).strip(" ")
    if _is_lost(value) and any(kind == "text" and text.strip() for kind, text in section.tokens):
        return _general(value)
    whole, decimals = _split(section.tokens)
    integer, fraction = _digits(value, sum(kind == "digit" for kind, _ in decimals))
    text = _fill_from_right(whole, integer) + _fill_from_left(decimals, fraction)
    return (sign + text).strip(" ")


def shown_text(value: str, number_format: str) -> str:
    """The text of a text cell: formats may put something before or behind it, as "CGDD"@ does."""
    if number_format in ("General", "@") or "@" not in number_format:
        return value
    section = next((each for each in reversed(_sections(number_format)) if each.has("cell")), None)
    if section is None:
        return value
    return "".join(value if kind == "cell" else text for kind, text in section.tokens)


def shown_date(value: float, *, since_1904: bool = False) -> str:
    """A day or a time that Excel counts in days since 1899-12-30, or 1904-01-01, in ISO 8601."""
    if not 0 <= value < _LAST_DAY:
        return _general(value)  # Excel shows a row of # here
    first = 30 if value >= 60 else 31  # Excel takes 1900 for a leap year
    start = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, first)  # noqa: DTZ001 - no time zones there
    try:
        moment = start + timedelta(seconds=round(value * 86400))
    except OverflowError:
        return _general(value)
    if value < 1:
        return moment.time().isoformat("seconds")
    if moment.time() == moment.min.time():
        return moment.date().isoformat()
    return moment.isoformat(" ", "seconds")


def number_of(text: str) -> float:
    """A number as it stands in a file: whole ones of any length keep all their digits. Raises ValueError."""
    if len(text) <= 32 and text.lstrip("-").isdigit():
        return int(text)
    return float(text)


# Sections


@lru_cache(maxsize=500)
def _sections(number_format: str) -> tuple[_Section, ...]:
    parts: list[_Section] = []
    at = 0
    while at <= len(number_format) and len(parts) < 4:
        match = _SECTION.match(number_format, at)
        if match is None:
            break
        parts.append(_section(match[0]))
        at = match.end() + 1
    return tuple(parts)


def _section(text: str) -> _Section:
    said = _CONDITION.search(text)
    condition = None
    if said:
        compare, limit = _COMPARE[said[1]], float(said[2])
        condition = lambda value: compare(value, limit)  # noqa: E731 - kept with what it is of
    tokens: list[tuple[str, str]] = []
    plain = True
    for match in _TOKEN.finditer(_HINTS.sub("", _CONDITION.sub("", text))):
        kind = match.lastgroup or ""
        mark = match[kind]
        if kind in ("quoted", "escaped"):
            tokens.append(("text", mark))
        elif kind == "space":
            tokens.append(("text", " "))
        elif kind in ("digit", "general"):
            tokens.append((kind, mark))
        elif kind == "mark" and mark == "@":
            tokens.append(("cell", mark))
        elif kind == "mark" and mark == ".":
            tokens.append(("point", mark))
        elif kind == "mark" and mark in _LITERAL_MARKS:
            tokens.append(("text", mark))
        elif kind == "mark" and mark != ",":  # a letter: a date, a percentage, an exponent
            tokens.append(("text", mark))
            plain = False
    return _Section(tuple(tokens), plain, condition)


def _section_for(value: float, sections: tuple[_Section, ...]) -> tuple[_Section | None, bool]:
    """The section for a value, and whether a minus is to be put before it."""
    numeric = sections[:3]
    if any(section.condition for section in numeric):
        for place, section in enumerate(numeric):
            if section.condition is None or section.condition(value):
                return section, place == 0 or section.condition is not None
        return None, True
    if value < 0 and len(numeric) > 1:
        return numeric[1], False
    if value == 0 and len(numeric) > 2:
        return numeric[2], False
    return (numeric[0] if numeric else None), True


# Digits


def _digits(value: float, decimals: int) -> tuple[str, str]:
    if isinstance(value, int):  # as a float it would lose digits beyond 2**53
        return str(abs(value)), "0" * decimals
    exact = Decimal(f"{abs(value):.{_SAFE_DIGITS}g}")
    rounded = exact.quantize(
        Decimal(1).scaleb(-decimals), ROUND_HALF_UP
    )  # as Excel does, and Python does not
    integer, _, fraction = f"{rounded:f}".partition(".")
    return integer, fraction


def _general(value: float) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        return "#NUM!"
    whole = int(value) if value == int(value) else None
    if whole is None:
        return f"{value:.{_SAFE_DIGITS}g}"
    return _scientific(whole) if _is_lost(whole) else str(whole)


def _is_lost(value: float) -> bool:
    """Whether there are digits beyond those that Excel keeps, and all of them are zeros."""
    beyond = str(abs(value))[_SAFE_DIGITS:]
    return isinstance(value, int) and bool(beyond) and not int(beyond)


def _scientific(value: float) -> str:
    mantissa, _, exponent = f"{value:.5E}".partition("E")
    return f"{mantissa.rstrip('0').rstrip('.')}E{exponent}"


def _split(tokens: tuple[tuple[str, str], ...]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    point = next((place for place, (kind, _) in enumerate(tokens) if kind == "point"), len(tokens))
    return list(tokens[:point]), list(tokens[point:])


def _fill_from_right(tokens: list[tuple[str, str]], digits: str) -> str:
    """Put the digits into the places, the last one into the last place, all that are left into the first."""
    places = sum(kind == "digit" for kind, _ in tokens)
    rest = "" if digits == "0" else digits
    if not places:  # ".00" shows 12.5 as 12.50
        return "".join(text for _, text in tokens) + rest
    parts: list[str] = []
    for kind, text in reversed(tokens):
        if kind != "digit":
            parts.append(text)
            continue
        places -= 1
        taken = rest[-1:] if places else rest
        rest = rest[: len(rest) - len(taken)]
        parts.append(taken or {"0": "0", "?": " "}.get(text, ""))
    return "".join(reversed(parts))


def _fill_from_left(tokens: list[tuple[str, str]], digits: str) -> str:
    """The decimals; optional ones (`#`) that are zeros at the end are not shown."""
    shown_digits = list(digits)
    optional = [text for kind, text in tokens if kind == "digit"]
    while shown_digits and shown_digits[-1] == "0" and optional[len(shown_digits) - 1] == "#":
        shown_digits.pop()
    left = iter(shown_digits)
    return "".join(next(left, "") if kind == "digit" else text for kind, text in tokens)
