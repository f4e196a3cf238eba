"""Bugs of ours: caught on every thread, shown once, in plain words, with details to copy and no secrets."""

from __future__ import annotations

import faulthandler
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import pytest
from PySide6.QtCore import QCoreApplication, QObject, QThread
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton

from kdgui.store.messages.words import Words
from kdgui.ui.crash import FAULTS, CrashDialog, CrashHook, CrashReport, FaultFile, report_of, show_crash
from kdgui.ui.jobs.worker import start_job


class Listener(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.reports: list[CrashReport] = []
        self.threads: set[QThread] = set()

    def hear(self, report: CrashReport) -> None:
        self.reports.append(report)
        self.threads.add(QThread.currentThread())


@pytest.fixture
def hook(qapp) -> Iterator[CrashHook]:
    hook = CrashHook()
    hook.install()
    yield hook
    hook.remove()


@pytest.fixture
def listener(hook: CrashHook) -> Listener:
    listener = Listener()
    hook.crashed.connect(listener.hear)
    return listener


def stumble(number: int = 0) -> None:
    raise ZeroDivisionError(f"number {number}")


def catch(number: int = 0) -> tuple[type[BaseException], BaseException, TracebackType | None]:
    try:
        stumble(number)
    except ZeroDivisionError as error:
        return type(error), error, error.__traceback__
    raise AssertionError


def test_the_hook_tells_and_keeps_the_traceback(listener: Listener) -> None:
    sys.excepthook(*catch())
    (report,) = listener.reports
    assert report.headline == "ZeroDivisionError: number 0"
    assert "stumble" in report.details
    assert "PySide6" in report.details.splitlines()[0]


def test_the_same_traceback_is_told_once(listener: Listener) -> None:
    for number in range(40):
        sys.excepthook(*catch(number))
    assert len(listener.reports) == 1
    try:
        raise ZeroDivisionError
    except ZeroDivisionError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    assert len(listener.reports) == 2


def test_an_exception_on_a_python_thread_is_told_on_the_window_thread(listener: Listener, qtbot) -> None:
    thread = threading.Thread(target=stumble, name="stumbler")
    thread.start()
    qtbot.waitUntil(lambda: bool(listener.reports))
    thread.join()
    assert "thread stumbler" in listener.reports[0].details
    assert listener.threads == {QCoreApplication.instance().thread()}


def test_an_exception_on_a_qt_thread_is_told_on_the_window_thread(listener: Listener, qtbot) -> None:
    class Stumbling(QThread):
        def run(self) -> None:
            stumble()

    thread = Stumbling()
    thread.start()
    qtbot.waitUntil(lambda: bool(listener.reports))
    thread.wait()
    assert listener.threads == {QCoreApplication.instance().thread()}


def test_a_bug_in_a_job_is_told(listener: Listener, qtbot) -> None:
    job = start_job(stumble, listener, success=print, failure=print)
    with qtbot.waitSignal(job.finished):
        pass
    assert [report.headline for report in listener.reports] == ["ZeroDivisionError: number 0"]


def test_ctrl_c_is_no_crash(listener: Listener, capsys: pytest.CaptureFixture[str]) -> None:
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert listener.reports == []
    assert "KeyboardInterrupt" in capsys.readouterr().err


def test_the_hooks_from_before_come_back(qapp) -> None:
    before = sys.excepthook, threading.excepthook
    hook = CrashHook()
    hook.install()
    hook.install()
    hook.remove()
    assert (sys.excepthook, threading.excepthook) == before


def test_secrets_are_masked() -> None:
    error = RuntimeError('{"password": "geheim-1", "kdservice-sessionid": "abc-2"}')
    report = report_of(error, None, "MainThread")
    assert "geheim-1" not in report.headline + report.details
    assert "abc-2" not in report.headline + report.details


def test_the_dialog_speaks_plainly_and_copies(chinese: Words, qtbot) -> None:
    dialog = show_crash(CrashReport("E: <b>x</b>", "details\nof it"), None)
    qtbot.addWidget(dialog)
    said = "\n".join(label.text() for label in dialog.findChildren(QLabel))
    assert "程序出错了" in said
    assert "Traceback" not in said
    assert dialog.findChild(QPlainTextEdit, "crashDetails").toPlainText() == "details\nof it"
    dialog.findChild(QPushButton, "crashCopyButton").click()
    assert QGuiApplication.clipboard().text() == "details\nof it"
    dialog.findChild(QPushButton, "crashCloseButton").click()
    assert not dialog.isVisible()


def test_the_dialog_stops_nothing(chinese: Words, qtbot) -> None:
    beats: list[int] = []
    dialog = show_crash(CrashReport("E", "details"), None)
    qtbot.addWidget(dialog)
    start_job(lambda: 1, dialog, success=beats.append, failure=print)
    qtbot.waitUntil(lambda: beats == [1])
    assert isinstance(dialog, CrashDialog)
    assert dialog.isVisible()


DIE = """
import ctypes, sys
from pathlib import Path
from kdgui.ui.crash import FaultFile
print(repr(FaultFile(Path(sys.argv[1])).open()), flush=True)
ctypes.string_at(0)
"""


@pytest.fixture
def stacks_of_the_tests_themselves() -> Iterator[None]:
    """pytest watches for faults too; it gets its watch back."""
    yield
    faulthandler.enable(sys.__stderr__)


@pytest.mark.usefixtures("stacks_of_the_tests_themselves")
def test_a_fault_leaves_its_stacks_for_the_next_start(tmp_path: Path) -> None:
    died = subprocess.run(
        [sys.executable, "-c", DIE, str(tmp_path)],
        env=os.environ,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert died.returncode != 0
    assert died.stdout.strip() == "''"
    faults = FaultFile(tmp_path)
    left = faults.open()
    assert "Segmentation fault" in left or "access violation" in left
    faults.close()
    assert not (tmp_path / FAULTS).exists()


def test_a_folder_that_cannot_be_written_is_no_reason_not_to_start(tmp_path: Path) -> None:
    blocker = tmp_path / "logs"
    blocker.write_text("a file where the folder should be")
    faults = FaultFile(blocker)
    assert faults.open() == ""
    faults.close()
