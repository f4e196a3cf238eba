"""The way to the team's database: drivers, TLS, time-outs, and every trouble of them as a LedgerTrouble.

A database that is frozen or cut off must not hold a run for longer than `STATEMENT_SECONDS`.
"""

from __future__ import annotations

import random
import re
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from kdgui.domain.errors import LedgerTrouble
from kdgui.store.ledger.address import PORTS, TeamAddress, Tls

try:
    import sqlalchemy
    from sqlalchemy import Connection, Engine, event
    from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
except ImportError as error:  # the extra `team` is not installed
    raise LedgerTrouble("ledger_driver", detail=str(error), package="kdgui[team]") from error

T = TypeVar("T")

CONNECT_SECONDS = 5
STATEMENT_SECONDS = 8
TRIES = 8
"""How often a transaction is begun that another one's locks brought down."""
PAUSE = 0.02
"""Seconds before the second try; before each later one up to as much longer, at random."""

_NO_TLS = re.compile(r"does not support SSL|doesn't support (?:it|SSL)", re.IGNORECASE)
_SECRET = re.compile(r"(://[^:@/\s]*:)[^@/\s]*(@)")

_WORDS: Mapping[str, tuple[str, ...]] = {
    "ledger_tls": ("certificate", "SSL is required", "does not support SSL", "SSL error", "TLS", "hostname"),
    "ledger_password": (
        "password authentication failed", "no password supplied", r"Access denied for user .* \(using",
        "Login failed for user", r"role \".*\" does not exist", r"no pg_hba\.conf entry",
        "Host .* not allowed",
    ),
    "ledger_database": (
        r"database \".*\" does not exist", "Unknown database", "Cannot open database", "to database",
        "permission denied for database",
    ),
    "ledger_dns": (
        "could not translate host name", "Name or service not known", "getaddrinfo", "nodename nor",
        "failed to resolve", "No address associated", "Temporary failure in name resolution",
    ),
    "ledger_silent": ("timed? ?out", "wait timeout", "statement timeout", "timeout expired"),
    "ledger_lost": (
        "server closed the connection", "Lost connection", "gone away", "connection is closed",
        "reset by peer", "broken pipe", "terminating connection", "connection is lost", "EOF detected",
    ),
    "ledger_unreachable": (
        "connection refused", "could not connect", "Can't connect", "No route", "unreachable",
        "starting up", "shutting down", "too many connections", "too many clients",
    ),
    "ledger_tables": (
        r"relation \".*\" does not exist", "Table '.*' doesn't exist", "Invalid object name", "no such table",
    ),
    "ledger_rights": ("permission denied", "command denied", "permission was denied", "must be owner"),
}  # fmt: skip
"""What drivers say, by the layer that failed; the order counts, the first that fits holds."""

_BY_WORDS = tuple((code, re.compile("|".join(words), re.IGNORECASE)) for code, words in _WORDS.items())

_AGAIN = re.compile(
    r"deadlock|could not serialize|lock wait timeout|record has changed since|^\((?:1020|1205|1213),"
    r"|savepoint \S+ does not exist",
    re.IGNORECASE,
)
"""What says that other locks brought the whole transaction down. MySQL drops its savepoints with it, and then
only the missing savepoint is told, in place of the deadlock."""


class Database:
    """Connections to the team's database, made when they are first needed. Usable from any thread.

    Every method raises LedgerTrouble, and nothing else, for whatever the database or the way to it does.
    """

    def __init__(self, address: TeamAddress) -> None:
        self.address = address
        self.encrypted: bool | None = None
        """Whether the last connection was; None before the first."""
        self._plain = address.tls is Tls.OFF
        self._lock = threading.Lock()
        with self._told():
            self._engine = self._make_engine()

    def transaction(self, work: Callable[[Connection], T]) -> T:
        """Do `work` in one transaction, anew where another one's locks got in its way; what it returns.

        On LedgerTrouble nothing of it was kept, unless the connection was lost as it ended: who knows then.
        """
        for tried in range(1, TRIES + 1):
            try:
                with self._told(), self._engine.begin() as connection:
                    return work(connection)
            except _Collision as collision:
                if tried == TRIES:
                    raise collision.trouble from collision.__cause__
                # At random, or the same PCs collide again.
                time.sleep(random.uniform(PAUSE, PAUSE * (tried + 1)))  # noqa: S311 - no secret
        raise AssertionError("unreachable")  # the last try returns or raises

    def close(self) -> None:
        """Close every connection that is idle."""
        with suppress(SQLAlchemyError):
            self._engine.dispose()

    # -- inside ------------------------------------------------------------------------------------

    def _make_engine(self) -> Engine:
        dialect = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql", "mssql": "mssql+pymssql"}
        engine = sqlalchemy.create_engine(
            f"{dialect[self.address.kind]}://",
            creator=self._connect,
            isolation_level="READ COMMITTED",
            pool_size=2,
            max_overflow=3,
            pool_timeout=STATEMENT_SECONDS,
            pool_pre_ping=True,
            pool_recycle=600,
        )
        if self.address.kind == "mssql":
            event.listen(engine, "connect", _limit_sql_server)
        return engine

    def _connect(self) -> Any:
        connect = {"postgresql": _postgresql, "mysql": _mysql, "mssql": _sql_server}[self.address.kind]
        with self._lock:
            try:
                connection, self.encrypted = connect(self.address, plain=self._plain)
            except Exception as error:
                offered = not _NO_TLS.search(str(error))
                if self._plain or offered or self.address.tls in (Tls.REQUIRE, Tls.OFF):
                    raise
                connection, self.encrypted = connect(self.address, plain=True)
                self._plain = True
        return connection

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except ImportError as error:
            raise LedgerTrouble("ledger_driver", detail=str(error), package="kdgui[team]") from error
        except (SQLAlchemyError, OSError, ssl.SSLError) as error:
            trouble = self._trouble(error)
            if isinstance(error, DBAPIError) and _AGAIN.search(str(error.orig)):
                raise _Collision(trouble) from error
            raise trouble from error

    def _trouble(self, error: Exception) -> LedgerTrouble:
        cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
        said = _without_secret(str(cause), self.address.password)
        chain = " ".join(str(part) for part in (cause, cause.__cause__, cause.__context__) if part)
        code = next((code for code, words in _BY_WORDS if words.search(chain)), "")
        if not code:
            broken = isinstance(error, OperationalError | InterfaceError | OSError)
            code = "ledger_lost" if broken else "ledger_failed"
        return LedgerTrouble(
            code,
            detail=said,
            place=self.address.place,
            database=self.address.database,
            user=self.address.user,
        )


class _Collision(Exception):
    """Another transaction's locks were in the way."""

    def __init__(self, trouble: LedgerTrouble) -> None:
        super().__init__(trouble.code)
        self.trouble = trouble


def _without_secret(text: str, password: str) -> str:
    """The first lines of what a driver said, without a password."""
    short = "\n".join(text.strip().splitlines()[:3])[:400]
    if password:
        short = short.replace(password, "***")
    return _SECRET.sub(r"\1***\2", short)


def _ca_file(address: TeamAddress) -> str:
    import certifi

    if address.ca_file and not Path(address.ca_file).is_file():
        raise FileNotFoundError(f"certificate file not found: {address.ca_file}")
    return address.ca_file or certifi.where()


def _postgresql(address: TeamAddress, *, plain: bool) -> tuple[Any, bool]:
    import psycopg

    class BoundedConnection(psycopg.Connection[Any]):
        """One on which no statement is waited for longer than `STATEMENT_SECONDS`, a frozen server's too."""

        def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = STATEMENT_SECONDS) -> Any:
            try:
                return super().wait(gen, interval, timeout)
            except psycopg.errors.Error as error:
                if "wait timeout" in str(
                    error
                ):  # its class has no public name; the connection is of no use now
                    self.pgconn.finish()
                    raise psycopg.OperationalError("wait timeout: the server does not answer") from error
                raise

    tls: dict[str, str] = {"sslmode": "disable"}
    if not plain:
        checked = address.tls is not Tls.ENCRYPT
        tls = (
            {"sslmode": "verify-full", "sslrootcert": _ca_file(address)}
            if checked
            else {"sslmode": "require"}
        )
    connection = BoundedConnection.connect(
        host=address.host,
        port=address.port or PORTS[address.kind],
        dbname=address.database,
        user=address.user or None,
        password=address.password or None,
        connect_timeout=CONNECT_SECONDS,
        application_name="kdgui",
        options=f"-c statement_timeout={STATEMENT_SECONDS}s -c lock_timeout=5s"
        " -c idle_in_transaction_session_timeout=15s",
        gssencmode="disable",
        **tls,  # type: ignore[arg-type]  # by name, above
    )
    return connection, bool(connection.pgconn.ssl_in_use)


def _mysql(address: TeamAddress, *, plain: bool) -> tuple[Any, bool]:
    import pymysql

    connection = pymysql.connect(
        host=address.host,
        port=address.port or PORTS[address.kind],
        database=address.database,
        user=address.user.encode(),  # by default as Latin-1, which has no Chinese
        password=address.password.encode(),
        charset="utf8mb4",
        connect_timeout=CONNECT_SECONDS,
        read_timeout=STATEMENT_SECONDS,
        write_timeout=STATEMENT_SECONDS,
        client_flag=pymysql.constants.CLIENT.FOUND_ROWS,
        init_command="SET SESSION innodb_lock_wait_timeout = 5, sql_mode = 'STRICT_ALL_TABLES'",
        **_mysql_tls(address, plain=plain),
    )
    return connection, not plain


def _mysql_tls(address: TeamAddress, *, plain: bool) -> Mapping[str, Any]:
    if plain:
        return {"ssl_disabled": True}
    if address.tls is Tls.ENCRYPT:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif address.ca_file:
        context = ssl.create_default_context(cafile=_ca_file(address))
    else:
        import truststore

        context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return {"ssl": context}


def _sql_server(address: TeamAddress, *, plain: bool) -> tuple[Any, bool]:
    """Not tested against a real server. Its driver negotiates TLS by itself and cannot check certificates."""
    import pymssql  # type: ignore[import-not-found,unused-ignore]  # not in the extra: its own choice of driver

    connection = pymssql.connect(
        server=address.host,
        port=str(address.port or PORTS[address.kind]),
        database=address.database,
        user=address.user,
        password=address.password,
        login_timeout=CONNECT_SECONDS,
        timeout=STATEMENT_SECONDS,
        encryption="off" if plain else "require",
    )
    return connection, not plain


def _limit_sql_server(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("SET LOCK_TIMEOUT 5000")
    cursor.close()
