"""The test of a connection on screen: what it shows, layer by layer, and that nothing waits for it."""

from __future__ import annotations

import itertools
import time

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton

from kdgui.domain.connection_steps import Layer, StepState
from kdgui.domain.errors import ConnectionTrouble
from kdgui.pushing.engine import PushEngine
from kdgui.store.messages.words import Words
from kdgui.ui.sign_in.connection_test_dialog import ConnectionTestDialog
from kdgui.ui.widgets.pills import Pill
from tests.ui.conftest import Practice


class Trial:
    """The dialog, opened from the sign-in as the clerk does."""

    def __init__(self, clerk) -> None:
        self.clerk = clerk
        clerk.press("testConnectionButton")
        self.dialog = clerk.dialog.findChild(ConnectionTestDialog)
        assert self.dialog.isVisible()

    def wait(self) -> str:
        """The message at the end."""
        self.clerk.wait(self.dialog.findChild(QPushButton, "testAgainButton").isEnabled)
        return self.dialog.findChild(QLabel, "connectionTestMessage").text()

    @property
    def pills(self) -> list[str]:
        return [pill.word for pill in self.dialog.findChildren(Pill)]

    def detail(self, layer: Layer) -> str:
        return self.dialog.findChild(QLabel, f"probe_{layer.value}").text()


def test_a_good_connection_shows_every_layer(open_dialog, practice: Practice, engine: PushEngine) -> None:
    clerk = open_dialog()
    clerk.dialog.form.show_profile(practice.profile(), practice.password)
    trial = Trial(clerk)
    assert "连接正常" in trial.wait()
    assert trial.pills == ["通过"] * 7
    assert practice.url in trial.detail(Layer.ADDRESS)
    assert trial.detail(Layer.LIST) == "2 个"
    assert "总部" in trial.detail(Layer.SIGN_IN)
    assert engine.connection.signed_in is None, "a test signs nobody in"
    assert engine.profiles.load() == ()
    QTest.mouseClick(trial.dialog.findChild(QPushButton, "copyTestButton"), Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text()
    assert practice.url in copied
    assert "[通过] 登录" in copied
    assert practice.password not in copied


def test_without_a_name_it_says_that_signing_in_was_not_tried(open_dialog, practice: Practice) -> None:
    clerk = open_dialog()
    clerk.type("serverEdit", practice.url)
    trial = Trial(clerk)
    assert "连接正常" in trial.wait()
    assert trial.pills == [*["通过"] * 6, "提示"]
    assert clerk.combo("dataCentreCombo").count() == 2, "what was found is offered"


@pytest.mark.parametrize(
    ("server", "secret", "layer", "said"),
    [
        ("", "x", Layer.ADDRESS, "还没有填服务器地址"),
        ("http://127.0.0.1:1/k3cloud", "x", Layer.PORT, "服务器拒绝连接"),
        ("{url}", "wrong", Layer.SIGN_IN, "密码不对"),
    ],
)
def test_the_layer_that_failed_is_named_with_what_to_do(
    open_dialog, practice: Practice, server: str, secret: str, layer: Layer, said: str
) -> None:
    clerk = open_dialog()
    profile = practice.profile(server=server.format(url=practice.url))
    clerk.dialog.form.show_profile(profile, secret)
    trial = Trial(clerk)
    message = trial.wait()
    name = clerk.dialog._words.text(f"probe.layer.{layer.value}")
    assert f"停在：{name}" in message
    assert said in message
    assert "找谁：" in message
    assert trial.pills[-1] == "未通过"
    assert said in trial.detail(layer)


def test_nothing_freezes_and_closing_ends_it(open_dialog, slow_practice: Practice) -> None:
    clerk = open_dialog()
    clerk.dialog.form.show_profile(slow_practice.profile(), slow_practice.password)
    beats: list[float] = []
    heart = QTimer()
    heart.timeout.connect(lambda: beats.append(time.monotonic()))
    heart.start(5)
    trial = Trial(clerk)
    clerk.wait(lambda: "尝试中" in trial.pills and len(trial.pills) >= 4)
    QTest.keyClick(trial.dialog, Qt.Key.Key_Escape)
    clerk.wait(lambda: clerk.dialog.findChild(ConnectionTestDialog) is None)
    heart.stop()
    assert clerk.dialog.isVisible()
    # 50 ms is the promise; a rare hiccup of a busy machine is forgiven.
    assert sum(later - earlier > 0.05 for earlier, later in itertools.pairwise(beats)) <= 2


def test_every_way_to_end_has_words(chinese: Words, english: Words) -> None:
    for words in (chinese, english):
        for layer in Layer:
            assert words.text(f"probe.layer.{layer.value}")
        for code in ("tls_expired", "tls_not_yet", "tls_name", "tls_unknown_ca", "tls_broken", "api_missing"):
            explained = words.error(ConnectionTrouble(code, status=404))
            assert explained.why
            assert explained.do
            assert explained.who, code
    assert {state.value for state in StepState} == {"trying", "passed", "noted", "failed"}
