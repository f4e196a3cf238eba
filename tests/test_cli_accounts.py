"""Whose password goes where: every account gets its own and no other; passwords from files."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kdgui.cli.main import run
from kdgui.k3cloud.data_centres import list_data_centres
from kdgui.k3cloud.http.address import read_address
from kdgui.k3cloud.http.settings import DEFAULT_CONNECTION
from kdgui.practice.server import PracticeServer
from kdgui.practice.wire import Reply, Request
from kdgui.store.catalogue import read_catalogue_file
from kdgui.store.paths import Paths
from kdgui.store.profiles import Profile, ProfileBook

FORM, RULE = "PUR_PurchaseOrder", "PUR_PurchaseOrder-STK_InStock"


@dataclass
class Site:
    """A practice server and all that was sent to it."""

    server: PracticeServer
    received: list[bytes] = field(default_factory=list)

    @property
    def named(self) -> list[str]:
        who = self.server.invitation
        return ["--server", who.url, "--data-centre", who.data_centre, "--user", who.user]

    def sign_ins(self) -> int:
        return sum(b"acctID" in body or b"lianxi" in body for body in self.received)


class _Recorded(PracticeServer):
    heard: list[bytes]

    def _answer(self, request: Request) -> Reply:
        self.heard.append(request.body)
        return super()._answer(request)


@pytest.fixture
def sites() -> Iterator[list[Site]]:
    found = []
    for seed in (1, 2):
        server = _Recorded(read_catalogue_file(), seed=seed)
        server.heard = []
        server.start()
        found.append(Site(server, server.heard))
    yield found
    for site in found:
        site.server.stop()


@pytest.fixture
def password(sites: list[Site], monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("KDGUI_PASSWORD", sites[0].server.invitation.password)
    return sites[0].server.invitation.password


def numbers_of(site: Site, folder: Path) -> str:
    path = folder / "numbers.txt"
    path.write_text(site.server.examples()[FORM]["open"][0], encoding="utf-8")
    return str(path)


def leave_one_open(site: Site, folder: Path) -> None:
    """A push whose answer never came, and which may still be carried out."""
    site.server.turn({"late_commit": {"at": [1], "seconds": 3600.0}})
    about = ["--form", FORM, "--rule", RULE, "--numbers", numbers_of(site, folder)]
    assert run(["push", *site.named, *about, "--settle-seconds", "0", "--timeout", "5"]) in (1, 4)


def test_the_password_of_one_server_never_reaches_the_other(
    sites: list[Site], password: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for site in sites:
        leave_one_open(site, tmp_path)
        site.received.clear()
    assert run(["settle", "--settle-seconds", "0"]) == 3, "nobody is named"
    assert "KDGUI_PASSWORD" in capsys.readouterr().err
    assert [site.sign_ins() for site in sites] == [0, 0]

    assert run(["settle", *sites[0].named, "--settle-seconds", "0"]) in (0, 1, 4)
    assert sites[0].sign_ins() > 0
    assert sites[1].received == []


def test_a_run_is_not_deleted_with_the_password_of_another_account(
    sites: list[Site], password: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    about = ["--form", FORM, "--rule", RULE, "--numbers", numbers_of(sites[0], tmp_path), "--json"]
    assert run(["push", *sites[0].named, *about]) == 0
    made = json.loads(capsys.readouterr().out.splitlines()[-1])["run"]
    assert run(["delete-created", made]) == 0, "a journal that knows one account only: it can mean no other"
    assert run(["push", *sites[1].named, *about]) in (0, 1)
    capsys.readouterr()
    sites[0].received.clear()
    for wrong in ((), sites[1].named):
        assert run(["delete-created", made, *wrong]) == 3
        assert "Traceback" not in capsys.readouterr().err
        assert sites[0].received == []
    assert run(["delete-created", made, *sites[0].named]) == 0


def test_the_data_centre_is_taken_by_name_and_the_connection_by_its_name(
    sites: list[Site], password: str, tmp_path: Path, kdgui_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    who = sites[0].server.invitation
    about = ["--form", FORM, "--rule", RULE, "--numbers", numbers_of(sites[0], tmp_path)]
    listed = list_data_centres(read_address(who.url), DEFAULT_CONNECTION)
    name = next(centre.name for centre in listed if centre.id == who.data_centre)
    place = ["--server", who.url, "--user", who.user, "--data-centre", name]
    assert run(["check", *place, *about]) == 0, capsys.readouterr()

    saved = Profile(who.url, who.data_centre, who.user, name="夜间", organisation="102")
    ProfileBook(Paths(kdgui_home).profiles).save(saved)
    sites[0].received.clear()
    assert run(["check", "--connection", "夜间", *about]) in (0, 1), capsys.readouterr()
    assert any(b"102" in body for body in sites[0].received), "in the organisation that was saved"
    for wrong in (["--connection", "白天"], ["--connection", "夜间", *place], ["--user", who.user]):
        assert run(["check", *wrong, *about]) == 2
        assert "kdgui: " in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_a_password_file_is_its_owners_alone(
    sites: list[Site], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = tmp_path / "secret"
    secret.write_text(sites[0].server.invitation.password + "\n", encoding="utf-8")
    monkeypatch.setenv("KDGUI_PASSWORD_FILE", str(secret))
    check = ["check", *sites[0].named, "--form", FORM, "--rule", RULE]
    check += ["--numbers", numbers_of(sites[0], tmp_path)]
    secret.chmod(0o640)
    assert run(check) == 2
    assert "chmod 600" in capsys.readouterr().err
    secret.chmod(0o600)
    assert run(check) == 0
    monkeypatch.setenv("KDGUI_PASSWORD", "another")
    assert run(check) == 2
    monkeypatch.delenv("KDGUI_PASSWORD")
    monkeypatch.setenv("KDGUI_PASSWORD_FILE", str(tmp_path / "not-there"))
    assert run(check) == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["--demo", "push", "--form", FORM, "--rule", RULE],
        ["--scheme", "dark", "runs"],
        ["--autoplay", "pictures", "runs"],
        ["--autoplay", "pictures"],
    ],
)
def test_an_option_of_the_window_before_a_command_is_a_usage_error(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        run(arguments)
    assert ended.value.code == 2
    assert arguments[0] in capsys.readouterr().err


class _KeyStore(dict[str, str]):
    """A key store of the system, in memory."""

    def save(self, account: str, secret: str) -> None:
        self[account] = secret

    def load(self, account: str) -> str | None:
        return self.get(account)

    def forget(self, account: str) -> None:
        self.pop(account, None)

    def usable(self) -> bool:
        return True


def test_login_saves_a_connection_that_works_at_night_and_forget_forgets_it(
    sites: list[Site],
    password: str,
    tmp_path: Path,
    kdgui_home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    store = _KeyStore()
    monkeypatch.setattr("kdgui.store.secrets.Secrets", lambda: store)
    assert run(["login", "夜间", *sites[0].named, "--organisation", "102", "--label", "test"]) == 0
    monkeypatch.delenv("KDGUI_PASSWORD")
    assert list(store.values()) == [password]
    capsys.readouterr()
    assert run(["connections", "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    told = json.loads(line)
    assert (told["name"], told["label"], told["organisation"]) == ("夜间", "test", "102")
    assert password not in line
    about = ["--form", FORM, "--rule", RULE, "--numbers", numbers_of(sites[0], tmp_path)]
    assert run(["check", "--connection", "夜间", *about]) in (0, 1)
    assert run(["rules", "--connection", "夜间", "--form", FORM, "--json"]) == 0
    assert RULE in [json.loads(line)["rule_id"] for line in capsys.readouterr().out.splitlines()[2:]]
    assert run(["login", "夜间", *sites[1].named]) == 2, "another account does not take its name"
    assert run(["forget", "夜间"]) == 0
    assert (dict(store), ProfileBook(Paths(kdgui_home).profiles).load()) == ({}, ())
    assert run(["forget", "夜间"]) == 2
    assert password.encode() not in b"".join(
        path.read_bytes() for path in kdgui_home.rglob("*") if path.is_file()
    )


def test_what_there_is_to_choose_from_is_listed(
    sites: list[Site], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["forms", "--json"]) == 0
    assert FORM in {json.loads(line)["form_id"] for line in capsys.readouterr().out.splitlines()}
    who = sites[0].server.invitation
    assert run(["data-centres", "--server", who.url, "--json"]) == 0
    assert who.data_centre in {json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()}
    assert run(["data-centres"]) == 2
