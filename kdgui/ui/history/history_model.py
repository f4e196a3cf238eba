"""The table of runs: when, where, what, who, and what came of it. Further runs come while it is scrolled."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from kdgui.domain.verdicts import Row, RunInfo, Verdict
from kdgui.store.catalogue import Catalogue
from kdgui.store.messages.words import Words
from kdgui.ui.widgets.pill_delegate import CellRole, plain_tip
from kdgui.ui.widgets.style import Tone

Index = QModelIndex | QPersistentModelIndex
_TROUBLE = (Verdict.FAILED, Verdict.UNSETTLED, Verdict.DRAFTED)
_ROOT = QModelIndex()


class Column(IntEnum):
    """The columns, from left to right."""

    TIME = 0
    STATE = 1
    FORM = 2
    DATA_CENTRE = 3
    USER = 4
    RESULT = 5


class HistoryModel(QAbstractTableModel):
    """Runs as the journal told them; read only.

    Signals:
        more_wanted: the view is at the end and there are more; answer with `append`.
    """

    more_wanted = Signal()

    def __init__(self, words: Words, catalogue: Catalogue, parent: QObject) -> None:
        super().__init__(parent)
        self._words = words
        self._catalogue = catalogue
        self._runs: list[RunInfo] = []
        self._total = 0
        self._asked = False

    def show(self, runs: Sequence[RunInfo], total: int | None = None) -> None:
        """Show these runs, in this order; `total` is how many there are in all."""
        self.beginResetModel()
        self._runs = list(runs)
        self._total = len(runs) if total is None else total
        self._asked = False
        self.endResetModel()

    def append(self, runs: Sequence[RunInfo]) -> None:
        """Show these below the others."""
        self._asked = False
        if not runs:
            self._total = len(self._runs)
            return
        self.beginInsertRows(_ROOT, len(self._runs), len(self._runs) + len(runs) - 1)
        self._runs += runs
        self.endInsertRows()

    @property
    def runs(self) -> tuple[RunInfo, ...]:
        """The runs shown, the newest first."""
        return tuple(self._runs)

    def run(self, row: int) -> RunInfo:
        """The run of this row."""
        return self._runs[row]

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and len(self._runs) < self._total and not self._asked

    def fetchMore(self, parent: Index) -> None:
        if self.canFetchMore(parent):
            self._asked = True
            self.more_wanted.emit()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._runs)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        names = {
            Column.TIME: self.tr("Time"),
            Column.STATE: self.tr("State"),
            Column.FORM: self.tr("What"),
            Column.DATA_CENTRE: self.tr("Data centre"),
            Column.USER: self.tr("User"),
            Column.RESULT: self.tr("Results"),
        }
        return names[Column(section)]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        run, column = self._runs[index.row()], Column(index.column())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._text(run, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self._tip(run, column))
        if role == CellRole.TONE and column is Column.STATE:
            return self._state(run)[1]
        if role == CellRole.MUTED:
            return column in (Column.DATA_CENTRE, Column.USER)
        return None

    def _text(self, run: RunInfo, column: Column) -> str:
        match column:
            case Column.TIME:
                return run.started_at.astimezone().strftime("%Y-%m-%d %H:%M")
            case Column.STATE:
                return self._state(run)[0]
            case Column.FORM:
                return what_of(run, self._catalogue, self._words.language)
            case Column.DATA_CENTRE:
                return run.data_centre_name or run.data_centre_id
            case Column.USER:
                return " · ".join(part for part in (run.user, run.pc, run.organisation) if part)
            case Column.RESULT:
                return self._result(run)

    def _tip(self, run: RunInfo, column: Column) -> str:
        if column is Column.FORM:
            return f"{run.form_id} → {run.target_form}\n{run.rule_id}"
        if column is Column.RESULT:
            return self._result(run)
        return f"{run.server}\n{run.run_id}" if column in (Column.TIME, Column.DATA_CENTRE) else ""

    def _state(self, run: RunInfo) -> tuple[str, Tone]:
        if run.count(Verdict.QUEUED) or run.count(Verdict.SENDING):
            return self.tr("Not finished"), Tone.WARN
        if run.alarms or any(run.count(verdict) for verdict in _TROUBLE):
            return self.tr("To deal with"), Tone.BAD
        return self.tr("Done"), Tone.OK

    def _result(self, run: RunInfo) -> str:
        parts = [f"{self._verdict(verdict)} {number:,}" for verdict, number in run.counts if number]
        if run.alarms:
            parts.append(self.tr("%n alarm(s)", "", run.alarms))
        return "  ".join(parts)

    def _verdict(self, verdict: Verdict) -> str:
        return self._words.verdict(Row(run_id="", position=0, number="", verdict=verdict))


def what_of(run: RunInfo, catalogue: Catalogue, language: str) -> str:
    """From which form to which, by name."""
    return " → ".join(
        form_name(form_id, catalogue, language) for form_id in (run.form_id, run.target_form) if form_id
    )


def form_name(form_id: str, catalogue: Catalogue, language: str) -> str:
    """A form by name, else by its id."""
    form = catalogue.form(form_id)
    return form.name(language) if form else form_id
