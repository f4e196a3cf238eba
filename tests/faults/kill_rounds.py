"""Rounds of kill -9: a push is killed at a random moment, settled, and its list pushed once more.

    python tests/faults/kill_rounds.py --rounds 20 --seed 1

Each round wants exactly one execution of every pushable bill, counted in the ledger of a practice account
that runs in a process of its own. Real processes all along: the command line as clerks' scripts use it.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).resolve().parents[2]
FORM, RULE = "PUR_PurchaseOrder", "PUR_PurchaseOrder-STK_InStock"
FAULTS = (
    "drop_after_work",
    "drop_before_work",
    "timeouts",
    "http_502_after_work",
    "late_commit",
    "session_lost",
)
WAYS: tuple[tuple[str, ...], ...] = ((), ("--merged", "--block", "6"), ("--parallel", "3"))
KDGUI = (sys.executable, "-m", "kdgui", "--language", "en")


class Account:
    """The practice account in another process."""

    def __init__(self, invitation: dict[str, str]) -> None:
        self.invitation = invitation
        self._practice = invitation["url"].replace("k3cloud/", "practice/")

    def ask(self, path: str, **given: object) -> dict[str, Any]:
        url = self._practice + path
        reply = requests.post(url, json=given, timeout=60) if given else requests.get(url, timeout=60)
        reply.raise_for_status()
        return reply.json()  # type: ignore[no-any-return]  # its own JSON

    def executions(self) -> Counter[str]:
        return Counter(
            source["number"]
            for entry in self.ask("ledger")["entries"]
            if entry["operation"] == "push" and entry["targets"]
            for source in entry["sources"]
        )


@contextmanager
def practice() -> Iterator[Account]:
    with subprocess.Popen(
        [*KDGUI, "practice"], stdout=subprocess.PIPE, encoding="utf-8", cwd=ROOT
    ) as process:
        try:
            assert process.stdout is not None
            yield Account(json.loads(process.stdout.readline()))
        finally:
            process.terminate()


def run_round(account: Account, chance: random.Random, home: Path) -> str:
    """One round; what happened, with "BROKEN" in it where a bill was pushed twice or not at all."""
    account.ask("reset", books=True)
    numbers = account.ask("examples")[FORM]["open"][:25]
    name, way = chance.choice(FAULTS), chance.choice(WAYS)
    account.ask(
        "faults",
        slow={"probability": 1, "seconds": 0.05},
        **{name: {"at": [chance.randint(1, 25)], "seconds": 0.3}},
    )
    environ = os.environ | {"KDGUI_HOME": str(home), "KDGUI_PASSWORD": account.invitation["password"]}
    (home / "numbers.txt").write_text("\n".join(numbers), encoding="utf-8")
    who = account.invitation
    push = [*KDGUI, "push", "--server", who["url"], "--data-centre", who["data_centre"],
            "--user", who["user"], "--form", FORM, "--rule", RULE, "--settle-seconds", "1",
            "--timeout", "1", "--json", "--numbers", str(home / "numbers.txt"), *way]  # fmt: skip
    posts = kill_at_random(push, environ, chance, account)
    account.ask("faults", slow=0, **{name: 0})
    named = push[len(KDGUI) + 1 : push.index("--form")]
    settled = call([*KDGUI, "settle", "--chains", *named, "--settle-seconds", "1", "--json"], environ)
    pushed = call(push, environ)
    done = account.executions()
    kept = done == Counter(numbers) and all(row["verdict"] in ("pushed", "failed") for row in settled[:-1])
    last = Counter(row["verdict"] for row in pushed[:-1])
    first = Counter(row["verdict"] for row in settled[:-1])
    words = f"{' '.join(way) or 'separate'}, {name}, killed after {posts} posts,"
    words += f" settled {dict(first)}, then {dict(last)}"
    return words if kept else f"BROKEN {words}: {done}, missing {set(numbers) - set(done)}"


def kill_at_random(
    command: Sequence[str], environ: dict[str, str], chance: random.Random, account: Account
) -> int:
    with subprocess.Popen(
        command, env=environ, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        deadline = time.monotonic() + 30
        while not account.ask("ledger")["posts"] and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 1.3))
        process.kill()
    return len(account.ask("ledger")["posts"])


def call(command: Sequence[str], environ: dict[str, str]) -> list[dict[str, object]]:
    done = subprocess.run(
        command, env=environ, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False
    )
    if "Traceback" in done.stderr:
        raise AssertionError(done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    chance = random.Random(wanted.seed)
    broken = 0
    with practice() as account:
        for number in range(wanted.rounds):
            with tempfile.TemporaryDirectory(prefix="kdgui-kill-") as home:
                words = run_round(account, chance, Path(home))
            broken += "BROKEN" in words
            print(f"round {number + 1}: {words}", flush=True)
    print(f"rounds {wanted.rounds}, broken {broken}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
