"""Chains: what follows for a target bill after its push (submit, audit), and what may be undone again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from kdgui.domain.bills import DocumentStatus, TargetBill
from kdgui.domain.verdicts import Reason, Row, Verdict

SUBMIT, AUDIT = "submit", "audit"
UNAUDIT, CANCEL, DELETE = "unaudit", "cancel", "delete"

_REACHED = {
    SUBMIT: frozenset({DocumentStatus.SUBMITTED, DocumentStatus.APPROVED}),
    AUDIT: frozenset({DocumentStatus.APPROVED}),
}


def has_reached(wanted: str, status: str | None) -> bool:
    """Whether a bill of this status (Z/A/B/C/D) is where `wanted` leads, whoever brought it there."""
    return status in _REACHED[wanted]


class ChainState(StrEnum):
    """How far a chain is."""

    WAITING = "waiting"
    """Not begun."""
    SENDING = "sending"
    """A step is in the journal, its answer is not."""
    HALF = "half"
    """Some step is missing, and the reasons say why (未走完)."""
    UNSETTLED = "unsettled"
    """A step may or may not have happened."""
    DONE = "done"
    """The server showed the status that was wanted."""
    CLOSED = "closed"
    """The clerk closed it by hand, or the bill was deleted."""

    @property
    def over(self) -> bool:
        """Whether nothing more is to be done."""
        return self in (ChainState.DONE, ChainState.CLOSED)


@dataclass(frozen=True, slots=True)
class Chain:
    """What follows for one target bill of a run.

    Attributes:
        position: the row whose target it is; the first of them where several rows became one target.
        others: the further rows that became the same target.
        target: with the status that the server showed last.
        wanted: how far it shall go: "submit" or "audit".
        reasons: why it is not done; every one that the server gave. Of a closed one: who closed it, and why.
        made: what the audit created further, in the server's words.
        at: when the server was last asked, or the clerk closed it (aware, UTC); None before.
        modified: FModifyDate as the server gave it after our last step, or "".
    """

    run_id: str
    position: int
    target: TargetBill
    wanted: str
    state: ChainState = ChainState.WAITING
    reasons: tuple[Reason, ...] = ()
    made: tuple[str, ...] = ()
    at: datetime | None = None
    modified: str = ""
    others: tuple[int, ...] = ()

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from every other chain: run, target form, target id."""
        return self.run_id, self.target.form_id, self.target.id

    @property
    def positions(self) -> tuple[int, ...]:
        """Every row that became this target."""
        return self.position, *self.others

    @property
    def notes(self) -> tuple[Reason, ...]:
        """What its rows say about it: what is missing and why, and what the audit created further."""
        made = tuple(Reason.of("audit_made", text=text) for text in self.made)
        if self.state.over:
            return (*self.reasons, *made)
        return (Reason.of(self._missing, number=self.target.label), *self.reasons, *made)

    @property
    def _missing(self) -> str:
        if self.state is ChainState.UNSETTLED:
            return "chain_unsettled"
        return "chain_unaudited" if has_reached(SUBMIT, self.target.status) else "chain_unsubmitted"


def with_target(row: Row, target: TargetBill) -> Row:
    """`row` with what the server showed of one of its targets: status and number."""
    return replace(
        row,
        targets=tuple(target if _same(known, target) else known for known in row.targets),
    )


def with_chain(row: Row, before: Chain | None, chain: Chain) -> Row:
    """`row` once a chain of one of its targets stands like this; `before` is how it stood."""
    said = set(before.notes) if before else set()
    notes = (*(note for note in row.notes if note not in said), *chain.notes)
    return replace(with_target(row, chain.target), notes=tuple(dict.fromkeys(notes)))


def without_target(row: Row, target: TargetBill, deleted: Reason, at: datetime) -> Row:
    """`row` once this program has deleted one of its targets; `deleted` says so.

    Where nothing is left of what the push made, the server holds nothing new from it: `failed`, and the
    reason tells that it was deleted. Then the bill may be pushed again.
    """
    left = tuple(known for known in row.targets if not _same(known, target))
    if left or len(left) == len(row.targets):
        return replace(row, targets=left, notes=(*row.notes, deleted), asked_at=at)
    said = tuple(reason for reason in row.reasons if reason.code == deleted.code)
    earlier = tuple(note for note in row.notes if note.code == deleted.code)
    return replace(
        row,
        verdict=Verdict.FAILED,
        targets=(),
        reasons=(*said, *earlier, deleted),
        notes=tuple(note for note in row.notes if note not in earlier),
        presumed=False,
        partial=False,
        alarm=False,
        asked_at=at,
    )


def _same(one: TargetBill, other: TargetBill) -> bool:
    return (one.form_id.casefold(), one.id) == (other.form_id.casefold(), other.id)


class UndoState(StrEnum):
    """What deleting would do, or did, with a target bill."""

    DELETABLE = "deletable"
    AUDITED = "audited"
    """Submitted or approved: it has to be taken back first, and the clerk did not ask for that."""
    NOT_OURS = "not_ours"
    TOUCHED = "touched"
    """Changed, moved on or pushed on since this run left it."""
    GONE = "gone"
    DELETED = "deleted"
    REFUSED = "refused"
    UNSETTLED = "unsettled"


@dataclass(frozen=True, slots=True)
class UndoItem:
    """One target bill that a run created.

    Attributes:
        position: the row whose target it is; the first of them where several rows became one target.
        others: the further rows that became the same target.
        target: with the status that the server showed last.
        reason: why not, what the server said, or what nobody could find out about a deletable one.
        unaudit: whether it is to be taken back first, as the clerk asked.
    """

    run_id: str
    position: int
    target: TargetBill
    state: UndoState
    reason: Reason | None = None
    unaudit: bool = False
    others: tuple[int, ...] = ()

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from every other item: run, target form, target id."""
        return self.run_id, self.target.form_id, self.target.id

    @property
    def positions(self) -> tuple[int, ...]:
        """Every row that became this target."""
        return self.position, *self.others
