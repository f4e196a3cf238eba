"""Card 2 as a clerk uses it: paste, type, undo, open a file, come back after a crash."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from openpyxl import Workbook
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from kdgui.bootstrap import open_engine
from kdgui.pushing.engine import PushEngine
from kdgui.store.messages.words import load_words
from kdgui.store.paths import Paths
from kdgui.ui.numbers.import_dialog import ImportDialog
from kdgui.ui.numbers.numbers_model import Column
from kdgui.ui.numbers.numbers_pane import NumbersPane

pytestmark = pytest.mark.usefixtures("english")

WORDS = load_words("en")
THREE = "CGDD000412\r\nCGDD000413\r\nCGDD000414\r\n"


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
    pane.activateWindow()
    pane.grid.setFocus()
    return pane


def texts(pane: NumbersPane) -> list[str]:
    return [number.text for number in pane.model.numbers]


def button(window: QWidget, name: str) -> QPushButton:
    found = window.findChild(QPushButton, name)
    assert found is not None
    return found


def notice(pane: NumbersPane) -> str:
    return pane._notice.text()


def the_dialog(pane: NumbersPane) -> ImportDialog:
    (dialog,) = [each for each in pane.findChildren(ImportDialog) if each.isVisible()]
    return dialog


def look_again(pane: NumbersPane) -> ImportDialog:
    press(pane, "lookAgainButton")
    return the_dialog(pane)


def press(window: QWidget, name: str) -> None:
    assert button(window, name).isEnabled()
    QTest.mouseClick(button(window, name), Qt.MouseButton.LeftButton)


def choose(dialog: ImportDialog, name: str, text: str, qtbot: QtBot) -> None:
    """Choose it with the keyboard, as a clerk would: keys open the list first. Wait until it was read."""
    combo = dialog.findChild(QComboBox, name)
    combo.setFocus()
    before = dialog.chosen
    QTest.keyClick(combo, Qt.Key.Key_Down)
    for _ in range(combo.count()):
        if text in str(combo.view().currentIndex().data()):
            break
        QTest.keyClick(combo.view(), Qt.Key.Key_Down)
    QTest.keyClick(combo.view(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dialog.chosen is not before and button(dialog, "importTakeButton").isEnabled())
    assert text in combo.currentText()


def test_ctrl_v_in_the_grid_and_anywhere_in_the_pane(pane: NumbersPane) -> None:
    QGuiApplication.clipboard().setText(THREE)
    QTest.keyClick(pane.grid, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert texts(pane) == ["CGDD000412", "CGDD000413", "CGDD000414"]
    QGuiApplication.clipboard().setText("CGDD000415")
    QTest.keyClick(button(pane, "pasteButton"), Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert texts(pane)[3:] == ["CGDD000415"]
    QTest.mouseClick(button(pane, "pasteButton"), Qt.MouseButton.LeftButton)
    assert texts(pane)[4:] == ["CGDD000415"]


def test_delete_undo_redo_and_select_all_from_the_keyboard(pane: NumbersPane) -> None:
    control = Qt.KeyboardModifier.ControlModifier
    pane.paste_text(THREE)
    pane.grid.setCurrentIndex(pane.model.index(1, Column.NUMBER))
    QTest.keyClick(pane.grid, Qt.Key.Key_Delete)
    assert texts(pane) == ["CGDD000412", "CGDD000414"]
    QTest.keyClick(pane.grid, Qt.Key.Key_Z, control)
    assert len(texts(pane)) == 3
    QTest.keyClick(pane.grid, Qt.Key.Key_Y, control)
    assert len(texts(pane)) == 2
    QTest.keyClick(pane.grid, Qt.Key.Key_A, control)
    QTest.keyClick(pane.grid, Qt.Key.Key_C, control)
    assert QGuiApplication.clipboard().text() == "CGDD000412\nCGDD000414"
    QTest.keyClick(pane.grid, Qt.Key.Key_Delete)
    assert texts(pane) == []


def holds(pane: NumbersPane, count: int) -> bool:
    return len(texts(pane)) == count


def test_typing_numbers_one_after_the_other_into_the_bottom_line(pane: NumbersPane, qtbot: QtBot) -> None:
    for count, number in enumerate(("CGDD1001", "CGDD1002"), start=1):
        QTest.keyClicks(pane.grid, number[:1])
        editor = QApplication.focusWidget()
        QTest.keyClicks(editor, number[1:])
        QTest.keyClick(editor, Qt.Key.Key_Return)
        qtbot.waitUntil(partial(holds, pane, count))
        qtbot.waitUntil(pane.grid.hasFocus)
    assert texts(pane) == ["CGDD1001", "CGDD1002"]
    assert pane.grid.currentIndex().row() == 2


def test_an_input_method_may_begin_a_number(pane: NumbersPane, qtbot: QtBot) -> None:
    QApplication.sendEvent(pane.grid, QInputMethodEvent("cai gou", []))
    chosen = QInputMethodEvent("", [])
    chosen.setCommitString("采购")
    QApplication.sendEvent(QApplication.focusWidget(), chosen)
    editor = QApplication.focusWidget()
    QTest.keyClicks(editor, "001")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: texts(pane) == ["采购001"])


def test_a_table_pasted_into_a_cell_goes_into_rows(pane: NumbersPane) -> None:
    QGuiApplication.clipboard().setText(THREE)
    pane.grid.edit(pane.grid.currentIndex())
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert texts(pane) == ["CGDD000412", "CGDD000413", "CGDD000414"]


def test_what_was_left_out_is_said_and_the_column_can_be_changed(pane: NumbersPane, qtbot: QtBot) -> None:
    pane.paste_text("单据编号\t源单\r\nCGDD000412\tXSDD000001\r\nCGDD000413\tXSDD000002\r\n合计\t\r\n")
    assert texts(pane) == ["CGDD000412", "CGDD000413"]
    assert notice(pane) == ("Taken: 2, from column “单据编号”, left out: Header 1 / Total 1")
    dialog = look_again(pane)
    choose(dialog, "importColumnCombo", "源单", qtbot)
    press(dialog, "importTakeButton")
    assert texts(pane) == ["XSDD000001", "XSDD000002"]
    pane.model.undo_stack.undo()
    assert texts(pane) == []
    assert not button(pane, "lookAgainButton").isVisible()


class Heart:
    """Beats every 10 ms on the window's thread and remembers the longest pause."""

    def __init__(self) -> None:
        self.longest, self._last = 0.0, time.perf_counter()
        self._timer = QTimer(interval=10, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self) -> None:
        now = time.perf_counter()
        self.longest, self._last = max(self.longest, now - self._last), now


def test_a_megabyte_of_prose_leaves_the_grid_as_it_was_and_does_not_freeze(
    pane: NumbersPane, qtbot: QtBot
) -> None:
    pane.paste_text(THREE)
    heart = Heart()
    pane.paste_text("请把本月的采购订单尽快审核，审核后再下推入库。\n" * 20_000)
    qtbot.waitUntil(lambda: "Nothing was taken" in notice(pane))
    assert texts(pane) == ["CGDD000412", "CGDD000413", "CGDD000414"]
    assert heart.longest < 0.5  # some 20 ms on an idle machine; a freeze was a second and more


def test_twenty_thousand_rows_are_pasted_selected_and_removed_without_a_freeze(
    pane: NumbersPane, qtbot: QtBot
) -> None:
    heart = Heart()
    pane.paste_text("\n".join(f"{n}\t2026-11-23\tCGDD{n:06d}\t{n}.50\t备注" for n in range(20_000)))
    qtbot.waitUntil(lambda: len(pane.model.numbers) == 20_000)
    pane.grid.selectAll()
    qtbot.wait(50)
    pane.grid.remove_selected()
    qtbot.wait(50)
    assert pane.model.numbers == ()
    assert heart.longest < 0.5  # some 30 ms on an idle machine; a freeze was a second and more


def test_the_push_button_counts_what_would_be_pushed(pane: NumbersPane) -> None:
    push = button(pane, "pushButton")
    assert not push.isEnabled()
    pane.paste_text(THREE + "CGDD000412\r\n1.23E+15\r\n")
    assert (push.text(), push.isEnabled(), push.accessibleName()) == ("Push 3", True, "Push 3")
    assert pane.numbers_to_push() == ("CGDD000412", "CGDD000413", "CGDD000414")
    pane.set_obstacle("Choose a conversion rule.")
    assert not push.isEnabled()
    assert "Choose a conversion rule." in pane._tally.text()
    pane.set_obstacle("")
    pane.set_busy(True)
    assert not push.isEnabled()


def test_clear_can_be_undone(pane: NumbersPane) -> None:
    pane.paste_text(THREE)
    QTest.mouseClick(button(pane, "clearButton"), Qt.MouseButton.LeftButton)
    assert texts(pane) == []
    assert notice(pane) == "Rows taken out: 3. Ctrl+Z brings them back."
    pane.model.undo_stack.undo()
    assert len(texts(pane)) == 3


def test_a_workbook_is_read_without_its_hidden_rows_unless_asked(
    pane: NumbersPane, qtbot: QtBot, tmp_path: Path
) -> None:
    book = Workbook()
    sheet = book.active
    for line in (["单据编号"], ["CGDD000412"], ["CGDD000413"], ["CGDD000414"]):
        sheet.append(line)
    sheet.row_dimensions[3].hidden = True
    book.save(tmp_path / "numbers.xlsx")
    pane.read_file(tmp_path / "numbers.xlsx")
    qtbot.waitUntil(lambda: bool(texts(pane)))
    assert texts(pane) == ["CGDD000412", "CGDD000414"]
    assert "Hidden 1" in notice(pane)
    dialog = look_again(pane)
    check = dialog.findChild(QCheckBox, "importHiddenCheck")
    assert check.text() == "Hidden rows as well: 1"
    check.click()
    qtbot.waitUntil(lambda: button(dialog, "importTakeButton").text() == "Take 3 numbers")
    press(dialog, "importTakeButton")
    assert texts(pane) == ["CGDD000412", "CGDD000413", "CGDD000414"]


def test_a_file_that_is_no_text_is_told_and_takes_nothing(
    pane: NumbersPane, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0")
    with qtbot.waitSignal(pane.troubled) as told:
        pane.read_file(tmp_path / "picture.txt")
    assert told.args[0].code == "file_not_text"
    assert (texts(pane), notice(pane)) == ([], "")


def test_the_grid_is_kept_and_comes_back(pane: NumbersPane, qtbot: QtBot, engine: PushEngine) -> None:
    pane.paste_text(THREE + "ＣＧＤＤ１\r\n")
    qtbot.waitUntil(lambda: "CGDD000414" in (engine.journal.load_draft("grid") or ""))
    later = NumbersPane(engine, lambda: WORDS)
    qtbot.addWidget(later)
    later.restore()
    qtbot.waitUntil(lambda: len(texts(later)) == 4)
    assert later.model.numbers == pane.model.numbers
    assert not later.model.undo_stack.canUndo()


def test_what_is_typed_is_kept_a_second_later(pane: NumbersPane, qtbot: QtBot, engine: PushEngine) -> None:
    pane.model.replace(0, "CGDD000777")
    qtbot.waitUntil(lambda: "CGDD000777" in (engine.journal.load_draft("grid") or ""), timeout=4000)


def test_the_empty_grid_says_what_to_do(pane: NumbersPane) -> None:
    assert "Ctrl+V" in pane.grid.accessibleDescription()
    QApplication.sendEvent(pane, QEvent(QEvent.Type.LanguageChange))
    assert pane.grid.accessibleName() == "Bill numbers"
