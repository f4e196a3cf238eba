"""What the clerk says about single rows of the grid before a push: which bill, and which of its lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from kdgui.domain.orders import RunOrder
from kdgui.ui.numbers.choose_bill_dialog import ChooseBillDialog
from kdgui.ui.numbers.lines_dialog import LinesDialog
from kdgui.ui.numbers.numbers_pane import NumbersPane

if TYPE_CHECKING:
    from kdgui.pushing.engine import PushEngine
    from kdgui.pushing.inspect.bill_lines import BillLines
    from kdgui.store.messages.words import Words

MOST_BILLS = 30
"""Lines of more bills at a time nobody would read."""


class BillPicks(QObject):
    """Opens the dialogs and puts what they say into the grid.

    Signals:
        told: a sentence about why nothing was opened.
    """

    told = Signal(str)

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
        numbers.grid.lines_wanted.connect(self._ask_lines)
        numbers.check_line.choose_wanted.connect(self._ask_bills)

    def _ask_bills(self) -> None:
        model = self._numbers.model
        keys = dict.fromkeys(model.key(row) for row in range(len(model.numbers)))
        names = {model.key(row): number.text for row, number in reversed(tuple(enumerate(model.numbers)))}
        several = [(key, bills) for key in keys if (bills := model.findings.candidates(key))]
        if not several:
            return
        dialog = ChooseBillDialog(
            [(names[key], bills) for key, bills in several], self._words, self._numbers.window()
        )
        by_name = {names[key]: key for key, _ in several}

        def take() -> None:
            for number, bill in dialog.chosen:
                model.findings.choose(by_name[number], bill)
            model.findings_changed()

        dialog.accepted.connect(take)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _ask_lines(self) -> None:
        model = self._numbers.model
        rows = [row for row in self._numbers.grid.selected_rows() if model.is_ready(row)]
        if not rows:
            self.told.emit(self.tr("None of the selected rows can be pushed as it stands."))
            return
        if len(rows) > MOST_BILLS:
            self.told.emit(self.tr("Lines of {n} bills at a time at most.").format(n=MOST_BILLS))
            return
        numbers, keys = [model.numbers[row].text for row in rows], [model.key(row) for row in rows]
        chosen = [model.findings.chosen(key) for key in keys]
        wanted = [(number, bill.id if bill else "") for number, bill in zip(numbers, chosen, strict=True)]
        engine, order = self._engine, self._order()

        def fetch() -> tuple[BillLines, ...]:
            return tuple(engine.inspection.lines(order, number, bill_id) for number, bill_id in wanted)

        dialog = LinesDialog(fetch, numbers, self._words, self._numbers.window())

        def take() -> None:
            for key, (_number, pick) in zip(keys, dialog.picks, strict=True):
                model.findings.pick_lines(key, pick)
            model.findings_changed()

        dialog.accepted.connect(take)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
