"""The parts of one run, all of them made for this run alone and handed on as one object."""

from __future__ import annotations

from dataclasses import dataclass

from kdgui.pushing.connection.connection import Connection
from kdgui.pushing.lookup.target_lookup import TargetLookup
from kdgui.pushing.run.claims import RunClaims
from kdgui.pushing.run.guard import Guard
from kdgui.pushing.run.run_rows import RunRows
from kdgui.pushing.verify.evidence import EvidenceCollector
from kdgui.pushing.verify.pending_bills import PendingBills


@dataclass(frozen=True, slots=True)
class RunParts:
    """What a run works with.

    Attributes:
        connection: the run's own, used from its thread.
        guard: which bills exist, are open, and were not pushed before.
        lookup: which targets the server shows.
        collector: turns what is shown into evidence for each bill.
        rows: the rows of the run, as the journal holds them.
        pending: bills whose answer never came.
        claims: which bills are this run's.
    """

    connection: Connection
    guard: Guard
    lookup: TargetLookup
    collector: EvidenceCollector
    rows: RunRows
    pending: PendingBills
    claims: RunClaims
