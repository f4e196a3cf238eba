"""The saved connections: named, labelled, coloured and forgotten; the window follows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import trustme
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QListWidget, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from kdgui.pushing.engine import PushEngine
from kdgui.store.messages.words import Words
from kdgui.store.profiles import BUILT_IN, DataCentreColour, DataCentreLabel, Profile
from kdgui.ui.main_window import MainWindow
from kdgui.ui.sign_in.connections_dialog import ConnectionsDialog
from tests.ui.conftest import MemoryKeyring, Practice

FAR = "https://erp.example.invalid/k3cloud/"
WANG = Profile(FAR, "6b", "wang", data_centre_name="小河贸易", remember=True)
LI = Profile(FAR, "6b", "li", data_centre_name="小河贸易")


class Clerk:
    """Finds things in the dialog by their names."""

    def __init__(self, dialog: ConnectionsDialog, qtbot: QtBot) -> None:
        self.dialog, self.qtbot = dialog, qtbot
        self.list = dialog.findChild(QListWidget, "connectionsList")

    @property
    def names(self) -> list[str]:
        return [self.list.item(row).text() for row in range(self.list.count())]

    def combo(self, name: str) -> QComboBox:
        return self.dialog.findChild(QComboBox, name)

    def choose(self, name: str, value: str) -> None:
        self.combo(name).setCurrentIndex(self.combo(name).findData(value))

    def press(self, name: str) -> None:
        self.dialog.findChild(QPushButton, name).click()

    def save(self) -> None:
        with self.qtbot.waitSignal(self.dialog.changed, timeout=10_000):
            self.press("saveConnectionButton")

    def note(self) -> str:
        return self.dialog.findChild(QLabel, "connectionCaNote").text()


@pytest.fixture
def open_connections(engine: PushEngine, chinese: Words, qtbot: QtBot):
    def open_it(*profiles: Profile) -> Clerk:
        for profile in reversed(profiles):
            engine.profiles.save(profile)
        dialog = ConnectionsDialog(engine, chinese)
        qtbot.addWidget(dialog)
        dialog.show()
        clerk = Clerk(dialog, qtbot)
        wanted = len([profile for profile in profiles if profile.name != BUILT_IN])
        qtbot.waitUntil(lambda: clerk.list.count() == wanted)
        return clerk

    return open_it


def test_a_label_holds_for_every_connection_to_the_data_centre(open_connections, engine: PushEngine) -> None:
    elsewhere = replace(LI, data_centre_id="6c", data_centre_name="别家")
    clerk = open_connections(WANG, LI, elsewhere, Profile("http://127.0.0.1:1/", "1", "demo", name=BUILT_IN))
    assert clerk.names[0] == "正式 · 小河贸易 · wang", "what nobody labelled counts as production"
    assert not clerk.combo("connectionColourCombo").isEnabled()
    clerk.choose("connectionLabelCombo", "test")
    clerk.choose("connectionColourCombo", "blue")
    clerk.dialog.findChild(QLineEdit, "connectionNameEdit").setText(" 华东 ")
    clerk.save()
    wang, li, other, _ = engine.profiles.load()
    assert (wang.name, wang.label, wang.colour) == ("华东", DataCentreLabel.TEST, DataCentreColour.BLUE)
    assert (li.name, li.label, li.colour) == ("", DataCentreLabel.TEST, DataCentreColour.BLUE)
    assert other == elsewhere
    assert clerk.names == ["测试 · 华东 · wang", "测试 · 小河贸易 · li", "正式 · 别家 · li"]
    clerk.choose("connectionLabelCombo", "")
    clerk.save()
    assert engine.profiles.load()[0].production


def test_forgetting_takes_the_password_along(
    open_connections, engine: PushEngine, key_store: MemoryKeyring
) -> None:
    engine.secrets.save(WANG.account, "secret")
    clerk = open_connections(WANG, LI)
    clerk.press("forgetConnectionButton")
    box = clerk.dialog.findChild(QMessageBox, "forgetConnectionDialog")
    box.reject()
    assert len(engine.profiles.load()) == 2
    clerk.press("forgetConnectionButton")
    box = clerk.dialog.findChildren(QMessageBox, "forgetConnectionDialog")[-1]
    with clerk.qtbot.waitSignal(clerk.dialog.changed, timeout=10_000):
        box.findChild(QPushButton, "forgetButton").click()
    assert engine.profiles.load() == (LI,)
    assert key_store.kept == {}
    assert len(clerk.names) == 1


def test_a_ca_file_is_looked_into_before_it_is_kept(
    open_connections, engine: PushEngine, tmp_path: Path
) -> None:
    good, bad = tmp_path / "ca.pem", tmp_path / "bad.pem"
    trustme.CA().cert_pem.write_to_path(str(good))
    bad.write_text("hello")
    clerk = open_connections(WANG)
    edit = clerk.dialog.findChild(QLineEdit, "connectionCaEdit")
    edit.setText(str(bad))
    edit.editingFinished.emit()
    clerk.qtbot.waitUntil(lambda: "读不了" in clerk.note())
    assert edit.property("trouble")
    clerk.press("saveConnectionButton")
    message = clerk.dialog.findChild(QLabel, "connectionsMessage")
    clerk.qtbot.waitUntil(lambda: "读不了" in message.text())
    assert engine.profiles.load()[0].ca_file == ""
    edit.setText(str(good))
    edit.editingFinished.emit()
    clerk.qtbot.waitUntil(lambda: "有效到" in clerk.note())
    clerk.save()
    assert engine.profiles.load()[0].ca_file == str(good)


def test_the_window_follows_a_label_that_changes(
    open_connections, engine: PushEngine, practice: Practice, chinese: Words, qtbot: QtBot, tmp_path: Path
) -> None:
    engine.connection.sign_in(practice.profile(label=None), practice.password)
    window = MainWindow(engine, chinese, geometry_file=tmp_path / "window.ini")
    qtbot.addWidget(window)
    badge = window.findChild(QLabel, "dataCentreBadge")
    assert badge.property("tone") == "bad"
    assert window.windowTitle().startswith("正式")
    clerk = open_connections(engine.connection.profile)
    clerk.dialog.changed.connect(window.show_labels)
    clerk.choose("connectionLabelCombo", "test")
    clerk.choose("connectionColourCombo", "blue")
    clerk.dialog.findChild(QLineEdit, "connectionNameEdit").setText("华东")
    clerk.save()
    assert engine.connection.profile.label is DataCentreLabel.TEST
    assert badge.property("tone") == "info"
    assert window.windowTitle().startswith("测试 · 小河贸易 练习 (华东)")


def test_nothing_is_kept_yet(open_connections) -> None:
    clerk = open_connections()
    clerk.qtbot.waitUntil(lambda: "登录一次" in clerk.dialog.findChild(QLabel, "connectionsMessage").text())
    assert not clerk.dialog.findChild(QPushButton, "saveConnectionButton").isEnabled()


def test_from_the_sign_in(open_dialog, practice: Practice, engine: PushEngine) -> None:
    engine.profiles.save(practice.profile())
    clerk = open_dialog()
    clerk.wait(lambda: clerk.button("editProfileButton").isVisible())
    clerk.press("editProfileButton")
    dialog = clerk.dialog.findChild(ConnectionsDialog)
    clerk.wait(lambda: dialog.profile is not None)
    dialog.findChild(QLineEdit, "connectionNameEdit").setText("我的练习")
    dialog.findChild(QPushButton, "saveConnectionButton").click()
    clerk.wait(lambda: "我的练习" in clerk.combo("profileCombo").currentText())
    assert clerk.dialog.form.profile().name == "我的练习"
