"""Below the grid: what can be done with what a check found, and what no check can find out beforehand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from kdgui.domain.verdicts import Reason
from kdgui.ui.widgets.card import push_button, say
from kdgui.ui.widgets.flexible_label import FlexibleLabel
from kdgui.ui.widgets.style import em, mark, named

if TYPE_CHECKING:
    from kdgui.store.messages.words import Words
    from kdgui.ui.numbers.numbers_model import Tally


class CheckLine(QWidget):
    """Takes no room while there is nothing to say.

    Signals:
        tick_left_wanted: tick every row that has quantity left.
        choose_wanted: choose among bills of one number.
    """

    tick_left_wanted = Signal()
    choose_wanted = Signal()

    def __init__(self, words: Callable[[], Words], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._reasons: tuple[Reason, ...] = ()
        self._left = self._several = 0
        self._unchecked = named("uncheckedLabel", FlexibleLabel())
        mark(self._unchecked, role="caption")
        self.choose = push_button("chooseBillsButton", self.choose_wanted.emit)
        self.tick_left = push_button("tickLeftButton", self.tick_left_wanted.emit)
        for button in (self.choose, self.tick_left):
            mark(button, small=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(em(self, 0.5))
        row.addWidget(self.choose)
        row.addWidget(self.tick_left)
        row.addWidget(self._unchecked)
        row.addStretch(1)
        self.retranslate()

    def show_tally(self, tally: Tally) -> None:
        """Offer what the rows allow."""
        self._left, self._several = tally.left, tally.several
        self.retranslate()

    def show_unchecked(self, reasons: Sequence[Reason]) -> None:
        """What the last check could not find out; () for no check."""
        self._reasons = tuple(reasons)
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything anew in the language of now."""
        say(
            self.tick_left,
            self.tr("Tick all that have quantity left ({n})").format(n=self._left),
            self.tr("They are pushed once more, as part deliveries are; the count is asked for"),
        )
        say(
            self.choose,
            self.tr("Choose the organisation ({n})…").format(n=self._several),
            self.tr("The same number lives in several organisations; say which bill is meant"),
        )
        self.tick_left.setVisible(self._left > 0)
        self.choose.setVisible(self._several > 0)
        told = self.tr("; ").join(dict.fromkeys(map(self._words().reason, self._reasons)))
        self._unchecked.setText(self.tr("Cannot be checked beforehand: {what}").format(what=told))
        self._unchecked.setAccessibleName(self._unchecked.text())
        self._unchecked.setVisible(bool(told))
        self.setVisible(bool(told or self._left or self._several))
