"""ExecuteBillQuery and BillQuery (fact sheet 3.1): field keys to SQL, one row per line where lines are asked."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from kdgui.practice.answers import MsgCode, Refused
from kdgui.practice.books import Books
from kdgui.practice.company_forms import RULE_COLUMNS, RULE_FORM
from kdgui.practice.filters import BadFilter, Column, read_filter, read_order
from kdgui.practice.forms import LINK_COLUMNS, Entry, Field, FormSpec, Kind
from kdgui.practice.rules import RuleBook
from kdgui.practice.switches import Switches

HEAD_ENTITY = "fbillhead"
MAX_STEPS = 50
STEP_SIZE = 1_000_000
_LINK_KINDS = {"FSBillId": Kind.INTEGER, "FSId": Kind.INTEGER}
_READING = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION})


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

    def rows(self, query: Query, organisation_id: int = 0) -> list[list[object]]:
        """The answer; raises Refused as real servers do (samples error_*)."""
        form = self.form(query.form_id)
        if not query.keys:
            raise Refused("data数据包中的参数FieldKeys的值不能为空。", MsgCode.BAD_PARAMETER)
        if query.start and not query.order.strip():
            raise Refused("分页取数需要排序条件或者单据有设置主键", MsgCode.EXCEPTION)
        window = _window(query, self._switches)
        select = Select(form, self._books, self._rules, self._switches)
        try:
            sql, values = select.build(query, organisation_id)
            rows = self._run(f"{sql} LIMIT {window[1]} OFFSET {window[0]}", values)
        except (BadFilter, sqlite3.Error) as error:
            message = f"GetRealExpress error:{query.filter}，{type(error).__name__}"
            raise Refused(message, MsgCode.EXCEPTION) from error
        as_text = self._switches.ids_as_text
        return [[shown(value, kind, as_text=as_text) for value, kind in zip(row, select.kinds, strict=True)]
                for row in rows]  # fmt: skip

    def form(self, form_id: str) -> FormSpec:
        """The form with this id, refused where there is none."""
        if not form_id:
            raise Refused("业务对象标识不能为空。", MsgCode.NO_FORM)
        form = self._books.forms.find(form_id)
        if form is None or (form.form_id == RULE_FORM and self._switches.no_rule_form):
            raise Refused(f"标识为“{form_id}”的业务对象不存在，或者被删除。", MsgCode.EXCEPTION)
        return form

    def _run(self, sql: str, values: tuple[object, ...]) -> list[tuple[object, ...]]:
        """Evaluate, read-only and for a limited time: what a client sends is never trusted."""
        connection = self._books.connection
        steps = iter(range(MAX_STEPS))
        connection.set_authorizer(
            lambda action, *_: sqlite3.SQLITE_OK if action in _READING else sqlite3.SQLITE_DENY
        )
        connection.set_progress_handler(lambda: next(steps, None) is None, STEP_SIZE)
        try:
            return connection.execute(sql, values).fetchall()
        finally:
            connection.set_progress_handler(None, 0)
            connection.set_authorizer(None)


def _window(query: Query, switches: Switches) -> tuple[int, int]:
    """Offset and row count: TopRowCount caps the whole window, not the page (fact sheet 3.1)."""
    start = 0 if switches.ignore_start_row else query.start
    limit = min(query.limit or switches.query_limit, switches.query_limit)
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


class Select:
    """Builds one SELECT; remembers which entities it needs to join.

    Attributes:
        kinds: what each column of the answer holds.
    """

    def __init__(self, form: FormSpec, books: Books, rules: RuleBook, switches: Switches) -> None:
        self._form = form
        self._books = books
        self._rules = rules
        self._switches = switches
        self._entries: dict[str, str] = {}
        self._links: dict[str, str] = {}
        self.kinds: list[Kind] = []

    def build(self, query: Query, organisation_id: int) -> tuple[str, tuple[object, ...]]:
        """SQL without LIMIT, and its values."""
        columns = [self.column(key) for key in query.keys]
        self.kinds = [column.kind for column in columns]
        condition = read_filter(query.filter, self._filter_column)
        order = read_order(query.order, self.column)
        where, values = self._visible(organisation_id)
        if condition is not None:
            where.append(f"({condition.sql})")
            values += condition.values
        sql = f"SELECT {', '.join(column.sql for column in columns)} FROM {self._tables()}"
        if where:
            sql += f" WHERE {' AND '.join(where)}"
        return f"{sql} ORDER BY {order or self._natural_order()}", tuple(values)

    def _natural_order(self) -> str:
        return ", ".join(["h.id", *(f"{alias}.seq" for alias in self._entries.values())])

    def _visible(self, organisation_id: int) -> tuple[list[str], list[object]]:
        """What this reader may see at all."""
        where, values = [], list[object]()
        if self._form.is_bill:
            if not self._switches.two_orgs:
                where.append("h.x_twin = 0")
            if self._switches.blind_reader:
                where.append("h.x_pushed = 0")
            if self._switches.by_organisation and organisation_id:
                where.append(f'h."{self._form.organisation}" = ?')
                values.append(organisation_id)
        blind = {name.strip().casefold() for name in self._switches.blind_forms.split(",")}
        if self._form.form_id.casefold() in blind:
            where.append("0")
        return where, values

    def _tables(self) -> str:
        sql = f'"{self._books.head_table(self._form)}" h'
        for key, alias in self._entries.items():
            entry = self._entry(key)
            sql += (
                f' LEFT JOIN "{self._books.entry_table(self._form, entry)}" {alias} ON {alias}.bill_id = h.id'
            )
        for key, alias in self._links.items():
            on = "bill_id = h.id"
            if not self._switches.links_at_head:
                on = f"line_id = {self._entries[key]}.id"
            table = self._books.link_table(self._form, self._entry(key))
            sql += f' LEFT JOIN "{table}" {alias} ON {alias}.{on}'
        return sql

    def _entry(self, key: str) -> Entry:
        return next(entry for entry in self._form.entries if entry.key == key)

    # columns

    def _filter_column(self, key: str) -> Column:
        if self._switches.link_not_filterable and "_link_" in key.lower():
            raise BadFilter(key)
        return self.column(key)

    def column(self, key: str) -> Column:
        """The column with this key, or Refused with MsgCode 9."""
        name, _, property_name = key.partition(".")
        found = self._head(name, property_name) or self._line(name, property_name)
        if found is None and not property_name:
            found = self._technical(name)
        if found is None:
            raise Refused(f"元数据中标识为{name}的字段不存在", MsgCode.NO_FIELD)
        return found

    def _head(self, name: str, property_name: str) -> Column | None:
        if name.casefold() == self._form.key.casefold() and not property_name:
            return Column("h.id", Kind.KEY)
        field = self._form.field(name)
        hidden = self._form.form_id == RULE_FORM and not self._switches.rule_columns
        if field is None or (hidden and field.key.casefold() in RULE_COLUMNS):
            return None
        return self._field("h", field, property_name)

    def _line(self, name: str, property_name: str) -> Column | None:
        for entry in self._form.entries:
            field = entry.field(name)
            if field is not None:
                return self._field(self._join(entry), field, property_name)
        return None

    def _join(self, entry: Entry) -> str:
        return self._entries.setdefault(entry.key, f"e{len(self._entries)}")

    def _field(self, alias: str, field: Field, property_name: str) -> Column | None:
        sql = f'{alias}."{field.key}"'
        if not property_name:
            return Column(sql, field.kind, self._collate(field.kind))
        if field.kind is not Kind.BASE:
            return None
        base = self._books.forms.get(field.base)
        wanted = base.field(property_name)
        if wanted is None:
            return None
        table = self._books.head_table(base)
        sub = f'(SELECT b."{wanted.key}" FROM "{table}" b WHERE b.id = {sql})'
        return Column(sub, wanted.kind, self._collate(wanted.kind))

    def _collate(self, kind: Kind) -> str:
        return " COLLATE KD" if self._switches.case_blind and kind in (Kind.TEXT, Kind.STATUS) else ""

    def _technical(self, name: str) -> Column | None:
        """`<Entry>_FEntryID`, `<Entry>_FSeq` and the link columns."""
        entry_key, _, rest = name.partition("_")
        lowered = rest.lower()
        if lowered.startswith("link_"):
            return self._link(entry_key, lowered.removeprefix("link_"))
        entry = self._form.entry(entry_key)
        if entry is None or lowered not in ("fentryid", "fseq"):
            return None
        alias = self._join(entry)
        return (
            Column(f"{alias}.id", Kind.KEY) if lowered == "fentryid" else Column(f"{alias}.seq", Kind.INTEGER)
        )

    def _link(self, entry_key: str, wanted: str) -> Column | None:
        """A link column; with links_at_head those of the entries are there and stay empty."""
        if self._switches.no_links or not self._form.entries:
            return None
        at_head = entry_key.lower() == HEAD_ENTITY
        entry = self._form.link_entry if at_head else self._form.entry(entry_key)
        name = next((column for column in LINK_COLUMNS if column.lower() == wanted), None)
        if entry is None or name is None or not entry.linked:
            return None
        kind = _LINK_KINDS.get(name, Kind.TEXT)
        if at_head != self._switches.links_at_head:
            return None if at_head else Column("NULL", kind)
        if not at_head:
            self._join(entry)
        alias = self._links.setdefault(entry.key, "k")
        return Column(self._link_value(alias, name), kind, self._collate(kind))

    def _link_value(self, alias: str, name: str) -> str:
        if name != "FRuleId" or not self._switches.rule_id_rewritten:
            return f"{alias}.{name}"
        cases = " ".join(
            f"WHEN '{rule.rule_id}' THEN '{rule.link_rule_id or 'base-' + rule.rule_id}'"
            for rule in self._rules.all()
            if "'" not in rule.rule_id
        )
        return f"(CASE {alias}.FRuleId {cases} ELSE {alias}.FRuleId END)"
