"""History of the team: runs and rows of other PCs, found by when, where, who, what, and by number.

Read only. A run of another PC goes by "run@program", which no run of one's own journal does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, RowMapping, Select, func, or_, select

from kdgui.domain.bill_numbers import identity
from kdgui.domain.verdicts import Row, RunInfo, Verdict
from kdgui.store.journal.rows import read_header
from kdgui.store.journal.search import (
    MOST_HITS,
    NumberHit,
    NumberHits,
    RunChoices,
    RunDataCentre,
    RunFilter,
    RunPage,
)
from kdgui.store.ledger.claims import clean
from kdgui.store.ledger.ledger import Ledger, moment
from kdgui.store.ledger.tables import NUMBERS, ROWS, RUNS

_LAST = "\U0010ffff"


def team_run_id(instance: str, run_id: str) -> str:
    """What a run of another PC goes by here."""
    return f"{run_id}@{instance}"


def split_run_id(run_id: str) -> tuple[str, str] | None:
    """Program and run of what `team_run_id` made; None for a run of one's own journal."""
    own, at, instance = run_id.partition("@")
    return (instance, own) if at else None


class TeamHistory:
    """Runs of other data folders. Every method is one transaction of a few reads. Raises LedgerTrouble."""

    def __init__(self, ledger: Ledger, home: str) -> None:
        self._ledger = ledger
        self._home = home

    def find_runs(self, wanted: RunFilter, limit: int, before: RunInfo | None = None) -> RunPage:
        """At most `limit` of the wanted runs, the newest first, those older than `before`; and how many
        there are in all.
        """

        def work(connection: Connection) -> RunPage:
            where = [RUNS.c.home != self._home, *_where(wanted)]
            total = connection.execute(select(func.count()).select_from(RUNS).where(*where)).scalar_one()
            page: Select[Any] = select(RUNS).where(*where)
            if before is not None:
                page = page.where(RUNS.c.started_at < round(before.started_at.timestamp() * 1000))
            page = page.order_by(RUNS.c.started_at.desc(), RUNS.c.run_id.desc()).limit(limit)
            return RunPage(tuple(map(_run, connection.execute(page).mappings())), int(total))

        return self._ledger.database.transaction(work)

    def run(self, run_id: str) -> RunInfo | None:
        """One run by its id here, or None."""
        owner = split_run_id(run_id)
        if owner is None:
            return None

        def work(connection: Connection) -> RunInfo | None:
            found = connection.execute(
                select(RUNS).where(RUNS.c.instance == owner[0], RUNS.c.run_id == owner[1])
            ).mappings()
            record = found.one_or_none()
            return _run(record) if record is not None else None

        return self._ledger.database.transaction(work)

    def rows(self, run_id: str) -> tuple[Row, ...]:
        """The rows of a run that have been worked on, by position."""
        owner = split_run_id(run_id)
        if owner is None:
            return ()

        def work(connection: Connection) -> tuple[Row, ...]:
            found = connection.execute(
                select(ROWS.c.body)
                .where(ROWS.c.instance == owner[0], ROWS.c.run_id == owner[1])
                .order_by(ROWS.c.place)
            )
            return tuple(_row(body, run_id) for (body,) in found)

        return self._ledger.database.transaction(work)

    def find_number(self, text: str) -> NumberHits:
        """The rows whose source or target number is this, or else begins or ends with it."""
        key = clean(identity(text), 100)
        if not key:
            return NumberHits()

        def work(connection: Connection) -> NumberHits:
            found = _hits(connection, [NUMBERS.c.number_key == key], self._home)
            exact = bool(found)
            if not exact:
                found = {}
                for column, part in ((NUMBERS.c.number_key, key), (NUMBERS.c.backwards, key[::-1])):
                    found |= _hits(connection, [column >= part, column < part + _LAST], self._home)
            hits = sorted(found.values(), key=lambda hit: (hit.run.started_at, -hit.row.position))
            return NumberHits(tuple(reversed(hits))[:MOST_HITS], exact, len(hits) > MOST_HITS)

        return self._ledger.database.transaction(work)

    def targets(self, data_centre_id: str, bill_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Ids of the targets that colleagues' runs made of these source bills, by FID."""

        def work(connection: Connection) -> dict[str, tuple[str, ...]]:
            found = connection.execute(
                select(ROWS.c.bill_id, ROWS.c.body)
                .join(RUNS, (RUNS.c.instance == ROWS.c.instance) & (RUNS.c.run_id == ROWS.c.run_id))
                .where(
                    ROWS.c.bill_id.in_(list(bill_ids)),
                    ROWS.c.verdict.in_((Verdict.PUSHED.value, Verdict.DRAFTED.value)),
                    RUNS.c.centre == clean(data_centre_id.casefold(), 100),
                    RUNS.c.home != self._home,
                )
            )
            made: dict[str, tuple[str, ...]] = {}
            for bill_id, body in found:
                ids = (target.id for target in msgspec.json.decode(body, type=Row).targets)
                made[bill_id] = (*made.get(bill_id, ()), *ids)
            return made

        return self._ledger.database.transaction(work) if bill_ids else {}

    def choices(self) -> RunChoices:
        """What there is to filter by; the last used first."""

        def work(connection: Connection) -> RunChoices:
            newest = func.max(RUNS.c.started_at)
            records = connection.execute(
                select(
                    RUNS.c.server, RUNS.c.centre, RUNS.c.user_name, RUNS.c.rule_id, func.max(RUNS.c.header)
                )
                .where(RUNS.c.home != self._home)
                .group_by(RUNS.c.server, RUNS.c.centre, RUNS.c.user_name, RUNS.c.rule_id)
                .order_by(newest.desc())
            ).all()
            books: dict[tuple[str, str], RunDataCentre] = {}
            for server, centre, _, _, header in records:
                known = read_header(header)
                name = known.data_centre_name or known.data_centre_id
                books.setdefault((server, centre), RunDataCentre(server, known.data_centre_id, name))
            return RunChoices(
                tuple(books.values()),
                tuple(dict.fromkeys(record.user_name for record in records if record.user_name)),
                tuple(dict.fromkeys(record.rule_id for record in records if record.rule_id)),
            )

        return self._ledger.database.transaction(work)


def _where(wanted: RunFilter) -> list[ColumnElement[bool]]:
    parts: list[ColumnElement[bool]] = []
    if wanted.since:
        parts.append(RUNS.c.started_at >= round(wanted.since.timestamp() * 1000))
    if wanted.until:
        parts.append(RUNS.c.started_at < round(wanted.until.timestamp() * 1000))
    if wanted.data_centre_id:
        parts.append(RUNS.c.centre == clean(wanted.data_centre_id.casefold(), 100))
    if wanted.user:
        parts.append(RUNS.c.user_key == clean(wanted.user.casefold(), 100))
    if wanted.rule_id:
        parts.append(RUNS.c.rule_id == wanted.rule_id)
    kinds: list[ColumnElement[bool]] = []
    if wanted.verdicts:
        kinds.append(ROWS.c.verdict.in_([verdict.value for verdict in wanted.verdicts]))
    if wanted.alarmed:
        kinds.append(ROWS.c.alarm == 1)
    if kinds:
        of_run = [ROWS.c.instance == RUNS.c.instance, ROWS.c.run_id == RUNS.c.run_id, or_(*kinds)]
        parts.append(select(ROWS.c.place).where(*of_run).exists())
    return parts


def _hits(
    connection: Connection, where: Iterable[ColumnElement[bool]], home: str
) -> dict[tuple[str, str, int], NumberHit]:
    run_columns = [column.label(f"of_run_{column.name}") for column in RUNS.c]
    found = connection.execute(
        select(ROWS.c.instance, ROWS.c.run_id, ROWS.c.place, ROWS.c.body, *run_columns)
        .select_from(NUMBERS)
        .join(
            ROWS,
            (ROWS.c.instance == NUMBERS.c.instance)
            & (ROWS.c.run_id == NUMBERS.c.run_id)
            & (ROWS.c.place == NUMBERS.c.place),
        )
        .join(RUNS, (RUNS.c.instance == NUMBERS.c.instance) & (RUNS.c.run_id == NUMBERS.c.run_id))
        .where(*where, RUNS.c.home != home)
        .limit(MOST_HITS + 1)
    ).mappings()
    hits = {}
    for record in found:
        owner = (record["instance"], record["run_id"], record["place"])
        run = _run({column.name: record[f"of_run_{column.name}"] for column in RUNS.c})
        hits[owner] = NumberHit(_row(record["body"], run.run_id), run)
    return hits


def _run(record: Mapping[str, Any] | RowMapping) -> RunInfo:
    counts = msgspec.json.decode(record["counts"], type=dict[str, int])
    header = read_header(record["header"])
    started = moment(record["started_at"])
    if started is None:  # the column takes no nothing
        raise ValueError(record["run_id"])
    return RunInfo(
        run_id=team_run_id(record["instance"], record["run_id"]),
        started_at=started,
        ended_at=moment(record["ended_at"]),
        server=record["server"],
        data_centre_id=header.data_centre_id,
        data_centre_name=header.data_centre_name,
        user=record["user_name"],
        organisation=header.organisation,
        form_id=record["form_id"],
        rule_id=record["rule_id"],
        target_form=record["target_form"],
        counts=tuple((verdict, counts[verdict.value]) for verdict in Verdict if counts.get(verdict.value)),
        alarms=record["alarms"],
        pc=record["pc"] or "?",
    )


def _row(body: str, run_id: str) -> Row:
    """The row with the id that its run goes by here."""
    return replace(msgspec.json.decode(body, type=Row), run_id=run_id)
