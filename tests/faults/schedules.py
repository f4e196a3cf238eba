"""Random schedules of pushes, faults, switches, kills and restarts: the journal is held against the ledger.

    python tests/faults/schedules.py --schedules 10000 --seed 1

Every schedule has a seed of its own, so one that fails can be run again alone: `--schedules 1 --seed N -v`.
After every step nothing may have been carried out twice, no final verdict may differ from what the server
really did, and nothing may be untold; at the end the line is good, everything is settled, and the whole list
is pushed once more.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.faults.schedule import run_schedule


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--schedules", type=int, default=100)
    parser.add_argument(
        "--seed", type=int, default=1, help="of the first schedule; the next has the next one"
    )
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("-v", "--verbose", action="store_true")
    wanted = parser.parse_args()
    started = time.monotonic()
    seeds = range(wanted.seed, wanted.seed + wanted.schedules)
    total: Counter[str] = Counter()
    with ProcessPoolExecutor(wanted.processes) as pool:
        alone = (run_schedule(seed, verbose=True) for seed in seeds)
        for report in alone if wanted.verbose else pool.map(run_schedule, seeds):
            total["schedules"] += 1
            total["pushes"] += report.pushes
            total["kills"] += report.kills
            total["posts"] += report.posts
            total["broken"] += bool(report.broken)
            if report.broken:
                print(f"seed {report.seed}: {report.broken}", flush=True)
            if total["schedules"] % 100 == 0:
                print(f"{total['schedules']} schedules, {time.monotonic() - started:.0f} s", flush=True)
    print(
        ", ".join(f"{name} {count}" for name, count in total.items()), f"{time.monotonic() - started:.0f} s"
    )
    return 1 if total["broken"] else 0


if __name__ == "__main__":
    sys.exit(main())
