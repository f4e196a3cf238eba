"""What earlier runs left behind in this data centre, and what a run teaches the grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kdgui.domain.accounts import DataCentreKey
from kdgui.domain.verdicts import Reason, Row, Verdict
from kdgui.pushing.inspect.check import Finding
from kdgui.ui.results.run_digest import RunDigest, digest_of

if TYPE_CHECKING:
    from kdgui.pushing.engine import PushEngine


_DONE_BEFORE = frozenset({"already_pushed", "already_here", "other_rule_pushed", "is_unsettled"})


@dataclass(frozen=True, slots=True)
class OpenWork:
    """The newest run that was cut off or holds something open; requests and chains that are open."""

    digest: RunDigest | None = None
    open_requests: int = 0
    open_chains: int = 0


@dataclass(frozen=True, slots=True)
class RunShown:
    """Rows of a run, and whether it belongs to the data centre we are signed in to."""

    digest: RunDigest
    here: bool


def fetch_run(engine: PushEngine, run_id: str) -> RunShown:
    """The rows of a run of the history. Blocks for the disk. Raises JournalTrouble."""
    info, profile = engine.journal.run(run_id), engine.connection.profile
    here = info is not None and profile is not None and DataCentreKey.of(info) == DataCentreKey.of(profile)
    return RunShown(digest_of(engine.journal.rows(run_id)), here)


def find_leftovers(engine: PushEngine) -> OpenWork:
    """Look into the journal. Blocks for the disk. Raises JournalTrouble."""
    profile = engine.connection.profile
    if profile is None:
        return OpenWork()
    requests = engine.journal.open_requests(profile.server, profile.data_centre_id)
    runs = [info.run_id for info in engine.runs.unfinished()]
    runs += [request.run_id for request in requests if any(_is_open(row) for row in request.rows)]
    chains = engine.submit_audit.open_chains()
    digest = digest_of(engine.journal.rows(max(runs))) if runs else None
    return OpenWork(digest, len(requests), len(chains))


def _is_open(row: Row) -> bool:
    return row.verdict in (Verdict.UNSETTLED, Verdict.SENDING)


def found_late(rows: Sequence[Row], running: str) -> tuple[Row, ...]:
    """The rows of earlier runs than `running` whose target turned up after all: the clerk must be told."""
    return tuple(
        row
        for row in rows
        if row.run_id != running
        and row.verdict in (Verdict.PUSHED, Verdict.DRAFTED)
        and any(note.code == "found_late" for note in row.notes)
    )


def findings_of(rows: Sequence[Row]) -> dict[str, Finding | None]:
    """What a run found out, as a check would tell it: so that the grid does not offer pushed bills again.

    None for what failed or can be put right in Kingdee (not approved …): offered again, the guard asks anew.
    """
    return {row.number: _finding(row) if _is_done(row) else None for row in reversed(rows)}


def _is_done(row: Row) -> bool:
    if row.verdict is Verdict.SKIPPED:
        return any(reason.code in _DONE_BEFORE for reason in row.reasons)
    return row.verdict in (Verdict.PUSHED, Verdict.DRAFTED, Verdict.UNSETTLED)


def _finding(row: Row) -> Finding:
    if row.verdict is Verdict.UNSETTLED:
        reason = Reason.of("is_unsettled", run=row.run_id)
    elif row.verdict is Verdict.SKIPPED and row.reasons:
        reason = row.reasons[0]
    else:
        reason = Reason.of("already_pushed", count=len(row.targets))
    return Finding(row.position, ok=False, reason=reason, targets=row.targets)
