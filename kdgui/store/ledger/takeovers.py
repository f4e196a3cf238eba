"""Takeovers: another PC settles the bills that a silent one left in flight, and tells it what it found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import Connection, and_, insert, select, update

from kdgui.domain.verdicts import Row
from kdgui.store.ledger.claims import clean, silent_homes
from kdgui.store.ledger.ledger import Ledger, Station, moment
from kdgui.store.ledger.tables import CLAIMS, ROWS, TAKEOVERS, EpochMs

Owner = tuple[str, str, int]
"""Program, run and place of a row."""

MOST_STEPS = 20
"""Whoever took a bill over may have fallen silent too, and so on."""


@dataclass(frozen=True, slots=True)
class Orphan:
    """A bill that a silent PC holds.

    Attributes:
        evidence: JSON, as it was claimed with.
        since: when it was claimed, by the database's clock.
    """

    bill_key: str
    owner: Owner
    home: str
    generation: int
    number: str
    user: str
    pc: str
    since: datetime | None
    evidence: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What another PC found out about a row of ours.

    Attributes:
        row: as it stands there; None where that PC has not told anything yet.
        user, pc: who settled it.
    """

    row: Row | None
    user: str
    pc: str


class Takeovers:
    """Bills of silent PCs. Every method is one transaction. Raises LedgerTrouble."""

    def __init__(self, ledger: Ledger, station: Station) -> None:
        self._ledger = ledger
        self._station = station

    def orphans(self, data_centre_id: str) -> tuple[Orphan, ...]:
        """What silent PCs hold in this data centre, the oldest first."""

        def work(connection: Connection) -> tuple[Orphan, ...]:
            records = connection.execute(
                select(CLAIMS)
                .where(
                    CLAIMS.c.held == 1,
                    CLAIMS.c.centre == clean(data_centre_id.casefold(), 100),
                    CLAIMS.c.home != self._station.home,
                )
                .order_by(CLAIMS.c.taken_at, CLAIMS.c.bill_key)
            ).all()
            silent = silent_homes(connection, {record.home for record in records})
            return tuple(
                Orphan(
                    record.bill_key,
                    (record.instance, record.run_id, record.place),
                    record.home,
                    record.generation,
                    record.number,
                    record.user_name,
                    record.pc,
                    moment(record.taken_at),
                    record.evidence,
                )
                for record in records
                if record.home in silent
            )

        return self._ledger.database.transaction(work)

    def take(self, wanted: Sequence[tuple[Orphan, tuple[str, int]]], user: str) -> frozenset[tuple[str, int]]:
        """Take bills over for rows (run, place) of this program; the rows that got theirs.

        A PC that was heard of again, or whose bill somebody else took over first, keeps its own.
        """
        station = self._station

        def work(connection: Connection) -> frozenset[tuple[str, int]]:
            silent = silent_homes(connection, {orphan.home for orphan, _ in wanted})
            taken = set()
            for orphan, (run_id, place) in sorted(wanted, key=lambda pair: pair[0].bill_key):
                if orphan.home not in silent:
                    continue
                instance, old_run, old_place = orphan.owner
                changed = connection.execute(
                    update(CLAIMS)
                    .where(
                        CLAIMS.c.bill_key == orphan.bill_key,
                        CLAIMS.c.generation == orphan.generation,
                        CLAIMS.c.held == 1,
                        CLAIMS.c.instance == instance,
                        CLAIMS.c.run_id == old_run,
                        CLAIMS.c.place == old_place,
                    )
                    .values(
                        instance=station.instance,
                        run_id=run_id,
                        place=place,
                        home=station.home,
                        user_name=clean(user, 100),
                        pc=clean(station.pc, 100),
                        generation=orphan.generation + 1,
                        verdict="unsettled",
                        changed_at=EpochMs(),
                    )
                ).rowcount
                if changed:
                    connection.execute(
                        insert(TAKEOVERS).values(
                            instance=instance,
                            run_id=old_run,
                            place=old_place,
                            to_instance=station.instance,
                            to_run_id=run_id,
                            to_place=place,
                            user_name=clean(user, 100),
                            pc=clean(station.pc, 100),
                            at=EpochMs(),
                        )
                    )
                    taken.add((run_id, place))
            return frozenset(taken)

        return self._ledger.database.transaction(work) if wanted else frozenset()

    def findings(self, owners: Sequence[Owner]) -> Mapping[Owner, Finding]:
        """What became of those of our rows that other PCs took over; the others are left out."""

        def work(connection: Connection) -> dict[Owner, Finding]:
            found = {}
            for owner in owners:
                finding = _follow(connection, owner)
                if finding is not None:
                    found[owner] = finding
            return found

        return self._ledger.database.transaction(work) if owners else {}


def _follow(connection: Connection, owner: Owner) -> Finding | None:
    """Along the takeovers to the last one, and the row there."""
    finding = None
    for _ in range(MOST_STEPS):
        step = connection.execute(
            select(TAKEOVERS).where(
                and_(
                    TAKEOVERS.c.instance == owner[0],
                    TAKEOVERS.c.run_id == owner[1],
                    TAKEOVERS.c.place == owner[2],
                )
            )
        ).one_or_none()
        if step is None:
            return finding
        owner = (step.to_instance, step.to_run_id, step.to_place)
        body = connection.execute(
            select(ROWS.c.body).where(
                ROWS.c.instance == owner[0], ROWS.c.run_id == owner[1], ROWS.c.place == owner[2]
            )
        ).scalar()
        row = msgspec.json.decode(body, type=Row) if body else None
        finding = Finding(row, step.user_name, step.pc)
    return finding
