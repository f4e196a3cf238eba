"""Deleting what a run created: a dry list with reasons, the count typed, and what became of each bill."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QProgressBar, QWidget

from kdgui.domain.chains import UndoItem, UndoState
from kdgui.domain.errors import KdguiError
from kdgui.domain.verdicts import Row
from kdgui.ui.jobs.worker import start_job
from kdgui.ui.widgets.card import plain_label, push_button, say
from kdgui.ui.widgets.cell_table import Cell, CellsModel, CellsView, in_card
from kdgui.ui.widgets.fields import CountEdit
from kdgui.ui.widgets.fitting_dialog import FittingDialog
from kdgui.ui.widgets.message_bar import Strip, told
from kdgui.ui.widgets.style import Tone, em, mark, named

if TYPE_CHECKING:
    from kdgui.pushing.engine import PushEngine
    from kdgui.store.messages.words import Words

_WHY = 4
NO_NUMBERS: Mapping[tuple[str, int], str] = MappingProxyType({})
_TONES = {
    UndoState.DELETABLE: Tone.INFO,
    UndoState.DELETED: Tone.OK,
    UndoState.GONE: Tone.NEUTRAL,
    UndoState.NOT_OURS: Tone.NEUTRAL,
    UndoState.REFUSED: Tone.BAD,
}


class DeleteDialog(FittingDialog):
    """Plans off the window's thread; the deleting itself is whoever's who listens.

    Signals:
        delete_wanted: tuple of UndoItem that the clerk confirmed.
        stop_wanted: delete nothing more.
    """

    delete_wanted = Signal(object)
    stop_wanted = Signal()

    def __init__(
        self,
        engine: PushEngine,
        rows: Sequence[Row],
        place: str,
        words: Callable[[], Words],
        parent: QWidget | None = None,
    ) -> None:
        """`rows` are those of the run, `place` names the data centre."""
        super().__init__(parent, ems_wide=50)
        self.setObjectName("undoDialog")
        self.setWindowTitle(self.tr("Delete what this run created"))
        self._engine = engine
        self._run_id = rows[0].run_id
        self._numbers = {(row.run_id, row.position): row.number for row in rows}
        self._words = words
        self._items: dict[tuple[str, str, str], UndoItem] = {}
        self._working = False
        self._wanted = 0
        self._model = CellsModel(self)
        self._view = CellsView("undoView", self._model, _WHY)
        self._unaudit = named("unauditCheck", QCheckBox())
        self._whole_way = named("wholeWayCheck", QCheckBox())
        self._delete = push_button("deleteButton", self._on_delete, "danger")
        self._edit = named("countEdit", CountEdit(self._delete))
        self._bar = named("undoProgress", QProgressBar())
        self._note = Strip()
        self._lay_out(place)
        self._view.selectionModel().selectionChanged.connect(lambda *_change: self._show_detail())
        self._may_unaudit = engine.refusal_of("unaudit") is None
        self._unaudit.setVisible(self._may_unaudit)
        for box in (self._unaudit, self._whole_way):
            box.toggled.connect(lambda _on: self._plan())
        self._edit.textChanged.connect(lambda _text: self._refresh())
        self._plan()

    # What the controller tells

    def show_items(self, items: Sequence[UndoItem]) -> None:
        """These bills are this far."""
        self._items |= {item.key: item for item in items}
        self._fill()

    def show_ended(self) -> None:
        """Nothing more is being deleted; what went wrong, if anything did, has been told already."""
        if not self._working:
            return
        self._working = False
        self._fill()
        done = sum(item.state is UndoState.DELETED for item in self._items.values())
        left = self._wanted - done
        if left > 0:
            text = self.tr("{n} deleted, {left} not; the list says why.")
            self._note.show_text(text.format(n=done, left=left), Tone.WARN)
        else:
            self._note.show_text(self.tr("{n} deleted.").format(n=done), Tone.OK)
        self._note.show()

    def show_trouble(self, error: KdguiError) -> None:
        """Why it could not be planned or deleted."""
        self._working = False
        self._note.show_text(told(self._words().error(error)), Tone.BAD)
        self._note.show()
        self._refresh()

    def reject(self) -> None:
        """While something is being deleted, closing only stops it."""
        if self._working:
            self.stop_wanted.emit()
        else:
            super().reject()

    # Looks

    def _lay_out(self, place: str) -> None:
        heading, advice = plain_label("heading", wrap=True), plain_label("muted", wrap=True)
        heading.setText(self.tr("Delete what this run created in {place}?").format(place=place))
        advice.setText(
            self.tr(
                "Only bills that this run created and nobody has touched since can be deleted. Each is looked"
                " at once more just before. A deleted bill cannot be brought back; its source can be pushed"
                " again."
            )
        )
        self._unaudit.setText(self.tr("Take back submitted and approved ones first, then delete them too"))
        self._view.setAccessibleName(self.tr("Bills that this run created"))
        self._bar.setAccessibleName(self.tr("Progress"))
        self._bar.setTextVisible(False)
        self._detail = named("undoDetail", plain_label("muted", wrap=True))
        for part in (heading, advice, in_card(self._view), self._detail):
            self.column.addWidget(part)
        self._whole_way.setText(self.tr("Also delete what was pushed on from it, the last bills first"))
        self.pinned.addWidget(self._unaudit)
        self.pinned.addWidget(self._whole_way)
        self.pinned.addWidget(self._note)
        self.pinned.addWidget(self._bar)
        self._ask = plain_label()
        self._edit.setFixedWidth(em(self, 6))
        typed = QHBoxLayout()
        typed.addWidget(self._ask)
        typed.addWidget(self._edit)
        self._cancel = push_button("cancelButton", self.reject)
        self.buttons.addLayout(typed)
        self.buttons.addStretch(1)
        self.buttons.addWidget(self._delete)
        self.buttons.addWidget(self._cancel)
        self._cancel.setDefault(True)

    def _plan(self) -> None:
        self._items = {}
        self._working = False
        self._fill()
        self._note.show_text(self.tr("Looking at every bill in Kingdee; nothing is changed…"), Tone.INFO)
        self._note.show()
        self._set_choices_enabled(False)
        wanted, run_id, engine = self._unaudit.isChecked(), self._run_id, self._engine
        plan = engine.deletion.plan_way if self._whole_way.isChecked() else engine.deletion.plan

        def look() -> tuple[tuple[UndoItem, ...], dict[tuple[str, int], str]]:
            items = plan(run_id, unaudit=wanted)
            runs = dict.fromkeys(item.run_id for item in items)
            rows = (row for run in runs for row in engine.journal.rows(run))
            return items, {(row.run_id, row.position): row.number for row in rows}

        start_job(
            look,
            self,
            success=lambda found: self._on_planned(*found),
            failure=self.show_trouble,
            finished=lambda: self._set_choices_enabled(True),
        )

    def _set_choices_enabled(self, enabled: bool) -> None:
        for box in (self._unaudit, self._whole_way):
            box.setEnabled(enabled)

    def _on_planned(
        self, items: tuple[UndoItem, ...], numbers: Mapping[tuple[str, int], str] = NO_NUMBERS
    ) -> None:
        self._numbers.update(numbers)
        self._items = {item.key: item for item in items}
        self._note.setVisible(not items)
        if not items:
            self._note.show_text(self.tr("This run has created nothing that is still there."), Tone.NEUTRAL)
        self._fill()
        self._view.selectRow(0)
        self._edit.setFocus()

    @property
    def _deletable(self) -> tuple[UndoItem, ...]:
        return tuple(item for item in self._items.values() if item.state is UndoState.DELETABLE)

    def _on_delete(self) -> None:
        items = self._deletable
        self._working, self._wanted = True, len(items)
        self._note.hide()
        self._bar.setRange(0, len(items))
        self._edit.clear()
        self._refresh()
        self.delete_wanted.emit(items)

    def _fill(self) -> None:
        headers = (
            self.tr("Target bill"),
            self.tr("Source bill"),
            self.tr("In Kingdee"),
            self.tr("What will be done"),
            self.tr("Why"),
        )
        line = self._view.currentIndex().row()
        self._model.show_rows(headers, [self._row(item) for item in self._items.values()])
        if line >= 0:
            self._view.selectRow(line)
        self._show_detail()
        self._refresh()

    def _row(self, item: UndoItem) -> tuple[Cell, ...]:
        words, status = self._words(), item.target.status
        sources = self.tr(", ").join(self._numbers.get((item.run_id, place), "") for place in item.positions)
        why = words.explain(item.reason) if item.reason else None
        return (
            Cell(item.target.label),
            Cell(sources),
            Cell(words.text(f"status.{status}") if status else "", muted=True),
            Cell(self._state(item), _TONES.get(item.state, Tone.WARN)),
            Cell(why.what if why else "", muted=True),
        )

    def _show_detail(self) -> None:
        """The rest of the reason of the selected bill; the list holds its first sentence."""
        line, items = self._view.currentIndex().row(), tuple(self._items.values())
        reason = items[line].reason if 0 <= line < len(items) else None
        why = self._words().explain(reason) if reason else None
        parts = (why.why, why.do, why.said) if why else ()
        self._detail.setText(" ".join(part for part in parts if part))
        self._detail.setVisible(bool(self._detail.text()))

    def _state(self, item: UndoItem) -> str:
        taken_back = self.tr("take back, delete") if item.unaudit else self.tr("delete")
        return {
            UndoState.DELETABLE: taken_back,
            UndoState.AUDITED: self.tr("stays: submitted or approved"),
            UndoState.NOT_OURS: self.tr("stays: not ours"),
            UndoState.TOUCHED: self.tr("stays: changed since"),
            UndoState.GONE: self.tr("gone already"),
            UndoState.DELETED: self.tr("deleted"),
            UndoState.REFUSED: self.tr("refused"),
            UndoState.UNSETTLED: self._words().text("verdict.unsettled"),
        }[item.state]

    def _refresh(self) -> None:
        count, working = len(self._deletable), self._working
        self._bar.setVisible(working)
        self._bar.setValue(self._wanted - count if working else 0)
        for part in (self._ask, self._edit, self._delete):
            part.setVisible(not working and count > 0)
        over = any(item.state is UndoState.DELETED for item in self._items.values())
        self._unaudit.setVisible(self._may_unaudit and not working and not over)
        self._whole_way.setVisible(not working and not over)
        self._ask.setText(self.tr("Type {n} to delete them:").format(n=count))
        self._edit.setAccessibleName(self._ask.text())
        say(self._delete, self.tr("Delete {n} bills").format(n=count))
        self._delete.setEnabled(self._edit.text() == str(count))
        say(self._cancel, self.tr("Stop") if working else self.tr("Close"))
        mark(self._bar, tone=Tone.BAD.value)
