"""Copying results for Excel: rows, numbers, or the result column to paste back beside the clerk's list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from kdgui.domain.bill_numbers import identity
from kdgui.domain.errors import KdguiError
from kdgui.domain.verdicts import Row
from kdgui.store.exports.safe_cells import html_table, tab_text
from kdgui.ui.jobs.worker import start_job
from kdgui.ui.results.results_model import ResultsModel
from kdgui.ui.results.results_view import ResultsView
from kdgui.ui.results.run_digest import targets_text

if TYPE_CHECKING:
    from kdgui.store.messages.words import Words

Lines = Sequence[Sequence[str]]
_MOST_WORDS = 5000
"""So many lines of the list may tell why they were not pushed; asking for more would be felt."""


class Copying(QObject):
    """Puts results on the clipboard, as plain text and as a table in which Excel changes nothing.

    The texts are made off the window's thread: twenty thousand rows would be felt.

    Attributes:
        clerks_list: gives the numbers in the grid, as the clerk pasted them.
        clerks_word: gives what the grid says about its line, by place.

    Signals:
        told: a sentence about what was copied; it is on the clipboard then.
    """

    told = Signal(str)

    def __init__(
        self, view: ResultsView, model: ResultsModel, words: Callable[[], Words], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._view = view
        self._model = model
        self._words = words
        self.clerks_list: Callable[[], Sequence[str]] = tuple
        self.clerks_word: Callable[[int], str] = lambda _place: ""

    def fill(self, menu: QMenu) -> None:
        """Put into this menu what can be copied now."""
        menu.clear()
        selected = len(self._view.selected_rows())
        some = self._model.rowCount() > 0
        if selected:
            rows = self.tr("The {n} selected rows").format(n=f"{selected:,}")
        else:
            rows = self.tr("All rows that are shown")
        column = partial(self.beside, narrow=True)
        entries: tuple[tuple[str, str, Callable[[], None]], ...] = (
            ("copyColumnAction", self.tr("Result column, to paste beside your list"), column),
            (
                "copyBesideAction",
                self.tr("Result, target bill and explanation beside your list"),
                self.beside,
            ),
            ("copyRowsAction", rows, self.rows),
            ("copyTargetsAction", self.tr("Target numbers only"), self.targets),
            ("copySourcesAction", self.tr("Source numbers only"), self.sources),
        )
        for place, (name, text, call) in enumerate(entries):
            if place == 2:
                menu.addSeparator()
            action = menu.addAction(text)
            action.setObjectName(name)
            action.setEnabled(some or (place < 2 and bool(self._model.rows)))
            action.triggered.connect(lambda _checked=False, wanted=call: wanted())

    def beside(self, *, narrow: bool = False) -> None:
        """One line for each line of the clerk's list, in her order; `narrow`: the result column alone.

        The list is the one in the grid where the run was made of it, else the run's own rows.
        """
        rows = self._model.rows
        said = self.tr("Copied {n} lines, one for each line of your list. Paste beside its first line.")
        numbers = tuple(self.clerks_list())
        keys = {identity(row.number) for row in rows}
        if keys <= set(map(identity, numbers)):
            words = self._words_of_others(numbers, keys)
        else:
            numbers, words = tuple(row.number for row in rows), {}

        def lines() -> Lines:
            found = self._beside(rows, numbers, words)
            return [line[:1] for line in found] if narrow else found

        self._copy(lines, said)

    def rows(self) -> None:
        """The selected rows, else all that are shown."""
        rows = self._chosen()
        self._copy(lambda: [[row.number, *self._cells(row)] for row in rows], self.tr("Rows copied: {n}"))

    def targets(self) -> None:
        """The target numbers of the selected rows if several, else of all shown; none for rows without."""
        selected = self._view.selected_rows()
        rows = selected if len(selected) > 1 else self._model.shown
        numbers = [[target.number] for row in rows for target in row.targets if target.number]
        if numbers:
            self._copy(lambda: numbers, self.tr("Target numbers copied: {n}"))
        else:
            self.told.emit(self.tr("There are no target numbers here yet."))

    def sources(self) -> None:
        """The source numbers of the selected rows, else of all that are shown."""
        rows = self._chosen()
        self._copy(lambda: [[row.number] for row in rows], self.tr("Source numbers copied: {n}"))

    def _chosen(self) -> Sequence[Row]:
        return self._view.selected_rows() or self._model.shown

    def _cells(self, row: Row) -> list[str]:
        return [self._words().verdict(row), targets_text(row.targets), self._model.remark(row)]

    def _words_of_others(self, numbers: Sequence[str], keys: set[str]) -> dict[int, str]:
        """What the grid says about lines that are not in the run."""
        others = [place for place, number in enumerate(numbers) if identity(number) not in keys]
        return {place: self.clerks_word(place) for place in others[:_MOST_WORDS]}

    def _beside(self, rows: Sequence[Row], numbers: Sequence[str], words: dict[int, str]) -> list[list[str]]:
        results: defaultdict[str, list[Row]] = defaultdict(list)
        for row in reversed(rows):
            results[identity(row.number)].append(row)
        lines = []
        for place, number in enumerate(numbers):
            found = results.get(identity(number))
            if not found:
                lines.append([words.get(place, ""), "", ""])
            else:  # a number that is listed twice was pushed once: both lines say so
                lines.append(self._cells(found.pop() if len(found) > 1 else found[0]))
        return lines

    def _copy(self, lines: Callable[[], Lines], said: str) -> None:
        def made() -> tuple[int, str, str]:
            found = lines()
            return len(found), tab_text(found), html_table(found)

        start_job(made, self, success=lambda texts: self._put(*texts, said), failure=self._on_trouble)

    def _put(self, count: int, text: str, table: str, said: str) -> None:
        if count:
            data = QMimeData()
            data.setText(text)
            data.setHtml(table)
            QGuiApplication.clipboard().setMimeData(data)
            self.told.emit(said.format(n=f"{count:,}"))

    def _on_trouble(self, error: KdguiError) -> None:
        raise error  # nothing here asks the server or the disk
