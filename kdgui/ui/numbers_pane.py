"""Card 2: the grid of bill numbers, what the last paste brought, what the grid holds, and the push button."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QMenu, QToolButton, QWidget

from kdgui.domain.errors import KdguiError
from kdgui.pushing.numbers import MOST_NUMBERS, Paste, read_paste
from kdgui.store.workbooks import read_sheets
from kdgui.ui.card import Card, plain_label, push_button, say
from kdgui.ui.grid_keeper import GridKeeper
from kdgui.ui.numbers_grid import NumbersGrid
from kdgui.ui.numbers_model import NumbersModel, Tally
from kdgui.ui.style import em, mark
from kdgui.ui.worker import start_job

if TYPE_CHECKING:
    from kdgui.pushing.checking import Finding
    from kdgui.pushing.desk import Desk
    from kdgui.store.words import Words

_READ_AT_ONCE = 20_000
"""Characters that are read without a thread; more would be felt."""
_MOST_OFFERED = 30


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read an opened file: its text as Excel would copy it, and what is special about it."""

    text: str
    sheet: str = ""
    hidden_rows: int = 0


class NumbersPane(Card):
    """What is to be pushed.

    Attributes:
        model: the rows.

    Signals:
        check_wanted, push_wanted, first_one_wanted: the buttons.
        troubled: a KdguiError of reading a file or keeping the grid, for the message bar.
    """

    check_wanted = Signal()
    push_wanted = Signal()
    first_one_wanted = Signal()
    troubled = Signal(object)

    def __init__(self, desk: Desk, words: Callable[[], Words], parent: QWidget | None = None) -> None:
        super().__init__(2, parent)
        self._words = words
        self.model = NumbersModel(words, self)
        self.grid = NumbersGrid(self.model)
        self._keeper = GridKeeper(desk, self.model, self)
        self._keeper.troubled.connect(self.troubled)
        self._obstacle = ""
        self._busy = False
        self._taken_at = -1
        self._lay_out(desk.abilities)
        self.model.tallied.connect(self._on_tallied)
        self.model.undo_stack.indexChanged.connect(self._on_undo_index)
        self.grid.paste_wanted.connect(self.paste)
        self.grid.text_pasted.connect(self.paste_text)
        self.grid.clear_wanted.connect(self.clear)
        self.retranslate()

    # What the window asks and orders

    def numbers_to_push(self) -> tuple[str, ...]:
        """What a run gets: the rows that the button counts, in order. The others say in the grid why not."""
        numbers = self.model.numbers
        return tuple(numbers[row].text for row in range(len(numbers)) if self.model.is_ready(row))

    def numbers_to_check(self) -> tuple[str, ...]:
        """What a check asks about: every number once, unless it is damaged; what was not ready may be now."""
        texts = (number.text for number in self.model.numbers if not number.trouble)
        return tuple(dict.fromkeys(texts))

    def show_findings(self, findings: Mapping[str, Finding]) -> None:
        """Show what the check found, by bill number; an empty mapping forgets it."""
        self.model.show_findings(findings)

    def set_obstacle(self, sentence: str) -> None:
        """Say why nothing can be pushed at the moment; "" where it can."""
        self._obstacle = sentence
        self._refresh()

    def set_busy(self, busy: bool) -> None:
        """While a run or a check goes, the buttons that would start another rest; the grid stays usable."""
        self._busy = busy
        if busy:
            self._tell("")
        self._refresh()

    def restore(self) -> None:
        """Fetch the grid as it was left, unless something has been typed by then."""
        self._keeper.restore()

    def save_now(self) -> None:
        """Keep the grid without waiting for the second to pass."""
        self._keeper.save()

    def tab_chain(self) -> tuple[QWidget, ...]:
        """What the tab key visits, in order."""
        heading = (self._paste, self._open, self._clear)
        return self.grid, *heading, self._differently, self._check, self._first, self._push

    # Taking numbers

    def paste(self) -> None:
        """Take the numbers on the clipboard."""
        self.paste_text(QGuiApplication.clipboard().text())

    def paste_text(self, text: str, column: int | None = None, others: Sequence[Reading] = ()) -> None:
        """Take the numbers in this text; a long one is read off the window's thread.

        `others` are offered beside the other columns, should this reading not be the one that was meant.
        """
        if len(text) <= _READ_AT_ONCE:
            self._take(text, read_paste(text, column), others)
            return
        self._tell(self.tr("Reading…"))
        start_job(
            lambda: read_paste(text, column),
            self,
            success=lambda paste: self._take(text, paste, others),
            failure=self.troubled.emit,
        )

    def open_file(self) -> None:
        """Ask for a workbook or text file and take its numbers."""
        kinds = self.tr("Workbooks and text (*.xlsx *.csv *.txt)")
        path, _kind = QFileDialog.getOpenFileName(self, self.tr("Open bill numbers"), "", kinds)
        if path:
            self.read_file(Path(path))

    def read_file(self, path: Path) -> None:
        """Take the numbers of this file, read off the window's thread."""
        self._tell(self.tr("Reading {file}…").format(file=path.name))
        start_job(lambda: _readings(path), self, success=self._on_opened, failure=self._on_unreadable)

    def _on_opened(self, readings: Sequence[Reading]) -> None:
        if readings:
            self.paste_text(readings[0].text, others=readings[1:])
        else:
            self._tell(self.tr("There is nothing in this file."), "warn")

    def clear(self) -> None:
        """Take every row out; it can be undone."""
        count = len(self.model.numbers)
        self.model.remove(range(count), self.tr("Clear"))
        if count:
            self._tell(self.tr("Rows taken out: {n}. Ctrl+Z brings them back.").format(n=count))

    def _on_unreadable(self, error: KdguiError) -> None:
        self._tell("")
        self.troubled.emit(error)

    def _take(self, text: str, paste: Paste, others: Sequence[Reading]) -> None:
        if paste.trouble:
            self._tell(self._refusal(paste), "warn")
            return
        at = len(self.model.numbers)
        self.model.append(paste.numbers, self.tr("Paste"))
        self.grid.go_to_empty_line()
        self.grid.scrollTo(self.model.index(at, 0), NumbersGrid.ScrollHint.PositionAtTop)
        self._tell(self._account(paste, others))
        self._offer_others(text, paste, others)
        self._keeper.save()

    def _refusal(self, paste: Paste) -> str:
        sentences = {
            "prose": self.tr(
                "This reads like a text, not like bill numbers. Nothing was taken; copy the column."
            ),
            "too_many": self.tr("About {n} rows; at most {most} at a time. Nothing was taken."),
            "empty": self.tr("There are no bill numbers on the clipboard."),
        }
        return sentences[paste.trouble].format(n=f"{paste.found:,}", most=f"{MOST_NUMBERS:,}")

    def _account(self, paste: Paste, others: Sequence[Reading]) -> str:
        """What was taken and what was left out, in one line."""
        parts = [self.tr("Numbers taken: {n}").format(n=len(paste.numbers))]
        left_out = (
            (self.tr("header rows left out: {n}"), paste.headers),
            (self.tr("total rows left out: {n}"), paste.totals),
            (self.tr("empty rows left out: {n}"), paste.empties),
            (self.tr("hidden rows left out: {n}"), max((each.hidden_rows for each in others), default=0)),
        )
        parts += [sentence.format(n=count) for sentence, count in left_out if count]
        if len(paste.columns) > 1:
            name = paste.columns[paste.column] or self._column_name(paste.column)
            parts.append(self.tr("from column “{name}”").format(name=name))
        return self.tr(", ").join(parts)

    def _column_name(self, column: int) -> str:
        return self.tr("Column {n}").format(n=column + 1)

    def _offer_others(self, text: str, paste: Paste, others: Sequence[Reading]) -> None:
        """Let the clerk say how it should have been read, as long as nothing else has changed."""
        menu = self._differently.menu()
        menu.clear()
        for column, name in enumerate(paste.columns[:_MOST_OFFERED]):
            if column != paste.column:
                self._offer(name or self._column_name(column), text, column, others)
        for reading in others:
            word = self.tr("Hidden rows as well: {n}") if reading.hidden_rows else self.tr("Sheet {name}")
            self._offer(word.format(n=reading.hidden_rows, name=reading.sheet), reading.text, None, ())
        self._differently.setVisible(not menu.isEmpty())
        self._taken_at = self.model.undo_stack.index()

    def _offer(self, word: str, text: str, column: int | None, others: Sequence[Reading]) -> None:
        action = self._differently.menu().addAction(word.replace("&", "&&"))
        action.triggered.connect(lambda _checked=False: self._take_differently(text, column, others))

    def _take_differently(self, text: str, column: int | None, others: Sequence[Reading]) -> None:
        if self._taken_at == self.model.undo_stack.index():
            self.model.undo_stack.undo()
            self.paste_text(text, column, others)

    # Looks

    def _lay_out(self, abilities: frozenset[str]) -> None:
        self._paste = push_button("pasteButton", self.paste, "link")
        self._open = push_button("openButton", self.open_file, "link")
        self._clear = push_button("clearButton", self.clear, "link")
        for button in (self._paste, self._open, self._clear):
            self.heading.addWidget(button)
        self._notice = plain_label("caption", wrap=True)
        self._differently = QToolButton(popupMode=QToolButton.ToolButtonPopupMode.InstantPopup)
        self._differently.setMenu(QMenu(self._differently))
        mark(self._differently, kind="link")
        self._differently.hide()
        told = QHBoxLayout()
        told.addWidget(self._notice, 1)
        told.addWidget(self._differently)
        self._tally = plain_label("muted", wrap=True)
        self._check = push_button("checkButton", self.check_wanted.emit)
        self._first = push_button("firstOneButton", self.first_one_wanted.emit)
        self._push = push_button("pushButton", self.push_wanted.emit, "primary")
        self._check.setVisible("check" in abilities)
        self._first.setVisible("first_one" in abilities)
        buttons = QHBoxLayout()
        buttons.setSpacing(em(self, 0.5))
        buttons.addWidget(self._check)
        buttons.addWidget(self._first)
        buttons.addStretch(1)
        buttons.addWidget(self._push)
        self.body.addWidget(self.grid, 1)
        self.body.addLayout(told)
        self.body.addWidget(self._tally)
        self.body.addLayout(buttons)
        self._notice.hide()

    def retranslate(self) -> None:
        self.set_title(self.tr("Paste numbers"))
        say(self._paste, self.tr("Paste"), self.tr("Take the numbers on the clipboard (Ctrl+V)"))
        say(self._open, self.tr("Open sheet…"), self.tr("Read a .xlsx, .csv or .txt file"))
        say(self._clear, self.tr("Clear"), self.tr("Take every row out; Ctrl+Z brings them back"))
        say(
            self._check,
            self.tr("Check"),
            self.tr("Ask Kingdee which of these can be pushed; changes nothing"),
        )
        say(self._first, self.tr("Push 1 and look"), self.tr("Push only the first bill"))
        self._differently.setText(self.tr("Read differently"))
        self._differently.setAccessibleName(self.tr("Read another column, sheet, or hidden rows"))
        self.grid.retranslate()
        self.model.retranslate()

    def _on_tallied(self, tally: Tally) -> None:
        self._refresh(tally)

    def _on_undo_index(self, index: int) -> None:
        if index != self._taken_at:
            self._differently.hide()

    def _refresh(self, tally: Tally | None = None) -> None:
        tally = tally or self.model.tally()
        may = not self._busy and not self._obstacle and tally.ready > 0
        for button in (self._push, self._first):
            button.setEnabled(may)
        self._check.setEnabled(not self._busy and not self._obstacle and tally.rows > tally.damaged)
        self._clear.setEnabled(tally.rows > 0)
        label = self.tr("Push {n}").format(n=f"{tally.ready:,}") if tally.ready else self.tr("Push")
        say(self._push, label, self._obstacle)
        self._tally.setText(self._summary(tally))

    def _summary(self, tally: Tally) -> str:
        """The grid in one line; where nothing can be pushed, why."""
        if not tally.rows:
            return self._obstacle
        parts = [self.tr("Rows {n}").format(n=f"{tally.rows:,}")]
        parts += [f"{word} {count:,}".replace(" ", "\u00a0") for word, count in tally.marks]
        return "　".join([*parts, self._obstacle] if self._obstacle else parts)

    def _tell(self, sentence: str, tone: str = "") -> None:
        self._differently.hide()
        self._notice.setText(sentence)
        self._notice.setVisible(bool(sentence))
        mark(self._notice, tone=tone)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste()
        else:
            super().keyPressEvent(event)


def _readings(path: Path) -> tuple[Reading, ...]:
    """The ways to read this file, the likeliest first: what Excel shows of the sheet on top."""
    sheets = [sheet for sheet in read_sheets(path) if not sheet.hidden and sheet.rows]
    found = [Reading(sheet.as_text(hidden=False), sheet.name) for sheet in sheets]
    if sheets and sheets[0].hidden_rows:
        found.insert(1, Reading(sheets[0].as_text(), sheets[0].name, sheets[0].hidden_rows))
    return tuple(found)
