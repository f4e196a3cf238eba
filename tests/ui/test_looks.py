"""The looks: nothing cut, nothing over anything else, everything readable and reachable, on every screen."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

HERE = Path(__file__).parent
LOOKS = HERE / "looks.py"
LANGUAGES = ("zh", "en")
SCHEMES, SCREENS = 2, 7
UI = HERE.parents[1] / "kdgui" / "ui"


@pytest.fixture(scope="module")
def measuring() -> Iterator[dict[str, subprocess.Popen[str]]]:
    """Both languages at once, each in a process of its own: screens are made up when Qt starts."""
    with tempfile.TemporaryDirectory() as home:
        surroundings = os.environ | {"PYTHONPATH": str(HERE.parents[1]), "KDGUI_HOME": home}
        started = {
            language: subprocess.Popen(
                [sys.executable, str(LOOKS), language],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                encoding="utf-8",
                env=surroundings,
            )
            for language in LANGUAGES
        }
        yield started
        for process in started.values():
            process.kill()
            process.communicate()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.slow
def test_every_window_in_both_schemes_at_every_scale_and_size(
    measuring: dict[str, subprocess.Popen[str]], language: str
) -> None:
    out, trouble = measuring[language].communicate(timeout=110)
    lines = [json.loads(line) for line in out.splitlines() if line.startswith(("[", "{"))]
    faults = [" | ".join(line) for line in lines if isinstance(line, list)]
    assert not faults, "\n".join(faults)
    measured = [line["measured"] for line in lines if isinstance(line, dict)]
    assert measured, trouble[-3000:]
    dialogs = re.findall(r"^class (\w+)\((?:QDialog|FittingDialog)\)", sources(), re.MULTILINE)
    assert {"MainWindow", *dialogs} - {"FittingDialog"} <= set(measured[0])
    assert set(Counter(measured[0]).values()) >= {SCHEMES * SCREENS}


def sources() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in UI.rglob("*.py"))


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_is_wrong_is_noticed(qtbot: QtBot, dressed: QApplication) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    good, pale = QPushButton("Good"), QLabel("Pale words on white")
    good.setObjectName("good")
    pale.setStyleSheet("color: #aab2bd; background: #ffffff;")
    for part in (good, pale):
        column.addWidget(part)
    cut, over = QLabel("A label with too little room", window), QPushButton("Over", window)
    window.resize(300, 200)
    with qtbot.waitExposed(window):
        window.show()
    measure = load("looks_measure")
    cut.setGeometry(10, 170, 40, 12)
    over.setGeometry(good.geometry().translated(5, 5))
    for part in (cut, over):
        part.show()
    found = "\n".join(measure.faults(window, QSize(250, 200)))
    for word in ("more than the screen", "wants", "overlap"):
        assert word in found, word
    assert [fault for fault in measure.unnamed(window) if "Over" in fault]
    for part in (cut, over):
        part.hide()
    assert [fault for fault in measure.unreadable(window) if "Pale" in fault]
