"""Chains: what follows for a target bill after its push (fill, submit, audit), and what may be undone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from kdgui.domain.bills import DocumentStatus, TargetBill
from kdgui.domain.fills import ChangedValue, FilledValue, FillState
from kdgui.domain.verdicts import Reason, Row, Verdict

FILL, SUBMIT, AUDIT = "fill", "submit", "audit"
FURTHER = (FILL, SUBMIT, AUDIT)
"""What may be wanted of a run's targets, the one that leads furthest last."""
UNAUDIT, CANCEL, DELETE = "unaudit", "cancel", "delete"

_REACHED = {
    FILL: frozenset(DocumentStatus),
    SUBMIT: frozenset({DocumentStatus.SUBMITTED, DocumentStatus.APPROVED}),
    AUDIT: frozenset({DocumentStatus.APPROVED}),
}


def has_reached(wanted: str, status: str | None) -> bool:
    """Whether a bill of this status (Z/A/B/C/D) is where `wanted` leads, whoever brought it there.

    A fill leads to no other status: what is filled in is for the values to show.
    """
    return status in _REACHED[wanted]


def further(one: str, other: str) -> str:
    """Which of two wishes leads further; "" is none."""
    return max(one, other, key=lambda wish: FURTHER.index(wish) if wish else -1)


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
        wanted: how far it shall go: "fill", "submit" or "audit".
        reasons: why it is not done; every one that the server gave. Of a closed one: who closed it, and why.
        made: what the audit created further, in the server's words.
        at: when the server was last asked, or the clerk closed it (aware, UTC); None before.
        modified: FModifyDate as the server gave it after our last step, or "".
        fill: every value that is to be filled in, and what the bill holds; () for none, or before
            it was asked.
        changed: what the server changed on the way, though nobody asked for it.
        unfilled: the clerk goes on although something is not filled in.
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
    fill: tuple[FilledValue, ...] = ()
    changed: tuple[ChangedValue, ...] = ()
    unfilled: bool = False

    @property
    def missing(self) -> tuple[FilledValue, ...]:
        """The values that the bill does not hold, as far as is known."""
        return tuple(value for value in self.fill if value.state is not FillState.HELD)

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
        made = (*self._filled, *(Reason.of("audit_made", text=text) for text in self.made))
        if self.state.over:
            return (*self.reasons, *made)
        return (Reason.of(self._missing, number=self.target.label), *self.reasons, *made)

    @property
    def _filled(self) -> tuple[Reason, ...]:
        """How many values it holds, what the server changed on the way, and what was given up."""
        held = len(self.fill) - len(self.missing)
        told = [Reason.of("filled", count=held, number=self.target.label)] if held else []
        told += [
            Reason.of(
                "fill_changed", line=value.line, field=value.name, before=value.before, after=value.after
            )
            for value in self.changed
        ]
        if self.unfilled:
            told += [missed_reason(value) for value in self.missing]
        return tuple(told)

    @property
    def _missing(self) -> str:
        if self.state is ChainState.UNSETTLED:
            return "chain_unsettled"
        if not self.unfilled and (self.missing or self.wanted == FILL):
            return "chain_unfilled"
        return "chain_unaudited" if has_reached(SUBMIT, self.target.status) else "chain_unsubmitted"


def missed_reason(value: FilledValue) -> Reason:
    """Why one value is not in the bill: wanted, and what is held."""
    held = "" if value.held is None else value.held
    return Reason.of(
        f"fill_{value.state.value}", line=value.line, field=value.name, wanted=value.wanted, held=held
    )


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
    return _no_draft(replace(with_target(row, chain.target), notes=tuple(dict.fromkeys(notes))))


def _no_draft(row: Row) -> Row:
    """A fill saves a draft (protocol 4b.0): a row all of whose targets are bills by now is `pushed`."""
    drafts = [target for target in row.targets if target.status in (None, DocumentStatus.DRAFT)]
    if row.verdict is not Verdict.DRAFTED or drafts or not row.targets:
        return row
    return replace(
        row,
        verdict=Verdict.PUSHED,
        reasons=tuple(reason for reason in row.reasons if reason.code != "draft_left"),
        notes=tuple(note for note in row.notes if note.code != "draft_left"),
    )


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
