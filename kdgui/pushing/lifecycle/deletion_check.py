"""Deletion check: what the server still holds of what a run created, and what may be done with each bill."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from kdgui.domain.bills import DocumentStatus, TargetBill
from kdgui.domain.chains import (
    DELETE,
    FURTHER,
    SUBMIT,
    UNAUDIT,
    Chain,
    UndoItem,
    UndoState,
    has_reached,
)
from kdgui.domain.verdicts import Reason, Row, RunInfo
from kdgui.pushing.connection.connection import Connection
from kdgui.pushing.context import DataCentreContext
from kdgui.pushing.lifecycle.downstream import DownstreamLookup
from kdgui.pushing.lifecycle.target_proof import TargetProof
from kdgui.pushing.lookup.bill_states import BillState, BillStates, StatesResult
from kdgui.pushing.lookup.ownership import Ownership
from kdgui.pushing.schema.query_text import CHUNK
from kdgui.store.journal.chains import OpenStep

LATELY_SECONDS = 30.0
"""What a bill was pushed on to is asked again just before its step where it was asked longer ago."""
_SAVING_SECONDS = 60.0
"""Making and first saving of a bill may lie so far apart, and the slowest push seen on top of it."""


class DeletionCheck:
    """What is known of the bills that a run created, and what may be done with them. One form, one thread."""

    def __init__(
        self,
        context: DataCentreContext,
        connection: Connection,
        info: RunInfo,
        form_id: str,
        items: Sequence[UndoItem],
    ) -> None:
        self.items = {item.target.id: item for item in items}
        self.form_id = form_id
        self.context = context
        self._run = info
        self._user = connection.user
        self._ours = Ownership(connection, context.journal, place=context.memory_key())
        self._states = BillStates(connection, context.journal, place=context.memory_key(), form_id=form_id)
        self._downstream = DownstreamLookup(context, connection, form_id)
        self._pushed_on: dict[str, tuple[TargetBill, ...]] = {}
        self._asked: dict[str, tuple[str, float]] = {}
        self._slowest = context.journal.slowest(info.rule_id)
        self._chains: Mapping[str, Chain] = {
            chain.target.id: chain
            for chain in context.journal.chains.of_run(info.run_id)
            if chain.target.form_id == form_id
        }
        rows = context.journal.rows(info.run_id)
        self._proof = TargetProof(context, connection, info, rows)
        self._unread = frozenset(row.position for row in rows if _is_unread(row))
        self._open: dict[str, Reason] = {}
        self.begun: set[str] = set()

    def ask(self, ids: Sequence[str]) -> StatesResult:
        """The bills as the server shows them, and once what they were pushed on to. Raises KdguiError."""
        shown = self._states.look(ids)
        self._proof.ask(tuple(shown.bills))
        self._look_downstream(
            {bill_id: state.bill.number for bill_id, state in shown.bills.items() if state.bill.number}
        )
        return shown

    def _look_downstream(self, bills: Mapping[str, str]) -> None:
        """What these (FID → number) were pushed on to, unless that was asked just now.

        A draft without number is pushed on by nobody, and cannot be asked for by its number. The bills that
        come next are asked about along: one question holds many more than are looked at together.
        """
        wanted = {bill_id: number for bill_id, number in bills.items() if not self._knows(bill_id, number)}
        if not wanted:
            return
        for item in self.items.values():
            target = item.target
            if len(wanted) < CHUNK and target.number and item.state is UndoState.DELETABLE:
                wanted.setdefault(target.id, bills.get(target.id, target.number))
        asked_at = time.monotonic()
        self._pushed_on.update(self._downstream.ask(wanted))
        self._asked.update({bill_id: (number, asked_at) for bill_id, number in wanted.items()})

    def _knows(self, bill_id: str, number: str) -> bool:
        asked_as, asked_at = self._asked.get(bill_id, ("", 0.0))
        return asked_as == number and time.monotonic() - asked_at < LATELY_SECONDS

    def take_up(self, step: OpenStep, shown: StatesResult) -> None:
        """A step of earlier whose outcome nobody knew: what the server shows tells it, or time does."""
        target, journal = step.step.target, self.context.journal.chains
        item, state = self.items.get(target.id), shown.bills.get(target.id)
        if item is None:
            return
        if step.step.operation in FURTHER:
            self._open[target.id] = Reason.of("chain_unsettled", number=target.label)
        elif has_moved(step.step.operation, state, gone=state is None and shown.sure):
            journal.close_step(step.step_id, "done")
            self.record(item, step.step.operation, state)
        else:
            ending = step.known_ending
            since = (datetime.now(UTC) - step.intended_at).total_seconds()
            if state is None or 0 <= since < self.context.quiet(None).after(ending.cause, self._slowest):
                self._open[target.id] = Reason.of("no_answer", cause=ending.cause or "read_timeout")
            else:
                journal.close_step(step.step_id, "not_done")

    def record(self, item: UndoItem, operation: str, state: BillState | None) -> tuple[Row, ...]:
        """A step is done: the journal says so, its rows too."""
        journal = self.context.journal.chains
        target = state.bill if state else item.target
        if operation != DELETE:
            self.items[item.target.id] = replace(item, target=target)
            return journal.moved(item.run_id, item.positions, target)
        said = Reason.of(
            "deleted_here",
            number=item.target.label,
            who=self.context.user(),
            time=datetime.now(UTC).isoformat(),
        )
        self.items[item.target.id] = replace(item, state=UndoState.DELETED, reason=said)
        return journal.deleted(item.run_id, item.positions, item.target, said)

    def judge(self, item: UndoItem, state: BillState | None, *, sure: bool) -> UndoItem:
        """What may be done with one bill that the server shows like this (None: not at all)."""
        known = self.items[item.target.id]
        if known.state is UndoState.DELETED:
            return known
        if state is None:
            gone = UndoState.GONE if sure else UndoState.UNSETTLED
            return replace(known, state=gone, reason=Reason.of("target_gone" if sure else "target_not_seen"))
        open_reason = self._open.get(item.target.id)
        left = known.target.status
        known = replace(known, target=state.bill)
        if open_reason is not None:
            return replace(known, state=UndoState.UNSETTLED, reason=open_reason)
        if self._unread.intersection(known.positions):
            return replace(known, state=UndoState.UNSETTLED, reason=Reason.of("not_read_back"))
        foreign = self._foreign(state)
        if foreign is not None:
            return replace(known, state=UndoState.NOT_OURS, reason=foreign)
        touched = self._pushed_further(state) or (
            None if item.target.id in self.begun else self._touched(state, left)
        )
        if touched is not None:
            return replace(known, state=UndoState.TOUCHED, reason=touched)
        if state.bill.status is None:
            return replace(known, state=UndoState.UNSETTLED, reason=Reason.of("status_unknown"))
        if has_reached(SUBMIT, state.bill.status) and not known.unaudit:
            reason = Reason.of("take_back_first", status=state.bill.status)
            return replace(known, state=UndoState.AUDITED, reason=reason)
        return replace(known, state=UndoState.DELETABLE, reason=self._not_known(state))

    def _foreign(self, state: BillState) -> Reason | None:
        if self._run.user.casefold() != self._user.casefold():
            return Reason.of("other_user", user=self._run.user)
        if self._ours.is_foreign(state.creator):
            return Reason.of("not_ours")
        return Reason.of("link_not_proven") if self._proof.disproves(state.bill.id) else None

    def _pushed_further(self, state: BillState) -> Reason | None:
        further = self._pushed_on.get(state.bill.id, ())
        if not further:
            return None
        return Reason.of("pushed_on", number=", ".join(target.label for target in further))

    def _touched(self, state: BillState, left: str | None) -> Reason | None:
        if left == DocumentStatus.DRAFT and state.bill.status != DocumentStatus.DRAFT:
            return Reason.of("moved_on", status=state.bill.status or "")
        if self._ours.is_foreign(state.approver) and state.bill.status == DocumentStatus.APPROVED:
            return Reason.of("approved_by_other")
        if self._ours.is_foreign(state.modifier):
            return Reason.of("changed_since")
        chain = self._chains.get(state.bill.id)
        if chain is not None and chain.modified:
            return Reason.of("changed_since") if state.modified != chain.modified else None
        after = state.modified_after
        if after is not None and after > _SAVING_SECONDS + self._slowest:
            return Reason.of("changed_since")
        return None

    def _not_known(self, state: BillState) -> Reason | None:
        """What nobody could find out about a bill that may be deleted."""
        if not self._ours.is_ours(state.creator):
            return Reason.of("maker_unknown")
        if state.modified_after is None:
            return Reason.of("touch_unknown")
        if self._downstream.unseen:
            return Reason.of("downstream_unknown", forms=", ".join(self._downstream.unseen))
        return None


def has_moved(operation: str, shown: BillState | None, *, gone: bool) -> bool:
    """Whether the server shows a bill as taking back or deleting leaves it."""
    if operation == DELETE:
        return gone
    before = DocumentStatus.APPROVED if operation == UNAUDIT else DocumentStatus.SUBMITTED
    return shown is not None and shown.bill.status not in (None, before)


def _is_unread(row: Row) -> bool:
    """Whether nobody has read back yet what its push made."""
    return not row.checked
