"""The command line from outside: real processes, a practice server of its own, exit codes and JSON lines."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import requests

from kdgui.store.instance_lock import InstanceLock
from kdgui.store.paths import Paths
from kdgui.store.profiles import DataCentreLabel, Profile, ProfileBook

FORM, RULE = "PUR_PurchaseOrder", "PUR_PurchaseOrder-STK_InStock"
ROOT = Path(__file__).parent.parent


class Account:
    """The practice account in another process."""

    def __init__(self, invitation: dict[str, str]) -> None:
        self.__dict__.update(invitation)
        self.url = invitation["url"]
        self.invitation = invitation

    def _practice(self, path: str) -> str:
        return self.url.replace("k3cloud/", f"practice/{path}")

    def examples(self) -> dict[str, list[str]]:
        return requests.get(self._practice("examples"), timeout=10).json()[FORM]

    def ledger(self) -> dict[str, list[dict[str, Any]]]:
        return requests.get(self._practice("ledger"), timeout=10).json()

    def turn(self, **faults: object) -> None:
        requests.post(self._practice("faults"), json=faults, timeout=10).raise_for_status()

    def reset(self) -> None:
        requests.post(self._practice("reset"), json={"books": True}, timeout=10).raise_for_status()

    def executions(self) -> Counter[str]:
        return Counter(
            source["number"]
            for entry in self.ledger()["entries"]
            if entry["operation"] == "push" and entry["targets"]
            for source in entry["sources"]
        )

    @property
    def named(self) -> list[str]:
        """The options that name this account."""
        return ["--server", self.url, "--data-centre", self.invitation["data_centre"],
                "--user", self.invitation["user"]]  # fmt: skip

    def push_command(self, *more: str) -> list[str]:
        return ["push", *self.named, "--form", FORM, "--rule", RULE, *more]


@pytest.fixture(scope="module")
def served() -> Iterator[Account]:
    process = subprocess.Popen(
        [sys.executable, "-m", "kdgui", "practice"], stdout=subprocess.PIPE, encoding="utf-8", cwd=ROOT
    )
    try:
        assert process.stdout is not None
        yield Account(json.loads(process.stdout.readline()))
    finally:
        process.terminate()
        assert process.wait(10) == 0, "the practice account ends politely"
        process.stdout.close()


@pytest.fixture
def account(served: Account) -> Account:
    served.reset()
    return served


def kdgui(
    *arguments: str,
    numbers: Sequence[str] = (),
    password: str | None = "lianxi-2026",
    text: str | None = None,
) -> tuple[int, list[dict[str, Any]], str]:
    environ = os.environ | ({"KDGUI_PASSWORD": password} if password is not None else {})
    done = subprocess.run(
        [sys.executable, "-m", "kdgui", "--language", "zh", *arguments],
        input=text if text is not None else "\n".join(numbers), env=environ,
        capture_output=True, text=True, cwd=ROOT, check=False, encoding="utf-8", timeout=100,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()] if "--json" in arguments else []
    return done.returncode, lines, done.stderr + ("" if lines else done.stdout)


def test_rows_come_in_the_order_given_and_agree_with_the_ledger(account: Account) -> None:
    examples = account.examples()
    states = ("open", "created", "linked", "closed", "partner_disabled", "no_price", "open_many_lines")
    numbers = [number for state in states for number in examples[state][:6]]
    numbers = [numbers[0], *numbers, "没有这张单", f" {numbers[1]} "]
    code, lines, _ = kdgui(*account.push_command("--json"), numbers=numbers)
    rows, last = lines[:-1], lines[-1]
    assert [row["number"] for row in rows] == [number.strip() for number in numbers]
    assert set(rows[0]) == {
        "number",
        "verdict",
        "targets",
        "reasons",
        "notes",
        "advice",
        "asked_at",
        "alarm",
        "codes",
    }
    done = account.executions()
    assert set(done.values()) == {1}
    pushed = {row["number"] for row in rows if row["verdict"] == "pushed"}
    assert pushed == set(done)
    by_number = {row["number"]: row for row in reversed(rows)}
    assert by_number[numbers[1]]["verdict"] == "pushed"
    assert by_number[examples["linked"][0]]["targets"], "already pushed names the bills"
    assert last["counts"] == dict(Counter(row["verdict"] for row in rows))
    assert (code, last["run"] is not None) == (1, True)
    shown = kdgui("show", str(last["run"]), "--json")
    assert (shown[0], shown[1][:-1]) == (1, rows)
    assert kdgui("runs", "--json")[1][0]["run"] == last["run"]


def facts_of(book: Path) -> list[str]:
    return [str(cell.value) for row in openpyxl.load_workbook(book)["说明"].iter_rows() for cell in row]


def test_all_pushed_is_exit_code_0_and_the_workbook_is_written(account: Account, tmp_path: Path) -> None:
    code, lines, _ = kdgui(*account.push_command("--json"), numbers=account.examples()["open"][:3])
    assert code == 0
    book = tmp_path / "run.xlsx"
    assert kdgui("show", str(lines[-1]["run"]), "--xlsx", str(book))[0] == 0
    cells = facts_of(book)
    assert "采购入库单 STK_InStock" in cells
    assert any("正式" in cell for cell in cells), "nobody labelled it"
    places = Paths(Path(os.environ["KDGUI_HOME"]))
    server, data_centre = account.url, account.invitation["data_centre"]
    ProfileBook(places.profiles).save(Profile(server, data_centre, "wang", label=DataCentreLabel.TEST))
    assert kdgui("show", str(lines[-1]["run"]), "--xlsx", str(book))[0] == 0
    assert any("测试" in cell for cell in facts_of(book))


def test_a_time_out_is_settled_before_the_end(account: Account) -> None:
    numbers = account.examples()["open"][:4]
    account.turn(timeouts={"at": [2]}, drop_before_work={"at": [4]})
    command = account.push_command("--json", "--settle-seconds", "1", "--timeout", "1")
    code, lines, _ = kdgui(*command, numbers=numbers)
    assert [row["verdict"] for row in lines[:-1]] == ["pushed", "pushed", "pushed", "failed"]
    assert code == 1
    assert set(account.executions().values()) == {1}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"password": "falsch"}, 3),
        ({"password": None}, 3),
        ({"--data-centre": "00000000000000"}, 3),
        ({"--server": "http://127.0.0.1:9"}, 3),
        ({"--server": "http://:"}, 2),
        ({"--rule": "NO-SUCH-RULE"}, 2),
        ({"text": ""}, 6),
        ({"text": "\n \n"}, 6),
    ],
    ids=str,
)
def test_what_keeps_a_run_from_starting_is_said_in_chinese(
    account: Account, change: dict[str, str | None], code: int
) -> None:
    command = account.push_command()
    settings: dict[str, Any] = {"numbers": account.examples()["open"][:1]}
    for name, value in change.items():
        if name.startswith("--"):
            command[command.index(name) + 1] = str(value)
        else:
            settings[name] = value
    found, _, said = kdgui(*command, **settings)  # type: ignore[arg-type]  # by name, above
    assert found == code, said
    assert any("一" <= letter <= "鿿" for letter in said)
    assert not account.executions()


def test_a_file_that_is_not_text_is_refused(account: Account, tmp_path: Path) -> None:
    odd = tmp_path / "photo.jpg"
    odd.write_bytes(bytes(range(256)) * 20)
    code, _, said = kdgui(*account.push_command("--numbers", str(odd)))
    assert code == 2, said
    assert kdgui(*account.push_command("--numbers", str(tmp_path / "nowhere.txt")))[0] == 2


def test_one_instance_per_data_folder(account: Account, kdgui_home: Path) -> None:
    with InstanceLock(kdgui_home / "instance.lock"):
        code, _, said = kdgui(*account.push_command(), numbers=account.examples()["open"][:1])
    assert code == 7, said
    assert not account.executions()


def test_a_journal_that_cannot_be_written_sends_nothing(account: Account, kdgui_home: Path) -> None:
    kdgui_home.mkdir()
    (kdgui_home / "journal.sqlite").mkdir()
    code, _, said = kdgui(*account.push_command(), numbers=account.examples()["open"][:1])
    assert code == 5, said
    assert not account.executions()


@contextmanager
def _started(account: Account, folder: Path, numbers: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
    """A push under way; ended at the latest when the test is."""
    (folder / "numbers.txt").write_text("\n".join(numbers), encoding="utf-8")
    command = account.push_command("--json", "--numbers", str(folder / "numbers.txt"))
    environ = os.environ | {"KDGUI_PASSWORD": account.invitation["password"]}
    with subprocess.Popen(
        [sys.executable, "-m", "kdgui", *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        cwd=ROOT,
        env=environ,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _wait_for_posts(account: Account, count: int) -> None:
    deadline = time.monotonic() + 30
    while len(account.ledger()["posts"]) < count:
        assert time.monotonic() < deadline, "the run does not get going"
        time.sleep(0.02)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to a child")
def test_ctrl_c_stops_politely(account: Account, tmp_path: Path) -> None:
    account.turn(slow={"probability": 1, "seconds": 0.2})
    with _started(account, tmp_path, account.examples()["open"][:40]) as process:
        _wait_for_posts(account, 3)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
    lines = [json.loads(line) for line in out.splitlines()]
    assert process.returncode == 130
    assert len(lines) == 41
    assert {row["verdict"] for row in lines[:-1]} == {"pushed", "not_sent"}
    pushed = {row["number"] for row in lines[:-1] if row["verdict"] == "pushed"}
    assert pushed == set(account.executions())


@pytest.mark.parametrize("posts", [1, 4, 7])
def test_kill_and_the_same_list_again_pushes_each_bill_once(
    account: Account, tmp_path: Path, posts: int
) -> None:
    numbers = account.examples()["open"][:10]
    account.turn(slow={"probability": 1, "seconds": 0.1})
    with _started(account, tmp_path, numbers) as process:
        _wait_for_posts(account, posts)
        process.kill()
    account.turn(slow=0)
    code, lines, said = kdgui("settle", *account.named, "--settle-seconds", "1", "--json")
    assert all(row["verdict"] in ("pushed", "failed") for row in lines[:-1]), said
    assert code in (0, 1)
    kdgui(*account.push_command("--settle-seconds", "1"), numbers=numbers)
    assert account.executions() == Counter(numbers)


def test_a_broken_table_of_refusals_is_told_and_stops_nothing(kdgui_home: Path) -> None:
    kdgui_home.mkdir()
    (kdgui_home / "refusals.json").write_text('[{"id": "x"}]', encoding="utf-8")

    code, _, said = kdgui("runs")

    assert code == 0, said
    assert "自定义的拒绝说明没有用上" in said
