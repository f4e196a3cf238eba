"""Claims: which bill is being pushed by whom, so that two programs never push one bill at the same time."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class BillKey:
    """What is claimed: one source bill on its way to one target form, in one data centre.

    The server's address is no part of it: two PCs may reach one server by different addresses.
    """

    data_centre_id: str
    form_id: str
    bill_id: str
    target_form: str

    @property
    def text(self) -> str:
        """64 hexadecimal digits, alike on every PC; form ids are compared without case."""
        parts = (self.data_centre_id, self.form_id, self.bill_id, self.target_form)
        return hashlib.sha256("\0".join(part.casefold() for part in parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a bill.

    Attributes:
        user: as signed in to the server; pc: name of the computer.
        since: when the bill was claimed (aware, UTC), or None where nobody knows.
        unsettled: it was sent, and what became of it is not known.
        here: another program on this very PC, or an earlier run of this one.
        silent: nothing was heard of that PC for so long that others may settle its bills.
    """

    user: str
    pc: str
    since: datetime | None
    unsettled: bool = False
    here: bool = False
    silent: bool = False


@dataclass(frozen=True, slots=True)
class EarlierPush:
    """A colleague's push of a bill that ended `pushed` or `drafted`: by which rule, when, by whom."""

    rule_id: str
    user: str
    pc: str
    at: datetime | None
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimState:
    """How a bill stood when it was looked at, before the server was asked about its targets.

    Attributes:
        generation: counts how often it was claimed; 0 for never. A claim is taken only where this has not
            changed since: whoever claimed it meanwhile may have pushed it after the server was asked.
        holder: who holds it, where somebody else does.
        earlier: what a colleague pushed of it, where nobody holds it.
    """

    generation: int = 0
    holder: Holder | None = None
    earlier: EarlierPush | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """One row that wants its bill.

    Attributes:
        evidence: JSON of what settling needs where this PC does not come back; see `ClaimEvidence`.
    """

    key: BillKey
    run_id: str
    position: int
    number: str = ""
    rule_id: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class ClaimResult:
    """What became of the claims of one block, by `BillKey`.

    Attributes:
        held: somebody else holds it now.
        changed: free, but somebody had it since it was looked at: ask the server anew.
    """

    held: Mapping[BillKey, Holder] = field(default_factory=dict)
    changed: frozenset[BillKey] = frozenset()
