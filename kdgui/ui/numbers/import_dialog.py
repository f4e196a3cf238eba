"""Which sheet and column of a paste or file is meant: asked where it is not plain, all rows in sight."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
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
from kdgui.store.imports.number_column import read_anew
from kdgui.store.imports.text_encodings import ENCODINGS
from kdgui.store.imports.text_tables import SEPARATORS
from kdgui.ui.jobs.gc_pause import without_gc_pauses
from kdgui.ui.jobs.worker import Job
from kdgui.ui.numbers.import_choice import Chosen, read_choice, with_tick
from kdgui.ui.numbers.import_model import Column, ImportModel, Show
from kdgui.ui.numbers.import_words import ImportWords
from kdgui.ui.numbers.reading_job import start_reading
from kdgui.ui.widgets.card import plain_label, push_button, say
from kdgui.ui.widgets.fields import Combo
from kdgui.ui.widgets.fitting_dialog import resize_within_screen
from kdgui.ui.widgets.message_bar import told
from kdgui.ui.widgets.pill_delegate import PillDelegate
from kdgui.ui.widgets.style import em, mark, named

if TYPE_CHECKING:
    from kdgui.store.messages.words import Words


_MEASURED_ROWS = 30
"""As many as are in sight at first, more or less."""
_MEASURED_COLUMNS = 60


_ENCODING_NAMES = {
    "utf-8": "UTF-8",
    "gb18030": "GB18030 (GBK)",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "utf-32-le": "UTF-32 LE",
    "utf-32-be": "UTF-32 BE",
    "big5": "Big5",
    "cp1252": "Windows-1252",
}


class ImportDialog(QDialog):
    """Lets the clerk choose sheets, column, hidden and single rows, of a text separator and encoding.

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
        self._read(replace(self.chosen, place=place, by_hand=True), None)

    def _on_column(self, column: int) -> None:
        self._read(replace(self.chosen, by_hand=True), column)

    def _on_hidden(self, hidden_too: bool) -> None:
        self._read(replace(self.chosen, hidden_too=hidden_too), self.chosen.column)

    def _on_all_sheets(self, all_sheets: bool) -> None:
        self._read(replace(self.chosen, all_sheets=all_sheets), self.chosen.column)

    def _on_header(self, section: int) -> None:
        column = self._model.sheet_column(section)
        if column is not None and column != self.chosen.column:
            self._on_column(column)

    def _on_ticked(self, place: int, row: int, on: bool) -> None:
        self._read(with_tick(self.chosen, place, row, on), self.chosen.column)

    def _on_text(self) -> None:
        """Another separator or encoding: rows and columns are others, so nothing chosen before holds."""
        text = self.chosen.found.text
        if text is None:
            return
        chosen, encoding, separator = (
            self.chosen,
            self._encodings.currentData(),
            self._separators.currentData(),
        )

        def work() -> Chosen:
            found = read_anew(chosen.found, encoding or None, separator)
            return read_choice(replace(chosen, found=found, place=0, ticks={}), None)

        self._start(work)

    def _read(self, chosen: Chosen, column: int | None) -> None:
        self._start(lambda: read_choice(chosen, column))

    def _start(self, work: Callable[[], Chosen]) -> None:
        """Read it this way off the window's thread; the last choice wins."""
        if self._job is not None:
            self._job.abandon()
        self._take.setEnabled(False)
        self._job = start_reading(
            lambda _progress: without_gc_pauses(work)(),
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
        self._model.show_parts(chosen.parts)
        with QSignalBlocker(self._sheets):
            self._sheets.setCurrentIndex(chosen.place)
        with QSignalBlocker(self._columns):
            self._columns.clear()
            for column in range(len(chosen.parts[0].reading.columns)):
                self._columns.addItem(
                    str(self._model.headerData(len(Column) + column, Qt.Orientation.Horizontal))
                )
            self._columns.setCurrentIndex(chosen.column)
        hidden = sum(part.sheet.hidden_rows for part in chosen.parts)
        self._hidden.setVisible(hidden > 0)
        self._hidden.setText(self.tr("Hidden rows as well: {n}").format(n=f"{hidden:,}"))
        self._show_counts()
        trouble = bool(reading.trouble)
        self._note.setText(self._say.refusal(reading) if trouble else self._say.account(chosen))
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
        for section in range(min(self._model.columnCount(), _MEASURED_COLUMNS)):
            hint = max(
                self._view.sizeHintForColumn(section), self._view.horizontalHeader().sectionSizeHint(section)
            )
            self._view.setColumnWidth(section, min(max(hint + em(self, 0.6), em(self, 3)), widest))
        reading = self.chosen.reading
        remarks = reading.split + reading.cleaned + reading.damaged
        self._view.setColumnHidden(Column.REMARK, not remarks)
        if self.isVisible():
            self._view.scrollTo(
                self._model.index(max(self._view.rowAt(0), 0), len(Column) + self.chosen.column)
            )

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
        self._all = named("importAllSheetsCheck", QCheckBox())
        self._all.setChecked(chosen.all_sheets)
        self._all.setText(self.tr("All sheets with numbers: {n}").format(n=len(chosen.with_numbers)))
        self._all.setVisible(len(chosen.with_numbers) > 1)
        self._all.toggled.connect(self._on_all_sheets)
        self._make_text_fields()
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
        self._model.ticked.connect(self._on_ticked)
        self._note = named("importNote", plain_label("muted", wrap=True))
        self._cancel = push_button("importCancelButton", self.reject)
        say(self._cancel, self.tr("Close") if self._taken else self.tr("Cancel"))
        self._take = push_button("importTakeButton", self.accept, "primary")
        self._take.setDefault(True)

    def _make_text_fields(self) -> None:
        """What divides the cells of a text, and in which encoding a file is."""
        text = self.chosen.found.text
        self._separators = named("importSeparatorCombo", Combo())
        self._separators.setAccessibleName(self.tr("Separator"))
        words = {
            "\t": self.tr("Tab"),
            ";": self.tr("Semicolon ;"),
            "|": self.tr("Bar |"),
            ",": self.tr("Comma ,"),
        }
        words |= {
            "；": self.tr("Chinese semicolon ；"),
            "，": self.tr("Chinese comma ，"),
            "": self.tr("None"),
        }
        for mark_ in (*SEPARATORS, ""):
            self._separators.addItem(words[mark_], mark_)
        self._encodings = named("importEncodingCombo", Combo())
        self._encodings.setAccessibleName(self.tr("Encoding"))
        for encoding in ENCODINGS:
            self._encodings.addItem(_ENCODING_NAMES[encoding], encoding)
        if text is not None:
            if self._separators.findData(text.separator) < 0:
                self._separators.addItem(text.separator, text.separator)
            self._separators.setCurrentIndex(self._separators.findData(text.separator))
            self._encodings.setCurrentIndex(self._encodings.findData(text.encoding))
        self._separators.activated.connect(self._on_text)
        self._encodings.activated.connect(self._on_text)

    def _text_fields(self) -> QHBoxLayout:
        text = self.chosen.found.text
        line = QHBoxLayout()
        line.setSpacing(em(self, 0.5))
        pairs = (
            (_label(self.tr("Separator"), self._separators), self._separators, text is not None),
            (
                _label(self.tr("Encoding"), self._encodings),
                self._encodings,
                text is not None and bool(text.encoding),
            ),
        )
        for label, field, shown in pairs:
            for widget in (label, field):
                widget.setVisible(shown)
                line.addWidget(widget)
        line.addWidget(self._all)
        line.addWidget(self._hidden)
        line.addStretch(1)
        line.addWidget(self._rows)
        return line

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
        column.addLayout(choices)
        column.addLayout(self._text_fields())
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
        if untold := self._say.untold(self.chosen.sheet):
            return untold
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
