"""From the find button to the grid: the dialog is opened, the ticked bills come in with their ids."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from kdgui.domain.bill_numbers import MOST_NUMBERS, BillNumber, identity
from kdgui.domain.bills import DocumentStatus
from kdgui.domain.orders import RunOrder
from kdgui.domain.verdicts import Reason
from kdgui.pushing.inspect.check import Finding
from kdgui.ui.numbers.find_dialog import FindDialog
from kdgui.ui.numbers.numbers_pane import NumbersPane
from kdgui.ui.widgets.window_state import WindowState

if TYPE_CHECKING:
    from kdgui.domain.find_conditions import FindConditions
    from kdgui.pushing.engine import PushEngine
    from kdgui.pushing.inspect.find_bills import FoundBill
    from kdgui.store.messages.words import Words


class BillFinding(QObject):
    """Opens the dialog and takes over what was ticked.

    Signals:
        told: how many were added, and what was left out.
        found_by: the FindConditions that the added bills were found by.
    """

    told = Signal(str)
    found_by = Signal(object)

    def __init__(
        self,
        engine: PushEngine,
        numbers: NumbersPane,
        order: Callable[[], RunOrder],
        words: Callable[[], Words],
        memory: WindowState,
    ) -> None:
        """`order` says form, rule and options, without numbers."""
        super().__init__(numbers)
        self._engine = engine
        self._numbers = numbers
        self._order = order
        self._words = words
        self._memory = memory
        numbers.find_wanted.connect(self.ask)

    def ask(self, conditions: FindConditions | None = None) -> None:
        """Open the dialog for the form that is chosen; with conditions it searches at once."""
        room = MOST_NUMBERS - len(self._numbers.model.numbers)
        if room <= 0:
            self.told.emit(self.tr("The list is full: {n} rows.").format(n=f"{MOST_NUMBERS:,}"))
            return
        window = self._numbers.window()
        dialog = FindDialog(self._engine, self._order(), self._words, room, window, conditions)
        self._memory.attend_dialog(dialog)
        dialog.accepted.connect(lambda: self._on_accepted(dialog))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_accepted(self, dialog: FindDialog) -> None:
        self.take(dialog.ticked)
        self.found_by.emit(dialog.conditions)

    def take(self, bills: Sequence[FoundBill]) -> None:
        """Add these bills to the grid; numbers that are there already are left alone.

        A number that several of them have stays one row, and the clerk says which bill is meant.
        """
        model = self._numbers.model
        there = {model.key(row) for row in range(len(model.numbers))}
        keys = [identity(found.bill.number) for found in bills]
        often = Counter(keys)
        new = {key: found for key, found in zip(keys, bills, strict=True) if key not in there and key}
        model.append(
            [BillNumber(found.bill.number, found.bill.number) for found in new.values()], self.tr("Find")
        )
        known = {key: found for key, found in new.items() if often[key] == 1}
        model.identify({key: (found.bill, _finding(found)) for key, found in known.items()})
        self._numbers.save_now()
        self._tell(len(new), sum(key in there for key in often), len(new) - len(known))

    def _tell(self, added: int, there: int, several: int) -> None:
        parts = [self.tr("Added: {n}.").format(n=f"{added:,}")]
        if there:
            parts.append(self.tr("In the list already: {n}.").format(n=f"{there:,}"))
        if several:
            parts.append(
                self.tr("Numbers that several bills have: {n}; check, then choose which is meant.").format(
                    n=f"{several:,}"
                )
            )
        self.told.emit(" ".join(parts))


def _finding(found: FoundBill) -> Finding:
    """What the search knows about a bill, as a check would tell it."""
    reason = None
    if found.bill.status not in (None, DocumentStatus.APPROVED):
        reason = Reason.of("not_approved", status=found.bill.status or "")
    elif found.targets:
        reason = Reason.of("already_pushed", count=len(found.targets))
    elif found.left is not None and not found.left.left:
        reason = Reason.of("nothing_left", total=f"{found.left.total.normalize():f}")
    some = found.left is None or found.left.left > 0
    return Finding(
        0,
        ok=reason is None,
        reason=reason,
        targets=found.targets,
        bills=(found.bill,),
        status=found.bill.status,
        left=found.left,
        can_insist=reason is not None and some,
    )
