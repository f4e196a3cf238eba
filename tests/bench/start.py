"""Start-up: the sign-in beside a bare window, and the command line beside `import requests`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from kdgui.store.profiles import Profile, ProfileBook
from tests.bench.measure import ROOT, Figure, child_cpu, taken

_NOTING = """
import os, sys
from PySide6 import QtWidgets
from PySide6.QtCore import QEvent, QObject, QTimer
WANTED = sys.argv[1]
class Noting(QObject):
    def eventFilter(self, seen, event):
        if event.type() == QEvent.Type.Paint and isinstance(seen, QtWidgets.QWidget):
            if type(seen.window()).__name__ == WANTED:
                QTimer.singleShot(0, lambda: os._exit(0))  # painted, and the event loop has its turn
        return False
class Application(QtWidgets.QApplication):
    def __init__(self, arguments):
        super().__init__(arguments)
        self.noting = Noting(self)
        self.installEventFilter(self.noting)
QtWidgets.QApplication = Application
"""
_BARE = (
    _NOTING
    + """
class Bare(QtWidgets.QMainWindow): pass
application = Application(["bare"])
window, table = Bare(), QtWidgets.QTableWidget(50, 4)
for row in range(50):
    for column in range(4):
        table.setItem(row, column, QtWidgets.QTableWidgetItem(f"{row} {column}"))
window.setCentralWidget(table)
window.show()
application.exec()
"""
)
_OURS = (
    _NOTING
    + """
from kdgui.app import main
from kdgui.arguments import build_parser
main(build_parser([]).parse_args([]))
"""
)


def start(*, long: bool) -> Iterator[Figure]:
    """CPU seconds to a painted sign-in whose event loop runs; the limit is Qt's own start."""
    times = 15 if long else 5
    with TemporaryDirectory() as home:
        account = Profile("http://127.0.0.1:9/k3cloud/", "1", "demo")
        ProfileBook(Path(home) / "profiles.json").save(account)
        more = {"KDGUI_HOME": home, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}

        def ratio() -> float:
            bare = child_cpu([sys.executable, "-c", _BARE, "Bare"], **more)
            ours = child_cpu([sys.executable, "-c", _OURS, "LoginDialog"], **more)
            notes.append(f"{ours:.2f} · {bare:.2f} s")
            return ours / bare

        notes: list[str] = []
        ratio()  # byte code and disk cache
        values = taken(times, ratio)
        yield Figure(
            "start to the painted sign-in (CPU)", "bare window with a table", values, 2, note=notes[-1]
        )


def commands(*, long: bool) -> Iterator[Figure]:
    """CPU seconds of two commands; the limit is Python's own start."""
    times = 15 if long else 5
    with TemporaryDirectory() as home:
        for words, goal in (("--help", 1.2), ("runs", 1.3)):

            def ratio(words: str = words) -> float:
                ours = child_cpu([sys.executable, "-m", "kdgui", words], KDGUI_HOME=home)
                return ours / child_cpu([sys.executable, "-c", "import requests"])

            ratio()
            yield Figure(f"kdgui {words} (CPU)", "python -c 'import requests'", taken(times, ratio), goal)


def imported(code: str) -> set[str]:
    """The modules that are loaded after `code`, in a process of its own."""
    told = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return set(told.stdout.splitlines()[-1].split())
