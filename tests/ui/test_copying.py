"""Copying results: rows and numbers, and the result column, one line for each line of the clerk's list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from kdgui.domain.bills import TargetBill
from kdgui.domain.verdicts import Reason, Row, Verdict
from kdgui.store.messages.words import Words
from kdgui.ui.results.results_pane import ResultsPane
from kdgui.ui.results.run_digest import Tab

PUSHED = Row(
    "r", 0, "CGDD000000", Verdict.PUSHED, targets=(TargetBill("STK_InStock", "7", "CGRK000000", "A"),)
)
REFUSAL = Reason.of("server_said", "=HYPERLINK(1)\n供应商已禁用", 11)
FAILED = Row("r", 1, "CGDD000001", Verdict.FAILED, reasons=(REFUSAL,))
AGAIN = replace(PUSHED, position=2, number="CGDD000002", targets=(TargetBill("F", "8", "CGRK000002"),))


@pytest.fixture
def pane(chinese: Words, qtbot: QtBot) -> ResultsPane:
    pane = ResultsPane(lambda: chinese)
    qtbot.addWidget(pane)
    pane.resize(900, 700)
    pane.show()
    pane.show_run([PUSHED, FAILED, AGAIN])
    return pane


def copied(pane: ResultsPane, qtbot: QtBot, call: Callable[[], None]) -> list[list[str]]:
    with qtbot.waitSignal(pane.told):
        call()
    return [line.split("\t") for line in QGuiApplication.clipboard().text().split("\n")]


def test_targets_of_all_shown_or_of_the_selected(pane: ResultsPane, qtbot: QtBot) -> None:
    targets = pane.copying.targets
    assert copied(pane, qtbot, targets) == [["CGRK000000"], ["CGRK000002"]]
    pane.view.selectAll()
    pane.tabs.setCurrentIndex(Tab.HANDS)
    with qtbot.waitSignal(pane.told) as told:
        targets()
    assert "还没有目标单据" in told.args[0]


def test_rows_are_a_table_in_which_excel_changes_nothing(pane: ResultsPane, qtbot: QtBot) -> None:
    pane.view.selectRow(1)
    (line,) = copied(pane, qtbot, pane.copying.rows)
    assert line[:3] == ["CGDD000001", "失败", ""]
    assert line[3].startswith("'=HYPERLINK"), "text, and in one line"
    html = QGuiApplication.clipboard().mimeData().html()
    assert "mso-number-format" in html
    assert html.count("<tr>") == 1
    pane.view.clearSelection()
    assert copied(pane, qtbot, pane.copying.sources) == [["CGDD000000"], ["CGDD000001"], ["CGDD000002"]]


def test_the_result_column_has_a_line_for_each_line_of_the_list(pane: ResultsPane, qtbot: QtBot) -> None:
    copying = pane.copying
    listed = ("坏编号", "CGDD000001", "cgdd000000", "CGDD000002", "CGDD000001")
    copying.clerks_list = lambda: listed
    copying.clerks_word = lambda place: f"第 {place} 行有误"
    lines = copied(pane, qtbot, copying.beside)
    assert [line[0] for line in lines] == ["第 0 行有误", "失败", "成功", "成功", "失败"]
    assert [line[1] for line in lines] == ["", "", "CGRK000000", "CGRK000002", ""]
    assert copied(pane, qtbot, lambda: copying.beside(narrow=True)) == [[line[0]] for line in lines]


def test_another_list_in_the_grid_is_not_mixed_up_with_the_run(pane: ResultsPane, qtbot: QtBot) -> None:
    pane.copying.clerks_list = lambda: ("CGDD000000", "X")
    pane.tabs.setCurrentIndex(Tab.PUSHED)
    lines = copied(pane, qtbot, lambda: pane.copying.beside(narrow=True))
    assert lines == [["成功"], ["失败"], ["成功"]], "the run's own rows, whatever is shown"


def test_the_menu_offers_what_there_is(pane: ResultsPane, qtbot: QtBot) -> None:
    def usable() -> list[str]:
        menu = QMenu()
        pane.copying.fill(menu)
        return [action.objectName() for action in menu.actions() if action.isEnabled() and action.text()]

    assert len(usable()) == 5
    pane.view.selectRow(0)
    menu = QMenu()
    pane.copying.fill(menu)
    assert "选中的 1 行" in [action.text() for action in menu.actions()]
    pane.show_run([])
    assert usable() == []
