"""A strip above the results: target bills that were to be submitted or approved and are not there yet."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from kdgui.ui.widgets.card import push_button, say
from kdgui.ui.widgets.message_bar import Strip
from kdgui.ui.widgets.style import Tone


class UnfinishedStrip(Strip):
    """Takes no room while every chain is at its end.

    Signals:
        carry_on_wanted: submit or approve what is left.
        look_wanted: list them; they can be closed there.
    """

    carry_on_wanted = Signal()
    look_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = 0
        self.carry_on = push_button("carryOnButton", self.carry_on_wanted.emit)
        self.look = push_button("chainsButton", self.look_wanted.emit)
        for button in (self.carry_on, self.look):
            self.row.addWidget(button)
        self.centre()
        self.hide()

    @property
    def count(self) -> int:
        """How many bills it tells of."""
        return self._count

    def show_count(self, count: int) -> None:
        """So many bills of the run shown have a chain that is not at its end."""
        if count != self._count:
            self._count = count
            self.retranslate()

    def retranslate(self) -> None:
        """Say everything anew in the language of now."""
        say(self.carry_on, self.tr("Carry on"), self.tr("Looks at each bill in Kingdee first"))
        say(self.look, self.tr("Look…"), self.tr("See why, or close them with a reason"))
        self.setVisible(self._count > 0)
        if self._count:
            text = self.tr("Not finished: {n} bills were pushed, but submit or approval is missing.")
            self.show_text(text.format(n=f"{self._count:,}"), Tone.WARN)
