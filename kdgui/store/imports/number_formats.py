"""Numbers in Excel cells as the clerk saw them, without guessing at digits that Excel has lost."""

from __future__ import annotations

import re

_SAFE_DIGITS = 15
"""Excel keeps so many digits; what follows them in a longer number is zeros, whatever was typed."""

_SECTION = re.compile(r'((?:"[^"]*"|\\.|[^;"\\])*)')
_HINTS = re.compile(r"\[(?:\$[^\]]*|[A-Za-z]+\d*)\]")
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_(?P<space>.)|\*(?P<fill>.)|(?P<digit>[0#?])|(?P<mark>.)'
)
_LITERAL_MARKS = frozenset("-+()/: !^&'~{}<>=$")


def shown(value: float, number_format: str) -> str:
    """The text of a number cell: leading zeros and prefixes of its format, never a digit made up.

    A number of more than fifteen digits whose last ones are lost stays visibly so: 1.23E+15, or as many
    zeros as its format has places.
    """
    if isinstance(value, float) and abs(value) >= 10**_SAFE_DIGITS:
        return _scientific(value)
    tokens = _tokens(number_format)
    if tokens is None or (_is_lost(value) and any(kind == "text" for kind, _ in tokens)):
        return _general(value)
    whole, decimals = _split(tokens)
    integer, fraction = _digits(value, sum(kind == "digit" for kind, _ in decimals))
    sign = "-" if value < 0 else ""
    return sign + _fill_from_right(whole, integer) + _fill_from_left(decimals, fraction)


def shown_text(value: str, number_format: str) -> str:
    """The text of a text cell: formats may put something before or behind it, as "CGDD"@ does."""
    if number_format in ("General", "@") or "@" not in number_format:
        return value
    sections = [match[1] for match in _SECTION.finditer(number_format)]
    section = next((each for each in reversed(sections) if "@" in each), "@")
    parts = []
    for match in _TOKEN.finditer(_HINTS.sub("", section)):
        kind = match.lastgroup or ""
        if kind in ("quoted", "escaped"):
            parts.append(match[kind])
        elif kind == "mark":
            parts.append(value if match[kind] == "@" else match[kind])
    return "".join(parts)


def _digits(value: float, decimals: int) -> tuple[str, str]:
    if isinstance(value, int):  # as a float it would lose digits beyond 2**53
        return str(abs(value)), "0" * decimals
    integer, _, fraction = f"{abs(value):.{decimals}f}".partition(".")
    return integer, fraction


def _general(value: float) -> str:
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


def _tokens(number_format: str) -> list[tuple[str, str]] | None:
    """The first section as ("digit", "0"), ("text", "XSDD"), ("point", "."); None where it says more."""
    first = _SECTION.match(number_format)
    section = _HINTS.sub("", first[1] if first else "")
    tokens: list[tuple[str, str]] = []
    for match in _TOKEN.finditer(section):
        kind = match.lastgroup or ""
        text = match[kind]
        if kind in ("quoted", "escaped"):
            tokens.append(("text", text))
        elif kind == "space":
            tokens.append(("text", " "))
        elif kind == "digit":
            tokens.append(("digit", text))
        elif kind == "mark" and text == ".":
            tokens.append(("point", text))
        elif kind == "mark" and text in _LITERAL_MARKS:
            tokens.append(("text", text))
        elif kind == "mark" and text != ",":  # a letter: General, a date, a percentage, an exponent
            return None
    return tokens if any(kind == "digit" for kind, _ in tokens) else None


def _split(tokens: list[tuple[str, str]]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    point = next((place for place, (kind, _) in enumerate(tokens) if kind == "point"), len(tokens))
    return tokens[:point], tokens[point:]


def _fill_from_right(tokens: list[tuple[str, str]], digits: str) -> str:
    """Put the digits into the places, the last one into the last place, all that are left into the first."""
    places = sum(kind == "digit" for kind, _ in tokens)
    rest = "" if digits == "0" else digits
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
