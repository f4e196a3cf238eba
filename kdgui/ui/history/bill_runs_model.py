"""The table of what became of a bill: one line for every run that had it, the newest first."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from kdgui.store.catalogue import Catalogue
from kdgui.store.journal.search import NumberHit
from kdgui.store.messages.words import Words
from kdgui.ui.history.history_model import what_of
from kdgui.ui.results.run_digest import targets_text
from kdgui.ui.widgets.pill_delegate import CellRole, plain_tip
from kdgui.ui.widgets.style import row_tone

Index = QModelIndex | QPersistentModelIndex


class Column(IntEnum):
    """The columns, from left to right."""

    TIME = 0
    NUMBER = 1
    VERDICT = 2
    TARGETS = 3
    FORM = 4
    DATA_CENTRE = 5
    USER = 6
    REMARK = 7


class BillRunsModel(QAbstractTableModel):
    """Rows of any runs as the journal found them; read only."""

    def __init__(self, words: Words, catalogue: Catalogue, parent: QObject) -> None:
        super().__init__(parent)
        self._words = words
        self._catalogue = catalogue
        self._found: tuple[NumberHit, ...] = ()

    @property
    def found(self) -> tuple[NumberHit, ...]:
        """What is shown."""
        return self._found

    def show(self, found: Sequence[NumberHit]) -> None:
        """Show these, in this order."""
        self.beginResetModel()
        self._found = tuple(found)
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._found)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        names = {
            Column.TIME: self.tr("Time"),
            Column.NUMBER: self.tr("Source bill"),
            Column.VERDICT: self.tr("Result"),
            Column.TARGETS: self.tr("Target bill"),
            Column.FORM: self.tr("What"),
            Column.DATA_CENTRE: self.tr("Data centre"),
            Column.USER: self.tr("User"),
            Column.REMARK: self.tr("Explanation"),
        }
        return names[Column(section)]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        hit, column = self._found[index.row()], Column(index.column())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._text(hit, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self._text(hit, column).replace(" · ", "\n"))
        if role == CellRole.TONE and column is Column.VERDICT:
            return row_tone(hit.row)
        if role == CellRole.MUTED:
            return column in (Column.DATA_CENTRE, Column.USER, Column.REMARK)
        return None

    def _text(self, hit: NumberHit, column: Column) -> str:
        row, run = hit.row, hit.run
        match column:
            case Column.TIME:
                return run.started_at.astimezone().strftime("%Y-%m-%d %H:%M")
            case Column.NUMBER:
                return row.number
            case Column.VERDICT:
                return self._words.verdict(row)
            case Column.TARGETS:
                return targets_text(row.targets)
            case Column.FORM:
                return what_of(run, self._catalogue, self._words.language)
            case Column.DATA_CENTRE:
                return run.data_centre_name or run.data_centre_id
            case Column.USER:
                return " · ".join(part for part in (run.user, run.pc) if part)
            case Column.REMARK:
                return " · ".join(dict.fromkeys(map(self._words.reason, row.reasons or row.notes)))
