"""The questions that are put to the journal's tables; each takes a connection inside a transaction."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice

from kdgui.domain.endings import EndingKind
from kdgui.domain.verdicts import Row, RunInfo, Verdict
from kdgui.store.journal.records import LastRequest, OpenRequest
from kdgui.store.journal.rows import read_request, read_row, read_run, stamp

PRESUMED_FOR = timedelta(hours=24)
"""How long a bill presumed failed is asked about (design section 4)."""

CHUNK = 500
"""Ids in one question; SQLite takes 999 at least, whatever it was built with."""

# Not `orders`: it holds every number of the run, and a list of runs needs none.
_RUN = "run_id, started_at, ended_at, form_id, rule_id, target_form, header"
_OPEN = (Verdict.SENDING, Verdict.UNSETTLED)
_COMMITTED = (Verdict.PUSHED, Verdict.DRAFTED, *_OPEN)


def chunks(values: Iterable[str]) -> Iterator[list[str]]:
    """`values` in lists of at most `CHUNK`."""
    rest = iter(values)
    while part := list(islice(rest, CHUNK)):
        yield part


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def runs(connection: sqlite3.Connection, limit: int, before: str | None) -> tuple[RunInfo, ...]:
    """The newest runs first, those started before run `before` where one is named."""
    records = connection.execute(
        f"SELECT {_RUN} FROM runs WHERE ?1 IS NULL OR id < (SELECT id FROM runs WHERE run_id = ?1)"
        " ORDER BY id DESC LIMIT ?2",
        (before, limit),
    ).fetchall()
    return _counted(connection, records)


def runs_of(connection: sqlite3.Connection, run_ids: Iterable[str]) -> tuple[RunInfo, ...]:
    """The runs with these ids, the newest first; unknown ids are left out."""
    records: list[sqlite3.Row] = []
    for part in chunks(run_ids):
        found = connection.execute(f"SELECT id, {_RUN} FROM runs WHERE run_id IN ({_marks(part)})", part)
        records += found.fetchall()
    return _counted(connection, sorted(records, key=lambda record: -record["id"]))


def _counted(connection: sqlite3.Connection, records: Sequence[sqlite3.Row]) -> tuple[RunInfo, ...]:
    counts, alarms = _counts(connection, [record["run_id"] for record in records])
    return tuple(read_run(record, counts[record["run_id"]], alarms[record["run_id"]]) for record in records)


def run(connection: sqlite3.Connection, run_id: str) -> RunInfo | None:
    """One run, or None."""
    record = connection.execute(f"SELECT {_RUN} FROM runs WHERE run_id = ?", (run_id,)).fetchone()
    if record is None:
        return None
    counts, alarms = _counts(connection, [run_id])
    return read_run(record, counts[run_id], alarms[run_id])


def _counts(
    connection: sqlite3.Connection, run_ids: Sequence[str]
) -> tuple[defaultdict[str, Counter[Verdict]], Counter[str]]:
    counts: defaultdict[str, Counter[Verdict]] = defaultdict(Counter)
    alarms: Counter[str] = Counter()
    for part in chunks(run_ids):
        for run_id, verdict, alarm, number in connection.execute(
            "SELECT run_id, verdict, alarm, count(*) FROM rows"
            f" WHERE run_id IN ({_marks(part)}) GROUP BY run_id, verdict, alarm",
            part,
        ):
            counts[run_id][Verdict(verdict)] += number
            alarms[run_id] += number if alarm else 0
    return counts, alarms


def rows(connection: sqlite3.Connection, run_id: str) -> tuple[Row, ...]:
    """A run's rows as they stand, by position."""
    found = connection.execute("SELECT body FROM rows WHERE run_id = ? ORDER BY position", (run_id,))
    return tuple(read_row(body) for (body,) in found)


def row(connection: sqlite3.Connection, run_id: str, position: int) -> Row | None:
    """One row as it stands, or None."""
    found = connection.execute(
        "SELECT body FROM rows WHERE run_id = ? AND position = ?", (run_id, position)
    ).fetchone()
    return read_row(found["body"]) if found else None


def earlier(
    connection: sqlite3.Connection, push: tuple[str, str, str, str], bill_ids: Iterable[str]
) -> dict[str, tuple[Row, ...]]:
    """Rows by FID that may stand for a target bill, oldest first.

    `push` is data centre id, form, rule and target form. A bill is its data centre's, under whatever address:
    what is open counts for every rule, the rest for that rule or another one to that target form.
    """
    found: defaultdict[str, list[Row]] = defaultdict(list)
    wanted = dict.fromkeys(bill_id for bill_id in bill_ids if bill_id)
    for part in chunks(wanted):
        records = connection.execute(
            "SELECT rows.bill_id, rows.body FROM rows CROSS JOIN runs USING (run_id)"
            f" WHERE rows.bill_id <> '' AND rows.bill_id IN ({_marks(part)})"
            f" AND (rows.verdict IN ({_marks(_COMMITTED)}) OR rows.presumed_at IS NOT NULL)"
            " AND runs.data_centre_id = ? AND runs.form_id = ?"
            " AND (rows.verdict IN ('sending', 'unsettled') OR runs.rule_id = ? OR runs.target_form = ?)"
            " ORDER BY runs.id, rows.position",
            (*part, *_COMMITTED, *push),
        )
        for bill_id, body in records:
            found[bill_id].append(read_row(body))
    return {bill_id: tuple(found[bill_id]) for bill_id in wanted if bill_id in found}


def last_refused(
    connection: sqlite3.Connection, data_centre_id: str, form_id: str, bill_ids: Iterable[str]
) -> dict[str, LastRequest]:
    """By FID: the newest request that carried the bill and seems to have made nothing of it."""
    found: dict[str, LastRequest] = {}
    for part in chunks(dict.fromkeys(bill_id for bill_id in bill_ids if bill_id)):
        records = connection.execute(
            "SELECT rows.bill_id, requests.ended_at, requests.kind, requests.cause, requests.rule_id"
            " FROM rows CROSS JOIN request_rows USING (run_id, position)"
            " CROSS JOIN requests USING (request_id) CROSS JOIN runs ON runs.run_id = rows.run_id"
            f" WHERE rows.bill_id <> '' AND rows.bill_id IN ({_marks(part)})"
            " AND rows.verdict NOT IN ('pushed', 'drafted')"
            " AND requests.ended_at IS NOT NULL AND requests.kind <> 'nothing_sent'"
            " AND runs.data_centre_id = ? AND runs.form_id = ?"
            " ORDER BY requests.request_id",
            (*part, data_centre_id, form_id),
        )
        for bill_id, ended_at, kind, cause, rule_id in records:
            found[bill_id] = LastRequest(datetime.fromisoformat(ended_at), EndingKind(kind), cause, rule_id)
    return found


# CROSS JOIN keeps SQLite from reading all requests there ever were: it takes the few candidates first.
_OPEN_REQUESTS = """
    WITH candidates (request_id) AS (
        SELECT request_id FROM requests WHERE ended_at IS NULL AND closed_at IS NULL
        UNION
        SELECT request_id
        FROM requests JOIN request_rows USING (request_id)
             JOIN rows ON rows.run_id = request_rows.run_id AND rows.position = request_rows.position
        WHERE kind = 'answered' AND closed_at IS NULL AND presumed_at IS NULL
          AND verdict IN ('pushed', 'drafted', 'failed')
        UNION
        SELECT request_id FROM rows JOIN request_rows USING (run_id, position)
        WHERE rows.verdict IN ('sending', 'unsettled')
        UNION
        SELECT request_id FROM rows JOIN request_rows USING (run_id, position)
        WHERE rows.presumed_at IS NOT NULL AND rows.presumed_at >= ?1
    )
    SELECT requests.*, runs.header, runs.orders
    FROM candidates CROSS JOIN requests USING (request_id) JOIN runs USING (run_id)
    WHERE requests.closed_at IS NULL
      AND (?2 IS NULL OR runs.server = ?2) AND (?3 IS NULL OR runs.data_centre_id = ?3)
    ORDER BY request_id
"""


def open_requests(
    connection: sqlite3.Connection, server: str | None, data_centre_id: str | None
) -> tuple[OpenRequest, ...]:
    """Requests not closed: without ending, or not read back, or with rows open or presumed in 24 hours."""
    since = stamp(datetime.now(UTC) - PRESUMED_FOR)
    records = connection.execute(_OPEN_REQUESTS, (since, server, data_centre_id)).fetchall()
    found = (read_request(record, _rows_of(connection, record["request_id"])) for record in records)
    return tuple(request for request in found if not all(row.by_hand for row in request.rows))


def requests_of(connection: sqlite3.Connection, run_id: str, position: int) -> tuple[OpenRequest, ...]:
    """Every request that carried this row, oldest first."""
    records = connection.execute(
        "SELECT requests.*, runs.header, runs.orders FROM request_rows JOIN requests USING (request_id)"
        " JOIN runs ON runs.run_id = requests.run_id"
        " WHERE request_rows.run_id = ? AND request_rows.position = ? ORDER BY request_id",
        (run_id, position),
    ).fetchall()
    return tuple(read_request(record, _rows_of(connection, record["request_id"])) for record in records)


def _rows_of(connection: sqlite3.Connection, request_id: int) -> tuple[Row, ...]:
    records = connection.execute(
        "SELECT rows.body FROM request_rows JOIN rows USING (run_id, position)"
        " WHERE request_rows.request_id = ? ORDER BY position",
        (request_id,),
    )
    return tuple(read_row(body) for (body,) in records)


def slowest(connection: sqlite3.Connection, rule_id: str) -> float:
    """The longest answered push under this rule, in seconds; 0.0 where there was none."""
    (seconds,) = connection.execute(
        "SELECT max(seconds) FROM requests WHERE kind = 'answered' AND rule_id = ?", (rule_id,)
    ).fetchone()
    return float(seconds or 0.0)
