"""Evidence: what a claim carries for whoever has to settle it where its own PC does not come back."""

from __future__ import annotations

import msgspec

from kdgui.domain.orders import PushOptions
from kdgui.store.journal.records import RunHeader


class ClaimEvidence(msgspec.Struct, frozen=True):
    """One claimed bill and its request, as far as they are known before the request leaves.

    Attributes:
        snapshot: ids of the target bills that were known before.
        merged_with: FIDs of all bills of its request, its own among them; () where it goes alone.
    """

    header: RunHeader
    form_id: str
    target_form: str
    bill_id: str
    number: str
    options: PushOptions
    snapshot: tuple[str, ...] = ()
    merged_with: tuple[str, ...] = ()
    entry_ids: tuple[str, ...] = ()


def write_evidence(evidence: ClaimEvidence) -> str:
    """As JSON text."""
    return msgspec.json.encode(evidence).decode()


def read_evidence(text: str) -> ClaimEvidence | None:
    """From JSON text; None where it cannot be read."""
    try:
        return msgspec.json.decode(text, type=ClaimEvidence)
    except msgspec.DecodeError:
        return None
