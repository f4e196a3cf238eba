"""What the window remembers, and how it calls a clerk who works elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHeaderView, QSystemTrayIcon, QTableView, QWidget
from pytestqt.qtbot import QtBot

from kdgui.domain.orders import PushOptions, RunOrder
from kdgui.domain.verdicts import Progress, Reason, RunInfo, Verdict
from kdgui.pushing.engine import PushEngine
from kdgui.pushing.flow.run_control import Pause
from kdgui.store.messages.words import Words
from kdgui.store.settings import Settings
from kdgui.ui.main_window import MainWindow
from kdgui.ui.results.results_model import Column
from kdgui.ui.run.run_controller import Activity
from kdgui.ui.widgets.style import em
from kdgui.ui.widgets.window_state import WindowState
from tests.ui.conftest import Practice

FORM, RULE = "SAL_SaleOrder", "SaleOrder-OutStock"
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture
def make_window(engine: PushEngine, chinese: Words, qtbot: QtBot, tmp_path: Path) -> Callable[[], MainWindow]:
    def make() -> MainWindow:
        window = MainWindow(engine, chinese, geometry_file=tmp_path / "window.ini")
        window.resize(1280, 800)
        qtbot.addWidget(window)
        with qtbot.waitExposed(window):
            window.show()
        window.results.view.show()
        return window

    return make


def draw(view: QTableView, column: int, more: int) -> None:
    """Draw the right edge of a column with the mouse, as a clerk does."""
    header = view.horizontalHeader()
    edge = header.sectionViewportPosition(column) + header.sectionSize(column) - 1
    at, to = QPoint(edge, header.height() // 2), QPoint(edge + more, header.height() // 2)
    QTest.mousePress(header.viewport(), Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseMove(header.viewport(), to)
    QTest.mouseRelease(header.viewport(), Qt.MouseButton.LeftButton, pos=to)


def test_columns_stay_as_they_were_drawn(make_window: Callable[[], MainWindow]) -> None:
    window = make_window()
    view = window.results.view
    fitted = view.columnWidth(Column.SOURCE)
    draw(view, Column.SOURCE, 60)
    drawn = view.columnWidth(Column.SOURCE)
    assert abs(drawn - fitted - 60) <= 3
    window.resize(1180, 760)  # the table fits its columns anew whenever it is resized
    view.fit_columns()
    assert abs(view.columnWidth(Column.SOURCE) - drawn) <= 2
    window.close()

    again = make_window().results.view
    assert abs(again.columnWidth(Column.SOURCE) - drawn) <= 2
    header = again.horizontalHeader()
    assert header.sectionResizeMode(Column.REMARK) is QHeaderView.ResizeMode.Stretch
    header.sectionHandleDoubleClicked.emit(Column.SOURCE)
    again.fit_columns()
    assert again.columnWidth(Column.SOURCE) == pytest.approx(fitted, abs=2)


def test_a_column_never_hides_the_others(make_window: Callable[[], MainWindow]) -> None:
    window = make_window()
    view = window.results.view
    draw(view, Column.TARGETS, 4000)
    window.results.resize(600, 500)
    view.fit_columns()
    assert view.columnWidth(Column.TARGETS) <= view.viewport().width() * 0.46
    assert view.columnWidth(Column.REMARK) >= em(view, 2)


def test_what_is_written_there_by_others_does_no_harm(tmp_path: Path, chinese: Words, qtbot: QtBot) -> None:
    file = tmp_path / "window.ini"
    file.write_text("[columns]\nresultsView=1, x, -5\n[window]\ngeometry=7\n", encoding="utf-8")
    memory = WindowState(file)
    assert memory.numbers("columns/resultsView", 3) == []
    assert memory.numbers("columns/other", 3) == []


def test_each_data_centre_has_its_last_form_and_rule(
    make_window: Callable[[], MainWindow], engine: PushEngine, practice: Practice, qtbot: QtBot
) -> None:
    other = practice.profile(server="https://erp.example.invalid/k3cloud/")
    settings = Settings().with_used("STK_InStock", "R", other.place)
    here = practice.profile()
    engine.change_settings(
        settings.with_used("PUR_PurchaseOrder", "PUR_PurchaseOrder-STK_InStock", here.place)
    )
    engine.change_settings(
        engine.settings.with_used("PUR_PurchaseOrder", "PUR_PurchaseOrder-PUR_ReceiveBill")
    )
    window = make_window()
    window.choose.form.choose("SAL_SaleOrder")
    engine.connection.sign_in(here, practice.password)
    window.show_account()
    assert window.choose.form.key == "PUR_PurchaseOrder"
    qtbot.waitUntil(lambda: window.choose.rule.key == "PUR_PurchaseOrder-STK_InStock", timeout=10_000)
    window.choose.form.choose("SAL_SaleOrder")
    window.show_account()
    assert window.choose.form.key == "SAL_SaleOrder", "a new sign-in to the same one changes nothing"


def test_a_run_is_remembered_for_its_data_centre(engine: PushEngine, practice: Practice) -> None:
    engine.connection.sign_in(practice.profile(), practice.password)
    engine._remember_choice(RunOrder(FORM, PushOptions(RULE), ("1",)))
    assert engine.settings.last_choice(engine.connection.profile.place) == (FORM, RULE)
    assert engine.settings.recent_forms == (FORM,)


class Calls:
    """What a clerk who works elsewhere is shown."""

    def __init__(self) -> None:
        self.alerts: list[QWidget] = []
        self.messages: list[tuple[str, str]] = []


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """A desktop with a tray that takes messages, as most have one."""
    calls = Calls()

    def show(_tray: QSystemTrayIcon, title: str, text: str, *_more: object) -> None:
        calls.messages.append((title, text))

    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: True)
    monkeypatch.setattr(QSystemTrayIcon, "supportsMessages", lambda: True)
    monkeypatch.setattr(QSystemTrayIcon, "show", lambda _tray: None)  # offscreen, Qt warns that there is none
    monkeypatch.setattr(QSystemTrayIcon, "showMessage", show)
    monkeypatch.setattr(QApplication, "alert", lambda widget, *_time: calls.alerts.append(widget))
    return calls


def info(*counts: tuple[Verdict, int]) -> RunInfo:
    return RunInfo("r", NOW, NOW, "s", "1", "账套", "u", "", FORM, RULE, "", counts)


def test_who_works_elsewhere_is_called(
    make_window: Callable[[], MainWindow], calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = make_window()
    controller = window.controller
    monkeypatch.setattr(QApplication, "activeWindow", lambda: None)
    controller.changed.emit(Activity.RUN)
    controller.progressed.emit(Progress(50, 200))
    assert window.windowTitle().startswith("25% – ")
    controller.paused.emit(Pause(Reason.of("dns")))
    assert calls.alerts == [window]
    assert calls.messages[0][0] == "下推已暂停，等您处理"
    controller.run_ended.emit(info((Verdict.PUSHED, 198), (Verdict.FAILED, 2)))
    controller.changed.emit(Activity.NOTHING)
    assert "%" not in window.windowTitle()
    assert calls.messages[1] == ("下推结束，有单据要处理", "成功 198、失败 2")
    assert window.findChildren(QSystemTrayIcon)
    QApplication.sendEvent(window, QEvent(QEvent.Type.WindowActivate))
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not window.findChildren(QSystemTrayIcon), "the icon goes when the window is looked at"


def test_who_looks_at_the_window_is_not_called(
    make_window: Callable[[], MainWindow], calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = make_window()
    monkeypatch.setattr(QApplication, "activeWindow", lambda: window)
    window.controller.run_ended.emit(info((Verdict.PUSHED, 3)))
    assert calls.alerts == []
    assert calls.messages == []
