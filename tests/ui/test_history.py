"""The history: runs by filters, what became of a bill in every run, what Kingdee holds now, the report."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from kdgui.domain.bills import TargetBill
from kdgui.domain.orders import PushOptions, RunOrder
from kdgui.domain.verdicts import Row, RunInfo, Verdict
from kdgui.pushing.engine import PushEngine
from kdgui.pushing.inspect.bill_trace import PushPath
from kdgui.store.catalogue import load_catalogue
from kdgui.store.journal.records import RunHeader
from kdgui.store.messages.words import Words
from kdgui.ui.history.history_dialog import PAGE, HistoryDialog
from kdgui.ui.history.history_filters import Period, period_of
from kdgui.ui.history.history_model import Column, HistoryModel
from kdgui.ui.main_window import MainWindow
from kdgui.ui.widgets.pill_delegate import CellRole
from kdgui.ui.widgets.style import Tone
from tests.ui.conftest import Practice
from tests.ui.heart import Heart

HEADER = RunHeader("http://127.0.0.1/k3cloud/", "1", "小河贸易", "demo", "1001", "100", "PC", "kdgui 0.1")
FORM, RULE = "PUR_PurchaseOrder", "PUR_PurchaseOrder-STK_InStock"
ORDER = RunOrder(FORM, PushOptions(rule_id=RULE, target_form="STK_InStock"), ("CGDD1", "CGDD2"))


def make_run(
    engine: PushEngine,
    *verdicts: Verdict,
    order: RunOrder = ORDER,
    header: RunHeader = HEADER,
    finish: bool = True,
) -> str:
    run_id, rows = engine.journal.start_run(order, header)
    done = [replace(row, verdict=verdict) for row, verdict in zip(rows, verdicts, strict=False)]
    targets = [
        replace(row, targets=(TargetBill("STK_InStock", str(row.position + 1), f"CGRK{row.number}", "A"),))
        if row.verdict is Verdict.PUSHED
        else row
        for row in done
    ]
    engine.journal.write_rows(targets)
    if finish:
        engine.journal.finish_run(run_id, "finished")
    return run_id


@pytest.fixture
def run_ids(engine: PushEngine) -> list[str]:
    """Two runs in the journal, the second one cut off."""
    return [make_run(engine, Verdict.PUSHED, Verdict.FAILED), make_run(engine, finish=False)]


def example(practice: Practice, kind: str) -> str:
    """The number of a source bill of this kind in the practice books."""
    address = practice.url.removesuffix("k3cloud/") + "practice/examples"
    with urllib.request.urlopen(address, timeout=10) as answer:
        return json.load(answer)[FORM][kind][0]


class Reader:
    """Finds things in the history by their names."""

    def __init__(self, dialog: HistoryDialog, qtbot: QtBot) -> None:
        self.dialog = dialog
        self.qtbot = qtbot
        self.runs = dialog.findChild(QTableView, "historyView")
        self.bills = dialog.findChild(QTableView, "foundView")
        self.search = dialog.findChild(QLineEdit, "historySearchEdit")

    @property
    def note(self) -> str:
        return self.dialog.findChild(QLabel, "historyNote").text()

    @property
    def now(self) -> str:
        return self.dialog.findChild(QPlainTextEdit, "billNowText").toPlainText()

    def button(self, name: str) -> QPushButton:
        return self.dialog.findChild(QPushButton, name)

    def press(self, name: str) -> None:
        QTest.mouseClick(self.button(name), Qt.MouseButton.LeftButton)

    def choose(self, name: str, text: str) -> None:
        combo = self.dialog.findChild(QComboBox, name)
        assert combo.findText(text) >= 0, [combo.itemText(each) for each in range(combo.count())]
        combo.setCurrentText(text)

    def column(self, view: QTableView, column: int) -> list[str]:
        model = view.model()
        return [model.index(row, column).data() for row in range(model.rowCount())]

    def lists(self, count: int) -> bool:
        return self.runs.model().rowCount() == count

    def wait(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=10_000)

    def look_up(self, number: str, lines: int) -> None:
        self.search.setText(number)
        QTest.keyClick(self.search, Qt.Key.Key_Return)
        self.wait(lambda: self.bills.isVisible() and self.bills.model().rowCount() == lines)


@pytest.fixture
def open_history(engine: PushEngine, chinese: Words, qtbot: QtBot) -> Callable[..., Reader]:
    def open_it(**how: Any) -> Reader:
        dialog = HistoryDialog(engine, chinese, **how)
        qtbot.addWidget(dialog)
        dialog.show()
        reader = Reader(dialog, qtbot)
        reader.wait(lambda: "…" not in reader.note)
        return reader

    return open_it


def test_it_lists_the_runs_and_opens_one(open_history: Callable[..., Reader], run_ids: list[str]) -> None:
    reader = open_history()
    shown = [reader.column(reader.runs, column) for column in (Column.STATE, Column.FORM, Column.RESULT)]
    assert shown == [
        ["没有做完", "要处理"],
        ["采购订单 → 采购入库单"] * 2,
        ["等待中 2", "成功 1  失败 1"],
    ]
    reader.runs.selectRow(1)
    with reader.qtbot.waitSignal(reader.dialog.run_chosen) as chosen:
        reader.press("historyOpenButton")
    assert chosen.args == [run_ids[0]]
    assert not reader.dialog.isVisible()


def test_an_empty_history_says_so(open_history: Callable[..., Reader]) -> None:
    reader = open_history()
    reader.wait(lambda: "还没有下推过" in reader.note)
    assert not reader.button("historyOpenButton").isEnabled()
    assert not reader.button("auditReportButton").isEnabled()


def test_runs_are_narrowed_by_every_filter(
    engine: PushEngine, open_history: Callable[..., Reader], run_ids: list[str]
) -> None:
    there = replace(HEADER, data_centre_id="2", data_centre_name="大河制造", user="li")
    make_run(engine, Verdict.UNSETTLED, header=there)
    reader = open_history()
    counts = []
    for name, text in (
        ("historyDataCentreCombo", "大河制造"),
        ("historyUserCombo", "demo"),
        ("historyVerdictCombo", "待确认"),
        ("historyVerdictCombo", "没有做完"),
        ("historyPeriodCombo", "今天"),
        ("historyRuleCombo", load_catalogue().rule(RULE).name),
    ):
        reader.choose(name, text)
        reader.wait(lambda: "…" not in reader.note)
        expected = engine.journal.find_runs(reader.dialog.filters.wanted()).total
        reader.wait(partial(reader.lists, expected))
        counts.append(expected)
        reader.dialog.filters.clear()
        reader.wait(lambda: reader.runs.model().rowCount() == 3)
    assert counts == [1, 2, 1, 2, 3, 3]
    reader.choose("historyDataCentreCombo", "大河制造")
    reader.choose("historyUserCombo", "demo")
    reader.wait(lambda: "换个条件" in reader.note)


def test_the_windows_search_leads_here(
    engine: PushEngine, chinese: Words, qtbot: QtBot, tmp_path: Path
) -> None:
    window = MainWindow(engine, chinese, geometry_file=tmp_path / "window.ini")
    qtbot.addWidget(window)
    window.show()
    window.results.show_run([Row("r", 0, "CGDD1")])
    QTest.keyClicks(window.strip.search_edit, "CGDD2 ")
    invitation = window.findChild(QLabel, "resultsInvitation")
    assert "按回车" in invitation.text()
    with qtbot.waitSignal(window.bill_wanted) as wanted:
        QTest.keyClick(window.strip.search_edit, Qt.Key.Key_Return)
    assert wanted.args == ["CGDD2"]


def test_periods_are_whole_days_of_this_computer() -> None:
    today = date(2026, 3, 31)

    def days(period: Period, first: date = today, last: date = today) -> list[str]:
        return [f"{at:%m-%d %H:%M}" for at in period_of(period, today, first, last) if at]

    assert days(Period.ANY) == []
    assert days(Period.TODAY) == ["03-31 00:00", "04-01 00:00"]
    assert days(Period.WEEK) == ["03-25 00:00", "04-01 00:00"]
    assert days(Period.OWN, date(2026, 3, 5), date(2026, 3, 1)) == ["03-01 00:00", "03-06 00:00"]


def test_a_bill_is_followed_through_every_run(
    engine: PushEngine, open_history: Callable[..., Reader], run_ids: list[str]
) -> None:
    reader = open_history()
    reader.look_up("cgdd2", 2)
    assert reader.column(reader.bills, 2) == ["等待中", "失败"]
    assert "2 次" in reader.note
    assert "登录" in reader.now, "signed out, Kingdee cannot be asked"
    reader.look_up("CGRKCGDD1", 1)
    assert reader.column(reader.bills, 1) == ["CGDD1"]
    reader.search.clear()
    assert reader.runs.isVisible()
    reader.look_up("CGRKCGDD1", 1)
    with (
        reader.qtbot.waitSignal(reader.dialog.bill_chosen) as bill,
        reader.qtbot.waitSignal(reader.dialog.run_chosen) as run,
    ):
        reader.press("historyOpenButton")
    assert (bill.args, run.args) == (["CGDD1"], [run_ids[0]])


def test_kingdee_is_asked_what_it_holds_now(
    engine: PushEngine, practice: Practice, open_history: Callable[..., Reader]
) -> None:
    engine.connection.sign_in(practice.profile(), practice.password)
    number = example(practice, "linked")
    here = replace(
        HEADER,
        server=engine.connection.profile.server,
        data_centre_id=engine.connection.profile.data_centre_id,
    )
    make_run(engine, Verdict.FAILED, header=here, order=replace(ORDER, numbers=(number,)))
    make_run(engine, Verdict.FAILED, order=replace(ORDER, numbers=(number,)))

    reader = open_history(number=number)
    reader.wait(lambda: "已审核" in reader.now)
    assert f"采购订单 {number}" in reader.now
    assert "→ 采购入库单 CGRK" in reader.now
    reader.look_up("没有这张单", 0)
    assert "第 1 步" in reader.now, "nobody knows of what form it would be"
    engine.connection.sign_out()


def test_a_bill_that_no_run_had_is_looked_for_on_the_chosen_form(
    engine: PushEngine, practice: Practice, open_history: Callable[..., Reader]
) -> None:
    engine.connection.sign_in(practice.profile(), practice.password)
    number = example(practice, "open")
    reader = open_history(number=number, way=PushPath(FORM, RULE))
    reader.wait(lambda: "已审核" in reader.now)
    assert "没有目标单据" in reader.now or "没有看到目标单据" in reader.now
    assert "没有下推过" in reader.note
    engine.connection.sign_out()


def test_the_report_of_what_is_chosen(
    engine: PushEngine,
    open_history: Callable[..., Reader],
    run_ids: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reader = open_history()
    written = reader.dialog._exporter.written

    def runs_in(path: Path) -> list[Any]:
        book = load_workbook(path)
        runs = [line[0] for line in book["下推记录"].iter_rows(min_row=2, values_only=True)]
        bills = [line[2] for line in book["单据"].iter_rows(min_row=2, values_only=True)]
        book.close()
        return [*runs, *bills]

    asked: list[Path] = [tmp_path / "all.xlsx", tmp_path / "bill.xlsx"]
    monkeypatch.setattr(reader.dialog._exporter, "_ask_path", lambda *_words: asked.pop(0))
    with reader.qtbot.waitSignal(written, timeout=10_000) as signal:
        reader.press("auditReportButton")
    assert runs_in(signal.args[0].path) == [*run_ids, "CGDD1", "CGDD2", "CGDD1", "CGDD2"]
    assert "all.xlsx" in reader.note
    reader.look_up("CGRKCGDD1", 1)
    with reader.qtbot.waitSignal(written, timeout=10_000) as signal:
        reader.press("auditReportButton")
    assert runs_in(signal.args[0].path) == [run_ids[0], "CGDD1"]


def test_further_runs_come_while_scrolling_and_nothing_stutters(
    engine: PushEngine, open_history: Callable[..., Reader]
) -> None:
    order = replace(ORDER, numbers=tuple(f"CGDD{place:04d}" for place in range(10)))
    for _ in range(PAGE + 20):
        make_run(engine, *[Verdict.PUSHED] * 10, order=order)
    reader = open_history()
    assert reader.runs.model().rowCount() == PAGE
    assert str(PAGE + 20) in reader.note
    with Heart() as heart:
        reader.runs.scrollToBottom()
        reader.wait(lambda: reader.runs.model().rowCount() == PAGE + 20)
        reader.look_up("CGDD", 200)
        reader.look_up("0007", 200)

    assert "前 200" in reader.note
    heart.assert_calm()


def test_the_model_of_the_history_is_sound(chinese: Words, qtmodeltester, qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    model = HistoryModel(chinese, load_catalogue(), parent)
    now = datetime.now(UTC)
    unknown = RunInfo("a", now, now, "s", "1", "", "u", "", "X_Unknown", "r", "", (), alarms=1)
    runs = [
        replace(unknown, counts=((Verdict.PUSHED, 2),)),
        replace(unknown, run_id="b", form_id="PUR_PurchaseOrder", counts=((Verdict.PUSHED, 2),), alarms=0),
    ]
    model.show(runs, total=3)
    qtmodeltester.check(model)
    state = [model.index(row, Column.STATE) for row in (0, 1)]
    assert [index.data(CellRole.TONE) for index in state] == [Tone.BAD, Tone.OK]
    assert model.index(0, Column.FORM).data() == "X_Unknown"
    assert "警告 1" in model.index(0, Column.RESULT).data()
