"""Find conditions: which bills of a form are looked for, as a clerk says it and a plan keeps it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from kdgui.domain.errors import BadInput


class Compare(StrEnum):
    """How a field is compared with a value; the two last take none."""

    EQUAL = "="
    UNEQUAL = "!="
    AT_LEAST = ">="
    AT_MOST = "<="
    MORE = ">"
    LESS = "<"
    CONTAINS = "contains"
    LACKS = "lacks"
    STARTS = "starts"
    ONE_OF = "in"
    EMPTY = "empty"
    FILLED = "filled"


WITHOUT_VALUE = frozenset({Compare.EMPTY, Compare.FILLED})


class Period(StrEnum):
    """A span of dates that moves with today."""

    NONE = ""
    TODAY = "today"
    THIS_WEEK = "this_week"
    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"
    THIS_YEAR = "this_year"


@dataclass(frozen=True, slots=True)
class FieldCondition:
    """A field by key or by name, a comparison, and what it is compared with ("" where it takes none)."""

    field: str
    compare: Compare
    value: str = ""


@dataclass(frozen=True, slots=True)
class FindConditions:
    """Which bills are looked for; "" asks for nothing.

    Attributes:
        period: dates that move with today; with it `date_from` and `date_to` are not looked at.
        date_from, date_to: first and last day, "2026-11-01".
        organisation, partner, creator, bill_type: number or name of the base data.
        status: FDocumentStatus, "C" for approved.
        open_only: neither closed, cancelled, frozen nor terminated, as far as the form tells.
        with_left: something is left to be pushed by the rule.
        where: further conditions, all of which must hold.
    """

    period: Period = Period.NONE
    date_from: str = ""
    date_to: str = ""
    organisation: str = ""
    partner: str = ""
    creator: str = ""
    bill_type: str = ""
    status: str = "C"
    open_only: bool = True
    with_left: bool = True
    where: tuple[FieldCondition, ...] = ()

    def days(self, today: date) -> tuple[date | None, date | None]:
        """First and last day, None for no bound.

        Raises:
            BadInput: find_date_unreadable, find_dates_reversed.
        """
        if self.period:
            return period_days(self.period, today)
        first, last = (read_day(text) for text in (self.date_from, self.date_to))
        if first and last and first > last:
            raise BadInput("find_dates_reversed", first=first, last=last)
        return first, last

    def with_days(self, first: str, last: str) -> FindConditions:
        """The same between these days."""
        return replace(self, period=Period.NONE, date_from=first, date_to=last)


def period_days(period: Period, today: date) -> tuple[date | None, date | None]:
    """First and last day of a period; None twice for no period."""
    month = today.replace(day=1)
    match period:
        case Period.TODAY:
            return today, today
        case Period.THIS_WEEK:
            monday = today - timedelta(days=today.weekday())
            return monday, monday + timedelta(days=6)
        case Period.THIS_MONTH:
            return month, (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        case Period.LAST_MONTH:
            last = month - timedelta(days=1)
            return last.replace(day=1), last
        case Period.THIS_YEAR:
            return today.replace(month=1, day=1), today.replace(month=12, day=31)
        case _:
            return None, None


_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")


def read_day(text: str) -> date | None:
    """A day as people write it: 2026-11-01, 2026/11/1, 20261101, 2026年11月1日; None for "".

    Raises:
        BadInput: find_date_unreadable.
    """
    plain = text.strip()
    if not plain:
        return None
    match = _DAY.fullmatch(plain)
    parts = match.groups() if match else (plain[:4], plain[4:6], plain[6:]) if len(plain) == 8 else ()
    try:
        year, month, day = map(int, parts)
        return date(year, month, day)
    except ValueError:
        raise BadInput("find_date_unreadable", text=plain) from None


_COMPARISONS = {
    **{compare.value: compare for compare in Compare},
    "==": Compare.EQUAL,
    "<>": Compare.UNEQUAL,
    "~": Compare.CONTAINS,
    "!~": Compare.LACKS,
    "等于": Compare.EQUAL,
    "不等于": Compare.UNEQUAL,
    "大于": Compare.MORE,
    "小于": Compare.LESS,
    "大于等于": Compare.AT_LEAST,
    "小于等于": Compare.AT_MOST,
    "包含": Compare.CONTAINS,
    "不包含": Compare.LACKS,
    "开头是": Compare.STARTS,
    "属于": Compare.ONE_OF,
    "为空": Compare.EMPTY,
    "不为空": Compare.FILLED,
}
"""Every comparison by its sign or word, as it is written on the command line."""
_SIGNS = re.compile(r"\s*(.+?)\s*(!~|!=|<>|<=|>=|==|=|<|>|~)\s*(.*?)\s*", re.DOTALL)


def read_condition(text: str) -> FieldCondition:
    """A condition as the command line writes it: "FIELD OP VALUE".

    OP is a sign (= != < <= > >= ~ !~), which needs no blanks around it, or a word (contains, lacks,
    starts, in, empty, filled, 包含 …) with blanks around it. Words are looked for first: a value may hold
    signs.

    Raises:
        BadInput: find_condition_unreadable.
    """
    words = text.strip().split(maxsplit=2)
    if len(words) >= 2:
        compare = _COMPARISONS.get(words[1].casefold())
        if compare is not None:
            return _condition(text, words[0], compare, words[2] if len(words) > 2 else "")
    match = _SIGNS.fullmatch(text)
    if match is None or any(map(str.isspace, match[1])):
        raise BadInput("find_condition_unreadable", text=text)
    return _condition(text, match[1], _COMPARISONS[match[2]], match[3])


def _condition(text: str, field: str, compare: Compare, value: str) -> FieldCondition:
    if compare in WITHOUT_VALUE:
        if value:
            raise BadInput("find_condition_unreadable", text=text)
    elif not value:
        compare = {Compare.EQUAL: Compare.EMPTY, Compare.UNEQUAL: Compare.FILLED}.get(compare, compare)
        if compare not in WITHOUT_VALUE:
            raise BadInput("find_condition_unreadable", text=text)
    return FieldCondition(field, compare, value)
