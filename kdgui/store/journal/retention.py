"""Retention: the server's raw answers leave the journal after so many days; verdicts and reasons stay."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from datetime import datetime

from kdgui.store.journal.rows import stamp

EVENT = "answers_dropped"
"""The line of the audit trail: how many answers of the run went, and up to when."""


def drop_answers(connection: sqlite3.Connection, before: datetime) -> int:
    """Empty the raw answers and request bodies that ended before this moment; how many, each run with a line.

    Only of requests that are closed: whatever is still asked about keeps its answer as evidence.
    """
    moment = stamp(before)
    counts: dict[str, int] = {}
    for table, key in (("requests", "request_id"), ("steps", "step_id")):
        found = connection.execute(
            f"SELECT {key} AS id, run_id FROM {table} WHERE closed_at IS NOT NULL AND ended_at < ?"
            " AND json_extract(ending, '$.raw') <> ''",
            (moment,),
        ).fetchall()
        for _, run_id in found:
            counts[run_id] = counts.get(run_id, 0) + 1
        _empty(connection, table, key, (row_id for row_id, _ in found))
    connection.executemany(
        "INSERT INTO events (at, run_id, what, data) VALUES (?, ?, ?, ?)",
        [
            (stamp(datetime.now(before.tzinfo)), run_id, EVENT, json.dumps({"count": n, "before": moment}))
            for run_id, n in counts.items()
        ],
    )
    return sum(counts.values())


def _empty(connection: sqlite3.Connection, table: str, key: str, ids: Iterable[int]) -> None:
    body = ", intent = json_set(intent, '$.body', '')" if table == "requests" else ""
    connection.executemany(
        f"UPDATE {table} SET ending = json_set(ending, '$.raw', ''){body} WHERE {key} = ?",
        [(row_id,) for row_id in ids],
    )
