"""The grid's rows: numbers as given, what is wrong with them, what the check found, a line to type in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from kdgui.domain.bill_numbers import SUSPECTED, BillNumber, as_it_stands, identities, read_cell
from kdgui.ui.numbers.check_findings import READY, READY_KINDS, TICKED, CheckFindings
from kdgui.ui.numbers.import_words import ImportWords
from kdgui.ui.widgets.pill_delegate import CellRole, Index, plain_tip
from kdgui.ui.widgets.style import Tone

if TYPE_CHECKING:
    from kdgui.domain.bills import SourceBill
    from kdgui.pushing.inspect.check import Finding
    from kdgui.store.messages.words import Words


class Column(IntEnum):
    """Columns of the grid."""

    PLACE = 0
    NUMBER = 1
    CHECK = 2
    HINT = 3


@dataclass(frozen=True, slots=True)
class Tally:
    """What the grid holds: rows, rows that would be pushed now, and how many carry each mark, by its word.

    Attributes:
        again: ready because the clerk insists, though they have targets already.
        left: with targets or not, they have quantity left and could be ticked.
        several: the clerk must choose one of several bills first.
    """

    rows: int
    ready: int
    marks: tuple[tuple[str, int], ...] = ()
    pushed_before: int = 0
    damaged: int = 0
    again: int = 0
    left: int = 0
    several: int = 0


_DAMAGED, _REPEATED = "damaged", "repeated"
_MOST_STEPS = 200
_ROOT = QModelIndex()


class NumbersModel(QAbstractTableModel):
    """Rows of bill numbers with an empty line at the bottom; every change can be undone.

    Attributes:
        findings: what a check found, and what the clerk said to it; call `findings_changed` after a change.
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
        self._say = ImportWords()
        self._rows: list[BillNumber] = []
        self._keys: list[str] = []
        self._repeats: dict[int, int] = {}
        self.findings = CheckFindings(words, self)
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
        """Make `row` hold this text: the bottom line grows, an emptied row goes, a list is split."""
        new = read_cell(text)
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

    def is_suspected(self, row: int) -> bool:
        """Whether the clerk may overrule what is wrong with this row."""
        return row < len(self._rows) and self._rows[row].trouble in SUSPECTED

    def confirm(self, rows: Sequence[int], what: str = "") -> None:
        """Take the suspected ones of these rows as they stand, as one step of undo."""
        right = {row for row in rows if self.is_suspected(row)}
        if right:
            first, end = min(right), max(right) + 1
            old = tuple(self._rows[first:end])
            new = (as_it_stands(each) if row in right else each for row, each in enumerate(old, first))
            self._do(_Splice(self, first, old, tuple(new), what))

    def reset(self, numbers: Sequence[BillNumber]) -> None:
        """Start from these rows, with nothing to undo."""
        self.undo_stack.clear()
        self._splice(0, len(self._rows), tuple(numbers))

    def show_findings(self, findings: Mapping[str, Finding]) -> None:
        """Show what the check found, by bill number; an empty mapping forgets it."""
        self.findings.show(findings)
        self.findings_changed()

    def learn(self, findings: Mapping[str, Finding | None]) -> None:
        """Take what is known anew about these numbers; None forgets what was known about one."""
        self.findings.learn(findings)
        self.findings_changed()

    def identify(self, known: Mapping[str, tuple[SourceBill, Finding]]) -> None:
        """Bills that a search found, by the identity of their numbers, and what it knows about them."""
        for key, (bill, finding) in known.items():
            self.findings.identify(key, bill, finding)
        self.findings_changed()

    def findings_changed(self) -> None:
        """Show and count everything anew, after ticks or choices changed."""
        self._tell_changed()
        self.tallied.emit(self.tally())

    def key(self, row: int) -> str:
        """Under what the findings know this row."""
        return self._keys[row]

    def ready_rows(self) -> list[int]:
        """The rows that would be pushed now, in order; as `is_ready`, for all rows at once."""
        unsound = {row for row, each in enumerate(self._rows) if each.trouble} | self._repeats.keys()
        kinds = enumerate(self.findings.kinds(self._keys))
        return [row for row, kind in kinds if kind in READY_KINDS and row not in unsound]

    def check_word(self, row: int) -> str:
        """What the check column says about this row, or ""."""
        return self._text(row, Column.CHECK)

    def is_ready(self, row: int) -> bool:
        """Whether this row would be pushed now, as far as is known here."""
        return self._is_sound(row) and self.findings.ready(self._keys[row])

    def may_tick(self, row: int) -> bool:
        """Whether the clerk may insist on this row."""
        return row < len(self._rows) and self._is_sound(row) and self.findings.may_tick(self._keys[row])

    def tick(self, rows: Iterable[int], on: bool) -> None:
        """Push these rows all the same, or not."""
        self.findings.tick([self._keys[row] for row in rows if self.may_tick(row)], on)
        self.findings_changed()

    def tick_left(self) -> None:
        """Tick every row that has quantity left and may be pushed all the same."""
        self.tick([row for row in range(len(self._rows)) if self.findings.has_left(self._keys[row])], on=True)

    def tally(self) -> Tally:
        """What the grid holds."""
        findings, damaged = self.findings, {row for row, each in enumerate(self._rows) if each.trouble}
        unsound = damaged | self._repeats.keys()
        sound = [key for row, key in enumerate(self._keys) if row not in unsound] if unsound else self._keys
        found = findings.kinds(sound)
        kinds = Counter({_DAMAGED: len(damaged), _REPEATED: len(self._repeats)}) + Counter(found)
        plain = kinds[""] + kinds[READY] == len(sound)
        told = (
            () if plain else [key for key, kind in zip(sound, found, strict=True) if kind not in ("", READY)]
        )
        marks: Counter[str] = Counter()
        for kind, count in kinds.items():
            marks[self._word(kind)] += count
        marks.pop("", None)
        return Tally(
            rows=len(self._rows),
            ready=kinds[""] + kinds[READY] + sum(map(findings.ready, told)),
            marks=tuple(marks.items()),
            pushed_before=sum(findings.pushed_before(key) and not findings.ticked(key) for key in told),
            damaged=kinds[_DAMAGED],
            again=sum(map(findings.again, told)),
            left=sum(map(findings.has_left, told)),
            several=sum(bool(findings.candidates(key)) for key in told),
        )

    def retranslate(self) -> None:
        """Say everything anew in the language of now."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(Column) - 1)
        self.findings_changed()

    # What Qt asks

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows) + 1

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(Column)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        if index.column() == Column.HINT and self.may_tick(index.row()):
            flags |= Qt.ItemFlag.ItemIsUserCheckable
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
        if role == Qt.ItemDataRole.CheckStateRole:
            return self._check_state(row) if column == Column.HINT else None
        if role == CellRole.MUTED:
            return column in (Column.PLACE, Column.HINT)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return str(row + 1) if column == Column.PLACE else self._text(row, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self._rows[row].original[:400] if column == Column.NUMBER else self._tip(row))
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == Column.HINT:
            self.tick((index.row(),), Qt.CheckState(value) is Qt.CheckState.Checked)
            return True
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

    def _is_sound(self, row: int) -> bool:
        return not self._rows[row].trouble and row not in self._repeats

    def _kind(self, row: int) -> str:
        """In one word what the check column says: "", a constant above, or one of the findings'. Cheap."""
        if self._rows[row].trouble:
            return _DAMAGED
        return _REPEATED if row in self._repeats else self.findings.kind(self._keys[row])

    def _word(self, kind: str) -> str:
        words = {"": "", _DAMAGED: self.tr("Damaged"), _REPEATED: self.tr("Repeated")}
        return words[kind] if kind in words else self.findings.word(kind)

    def _tone(self, row: int) -> Tone | None:
        kind = self._kind(row)
        tones = {"": None, _DAMAGED: Tone.BAD, _REPEATED: Tone.WARN}
        return tones[kind] if kind in tones else self.findings.tone(kind)

    def _hint(self, row: int) -> str:
        number, kind = self._rows[row], self._kind(row)
        remark = self._say.remark(number, self._words())
        if kind == _DAMAGED:
            return remark
        if kind == _REPEATED:
            return self.tr("Same as row {row}, pushed once").format(row=self._repeats[row] + 1)
        return self.findings.hint(self._keys[row]) or remark

    def _tip(self, row: int) -> str:
        found = self.findings.tip(self._keys[row]) if self._is_sound(row) else self._hint(row)
        remark = self._say.remark(self._rows[row], self._words())
        return "\n".join(dict.fromkeys(filter(None, (found, remark))))

    def _check_state(self, row: int) -> Qt.CheckState | None:
        """The tick of a row that the clerk may insist on; None for no box."""
        if not self.may_tick(row):
            return None
        return Qt.CheckState.Checked if self._kind(row) == TICKED else Qt.CheckState.Unchecked

    # How rows change

    def _do(self, command: QUndoCommand) -> None:
        self.undo_stack.push(command)

    def _splice(self, start: int, count: int, new: tuple[BillNumber, ...]) -> None:
        """Put `new` in the place of `count` rows from `start`; Qt hears of it in as few signals as can be."""
        keys = identities([number.text for number in new])
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
        """By one dictionary, since 100,000 rows are felt at every step of Python."""
        last = len(self._keys) - 1
        first = dict(zip(reversed(self._keys), range(last, -1, -1), strict=True))
        self._repeats = {}
        if len(first) <= last:
            self._repeats = {
                row: first[key]
                for row, key in enumerate(self._keys)
                if first[key] != row and not self._rows[row].trouble
            }

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
