"""Searching the journal: any source or target number in all runs, and runs by when, where, who and what.

Numbers are found by how they begin or end, through an index each way; never by reading every bill.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from kdgui.domain.bill_numbers import identity
from kdgui.domain.verdicts import Row, RunInfo, Verdict
from kdgui.store.journal import queries
from kdgui.store.journal.rows import read_header, stamp

MOST_HITS = 200
"""Rows that one search gives at most: more are read by nobody."""
_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Which runs are wanted; what is empty does not matter.

    Attributes:
        since, until: when the run began (aware); `until` itself is out.
        server, data_centre_id: the books.
        user: who pushed, as signed in.
        verdicts: at least one row carries one of these. alarmed: or an alarm.
    """

    since: datetime | None = None
    until: datetime | None = None
    server: str = ""
    data_centre_id: str = ""
    user: str = ""
    rule_id: str = ""
    verdicts: tuple[Verdict, ...] = ()
    alarmed: bool = False


@dataclass(frozen=True, slots=True)
class NumberHit:
    """One row of any run that holds a number, and its run."""

    row: Row
    run: RunInfo


@dataclass(frozen=True, slots=True)
class NumberHits:
    """What a search for a number found, newest runs first.

    Attributes:
        exact: these rows hold the very number, else one that begins or ends with the text.
        more: there are further rows than these `MOST_HITS`.
    """

    found: tuple[NumberHit, ...] = ()
    exact: bool = False
    more: bool = False


@dataclass(frozen=True, slots=True)
class RunDataCentre:
    """A data centre that runs were made in."""

    server: str
    data_centre_id: str
    name: str


@dataclass(frozen=True, slots=True)
class RunChoices:
    """What runs can be filtered by; the last used first."""

    books: tuple[RunDataCentre, ...] = ()
    users: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunPage:
    """Some of the runs that are wanted, the newest first, and how many are wanted in all."""

    runs: tuple[RunInfo, ...] = ()
    total: int = 0


def find_number(connection: sqlite3.Connection, text: str) -> NumberHits:
    """The rows of all runs whose source or target number is this, or else begins or ends with it."""
    key = identity(text)
    if not key:
        return NumberHits()
    places = connection.execute(
        "SELECT run_id, position FROM row_numbers WHERE key = ? ORDER BY run_id DESC LIMIT ?",
        (key, MOST_HITS + 1),
    ).fetchall()
    exact = bool(places)
    if not exact:
        for column, wanted in (("key", key), ("backwards", key[::-1])):
            places += connection.execute(
                f"SELECT run_id, position FROM row_numbers WHERE {column} >= ? AND {column} < ?"
                f" ORDER BY {column} LIMIT ?",
                (wanted, wanted + _LAST, MOST_HITS + 1),
            ).fetchall()
    wanted_rows = list(dict.fromkeys((place["run_id"], place["position"]) for place in places))
    found = _found(connection, wanted_rows[:MOST_HITS])
    return NumberHits(found, exact, len(wanted_rows) > MOST_HITS)


def _found(connection: sqlite3.Connection, places: Iterable[tuple[str, int]]) -> tuple[NumberHit, ...]:
    rows = [row for place in places if (row := queries.row(connection, *place)) is not None]
    runs = {info.run_id: info for info in queries.runs_of(connection, {row.run_id for row in rows})}
    found = [NumberHit(row, runs[row.run_id]) for row in rows]
    return tuple(sorted(found, key=lambda hit: (hit.run.started_at, -hit.row.position), reverse=True))


def find_runs(connection: sqlite3.Connection, wanted: RunFilter, limit: int, before: str | None) -> RunPage:
    """At most `limit` of the wanted runs, those before run `before` where one is named."""
    where, values = _where(wanted)
    (total,) = connection.execute(f"SELECT count(*) FROM runs WHERE {where}", values).fetchone()
    places = connection.execute(
        f"SELECT run_id FROM runs WHERE {where}"
        " AND (:before IS NULL OR id < (SELECT id FROM runs WHERE run_id = :before))"
        " ORDER BY id DESC LIMIT :limit",
        {**values, "before": before, "limit": limit},
    )
    return RunPage(queries.runs_of(connection, [run_id for (run_id,) in places]), total)


def _where(wanted: RunFilter) -> tuple[str, dict[str, object]]:
    values: dict[str, object] = {
        "since": stamp(wanted.since) if wanted.since else None,
        "until": stamp(wanted.until) if wanted.until else None,
        "server": wanted.server or None,
        "data_centre_id": wanted.data_centre_id or None,
        "user": wanted.user or None,
        "rule_id": wanted.rule_id or None,
    }
    parts = ["1"]
    parts += ["started_at >= :since"] if wanted.since else []
    parts += ["started_at < :until"] if wanted.until else []
    parts += [f"{name} = :{name}" for name in ("server", "data_centre_id", "user", "rule_id") if values[name]]
    rows = [f"verdict = :verdict{place}" for place in range(len(wanted.verdicts))]
    values |= {f"verdict{place}": verdict.value for place, verdict in enumerate(wanted.verdicts)}
    rows += ["alarm = 1"] if wanted.alarmed else []
    if rows:
        parts.append(f"EXISTS (SELECT 1 FROM rows WHERE rows.run_id = runs.run_id AND ({' OR '.join(rows)}))")
    return " AND ".join(parts), {name: value for name, value in values.items() if value is not None}


def choices(connection: sqlite3.Connection) -> RunChoices:
    """What there is to filter by."""
    records = connection.execute(
        "SELECT server, data_centre_id, user, rule_id, max(id) AS newest, header FROM runs"
        " GROUP BY server, data_centre_id, user, rule_id ORDER BY newest DESC"
    ).fetchall()
    books: dict[tuple[str, str], RunDataCentre] = {}
    users: dict[str, str] = {}
    rules: dict[str, str] = {}
    for record in records:
        server, centre = record["server"], record["data_centre_id"]
        key = (server.casefold(), centre.casefold())
        if key not in books:
            name = read_header(record["header"]).data_centre_name
            books[key] = RunDataCentre(server, centre, name or centre)
        users.setdefault(record["user"].casefold(), record["user"])
        rules.setdefault(record["rule_id"].casefold(), record["rule_id"])
    return RunChoices(
        tuple(books.values()),
        tuple(user for user in users.values() if user),
        tuple(rule for rule in rules.values() if rule),
    )
