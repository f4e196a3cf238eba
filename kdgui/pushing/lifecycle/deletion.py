"""Deletion: delete what a run created, where nobody has touched it since; a dry list first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from kdgui.domain.bills import DocumentStatus
from kdgui.domain.chains import (
    CANCEL,
    DELETE,
    FURTHER,
    SUBMIT,
    UNAUDIT,
    UndoItem,
    UndoState,
    has_reached,
)
from kdgui.domain.errors import BadInput
from kdgui.domain.verdicts import Reason, RunInfo
from kdgui.pushing.connection.connection import Connection
from kdgui.pushing.context import DataCentreContext
from kdgui.pushing.flow.observer import ItemObserver, Observer
from kdgui.pushing.flow.run_control import RunControl
from kdgui.pushing.lifecycle.chain_policy import tell_rows
from kdgui.pushing.lifecycle.deletion_check import DeletionCheck, has_moved
from kdgui.pushing.lifecycle.step_runner import (
    BillSteps,
    Halt,
    SentStep,
    StepCall,
    StepRunner,
    plain_call,
)
from kdgui.pushing.lifecycle.submit_audit import planned
from kdgui.pushing.lookup.bill_states import BillState, StatesResult
from kdgui.pushing.lookup.journal_ways import runs_after
from kdgui.store.journal.chains import OpenStep

_STEPS = (UNAUDIT, CANCEL, DELETE)


class Deletion:
    """Deletes the targets of a run at the signed-in data centre."""

    def __init__(self, context: DataCentreContext) -> None:
        self._context = context
        self._journal = context.journal

    def plan(self, run_id: str, *, unaudit: bool = False) -> tuple[UndoItem, ...]:
        """The dry list: every target that the run created and what deleting would do with it. Blocking.

        Nothing is written to the server. `unaudit`: submitted and audited ones are to be taken back first.

        Raises:
            BadInput: `not_signed_in`, `run_in_progress`, `run_unknown`, `other_data_centre`.
            ConnectionTrouble, SessionLost, SignInRefused, QueryRefused, AnswerUnreadable.
        """
        if unaudit:
            self._context.require("unaudit")
        info = self._run(run_id)
        items: list[UndoItem] = []
        with self._context.at_work() as connection:
            for form_id, wanted in self._created(run_id, unaudit=unaudit).items():
                look = DeletionCheck(self._context, connection, info, form_id, wanted)
                shown = look.ask([item.target.id for item in wanted])
                for step in self._open_steps(run_id, form_id):
                    look.take_up(step, shown)
                items += [
                    look.judge(item, shown.bills.get(item.target.id), sure=shown.sure) for item in wanted
                ]
        return tuple(sorted(items, key=lambda item: item.position))

    def plan_way(self, run_id: str, *, unaudit: bool = False) -> tuple[UndoItem, ...]:
        """The dry list of a run and of every run that pushed on what it made: the last bills first.

        A bill whose targets are all in the list is to be deleted after them. Raises as `plan`.
        """
        found: list[UndoItem] = []
        names: set[str] = set()
        for known in reversed(runs_after(self._journal, run_id)):
            items = [_after_its_targets(item, names) for item in self.plan(known, unaudit=unaudit)]
            names |= {item.target.label for item in items if item.state is UndoState.DELETABLE}
            found += items
        return tuple(found)

    def delete(
        self,
        items: Sequence[UndoItem],
        control: RunControl,
        observer: Observer,
        quiet_seconds: float | None = None,
    ) -> tuple[UndoItem, ...]:
        """Delete those that the plan found deletable, each judged anew just before; all as they stand then.

        Blocking. Where the connection stays down or `control` stops it, the rest stays deletable, with the
        reason.

        Raises:
            BadInput: `not_signed_in`, `run_in_progress`, `run_unknown`, `other_data_centre`, `run_elsewhere`.
            JournalTrouble: nothing (more) was sent.
        """
        self._context.require("delete")
        done = {item.key: item for item in items}
        with self._context.at_work() as connection:
            wanted = [item for item in items if item.state is UndoState.DELETABLE]
            for run_id in dict.fromkeys(item.run_id for item in wanted):
                self._context.take_run(run_id)
            for run_id, form_id in dict.fromkeys((item.run_id, item.target.form_id) for item in wanted):
                part = [item for item in wanted if (item.run_id, item.target.form_id) == (run_id, form_id)]
                removal = _Removal(
                    DeletionCheck(self._context, connection, self._run(run_id), form_id, part), observer
                )
                self._walk(
                    connection, run_id, removal, control, observer, quiet_seconds, self._context.attended
                )
                done |= removal.items
        return tuple(done.values())

    def settle(
        self,
        connection: Connection,
        control: RunControl,
        observer: Observer,
        quiet_seconds: float | None = None,
    ) -> tuple[UndoItem, ...]:
        """Find out what became of deletions that a crash or a broken connection left open; sends nothing.

        Waits for nobody: a connection that stays down ends it.
        """
        place = self._context.place()
        found: list[UndoItem] = []
        left = self._journal.chains.runs_with_open_steps(_STEPS, place.server, place.data_centre_id)
        taken = self._journal.workers.take(left)
        for run_id in (run for run in left if run in taken):
            for form_id, items in self._created(run_id, unaudit=False).items():
                open_ids = {step.step.target.id for step in self._open_steps(run_id, form_id)}
                part = [item for item in items if item.target.id in open_ids]
                if part and not control.stopped:
                    look = DeletionCheck(self._context, connection, self._run(run_id), form_id, part)
                    removal = _Removal(look, observer, only_settle=True)
                    self._walk(connection, run_id, removal, control, observer, quiet_seconds, attended=False)
                    found += removal.items.values()
        return tuple(found)

    # -- inside ------------------------------------------------------------------------------------

    def _run(self, run_id: str) -> RunInfo:
        info = self._journal.run(run_id)
        if info is None:
            raise BadInput("run_unknown", run=run_id)
        if not self._context.is_here(info):
            raise BadInput("other_data_centre", run=run_id)
        return info

    def _created(self, run_id: str, *, unaudit: bool) -> dict[str, list[UndoItem]]:
        """By form: everything that the journal holds as made by this run and not deleted since."""
        found: dict[str, list[UndoItem]] = {}
        for chain in planned(run_id, self._journal.rows(run_id), SUBMIT):
            item = UndoItem(
                run_id,
                chain.position,
                chain.target,
                UndoState.UNSETTLED,
                unaudit=unaudit,
                others=chain.others,
            )
            found.setdefault(chain.target.form_id, []).append(item)
        return found

    def _open_steps(self, run_id: str, form_id: str) -> list[OpenStep]:
        steps = self._journal.chains.open_steps(run_id, (*_STEPS, *FURTHER))
        return [step for step in steps if step.step.target.form_id == form_id]

    def _walk(
        self,
        connection: Connection,
        run_id: str,
        removal: _Removal,
        control: RunControl,
        observer: Observer,
        quiet_seconds: float | None,
        attended: bool,
    ) -> None:
        context = self._context
        order = self._journal.order(run_id)
        walk = StepRunner(
            connection,
            self._journal.chains,
            removal,
            control,
            observer,
            user=context.user(),
            attended=attended,
            quiet=context.quiet(order.quiet_seconds if quiet_seconds is None else quiet_seconds),
            timeout=order.timeout,
        )
        items = removal.items.values()
        cases = {item.target.id: BillSteps(run_id, item.position, item.target) for item in items}
        for step in self._journal.chains.open_steps(run_id, _STEPS):
            if step.step.target.id in cases and step.step.target.form_id == removal.form_id:
                walk.resume(cases[step.step.target.id], step)
        walk.go(tuple(cases.values()))


def _after_its_targets(item: UndoItem, names: Collection[str]) -> UndoItem:
    """An item that was pushed on to bills of `names` alone: deletable once these are deleted."""
    reason = item.reason
    if item.state is not UndoState.TOUCHED or reason is None or reason.code != "pushed_on":
        return item
    number = dict(reason.values).get("number", "")
    if not set(number.split(", ")) <= set(names):
        return item
    if has_reached(SUBMIT, item.target.status) and not item.unaudit:
        taken = Reason.of("take_back_first", status=item.target.status)
        return replace(item, state=UndoState.AUDITED, reason=taken)
    return replace(item, state=UndoState.DELETABLE, reason=Reason.of("deleted_after", number=number))


class _Removal:
    """The goal of deleting. See `StepPolicy`.

    Attributes:
        items: as they stand now, by key.
    """

    def __init__(self, look: DeletionCheck, observer: Observer, *, only_settle: bool = False) -> None:
        self._look = look
        self._observer = observer
        self._only_settle = only_settle
        self.form_id = look.form_id

    @property
    def items(self) -> dict[tuple[str, str, str], UndoItem]:
        """See the class."""
        return {item.key: item for item in self._look.items.values()}

    def look(self, ids: Sequence[str]) -> StatesResult:
        """See StepPolicy."""
        return self._look.ask(ids)

    def next_step(self, case: BillSteps, shown: BillState | None, *, sure: bool) -> str | Halt:
        """See StepPolicy."""
        item = self._look.judge(self._look.items[case.target.id], shown, sure=sure)
        self._look.items[case.target.id] = item
        if item.state is not UndoState.DELETABLE or self._only_settle:
            return Halt(item.state is UndoState.DELETED)
        match item.target.status:
            case DocumentStatus.APPROVED:
                return UNAUDIT
            case DocumentStatus.SUBMITTED:
                return CANCEL
            case _:
                return DELETE

    def has_moved(self, operation: str, shown: BillState | None, gone: bool, /) -> bool:
        """See StepPolicy."""
        return has_moved(operation, shown, gone=gone)

    def call(self, case: BillSteps, operation: str) -> StepCall:
        """See StepPolicy."""
        return plain_call(operation, case.target)

    def tries_again(self, _case: BillSteps, _sent: SentStep) -> bool:
        """See StepPolicy."""
        return False

    def sending(self, case: BillSteps) -> None:
        """See StepPolicy."""
        self._look.begun.add(case.target.id)

    def moved(self, case: BillSteps, sent: SentStep) -> None:
        """See StepPolicy."""
        self._look.begun.add(case.target.id)
        item = self._look.items[case.target.id]
        shown = None if sent.operation == DELETE else case.shown
        tell_rows(self._observer, self._look.record(item, sent.operation, shown))
        self._tell(case)

    def in_doubt(self, case: BillSteps, reasons: tuple[Reason, ...]) -> None:
        """See StepPolicy."""
        self._put(case, UndoState.UNSETTLED, reasons)

    def halted(self, case: BillSteps, halt: Halt) -> None:
        """See StepPolicy."""
        if halt.refused:
            self._put(case, UndoState.REFUSED, halt.reasons)
        elif halt.reasons:
            self._put(case, UndoState.DELETABLE, halt.reasons)
        else:
            self._tell(case)

    def _put(self, case: BillSteps, state: UndoState, reasons: tuple[Reason, ...]) -> None:
        said = "；".join(dict.fromkeys(reason.said for reason in reasons if reason.said))
        reason = replace(reasons[0], said=said) if reasons else None
        item = self._look.items[case.target.id]
        self._look.items[case.target.id] = replace(item, state=state, reason=reason)
        self._tell(case)

    def _tell(self, case: BillSteps) -> None:
        if isinstance(self._observer, ItemObserver):
            self._observer.item_changed((self._look.items[case.target.id],))
