"""Saving what can still be read of a damaged journal: no bill that was unsettled in it may be forgotten."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import msgspec

from kdgui.domain.verdicts import Reason, Row, Verdict
from kdgui.store.journal.number_index import index_everything
from kdgui.store.journal.rows import insert_rows, read_chain, read_header, read_intent, read_order, read_row
from kdgui.store.journal.schema import VERSION, version_of

log = logging.getLogger(__name__)

_TABLES: Mapping[str, str] = {
    "runs": "id",
    "requests": "request_id",
    "request_rows": "request_id, position",
    "rows": "rowid",
    "events": "id",
    "memory": "kind, key",
    "wishes": "run_id",
    "chains": "run_id, form_id, target_id",
    "steps": "step_id",
    "claims": "key",
}
"""Every table and the order of its pages; a table comes after those that it refers to."""

_REFERENCES = {
    "requests": ("runs", "run_id"),
    "rows": ("runs", "run_id"),
    "request_rows": ("requests", "request_id"),
    "wishes": ("runs", "run_id"),
    "chains": ("runs", "run_id"),
    "steps": ("runs", "run_id"),
    "claims": ("runs", "run_id"),
}

_TEXTS: Mapping[str, Mapping[str, Callable[[str], object]]] = {
    "runs": {"header": read_header, "orders": read_order},
    "requests": {"intent": read_intent},
    "rows": {"body": read_row},
    "chains": {"body": read_chain},
}
"""The columns that hold JSON, and what reads them."""


def check_texts(connection: sqlite3.Connection) -> None:
    """Read every stored text: SQLite has no checksums and does not see damage inside one.

    Raises msgspec.DecodeError or sqlite3.OperationalError at the first one that is damaged.
    """
    there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for table in there.intersection(_TEXTS):  # an older journal lacks some
        readers = _TEXTS[table]
        for record in connection.execute(f"SELECT * FROM {table}"):
            for column, read in readers.items():
                read(record[column])


def rescue(damaged: Path, connection: sqlite3.Connection) -> int:
    """Copy what can be read into a new journal, in a transaction of the caller's; how many rows of bills.

    Rows that are lost are made anew from the run's order: `unsettled` where a request may have carried them,
    so that the server is asked, else `not_sent`. SQLite may change the damaged file: give it a copy.
    Raises sqlite3.Error for trouble with the new journal only.
    """
    old = _open_damaged(damaged)
    if old is None:
        return 0
    try:
        copied = {table: _copy(old, connection, table) for table in _TABLES}
    finally:
        old.close()
    index_everything(connection)
    lost = _make_lost_rows(connection)
    log.warning("rescued from the damaged journal: %s; rows lost: %d", copied, lost)
    return copied["rows"]


def _open_damaged(path: Path) -> sqlite3.Connection | None:
    """The damaged file; None where SQLite cannot make anything of it."""
    old = sqlite3.connect(path, isolation_level=None)
    old.row_factory = sqlite3.Row
    try:
        if version_of(old) <= VERSION:  # an older one lacks tables that are empty then
            return old
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        log.warning("nothing can be rescued: %s", error)
    old.close()
    return None


def _copy(old: sqlite3.Connection, new: sqlite3.Connection, table: str) -> int:
    copied = 0
    known = {record["name"] for record in new.execute(f"PRAGMA table_info({table})")}
    for record in _readable(old, table):
        if not known.issuperset(record.keys()):  # the schema is damaged, and what a column holds with it
            return copied
        if _sound(record, table) and _belongs(new, record, table):
            columns, marks = ", ".join(record.keys()), ", ".join("?" * len(record))
            statement = f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({marks})"
            copied += new.execute(statement, tuple(record)).rowcount
    return copied


def _readable(old: sqlite3.Connection, table: str) -> Iterator[sqlite3.Row]:
    """The records before the first damaged page, then those after the last one."""
    for direction in ("ASC", "DESC"):
        keys = ", ".join(f"{key} {direction}" for key in _TABLES[table].split(", "))
        try:
            records = old.execute(f"SELECT * FROM {table} ORDER BY {keys}")
            while (record := records.fetchone()) is not None:
                yield record
        except (sqlite3.DatabaseError, UnicodeDecodeError):
            continue
        return


def _sound(record: sqlite3.Row, table: str) -> bool:
    try:
        for column, read in _TEXTS.get(table, {}).items():
            read(record[column])
    except (msgspec.DecodeError, UnicodeDecodeError, TypeError, LookupError):
        return False
    return True


def _belongs(new: sqlite3.Connection, record: sqlite3.Row, table: str) -> bool:
    """Whether what the record refers to was rescued too."""
    if table not in _REFERENCES:
        return True
    other, key = _REFERENCES[table]
    return new.execute(f"SELECT 1 FROM {other} WHERE {key} = ?", (record[key],)).fetchone() is not None


def _make_lost_rows(new: sqlite3.Connection) -> int:
    """Write a row for every number of every order that has none any more; how many."""
    lost: list[Row] = []
    for run in new.execute("SELECT run_id, orders FROM runs").fetchall():
        run_id, numbers = run["run_id"], read_order(run["orders"]).numbers
        there = {
            position for (position,) in new.execute("SELECT position FROM rows WHERE run_id = ?", (run_id,))
        }
        missing = [position for position in range(len(numbers)) if position not in there]
        lost += [_lost_row(new, run_id, position, numbers[position]) for position in missing]
    insert_rows(new, lost)
    return len(lost)


def _lost_row(new: sqlite3.Connection, run_id: str, position: int, number: str) -> Row:
    reasons = (Reason("record_lost"),)
    request = new.execute(
        "SELECT intent FROM requests JOIN request_rows USING (request_id)"
        " WHERE request_rows.run_id = ? AND position = ? ORDER BY request_id DESC",
        (run_id, position),
    ).fetchone()
    if request is None:
        return Row(run_id, position, number, Verdict.NOT_SENT, reasons=reasons)
    bill_ids = read_intent(request["intent"]).bill_ids
    bill_id = bill_ids[0] if len(bill_ids) == 1 else ""
    return Row(run_id, position, number, Verdict.UNSETTLED, bill_id=bill_id, reasons=reasons)
