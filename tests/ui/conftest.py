"""Fixtures for the window's tests: a dressed application, a data folder of its own, no thread left behind."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QThread
from PySide6.QtWidgets import QApplication

from kdgui.ui import style


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test has a data folder of its own."""
    home = tmp_path / "home"
    monkeypatch.setenv("KDGUI_HOME", str(home))
    return home


@pytest.fixture(autouse=True)
def no_thread_left_behind() -> Iterator[None]:
    """A test that leaves a QThread running fails, and names it."""
    yield
    left = [found for found in gc.get_objects() if type(found) is QThread and found.isRunning()]
    names = [thread.objectName() or repr(thread) for thread in left]
    for thread in left:
        thread.quit()
        thread.wait(5000)
    assert not names, f"threads left running: {names}"


@pytest.fixture
def dressed(qapp: QApplication) -> Iterator[QApplication]:
    """The application in the light scheme; undressed afterwards."""
    font = qapp.font()
    style.apply_scheme(qapp, style.LIGHT)
    yield qapp
    qapp.setStyleSheet("")
    qapp.setFont(font)
