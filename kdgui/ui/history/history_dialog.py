"""The history: every run that this computer's journal knows, and what became of any bill in all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from PySide6.QtCore import QItemSelection, QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from kdgui.domain.errors import KdguiError
from kdgui.domain.verdicts import RunInfo
from kdgui.pushing.engine import PushEngine
from kdgui.pushing.inspect.bill_trace import PushPath
from kdgui.store.journal.search import NumberHit, NumberHits, RunChoices, RunFilter, RunPage
from kdgui.store.messages.words import Words
from kdgui.ui.exporting import Exporter, WrittenFile
from kdgui.ui.history.bill_page import BillPage
from kdgui.ui.history.history_filters import HistoryFilters
from kdgui.ui.history.history_model import Column, HistoryModel
from kdgui.ui.jobs.worker import start_job
from kdgui.ui.widgets.card import plain_label, push_button, say
from kdgui.ui.widgets.fitting_dialog import resize_within_screen
from kdgui.ui.widgets.icons import icon
from kdgui.ui.widgets.message_bar import told
from kdgui.ui.widgets.pill_delegate import PillDelegate
from kdgui.ui.widgets.style import em, mark, named
from kdgui.ui.widgets.table_style import dress_table, fit_columns, selected_lines

T = TypeVar("T")

PAGE = 200
"""Runs read at a time."""
_TYPING_MS = 250
_WIDEST = 14


@dataclass(frozen=True, slots=True)
class _Opening:
    """What the first look into the journal gives."""

    choices: RunChoices
    page: RunPage


class HistoryDialog(QDialog):
    """Lists runs by filters, or (while a number is searched for) what became of that bill.

    The journal is read off the window's thread.

    Signals:
        run_chosen: the run id to open in the results; the dialog is closed then.
        bill_chosen: just before it, the number that was searched for, or "".
    """

    run_chosen = Signal(str)
    bill_chosen = Signal(str)

    def __init__(
        self,
        engine: PushEngine,
        words: Words,
        parent: QWidget | None = None,
        *,
        number: str = "",
        way: PushPath | None = None,
    ) -> None:
        """`number` is searched for at once; `way` is where a bill is looked for that no run knows."""
        super().__init__(parent)
        self.setObjectName("historyDialog")
        self.setWindowTitle(self.tr("History"))
        self._engine = engine
        self._words = words
        self._way = way
        self._turn = 0
        self._total = 0
        self._more = False
        self._model = HistoryModel(words, engine.catalogue, self)
        self._exporter = Exporter(engine, lambda: words, self)
        self._make()
        self._lay_out()
        self._connect()
        records = engine.records
        start_job(
            lambda: _Opening(records.run_choices(), records.find_runs(RunFilter(), PAGE)),
            self,
            success=self._on_opening,
            failure=self._on_trouble,
        )
        if number:
            self._search.setText(number)
            self._look_up()

    # -- how it is made ----------------------------------------------------------------------------

    def _make(self) -> None:
        self._search = named("historySearchEdit", QLineEdit(clearButtonEnabled=True))
        self._search.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self._search.setPlaceholderText(self.tr("What became of a bill? Source or target number"))
        self._search.setAccessibleName(self.tr("Find a bill by its number or a target's, in every run"))
        mark(self._search, role="search")
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self.filters = HistoryFilters(self._words, self._engine.catalogue)
        self._view = named("historyView", QTableView())
        self._view.setModel(self._model)
        self._view.setItemDelegate(PillDelegate(self._view))
        self._view.setAccessibleName(self.tr("Runs"))
        dress_table(self._view, Column.RESULT)
        self._view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self._view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self._view.verticalHeader().setDefaultSectionSize(em(self, 1.9))
        self._bills = BillPage(self._engine, self._words)
        self._note = named("historyNote", plain_label("muted", wrap=True))
        self._note.setText(self.tr("Reading the journal…"))
        self._report_button = push_button("auditReportButton", self._report)
        say(
            self._report_button,
            self.tr("Auditor's report…"),
            self.tr("Who, where, when, which rule, and every step of every bill, as a workbook"),
        )
        self._close_button = push_button("historyCloseButton", self.reject)
        say(self._close_button, self.tr("Close"))
        self._open_button = push_button("historyOpenButton", self._open, "primary")
        say(self._open_button, self.tr("Open"), self.tr("Show its results; continue or retry from there"))
        for button in (self._open_button, self._report_button):
            button.setEnabled(False)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(*[em(self, 1.2)] * 4)
        column.setSpacing(em(self, 0.7))
        top = QHBoxLayout()
        heading = plain_label("heading")
        heading.setText(self.tr("History"))
        self._search.setFixedWidth(em(self, 22))
        top.addWidget(heading)
        top.addStretch(1)
        top.addWidget(self._search)
        column.addLayout(top)
        runs = QWidget()
        inside = QVBoxLayout(runs)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(em(self, 0.6))
        inside.addWidget(self.filters)
        card = QFrame()
        mark(card, role="card")
        frame = QVBoxLayout(card)
        frame.setContentsMargins(*[em(self, 0.6)] * 4)
        frame.addWidget(self._view)
        inside.addWidget(card, 1)
        self._pages = QStackedWidget()
        self._pages.addWidget(runs)
        self._pages.addWidget(self._bills)
        column.addWidget(self._pages, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(em(self, 0.6))
        buttons.addWidget(self._note, 1)
        for button in (self._report_button, self._close_button, self._open_button):
            buttons.addWidget(button)
        column.addLayout(buttons)
        resize_within_screen(self, em(self, 66), em(self, 34))

    def _connect(self) -> None:
        self._search.textChanged.connect(self._on_search)
        self._search.returnPressed.connect(self._look_up)
        self._typing.timeout.connect(self._look_up)
        self.filters.changed.connect(self._read)
        self._model.more_wanted.connect(self._read_more)
        self._view.activated.connect(self._open)
        self._view.selectionModel().selectionChanged.connect(self._on_selected)
        self._bills.opened.connect(self._open)
        self._bills.selected.connect(self._refresh)
        self._exporter.written.connect(self._on_written)
        self._exporter.troubled.connect(self._on_trouble)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.activated.connect(self._search.setFocus)
        find.activated.connect(self._search.selectAll)

    # -- runs --------------------------------------------------------------------------------------

    def _on_opening(self, opening: _Opening) -> None:
        self.filters.offer(opening.choices)
        self._show_page(opening.page)
        if not self._search.text() and opening.page.runs:
            self._view.setFocus()

    def _read(self) -> None:
        """The runs that are wanted now, from the newest."""
        wanted = self.filters.wanted()
        self._start(lambda: self._engine.records.find_runs(wanted, PAGE), self._show_page)

    def _read_more(self) -> None:
        wanted, shown, turn = self.filters.wanted(), self._model.runs, self._turn
        start_job(
            lambda: self._engine.records.find_runs(wanted, PAGE, shown),
            self,
            success=lambda page: self._model.append(page.runs) if turn == self._turn else None,
            failure=self._on_trouble,
        )

    def _show_page(self, page: RunPage) -> None:
        self._total = page.total
        self._model.show(page.runs, page.total)
        fit_columns(self._view, em(self, _WIDEST))
        if page.runs:
            self._view.selectRow(0)
        self._refresh()

    # -- bills -------------------------------------------------------------------------------------

    def _on_search(self, text: str) -> None:
        if text.strip():
            self._typing.start()
        else:
            self._typing.stop()
            self._turn += 1
            self._pages.setCurrentIndex(0)
            self._refresh()

    def _look_up(self) -> None:
        """Search for the number that stands there now."""
        self._typing.stop()
        number = self._search.text().strip()
        if number:
            self._start(
                lambda: self._engine.records.find_number(number),
                lambda findings: self._show_findings(number, findings),
            )

    def _show_findings(self, number: str, findings: NumberHits) -> None:
        self._pages.setCurrentIndex(1)
        self._more = findings.more
        self._bills.show_findings(number, findings, self._way)
        self._refresh()

    def _start(self, call: Callable[[], T], then: Callable[[T], None]) -> None:
        """Ask the journal; an answer that was overtaken by another question is dropped."""
        self._turn += 1
        turn = self._turn
        start_job(
            call,
            self,
            success=lambda answer: then(answer) if turn == self._turn else None,
            failure=self._on_trouble,
        )

    # -- what is chosen ----------------------------------------------------------------------------

    @property
    def _looks_up(self) -> bool:
        return self._pages.currentIndex() == 1

    def _on_selected(self, _now: QItemSelection, _before: QItemSelection) -> None:
        self._refresh()

    def _chosen(self) -> list[RunInfo]:
        """The runs that are selected, from top to bottom."""
        if self._looks_up:
            hit = self._bills.chosen()
            return [hit.run] if hit else []
        return [self._model.run(line) for line in selected_lines(self._view)]

    def _refresh(self) -> None:
        chosen = self._chosen()
        readable = not self._looks_up or all(not run.pc for run in chosen)
        self._open_button.setEnabled(len(chosen) == 1 and readable)
        listed = len(self._bills.found) if self._looks_up else self._total
        self._report_button.setEnabled(listed > 0)
        self._note.setText(self._looked_up() if self._looks_up else self._counted(len(chosen)))

    def _counted(self, chosen: int) -> str:
        if not self._total:
            narrowed = self.filters.wanted() != RunFilter()
            return (
                self.tr("No run like that; choose other filters.")
                if narrowed
                else self.tr("Nothing was pushed from this computer yet.")
            )
        if chosen > 1:
            return self.tr("%n run(s) selected", "", chosen)
        if self._engine.records.trouble is not None:
            return self.tr("Colleagues' runs are missing: the team's database is not reached.")
        if self._engine.team.setting.text:
            return self.tr("%n run(s) of the team; colleagues' are read only", "", self._total)
        return self.tr("%n run(s), kept on this computer", "", self._total)

    def _looked_up(self) -> str:
        found = len(self._bills.found)
        if not found:
            return self.tr("No run from this computer had a bill with this number.")
        if self._more:
            return self.tr("The first {n}; type more of the number").format(n=found)
        return self.tr("Found %n time(s) in the runs from this computer", "", found)

    def _open(self, _index: QModelIndex | None = None) -> None:
        chosen = self._chosen()
        if len(chosen) != 1:
            return
        (run,) = chosen
        if run.pc:
            self._show_colleagues(run)
            return
        hit = self._bills.chosen() if self._looks_up else None
        self.accept()
        self.bill_chosen.emit(hit.row.number if hit else "")
        self.run_chosen.emit(run.run_id)

    def _show_colleagues(self, run: RunInfo) -> None:
        """A colleague's run: its bills, to be read."""
        if not self._looks_up:
            self._start(
                lambda: NumberHits(tuple(NumberHit(row, run) for row in self._engine.records.rows(run))),
                lambda found: self._show_findings("", found),
            )

    # -- the report --------------------------------------------------------------------------------

    def _report(self) -> None:
        """Of the bills that are found; else of the selected runs if several, else of all that are wanted."""
        if self._looks_up:
            own = [hit for hit in self._bills.found if not hit.run.pc]
            places = frozenset((hit.row.run_id, hit.row.position) for hit in own)
            begun = self._exporter.ask_report(sorted({run_id for run_id, _ in places}), only=places)
        else:
            chosen = [run.run_id for run in self._chosen() if not run.pc]
            begun = self._exporter.ask_report(chosen if len(chosen) > 1 else self.filters.wanted())
        if begun:
            self._note.setText(self.tr("Writing the report…"))

    def _on_written(self, written: WrittenFile) -> None:
        self._note.setText(written.text())

    def _on_trouble(self, error: KdguiError) -> None:
        self._note.setText(told(self._words.error(error)))
