"""A question with a few answers, asked without stopping the event loop; the last answer changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget


@dataclass(frozen=True, slots=True)
class Answer:
    """The objectName and word of a button, and what it does."""

    name: str
    word: str
    act: Callable[[], object]


def ask(
    parent: QWidget, name: str, title: str, question: str, advice: str, answers: Sequence[Answer]
) -> QMessageBox:
    """Ask; the last answer has the focus and is what Esc means. Texts from outside are shown as they are."""
    box = QMessageBox(parent)
    box.setObjectName(name)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.Question)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setWindowTitle(title)
    box.setText(question)
    box.setInformativeText(advice)
    for answer in answers:
        last = answer is answers[-1]
        role = QMessageBox.ButtonRole.RejectRole if last else QMessageBox.ButtonRole.AcceptRole
        button = box.addButton(answer.word.replace("&", "&&"), role)
        button.setObjectName(answer.name)
        button.clicked.connect(answer.act)
        if last:
            box.setDefaultButton(button)
            box.setEscapeButton(button)
    box.open()
    return box
