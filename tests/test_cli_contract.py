"""What scripts rely on: codes in the JSON, error objects, exit codes of their own, a log, no traceback."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kdgui.cli import commands
from kdgui.cli.main import run
from kdgui.store.instance_lock import InstanceLock
from kdgui.store.paths import Paths

from .test_cli import Account, account, kdgui, served

__all__ = ["account", "served"]


def test_rows_carry_codes_and_the_log_tells_how_it_ended(account: Account, tmp_path: Path) -> None:
    log = tmp_path / "night.log"
    numbers = [account.examples()["open"][0], "没有这张单"]
    code, lines, _ = kdgui(*account.push_command("--json", "--log-file", str(log)), numbers=numbers)
    assert (code, [row["alarm"] for row in lines[:-1]]) == (1, [False, False])
    assert all(len(row["codes"]) == len(row["reasons"]) + len(row["notes"]) for row in lines[:-1])
    assert lines[1]["codes"][0].isascii()
    told = log.read_text(encoding="utf-8")
    assert "exit code 1" in told
    assert "lianxi-2026" not in told
    if os.name == "posix":
        assert log.stat().st_mode & 0o077 == 0
    code, lines, _ = kdgui(*account.push_command("--json", "--log-file", str(log)), password="wrong")
    assert (code, lines[0]["error"]["code"]) == (6, "nothing_to_push"), "nothing to do has its own code"


def test_a_failed_night_is_told_as_an_object_and_in_the_log(account: Account, tmp_path: Path) -> None:
    log = tmp_path / "night.log"
    push = account.push_command("--json", "--log-file", str(log), "--quiet")
    code, lines, said = kdgui(*push, numbers=["x"], password="wrong")
    assert (code, lines[0]["exit"]) == (3, 3)
    assert lines[0]["error"]["code"].startswith("sign_in")
    assert lines[0]["error"]["what"] in said
    assert "exit code 3" in log.read_text(encoding="utf-8")
    assert "wrong" not in log.read_text(encoding="utf-8")


def test_in_use_has_its_own_code(account: Account, kdgui_home: Path) -> None:
    with InstanceLock(Paths(kdgui_home).lock):
        code, lines, _ = kdgui(*account.push_command("--json"), numbers=["x"])
    assert (code, lines[0]["error"]["code"]) == (7, "journal_in_use")


def test_runs_since(account: Account) -> None:
    kdgui(*account.push_command(), numbers=account.examples()["open"][:1])
    today = datetime.now(UTC)
    for since, count in ((today - timedelta(days=1), 1), (today + timedelta(days=1), 0)):
        _, lines, _ = kdgui("runs", "--json", "--since", since.isoformat(timespec="minutes"))
        assert len(lines) == count
    assert kdgui("runs", "--since", "yesterday")[0] == 2


@pytest.mark.skipif(os.name == "nt", reason="the pipe of a POSIX shell")
def test_a_reader_that_goes_away_is_no_fault() -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    done = subprocess.run(
        [sys.executable, "-m", "kdgui", "forms"], stdout=write_end, stderr=subprocess.PIPE, check=False
    )
    os.close(write_end)
    assert (done.returncode, done.stderr) == (141, b"")


def test_a_port_that_is_taken_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert run(["practice", "--port", str(taken.getsockname()[1])]) == 2
    assert "kdgui: " in capsys.readouterr().err
    assert run(["practice", "--fault", "no_such_fault"]) == 2


def test_a_fault_that_nobody_foresaw_ends_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], kdgui_home: Path
) -> None:
    def broken(*_: object) -> int:
        raise ZeroDivisionError("password=geheim")

    command = commands.COMMANDS["runs"]
    monkeypatch.setitem(commands.COMMANDS, "runs", type(command)("runs", "", command.add_arguments, broken))
    assert run(["runs", "--json"]) == 70
    out, err = capsys.readouterr()
    assert json.loads(out)["error"]["code"] == "unknown_fault"
    assert "Traceback" not in err
    log = (Paths(kdgui_home).log_dir / "kdgui-cli.log").read_text(encoding="utf-8")
    assert "ZeroDivisionError" in log
    assert "geheim" not in log


def test_a_log_file_that_cannot_be_written_is_said_before_anything_is_done(tmp_path: Path) -> None:
    code, _, said = kdgui("runs", "--log-file", str(tmp_path / "no" / "folder.log"))
    assert (code, "folder.log" in said) == (2, True)
