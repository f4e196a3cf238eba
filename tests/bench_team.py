"""Benchmark, not a test: what a shared ledger costs beside none, one bill at a time.

    python tests/bench_team.py [--bills N] [--latency-ms N] [--turns N] [--kind postgresql|mysql]

Runs with and without a ledger take turns on one practice server in another process; the ratio of their rates
is printed, and the seconds of each.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from kdgui.store.ledger.ledger import Ledger  # noqa: E402
from tests.database_servers import database_server  # noqa: E402
from tests.faults.kill_rounds import FORM, KDGUI, RULE, Account  # noqa: E402
from tests.faults.team_rounds import practice  # noqa: E402


def seconds_of(account: Account, home: Path, numbers: list[str], team: dict[str, str]) -> float:
    """One run; its seconds from its first line in the journal to its last, without the program's start."""
    who = account.invitation
    environ = {
        **os.environ, "KDGUI_HOME": str(home), "KDGUI_PASSWORD": who["password"], **team,
    }  # fmt: skip
    done = subprocess.run(
        [*KDGUI, "push", "--server", who["url"], "--data-centre", who["data_centre"], "--user", who["user"],
         "--form", FORM, "--rule", RULE, "--json"],
        input="\n".join(numbers), env=environ, cwd=ROOT, capture_output=True, text=True, encoding="utf-8",
        check=False,
    )  # fmt: skip
    *rows, last = [json.loads(line) for line in done.stdout.splitlines()]
    if {row["verdict"] for row in rows} != {"pushed"}:
        raise SystemExit(f"not all pushed: {last} {done.stderr}")
    (newest, *_) = subprocess.run(
        [*KDGUI, "runs", "--json"], env=environ, cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.splitlines()
    run = json.loads(newest)
    begun, ended = (datetime.fromisoformat(run[name]) for name in ("started_at", "ended_at"))
    return (ended - begun).total_seconds()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bills", type=int, default=100)
    parser.add_argument("--latency-ms", type=int, default=200)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--kind", choices=("postgresql", "mysql"), default="postgresql")
    wanted = parser.parse_args()
    totals = {"alone": 0.0, "team": 0.0}
    with (
        practice(wanted.latency_ms, 4000) as account,
        database_server(wanted.kind) as database,
        tempfile.TemporaryDirectory(prefix="kdgui-bench-") as homes,
    ):
        address = database.fresh()
        Ledger.init(address)[0].close()
        ways = {
            "alone": {},
            "team": {"KDGUI_TEAM_URL": address.text, "KDGUI_TEAM_PASSWORD": address.password},
        }
        numbers = [str(number) for number in account.ask("examples")[FORM]["open"]]
        for name, team in ways.items():  # the first time a form is looked at is not counted
            seconds_of(account, Path(homes) / name, [numbers.pop()], team)
        for turn in range(wanted.turns):
            for name in sorted(ways, reverse=bool(turn % 2)):
                part, numbers = numbers[: wanted.bills], numbers[wanted.bills :]
                seconds = seconds_of(account, Path(homes) / name, part, ways[name])
                totals[name] += seconds
                print(f"{name}: {len(part)} bills in {seconds:.2f} s", flush=True)
    print(f"rate beside no ledger: {totals['alone'] / totals['team']:.3f}")


if __name__ == "__main__":
    main()
