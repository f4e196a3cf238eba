"""The history: every run that this computer's journal knows, the newest first; one can be opened."""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, QSortFilterProxyModel, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from kdgui.domain.errors import KdguiError
from kdgui.domain.verdicts import RunInfo
from kdgui.pushing.desk import Desk
from kdgui.store.words import Words
from kdgui.ui.card import plain_label, push_button, say
from kdgui.ui.fitting_dialog import resize_within_screen
from kdgui.ui.history_model import HistoryModel
from kdgui.ui.icons import icon
from kdgui.ui.message_bar import told
from kdgui.ui.pill_delegate import PillDelegate
from kdgui.ui.style import em, mark, named
from kdgui.ui.worker import start_job


class HistoryDialog(QDialog):
    """Lists the runs; they are read off the window's thread.

    Signals:
        run_chosen: the run id to open in the results; the dialog is closed then.
    """

    run_chosen = Signal(str)

    def __init__(self, desk: Desk, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("historyDialog")
        self.setWindowTitle(self.tr("History"))
        self._words = words
        self._model = HistoryModel(words, desk.catalogue, self)
        self._shown = QSortFilterProxyModel(self)
        self._shown.setSourceModel(self._model)
        self._shown.setFilterKeyColumn(-1)
        self._shown.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._make()
        self._lay_out()
        start_job(desk.runs, self, success=self._on_runs, failure=self._on_trouble)

    def _make(self) -> None:
        self._search = named("historySearchEdit", QLineEdit(clearButtonEnabled=True))
        self._search.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self._search.setPlaceholderText(self.tr("Find a date, form, rule, user …"))
        self._search.setAccessibleName(self.tr("Find a run"))
        mark(self._search, role="search")
        self._search.textChanged.connect(self._on_search)
        self._view = named("historyView", QTableView())
        self._view.setModel(self._shown)
        self._view.setItemDelegate(PillDelegate(self._view))
        self._view.setAccessibleName(self.tr("Runs"))
        self._view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._view.setShowGrid(False)
        self._view.setWordWrap(False)
        self._view.setTabKeyNavigation(False)
        self._view.verticalHeader().hide()
        self._view.verticalHeader().setDefaultSectionSize(em(self, 1.9))
        header = self._view.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setStretchLastSection(True)
        self._view.activated.connect(self._open)
        self._view.selectionModel().selectionChanged.connect(self._on_selected)
        self._note = named("historyNote", plain_label("muted", wrap=True))
        self._note.setText(self.tr("Reading the journal…"))
        self._close_button = push_button("historyCloseButton", self.reject)
        say(self._close_button, self.tr("Close"))
        self._open_button = push_button("historyOpenButton", self._open, "primary")
        say(self._open_button, self.tr("Open"))
        self._open_button.setDefault(True)
        self._open_button.setEnabled(False)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(*[em(self, 1.2)] * 4)
        column.setSpacing(em(self, 0.7))
        top = QHBoxLayout()
        heading = plain_label("heading")
        heading.setText(self.tr("History"))
        self._search.setFixedWidth(em(self, 18))
        top.addWidget(heading)
        top.addStretch(1)
        top.addWidget(self._search)
        column.addLayout(top)
        card = QFrame()
        mark(card, role="card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(*[em(self, 0.6)] * 4)
        inside.addWidget(self._view)
        column.addWidget(card, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(em(self, 0.6))
        buttons.addWidget(self._note, 1)
        buttons.addWidget(self._close_button)
        buttons.addWidget(self._open_button)
        column.addLayout(buttons)
        resize_within_screen(self, em(self, 62), em(self, 32))

    def _on_runs(self, runs: tuple[RunInfo, ...]) -> None:
        self._model.show(runs)
        self._note.setText(
            self.tr("%n run(s), kept on this computer", "", len(runs))
            if runs
            else self.tr("Nothing was pushed from this computer yet.")
        )
        header = self._view.horizontalHeader()
        header.resizeSections(QHeaderView.ResizeMode.ResizeToContents)
        if runs:
            self._view.selectRow(0)
            self._view.setFocus()

    def _on_trouble(self, error: KdguiError) -> None:
        self._note.setText(told(self._words.error(error)))

    def _on_search(self, text: str) -> None:
        self._shown.setFilterFixedString(text.strip())
        if self._shown.rowCount():
            self._view.selectRow(0)

    def _on_selected(self, _now: QItemSelection, _before: QItemSelection) -> None:
        self._open_button.setEnabled(self._chosen() is not None)

    def _chosen(self) -> str | None:
        rows = self._view.selectionModel().selectedRows()
        return self._model.run_id(self._shown.mapToSource(rows[0]).row()) if rows else None

    def _open(self) -> None:
        run_id = self._chosen()
        if run_id is not None:
            self.accept()
            self.run_chosen.emit(run_id)
