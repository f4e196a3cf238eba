"""Pushing some lines of chosen bills only: what the lines are, what is left of each, and a tick for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QWidget

from kdgui.domain.errors import KdguiError
from kdgui.ui.jobs.worker import start_job
from kdgui.ui.numbers.check_findings import LinePick
from kdgui.ui.widgets.card import plain_label, push_button, say
from kdgui.ui.widgets.cell_table import Cell, CellsModel, CellsView, in_card
from kdgui.ui.widgets.fitting_dialog import FittingDialog
from kdgui.ui.widgets.message_bar import Strip, told
from kdgui.ui.widgets.number_text import plain_number
from kdgui.ui.widgets.style import Tone

if TYPE_CHECKING:
    from kdgui.pushing.inspect.bill_lines import BillLine, BillLines
    from kdgui.store.messages.words import Words

_NAME = 3


class LinesDialog(FittingDialog):
    """Fetches the lines off the window's thread; `picks` holds the choice after it was accepted."""

    def __init__(
        self,
        fetch: Callable[[], tuple[BillLines, ...]],
        numbers: Sequence[str],
        words: Callable[[], Words],
        parent: QWidget | None = None,
    ) -> None:
        """`fetch` blocks, brings the lines of each of `numbers` in their order, and may raise KdguiError."""
        super().__init__(parent, ems_wide=52)
        self.setObjectName("linesDialog")
        self.setWindowTitle(self.tr("Push some lines only"))
        self._numbers = tuple(numbers)
        self._words = words
        self._bills: tuple[BillLines, ...] = ()
        self._places: list[tuple[int, int]] = []
        self._model = CellsModel(self)
        self._view = CellsView("linesView", self._model, _NAME)
        self._note = Strip()
        self._lay_out()
        self._model.ticked.connect(self._refresh)
        self._note.show_text(self.tr("Fetching the lines…"), Tone.INFO)
        start_job(fetch, self, success=self._show, failure=self._on_trouble)
        self._refresh()

    @property
    def picks(self) -> tuple[tuple[str, LinePick | None], ...]:
        """For each number its picked lines; None where all are."""
        ticked: dict[int, list[str]] = {}
        for line in self._model.ticks:
            bill, at = self._places[line]
            ticked.setdefault(bill, []).append(self._bills[bill].lines[at].entry_id)
        return tuple(
            (number, self._pick(ticked.get(place, []), self._bills[place]))
            for place, number in enumerate(self._numbers)
        )

    def _pick(self, ids: Sequence[str], bill: BillLines) -> LinePick | None:
        return None if len(ids) == len(bill.lines) else LinePick(tuple(ids), len(bill.lines))

    def _lay_out(self) -> None:
        heading, advice = plain_label("heading"), plain_label("muted", wrap=True)
        heading.setText(self.tr("Push some lines only"))
        advice.setText(self.tr("Only the ticked lines are pushed. Lines with nothing left have no box."))
        self._view.setAccessibleName(self.tr("Lines of the bills"))
        for part in (heading, advice, in_card(self._view)):
            self.column.addWidget(part)
        self.pinned.addWidget(self._note)
        every = push_button("allLinesButton", lambda: self._tick_all(on=True), "link")
        none = push_button("noLinesButton", lambda: self._tick_all(on=False), "link")
        cancel = push_button("cancelButton", self.reject)
        self._ok = push_button("linesOkButton", self.accept, "primary")
        say(every, self.tr("Tick all"))
        say(none, self.tr("Tick none"))
        say(cancel, self.tr("Cancel"))
        row = QHBoxLayout()
        row.addWidget(every)
        row.addWidget(none)
        self.buttons.addLayout(row)
        self.buttons.addStretch(1)
        self.buttons.addWidget(cancel)
        self.buttons.addWidget(self._ok)

    def _show(self, bills: tuple[BillLines, ...]) -> None:
        self._bills = bills
        self._places = [(bill, at) for bill, found in enumerate(bills) for at in range(len(found.lines))]
        headers = (
            self.tr("Source bill"),
            self.tr("Line"),
            self.tr("Material"),
            self.tr("Name"),
            self.tr("Quantity"),
            self.tr("Pushed"),
            self.tr("Left"),
        )
        lines = [bills[bill].lines[at] for bill, at in self._places]
        rows = [
            self._row(self._numbers[bill] if at == 0 else "", line)
            for (bill, at), line in zip(self._places, lines, strict=True)
        ]
        usable = [place for place, line in enumerate(lines) if line.left is None or line.left > 0]
        self._model.show_rows(headers, rows, usable)
        self._model.tick(usable, on=True)
        self._view.setFocus()
        if rows:
            self._view.selectRow(0)

    def _row(self, number: str, line: BillLine) -> tuple[Cell, ...]:
        amounts = (line.quantity, line.linked, line.left)
        return (
            Cell(number),
            Cell(str(line.sequence)),
            Cell(line.material),
            Cell(line.name),
            *(Cell(_amount(value), right=True) for value in amounts),
        )

    def _tick_all(self, *, on: bool) -> None:
        self._model.tick(range(self._model.rowCount()), on=on)

    def _refresh(self) -> None:
        count, empty = len(self._model.ticks), self._without_lines()
        self._ok.setEnabled(count > 0 and not empty)
        say(self._ok, self.tr("OK ({n} lines)").format(n=count) if count else self.tr("OK"))
        if not self._bills:
            return
        if empty:
            text = self.tr("No line of {numbers} is ticked. Take a bill out of the grid if it is not meant.")
            self._note.show_text(text.format(numbers=self.tr(", ").join(empty)), Tone.WARN)
        self._note.setVisible(bool(empty))

    def _without_lines(self) -> list[str]:
        ticked = {self._places[line][0] for line in self._model.ticks}
        return [number for place, number in enumerate(self._numbers) if self._bills and place not in ticked]

    def _on_trouble(self, error: KdguiError) -> None:
        self._note.show_text(told(self._words().error(error)), Tone.BAD)


def _amount(value: Decimal | None) -> str:
    return "" if value is None else plain_number(value)
