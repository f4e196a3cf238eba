"""Fixtures for the window's tests: a dressed application, and no thread left behind."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QThread
from PySide6.QtWidgets import QApplication

from kdgui.ui import style
from kdgui.ui.worker import THREAD_NAME


@pytest.fixture(autouse=True)
def no_thread_left_behind() -> Iterator[None]:
    """A test that leaves a job or a QThread running fails, and names it."""
    yield
    deadline = time.monotonic() + 5
    jobs = [thread for thread in threading.enumerate() if thread.name == THREAD_NAME]
    for job in jobs:
        job.join(max(deadline - time.monotonic(), 0))
    left = [thread.name for thread in jobs if thread.is_alive()]
    running = [thing for thing in gc.get_objects() if type(thing) is QThread and thing.isRunning()]
    main = QCoreApplication.instance() and QCoreApplication.instance().thread()
    left += [thread.objectName() or repr(thread) for thread in running if thread is not main]
    assert not left, f"threads left running: {left}"


@pytest.fixture
def dressed(qapp: QApplication) -> Iterator[QApplication]:
    """The application in the light scheme; undressed afterwards."""
    font = qapp.font()
    style.apply_scheme(qapp, style.LIGHT)
    yield qapp
    qapp.setStyleSheet("")
    qapp.setFont(font)
