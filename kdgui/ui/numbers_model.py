"""The grid's rows: numbers as given, what is wrong with them, what the check found, a line to type in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from kdgui.pushing.numbers import BillNumber, identity, read_bill_number
from kdgui.ui.pill_delegate import CellRole, Index, plain_tip
from kdgui.ui.style import Tone

if TYPE_CHECKING:
    from kdgui.pushing.checking import Finding
    from kdgui.store.words import Words


class Column(IntEnum):
    """Columns of the grid."""

    PLACE = 0
    NUMBER = 1
    CHECK = 2
    HINT = 3


@dataclass(frozen=True, slots=True)
class Tally:
    """What the grid holds: rows, rows that would be pushed now, and how many carry each mark, by its word."""

    rows: int
    ready: int
    marks: tuple[tuple[str, int], ...] = ()
    pushed_before: int = 0
    damaged: int = 0


_DAMAGED, _REPEATED, _READY = "damaged", "repeated", "ready"
_MOST_STEPS = 200
_ROOT = QModelIndex()


class NumbersModel(QAbstractTableModel):
    """Rows of bill numbers with an empty line at the bottom; every change can be undone.

    Attributes:
        undo_stack: one entry for every paste, edit, removal and clearing.

    Signals:
        tallied: a Tally, once after every change of rows or findings.
        edited: the numbers themselves changed (not the findings).
    """

    tallied = Signal(object)
    edited = Signal()

    def __init__(self, words: Callable[[], Words], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._rows: list[BillNumber] = []
        self._keys: list[str] = []
        self._repeats: dict[int, int] = {}
        self._findings: dict[str, Finding] = {}
        self.undo_stack = QUndoStack(self)
        self.undo_stack.setUndoLimit(_MOST_STEPS)

    # What the pane asks and orders

    @property
    def numbers(self) -> tuple[BillNumber, ...]:
        """All rows in order, without the empty line."""
        return tuple(self._rows)

    def append(self, numbers: Sequence[BillNumber], what: str = "") -> None:
        """Add rows at the end as one step of undo; the model tells it in one signal."""
        if numbers:
            self._do(_Splice(self, len(self._rows), (), tuple(numbers), what))

    def replace(self, row: int, text: str, what: str = "") -> None:
        """Make `row` hold this text; the bottom line grows a row, an emptied row goes."""
        number = read_bill_number(text)
        new = (number,) if number.text else ()
        if row >= len(self._rows):
            self.append(new, what)
        elif new != (self._rows[row],):
            self._do(_Splice(self, row, (self._rows[row],), new, what))

    def remove(self, rows: Sequence[int], what: str = "") -> None:
        """Take these rows out as one step of undo."""
        gone = {row for row in rows if row < len(self._rows)}
        if gone:
            first, end = min(gone), max(gone) + 1
            kept = tuple(self._rows[row] for row in range(first, end) if row not in gone)
            self._do(_Splice(self, first, tuple(self._rows[first:end]), kept, what))

    def reset(self, numbers: Sequence[BillNumber]) -> None:
        """Start from these rows, with nothing to undo."""
        self.undo_stack.clear()
        self._splice(0, len(self._rows), tuple(numbers))

    def show_findings(self, findings: Mapping[str, Finding]) -> None:
        """Show what the check found, by bill number; an empty mapping forgets it."""
        self._findings = {identity(number): finding for number, finding in findings.items()}
        self._refresh_marks()

    def learn(self, findings: Mapping[str, Finding | None]) -> None:
        """Take what is known anew about these numbers; None forgets what was known about one."""
        known = self._findings | {identity(number): found for number, found in findings.items()}
        self._findings = {key: found for key, found in known.items() if found is not None}
        self._refresh_marks()

    def is_ready(self, row: int) -> bool:
        """Whether this row would be pushed now, as far as is known here."""
        return self._kind(row) in ("", _READY)

    def tally(self) -> Tally:
        """What the grid holds."""
        kinds = Counter(map(self._kind, range(len(self._rows))))
        marks: Counter[str] = Counter()
        for kind, count in kinds.items():
            marks[self._word(kind)] += count
        marks.pop("", None)
        return Tally(
            rows=len(self._rows),
            ready=kinds[""] + kinds[_READY],
            marks=tuple(marks.items()),
            pushed_before=kinds["already_pushed"] + kinds["already_here"],
            damaged=kinds[_DAMAGED],
        )

    def retranslate(self) -> None:
        """Say everything anew in the language of now."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(Column) - 1)
        self._refresh_marks()

    # What Qt asks

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows) + 1

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(Column)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == Column.NUMBER else flags

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return ("#", self.tr("Bill number"), self.tr("Check"), self.tr("Remark"))[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, column = index.row(), index.column()
        if not index.isValid() or row >= len(self._rows):
            return (
                self.tr("Empty line: type or paste here")
                if role == Qt.ItemDataRole.AccessibleTextRole
                else None
            )
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return self._text(row, column)
        if role == CellRole.TONE:
            return self._tone(row) if column == Column.CHECK else None
        if role == CellRole.MUTED:
            return column in (Column.PLACE, Column.HINT)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return str(row + 1) if column == Column.PLACE else self._text(row, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self._rows[row].original[:400] if column == Column.NUMBER else self._tip(row))
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or index.column() != Column.NUMBER:
            return False
        self.replace(index.row(), str(value), self.tr("Edit"))
        return True

    # How a row is judged

    def _text(self, row: int, column: int) -> str:
        if column == Column.PLACE:  # it would change without a signal where rows go; the view counts
            return ""
        if column == Column.NUMBER:
            return self._rows[row].text
        return self._word(self._kind(row)) if column == Column.CHECK else self._hint(row)

    def _kind(self, row: int) -> str:
        """In one word what the check column says: "", a constant below, or a reason's code. Cheap."""
        if self._rows[row].trouble:
            return _DAMAGED
        if row in self._repeats:
            return _REPEATED
        finding = self._findings.get(self._keys[row])
        if finding is None:
            return ""
        return _READY if finding.ok or finding.reason is None else finding.reason.code

    def _word(self, kind: str) -> str:
        words = {
            "": "",
            _DAMAGED: self.tr("Damaged"),
            _REPEATED: self.tr("Repeated"),
            _READY: self.tr("Ready"),
            "same_bill": self.tr("Repeated"),
            "not_approved": self.tr("Not approved"),
            "already_pushed": self.tr("Already pushed"),
            "already_here": self.tr("Already pushed"),
            "not_found": self.tr("Not found"),
            "several_found": self.tr("Several found"),
            "closed": self.tr("Closed"),
            "cancelled": self.tr("Cancelled"),
            "frozen": self.tr("Frozen"),
            "terminated": self.tr("Terminated"),
            "is_unsettled": self.tr("Unsettled"),
            "is_presumed": self.tr("Being watched"),
        }
        return words[kind] if kind in words else self.tr("Not ready")

    def _tone(self, row: int) -> Tone | None:
        kind = self._kind(row)
        if kind in ("already_pushed", "already_here"):  # nothing wrong, and nothing to do
            return Tone.NEUTRAL
        return {"": None, _READY: Tone.OK, _DAMAGED: Tone.BAD}.get(kind, Tone.WARN)

    def _hint(self, row: int) -> str:
        number, kind = self._rows[row], self._kind(row)
        if kind == _DAMAGED:
            return self._words().text(f"damaged.{number.trouble}")
        if kind == _REPEATED:
            return self.tr("Same as row {row}, pushed once").format(row=self._repeats[row] + 1)
        if kind not in ("", _READY):
            return self._reason(self._findings[self._keys[row]])
        return (
            self.tr("Made half-width from {original}").format(original=number.original)
            if number.cleaned
            else ""
        )

    def _tip(self, row: int) -> str:
        finding = self._findings.get(self._keys[row])
        if self._kind(row) in ("", _READY, _DAMAGED, _REPEATED) or finding is None or finding.reason is None:
            return self._hint(row)
        told = self._words().explain(finding.reason)
        return "\n".join(
            filter(None, (told.what, told.why, told.do, self._hint(row) if finding.targets else ""))
        )

    def _reason(self, finding: Finding) -> str:
        """The bills that are there already, else what to do: what is wrong stands in the pill beside it."""
        if finding.targets:
            return " ".join(target.number or f"#{target.id}" for target in finding.targets)
        told = self._words().explain(finding.reason) if finding.reason else None
        return (told.do or told.what) if told else ""

    # How rows change

    def _do(self, command: QUndoCommand) -> None:
        self.undo_stack.push(command)

    def _splice(self, start: int, count: int, new: tuple[BillNumber, ...]) -> None:
        """Put `new` in the place of `count` rows from `start`; Qt hears of it in as few signals as can be."""
        keys = [identity(number.text) for number in new]
        same = min(count, len(new))
        self._rows[start : start + same], self._keys[start : start + same] = new[:same], keys[:same]
        at = start + same
        if len(new) > same:
            self.beginInsertRows(_ROOT, at, start + len(new) - 1)
            self._rows[at:at], self._keys[at:at] = new[same:], keys[same:]
            self._find_repeats()
            self.endInsertRows()
        elif count > same:
            self.beginRemoveRows(_ROOT, at, start + count - 1)
            del self._rows[at : start + count], self._keys[at : start + count]
            self._find_repeats()
            self.endRemoveRows()
        else:
            self._find_repeats()
        if same or start + len(new) < len(self._rows) or count > len(new):
            self._tell_changed()
        self.edited.emit()
        self.tallied.emit(self.tally())

    def _find_repeats(self) -> None:
        first: dict[str, int] = {}
        self._repeats = {
            row: before
            for row, key in enumerate(self._keys)
            if (before := first.setdefault(key, row)) != row and not self._rows[row].trouble
        }

    def _refresh_marks(self) -> None:
        self._tell_changed()
        self.tallied.emit(self.tally())

    def _tell_changed(self) -> None:
        last = self.index(max(len(self._rows) - 1, 0), len(Column) - 1)
        self.dataChanged.emit(self.index(0, 0), last)


class _Splice(QUndoCommand):
    """Rows put in the place of rows."""

    def __init__(
        self,
        model: NumbersModel,
        start: int,
        old: tuple[BillNumber, ...],
        new: tuple[BillNumber, ...],
        what: str,
    ) -> None:
        super().__init__(what)
        self._model, self._start, self._old, self._new = model, start, old, new

    def redo(self) -> None:
        self._model._splice(self._start, len(self._old), self._new)  # noqa: SLF001 - the model's own command

    def undo(self) -> None:
        self._model._splice(self._start, len(self._new), self._old)  # noqa: SLF001 - the model's own command
