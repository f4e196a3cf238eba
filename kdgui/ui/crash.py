"""Bugs of ours: caught on whatever thread, shown once in plain words, with details to copy.

A foreseen trouble (KdguiError) never comes here. The program goes on where it can: every verdict is in the
journal before it is on the screen.
"""

from __future__ import annotations

import faulthandler
import logging
import platform
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TextIO

import PySide6
from PySide6.QtCore import QObject, Qt, Signal, Slot, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

import kdgui
from kdgui.store.logs import mask
from kdgui.store.paths import make_private_dir
from kdgui.ui.widgets.card import plain_label, push_button, say
from kdgui.ui.widgets.fitting_dialog import resize_within_screen
from kdgui.ui.widgets.style import em, named

log = logging.getLogger(__name__)

FAULTS = "faults.txt"


@dataclass(frozen=True, slots=True)
class CrashReport:
    """What the clerk may send to whoever looks after the program; passwords and tokens are masked.

    Attributes:
        headline: kind and message of the exception.
        details: versions, time, thread and traceback.
    """

    headline: str
    details: str


def versions() -> str:
    """One line with the versions of everything that matters for a report."""
    return (
        f"kdgui {kdgui.__version__}, Python {platform.python_version()}, PySide6 {PySide6.__version__}, "
        f"Qt {qVersion()}, {platform.platform()}"
    )


def report_of(error: BaseException, trace: TracebackType | None, thread: str) -> CrashReport:
    """The report of one exception."""
    headline = "".join(traceback.format_exception_only(error)).strip().splitlines()[-1]
    lines = "".join(traceback.format_exception(type(error), error, trace))
    moment = datetime.now().astimezone().isoformat(timespec="seconds")
    return CrashReport(mask(headline), mask(f"{versions()}\n{moment}, thread {thread}\n\n{lines}"))


class CrashHook(QObject):
    """Stands where Python reports exceptions that nobody caught, and tells the window of each once.

    Lives on the window's thread; exceptions of other threads come over by the signal. Put it up with
    `install()`, take it down with `remove()`.

    Signals:
        crashed: CrashReport, on the window's thread, the same traceback once only.
    """

    crashed = Signal(object)
    _caught = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._known: set[tuple[object, ...]] = set()
        self._lock = threading.Lock()
        self._before: tuple[Callable[..., object], Callable[..., object]] | None = None
        self._caught.connect(self._tell)

    def install(self) -> None:
        """Take over `sys.excepthook` and `threading.excepthook`."""
        if self._before is None:
            self._before = sys.excepthook, threading.excepthook
            sys.excepthook = self._on_exception
            threading.excepthook = self._on_thread_exception

    def remove(self) -> None:
        """Put back what was there before."""
        if self._before is not None:
            sys.excepthook, threading.excepthook = self._before
            self._before = None

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, (KeyboardInterrupt, SystemExit)):
            sys.__excepthook__(kind, error, trace)
            return
        self._take(error, trace, threading.current_thread().name)

    def _on_thread_exception(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            name = arguments.thread.name if arguments.thread else "?"
            self._take(arguments.exc_value, arguments.exc_traceback, name)

    def _take(self, error: BaseException, trace: TracebackType | None, thread: str) -> None:
        """Any thread: log it always, tell it the first time."""
        log.critical("not caught, on thread %s", thread, exc_info=(type(error), error, trace))
        key = _where(error, trace)
        with self._lock:
            known = key in self._known
            self._known.add(key)
        if not known:
            self._caught.emit(report_of(error, trace, thread))

    @Slot(object)
    def _tell(self, report: CrashReport) -> None:
        self.crashed.emit(report)


def _where(error: BaseException, trace: TracebackType | None) -> tuple[object, ...]:
    """What makes two crashes the same one: the kind of error and the lines it went through."""
    frames = traceback.extract_tb(trace)
    return (type(error).__qualname__, *((frame.filename, frame.lineno) for frame in frames))


class FaultFile:
    """A file into which Python writes its stacks when the process dies of a fault (a crash in C++ code)."""

    def __init__(self, log_dir: Path) -> None:
        self._path = log_dir / FAULTS
        self._file: TextIO | None = None

    def open(self) -> str:
        """Begin to watch; answers what the last start left in the file, or "".

        A folder that cannot be written is no reason not to start: then nothing is watched.
        """
        try:
            make_private_dir(self._path.parent)
            left = self._path.read_text(encoding="utf-8", errors="replace") if self._path.exists() else ""
            self._file = self._path.open("w", encoding="utf-8")
        except OSError:
            log.warning("no fault file", exc_info=True)
            return ""
        faulthandler.enable(self._file)
        return left.strip()

    def close(self) -> None:
        """Stop watching; an orderly end leaves no file."""
        if self._file is None:
            return
        faulthandler.disable()
        self._file.close()
        self._file = None
        self._path.unlink(missing_ok=True)


class CrashDialog(QDialog):
    """Says in plain words that we made a mistake, what it means, and offers the details to copy."""

    def __init__(self, report: CrashReport, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("crashDialog")
        self.setWindowTitle(self.tr("The program made a mistake"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._report = report
        headline = plain_label("heading")
        headline.setText(self.tr("The program made a mistake"))
        body = plain_label(wrap=True)
        body.setText(
            self.tr(
                "This is not your fault, and no result is lost: every one is written down before you see it. "
                "You may go on; if something looks odd, close the program and open it again. "
                "Please copy the details and send them to your administrator."
            )
        )
        self._details = named("crashDetails", QPlainTextEdit(report.details))
        self._details.setReadOnly(True)
        self._details.setAccessibleName(self.tr("Details of the mistake"))
        self._details.setMinimumHeight(em(self, 12))
        column = QVBoxLayout(self)
        column.setContentsMargins(*[em(self, 1.2)] * 4)
        column.setSpacing(em(self, 0.7))
        for widget in (headline, body, self._details):
            column.addWidget(widget)
        column.addLayout(self._buttons())
        resize_within_screen(self, em(self, 44), em(self, 28))

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        copy = push_button("crashCopyButton", self._copy, "link")
        say(copy, self.tr("Copy details"))
        self._copied = plain_label("muted")
        close = push_button("crashCloseButton", self.accept, "primary")
        say(close, self.tr("Go on"))
        close.setDefault(True)
        row.addWidget(copy)
        row.addWidget(self._copied)
        row.addStretch(1)
        row.addWidget(close)
        return row

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._report.details)
        self._copied.setText(self.tr("Copied"))


def show_crash(report: CrashReport, parent: QWidget | None) -> CrashDialog:
    """Show a report without stopping the event loop: a run beside it goes on."""
    dialog = CrashDialog(report, parent)
    dialog.open()
    return dialog
