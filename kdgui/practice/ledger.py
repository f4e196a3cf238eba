"""The ledger: everything this server really did, and every POST of a write that reached it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from kdgui.practice.database import Database

Row = dict[str, Any]
"""One line of the ledger as JSON keeps it; only this module writes such lines."""


@dataclass(frozen=True, slots=True)
class BillRef:
    """A bill, as the ledger names it; of a target that a push made, the FIDs of its sources as well."""

    form_id: str
    id: str
    number: str
    status: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One thing done: a push carried out (or another operation), once each time it was carried out.

    Attributes:
        seq: grows with time, over all entries and posts.
        at: the server's time, ISO 8601 with offset.
        operation: push, submit, audit, unaudit, delete, cancelassign, save.
        sources: the source bills of a push; the bills worked on otherwise.
        targets: bills that this made (drafts too, with status Z), empty otherwise.
        fault: names of the faults that were at work, joined by "+", or "".
        post: `seq` of the POST that caused it.
        changes: what a Save changed, field by field: "FInStockEntry 300001 FQty: 5.0 → 3.0".
    """

    seq: int
    at: str
    operation: str
    data_centre: str
    user: str
    form_id: str
    rule_id: str
    sources: tuple[BillRef, ...]
    targets: tuple[BillRef, ...]
    fault: str
    post: int
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Post:
    """One HTTP POST of a write that was received, whatever became of it.

    Attributes:
        ids, numbers, entry_ids: as they were sent.
        bill_ids: the FIDs that these mean in the books; empty for a client that is not signed in.
        organisation_id: where the client's session stood; 0 for one that is not signed in.
    """

    seq: int
    at: str
    operation: str
    data_centre: str
    user: str
    form_id: str
    rule_id: str
    ids: tuple[str, ...]
    numbers: tuple[str, ...]
    entry_ids: tuple[str, ...]
    bill_ids: tuple[str, ...]
    fault: str
    organisation_id: int = 0


class Ledger:
    """Kept in the vault, in the same transaction as the work itself."""

    def __init__(self, vault: Database) -> None:
        self._vault = vault
        self._kept: dict[str, list[Row]] = {}
        self.prepare()

    def prepare(self) -> None:
        """Make the table where there is none."""
        with self._vault.transaction() as connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS ledger"
                " (seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT, body TEXT)"
            )

    def record_done(
        self,
        operation: str,
        who: tuple[str, str],
        what: tuple[str, str],
        sources: Iterable[BillRef],
        targets: Iterable[BillRef],
        fault: str,
        post: int,
        changes: Iterable[str] = (),
    ) -> None:
        """Write down what was done. `who` is data centre and user, `what` form id and rule id."""
        body = {
            "at": _now(), "operation": operation, "data_centre": who[0], "user": who[1],
            "form_id": what[0], "rule_id": what[1], "sources": [asdict(item) for item in sources],
            "targets": [asdict(item) for item in targets], "fault": fault, "post": post,
            "changes": list(changes),
        }  # fmt: skip
        self._write("done", body)

    def record_post(
        self,
        operation: str,
        who: tuple[str, str],
        what: tuple[str, str],
        asked: Mapping[str, Iterable[str]],
        fault: str,
        organisation_id: int,
    ) -> int:
        """Write down a POST as it came in; returns its `seq`. `asked`: ids, numbers, entry_ids, bill_ids."""
        body = {
            "at": _now(), "operation": operation, "data_centre": who[0], "user": who[1],
            "form_id": what[0], "rule_id": what[1], "fault": fault, "organisation_id": organisation_id,
            **{name: list(asked.get(name, ())) for name in ("ids", "numbers", "entry_ids", "bill_ids")},
        }  # fmt: skip
        return self._write("post", body)

    def _write(self, kind: str, body: Mapping[str, object]) -> int:
        with self._vault.transaction() as connection:
            text = json.dumps(body, ensure_ascii=False)
            cursor = connection.execute("INSERT INTO ledger (kind, body) VALUES (?, ?)", (kind, text))
            return int(cursor.lastrowid or 0)

    def keep(self) -> None:
        """Remember everything, so that it can be read after the vault is closed."""
        self._kept = {kind: self._read(kind) for kind in ("done", "post")}

    def _read(self, kind: str) -> list[Row]:
        if kind in self._kept:
            return self._kept[kind]
        with self._vault.lock:
            rows = self._vault.connection.execute(
                "SELECT seq, body FROM ledger WHERE kind = ? ORDER BY seq", (kind,)
            ).fetchall()
        return [{"seq": seq, **json.loads(body)} for seq, body in rows]

    def entries(self) -> list[LedgerEntry]:
        """Everything done, oldest first."""
        return [_entry(row) for row in self._read("done")]

    def posts(self) -> list[Post]:
        """Every POST of a write, oldest first."""
        return [_post(row) for row in self._read("post")]

    def as_json(self) -> dict[str, object]:
        """What GET /practice/ledger answers."""
        return {"entries": self._read("done"), "posts": self._read("post")}


def _entry(row: Row) -> LedgerEntry:
    refs = {name: tuple(map(_ref, row[name])) for name in ("sources", "targets")}
    return LedgerEntry(**{**row, **refs, "changes": tuple(row.get("changes", ()))})


def _ref(item: Row) -> BillRef:
    return BillRef(**{**item, "sources": tuple(item.get("sources", ()))})


def _post(row: Row) -> Post:
    lists = {name: tuple(row[name]) for name in ("ids", "numbers", "entry_ids", "bill_ids")}
    return Post(**{**row, **lists})


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
