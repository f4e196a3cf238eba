"""What the clerk wants filled in on the targets: the last table with further columns, and their fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from kdgui.domain.errors import BadInput, KdguiError
from kdgui.domain.fills import FillField, FillTable
from kdgui.domain.orders import RunOrder
from kdgui.store.imports.fill_table import read_fill_table
from kdgui.store.imports.sheets import Sheet
from kdgui.ui.jobs.gc_pause import without_gc_pauses
from kdgui.ui.jobs.worker import start_job
from kdgui.ui.numbers.fill_dialog import FillDialog
from kdgui.ui.numbers.import_choice import Chosen, Part
from kdgui.ui.numbers.numbers_model import Tally
from kdgui.ui.numbers.numbers_pane import NumbersPane

if TYPE_CHECKING:
    from kdgui.pushing.engine import PushEngine
    from kdgui.store.messages.words import Words


@dataclass(frozen=True, slots=True)
class FillWish:
    """A table, and for each of its headings the field of the target, or None."""

    table: FillTable
    fields: tuple[FillField | None, ...]


class FillChoice(QObject):
    """Offers to fill in what a paste or file brought beside its numbers.

    Signals:
        troubled: a KdguiError of remembering the choice.
    """

    troubled = Signal(object)

    def __init__(
        self,
        engine: PushEngine,
        numbers: NumbersPane,
        order: Callable[[], RunOrder],
        words: Callable[[], Words],
    ) -> None:
        """`order` says form, rule and options, without numbers."""
        super().__init__(numbers)
        self._engine = engine
        self._numbers = numbers
        self._order = order
        self._words = words
        self._table: FillTable | None = None
        self._fields: tuple[FillField | None, ...] = ()
        numbers.taken.connect(self._on_taken)
        numbers.fill.choose_wanted.connect(self._choose)
        numbers.fill.drop_wanted.connect(self.forget)
        numbers.model.tallied.connect(self._on_tallied)

    @property
    def wish(self) -> FillWish | None:
        """What is to be filled in; None for nothing."""
        if self._table is None or not any(self._fields):
            return None
        return FillWish(self._table, self._fields)

    def forget(self) -> None:
        """Fill in nothing."""
        self._show(None)

    def ask_anew(self) -> None:
        """Another form or rule: another target has other fields."""
        self._show(self._table)

    def _show(self, table: FillTable | None, fields: tuple[FillField | None, ...] = ()) -> None:
        self._table, self._fields = table, fields
        self._numbers.fill.show_table(table, fields)

    def _on_taken(self, chosen: Chosen) -> None:
        start_job(
            without_gc_pauses(lambda: _table_of(chosen)),
            self,
            success=self._show,
            failure=lambda _nothing: None,  # numbers alone: the table before stays
        )

    def _on_tallied(self, tally: Tally) -> None:
        if not tally.rows and self._table is not None:
            self.forget()

    def _choose(self) -> None:
        table = self._table
        if table is None:
            return
        dialog = FillDialog(self._engine, self._order(), table, self._words, self._numbers.window())

        def take() -> None:
            self._show(table, dialog.fields)
            form_id, chosen = dialog.form_id, dict(zip(table.headings, dialog.fields, strict=True))
            start_job(
                lambda: self._engine.fills.remember(form_id, chosen),
                self,
                success=lambda _nothing: None,
                failure=self._on_trouble,
            )

        dialog.accepted.connect(take)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_trouble(self, error: KdguiError) -> None:
        self.troubled.emit(error)


def _table_of(chosen: Chosen) -> FillTable:
    """What stands beside the numbers that were taken. Raises BadInput where that is nothing, or unclear.

    Several sheets are one table where their columns are the same; else nobody can say which goes where.
    """
    parts = [part for part in chosen.parts if part.reading.numbers]
    tables = [read_fill_table((_taken(chosen, part),), part.reading.column) for part in parts]
    first, *others = tables or [read_fill_table((chosen.sheet,), chosen.column)]
    same = (first.headings, first.by_material, first.has_lines)
    if any((each.headings, each.by_material, each.has_lines) != same for each in others):
        raise BadInput("fill_table_no_columns")
    rows = tuple(row for table in (first, *others) for row in table.rows)
    return replace(first, rows=rows, hidden=sum(table.hidden for table in (first, *others)))


def _taken(chosen: Chosen, part: Part) -> Sheet:
    """The sheet without rows that the clerk left out; with those that Excel hides, where she wants them."""
    ticks = chosen.ticks.get(part.place, {})
    rows = (row for row in part.sheet.rows if ticks.get(row.number, True))
    if chosen.hidden_too:
        rows = (replace(row, hidden=False) for row in rows)
    return replace(part.sheet, rows=tuple(rows))
