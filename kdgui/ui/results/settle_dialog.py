"""Settling by hand: the clerk looked in Kingdee and says what became of a bill, and how she knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QPlainTextEdit,
    QRadioButton,
    QWidget,
)

from kdgui.domain.verdicts import Row, Verdict
from kdgui.ui.widgets.card import plain_label, push_button, say
from kdgui.ui.widgets.fitting_dialog import FittingDialog
from kdgui.ui.widgets.style import em, named

if TYPE_CHECKING:
    from kdgui.store.messages.words import Words

_LEAST_REASON = 2
_LONGEST_REASON = 500


class SettleDialog(FittingDialog):
    """Asks for a verdict and a reason; `verdict` and `why` hold them after it was accepted."""

    def __init__(self, row: Row, words: Callable[[], Words], parent: QWidget | None = None) -> None:
        super().__init__(parent, ems_wide=28)
        self.setObjectName("settleDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Settle by hand"))
        self.row = row
        self._choices = QButtonGroup(self)
        self._reason = named("settleReasonEdit", QPlainTextEdit())
        self._ok = push_button("settleButton", self.accept, "primary")
        self._cancel = push_button("cancelButton", self.reject)
        self._lay_out(words())
        self._choices.buttonToggled.connect(lambda *_change: self._refresh())
        self._reason.textChanged.connect(self._refresh)
        self._refresh()

    @property
    def verdict(self) -> Verdict:
        """What the clerk says became of it."""
        return tuple(self._verdicts())[self._choices.checkedId()]

    @property
    def why(self) -> str:
        """How she knows."""
        return " ".join(self._reason.toPlainText().split())[:_LONGEST_REASON]

    def _verdicts(self) -> dict[Verdict, str]:
        return {
            Verdict.PUSHED: self.tr("It was pushed: Kingdee holds a target bill of it"),
            Verdict.DRAFTED: self.tr("Only a draft is there"),
            Verdict.FAILED: self.tr("Nothing came of it: there is no target bill; it may be pushed again"),
        }

    def _refresh(self) -> None:
        self._ok.setEnabled(self._choices.checkedId() >= 0 and len(self.why) >= _LEAST_REASON)

    def _lay_out(self, words: Words) -> None:
        column = self.column
        title = plain_label("heading", wrap=True)
        title.setText(self.tr("What became of {number}?").format(number=self.row.number))
        column.addWidget(title)
        advice = plain_label("muted", wrap=True)
        advice.setText(words.advice(self.row))
        column.addWidget(advice)
        for place, text in enumerate(self._verdicts().values()):
            button = named(f"settleChoice{place}", QRadioButton(text))
            self._choices.addButton(button, place)
            column.addWidget(button)
        ask = plain_label()
        ask.setText(self.tr("How do you know? (kept in the journal with your name)"))
        column.addWidget(ask)
        self._reason.setAccessibleName(ask.text())
        self._reason.setTabChangesFocus(True)
        self._reason.setPlaceholderText(self.tr("for example: looked at 下查, target CGRK000231 is there"))
        self._reason.setFixedHeight(em(self, 4.5))
        column.addWidget(self._reason)
        self.buttons.addStretch(1)
        self.buttons.addWidget(self._cancel)
        self.buttons.addWidget(self._ok)
        say(self._ok, self.tr("Keep this result"))
        say(self._cancel, self.tr("Cancel"))
