"""Pushing beside a bare loop and the tutorial's script, and whether a bill costs the same among many."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from kdgui.bootstrap import open_engine
from kdgui.domain.orders import PushOptions, RunOrder
from kdgui.domain.verdicts import Verdict
from kdgui.pushing.engine import PushEngine
from kdgui.pushing.flow.run_control import RunControl
from kdgui.store.journal.journal import Journal
from kdgui.store.paths import Paths
from kdgui.store.profiles import Profile
from tests.bench import peers
from tests.bench.measure import Figure
from tests.bench.one_run import pushed
from tests.bench.server import FORM, RULE, Server, serving

_LEARNING = 12
"""Bills of a first run, in which the program finds out how this server is asked."""


def serial(*, long: bool) -> Iterator[Figure]:
    """One by one with all safety on, in a second run, beside a session and the script; the limit is 1."""
    for latency, bills, by_session, by_script in (
        (200, 150, 0.97, 1.9),
        (20, 150, 0.92, 1.85),
        *(((200, 1000, 0.98, 1.9),) if long else ()),
    ):
        with serving(_LEARNING + 3 * bills, latency) as server, _folder_that_knows(server) as home:
            session, _cpu = peers.session_loop(server, server.take(bills))
            ours = pushed(server, server.take(bills), home)["seconds"]
            script = peers.script(server, server.take(bills))
        note = f"{ours:.1f} s · {session:.1f} s · {script:.1f} s"
        what = f"serial, {latency} ms a request, {bills} bills"
        yield Figure(what, "session loop", [session / ours], by_session, more=True, note=note)
        yield Figure(what, "tutorial's script", [script / ours], by_script, more=True, note=note)


def parallel(*, long: bool) -> Iterator[Figure]:
    """Three requests at a time beside the script."""
    bills = 600 if long else 150
    with serving(_LEARNING + 2 * bills, 200) as server, _folder_that_knows(server) as home:
        ours = pushed(server, server.take(bills), home, parallel=3)["seconds"]
        script = peers.script(server, server.take(bills))
    note = f"{ours:.1f} s · {script:.1f} s"
    yield Figure("3 at once, 200 ms", "tutorial's script", [script / ours], 5.4, more=True, note=note)


def merged(*, long: bool) -> Iterator[Figure]:
    """Fifty in a request beside the script."""
    bills = 1000 if long else 300
    with serving(_LEARNING + 2 * bills, 200) as server, _folder_that_knows(server) as home:
        ours = pushed(server, server.take(bills), home, merged=True, block=50)["seconds"]
        script = peers.script(server, server.take(bills))
    note = f"{ours:.1f} s · {script:.1f} s"
    yield Figure("merged, 50 a block, 200 ms", "tutorial's script", [script / ours], 13, more=True, note=note)


def growth(*, long: bool) -> Iterator[Figure]:
    """CPU, requests, commits and bytes of a bill, at no latency, among 100, 1,000 and (long) 10,000."""
    sizes = (100, 1000, 10_000) if long else (100, 1000)
    costs = {}
    with serving(_LEARNING + sum(sizes) + 100) as server:
        for bills in sizes:
            with _folder_that_knows(server) as home:
                before = _size(home)
                cost = pushed(server, server.take(bills), home)
                cost["journal_bytes"] -= before
                costs[bills] = {name: value / bills for name, value in cost.items()}
        _seconds, session = peers.session_loop(server, server.take(100))
    few, many = costs[sizes[0]], costs[sizes[-1]]
    told = " · ".join(f"{1000 * cost['cpu']:.2f}" for cost in costs.values())
    counts = " → ".join(f"{bills:,}" for bills in sizes)
    yield Figure(f"CPU a bill, {counts}", "itself", [many["cpu"] / few["cpu"]], 1.1, note=f"{told} ms")
    yield Figure("CPU of a run", "session loop", [many["cpu"] / (session / 100)], 1.5)
    yield Figure("requests a bill", "one", [many["requests"]], 1.15)
    yield Figure("commits (fsyncs) a bill", "one", [many["commits"]], 1.1)
    yield Figure("journal bytes a bill", "–", [many["journal_bytes"]], 4000, unit=" B")


def history(*, long: bool) -> Iterator[Figure]:
    """CPU of a bill where the journal holds many already, beside a fresh journal."""
    old = 100_000 if long else 10_000
    with serving(2 * _LEARNING + 600) as server, _folder_that_knows(server) as fresh:
        new = pushed(server, server.take(300), fresh)["cpu"]
        with _folder_that_knows(server) as home:
            _fill(home, old)
            full = pushed(server, server.take(300), home)["cpu"]
    note = f"{1000 * full / 300:.2f} · {1000 * new / 300:.2f} ms"
    yield Figure(f"CPU a bill, {old:,} bills in the journal", "fresh journal", [full / new], 1.05, note=note)


class _folder_that_knows(TemporaryDirectory[str]):  # noqa: N801 - used as a function
    """A data folder in which a run was made already."""

    def __init__(self, server: Server) -> None:
        super().__init__()
        self._server = server

    def __enter__(self) -> Path:  # type: ignore[override]
        home = Path(super().__enter__())
        pushed(self._server, self._server.take(_LEARNING), home)
        return home


def _size(home: Path) -> int:
    return sum(path.stat().st_size for path in home.glob("journal.sqlite*"))


def _fill(home: Path, bills: int) -> None:
    """As many pushed bills of earlier runs, written as a run writes them: the runs there are, repeated."""
    journal = Journal.open(Paths(home).journal)
    run_id = journal.runs(1)[0].run_id
    order, header, model = journal.order(run_id), journal.header(run_id), journal.rows(run_id)[0]
    for start in range(0, bills, 5000):
        numbers = tuple(f"OLD{place:08d}" for place in range(start, start + 5000))
        made, rows = journal.start_run(RunOrder(order.form_id, order.options, numbers), header)
        done = [
            replace(model, run_id=made, position=each.position, number=each.number, bill_id=each.number[3:])
            for each in rows
        ]
        journal.write_rows([replace(row, verdict=Verdict.PUSHED) for row in done])
        journal.finish_run(made, "finished")
    journal.close()


def check(*, long: bool) -> Iterator[Figure]:
    """A check of many numbers, three questions side by side, beside one after the other."""
    count = 10_000 if long else 1500
    with serving(count, 200) as server, _signed_in(server) as engine:
        numbers = tuple(server.take(count))
        _check_seconds(engine, numbers[:10])  # finds out how this server is asked
        ours = _check_seconds(engine, numbers)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("kdgui.pushing.inspect.inspection._BESIDE", 0)
            alone = _check_seconds(engine, numbers)
    what = f"check of {count:,} numbers, 200 ms a read"
    yield Figure(what, "one read after the other", [ours / alone], 0.4, note=f"{ours:.1f} · {alone:.1f} s")
    yield Figure(what, "–", [ours], 15 * count / 10_000, unit=" s")


@contextmanager
def _signed_in(server: Server) -> Iterator[PushEngine]:
    with TemporaryDirectory() as home, open_engine(Paths(Path(home)), attended=False) as engine:
        engine.connection.sign_in(Profile(server.url, server.data_centre, server.user), server.password)
        yield engine


def _check_seconds(engine: PushEngine, numbers: tuple[str, ...]) -> float:
    started = time.perf_counter()
    report = engine.inspection.check(RunOrder(FORM, PushOptions(RULE), numbers), RunControl())
    if len(report.findings) != len(numbers):
        raise SystemExit(f"{len(numbers)} numbers, {len(report.findings)} findings")
    return time.perf_counter() - started
