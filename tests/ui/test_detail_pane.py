"""The details: verdict and three lines for every reason, the server's words beneath, and the copy for IT."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from kdgui.domain.bills import TargetBill
from kdgui.domain.errors import JournalTrouble
from kdgui.domain.verdicts import Reason, Row, RunInfo, Verdict
from kdgui.store.exports.row_report import RowRecords
from kdgui.store.messages.words import Words
from kdgui.ui.results.detail_pane import DetailPane
from kdgui.ui.results.results_pane import ResultsPane

NOW = datetime.now(UTC)
INFO = RunInfo(
    *("20261123-201530-1", NOW, NOW, "http://127.0.0.1:8099/k3cloud/", "20260101a0b1c2", "小河贸易", "demo"),
    *("100", "PUR_PurchaseOrder", "PUR_PurchaseOrder-STK_InStock", "STK_InStock", ()),
)


def row(verdict: Verdict, *reasons: Reason, **more: Any) -> Row:
    return Row(INFO.run_id, 0, "CGDD000001", verdict, reasons=reasons, **more)


@pytest.fixture
def pane(chinese: Words, qtbot: QtBot) -> DetailPane:
    pane = DetailPane(lambda: chinese)
    qtbot.addWidget(pane)
    pane.retranslate()
    return pane


def lines(pane: DetailPane, shown: Row) -> list[str]:
    pane.show_row(shown)
    return pane.text().split("\n")


def test_a_refusal_is_told_in_three_lines_above_the_servers_words(pane: DetailPane) -> None:
    told = lines(pane, row(Verdict.FAILED, Reason.of("server_said", "非赠品单价不能为0", 11), asked_at=NOW))

    assert told[0] == "CGDD000001　失败　单价不能为 0"
    assert told[1] == "原因：目标单据有的行没有单价，又不是赠品。"
    assert told[2].startswith("怎么办（自己）：请在金蝶里补上源单的单价")
    assert told[3] == "金蝶原文：非赠品单价不能为0（MsgCode 11）"
    assert told[4] == NOW.astimezone().strftime("%Y-%m-%d %H:%M:%S 向金蝶查询过")
    assert len(told) == 5


def test_every_reason_is_explained_and_none_dropped(pane: DetailPane) -> None:
    reasons = [Reason.of("server_said", said, 11) for said in ("仓库为空", "批号为空", "没有见过的话")]
    told = lines(pane, row(Verdict.FAILED, *reasons))

    assert [line for line in told if line in ("缺批号", "没有见过的话")] == ["缺批号", "没有见过的话"]
    assert "缺仓库" in told[0]
    assert sum(line.startswith("怎么办（自己）：") for line in told) == 3
    assert sum(line.startswith("金蝶原文：") for line in told) == 3


def test_targets_are_named_with_their_state_and_notes_stand_last(pane: DetailPane) -> None:
    targets = (
        TargetBill("F", "7", "CGRK1", "C"),
        TargetBill("F", "8", "", "Z"),
        TargetBill("F", "9", "CGRK3"),
    )
    told = lines(pane, row(Verdict.PUSHED, targets=targets, notes=(Reason("verified"),)))

    assert told == [
        "CGDD000001　成功",
        "目标单据：CGRK1（已审核）、没有编号，内码 8（暂存）、CGRK3",
        "备注：已核对",
    ]


def test_nobody_is_told_to_wait_when_nobody_asks(pane: DetailPane) -> None:
    reason = Reason.of("no_answer", cause="reset")
    asking = row(Verdict.UNSETTLED, reason, quiet_until=datetime.now(UTC) + timedelta(hours=1))
    left = row(Verdict.UNSETTLED, reason, quiet_until=datetime.now(UTC) - timedelta(hours=1))
    presumed = row(Verdict.FAILED, reason, Reason.of("silent", time="09:05"), presumed=True)

    assert any("请等程序向金蝶查询" in line for line in lines(pane, asking))
    assert not any("请等程序" in line for line in lines(pane, left))
    assert any("手工确认" in line for line in lines(pane, left))
    told = lines(pane, presumed)
    assert not any("请等程序" in line for line in told)
    assert sum(line.startswith("怎么办") for line in told) == 1


def test_what_was_typed_or_sent_is_plain_text(pane: DetailPane) -> None:
    said = "<b>x</b> <img src='http://127.0.0.1/x'>"

    assert any(said in line for line in lines(pane, row(Verdict.FAILED, Reason.of("server_said", said))))


def test_the_row_stays_in_sight_when_its_details_open(chinese: Words, qtbot: QtBot) -> None:
    results = ResultsPane(lambda: chinese)
    qtbot.addWidget(results)
    results.resize(620, 520)
    results.show()
    refused = Reason.of("server_said", "批号为空", 11)
    results.show_run([replace(row(Verdict.FAILED, refused), position=place) for place in range(30)])
    view = results.view
    line = view.rowAt(view.viewport().height() - 2) - 1
    room = view.viewport().height()

    view.selectRow(line)

    qtbot.waitUntil(lambda: view.viewport().height() < room, timeout=3000)
    qtbot.waitUntil(
        lambda: view.visualRect(view.currentIndex()).bottom() <= view.viewport().height(), timeout=3000
    )


def _click(pane: DetailPane) -> QPushButton:
    button = pane.findChild(QPushButton, "detailCopyButton")
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    return button


def test_the_copy_for_it_holds_what_the_journal_knows(pane: DetailPane, qtbot: QtBot) -> None:
    asked: list[Row] = []

    def fetch(wanted: Row) -> RowRecords:
        asked.append(wanted)
        return RowRecords(INFO)

    pane.use_papers(fetch)
    shown = row(Verdict.FAILED, Reason.of("server_said", "批号为空", 11))
    pane.show_row(shown)
    pane.show()
    QGuiApplication.clipboard().clear()

    button = _click(pane)
    qtbot.waitUntil(lambda: button.text() == "已复制", timeout=5000)

    text = QGuiApplication.clipboard().text()
    assert "小河贸易 20260101a0b1c2" in text
    assert "金蝶原文：批号为空" in text
    assert asked == [shown]
    pane._copied.timeout.emit()
    assert button.text() == "复制给管理员"


def test_a_journal_in_trouble_does_not_keep_the_copy_back(pane: DetailPane, qtbot: QtBot) -> None:
    def fetch(_wanted: Row) -> RowRecords:
        raise JournalTrouble("journal_locked")

    pane.use_papers(fetch)
    pane.show_row(row(Verdict.SKIPPED, Reason("closed")))
    pane.show()
    QGuiApplication.clipboard().clear()

    button = _click(pane)
    qtbot.waitUntil(lambda: button.text() == "已复制", timeout=5000)
    assert "单据已关闭" in QGuiApplication.clipboard().text()
