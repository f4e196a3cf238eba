"""The preview of a paste or file: its rows as they are, and what becomes of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QColor

from kdgui.domain.bill_numbers import BillNumber
from kdgui.store.imports.number_column import Reading, RowFate
from kdgui.store.imports.sheets import MOST_COLUMNS, Sheet, SheetRow, column_letters
from kdgui.ui.numbers.import_choice import Part
from kdgui.ui.numbers.import_words import ImportWords, visible
from kdgui.ui.widgets.pill_delegate import CellRole, Index, plain_tip
from kdgui.ui.widgets.style import Tone, current_scheme

if TYPE_CHECKING:
    from kdgui.store.messages.words import Words

_ROOT = QModelIndex()
_LONGEST_CELL = 200


class Column(IntEnum):
    """The first columns; behind them come those of the sheet."""

    PLACE = 0
    FATE = 1
    RESULT = 2
    REMARK = 3


class Show(StrEnum):
    """Which rows are shown."""

    ALL = "all"
    TAKEN = "taken"
    LEFT_OUT = "left_out"
    CLEANED = "cleaned"
    DAMAGED = "damaged"


class ImportModel(QAbstractTableModel):
    """Sheets and their readings; rows can be ticked. Cells are made as they are looked at.

    Signals:
        ticked: index of the sheet, row number, whether the clerk wants the row.
    """

    ticked = Signal(int, int, bool)

    def __init__(self, words: Callable[[], Words], parent: QObject) -> None:
        super().__init__(parent)
        self._words = words
        self._say = ImportWords()
        self._parts: tuple[Part, ...] = (Part(0, Sheet("", ()), Reading()),)
        self._lines: list[tuple[int, int]] = []
        self._show = Show.ALL

    def show_parts(self, parts: tuple[Part, ...]) -> None:
        """Show these sheets, read this way; where the same rows are shown they stay in sight."""
        before, self._parts = self._parts, parts
        lines = self._lines_of(self._show)
        same = [part.sheet for part in before] == [part.sheet for part in parts] and lines == self._lines
        if same and self._lines:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._lines) - 1, self.columnCount() - 1))
            return
        self._parts = before
        self.beginResetModel()
        self._parts, self._lines = parts, lines
        self.endResetModel()

    def show_only(self, show: Show) -> None:
        """Show only rows of this kind."""
        self.beginResetModel()
        self._show = show
        self._lines = self._lines_of(show)
        self.endResetModel()

    def count(self, show: Show) -> int:
        """How many rows are of this kind."""
        return len(self._lines_of(show))

    def sheet_column(self, section: int) -> int | None:
        """Which column of the sheet a column of the table shows."""
        column = section - len(Column)
        return column if column >= 0 else None

    # What Qt asks

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(Column) + min(len(self._first.reading.columns), MOST_COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        names = {
            Column.PLACE: self.tr("Row"),
            Column.FATE: self.tr("What becomes of it"),
            Column.RESULT: self.tr("Number taken"),
            Column.REMARK: self.tr("Remark"),
        }
        column = self.sheet_column(section)
        if column is None:
            return names[Column(section)]
        sheet, reading = self._first.sheet, self._first.reading
        name = self._say.column(sheet, reading, column)
        letter = column_letters(sheet.column_number(column))
        named = sheet.name and reading.columns[column]
        return f"{letter}  {name}" if named else name

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        line, section = self._lines[index.row()], index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._text(line, section)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self._tip(line, section))
        if role == CellRole.TONE:
            return self._pill(line)[1] if section == Column.FATE else None
        if role == CellRole.MUTED:
            return section != Column.RESULT and not self._is_chosen(line[0], section)
        if role == Qt.ItemDataRole.BackgroundRole and self._is_chosen(line[0], section):
            return QColor(current_scheme().selection)
        if role == Qt.ItemDataRole.CheckStateRole and section == Column.PLACE and self._may_tick(line):
            taken = self._fate(line) is RowFate.TAKEN
            return Qt.CheckState.Checked if taken else Qt.CheckState.Unchecked
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        ticks = index.isValid() and index.column() == Column.PLACE
        if ticks and self._may_tick(self._lines[index.row()]):
            return flags | Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or not index.isValid():
            return False
        part, row = self._lines[index.row()]
        number = self._parts[part].sheet.rows[row].number
        self.ticked.emit(self._parts[part].place, number, Qt.CheckState(value) is Qt.CheckState.Checked)
        return True

    @property
    def _first(self) -> Part:
        return self._parts[0]

    def _row(self, line: tuple[int, int]) -> SheetRow:
        return self._parts[line[0]].sheet.rows[line[1]]

    def _fate(self, line: tuple[int, int]) -> RowFate:
        return self._parts[line[0]].reading.fates[line[1]]

    def _may_tick(self, line: tuple[int, int]) -> bool:
        """Whether something stands where the number is expected."""
        cells, column = self._row(line).cells, self._parts[line[0]].reading.column
        return column < len(cells) and bool(cells[column].strip())

    def _is_chosen(self, part: int, section: int) -> bool:
        return self.sheet_column(section) == self._parts[part].reading.column

    def _text(self, line: tuple[int, int], section: int) -> str:
        if section == Column.PLACE:
            name = self._parts[line[0]].sheet.name if len(self._parts) > 1 else ""
            return f"{name}  {self._row(line).number}".strip()
        if section == Column.FATE:
            return self._pill(line)[0]
        if section == Column.RESULT:
            return self._say.joined(number.text for number in self._numbers(line))[:_LONGEST_CELL]
        if section == Column.REMARK:
            return self._remark(line).replace("\n", " ")
        return self._cell(line, section).replace("\n", " ")[:_LONGEST_CELL]

    def _tip(self, line: tuple[int, int], section: int) -> str:
        if section < len(Column):
            return self._remark(line)
        return visible(self._cell(line, section)[:_LONGEST_CELL])

    def _numbers(self, line: tuple[int, int]) -> tuple[BillNumber, ...]:
        return self._parts[line[0]].reading.rows[line[1]]

    def _remark(self, line: tuple[int, int]) -> str:
        remarks = (self._say.remark(number, self._words()) for number in self._numbers(line))
        return "\n".join(dict.fromkeys(filter(None, remarks)))

    def _cell(self, line: tuple[int, int], section: int) -> str:
        cells, column = self._row(line).cells, section - len(Column)
        return cells[column] if column < len(cells) else ""

    def _pill(self, line: tuple[int, int]) -> tuple[str, Tone]:
        return self._say.row(self._fate(line), self._numbers(line))

    def _lines_of(self, show: Show) -> list[tuple[int, int]]:
        """The rows of this kind: index of the part, index of the row."""
        return [(part, row) for part, each in enumerate(self._parts) for row in _rows_of(each.reading, show)]


def _rows_of(reading: Reading, show: Show) -> Iterable[int]:
    fates = reading.fates
    if show is Show.ALL:
        return range(len(fates))
    if show in (Show.CLEANED, Show.DAMAGED):
        name = "cleaned" if show is Show.CLEANED else "trouble"
        any_at_all = reading.cleaned + reading.split if show is Show.CLEANED else reading.damaged
        rows = reading.rows if any_at_all else ()
        return [line for line, row in enumerate(rows) if any(getattr(each, name) for each in row)]
    wanted = show is Show.TAKEN
    return [line for line, fate in enumerate(fates) if (fate is RowFate.TAKEN) is wanted]
