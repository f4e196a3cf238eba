"""Going on: the target bills of a run become the next list to push, with the rules from their form."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from kdgui.domain.bill_numbers import identity, read_bill_number
from kdgui.domain.bills import SourceBill
from kdgui.domain.ways import NextBills
from kdgui.ui.jobs.worker import start_job

if TYPE_CHECKING:
    from kdgui.pushing.engine import PushEngine
    from kdgui.store.messages.words import Words
    from kdgui.ui.choose.choose_pane import ChoosePane
    from kdgui.ui.numbers.numbers_pane import NumbersPane

_MOST_NAMED = 5


class NextBillsLoader(QObject):
    """Asks which target bills are approved, and puts them into the grid in place of what is there (undoable).

    Signals:
        told: what was put there, and which bills were left out and why.
        troubled: a KdguiError; nothing has changed.
    """

    told = Signal(str)
    troubled = Signal(object)

    def __init__(
        self, engine: PushEngine, choose: ChoosePane, numbers: NumbersPane, words: Callable[[], Words]
    ) -> None:
        super().__init__(numbers)
        self._engine = engine
        self._choose = choose
        self._numbers = numbers
        self._words = words

    def load(self, run_id: str) -> None:
        """Go on with what that run made."""
        start_job(
            lambda: self._engine.ways.next_bills(run_id),
            self,
            success=self._show,
            failure=self.troubled.emit,
        )

    def _show(self, found: NextBills) -> None:
        ready = found.ready
        if ready:
            self._choose.choose(found.form_id, "")
            model = self._numbers.model
            model.remove(range(len(model.numbers)), self.tr("Push the target bills on"))
            numbers = tuple(read_bill_number(bill.number) for bill in ready)
            model.append(numbers, self.tr("Push the target bills on"))
            for bill in ready:
                model.findings.choose(identity(bill.number), SourceBill(bill.id, bill.number, bill.status))
            model.findings_changed()
            self._numbers.grid.setFocus()
        self.told.emit(self._sentence(found))

    def _sentence(self, found: NextBills) -> str:
        ready, left = len(found.ready), found.left_out
        parts = (
            [self.tr("{n} target bills are in the list; choose the rule.").format(n=ready)] if ready else []
        )
        if not ready:
            parts.append(self.tr("None of the target bills can be pushed on yet."))
        if left:
            words = self._words()
            names = [
                f"{bill.target.label} {words.reason(bill.reason)}" if bill.reason else bill.target.label
                for bill in left[:_MOST_NAMED]
            ]
            more = " …" if len(left) > _MOST_NAMED else ""
            told = self.tr("Left out ({n}): {names}")
            parts.append(told.format(n=len(left), names=self.tr("; ").join(names) + more))
        return " ".join(parts)
