"""ExecuteBillQuery and BillQuery (protocol 3.1): what is asked, the window of rows, the errors."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kdgui.practice.answers import MsgCode, Refused
from kdgui.practice.books import Books
from kdgui.practice.columns import Select
from kdgui.practice.company_forms import RULE_FORM
from kdgui.practice.conditions import BadFilter
from kdgui.practice.forms import FormSpec, Kind
from kdgui.practice.rules import RuleBook
from kdgui.practice.switches import Switches

MAX_STEPS = 50
MASK = "***"
"""What a field shows whose values this reader may not see."""
STEP_SIZE = 1_000_000
_FUNCTIONS = frozenset({"upper", "lower", "length", "ifnull", "ltrim", "rtrim", "abs", "like"})


@dataclass(frozen=True, slots=True)
class Query:
    """What a client asks: the parameters of ExecuteBillQuery, read with goodwill."""

    form_id: str
    keys: tuple[str, ...]
    filter: object
    order: str
    top: int
    start: int
    limit: int

    @classmethod
    def read(cls, data: Mapping[str, object]) -> Query:
        """From the data object, keys in any case."""
        given = {str(key).lower(): value for key, value in data.items()}
        keys = given.get("fieldkeys")
        names = keys if isinstance(keys, list) else str(keys or "").split(",")
        return cls(
            str(given.get("formid") or "").strip(),
            tuple(name for name in (str(item).strip() for item in names) if name),
            given.get("filterstring"),
            str(given.get("orderstring") or ""),
            *(whole_number(given.get(name)) for name in ("toprowcount", "startrow", "limit")),
        )


@dataclass(frozen=True, slots=True)
class RowsLost:
    """What an answer goes without: all but its first `keep` rows, or its `keep` newest bills.

    Attributes:
        form_id: only answers about this form; "" for every one.
    """

    keep: int
    newest: bool
    form_id: str = ""

    def left(self, rows: list[tuple[Any, ...]], *, newest: bool) -> list[tuple[Any, ...]]:
        """The rows that are left; `newest`: each row ends with HIDDEN_COLUMNS."""
        if not self.newest:
            return rows[: self.keep]
        gone = sorted({row[-2] for row in rows})[-self.keep :] if newest else []
        return [row for row in rows if row[-2] not in gone] if newest else rows


def whole_number(value: object) -> int:
    """A count out of a number or text; 0 where it is none, or beyond reason."""
    try:
        number = int(str(value or 0).strip() or 0)
    except ValueError:
        return 0
    return number if 0 <= number < 2**31 else 0


class Reader:
    """Answers queries on one data centre's books. Wants the vault's lock held by the caller."""

    def __init__(self, books: Books, rules: RuleBook, switches: Switches) -> None:
        self._books = books
        self._rules = rules
        self._switches = switches

    def rows(
        self, query: Query, organisation_id: int = 0, user_id: int = 0, lost: RowsLost | None = None
    ) -> list[list[object]]:
        """The answer; raises Refused as real servers do (samples error_*). `lost`: rows it goes without."""
        form = self.form(query.form_id)
        if self._switches.refuses(form.form_id):
            raise Refused(f"您没有{form.name}的查看权限，请联系系统管理员！", MsgCode.NO_PERMISSION)
        if not query.keys:
            raise Refused("data数据包中的参数FieldKeys的值不能为空。", MsgCode.BAD_PARAMETER)
        if query.start and not query.order.strip():
            raise Refused("分页取数需要排序条件或者单据有设置主键", MsgCode.EXCEPTION)
        select = Select(form, self._books, self._rules, self._switches)
        start, limit = _window(query, self._switches)
        try:
            sql, values = select.build(query.keys, query.filter, query.order, organisation_id)
            rows = self._run(f"{sql} LIMIT {limit} OFFSET {start}", values) if form.used else []
        except (BadFilter, sqlite3.Error) as error:
            message = f"GetRealExpress error:{query.filter}，{type(error).__name__}"
            raise Refused(message, MsgCode.EXCEPTION) from error
        if self._switches.takes_from_page(form.form_id) and form.is_bill:
            rows = [row for row in rows if row[-1] == user_id or row[-2] % 2]
        if lost is not None:
            rows = lost.left(rows, newest=form.is_bill)
        width = len(select.kinds)
        masked = [self._switches.masks(key.partition(".")[0]) for key in query.keys]
        return [
            [MASK if hidden else value for value, hidden in zip(cells, masked, strict=True)]
            for cells in (self._shown(row[:width], select.kinds) for row in rows)
        ]

    def _shown(self, row: tuple[object, ...], kinds: list[Kind]) -> list[object]:
        as_text = self._switches.ids_as_text
        return [shown(value, kind, as_text=as_text) for value, kind in zip(row, kinds, strict=True)]

    def form(self, form_id: str) -> FormSpec:
        """The form with this id, refused where there is none."""
        if not form_id:
            raise Refused("业务对象标识不能为空。", MsgCode.NO_FORM)
        form = self._books.forms.find(form_id)
        if form is None or (form.form_id == RULE_FORM and self._switches.no_rule_form):
            raise Refused(f"标识为“{form_id}”的业务对象不存在，或者被删除。", MsgCode.EXCEPTION)
        return form

    def _run(self, sql: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        """Evaluate, read-only and for a limited time: what a client sends is never trusted."""
        connection = self._books.connection
        steps = iter(range(MAX_STEPS))
        connection.set_authorizer(self._may)
        connection.set_progress_handler(lambda: next(steps, None) is None, STEP_SIZE)
        try:
            return connection.execute(sql, values).fetchall()
        finally:
            connection.set_progress_handler(None, 0)
            connection.set_authorizer(None)

    def _may(
        self, action: int, first: str | None, second: str | None, _database: str | None, _by: str | None
    ) -> int:
        """What a query may touch: this data centre's own tables, and a few harmless functions."""
        allowed = action == sqlite3.SQLITE_SELECT
        allowed |= action == sqlite3.SQLITE_READ and str(first).startswith(f"{self._books.prefix}_")
        allowed |= action == sqlite3.SQLITE_FUNCTION and second in _FUNCTIONS
        return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY


def _window(query: Query, switches: Switches) -> tuple[int, int]:
    """Offset and row count: TopRowCount caps the whole window, not the page (protocol 3.1)."""
    start = 0 if switches.ignore_start_row else query.start
    wanted = 0 if switches.ignore_limit else query.limit
    limit = min(wanted or switches.query_limit, switches.query_limit)
    if query.top:
        limit = max(min(limit, query.top - query.start), 0)
    if switches.short_pages:
        limit = min(limit, switches.short_pages)
    return start, limit


def shown(value: object, kind: Kind, *, as_text: bool = False) -> object:
    """A value as a query shows it."""
    if value is None:
        return None
    if kind is Kind.NUMBER and isinstance(value, int):
        return float(value)
    if as_text and kind in (Kind.KEY, Kind.INTEGER, Kind.BASE):
        return str(value)
    return value
