"""Between panes, engine and threads: one check, run or settling at a time, and whatever it says handed on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from kdgui.domain.chains import Chain, UndoItem
from kdgui.domain.orders import RunOrder
from kdgui.domain.verdicts import Reason, Row, RunInfo, Verdict
from kdgui.pushing.flow.observer import Observer
from kdgui.pushing.flow.run_control import RunControl
from kdgui.ui.jobs.worker import Job, start_job
from kdgui.ui.run.run_worker import RunCall, RunStarted, RunWorker

if TYPE_CHECKING:
    from kdgui.pushing.engine import PushEngine
    from kdgui.pushing.inspect.check import CheckReport, Finding


class Activity(Enum):
    """What is going on."""

    NOTHING = "nothing"
    CHECK = "check"
    RUN = "run"
    SETTLE = "settle"
    CHAINS = "chains"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check found, by bill number, and what cannot be checked beforehand."""

    findings: Mapping[str, Finding]
    unchecked: tuple[Reason, ...] = ()


class RunController(QObject):
    """Starts the engine's long work and tells what becomes of it. Everything on the window's thread.

    Signals:
        changed: another Work goes on now.
        run_started: the run's id; its rows are all queued, and come with `rows_replaced`.
        rows_replaced: Digest of the rows to be shown instead of what was there.
        rows_changed: tuple of Row, the newest states.
        progressed: Progress.
        paused: Pause, or None when the run goes on.
        stopping: a stop was asked for; what is on its way is waited for.
        run_ended: RunInfo of the run that ended.
        checked: Checked; not told for a check that was stopped.
        settled: tuple of Row that were asked about.
        chains_changed: tuple of Chain, as they stand now; chains_ended: all that were carried on.
        items_changed: tuple of UndoItem, as they stand now; undo_ended: all that were to be deleted.
        troubled: KdguiError.
    """

    changed = Signal(object)
    run_started = Signal(str)
    rows_replaced = Signal(object)
    rows_changed = Signal(object)
    progressed = Signal(object)
    paused = Signal(object)
    stopping = Signal()
    run_ended = Signal(object)
    checked = Signal(object)
    settled = Signal(object)
    chains_changed = Signal(object)
    chains_ended = Signal(object)
    items_changed = Signal(object)
    undo_ended = Signal(object)
    troubled = Signal(object)

    def __init__(self, engine: PushEngine, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self._work = Activity.NOTHING
        self._worker: RunWorker | None = None
        self._check: Job | None = None
        self._check_control: RunControl | None = None
        self._next: Callable[[], None] | None = None

    @property
    def work(self) -> Activity:
        """What is going on."""
        return self._work

    @property
    def busy(self) -> bool:
        """Whether something goes that nothing may be begun beside; settling gives way."""
        return self._work not in (Activity.NOTHING, Activity.SETTLE)

    # Starting

    def check(self, order: RunOrder) -> None:
        """Ask the server what of it can be pushed."""
        self._when_free(lambda: self._start_check(order))

    def run(self, order: RunOrder) -> None:
        """Push. A settling that goes on is ended first; during a run nothing happens."""
        self._when_free(lambda: self._start_run(partial(self._engine.runs.run, order)))

    def continue_run(self, run_id: str) -> None:
        """Push what that run did not send."""
        self._when_free(lambda: self._start_run(partial(self._engine.runs.continue_run, run_id)))

    def settle(self) -> None:
        """Ask about everything unsettled: at once during a run or settling, else as work of its own."""
        if self._worker is not None:
            self._worker.control.ask_now()
        elif self._work is Activity.NOTHING:
            self._begin(Activity.SETTLE, self._engine.runs.settle)

    def carry_on(self, run_ids: Sequence[str]) -> None:
        """Submit and approve what these runs left half done."""
        afterwards = self._engine.submit_audit

        def call(control: RunControl, observer: Observer) -> tuple[Chain, ...]:
            return tuple(
                chain for run_id in run_ids for chain in afterwards.carry_on(run_id, "", control, observer)
            )

        self._when_free(lambda: self._begin(Activity.CHAINS, call))

    def delete(self, items: Sequence[UndoItem]) -> None:
        """Delete what a plan found deletable."""
        self._when_free(
            lambda: self._begin(Activity.UNDO, partial(self._engine.deletion.delete, tuple(items)))
        )

    def settle_by_hand(self, row: Row, verdict: Verdict, why: str) -> None:
        """Keep what the clerk found out."""
        start_job(
            lambda: self._engine.runs.settle_by_hand(row, verdict, why),
            self,
            success=lambda settled: self.rows_changed.emit((settled,)),
            failure=self.troubled.emit,
        )

    # Steering

    def stop(self) -> None:
        """Send nothing new. Returns at once; the end comes when what is on its way has been answered."""
        if self._check_control is not None:
            self._check_control.stop()
        if self._worker is not None:
            self._worker.control.stop()
        if self._work is not Activity.NOTHING:
            self.stopping.emit()

    def resume(self) -> None:
        """Go on after a pause."""
        if self._worker is not None:
            self._worker.control.resume()

    def choose(self, choice: str) -> None:
        """Go on after a pause in the way chosen: one of `Pause.choices`."""
        if self._worker is not None:
            self._worker.control.choose(choice)

    # Inside

    def _when_free(self, start: Callable[[], None]) -> None:
        if self._work is Activity.NOTHING:
            start()
        elif self._work is Activity.SETTLE:
            self._next = start
            self.stop()

    def _start_check(self, order: RunOrder) -> None:
        control = self._check_control = RunControl()
        self._set_work(Activity.CHECK)
        self._check = start_job(
            lambda: self._engine.inspection.check(order, control),
            self,
            success=lambda report: self._on_checked(order, report),
            failure=self.troubled.emit,
            finished=self._on_check_finished,
        )

    def _on_checked(self, order: RunOrder, report: CheckReport) -> None:
        if self._check_control is not None and not self._check_control.stopped:
            found = {order.numbers[finding.position]: finding for finding in reversed(report.findings)}
            self.checked.emit(CheckResult(found, report.unchecked))

    def _on_check_finished(self) -> None:
        self._check = self._check_control = None
        self._set_work(Activity.NOTHING)

    def _start_run(self, call: RunCall) -> None:
        self._begin(Activity.RUN, call)

    def _begin(self, work: Activity, call: RunCall) -> None:
        worker = self._worker = RunWorker(call, self)
        worker.started.connect(self._on_started)
        worker.rows_changed.connect(self.rows_changed)
        worker.progressed.connect(self.progressed)
        worker.paused.connect(self.paused)
        worker.resumed.connect(self._on_resumed)
        worker.followed.connect(self._on_followed)
        worker.succeeded.connect(self._on_succeeded)
        worker.failed.connect(self.troubled)
        worker.finished.connect(self._on_finished)
        self._set_work(work)
        worker.start()

    @Slot(object)
    def _on_started(self, started: RunStarted) -> None:
        self.rows_replaced.emit(started.digest)
        self.run_started.emit(started.run_id)

    @Slot()
    def _on_resumed(self) -> None:
        self.paused.emit(None)

    @Slot(object)
    def _on_followed(self, things: tuple[Chain | UndoItem, ...]) -> None:
        undone = any(isinstance(thing, UndoItem) for thing in things)
        (self.items_changed if undone else self.chains_changed).emit(things)

    @Slot(object)
    def _on_succeeded(self, result: object) -> None:
        if isinstance(result, RunInfo):
            self.run_ended.emit(result)
        else:
            told = {Activity.CHAINS: self.chains_ended, Activity.UNDO: self.undo_ended}
            told.get(self._work, self.settled).emit(result)

    @Slot()
    def _on_finished(self) -> None:
        self._worker = None
        self._set_work(Activity.NOTHING)
        start, self._next = self._next, None
        if start is not None:
            start()

    def _set_work(self, work: Activity) -> None:
        self._work = work
        self.changed.emit(work)
