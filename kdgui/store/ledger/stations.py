"""Stations: which programs of the team are there, and what they are doing just now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from kdgui.domain.verdicts import Verdict
from kdgui.store.ledger.claims import clean
from kdgui.store.ledger.ledger import PRESENT_MS, SILENT_MS, Ledger, Station, clock, moment
from kdgui.store.ledger.tables import CLAIMS, STATIONS, EpochMs


@dataclass(frozen=True, slots=True)
class Colleague:
    """A program that is there.

    Attributes:
        since: when it was started. me: it is this one.
        pushing: bills that it is pushing, or has claimed, just now.
    """

    user: str
    pc: str
    since: datetime | None
    me: bool
    run_id: str
    pushing: int


@dataclass(frozen=True, slots=True)
class TeamView:
    """The team as the ledger shows it.

    Attributes:
        at: by the database's clock.
        colleagues: the programs that are there; this one among them.
        orphans: bills that silent PCs left in flight, in the data centre of this program.
    """

    at: datetime | None = None
    colleagues: tuple[Colleague, ...] = ()
    orphans: int = 0

    @property
    def people(self) -> int:
        """How many people are there: one with two programs counts once."""
        return len({(colleague.user.casefold(), colleague.pc.casefold()) for colleague in self.colleagues})


class Stations:
    """The heartbeat of one program. Raises LedgerTrouble."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def beat(self, station: Station) -> TeamView:
        """Say that this program is there, and see who else is."""

        def work(connection: Connection) -> TeamView:
            put_station(connection, station)
            return self._view(connection, station)

        return self._ledger.database.transaction(work)

    def look(self) -> TeamView:
        """Who is there, without being there oneself; orphans of every data centre."""
        return self._ledger.database.transaction(lambda connection: self._view(connection, Station("", "")))

    def leave(self, station: Station) -> None:
        """This program ends; its data folder may still be heard of by another one."""

        def work(connection: Connection) -> None:
            connection.execute(
                update(STATIONS).where(STATIONS.c.instance == station.instance).values(has_left=1, run_id="")
            )

        self._ledger.database.transaction(work)

    def _view(self, connection: Connection, station: Station) -> TeamView:
        now = clock(connection)
        present = connection.execute(
            select(
                STATIONS.c.instance,
                STATIONS.c.user_name,
                STATIONS.c.pc,
                STATIONS.c.started_at,
                STATIONS.c.run_id,
            )
            .where(STATIONS.c.seen_at >= now - PRESENT_MS, STATIONS.c.has_left == 0)
            .order_by(STATIONS.c.started_at)
        ).all()
        pushing = {
            str(instance): int(number)
            for instance, number in connection.execute(
                select(CLAIMS.c.instance, func.count())
                .where(CLAIMS.c.held == 1, CLAIMS.c.verdict == Verdict.SENDING.value)
                .group_by(CLAIMS.c.instance)
            )
        }
        colleagues = tuple(
            Colleague(
                record.user_name,
                record.pc,
                moment(record.started_at),
                record.instance == station.instance,
                record.run_id,
                pushing.get(record.instance, 0) if record.run_id else 0,
            )
            for record in present
        )
        return TeamView(moment(now), colleagues, _orphans(connection, station, now))


def put_station(connection: Connection, station: Station) -> None:
    """This program is there now."""
    values = {
        "home": station.home,
        "user_name": clean(station.user, 100),
        "pc": clean(station.pc, 100),
        "pc_user": clean(station.pc_user, 100),
        "program": clean(station.program, 100),
        "centre": clean(station.data_centre_id.casefold(), 100),
        "run_id": clean(station.run_id, 64),
        "has_left": 0,
    }
    mine = STATIONS.c.instance == station.instance
    known = connection.execute(select(STATIONS.c.instance).where(mine)).scalar()
    if known is None:
        times = {"started_at": EpochMs(), "seen_at": EpochMs()}
        connection.execute(insert(STATIONS).values(instance=station.instance, **times, **values))
    else:
        connection.execute(update(STATIONS).where(mine).values({**values, "seen_at": EpochMs()}))


def _orphans(connection: Connection, station: Station, now: int) -> int:
    if station.instance and not station.data_centre_id:  # nobody is signed in
        return 0
    heard = select(STATIONS.c.home).where(STATIONS.c.seen_at >= now - SILENT_MS)
    where = [CLAIMS.c.held == 1, CLAIMS.c.home.not_in(heard)]
    if station.data_centre_id:
        where.append(CLAIMS.c.centre == clean(station.data_centre_id.casefold(), 100))
    return int(connection.execute(select(func.count()).select_from(CLAIMS).where(*where)).scalar_one())
