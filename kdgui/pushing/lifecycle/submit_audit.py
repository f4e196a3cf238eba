"""Submit and audit: submit, or submit and audit, the targets of a run; what is half done stays listed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from kdgui.domain.bills import DocumentStatus, TargetBill
from kdgui.domain.chains import AUDIT, SUBMIT, Chain, ChainState, has_reached, name_of
from kdgui.domain.errors import BadInput
from kdgui.domain.verdicts import Reason, Row, Verdict
from kdgui.pushing.connection.connection import Connection
from kdgui.pushing.context import DataCentreContext
from kdgui.pushing.flow.observer import ChainObserver, Observer
from kdgui.pushing.flow.run_control import RunControl
from kdgui.pushing.lifecycle.step_runner import BillSteps, Halt, SentStep, StepRunner
from kdgui.pushing.lookup.bill_states import BillState, BillStates, StatesResult
from kdgui.pushing.lookup.ownership import Ownership

_THEN = (SUBMIT, AUDIT)


class SubmitAudit:
    """What follows for the targets of runs, at the signed-in data centre."""

    def __init__(self, context: DataCentreContext) -> None:
        self._context = context
        self._chains = context.journal.chains

    def carry_on(
        self,
        run_id: str,
        then: str,
        control: RunControl,
        observer: Observer,
        quiet_seconds: float | None = None,
    ) -> tuple[Chain, ...]:
        """Submit ("submit"), or submit and audit ("audit"), the targets of a run; all its chains as they are.

        Blocking. May be called again at any time: what is done already, whoever did it, is not done again.
        A connection that stays down, or a stop, leaves chains half done. "" carries on with what was wanted
        before.

        Raises:
            BadInput: `not_signed_in`, `run_in_progress`, `run_unknown`, `other_data_centre`.
            JournalTrouble: nothing (more) was sent.
        """
        info = self._context.journal.run(run_id)
        if info is None:
            raise BadInput("run_unknown", run=run_id)
        if not self._context.is_here(info):
            raise BadInput("other_data_centre", run=run_id)
        with self._context.sign_in_service.at_work() as connection:
            self.follow(connection, run_id, then, control, observer, quiet_seconds)
        return self.chains(run_id)

    def open_chains(self) -> tuple[Chain, ...]:
        """未走完: chains of this data centre that are neither done nor closed. Asks the journal only.

        Targets that were found after their run ended are among them.
        """
        if self._context.sign_in_service.profile is None:
            return ()
        place = self._context.place()
        for run_id in self._chains.wishes(place.server, place.data_centre_id):
            rows = self._context.journal.rows(run_id)
            self._chains.plan(planned(run_id, rows, self._chains.wanted(run_id)))
        return self._chains.open_chains(place.server, place.data_centre_id)

    def chains(self, run_id: str) -> tuple[Chain, ...]:
        """The chains of a run, in the order of its rows. Asks the journal only."""
        return self._chains.of_run(run_id)

    def close(self, chain: Chain, why: str) -> Chain:
        """The clerk will see to it herself: the chain is not carried on; who and why are kept.

        Raises BadInput: `chain_over`, where it has come to its end meanwhile.
        """
        current = self._chains.chain(chain.key) or chain
        if current.state.over:
            raise BadInput("chain_over", number=name_of(current.target))
        said = Reason.of("chain_closed", number=name_of(chain.target), who=self._context.user(), why=why)
        closed = replace(current, state=ChainState.CLOSED, reasons=(said,), at=datetime.now(UTC))
        self._chains.put(closed)
        return closed

    # -- for whoever is at work already ------------------------------------------------------------

    def wish(self, run_id: str, then: str) -> None:
        """Write down, before anything is pushed, what is to follow in this run. "" is nothing."""
        if then:
            self._chains.wish(run_id, _known(then))

    def follow(
        self,
        connection: Connection,
        run_id: str,
        then: str,
        control: RunControl,
        observer: Observer,
        quiet_seconds: float | None = None,
        *,
        attended: bool | None = None,
    ) -> None:
        """As `carry_on`, for whoever has a connection of its own and is at work already.

        `attended` False: a connection that stays down ends it, even with a clerk there. None: as the context
        is.
        """
        self.wish(run_id, then)
        wanted = self._chains.wanted(run_id)
        if not wanted:
            return
        rows = self._context.journal.rows(run_id)
        tell_rows(observer, self._chains.plan(planned(run_id, rows, wanted)))
        todo = [chain for chain in self._chains.of_run(run_id) if not chain.state.over]
        for form_id in dict.fromkeys(chain.target.form_id for chain in todo):
            chains = [chain for chain in todo if chain.target.form_id == form_id]
            walk, cases = self._prepared(
                connection, run_id, chains, rows, control, observer, quiet_seconds, attended
            )
            walk.go(cases)
        if all(
            row.verdict.final and row.verdict is not Verdict.UNSETTLED and not row.watched for row in rows
        ):
            self._chains.grant(run_id)

    def follow_all(
        self,
        connection: Connection,
        control: RunControl,
        observer: Observer,
        quiet_seconds: float | None = None,
        *,
        but: str = "",
    ) -> tuple[str, ...]:
        """Carry on with every run of this data centre in which something is still to follow; their ids.

        Waits for nobody: a connection that stays down ends it.
        """
        place = self._context.place()
        run_ids = [run for run in self._chains.wishes(place.server, place.data_centre_id) if run != but]
        for run_id in run_ids:
            if not control.stopped:
                self.follow(connection, run_id, "", control, observer, quiet_seconds, attended=False)
        return tuple(run_ids)

    def _prepared(
        self,
        connection: Connection,
        run_id: str,
        chains: Sequence[Chain],
        rows: Sequence[Row],
        control: RunControl,
        observer: Observer,
        quiet_seconds: float | None,
        attended: bool | None,
    ) -> tuple[StepRunner, tuple[BillSteps, ...]]:
        """The walk of these chains, all of one form, and what an earlier one left open."""
        context, form_id = self._context, chains[0].target.form_id
        order = context.journal.order(run_id)
        exact = order.quiet_seconds if quiet_seconds is None else quiet_seconds
        place = context.memory_key()
        states = BillStates(connection, context.journal, place=place, form_id=form_id)
        alarmed = frozenset(row.position for row in rows if row.alarm)
        ours = Ownership(connection, context.journal, place=place)
        approval = _Approval(context, states, ours, chains, alarmed, observer)
        walk = StepRunner(
            connection,
            self._chains,
            approval,
            control,
            observer,
            user=context.user(),
            attended=context.attended if attended is None else attended,
            quiet=context.quiet(exact),
            timeout=order.timeout,
        )
        cases = {chain.target.id: BillSteps(run_id, chain.position, chain.target) for chain in chains}
        for step in self._chains.open_steps(run_id, _THEN):
            case = cases.get(step.step.target.id)
            if case is not None and step.step.target.form_id == form_id:
                walk.resume(case, step)
        return walk, tuple(cases.values())


class _Approval:
    """The goal of chains: submitted, or approved. See `StepPolicy`."""

    def __init__(
        self,
        context: DataCentreContext,
        states: BillStates,
        ours: Ownership,
        chains: Iterable[Chain],
        alarmed: frozenset[int],
        observer: Observer,
    ) -> None:
        self._journal = context.journal.chains
        self._states = states
        self._ours = ours
        self._chains = {chain.target.id: chain for chain in chains}
        self._alarmed = alarmed
        self._observer = observer

    def look(self, ids: Sequence[str]) -> StatesResult:
        """See StepPolicy."""
        return self._states.look(ids)

    def next_step(self, case: BillSteps, shown: BillState | None, *, sure: bool) -> str | Halt:
        """See StepPolicy. A draft of a failed save, and what raised an alarm, are left to the clerk."""
        chain = self._chains[case.target.id]
        if shown is None:
            return Halt(False, (Reason.of("target_gone" if sure else "target_not_seen"),))
        status = shown.bill.status
        if has_reached(chain.wanted, status):
            return Halt(True)
        if status is None:
            return Halt(False, (Reason.of("status_unknown"),))
        if self._alarmed.intersection(chain.positions):
            return Halt(False, (Reason.of("alarm_first"),))
        if self._ours.is_foreign(shown.creator):
            return Halt(False, (Reason.of("not_ours"),))
        if status == DocumentStatus.DRAFT:
            return Halt(False, (Reason.of("draft_not_submitted"),))
        return AUDIT if has_reached(SUBMIT, status) else SUBMIT

    def has_moved(self, operation: str, shown: BillState | None, _gone: bool, /) -> bool:
        """See StepPolicy."""
        return shown is not None and has_reached(operation, shown.bill.status)

    def sending(self, case: BillSteps) -> None:
        """See StepPolicy."""
        chain = replace(self._chains[case.target.id], state=ChainState.SENDING)  # the intent says so already
        self._chains[case.target.id] = chain
        self._tell(chain)

    def moved(self, case: BillSteps, sent: SentStep) -> None:
        """See StepPolicy. What the audit says beside is about the bills that it made further."""
        answer = sent.ending.answer
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
        self._put(case, ChainState.DONE if halt.arrived else ChainState.HALF, halt.reasons)

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


def _known(then: str) -> str:
    if then not in _THEN:
        raise ValueError(then)
    return then


def planned(run_id: str, rows: Sequence[Row], wanted: str) -> tuple[Chain, ...]:
    """A chain for every target that this run made, drafts too: they are told, not submitted."""
    positions: dict[tuple[str, str], list[int]] = {}
    targets: dict[tuple[str, str], TargetBill] = {}
    for row in rows:
        if row.verdict in (Verdict.PUSHED, Verdict.DRAFTED):
            for target in row.targets:
                if target.id:
                    key = target.form_id, target.id
                    targets.setdefault(key, target)
                    positions.setdefault(key, []).append(row.position)
    return tuple(
        Chain(run_id, positions[key][0], target, wanted, others=tuple(positions[key][1:]))
        for key, target in targets.items()
    )


def tell_rows(observer: Observer, rows: Sequence[Row]) -> None:
    """Rows that stand in the journal like this now, where there are any."""
    if rows:
        observer.rows_changed(tuple(rows))
