"""The address of the team's database: one URL without a password, read and shown. Imports no driver."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from kdgui.domain.errors import LedgerTrouble

KINDS = MappingProxyType({
    "postgresql": "postgresql",
    "postgres": "postgresql",
    "mysql": "mysql",
    "mariadb": "mysql",
    "mssql": "mssql",
    "sqlserver": "mssql",
})  # fmt: skip
"""How an address may begin, and the database that it means."""

EXAMPLE = "postgresql://kdgui@dbserver:5432/kdgui"

PORTS = MappingProxyType({"postgresql": 5432, "mysql": 3306, "mssql": 1433})


class Tls(StrEnum):
    """How the way to the database is protected.

    `verify` checks the certificate where the server offers TLS and goes on in plain text where it does not;
    `require` refuses a server without; `encrypt` does not check the certificate; `off` uses none.
    """

    VERIFY = "verify"
    REQUIRE = "require"
    ENCRYPT = "encrypt"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class TeamAddress:
    """Where the team's ledger is and as whom to use it.

    Attributes:
        kind: "postgresql", "mysql" (MariaDB too) or "mssql".
        port: 0 for the usual one.
        ca_file: certificates to trust instead of the usual ones, or "".
        password: not in `text`, not in the repr; "" where the key store has it.
    """

    kind: str
    host: str
    database: str
    user: str
    port: int = 0
    tls: Tls = Tls.VERIFY
    ca_file: str = ""
    password: str = field(default="", repr=False)

    @property
    def text(self) -> str:
        """The address without the password, as it is kept in the settings and shown."""
        user = f"{quote(self.user, safe='')}@" if self.user else ""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = f":{self.port}" if self.port else ""
        more = {"tls": "" if self.tls is Tls.VERIFY else self.tls.value, "ca": self.ca_file}
        query = urlencode({name: value for name, value in more.items() if value})
        base = f"{self.kind}://{user}{host}{port}/{quote(self.database, safe='')}"
        return f"{base}?{query}" if query else base

    @property
    def account(self) -> str:
        """Under which name the key store keeps the password."""
        return f"team|{self.kind}|{self.host.casefold()}|{self.port}|{self.database}|{self.user}"

    @property
    def place(self) -> str:
        """Host and port, as people write them."""
        return f"{self.host}:{self.port or PORTS[self.kind]}"

    def with_password(self, password: str) -> TeamAddress:
        """The same address with a password."""
        return replace(self, password=password)


def read_team_address(text: str) -> TeamAddress:
    """Read `postgresql://user@host:port/database?tls=…&ca=…`; a password in it is taken along.

    Raises LedgerTrouble: ledger_address, whose values never hold the password.
    """
    try:
        return _read(text)
    except _Unreadable as error:
        raise LedgerTrouble("ledger_address", part=str(error), example=EXAMPLE) from None


class _Unreadable(ValueError):
    """The part of an address that cannot be used."""


def _read(text: str) -> TeamAddress:
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        raise _Unreadable("host") from None
    kind = KINDS.get(parts.scheme.partition("+")[0].lower(), "")
    if not kind:
        raise _Unreadable("scheme")
    try:
        port = parts.port or 0
    except ValueError:
        raise _Unreadable("port") from None
    if not parts.hostname:
        raise _Unreadable("host")
    database = unquote(parts.path.strip("/"))
    if not database or "/" in database:
        raise _Unreadable("database")
    more = dict(parse_qsl(parts.query))
    try:
        tls = Tls(more.get("tls", Tls.VERIFY))
    except ValueError:
        raise _Unreadable("tls") from None
    return TeamAddress(
        kind=kind,
        host=parts.hostname,
        database=database,
        user=unquote(parts.username or ""),
        port=0 if port == PORTS[kind] else port,
        tls=tls,
        ca_file=more.get("ca", ""),
        password=unquote(parts.password or ""),
    )
