"""A bench for faults: a desk and a practice server; the server's ledger and posts tell the truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kdgui.bootstrap import open_engine
from kdgui.domain.accounts import SignInMode
from kdgui.domain.orders import PushOptions, RunOrder
from kdgui.domain.verdicts import Reason, Row, Verdict
from kdgui.practice.ledger import LedgerEntry
from kdgui.practice.server import PracticeServer
from kdgui.pushing.engine import PushEngine
from kdgui.pushing.flow.observer import NullObserver
from kdgui.pushing.flow.run_control import Pause, RunControl
from kdgui.store.catalogue import read_catalogue_file
from kdgui.store.paths import Paths
from kdgui.store.profiles import Profile

FORM, RULE, TARGET = "PUR_PurchaseOrder", "PUR_PurchaseOrder-STK_InStock", "STK_InStock"
QUIET = 0.3


class Clerk(NullObserver):
    """Resumes every pause, seven at most, and does what the test wants at a change of rows or at a pause."""

    def __init__(self, control: RunControl) -> None:
        self.control = control
        self.run_id = ""
        self.pauses: list[Pause] = []
        self.when_told: Callable[[Row], None] = lambda row: None
        self.when_paused: Callable[[Pause], None] = lambda pause: None

    def run_started(self, run_id: str, rows: Sequence[Row]) -> None:
        self.run_id = run_id

    def rows_changed(self, rows: Sequence[Row]) -> None:
        for row in rows:
            self.when_told(row)

    def paused(self, pause: Pause) -> None:
        self.pauses.append(pause)
        self.when_paused(pause)
        if len(self.pauses) > 7:
            self.control.stop()
        else:
            self.control.resume()


@dataclass
class Bench:
    """A server, a data folder, and the desk that is open now."""

    server: PracticeServer
    places: Paths
    resources: ExitStack = field(default_factory=ExitStack)
    clerk: Clerk = field(default_factory=lambda: Clerk(RunControl()))

    def open(self, *, attended: bool = False) -> PushEngine:
        """The program is started (anew); its memory is what the data folder holds."""
        self.resources.close()
        self.engine = self.resources.enter_context(open_engine(self.places, attended=attended))
        self.sign_in()
        return self.engine

    def sign_in(self) -> None:
        invitation = self.server.invitation
        mode = SignInMode.PASSWORD
        profile = Profile(
            server=invitation.url, data_centre_id=invitation.data_centre, user=invitation.user, mode=mode
        )
        self.engine.connection.sign_in(profile, invitation.password)

    def numbers(self, count: int, state: str = "open") -> tuple[str, ...]:
        return tuple(self.server.examples()[FORM][state][:count])

    def fault(self, name: str, **settings: object) -> None:
        self.server.turn({name: settings or 1})

    def new_clerk(self) -> Clerk:
        self.clerk = Clerk(RunControl())
        return self.clerk

    def push(self, numbers: Sequence[str], *, clerk: Clerk | None = None, **order: object) -> tuple[Row, ...]:
        settings: dict[str, object] = {"quiet_seconds": QUIET, "timeout": 0.5} | order
        options = settings.pop("options", PushOptions(rule_id=RULE))
        clerk = clerk or self.new_clerk()
        given = RunOrder(FORM, options, tuple(numbers), **settings)  # type: ignore[arg-type]  # by name, above
        info = self.engine.runs.run(given, clerk.control, clerk)
        return self.engine.journal.rows(info.run_id)

    def settle(self) -> tuple[Row, ...]:
        return self.engine.runs.settle(RunControl(), NullObserver(), QUIET, chains=True)

    def entries(self, number: str) -> list[LedgerEntry]:
        """Every push of this bill that really made something in our name."""
        return [
            entry
            for entry in self.server.ledger()
            if entry.operation == "push"
            and entry.targets
            and entry.user == self.server.invitation.user
            and any(source.number == number for source in entry.sources)
        ]

    def made(self, number: str) -> set[str]:
        """Ids of the targets that came of this bill."""
        return {
            target.id
            for entry in self.entries(number)
            for target in entry.targets
            if {source.id for source in entry.sources if source.number == number} & {*target.sources}
        }

    def posts(self) -> Counter[str]:
        """POSTs of Push by FID, counted where they arrive."""
        return Counter(
            bill_id
            for post in self.server.posts()
            if post.operation == "push"
            for bill_id in post.bill_ids or ("nobody",)
        )

    def assert_honest(self, rows: Sequence[Row], *, open_allowed: bool = False) -> None:
        """Every verdict is what the ledger says, and nothing was carried out twice."""
        for row in rows:
            number = row.number.strip()
            where = (
                f"{number}: {row.verdict} {codes(row.reasons)} {codes(row.notes)}, made {self.made(number)}"
            )
            assert row.verdict.final, where
            assert len(self.entries(number)) <= 1, where
            if row.verdict in (Verdict.PUSHED, Verdict.DRAFTED):
                assert {target.id for target in row.targets} == self.made(number), where
                drafts = {t.id for entry in self.entries(number) for t in entry.targets if t.status == "Z"}
                drafts &= self.made(number)
                assert (row.verdict is Verdict.DRAFTED) == bool(drafts), where
            elif row.verdict is Verdict.UNSETTLED:
                assert open_allowed, f"untold: {where}"
            elif not {"duplicate_row", "same_bill", "already_here", "already_pushed"} & set(
                codes(row.reasons)
            ):
                assert not self.made(number), f"done and told otherwise: {where}"


def codes(reasons: Sequence[Reason]) -> list[str]:
    return [reason.code for reason in reasons]


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    return [row.verdict for row in rows]


@pytest.fixture
def bench(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Bench]:
    """Parametrise indirectly with switches, `attended` among them: `{"blind_reader": True}`."""
    switches: Mapping[str, object] = getattr(request, "param", {})
    mine = {name: value for name, value in switches.items() if name != "attended"}
    server = PracticeServer(read_catalogue_file(), **mine)  # type: ignore[arg-type]  # by name
    server.start()
    bench = Bench(server, Paths(tmp_path / "home"))
    try:
        bench.open(attended=bool(switches.get("attended", False)))
        yield bench
    finally:
        bench.resources.close()
        server.stop()
    assert not server.crashes
