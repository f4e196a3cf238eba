"""A team on a bench: several PCs, each with a data folder of its own, one server and one shared ledger."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from kdgui.bootstrap import open_engine
from kdgui.domain.accounts import SignInMode
from kdgui.domain.orders import PushOptions, RunOrder
from kdgui.domain.verdicts import Row, Verdict
from kdgui.practice.server import PracticeServer
from kdgui.pushing.engine import PushEngine
from kdgui.pushing.flow.observer import NullObserver
from kdgui.pushing.flow.run_control import RunControl
from kdgui.store.paths import Paths
from kdgui.store.profiles import Profile

from .conftest import FORM, QUIET, RULE, Clerk


@dataclass
class Pc:
    """One program on a data folder, signed in."""

    engine: PushEngine
    resources: ExitStack = field(default_factory=ExitStack)

    def push(self, numbers: Sequence[str], clerk: Clerk | None = None, **order: object) -> tuple[Row, ...]:
        settings: dict[str, object] = {"quiet_seconds": QUIET, "timeout": 3.0} | order
        clerk = clerk or Clerk(RunControl())
        given = RunOrder(FORM, PushOptions(rule_id=RULE), tuple(numbers), **settings)  # type: ignore[arg-type]
        info = self.engine.runs.run(given, clerk.control, clerk)
        return self.engine.journal.rows(info.run_id)

    def settle(self) -> tuple[Row, ...]:
        return self.engine.runs.settle(RunControl(), NullObserver(), QUIET)

    def close(self) -> None:
        self.resources.close()


def open_pc(home: Path, server: PracticeServer, *, attended: bool = False) -> Pc:
    """The program of this data folder, as it starts."""
    resources = ExitStack()
    engine = resources.enter_context(open_engine(Paths(home), attended=attended))
    invitation = server.invitation
    profile = Profile(
        server=invitation.url,
        data_centre_id=invitation.data_centre,
        user=invitation.user,
        mode=SignInMode.PASSWORD,
    )
    engine.connection.sign_in(profile, invitation.password)
    return Pc(engine, resources)


def at_once(*works: Callable[[], tuple[Row, ...]]) -> list[tuple[Row, ...]]:
    """Do all of this at the same time; the rows of each."""
    results: list[tuple[Row, ...]] = [()] * len(works)
    troubles: list[BaseException] = []
    begin = threading.Barrier(len(works))

    def do(place: int) -> None:
        try:
            begin.wait(20)
            results[place] = works[place]()
        except BaseException as error:  # noqa: BLE001 - a thread's trouble is the test's
            troubles.append(error)

    threads = [threading.Thread(target=do, args=(place,)) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(100)
    if troubles:
        raise troubles[0]
    return results


def assert_told_once(lists: Sequence[Sequence[Row]]) -> None:
    """Of every bill one row is pushed, and the others say whose it is or that it is pushed already."""
    by_number: dict[str, list[Row]] = {}
    for rows in lists:
        for row in rows:
            by_number.setdefault(row.number, []).append(row)
    for number, rows in by_number.items():
        told = [(row.verdict.value, [reason.code for reason in row.reasons]) for row in rows]
        assert sum(row.verdict is Verdict.PUSHED for row in rows) == 1, (number, told)
        for row in rows:
            if row.verdict is not Verdict.PUSHED:
                assert row.verdict is Verdict.SKIPPED, (number, told)
                assert row.reasons[0].code in HELD, (number, told)


HELD = {
    "held", "held_unsettled", "held_silent", "held_here", "held_here_unsettled", "already_pushed",
    "already_colleague", "already_here", "is_unsettled",
}  # fmt: skip
