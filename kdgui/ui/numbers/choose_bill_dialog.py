"""One number, several bills: in which organisation is the one that is meant?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QWidget

from kdgui.domain.bills import SourceBill
from kdgui.ui.numbers.check_findings import home_of
from kdgui.ui.widgets.card import plain_label, push_button, say
from kdgui.ui.widgets.fields import Combo
from kdgui.ui.widgets.fitting_dialog import FittingDialog
from kdgui.ui.widgets.style import em, mark, named

if TYPE_CHECKING:
    from kdgui.store.messages.words import Words


class ChooseBillDialog(FittingDialog):
    """A choice for every number; what is left open stays out of the push."""

    def __init__(
        self,
        several: Sequence[tuple[str, tuple[SourceBill, ...]]],
        words: Callable[[], Words],
        parent: QWidget | None = None,
    ) -> None:
        """`several` holds numbers and the bills that carry them."""
        super().__init__(parent, ems_wide=30)
        self.setObjectName("chooseBillDialog")
        self.setWindowTitle(self.tr("Which bill is meant?"))
        self._several = tuple(several)
        self._words = words()
        self._combos = [self._combo(place, bills) for place, (_number, bills) in enumerate(self._several)]
        self._all = named("chooseForAllCombo", Combo())
        self._lay_out()
        self._refresh()

    @property
    def chosen(self) -> tuple[tuple[str, SourceBill], ...]:
        """Numbers and the bills chosen for them."""
        pairs = zip(self._several, self._combos, strict=True)
        return tuple(
            (number, bills[combo.currentIndex() - 1])
            for (number, bills), combo in pairs
            if combo.currentIndex() > 0
        )

    def _combo(self, place: int, bills: Sequence[SourceBill]) -> QComboBox:
        combo = named(f"chooseBillCombo{place}", Combo())
        combo.addItem(self.tr("not chosen, stays out"))
        for bill in bills:
            state = self._words.text(f"status.{bill.status}") if bill.status else ""
            combo.addItem(" · ".join(part for part in (home_of(bill), state) if part))
        combo.currentIndexChanged.connect(lambda _row: self._refresh())
        return combo

    def _lay_out(self) -> None:
        heading, told = plain_label("heading"), plain_label("muted", wrap=True)
        heading.setText(self.tr("Which bill is meant?"))
        told.setText(
            self.tr(
                "These numbers live in several organisations. What you choose is pushed by its internal id."
            )
        )
        self.column.addWidget(heading)
        self.column.addWidget(told)
        card = QFrame()
        mark(card, role="card")
        grid = QGridLayout(card)
        grid.setContentsMargins(*[em(self, 0.8)] * 4)
        grid.setHorizontalSpacing(em(self, 1))
        grid.setVerticalSpacing(em(self, 0.4))
        grid.setColumnStretch(1, 1)
        homes = list(dict.fromkeys(home_of(bill) for _, bills in self._several for bill in bills))
        first = 0
        if len(self._several) > 1:
            label = plain_label("muted")
            label.setText(self.tr("All of them"))
            self._all.setAccessibleName(label.text())
            self._all.addItem(self.tr("one by one below"))
            self._all.addItems(homes)
            self._all.currentTextChanged.connect(self._choose_for_all)
            grid.addWidget(label, 0, 0)
            grid.addWidget(self._all, 0, 1)
            first = 1
        for place, ((number, _bills), combo) in enumerate(zip(self._several, self._combos, strict=True)):
            label = plain_label()
            label.setText(number)
            combo.setAccessibleName(number)
            grid.addWidget(label, first + place, 0)
            grid.addWidget(combo, first + place, 1)
        self.column.addWidget(card)
        self._ok = push_button("chooseBillsOkButton", self.accept, "primary")
        cancel = push_button("cancelButton", self.reject)
        say(cancel, self.tr("Cancel"))
        self.buttons.addStretch(1)
        self.buttons.addWidget(cancel)
        self.buttons.addWidget(self._ok)

    def _choose_for_all(self, home: str) -> None:
        for (_number, bills), combo in zip(self._several, self._combos, strict=True):
            places = [place for place, bill in enumerate(bills, 1) if home_of(bill) == home]
            if len(places) == 1:
                combo.setCurrentIndex(places[0])

    def _refresh(self) -> None:
        if hasattr(self, "_ok"):
            count = len(self.chosen)
            self._ok.setEnabled(count > 0)
            say(self._ok, self.tr("Take these {n}").format(n=count) if count else self.tr("Take"))
