"""The preview of a paste or file: its rows as they are, and what becomes of each."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt
from PySide6.QtGui import QColor

from kdgui.store.imports.number_column import Reading, RowFate
from kdgui.store.imports.sheets import MOST_COLUMNS, Sheet, column_letters
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
    """A sheet and its reading; read only. Cells are made as they are looked at."""

    def __init__(self, words: Callable[[], Words], parent: QObject) -> None:
        super().__init__(parent)
        self._words = words
        self._say = ImportWords()
        self._sheet = Sheet("", ())
        self._reading = Reading()
        self._lines: list[int] = []
        self._show = Show.ALL

    def show_reading(self, sheet: Sheet, reading: Reading) -> None:
        """Show this sheet, read this way."""
        self.beginResetModel()
        self._sheet, self._reading = sheet, reading
        self._lines = self._lines_of(self._show)
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
        return 0 if parent.isValid() else len(Column) + min(len(self._reading.columns), MOST_COLUMNS)

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
        name = self._say.column(self._sheet, self._reading, column)
        letter = column_letters(self._sheet.column_number(column))
        named = self._sheet.name and self._reading.columns[column]
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
            return section != Column.RESULT and not self._is_chosen(section)
        if role == Qt.ItemDataRole.BackgroundRole and self._is_chosen(section):
            return QColor(current_scheme().selection)
        return None

    def _is_chosen(self, section: int) -> bool:
        return self.sheet_column(section) == self._reading.column

    def _text(self, line: int, section: int) -> str:
        if section == Column.PLACE:
            return str(self._sheet.rows[line].number)
        if section == Column.FATE:
            return self._pill(line)[0]
        if section == Column.RESULT:
            return self._say.joined(number.text for number in self._reading.rows[line])[:_LONGEST_CELL]
        if section == Column.REMARK:
            return self._remark(line).replace("\n", " ")
        return self._cell(line, section).replace("\n", " ")[:_LONGEST_CELL]

    def _tip(self, line: int, section: int) -> str:
        if section < len(Column):
            return self._remark(line)
        return visible(self._cell(line, section)[:_LONGEST_CELL])

    def _remark(self, line: int) -> str:
        remarks = (self._say.remark(number, self._words()) for number in self._reading.rows[line])
        return "\n".join(dict.fromkeys(filter(None, remarks)))

    def _cell(self, line: int, section: int) -> str:
        cells, column = self._sheet.rows[line].cells, section - len(Column)
        return cells[column] if column < len(cells) else ""

    def _pill(self, line: int) -> tuple[str, Tone]:
        return self._say.row(self._reading.fates[line], self._reading.rows[line])

    def _lines_of(self, show: Show) -> list[int]:
        fates = self._reading.fates
        if show is Show.ALL:
            return list(range(len(fates)))
        if show in (Show.CLEANED, Show.DAMAGED):
            name = "cleaned" if show is Show.CLEANED else "trouble"
            reading = self._reading
            any_at_all = reading.cleaned + reading.split if show is Show.CLEANED else reading.damaged
            rows = reading.rows if any_at_all else ()
            return [line for line, row in enumerate(rows) if any(getattr(each, name) for each in row)]
        wanted = show is Show.TAKEN
        return [line for line, fate in enumerate(fates) if (fate is RowFate.TAKEN) is wanted]
