"""Publication: the runs and rows of this data folder for the others to see, and the end of its claims.

What is written here has stood in the journal before; writing it twice changes nothing. One program of a data
folder publishes at a time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Table, and_, bindparam, delete, insert, select, update

from kdgui.domain.bill_numbers import identity
from kdgui.domain.verdicts import Row, RunInfo, Verdict
from kdgui.store.ledger.claims import clean
from kdgui.store.ledger.ledger import Ledger, clock
from kdgui.store.ledger.tables import CLAIMS, NUMBERS, ROWS, RUNS, EpochMs

_HELD = (Verdict.SENDING, Verdict.UNSETTLED)
_CHUNK = 400


@dataclass(frozen=True, slots=True)
class PublishedRun:
    """A run as it stands: the program that made it, the computer, and its header as JSON text."""

    instance: str
    info: RunInfo
    pc: str
    header: str


@dataclass(frozen=True, slots=True)
class PublishedRow:
    """A row as it stands, the program that made it, and the key of its bill ("" where it has none yet)."""

    instance: str
    row: Row
    bill_key: str


class Publication:
    """What this data folder tells the others. Raises LedgerTrouble; then nothing of that call was kept."""

    def __init__(self, ledger: Ledger, home: str) -> None:
        self._ledger = ledger
        self._home = home

    def publish(self, runs: Sequence[PublishedRun], rows: Sequence[PublishedRow], now: datetime) -> None:
        """Write these runs and rows as they stand; `now` is this computer's clock, to be compared."""

        def work(connection: Connection) -> None:
            ahead = clock(connection) - round(now.timestamp() * 1000)
            _put_runs(connection, [self._run(run, ahead) for run in runs])
            for start in range(0, len(rows), _CHUNK):
                _put_rows(connection, rows[start : start + _CHUNK])
            _settle_claims(connection, rows)

        self._ledger.database.transaction(work)

    def _run(self, run: PublishedRun, ahead: int) -> dict[str, Any]:
        info = run.info
        counts = {verdict.value: number for verdict, number in info.counts}
        return {
            "instance": run.instance,
            "run_id": info.run_id,
            "home": self._home,
            "started_at": _milliseconds(info.started_at, ahead),
            "ended_at": _milliseconds(info.ended_at, ahead) if info.ended_at else None,
            "server": clean(info.server, 300),
            "centre": clean(info.data_centre_id.casefold(), 100),
            "user_name": clean(info.user, 100),
            "user_key": clean(info.user.casefold(), 100),
            "pc": clean(run.pc, 100),
            "form_id": clean(info.form_id, 100),
            "rule_id": clean(info.rule_id, 200),
            "target_form": clean(info.target_form, 100),
            "alarms": info.alarms,
            "counts": msgspec.json.encode(counts).decode(),
            "header": run.header,
        }


def _milliseconds(at: datetime, ahead: int) -> int:
    return round(at.timestamp() * 1000) + ahead


def _put_runs(connection: Connection, values: Sequence[dict[str, Any]]) -> None:
    for one in values:
        is_it = and_(RUNS.c.instance == one["instance"], RUNS.c.run_id == one["run_id"])
        there = connection.execute(select(RUNS.c.started_at).where(is_it)).scalar()
        if there is None:
            connection.execute(insert(RUNS).values(**one))
        else:  # when it began was told once, by the clocks of that moment
            connection.execute(update(RUNS).where(is_it).values({**one, "started_at": there}))


def _put_rows(connection: Connection, rows: Sequence[PublishedRow]) -> None:
    there = _places(connection, ROWS, rows)
    values = [
        {
            **_owner(item),
            "bill_id": clean(item.row.bill_id, 100),
            "verdict": item.row.verdict.value,
            "alarm": int(item.row.alarm),
            "body": msgspec.json.encode(item.row).decode(),
        }
        for item in rows
    ]
    new = [one for one in values if (one["instance"], one["run_id"], one["place"]) not in there]
    known = [one for one in values if (one["instance"], one["run_id"], one["place"]) in there]
    if new:
        connection.execute(insert(ROWS), new)
    if known:
        names = ("bill_id", "verdict", "alarm", "body")
        statement = update(ROWS).where(_is_row(ROWS)).values({name: bindparam(name) for name in names})
        connection.execute(statement, [_bound(one) for one in known])
    _put_numbers(connection, rows, there)


def _put_numbers(
    connection: Connection, rows: Sequence[PublishedRow], there: set[tuple[str, str, int]]
) -> None:
    """Make these rows findable by source and target numbers."""
    changed = [item for item in rows if _key(item) not in there or item.row.targets]
    known = [item for item in changed if _key(item) in there]
    if known:
        connection.execute(delete(NUMBERS).where(_is_row(NUMBERS)), [_bound(_owner(item)) for item in known])
    entries = [
        {**_owner(item), "number_key": key, "backwards": key[::-1]}
        for item in changed
        for key in _number_keys(item.row)
    ]
    if entries:
        connection.execute(insert(NUMBERS), entries)


def _number_keys(row: Row) -> list[str]:
    numbers = (row.number, *(target.number for target in row.targets))
    keys = (clean(identity(number), 100) for number in numbers)
    return list(dict.fromkeys(key for key in keys if key))


def _settle_claims(connection: Connection, rows: Sequence[PublishedRow]) -> None:
    """What became of claimed bills; a queued row holds its bill, if it does, as before."""
    settled = sorted(
        (item for item in rows if item.bill_key and item.row.verdict is not Verdict.QUEUED),
        key=lambda item: item.bill_key,
    )
    if not settled:
        return
    statement = (
        update(CLAIMS)
        .where(CLAIMS.c.bill_key == bindparam("b_bill_key"), _is_row(CLAIMS))
        .values(
            held=bindparam("held"),
            verdict=bindparam("verdict"),
            targets=bindparam("targets"),
            changed_at=EpochMs(),
        )
    )
    connection.execute(
        statement,
        [
            {
                **_bound(_owner(item)),
                "b_bill_key": item.bill_key,
                "held": int(item.row.verdict in _HELD),
                "verdict": item.row.verdict.value,
                "targets": clean("\n".join(t.number or t.id for t in item.row.targets), 400),
            }
            for item in settled
        ],
    )


def _places(connection: Connection, table: Table, rows: Sequence[PublishedRow]) -> set[tuple[str, str, int]]:
    wanted: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for item in rows:
        wanted[item.instance, item.row.run_id].append(item.row.position)
    return {
        (instance, run_id, place)
        for (instance, run_id), places in wanted.items()
        for (place,) in connection.execute(
            select(table.c.place).where(
                table.c.instance == instance, table.c.run_id == run_id, table.c.place.in_(places)
            )
        )
    }


def _key(item: PublishedRow) -> tuple[str, str, int]:
    return item.instance, item.row.run_id, item.row.position


def _owner(item: PublishedRow) -> dict[str, Any]:
    return {"instance": item.instance, "run_id": item.row.run_id, "place": item.row.position}


def _is_row(table: Table) -> ColumnElement[bool]:
    return and_(
        table.c.instance == bindparam("b_instance"),
        table.c.run_id == bindparam("b_run_id"),
        table.c.place == bindparam("b_place"),
    )


def _bound(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with the names of the row's key as `_is_row` knows them."""
    keys = ("instance", "run_id", "place")
    return {f"b_{name}" if name in keys else name: value for name, value in values.items()}
