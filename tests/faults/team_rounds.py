"""Rounds of a team: several PCs push the same list at once, while PCs are killed and the database fails.

    python tests/faults/team_rounds.py --rounds 50 --seed 1 [--kind postgresql|mysql] [--bills 200]

Each round: two or five PCs (data folders, processes), the same bills in different orders, separate, three at
a time, or merged, on a rule whose quantity is not controlled; one disturbance: kill -9 of a PC, the database
restarted, frozen, or one PC cut off from it. Then all works again and every PC pushes its list once more.
Wanted: every bill executed exactly once by the server's ledger, nothing untold, every row names its holder.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from kdgui.store.ledger.address import TeamAddress  # noqa: E402
from kdgui.store.ledger.ledger import Ledger  # noqa: E402
from tests.database_servers import DatabaseServer, database_server  # noqa: E402
from tests.faults.kill_rounds import FORM, KDGUI, RULE, Account, call  # noqa: E402
from tests.faults.tcp_relay import Relay  # noqa: E402

SERVER = """
import sys, threading
import kdgui.practice.push
kdgui.practice.push._open_lines = lambda source, rule: source.lines
from kdgui.practice.server import PracticeServer
from kdgui.store.catalogue import read_catalogue_file
server = PracticeServer(read_catalogue_file(), latency_ms=int(sys.argv[1]), bills=int(sys.argv[2]))
print(server.start().as_json(), flush=True)
threading.Event().wait()
"""
WAYS: tuple[tuple[str, ...], ...] = ((), ("--parallel", "3"), ("--merged", "--block", "20"))
TROUBLES = ("none", "kill", "kill", "restart", "freeze", "cut")


@dataclass
class Pc:
    """One PC: its data folder and the process that pushes there."""

    home: Path
    environ: Mapping[str, str]
    command: Sequence[str]
    process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command, env=dict(self.environ), cwd=ROOT, stdout=subprocess.PIPE,
            stderr=(self.home / "stderr").open("w"), text=True, encoding="utf-8",
        )  # fmt: skip

    def wait(self) -> None:
        assert self.process is not None
        self.process.communicate(timeout=180)
        said = (self.home / "stderr").read_text(encoding="utf-8")
        if "Traceback" in said:
            raise AssertionError(said)


@contextmanager
def practice(latency_ms: int, bills: int) -> Iterator[Account]:
    command = [sys.executable, "-c", SERVER, str(latency_ms), str(bills)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            assert process.stdout is not None
            yield Account(json.loads(process.stdout.readline()))
        finally:
            process.terminate()


def make_pcs(
    account: Account, homes: Path, count: int, numbers: Sequence[str], ways: Sequence[Sequence[str]],
    addresses: Sequence[TeamAddress], chance: random.Random,
) -> list[Pc]:  # fmt: skip
    who = account.invitation
    made = []
    for place in range(count):
        home = homes / f"pc{place}"
        home.mkdir()
        order = list(numbers)
        chance.shuffle(order)
        (home / "numbers.txt").write_text("\n".join(order), encoding="utf-8")
        environ = os.environ | {
            "KDGUI_HOME": str(home), "KDGUI_PASSWORD": who["password"],
            "KDGUI_TEAM_URL": addresses[place].text, "KDGUI_TEAM_PASSWORD": addresses[place].password,
        }  # fmt: skip
        command = [*KDGUI, "push", "--server", who["url"], "--data-centre", who["data_centre"], "--user",
                   who["user"], "--form", FORM, "--rule", RULE, "--settle-seconds", "1", "--timeout", "3",
                   "--json", "--numbers", str(home / "numbers.txt"), *ways[place]]  # fmt: skip
        made.append(Pc(home, environ, command))
    return made


def disturb(
    trouble: str, pcs: Sequence[Pc], database: DatabaseServer, relay: Relay, chance: random.Random
) -> None:
    time.sleep(chance.uniform(1.5, 5.0))
    if trouble == "kill":
        victim = chance.choice(pcs)
        assert victim.process is not None
        victim.process.kill()
    elif trouble == "restart":
        database.stop(at_once=chance.random() < 0.5)
        database.start()
    elif trouble == "freeze":
        database.freeze()
        time.sleep(chance.uniform(1, 12))
        database.thaw()
    elif trouble == "cut":
        relay.cut()


def run_round(
    account: Account, database: DatabaseServer, chance: random.Random, homes: Path, bills: int
) -> str:
    account.ask("reset", books=True)
    examples = account.ask("examples")[FORM]
    numbers = [str(number) for number in (*examples["open"], *examples["open_many_lines"])][:bills]
    address = database.fresh()
    Ledger.init(address)[0].close()
    count, trouble = chance.choice((2, 5)), chance.choice(TROUBLES)
    ways = [chance.choice(WAYS) for _ in range(count)]
    with Relay(database.port).serving() as relay:
        addresses = [address] * (count - 1) + [replace(address, port=relay.port)]
        pcs = make_pcs(account, homes, count, numbers, ways, addresses, chance)
        for pc in pcs:
            pc.start()
        disturb(trouble, pcs, database, relay, chance)
        for pc in pcs:
            pc.wait()
        first = account.executions()
        relay.mend()
        lasts = [call(pc.command, dict(pc.environ)) for pc in pcs]
    done = account.executions()
    faults = [f"{number} x{times}" for number, times in done.items() if times != 1]
    faults += [f"{number} never" for number in numbers if number not in done]
    for rows in lasts:
        faults += [f"{row['number']} {row['verdict']} {row['reasons']}" for row in rows[:-1] if not told(row)]
    shapes = "/".join(" ".join(way) or "separate" for way in ways)
    words = f"{count} PCs, {shapes}, {trouble}: {sum(first.values())} of {len(numbers)} at once, then "
    words += str([dict(Counter(str(row["verdict"]) for row in rows[:-1])) for rows in lasts])
    return words if not faults else f"BROKEN {words}: {faults[:8]}"


def told(row: Mapping[str, object]) -> bool:
    """Pushed, or skipped with a reason: pushed before, or whose it is."""
    return row["verdict"] == "pushed" or (row["verdict"] == "skipped" and bool(row["reasons"]))


def in_time(work: Callable[[], str], seconds: float) -> str:
    """The words of a round; one that hangs, or cannot be judged, is broken, too."""
    words: list[str] = []

    def judged() -> None:
        try:
            words.append(work())
        except Exception as error:  # noqa: BLE001 - told, and the next round begins
            words.append(f"BROKEN: {error!r}")

    thread = threading.Thread(target=judged, daemon=True)
    thread.start()
    thread.join(seconds)
    return words[0] if words else f"BROKEN: not over in {seconds} s"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--bills", type=int, default=200)
    parser.add_argument("--latency-ms", type=int, default=30)
    parser.add_argument("--kind", choices=("postgresql", "mysql"), default="postgresql")
    wanted = parser.parse_args()
    chance = random.Random(wanted.seed)
    broken = 0
    with practice(wanted.latency_ms, 4000) as account, database_server(wanted.kind) as database:
        for number in range(wanted.rounds):
            started = time.monotonic()
            with tempfile.TemporaryDirectory(prefix="kdgui-team-") as homes:
                folder = Path(homes)
                words = in_time(partial(run_round, account, database, chance, folder, wanted.bills), 400)
            broken += "BROKEN" in words
            print(f"round {number + 1} ({time.monotonic() - started:.0f} s): {words}", flush=True)
    print(f"rounds {wanted.rounds}, broken {broken}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
