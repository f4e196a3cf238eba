"""The publisher: tells the ledger what the journal holds, after it and never before."""

from __future__ import annotations

from datetime import UTC, datetime

from kdgui.domain.verdicts import Row, Verdict
from kdgui.store.journal.changes import ChangedRow, ChangedRun, JournalChanges
from kdgui.store.journal.journal import Journal
from kdgui.store.journal.rows import read_header
from kdgui.store.ledger.claims import HeldClaim, LedgerClaims
from kdgui.store.ledger.ledger import Ledger, Station
from kdgui.store.ledger.publication import Publication, PublishedRow, PublishedRun

_MEMORY = "team"
_LINES = 1000
"""Lines of the audit trail in one transaction."""

_OPEN = (Verdict.SENDING, Verdict.UNSETTLED)


class Publisher:
    """Publishes one journal in one ledger; one at a time of each data folder.

    Where it has come to is kept in the journal, by ledger. Raises LedgerTrouble and JournalTrouble; what was
    told by then is not told again.
    """

    def __init__(self, journal: Journal, ledger: Ledger, station: Station) -> None:
        self._journal = journal
        self._ledger = ledger
        self._station = station
        self._publication = Publication(ledger, station.home)

    def catch_up(self) -> None:
        """Tell all that is new; then one part of what was done before this data folder joined the team."""
        begin = self._place("new")
        if begin is None:
            joined = self._journal.last_event()
            self._keep("joined", joined)
            self._keep("old", 0)
            self._keep("new", joined)
            begin = joined
        while True:
            changes = self._journal.changes(begin, limit=_LINES)
            self._publish(changes)
            if changes.last != begin:
                begin = changes.last
                self._keep("new", begin)
            if not changes.more:
                break
        self._tell_old()
        self._free()

    def _tell_old(self) -> None:
        old, joined = self._place("old") or 0, self._place("joined") or 0
        if old < joined:
            changes = self._journal.changes(old, until=joined, limit=_LINES)
            self._publish(changes)
            self._keep("old", max(changes.last, joined if not changes.more else 0))

    def _free(self) -> None:
        """Give back what the ledger holds for rows that hold nothing, sent or not, whoever made them."""
        claims = LedgerClaims(self._ledger, self._station)
        by_verdict: dict[str, list[HeldClaim]] = {}
        for claim in claims.held_here():
            row = self._journal.row_of(*claim.owner)
            if row is not None and self._holds_nothing(row):
                by_verdict.setdefault(row.verdict.value, []).append(claim)
        for verdict, held in by_verdict.items():
            claims.release(held, verdict)

    def _holds_nothing(self, row: Row) -> bool:
        if row.verdict is Verdict.QUEUED:
            return not self._journal.workers.is_at_work(row.run_id)
        return row.verdict not in _OPEN

    def _publish(self, changes: JournalChanges) -> None:
        runs = [run for run in changes.runs if not read_header(run.header).practice]
        if runs:
            told = {run.info.run_id for run in runs}
            self._publication.publish(
                [_run(run, self._station) for run in runs],
                [_row(row, self._station) for row in changes.rows if row.row.run_id in told],
                datetime.now(UTC),
            )

    def _place(self, name: str) -> int | None:
        kept = self._journal.recall(_MEMORY, f"{name}|{self._ledger.id}|{self._station.home}")
        return int(kept) if kept else None

    def _keep(self, name: str, place: int) -> None:
        self._journal.remember(_MEMORY, f"{name}|{self._ledger.id}|{self._station.home}", str(place))


def _run(run: ChangedRun, station: Station) -> PublishedRun:
    pc = read_header(run.header).pc or station.pc
    return PublishedRun(run.instance or station.home, run.info, pc, run.header)


def _row(row: ChangedRow, station: Station) -> PublishedRow:
    return PublishedRow(row.instance or station.home, row.row, row.key.text if row.key else "")
