"""`kdgui team init|test|status` as a newcomer uses them, against a real PostgreSQL."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kdgui.store.ledger.ledger import Ledger, Station
from kdgui.store.ledger.stations import Stations

from .database_servers import PASSWORD, DatabaseServer, database_server

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def server() -> Iterator[DatabaseServer]:
    with database_server("postgresql") as server:
        yield server


def team(*arguments: str, **environ: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "kdgui", "--language", "zh", "team", *arguments],
        env=os.environ | environ, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        encoding="utf-8", check=False, timeout=60, cwd=ROOT,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    assert PASSWORD not in done.stdout + done.stderr
    return done.returncode, done.stdout, done.stderr


def test_from_nothing_to_a_team(server: DatabaseServer) -> None:
    address = server.fresh()
    given = {"KDGUI_TEAM_URL": address.text, "KDGUI_TEAM_PASSWORD": PASSWORD}
    code, said, _ = team("test", **given)
    assert code == 5
    assert "失败  表与版本" in said
    assert "未测  写入权限" in said
    code, _, said = team("status", **given)
    assert code == 5
    assert "还没有建表" in said
    code, out, _ = team("init", "--json", **given)
    assert (code, json.loads(out)["made"]) == (0, True)
    code, out, _ = team("init", **given)
    assert (code, "已经在了" in out) == (0, True)
    code, out, _ = team("test", "--json", **given)
    report = json.loads(out)
    assert (code, report["failed"], report["encrypted"]) == (0, None, False)
    assert report["address"] == address.text
    ledger = Ledger.open(address)
    Stations(ledger).beat(Station("i", "h", "王芳", "PC-1"))
    ledger.close()
    code, out, _ = team("status", "--json", **given)
    status = json.loads(out)
    assert [(one["user"], one["pc"], one["pushing"]) for one in status["people"]] == [("王芳", "PC-1", 0)]
    assert status["orphans"] == 0
    code, out, _ = team("status", **given)
    assert "团队 · 1 人" in out


def test_what_is_wrong_is_said(server: DatabaseServer) -> None:
    code, _, said = team("status")
    assert (code, "没有设置团队数据库" in said) == (5, True)
    code, out, _ = team("test", KDGUI_TEAM_URL="postgresql://h")
    assert (code, "失败  地址" in out) == (5, True)
    address = server.fresh()
    code, out, _ = team("test", KDGUI_TEAM_URL=address.text, KDGUI_TEAM_PASSWORD="no")
    assert (code, "失败  用户与数据库" in out) == (5, True)
