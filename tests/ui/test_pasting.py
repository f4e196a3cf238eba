"""Pasting into an open cell, by keys and by the menu: a table goes to the grid and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from kdgui.bootstrap import open_engine
from kdgui.pushing.engine import PushEngine
from kdgui.store.messages.words import load_words
from kdgui.store.paths import Paths
from kdgui.ui.numbers.numbers_pane import NumbersPane

pytestmark = pytest.mark.usefixtures("english")

WORDS = load_words("en")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[PushEngine]:
    with open_engine(Paths(tmp_path / "home"), attended=True) as engine:
        yield engine


@pytest.fixture
def pane(qtbot: QtBot, dressed: QApplication, engine: PushEngine) -> NumbersPane:
    pane = NumbersPane(engine, lambda: WORDS)
    qtbot.addWidget(pane)
    pane.resize(520, 560)
    with qtbot.waitExposed(pane):
        pane.show()
    return pane


def texts(pane: NumbersPane) -> list[str]:
    return [number.text for number in pane.model.numbers]


def notice(pane: NumbersPane) -> str:
    return pane.findChild(QLabel, "numbersNotice").text()


def clipboard_table(rows: int, *, hidden: bool = True) -> QMimeData:
    """A table as Excel copies it, every other row hidden."""
    lines = [f"CGDD{row:06d}\t备注" for row in range(rows)]
    cells = "".join(
        f"<tr{' style=display:none' if row % 2 and hidden else ''}><td>CGDD{row:06d}</td><td>备注</td></tr>"
        for row in range(rows)
    )
    data = QMimeData()
    data.setText("\r\n".join(lines) + "\r\n")
    data.setHtml(f"<html xmlns:x='urn:schemas-microsoft-com:office:excel'><table>{cells}</table></html>")
    return data


def open_editor(pane: NumbersPane, text: str) -> QLineEdit:
    pane.grid.setFocus()
    pane.grid.go_to_empty_line()
    pane.grid.edit(pane.grid.currentIndex())
    editor = pane.grid.findChild(QLineEdit)
    QTest.keyClicks(editor, text)
    return editor


def by_keys(editor: QLineEdit) -> None:
    QTest.keySequence(editor, QKeySequence(QKeySequence.StandardKey.Paste))


def by_menu(editor: QLineEdit) -> None:
    where = QPoint(3, 3)
    reason = QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(editor, QContextMenuEvent(reason, where, editor.mapToGlobal(where)))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    paste = next(action for action in menu.actions() if action.objectName() == "edit-paste")
    paste.trigger()
    menu.close()


@pytest.mark.qt_log_ignore("grabbing the keyboard", extend=True)  # offscreen menus cannot
@pytest.mark.parametrize("paste", [by_keys, by_menu])
def test_a_table_pasted_into_an_open_cell_is_read_as_everywhere(
    pane: NumbersPane, qtbot: QtBot, paste: Callable[[QLineEdit], None]
) -> None:
    QGuiApplication.clipboard().setMimeData(clipboard_table(50))
    paste(open_editor(pane, "CGDD999999"))
    qtbot.waitUntil(lambda: len(texts(pane)) == 26)
    assert texts(pane)[:2] == ["CGDD999999", "CGDD000000"]
    assert "Hidden 25" in notice(pane)


@pytest.mark.qt_log_ignore("grabbing the keyboard", extend=True)  # offscreen menus cannot
@pytest.mark.parametrize("paste", [by_keys, by_menu])
def test_a_single_number_pasted_into_an_open_cell_stays_there(
    pane: NumbersPane, qtbot: QtBot, paste: Callable[[QLineEdit], None]
) -> None:
    QGuiApplication.clipboard().setText("0412")
    editor = open_editor(pane, "CGDD")
    paste(editor)
    assert editor.text() == "CGDD0412"
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: texts(pane) == ["CGDD0412"])


def test_a_page_of_any_size_tells_hidden_rows(pane: NumbersPane, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setMimeData(clipboard_table(5_000))
    QTest.mouseClick(pane.findChild(QPushButton, "pasteButton"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(texts(pane)) == 2_500, timeout=20_000)
