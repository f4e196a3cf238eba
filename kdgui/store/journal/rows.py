"""How rows, orders and requests are written into the journal's tables and read from them."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec

from kdgui.domain.bills import TargetBill
from kdgui.domain.chains import Chain
from kdgui.domain.endings import Ending, EndingKind
from kdgui.domain.errors import RecordMissing
from kdgui.domain.orders import RunOrder
from kdgui.domain.verdicts import Row, RunInfo, Verdict
from kdgui.store.journal.number_index import index_rows
from kdgui.store.journal.records import Intent, OpenRequest, RunHeader

_row_decoder = msgspec.json.Decoder(Row)
_encoder = msgspec.json.Encoder()


def now() -> str:
    """The present moment as the journal writes it."""
    return stamp(datetime.now(UTC))


def stamp(moment: datetime) -> str:
    """UTC, always with microseconds: sorts as text."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def to_json(value: object) -> str:
    """JSON text of a domain object."""
    return _encoder.encode(value).decode()


def read_row(body: str) -> Row:
    """A row from its JSON; keys that this program does not know are ignored."""
    return _row_decoder.decode(body)


def read_header(text: str) -> RunHeader:
    """A header from its JSON."""
    return msgspec.json.decode(text, type=RunHeader)


def read_order(text: str) -> RunOrder:
    """An order from its JSON."""
    return msgspec.json.decode(text, type=RunOrder)


def read_intent(text: str) -> Intent:
    """An intent from its JSON."""
    return msgspec.json.decode(text, type=Intent)


def read_chain(text: str) -> Chain:
    """A chain from its JSON."""
    return msgspec.json.decode(text, type=Chain)


def insert_rows(connection: sqlite3.Connection, rows: Sequence[Row]) -> None:
    """Add the rows of a new run."""
    connection.executemany(
        "INSERT INTO rows (number, bill_id, verdict, alarm, presumed_at, body, run_id, position)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (_columns(row) for row in rows),
    )
    index_rows(connection, rows)


def update_rows(connection: sqlite3.Connection, rows: Sequence[Row], event: str) -> tuple[Row, ...]:
    """Store the new state of rows that are there already, and a line of the audit trail for each.

    The rows as they stand now: what the clerk settled by hand meanwhile gives way to a find only.

    Raises RecordMissing for a row that is not there.
    """
    rows = tuple(beside_hand(_by_hand(connection, row), row) for row in rows)
    # A row presumed again keeps the moment when it was presumed first: the 24 hours are counted from there.
    changed = connection.executemany(
        "UPDATE rows SET number = ?, bill_id = ?, verdict = ?, alarm = ?,"
        " presumed_at = CASE WHEN ?5 IS NULL THEN NULL ELSE coalesce(presumed_at, ?5) END,"
        " body = ? WHERE run_id = ? AND position = ?",
        [_columns(row) for row in rows],
    ).rowcount
    if rows and changed != len(rows):
        raise RecordMissing(f"{len(rows)} rows to store, {changed} of them known to the journal", "")
    index_rows(connection, (row for row in rows if row.targets))
    at = now()
    connection.executemany(
        "INSERT INTO events (at, run_id, position, what, data) VALUES (?, ?, ?, ?, ?)",
        [(at, row.run_id, row.position, event or row.verdict.value, _trail(row)) for row in rows],
    )
    return rows


def beside_hand(by_hand: Row | None, row: Row) -> Row:
    """What holds when the program comes with `row` and the clerk has settled it `by_hand` before.

    Silence, or a no, does not outdo what she saw. Bills that the server shows do; the alarm says where that
    is not what she found.
    """
    if by_hand is None or row.by_hand:
        return row
    if row.verdict not in (Verdict.PUSHED, Verdict.DRAFTED):
        return by_hand
    said = tuple(note for note in by_hand.notes if note.code == "by_hand")
    notes = tuple(dict.fromkeys((*said, *row.notes)))
    return replace(row, notes=notes, alarm=row.alarm or row.verdict is not by_hand.verdict)


def _by_hand(connection: sqlite3.Connection, row: Row) -> Row | None:
    """The row as the clerk has settled it, or None where she has not."""
    found = connection.execute(
        """SELECT body FROM rows WHERE run_id = ? AND position = ? AND body LIKE '%"by_hand":true%'""",
        (row.run_id, row.position),
    ).fetchone()
    if found is None:
        return None
    stored = read_row(found["body"])
    return stored if stored.by_hand else None


def add_event(connection: sqlite3.Connection, run_id: str, what: str, data: object = "") -> None:
    """A line of the audit trail about a run as a whole."""
    connection.execute(
        "INSERT INTO events (at, run_id, what, data) VALUES (?, ?, ?, ?)",
        (now(), run_id, what, to_json(data) if data else ""),
    )


def _columns(row: Row) -> tuple[object, ...]:
    presumed_at = (stamp(row.asked_at) if row.asked_at else now()) if row.watched else None
    return (
        row.number,
        row.bill_id,
        row.verdict.value,
        int(row.alarm),
        presumed_at,
        to_json(row),
        row.run_id,
        row.position,
    )


def _trail(row: Row) -> str:
    """What a later reader of the audit trail needs, and no more: the whole row is in its table."""
    facts: dict[str, object] = {"verdict": row.verdict.value}
    flags = [name for name in ("presumed", "alarm", "partial", "by_hand") if getattr(row, name)]
    parts: dict[str, object] = {
        "is": flags,
        "targets": [_short(target) for target in row.targets],
        "reasons": row.reasons,
        "notes": row.notes,
    }
    facts.update((name, value) for name, value in parts.items() if value)
    return to_json(facts)


def _short(target: TargetBill) -> str:
    return f"{target.form_id} {target.id} {target.number} {target.status or ''}".rstrip()


def read_run(record: sqlite3.Row, counts: Counter[Verdict], alarms: int) -> RunInfo:
    """A run from its record and the counts of its rows."""
    header = read_header(record["header"])
    ended = record["ended_at"]
    return RunInfo(
        run_id=record["run_id"],
        started_at=datetime.fromisoformat(record["started_at"]),
        ended_at=datetime.fromisoformat(ended) if ended else None,
        server=header.server,
        data_centre_id=header.data_centre_id,
        data_centre_name=header.data_centre_name,
        user=header.user,
        organisation=header.organisation,
        form_id=record["form_id"],
        rule_id=record["rule_id"],
        target_form=record["target_form"],
        counts=tuple((verdict, counts[verdict]) for verdict in Verdict if counts[verdict]),
        alarms=alarms,
    )


def read_request(record: sqlite3.Row, rows: tuple[Row, ...]) -> OpenRequest:
    """An open request from its record (joined with its run) and its rows."""
    return OpenRequest(
        request_id=record["request_id"],
        run_id=record["run_id"],
        intent=read_intent(record["intent"]),
        rows=rows,
        intended_at=datetime.fromisoformat(record["intended_at"]),
        sent_at=_sent_at(record),
        ending_kind=EndingKind(record["kind"]) if record["kind"] else None,
        cause=record["cause"],
        seconds=record["seconds"],
        header=read_header(record["header"]),
        options=read_order(record["orders"]).options,
        ending=msgspec.json.decode(record["ending"], type=Ending) if record["ending"] else None,
    )


def _sent_at(record: sqlite3.Row) -> datetime | None:
    if not record["ended_at"] or record["kind"] == EndingKind.NOTHING_SENT:
        return None
    return datetime.fromisoformat(record["ended_at"]) - timedelta(seconds=record["seconds"])
