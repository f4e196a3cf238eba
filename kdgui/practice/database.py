"""The file (or memory) where the books and the ledger live: one SQLite connection, one lock."""

from __future__ import annotations

import sqlite3
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FILE_NAME = "practice.sqlite"
SCHEMA = 2
"""Grows with every change of what the tables hold."""


def fold(text: str) -> str:
    """A text without case, width and trailing blanks: how some databases compare."""
    return unicodedata.normalize("NFKC", text).rstrip().casefold()


def compare_folded(one: str, other: str) -> int:
    """The collation KD of the switch case_blind."""
    left, right = fold(one), fold(other)
    return (left > right) - (left < right)


class Database:
    """One connection for every thread; whoever touches it holds `lock`.

    Durable against a killed process (write-ahead log), not against a power cut: these are practice books.
    sqlite3.DatabaseError where the file is none of ours.
    """

    def __init__(self, data_dir: Path | None = None) -> None:
        if data_dir is not None:
            data_dir.mkdir(parents=True, exist_ok=True)
        self.path = None if data_dir is None else data_dir / FILE_NAME
        self.lock = threading.RLock()
        self.connection = sqlite3.connect(
            self.path or ":memory:", isolation_level=None, check_same_thread=False, cached_statements=512
        )
        try:
            self._prepare()
        except sqlite3.Error:
            self.connection.close()
            raise

    def _prepare(self) -> None:
        """Settings of the connection; books of another version of this program are thrown away."""
        self.connection.create_collation("KD", compare_folded)
        self.connection.execute("PRAGMA journal_mode=WAL")
        self.connection.execute("PRAGMA synchronous=OFF")
        (version,) = self.connection.execute("PRAGMA user_version").fetchone()
        if version != SCHEMA:
            self.empty()
            self.connection.execute(f"PRAGMA user_version={SCHEMA}")

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Hold the lock; all or nothing of what is written inside."""
        with self.lock:
            if self.connection.in_transaction:
                yield self.connection
                return
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
            except BaseException:
                self.connection.execute("ROLLBACK")
                raise
            self.connection.execute("COMMIT")

    def empty(self) -> None:
        """Throw every table away, so that the books can be written anew."""
        with self.transaction() as connection:
            names = connection.execute("SELECT name FROM sqlite_master WHERE type='table'").fetchall()
            for (name,) in names:
                if not name.startswith("sqlite_"):
                    connection.execute(f'DROP TABLE "{name}"')

    def has_table(self, name: str) -> bool:
        """Whether this table is there already."""
        with self.lock:
            found = self.connection.execute(
                "SELECT 1 FROM sqlite_master WHERE type='table' AND name=?", (name,)
            ).fetchone()
        return found is not None

    def close(self) -> None:
        """Close the file."""
        with self.lock:
            self.connection.close()
