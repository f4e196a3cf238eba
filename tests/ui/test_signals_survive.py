"""The binding itself: PySide6 6.12.0 on Python 3.11 aborts at about the 580th signal emitted."""

from __future__ import annotations

import os
import subprocess
import sys

SCRIPT = """
import threading
from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal, Slot

class Speaker(QObject):
    plain, flag = Signal(object), Signal(bool)

class Hearer(QObject):
    def __init__(self):
        super().__init__()
        self.count = 0
    @Slot(object)
    def hear(self, value):
        self.count += 1
        if self.count == 15000:
            QCoreApplication.quit()

app = QCoreApplication([])
speaker, hearer = Speaker(), Hearer()
speaker.plain.connect(hearer.hear)
speaker.flag.connect(hearer.hear)
for number in range(5000):
    speaker.plain.emit((number, True))
    speaker.flag.emit(True)

def talk():
    for number in range(5000):
        speaker.plain.emit((number, False))

threading.Thread(target=talk, daemon=True).start()
app.exec()
print(hearer.count)
"""


def test_five_thousand_signals_from_either_thread() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env=os.environ,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "15000", "")
