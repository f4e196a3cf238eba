"""The clerk's hands: from a fresh start to a finished run by the mouse; everything by the keyboard."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, Qt, QThread, QTranslator
from PySide6.QtGui import QAction, QContextMenuEvent, QGuiApplication, QInputMethodEvent, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from kdgui.app import build_program
from kdgui.application import Application
from kdgui.arguments import build_parser
from kdgui.bootstrap import open_engine
from kdgui.domain.verdicts import Reason, Row, Verdict
from kdgui.pushing.engine import PushEngine
from kdgui.store.messages.words import load_words
from kdgui.store.paths import Paths
from kdgui.store.profiles import Profile
from kdgui.ui.main_window import MainWindow
from kdgui.ui.run.run_controller import Activity
from kdgui.ui.sign_in.login_dialog import LoginDialog

pytestmark = pytest.mark.qt_log_ignore("^This plugin does not support grabbing the keyboard", extend=True)

LONG = 60_000


class Clicks(QObject):
    """Counts what the mouse does to the program."""

    count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's own name
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(watched, QWidget):
            self.count += 1
        return False


@pytest.fixture
def program(qapp: QApplication, kdgui_home: Path) -> Iterator[Application]:
    """As it stands before somebody who has never used it."""
    font, sheet = qapp.font(), qapp.styleSheet()
    program = build_program(build_parser().parse_args(["--language", "zh", "--scheme", "light"]))
    yield program
    program.window.close()
    program.close()
    program.deleteLater()
    for translator in qapp.findChildren(QTranslator):
        QCoreApplication.removeTranslator(translator)
    qapp.setFont(font)
    qapp.setStyleSheet(sheet)
    qapp.setQuitOnLastWindowClosed(True)


def visible_button(name: str) -> QAbstractButton | None:
    windows = (window for window in QApplication.topLevelWidgets() if window.isVisible())
    found = (window.findChild(QAbstractButton, name) for window in windows)
    return next((button for button in found if button is not None and button.isVisible()), None)


def shown_sign_in(program: Application) -> LoginDialog:
    dialog = program._login
    assert dialog is not None
    assert dialog.isVisible()
    return dialog


def click(name: str, qtbot: QtBot) -> None:
    """Press this button with the mouse as soon as it can be pressed."""
    qtbot.waitUntil(lambda: (found := visible_button(name)) is not None and found.isEnabled(), timeout=LONG)
    QTest.mouseClick(visible_button(name), Qt.MouseButton.LeftButton)


def test_the_first_practice_run_takes_few_clicks_and_no_typing(
    program: Application, qapp: QApplication, qtbot: QtBot
) -> None:
    clicks, began = Clicks(), time.monotonic()
    qapp.installEventFilter(clicks)
    window = program.window
    with qtbot.waitExposed(window):
        window.show()
    program.begin()
    assert window.first_page.isVisible()
    click("practiseButton", qtbot)
    click("messageAction_practice", qtbot)
    click("pushButton", qtbot)
    click("previewGoOnButton", qtbot)
    rows = window.results.model
    qtbot.waitUntil(lambda: window.controller.work is Activity.NOTHING and len(rows.rows) > 10, timeout=LONG)
    qapp.removeEventFilter(clicks)
    assert clicks.count <= 8
    assert time.monotonic() - began < 60  # of a machine that reads no word; a clerk has 180
    verdicts = [row.verdict for row in rows.rows]
    assert verdicts.count(Verdict.PUSHED) >= 10
    assert verdicts.count(Verdict.FAILED) == 1  # something to learn from
    assert all(row.reasons for row in rows.rows if row.verdict is Verdict.FAILED)


def test_whoever_was_here_before_gets_the_sign_in(program: Application, qtbot: QtBot) -> None:
    program.engine.profiles.save(Profile("https://k3.invalid/k3cloud/", "1", "demo"))
    program.window.show()
    program.begin()
    qtbot.waitUntil(lambda: visible_button("loginButton") is not None, timeout=LONG)
    assert not program.window.first_page.isVisible()


def test_the_sign_in_is_shown_before_the_window_and_stays_above_it(
    program: Application, qtbot: QtBot
) -> None:
    program.engine.profiles.save(Profile("https://k3.invalid/k3cloud/", "1", "demo"))
    program.start()
    dialog = shown_sign_in(program)
    windows = [each for each in QApplication.topLevelWidgets() if isinstance(each, MainWindow)]
    assert not any(map(MainWindow.isVisible, windows))
    qtbot.waitUntil(lambda: dialog.form.server_edit.text() != "", timeout=LONG)
    dialog.form.user_edit.setText("typed")
    qtbot.waitUntil(program.window.isVisible, timeout=LONG)
    assert dialog.isVisible()
    assert dialog.windowHandle().transientParent() is program.window.windowHandle()
    assert dialog.form.user_edit.text() == "typed"
    dialog.reject()
    assert program.window.isVisible()


def test_whoever_closes_the_sign_in_before_the_window_is_there_gets_the_window(
    program: Application, qtbot: QtBot
) -> None:
    program.engine.profiles.save(Profile("https://k3.invalid/k3cloud/", "1", "demo"))
    program.start()
    shown_sign_in(program).reject()
    assert program.window.isVisible()
    qtbot.waitUntil(lambda: program.findChild(QThread).isFinished(), timeout=LONG)


def test_the_first_page_leads_to_the_sign_in_too(program: Application, qtbot: QtBot) -> None:
    program.window.show()
    program.begin()
    click("firstSignInButton", qtbot)
    qtbot.waitUntil(lambda: visible_button("loginButton") is not None, timeout=LONG)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[PushEngine]:
    with open_engine(Paths(tmp_path / "home"), attended=True) as engine:
        yield engine


@pytest.fixture
def window(qtbot: QtBot, dressed: QApplication, engine: PushEngine, tmp_path: Path) -> MainWindow:
    window = MainWindow(engine, load_words("en"), geometry_file=tmp_path / "window.ini")
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


def texts(window: MainWindow) -> list[str]:
    return [number.text for number in window.numbers.model.numbers]


def test_paste_and_undo_work_wherever_the_focus_is_but_in_a_field(window: MainWindow, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setText("CGDD1\nCGDD2\n")
    button = window.choose.findChild(QPushButton, "mergedButton")
    for widget in (window.numbers.grid, button, window.strip.history_button):
        widget.setFocus()
        qtbot.waitUntil(widget.hasFocus)
        QTest.keyClick(widget, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        assert texts(window) == ["CGDD1", "CGDD2"]
        QTest.keyClick(widget, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert texts(window) == []
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(window.strip.history_button, Qt.Key.Key_Z, both)
    assert texts(window) == ["CGDD1", "CGDD2"]
    search = window.strip.search_edit
    QTest.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(search.hasFocus)
    QGuiApplication.clipboard().setText("CGDD7")
    QTest.keyClick(search, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert (search.text(), texts(window)) == ("CGDD7", ["CGDD1", "CGDD2"])
    QTest.keyClick(search, Qt.Key.Key_Escape)
    assert search.text() == ""


def test_f5_checks_or_asks_again_about_what_is_open(window: MainWindow, qtbot: QtBot) -> None:
    heard: list[str] = []
    window.numbers.check_wanted.disconnect()
    window.results.settle_wanted.disconnect()
    window.numbers.check_wanted.connect(lambda: heard.append("check"))
    window.results.settle_wanted.connect(lambda: heard.append("ask"))
    window.numbers.paste_text("CGDD1\n")
    QTest.keyClick(window.numbers.grid, Qt.Key.Key_F5)
    assert heard == []  # nobody is signed in: the button rests, and so does its key
    window.numbers.set_obstacle("")
    QTest.keyClick(window.numbers.grid, Qt.Key.Key_F5)
    window.results.show_run((Row("r", 0, "A", Verdict.UNSETTLED, reasons=(Reason.of("no_answer"),)),))
    window.results.view.setFocus()
    QTest.keyClick(window.results.view, Qt.Key.Key_F5)
    window.numbers.grid.setFocus()
    QTest.keyClick(window.numbers.grid, Qt.Key.Key_F5)
    assert heard == ["check", "ask", "check"]


def test_no_key_of_one_letter_does_anything(window: MainWindow) -> None:
    keys = [each.key() for each in window.findChildren(QShortcut)]
    keys += [key for action in window.findChildren(QAction) for key in action.shortcuts()]
    keys += [button.shortcut() for button in window.findChildren(QAbstractButton)]
    names = {key.toString() for key in keys if not key.isEmpty()}
    assert {"F5", "Ctrl+F", "Ctrl+V", "Ctrl+Z", "Ctrl+Shift+Z"} <= names
    letters = re.compile(r"(Alt\+)?[A-Z0-9]")  # a mnemonic would be one too
    assert [name for name in names if letters.fullmatch(name)] == []


def compose(field: QWidget, before: str, committed: str) -> None:
    """What an input method does: letters in the making, then the words chosen."""
    for end in range(1, len(before) + 1):
        QApplication.sendEvent(field, QInputMethodEvent(before[:end], []))
    chosen = QInputMethodEvent("", [])
    chosen.setCommitString(committed)
    QApplication.sendEvent(field, chosen)


def test_an_input_method_loses_no_letter(window: MainWindow, qtbot: QtBot) -> None:
    window.results.show_run(tuple(Row("r", at, f"采购{at}", Verdict.QUEUED) for at in range(3)))
    search = window.strip.search_edit
    search.setFocus()
    QApplication.sendEvent(search, QInputMethodEvent("cai'gou", []))
    assert window.results.model.rowCount() == 3  # nothing is searched for while it is being composed
    compose(search, "cai'gou", "采购")
    QTest.keyClicks(search, "2")
    assert (search.text(), window.results.model.rowCount()) == ("采购2", 1)
    grid = window.numbers.grid
    grid.setFocus()
    for text in ("采购", "销售"):
        compose(grid, "cai'gou", text)
        editor = QApplication.focusWidget()
        assert isinstance(editor, QLineEdit)
        QTest.keyClicks(editor, "001")
        QTest.keyClick(editor, Qt.Key.Key_Return)
        qtbot.waitUntil(grid.hasFocus)
    assert texts(window) == ["采购001", "销售001"]
    picker = window.choose.form.lineEdit()
    picker.setFocus()
    compose(picker, "cai'gou", "采购")
    compose(picker, "ding'dan", "订单")
    assert picker.text() == "采购订单"
    QTest.keyClick(QApplication.activePopupWidget(), Qt.Key.Key_Escape)
    assert picker.text() == "采购订单"


def open_menu(view: QWidget, qtbot: QtBot) -> list[str]:
    """What the menu key offers."""
    at = QPoint(5, 5)
    asked = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, at, view.mapToGlobal(at))
    QApplication.sendEvent(view, asked)
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    words = [action.text() for action in menu.actions() if action.isVisible() and not action.isSeparator()]
    menu.close()
    return words


def test_grid_and_results_have_menus_of_their_own(window: MainWindow, qtbot: QtBot) -> None:
    window.numbers.paste_text("CGDD1\n")
    assert {"Paste", "Copy", "Remove rows", "Undo"} <= set(open_menu(window.numbers.grid.viewport(), qtbot))
    window.results.show_run((Row("r", 0, "A", Verdict.UNSETTLED, reasons=(Reason.of("no_answer"),)),))
    window.results.view.selectRow(0)
    offered = open_menu(window.results.view.viewport(), qtbot)
    assert {"Target numbers only", "Copy for IT", "Ask Kingdee", "Settle by hand…"} <= set(offered)
