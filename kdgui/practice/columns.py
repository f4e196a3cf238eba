"""Field keys as SQL: which column a key means, which tables it needs, what this reader may see."""

from __future__ import annotations

import time
from collections.abc import Sequence

from kdgui.practice.answers import MsgCode, Refused
from kdgui.practice.books import Books, number_sql
from kdgui.practice.company_forms import RULE_COLUMNS, RULE_COLUMNS_ODD, RULE_FORM
from kdgui.practice.conditions import BadFilter, Column
from kdgui.practice.filters import read_filter, read_order
from kdgui.practice.forms import LINK_COLUMNS, Entry, Field, FormSpec, Kind
from kdgui.practice.rules import RuleBook
from kdgui.practice.switches import Switches

HEAD_ENTITY = "fbillhead"
HIDDEN_COLUMNS = ("h.id", 'h."FCreatorId"')
"""Columns behind those of the answer that `Select.build` adds for bills."""
_LINK_KINDS = {"FSBillId": Kind.INTEGER, "FSId": Kind.INTEGER}


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
        self._hidden = len(HIDDEN_COLUMNS) if form.is_bill else 0
        self.kinds: list[Kind] = []

    def build(
        self, keys: Sequence[str], given: object, order: str, organisation_id: int
    ) -> tuple[str, tuple[object, ...]]:
        """SQL without LIMIT, and its values; rows of bills end with HIDDEN_COLUMNS."""
        columns = [self.column(key) for key in keys]
        self.kinds = [column.kind for column in columns]
        condition = read_filter(given, self._filter_column)
        order_by = read_order(order, self.column)
        where, values = self._visible(organisation_id)
        if condition is not None:
            where.append(f"({condition.sql})")
            values += condition.values
        shown = ", ".join([*(column.sql for column in columns), *HIDDEN_COLUMNS[: self._hidden]])
        sql = f"SELECT {shown} FROM {self._tables()}"
        if where:
            sql += f" WHERE {' AND '.join(where)}"
        return f"{sql} ORDER BY {order_by or self._natural_order()}", tuple(values)

    def _natural_order(self) -> str:
        return ", ".join(["h.id", *(f"{alias}.seq" for alias in self._entries.values())])

    def _visible(self, organisation_id: int) -> tuple[list[str], list[object]]:
        """What this reader may see at all."""
        where, values = [], list[object]()
        unseen = self._too_new()
        if unseen:
            where.append(f"h.id NOT IN ({', '.join(map(str, unseen))})")
        if self._form.is_bill:
            if not (self._switches.two_orgs or self._switches.case_twins):
                where.append("h.x_twin = 0")
            if self._switches.blind_reader:
                where.append("h.x_pushed = 0")
            if self._switches.by_organisation and organisation_id:
                where.append(f'h."{self._form.organisation}" = ?')
                values.append(organisation_id)
        if self._switches.is_blind_to(self._form.form_id):
            where.append("0")
        return where, values

    def _too_new(self) -> list[int]:
        """Bills that a read replica does not show yet."""
        since = time.monotonic() - self._switches.read_delay
        made = self._books.made_at.items() if self._switches.read_delay and self._form.is_bill else ()
        return [bill_id for bill_id, at in made if at > since]

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
        if field is None or not shows(self._form, field, self._switches):
            return None
        return self._field("h", field, property_name)

    def _line(self, name: str, property_name: str) -> Column | None:
        for entry in self._form.entries:
            field = entry.field(name)
            if field is not None and shows(self._form, field, self._switches):
                return self._field(self._join(entry), field, property_name)
        return None

    def _join(self, entry: Entry) -> str:
        return self._entries.setdefault(entry.key, f"e{len(self._entries)}")

    def _field(self, alias: str, field: Field, property_name: str) -> Column | None:
        sql = f'{alias}."{field.key}"'
        if alias == "h" and field.key == self._form.number_key and self._form.is_bill:
            sql = number_sql(self._form, "h", lowered=self._switches.case_twins)
        if not property_name:
            return Column(sql, field.kind, self._collate(field.kind))
        if field.kind is Kind.LOT and property_name.casefold() == "fnumber":
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
        return (
            " COLLATE KD" if self._switches.case_blind and kind in (Kind.TEXT, Kind.STATUS, Kind.LOT) else ""
        )

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
        if name == "FSTableName" and self._switches.link_table_other:
            return f"({alias}.{name} || '_R')"
        if name == "FRuleId" and self._switches.link_rule_padded:
            return f"(' ' || {alias}.FRuleId || ' ')"
        if name != "FRuleId" or not self._switches.rule_id_rewritten:
            return f"{alias}.{name}"
        cases = " ".join(
            f"WHEN '{rule.rule_id}' THEN '{rule.link_rule_id or 'base-' + rule.rule_id}'"
            for rule in self._rules.all()
            if "'" not in rule.rule_id
        )
        return f"(CASE {alias}.FRuleId {cases} ELSE {alias}.FRuleId END)"


def shows(form: FormSpec, field: Field, switches: Switches) -> bool:
    """Whether this server has the field: the further columns of BOS_ConvertRule hang on a switch."""
    key = field.key.casefold()
    if form.form_id != RULE_FORM:
        return not (switches.hides(key) or (switches.no_quantities and field.kind is Kind.NUMBER))
    if key in RULE_COLUMNS_ODD:
        return switches.rule_keys_odd
    if key in ("fsourceformid", "ftargetformid") and switches.rule_keys_odd:
        return False
    return switches.rule_columns or key not in RULE_COLUMNS
