"""FilterString and OrderString as SQL (fact sheet 3.1): a small parser; only what it builds reaches SQLite."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from kdgui.practice.forms import Kind

MAX_DEPTH = 40
_TOKEN = re.compile(
    r"\s*(?:(?P<text>[nN]?'(?:[^']|'')*')|(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)"
    r"|(?P<mark><>|!=|<=|>=|[=<>(),+\-*/]))"
)
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?$")
_FUNCTIONS = {"upper": "upper", "lower": "lower", "len": "length", "isnull": "ifnull", "ltrim": "ltrim",
              "rtrim": "rtrim", "abs": "abs"}  # fmt: skip
_COMPARE = ("=", "<>", "!=", "<", ">", "<=", ">=")
_ARRAY_COMPARE: Mapping[str, tuple[str, str]] = {
    "67": ("=", "{}"), "105": ("=", "{}"), "17": ("LIKE", "%{}%"), "60": ("LIKE", "{}%"),
    "211": ("LIKE", "%{}"), "39": (">=", "{}"), "56": ("<=", "{}"), "72": (">", "{}"), "44": ("<", "{}"),
}  # fmt: skip


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


def read_filter(given: object, resolve: Resolve) -> Condition | None:
    """A condition from text or from the array form; None where nothing is asked.

    Raises BadFilter, and whatever `resolve` raises for an unknown field.
    """
    if isinstance(given, str) and given.lstrip().startswith("["):
        try:
            given = json.loads(given)
        except ValueError as error:
            raise BadFilter(given) from error
    if isinstance(given, list):
        return _read_array(given, resolve)
    if given is None or (isinstance(given, str) and not given.strip()):
        return None
    if not isinstance(given, str):
        raise BadFilter(str(given))
    return _Parser(given, resolve).whole()


def read_order(text: str, resolve: Resolve) -> str:
    """ORDER BY without its words: "FID ASC, FDate desc". BadFilter where it cannot be read; "" for none."""
    parts = []
    for piece in text.split(","):
        words = piece.split()
        if not words and not text.strip():
            return ""
        if not 1 <= len(words) <= 2 or words[1:] and words[1].lower() not in ("asc", "desc"):
            raise BadFilter(text)
        direction = words[1].upper() if words[1:] else "ASC"
        parts.append(f"{resolve(words[0]).sql} {direction}")
    return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str

    @property
    def word(self) -> str:
        return self.text.lower() if self.kind in ("name", "mark") else ""


_END = _Token("end", "")


def _tokens(text: str) -> list[_Token]:
    found, at = [], 0
    stripped = text.rstrip()
    while at < len(stripped):
        match = _TOKEN.match(stripped, at)
        if match is None or match.lastgroup is None:
            raise BadFilter(text)
        found.append(_Token(match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return found


class _Parser:
    """Recursive descent: or, and, not, brackets, comparisons, sums."""

    def __init__(self, text: str, resolve: Resolve) -> None:
        self._text = text
        self._resolve = resolve
        self._tokens = _tokens(text)
        self._at = 0
        self._depth = 0
        self._closing = self._pair_brackets()

    def whole(self) -> Condition:
        condition = self._either()
        if self._peek() is not _END:
            raise BadFilter(self._text)
        return condition

    def _pair_brackets(self) -> dict[int, int]:
        """Where each opening bracket ends: tells a bracketed sum from a bracketed condition."""
        pairs, open_ones = {}, []
        for position, token in enumerate(self._tokens):
            if token.word == "(":
                open_ones.append(position)
            elif token.word == ")":
                if not open_ones:
                    raise BadFilter(self._text)
                pairs[open_ones.pop()] = position
        if open_ones:
            raise BadFilter(self._text)
        return pairs

    def _peek(self, ahead: int = 0) -> _Token:
        position = self._at + ahead
        return self._tokens[position] if position < len(self._tokens) else _END

    def _take(self) -> _Token:
        token = self._peek()
        if token is _END:
            raise BadFilter(self._text)
        self._at += 1
        return token

    def _accept(self, *words: str) -> str:
        """Take the next token where it is one of these; its lower-case text, or ""."""
        word = self._peek().word
        if word and word in words:
            self._at += 1
            return word
        return ""

    def _expect(self, word: str) -> None:
        if not self._accept(word):
            raise BadFilter(self._text)

    # conditions

    def _either(self) -> Condition:
        return self._chain("or", lambda: self._chain("and", self._negation))

    def _chain(self, word: str, part: Callable[[], Condition]) -> Condition:
        parts = [part()]
        while self._accept(word):
            parts.append(part())
        if len(parts) == 1:
            return parts[0]
        return _join(parts, word.upper())

    def _negation(self) -> Condition:
        if self._accept("not"):
            self._deeper()
            inner = self._negation()
            self._depth -= 1
            return Condition(f"NOT ({inner.sql})", inner.values)
        if self._peek().word == "(" and not self._is_sum():
            self._at += 1
            self._deeper()
            inner = self._either()
            self._depth -= 1
            self._expect(")")
            return Condition(f"({inner.sql})", inner.values)
        return self._comparison()

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise BadFilter(self._text)

    def _is_sum(self) -> bool:
        """Whether the bracket that opens here holds a value: then something is compared after it."""
        after = self._closing[self._at] + 1
        token = self._tokens[after] if after < len(self._tokens) else _END
        if token.word == "not":
            return True
        return token.word in (*_COMPARE, "+", "-", "*", "/", "in", "like", "is", "between")

    def _comparison(self) -> Condition:
        left = self._sum()
        if self._accept("is"):
            negated = " NOT" if self._accept("not") else ""
            self._expect("null")
            return Condition(f"{left.sql} IS{negated} NULL", left.values)
        negated = "NOT " if self._accept("not") else ""
        word = self._accept("in", "like", "between")
        if word == "in":
            return self._in(left, negated)
        if word == "like":
            right = self._sum()
            return Condition(f"{left.sql} {negated}LIKE {right.sql}", left.values + right.values)
        if word == "between":
            return self._between(left, negated)
        sign = self._accept(*_COMPARE)
        if negated or not sign:
            raise BadFilter(self._text)
        return _compare(left, sign, self._sum(), self._text)

    def _in(self, left: Operand, negated: str) -> Condition:
        self._expect("(")
        items = [self._fit(left, self._sum())]
        while self._accept(","):
            items.append(self._fit(left, self._sum()))
        self._expect(")")
        values = left.values + tuple(value for item in items for value in item.values)
        return Condition(f"{left.sql}{left.collate} {negated}IN ({', '.join(i.sql for i in items)})", values)

    def _between(self, left: Operand, negated: str) -> Condition:
        low = self._fit(left, self._sum())
        self._expect("and")
        high = self._fit(left, self._sum())
        sql = f"{left.sql}{left.collate} {negated}BETWEEN {low.sql} AND {high.sql}"
        return Condition(sql, left.values + low.values + high.values)

    def _fit(self, left: Operand, right: Operand) -> Operand:
        return _fit(left, right, self._text)

    # values

    def _sum(self) -> Operand:
        return self._sums("+-", lambda: self._sums("*/", self._value))

    def _sums(self, signs: str, part: Callable[[], Operand]) -> Operand:
        left = part()
        while sign := self._accept(*signs):
            right = part()
            left = Operand(f"({left.sql} {sign} {right.sql})", left.values + right.values, Kind.NUMBER)
        return left

    def _value(self) -> Operand:
        if self._accept("("):
            self._deeper()
            inner = self._sum()
            self._depth -= 1
            self._expect(")")
            return inner
        if self._accept("-"):
            self._deeper()
            inner = self._value()
            self._depth -= 1
            return Operand(f"(- {inner.sql})", inner.values, Kind.NUMBER)
        token = self._take()
        if token.kind == "text":
            text = token.text[token.text.index("'") + 1 : -1].replace("''", "'")
            return Operand("?", (text,), None, text)
        if token.kind == "number":
            return Operand("?", (_number(token.text),), Kind.NUMBER)
        if token.kind == "name":
            return self._name(token.text)
        raise BadFilter(self._text)

    def _name(self, name: str) -> Operand:
        if name.lower() == "null":
            return Operand("NULL")
        if self._peek().word == "(":
            return self._function(name)
        column = self._resolve(name)
        return Operand(column.sql, (), column.kind, None, column.collate)

    def _function(self, name: str) -> Operand:
        function = _FUNCTIONS.get(name.lower())
        if function is None:
            raise BadFilter(self._text)
        self._expect("(")
        self._deeper()
        arguments = [self._sum()]
        while self._accept(","):
            arguments.append(self._sum())
        self._depth -= 1
        self._expect(")")
        values = tuple(value for item in arguments for value in item.values)
        return Operand(f"{function}({', '.join(item.sql for item in arguments)})", values, arguments[0].kind)


def _join(parts: Sequence[Condition], word: str) -> Condition:
    sql = f" {word} ".join(f"({part.sql})" for part in parts)
    return Condition(sql, tuple(value for part in parts for value in part.values))


def _number(text: str) -> float | int:
    """A number that SQLite can hold: what is beyond 64 bits becomes a float."""
    value = float(text) if "." in text else int(text)
    return float(text) if isinstance(value, int) and value >= 2**63 else value


def _compare(left: Operand, sign: str, right: Operand, text: str) -> Condition:
    left, right = _fit(right, left, text), _fit(left, right, text)
    sign = "<>" if sign == "!=" else sign
    collate = left.collate or right.collate
    return Condition(f"{left.sql}{collate} {sign} {right.sql}", left.values + right.values)


def _fit(other: Operand, operand: Operand, text: str) -> Operand:
    """A quoted text made to fit what it is compared with: dates are brought to one spelling.

    A key field compared with a quoted number is the error that real servers make of it (fact sheet 3.1).
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


def _read_array(items: Sequence[object], resolve: Resolve) -> Condition | None:
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
    try:
        return _number(text)
    except ValueError:
        return text
