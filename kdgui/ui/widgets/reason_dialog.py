"""Asks for a reason before something is closed by hand; the journal keeps it with the clerk's name."""

from __future__ import annotations

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from kdgui.ui.widgets.card import plain_label, push_button, say
from kdgui.ui.widgets.fitting_dialog import FittingDialog
from kdgui.ui.widgets.style import em, named

_LEAST_REASON = 2
_LONGEST_REASON = 500


class ReasonDialog(FittingDialog):
    """`why` holds the reason after it was accepted."""

    def __init__(self, title: str, explanation: str, go: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, ems_wide=26)
        self.setObjectName("whyDialog")
        self.setWindowTitle(title)
        heading, told, ask = plain_label("heading", wrap=True), plain_label("muted", wrap=True), plain_label()
        heading.setText(title)
        told.setText(explanation)
        ask.setText(self.tr("Why? (kept in the journal with your name)"))
        self._edit = named("whyEdit", QPlainTextEdit())
        self._edit.setAccessibleName(ask.text())
        self._edit.setTabChangesFocus(True)
        self._edit.setFixedHeight(em(self, 4.5))
        self._edit.textChanged.connect(self._refresh)
        for part in (heading, told, ask, self._edit):
            self.column.addWidget(part)
        cancel = push_button("cancelButton", self.reject)
        self._ok = push_button("whyButton", self.accept, "primary")
        say(cancel, self.tr("Cancel"))
        say(self._ok, go)
        self.buttons.addStretch(1)
        self.buttons.addWidget(cancel)
        self.buttons.addWidget(self._ok)
        self._edit.setFocus()
        self._refresh()

    @property
    def why(self) -> str:
        """The reason, on one line."""
        return " ".join(self._edit.toPlainText().split())[:_LONGEST_REASON]

    def _refresh(self) -> None:
        self._ok.setEnabled(len(self.why) >= _LEAST_REASON)
