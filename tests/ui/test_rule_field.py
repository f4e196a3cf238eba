"""The rule field: rules that will hardly run are shown, quietly, with why; so is a list that did not come."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from kdgui.bootstrap import open_engine
from kdgui.practice.rules import CUSTOM_RULE, DISABLED_RULE, UNLOADABLE_RULE
from kdgui.practice.server import PracticeServer
from kdgui.pushing.engine import PushEngine
from kdgui.store.catalogue import read_catalogue_file
from kdgui.store.messages.words import load_words
from kdgui.store.paths import Paths
from kdgui.store.profiles import Profile
from kdgui.ui.choose.form_picker import Choice
from kdgui.ui.choose.rule_field import RuleField

pytestmark = pytest.mark.usefixtures("english")

ORDER, RULE = "PUR_PurchaseOrder", "PUR_PurchaseOrder-STK_InStock"
WORDS = load_words("en")


@pytest.fixture(scope="module")
def server() -> Iterator[PracticeServer]:
    practice = PracticeServer(read_catalogue_file())
    practice.start()
    yield practice
    practice.stop()


@pytest.fixture
def engine(tmp_path: Path, server: PracticeServer) -> Iterator[PushEngine]:
    server.reset()
    who = server.invitation
    with open_engine(Paths(tmp_path / "home"), attended=True) as engine:
        engine.connection.sign_in(Profile(who.url, who.data_centre, who.user), who.password)
        yield engine


@pytest.fixture
def field(qtbot: QtBot, dressed: QApplication, engine: PushEngine) -> Iterator[RuleField]:
    owner = QObject()
    field = RuleField(engine, lambda: WORDS, owner)
    qtbot.addWidget(field.picker)
    qtbot.addWidget(field.note)
    yield field
    del owner


def offered(field: RuleField, qtbot: QtBot) -> dict[str, Choice]:
    with qtbot.waitSignal(field.changed):
        field.offer(ORDER)
    return {choice.key: choice for choice in field.picker._list.choices}


def test_rules_that_will_hardly_run_are_shown_quietly_and_last(field: RuleField, qtbot: QtBot) -> None:
    choices = offered(field, qtbot)
    assert [(key, choice.note) for key, choice in choices.items() if choice.dim] == [
        (UNLOADABLE_RULE, "hidden"),
        (DISABLED_RULE, "switched off"),
    ]
    assert list(choices)[-3:-1] == [UNLOADABLE_RULE, DISABLED_RULE], "the server's default rule stays last"
    assert not choices[CUSTOM_RULE].dim


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (RULE, ""),
        ("*", ""),
        (DISABLED_RULE, "switched off in Kingdee"),
        (UNLOADABLE_RULE, "hidden in Kingdee"),
        ("6f1c2d3e-0000-4000-8000-123456789abc", "no such rule"),
    ],
)
def test_what_is_amiss_with_the_chosen_rule_is_said(
    field: RuleField, qtbot: QtBot, rule: str, told: str
) -> None:
    offered(field, qtbot)
    with qtbot.waitSignal(field.changed):
        field.picker.choose(rule)
    assert field.note.isHidden() is not bool(told)
    assert told in field.note.text()


def test_names_and_forms_come_from_the_catalogue_where_the_server_is_silent(
    server: PracticeServer, field: RuleField, qtbot: QtBot
) -> None:
    server.turn({"rule_columns": False})
    choices = offered(field, qtbot)
    assert {RULE, "PUR_PurchaseOrder-PUR_ReceiveBill"} <= choices.keys()
    assert DISABLED_RULE not in choices, "nobody tells that it starts here"
    field.picker.choose(RULE)
    assert (field.target_form, field.note.isHidden()) == ("STK_InStock", True)


def test_forms_under_other_keys_are_found(server: PracticeServer, field: RuleField, qtbot: QtBot) -> None:
    server.turn({"rule_keys_odd": True})
    assert {RULE, CUSTOM_RULE, DISABLED_RULE} <= offered(field, qtbot).keys()


def test_a_list_that_does_not_come_says_so_and_the_catalogue_helps_out(
    server: PracticeServer, field: RuleField, qtbot: QtBot
) -> None:
    server.turn({"no_rule_form": True})
    choices = offered(field, qtbot)
    assert choices[RULE].note == "catalogue"
    assert "could not be fetched" in field.note.text()
    with qtbot.waitSignal(field.changed):
        field.picker.choose("6f1c2d3e-0000-4000-8000-123456789abc")
    assert "no such rule" not in field.note.text(), "nobody knows"
