"""Several programs and several PCs with one list: no bill is pushed twice, and each row names its holder.

The practice server is one whose rule does not control the quantity: only claims keep a bill from going twice.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kdgui.domain.verdicts import Row, Verdict
from kdgui.practice.server import PracticeServer
from kdgui.store.catalogue import read_catalogue_file
from kdgui.store.journal.search import RunFilter
from kdgui.store.ledger.address import TeamAddress
from kdgui.store.ledger.claims import LedgerClaims
from kdgui.store.ledger.ledger import Ledger

from ..database_servers import KINDS, DatabaseServer, database_server
from .conftest import FORM, RULE, Clerk, RunControl, codes
from .team import HELD, Pc, assert_told_once, at_once, open_pc

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[PracticeServer]:
    monkeypatch.setattr("kdgui.practice.push._open_lines", lambda source, rule: source.lines)
    server = PracticeServer(read_catalogue_file(), latency_ms=20)
    server.start()
    yield server
    server.stop()
    assert not server.crashes


def numbers(server: PracticeServer, count: int) -> list[str]:
    return list(server.examples()[FORM]["open"][:count])


def executions(server: PracticeServer) -> dict[str, int]:
    done: dict[str, int] = {}
    for entry in server.ledger():
        if entry.operation == "push" and entry.targets:
            for source in entry.sources:
                done[source.number] = done.get(source.number, 0) + 1
    return done


# One PC


def push_command(server: PracticeServer) -> list[str]:
    there = server.invitation
    return [
        sys.executable, "-m", "kdgui", "--language", "en", "push", "--server", there.url, "--data-centre",
        there.data_centre, "--user", there.user, "--form", FORM, "--rule", RULE, "--json",
        "--settle-seconds", "1",
    ]  # fmt: skip


def test_a_scheduled_push_beside_the_window(server: PracticeServer, kdgui_home: Path) -> None:
    """Both work on one data folder; the bills of the one are the other's neither to push nor to settle."""
    window = open_pc(kdgui_home, server, attended=True)
    wanted = numbers(server, 40)
    environ = os.environ | {"KDGUI_PASSWORD": server.invitation.password}
    command: list[tuple[int, list[dict[str, Any]]]] = []

    def scheduled() -> tuple[()]:
        done = subprocess.run(
            push_command(server), input="\n".join(reversed(wanted)), env=environ, cwd=ROOT,
            capture_output=True, text=True, encoding="utf-8", check=False, timeout=90,
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr
        command.append((done.returncode, [json.loads(line) for line in done.stdout.splitlines()]))
        return ()

    try:
        rows, _ = at_once(lambda: window.push(wanted), scheduled)
        ((code, (*theirs, last)),) = command
        assert code in (0, 1), last
        done = executions(server)
        assert set(done.values()) == {1}, done
        assert set(done) == set(wanted)
        mine = {row.number for row in rows if row.verdict is Verdict.PUSHED}
        other = {str(row["number"]) for row in theirs if row["verdict"] == "pushed"}
        assert mine | other == set(wanted)
        assert not mine & other
        left = [row for row in rows if row.verdict is not Verdict.PUSHED]
        assert all(row.verdict is Verdict.SKIPPED and codes(row.reasons)[0] in HELD for row in left)
        assert window.engine.journal.open_requests() == ()
        assert {info.ended_at is not None for info in window.engine.journal.runs()} == {True}
    finally:
        window.close()


def test_what_a_living_program_has_in_flight_is_not_settled_by_another(
    server: PracticeServer, kdgui_home: Path
) -> None:
    window = open_pc(kdgui_home, server, attended=True)
    beside = open_pc(kdgui_home, server)
    try:
        (number,) = numbers(server, 1)
        server.turn({"timeouts": {"at": [1], "work": True}})
        seen: list[Any] = []
        clerk = Clerk(RunControl())

        def look(row: Row) -> None:
            if row.verdict is Verdict.SENDING and not seen:
                seen.append(beside.settle())
                seen.append(beside.engine.runs.unfinished())
                seen.append(beside.push([number]))

        clerk.when_told = look
        (row,) = window.push([number], clerk, timeout=0.5)
        settled, unfinished, (other,) = seen
        assert (settled, unfinished) == ((), ())
        assert (other.verdict, codes(other.reasons)) == (Verdict.SKIPPED, ["is_unsettled"])
        assert row.verdict is Verdict.PUSHED
        assert executions(server) == {number: 1}
    finally:
        beside.close()
        window.close()


# Several PCs


@pytest.fixture(scope="module", params=KINDS)
def database(request: pytest.FixtureRequest) -> Iterator[DatabaseServer]:
    with database_server(request.param) as server:
        yield server


@pytest.fixture
def address(database: DatabaseServer, monkeypatch: pytest.MonkeyPatch) -> TeamAddress:
    """A new ledger, which every program finds in its environment."""
    address = database.fresh()
    ledger, _ = Ledger.init(address)
    ledger.close()
    monkeypatch.setenv("KDGUI_TEAM_URL", address.text)
    monkeypatch.setenv("KDGUI_TEAM_PASSWORD", address.password)
    return address


@pytest.fixture
def pcs(address: TeamAddress, server: PracticeServer, tmp_path: Path) -> Iterator[list[Pc]]:
    made = [open_pc(tmp_path / name, server) for name in ("a", "b")]
    yield made
    for pc in made:
        pc.close()


@pytest.mark.parametrize("way", [{}, {"parallel": 3}, {"merged": True, "block": 6}], ids=str)
def test_two_pcs_with_one_list_at_once(pcs: list[Pc], server: PracticeServer, way: dict[str, Any]) -> None:
    wanted = numbers(server, 30)
    first, second = pcs

    lists = at_once(lambda: first.push(wanted, **way), lambda: second.push(wanted[::-1], **way))

    done = executions(server)
    assert set(done.values()) == {1}, done
    assert set(done) == set(wanted)
    assert_told_once(lists)


def start_push(server: PracticeServer, home: Path, wanted: list[str]) -> subprocess.Popen[str]:
    """A PC in a process of its own, which a test may kill."""
    environ = os.environ | {"KDGUI_PASSWORD": server.invitation.password, "KDGUI_HOME": str(home)}
    process = subprocess.Popen(
        push_command(server), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        env=environ, cwd=ROOT, text=True, encoding="utf-8",
    )  # fmt: skip
    assert process.stdin is not None
    process.stdin.write("\n".join(wanted))
    process.stdin.close()
    return process


def wait_for(what: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.02)


postgresql_alone = pytest.mark.parametrize("database", ["postgresql"], indirect=True)
"""For what does not depend on the kind of database, and takes its time."""


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """No statement is waited for longer than a second or two."""
    monkeypatch.setattr("kdgui.store.ledger.database.STATEMENT_SECONDS", 2)


@pytest.fixture
def soon_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """A PC of which nothing was heard for a second counts as dead."""
    for module in ("claims", "stations"):
        monkeypatch.setattr(f"kdgui.store.ledger.{module}.SILENT_MS", 1000)


@postgresql_alone
@pytest.mark.parametrize("worked", [True, False])
def test_the_bills_of_a_dead_pc_are_settled_by_another_and_it_takes_over_the_verdict(
    address: TeamAddress, server: PracticeServer, tmp_path: Path, soon_silent: None, worked: bool
) -> None:
    wanted = numbers(server, 3)
    server.turn({"timeouts": {"at": [2], "work": worked}})
    process = start_push(server, tmp_path / "a", wanted)
    wait_for(lambda: len([post for post in server.posts() if post.operation == "push"]) >= 2)
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()
    other = open_pc(tmp_path / "b", server)
    try:
        (held,) = other.push(wanted[1:2])
        assert held.verdict is Verdict.SKIPPED
        assert codes(held.reasons)[0] in ("held", "held_unsettled", "held_silent", "already_pushed")
        wait_for(lambda: other.engine.team.takeovers().orphans(server.invitation.data_centre))

        settled = {row.number: row for row in other.settle()}

        found = settled[wanted[1]]
        assert found.verdict is (Verdict.PUSHED if worked else Verdict.FAILED)
        assert settled.keys() >= set(wanted[1:]), "what was claimed with it and never sent is found out, too"
        assert settled[wanted[2]].verdict is Verdict.FAILED
        other.engine.team.nudge()
        back = open_pc(tmp_path / "a", server)
        try:
            wait_for(lambda: not other.engine.team.takeovers().orphans(server.invitation.data_centre))
            wait_for(lambda: not other_claims(other))
            back.settle()
            (run,) = (info for info in back.engine.journal.runs() if info.total == 3)
            row = back.engine.journal.rows(run.run_id)[1]
            assert row.verdict is found.verdict
            assert row.targets == found.targets
            assert "settled_by" in codes(row.notes)
        finally:
            back.close()
        assert executions(server)[wanted[0]] == 1
        assert executions(server).get(wanted[1], 0) == worked
    finally:
        other.close()


def other_claims(pc: Pc) -> object:
    ledger = pc.engine.team.ledger()
    assert ledger is not None
    return LedgerClaims(ledger, pc.engine.team.station()).held_here()


@postgresql_alone
def test_without_the_ledger_nothing_is_sent_and_the_rows_say_so(
    pcs: list[Pc], database: DatabaseServer, server: PracticeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kdgui.pushing.flow.pausing.PROBE_WAITS", (0.1, 0.1))
    wanted = numbers(server, 3)
    database.stop(at_once=True)
    try:
        rows = pcs[0].push(wanted)
    finally:
        database.start()
    assert {row.verdict for row in rows} == {Verdict.NOT_SENT}
    assert {codes(row.reasons)[0] for row in rows} == {"ledger_down"}
    assert not server.posts()
    assert_told_once([pcs[0].push(wanted)])


def test_a_ledger_lost_between_claim_and_verdict_catches_up_by_itself(
    pcs: list[Pc], database: DatabaseServer, server: PracticeServer
) -> None:
    """The journal has everything meanwhile, and the run that was sent is told to its end."""
    wanted = numbers(server, 2)
    first, second = pcs
    clerk = Clerk(RunControl())
    gone: list[object] = []

    def pull_the_plug(row: object) -> None:
        if row.verdict is Verdict.SENDING and not gone:  # type: ignore[attr-defined]
            database.stop(at_once=True)
            gone.append(row)

    clerk.when_told = pull_the_plug
    try:
        rows = first.push(wanted[:1], clerk)
        assert [row.verdict for row in rows] == [Verdict.PUSHED]
        assert executions(server) == {wanted[0]: 1}
    finally:
        database.start()
    first.engine.team.nudge()
    wait_for(lambda: not other_claims(first))
    history = second.engine.team.history()
    assert history is not None
    wait_for(lambda: history.find_runs(RunFilter(verdicts=(Verdict.PUSHED,)), 10).runs)
    (run,) = history.find_runs(RunFilter(), 10).runs
    assert run.count(Verdict.PUSHED) == 1
    assert [row.targets for row in history.rows(run.run_id)] == [rows[0].targets]


@pytest.mark.slow
def test_a_frozen_database_holds_nobody_for_long(
    hurried: None,
    pcs: list[Pc],
    database: DatabaseServer,
    server: PracticeServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("kdgui.pushing.flow.pausing.PROBE_WAITS", (0.1,))
    wanted = numbers(server, 4)
    pcs[0].push(wanted[:1])
    database.freeze()
    started = time.monotonic()
    try:
        rows = pcs[0].push(wanted[1:])
    finally:
        database.thaw()
    assert time.monotonic() - started < 60
    assert {row.verdict for row in rows} == {Verdict.NOT_SENT}
    assert len(executions(server)) == 1


@postgresql_alone
def test_a_colleague_who_pushed_it_is_named_where_the_server_shows_nothing_any_more(
    pcs: list[Pc], server: PracticeServer
) -> None:
    (number,) = numbers(server, 1)
    (made,) = pcs[0].push([number])
    pcs[0].engine.team.nudge()
    wait_for(lambda: not other_claims(pcs[0]))
    with pcs[0].engine.connection.own_connection() as connection:
        for target in made.targets:
            connection.session.delete(target.form_id, [target.id])
    (row,) = pcs[1].push([number])
    assert (row.verdict, codes(row.reasons)) == (Verdict.SKIPPED, ["already_colleague"])
    (again,) = pcs[1].push([number], again=True)
    assert again.verdict is Verdict.PUSHED
