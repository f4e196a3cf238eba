"""The ledger's tables, alike on every database; `kdgui_info` tells their version.

Times are milliseconds since 1970 by the database's clock, see `EpochMs`. Texts of others are text: nothing
here is ever run or built into a statement.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Unicode,
    UnicodeText,
)
from sqlalchemy.dialects import mssql, mysql, postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

VERSION = 1
"""Counts the changes to these tables; a program does not touch a ledger that is newer, or older, than it."""


class EpochMs(GenericFunction[int]):
    """The database's clock in milliseconds since 1970."""

    type = BigInteger()
    inherit_cache = True


@compiles(EpochMs, "postgresql")
def _on_postgresql(_element: EpochMs, _compiler: object, **_options: Any) -> str:
    return "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"


@compiles(EpochMs, "mysql")
def _on_mysql(_element: EpochMs, _compiler: object, **_options: Any) -> str:
    return "CAST(UNIX_TIMESTAMP(SYSDATE(3)) * 1000 AS SIGNED)"


@compiles(EpochMs, "mssql")
def _on_sql_server(_element: EpochMs, _compiler: object, **_options: Any) -> str:
    return "DATEDIFF_BIG(millisecond, '1970-01-01', SYSUTCDATETIME())"


METADATA = MetaData()
_LONG = UnicodeText().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")

_SORTED = (
    Unicode(100)
    .with_variant(postgresql.VARCHAR(100, collation="C"), "postgresql")
    .with_variant(mssql.NVARCHAR(100, collation="Latin1_General_100_BIN2"), "mssql")
)
"""Sorted by code points, as a search for how a number begins needs it."""


def _table(name: str, *parts: Column[Any]) -> Table:
    return Table(
        f"kdgui_{name}",
        METADATA,
        *parts,
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )


def _owner(*, primary: bool) -> list[Column[Any]]:
    """The row of a run of a program: what holds a claim, and what a row goes by."""
    return [
        Column("instance", String(32), primary_key=primary, nullable=False),
        Column("run_id", Unicode(64), primary_key=primary, nullable=False),
        Column("place", Integer, primary_key=primary, autoincrement=False, nullable=False),
    ]


INFO = _table(
    "info", Column("name", Unicode(40), primary_key=True), Column("value", Unicode(200), nullable=False)
)

STATIONS = _table(
    "stations",
    # One line for each start of a program; `home` is its data folder.
    Column("instance", String(32), primary_key=True),
    Column("home", String(32), nullable=False, index=True),
    Column("user_name", Unicode(100), nullable=False),
    Column("pc", Unicode(100), nullable=False),
    Column("pc_user", Unicode(100), nullable=False),
    Column("program", Unicode(100), nullable=False),
    Column("centre", Unicode(100), nullable=False),
    Column("run_id", Unicode(64), nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False, index=True),
    Column("has_left", SmallInteger, nullable=False),
)

CLAIMS = _table(
    "claims",
    Column("bill_key", String(64), primary_key=True),
    Column("generation", Integer, nullable=False),
    Column("held", SmallInteger, nullable=False),
    Column("verdict", String(12), nullable=False),
    *_owner(primary=False),
    Column("home", String(32), nullable=False),
    Column("user_name", Unicode(100), nullable=False),
    Column("pc", Unicode(100), nullable=False),
    Column("centre", Unicode(100), nullable=False),
    Column("rule_id", Unicode(200), nullable=False),
    Column("number", Unicode(200), nullable=False),
    Column("targets", Unicode(400), nullable=False),
    Column("taken_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("evidence", _LONG, nullable=False),
)
Index("kdgui_claims_held", CLAIMS.c.held, CLAIMS.c.home)

TAKEOVERS = _table(
    "takeovers",
    # Whose claim of a silent PC is settled by whom.
    *_owner(primary=True),
    Column("to_instance", String(32), nullable=False),
    Column("to_run_id", Unicode(64), nullable=False),
    Column("to_place", Integer, nullable=False),
    Column("user_name", Unicode(100), nullable=False),
    Column("pc", Unicode(100), nullable=False),
    Column("at", BigInteger, nullable=False),
)

RUNS = _table(
    "runs",
    Column("instance", String(32), primary_key=True),
    Column("run_id", Unicode(64), primary_key=True),
    Column("home", String(32), nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("server", Unicode(300), nullable=False),
    Column("centre", Unicode(100), nullable=False),
    Column("user_name", Unicode(100), nullable=False),
    Column("user_key", Unicode(100), nullable=False),
    Column("pc", Unicode(100), nullable=False),
    Column("form_id", Unicode(100), nullable=False),
    Column("rule_id", Unicode(200), nullable=False),
    Column("target_form", Unicode(100), nullable=False),
    Column("alarms", Integer, nullable=False),
    Column("counts", Unicode(300), nullable=False),
    Column("header", _LONG, nullable=False),
)
Index("kdgui_runs_started", RUNS.c.started_at)
Index("kdgui_runs_by_user", RUNS.c.user_key, RUNS.c.started_at)
Index("kdgui_runs_by_centre", RUNS.c.centre, RUNS.c.started_at)

ROWS = _table(
    "rows",
    *_owner(primary=True),
    Column("bill_id", Unicode(100), nullable=False, index=True),
    Column("verdict", String(12), nullable=False),
    Column("alarm", SmallInteger, nullable=False),
    Column("body", _LONG, nullable=False),
)
Index("kdgui_rows_by_verdict", ROWS.c.instance, ROWS.c.run_id, ROWS.c.verdict)

NUMBERS = _table(
    "numbers",
    # One line for each number of a row, its source's and its targets'; `backwards` is the key from its end.
    Column("number_key", _SORTED, primary_key=True),
    *_owner(primary=True),
    Column("backwards", _SORTED, nullable=False, index=True),
)
Index("kdgui_numbers_of_row", NUMBERS.c.instance, NUMBERS.c.run_id, NUMBERS.c.place)


def create(connection: Connection) -> None:
    """Make what is not there yet."""
    METADATA.create_all(connection)
