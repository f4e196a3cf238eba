"""Bills that another PC left in flight, in this journal as unsettled rows of a run, to be asked about."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kdgui.domain.claims import BillKey
from kdgui.domain.verdicts import Reason, Row, Verdict
from kdgui.store.journal.claims import put_claim
from kdgui.store.journal.records import Intent
from kdgui.store.journal.rows import now, to_json, update_rows

_CAUSE = "read_timeout"
"""Its request may be at work still: the longer quiet time holds."""


@dataclass(frozen=True, slots=True)
class AdoptedRequest:
    """One request of another PC: its intent, the places of its rows in the new run, and why they are open."""

    intent: Intent
    places: tuple[int, ...]
    reasons: tuple[Reason, ...]


def write_adopted(
    connection: sqlite3.Connection,
    data_centre_id: str,
    rows: Sequence[Row],
    requests: Sequence[AdoptedRequest],
) -> tuple[Row, ...]:
    """Write these requests down for rows of a new run, and claim their bills; the rows as they stand now."""
    at = now()
    stored: list[Row] = []
    for request in requests:
        intent = request.intent
        (request_id,) = connection.execute(
            "INSERT INTO requests (run_id, rule_id, intent, intended_at, cause) VALUES (?, ?, ?, ?, ?)"
            " RETURNING request_id",
            (rows[0].run_id, intent.rule_id, to_json(intent), at, _CAUSE),
        ).fetchone()
        opened = [
            replace(rows[place], verdict=Verdict.UNSETTLED, bill_id=bill_id, reasons=request.reasons)
            for place, bill_id in zip(request.places, intent.bill_ids, strict=True)
        ]
        connection.executemany(
            "INSERT INTO request_rows (request_id, run_id, position) VALUES (?, ?, ?)",
            [(request_id, row.run_id, row.position) for row in opened],
        )
        stored += update_rows(connection, opened, "taken_over")
        for row in opened:
            key = BillKey(data_centre_id, intent.form_id, row.bill_id, intent.target_form)
            put_claim(connection, key, row.run_id, row.position, at)
    return tuple(stored)
