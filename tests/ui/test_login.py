"""The sign-in, driven like a clerk would, against a practice server in another process."""

from __future__ import annotations

import itertools
import socket
import threading
import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QScrollArea, QWidget

from kdgui.domain.accounts import SignInMode
from kdgui.domain.bills import DataCentre
from kdgui.pushing.engine import PushEngine
from kdgui.store.messages.words import Words, load_words
from kdgui.store.profiles import Profile
from kdgui.ui.sign_in.login_dialog import LoginDialog
from kdgui.ui.widgets.style import Tone
from kdgui.ui.widgets.translations import Translations
from tests.ui.conftest import Practice


@pytest.fixture
def mute_server() -> Iterator[str]:
    """The address of a server that takes connections and never answers; let go at the end."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        taken: list[socket.socket] = []

        def take() -> None:
            while True:
                try:
                    taken.append(listener.accept()[0])
                except OSError:
                    return

        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/k3cloud/"
        listener.shutdown(socket.SHUT_RDWR)
        for connection in taken:
            connection.close()
        thread.join(5)


def test_a_clerk_signs_in(open_dialog, practice: Practice, engine: PushEngine, qtbot) -> None:
    clerk = open_dialog()
    clerk.type("serverEdit", practice.url)
    clerk.wait_for_data_centres()
    clerk.choose("dataCentreCombo", "小河贸易")
    clerk.type("userEdit", practice.user)
    clerk.type("passwordEdit", practice.password)
    with qtbot.waitSignal(clerk.dialog.accepted, timeout=10_000):
        clerk.press("loginButton")
        assert clerk.button("loginButton").text() == "正在登录…"
        assert not clerk.button("loginButton").isEnabled()
    assert engine.connection.signed_in is not None
    assert engine.connection.profile is not None
    assert (engine.connection.profile.server, engine.connection.profile.data_centre_id) == (
        practice.url,
        practice.data_centre,
    )
    assert [saved.user for saved in engine.profiles.load()] == [practice.user]


def test_the_window_never_freezes_while_the_server_is_slow(
    open_dialog, slow_practice: Practice, qtbot
) -> None:
    clerk = open_dialog()
    clerk.dialog.form.show_profile(slow_practice.profile(), slow_practice.password)
    beats: list[float] = []
    heart = QTimer()
    heart.timeout.connect(lambda: beats.append(time.monotonic()))
    heart.start(5)
    with qtbot.waitSignal(clerk.dialog.accepted, timeout=10_000):
        clerk.press("loginButton")
    heart.stop()
    gaps = [later - earlier for earlier, later in itertools.pairwise(beats)]
    assert len(beats) > 50
    assert max(gaps) < 0.75  # every call takes 0.8 s; some 20 ms on an idle machine


def test_a_wrong_password_is_said_and_nothing_typed_is_lost(
    open_dialog, practice: Practice, engine: PushEngine
) -> None:
    clerk = open_dialog()
    clerk.dialog.form.show_profile(practice.profile(), "falsch")
    clerk.press("loginButton")
    clerk.wait(lambda: "密码不对" in clerk.message)
    assert "用户名或密码错误" in clerk.message, "the server's own words"
    assert "锁定" in clerk.message, "what to do"
    assert clerk.edit("passwordEdit").text() == "falsch"
    assert clerk.edit("userEdit").text() == practice.user
    assert clerk.button("loginButton").isEnabled()
    assert clerk.edit("passwordEdit").hasSelectedText()
    assert engine.connection.signed_in is None
    assert engine.profiles.load() == ()


def test_what_is_missing_is_named_and_marked(open_dialog) -> None:
    clerk = open_dialog()
    clerk.type("userEdit", "demo")
    clerk.press("loginButton")
    assert clerk.message == "请填写：服务器、数据中心、密码"
    assert clerk.dialog.focusWidget() is clerk.edit("serverEdit")
    assert clerk.edit("serverEdit").property("trouble")
    assert not clerk.edit("userEdit").property("trouble")


@pytest.mark.parametrize(
    ("word", "mode"),
    [
        ("应用 ID 和密钥", SignInMode.APP_SECRET),
        ("应用 ID 和签名", SignInMode.LOGIN_SIGN),
        ("请求签名", SignInMode.SIGNED_HEADERS),
    ],
)
def test_app_id_is_asked_for_where_it_is_needed(
    open_dialog, practice: Practice, engine: PushEngine, qtbot, word: str, mode: SignInMode
) -> None:
    clerk = open_dialog()
    clerk.dialog.form.show_profile(practice.profile())
    assert not clerk.edit("appIdEdit").isVisible()
    clerk.choose("modeCombo", word)
    assert clerk.edit("appIdEdit").isVisible()
    assert clerk.edit("passwordEdit").accessibleName() == "应用密钥"
    clerk.press("loginButton")
    assert "应用 ID" in clerk.message
    clerk.type("appIdEdit", practice.app_id)
    clerk.type("passwordEdit", practice.app_secret)
    with qtbot.waitSignal(clerk.dialog.accepted, timeout=10_000):
        clerk.press("loginButton")
    assert engine.connection.profile is not None
    assert engine.connection.profile.mode is mode


def test_signed_requests_ask_for_the_organisation_too(open_dialog, practice: Practice) -> None:
    clerk = open_dialog()
    clerk.choose("modeCombo", "请求签名")
    assert clerk.edit("organisationEdit").isVisible()
    clerk.type("organisationEdit", "100")
    assert clerk.dialog.form.profile().organisation == "100"
    assert clerk.dialog.form.profile().mode is SignInMode.SIGNED_HEADERS


def test_escape_gives_up_and_a_late_yes_is_undone(
    open_dialog, slow_practice: Practice, engine: PushEngine, qtbot
) -> None:
    clerk = open_dialog()
    clerk.dialog.form.show_profile(slow_practice.profile(), slow_practice.password)
    clerk.press("loginButton")
    job = clerk.dialog._sign_in_job
    QTest.keyClick(clerk.dialog, Qt.Key.Key_Escape)
    assert clerk.dialog.isVisible()
    assert clerk.message == "已取消登录。"
    assert clerk.button("loginButton").isEnabled()
    with qtbot.waitSignal(job.finished, timeout=10_000):
        pass
    assert engine.connection.signed_in is None
    QTest.keyClick(clerk.dialog, Qt.Key.Key_Escape)
    assert not clerk.dialog.isVisible()


def test_a_sign_in_after_a_cancelled_one_waits_its_turn(
    open_dialog, slow_practice: Practice, engine: PushEngine, qtbot
) -> None:
    clerk = open_dialog()
    clerk.dialog.form.show_profile(slow_practice.profile(), slow_practice.password)
    clerk.press("loginButton")
    QTest.keyClick(clerk.dialog, Qt.Key.Key_Escape)
    with qtbot.waitSignal(clerk.dialog.accepted, timeout=10_000):
        clerk.press("loginButton")
    assert engine.connection.signed_in is not None


def test_closing_while_the_server_is_silent_is_safe(
    engine: PushEngine, chinese: Words, mute_server: str, qtbot
) -> None:
    dialog = LoginDialog(engine, chinese)
    dialog.show()
    dialog.form.show_profile(Profile(server=mute_server, data_centre_id="1", user="u"), "p")
    QTest.mouseClick(dialog.findChild(QPushButton, "loginButton"), Qt.MouseButton.LeftButton)
    dialog.close()
    assert not dialog.isVisible()
    dialog.deleteLater()
    QCoreApplication.sendPostedEvents(dialog, QEvent.Type.DeferredDelete)
    qtbot.wait(50)


def test_an_answer_to_an_older_address_is_dropped(open_dialog, practice: Practice, mute_server: str) -> None:
    clerk = open_dialog()
    clerk.type("serverEdit", practice.url)
    clerk.wait_for_data_centres()
    offered = [clerk.combo("dataCentreCombo").itemText(index) for index in range(2)]
    assert offered[0].startswith("小河贸易")
    clerk.dialog._search.ask(practice.url, "")
    clerk.dialog.form.data_centre.offer([])
    clerk.type("serverEdit", mute_server)
    clerk.wait(lambda: "正在读取数据中心" in clerk.notes)
    clerk.qtbot.wait(300)
    assert clerk.combo("dataCentreCombo").count() == 0


def test_an_address_is_asked_once_after_typing(open_dialog, practice: Practice, qtbot) -> None:
    clerk = open_dialog()
    asked: list[str] = []
    clerk.dialog.form.address_typed.connect(asked.append)
    clerk.type("serverEdit", practice.url)
    clerk.wait_for_data_centres()
    assert asked == [practice.url]


def test_a_server_that_cannot_be_reached_leaves_the_id_to_be_typed(open_dialog) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"http://127.0.0.1:{free.getsockname()[1]}/k3cloud/"
    clerk = open_dialog()
    clerk.type("serverEdit", address)
    clerk.wait(lambda: "可以直接输入内码" in clerk.notes)
    combo = clerk.combo("dataCentreCombo")
    combo.setFocus()
    QTest.keyClicks(combo.lineEdit(), "65f0a1b2c3d4e5")
    assert clerk.dialog.form.profile().data_centre_id == "65f0a1b2c3d4e5"


@pytest.mark.parametrize("typed", ["小河贸易 练习", "001", "65F0A1B2C3D4E5"])
def test_a_data_centre_is_known_by_name_number_or_id(open_dialog, practice: Practice, typed: str) -> None:
    clerk = open_dialog()
    clerk.type("serverEdit", practice.url)
    clerk.wait_for_data_centres()
    clerk.combo("dataCentreCombo").setEditText(typed)
    assert clerk.dialog.form.profile().data_centre_id == practice.data_centre


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://erp.example.invalid/k3cloud/", "密码在网络上不加密"),
        ("127.0.0.1:8099", "可以放心"),
        ("https://erp.example.invalid/", ""),
    ],
)
def test_an_open_line_is_told(open_dialog, address: str, said: str) -> None:
    clerk = open_dialog()
    clerk.type("serverEdit", address)
    note = clerk.dialog.findChild(QLabel, "addressNote")
    clerk.wait(lambda: note.isVisible() == bool(said) and clerk.notes.count("数据中心") > 1)
    assert said in note.text()
    assert clerk.edit("caFileEdit").isVisible() == address.startswith("https")


def test_the_language_changes_while_it_is_open_and_nothing_typed_is_lost(
    open_dialog, translations: Translations, practice: Practice
) -> None:
    clerk = open_dialog()
    clerk.edit("userEdit").insert("王小姐")  # QTest has keys for Latin letters only
    chosen: list[str] = []
    clerk.dialog.language_chosen.connect(chosen.append)
    clerk.choose("languageCombo", "English")
    assert chosen == ["en"]
    translations.use("en")
    clerk.dialog.use_words(load_words("en"))
    clerk.wait(lambda: clerk.button("loginButton").text() == "Sign in")
    assert clerk.combo("labelCombo").itemText(1) == "Production"
    assert clerk.edit("userEdit").text() == "王小姐"
    clerk.press("loginButton")
    assert clerk.message.startswith("Please fill in: Server, ")


def test_everything_has_a_name_that_is_read_aloud(open_dialog) -> None:
    clerk = open_dialog()
    for name in (
        *("serverEdit", "dataCentreCombo", "userEdit", "passwordEdit", "loginButton", "testConnectionButton"),
        *("profileCombo", "modeCombo", "languageCombo", "appIdEdit", "labelCombo"),
    ):
        assert clerk.dialog.findChild(QWidget, name).accessibleName(), name
    assert clerk.dialog.findChild(QWidget, "rememberCheck").text()


def test_tab_goes_through_the_fields_in_order(open_dialog, qtbot) -> None:
    clerk = open_dialog()
    first = clerk.combo("profileCombo")
    clerk.dialog.activateWindow()
    first.setFocus()
    clerk.wait(first.hasFocus)
    order = []
    for _ in range(12):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        order.append(QApplication.focusWidget().objectName())
    assert order[:10] == [
        *("serverEdit", "dataCentreCombo", "labelCombo", "modeCombo", "userEdit", "passwordEdit"),
        *("languageCombo", "rememberCheck", "testConnectionButton", "cancelButton"),
    ]


def test_enter_in_a_field_signs_in(open_dialog, practice: Practice, qtbot) -> None:
    clerk = open_dialog()
    clerk.dialog.form.show_profile(practice.profile(), practice.password)
    with qtbot.waitSignal(clerk.dialog.accepted, timeout=10_000):
        QTest.keyClick(clerk.edit("passwordEdit"), Qt.Key.Key_Return)


def test_text_of_the_server_is_never_taken_for_html(open_dialog) -> None:
    clerk = open_dialog()
    clerk.dialog.form.data_centre.offer([DataCentre("1", "001", "<b>x</b><img src=a>")])
    assert clerk.combo("dataCentreCombo").itemText(0) == "<b>x</b><img src=a> (001)"
    labels = [*clerk.dialog.findChildren(QLabel)]
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in labels if label.text())


def test_a_message_may_take_a_sixth_of_the_screen_before_it_is_scrolled(open_dialog) -> None:
    clerk = open_dialog()
    label = clerk.dialog.findChild(QLabel, "loginMessage")
    area = next(each for each in clerk.dialog.findChildren(QScrollArea) if each.widget() is label)
    height = clerk.dialog.screen().availableGeometry().height()
    for share, scrolled in ((6.5, False), (5, True)):
        lines = int(height / share / label.fontMetrics().height())
        clerk.dialog._message.show_text("\n".join(map(str, range(lines))), Tone.BAD)
        clerk.dialog._message.show()
        clerk.wait(lambda scrolled=scrolled: (area.verticalScrollBar().maximum() > 0) is scrolled)
