"""One push in a process of its own, with what it cost: `python -m tests.bench.one_run`, an order on stdin.

The order is JSON: url, data_centre, user, password, numbers, home, and merged, block, parallel. Answers JSON:
seconds, cpu (of this process, both without the imports), requests, commits, journal_bytes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import requests

from kdgui.bootstrap import open_engine
from kdgui.domain.orders import PushOptions, RunOrder
from kdgui.domain.verdicts import Verdict
from kdgui.pushing.flow.observer import NullObserver
from kdgui.pushing.flow.run_control import RunControl
from kdgui.store.paths import Paths
from kdgui.store.profiles import Profile
from tests.bench.server import FORM, RULE, Server


def pushed(
    server: Server,
    numbers: Sequence[str],
    home: Path,
    *,
    merged: bool = False,
    block: int = 50,
    parallel: int = 1,
) -> dict[str, float]:
    """Push these in another process with the data folder `home`; what that process answers."""
    order = {
        "url": server.url,
        "data_centre": server.data_centre,
        "user": server.user,
        "password": server.password,
    }
    wishes = {
        "numbers": list(numbers),
        "home": str(home),
        "merged": merged,
        "block": block,
        "parallel": parallel,
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.one_run"],
        input=json.dumps({**order, **wishes}),
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "KDGUI_HOME": str(home)},
    )
    if done.returncode:
        raise SystemExit(f"the run failed:\n{done.stdout}\n{done.stderr}")
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return answer


class _Counter:
    """Counts the requests that leave, and the commits of the journal: with WAL and FULL, an fsync each."""

    def __init__(self) -> None:
        self.requests = self.commits = 0
        send = requests.adapters.HTTPAdapter.send

        def counted(adapter: requests.adapters.HTTPAdapter, *rest: object, **more: object) -> object:
            self.requests += 1
            return send(adapter, *rest, **more)  # type: ignore[arg-type]

        requests.adapters.HTTPAdapter.send = counted  # type: ignore[method-assign,assignment]

    def statement(self, text: str) -> None:
        """One statement of SQLite."""
        self.commits += text.startswith("COMMIT")


def run(wanted: Mapping[str, object]) -> dict[str, float]:
    """Sign in and push, here; what it cost."""
    places, counter = Paths(Path(str(wanted["home"]))), _Counter()
    numbers = wanted["numbers"]
    assert isinstance(numbers, list)
    order = RunOrder(
        FORM,
        PushOptions(RULE),
        tuple(numbers),
        merged=bool(wanted["merged"]),
        block=int(str(wanted["block"])),
        parallel=int(str(wanted["parallel"])),
    )
    with open_engine(places, attended=False) as engine:
        engine.journal._file._connection.set_trace_callback(counter.statement)
        profile = Profile(str(wanted["url"]), str(wanted["data_centre"]), str(wanted["user"]))
        engine.connection.sign_in(profile, str(wanted["password"]))
        counter.requests = counter.commits = 0
        started, cpu = time.perf_counter(), time.process_time()
        info = engine.runs.run(order, RunControl(), NullObserver())
        seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    if info.count(Verdict.PUSHED) != len(numbers):
        raise SystemExit(f"not all pushed: {info.counts}")
    size = sum(path.stat().st_size for path in places.home.glob("journal.sqlite*"))
    return {
        "seconds": seconds,
        "cpu": cpu,
        "requests": counter.requests,
        "commits": counter.commits,
        "journal_bytes": size,
    }


if __name__ == "__main__":
    print(json.dumps(run(json.load(sys.stdin))))
