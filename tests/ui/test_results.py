"""Card 3: every row under its tab, counted live, explained in plain text, and smooth with 10,000."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from kdgui.domain.bills import TargetBill
from kdgui.domain.verdicts import Progress, Reason, Row, Verdict
from kdgui.pushing.flow.run_control import Pause
from kdgui.store.messages.words import load_words
from kdgui.ui.results.results_model import Column, ResultsModel
from kdgui.ui.results.results_pane import ResultsPane
from kdgui.ui.results.row_actions import RowPlaces
from kdgui.ui.results.run_digest import Tab

pytestmark = pytest.mark.usefixtures("english")

WORDS = load_words("zh")
RUN = "20261123-201530-1"


def row(position: int, verdict: Verdict = Verdict.QUEUED, **more: Any) -> Row:
    return Row(RUN, position, f"CGDD{position:06d}", verdict, **more)


def target(number: str = "CGRK000001", status: str = "A") -> TargetBill:
    return TargetBill("STK_InStock", "100" + number[-3:], number, status)


def pushed(position: int, **more: Any) -> Row:
    notes = (Reason.of("verified"),)
    return row(position, Verdict.PUSHED, targets=(target(f"CGRK{position:06d}"),), notes=notes, **more)


def failed(position: int, said: str = "供应商已禁用", **more: Any) -> Row:
    return row(position, Verdict.FAILED, reasons=(Reason.of("server_said", said, 11),), **more)


def unsettled(position: int, seconds: float | None = 90) -> Row:
    until = None if seconds is None else datetime.now(UTC) + timedelta(seconds=seconds)
    return row(
        position, Verdict.UNSETTLED, reasons=(Reason.of("no_answer", cause="reset"),), quiet_until=until
    )


@pytest.fixture
def model(qtbot: QtBot) -> ResultsModel:
    model = ResultsModel(lambda: WORDS)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning, model)
    return model


@pytest.fixture
def pane(qtbot: QtBot, dressed: QApplication) -> ResultsPane:
    pane = ResultsPane(lambda: WORDS)
    qtbot.addWidget(pane)
    pane.resize(720, 700)
    with qtbot.waitExposed(pane):
        pane.show()
    return pane


def cell(model: ResultsModel, line: int, column: Column) -> str:
    return str(model.index(line, column).data())


def button(pane: ResultsPane, name: str) -> QPushButton:
    found = pane.findChild(QPushButton, name)
    assert found is not None
    return found


def test_a_batch_is_one_signal(model: ResultsModel) -> None:
    model.show_rows([row(n) for n in range(100)])
    heard: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last, *_: heard.append((first.row(), last.row())))
    model.update_rows([pushed(40), pushed(12), failed(57)])
    assert heard == [(12, 57)]
    assert (cell(model, 12, Column.VERDICT), cell(model, 12, Column.TARGETS)) == ("成功", "CGRK000012")
    assert model.counts() == (100, 1, 2, 97)


def test_a_success_says_what_state_its_target_is_in(model: ResultsModel) -> None:
    model.show_rows([pushed(0), failed(1), row(2, Verdict.FAILED, presumed=True)])
    assert cell(model, 0, Column.REMARK) == "已核对 · 已保存，未提交"
    assert cell(model, 1, Column.REMARK) == "供应商已禁用"
    assert [cell(model, line, Column.VERDICT) for line in (1, 2)] == ["失败", "未生成"]


@pytest.mark.parametrize("tab", list(Tab))
def test_rows_come_and_go_under_a_tab_as_verdicts_change(model: ResultsModel, tab: Tab) -> None:
    model.show_rows([row(n) for n in range(30)])
    model.show_tab(tab)
    changes = (failed(3), pushed(4), pushed(5, alarm=True), row(6, Verdict.DRAFTED), row(3, Verdict.QUEUED))
    for changed in changes:
        model.update_rows([changed])
    expected = {
        Tab.ALL: list(range(30)),
        Tab.HANDS: [5, 6],
        Tab.PUSHED: [4, 5],
        Tab.UNDONE: [n for n in range(30) if n not in (4, 5, 6)],
    }
    assert [shown.position for shown in model.shown] == expected[tab]
    assert model.counts()[tab] == len(expected[tab])


def test_the_rows_of_another_run_change_nothing(model: ResultsModel) -> None:
    model.show_rows([row(0)])
    model.update_rows([Row("20260101-000000-1", 0, "X", Verdict.PUSHED)])
    assert model.rows == (row(0),)


def test_search_finds_sources_and_targets_without_case(model: ResultsModel) -> None:
    model.show_rows([pushed(n) for n in range(50)])
    model.search("cgrk00001")
    assert [shown.position for shown in model.shown] == list(range(10, 20))
    model.search("ＣＧＤＤ000033")
    assert [shown.position for shown in model.shown] == [33]
    model.search("")
    assert len(model.shown) == 50


def test_the_clock_ticks_only_while_something_is_asked_about(model: ResultsModel, qtbot: QtBot) -> None:
    model.show_rows([row(0), pushed(1)])
    assert not model.counting_down
    model.update_rows([unsettled(0)])
    assert model.counting_down
    assert "1:30" in cell(model, 0, Column.REMARK)
    model.update_rows([unsettled(0, seconds=None)])
    qtbot.waitUntil(lambda: not model.counting_down, timeout=3000)


def test_the_countdown_moves_by_itself(model: ResultsModel, qtbot: QtBot) -> None:
    model.show_rows([unsettled(0)])
    before = cell(model, 0, Column.REMARK)
    with qtbot.waitSignal(model.dataChanged, timeout=3000):
        pass
    qtbot.waitUntil(lambda: cell(model, 0, Column.REMARK) != before, timeout=3000)


def test_ten_thousand_rows_stay_smooth(qtbot: QtBot, dressed: QApplication) -> None:
    pane = ResultsPane(lambda: WORDS)
    qtbot.addWidget(pane)
    pane.show()
    pane.show_run([row(n) for n in range(10_000)])
    pane.set_running(True)
    pane.tabs.setCurrentIndex(Tab.UNDONE)
    slowest = 0.0
    for start in range(0, 600, 6):
        began = time.thread_time()
        pane.model.update_rows([pushed(n) for n in range(start, start + 6)])
        QApplication.processEvents()
        slowest = max(slowest, time.thread_time() - began)
    assert slowest < 0.5  # some 20 ms on an idle machine
    began = time.thread_time()
    pane.model.update_rows([row(n, Verdict.NOT_SENT) for n in range(600, 10_000)])
    assert time.thread_time() - began < 0.5


def test_tabs_count_and_the_empty_pane_says_what_to_expect(pane: ResultsPane) -> None:
    invitation = pane.findChild(QLabel, "resultsInvitation")
    assert invitation.isVisible()
    assert not pane.view.isVisible()
    pane.show_run([pushed(0), failed(1), row(2)])
    assert [pane.tabs.tabText(tab) for tab in Tab] == ["All 3", "Needs hands 1", "Pushed 1", "Not done 1"]
    assert pane.view.isVisible()
    pane.show_run([pushed(0)])
    pane.tabs.setCurrentIndex(Tab.HANDS)
    assert invitation.isVisible()


def test_progress_speaks_of_pace_and_time(pane: ResultsPane) -> None:
    pane.show_run([row(n) for n in range(196)])
    pane.set_running(True)
    pane.show_progress(Progress(128, 196, 240.0, 17.0))
    assert pane.progress.label.text() == "128 / 196　240 a minute　about 17 s left"
    assert (pane.progress.bar.value(), pane.progress.bar.maximum()) == (128, 196)
    pane.set_running(False)
    assert not pane.progress.bar.isVisible()
    assert not button(pane, "stopButton").isVisible()


def test_the_details_hold_every_reason_and_the_servers_words_as_plain_text(pane: ResultsPane) -> None:
    words = "<b>没有符合条件的数据</b> <img src='http://127.0.0.1/x'>"
    reasons = (Reason.of("server_said", words, 11), Reason.of("draft_left"))
    pane.show_run([row(0, Verdict.FAILED, reasons=reasons)])
    pane.view.selectRow(0)
    assert words in pane.details.text()
    assert WORDS.explain(reasons[1]).do in pane.details.text()
    pane.set_running(False)
    assert pane.details.text().count(words) == 1
    QTest.mouseClick(button(pane, "detailCopyButton"), Qt.MouseButton.LeftButton)
    assert words in QGuiApplication.clipboard().text()


def test_the_details_follow_the_row_while_it_changes(pane: ResultsPane) -> None:
    pane.show_run([row(0), row(1)])
    pane.view.selectRow(0)
    pane.model.update_rows([pushed(0)])
    assert "CGRK000000" in pane.details.text()
    pane.show_run([row(0)])
    assert not pane.details.isVisible()


def test_offers_sort_rows_by_what_can_be_done() -> None:
    again = row(4, Verdict.SKIPPED, reasons=(Reason.of("already_pushed", count=1),))
    other = row(5, Verdict.SKIPPED, reasons=(Reason.of("not_found"),))
    presumed = row(2, Verdict.FAILED, presumed=True)
    rows = [pushed(0), failed(1), presumed, unsettled(3), again, other, row(6, Verdict.NOT_SENT)]
    offers = RowPlaces(rows).actions(rows)
    assert [len(part) for part in (offers.failed, offers.presumed, offers.unsettled, offers.again)] == [1] * 4
    assert [each.position for each in offers.unsent] == [6]
    taken = row(7, Verdict.NOT_SENT, notes=(Reason.of("taken_over"),))
    assert RowPlaces([taken]).actions([taken]).unsent == ()


def test_buttons_are_there_only_for_what_they_can_do(pane: ResultsPane, qtbot: QtBot) -> None:
    names = ("retryButton", "pushAgainButton", "settleNowButton", "settleByHandButton", "resumeButton")

    def there() -> set[str]:
        return {name for name in names if button(pane, name).isVisible()}

    pane.show_run([pushed(0)])
    assert there() == set()
    pane.show_run([failed(0), failed(1)])
    assert there() == {"retryButton"}
    assert button(pane, "retryButton").text() == "Retry the 2 failed…"
    with qtbot.waitSignal(pane.retry_wanted) as wanted:
        QTest.mouseClick(button(pane, "retryButton"), Qt.MouseButton.LeftButton)
    assert [each.position for each in wanted.args[0].failed] == [0, 1]
    pane.set_running(True)
    assert there() == set()
    pane.model.update_rows([failed(0, "没有权限")])
    pane.set_running(False)
    assert there() == {"retryButton"}
    pane.show_run([unsettled(0), pushed(1)])
    assert there() == {"settleNowButton"}
    pane.view.selectRow(0)
    assert there() == {"settleNowButton", "settleByHandButton"}
    with qtbot.waitSignal(pane.settle_by_hand_wanted) as wanted:
        QTest.mouseClick(button(pane, "settleByHandButton"), Qt.MouseButton.LeftButton)
    assert wanted.args[0].position == 0
    pane.show_run([row(0, Verdict.NOT_SENT)])
    assert there() == {"resumeButton"}
    pane.show_run([row(0, Verdict.SENDING)])  # a run that broke off
    assert there() == {"settleNowButton"}


def test_nothing_is_offered_for_the_results_of_another_data_centre(pane: ResultsPane) -> None:
    again = row(2, Verdict.SKIPPED, reasons=(Reason.of("already_pushed", count=1),))
    names = ("retryButton", "pushAgainButton", "settleNowButton", "resumeButton")
    pane.show_run([failed(0), row(1, Verdict.NOT_SENT), again, unsettled(3)], here=False)
    assert not any(button(pane, name).isVisible() for name in names)
    assert "another data centre" in pane.banner.label.text()
    pane.set_here(True)
    assert all(button(pane, name).isVisible() for name in names)


def test_a_pause_says_why_and_how_to_go_on(pane: ResultsPane, qtbot: QtBot) -> None:
    pane.show_run([row(0)])
    pane.set_running(True)
    pane.show_pause(Pause(Reason.of("line_down", cause="reset")))
    resume = button(pane, "resumeButton")
    assert resume.isVisible()
    assert WORDS.explain(Reason.of("line_down", cause="reset")).what in pane.banner.label.text()
    with qtbot.waitSignal(pane.resume_wanted):
        QTest.mouseClick(resume, Qt.MouseButton.LeftButton)
    pane.show_pause(None)
    assert not resume.isVisible()


def test_every_control_has_an_accessible_name(pane: ResultsPane) -> None:
    pane.show_run([failed(0), unsettled(1)])
    pane.view.selectRow(1)
    for control in (*pane.findChildren(QPushButton), pane.view, pane.tabs, pane.progress.bar):
        assert control.accessibleName(), control.objectName()
