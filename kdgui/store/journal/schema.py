"""The journal's tables, one function per step; `user_version` counts the steps that a file has seen."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from kdgui.domain.claims import BillKey
from kdgui.store.journal.number_index import index_everything

_FIRST = (
    """CREATE TABLE runs (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        run_id TEXT NOT NULL UNIQUE,
        started_at TEXT NOT NULL,
        ended_at TEXT,
        how TEXT NOT NULL DEFAULT '',
        server TEXT NOT NULL COLLATE NOCASE,
        data_centre_id TEXT NOT NULL COLLATE NOCASE,
        form_id TEXT NOT NULL COLLATE NOCASE,
        rule_id TEXT NOT NULL COLLATE NOCASE,
        target_form TEXT NOT NULL COLLATE NOCASE,
        header TEXT NOT NULL,
        orders TEXT NOT NULL
    )""",
    # `body` is the whole row as JSON; the columns beside it repeat what is searched for.
    """CREATE TABLE rows (
        run_id TEXT NOT NULL REFERENCES runs (run_id),
        position INTEGER NOT NULL,
        number TEXT NOT NULL,
        bill_id TEXT NOT NULL,
        verdict TEXT NOT NULL,
        alarm INTEGER NOT NULL,
        presumed_at TEXT,
        body TEXT NOT NULL,
        PRIMARY KEY (run_id, position)
    )""",
    "CREATE INDEX rows_by_bill ON rows (bill_id) WHERE bill_id <> ''",
    "CREATE INDEX rows_by_verdict ON rows (run_id, verdict, alarm)",
    "CREATE INDEX rows_open ON rows (run_id, position) WHERE verdict IN ('sending', 'unsettled')",
    "CREATE INDEX rows_presumed ON rows (presumed_at) WHERE presumed_at IS NOT NULL",
    """CREATE TABLE requests (
        request_id INTEGER PRIMARY KEY AUTOINCREMENT,
        run_id TEXT NOT NULL REFERENCES runs (run_id),
        rule_id TEXT NOT NULL COLLATE NOCASE,
        intent TEXT NOT NULL,
        intended_at TEXT NOT NULL,
        ended_at TEXT,
        kind TEXT,
        cause TEXT NOT NULL DEFAULT '',
        seconds REAL NOT NULL DEFAULT 0,
        ending TEXT,
        closed_at TEXT
    )""",
    """CREATE INDEX requests_without_ending ON requests (request_id)
        WHERE ended_at IS NULL AND closed_at IS NULL""",
    "CREATE INDEX requests_slowest ON requests (rule_id, seconds) WHERE kind = 'answered'",
    """CREATE TABLE request_rows (
        request_id INTEGER NOT NULL REFERENCES requests (request_id),
        position INTEGER NOT NULL,
        run_id TEXT NOT NULL,
        PRIMARY KEY (request_id, position)
    ) WITHOUT ROWID""",
    "CREATE INDEX request_rows_by_row ON request_rows (run_id, position)",
    """CREATE TABLE events (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at TEXT NOT NULL,
        run_id TEXT NOT NULL,
        position INTEGER,
        what TEXT NOT NULL,
        data TEXT NOT NULL DEFAULT ''
    )""",
    "CREATE INDEX events_by_row ON events (run_id, position)",
    """CREATE TABLE memory (
        kind TEXT NOT NULL,
        key TEXT NOT NULL,
        value TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (kind, key)
    ) WITHOUT ROWID""",
)


def _runs_rows_requests_events_memory(connection: sqlite3.Connection) -> None:
    for statement in _FIRST:
        connection.execute(statement)


def _answers_not_read_back(connection: sqlite3.Connection) -> None:
    connection.execute(
        "CREATE INDEX requests_not_read_back ON requests (request_id)"
        " WHERE kind = 'answered' AND closed_at IS NULL"
    )


_THIRD = (
    # One line for each number of a row, its source's and its targets'; `backwards` is the key from its end.
    """CREATE TABLE row_numbers (
        key TEXT NOT NULL,
        run_id TEXT NOT NULL,
        position INTEGER NOT NULL,
        backwards TEXT NOT NULL,
        PRIMARY KEY (key, run_id, position)
    ) WITHOUT ROWID""",
    "CREATE INDEX row_numbers_backwards ON row_numbers (backwards)",
    "ALTER TABLE runs ADD COLUMN user TEXT NOT NULL DEFAULT '' COLLATE NOCASE",
    "CREATE INDEX runs_by_books ON runs (server, data_centre_id, user, rule_id)",
)


def _numbers_and_users_to_search_for(connection: sqlite3.Connection) -> None:
    for statement in _THIRD:
        connection.execute(statement)
    index_everything(connection)


_FOURTH = (
    # What is to follow in a run for every target, the ones found later too; done_at: nothing can turn up.
    """CREATE TABLE wishes (
        run_id TEXT PRIMARY KEY REFERENCES runs (run_id),
        wanted TEXT NOT NULL,
        done_at TEXT
    ) WITHOUT ROWID""",
    """CREATE TABLE chains (
        run_id TEXT NOT NULL REFERENCES runs (run_id),
        form_id TEXT NOT NULL,
        target_id TEXT NOT NULL,
        position INTEGER NOT NULL,
        state TEXT NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (run_id, form_id, target_id)
    ) WITHOUT ROWID""",
    "CREATE INDEX chains_open ON chains (run_id) WHERE state NOT IN ('done', 'closed')",
    # Every request of submit, audit, unaudit, cancel, delete; intended_at is written before its first byte.
    """CREATE TABLE steps (
        step_id INTEGER PRIMARY KEY AUTOINCREMENT,
        run_id TEXT NOT NULL REFERENCES runs (run_id),
        position INTEGER NOT NULL,
        form_id TEXT NOT NULL,
        target_id TEXT NOT NULL,
        number TEXT NOT NULL,
        operation TEXT NOT NULL,
        user TEXT NOT NULL,
        intended_at TEXT NOT NULL,
        ended_at TEXT,
        ending TEXT,
        closed_at TEXT,
        outcome TEXT NOT NULL DEFAULT ''
    )""",
    "CREATE INDEX steps_of_run ON steps (run_id)",
    "CREATE INDEX steps_open ON steps (run_id) WHERE closed_at IS NULL",
)


def _chains_and_steps(connection: sqlite3.Connection) -> None:
    for statement in _FOURTH:
        connection.execute(statement)


_FIFTH = (
    # Which program made a run; another id at every start of a program, "" for runs of before.
    "ALTER TABLE runs ADD COLUMN instance TEXT NOT NULL DEFAULT ''",
    """CREATE TABLE run_workers (
        run_id TEXT PRIMARY KEY REFERENCES runs (run_id),
        instance TEXT NOT NULL
    ) WITHOUT ROWID""",
    # The row that took a bill last; `generation` counts how often it was taken.
    """CREATE TABLE claims (
        key TEXT PRIMARY KEY,
        generation INTEGER NOT NULL,
        run_id TEXT NOT NULL REFERENCES runs (run_id),
        position INTEGER NOT NULL,
        taken_at TEXT NOT NULL
    ) WITHOUT ROWID""",
)


def _claims_of_several_programs(connection: sqlite3.Connection) -> None:
    for statement in _FIFTH:
        connection.execute(statement)
    opened = connection.execute(
        "SELECT rows.run_id, position, bill_id, data_centre_id, form_id, target_form, started_at"
        " FROM rows JOIN runs USING (run_id)"
        " WHERE verdict IN ('sending', 'unsettled') AND bill_id <> '' ORDER BY runs.id, position"
    ).fetchall()
    for run_id, position, bill_id, centre, form_id, target_form, at in opened:
        key = BillKey(centre, form_id, bill_id, target_form).text
        connection.execute(
            "INSERT OR REPLACE INTO claims (key, generation, run_id, position, taken_at)"
            " VALUES (?, 1, ?, ?, ?)",
            (key, run_id, position, at),
        )


STEPS: tuple[Callable[[sqlite3.Connection], None], ...] = (
    _runs_rows_requests_events_memory,
    _answers_not_read_back,
    _numbers_and_users_to_search_for,
    _chains_and_steps,
    _claims_of_several_programs,
)
"""Never change a step that was shipped; add one."""

VERSION = len(STEPS)


def version_of(connection: sqlite3.Connection) -> int:
    """How many steps this file has been through; 0 for a new one."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the file up to `VERSION`; to be called inside one transaction: it happens whole or not at all."""
    for number, step in enumerate(STEPS, start=1):
        if number > version_of(connection):
            step(connection)
            connection.execute(f"PRAGMA user_version = {number}")
