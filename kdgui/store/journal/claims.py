"""The journal's part for claims: two programs on one data folder never push one bill at the same time.

A claim names the row that took the bill last. The row's own verdict says whether the bill is still held, so
that nothing has to be given back: held while `sending` or `unsettled`, and while `queued` in a run that a
program works on just now.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from kdgui.domain.claims import BillKey, Claim, ClaimResult, ClaimState, Holder
from kdgui.domain.verdicts import Verdict
from kdgui.store.journal.file import JournalFile
from kdgui.store.journal.queries import chunks
from kdgui.store.journal.rows import now, read_header
from kdgui.store.journal.workers import RunWorkers

_UNHELD = ClaimState()


class ClaimJournal:
    """Claims of this data folder. As `Journal`: any thread, one transaction a method, durable on return."""

    def __init__(self, file: JournalFile, workers: RunWorkers) -> None:
        self._file = file
        self._workers = workers

    def look(self, keys: Sequence[BillKey], run_id: str) -> dict[BillKey, ClaimState]:
        """How these bills stand for rows of the run `run_id`; to be asked before the server is."""
        with self._file.reading() as connection:
            return self._states(connection, keys, run_id)

    def take(self, claims: Sequence[Claim], looked: Mapping[BillKey, ClaimState], run_id: str) -> ClaimResult:
        """Claim these bills for rows of the run, all that nobody has had since they were `looked` at."""
        held: dict[BillKey, Holder] = {}
        changed = set()
        at = now()
        with self._file.writing() as connection:
            states = self._states(connection, [claim.key for claim in claims], run_id)
            for claim in claims:
                state = states[claim.key]
                seen = looked.get(claim.key, _UNHELD)
                holder = state.holder or seen.holder  # it may have been pushed since it was looked at
                if holder is not None:
                    held[claim.key] = holder
                elif state.generation != seen.generation:
                    changed.add(claim.key)
                else:
                    _put(connection, claim, at)
        return ClaimResult(held, frozenset(changed))

    def _states(
        self, connection: sqlite3.Connection, keys: Iterable[BillKey], run_id: str
    ) -> dict[BillKey, ClaimState]:
        by_text = {key.text: key for key in keys}
        states = dict.fromkeys(by_text.values(), _UNHELD)
        elsewhere = self._workers.elsewhere(connection)
        for part in chunks(by_text):
            for record in connection.execute(
                "SELECT key, generation, claims.run_id, claims.taken_at, rows.verdict, runs.header"
                " FROM claims JOIN rows ON rows.run_id = claims.run_id AND rows.position = claims.position"
                " JOIN runs ON runs.run_id = claims.run_id"
                f" WHERE key IN ({', '.join('?' * len(part))})",
                part,
            ):
                mine = record["run_id"] == run_id
                generation = record["generation"]
                holder = None if mine else _holder(record, at_work=record["run_id"] in elsewhere)
                # Nobody but this run itself can have had its own claim since: that one is as good as unseen.
                states[by_text[record["key"]]] = ClaimState(generation, holder)
        return states


def put_claim(connection: sqlite3.Connection, key: BillKey, run_id: str, position: int, at: str) -> None:
    """Claim a bill for a row, whoever had it; inside the caller's transaction."""
    connection.execute(
        "INSERT INTO claims (key, generation, run_id, position, taken_at) VALUES (?1, 1, ?2, ?3, ?4)"
        " ON CONFLICT (key) DO UPDATE SET generation = generation + (run_id <> ?2 OR position <> ?3),"
        " run_id = ?2, position = ?3, taken_at = ?4",
        (key.text, run_id, position, at),
    )


def _put(connection: sqlite3.Connection, claim: Claim, at: str) -> None:
    put_claim(connection, claim.key, claim.run_id, claim.position, at)


def _holder(record: sqlite3.Row, *, at_work: bool) -> Holder | None:
    verdict = Verdict(record["verdict"])
    held = verdict in (Verdict.SENDING, Verdict.UNSETTLED) or (verdict is Verdict.QUEUED and at_work)
    if not held:
        return None
    header = read_header(record["header"])
    since = datetime.fromisoformat(record["taken_at"])
    unsettled = verdict is Verdict.UNSETTLED or not at_work
    return Holder(header.user, header.pc, since, unsettled=unsettled, here=True)
