"""Enter does what the focused button says; in a count it goes to the button and presses nothing."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from kdgui.ui.run.confirm_dialog import ConfirmDialog, Question
from kdgui.ui.widgets.card import push_button
from tests.ui.conftest import Clerk

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


@pytest.mark.parametrize("key", ENTER)
def test_enter_presses_the_focused_button(qtbot: QtBot, english: object, key: Qt.Key) -> None:
    pressed: list[bool] = []
    button = push_button("someButton", lambda: pressed.append(True))
    qtbot.addWidget(button)
    button.show()
    QTest.keyClick(button, key)
    assert pressed == [True]


@pytest.fixture
def asked(qtbot: QtBot, english: object) -> ConfirmDialog:
    facts = (("Data centre", "Main books"),)
    dialog = ConfirmDialog(Question(title="Push?", facts=facts, go="Push 120", count=120, typed=True))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.show()
    return dialog


def test_enter_in_the_count_goes_to_the_button_and_neither_cancels_nor_pushes(asked: ConfirmDialog) -> None:
    edit, go = asked.findChild(QLineEdit, "countEdit"), asked.findChild(QPushButton, "confirmButton")
    ended: list[int] = []
    asked.finished.connect(ended.append)
    edit.setFocus()
    QTest.keyClicks(edit, "12")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert (asked.isVisible(), edit.hasFocus(), edit.selectedText(), ended) == (True, True, "12", [])
    QTest.keyClicks(edit, "120")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert (asked.isVisible(), go.hasFocus(), ended) == (True, True, [])
    QTest.keyClick(go, Qt.Key.Key_Return)
    assert ended == [1]


def test_enter_on_the_button_pushes_though_cancel_is_the_default(asked: ConfirmDialog) -> None:
    ended: list[int] = []
    asked.finished.connect(ended.append)
    QTest.keyClick(asked.findChild(QPushButton, "cancelButton"), Qt.Key.Key_Return)
    assert ended == [0]


@pytest.mark.parametrize(
    "field",
    ["serverEdit", "dataCentreCombo", "labelCombo", "modeCombo", "userEdit", "passwordEdit", "languageCombo"],
)
def test_enter_signs_in_from_every_field(open_dialog, field: str) -> None:
    clerk: Clerk = open_dialog()
    edit = clerk.dialog.findChild(QWidget, field)
    edit.setFocus()
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert clerk.message.startswith("请填写")
