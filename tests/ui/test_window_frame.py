"""The window as such: signed out, on a small screen, by keyboard, and smooth while a run streams in."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from kdgui.bootstrap import open_engine
from kdgui.domain.accounts import SignedIn
from kdgui.domain.errors import KdguiError
from kdgui.domain.orders import RunOrder
from kdgui.domain.verdicts import Progress, Reason, Row, RunInfo, Verdict
from kdgui.pushing.engine import PushEngine
from kdgui.pushing.flow.observer import Observer
from kdgui.pushing.flow.run_control import Pause, RunControl
from kdgui.pushing.inspect.check import CheckReport, Finding
from kdgui.store.messages.words import load_words
from kdgui.store.paths import Paths
from kdgui.store.profiles import DataCentreLabel, Profile
from kdgui.ui.main_window import MainWindow
from kdgui.ui.results.run_digest import Tab
from kdgui.ui.run.run_controller import Activity
from tests.ui.heart import Heart

pytestmark = pytest.mark.usefixtures("english")

WORDS = load_words("en")
FORM, RULE = "PUR_PurchaseOrder", "PUR_PurchaseOrder-STK_InStock"
LONG = 60_000


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[PushEngine]:
    with open_engine(Paths(tmp_path / "home"), attended=True) as engine:
        yield engine


@pytest.fixture
def make_window(
    qtbot: QtBot, dressed: QApplication, engine: PushEngine, tmp_path: Path
) -> Callable[[], MainWindow]:
    def make() -> MainWindow:
        window = MainWindow(engine, WORDS, geometry_file=tmp_path / "window.ini")
        qtbot.addWidget(window)
        with qtbot.waitExposed(window):
            window.show()
        return window

    return make


def press(window: MainWindow, name: str) -> None:
    found = window.findChild(QPushButton, name)
    assert found is not None, name
    assert found.isVisible() and found.isEnabled(), name  # noqa: PT018 - one fact: it can be pressed
    QTest.mouseClick(found, Qt.MouseButton.LeftButton)


def test_signed_out_the_window_says_so_and_keeps_what_is_pasted(
    make_window: Callable[[], MainWindow], qtbot: QtBot
) -> None:
    window = make_window()
    window.numbers.paste_text("CGDD000412\n")
    assert not window.findChild(QPushButton, "pushButton").isEnabled()
    assert "session" in window.messages.texts()
    with qtbot.waitSignal(window.sign_in_wanted):
        press(window, "messageAction_session")
    assert len(window.numbers.model.numbers) == 1


def test_geometry_is_kept_in_the_data_folder(make_window: Callable[[], MainWindow], tmp_path: Path) -> None:
    window = make_window()
    window.resize(window.minimumSizeHint())  # offscreen, the screen is smaller than the window would like
    window._splitter.setSizes([10_000, 1])
    sizes = window._splitter.sizes()
    window.close()
    assert QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat).value("window/geometry")
    again = make_window()
    assert again._splitter.sizes() == sizes


CONTROLS = (
    *("formCombo", "ruleCombo", "targetFormCombo", "separateButton", "mergedButton", "afterCombo"),
    *("moreOptionsButton", "numbersGrid", "pasteButton", "openButton", "clearButton", "checkButton"),
    *("firstOneButton", "pushButton", "verdictTabs", "resumeButton", "stopButton", "resultsView"),
    *("settleNowButton", "settleByHandButton", "retryButton", "copyButton", "exportButton"),
    *("historyButton", "searchEdit", "helpButton", "settingsButton", "switchButton"),
)


def test_every_control_has_a_name_and_a_place_in_the_tab_order(make_window: Callable[[], MainWindow]) -> None:
    window = make_window()
    visited, at = [], window.findChild(QWidget, "readinessButton")
    while at not in visited:
        visited.append(at)
        at = at.nextInFocusChain()
    names = [widget.objectName() for widget in visited]
    for name in CONTROLS:
        control = window.findChild(QWidget, name)
        assert control is not None, name
        assert control.accessibleName(), name
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus, name
        assert name in names, name
    # From the choice to the numbers to the results, and in each as the eye goes.
    steps = [
        names.index(name)
        for name in ("ruleCombo", "pasteButton", "numbersGrid", "pushButton", "copyButton", "resultsView")
    ]
    assert steps == sorted(steps)
    for name in ("progressBar", "progressLabel", "detailPane"):
        assert window.findChild(QWidget, name) is not None, name


@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_fits_a_small_screen(make_window: Callable[[], MainWindow], language: str) -> None:
    window = make_window()
    window.use_words(load_words(language))
    window.resize(1024, 640)
    assert window.minimumSizeHint().height() <= 640
    for button in window.findChildren(QPushButton):
        if button.isVisible() and button.text():
            assert button.width() >= button.minimumSizeHint().width(), button.objectName()


def test_a_small_window_stays_small_whatever_it_tells(make_window: Callable[[], MainWindow]) -> None:
    refused = tuple(Reason.of("server_said", f"{n}: line {n} of this bill is pushed. ", 11) for n in range(9))
    window = make_window()
    window.results.show_run(
        [Row("r", place, f"N{place}", Verdict.FAILED, reasons=refused) for place in range(30)]
    )
    for _ in range(2):
        window.resize(1024, 640)
        QApplication.processEvents()
    steps: tuple[Callable[[], object], ...] = (
        lambda: window.results.view.selectRow(3),
        lambda: window.controller._set_work(Activity.RUN),
        lambda: window.results.show_progress(Progress(128, 196, 240.0, 17.0)),
        lambda: window.results.show_pause(Pause(Reason.of("line_down", "No route. " * 30, cause="reset"))),
        lambda: window.show_trouble(KdguiError("refused", "Nobody listens there. " * 20)),
        lambda: window.results.show_pause(None),
    )
    for place, step in enumerate(steps):
        step()
        for _ in range(4):
            QApplication.processEvents()
            QApplication.sendPostedEvents()
        assert (window.width(), window.height()) == (1024, 640), place
    window.controller._set_work(Activity.NOTHING)


class BusyEngine:
    """A desk whose run floods the observer; everything else is the real one's."""

    def __init__(self, engine: PushEngine) -> None:
        self._engine = engine
        self.connection = engine.connection
        self.connection.signed_in = SignedIn("1")
        self.connection.profile = Profile(
            "http://127.0.0.1:1/k3cloud/", "1", "demo", label=DataCentreLabel.TEST
        )
        self.inspection = self.runs = self

    def __getattr__(self, name: str) -> object:
        return getattr(self._engine, name)

    def unfinished(self) -> tuple[RunInfo, ...]:
        return ()

    def check(self, order: RunOrder, _control: RunControl) -> CheckReport:
        return CheckReport(tuple(Finding(place, ok=True) for place in range(len(order.numbers))))

    def run(self, order: RunOrder, control: RunControl, observer: Observer) -> object:
        rows = [Row("r", place, number) for place, number in enumerate(order.numbers)]
        observer.run_started("r", rows)
        for row in rows:
            observer.rows_changed([Row("r", row.position, row.number, Verdict.PUSHED, checked=True)])
            observer.progressed(Progress(row.position + 1, len(rows), 240.0, 1.0))
            time.sleep(0.001)
        return None


def test_the_event_loop_never_rests_while_two_thousand_rows_stream_in(
    engine: PushEngine, qtbot: QtBot, dressed: QApplication, tmp_path: Path
) -> None:
    window = MainWindow(cast(PushEngine, BusyEngine(engine)), WORDS, geometry_file=tmp_path / "window.ini")
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    window.choose.form.choose(FORM)
    qtbot.waitUntil(lambda: window.choose.rule.count() > 1)
    window.choose.rule.choose(RULE)
    window.numbers.paste_text("\n".join(f"CGDD{n:06d}" for n in range(2_000)))
    qtbot.waitUntil(lambda: window.findChild(QPushButton, "pushButton").isEnabled())
    press(window, "pushButton")
    qtbot.waitUntil(lambda: len(window.results.model.rows) == 2_000)
    with Heart() as heart:
        qtbot.waitUntil(lambda: window.results.model.counts()[Tab.PUSHED] == 2_000, timeout=LONG)
    qtbot.waitUntil(lambda: window.controller.work is Activity.NOTHING, timeout=LONG)
    heart.assert_calm()
