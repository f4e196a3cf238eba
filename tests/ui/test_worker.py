"""Jobs and run workers: where callbacks run, what happens to errors, to closed windows, and at the end."""

from __future__ import annotations

import gc
import itertools
import os
import subprocess
import sys
import threading
import time
from functools import partial

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThread, QTimer
from PySide6.QtWidgets import QApplication

from kdgui.domain.errors import ConnectionTrouble, Stopped
from kdgui.domain.verdicts import Progress, Reason, Row, Verdict
from kdgui.pushing.flow.observer import Observer
from kdgui.pushing.flow.run_control import Pause, RunControl
from kdgui.ui.jobs.gc_pause import without_gc_pauses
from kdgui.ui.jobs.worker import Job, TaskHandle, start_job
from kdgui.ui.results.run_digest import digest_of
from kdgui.ui.run.run_worker import RunStarted, RunWorker


class Listener(QObject):
    """Notes what it hears, and on which thread."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[object] = []
        self.threads: set[QThread] = set()

    def hear(self, what: object) -> None:
        self.heard.append(what)
        self.threads.add(QThread.currentThread())


@pytest.fixture
def listener(qapp: QApplication) -> Listener:
    return Listener()


def raising(error: BaseException) -> None:
    raise error


def test_everything_is_heard_on_the_thread_that_made_the_job(listener: Listener, qtbot) -> None:
    def task(handle: TaskHandle) -> int:
        assert QThread.currentThread() is not QCoreApplication.instance().thread()
        handle.report("half")
        return 42

    job = Job(task, listener)
    job.progressed.connect(lambda value: listener.hear(value + "!"))
    job.succeeded.connect(partial(listener.hear))
    with qtbot.waitSignal(job.finished):
        job.start()
        assert job.running
    assert listener.heard == ["half!", 42]
    assert listener.threads == {QCoreApplication.instance().thread()}


def test_a_foreseen_trouble_is_told_and_finished_comes_last(listener: Listener, qtbot) -> None:
    trouble = ConnectionTrouble("refused")
    job = start_job(
        partial(raising, trouble),
        listener,
        success=listener.hear,
        failure=listener.hear,
        finished=partial(listener.hear, "finished"),
    )
    with qtbot.waitSignal(job.finished):
        pass
    assert listener.heard == [trouble, "finished"]


def test_stopped_is_not_a_failure(listener: Listener, qtbot) -> None:
    job = start_job(partial(raising, Stopped()), listener, success=listener.hear, failure=listener.hear)
    with qtbot.waitSignal(job.finished):
        pass
    assert listener.heard == []


def test_a_bug_in_a_task_goes_to_the_crash_hook_on_the_window_thread(
    listener: Listener, qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        sys, "excepthook", lambda kind, error, trace: listener.hear((kind, trace is not None))
    )
    job = start_job(
        partial(raising, ZeroDivisionError()), listener, success=listener.hear, failure=listener.hear
    )
    with qtbot.waitSignal(job.finished):
        pass
    assert listener.heard == [(ZeroDivisionError, True)]
    assert listener.threads == {QCoreApplication.instance().thread()}


def test_numbers_beyond_32_bits_and_dicts_with_int_keys_arrive_whole(listener: Listener, qtbot) -> None:
    value = ({3_000_000_000: "id"}, 3_000_000_000)
    job = start_job(lambda: value, listener, success=listener.hear, failure=listener.hear)
    with qtbot.waitSignal(job.finished):
        pass
    assert listener.heard == [value]


def test_an_abandoned_job_says_nothing_but_finished(listener: Listener, qtbot) -> None:
    go_on = threading.Event()
    job = start_job(go_on.wait, listener, success=listener.hear, failure=listener.hear)
    job.abandon()
    with qtbot.waitSignal(job.finished):
        go_on.set()
    assert listener.heard == []


def test_a_closed_window_stops_its_job_and_is_never_called_again(qtbot) -> None:
    started = threading.Event()
    heard: list[object] = []
    stopped = threading.Event()

    def task(handle: TaskHandle) -> None:
        started.set()
        while not handle.stopped:
            time.sleep(0.001)
        stopped.set()

    owner = QObject()
    job = Job(task, owner)
    job.succeeded.connect(heard.append)
    job.finished.connect(lambda: heard.append("finished"))
    gone: list[str] = []
    job.destroyed.connect(lambda: gone.append("gone"))
    job.start()
    assert started.wait(5)
    owner.deleteLater()
    QCoreApplication.sendPostedEvents(owner, QEvent.Type.DeferredDelete)
    assert stopped.wait(5)
    qtbot.waitUntil(lambda: bool(gone))
    assert heard == []


def test_a_dropped_reference_does_not_kill_a_job(listener: Listener, qtbot) -> None:
    go_on = threading.Event()
    start_job(go_on.wait, listener, success=listener.hear, failure=listener.hear)
    go_on.set()
    qtbot.waitUntil(lambda: listener.heard == [True])


def test_the_window_does_not_freeze_while_a_job_works(listener: Listener, qtbot) -> None:
    beats: list[float] = []
    heart = QTimer()
    heart.timeout.connect(lambda: beats.append(time.monotonic()))
    heart.start(5)
    job = start_job(partial(time.sleep, 0.5), listener, success=listener.hear, failure=listener.hear)
    with qtbot.waitSignal(job.finished):
        pass
    heart.stop()
    gaps = [later - earlier for earlier, later in itertools.pairwise(beats)]
    assert len(beats) > 30
    assert max(gaps) < 0.45  # the job takes half a second


def row(position: int, verdict: Verdict = Verdict.QUEUED) -> Row:
    return Row(run_id="r", position=position, number=f"N{position}", verdict=verdict)


def record(worker: RunWorker, listener: Listener) -> None:
    worker.started.connect(listener.hear)
    worker.rows_changed.connect(listener.hear)
    worker.progressed.connect(listener.hear)
    worker.paused.connect(listener.hear)
    worker.resumed.connect(partial(listener.hear, "resumed"))
    worker.succeeded.connect(partial(lambda info: listener.hear(("done", info))))
    worker.failed.connect(listener.hear)


def test_a_run_is_told_in_order_and_whole(listener: Listener, qtbot) -> None:
    def call(control: RunControl, observer: Observer) -> str:
        observer.run_started("r", [row(0), row(1)])
        observer.rows_changed([row(0, Verdict.SENDING)])
        observer.rows_changed([row(0, Verdict.PUSHED)])
        observer.progressed(Progress(1, 2))
        return "info"

    worker = RunWorker(call, listener)
    record(worker, listener)
    with qtbot.waitSignal(worker.finished):
        worker.start()
    assert listener.heard[0] == RunStarted("r", digest_of((row(0), row(1))))
    assert listener.heard[-1] == ("done", "info")
    changed = [heard for heard in listener.heard if isinstance(heard, tuple) and isinstance(heard[0], Row)]
    assert changed[-1][-1] == row(0, Verdict.PUSHED)
    assert Progress(1, 2) in listener.heard
    assert listener.threads == {QCoreApplication.instance().thread()}


def test_a_thousand_changes_make_few_updates(listener: Listener, qtbot) -> None:
    def call(control: RunControl, observer: Observer) -> None:
        for position in range(2000):
            observer.rows_changed([row(position, Verdict.PUSHED)])
            observer.progressed(Progress(position + 1, 2000))
            if position % 100 == 0:
                time.sleep(0.01)

    worker = RunWorker(call, listener)
    updates: list[tuple[Row, ...]] = []
    worker.rows_changed.connect(updates.append)
    began = time.monotonic()
    with qtbot.waitSignal(worker.finished):
        worker.start()
    took = time.monotonic() - began
    assert len(updates) <= took * 30 + 2
    assert {changed.position for update in updates for changed in update} == set(range(2000))


def test_a_paused_run_goes_on_when_told(listener: Listener, qtbot) -> None:
    def call(control: RunControl, observer: Observer) -> bool:
        observer.paused(Pause(Reason.of("line_down", cause="reset")))
        went_on = control.wait_for_resume()
        observer.resumed()
        return went_on

    worker = RunWorker(call, listener)
    record(worker, listener)
    worker.paused.connect(worker.control.resume)
    with qtbot.waitSignal(worker.finished):
        worker.start()
    assert listener.heard == [Pause(Reason.of("line_down", cause="reset")), "resumed", ("done", True)]


def test_a_run_that_cannot_start_says_why(listener: Listener, qtbot) -> None:
    trouble = ConnectionTrouble("refused")
    worker = RunWorker(lambda control, observer: raising(trouble), listener)
    record(worker, listener)
    with qtbot.waitSignal(worker.finished):
        worker.start()
    assert listener.heard == [trouble]


def test_a_window_that_is_gone_stops_its_run(qtbot) -> None:
    ended = threading.Event()
    started = threading.Event()

    def call(control: RunControl, observer: Observer) -> None:
        started.set()
        while not control.stopped:
            observer.rows_changed([row(0)])
            control.wait(0.005)
        ended.set()

    window = QObject()
    worker = RunWorker(call, window)
    worker.start()
    assert started.wait(5)
    window.deleteLater()
    QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete)
    assert ended.wait(5)


END_WHILE_BUSY = """
import sys, time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
from kdgui.ui.jobs.worker import end_program, start_job
from kdgui.ui.run.run_worker import RunWorker

app = QApplication([])
window = QWidget()
start_job(lambda: time.sleep(60), window, success=print, failure=print)
def call(control, observer):
    while True:
        observer.progressed(None)
        time.sleep(0)
worker = RunWorker(call, window)
worker.start()
QTimer.singleShot(200, app.quit)
code = app.exec()
end_program(code)
sys.exit("end_program returned")
"""


def run_script(script: str) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    return subprocess.run(
        [sys.executable, "-c", script],
        env=environ,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_the_program_ends_at_once_while_threads_are_busy() -> None:
    began = time.monotonic()
    done = run_script(END_WHILE_BUSY)
    assert (done.returncode, done.stderr) == (0, "")
    assert time.monotonic() - began < 20


CLOSE_WHILE_BUSY = """
import random, time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
from kdgui.ui.jobs.worker import start_job
from kdgui.ui.run.run_worker import RunWorker

app = QApplication([])
windows = 0

def talk(control, observer):
    for number in range(5):
        observer.progressed(None)
        time.sleep(0.001)

def open_window():
    global windows
    windows += 1
    window = QWidget()
    start_job(lambda: time.sleep(random.random() / 100), window, success=id, failure=print)
    RunWorker(talk, window).start()
    QTimer.singleShot(random.randint(0, 20), window.deleteLater)
    if windows == 600:
        opener.stop()
        QTimer.singleShot(300, app.quit)

opener = QTimer(interval=2)
opener.timeout.connect(open_window)
opener.start()
app.exec()
print(windows)
"""


def test_hundreds_of_windows_closed_while_their_work_goes_on() -> None:
    """Threads, signals and deletions race here; a mistake in their order is a crash or a deadlock."""
    done = run_script(CLOSE_WHILE_BUSY)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "600", "")


def test_steady_work_leaves_short_turns_and_all_is_as_before_afterwards() -> None:
    turn = sys.getswitchinterval()
    during: list[object] = []

    def work() -> None:
        during.extend((gc.isenabled(), sys.getswitchinterval() < turn / 5))
        if len(during) == 2:
            without_gc_pauses(
                work
            )()  # another one at the same time: the first to end ends nothing for the other
            during.append(gc.isenabled())

    without_gc_pauses(work)()
    assert during == [False, True, False, True, False]
    assert gc.isenabled()
    assert sys.getswitchinterval() == turn
