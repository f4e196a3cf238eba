"""What follows a run: submit and approve carried on or closed, what was created deleted, totals compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from kdgui.domain.chains import Chain, ChainState
from kdgui.domain.errors import KdguiError
from kdgui.domain.verdicts import Row
from kdgui.ui.jobs.worker import Job, start_job
from kdgui.ui.results.delete_dialog import DeleteDialog
from kdgui.ui.results.results_pane import ResultsPane
from kdgui.ui.results.unfinished_dialog import UnfinishedDialog
from kdgui.ui.run.run_controller import Activity, RunController
from kdgui.ui.widgets.account_words import data_centre_words

if TYPE_CHECKING:
    from kdgui.pushing.engine import PushEngine
    from kdgui.pushing.inspect.totals import Totals
    from kdgui.store.messages.words import Words

_CHANGES_TARGETS = frozenset({Activity.RUN, Activity.SETTLE, Activity.CHAINS, Activity.UNDO})
_UNDER_WAY = frozenset({ChainState.WAITING, ChainState.SENDING})


class AfterRun(QObject):
    """Works on the run that the results show.

    Signals:
        deleted: tuple of Row whose targets were deleted; they may be pushed again.
        half_done: how many chains of this data centre are not at their end.
    """

    deleted = Signal(object)
    half_done = Signal(int)

    def __init__(
        self, engine: PushEngine, results: ResultsPane, controller: RunController, words: Callable[[], Words]
    ) -> None:
        super().__init__(results)
        self._engine = engine
        self._results = results
        self._controller = controller
        self._words = words
        self._undo: DeleteDialog | None = None
        self._adding: Job | None = None
        self._followed: set[tuple[str, str, str]] = set()
        self._before = Activity.NOTHING
        results.carry_on_wanted.connect(self._carry_on)
        results.chains_wanted.connect(self.show_chains)
        results.delete_wanted.connect(self._ask_delete)
        controller.changed.connect(self._on_work)
        controller.chains_changed.connect(self._on_chains)
        controller.items_changed.connect(self._on_items)
        controller.undo_ended.connect(self._on_items)
        controller.troubled.connect(self._on_trouble)

    # Totals

    def compare(self) -> None:
        """Add up what the run shown has made; another run, or a run that begins, drops the question."""
        self._drop_question()
        results, rows = self._results, self._results.model.rows
        if not results.here or not any(row.targets for row in rows):
            results.show_totals(None)
            return
        results.totals.show_asking()
        run_id = rows[0].run_id
        start_job(
            lambda: self._engine.submit_audit.chains(run_id),
            self,
            success=self._results.show_chains,
            failure=lambda _trouble: None,  # a comfort, as the sums are
        )
        self._adding = start_job(
            lambda: self._engine.inspection.totals(run_id),
            self,
            success=self._on_totals,
            failure=self._on_no_totals,
        )

    def _drop_question(self) -> None:
        if self._adding is not None:
            self._adding.abandon()
            self._adding = None

    def _on_totals(self, totals: Totals) -> None:
        self._results.show_totals(totals)

    def _on_no_totals(self, _error: KdguiError) -> None:
        """A comfort that failed is no trouble: the run itself was read back."""
        self._results.show_totals(None)

    # Submit and approve

    def _carry_on(self) -> None:
        rows = self._results.model.rows
        if rows:
            self._controller.carry_on((rows[0].run_id,))

    def _count_chains(self) -> None:
        if self._engine.connection.signed_in is not None:
            start_job(
                self._engine.submit_audit.open_chains,
                self,
                success=lambda chains: self.half_done.emit(len(chains)),
                failure=lambda _trouble: None,
            )

    def show_chains(self) -> None:
        """List everything in this data centre that is not finished."""
        dialog = UnfinishedDialog(self._engine, self._words, self._results.window())
        dialog.carry_on_wanted.connect(self._controller.carry_on)
        dialog.closed_some.connect(self._count_chains)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(object)
    def _on_chains(self, chains: Sequence[Chain]) -> None:
        self._followed |= {chain.key for chain in chains if chain.state not in _UNDER_WAY}
        self._results.show_chains(chains)
        self._results.progress.show_following(len(self._followed), self._results.model.companions.targets)

    # Deleting

    def _ask_delete(self) -> None:
        rows, profile = self._results.model.rows, self._engine.connection.profile
        if not rows or profile is None:
            return
        if refusal := self._engine.refusal_of("delete"):
            self._controller.troubled.emit(refusal)
            return
        place = data_centre_words(profile, self._words())
        dialog = self._undo = DeleteDialog(self._engine, rows, place, self._words, self._results.window())
        dialog.delete_wanted.connect(self._controller.delete)
        dialog.stop_wanted.connect(self._controller.stop)
        dialog.finished.connect(self._on_undo_closed)
        dialog.open()

    @Slot(object)
    def _on_items(self, items: object) -> None:
        if self._undo is not None and isinstance(items, tuple):
            self._undo.show_items(items)

    @Slot(object)
    def _on_trouble(self, error: KdguiError) -> None:
        if self._undo is not None:
            self._undo.show_trouble(error)

    @Slot()
    def _on_undo_closed(self) -> None:
        dialog, self._undo = self._undo, None
        if dialog is not None:
            dialog.deleteLater()

    @Slot(object)
    def _on_work(self, work: Activity) -> None:
        before, self._before = self._before, work
        if work in (Activity.RUN, Activity.CHAINS):
            self._followed.clear()
        if work is not Activity.NOTHING:
            self._drop_question()
            return
        if before is Activity.UNDO:
            if self._undo is not None:
                self._undo.show_ended()
            self.deleted.emit(_without_targets(self._results.model.rows))
        if before in _CHANGES_TARGETS:
            self.compare()
            self._count_chains()


def _without_targets(rows: Sequence[Row]) -> tuple[Row, ...]:
    return tuple(row for row in rows if not row.targets)
