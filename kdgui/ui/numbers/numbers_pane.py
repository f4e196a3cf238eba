"""Card 2: the grid of bill numbers, what the last paste brought, what the grid holds, and the push button."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import (
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
)
from PySide6.QtWidgets import QApplication, QFileDialog, QHBoxLayout, QWidget

from kdgui.domain.errors import KdguiError
from kdgui.domain.verdicts import Reason
from kdgui.store.imports.number_column import RowFate
from kdgui.store.imports.sheets import Progress
from kdgui.ui.jobs.gc_pause import without_gc_pauses
from kdgui.ui.jobs.worker import Job, start_job
from kdgui.ui.numbers.check_line import CheckLine
from kdgui.ui.numbers.drop_card import DropCard, local_files
from kdgui.ui.numbers.fill_panel import FillPanel
from kdgui.ui.numbers.grid_autosave import GridAutosave
from kdgui.ui.numbers.import_choice import Chosen, choice_of_files, choice_of_paste, remembered
from kdgui.ui.numbers.import_dialog import ImportDialog
from kdgui.ui.numbers.import_words import ImportWords
from kdgui.ui.numbers.numbers_grid import NumbersGrid
from kdgui.ui.numbers.numbers_model import NumbersModel, Tally
from kdgui.ui.numbers.reading_job import start_reading
from kdgui.ui.widgets.card import plain_label, push_button, say
from kdgui.ui.widgets.style import em, mark, named

if TYPE_CHECKING:
    from kdgui.pushing.engine import PushEngine
    from kdgui.pushing.inspect.check import Finding
    from kdgui.store.messages.words import Words

_READ_AT_ONCE = 20_000
"""Characters that are read without a thread; more would be felt."""
_TOLD_AFTER = 0.01


class NumbersPane(DropCard):
    """What is to be pushed.

    Attributes:
        model: the rows.
        check_line: what can be done with what a check found.
        check_button: asks for a check.

    Signals:
        check_wanted, push_wanted, first_one_wanted, find_wanted: the buttons.
        taken: Chosen: numbers of a paste or file are in the grid, and how it was read.
        taken_from: numbers were taken: the file (None for a paste), its sheet, and the column's heading.
        troubled: a KdguiError of reading a file or keeping the grid, for the message bar.
    """

    check_wanted = Signal()
    push_wanted = Signal()
    first_one_wanted = Signal()
    taken = Signal(object)
    find_wanted = Signal()
    taken_from = Signal(object, str, str)
    troubled = Signal(object)

    def __init__(self, engine: PushEngine, words: Callable[[], Words], parent: QWidget | None = None) -> None:
        super().__init__(2, parent)
        self._engine, self._words = engine, words
        self._readings: set[Job] = set()
        self.model = NumbersModel(words, self)
        self.grid = NumbersGrid(self.model)
        self.check_line = CheckLine(words)
        self.fill = FillPanel()
        self.check_line.tick_left_wanted.connect(self.model.tick_left)
        self._keeper = GridAutosave(engine, self.model, self)
        self._keeper.troubled.connect(self.troubled)
        self._obstacle = ""
        self._forbidden = ""
        self._busy = False
        self._say = ImportWords()
        self._chosen: Chosen | None = None
        self._path: Path | None = None
        self._taken_at = -1
        self.dropped.connect(self._take_data)
        self._lay_out()
        self.model.tallied.connect(self._on_tallied)
        self.model.undo_stack.indexChanged.connect(self._on_undo_index)
        self.grid.paste_wanted.connect(self.paste)
        self.grid.data_pasted.connect(self._take_data)
        self.grid.clear_wanted.connect(self.clear)
        self.retranslate()

    # What the window asks and orders

    def numbers_to_push(self) -> tuple[str, ...]:
        """What a run gets: the rows that the button counts, in order. The others say in the grid why not."""
        numbers = self.model.numbers
        return tuple(numbers[row].text for row in range(len(numbers)) if self.model.is_ready(row))

    def show_findings(self, findings: Mapping[str, Finding]) -> None:
        """Show what the check found, by bill number; an empty mapping forgets it."""
        self.model.show_findings(findings)

    def show_unchecked(self, reasons: Sequence[Reason]) -> None:
        """Say what the check could not find out."""
        self.check_line.show_unchecked(reasons)

    def set_obstacle(self, sentence: str, forbidden: str = "") -> None:
        """Say why nothing can be pushed or checked, or why pushing alone is forbidden; "" where it can."""
        self._obstacle, self._forbidden = sentence, forbidden
        self._refresh()

    def set_busy(self, busy: bool) -> None:
        """While a run or a check goes, the buttons that would start another rest; the grid stays usable."""
        self._busy = busy
        focused = QApplication.focusWidget()
        if busy and focused is not None and self.isAncestorOf(focused):
            self.grid.setFocus()  # a button that has to rest would hand the focus on to anywhere
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
        heading = (self._paste, self._open, self._find, self._clear)
        found = (self.fill.choose, self.fill.drop, self.check_line.choose, self.check_line.tick_left)
        return *heading, self.grid, self._stop, self._look, *found, self.check_button, self._first, self._push

    # Taking numbers

    def paste(self) -> None:
        """Take what is on the clipboard: text, or the files that were copied."""
        self._take_data(QGuiApplication.clipboard().mimeData())

    def paste_text(self, text: str, html: str = "") -> None:
        """Take the numbers in this text; a long one is read off the window's thread.

        `html` is the same table as a web page, "" where there is none: it tells which rows were hidden.
        """
        settings = self._engine.settings
        if len(text) <= _READ_AT_ONCE and not html:
            self._on_read(choice_of_paste(text, html, settings))
        else:
            self._read(self.tr("Reading…"), lambda progress: choice_of_paste(text, html, settings, progress))

    def open_file(self) -> None:
        """Ask for a workbook or text file and take its numbers."""
        kinds = self.tr(
            "Workbooks and text (*.xlsx *.xlsm *.xls *.xlsb *.et *.ods *.csv *.txt);;All files (*)"
        )
        paths, _kind = QFileDialog.getOpenFileNames(self, self.tr("Open bill numbers"), "", kinds)
        self.read_files(list(map(Path, paths)))

    def read_file(self, path: Path) -> None:
        """Take the numbers of this file, read off the window's thread."""
        self.read_files((path,))

    def read_files(self, paths: Sequence[Path]) -> None:
        """Take the numbers of these files, read off the window's thread; of several they are asked about."""
        if not paths:
            return
        name = paths[0].name if len(paths) == 1 else self.tr("{n} files").format(n=len(paths))
        self._path = paths[0] if len(paths) == 1 else None
        settings = self._engine.settings
        self._read(
            self.tr("Reading {file}…").format(file=name),
            lambda progress: choice_of_files(paths, name, settings, progress),
        )

    def stop_reading(self) -> None:
        """Nobody waits for what is being read any more; nothing of it is taken."""
        for job in self._readings:
            job.abandon()
        self._tell(self.tr("Reading was stopped. Nothing was taken."))

    def _read(self, sentence: str, read: Callable[[Progress], Chosen]) -> None:
        """Read with progress in sight and a way to stop."""
        self._tell(sentence)

        def show(share: float) -> None:
            if share >= _TOLD_AFTER:
                self._notice.setText(f"{sentence} {share:.0%}")

        job = start_reading(
            lambda progress: without_gc_pauses(lambda: read(progress))(),
            self,
            success=self._on_read,
            failure=self._on_unreadable,
            progress=show,
        )
        self._readings.add(job)
        self._stop.show()
        job.finished.connect(lambda: self._on_read_ended(job))

    def _on_read_ended(self, job: Job) -> None:
        self._readings.discard(job)
        self._stop.setVisible(bool(self._readings))

    def clear(self) -> None:
        """Take every row out; it can be undone."""
        count = len(self.model.numbers)
        self.model.remove(range(count), self.tr("Clear"))
        if count:
            self._tell(self.tr("Rows taken out: {n}. Ctrl+Z brings them back.").format(n=count))

    def _take_data(self, data: QMimeData) -> None:
        paths = local_files(data)
        if paths:
            self.read_files(paths)
        else:
            text = data.text()
            self.paste_text(text, data.html() if "\n" in text.strip() and data.hasHtml() else "")

    def _on_unreadable(self, error: KdguiError) -> None:
        self._tell("")
        self.troubled.emit(error)

    def _on_read(self, chosen: Chosen) -> None:
        if chosen.found.doubtful:
            self._tell("")
            self._ask(ImportDialog(chosen, self._words, self.window()), self._take)
        else:
            self._take(chosen)

    def _ask(self, dialog: ImportDialog, take: Callable[[Chosen], None]) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: take(dialog.chosen))
        dialog.open()

    def _take(self, chosen: Chosen) -> None:
        reading, at = chosen.reading, len(self.model.numbers)
        if reading.trouble:
            self._tell(self._say.refusal(reading), "warn")
        else:
            self.model.append(reading.numbers, self.tr("Paste"))
            self.grid.go_to_empty_line()
            self.grid.scrollTo(self.model.index(at, 0), NumbersGrid.ScrollHint.PositionAtTop)
            self._tell(self._say.account(chosen), "warn" if chosen.sheet.untold else "")
            self._keeper.save()
            self._remember(chosen)
            self._tell_origin(chosen)
        self._chosen, self._taken_at = chosen, self.model.undo_stack.index()
        plain = len(reading.columns) < 2 and len(chosen.found.sheets) < 2
        odd = reading.split + reading.cleaned + reading.damaged
        dull = not odd and reading.count(RowFate.TAKEN) == len(reading.fates)
        untold = bool(chosen.sheet.untold)
        self._look.setVisible(bool(reading.fates) and (untold or not (plain and dull)))
        if not reading.trouble:
            self.taken.emit(chosen)

    def _remember(self, chosen: Chosen) -> None:
        """The next table with these headings is read as this one was."""
        wanted = remembered(chosen, self._engine.settings)
        if wanted is not self._engine.settings:
            start_job(
                lambda: self._engine.change_settings(wanted),
                self,
                success=lambda _nothing: None,
                failure=self.troubled.emit,
            )

    def _tell_origin(self, chosen: Chosen) -> None:
        reading = chosen.reading
        one = not chosen.all_sheets and self._path is not None and self._path.name == chosen.file
        path = self._path if one else None
        heading = reading.columns[reading.column] if reading.column < len(reading.columns) else ""
        self.taken_from.emit(path, chosen.sheet.name, heading if path is not None else "")

    def _look_again(self) -> None:
        """Show how it was read, and let the clerk choose otherwise as long as nothing else has changed."""
        before = self._chosen
        if before is None or self._taken_at != self.model.undo_stack.index():
            return

        def take(chosen: Chosen) -> None:
            if chosen is not before and self._taken_at == self.model.undo_stack.index():
                if not before.reading.trouble:
                    self.model.undo_stack.undo()
                self._take(chosen)

        self._ask(ImportDialog(before, self._words, self.window(), taken=not before.reading.trouble), take)

    # Looks

    def _lay_out(self) -> None:
        self._paste = push_button("pasteButton", self.paste, "link")
        self._open = push_button("openButton", self.open_file, "link")
        self._find = push_button("findButton", self.find_wanted.emit, "link")
        self._clear = push_button("clearButton", self.clear, "link")
        for button in (self._paste, self._open, self._find, self._clear):
            mark(button, small=True)  # four of them stand beside the title on a small screen
            self.heading.addWidget(button)
        self._notice = named("numbersNotice", plain_label("caption", wrap=True))
        self._look = push_button("lookAgainButton", self._look_again, "link")
        mark(self._look, small=True)
        self._look.hide()
        self._stop = push_button("stopReadingButton", self.stop_reading, "link")
        mark(self._stop, small=True)
        self._stop.hide()
        told = QHBoxLayout()
        told.addWidget(self._notice, 2)
        told.addWidget(self.fill, 3)  # beside it: a small screen has no line to spare
        told.addWidget(self._stop, 0, Qt.AlignmentFlag.AlignTop)
        told.addWidget(self._look, 0, Qt.AlignmentFlag.AlignTop)
        self._tally = plain_label("muted", wrap=True)
        self.check_button = push_button("checkButton", self.check_wanted.emit)
        self._first = push_button("firstOneButton", self.first_one_wanted.emit)
        self._push = push_button("pushButton", self.push_wanted.emit, "primary")
        buttons = QHBoxLayout()
        buttons.setSpacing(em(self, 0.5))
        buttons.addWidget(self.check_button)
        buttons.addWidget(self._first)
        buttons.addStretch(1)
        buttons.addWidget(self._push)
        self.body.addWidget(self.grid, 1)
        self.body.addLayout(told)
        self.body.addWidget(self._tally)
        self.body.addWidget(self.check_line)
        self.body.addLayout(buttons)
        self._notice.hide()

    def retranslate(self) -> None:
        self.set_title(self.tr("Numbers"))
        say(self._paste, self.tr("Paste"), self.tr("Take the numbers on the clipboard (Ctrl+V)"))
        say(
            self._open,
            self.tr("Open sheet…"),
            self.tr(
                "Read workbooks (.xlsx .xls .et .ods …), .csv or .txt files; they can be dragged here as well"
            ),
        )
        self._say_find()
        say(self._clear, self.tr("Clear"), self.tr("Take every row out; Ctrl+Z brings them back"))
        say(
            self.check_button,
            self.tr("Check"),
            self.tr("Ask Kingdee which of these can be pushed; changes nothing (F5)"),
        )
        say(
            self._first,
            self.tr("Push 1 and look"),
            self.tr("Push one bill alone, look at its target, then go on with the others"),
        )
        say(self._stop, self.tr("Stop"), self.tr("Stop reading; nothing is taken"))
        say(
            self._look,
            self.tr("Look or choose…"),
            self.tr("See every row and what became of it; choose another column or sheet, or hidden rows"),
        )
        self.grid.retranslate()
        self.check_line.retranslate()
        self.fill.retranslate()
        self.model.retranslate()

    def _say_find(self) -> None:
        tip = self.tr("Look for bills by date, partner, what is left to push, and any other field")
        say(self._find, self.tr("Find…"), self._obstacle or tip)

    def _on_tallied(self, tally: Tally) -> None:
        self._refresh(tally)

    def _on_undo_index(self, index: int) -> None:
        if index != self._taken_at:
            self._look.hide()

    def _refresh(self, tally: Tally | None = None) -> None:
        tally = tally or self.model.tally()
        may = not self._busy and not (self._obstacle or self._forbidden) and tally.ready > 0
        for button in (self._push, self._first):
            button.setEnabled(may)
        self.check_button.setEnabled(not self._busy and not self._obstacle and tally.rows > tally.damaged)
        self._clear.setEnabled(tally.rows > 0)
        self._find.setEnabled(not self._obstacle)
        self._say_find()
        self.check_line.show_tally(tally)
        label = self.tr("Push {n}").format(n=f"{tally.ready:,}") if tally.ready else self.tr("Push")
        say(self._push, label, self._obstacle or self._forbidden)
        self._tally.setText(self._summary(tally))

    def _summary(self, tally: Tally) -> str:
        """The grid in one line; where nothing can be pushed, why."""
        obstacle = self._obstacle or self._forbidden
        if not tally.rows:
            return obstacle
        parts = [self.tr("Rows {n}").format(n=f"{tally.rows:,}")]
        parts += [f"{word} {count:,}".replace(" ", "\u00a0") for word, count in tally.marks]
        return "　".join([*parts, obstacle] if obstacle else parts)

    def _tell(self, sentence: str, tone: str = "") -> None:
        self._look.hide()
        self._notice.setText(sentence)
        self._notice.setVisible(bool(sentence))
        mark(self._notice, tone=tone)

    def take_key(self, event: QKeyEvent) -> bool:
        """Paste, undo and redo wherever the focus is, a text field apart; whether it was one of these."""
        stack, keys = self.model.undo_stack, QKeySequence.StandardKey
        for key, call in ((keys.Paste, self.paste), (keys.Undo, stack.undo), (keys.Redo, stack.redo)):
            if event.matches(key):
                call()
                return True
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.take_key(event):
            super().keyPressEvent(event)
