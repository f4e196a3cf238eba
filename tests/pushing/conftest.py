"""A bench for the engine: a desk signed in to a practice server whose ledger tells the truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from kdgui.bootstrap import open_engine
from kdgui.domain.accounts import SignInMode
from kdgui.domain.orders import PushOptions, RunOrder
from kdgui.domain.verdicts import Row, Verdict
from kdgui.practice.server import PracticeServer
from kdgui.pushing.engine import PushEngine
from kdgui.pushing.flow.observer import NullObserver
from kdgui.pushing.flow.run_control import Pause, RunControl
from kdgui.store.catalogue import read_catalogue_file
from kdgui.store.paths import Paths
from kdgui.store.profiles import Profile

FORM, RULE = "PUR_PurchaseOrder", "PUR_PurchaseOrder-STK_InStock"
QUIET = 0.6


class Witnessing(NullObserver):
    """Remembers what the run told."""

    def __init__(self) -> None:
        self.run_id = ""
        self.pauses: list[Pause] = []
        self.told: list[Row] = []

    def run_started(self, run_id: str, rows: Sequence[Row]) -> None:
        self.run_id = run_id

    def rows_changed(self, rows: Sequence[Row]) -> None:
        self.told += rows

    def paused(self, pause: Pause) -> None:
        self.pauses.append(pause)


@dataclass
class Bench:
    """One desk and one server. `truth` counts what the server really did with a bill since the start."""

    server: PracticeServer
    engine: PushEngine
    places: Paths
    observer: Witnessing = field(default_factory=Witnessing)

    def pushable(self, count: int) -> tuple[str, ...]:
        """Numbers of bills that can be pushed and have no target yet."""
        numbers = tuple(self.examples()["open"])
        assert len(numbers) >= count, f"the practice books hold only {len(numbers)}"
        return numbers[:count]

    def examples(self) -> dict[str, list[str]]:
        """Bill numbers of the source form by what they are examples of."""
        return self.server.examples()[FORM]

    def fault(self, name: str, **settings: Any) -> None:
        """Switch a fault on: `at=[3]` strikes the third push from now."""
        self.server.turn({name: settings})

    def push(self, numbers: Sequence[str], **order: Any) -> tuple[Row, ...]:
        settings: dict[str, object] = {"quiet_seconds": QUIET, "timeout": 3.0} | order
        options = settings.pop("options", PushOptions(rule_id=RULE))
        info = self.engine.runs.run(
            RunOrder(FORM, options, tuple(numbers), **settings),  # type: ignore[arg-type]  # by name, above
            RunControl(),
            self.observer,
        )
        return self.engine.journal.rows(info.run_id)

    def settle(self) -> tuple[Row, ...]:
        return self.engine.runs.settle(RunControl(), NullObserver(), QUIET)

    def executions(self) -> Counter[str]:
        """How often each source bill was really pushed, by number."""
        return Counter(
            source.number
            for entry in self.server.ledger()
            if entry.operation == "push" and entry.targets
            for source in entry.sources
        )

    def targets(self, number: str) -> set[str]:
        """Ids of all targets that pushes of this bill made."""
        return {
            target.id
            for entry in self.server.ledger()
            if entry.operation == "push" and any(source.number == number for source in entry.sources)
            for target in entry.targets
        }

    def drafts(self, number: str) -> bool:
        return any(
            target.status == "Z"
            for entry in self.server.ledger()
            if entry.operation == "push" and any(source.number == number for source in entry.sources)
            for target in entry.targets
        )

    def assert_honest(self, rows: Sequence[Row], *, open_allowed: bool = False, twice: bool = False) -> None:
        """Every verdict agrees with the ledger, and nothing was carried out twice."""
        done = self.executions()
        if not twice:
            assert all(times == 1 for times in done.values()), f"pushed twice: {done}"
        for row in rows:
            where = f"{row.number}: {row.verdict} {[r.code for r in row.reasons]}"
            assert row.verdict.final, where
            if row.verdict is Verdict.UNSETTLED:
                assert open_allowed, f"untold: {where}"
            elif row.verdict in (Verdict.PUSHED, Verdict.DRAFTED):
                assert {target.id for target in row.targets} == self.targets(row.number), where
                assert (row.verdict is Verdict.DRAFTED) == self.drafts(row.number), where
            elif not any(r.code in ("duplicate_row", "same_bill", "already_here") for r in row.reasons):
                assert done[row.number] == 0, f"done but told otherwise: {where}"


def make_desk(tmp_path: Path, server: PracticeServer, *, sign_in: bool = True) -> Iterator[PushEngine]:
    invitation = server.invitation
    with open_engine(Paths(tmp_path / "home"), attended=False) as engine:
        if sign_in:
            profile = Profile(
                server=invitation.url,
                data_centre_id=invitation.data_centre,
                user=invitation.user,
                mode=SignInMode.PASSWORD,
            )
            engine.connection.sign_in(profile, invitation.password)
        yield engine


@pytest.fixture
def bench(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Bench]:
    """Parametrise indirectly with switches: `{"blind_reader": True}`."""
    switches: Mapping[str, Any] = getattr(request, "param", {})
    server = PracticeServer(read_catalogue_file(), **switches)
    server.start()
    try:
        for engine in make_desk(tmp_path, server):
            yield Bench(server, engine, Paths(tmp_path / "home"))
    finally:
        server.stop()
