"""A journal that was lost or set aside: noticed at opening, and remembered until somebody acknowledges it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

import msgspec

from kdgui.store.journal.file import JournalFile, told
from kdgui.store.journal.rows import now, to_json

_KIND, _KEY = "journal", "loss"


@dataclass(frozen=True, slots=True)
class Loss:
    """What happened to the journal that was here before.

    Attributes:
        at: when it was noticed, as the journal writes moments.
        set_aside: where the damaged file lies; "" where the journal was missing or empty.
        rescued: rows of bills that were carried over from it.
    """

    at: str
    set_aside: str = ""
    rescued: int = 0


def was_begun(path: Path) -> bool:
    """Whether a journal was begun at this path before: a file beside it says so."""
    return _sign(path).exists()


def note_loss(file: JournalFile, *, expected: bool) -> None:
    """Write into a journal just opened that it takes the place of another one, where that is so."""
    if file.set_aside is not None or (file.created and expected):
        aside = str(file.set_aside) if file.set_aside else ""
        with file.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO memory (kind, key, value, at) VALUES (?, ?, ?, ?)",
                (_KIND, _KEY, to_json(Loss(now(), aside, file.rescued)), now()),
            )
    with told(file.path):
        _sign(file.path).touch(mode=0o600)


def read_loss(connection: sqlite3.Connection) -> Loss | None:
    """The loss that nobody acknowledged yet."""
    found = connection.execute(
        "SELECT value FROM memory WHERE kind = ? AND key = ?", (_KIND, _KEY)
    ).fetchone()
    return msgspec.json.decode(found["value"], type=Loss) if found else None


def forget_loss(connection: sqlite3.Connection) -> Loss | None:
    """Acknowledge the loss: it is told no more, and the audit trail keeps that it was."""
    loss = read_loss(connection)
    if loss is not None:
        connection.execute("DELETE FROM memory WHERE kind = ? AND key = ?", (_KIND, _KEY))
        connection.execute(
            "INSERT INTO events (at, run_id, what, data) VALUES (?, '', 'loss_acknowledged', ?)",
            (now(), to_json(loss)),
        )
    return loss


def _sign(path: Path) -> Path:
    return path.with_name(f"{path.name}-begun")
