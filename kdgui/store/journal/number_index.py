"""The journal's index of numbers: source and target numbers of every row, found by their head or tail."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

import msgspec

from kdgui.domain.bill_numbers import identity
from kdgui.domain.verdicts import Row

_PART = 1000
_INSERT = "INSERT OR IGNORE INTO row_numbers (key, run_id, position, backwards) VALUES (?, ?, ?, ?)"


class _Target(msgspec.Struct):
    number: str = ""


class _Numbers(msgspec.Struct):
    """What of a stored row is searched for."""

    number: str
    targets: tuple[_Target, ...] = ()


class _Header(msgspec.Struct):
    user: str = ""


_numbers = msgspec.json.Decoder(_Numbers)
_header = msgspec.json.Decoder(_Header)


def index_rows(connection: sqlite3.Connection, rows: Iterable[Row]) -> None:
    """Make these rows findable. A number that a row once carried goes on leading to it."""
    connection.executemany(
        _INSERT,
        [
            entry
            for row in rows
            for entry in _entries(
                row.run_id, row.position, (row.number, *(target.number for target in row.targets))
            )
        ],
    )


def index_everything(connection: sqlite3.Connection) -> None:
    """Make findable what was stored before there was an index. About two seconds for 100,000 rows.

    Raises msgspec.DecodeError where a stored text is damaged.
    """
    found = connection.execute("SELECT run_id, position, body FROM rows")
    while part := found.fetchmany(_PART):
        connection.executemany(_INSERT, [entry for record in part for entry in _entries_of(*record)])
    users = [
        (_header.decode(header).user, run_id)
        for run_id, header in connection.execute("SELECT run_id, header FROM runs WHERE user = ''")
    ]
    connection.executemany("UPDATE runs SET user = ? WHERE run_id = ?", users)


def _entries_of(run_id: str, position: int, body: str) -> Iterator[tuple[str, str, int, str]]:
    row = _numbers.decode(body)
    return _entries(run_id, position, (row.number, *(target.number for target in row.targets)))


def _entries(run_id: str, position: int, numbers: Iterable[str]) -> Iterator[tuple[str, str, int, str]]:
    for number in numbers:
        key = identity(number)
        if key:
            yield key, run_id, position, key[::-1]
