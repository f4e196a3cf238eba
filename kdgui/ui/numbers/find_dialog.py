"""Find bills in Kingdee: conditions above, bills that meet them below; what is ticked goes into the grid."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QSizePolicy,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from kdgui.domain.errors import BadInput, KdguiError
from kdgui.domain.find_conditions import FindConditions
from kdgui.domain.orders import RunOrder
from kdgui.pushing.flow.run_control import RunControl
from kdgui.ui.jobs.gc_pause import without_gc_pauses
from kdgui.ui.jobs.worker import Job, TaskHandle, start_job
from kdgui.ui.numbers.find_conditions_panel import FindConditionsPanel
from kdgui.ui.numbers.find_model import Column, FoundModel
from kdgui.ui.widgets.card import plain_label, push_button, say
from kdgui.ui.widgets.fitting_dialog import resize_within_screen
from kdgui.ui.widgets.message_bar import told
from kdgui.ui.widgets.pill_delegate import PillDelegate
from kdgui.ui.widgets.style import em, mark, named
from kdgui.ui.widgets.table_style import dress_table, fit_columns, selected_lines

if TYPE_CHECKING:
    from kdgui.pushing.engine import PushEngine
    from kdgui.pushing.inspect.find_bills import FindProgress, FindResult, FoundBill
    from kdgui.pushing.inspect.find_fields import FindForm
    from kdgui.store.messages.words import Words

_WIDE, _HIGH = 60, 42
_WIDEST = 11


class FoundView(QTableView):
    """The table; space ticks the selected lines."""

    def __init__(self, model: FoundModel) -> None:
        super().__init__()
        self.setObjectName("findResultsView")
        self._model = model
        self.setModel(model)
        self.setItemDelegate(PillDelegate(self))
        dress_table(self, Column.PARTNER)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.verticalHeader().setDefaultSectionSize(em(self, 1.9))
        header = self.horizontalHeader()
        header.setSectionsClickable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSortIndicatorClearable(True)
        self.setSortingEnabled(True)
        for column, width in (
            *((Column.NUMBER, 8.5), (Column.DATE, 5.4), (Column.AMOUNT, 5.8), (Column.LEFT, 6.5)),
            (Column.TARGETS, 7.5),
        ):
            self.setColumnWidth(column, em(self, width))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)  # it takes what is left
        self.setMinimumHeight(em(self, 5.5))

    def fit(self) -> None:
        """Columns as wide as what is in sight needs, within bounds."""
        fit_columns(self, em(self, _WIDEST))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        lines = selected_lines(self)
        if event.key() == Qt.Key.Key_Space and lines:
            self._model.tick(lines)
            return
        super().keyPressEvent(event)


class ConditionsArea(QScrollArea):
    """As high as the conditions are, where there is room; on a small screen they scroll."""

    def __init__(self, inside: QWidget) -> None:
        super().__init__()
        self._inside = inside
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        mark(self, role="passage")
        inside.installEventFilter(self)

    def sizeHint(self) -> QSize:
        width = self.viewport().width()
        layout = self._inside.layout()
        high = layout.totalHeightForWidth(width) if layout is not None and layout.hasHeightForWidth() else -1
        return QSize(em(self, 20), high if high > 0 else self._inside.sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(self._inside.minimumSizeHint().width(), min(self.sizeHint().height(), em(self, 8)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.updateGeometry()


class FindDialog(QDialog):
    """Asks what the form has, then searches as often as the clerk likes.

    Attributes:
        model: the bills that were found, with their ticks.
        conditions: what was searched for last, or None.
    """

    def __init__(
        self,
        engine: PushEngine,
        order: RunOrder,
        words: Callable[[], Words],
        room: int,
        parent: QWidget | None = None,
        conditions: FindConditions | None = None,
    ) -> None:
        """`order` names form and rule; `room` says how many bills the grid still takes.

        With `conditions` it searches at once; without, those of the last time are offered.
        """
        super().__init__(parent)
        self.setObjectName("findDialog")
        self.setWindowTitle(self.tr("Find bills in Kingdee"))
        self._engine = engine
        self._order = order
        self._words = words
        self._room = room
        self._panel: FindConditionsPanel | None = None
        self._given = conditions
        self.conditions = conditions
        self._find = push_button("findStartButton", self.search, "primary")
        self._stop = push_button("findStopButton", self.stop)
        self._progress = plain_label("muted")
        self._control = RunControl()
        self._job: Job | None = None
        self._stopping = False
        self.model = FoundModel(words(), self)
        self.model.counted.connect(self._show_counts)
        self._make()
        self._lay_out()
        self._show_state()
        resize_within_screen(self, em(self, _WIDE), em(self, _HIGH))
        self.finished.connect(lambda _result: self._control.stop())
        self._ask_form()

    @property
    def ticked(self) -> tuple[FoundBill, ...]:
        """The bills that the clerk ticked."""
        return self.model.ticked

    # The form

    def _ask_form(self) -> None:
        engine, form_id = self._engine, self._order.form_id
        self._say(self.tr("Asking what this form can be searched by…"))

        def fetch() -> tuple[FindForm, FindConditions | None]:
            return engine.finding.form(form_id), engine.finding.remembered(form_id)

        start_job(fetch, self, success=self._on_form, failure=self._on_failed)

    def _on_form(self, found: tuple[FindForm, FindConditions | None]) -> None:
        form, remembered = found
        finding, options = self._engine.finding, self._order.options
        with_rule = bool(options.rule_id or options.default_rule)
        self._panel = FindConditionsPanel(form, finding.base_data, self._words(), with_rule=with_rule)
        self._panel.find_wanted.connect(self.search)
        if self._given is not None or remembered is not None:
            self._panel.show_conditions(self._given or remembered or FindConditions())
        self._place.insertWidget(0, self._panel)
        for widget in (self._progress, self._stop, self._find):
            self._panel.last_line.addWidget(widget)
        self._find.show()
        partner = form.field(form.partner) if form.partner else None
        self.model.clear(partner.label if partner else "")
        self._partner = partner.label if partner else ""
        self._say(
            ""
            if form.described
            else self.tr(
                "The server does not say which fields this form has: other fields can be typed by their keys."
            )
        )
        self._show_state()
        self._panel.take_focus()
        if self._given is not None:
            self.search()

    # The search

    def search(self) -> None:
        """Search by what is chosen now."""
        if self._panel is None or self._job is not None:
            return
        try:
            conditions = self._panel.conditions()
        except BadInput as trouble:
            self._on_failed(trouble)
            return
        self.conditions = conditions
        self._control, self._stopping = RunControl(), False
        self.model.clear(self._partner)
        self._say("")
        engine, order, control, room = self._engine, self._order, self._control, self._room

        def work(handle: TaskHandle) -> FindResult:
            def call() -> FindResult:
                engine.finding.remember(order.form_id, conditions)
                return engine.finding.bills(
                    order.form_id, order.options, conditions, control, handle.report, most=room
                )

            return without_gc_pauses(call)()

        job = Job(work, self)
        job.progressed.connect(self._on_progress)
        job.succeeded.connect(self._on_found)
        job.failed.connect(self._on_failed)
        job.finished.connect(self._on_finished)
        self._job = job
        job.start()
        self._show_state()

    def stop(self) -> None:
        """End the search with what was found by now; a question under way is waited for."""
        self._control.stop()
        self._stopping = True
        self._show_state()

    def _on_progress(self, progress: FindProgress) -> None:
        self.model.add(progress.bills)
        self._progress.setText(self.tr("{n} looked at").format(n=f"{progress.looked_at:,}"))

    def _on_found(self, result: FindResult) -> None:
        self.model.put_in_order()
        self._view.fit()
        words = self._words()
        parts = [words.reason(note) for note in result.notes]
        if result.stopped:
            parts.insert(0, self.tr("Stopped before the end: there may be more."))
        elif result.more:
            most = self.tr(
                "The grid takes {n} more; there are more bills than that. Narrow the conditions down."
            )
            parts.insert(0, most.format(n=f"{self._room:,}"))
        elif not result.bills:
            parts.insert(0, self._nothing(result))
        if result.untold:
            untold = self.tr("Pushed before and left out, since nobody can tell what is left of them: {n}.")
            parts.append(untold.format(n=f"{result.untold:,}"))
        self._say(" ".join(parts), warn=result.more or result.stopped)

    def _nothing(self, result: FindResult) -> str:
        if result.looked_at:
            none_left = self.tr("{n} bills meet the conditions, and nothing is left to push of them.")
            return none_left.format(n=f"{result.looked_at:,}")
        return self.tr("No bill meets these conditions.")

    def _on_failed(self, error: KdguiError) -> None:
        self._say(told(self._words().error(error)), warn=True)

    def _on_finished(self) -> None:
        self._job = None
        self._show_state()

    # What is shown

    def _say(self, text: str, *, warn: bool = False) -> None:
        self._note.setText(text)
        mark(self._note, tone="warn" if warn else "")
        self._note.setVisible(bool(text))

    def _show_state(self) -> None:
        busy, ready = self._job is not None, self._panel is not None
        self._find.setEnabled(ready and not busy)
        self._stop.setVisible(busy)
        self._stop.setEnabled(not self._stopping)
        say(self._stop, self.tr("Stopping…") if self._stopping else self.tr("Stop"))
        self._progress.setVisible(busy)
        if not busy:
            self._progress.setText("")
        self._show_counts()

    def _show_counts(self) -> None:
        model = self.model
        some = model.count > 0
        for widget in (self._filter, self._all, self._none):
            widget.setEnabled(some)
        self._shown.setEnabled(some and model.shown < model.count)
        told_count = self.tr("{n} bills, {ticked} ticked").format(
            n=f"{model.count:,}", ticked=f"{model.tick_count:,}"
        )
        if model.shown < model.count:
            told_count = self.tr("{shown} of {n} bills shown, {ticked} ticked").format(
                shown=f"{model.shown:,}", n=f"{model.count:,}", ticked=f"{model.tick_count:,}"
            )
        self._counts.setText(told_count if some else "")
        count = model.tick_count
        say(self._take, self.tr("Add {n} to the list").format(n=f"{count:,}") if count else self.tr("Add"))
        self._take.setEnabled(count > 0 and self._job is None)
        mark(self._take, kind="primary" if some else "")
        mark(self._find, kind="" if some else "primary")

    # Laying out

    def _make(self) -> None:
        self._partner = ""
        self._find.setParent(self)  # until there is a form to search, there is no place for it
        self._find.hide()
        self._find.setDefault(True)
        say(self._find, self.tr("Find"))
        self._note = named("findNote", plain_label("caption", wrap=True))
        self._filter = named("findFilterEdit", QLineEdit())
        self._filter.setPlaceholderText(self.tr("Search in what was found"))
        self._filter.setAccessibleName(self._filter.placeholderText())
        self._filter.setClearButtonEnabled(True)
        self._filter.textChanged.connect(self.model.show_only)
        self._all = push_button("findTickAllButton", lambda: self.model.tick_all(on=True), "link")
        self._none = push_button("findTickNoneButton", lambda: self.model.tick_all(on=False), "link")
        self._shown = push_button("findTickShownButton", self.model.tick_shown, "link")
        say(self._all, self.tr("Tick all"))
        say(self._none, self.tr("Tick none"))
        say(self._shown, self.tr("Tick what is shown"))
        self._counts = named("findCounts", plain_label("muted"))
        self._view = FoundView(self.model)
        self._view.setAccessibleName(self.tr("Bills that were found"))
        self._cancel = push_button("cancelButton", self.reject)
        say(self._cancel, self.tr("Cancel"))
        self._take = push_button("findTakeButton", self.accept)

    def _lay_out(self) -> None:
        margin = em(self, 1.1)
        column = QVBoxLayout(self)
        column.setContentsMargins(margin, margin, margin, margin)
        column.setSpacing(em(self, 0.6))
        conditions, framed = QFrame(), QVBoxLayout()
        mark(conditions, role="card")
        framed.setContentsMargins(*[em(self, 0.6)] * 4)
        conditions.setLayout(framed)
        inside, self._place = QWidget(), QVBoxLayout()
        self._place.setContentsMargins(0, 0, 0, 0)
        self._place.setSpacing(em(self, 0.5))
        inside.setLayout(self._place)
        self._place.addWidget(self._note)
        framed.addWidget(ConditionsArea(inside))
        column.addWidget(conditions)
        found, below = QFrame(), QVBoxLayout()
        mark(found, role="card")
        below.setContentsMargins(*[em(self, 0.6)] * 4)
        below.setSpacing(em(self, 0.4))
        found.setLayout(below)
        ticks = QHBoxLayout()
        ticks.addWidget(self._filter, 1)
        for button in (self._all, self._none, self._shown):
            ticks.addWidget(button)
        below.addLayout(ticks)
        below.addWidget(self._view, 1)
        column.addWidget(found, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(em(self, 0.6))
        buttons.addWidget(self._counts, 1)
        buttons.addWidget(self._cancel)
        buttons.addWidget(self._take)
        column.addLayout(buttons)
