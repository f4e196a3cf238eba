"""The way from the push button to the run: check, then ask where it must be asked, then push."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from kdgui.ui.jobs.worker import start_job
from kdgui.ui.numbers.push_selection import check_list, ready_list
from kdgui.ui.run.push_confirmation import PushConfirmation, PushSummary
from kdgui.ui.run.run_controller import Activity, CheckResult, RunController

if TYPE_CHECKING:
    from kdgui.domain.orders import RunOrder
    from kdgui.pushing.engine import PushEngine
    from kdgui.pushing.inspect.fill_check import FillPlan
    from kdgui.ui.choose.choose_pane import ChoosePane
    from kdgui.ui.numbers.fill_choice import FillChoice
    from kdgui.ui.numbers.numbers_pane import NumbersPane

FRESH_SECONDS = 300.0
"""So long a check counts as the one that belongs before a push; the run's guard asks anew in any case."""


class PushFlow(QObject):
    """Checks by itself before a push, unless the rows that are to be pushed were checked just now.

    Signals:
        nothing_left: after the check there is nothing to push any more.
        troubled: a KdguiError: what is to be filled in could not be looked at, and nothing is pushed.
    """

    nothing_left = Signal()
    troubled = Signal(object)

    def __init__(
        self,
        engine: PushEngine,
        choose: ChoosePane,
        numbers: NumbersPane,
        controller: RunController,
        asker: PushConfirmation,
        fills: FillChoice,
    ) -> None:
        super().__init__(controller)
        self._engine = engine
        self._fills = fills
        self._choose = choose
        self._numbers = numbers
        self._controller = controller
        self._asker = asker
        self._wanted: PushSummary | None = None
        self._checked_at = float("-inf")
        controller.checked.connect(self._on_checked)
        controller.changed.connect(self._on_work)

    def check(self) -> None:
        """Ask the server what could be pushed."""
        self._controller.check(check_list(self._numbers.model).into(self._choose.order(())))

    def push(self) -> None:
        """Push everything that is ready."""
        self._begin(first_one=False)

    def push_first(self) -> None:
        """Push everything that is ready, but one bill alone first, and show what came of it."""
        self._begin(first_one=True)

    @Slot()
    def forget(self) -> None:
        """Another form, rule, option or data centre: what was found is void."""
        self._checked_at = float("-inf")
        self._numbers.show_findings({})
        self._numbers.show_unchecked(())

    def _begin(self, *, first_one: bool) -> None:
        if self._controller.busy:
            return
        self._wanted = PushSummary(ready=self._numbers.model.tally().ready, first_one=first_one)
        if self._is_fresh():
            self._ask()
        else:
            self.check()

    def _is_fresh(self) -> bool:
        model = self._numbers.model
        ready = (row for row in range(len(model.numbers)) if model.is_ready(row))
        known = (model.findings.of(model.key(row)) for row in ready)
        return time.monotonic() - self._checked_at < FRESH_SECONDS and all(known)

    @Slot(object)
    def _on_checked(self, checked: CheckResult) -> None:
        self._checked_at = time.monotonic()
        self._numbers.show_findings(checked.findings)
        self._numbers.show_unchecked(checked.unchecked)

    @Slot(object)
    def _on_work(self, work: Activity) -> None:
        """A check that was stopped or failed leads nowhere: what was wanted is dropped."""
        if work is not Activity.NOTHING or self._wanted is None:
            return
        if self._is_fresh():
            self._ask()
        self._wanted = None

    def _ask(self) -> None:
        wanted, self._wanted = self._wanted, None
        tally = self._numbers.model.tally()
        if wanted is None:
            return
        if not tally.ready:
            self.nothing_left.emit()
            return
        order = ready_list(self._numbers.model).into(self._choose.order(()))
        account = PushSummary(
            ready=tally.ready,
            first_one=wanted.first_one,
            ruled_out=max(wanted.ready - tally.ready, 0),
            marks=tally.marks,
            pushed_before=tally.pushed_before,
            again=tally.again,
        )
        self._ask_with_fill(order, account)

    def _ask_with_fill(self, order: RunOrder, account: PushSummary) -> None:
        """Where something is to be filled in on the targets, look first whether it can be."""
        wish = self._fills.wish
        if wish is None:
            self._asker.ask_run(order, account)
            return

        def ask(plan: FillPlan) -> None:
            held = len(plan.order.held_back)
            told = replace(account, ready=account.ready - held, unfillable=plan.problems)
            self._asker.ask_run(plan.order, told)

        start_job(
            lambda: self._engine.fills.plan(order, wish.table, wish.fields),
            self,
            success=ask,
            failure=self.troubled.emit,
        )
