"""Chain policy: what comes next for a target bill (fill, submit, audit), and what keeps it from going on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from kdgui.domain import msg_codes
from kdgui.domain.bills import DocumentStatus
from kdgui.domain.chains import AUDIT, FILL, SUBMIT, Chain, ChainState, has_reached, missed_reason
from kdgui.domain.fills import FillState
from kdgui.domain.verdicts import Reason, Row
from kdgui.pushing.context import DataCentreContext
from kdgui.pushing.flow.observer import ChainObserver, Observer
from kdgui.pushing.lifecycle.fill_step import WRITABLE, FillStep
from kdgui.pushing.lifecycle.step_runner import BillSteps, Halt, SentStep, StepCall, plain_call
from kdgui.pushing.lifecycle.target_proof import TargetProof
from kdgui.pushing.lookup.bill_states import BillState, BillStates, StatesResult
from kdgui.pushing.lookup.ownership import Ownership

SAVING_SECONDS = 60.0
"""Making and first saving of a bill may lie so far apart, and the slowest push seen on top of it."""
_UNPROVEN = frozenset({"link_unproven", "unverified", "foreign_target"})
"""Notes of a row whose targets are not certain to be its own."""
_LOCK_CODES = frozenset({None, 0, msg_codes.LOCKED})
"""MsgCodes that a lock of somebody else may carry (protocol 4b.4); a fill may be repeated harmlessly."""


@dataclass(frozen=True, slots=True)
class Safeguards:
    """What keeps a bill of a run from being written into.

    Attributes:
        alarmed: positions of rows that raised an alarm.
        unproven: positions of rows whose targets are not certain to be their own.
        proof: whether link rows show a target as made from its sources; None where nobody can ask.
        slowest: seconds of the slowest push under this rule.
    """

    alarmed: frozenset[int]
    unproven: frozenset[int]
    proof: TargetProof | None
    slowest: float


class ChainPolicy:
    """The goal of chains: filled, submitted, or approved. See `StepPolicy`.

    Attributes:
        begun: bills of which a step was sent by this program, in this walk or in one that was cut off.
    """

    def __init__(
        self,
        context: DataCentreContext,
        states: BillStates,
        ours: Ownership,
        chains: Iterable[Chain],
        observer: Observer,
        safeguards: Safeguards,
        fills: FillStep,
        *,
        only_ask: bool,
    ) -> None:
        """With `only_ask` no step is sent: what became of open ones is found out, nothing else."""
        self._journal = context.journal.chains
        self._safeguards = safeguards
        self._proof = safeguards.proof
        self._only_ask = only_ask
        self._fills = fills
        self.begun: set[str] = set()
        self._states = states
        self._ours = ours
        self._chains = {chain.target.id: chain for chain in chains}
        self._observer = observer

    def look(self, ids: Sequence[str]) -> StatesResult:
        """See StepPolicy."""
        if self._proof is not None and not self._only_ask:
            self._proof.ask(ids)
        shown = self._states.look(ids)
        self._fills.look(bill_id for bill_id in shown.bills if self._fills_in(self._chains[bill_id]))
        return shown

    def _fills_in(self, chain: Chain) -> bool:
        return not chain.unfilled and self._fills.applies(chain)

    def next_step(self, case: BillSteps, shown: BillState | None, *, sure: bool) -> str | Halt:
        """See StepPolicy.

        A draft of a failed save, what raised an alarm, and what somebody else rejected or changed since are
        left to the clerk.
        """
        chain = self._chains[case.target.id]
        if shown is None:
            return Halt(False, (Reason.of("target_gone" if sure else "target_not_seen"),))
        status = shown.bill.status
        if self._fills_in(chain):
            chain = replace(chain, fill=self._fills.values(chain))
            self._chains[case.target.id] = chain
            move = self._fill(case, chain, shown)
            if move is not None:
                return move
        if has_reached(chain.wanted, status):
            return Halt(True)
        if status is None:
            return Halt(False, (Reason.of("status_unknown"),))
        if self._safeguards.alarmed.intersection(chain.positions):
            return Halt(False, (Reason.of("alarm_first"),))
        obstacle = self._obstacle(chain, shown)
        if obstacle is not None:
            return Halt(False, (obstacle,))
        if self._only_ask:
            return Halt(False, chain.reasons)
        return AUDIT if has_reached(SUBMIT, status) else SUBMIT

    def _obstacle(self, chain: Chain, shown: BillState) -> Reason | None:
        if shown.bill.status == DocumentStatus.REOPENED:  # a push makes none: it was rejected, or taken back
            return Reason.of("rejected")
        if self._ours.is_foreign(shown.creator):
            return Reason.of("not_ours")
        changed = not chain.modified or shown.modified != chain.modified
        if changed and self._ours.is_foreign(shown.modifier):
            return Reason.of("changed_since")
        if self._disproved(shown):
            return Reason.of("link_not_proven")
        if shown.bill.status == DocumentStatus.DRAFT:
            return Reason.of("draft_not_submitted")
        return None

    def _disproved(self, shown: BillState) -> bool:
        """Whether link rows can be read and do not show the bill as made from its sources."""
        return self._proof is not None and not self._only_ask and self._proof.disproves(shown.bill.id)

    def _fill(self, case: BillSteps, chain: Chain, shown: BillState) -> str | Halt | None:
        """The move of a bill on which something is to be filled in; None where it holds all of it."""
        damage = self._fills.damage(case.target.id)
        if damage:
            return Halt(False, damage)
        if not chain.missing:
            return None
        reason = self._not_fillable(case, chain, shown)
        if reason is not None:
            return Halt(False, (reason,))
        if self._only_ask:
            return Halt(False, chain.reasons)
        if any(value.state in WRITABLE for value in chain.missing):
            return FILL
        return Halt(False, tuple(map(missed_reason, chain.missing)))

    def _not_fillable(self, case: BillSteps, chain: Chain, shown: BillState) -> Reason | None:
        """Why nothing may be written into this bill."""
        status = shown.bill.status
        if status is None:
            return Reason.of("status_unknown")
        if self._safeguards.alarmed.intersection(chain.positions):
            return Reason.of("alarm_first")
        if self._ours.is_foreign(shown.creator):
            return Reason.of("not_ours")
        if self._safeguards.unproven.intersection(chain.positions):
            return Reason.of("fill_unproven")
        if self._disproved(shown):
            return Reason.of("link_not_proven")
        if has_reached(SUBMIT, status):
            return Reason.of("fill_submitted", status=status)
        return Reason.of("fill_touched") if self._is_touched(case, chain, shown) else None

    def _is_touched(self, case: BillSteps, chain: Chain, shown: BillState) -> bool:
        """Whether somebody has changed the bill since we left it; our own last fill does not count."""
        if self._ours.is_foreign(shown.modifier):
            return True
        if case.target.id in self.begun:
            return False
        if chain.modified:
            return shown.modified != chain.modified
        after = shown.modified_after
        return after is not None and after > SAVING_SECONDS + self._safeguards.slowest

    def call(self, case: BillSteps, operation: str) -> StepCall:
        """See StepPolicy."""
        if operation != FILL:
            return plain_call(operation, case.target)
        request = self._fills.request(self._chains[case.target.id])
        return StepCall(
            lambda session, timeout: session.save(request, timeout=timeout), self._fills.body(request)
        )

    def tries_again(self, case: BillSteps, sent: SentStep) -> bool:
        """See StepPolicy. Another's lock passes; whether it was one, no code tells for certain."""
        answer = sent.ending.answer
        refused = answer is not None and not answer.success and answer.msg_code in _LOCK_CODES
        return sent.operation == FILL and refused and case.sends[FILL] < 2

    def has_moved(self, operation: str, shown: BillState | None, _gone: bool, /) -> bool:
        """See StepPolicy."""
        if operation == FILL:
            return shown is not None and self._fills.arrived(self._chains[shown.bill.id])
        return shown is not None and has_reached(operation, shown.bill.status)

    def sending(self, case: BillSteps) -> None:
        """See StepPolicy."""
        self.begun.add(case.target.id)
        chain = replace(self._chains[case.target.id], state=ChainState.SENDING)  # the intent says so already
        self._chains[case.target.id] = chain
        self._tell(chain)

    def moved(self, case: BillSteps, sent: SentStep) -> None:
        """See StepPolicy. What the audit says beside is about the bills that it made further."""
        answer = sent.ending.answer
        if sent.operation == FILL:
            self._filled(case)
        if sent.operation == AUDIT and answer is not None:
            number = case.target.number
            words = (message.message for block in answer.blocks for message in block.messages)
            made = tuple(dict.fromkeys(text for text in words if text and not (number and number in text)))
            chain = self._chains[case.target.id]
            self._chains[case.target.id] = replace(chain, made=(*chain.made, *made))

    def in_doubt(self, case: BillSteps, reasons: tuple[Reason, ...]) -> None:
        """See StepPolicy."""
        self._put(case, ChainState.UNSETTLED, reasons)

    def halted(self, case: BillSteps, halt: Halt) -> None:
        """See StepPolicy."""
        reasons = halt.reasons
        if case.sends[FILL] and not halt.arrived:
            reasons = self._missed(case, reasons)
        self._put(case, ChainState.DONE if halt.arrived else ChainState.HALF, reasons)

    def _filled(self, case: BillSteps) -> None:
        """The bill holds what was sent: what the server changed beside it is kept."""
        chain = self._chains[case.target.id]
        modified = case.shown.modified if case.shown else chain.modified
        changed = self._fills.changes(chain) or chain.changed
        chain = replace(chain, fill=self._fills.values(chain), changed=changed, modified=modified)
        self._chains[case.target.id] = chain

    def _missed(self, case: BillSteps, reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
        """What was sent and is not in the bill, value by value, instead of a bare "no effect"."""
        self._filled(case)
        chain = self._chains[case.target.id]
        fill = tuple(
            replace(value, state=FillState.MISSED) if value.state is FillState.WAITING else value
            for value in chain.fill
        )
        self._chains[case.target.id] = chain = replace(chain, fill=fill)
        damage = self._fills.damage(case.target.id)
        told = (*reasons, *damage, *map(missed_reason, chain.missing))
        return tuple(
            dict.fromkeys(reason for reason in told if reason.code != "step_no_effect" or not chain.missing)
        )

    def _put(self, case: BillSteps, state: ChainState, reasons: tuple[Reason, ...]) -> None:
        chain = self._chains[case.target.id]
        if state is ChainState.UNSETTLED and (chain.state, chain.reasons) == (state, reasons):
            return  # asked again, nothing new
        modified = case.shown.modified if case.shown else chain.modified
        now = datetime.now(UTC)
        chain = replace(chain, target=case.target, state=state, reasons=reasons, at=now, modified=modified)
        self._chains[case.target.id] = chain
        tell_rows(self._observer, self._journal.put(chain))
        self._tell(chain)

    def _tell(self, chain: Chain) -> None:
        if isinstance(self._observer, ChainObserver):
            self._observer.chain_changed((chain,))


def is_proven(row: Row) -> bool:
    """Whether its targets are its own for certain: read back, with link rows that name it."""
    return row.checked and not row.by_hand and not any(note.code in _UNPROVEN for note in row.notes)


def tell_rows(observer: Observer, rows: Sequence[Row]) -> None:
    """Rows that stand in the journal like this now, where there are any."""
    if rows:
        observer.rows_changed(tuple(rows))
