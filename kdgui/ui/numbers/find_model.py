"""The bills that were found: rows with ticks, in the order and selection that the clerk wants to see."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from enum import IntEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt, Signal

from kdgui.ui.widgets.number_text import plain_number
from kdgui.ui.widgets.pill_delegate import CellRole, Index, plain_tip

if TYPE_CHECKING:
    from kdgui.pushing.inspect.find_bills import FoundBill
    from kdgui.store.messages.words import Words

_ROOT = QModelIndex()
_MOST_TARGETS = 3
_SHORTEST_TIP = 12


class Column(IntEnum):
    """Columns of the table."""

    NUMBER = 0
    DATE = 1
    PARTNER = 2
    AMOUNT = 3
    LEFT = 4
    TARGETS = 5


_RIGHT = frozenset({Column.AMOUNT, Column.LEFT})


class FoundModel(QAbstractTableModel):
    """Bills as they come in, each with a tick; new ones are ticked.

    Signals:
        counted: ticks, rows, or what is shown of them changed.
    """

    counted = Signal()

    def __init__(self, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._partner = ""
        self._bills: list[FoundBill] = []
        self._haystacks: list[str] = []
        self._shown: list[int] = []
        self._ticked: set[int] = set()
        self._wanted = ""
        self._order: tuple[int, Qt.SortOrder] | None = None

    # What the dialog asks and orders

    @property
    def count(self) -> int:
        """How many bills there are, shown or not."""
        return len(self._bills)

    @property
    def shown(self) -> int:
        """How many of them are shown."""
        return len(self._shown)

    @property
    def ticked(self) -> tuple[FoundBill, ...]:
        """The ticked bills: those shown first and in their order, then the others."""
        listed = (*self._shown, *sorted(set(range(len(self._bills))) - set(self._shown)))
        return tuple(self._bills[place] for place in listed if place in self._ticked)

    @property
    def tick_count(self) -> int:
        """How many bills are ticked."""
        return len(self._ticked)

    def clear(self, partner: str = "") -> None:
        """Begin anew; `partner` is what the form calls its supplier or customer."""
        self.beginResetModel()
        self._partner = partner
        self._bills, self._haystacks, self._shown, self._ticked = [], [], [], set()
        self.endResetModel()
        self.counted.emit()

    def add(self, bills: Sequence[FoundBill]) -> None:
        """Further bills, ticked; they stand at the end until `put_in_order`."""
        first = len(self._bills)
        self._bills += bills
        self._haystacks += map(self._haystack, bills)
        self._ticked.update(range(first, len(self._bills)))
        new = [place for place in range(first, len(self._bills)) if self._fits(place)]
        if new:
            self.beginInsertRows(_ROOT, len(self._shown), len(self._shown) + len(new) - 1)
            self._shown += new
            self.endInsertRows()
        self.counted.emit()

    def put_in_order(self) -> None:
        """Sort what came in since the clerk chose an order."""
        if self._order is not None:
            self.sort(*self._order)

    def show_only(self, text: str) -> None:
        """Show the bills that hold this text in number, date, partner or targets; all of them for ""."""
        self._wanted = text.strip().casefold()
        self.beginResetModel()
        self._shown = [place for place in range(len(self._bills)) if self._fits(place)]
        self._sort()
        self.endResetModel()
        self.counted.emit()

    def tick_all(self, on: bool) -> None:
        """Tick every bill, shown or not; or none."""
        self._ticked = set(range(len(self._bills))) if on else set()
        self._tell_ticks()

    def tick_shown(self) -> None:
        """Tick what is shown, and nothing else."""
        self._ticked = set(self._shown)
        self._tell_ticks()

    def tick(self, rows: Iterable[int]) -> None:
        """Tick these rows; where all of them are, take their ticks away."""
        places = {self._shown[row] for row in rows}
        self._ticked = self._ticked - places if places <= self._ticked else self._ticked | places
        self._tell_ticks()

    # What Qt asks

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(Column)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() == Column.NUMBER else flags

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section in _RIGHT:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        names = {
            Column.NUMBER: self.tr("Bill number"),
            Column.DATE: self.tr("Date"),
            Column.PARTNER: self._partner or self.tr("Partner"),
            Column.AMOUNT: self.tr("Amount"),
            Column.LEFT: self.tr("Left of total"),
            Column.TARGETS: self.tr("Already pushed to"),
        }
        return names[Column(section)] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        place, column = self._shown[index.row()], Column(index.column())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._text(self._bills[place], column)
        if role == Qt.ItemDataRole.CheckStateRole and column is Column.NUMBER:
            return Qt.CheckState.Checked if place in self._ticked else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.TextAlignmentRole and column in _RIGHT:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == CellRole.MUTED:
            return column in (Column.DATE, Column.TARGETS)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self._tip(self._bills[place], column))
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or index.column() != Column.NUMBER:
            return False
        place = self._shown[index.row()]
        if Qt.CheckState(value) is Qt.CheckState.Checked:
            self._ticked.add(place)
        else:
            self._ticked.discard(place)
        self.dataChanged.emit(index, index)
        self.counted.emit()
        return True

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._order = (column, order) if column >= 0 else None
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        places = [self._shown[index.row()] for index in before]
        self._sort()
        rows = {place: row for row, place in enumerate(self._shown)}
        after = [self.index(rows[place], index.column()) for place, index in zip(places, before, strict=True)]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    # How a bill is shown

    def _text(self, found: FoundBill, column: Column) -> str:
        match column:
            case Column.NUMBER:
                return found.bill.number or f"#{found.bill.id}"
            case Column.DATE:
                return found.date
            case Column.PARTNER:
                return found.partner
            case Column.AMOUNT:
                return "" if found.amount is None else plain_number(found.amount)
            case Column.LEFT:
                return self._left(found)
            case Column.TARGETS:
                return self._targets(found, _MOST_TARGETS)

    def _left(self, found: FoundBill) -> str:
        if found.left is None:
            return ""
        left, total = found.left.left, found.left.total
        if left == total:
            return plain_number(total)
        return self.tr("{left} of {total}").format(left=plain_number(left), total=plain_number(total))

    def _targets(self, found: FoundBill, most: int) -> str:
        told = [target.number or f"#{target.id}" for target in found.targets[:most]]
        more = [self.tr("{n} bills").format(n=len(found.targets))] if len(found.targets) > most else []
        return self.tr(", ").join((*told, *more))

    def _tip(self, found: FoundBill, column: Column) -> str:
        if column is Column.TARGETS:
            return "\n".join(
                " ".join(
                    part
                    for part in (
                        target.number or f"#{target.id}",
                        self._words.text(f"status.{target.status}") if target.status else "",
                    )
                    if part
                )
                for target in found.targets
            )
        if column is Column.NUMBER:
            status = self._words.text(f"status.{found.bill.status}") if found.bill.status else ""
            return " · ".join(part for part in (found.bill.field("organisation") or "", status) if part)
        text = self._text(found, column)
        return text if len(text) > _SHORTEST_TIP else ""

    # Order and selection

    def _haystack(self, found: FoundBill) -> str:
        parts = (found.bill.number, found.date, found.partner, found.bill.field("organisation") or "")
        return "\n".join((*parts, *(target.number for target in found.targets))).casefold()

    def _fits(self, place: int) -> bool:
        return not self._wanted or self._wanted in self._haystacks[place]

    def _sort(self) -> None:
        if self._order is None:
            self._shown.sort()
            return
        column, order = self._order
        key = _KEYS[Column(column)]
        self._shown.sort(
            key=lambda place: key(self._bills[place]), reverse=order is Qt.SortOrder.DescendingOrder
        )

    def _tell_ticks(self) -> None:
        if self._shown:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._shown) - 1, 0))
        self.counted.emit()


_NOTHING = Decimal(-1)
_KEYS: dict[Column, Callable[[FoundBill], str | Decimal | int]] = {
    Column.NUMBER: lambda found: found.bill.number,
    Column.DATE: lambda found: found.date,
    Column.PARTNER: lambda found: found.partner,
    Column.AMOUNT: lambda found: _NOTHING if found.amount is None else found.amount,
    Column.LEFT: lambda found: _NOTHING if found.left is None else found.left.left,
    Column.TARGETS: lambda found: len(found.targets),
}
