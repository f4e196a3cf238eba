"""The main window with 100,000 rows in both tables: how long its own thread works at a stretch, and memory.

What is measured is the processor time of that thread, as tests/ui/heart.py does; run with `--window` in a
process of its own, which prints the figures as JSON.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.measure import ROOT, Figure

_FELT = 50
"""Milliseconds: longer than that, a clerk notices."""
_SMOOTH = 16
_TURNS = 7


def tables(*, long: bool) -> Iterator[Figure]:
    """Every action that a clerk takes; the limit is what Qt itself needs to paint."""
    rows = 100_000 if long else 20_000
    with TemporaryDirectory() as home:
        told = subprocess.run(
            [sys.executable, "-m", "tests.bench.window", str(rows)],
            env={**os.environ, "KDGUI_HOME": home, "QT_QPA_PLATFORM": "offscreen"},
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
        )
    figures = json.loads(told.stdout.splitlines()[-1])
    memory = figures.pop("memory")
    for what, milliseconds in figures.items():
        goal = _SMOOTH if what in ("click on a result", "3 results change") else _FELT
        yield Figure(f"{what}, {rows:,} rows", "longest work", [max(milliseconds)], goal, unit=" ms")
    yield Figure(f"memory with {rows:,} rows in both tables", "bare window", [memory], 120, unit=" MB")


class _Stopwatch:
    """Runs actions in the window, and the events they call for, and notes how long the thread worked."""

    def __init__(self, events: Callable[[], None]) -> None:
        self._events = events
        self.figures: dict[str, list[float]] = {}

    def time(self, what: str, action: Callable[[], object]) -> None:
        """Note one action: what it does at once, and each round of events after it, in milliseconds."""
        gc.collect()
        gc.freeze()  # as the program does: what is there is not looked at again
        longest = 0.0
        for part in (action, *[self._events] * 4):
            started = time.thread_time()
            part()
            longest = max(longest, time.thread_time() - started)
        self.figures.setdefault(what, []).append(1000 * longest)


def measure(count: int) -> dict[str, object]:
    """Fill both tables of a window and use them; milliseconds by action, and "memory" in MB."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    from kdgui.app import build
    from kdgui.domain.bill_numbers import read_bill_number
    from kdgui.ui.numbers.push_selection import ready_list
    from kdgui.ui.results.run_digest import digest_of
    from tests.bench.files import results

    window = build(["--language", "zh", "--scheme", "light"])
    window.show()
    watch = _Stopwatch(QApplication.processEvents)
    QApplication.processEvents()
    before = _megabytes()
    numbers = tuple(read_bill_number(f"CGDD{place:08d}") for place in range(count))
    watch.time("paste into the grid", lambda: window.numbers.model.append(numbers))
    rows = results(count)
    digest = digest_of(rows)
    watch.time("run shown", lambda: window.results.show_run(digest))
    memory = _megabytes() - before
    pane, view, model = window.results, window.results.view, window.results.model

    def click(line: int) -> None:
        view.scrollTo(model.index(line, 0))
        QApplication.processEvents()
        place = view.visualRect(model.index(line, 0)).center()
        watch.time(
            "click on a result",
            lambda: QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place),
        )

    for turn in range(_TURNS):
        click(count // (turn + 2))
    for turn in range(_TURNS):
        changed = [replace(rows[place], partial=bool(turn % 2)) for place in (5, count // 2, count - 3)]
        watch.time("3 results change", partial(model.update_rows, changed))
    watch.time("scroll", lambda: view.verticalScrollBar().setValue(view.verticalScrollBar().maximum() // 2))
    watch.time("tab", lambda: pane.tabs.setCurrentIndex(1))
    watch.time("tab", lambda: pane.tabs.setCurrentIndex(0))
    watch.time("search", lambda: pane.search("00001"))
    watch.time("search", lambda: pane.search(""))
    watch.time("end of a run", lambda: pane.set_running(False))
    watch.time("edit in the grid", lambda: window.numbers.model.replace(3, "CGDD-NEW"))
    watch.time("what to push", lambda: ready_list(window.numbers.model))
    window.close()
    return {**watch.figures, "memory": memory}


def _megabytes() -> float:
    """What this process holds, in MB; 0 where the system has no such file."""
    status = Path("/proc/self/statm")
    return int(status.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6 if status.exists() else 0.0


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]))), flush=True)
    os._exit(0)
