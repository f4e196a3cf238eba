"""The ledger: made, checked and opened. Its parts: claims, publication, stations, takeovers, history."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, inspect, select, update

from kdgui.domain.errors import LedgerTrouble
from kdgui.store.ledger.address import TeamAddress
from kdgui.store.ledger.database import Database
from kdgui.store.ledger.tables import INFO, METADATA, VERSION, EpochMs, create

SILENT_MS = 180_000
"""A data folder from which nothing was heard for so long has left its bills to others."""

PRESENT_MS = 45_000
"""Who was heard of so lately is there."""


@dataclass(frozen=True, slots=True)
class Station:
    """This program as the others see it.

    Attributes:
        instance: its id, another one at every start. home: the id of its data folder.
        user: as signed in to the server; pc, pc_user, program: as in `RunHeader`.
        data_centre_id: where it is signed in, or "".
        run_id: the run under way, or "".
    """

    instance: str
    home: str
    user: str = ""
    pc: str = ""
    pc_user: str = ""
    program: str = ""
    data_centre_id: str = ""
    run_id: str = ""


class Ledger:
    """A ledger whose version was found to be ours. Usable from any thread.

    Raises LedgerTrouble, and nothing else, for whatever the database or the way to it does.
    """

    def __init__(self, database: Database, ledger_id: str) -> None:
        self.database = database
        self.id = ledger_id

    @classmethod
    def open(cls, address: TeamAddress) -> Ledger:
        """Connect and look at the version.

        Raises LedgerTrouble: ledger_tables (nobody has made them), ledger_older, ledger_newer (nothing is
        touched), and whatever keeps the database from being reached.
        """
        database = Database(address)
        try:
            return cls(database, database.transaction(_checked))
        except LedgerTrouble:
            database.close()
            raise

    @classmethod
    def init(cls, address: TeamAddress) -> tuple[Ledger, bool]:
        """Make the tables, or what is missing of them; the ledger, and whether it is a new one.

        Raises LedgerTrouble: ledger_newer, ledger_rights, and as `open`.
        """
        database = Database(address)
        try:
            ledger_id, is_new = database.transaction(_made)
            return cls(database, ledger_id), is_new
        except LedgerTrouble:
            database.close()
            raise

    def ping(self) -> int:
        """The database's clock, in milliseconds since 1970."""
        return self.database.transaction(clock)

    def close(self) -> None:
        """Close the connections."""
        self.database.close()


def clock(connection: Connection) -> int:
    """The database's clock, in milliseconds since 1970."""
    return int(connection.execute(select(EpochMs())).scalar_one())


def moment(milliseconds: int | None) -> datetime | None:
    """A time of the ledger (aware, UTC)."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC) if milliseconds is not None else None


def _checked(connection: Connection) -> str:
    facts = _facts(connection)
    version = int(facts.get("version", "0"))
    if version > VERSION:
        raise LedgerTrouble("ledger_newer", version=version, ours=VERSION)
    if version < VERSION:
        raise LedgerTrouble("ledger_older", version=version, ours=VERSION)
    return facts.get("ledger", "")


def _made(connection: Connection) -> tuple[str, bool]:
    there = set(inspect(connection).get_table_names())
    if INFO.name in there:
        version = connection.execute(select(INFO.c.value).where(INFO.c.name == "version")).scalar()
        if version is not None and int(version) > VERSION:
            raise LedgerTrouble("ledger_newer", version=version, ours=VERSION)
    if not {table.name for table in METADATA.tables.values()} <= there:
        create(connection)
    known = _facts(connection)
    ledger_id = known.get("ledger") or uuid.uuid4().hex
    for name, value in (("ledger", ledger_id), ("version", str(VERSION))):
        if name not in known:
            connection.execute(insert(INFO).values(name=name, value=value))
        elif known[name] != value:
            connection.execute(update(INFO).where(INFO.c.name == name).values(value=value))
    return ledger_id, "ledger" not in known


def _facts(connection: Connection) -> dict[str, str]:
    return {str(name): str(value) for name, value in connection.execute(select(INFO.c.name, INFO.c.value))}
