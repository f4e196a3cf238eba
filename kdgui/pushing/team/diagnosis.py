"""Diagnosis of the way to the team's database: which layer fails, from the address to the right to write."""

from __future__ import annotations

import socket
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from kdgui.domain.errors import LedgerTrouble
from kdgui.store.ledger.address import PORTS, TeamAddress, read_team_address
from kdgui.store.messages.words import Words

if TYPE_CHECKING:  # SQLAlchemy is not loaded where no team is set
    from kdgui.store.ledger.ledger import Ledger

CONNECT_SECONDS = 5.0


class TeamStep(StrEnum):
    """The layers, each on top of the one before it."""

    ADDRESS = "address"
    NAME = "name"
    REACH = "reach"
    DRIVER = "driver"
    SECURE = "secure"
    SIGN_IN = "sign_in"
    TABLES = "tables"
    WRITE = "write"


_LAYER = {
    "ledger_address": TeamStep.ADDRESS,
    "ledger_off": TeamStep.ADDRESS,
    "ledger_driver": TeamStep.DRIVER,
    "ledger_dns": TeamStep.NAME,
    "ledger_unreachable": TeamStep.REACH,
    "ledger_tls": TeamStep.SECURE,
    "ledger_password": TeamStep.SIGN_IN,
    "ledger_key_store": TeamStep.SIGN_IN,
    "ledger_database": TeamStep.SIGN_IN,
    "ledger_tables": TeamStep.TABLES,
    "ledger_older": TeamStep.TABLES,
    "ledger_newer": TeamStep.TABLES,
    "ledger_rights": TeamStep.WRITE,
}


@dataclass(frozen=True, slots=True)
class TeamReport:
    """What a test of the way found.

    Attributes:
        passed: the layers that hold, in order.
        failed: the first one that does not, or None; `trouble` says why.
        milliseconds: one transaction, there and back; None where it did not come to one.
        encrypted: whether the connection is; None where there was none.
    """

    address: str = ""
    passed: tuple[TeamStep, ...] = ()
    failed: TeamStep | None = None
    trouble: LedgerTrouble | None = None
    milliseconds: float | None = None
    encrypted: bool | None = None


def check_team(text: str, address: Callable[[], TeamAddress | None]) -> TeamReport:
    """Test the way, layer by layer; `text` is what was set. Blocks, for some seconds at most."""
    report = TeamReport()
    try:
        if not text:
            raise LedgerTrouble("ledger_off")
        report = replace(report, address=read_team_address(text).text)
        for so_far in _steps(report, address):
            report = so_far
    except LedgerTrouble as trouble:
        failed = _LAYER.get(trouble.code) or _next(report)
        passed = tuple(step for step in TeamStep if list(TeamStep).index(step) < list(TeamStep).index(failed))
        return replace(report, passed=passed, failed=failed, trouble=trouble)
    return report


def check_team_address(find: Callable[[], TeamAddress | None]) -> TeamReport:
    """As `check_team`, for an address that is not kept yet; None means that none is set."""
    try:
        address = find()
    except LedgerTrouble as trouble:
        return TeamReport(failed=_LAYER.get(trouble.code, TeamStep.ADDRESS), trouble=trouble)
    return check_team(address.text if address is not None else "", lambda: address)


def make_tables(address: TeamAddress) -> bool:
    """Make the ledger's tables; whether they are new. Blocks. Raises LedgerTrouble."""
    from kdgui.store.ledger.ledger import Ledger

    ledger, is_new = Ledger.init(address)
    ledger.close()
    return is_new


def report_lines(report: TeamReport, words: Words) -> list[str]:
    """What a test found, as text: a line for each layer, and why the first one that fails does."""
    lines = [f"{words.text('team.ok')}  {words.text(f'team.step_{step.value}')}" for step in report.passed]
    if report.failed is not None and report.trouble is not None:
        lines.append(f"{words.text('team.failed')}  {words.text(f'team.step_{report.failed.value}')}")
        told = words.error(report.trouble)
        why = (told.what, told.why, told.do, report.trouble.detail)
        lines += [f"      {part}" for part in dict.fromkeys(why) if part]
        untried = list(TeamStep)[list(TeamStep).index(report.failed) + 1 :]
        lines += [
            f"{words.text('team.untried')}  {words.text(f'team.step_{step.value}')}" for step in untried
        ]
    if report.milliseconds is not None:
        key = "team.encrypted" if report.encrypted else "team.plain"
        lines.append(words.text(key, milliseconds=f"{report.milliseconds:.0f}"))
    return lines


def _steps(report: TeamReport, find: Callable[[], TeamAddress | None]) -> Iterator[TeamReport]:
    address = find()
    if address is None:
        raise LedgerTrouble("ledger_off")
    yield (report := _with(report, TeamStep.ADDRESS))
    _resolve(address)
    yield (report := _with(report, TeamStep.NAME))
    _reach(address)
    yield (report := _with(report, TeamStep.REACH))
    from kdgui.store.ledger.ledger import Ledger

    yield (report := _with(report, TeamStep.DRIVER))
    ledger = Ledger.open(address)
    try:
        report = _with(report, TeamStep.SECURE, TeamStep.SIGN_IN, TeamStep.TABLES)
        yield (report := replace(report, encrypted=ledger.database.encrypted))
        started = time.perf_counter()
        _try_writing(ledger)
        seconds = time.perf_counter() - started
        yield replace(_with(report, TeamStep.WRITE), milliseconds=seconds * 1000)
    finally:
        ledger.close()


def _with(report: TeamReport, *steps: TeamStep) -> TeamReport:
    return replace(report, passed=(*report.passed, *steps))


def _next(report: TeamReport) -> TeamStep:
    left = [step for step in TeamStep if step not in report.passed]
    return left[0] if left else TeamStep.WRITE


def _resolve(address: TeamAddress) -> None:
    try:
        socket.getaddrinfo(address.host, address.port or PORTS[address.kind], type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise LedgerTrouble("ledger_dns", str(error), place=address.place) from error


def _reach(address: TeamAddress) -> None:
    try:
        there = (address.host, address.port or PORTS[address.kind])
        socket.create_connection(there, CONNECT_SECONDS).close()
    except OSError as error:
        raise LedgerTrouble("ledger_unreachable", str(error), place=address.place) from error


class _Undo(Exception):
    """Take the transaction back."""


def _try_writing(ledger: Ledger) -> None:
    """Write a station, and take it back."""
    from sqlalchemy import Connection

    from kdgui.store.ledger.ledger import Station
    from kdgui.store.ledger.stations import put_station

    def work(connection: Connection) -> None:
        put_station(connection, Station(uuid.uuid4().hex, uuid.uuid4().hex))
        raise _Undo

    try:
        ledger.database.transaction(work)
    except _Undo:
        return
