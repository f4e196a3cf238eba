"""`kdgui watch` from outside: each list once, whatever is killed when; what is not done is put aside."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import openpyxl
import pytest

from .test_cli import FORM, ROOT, RULE, Account, account, served
from .test_cli_find import kdgui

__all__ = ["account", "served"]
WAIT = 60.0


@pytest.fixture
def inbox(account: Account, tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    save = ("plans", "save", "名单", *account.named, "--form", FORM, "--rule", RULE, "--again")
    assert kdgui(*save)[0] == 0
    return folder


def put(inbox: Path, name: str, *numbers: str) -> None:
    path = inbox.parent / name
    path.write_text("\n".join(numbers) + "\n", encoding="utf-8")
    path.rename(inbox / name)


def watched(inbox: Path, *more: str) -> tuple[int, str]:
    code, _, said = kdgui(
        "watch", str(inbox), "--plan", "名单", "--once", "--every", "0.2", "--settle-seconds", "0.5", *more
    )
    return code, said


def files(inbox: Path) -> set[str]:
    found = (path.relative_to(inbox).as_posix() for path in inbox.rglob("*") if path.is_file())
    return {name for name in found if name != "working/.lock"}


def test_lists_are_pushed_and_put_where_they_belong(account: Account, inbox: Path) -> None:
    good = account.examples()["open"][:2]
    put(inbox, "good.txt", *good)
    put(inbox, "odd.csv", "没有这张单")
    put(inbox, "~$good.xlsx", "x")
    (inbox / "letter.pdf").write_bytes(b"%PDF")
    (inbox / "broken.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    code, said = watched(inbox)
    assert code == 1, said
    assert files(inbox) == {
        "done/good.txt", "done/good-结果.xlsx", "to-do/odd.csv", "to-do/odd-结果.xlsx", "to-do/broken.xlsx",
        "to-do/broken-说明.txt", "~$good.xlsx", "letter.pdf",
    }  # fmt: skip
    assert account.executions() == Counter(good)
    sheet = openpyxl.load_workbook(inbox / "done" / "good-结果.xlsx", read_only=True).worksheets[0]
    assert set(good) <= {str(cell) for row in sheet.iter_rows(values_only=True) for cell in row}
    assert watched(inbox)[0] == 0, "nothing is there any more"
    assert account.executions() == Counter(good)


@pytest.mark.slow
def test_killed_at_any_time_no_list_is_done_twice(account: Account, inbox: Path) -> None:
    """The plan pushes again what has targets: nothing but the state keeps a list from being repeated."""
    numbers = account.examples()["open"]
    account.turn(slow={"seconds": 0.15, "probability": 1.0})
    for round_, seconds in enumerate((1.0, 1.5, 2.0, 2.6)):
        put(inbox, f"list{round_}.txt", *numbers[3 * round_ : 3 * round_ + 3])
        command = [sys.executable, "-m", "kdgui", "watch", str(inbox), "--plan", "名单", "--every", "0.1"]
        process = subprocess.Popen(
            [*command, "--settle-seconds", "0.5"], cwd=ROOT,
            env=os.environ | {"KDGUI_PASSWORD": "lianxi-2026"},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        time.sleep(seconds)
        process.kill()
        process.wait(WAIT)
    account.turn(slow=False)
    watched(inbox)
    done = account.executions()
    assert all(count == 1 for count in done.values()), done
    assert set(done) == set(numbers[:12])
    assert files(inbox) == {f"done/list{n}{end}" for n in range(4) for end in (".txt", "-结果.xlsx")}


def test_a_polite_end_leaves_the_rest_for_the_next_start(account: Account, inbox: Path) -> None:
    numbers = account.examples()["open"][:12]
    account.turn(slow={"seconds": 0.2, "probability": 1.0})
    put(inbox, "list.txt", *numbers)
    process = subprocess.Popen(
        [sys.executable, "-m", "kdgui", "watch", str(inbox), "--plan", "名单", "--every", "0.1"],
        cwd=ROOT, env=os.environ | {"KDGUI_PASSWORD": "lianxi-2026"},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    deadline = time.monotonic() + WAIT
    while not account.executions() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    assert process.wait(WAIT) == 130
    account.turn(slow=False)
    assert 0 < len(account.executions()) < 12
    assert any(name.startswith("working/") for name in files(inbox))
    code, said = watched(inbox)
    assert code == 0, said
    assert account.executions() == Counter(numbers)
    assert files(inbox) == {"done/list.txt", "done/list-结果.xlsx"}


def test_a_wrong_password_is_not_tried_again_and_again(account: Account, inbox: Path) -> None:
    put(inbox, "list.txt", *account.examples()["open"][:1])
    command = ("watch", str(inbox), "--plan", "名单", "--every", "0.1")
    code, _, said = kdgui(*command, password="wrong")
    assert code == 3, said
    assert any(name.startswith("working/") for name in files(inbox)), "it waits there"
    assert watched(inbox)[0] == 0
    assert files(inbox) == {"done/list.txt", "done/list-结果.xlsx"}
