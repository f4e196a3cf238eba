"""Asking before bills are pushed: the facts, the focus on 取消, the count typed where it is dangerous."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from kdgui.ui.widgets.card import plain_label, push_button, say
from kdgui.ui.widgets.fields import CountEdit
from kdgui.ui.widgets.fitting_dialog import FittingDialog
from kdgui.ui.widgets.style import Tone, em, mark, named

TYPED_ABOVE = 100
"""In a production data centre more bills than this are pushed only after the count was typed."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked.

    Attributes:
        title: the question itself.
        facts: names and values, in order: data centre, organisation, user, rule, count …
        production: the books are real ones: red. tone: the colour of others.
        go: the word on the button that does it.
        warning: what could go wrong, or "".
        count: how many bills; typed out where `typed`.
        extra: more bills that a tick adds (presumed failures), 0 for no tick.
        extra_text: what the tick says.
    """

    title: str
    facts: tuple[tuple[str, str], ...]
    go: str
    count: int
    production: bool = True
    tone: Tone = Tone.OK
    warning: str = ""
    typed: bool = False
    extra: int = 0
    extra_text: str = ""


class ConfirmDialog(FittingDialog):
    """Accepted only when it was meant: Return presses 取消, and the count is typed where asked for."""

    def __init__(self, question: Question, parent: QWidget | None = None) -> None:
        super().__init__(parent, ems_wide=28)
        self.setObjectName("confirmDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(question.title)
        self._question = question
        self._tick = named("extraCheck", QCheckBox(question.extra_text.replace("&", "&&")))
        self._tick.setVisible(question.extra > 0)
        self._cancel = push_button("cancelButton", self.reject)
        self._go = push_button("confirmButton", self.accept, "danger" if question.production else "primary")
        self._edit = named("countEdit", CountEdit(self._go))
        say(self._cancel, self.tr("Cancel"))
        say(self._go, question.go)
        self._lay_out()
        self._edit.textChanged.connect(self._refresh)
        self._tick.toggled.connect(self._refresh)
        self._cancel.setDefault(True)
        self._cancel.setFocus()
        self._refresh()

    @property
    def with_extra(self) -> bool:
        """Whether the tick is set."""
        return self._tick.isChecked()

    @property
    def count(self) -> int:
        """How many bills it is about now."""
        return self._question.count + (self._question.extra if self.with_extra else 0)

    def accept(self) -> None:
        if self._allowed():
            super().accept()

    def _allowed(self) -> bool:
        return self.count > 0 and (not self._question.typed or self._edit.text() == str(self.count))

    def _refresh(self) -> None:
        self._go.setEnabled(self._allowed())
        self._ask.setText(self.tr("Type {n} to go on:").format(n=self.count))
        self._edit.setAccessibleName(self._ask.text())

    def _lay_out(self) -> None:
        column = self.column
        title = plain_label("heading", wrap=True)
        title.setText(self._question.title)
        column.addWidget(title)
        column.addWidget(self._facts_card(self._question.facts))
        if self._question.warning:
            column.addWidget(self._warning_strip(self._question.warning))
        column.addWidget(self._tick)
        self._ask = plain_label()
        typed = QHBoxLayout()
        typed.addWidget(self._ask)
        typed.addWidget(self._edit)
        typed.addStretch(1)
        if self._question.typed:
            self.pinned.addLayout(typed)
        self.buttons.addStretch(1)
        self.buttons.addWidget(self._go)
        self.buttons.addWidget(self._cancel)

    def _facts_card(self, facts: Sequence[tuple[str, str]]) -> QFrame:
        card = QFrame()
        mark(card, role="card")
        grid = QGridLayout(card)
        pad = em(self, 0.8)
        grid.setContentsMargins(pad, pad, pad, pad)
        grid.setHorizontalSpacing(em(self, 1))
        grid.setVerticalSpacing(em(self, 0.35))
        grid.setColumnStretch(1, 1)
        for place, (name, value) in enumerate(facts):
            label, text = plain_label("muted"), plain_label(wrap=True)
            label.setText(name)
            text.setText(value)
            if place == 0:
                mark(text, tone=(Tone.BAD if self._question.production else self._question.tone).value)
                font = text.font()
                font.setBold(True)
                text.setFont(font)
            grid.addWidget(label, place, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(text, place, 1)
        return card

    def _warning_strip(self, warning: str) -> QFrame:
        strip = QFrame()
        mark(strip, role="strip", tone="warn")
        label = plain_label(wrap=True)
        label.setText(warning)
        mark(label, tone="warn")
        column = QVBoxLayout(strip)
        pad = em(self, 0.6)
        column.setContentsMargins(pad, pad, pad, pad)
        column.addWidget(label)
        return strip
