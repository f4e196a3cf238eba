"""The books of one data centre: bills, lines and link rows in SQLite tables, one table per entity."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from kdgui.practice.database import Database
from kdgui.practice.forms import LINK_COLUMNS, SQL_TYPES, Entry, FormBook, FormSpec

FIRST_BILL_ID = 100_001
FIRST_ENTRY_ID = 300_001
LINK_TYPES = {"FSBillId": "INTEGER", "FSId": "INTEGER"}
HIDDEN = {"x_role": "TEXT", "x_twin": "INTEGER NOT NULL DEFAULT 0", "x_pushed": "INTEGER NOT NULL DEFAULT 0"}
"""Columns no query can ask for: what the bill is an example of, whether it is the second of two
organisations' equal numbers, whether a push made it."""


def number_sql(form: FormSpec, alias: str = "", *, lowered: bool) -> str:
    """SQL of the number of a bill; `lowered` writes the second of two equal numbers in small letters."""
    dot = f"{alias}." if alias else ""
    plain = f'{dot}"{form.number_key}"'
    return f"(CASE WHEN {dot}x_twin THEN lower({plain}) ELSE {plain} END)" if lowered else plain


@dataclass(slots=True)
class Link:
    """One link row: which source line a target line came from, and how much of it."""

    rule_id: str
    table: str
    bill_id: int
    entry_id: int
    quantity: float


@dataclass(slots=True)
class Line:
    """One line of an entity; `id` 0 until it is stored."""

    values: dict[str, object]
    links: list[Link] = field(default_factory=list)
    id: int = 0
    seq: int = 0

    def number(self, key: str) -> float:
        """A quantity or amount, 0.0 where empty."""
        value = self.values.get(key)
        return float(value) if isinstance(value, int | float) else 0.0


@dataclass(slots=True)
class Bill:
    """One bill or base-data record; `id` 0 until it is stored. `lines` by entity key."""

    form: FormSpec
    values: dict[str, object]
    lines: dict[str, list[Line]] = field(default_factory=dict)
    id: int = 0
    role: str = ""
    twin: bool = False
    pushed: bool = False

    @property
    def number(self) -> str:
        """FBillNo, or FNumber of base data; "" for a draft."""
        return str(self.values.get(self.form.number_key) or "")

    @property
    def status(self) -> str:
        """FDocumentStatus."""
        return str(self.values.get("FDocumentStatus") or "")

    @property
    def partner_id(self) -> int:
        """Id of the supplier or customer, 0 for none."""
        value = self.values.get(self.form.partner)
        return value if isinstance(value, int) else 0

    @property
    def organisation_id(self) -> int:
        """Id of the organisation it belongs to, 0 for none."""
        value = self.values.get(self.form.organisation)
        return value if isinstance(value, int) else 0

    def source_lines(self, entry: str = "") -> list[Line]:
        """The lines that a push consumes: those of the entity that its rule names, "" for the first one."""
        return self.lines.get(self.form.source_entry(entry).key, [])

    def all_lines(self) -> list[Line]:
        """The lines of every entity."""
        return [line for lines in self.lines.values() for line in lines]


class Books:
    """Reads and writes bills. Every method wants the vault's lock held by the caller (a transaction does).

    Attributes:
        prefix: what this data centre's table names begin with.
        made_at: when each bill was stored since the server started, by its id (monotonic seconds).
    """

    def __init__(self, vault: Database, forms: FormBook, prefix: str) -> None:
        self.vault = vault
        self.forms = forms
        self.prefix = prefix
        self.made_at: dict[int, float] = {}

    @property
    def connection(self) -> sqlite3.Connection:
        """The vault's connection."""
        return self.vault.connection

    # tables

    def head_table(self, form: FormSpec) -> str:
        """Name of the table with the heads of this form."""
        return f"{self.prefix}_{form.form_id}"

    def entry_table(self, form: FormSpec, entry: Entry) -> str:
        """Name of the table with the lines of this entity."""
        return f"{self.prefix}_{form.form_id}_{entry.key}"

    def link_table(self, form: FormSpec, entry: Entry) -> str:
        """Name of the table with the link rows of this entity."""
        return f"{self.prefix}_{form.form_id}_{entry.key}_LK"

    @property
    def exist(self) -> bool:
        """Whether these books were written before."""
        return self.vault.has_table(f"{self.prefix}_sequences")

    def create(self) -> None:
        """Make all tables, empty."""
        self.connection.execute(
            f'CREATE TABLE "{self.prefix}_sequences" (name TEXT PRIMARY KEY, value INTEGER)'
        )
        self.connection.execute(f'CREATE TABLE "{self.prefix}_facts" (name TEXT PRIMARY KEY, value TEXT)')
        for form in self.forms.used():
            hidden = [f"{name} {kind}" for name, kind in HIDDEN.items()]
            columns = [f'"{item.key}" {SQL_TYPES[item.kind]}' for item in form.fields]
            self._table(self.head_table(form), ["id INTEGER PRIMARY KEY", *hidden, *columns])
            self._index(self.head_table(form), form.number_key)
            for entry in form.entries:
                self._create_entry(form, entry)

    def complete(self) -> None:
        """Make the tables and columns that books written by an earlier version of this server lack."""
        for form in self.forms.used():
            self._complete_head(form)
            for entry in form.entries:
                if not self.vault.has_table(self.entry_table(form, entry)):
                    self._create_entry(form, entry)

    def _complete_head(self, form: FormSpec) -> None:
        table = self.head_table(form)
        known = {row[1] for row in self.connection.execute(f'PRAGMA table_info("{table}")')}
        for item in form.fields:
            if item.key not in known:
                self.connection.execute(
                    f'ALTER TABLE "{table}" ADD COLUMN "{item.key}" {SQL_TYPES[item.kind]}'
                )

    def _create_entry(self, form: FormSpec, entry: Entry) -> None:
        keys = ["id INTEGER PRIMARY KEY", "bill_id INTEGER NOT NULL", "seq INTEGER NOT NULL"]
        columns = [f'"{item.key}" {SQL_TYPES[item.kind]}' for item in entry.fields]
        table = self.entry_table(form, entry)
        self._table(table, [*keys, *columns])
        self._index(table, "bill_id")
        if entry.linked:
            links = [f"{name} {LINK_TYPES.get(name, 'TEXT')}" for name in LINK_COLUMNS]
            table = self.link_table(form, entry)
            self._table(
                table, ["line_id INTEGER NOT NULL", "bill_id INTEGER NOT NULL", "quantity REAL", *links]
            )
            for column in ("line_id", "FSBillId", "FSId"):
                self._index(table, column)

    def _table(self, name: str, columns: Sequence[str]) -> None:
        self.connection.execute(f'CREATE TABLE "{name}" ({", ".join(columns)})')

    def _index(self, table: str, column: str) -> None:
        self.connection.execute(f'CREATE INDEX "{table}_{column}" ON "{table}" ("{column}")')

    # ids and numbers

    def next_value(self, name: str, first: int) -> int:
        """The next number of a sequence."""
        table = f"{self.prefix}_sequences"
        row = self.connection.execute(f'SELECT value FROM "{table}" WHERE name = ?', (name,)).fetchone()
        value = first if row is None else int(row[0]) + 1
        self.connection.execute(f'INSERT OR REPLACE INTO "{table}" VALUES (?, ?)', (name, value))
        return value

    def next_number(self, form: FormSpec) -> str:
        """The next bill number of this form."""
        return f"{form.prefix}{self.next_value(form.form_id, 1):06d}"

    def skip_numbers(self, form: FormSpec, first: int) -> None:
        """Let the bill numbers of this form begin at `first`."""
        self.connection.execute(
            f'INSERT INTO "{self.prefix}_sequences" VALUES (?, ?)', (form.form_id, first - 1)
        )

    def set_fact(self, name: str, value: str) -> None:
        """Write down something about these books as a whole."""
        self.connection.execute(f'INSERT OR REPLACE INTO "{self.prefix}_facts" VALUES (?, ?)', (name, value))

    def fact(self, name: str) -> str:
        """What `set_fact` wrote, or ""."""
        row = self.connection.execute(
            f'SELECT value FROM "{self.prefix}_facts" WHERE name = ?', (name,)
        ).fetchone()
        return "" if row is None else str(row[0])

    # writing

    def add(self, bill: Bill) -> Bill:
        """Store a bill with its lines and links; ids are given here to what has none yet."""
        bill.id = bill.id or self.next_value("bill", FIRST_BILL_ID)
        self.made_at[bill.id] = time.monotonic()
        row = {
            "id": bill.id,
            "x_role": bill.role,
            "x_twin": bill.twin,
            "x_pushed": bill.pushed,
            **bill.values,
        }
        self._insert(self.head_table(bill.form), row)
        for entry in bill.form.entries:
            for seq, line in enumerate(bill.lines.get(entry.key, ()), start=1):
                self._add_line(bill, entry, line, seq)
        return bill

    def _add_line(self, bill: Bill, entry: Entry, line: Line, seq: int) -> None:
        line.id, line.seq = line.id or self.next_value("entry", FIRST_ENTRY_ID), seq
        table = self.entry_table(bill.form, entry)
        self._insert(table, {"id": line.id, "bill_id": bill.id, "seq": seq, **line.values})
        for link in line.links:
            row = {
                "line_id": line.id, "bill_id": bill.id, "quantity": link.quantity, "FFlowId": "",
                "FFlowLineId": "0", "FRuleId": link.rule_id, "FSTableName": link.table,
                "FSBillId": link.bill_id, "FSId": link.entry_id,
            }  # fmt: skip
            self._insert(self.link_table(bill.form, entry), row)

    def _insert(self, table: str, row: dict[str, object]) -> None:
        columns = ", ".join(f'"{name}"' for name in row)
        marks = ", ".join("?" * len(row))
        self.connection.execute(f'INSERT INTO "{table}" ({columns}) VALUES ({marks})', tuple(row.values()))

    def set_head(self, bill: Bill, **values: object) -> None:
        """Change head fields of a stored bill."""
        bill.values.update(values)
        changes = ", ".join(f'"{key}" = ?' for key in values)
        self.connection.execute(
            f'UPDATE "{self.head_table(bill.form)}" SET {changes} WHERE id = ?', (*values.values(), bill.id)
        )

    def add_to_line(self, form: FormSpec, entry: Entry, line_id: int, key: str, amount: float) -> None:
        """Let a quantity on a line grow (or shrink)."""
        self.connection.execute(
            f'UPDATE "{self.entry_table(form, entry)}" SET "{key}" = COALESCE("{key}", 0) + ? WHERE id = ?',
            (amount, line_id),
        )

    def delete(self, bill: Bill) -> None:
        """Remove a bill with its lines and links."""
        self.connection.execute(f'DELETE FROM "{self.head_table(bill.form)}" WHERE id = ?', (bill.id,))
        for entry in bill.form.entries:
            tables = [self.entry_table(bill.form, entry)]
            tables += [self.link_table(bill.form, entry)] if entry.linked else []
            for table in tables:
                self.connection.execute(f'DELETE FROM "{table}" WHERE bill_id = ?', (bill.id,))

    # reading

    def bills(self, form: FormSpec, ids: Iterable[int]) -> list[Bill]:
        """The bills with these ids that exist, in the order given, each once."""
        found = (self.bill(form, bill_id) for bill_id in dict.fromkeys(ids))
        return [bill for bill in found if bill is not None]

    def bill(self, form: FormSpec, bill_id: int) -> Bill | None:
        """The bill with this id, its lines and links, or None."""
        if not form.used:
            return None
        row = self._rows(f'SELECT * FROM "{self.head_table(form)}" WHERE id = ?', bill_id)
        if not row:
            return None
        values = row[0]
        return Bill(
            form,
            {item.key: values[item.key] for item in form.fields},
            {entry.key: self._lines(form, entry, bill_id) for entry in form.entries},
            bill_id,
            str(values["x_role"] or ""),
            bool(values["x_twin"]),
            bool(values["x_pushed"]),
        )

    def _lines(self, form: FormSpec, entry: Entry, bill_id: int) -> list[Line]:
        table = self.entry_table(form, entry)
        rows = self._rows(f'SELECT * FROM "{table}" WHERE bill_id = ? ORDER BY seq', bill_id)
        links = self._links(form, entry, bill_id) if entry.linked else {}
        keys = [item.key for item in entry.fields]
        return [
            Line({key: row[key] for key in keys}, links.get(row["id"], []), row["id"], row["seq"])
            for row in rows
        ]

    def _links(self, form: FormSpec, entry: Entry, bill_id: int) -> dict[int, list[Link]]:
        table = self.link_table(form, entry)
        found: dict[int, list[Link]] = {}
        for row in self._rows(f'SELECT * FROM "{table}" WHERE bill_id = ? ORDER BY rowid', bill_id):
            link = Link(row["FRuleId"], row["FSTableName"], row["FSBillId"], row["FSId"], row["quantity"])
            found.setdefault(row["line_id"], []).append(link)
        return found

    def _rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        cursor = self.connection.cursor()
        cursor.row_factory = sqlite3.Row
        return cursor.execute(sql, values).fetchall()

    def ids_by_number(
        self, form: FormSpec, number: str, *, blind: bool, twins: bool, lowered: bool = False
    ) -> list[int]:
        """Ids of the bills with this number: several where two organisations use it (`twins`).

        `blind` compares without case, width and trailing blanks, as some databases do; with `lowered` the
        second of two equal numbers is written in small letters.
        """
        if not form.used:
            return []
        collate = "COLLATE KD" if blind else ""
        rows = self.connection.execute(
            f'SELECT id FROM "{self.head_table(form)}"'
            f" WHERE {number_sql(form, lowered=lowered)} = ? {collate} AND x_twin <= ? ORDER BY id",
            (number, twins),
        )
        return [row[0] for row in rows]

    def bill_of_line(self, form: FormSpec, entry: Entry, line_id: int) -> int | None:
        """Id of the bill that this line of the entity belongs to, or None."""
        table = self.entry_table(form, entry)
        row = self.connection.execute(f'SELECT bill_id FROM "{table}" WHERE id = ?', (line_id,)).fetchone()
        return None if row is None else int(row[0])

    def targets_of(self, bill: Bill) -> list[Bill]:
        """Every bill that carries a link to this one, drafts too."""
        tables = [entry.table for entry in bill.form.entries]
        marks = ", ".join("?" * len(tables))
        found = []
        for form in self.forms.used():
            for entry in form.entries:
                if entry.linked:
                    sql = f'SELECT DISTINCT bill_id FROM "{self.link_table(form, entry)}"'
                    where = f"WHERE FSBillId = ? AND FSTableName IN ({marks})"
                    rows = self._rows(f"{sql} {where}", bill.id, *tables)
                    found += self.bills(form, (row[0] for row in rows))
        return found

    def entry_of_table(self, table: str) -> tuple[FormSpec, Entry] | None:
        """The entity that has this database table, and its form."""
        entries = ((form, entry) for form in self.forms.used() for entry in form.entries)
        return next(((form, entry) for form, entry in entries if entry.table == table), None)

    def find_base(self, form_id: str, number: str) -> Bill | None:
        """The base-data record with this number, or None."""
        form = self.forms.get(form_id)
        ids = self.ids_by_number(form, number, blind=False, twins=False)
        return self.bill(form, ids[0]) if ids else None

    def examples(self) -> dict[str, dict[str, list[str]]]:
        """Bill numbers by form and by what they were made an example of; twins are named once."""
        found: dict[str, dict[str, list[str]]] = {}
        for form in self.forms.used():
            if form.is_bill:
                sql = f'SELECT x_role, "FBillNo" FROM "{self.head_table(form)}"'
                where = "WHERE x_role <> '' AND x_twin = 0 ORDER BY id"
                for role, number in self.connection.execute(f"{sql} {where}"):
                    found.setdefault(form.form_id, {}).setdefault(role, []).append(number)
        return found
