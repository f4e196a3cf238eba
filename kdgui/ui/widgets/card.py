"""A card: a rounded frame with a numbered heading, room for quiet buttons beside it, and a body below."""

from __future__ import annotations

import html
from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from kdgui.ui.widgets.style import em, mark

ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})


class Card(QFrame):
    """One of the window's three steps. Subclasses fill `body` and say their words in `retranslate()`.

    Attributes:
        heading: the row with the step and the title; buttons are appended at its right.
        body: the column below it.
    """

    def __init__(self, step: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        mark(self, role="card")
        self._step = QLabel(str(step), alignment=Qt.AlignmentFlag.AlignCenter)
        mark(self._step, role="step")
        self._title = QLabel()
        mark(self._title, role="title")
        self.heading = QHBoxLayout()
        self.heading.setSpacing(em(self, 0.5))
        self.heading.addWidget(self._step)
        self.heading.addWidget(self._title)
        self.heading.addStretch(1)
        self.body = QVBoxLayout(self)
        pad = em(self, 0.85)
        self.body.setContentsMargins(pad, em(self, 0.55), pad, em(self, 0.65))
        self.body.setSpacing(em(self, 0.4))
        self.body.addLayout(self.heading)

    def retranslate(self) -> None:
        """Say everything anew in the language of now; subclasses override it."""

    def set_title(self, title: str) -> None:
        """Name the step."""
        self._title.setText(title)
        self.setAccessibleName(title)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()


class Button(QPushButton):
    """Enter does what the focused button says, in the window as in a dialog; Space does so anyway."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER:
            self.click()
        else:
            super().keyPressEvent(event)


class IconButton(QToolButton):
    """A button that shows an icon; Enter presses it too."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER:
            self.click()
        else:
            super().keyPressEvent(event)


def push_button(name: str, on_click: Callable[[], object], kind: str = "") -> QPushButton:
    """A button with this objectName; `kind` as in style.py ("" = plain)."""
    button = Button()
    button.setObjectName(name)
    button.setAutoDefault(False)
    if kind:
        mark(button, kind=kind)
    button.clicked.connect(lambda _checked=False: on_click())
    return button


def say(button: QPushButton, text: str, tip: str = "") -> None:
    """Give a button its words, its accessible name and a tool tip; text from outside is safe here."""
    button.setText(text.replace("&", "&&"))
    button.setAccessibleName(text)
    button.setToolTip(tip)


def plain_label(role: str = "", *, wrap: bool = False) -> QLabel:
    """A label that never takes text for HTML."""
    label = QLabel(textFormat=Qt.TextFormat.PlainText)
    label.setWordWrap(wrap)
    if role:
        mark(label, role=role)
    return label


class ElidedLabel(QLabel):
    """A remark at the right edge, in one line, that gives way: what does not fit is cut."""

    def __init__(self, role: str) -> None:
        super().__init__()
        mark(self, role=role)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setToolTip(f"<qt>{html.escape(text)}</qt>")

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect(), right | Qt.TextFlag.TextSingleLine, text)
        painter.end()
