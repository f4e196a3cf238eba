"""Fixtures for the window: a dressed application, a practice server, a desk, no thread left behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from weakref import WeakSet

import keyring
import pytest
import shiboken6
from keyring.backend import KeyringBackend
from PySide6.QtCore import QCoreApplication, QEvent, Qt, QThread
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QPushButton

from kdgui.bootstrap import open_engine
from kdgui.practice.server import PracticeServer
from kdgui.pushing.engine import PushEngine
from kdgui.store import secrets
from kdgui.store.catalogue import read_catalogue_file
from kdgui.store.messages.words import Words, load_words
from kdgui.store.paths import Paths
from kdgui.store.profiles import DataCentreLabel, Profile
from kdgui.ui.sign_in.login_dialog import LoginDialog
from kdgui.ui.widgets import style
from kdgui.ui.widgets.translations import Translations
from tests.ui.walking import Walker


@pytest.fixture(scope="session")
def started_threads() -> Iterator[WeakSet[QThread]]:
    """Every QThread that was ever started and that somebody still holds."""
    threads: WeakSet[QThread] = WeakSet()
    start = QThread.start

    def noted(thread: QThread, *priority: Any) -> None:
        threads.add(thread)
        start(thread, *priority)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(QThread, "start", noted)
        yield threads


@pytest.fixture(autouse=True)
def no_thread_left_behind(started_threads: WeakSet[QThread]) -> Iterator[None]:
    """A test that leaves a job or another QThread running fails, and names it."""
    yield
    deadline = time.monotonic() + 5
    while (left := _running(started_threads)) and time.monotonic() < deadline:
        QCoreApplication.processEvents()
        time.sleep(0.005)
    assert not left, f"threads left running: {left}"
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _running(threads: WeakSet[QThread]) -> list[str]:
    return [
        thread.objectName() or repr(thread)
        for thread in threads
        if shiboken6.isValid(thread) and thread.isRunning()
    ]


@pytest.fixture
def dressed(qapp: QApplication) -> Iterator[QApplication]:
    """The application in the light scheme; undressed afterwards."""
    font = qapp.font()
    style.apply_scheme(qapp, style.LIGHT)
    yield qapp
    qapp.setStyleSheet("")
    qapp.setFont(font)


@pytest.fixture(scope="session")
def one_switch(qapp: QApplication) -> Translations:
    """The language switch of the application; there is one for all tests."""
    return Translations(qapp)


@pytest.fixture
def translations(one_switch: Translations) -> Iterator[Translations]:
    """The language switch; the window speaks English again afterwards, as it does without any translation."""
    yield one_switch
    one_switch.use("en")


@pytest.fixture
def chinese(dressed: QApplication, translations: Translations) -> Words:
    """A dressed window that speaks Chinese."""
    translations.use("zh")
    return load_words("zh")


@pytest.fixture
def english(dressed: QApplication, translations: Translations) -> Words:
    """A dressed window that speaks English."""
    translations.use("en")
    return load_words("en")


@dataclass
class Practice:
    """A practice server in another process."""

    url: str
    data_centre: str
    user: str
    password: str
    app_id: str
    app_secret: str

    def profile(self, **other: Any) -> Profile:
        known: dict[str, Any] = {
            "server": self.url,
            "data_centre_id": self.data_centre,
            "user": self.user,
            "label": DataCentreLabel.PRACTICE,
        }
        return Profile(**(known | other))

    def control(self, what: str, body: object) -> object:
        """POST to the server's own controls: `faults`, `reset`."""
        address = self.url.removesuffix("k3cloud/") + f"practice/{what}"
        request = urllib.request.Request(address, json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)


@contextmanager
def practice_process(*arguments: str) -> Iterator[Practice]:
    """`kdgui practice` in a process of its own."""
    command = [sys.executable, "-m", "kdgui", "practice", "--port", "0", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ) as process:
        assert process.stdout is not None
        yield Practice(**json.loads(process.stdout.readline()))
        process.terminate()


@pytest.fixture(scope="session")
def one_practice() -> Iterator[Practice]:
    """Started once for all tests of the window."""
    with practice_process() as practice:
        yield practice


@pytest.fixture(scope="session")
def slow_practice() -> Iterator[Practice]:
    """A server that takes most of a second for every call."""
    with practice_process("--latency-ms", "800") as practice:
        yield practice


@pytest.fixture
def practice(one_practice: Practice) -> Practice:
    """The practice server without faults."""
    one_practice.control("reset", {})
    return one_practice


@pytest.fixture
def engine(kdgui_home: Path) -> Iterator[PushEngine]:
    """A real desk on an empty data folder."""
    with open_engine(Paths(kdgui_home), attended=True) as engine:
        yield engine


class MemoryKeyring(KeyringBackend):
    """A key store that keeps what it is given, as long as the test lasts."""

    priority = 5  # type: ignore[assignment]  # the base class computes it from the class
    viable = False  # never chosen by itself: only `key_store` puts it in place

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.asked = threading.Event()
        self.may_answer = threading.Event()
        self.may_answer.set()

    def get_password(self, service: str, username: str) -> str | None:
        self.asked.set()
        self.may_answer.wait(10)
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def key_store(monkeypatch: pytest.MonkeyPatch) -> Iterator[MemoryKeyring]:
    """A key store of the system that works."""
    name = f"{MemoryKeyring.__module__}.{MemoryKeyring.__qualname__}"
    monkeypatch.setattr("kdgui.store.secrets._SYSTEM_STORES", frozenset((name,)))
    before = keyring.get_keyring()
    store = MemoryKeyring()
    listed = {*secrets._SYSTEM_STORES, f"{MemoryKeyring.__module__}.{MemoryKeyring.__qualname__}"}
    monkeypatch.setattr(secrets, "_SYSTEM_STORES", listed)
    keyring.set_keyring(store)
    yield store
    keyring.set_keyring(before)


class Clerk:
    """Finds things in the dialog by their names, and works with them."""

    def __init__(self, dialog: LoginDialog, qtbot) -> None:
        self.dialog = dialog
        self.qtbot = qtbot

    def edit(self, name: str) -> QLineEdit:
        return self.dialog.findChild(QLineEdit, name)

    def combo(self, name: str) -> QComboBox:
        return self.dialog.findChild(QComboBox, name)

    def button(self, name: str) -> QPushButton:
        return self.dialog.findChild(QPushButton, name)

    @property
    def message(self) -> str:
        return self.dialog.findChild(QLabel, "loginMessage").text()

    @property
    def notes(self) -> str:
        labels = [label for label in self.dialog.form.findChildren(QLabel) if label.isVisible()]
        return "\n".join(label.text() for label in labels)

    def type(self, name: str, text: str) -> None:
        edit = self.edit(name)
        edit.setFocus()
        edit.selectAll()
        QTest.keyClicks(edit, text)

    def choose(self, name: str, text: str) -> None:
        combo = self.combo(name)
        index = combo.findText(text, Qt.MatchFlag.MatchContains)
        assert index >= 0, [combo.itemText(each) for each in range(combo.count())]
        combo.setCurrentIndex(index)
        combo.activated.emit(index)

    def press(self, name: str) -> None:
        QTest.mouseClick(self.button(name), Qt.MouseButton.LeftButton)

    def wait(self, condition, timeout: int = 10_000) -> None:
        self.qtbot.waitUntil(condition, timeout=timeout)

    def wait_for_data_centres(self) -> None:
        self.wait(lambda: self.combo("dataCentreCombo").count() > 0)


@pytest.fixture
def open_dialog(engine: PushEngine, chinese: Words, qtbot):
    def open_it(**how: Any) -> Clerk:
        dialog = LoginDialog(engine, chinese, **how)
        qtbot.addWidget(dialog)
        dialog.show()
        clerk = Clerk(dialog, qtbot)
        clerk.wait(lambda: clerk.combo("profileCombo").count() > 0 and dialog.isVisible())
        return clerk

    return open_it


@pytest.fixture
def walker(engine: PushEngine, english: Words, tmp_path: Path, qtbot) -> Iterator[Walker]:
    """A clerk before the window, signed in at a practice server of her own."""
    server = PracticeServer(read_catalogue_file())
    invitation = server.start()

    def ask(what: str, body: object = None) -> dict:
        address = invitation.url.removesuffix("k3cloud/") + f"practice/{what}"
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(address, data), timeout=10) as reply:
            return json.load(reply)

    engine.change_settings(replace(engine.settings, quiet_broken_seconds=1, quiet_timeout_seconds=1))
    profile = Profile(invitation.url, invitation.data_centre, invitation.user, label=DataCentreLabel.PRACTICE)
    engine.connection.sign_in(profile, invitation.password)
    yield Walker(engine, tmp_path, ask, qtbot)
    engine.connection.sign_out()
    server.stop()
