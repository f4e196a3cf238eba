"""A table that only shows: rows of cells with a text, perhaps a pill, and for lists to choose from a tick."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QSizePolicy,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from kdgui.ui.widgets.pill_delegate import CellRole, Index, PillDelegate, plain_tip
from kdgui.ui.widgets.style import Tone, em, mark
from kdgui.ui.widgets.table_style import dress_table, selected_lines

_ROOT = QModelIndex()
_SHORTEST_TIP = 12
_LEAST_HIGH, _MOST_HIGH, _AROUND = 6, 30, 20
"""The height of the table in font heights, and that of everything else in its dialog."""
_MEASURED_ROWS = 30


@dataclass(frozen=True, slots=True)
class Cell:
    """What one cell shows; a pill where it has a tone; numbers stand at the right."""

    text: str
    tone: Tone | None = None
    muted: bool = False
    right: bool = False


class CellsModel(QAbstractTableModel):
    """Rows as they were given; where ticks are offered, the first column carries them.

    Signals:
        ticked: the ticks changed.
    """

    ticked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._headers: tuple[str, ...] = ()
        self._rows: tuple[tuple[Cell, ...], ...] = ()
        self._tickable: frozenset[int] = frozenset()
        self._ticks: set[int] = set()

    @property
    def ticks(self) -> tuple[int, ...]:
        """The ticked lines, in order."""
        return tuple(sorted(self._ticks))

    def show_rows(
        self, headers: Sequence[str], rows: Sequence[tuple[Cell, ...]], tickable: Sequence[int] = ()
    ) -> None:
        """Show these rows; `tickable` lines have a box, all unticked."""
        self.beginResetModel()
        self._headers, self._rows = tuple(headers), tuple(rows)
        self._tickable, self._ticks = frozenset(tickable), set()
        self.endResetModel()
        self.ticked.emit()

    def tick(self, lines: Sequence[int], on: bool) -> None:
        """Tick these lines, or not; those without a box are left alone."""
        wanted = self._tickable.intersection(lines)
        self._ticks = self._ticks | wanted if on else self._ticks - wanted
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, 0))
        self.ticked.emit()

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._headers)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._headers[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and self._rows and self._rows[0][section].right:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        return flags | Qt.ItemFlag.ItemIsUserCheckable if self._has_box(index) else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        cell = self._rows[index.row()][index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return cell.text
        if role == Qt.ItemDataRole.CheckStateRole and self._has_box(index):
            return Qt.CheckState.Checked if index.row() in self._ticks else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.TextAlignmentRole and cell.right:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(cell.text) if len(cell.text) > _SHORTEST_TIP else None
        return (
            {CellRole.TONE: cell.tone, CellRole.MUTED: cell.muted}.get(CellRole(role))
            if _ours(role)
            else None
        )

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or not self._has_box(index):
            return False
        self.tick((index.row(),), Qt.CheckState(value) is Qt.CheckState.Checked)
        return True

    def _has_box(self, index: Index) -> bool:
        return index.column() == 0 and index.row() in self._tickable


def _ours(role: int) -> bool:
    return role in (CellRole.TONE, CellRole.MUTED)


class CellsView(QTableView):
    """The table; space ticks the selected lines."""

    def __init__(self, name: str, model: CellsModel, stretched: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._model = model
        self._stretched = stretched
        self.setModel(model)
        self.setItemDelegate(PillDelegate(self))
        dress_table(self, stretched)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.verticalHeader().setDefaultSectionSize(em(self, 1.9))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        model.modelReset.connect(self._fit)

    def sizeHint(self) -> QSize:
        """As high as its rows, within bounds: a dialog on a small screen scrolls one thing, not two."""
        header, rows = self.horizontalHeader().sizeHint().height(), self._model.rowCount()
        wanted = header + rows * self.verticalHeader().defaultSectionSize() + em(self, 0.4)
        room = self.screen().availableGeometry().height() - em(self, _AROUND)
        most = max(min(em(self, _MOST_HIGH), room), em(self, _LEAST_HIGH))
        return QSize(super().sizeHint().width(), min(max(wanted, em(self, _LEAST_HIGH)), most))

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), self.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        lines = selected_lines(self)
        if event.key() == Qt.Key.Key_Space and lines:
            self._model.tick(lines, on=not set(lines) <= set(self._model.ticks))
            return
        super().keyPressEvent(event)

    def _fit(self) -> None:
        """Columns as wide as what they hold now; the stretched one takes what is left."""
        header = self.horizontalHeader()
        header.setResizeContentsPrecision(_MEASURED_ROWS)  # Qt would measure a thousand, which is felt
        for column in range(self._model.columnCount()):
            if column != self._stretched:
                wanted = max(self.sizeHintForColumn(column), header.sectionSizeHint(column))
                self.setColumnWidth(column, min(wanted + em(self, 0.4), em(self, 18)))
        header.setSectionResizeMode(self._stretched, QHeaderView.ResizeMode.Stretch)
        self.updateGeometry()


def in_card(view: CellsView) -> QFrame:
    """The table on a card, as it stands in dialogs."""
    card = QFrame()
    mark(card, role="card")
    inside = QVBoxLayout(card)
    inside.setContentsMargins(*[em(view, 0.6)] * 4)
    inside.addWidget(view)
    return card
