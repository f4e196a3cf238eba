"""What has changed in the journal since a place in its audit trail, for whoever tells it to others."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from kdgui.domain.claims import BillKey
from kdgui.domain.verdicts import Row, RunInfo
from kdgui.store.journal import queries


@dataclass(frozen=True, slots=True)
class ChangedRun:
    """A run as it stands now: the program that made it ("" for one of before), and its header as JSON."""

    instance: str
    info: RunInfo
    header: str


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """A row as it stands now, the program that made its run, and its bill where that is known."""

    instance: str
    row: Row
    key: BillKey | None


@dataclass(frozen=True, slots=True)
class JournalChanges:
    """What changed up to the place `last` of the audit trail, each run and row once; `more` follows."""

    last: int
    runs: tuple[ChangedRun, ...] = ()
    rows: tuple[ChangedRow, ...] = ()
    more: bool = False


def last_event(connection: sqlite3.Connection) -> int:
    """The end of the audit trail."""
    (last,) = connection.execute("SELECT coalesce(max(id), 0) FROM events").fetchone()
    return int(last)


def changes(connection: sqlite3.Connection, after: int, until: int | None, limit: int) -> JournalChanges:
    """The runs and rows with a line after the place `after`, up to `until`, of at most `limit` lines."""
    events = connection.execute(
        "SELECT id, run_id, position FROM events WHERE id > ?1 AND (?2 IS NULL OR id <= ?2)"
        " ORDER BY id LIMIT ?3",
        (after, until, limit),
    ).fetchall()
    if not events:
        return JournalChanges(after)
    places = dict.fromkeys((run_id, position) for _, run_id, position in events if position is not None)
    runs = {run_id: _run(connection, run_id) for run_id in dict.fromkeys(run_id for _, run_id, _ in events)}
    rows = []
    for run_id, position in places:
        run, row = runs[run_id], queries.row(connection, run_id, position)
        if run is not None and row is not None:
            rows.append(ChangedRow(run.instance, row, key_of(run.info, row)))
    return JournalChanges(
        events[-1]["id"], tuple(run for run in runs.values() if run), tuple(rows), len(events) == limit
    )


def key_of(info: RunInfo, row: Row) -> BillKey | None:
    """What a row claims, where its bill is known."""
    if not row.bill_id:
        return None
    return BillKey(info.data_centre_id, info.form_id, row.bill_id, info.target_form)


def _run(connection: sqlite3.Connection, run_id: str) -> ChangedRun | None:
    info = queries.run(connection, run_id)
    record = connection.execute("SELECT instance, header FROM runs WHERE run_id = ?", (run_id,)).fetchone()
    return ChangedRun(record["instance"], info, record["header"]) if info is not None else None
