"""The whole window on a real desk, against the practice account: what it shows is what was done."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
)
from pytestqt.qtbot import QtBot

from kdgui.bootstrap import open_engine
from kdgui.domain.verdicts import Reason, Row, Verdict
from kdgui.pushing.engine import PushEngine
from kdgui.store.messages.words import load_words
from kdgui.store.paths import Paths
from kdgui.store.profiles import DataCentreLabel, Profile
from kdgui.ui.main_window import MainWindow
from kdgui.ui.results.run_digest import Tab
from kdgui.ui.results.settle_dialog import SettleDialog
from kdgui.ui.run.confirm_dialog import ConfirmDialog
from kdgui.ui.run.run_controller import Activity

pytestmark = pytest.mark.usefixtures("english")

WORDS = load_words("en")
FORM, RULE = "PUR_PurchaseOrder", "PUR_PurchaseOrder-STK_InStock"
LONG = 60_000
SERVE = """
from kdgui.practice.server import PracticeServer
from kdgui.store.catalogue import read_catalogue_file
server = PracticeServer(read_catalogue_file(), bills=2000)
print(server.start().as_json(), flush=True)
server.serve_forever()
"""


@dataclass(frozen=True)
class Practice:
    """The practice account in a process of its own."""

    url: str
    data_centre: str
    user: str
    password: str

    def ask(self, what: str, body: object = None) -> dict:
        root = self.url.removesuffix("k3cloud/")
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(f"{root}practice/{what}", data)) as reply:
            return json.load(reply)

    def carried_out(self) -> Counter[str]:
        """How often each source bill was really pushed."""
        entries = [entry for entry in self.ask("ledger")["entries"] if entry["operation"] == "push"]
        return Counter(source["number"] for entry in entries for source in entry["sources"])

    def numbers(self, kind: str, count: int) -> list[str]:
        return self.ask("examples")[FORM][kind][:count]


@pytest.fixture
def practice() -> Iterator[Practice]:
    process = subprocess.Popen([sys.executable, "-c", SERVE], stdout=subprocess.PIPE, encoding="utf-8")
    told = json.loads(process.stdout.readline())
    yield Practice(told["url"], told["data_centre"], told["user"], told["password"])
    process.terminate()
    process.wait(10)
    process.stdout.close()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[PushEngine]:
    with open_engine(Paths(tmp_path / "home"), attended=True) as engine:
        run = engine.runs.run
        # One bill alone at a rule's first use has a test of its own.
        engine.runs.run = lambda order, *others: run(  # type: ignore[method-assign]  # that test deletes it
            replace(order, first_one=False), *others
        )
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


@pytest.fixture
def window(
    make_window: Callable[[], MainWindow], engine: PushEngine, practice: Practice, qtbot: QtBot
) -> MainWindow:
    """A window signed in at the practice account, form and rule chosen."""
    sign_in(engine, practice, DataCentreLabel.PRACTICE)
    window = make_window()
    window.choose.form.choose(FORM)
    qtbot.waitUntil(lambda: window.choose.rule.count() > 1, timeout=LONG)
    window.choose.rule.choose(RULE)
    return window


def sign_in(engine: PushEngine, practice: Practice, label: DataCentreLabel) -> None:
    profile = Profile(practice.url, practice.data_centre, practice.user, label=label)
    engine.connection.sign_in(profile, practice.password)


def press(window: MainWindow, name: str) -> None:
    found = window.findChild(QPushButton, name)
    assert found is not None, name
    assert found.isVisible() and found.isEnabled(), name  # noqa: PT018 - one fact: it can be pressed
    QTest.mouseClick(found, Qt.MouseButton.LeftButton)


def go_on_after_the_first(window: MainWindow, qtbot: QtBot) -> None:
    """A rule that was never used here: the first bill is shown, and the clerk says that it is right."""
    qtbot.waitUntil(window.results.banner.look.isVisible, timeout=LONG)
    assert window.findChild(QDialog, "previewDialog").isVisible()
    press(window, "resumeButton")


def wait_for_end(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.controller.work is Activity.NOTHING, timeout=LONG)


def push(window: MainWindow, qtbot: QtBot, numbers: list[str]) -> tuple[Row, ...]:
    window.numbers.paste_text("\r\n".join(numbers) + "\r\n")
    press(window, "pushButton")
    qtbot.waitUntil(lambda: window.controller.work is Activity.RUN, timeout=LONG)
    wait_for_end(window, qtbot)
    return window.results.model.rows


def test_two_hundred_bills_and_the_window_tells_the_truth(
    window: MainWindow, practice: Practice, qtbot: QtBot
) -> None:
    numbers = practice.numbers("open", 188)
    for kind in ("created", "closed", "linked"):
        numbers += practice.numbers(kind, 3)
    numbers += [numbers[0], "CGDD999999", "1.23E+15"]
    QGuiApplication.clipboard().setText("单据编号\r\n" + "\r\n".join(numbers) + "\r\n")
    press(window, "pasteButton")
    press(window, "checkButton")
    qtbot.waitUntil(lambda: window.numbers.model.tally().marks != (), timeout=LONG)
    wait_for_end(window, qtbot)
    tally = window.numbers.model.tally()
    assert (tally.rows, tally.ready, tally.pushed_before) == (200, 188, 3)
    assert practice.carried_out() == Counter()
    press(window, "pushButton")
    qtbot.waitUntil(lambda: window.controller.work is Activity.RUN, timeout=LONG)
    wait_for_end(window, qtbot)
    rows = window.results.model.rows
    assert len(rows) == 188  # what the button said; the others say in the grid why they were left out
    pushed = Counter(row.number for row in rows if row.verdict is Verdict.PUSHED)
    assert pushed == practice.carried_out() == Counter(numbers[:188])
    assert window.results.tabs.tabText(Tab.PUSHED) == "Pushed 188"
    # What was pushed is not offered again.
    assert window.numbers.model.tally().ready == 0
    assert not window.findChild(QPushButton, "pushButton").isEnabled()


def test_a_rule_never_used_here_pushes_one_bill_and_waits(
    window: MainWindow, engine: PushEngine, practice: Practice, qtbot: QtBot
) -> None:
    del engine.runs.run
    numbers = practice.numbers("open", 4)
    window.numbers.paste_text("\r\n".join(numbers) + "\r\n")
    press(window, "pushButton")
    qtbot.waitUntil(window.results.banner.look.isVisible, timeout=LONG)
    assert practice.carried_out() == Counter(numbers[:1])
    go_on_after_the_first(window, qtbot)
    wait_for_end(window, qtbot)
    assert practice.carried_out() == Counter(numbers)
    qtbot.waitUntil(lambda: window.findChild(QDialog, "previewDialog") is None)  # it is deleted by and by


def test_a_cut_line_is_settled_and_told_as_it_was(
    window: MainWindow, practice: Practice, qtbot: QtBot
) -> None:
    practice.ask("faults", {"drop_after_work": {"at": [3]}})
    rows = push(window, qtbot, practice.numbers("open", 8))
    assert {row.verdict for row in rows} == {Verdict.PUSHED}
    assert set(practice.carried_out().values()) == {1}


@pytest.mark.slow
def test_failed_bills_are_retried_by_the_rule_of_their_run(
    window: MainWindow, practice: Practice, qtbot: QtBot
) -> None:
    practice.ask("faults", {"msg_code": {"at": [2], "code": 11}})
    rows = push(window, qtbot, practice.numbers("open", 4))
    assert [row.verdict for row in rows].count(Verdict.FAILED) == 1
    window.choose.form.choose("SAL_SaleOrder")
    qtbot.waitUntil(lambda: window.choose.rule.count() > 0, timeout=LONG)
    press(window, "retryButton")
    qtbot.waitUntil(lambda: window.controller.work is Activity.RUN, timeout=LONG)
    wait_for_end(window, qtbot)
    assert [row.verdict for row in window.results.model.rows] == [Verdict.PUSHED]
    assert set(practice.carried_out().values()) == {1}


def test_results_of_one_data_centre_are_never_pushed_in_another(
    window: MainWindow, practice: Practice, qtbot: QtBot, engine: PushEngine
) -> None:
    practice.ask("faults", {"msg_code": {"at": [2], "code": 11}})
    push(window, qtbot, practice.numbers("open", 3))
    retry = window.results.retry
    assert retry.isVisible()
    assert window.numbers.model.tally().pushed_before == 2
    centres = [centre.id for centre in engine.connection.data_centres(practice.url)]
    other = next(centre for centre in centres if centre != practice.data_centre)
    engine.connection.sign_in(
        Profile(practice.url, other, practice.user, label=DataCentreLabel.TEST), practice.password
    )
    window.show_account()
    assert not retry.isVisible()
    qtbot.waitUntil(lambda: "another data centre" in window.results.banner.label.text(), timeout=LONG)
    assert not retry.isVisible()
    assert window.numbers.model.tally().pushed_before == 0
    sign_in(engine, practice, DataCentreLabel.PRACTICE)
    window.show_account()
    qtbot.waitUntil(retry.isVisible, timeout=LONG)


def test_pushing_again_asks_for_the_count(window: MainWindow, practice: Practice, qtbot: QtBot) -> None:
    numbers = tuple(practice.numbers("linked", 2))
    window.controller.run(window.choose.order(numbers))  # as if a colleague pushed them after the check
    wait_for_end(window, qtbot)
    assert {row.verdict for row in window.results.model.rows} == {Verdict.SKIPPED}
    press(window, "pushAgainButton")
    qtbot.waitUntil(lambda: window.findChild(ConfirmDialog) is not None)
    dialog = window.findChild(ConfirmDialog)
    go = dialog.findChild(QPushButton, "confirmButton")
    assert not go.isEnabled()
    QTest.keyClicks(dialog.findChild(QLineEdit, "countEdit"), "2")
    assert go.isEnabled()
    QTest.mouseClick(go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.controller.work is Activity.RUN, timeout=LONG)
    wait_for_end(window, qtbot)
    assert not any(row.verdict is Verdict.SKIPPED for row in window.results.model.rows)


def test_a_check_goes_before_every_push(window: MainWindow, practice: Practice, qtbot: QtBot) -> None:
    pushed_before, fresh = practice.numbers("linked", 2), practice.numbers("open", 3)
    window.numbers.paste_text("\n".join(pushed_before))
    press(window, "pushButton")
    qtbot.waitUntil(lambda: "told" in window.messages.texts(), timeout=LONG)
    assert "Nothing to push" in window.messages.texts()["told"]
    window.numbers.paste_text("\n".join(fresh))
    press(window, "pushButton")
    # The button said three and three it is: nobody is asked, and nothing of what was pushed before is sent.
    qtbot.waitUntil(lambda: window.controller.work is Activity.RUN, timeout=LONG)
    wait_for_end(window, qtbot)
    assert practice.carried_out() == Counter(fresh)
    created = practice.numbers("created", 1)
    window.numbers.paste_text("\n".join([*practice.numbers("open", 5)[3:], *created]))
    press(window, "pushButton")
    qtbot.waitUntil(lambda: window.findChild(ConfirmDialog) is not None, timeout=LONG)
    assert "1 fewer than the button said" in "\n".join(
        label.text() for label in window.findChild(ConfirmDialog).findChildren(QLabel)
    )
    assert practice.carried_out() == Counter(fresh)


def test_stop_answers_at_once_and_the_rest_can_be_pushed_later(
    window: MainWindow, practice: Practice, qtbot: QtBot
) -> None:
    practice.ask("faults", {"slow": {"at": [2], "seconds": 1}})
    numbers = practice.numbers("open", 6)
    window.numbers.paste_text("\n".join(numbers))
    press(window, "pushButton")
    qtbot.waitUntil(lambda: practice.carried_out().total() >= 2, timeout=LONG)
    press(window, "stopButton")
    wait_for_end(window, qtbot)
    left = [row for row in window.results.model.rows if row.verdict is Verdict.NOT_SENT]
    assert left
    press(window, "resumeButton")
    qtbot.waitUntil(lambda: window.controller.work is Activity.RUN, timeout=LONG)
    wait_for_end(window, qtbot)
    assert practice.carried_out() == Counter(numbers)


def test_a_pause_waits_for_the_clerk(window: MainWindow, practice: Practice, qtbot: QtBot) -> None:
    practice.ask("faults", {"msg_code": {"at": [1], "code": 14}})
    window.numbers.paste_text("\n".join(practice.numbers("open", 3)))
    press(window, "pushButton")
    resume = window.results.banner.resume
    qtbot.waitUntil(resume.isVisible, timeout=LONG)
    press(window, "resumeButton")
    wait_for_end(window, qtbot)
    assert [row.verdict for row in window.results.model.rows].count(Verdict.PUSHED) == 2


def test_closing_during_a_run_asks_and_never_blocks(
    window: MainWindow, practice: Practice, qtbot: QtBot
) -> None:
    practice.ask("faults", {"slow": {"at": [1, 2, 3, 4], "seconds": 0.5}})
    window.numbers.paste_text("\n".join(practice.numbers("open", 4)))
    press(window, "pushButton")
    qtbot.waitUntil(lambda: practice.carried_out().total() > 0, timeout=LONG)
    with qtbot.assertNotEmitted(window.sign_in_wanted):
        press(window, "switchButton")
    assert "switch" in window.messages.texts()
    assert not window.close()
    box = window.findChild(QMessageBox, "closingDialog")
    QTest.mouseClick(box.findChild(QPushButton, "cancelButton"), Qt.MouseButton.LeftButton)
    assert window.isVisible()
    assert not window.close()
    box = next(found for found in window.findChildren(QMessageBox) if found.isVisible())
    with qtbot.waitSignal(window.closed, timeout=LONG):
        QTest.mouseClick(box.findChild(QPushButton, "stopAndCloseButton"), Qt.MouseButton.LeftButton)
    assert not window.isVisible()
    assert set(practice.carried_out().values()) == {1}


def test_production_asks_with_the_facts_and_the_focus_on_cancel(
    make_window: Callable[[], MainWindow], engine: PushEngine, practice: Practice, qtbot: QtBot
) -> None:
    sign_in(engine, practice, DataCentreLabel.PRODUCTION)
    window = make_window()
    window.choose.form.choose(FORM)
    qtbot.waitUntil(lambda: window.choose.rule.count() > 1, timeout=LONG)
    window.choose.rule.choose(RULE)
    window.numbers.paste_text("\n".join(practice.numbers("open", 2)))
    press(window, "pushButton")
    qtbot.waitUntil(lambda: window.findChild(ConfirmDialog) is not None, timeout=LONG)
    dialog = window.findChild(ConfirmDialog)
    assert dialog.focusWidget().objectName() == "cancelButton"
    count = dialog.findChild(QLineEdit, "countEdit")
    assert count.isVisible()  # a rule's first time in this data centre
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert not dialog.isVisible()
    assert practice.carried_out() == Counter()
    press(window, "pushButton")
    qtbot.waitUntil(
        lambda: any(found.isVisible() for found in window.findChildren(ConfirmDialog)), timeout=LONG
    )
    dialog = next(found for found in window.findChildren(ConfirmDialog) if found.isVisible())
    QTest.keyClicks(dialog.findChild(QLineEdit, "countEdit"), "2")
    QTest.mouseClick(dialog.findChild(QPushButton, "confirmButton"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: practice.carried_out().total() == 2, timeout=LONG)
    wait_for_end(window, qtbot)
    # Going on with the rest of a run asks as well.
    window.results.model.update_rows([replace(window.results.model.rows[0], verdict=Verdict.NOT_SENT)])
    press(window, "resumeButton")
    qtbot.waitUntil(
        lambda: any(found.isVisible() for found in window.findChildren(ConfirmDialog)), timeout=LONG
    )
    dialog = next(found for found in window.findChildren(ConfirmDialog) if found.isVisible())
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert window.controller.work is Activity.NOTHING


def test_the_run_is_exported_as_the_journal_has_it(
    window: MainWindow, practice: Practice, qtbot: QtBot, tmp_path: Path
) -> None:
    rows = push(window, qtbot, practice.numbers("open", 3))
    (tmp_path / "taken.xlsx").mkdir()  # cannot be written, as a file that is open in Excel
    with qtbot.waitSignal(window._exporter.written, timeout=LONG) as written:
        window._exporter.write(rows[0].run_id, tmp_path / "taken.xlsx")
    assert written.args[0].path.name == "taken (2).xlsx"
    assert "taken.xlsx" in window.messages.texts()["told"], "she is told why it is not the name she chose"
    book = load_workbook(written.args[0].path)
    cells = [cell for line in book.worksheets[0].iter_rows(values_only=True) for cell in line]
    assert {row.number for row in rows} <= set(cells)
    assert {target.number for row in rows for target in row.targets} <= set(cells)
    book.close()


def test_settling_by_hand_needs_a_reason_and_is_kept(
    window: MainWindow, practice: Practice, qtbot: QtBot, engine: PushEngine
) -> None:
    rows = push(window, qtbot, practice.numbers("open", 1))
    open_row = Row(rows[0].run_id, 0, rows[0].number, Verdict.UNSETTLED)
    engine.journal.write_rows([open_row])
    window.results.model.update_rows([open_row])
    window.results.view.selectRow(0)
    press(window, "settleByHandButton")
    dialog = window.findChild(SettleDialog)
    ok = dialog.findChild(QPushButton, "settleButton")
    dialog.findChild(QRadioButton, "settleChoice0").setChecked(True)
    assert not ok.isEnabled()
    dialog.findChild(QPlainTextEdit, "settleReasonEdit").setPlainText("looked it up")
    QTest.mouseClick(ok, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.results.model.rows[0].by_hand, timeout=LONG)
    assert engine.journal.rows(rows[0].run_id)[0].verdict is Verdict.PUSHED


def test_a_target_that_turns_up_late_is_told(window: MainWindow, practice: Practice, qtbot: QtBot) -> None:
    rows = push(window, qtbot, practice.numbers("open", 1))
    notes = (Reason.of("found_late"),)
    earlier = Row("20260101-080000-1", 0, "CGDD000001", Verdict.PUSHED, targets=rows[0].targets, notes=notes)
    window.controller.rows_changed.emit((rows[0], earlier))
    assert "CGDD000001" in window.messages.texts()["late"]
    assert rows[0].number not in window.messages.texts()["late"]
