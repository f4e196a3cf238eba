"""The journal's SQLite file: opening it safely, one transaction at a time, and troubles told by code."""

from __future__ import annotations

import errno
import logging
import os
import re
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from kdgui.domain.errors import JournalTrouble, RecordMissing
from kdgui.store.atomic_files import name_aside
from kdgui.store.journal.rescue import check_texts, rescue
from kdgui.store.journal.schema import VERSION, migrate, version_of
from kdgui.store.network_drives import on_network
from kdgui.store.paths import make_private_dir

log = logging.getLogger(__name__)

BUSY_SECONDS = 5.0
_HEADER_MAGIC = b"SQLite format 3\x00"
_CONTENT_FINDING = re.compile(r"^(?:NULL|NUMERIC|TEXT|non-\w+) value in |^CHECK constraint failed")
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError)
"""What Python says of a text in the file that nobody wrote; a damaged schema is told by the latter."""
_CODES = {
    sqlite3.SQLITE_ERROR: "journal_corrupt",  # our statements are right: the tables are not as we made them
    sqlite3.SQLITE_FULL: "journal_full",
    sqlite3.SQLITE_BUSY: "journal_locked",
    sqlite3.SQLITE_LOCKED: "journal_locked",
    sqlite3.SQLITE_PROTOCOL: "journal_locked",
    sqlite3.SQLITE_READONLY: "journal_not_writable",
    sqlite3.SQLITE_CANTOPEN: "journal_not_writable",
    sqlite3.SQLITE_PERM: "journal_not_writable",
    sqlite3.SQLITE_CORRUPT: "journal_corrupt",
    sqlite3.SQLITE_NOTADB: "journal_corrupt",
}


class JournalFile:
    """One connection, WAL, `synchronous=FULL`; usable from any thread, one transaction at a time."""

    def __init__(
        self, path: Path, connection: sqlite3.Connection, set_aside: Path | None = None, rescued: int = 0
    ) -> None:
        self.path = path
        self.set_aside = set_aside
        self.rescued = rescued
        self.created = False
        self._connection = connection
        self._identity = identity_of(path)
        self._guards: list[Callable[[], None]] = []
        self._lock = threading.RLock()
        self._closed = False

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: on leaving it everything is on the disk, or (JournalTrouble) nothing is.

        Inside another one of the same thread it is a part of that.
        """
        with self._lock, told(self.path), self._noticing_damage():
            self._check_open()
            if self._connection.in_transaction:
                yield self._connection
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def intending(self) -> Iterator[sqlite3.Connection]:
        """A transaction that something is to be sent after: the file and the lock must still be in place.

        What was sent before is still written down by `writing`, wherever the open file went.
        Raises JournalTrouble besides: journal_replaced, lock_lost; then nothing may be sent.
        """
        self.check_place()
        with self.writing() as connection:
            yield connection

    def check_place(self) -> None:
        """Raise JournalTrouble unless the path is still the open file, and every guard agrees.

        A data folder that was renamed, removed or restored takes the record along: another instance would
        start a new one in its place and know nothing of what is being sent.
        """
        with told(self.path):
            if identity_of(self.path) != self._identity:
                raise JournalTrouble("journal_replaced", path=self.path)
        for guard in self._guards:
            guard()

    def guard_by(self, guard: Callable[[], None]) -> None:
        """Call this too before everything that is to be sent; it raises where nothing may be."""
        self._guards.append(guard)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One consistent view of the file. Raises JournalTrouble."""
        with self._lock, told(self.path), self._noticing_damage():
            self._check_open()
            self._connection.execute("BEGIN")
            try:
                yield self._connection
            except (ValueError, TypeError, LookupError, OverflowError) as error:
                if isinstance(error, (msgspec.DecodeError, JournalTrouble)):
                    raise
                raise _corrupt(f"{type(error).__name__}: {error}") from error
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    def close(self) -> None:
        """Close it; waits for a transaction under way. Later calls raise JournalTrouble("journal_closed")."""
        with self._lock, told(self.path):
            if not self._closed:
                self._closed = True
                self._connection.close()

    @contextmanager
    def _noticing_damage(self) -> Iterator[None]:
        try:
            yield
        except (*_UNREADABLE, sqlite3.DatabaseError, RecordMissing) as error:
            if isinstance(error, RecordMissing) or code_of(error) == "journal_corrupt":
                with suppress(OSError):
                    _mark(self.path).touch(mode=0o600)
            raise

    def missing(self, what: str) -> RecordMissing:
        """The error for a record that is not found; the journal is looked through at the next start."""
        with suppress(OSError):
            _mark(self.path).touch(mode=0o600)
        return RecordMissing(what, self.path)

    def _check_open(self) -> None:
        if self._closed:
            raise JournalTrouble("journal_closed", path=self.path)


def open_file(path: Path, *, repair: bool = True, upgrade: bool = True) -> JournalFile:
    """Open or create the journal; with `repair`, a damaged file is set aside and a new one started.

    Without `upgrade` an older file is left to the programs that work on it: journal_in_use.

    Raises JournalTrouble: journal_newer (nothing touched), journal_corrupt (without `repair`),
    journal_on_share, journal_not_writable, journal_full, journal_locked, journal_io.
    """
    if on_network(path.parent):
        raise JournalTrouble("journal_on_share", path=path.parent)
    with told(path):
        if not path.exists() and _fresh(path).exists():  # ended between the last two steps of _start_anew
            _fresh(path).rename(path)
        try:
            _look_at_header(path)
            created = not path.exists() or not path.stat().st_size
            opened = JournalFile(path, _connect(path, check=repair, upgrade=upgrade))
            opened.created = created
            return opened
        except (*_UNREADABLE, sqlite3.DatabaseError) as error:
            if not repair or code_of(error) != "journal_corrupt":
                raise
            log.warning("journal damaged: %s", error)
        return _start_anew(path)


def _start_anew(path: Path) -> JournalFile:
    """Begin a new journal with what can be read of the damaged one, then set that aside.

    Where this fails, or the program ends in the middle, the damaged journal is still in its place.
    """
    fresh = _fresh(path)
    for part in _parts(fresh):
        part.unlink(missing_ok=True)
    connection = _connect(fresh)
    try:
        connection.execute("BEGIN IMMEDIATE")
        with TemporaryDirectory(dir=path.parent) as scratch:
            rescued = rescue(_copy_of(path, Path(scratch)), connection)
        connection.execute("COMMIT")
    finally:
        connection.close()
    aside = _set_all_aside(path)
    fresh.rename(path)
    return JournalFile(path, _connect(path), aside, rescued)


def _fresh(path: Path) -> Path:
    """The name of a new journal until it takes the place of a damaged one."""
    return path.with_name(f"{path.stem}-new{path.suffix}")


def _copy_of(path: Path, folder: Path) -> Path:
    """A copy of the damaged files to read from: SQLite deletes a -wal that it cannot make sense of."""
    for part in _parts(path)[:2]:
        if part.exists():
            shutil.copy(part, folder / part.name)
    return folder / path.name


def _parts(path: Path) -> list[Path]:
    return [path.with_name(path.name + suffix) for suffix in ("", "-wal", "-shm")]


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn every trouble of SQLite or of the disk into a JournalTrouble with a code."""
    try:
        yield
    except (*_UNREADABLE, sqlite3.Error) as error:
        raise JournalTrouble(code_of(error), detail=str(error), path=path) from error
    except OSError as error:
        raise JournalTrouble(_code_of_os_error(error), detail=str(error), path=path) from error


def identity_of(path: Path) -> tuple[int, int] | None:
    """Which file lies at this path: device and inode; None where there is none."""
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found.st_dev, found.st_ino


def code_of(error: Exception) -> str:
    """The code of `error.<code>` for what SQLite says; `journal_io` for what has no name of its own."""
    if isinstance(error, _UNREADABLE) or str(error).startswith("Could not decode to UTF-8"):
        return "journal_corrupt"
    primary = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    return _CODES.get(primary, "journal_io")


def _code_of_os_error(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return "journal_full"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST, errno.EISDIR):
        return "journal_not_writable"
    return "journal_io"


def _look_at_header(path: Path) -> None:
    """Read the file's first bytes before SQLite does.

    A newer file is not even opened, and beside one that SQLite cannot read it would delete the -wal, which
    holds the newest verdicts.
    """
    try:
        with path.open("rb") as file:
            header = file.read(64)
    except FileNotFoundError:
        header = b""
    if header.startswith(_HEADER_MAGIC) and len(header) == 64:
        _check_version(int.from_bytes(header[60:64], "big"), path)
    elif header or _has_wal(path):
        raise _corrupt("the header is damaged")


def _check_version(version: int, path: Path) -> None:
    if version > VERSION:
        raise JournalTrouble("journal_newer", path=path, version=version, ours=VERSION)


def _connect(path: Path, *, check: bool = False, upgrade: bool = True) -> sqlite3.Connection:
    make_private_dir(path.parent)
    # SQLite gives -wal and -shm the mode of the main file, so the main file is made first.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    try:
        unclean = _has_wal(path)  # before this connection makes one
        _prepare(connection, path, upgrade=upgrade)
        if check:
            _look_through(connection, path, unclean=unclean)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path, *, upgrade: bool) -> None:
    version = version_of(connection)
    _check_version(version, path)
    if not upgrade and version < VERSION:
        raise JournalTrouble("journal_in_use", path=path.parent)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("BEGIN IMMEDIATE")
    try:
        migrate(connection)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _has_wal(path: Path) -> bool:
    wal = path.with_name(f"{path.name}-wal")
    return wal.exists() and wal.stat().st_size > 0


def _corrupt(finding: str) -> sqlite3.DatabaseError:
    error = sqlite3.DatabaseError(finding)
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error


def _mark(path: Path) -> Path:
    """The file whose presence says: damage was met in use, look through the journal at the next start."""
    return path.with_name(f"{path.name}-suspect")


def _look_through(connection: sqlite3.Connection, path: Path, *, unclean: bool) -> None:
    """Look at every page after an unclean end, and at every text too after damage was met in use.

    About 1 second for 1 GB, several for its indexes and 5 for its texts. Raises what SQLite or the reader
    of the texts says.
    """
    met = _mark(path).exists()
    if not met and not unclean:
        return
    how = "integrity_check" if met else "quick_check"  # the latter does not compare indexes with their tables
    for (finding,) in connection.execute(f"PRAGMA {how}(20)"):
        # Some versions (3.40 for one) report NULLs in sound tables: only damage to the structure counts.
        if finding != "ok" and not _CONTENT_FINDING.search(finding):
            raise _corrupt(finding)
    if met:
        check_texts(connection)
        _mark(path).unlink()


def _set_all_aside(path: Path) -> Path:
    """Rename the file together with its -wal and -shm, so that whoever repairs it has everything."""
    aside = name_aside(path)
    _mark(path).unlink(missing_ok=True)
    for part, name in zip(_parts(path), _parts(aside), strict=True):
        if part.exists():
            part.rename(name)
    return aside
