"""Files and texts that are let go anywhere on the window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QTextEdit, QWidget
from pytestqt.qtbot import QtBot

from kdgui.pushing.engine import PushEngine
from kdgui.store.messages.words import Words
from kdgui.ui.main_window import MainWindow
from kdgui.ui.run.run_controller import Activity

ACTION = Qt.DropAction.CopyAction
HELD = (Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)


@pytest.fixture
def window(engine: PushEngine, english: Words, qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    window = MainWindow(engine, english, geometry_file=tmp_path / "window.ini")
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    yield window
    window.controller._set_work(Activity.NOTHING)


@pytest.fixture
def file(tmp_path: Path) -> QMimeData:
    (tmp_path / "编号.csv").write_bytes(b"CGDD000412\r\nCGDD000413\r\n")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "编号.csv"))])
    return data


def text_of(text: str) -> QMimeData:
    data = QMimeData()
    data.setText(text)
    return data


def enter(target: QWidget, data: QMimeData) -> bool:
    """Drag it over this, as the window system does; whether it would be taken."""
    first = QDragEnterEvent(QPoint(9, 9), ACTION, data, *HELD)
    first.ignore()
    QApplication.sendEvent(target, first)
    if first.isAccepted():
        move = QDragMoveEvent(QPoint(10, 9), ACTION, data, *HELD)
        move.accept()
        QApplication.sendEvent(target, move)
        assert move.isAccepted()
    return first.isAccepted()


def let_go(target: QWidget, data: QMimeData) -> None:
    QApplication.sendEvent(target, QDropEvent(QPointF(10, 9), ACTION, data, *HELD))


def numbers(window: MainWindow) -> list[str]:
    return [number.text for number in window.numbers.model.numbers]


def hinted(window: MainWindow) -> bool:
    """Whether card 2 shows that it would take it."""
    return window.numbers._awaited


def test_a_file_is_taken_anywhere_and_card_2_shows_it(
    window: MainWindow, file: QMimeData, qtbot: QtBot
) -> None:
    assert enter(window, file)
    assert hinted(window)
    QApplication.sendEvent(window, QDragLeaveEvent())
    assert not hinted(window)
    assert enter(window, file)
    let_go(window, file)
    assert not hinted(window)
    qtbot.waitUntil(lambda: numbers(window) == ["CGDD000412", "CGDD000413"])


def test_a_file_over_a_field_is_for_the_grid_and_a_text_for_the_field(
    window: MainWindow, file: QMimeData, qtbot: QtBot
) -> None:
    search = window.strip.search_edit
    assert enter(search, file)
    let_go(search, file)
    qtbot.waitUntil(lambda: len(numbers(window)) == 2)
    assert search.text() == ""
    assert enter(search, text_of("CGDD000499"))
    assert not hinted(window)
    let_go(search, text_of("CGDD000499"))
    assert search.text() == "CGDD000499"
    assert len(numbers(window)) == 2


def test_a_text_is_taken_as_well(window: MainWindow) -> None:
    assert enter(window, text_of("CGDD000414\n"))
    let_go(window, text_of("CGDD000414\n"))
    assert numbers(window) == ["CGDD000414"]
    assert not window.results.findChild(QTextEdit, "detailText").acceptDrops()  # it would refuse in vain


def test_during_a_run_only_card_2_takes_anything(window: MainWindow) -> None:
    window.controller._set_work(Activity.RUN)
    assert not enter(window, text_of("CGDD000414\n"))
    let_go(window, text_of("CGDD000414\n"))
    assert numbers(window) == []
    assert enter(window.numbers, text_of("CGDD000415\n"))
    let_go(window.numbers, text_of("CGDD000415\n"))
    assert numbers(window) == ["CGDD000415"]


def test_the_first_page_takes_nothing_into_a_grid_that_nobody_sees(window: MainWindow) -> None:
    window.welcome()
    assert not enter(window, text_of("CGDD000414\n"))
