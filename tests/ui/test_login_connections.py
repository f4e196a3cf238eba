"""The connections of the sign-in: saved ones, their secrets and labels, the practice account."""

from __future__ import annotations

import threading

from kdgui.domain.bills import DataCentre
from kdgui.pushing.engine import PushEngine
from kdgui.store.profiles import DataCentreLabel, Profile
from tests.ui.conftest import MemoryKeyring, Practice


def test_without_a_key_store_it_works_and_says_so(
    open_dialog, practice: Practice, engine: PushEngine, qtbot
) -> None:
    clerk = open_dialog()
    clerk.wait(lambda: "每次登录时输入密码即可" in clerk.notes)
    clerk.dialog.form.show_profile(practice.profile(remember=True), practice.password)
    with qtbot.waitSignal(clerk.dialog.accepted, timeout=10_000):
        clerk.press("loginButton")
    assert engine.connection.signed_in is not None
    assert engine.connection.keyring_trouble is not None


def test_a_remembered_password_comes_back(
    open_dialog, practice: Practice, engine: PushEngine, key_store: MemoryKeyring, qtbot
) -> None:
    clerk = open_dialog()
    clerk.dialog.form.show_profile(practice.profile(remember=True), practice.password)
    with qtbot.waitSignal(clerk.dialog.accepted, timeout=10_000):
        clerk.press("loginButton")
    assert list(key_store.kept.values()) == [practice.password]
    engine.connection.sign_out()
    again = open_dialog()
    again.wait(lambda: again.edit("passwordEdit").text() == practice.password)
    assert again.combo("profileCombo").currentText() == "练习 · 小河贸易 练习 · demo"
    assert again.edit("serverEdit").text() == practice.url


def test_a_password_typed_meanwhile_is_not_overwritten(
    open_dialog, practice: Practice, engine: PushEngine, key_store: MemoryKeyring
) -> None:
    profile = practice.profile(remember=True)
    engine.profiles.save(profile)
    engine.secrets.save(profile.account, "saved")
    key_store.asked.clear()
    key_store.may_answer.clear()
    clerk = open_dialog()
    clerk.wait(key_store.asked.is_set)
    clerk.type("passwordEdit", "typed")
    key_store.may_answer.set()
    clerk.qtbot.wait(100)
    assert clerk.edit("passwordEdit").text() == "typed"


def test_a_connection_can_be_forgotten(
    open_dialog, practice: Practice, engine: PushEngine, key_store: MemoryKeyring
) -> None:
    profile = practice.profile(remember=True)
    engine.profiles.save(profile)
    engine.secrets.save(profile.account, "saved")
    clerk = open_dialog()
    clerk.wait(lambda: clerk.button("forgetProfileButton").isVisible())
    clerk.press("forgetProfileButton")
    clerk.wait(lambda: clerk.combo("profileCombo").count() == 1)
    assert engine.profiles.load() == ()
    assert key_store.kept == {}


def test_a_label_never_follows_to_another_data_centre(open_dialog, practice: Practice) -> None:
    clerk = open_dialog()
    form = clerk.dialog.form
    form.show_profile(practice.profile(label=DataCentreLabel.TEST))
    form.data_centre.offer(
        [DataCentre(practice.data_centre, "001", "练习"), DataCentre("ff", "002", "正式帐")]
    )
    assert form.profile().label is DataCentreLabel.TEST
    clerk.combo("dataCentreCombo").setCurrentIndex(1)
    assert form.profile().label is None
    assert form.profile().production
    clerk.combo("dataCentreCombo").setCurrentIndex(0)
    form.show_profile(practice.profile(label=DataCentreLabel.PRACTICE))
    clerk.type("serverEdit", "http://erp.example.invalid/k3cloud/")
    assert form.profile().label is None


def test_a_data_centre_keeps_the_label_it_was_given(
    open_dialog, practice: Practice, engine: PushEngine
) -> None:
    engine.profiles.save(practice.profile(label=DataCentreLabel.TEST))
    clerk = open_dialog()
    clerk.wait(lambda: clerk.edit("userEdit").text() == practice.user)
    clerk.choose("profileCombo", "新连接")
    clerk.type("serverEdit", practice.url)
    clerk.wait_for_data_centres()
    clerk.choose("dataCentreCombo", "小河贸易")
    assert clerk.combo("labelCombo").currentText() == "测试"


def test_the_practice_account_is_started_and_filled_in(
    open_dialog, practice: Practice, engine: PushEngine, qtbot
) -> None:
    threads: list[threading.Thread] = []

    def start() -> tuple[Profile, str]:
        threads.append(threading.current_thread())
        return practice.profile(), practice.password

    clerk = open_dialog(start_practice=start)
    clerk.choose("profileCombo", "练习（内置）")
    clerk.wait(lambda: clerk.edit("passwordEdit").text() == practice.password)
    assert threads[0] is not threading.main_thread()
    with qtbot.waitSignal(clerk.dialog.accepted, timeout=10_000):
        clerk.press("loginButton")
    assert engine.connection.profile is not None
    assert not engine.connection.profile.production
    again = open_dialog(start_practice=start)
    again.wait(lambda: again.edit("passwordEdit").text() == practice.password)
    assert again.combo("profileCombo").currentText() == "练习（内置）"


def test_a_demo_begins_with_the_practice_account(open_dialog, practice: Practice, engine: PushEngine) -> None:
    engine.profiles.save(practice.profile(user="somebody"))
    clerk = open_dialog(start_practice=lambda: (practice.profile(), practice.password), practice_first=True)
    clerk.wait(lambda: clerk.edit("passwordEdit").text() == practice.password)
    assert clerk.edit("userEdit").text() == practice.user
