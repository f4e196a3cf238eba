"""Reading off the window's thread: with progress, and to be stopped at any time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject

from kdgui.domain.errors import KdguiError, Stopped
from kdgui.store.imports.sheets import Progress
from kdgui.ui.jobs.worker import UPDATES_PER_SECOND, Job, TaskHandle

T = TypeVar("T")


def start_reading(
    read: Callable[[Progress], T],
    owner: QObject,
    *,
    success: Callable[[T], None],
    failure: Callable[[KdguiError], None],
    progress: Callable[[float], None] | None = None,
) -> Job:
    """Run `read` off the window's thread; it is stopped by `Job.abandon`, or when `owner` is destroyed.

    `success` or `failure`, and before them `progress` with shares from 0 to 1, run on this thread.
    """
    job = Job(lambda handle: read(_watch(handle)), owner)
    job.succeeded.connect(success)
    job.failed.connect(failure)
    if progress is not None:
        job.progressed.connect(progress)
    job.start()
    return job


def _watch(handle: TaskHandle) -> Progress:
    told_at = time.monotonic()

    def watch(share: float) -> None:
        nonlocal told_at
        if handle.stopped:
            raise Stopped
        now = time.monotonic()
        if now - told_at >= 1 / UPDATES_PER_SECOND:
            told_at = now
            handle.report(share)

    return watch
