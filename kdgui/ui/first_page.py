"""The first page of a new user: try it on the practice account, or sign in to Kingdee."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from kdgui.ui.widgets.card import plain_label, push_button, say
from kdgui.ui.widgets.icons import application_icon
from kdgui.ui.widgets.style import em, mark


class FirstPage(QWidget):
    """Shown instead of the three steps as long as nobody has ever signed in.

    Signals:
        practice_wanted: open the practice account.
        sign_in_wanted: sign in to a server.
        help_wanted: the tour.
    """

    practice_wanted = Signal()
    sign_in_wanted = Signal()
    help_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("firstPage")
        self._busy = False
        self._heading = plain_label("heading")
        self._about = plain_label("muted", wrap=True)
        self._steps = tuple(plain_label("title") for _ in range(3))
        self._told = tuple(plain_label("muted", wrap=True) for _ in range(3))
        self._note = plain_label("caption", wrap=True)
        self._practise = push_button("practiseButton", self.practice_wanted.emit, "primary")
        self._sign_in = push_button("firstSignInButton", self.sign_in_wanted.emit)
        self._help = push_button("tourButton", self.help_wanted.emit, "link")
        self._practise.setDefault(True)
        self._lay_out()
        self._retranslate()

    def set_busy(self, busy: bool) -> None:
        """While the practice account is being opened nothing else can be begun."""
        self._busy = busy
        for button in (self._practise, self._sign_in):
            button.setEnabled(not busy)
        self._retranslate()

    def take_focus(self) -> None:
        """Enter opens the practice account."""
        self._practise.setFocus()

    def _lay_out(self) -> None:
        card = QFrame()
        mark(card, role="card")
        card.setFixedWidth(em(self, 36))
        column = QVBoxLayout(card)
        pad = em(self, 2)
        column.setContentsMargins(pad, em(self, 1.8), pad, em(self, 1.8))
        column.setSpacing(em(self, 0.6))
        top = QHBoxLayout()
        top.setSpacing(em(self, 0.8))
        picture = QLabel()
        picture.setPixmap(application_icon().pixmap(em(self, 2.4), em(self, 2.4)))
        top.addWidget(picture)
        top.addWidget(self._heading, 1)
        column.addLayout(top)
        column.addWidget(self._about)
        column.addSpacing(em(self, 0.7))
        column.addLayout(self._lay_out_steps())
        column.addSpacing(em(self, 1))
        buttons = QHBoxLayout()
        buttons.setSpacing(em(self, 0.6))
        buttons.addWidget(self._practise)
        buttons.addWidget(self._sign_in)
        buttons.addStretch(1)
        buttons.addWidget(self._help)
        column.addLayout(buttons)
        column.addWidget(self._note)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(card)
        middle.addStretch(1)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addStretch(2)
        around.addLayout(middle)
        around.addStretch(3)

    def _lay_out_steps(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(em(self, 0.7))
        grid.setVerticalSpacing(em(self, 0.1))
        grid.setColumnStretch(1, 1)
        for place, (step, told) in enumerate(zip(self._steps, self._told, strict=True)):
            number = QLabel(str(place + 1), alignment=Qt.AlignmentFlag.AlignCenter)
            mark(number, role="step")
            grid.addWidget(number, 3 * place, 0)
            grid.addWidget(step, 3 * place, 1)
            grid.addWidget(told, 3 * place + 1, 1)
            grid.setRowMinimumHeight(3 * place + 2, em(self, 0.5))
        return grid

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self._heading.setText(self.tr("Welcome to the Push Assistant"))
        self._about.setText(
            self.tr(
                "It pushes bills down in Kingdee Cloud, many at a time: never one of them twice, and what"
                " became of each is always told."
            )
        )
        words = (
            (
                self.tr("Choose"),
                self.tr("the form and its conversion rule, for example 采购订单 → 采购入库单"),
            ),
            (self.tr("Paste"), self.tr("the bill numbers from Excel, or drag the file here")),
            (
                self.tr("Push and read"),
                self.tr("every bill shows its target bill, or why not and what to do"),
            ),
        )
        for step, told, (name, text) in zip(self._steps, self._told, words, strict=True):
            step.setText(name)
            told.setText(text)
        opening = self.tr("Opening the practice account…")
        say(self._practise, opening if self._busy else self.tr("Try it on the practice account"))
        say(self._sign_in, self.tr("Sign in to Kingdee…"))
        say(self._help, self.tr("Five-minute tour"))
        self._note.setText(
            self.tr(
                "The practice account lives on this computer alone, with made-up books: nothing can go wrong."
            )
        )
