"""Wheel, arrows and letters leave a closed field as it is, everywhere in the window."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

import kdgui.ui
from kdgui.ui.widgets.fields import Combo, DateField, Spin

KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
PLAIN = {"QComboBox", "QSpinBox", "QDoubleSpinBox", "QDateEdit", "QTimeEdit", "QDateTimeEdit"}


def turn_wheel(widget: QWidget) -> QWheelEvent:
    middle = QPointF(widget.rect().center())
    event = QWheelEvent(
        middle,
        widget.mapToGlobal(middle),
        QPoint(0, -120),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)
    return event


@pytest.fixture
def combo(qtbot: QtBot, english: object) -> Combo:
    combo = Combo()
    combo.addItems(["push only", "submit", "approve"])
    qtbot.addWidget(combo)
    with qtbot.waitExposed(combo):
        combo.show()
    combo.setFocus()
    return combo


def test_the_wheel_over_a_closed_combo_scrolls_the_page_instead(combo: Combo) -> None:
    event = turn_wheel(combo)
    assert (combo.currentIndex(), event.isAccepted(), combo.view().isVisible()) == (0, False, False)
    assert combo.focusPolicy() is Qt.FocusPolicy.StrongFocus


@pytest.mark.parametrize("key", [*KEYS, Qt.Key.Key_End, Qt.Key.Key_A])
def test_a_key_opens_the_list_and_only_a_choice_in_it_counts(combo: Combo, key: Qt.Key) -> None:
    QTest.keyClick(combo, key)
    assert (combo.currentIndex(), combo.view().isVisible()) == (0, True)
    QTest.keyClick(combo.view(), Qt.Key.Key_Down)
    QTest.keyClick(combo.view(), Qt.Key.Key_Escape)
    assert (combo.currentIndex(), combo.view().isVisible()) == (0, False)
    QTest.keyClick(combo, Qt.Key.Key_Down)
    combo.view().setCurrentIndex(combo.model().index(1, 0))
    QTest.keyClick(combo.view(), Qt.Key.Key_Return)
    assert combo.currentIndex() == 1


def test_wheel_and_arrows_leave_numbers_and_days_as_they_are(qtbot: QtBot, english: object) -> None:
    for field in (Spin(), DateField()):
        qtbot.addWidget(field)
        field.show()
        before = field.text()
        turn_wheel(field)
        for key in KEYS:
            QTest.keyClick(field, key)
        assert field.text() == before
    number = Spin()
    qtbot.addWidget(number)
    number.setRange(1, 1000)
    number.selectAll()
    QTest.keyClicks(number, "250")
    assert number.value() == 250


def test_the_window_is_made_of_such_fields_alone() -> None:
    folder = Path(kdgui.ui.__file__).parent
    plain = []
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            bases = node.bases if isinstance(node, ast.ClassDef) else []
            made = [node.func] if isinstance(node, ast.Call) else bases
            names = [each.id for each in made if isinstance(each, ast.Name)]
            plain += [f"{path.name}: {name}" for name in names if name in PLAIN]
    assert sorted(plain) == ["fields.py: QComboBox", "fields.py: QDateEdit", "fields.py: QSpinBox"]
