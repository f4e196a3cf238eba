"""A second start raises the first window; Ctrl+C in the terminal ends the program."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from kdgui.first_window import FirstWindow, raise_first

SCRIPT = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
from kdgui.first_window import Interrupts
application = QApplication(["kdgui"])
window = QWidget()
Interrupts(application.quit, window)
QTimer.singleShot(0, lambda: print("ready", flush=True))
sys.exit(application.exec())
"""


def test_a_later_start_brings_the_window_of_its_data_folder_to_the_front(
    qtbot: QtBot, tmp_path: Path
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    FirstWindow(tmp_path, window)
    window.showMinimized()
    assert not raise_first(tmp_path / "another")
    assert raise_first(tmp_path)
    qtbot.waitUntil(lambda: window.isVisible() and not window.isMinimized())


@pytest.mark.skipif(sys.platform == "win32", reason="a console's Ctrl+C cannot be sent to one process there")
def test_ctrl_c_ends_the_event_loop() -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT], stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
