"""`kdgui check` from outside: rows in a push's shape, exit codes, and no need of the instance lock."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from kdgui.practice.server import PracticeServer
from kdgui.store.catalogue import read_catalogue_file
from kdgui.store.instance_lock import InstanceLock
from kdgui.store.paths import find_paths

FORM, RULE = "PUR_PurchaseOrder", "PUR_PurchaseOrder-STK_InStock"
PUSH_KEYS = {"number", "verdict", "targets", "reasons", "notes", "advice", "asked_at", "alarm", "codes"}


@pytest.fixture(scope="module")
def server() -> Iterator[PracticeServer]:
    running = PracticeServer(read_catalogue_file())
    running.start()
    yield running
    running.stop()


def check(
    server: PracticeServer, numbers: Sequence[str], *more: str, password: str = ""
) -> tuple[int, list[dict[str, Any]], subprocess.CompletedProcess[str]]:
    there = server.invitation
    command = [
        sys.executable, "-m", "kdgui", "--language", "zh", "check", "--server", there.url, "--data-centre",
        there.data_centre, "--user", there.user, "--form", FORM, "--rule", RULE, *more,
    ]  # fmt: skip
    done = subprocess.run(
        command, input="\n".join(numbers), env=os.environ | {"KDGUI_PASSWORD": password or there.password},
        capture_output=True, text=True, check=False, encoding="utf-8", timeout=60,
        cwd=Path(__file__).parent.parent,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()] if "--json" in more else []
    return done.returncode, lines, done


def test_what_could_be_pushed_and_what_could_not(server: PracticeServer) -> None:
    examples = server.examples()[FORM]
    roles = ("open", "part_delivered", "linked", "created", "closed")
    numbers = [*(examples[role][0] for role in roles), "没有这张单", examples["open"][0]]
    places = find_paths(os.environ)
    with InstanceLock(places.lock):  # a run goes on in another process
        code, (*rows, last), done = check(server, numbers, "--json")
    assert code == 1
    assert [row["number"] for row in rows] == numbers
    assert all(set(row) == PUSH_KEYS | {"ok", "left", "total", "can_insist"} for row in rows)
    assert [row["verdict"] for row in rows] == ["not_sent"] + ["skipped"] * 6
    assert [row["ok"] for row in rows] == [True] + [False] * 6
    assert [row["can_insist"] for row in rows] == [False, True, False, True, False, False, False]
    opened, part, linked = rows[:3]
    assert (opened["left"], opened["reasons"], opened["advice"]) == (opened["total"], [], "")
    assert 0 < float(str(part["left"])) < float(str(part["total"]))
    assert linked["left"] == 0
    assert [target["status"] for target in part["targets"]] == ["C"]  # type: ignore[attr-defined]
    assert all(row["reasons"] and row["advice"] for row in rows[1:])
    assert (last["run"], last["counts"]) == (None, {"skipped": 6, "not_sent": 1})
    assert "只校验" in done.stderr, "what cannot be checked beforehand is said"
    assert not server.posts()


def test_all_can_be_pushed_is_exit_code_0(server: PracticeServer) -> None:
    numbers = server.examples()[FORM]["open"][:3]
    code, _, done = check(server, numbers)
    assert code == 0
    assert [line.split("\t")[0] for line in done.stdout.splitlines()[:3]] == numbers
    assert "还可推" in done.stdout


@pytest.mark.parametrize(
    ("numbers", "more", "password", "code"),
    [((), (), "", 6), (("X",), ("--target", ""), "falsch", 3), (("X",), ("--rule", "NO-SUCH-RULE"), "", 2)],
)
def test_exit_codes(
    server: PracticeServer, numbers: Sequence[str], more: Sequence[str], password: str, code: int
) -> None:
    assert check(server, numbers, *more, password=password)[0] == code


def test_a_damaged_journal_is_left_alone(server: PracticeServer) -> None:
    journal = find_paths(os.environ).journal
    journal.parent.mkdir(parents=True, exist_ok=True)
    journal.write_bytes(b"not a journal at all" * 400)
    assert check(server, server.examples()[FORM]["open"][:1])[0] == 5
    assert journal.read_bytes() == b"not a journal at all" * 400
