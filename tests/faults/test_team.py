"""Several programs and several PCs with one list: no bill is pushed twice, and each row names its holder.

The practice server is one whose rule does not control the quantity: only claims keep a bill from going twice.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kdgui.domain.verdicts import Verdict
from kdgui.practice.server import PracticeServer
from kdgui.store.catalogue import read_catalogue_file
from kdgui.store.ledger.address import TeamAddress
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
    command: list[tuple[int, list[dict[str, object]]]] = []

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
        seen: list[object] = []
        clerk = Clerk(RunControl())

        def look(row: object) -> None:
            if row.verdict is Verdict.SENDING and not seen:  # type: ignore[attr-defined]
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
def test_two_pcs_with_one_list_at_once(pcs: list[Pc], server: PracticeServer, way: dict[str, object]) -> None:
    wanted = numbers(server, 30)
    first, second = pcs

    lists = at_once(lambda: first.push(wanted, **way), lambda: second.push(wanted[::-1], **way))

    done = executions(server)
    assert set(done.values()) == {1}, done
    assert set(done) == set(wanted)
    assert_told_once(lists)
