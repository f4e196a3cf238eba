"""`kdgui ready` and `--organisation`: what is printed and written, where it goes, and how it ends."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kdgui.cli.main import run
from kdgui.k3cloud.login_flow import LoginFlow
from kdgui.practice.company import HEAD_OFFICE, TRADE
from kdgui.practice.server import PracticeServer
from kdgui.store.catalogue import read_catalogue_file

FORM, RULE = "PUR_PurchaseOrder", "PUR_PurchaseOrder-STK_InStock"
Kdgui = Callable[..., tuple[int, str, str]]


@pytest.fixture
def server() -> Iterator[PracticeServer]:
    practice = PracticeServer(read_catalogue_file())
    practice.start()
    yield practice
    practice.stop()


@pytest.fixture
def kdgui(
    server: PracticeServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Kdgui:
    """The command line in this process: exit code, stdout, stderr."""
    who = server.invitation
    monkeypatch.setenv("KDGUI_PASSWORD", who.password)
    place = ("--server", who.url, "--data-centre", who.data_centre, "--user", who.user)

    def call(command: str, *more: str, rule: str = RULE) -> tuple[int, str, str]:
        about = (*place, "--form", FORM, "--rule", rule) if command != "settle" else place
        try:
            code = run(["--language", "zh", command, *about, *more])
        except SystemExit as end:
            code = int(str(end.code))
        out, err = capsys.readouterr()
        return int(code), out, err

    return call


def test_one_line_each_and_a_last_one_that_counts(kdgui: Kdgui) -> None:
    code, out, _ = kdgui("ready", "--json")
    *lines, last = map(json.loads, out.splitlines())
    assert code == 0
    assert all(set(line) == {"code", "light", "what", "do", "who", "detail"} for line in lines)
    assert last == {"form": FORM, "rule": RULE, "green": len(lines) - 1, "amber": 0, "red": 0, "grey": 1}


def test_some_red_is_exit_code_1_and_says_who_can(server: PracticeServer, kdgui: Kdgui) -> None:
    server.turn({"refused_forms": "STK_InStock"})
    code, out, _ = kdgui("ready")
    assert code == 1
    assert "[要处理] 查不了目标单据 采购入库单 STK_InStock" in out
    assert "[管理员]" in out
    assert "您没有采购入库单的查看权限" in out, "the server's own words"
    assert out.splitlines()[-1].startswith(f"{FORM} · {RULE}：")


def test_the_report_is_written_where_it_is_asked_for(kdgui: Kdgui, tmp_path: Path) -> None:
    path = tmp_path / "ready.json"
    assert kdgui("ready", "--json", "--organisation", "102", "--export", str(path))[0] == 0
    report = json.loads(path.read_text(encoding="utf-8"))
    about = report["readable"]["about"]
    assert (about["organisation"], about["version"], about["rule"]) == ("102 外贸公司", "9.0.553.10", RULE)
    assert len(report["raw"]) > 10
    code, out, err = kdgui("ready", "--json", "--export", str(tmp_path / "ready.json" / "no.json"))
    assert (code, len(out.splitlines())) == (2, len(report["readable"]["lines"]) + 2)
    assert "no.json" in err


@pytest.mark.parametrize(
    ("more", "code"),
    [(("--organisation", "999"), 3), (("--server", "http://:"), 2), (("--data-centre", "0"), 3)],
)
def test_what_keeps_it_from_looking(kdgui: Kdgui, more: tuple[str, ...], code: int) -> None:
    found, out, err = kdgui("ready", "--json", *more)
    assert (found, json.loads(out)["exit"]) == (code, code)
    assert any("一" <= letter <= "鿿" for letter in err)


def test_a_push_goes_to_its_organisation_and_so_does_what_is_settled(
    server: PracticeServer, kdgui: Kdgui, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Settled in another one, what may not be seen from there would pass for not there."""
    numbers = tmp_path / "numbers.txt"
    numbers.write_text("\n".join(server.examples()[FORM]["open"][:2]), encoding="utf-8")
    server.turn({"late_commit": {"at": [2], "seconds": 2.0}, "session_lost": {"at": [1]}})
    arguments = ("--organisation", "102", "--numbers", str(numbers), "--settle-seconds", "0.3")
    code, out, _ = kdgui("push", "--json", *arguments, "--timeout", "1")
    assert code == 1, out
    stood = {post.organisation_id for post in server.posts()}
    assert TRADE in stood
    assert HEAD_OFFICE not in stood

    until = time.monotonic() + 10
    while len(server.ledger()) < 2:
        assert time.monotonic() < until
        time.sleep(0.02)
    switches: list[str] = []
    switch = LoginFlow._switch

    def noted(self: LoginFlow, number: str) -> object:
        switches.append(number)
        return switch(self, number)

    monkeypatch.setattr(LoginFlow, "_switch", noted)
    code, out, _ = kdgui("settle", "--json", "--settle-seconds", "0")
    (row, _) = map(json.loads, out.splitlines())
    assert (code, row["verdict"], switches) == (0, "pushed", ["102"])
