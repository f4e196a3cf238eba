"""Which sheet and column of a paste or file is meant: asked where it is not plain, all rows in sight."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from kdgui.domain.errors import KdguiError
from kdgui.store.imports.number_column import Reading, TableFound, read_sheet
from kdgui.store.imports.sheets import Sheet
from kdgui.ui.jobs.gc_pause import without_gc_pauses
from kdgui.ui.jobs.worker import Job, start_job
from kdgui.ui.numbers.import_model import Column, ImportModel, Show
from kdgui.ui.numbers.import_words import ImportWords
from kdgui.ui.widgets.card import plain_label, push_button, say
from kdgui.ui.widgets.fields import Combo
from kdgui.ui.widgets.fitting_dialog import resize_within_screen
from kdgui.ui.widgets.message_bar import told
from kdgui.ui.widgets.pill_delegate import PillDelegate
from kdgui.ui.widgets.style import em, mark, named

if TYPE_CHECKING:
    from kdgui.store.messages.words import Words


@dataclass(frozen=True, slots=True)
class Chosen:
    """One way to read what was found.

    Attributes:
        file: its name; "" for a paste.
        hidden_too: rows that Excel hides are read as well.
    """

    found: TableFound
    file: str
    place: int
    reading: Reading
    hidden_too: bool = False

    @property
    def sheet(self) -> Sheet:
        """The sheet that was read."""
        return self.found.sheets[self.place]


_MEASURED_ROWS = 30
"""As many as are in sight at first, more or less."""


class ImportDialog(QDialog):
    """Lets the clerk choose sheet, column and hidden rows; shows what becomes of every row.

    Attributes:
        chosen: the way to read it; the clerk's own once the dialog was accepted.
    """

    def __init__(
        self,
        chosen: Chosen,
        words: Callable[[], Words],
        parent: QWidget | None = None,
        *,
        taken: bool = False,
    ) -> None:
        """`taken`: this reading is in the grid already; accepting replaces it."""
        super().__init__(parent)
        self.chosen = chosen
        self._words = words
        self._taken = taken
        self._say = ImportWords()
        self._job: Job | None = None
        self._model = ImportModel(words, self)
        self.setObjectName("importDialog")
        self.setWindowTitle(self.tr("Bill numbers from a table"))
        self._make()
        self._lay_out()
        self._show_reading()
        self._columns.setFocus()

    # The choice

    def _on_sheet(self, place: int) -> None:
        self._read(place, None, self.chosen.hidden_too)

    def _on_column(self, column: int) -> None:
        self._read(self.chosen.place, column, self.chosen.hidden_too)

    def _on_hidden(self, hidden_too: bool) -> None:
        self._read(self.chosen.place, self.chosen.reading.column, hidden_too)

    def _on_header(self, section: int) -> None:
        column = self._model.sheet_column(section)
        if column is not None and column != self.chosen.reading.column:
            self._on_column(column)

    def _read(self, place: int, column: int | None, hidden_too: bool) -> None:
        """Read it this way off the window's thread; the last choice wins."""
        if self._job is not None:
            self._job.abandon()
        self._take.setEnabled(False)
        found, file = self.chosen.found, self.chosen.file
        self._job = start_job(
            without_gc_pauses(
                lambda: Chosen(
                    found,
                    file,
                    place,
                    read_sheet(found.sheets[place], column, hidden_too=hidden_too),
                    hidden_too,
                )
            ),
            self,
            success=self._on_read,
            failure=self._on_failed,
        )

    def _on_read(self, chosen: Chosen) -> None:
        self._job = None
        self.chosen = chosen
        self._show_reading()

    def _on_failed(self, error: KdguiError) -> None:
        self._note.setText(told(self._words().error(error)))

    # What is shown

    def _show_reading(self) -> None:
        chosen, reading = self.chosen, self.chosen.reading
        self._model.show_reading(chosen.sheet, reading)
        with QSignalBlocker(self._columns):
            self._columns.clear()
            for column in range(len(reading.columns)):
                self._columns.addItem(
                    str(self._model.headerData(len(Column) + column, Qt.Orientation.Horizontal))
                )
            self._columns.setCurrentIndex(reading.column)
        hidden = chosen.sheet.hidden_rows
        self._hidden.setVisible(hidden > 0)
        self._hidden.setText(self.tr("Hidden rows as well: {n}").format(n=f"{hidden:,}"))
        self._show_counts()
        sheets = len(chosen.found.sheets)
        trouble = bool(reading.trouble)
        self._note.setText(
            self._say.refusal(reading) if trouble else self._say.account(chosen.sheet, reading, sheets)
        )
        mark(self._note, tone="warn" if trouble else "")
        count = len(reading.numbers)
        say(self._take, self.tr("Take {n} numbers").format(n=f"{count:,}"))
        self._take.setEnabled(count > 0)
        self._fit_columns()

    def _show_counts(self) -> None:
        words = {
            Show.ALL: self.tr("All rows: {n}"),
            Show.TAKEN: self.tr("Taken: {n}"),
            Show.LEFT_OUT: self.tr("Left out: {n}"),
            Show.CLEANED: self.tr("Cleaned: {n}"),
            Show.DAMAGED: self.tr("Damaged: {n}"),
        }
        now = max(self._rows.currentIndex(), 0)
        with QSignalBlocker(self._rows):
            self._rows.clear()
            for show, word in words.items():
                self._rows.addItem(word.format(n=f"{self._model.count(show):,}"), show)
            self._rows.setCurrentIndex(now)

    def _on_rows(self, _place: int) -> None:
        self._model.show_only(Show(self._rows.currentData()))
        self._fit_columns()

    def _fit_columns(self) -> None:
        """By what is in sight, within limits: a remark of a hundred words must not push the rest away."""
        widest = em(self, 14)
        # Unless it is told, Qt measures a thousand rows: half a second in which the window stands still.
        self._view.horizontalHeader().setResizeContentsPrecision(_MEASURED_ROWS)
        for section in range(self._model.columnCount()):
            hint = max(
                self._view.sizeHintForColumn(section), self._view.horizontalHeader().sectionSizeHint(section)
            )
            self._view.setColumnWidth(section, min(max(hint + em(self, 0.6), em(self, 3)), widest))
        reading = self.chosen.reading
        remarks = reading.split + reading.cleaned + reading.damaged
        self._view.setColumnHidden(Column.REMARK, not remarks)
        if self.isVisible():
            self._view.scrollTo(self._model.index(0, len(Column) + reading.column))

    # Looks

    def _make(self) -> None:
        chosen = self.chosen
        self._sheets = named("importSheetCombo", Combo())
        for sheet in chosen.found.sheets:
            self._sheets.addItem(sheet.name)
        self._sheets.setCurrentIndex(chosen.place)
        self._sheets.setAccessibleName(self.tr("Sheet"))
        self._sheets.activated.connect(self._on_sheet)
        self._columns = named("importColumnCombo", Combo())
        self._columns.setAccessibleName(self.tr("Column with the bill numbers"))
        self._columns.activated.connect(self._on_column)
        self._hidden = named("importHiddenCheck", QCheckBox())
        self._hidden.setChecked(chosen.hidden_too)
        self._hidden.toggled.connect(self._on_hidden)
        self._rows = named("importRowsCombo", Combo())
        self._rows.setAccessibleName(self.tr("Rows to show"))
        self._rows.activated.connect(self._on_rows)
        self._view = named("importPreview", QTableView())
        self._view.setAccessibleName(self.tr("What becomes of every row"))
        self._view.setModel(self._model)
        self._view.setItemDelegate(PillDelegate(self._view))
        self._view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._view.setShowGrid(False)
        self._view.setWordWrap(False)
        self._view.setTabKeyNavigation(False)
        self._view.verticalHeader().hide()
        self._view.verticalHeader().setDefaultSectionSize(em(self, 1.8))
        header = self._view.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.sectionClicked.connect(self._on_header)
        self._note = named("importNote", plain_label("muted", wrap=True))
        self._cancel = push_button("importCancelButton", self.reject)
        say(self._cancel, self.tr("Close") if self._taken else self.tr("Cancel"))
        self._take = push_button("importTakeButton", self.accept, "primary")
        self._take.setDefault(True)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(*[em(self, 1.2)] * 4)
        column.setSpacing(em(self, 0.7))
        heading = plain_label("heading", wrap=True)
        heading.setText(self.chosen.file or self.tr("Pasted table"))
        column.addWidget(heading)
        question = named("importQuestion", plain_label("muted", wrap=True))
        question.setText(self._question())
        column.addWidget(question)
        choices = QHBoxLayout()
        choices.setSpacing(em(self, 0.5))
        sheet_label = _label(self.tr("Sheet"), self._sheets)
        for widget in (sheet_label, self._sheets):
            widget.setVisible(len(self.chosen.found.sheets) > 1)
        for field in (self._sheets, self._columns):
            field.setMinimumContentsLength(10)
            field.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._rows.setMinimumContentsLength(12)
        choices.addWidget(sheet_label)
        choices.addWidget(self._sheets, 1)
        choices.addWidget(_label(self.tr("Column with the bill numbers"), self._columns))
        choices.addWidget(self._columns, 1)
        choices.addWidget(self._hidden)
        choices.addStretch(1)
        choices.addWidget(self._rows)
        column.addLayout(choices)
        card = QFrame()
        mark(card, role="card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(*[em(self, 0.6)] * 4)
        inside.addWidget(self._view)
        column.addWidget(card, 1)
        column.addWidget(self._note)
        buttons = QHBoxLayout()
        buttons.setSpacing(em(self, 0.6))
        buttons.addStretch(1)
        buttons.addWidget(self._cancel)
        buttons.addWidget(self._take)
        column.addLayout(buttons)
        resize_within_screen(self, em(self, 62), em(self, 36))

    def _question(self) -> str:
        """Why it is asked, or how to look."""
        found = self.chosen.found
        if self._taken:
            return self.tr(
                "This is how it was read. Choose otherwise, and the rows in the grid are replaced."
            )
        if len(found.sheets) > 1 and found.reading.doubtful:
            return self.tr("More than one sheet or column might be meant. Which ones hold the bill numbers?")
        if len(found.sheets) > 1:
            return self.tr("More than one sheet might be meant. Which one holds the bill numbers?")
        return self.tr("More than one column might be meant. Which one holds the bill numbers?")


def _label(text: str, buddy: QWidget) -> QLabel:
    label = plain_label()
    label.setText(text)
    label.setBuddy(buddy)
    return label
