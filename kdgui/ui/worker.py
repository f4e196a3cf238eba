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
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QObject, Qt, QThread, QTimer, Signal, Slot

from kdgui.domain.chains import Chain, UndoItem
from kdgui.domain.errors import KdguiError, Stopped
from kdgui.domain.verdicts import Progress, Row
from kdgui.pushing.control import Observer, Pause, RunControl
from kdgui.ui.digest import Digest, digest_of

UPDATES_PER_SECOND = 30
THREAD_NAME = "kdgui-job"
LAST_WAIT_MS = 2000


class Handle:
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
Task = Callable[[Handle], object]


@dataclass(frozen=True, slots=True)
class _Told:
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
        self._handle = Handle(self._report)
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
            told = _Told("succeeded", self._task(self._handle))
        except KdguiError as error:
            told = _Told("failed", error)
        except Exception as error:  # noqa: BLE001 - the top of a thread: a bug is told on the window's thread
            told = _Told("broken", error)
        self._send(told)

    def _report(self, value: object) -> None:
        self._send(_Told("progressed", value))

    def _send(self, told: _Told) -> None:
        with self._gate:
            if not self._deaf:
                self._told.emit(told)

    @Slot(object)
    def _on_told(self, told: _Told) -> None:
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

    def _tell_outcome(self, told: _Told) -> None:
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


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A run and all its rows are in the journal."""

    run_id: str
    digest: Digest


@dataclass(frozen=True, slots=True)
class Followed:
    """How these chains, or bills to be deleted, stand in the journal now."""

    things: tuple[Chain | UndoItem, ...]


Letter = RunStarted | Pause | Followed | None


class _Mailbox:
    """The Observer that a run talks to: keeps the newest of everything until the window fetches it.

    Filled on the run's thread, emptied on the window's; `wake` is called when something falls into the
    empty box.
    """

    def __init__(self) -> None:
        self.wake: Callable[[], None] = lambda: None
        self._lock = threading.Lock()
        self._letters: list[Letter] = []
        self._rows: dict[tuple[str, int], Row] = {}
        self._progress: Progress | None = None

    def run_started(self, run_id: str, rows: Sequence[Row]) -> None:
        """See Observer."""
        self._put(letters=(RunStarted(run_id, digest_of(rows)),))

    def rows_changed(self, rows: Sequence[Row]) -> None:
        """See Observer."""
        self._put(rows=rows)

    def progressed(self, progress: Progress) -> None:
        """See Observer."""
        self._put(progress=progress)

    def paused(self, pause: Pause) -> None:
        """See Observer."""
        self._put(letters=(pause,))

    def resumed(self) -> None:
        """See Observer."""
        self._put(letters=(None,))

    def chain_changed(self, chains: Sequence[Chain]) -> None:
        """See ChainObserver."""
        self._put(letters=(Followed(tuple(chains)),))

    def item_changed(self, items: Sequence[UndoItem]) -> None:
        """See ItemObserver."""
        self._put(letters=(Followed(tuple(items)),))

    def fetch(self) -> tuple[tuple[Letter, ...], tuple[Row, ...], Progress | None]:
        """What came since the last time: letters in order (None = resumed), newest rows, newest progress."""
        with self._lock:
            found = tuple(self._letters), tuple(self._rows.values()), self._progress
            self._letters, self._rows, self._progress = [], {}, None
        return found

    def _put(
        self,
        letters: Sequence[Letter] = (),
        rows: Sequence[Row] = (),
        progress: Progress | None = None,
    ) -> None:
        with self._lock:
            was_empty = not self._letters and not self._rows and self._progress is None
            self._letters.extend(letters)
            self._rows.update({(row.run_id, row.position): row for row in rows})
            self._progress = progress or self._progress
        if was_empty:
            self.wake()


RunCall = Callable[[RunControl, Observer], object]


class RunWorker(QObject):
    """One run (or settling) off the window's thread, told in at most 30 updates a second.

    `call` is one of the desk's long methods with its first arguments filled in: `partial(desk.run, order)`,
    `partial(desk.continue_run, run_id)`, `desk.settle`. The worker deletes itself after `finished`: clear
    your reference there. When its parent is destroyed, or the program ends, the run is told to stop.

    Attributes:
        control: stop(), resume(), ask_now(); all return at once.

    Signals (all on the thread that made the worker; what they carry is frozen):
        started: RunStarted.
        rows_changed: tuple of Row, the newest state of every row that changed since the last time.
        progressed: Progress, the newest.
        paused: Pause; the run waits until `control.resume()` or `control.stop()`.
        resumed: the run goes on.
        followed: tuple of Chain or of UndoItem, as they stand now.
        succeeded: what `call` returned (RunInfo, or the rows that were asked about).
        failed: the KdguiError that kept it from starting.
        finished: always last; everything above has been told before it.
    """

    started = Signal(object)
    rows_changed = Signal(object)
    progressed = Signal(object)
    paused = Signal(object)
    resumed = Signal()
    followed = Signal(object)
    succeeded = Signal(object)
    failed = Signal(object)
    finished = Signal()

    def __init__(self, call: RunCall, parent: QObject) -> None:
        super().__init__(parent)
        self.control = RunControl()
        self._mailbox = _Mailbox()
        self._rest = QTimer(self, singleShot=True, interval=1000 // UPDATES_PER_SECOND)
        self._rest.timeout.connect(self._deliver)
        self._job = Job(_run_task(call, self.control, self._mailbox), self)
        self._job.progressed.connect(self._on_woken)
        self._job.succeeded.connect(self._on_succeeded)
        self._job.failed.connect(self._on_failed)
        self._job.finished.connect(self._on_finished)
        self.destroyed.connect(self.control.stop)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self._on_about_to_quit)

    @property
    def running(self) -> bool:
        """Whether `finished` is still to come."""
        return self._job.running

    def start(self) -> None:
        """Start the run. Call it once."""
        self._job.start()

    @Slot(object)
    def _on_woken(self, _nothing: object) -> None:
        if not self._rest.isActive():
            self._rest.start()

    @Slot()
    def _deliver(self) -> None:
        letters, rows, progress = self._mailbox.fetch()
        for letter in letters:
            self._deliver_letter(letter)
        if rows:
            self.rows_changed.emit(rows)
        if progress is not None:
            self.progressed.emit(progress)

    def _deliver_letter(self, letter: Letter) -> None:
        if letter is None:
            self.resumed.emit()
        elif isinstance(letter, Followed):
            self.followed.emit(letter.things)
        elif isinstance(letter, RunStarted):
            self.started.emit(letter)
        else:
            self.paused.emit(letter)

    @Slot(object)
    def _on_succeeded(self, result: object) -> None:
        self._deliver()
        self.succeeded.emit(result)

    @Slot(object)
    def _on_failed(self, error: KdguiError) -> None:
        self._deliver()
        self.failed.emit(error)

    @Slot()
    def _on_about_to_quit(self) -> None:
        self.control.stop()

    @Slot()
    def _on_finished(self) -> None:
        self._rest.stop()
        self._deliver()
        self.finished.emit()
        self.deleteLater()


def _run_task(call: RunCall, control: RunControl, mailbox: _Mailbox) -> Task:
    """The task of a RunWorker; it holds no widget, so the worker may die before the run does."""

    def task(handle: Handle) -> object:
        mailbox.wake = lambda: handle.report(None)
        return call(control, mailbox)

    return task
