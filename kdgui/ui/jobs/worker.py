"""Work off the window's thread: Job for one call, RunWorker for a run that reports while it goes.

Each has a QThread of its own. Nothing is ever terminated: closing a window only asks its work to stop. A
thread that is still inside a two-minute read when the program ends would take the process with it (Qt aborts,
exit code 134): `end_program` is the way out then. What must survive such an end is in the journal already.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QObject, Qt, QThread, Signal, Slot

from kdgui.domain.errors import KdguiError, Stopped

UPDATES_PER_SECOND = 30


THREAD_NAME = "kdgui-job"


LAST_WAIT_MS = 2000


class TaskHandle:
    """What a task holds in its hand: the stop flag, and a way to tell how far it is. Any thread."""

    def __init__(self, tell: Callable[[object], None]) -> None:
        self._stop = threading.Event()
        self._tell = tell

    @property
    def stopped(self) -> bool:
        """Whether nobody waits for the result any more: a long task looks at this between its steps."""
        return self._stop.is_set()

    def stop(self) -> None:
        """Ask the task to end early. Returns at once."""
        self._stop.set()

    def report(self, value: object) -> None:
        """Hand something frozen to `Job.progressed`."""
        self._tell(value)


T = TypeVar("T")


Task = Callable[[TaskHandle], object]


@dataclass(frozen=True, slots=True)
class _JobMessage:
    """One message from the thread to the job's own thread."""

    kind: str
    value: object = None


class _Thread(QThread):
    """Does one piece of work and ends; it has no event loop and owns no object of Qt's.

    An object moved to it, deleted there with `deleteLater`, deadlocks and crashes: its Python side needs the
    interpreter while the window's thread, holding it, waits for this one (measured, thousands of jobs).
    """

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__(QCoreApplication.instance())
        self.setObjectName(THREAD_NAME)
        self._work = work

    def run(self) -> None:
        self._work()


class Job(QObject):
    """Runs a task once, off the window's thread.

    The job keeps itself alive until the task has ended, and deletes itself then. When its owner is destroyed
    first (a dialog closed), the task gets its stop flag and whatever it still says is dropped.

    Signals (all emitted on the thread that made the job, so even a lambda may be connected):
        progressed: whatever the task reported.
        succeeded: what the task returned.
        failed: the KdguiError that it raised. `Stopped` is not told. Anything else is a bug of ours and
            goes to `sys.excepthook`, that is, to the crash dialog.
        finished: always last, unless the owner is gone; the thread has ended.
    """

    progressed = Signal(object)
    succeeded = Signal(object)
    failed = Signal(object)
    finished = Signal()
    _told = Signal(object)

    def __init__(self, task: Task, owner: QObject) -> None:
        application = QCoreApplication.instance()
        super().__init__(application)
        self._task = task
        self._handle = TaskHandle(self._report)
        self._gate = threading.Lock()
        self._deaf = False
        self._running = self._dropped = self._orphaned = False
        # It must not die with a window, so it belongs to the application.
        self._thread = _Thread(self._work)
        self._thread.finished.connect(self._on_thread_finished)
        self._told.connect(self._on_told, Qt.ConnectionType.QueuedConnection)
        owner.destroyed.connect(self._on_owner_destroyed)
        if application is not None:
            application.aboutToQuit.connect(self._on_about_to_quit)

    @property
    def running(self) -> bool:
        """Whether `finished` is still to come."""
        return self._running

    def start(self) -> None:
        """Start the thread. Call it once."""
        self._running = True
        self._thread.start()

    def stop(self) -> None:
        """Set the task's stop flag. Returns at once; `finished` comes when the task has looked at it."""
        self._handle.stop()

    def abandon(self) -> None:
        """Nobody wants the answer any more: stop, and say nothing but `finished`."""
        self._dropped = True
        self.stop()

    def _work(self) -> None:
        try:
            told = _JobMessage("succeeded", self._task(self._handle))
        except KdguiError as error:
            told = _JobMessage("failed", error)
        except Exception as error:  # noqa: BLE001 - the top of a thread: a bug is told on the window's thread
            told = _JobMessage("broken", error)
        self._send(told)

    def _report(self, value: object) -> None:
        self._send(_JobMessage("progressed", value))

    def _send(self, told: _JobMessage) -> None:
        with self._gate:
            if not self._deaf:
                self._told.emit(told)

    @Slot(object)
    def _on_told(self, told: _JobMessage) -> None:
        if told.kind == "progressed":
            if not self._dropped:
                self.progressed.emit(told.value)
            return
        self._tell_outcome(told)

    @Slot()
    def _on_thread_finished(self) -> None:
        """Comes after everything that the thread told."""
        self._thread.wait()  # some microseconds: it has nothing left to do
        self._thread.deleteLater()
        self._running = False
        if not self._orphaned:
            self.finished.emit()
        self.deleteLater()

    def _tell_outcome(self, told: _JobMessage) -> None:
        value = told.value
        if told.kind == "broken" and isinstance(value, Exception):
            sys.excepthook(type(value), value, value.__traceback__)
        elif self._dropped or isinstance(value, Stopped):
            return
        elif told.kind == "failed":
            self.failed.emit(value)
        else:
            self.succeeded.emit(value)

    @Slot()
    def _on_owner_destroyed(self) -> None:
        self._orphaned = True
        self.abandon()

    @Slot()
    def _on_about_to_quit(self) -> None:
        """From here on the thread must not touch Qt: the application is about to be taken down."""
        self.stop()
        with self._gate:
            self._deaf = True


def end_program(code: int) -> None:
    """Leave the process with this exit code after the event loop; does not return where work is under way.

    Waits two seconds for threads to end. One that still waits for its server is left to the system: all that
    it may yet find out, the journal asks for at the next start.
    """
    application = QCoreApplication.instance()
    threads = application.findChildren(QThread) if application is not None else []
    if all(thread.wait(LAST_WAIT_MS) for thread in threads):
        return
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def start_job(
    call: Callable[[], T],
    owner: QObject,
    *,
    success: Callable[[T], None],
    failure: Callable[[KdguiError], None],
    finished: Callable[[], None] | None = None,
) -> Job:
    """Run `call` off the window's thread; `success` or `failure`, then `finished`, run on this thread.

    The callbacks may be bound methods or lambdas; none is called once `owner` is destroyed or the job is
    abandoned (`finished` is, as long as the owner lives).
    """
    job = Job(lambda _handle: call(), owner)
    job.succeeded.connect(success)
    job.failed.connect(failure)
    if finished is not None:
        job.finished.connect(finished)
    job.start()
    return job
