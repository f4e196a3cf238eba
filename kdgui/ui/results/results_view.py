"""The table of results."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from kdgui.domain.verdicts import Row
from kdgui.ui.results.results_model import Column, ResultsModel
from kdgui.ui.widgets.pill_delegate import PillDelegate
from kdgui.ui.widgets.pills import pill_size
from kdgui.ui.widgets.style import em
from kdgui.ui.widgets.table_style import dress_table, selected_lines


class ResultsView(QTableView):
    """Rows of results; the current one is explained below.

    Signals:
        menu_wanted: where, in the coordinates of the screen.
    """

    menu_wanted = Signal(QPoint)

    def __init__(self, model: ResultsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.setObjectName("resultsView")
        self.setModel(model)
        self.setItemDelegate(PillDelegate(self))
        dress_table(self, Column.REMARK)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(
            lambda at: self.menu_wanted.emit(self.viewport().mapToGlobal(at))
        )
        self.fit_columns()

    def current_row(self) -> Row | None:
        """The row whose details are wanted: the current one while it is selected."""
        index = self.currentIndex()
        return self._model.row_at(index) if self.selectionModel().isSelected(index) else None

    def selected_rows(self) -> tuple[Row, ...]:
        """The selected rows in order."""
        shown = self._model.shown
        return tuple(shown[line] for line in selected_lines(self))

    def fit_columns(self) -> None:
        """Columns as wide as what they hold, in units of the font; what is left goes to the remark."""
        self.verticalHeader().setDefaultSectionSize(em(self, 1.8))
        self.setMinimumHeight(em(self, 4.2))
        metrics = self.fontMetrics()
        verdict = pill_size(metrics, "仅暂存测试").width() + em(self, 0.7)
        room = self.viewport().width() - verdict
        number = min(
            metrics.horizontalAdvance("CGDD20261123001") + em(self, 0.7), max(room * 3 // 10, em(self, 5))
        )
        for column, width in ((Column.SOURCE, number), (Column.VERDICT, verdict), (Column.TARGETS, number)):
            self.setColumnWidth(column, width)

    def sizeHint(self) -> QSize:
        """It takes what is left, and asks for no more than its least: the details below come first."""
        return QSize(super().sizeHint().width(), self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        current = self.visualRect(self.currentIndex())
        in_sight = self.current_row() is not None and 0 <= current.top() < event.oldSize().height()
        super().resizeEvent(event)
        self.fit_columns()
        if in_sight:  # the details open below and would push it out of sight
            self.scrollTo(self.currentIndex())
