"""The worker of a run: off the window's thread, told in at most 30 updates a second."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal, Slot

from kdgui.domain.chains import Chain, UndoItem
from kdgui.domain.errors import KdguiError
from kdgui.domain.verdicts import Progress, Row
from kdgui.pushing.flow.observer import Observer
from kdgui.pushing.flow.run_control import Pause, RunControl
from kdgui.ui.jobs.worker import UPDATES_PER_SECOND, Job, Task, TaskHandle
from kdgui.ui.results.run_digest import RunDigest, digest_of


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A run and all its rows are in the journal."""

    run_id: str
    digest: RunDigest


@dataclass(frozen=True, slots=True)
class ItemsChanged:
    """How these chains, or bills to be deleted, stand in the journal now."""

    things: tuple[Chain | UndoItem, ...]


RunMessage = RunStarted | Pause | ItemsChanged | None


class _Mailbox:
    """The Observer that a run talks to: keeps the newest of everything until the window fetches it.

    Filled on the run's thread, emptied on the window's; `wake` is called when something falls into the
    empty box.
    """

    def __init__(self) -> None:
        self.wake: Callable[[], None] = lambda: None
        self._lock = threading.Lock()
        self._letters: list[RunMessage] = []
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
        self._put(letters=(ItemsChanged(tuple(chains)),))

    def item_changed(self, items: Sequence[UndoItem]) -> None:
        """See ItemObserver."""
        self._put(letters=(ItemsChanged(tuple(items)),))

    def fetch(self) -> tuple[tuple[RunMessage, ...], tuple[Row, ...], Progress | None]:
        """What came since the last time: letters in order (None = resumed), newest rows, newest progress."""
        with self._lock:
            found = tuple(self._letters), tuple(self._rows.values()), self._progress
            self._letters, self._rows, self._progress = [], {}, None
        return found

    def _put(
        self,
        letters: Sequence[RunMessage] = (),
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

    `call` is one of the engine's long methods with its first arguments filled in: `partial(runs.run, order)`,
    `partial(runs.continue_run, run_id)`, `runs.settle`. The worker deletes itself after `finished`: clear
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

    def _deliver_letter(self, letter: RunMessage) -> None:
        if letter is None:
            self.resumed.emit()
        elif isinstance(letter, ItemsChanged):
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

    def task(handle: TaskHandle) -> object:
        mailbox.wake = lambda: handle.report(None)
        return call(control, mailbox)

    return task
