"""Find filter: conditions as a FilterString (fact sheet 3.1), from which no value ever leaves its literal.

There is no binding of parameters, so every value is either a quoted literal (quotes doubled), or a number or
a day that was read and is written anew. A comparison that the server's wildcards would blur is asked for a
little wider, and looked at once more here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from kdgui.domain.bills import DocumentStatus
from kdgui.domain.errors import BadInput
from kdgui.domain.find_conditions import Compare, FieldCondition, FindConditions, read_day
from kdgui.k3cloud.queries import quote
from kdgui.pushing.inspect.find_fields import FieldKind, FindField, FindForm
from kdgui.pushing.inspect.quantities import number_of
from kdgui.pushing.schema.column_probe import ColumnProbe
from kdgui.pushing.schema.query_text import cell_text


@dataclass(frozen=True, slots=True)
class TextCheck:
    """A text comparison that is looked at here: one of the columns fits."""

    columns: tuple[str, ...]
    compare: Compare
    value: str

    def holds(self, record: Mapping[str, object]) -> bool:
        """Whether a row fits, letter case apart."""
        wanted = self.value.casefold()
        cells = [cell_text(record.get(key)).casefold() for key in self.columns]
        match self.compare:
            case Compare.CONTAINS:
                return any(wanted in cell for cell in cells)
            case Compare.STARTS:
                return any(cell.startswith(wanted) for cell in cells)
            case _:
                return not any(wanted in cell for cell in cells)


@dataclass(frozen=True, slots=True)
class FindFilter:
    """What is asked of the server, and what of its answer is looked at once more."""

    text: str
    checks: tuple[TextCheck, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that the checks look at."""
        return tuple(dict.fromkeys(key for check in self.checks for key in check.columns))


def find_filter(form: FindForm, conditions: FindConditions, today: date, probe: ColumnProbe) -> FindFilter:
    """The filter for these conditions; asks which of number and name a base-data field can be asked by.

    Raises:
        BadInput: a field is not there, or a value does not fit it. And what a read raises.
    """
    parts: list[FindFilter] = []
    first, last = conditions.days(today)
    if first or last:
        parts += [FindFilter(text) for text in _between(_needed(form.date, "find_no_date"), first, last)]
    for key, value, missing in (
        (form.organisation, conditions.organisation, "find_no_organisation"),
        (form.partner, conditions.partner, "find_no_partner"),
        (form.creator, conditions.creator, "find_no_creator"),
        (form.bill_type, conditions.bill_type, "find_no_bill_type"),
    ):
        if value:
            field = FindField(_needed(key, missing), key, FieldKind.BASE)
            parts.append(_condition(field, Compare.EQUAL, value, probe))
    if conditions.status and form.status:
        parts.append(FindFilter(f"{form.status} = {quote(_status(conditions.status))}"))
    if conditions.open_only:
        parts += [FindFilter(f"{key} <> 'B'") for key in form.closed]
    for each in conditions.where:
        parts.append(_of_row(each, form, probe))
    texts = [f"({part.text})" for part in parts if part.text]
    return FindFilter(" and ".join(texts), tuple(check for part in parts for check in part.checks))


def fields_missing(form: FindForm, conditions: FindConditions, probe: ColumnProbe) -> tuple[str, ...]:
    """The fields that the further conditions name and the form has not. Raises what a read raises."""
    missing = []
    for each in conditions.where:
        try:
            form.resolved(each.field, probe)
        except BadInput:
            missing.append(each.field)
    return tuple(missing)


def _needed(key: str, missing: str) -> str:
    if not key:
        raise BadInput(missing)
    return key


def _of_row(row: FieldCondition, form: FindForm, probe: ColumnProbe) -> FindFilter:
    field = form.resolved(row.field, probe)
    return _condition(field, row.compare, row.value.strip(), probe)


def _condition(field: FindField, compare: Compare, value: str, probe: ColumnProbe) -> FindFilter:
    match field.kind:
        case FieldKind.DATE:
            return FindFilter(_date(field, compare, value))
        case FieldKind.NUMBER:
            return FindFilter(_plain(field, compare, value, lambda text: _number(field, text), "0"))
        case FieldKind.BASE:
            return _base(field, compare, value, probe)
        case FieldKind.STATUS:
            return FindFilter(_coded(field, compare, value, lambda text: quote(_status(text))))
        case FieldKind.YES_NO:
            return FindFilter(_coded(field, compare, value, lambda text: _yes_no(field, text)))
        case FieldKind.STATE:
            return FindFilter(_coded(field, compare, value, lambda text: quote(_state(text))))
        case _:
            return _text((field.key,), field, compare, value)


# -- texts and base data -------------------------------------------------------------------------


def _text(columns: tuple[str, ...], field: FindField, compare: Compare, value: str) -> FindFilter:
    """One of the columns fits; for a comparison that says no, all of them."""
    quote(value)  # what no literal can hold is refused before anything is built of it
    if compare in (Compare.CONTAINS, Compare.STARTS, Compare.LACKS):
        return _like(columns, compare, value)
    if compare is Compare.UNEQUAL:
        return FindFilter(" and ".join(f"({key} <> {quote(value)} or {key} is null)" for key in columns))
    if compare is Compare.EMPTY:
        empty = (f"({key} = '' or {key} = ' ' or {key} is null)" for key in columns)
        return FindFilter(" and ".join(empty))
    if compare is Compare.FILLED:
        return FindFilter(" or ".join(f"({key} <> '' and {key} <> ' ')" for key in columns))
    return FindFilter(
        " or ".join(_plain(replace(field, key=key), compare, value, quote, "''") for key in columns)
    )


_WILDCARDS = re.compile(r"[%_\[\]]")


def _like(columns: tuple[str, ...], compare: Compare, value: str) -> FindFilter:
    """With wildcards in the value the question is wider, and the answer is looked at once more."""
    blurred = bool(_WILDCARDS.search(value))
    checks = (TextCheck(columns, compare, value),) if blurred else ()
    if compare is Compare.LACKS and blurred:
        return FindFilter("", checks)
    pattern = re.sub(r"[\[\]]", "_", value)  # a bracket begins a set of characters
    start = "" if compare is Compare.STARTS else "%"
    literal = quote(f"{start}{pattern}%")
    if compare is Compare.LACKS:
        return FindFilter(" and ".join(f"({key} not like {literal} or {key} is null)" for key in columns))
    return FindFilter(" or ".join(f"{key} like {literal}" for key in columns), checks)


def _base(field: FindField, compare: Compare, value: str, probe: ColumnProbe) -> FindFilter:
    if compare is Compare.EMPTY:
        return FindFilter(f"{field.key} = 0 or {field.key} is null")
    if compare is Compare.FILLED:
        return FindFilter(f"{field.key} <> 0")
    if compare not in (
        *(Compare.EQUAL, Compare.UNEQUAL, Compare.ONE_OF, Compare.CONTAINS, Compare.LACKS, Compare.STARTS),
    ):
        raise BadInput("find_compare_unfit", field=field.label, compare=compare.value)
    columns = probe.known((f"{field.key}.FNumber", f"{field.key}.FName"))
    if not columns:
        raise BadInput("find_field_unknown", field=field.key)
    return _text(columns, field, compare, value)


# -- numbers, dates, codes -----------------------------------------------------------------------


def _plain(field: FindField, compare: Compare, value: str, literal: Callable[[str], str], empty: str) -> str:
    """Comparisons that every kind of value has."""
    key = field.key
    match compare:
        case Compare.ONE_OF:
            return f"{key} in ({','.join(literal(part) for part in _listed(value))})"
        case Compare.EMPTY:
            return f"{key} = {empty} or {key} is null"
        case Compare.FILLED:
            return f"{key} <> {empty}"
        case Compare.UNEQUAL:
            return f"{key} <> {literal(value)} or {key} is null"
        case Compare.EQUAL | Compare.AT_LEAST | Compare.AT_MOST | Compare.MORE | Compare.LESS:
            return f"{key} {compare.value} {literal(value)}"
        case _:
            raise BadInput("find_compare_unfit", field=field.label, compare=compare.value)


def _coded(field: FindField, compare: Compare, value: str, literal: Callable[[str], str]) -> str:
    if compare not in (Compare.EQUAL, Compare.UNEQUAL, Compare.ONE_OF):
        raise BadInput("find_compare_unfit", field=field.label, compare=compare.value)
    return _plain(field, compare, value, literal, "''")


def _date(field: FindField, compare: Compare, value: str) -> str:
    """A day is all of its hours."""
    key = field.key
    if compare is Compare.EMPTY:
        return f"{key} is null"
    if compare is Compare.FILLED:
        return f"{key} is not null"
    day = read_day(value)
    if day is None:
        raise BadInput("find_date_unreadable", text=value)
    match compare:
        case Compare.EQUAL:
            return " and ".join(_between(key, day, day))
        case Compare.UNEQUAL:
            return f"{key} < {_day(day)} or {key} >= {_day(_next(day))} or {key} is null"
        case Compare.AT_LEAST:
            return f"{key} >= {_day(day)}"
        case Compare.MORE:
            return f"{key} >= {_day(_next(day))}"
        case Compare.LESS:
            return f"{key} < {_day(day)}"
        case Compare.AT_MOST:
            return f"{key} < {_day(_next(day))}"
        case _:
            raise BadInput("find_compare_unfit", field=field.label, compare=compare.value)


def _between(key: str, first: date | None, last: date | None) -> Iterable[str]:
    if first:
        yield f"{key} >= {_day(first)}"
    if last:
        yield f"{key} < {_day(_next(last))}"


def _day(day: date) -> str:
    return quote(day.isoformat())


def _next(day: date) -> date:
    try:
        return day + timedelta(days=1)
    except OverflowError:
        raise BadInput("find_date_unreadable", text=day.isoformat()) from None


def _number(field: FindField, text: str) -> str:
    number = number_of(text)
    if number is None or abs(number.adjusted()) > _MOST_DIGITS:
        raise BadInput("find_number_unreadable", field=field.label, text=text)
    return f"{number:f}"


_MOST_DIGITS = 30
_STATUS_WORDS = {
    "暂存": DocumentStatus.DRAFT, "创建": DocumentStatus.SAVED, "审核中": DocumentStatus.SUBMITTED,
    "已提交": DocumentStatus.SUBMITTED, "已审核": DocumentStatus.APPROVED,
    "重新审核": DocumentStatus.REOPENED,
}  # fmt: skip


def _status(text: str) -> str:
    """The letter of a document status, by letter or by word."""
    known = _STATUS_WORDS.get(text.strip())
    if known is not None:
        return known.value
    try:
        return DocumentStatus(text.strip().upper()).value
    except ValueError:
        raise BadInput("find_status_unknown", text=text) from None


def _state(text: str) -> str:
    """A or B: not closed (cancelled, frozen …) or closed; a form may have letters of its own."""
    word = text.strip()
    if word.casefold() in _YES:
        return "B"
    return "A" if word.casefold() in _NO else word


_YES = frozenset({"是", "yes", "true", "1", "y"})
_NO = frozenset({"否", "no", "false", "0", "n"})


def _yes_no(field: FindField, text: str) -> str:
    word = text.strip().casefold()
    if word not in _YES | _NO:
        raise BadInput("find_yes_no", field=field.label, text=text)
    digit = "1" if word in _YES else "0"
    return quote(digit) if field.quoted else digit


_LIST = re.compile(r"[,，、;；]")


def _listed(value: str) -> Sequence[str]:
    parts = tuple(part.strip() for part in _LIST.split(value) if part.strip())
    if not parts:
        raise BadInput("find_condition_unreadable", text=value)
    return parts
