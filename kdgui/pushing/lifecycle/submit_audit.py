"""Fill, submit and audit the targets of a run, as far as is wanted; what is half done stays listed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from kdgui.domain.bills import TargetBill
from kdgui.domain.chains import FURTHER, Chain, ChainState
from kdgui.domain.errors import BadInput
from kdgui.domain.orders import RunOrder
from kdgui.domain.verdicts import Reason, Row, Verdict
from kdgui.pushing.connection.connection import Connection
from kdgui.pushing.context import DataCentreContext, actions_of
from kdgui.pushing.flow.observer import Observer
from kdgui.pushing.flow.run_control import RunControl
from kdgui.pushing.lifecycle.chain_policy import ChainPolicy, Safeguards, is_proven, tell_rows
from kdgui.pushing.lifecycle.fill_step import FillStep
from kdgui.pushing.lifecycle.step_runner import BillSteps, StepRunner
from kdgui.pushing.lifecycle.target_proof import TargetProof
from kdgui.pushing.lookup.bill_states import BillStates
from kdgui.pushing.lookup.ownership import Ownership
from kdgui.pushing.lookup.target_lookup import TargetLookup


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
        """Fill ("fill"), submit ("submit") or submit and audit ("audit") the targets of a run; its chains.

        What is to be filled in comes first, whatever is wanted.

        Blocking. May be called again at any time: what is done already, whoever did it, is not done again.
        A connection that stays down, or a stop, leaves chains half done. "" carries on with what was wanted
        before.

        Raises:
            BadInput: `not_signed_in`, `run_in_progress`, `run_unknown`, `other_data_centre`, `run_elsewhere`.
            JournalTrouble: nothing (more) was sent.
        """
        info = self._context.journal.run(run_id)
        if info is None:
            raise BadInput("run_unknown", run=run_id)
        if not self._context.is_here(info):
            raise BadInput("other_data_centre", run=run_id)
        with self._context.at_work() as connection:
            self._context.take_run(run_id)
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
            raise BadInput("chain_over", number=current.target.label)
        said = Reason.of("chain_closed", number=chain.target.label, who=self._context.user(), why=why)
        closed = replace(current, state=ChainState.CLOSED, reasons=(said,), at=datetime.now(UTC))
        self._chains.put(closed)
        return closed

    def go_on_unfilled(self, chain: Chain, why: str) -> Chain:
        """The clerk goes on although not every value is in the bill; who and why are kept.

        Raises BadInput: `chain_over`, where it has come to its end meanwhile.
        """
        current = self._chains.chain(chain.key) or chain
        if current.state.over:
            raise BadInput("chain_over", number=current.target.label)
        who = self._context.user()
        said = Reason.of("chain_unfilled_by_hand", number=chain.target.label, who=who, why=why)
        current = replace(current, unfilled=True, reasons=(said,), at=datetime.now(UTC))
        self._chains.put(current)
        return current

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
        self._context.require(*actions_of(then))
        self.wish(run_id, then)
        wanted = self._chains.wanted(run_id)
        if not wanted:
            return
        self._context.require(*actions_of(wanted))
        if self._context.journal.order(run_id).fill_rows:
            self._context.require("fill")
        rows = self._context.journal.rows(run_id)
        tell_rows(observer, self._chains.plan(planned(run_id, rows, wanted)))
        todo = [chain for chain in self._chains.of_run(run_id) if not chain.state.over]
        self._walk(connection, run_id, todo, rows, control, observer, quiet_seconds, attended)
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
    ) -> tuple[str, ...]:
        """Carry on with every run of this data centre in which something is still to follow; their ids.

        Waits for nobody: a connection that stays down ends it.
        """
        place = self._context.place()
        left = self._chains.wishes(place.server, place.data_centre_id)
        taken = self._context.journal.workers.take(left)
        run_ids = tuple(run for run in left if run in taken)
        for run_id in run_ids:
            forbidden = self._context.refusal_of(*actions_of(self._chains.wanted(run_id)))
            if not (control.stopped or forbidden):
                self.follow(connection, run_id, "", control, observer, quiet_seconds, attended=False)
        return run_ids

    def settle(
        self,
        connection: Connection,
        control: RunControl,
        observer: Observer,
        quiet_seconds: float | None = None,
    ) -> tuple[str, ...]:
        """Ask what became of steps that were sent and not answered; sends none. The runs asked about."""
        place = self._context.place()
        left = self._chains.runs_with_open_steps(FURTHER, place.server, place.data_centre_id)
        taken = self._context.journal.workers.take(left)
        run_ids = [run for run in left if run in taken]
        for run_id in run_ids:
            rows = self._context.journal.rows(run_id)
            steps = self._chains.open_steps(run_id, FURTHER)
            open_ids = {step.step.target.id for step in steps}
            chains = [chain for chain in self._chains.of_run(run_id) if chain.target.id in open_ids]
            if chains and not control.stopped:
                self._walk(
                    connection, run_id, chains, rows, control, observer, quiet_seconds, False, only_ask=True
                )
        return tuple(run_ids)

    def _walk(
        self,
        connection: Connection,
        run_id: str,
        todo: Sequence[Chain],
        rows: Sequence[Row],
        control: RunControl,
        observer: Observer,
        quiet_seconds: float | None,
        attended: bool | None,
        *,
        only_ask: bool = False,
    ) -> None:
        for form_id in dict.fromkeys(chain.target.form_id for chain in todo):
            chains = [chain for chain in todo if chain.target.form_id == form_id]
            walk, cases = self._prepared(
                connection,
                run_id,
                chains,
                rows,
                control,
                observer,
                quiet_seconds,
                attended,
                only_ask=only_ask,
            )
            walk.go(cases)

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
        *,
        only_ask: bool,
    ) -> tuple[StepRunner, tuple[BillSteps, ...]]:
        """The walk of these chains, all of one form, and what an earlier one left open."""
        context, form_id = self._context, chains[0].target.form_id
        order = context.journal.order(run_id)
        exact = order.quiet_seconds if quiet_seconds is None else quiet_seconds
        place = context.memory_key()
        states = BillStates(connection, context.journal, place=place, form_id=form_id)
        alarmed = frozenset(row.position for row in rows if row.alarm)
        ours = Ownership(connection, context.journal, place=place)
        info = context.journal.run(run_id)
        proof = TargetProof(context, connection, info, rows) if info is not None else None
        fills = FillStep(connection, self._lookup(connection, run_id, order), order, rows, form_id)
        approval = ChainPolicy(
            context,
            states,
            ours,
            chains,
            observer,
            Safeguards(
                alarmed=alarmed,
                unproven=frozenset(row.position for row in rows if not is_proven(row)),
                proof=proof,
                slowest=context.journal.slowest(order.options.rule_id),
            ),
            fills,
            only_ask=only_ask,
        )
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
        for step in self._chains.open_steps(run_id, FURTHER):
            case = cases.get(step.step.target.id)
            if case is not None and step.step.target.form_id == form_id:
                approval.begun.add(case.target.id)
                walk.resume(case, step)
        return walk, tuple(cases.values())

    def _lookup(self, connection: Connection, run_id: str, order: RunOrder) -> TargetLookup:
        """Knows the link rows of the run's targets; asks only when it is opened."""
        info = self._context.journal.run(run_id)
        target = order.options.target_form or (info.target_form if info else "")
        return self._context.lookup(order.form_id, order.options.rule_id, target, connection)


def _known(then: str) -> str:
    if then not in FURTHER:
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
