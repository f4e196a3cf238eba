"""The results: one row for every bill of a run as the journal has it, under tabs, updated in batches."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt, QTimer, Signal

from kdgui.domain.bill_numbers import identity
from kdgui.domain.bills import DocumentStatus
from kdgui.domain.verdicts import Reason, Row, Verdict
from kdgui.ui.results.row_actions import RowActions
from kdgui.ui.results.run_digest import RunDigest, Tab, digest_of, key_of, seconds_left, tabs_of, targets_text
from kdgui.ui.widgets.pill_delegate import CellRole, Index, plain_tip
from kdgui.ui.widgets.style import row_tone

if TYPE_CHECKING:
    from kdgui.store.messages.words import Words


class Column(IntEnum):
    """Columns of the results."""

    SOURCE = 0
    VERDICT = 1
    TARGETS = 2
    REMARK = 3


_MOST_MOVES = 60
"""More rows than that coming or going at once are shown anew instead of one by one."""
_ROOT = QModelIndex()
_QUIET_NOTES = frozenset({"check_dropped", "waiting", "block_split"})
"""Notes that are for the details, not for the line."""


class ResultsModel(QAbstractTableModel):
    """Rows of runs in their order; the shown ones are those of the tab that hold the text searched for.

    Attributes:
        companions: which rows share a target bill; ask it, do not change it.
        half_done: how many rows miss a submit or an approval.

    Signals:
        counted: tuple of the number of rows under each Tab, after rows changed.
    """

    counted = Signal(object)

    def __init__(self, words: Callable[[], Words], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._tab = Tab.ALL
        self._needle = ""
        self._shown: list[int] = []
        self._take(digest_of(()))
        self._second = QTimer(self, interval=1000)
        self._second.timeout.connect(self._count_down)

    # What the pane asks and orders

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows, whatever is shown."""
        return tuple(self._rows)

    @property
    def offers(self) -> RowActions:
        """What can still be done with all rows, as long as no run goes on."""
        return self._offers.actions(self._rows)

    @property
    def shown(self) -> tuple[Row, ...]:
        """The rows shown now."""
        return tuple(self._rows[place] for place in self._shown)

    @property
    def counting_down(self) -> bool:
        """Whether the clock ticks: only while some row waits for an answer."""
        return self._second.isActive()

    def row_at(self, index: Index) -> Row | None:
        """The row at an index, or None."""
        return self._rows[self._shown[index.row()]] if index.isValid() else None

    def show_rows(self, rows: Sequence[Row] | RunDigest) -> None:
        """Show these rows instead of all that were there; many come as a Digest, made on another thread."""
        digest = rows if isinstance(rows, RunDigest) else digest_of(rows)
        self.beginResetModel()
        self._take(digest)
        self._shown = self._matching()
        self.endResetModel()
        self._after_change()

    def _take(self, digest: RunDigest) -> None:
        self._rows, self._place, self._counts = digest.rows, digest.places, digest.counts
        self._tabs, self._keys = digest.tabs, digest.keys
        self._waiting, self.companions = digest.waiting, digest.companions
        self._offers = digest.offers
        self.half_done = digest.half_done

    def update_rows(self, rows: Iterable[Row]) -> None:
        """Take the newest state of rows that are here; rows of other runs are left alone."""
        places = []
        for row in rows:
            place = self._place.get((row.run_id, row.position))
            if place is not None:
                self._replace(place, row)
                places.append(place)
        if places:
            self._show_changes(sorted(places))
            self._after_change()

    def show_tab(self, tab: Tab) -> None:
        """Show the rows of this tab."""
        if tab is not self._tab:
            self._tab = tab
            self._filter_anew()

    def search(self, text: str) -> None:
        """Show only rows whose source or target number holds this text, without case and width."""
        needle = identity(text)
        if needle != self._needle:
            self._needle = needle
            self._filter_anew()

    def together(self, row: Row) -> tuple[Row, ...]:
        """The other rows that became the same target bill."""
        place = self._place.get((row.run_id, row.position))
        return () if place is None else tuple(self._rows[each] for each in self.companions.of(place, row))

    def counts(self) -> tuple[int, ...]:
        """How many rows are under each tab."""
        return tuple(self._counts)

    def retranslate(self) -> None:
        """Say everything anew in the language of now."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(Column) - 1)
        self._tell(0, len(self._shown) - 1)

    # What Qt asks

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return (self.tr("Source bill"), self.tr("Result"), self.tr("Target bill"), self.tr("Explanation"))[
            section
        ]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, column = self.row_at(index), index.column()
        if row is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, column)
        if role == CellRole.TONE:
            return row_tone(row) if column == Column.VERDICT else None
        if role == CellRole.MUTED:
            return column == Column.REMARK
        if role == Qt.ItemDataRole.ToolTipRole and column in (Column.TARGETS, Column.REMARK):
            return plain_tip(self._text(row, column).replace(" · ", "\n"))
        return row if role == Qt.ItemDataRole.UserRole else None

    # What a row says

    def _text(self, row: Row, column: int) -> str:
        if column == Column.SOURCE:
            return row.number
        if column == Column.VERDICT:
            return self._words().verdict(row)
        if column == Column.TARGETS:
            return targets_text(row.targets)
        return self.remark(row)

    def remark(self, row: Row) -> str:
        """Why, or else what is worth knowing, in one line; while the program asks, how long still."""
        told = self._words().decisive(row) or sorted((*row.notes, *_states(row)), key=_is_quieter)
        wanted = (reason for reason in told if reason.code not in _QUIET_NOTES)
        line = " · ".join(dict.fromkeys(map(self._words().reason, wanted)))
        left = seconds_left(row)
        if left is None:
            return line
        minutes, seconds = divmod(math.ceil(left), 60)
        clock = f"{minutes}:{seconds:02d}"
        return self.tr("Asking Kingdee, {clock} left: {reason}").format(reason=line, clock=clock)

    def _count_down(self) -> None:
        lines = [bisect_left(self._shown, place) for place in (min(self._waiting), max(self._waiting))]
        last = min(lines[1], len(self._shown) - 1)
        if lines[0] <= last:
            self.dataChanged.emit(self.index(lines[0], Column.REMARK), self.index(last, Column.REMARK))
        self._waiting = {place for place in self._waiting if seconds_left(self._rows[place]) is not None}
        self._tick_if_needed()

    def _tick_if_needed(self) -> None:
        if not self._waiting:
            self._second.stop()
        elif not self._second.isActive():
            self._second.start()

    # How rows change

    def _after_change(self) -> None:
        self._tick_if_needed()
        self.counted.emit(self.counts())

    def _replace(self, place: int, row: Row) -> None:
        before = self._rows[place]
        self._rows[place] = row
        self._offers.replace(place, before, row)
        self.half_done += row.half_done - before.half_done
        self.companions.replace(place, before, row)
        tabs, were = tabs_of(row), self._tabs[place]
        for tab in Tab:
            self._counts[tab] += (tabs >> tab & 1) - (were >> tab & 1)
        self._tabs[place], self._keys[place] = tabs, key_of(row)
        if seconds_left(row) is None:
            self._waiting.discard(place)
        else:
            self._waiting.add(place)

    def _holds(self, place: int) -> bool:
        return bool(self._tabs[place] >> self._tab & 1) and self._needle in self._keys[place]

    def _matching(self) -> list[int]:
        if self._tab is Tab.ALL and not self._needle:
            return list(range(len(self._rows)))
        bit, needle = 1 << self._tab, self._needle
        judged = enumerate(zip(self._tabs, self._keys, strict=True))
        return [place for place, (tabs, key) in judged if tabs & bit and needle in key]

    def _filter_anew(self) -> None:
        self.beginResetModel()
        self._shown = self._matching()
        self.endResetModel()

    def _show_changes(self, places: Sequence[int]) -> None:
        """Take out what does not belong here any more, put in what does, and tell the rest in one signal."""
        moving = [place for place in places if self._holds(place) != self._is_shown(place)]
        if len(moving) > _MOST_MOVES:
            self._filter_anew()
            return
        for place in moving:
            self._move(place)
        staying = [place for place in places if self._is_shown(place)]
        if staying:
            self._tell(bisect_left(self._shown, staying[0]), bisect_left(self._shown, staying[-1]))

    def _is_shown(self, place: int) -> bool:
        line = bisect_left(self._shown, place)
        return line < len(self._shown) and self._shown[line] == place

    def _move(self, place: int) -> None:
        """Show the row at this place if it was not shown; else take it out."""
        line = bisect_left(self._shown, place)
        if self._is_shown(place):
            self.beginRemoveRows(_ROOT, line, line)
            del self._shown[line]
            self.endRemoveRows()
        else:
            self.beginInsertRows(_ROOT, line, line)
            self._shown.insert(line, place)
            self.endInsertRows()

    def _tell(self, first: int, last: int) -> None:
        if 0 <= first <= last:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(Column) - 1))


def _is_quieter(note: Reason) -> bool:
    """What is missing, and what became one bill, comes first: there may be no room for the rest."""
    return not (note.code.startswith("chain_") or note.code == "merged_into")


def _states(row: Row) -> tuple[Reason, ...]:
    """What state the targets of a success are in, where the server told and the engine did not say it."""
    states = {target.status for target in row.targets if target.status}
    if row.verdict is not Verdict.PUSHED or len(states) != 1:
        return ()
    status = states.pop()
    saved = status == DocumentStatus.SAVED
    return (Reason.of("saved_not_submitted") if saved else Reason.of("status", status=status),)
