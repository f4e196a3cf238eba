"""The settings: kept together or not at all, checked before, the proxy's password in the key store only."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton, QSpinBox, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from kdgui.pushing.engine import PushEngine
from kdgui.store.messages.words import Words
from kdgui.store.paths import Paths
from kdgui.store.settings import Settings
from kdgui.ui.settings.settings_dialog import SettingsDialog
from kdgui.ui.sign_in.connection_test_dialog import ConnectionTestDialog
from tests.ui.conftest import MemoryKeyring, Practice


class Clerk:
    """Finds things in the dialog by their names."""

    def __init__(self, dialog: SettingsDialog, qtbot: QtBot) -> None:
        self.dialog, self.qtbot = dialog, qtbot

    def edit(self, name: str) -> QLineEdit:
        return self.dialog.findChild(QLineEdit, name)

    def spin(self, name: str) -> QSpinBox:
        return self.dialog.findChild(QSpinBox, name)

    def choose(self, name: str, value: str) -> None:
        combo = self.dialog.findChild(QComboBox, name)
        index = combo.findData(value)
        assert index >= 0
        combo.setCurrentIndex(index)

    def press(self, name: str) -> None:
        self.dialog.findChild(QPushButton, name).click()

    def turn_to(self, page: int) -> None:
        self.dialog.findChild(QTabBar, "settingsTabs").setCurrentIndex(page)

    @property
    def message(self) -> str:
        return self.dialog.findChild(QLabel, "settingsMessage").text()

    def save(self) -> Settings:
        with self.qtbot.waitSignal(self.dialog.accepted, timeout=10_000):
            self.press("saveSettingsButton")
        return self.dialog._engine.settings


@pytest.fixture
def open_settings(engine: PushEngine, chinese: Words, kdgui_home: Path, qtbot: QtBot):
    def open_it() -> Clerk:
        dialog = SettingsDialog(engine, chinese, Paths(kdgui_home))
        qtbot.addWidget(dialog)
        dialog.show()
        return Clerk(dialog, qtbot)

    return open_it


def test_settings_are_kept(open_settings, engine: PushEngine) -> None:
    clerk = open_settings()
    assert clerk.dialog.settings() == engine.settings
    clerk.spin("readSpin").setValue(300)
    clerk.spin("parallelSpin").setValue(3)
    clerk.choose("schemeCombo", "dark")
    clerk.choose("logLevelCombo", "DEBUG")
    clerk.turn_to(2)
    assert not clerk.edit("proxyEdit").isVisible()
    clerk.choose("proxyCombo", "own")
    assert clerk.edit("proxyEdit").isVisible()
    clerk.edit("proxyEdit").setText(" proxy：8080 ")
    told: list[Settings] = []
    clerk.dialog.changed.connect(told.append)
    wanted = Settings(
        read_seconds=300.0, parallel=3, scheme="dark", log_level="DEBUG", proxy="http://proxy:8080"
    )
    assert clerk.save() == wanted
    assert told == [wanted]


def test_what_the_dialog_does_not_show_stays(open_settings, engine: PushEngine) -> None:
    engine.change_settings(Settings(read_seconds=90.0, recent_forms=("PUR_PurchaseOrder",), proxy=""))
    clerk = open_settings()
    clerk.press("defaultSettingsButton")
    assert clerk.dialog.settings() == Settings(recent_forms=("PUR_PurchaseOrder",))


def test_settings_that_cannot_be_written_are_not_lost(open_settings, kdgui_home: Path) -> None:
    clerk = open_settings()
    (kdgui_home / "settings.json").mkdir(parents=True)
    clerk.spin("readSpin").setValue(99)
    clerk.press("saveSettingsButton")
    clerk.qtbot.waitUntil(lambda: "没有保存成功" in clerk.message)
    assert clerk.dialog.isVisible()
    assert clerk.spin("readSpin").value() == 99


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "还没有填代理地址"),
        ("socks5://proxy:1080", "只能用 http 或 https 代理"),
        ("http://me:pw@proxy:1", "不要写用户名和密码"),
        ("proxy:99999", "端口不对"),
    ],
)
def test_what_is_no_proxy_is_not_kept(open_settings, engine: PushEngine, typed: str, said: str) -> None:
    clerk = open_settings()
    clerk.choose("proxyCombo", "own")
    clerk.edit("proxyEdit").setText(typed)
    clerk.turn_to(0)
    clerk.press("saveSettingsButton")
    assert said in clerk.message
    assert clerk.edit("proxyEdit").isVisible(), "the page that holds the mistake"
    assert clerk.edit("proxyEdit").property("trouble")
    assert engine.settings == Settings()


def test_the_proxys_password_lies_in_the_key_store(
    open_settings, engine: PushEngine, key_store: MemoryKeyring, kdgui_home: Path
) -> None:
    clerk = open_settings()
    clerk.choose("proxyCombo", "own")
    clerk.edit("proxyEdit").setText("10.0.0.8:8080")
    clerk.edit("proxyUserEdit").setText("wang")
    clerk.edit("proxyPasswordEdit").insert("p@ss")
    clerk.edit("proxyPasswordEdit").textEdited.emit("p@ss")
    settings = clerk.save()
    assert (settings.proxy, settings.proxy_user) == ("http://10.0.0.8:8080", "wang")
    assert list(key_store.kept.values()) == ["p@ss"]
    assert "p@ss" not in (kdgui_home / "settings.json").read_text(encoding="utf-8")
    assert engine._connection_settings().proxy == "http://wang:p%40ss@10.0.0.8:8080"

    again = open_settings()
    assert again.edit("proxyPasswordEdit").text() == ""
    assert "已保存" in again.edit("proxyPasswordEdit").placeholderText()
    again.spin("connectSpin").setValue(20)
    again.save()
    assert list(key_store.kept.values()) == ["p@ss"], "what was not typed anew stays"


def test_a_password_in_an_old_address_is_moved_out_of_the_file(
    open_settings, engine: PushEngine, key_store: MemoryKeyring
) -> None:
    engine.change_settings(Settings(proxy="http://wang:old@10.0.0.8:8080"))
    settings = open_settings().save()
    assert (settings.proxy, settings.proxy_user) == ("http://10.0.0.8:8080", "wang")
    assert list(key_store.kept.values()) == ["old"]


def test_without_a_key_store_the_password_holds_for_this_time_and_it_is_said(
    open_settings, engine: PushEngine
) -> None:
    engine.change_settings(Settings(proxy="http://wang:old@10.0.0.8:8080"))
    clerk = open_settings()
    with clerk.qtbot.waitSignal(clerk.dialog.troubled) as told:
        clerk.save()
    assert told.args[0].code == "proxy_password_not_kept"
    explained = clerk.dialog._words.error(told.args[0])
    assert "密钥库" in explained.why
    assert "secrets_none" not in explained.why
    assert engine._connection_settings().proxy == "http://wang:old@10.0.0.8:8080"


def test_folders_are_opened(open_settings, kdgui_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[QUrl] = []
    answers = [True, False]

    def open_url(url: QUrl) -> bool:
        opened.append(url)
        return answers.pop(0)

    monkeypatch.setattr(QDesktopServices, "openUrl", open_url)
    clerk = open_settings()
    clerk.press("dataFolderButton")
    assert opened[0].toLocalFile() == str(kdgui_home)
    (kdgui_home / "logs").mkdir(exist_ok=True)
    clerk.press("logFolderButton")
    assert opened[1].toLocalFile() == str(kdgui_home / "logs")
    assert "没有打开" in clerk.message
    assert clerk.edit("dataFolderEdit").text() == str(kdgui_home)


def test_the_connection_is_tested_by_what_the_fields_say(
    open_settings, engine: PushEngine, practice: Practice
) -> None:
    assert not open_settings().dialog.findChild(QPushButton, "settingsTestButton").isEnabled()
    engine.connection.sign_in(practice.profile(), practice.password)
    clerk = open_settings()
    clerk.choose("proxyCombo", "none")
    clerk.press("settingsTestButton")
    trial = clerk.dialog.findChild(ConnectionTestDialog)
    clerk.qtbot.waitUntil(trial.findChild(QPushButton, "testAgainButton").isEnabled, timeout=10_000)
    assert "连接正常" in trial.findChild(QLabel, "connectionTestMessage").text()
    assert engine.settings == replace(Settings(), recent_forms=engine.settings.recent_forms)
    assert engine.connection.signed_in is not None
    with clerk.qtbot.waitSignal(clerk.dialog.readiness_wanted):
        trial.findChild(QPushButton, "testReadinessButton").click()
    assert not clerk.dialog.isVisible()


def test_every_field_has_a_name_that_is_read_aloud(open_settings) -> None:
    clerk = open_settings()
    for kind in (QLineEdit, QComboBox, QSpinBox, QPushButton):
        for field in clerk.dialog.findChildren(kind):
            if field.objectName() and not field.objectName().startswith("qt_"):
                assert field.accessibleName(), field.objectName()
    assert clerk.dialog.findChild(QWidget, "settingsTabs").accessibleName()
