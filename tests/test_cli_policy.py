"""What IT forbids is refused by the command line, with a sentence, before anything is sent."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kdgui.bootstrap import open_engine, open_journal
from kdgui.cli.main import run
from kdgui.practice.server import PracticeServer
from kdgui.store.catalogue import read_catalogue_file
from kdgui.store.paths import Paths
from kdgui.store.profiles import DataCentreLabel, Profile, ProfileBook

FORM, RULE = "PUR_PurchaseOrder", "PUR_PurchaseOrder-STK_InStock"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[PracticeServer]:
    practice = PracticeServer(read_catalogue_file())
    practice.start()
    monkeypatch.setenv("KDGUI_PASSWORD", practice.invitation.password)
    yield practice
    practice.stop()


@pytest.fixture
def push(server: PracticeServer, tmp_path: Path) -> Callable[..., int]:
    who = server.invitation
    numbers = tmp_path / "numbers.txt"
    numbers.write_text(server.examples()[FORM]["open"][0], encoding="utf-8")
    place = ["--server", who.url, "--data-centre", who.data_centre, "--user", who.user]
    about = ["--form", FORM, "--rule", RULE, "--numbers", str(numbers)]
    return lambda *more, command="push": run([command, *place, *about, *more])


@pytest.fixture
def policy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    path = tmp_path / "policy.toml"
    monkeypatch.setattr("kdgui.store.policy.policy_path", lambda: path)

    def say(text: str) -> None:
        path.write_text(text, encoding="utf-8")
        path.chmod(0o644)

    return say


@pytest.mark.parametrize(
    ("said", "more"),
    [
        ("[allow]\npush = false", ()),
        ("[allow]\naudit = false", ("--then", "audit")),
        ("[allow]\nsubmit = false", ("--then", "audit")),
        ("[allow]\ndraft_on_fail = false", ("--draft-on-fail",)),
        ("parallel = 1", ("--parallel", "2")),
        ("[allow]\ndelet = false", ()),
        ("servers = ['ftp://x']", ()),
    ],
)
def test_what_is_forbidden_is_refused_and_nothing_is_sent(
    server: PracticeServer,
    push: Callable[..., int],
    policy: Callable[[str], None],
    capsys: pytest.CaptureFixture[str],
    said: str,
    more: tuple[str, ...],
) -> None:
    policy(said)
    assert push(*more) == 2
    assert "kdgui: " in capsys.readouterr().err
    assert server.posts() == []


def test_servers_and_plain_http(
    push: Callable[..., int], policy: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = ("--server", "http://erp.example.invalid/k3cloud/", "--data-centre", "0123456789abcd")
    for said, code in (
        ("servers = ['https://other.example']", "policy_server"),
        ("[allow]\nplain_http = false", "policy_plain_http"),
    ):
        policy(said)
        assert push("--json", *elsewhere) == 2
        assert json.loads(capsys.readouterr().out)["error"]["code"] == code


def test_deleting_and_taking_back(
    push: Callable[..., int],
    server: PracticeServer,
    policy: Callable[[str], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert push("--json") == 0
    made = json.loads(capsys.readouterr().out.splitlines()[-1])["run"]
    who = server.invitation
    delete = ["delete-created", made, "--server", who.url, "--user", who.user]
    policy("[allow]\ndelete = false\nunaudit = false")
    assert run([*delete, "--yes", "1"]) == 2
    assert run([*delete, "--unaudit"]) == 2
    assert "delete" not in {entry.operation for entry in server.ledger()}
    policy("")
    assert run([*delete, "--yes", "1"]) == 0


def test_a_read_only_connection_asks_and_never_writes(
    server: PracticeServer, push: Callable[..., int], kdgui_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    who = server.invitation
    saved = Profile(
        who.url, who.data_centre, who.user, label=DataCentreLabel.TEST, name="查询", read_only=True
    )
    with open_journal(Paths(kdgui_home)):
        ProfileBook(Paths(kdgui_home).profiles).save(saved)
    assert push(command="check") == 0
    assert push("--json") == 2, "naming the account does not get round it"
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["error"]["code"] == "read_only_connection"
    assert server.posts() == []
    ProfileBook(Paths(kdgui_home).profiles).save(replace(saved, read_only=False))
    assert push() == 0


def test_raw_answers_go_after_their_days_and_verdicts_stay(
    push: Callable[..., int],
    policy: Callable[[str], None],
    kdgui_home: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert push("--json") == 0
    shown = capsys.readouterr().out.splitlines()
    made = json.loads(shown[-1])["run"]
    places = Paths(kdgui_home)
    with open_journal(places) as journal:
        assert journal.drop_answers(datetime.now(UTC) - timedelta(days=1)) == 0, "it is of today"
        assert journal.drop_answers(datetime.now(UTC) + timedelta(seconds=5)) == 1
        assert [event.what for event in journal.events(made)][-1] == "answers_dropped"
        assert journal.drop_answers(datetime.now(UTC) + timedelta(seconds=5)) == 0, "once"
    assert run(["show", made, "--json"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == shown[0]
    policy("retention_days = 1")
    with open_engine(places, attended=False) as engine:
        assert engine.policy.retention_days == 1
