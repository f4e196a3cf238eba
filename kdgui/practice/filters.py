"""FilterString and OrderString as SQL (protocol 3.1): only what this parser builds reaches SQLite."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from kdgui.practice.conditions import (
    MAX_DEPTH,
    BadFilter,
    Condition,
    Operand,
    Resolve,
    compare,
    fit,
    join,
    read_number,
)
from kdgui.practice.filter_rows import read_rows
from kdgui.practice.forms import Kind

_TOKEN = re.compile(
    r"\s*(?:(?P<text>[nN]?'(?:[^']|'')*')|(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)"
    r"|(?P<mark><>|!=|<=|>=|[=<>(),+\-*/]))"
)
_ORDER = re.compile(r"(?P<key>\w+(?:\.\w+)*)(?:\s+(?P<way>asc|desc))?", re.IGNORECASE)
_FUNCTIONS = {"upper": "upper", "lower": "lower", "len": "length", "isnull": "ifnull", "ltrim": "ltrim",
              "rtrim": "rtrim", "abs": "abs"}  # fmt: skip
_WORDS = frozenset({"and", "or", "not", "in", "like", "is", "between"})
_COMPARE = ("=", "<>", "!=", "<", ">", "<=", ">=")


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
        return read_rows(given, resolve)
    if given is None or (isinstance(given, str) and not given.strip()):
        return None
    if not isinstance(given, str):
        raise BadFilter(str(given))
    return _Parser(given, resolve).whole()


def read_order(text: str, resolve: Resolve) -> str:
    """ORDER BY without its words: "FID ASC, FDate desc". BadFilter where it cannot be read; "" for none."""
    if not text.strip():
        return ""
    parts = []
    for piece in text.split(","):
        match = _ORDER.fullmatch(piece.strip())
        if match is None:
            raise BadFilter(text)
        parts.append(f"{resolve(match['key']).sql} {(match['way'] or 'asc').upper()}")
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
        return join(parts, word.upper())

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
        return compare(left, sign, self._sum(), self._text)

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
        return fit(left, right, self._text)

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
            return Operand("?", (read_number(token.text),), Kind.NUMBER)
        if token.kind == "name":
            return self._name(token.text)
        raise BadFilter(self._text)

    def _name(self, name: str) -> Operand:
        if name.lower() == "null":
            return Operand("NULL")
        if name.lower() in _WORDS:
            raise BadFilter(self._text)
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
