"""One random schedule of pushes, faults, switches, kills and restarts: the journal against the ledger."""

from __future__ import annotations

import random
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kdgui.bootstrap import open_engine
from kdgui.domain.accounts import SignInMode
from kdgui.domain.errors import BadInput, KdguiError
from kdgui.domain.orders import PushOptions, RunOrder
from kdgui.domain.verdicts import Row, Verdict
from kdgui.practice.ledger import LedgerEntry
from kdgui.practice.server import PracticeServer
from kdgui.pushing.engine import PushEngine
from kdgui.pushing.flow.observer import NullObserver
from kdgui.pushing.flow.run_control import Pause, RunControl
from kdgui.store.catalogue import read_catalogue_file
from kdgui.store.paths import Paths
from kdgui.store.profiles import Profile

from .axe import Axe, Killed, axed
from .mischief import MID_RUN, PUSH_FAULTS, QUERY_FAULTS, SIGN_IN_FAULTS, SWITCHES

FORM, RULE = "PUR_PurchaseOrder", "PUR_PurchaseOrder-STK_InStock"
QUIET = 0.25
STRANGER = "buyer"
NEVER_SENT = (Verdict.QUEUED, Verdict.SKIPPED, Verdict.NOT_SENT)
OPEN = (Verdict.SENDING, Verdict.UNSETTLED)


class Clerk(NullObserver):
    """Watches a run, resumes its pauses at once, loses patience at the seventh; may do things meanwhile."""

    def __init__(self, control: RunControl, deeds: dict[int, Callable[[], None]]) -> None:
        self._control, self._deeds = control, deeds
        self._changes = self._pauses = 0
        self.run_id = ""

    def run_started(self, run_id: str, rows: Sequence[Row]) -> None:
        self.run_id = run_id

    def rows_changed(self, rows: Sequence[Row]) -> None:
        self._changes += 1
        deed = self._deeds.pop(self._changes, None)
        if deed is not None:
            deed()

    def paused(self, pause: Pause) -> None:
        self._pauses += 1
        if self._pauses > 6:
            self._control.stop()
        elif pause.choices:
            self._control.choose(pause.choices[self._pauses % len(pause.choices)])
        else:
            self._control.resume()


@dataclass
class Facts:
    """What the server really did with one source bill in our name."""

    bill_id: str
    entries: list[LedgerEntry] = field(default_factory=list)

    @property
    def targets(self) -> set[str]:
        return {t.id for entry in self.entries for t in entry.targets if self.bill_id in t.sources}

    @property
    def drafts(self) -> set[str]:
        return self.targets & {t.id for entry in self.entries for t in entry.targets if t.status == "Z"}

    @property
    def repeated(self) -> bool:
        """Whether a proxy repeated a request."""
        names = {name for entry in self.entries for name in entry.fault.split("+")}
        return bool(names & {"forwarded_twice", "repeated_after"})

    @property
    def repeated_late(self) -> bool:
        """Whether a repeat came after the answer: a run that was over before could not see it."""
        return any("repeated_after" in entry.fault for entry in self.entries)


class Broken(AssertionError):
    """The promise was not kept."""


class Schedule:
    """One schedule: a server, a data folder, and a dozen random steps."""

    def __init__(self, seed: int, folder: Path, *, verbose: bool = False) -> None:
        self.seed, self.folder, self.verbose = seed, folder, verbose
        self.chance = random.Random(seed)
        self.axe = Axe()
        self.again: Counter[str] = Counter()
        self.lists: list[tuple[str, ...]] = []
        self.last_run = ""
        self.pushes = self.kills = 0
        self.server = self._start_server(0)
        self.desks = ExitStack()
        self.engine = self._open_desk()
        names = self.server.examples()[FORM]
        bills = [*self.chance.sample(names["open"], 7), *self.chance.sample(names["open_many_lines"], 2)]
        bills += [*self.chance.sample(names["partly_linked"], 2), self.chance.choice(names["two_orgs"])]
        states = ("created", "linked", "closed", "partner_disabled", "no_price")
        bills += [self.chance.choice(names[state]) for state in states]
        self.bills = tuple(bills)

    # -- the world -------------------------------------------------------------------------------------

    def say(self, *what: object) -> None:
        if self.verbose:
            print("   ", *what, flush=True)

    def _start_server(self, port: int) -> PracticeServer:
        server = PracticeServer(read_catalogue_file(), data_dir=self.folder / "server", port=port)
        server.start()
        return server

    def restart_server(self) -> None:
        port = int(self.server.url.split(":")[2].split("/")[0])
        self.server.stop()
        self.server = self._start_server(port)

    def _open_desk(self) -> PushEngine:
        invitation = self.server.invitation
        self.axe.left, self.axe.dead = -1, False
        engine = self.desks.enter_context(open_engine(Paths(self.folder / "home"), attended=self._often(0.5)))
        profile = Profile(
            server=invitation.url,
            data_centre_id=invitation.data_centre,
            user=invitation.user,
            mode=SignInMode.PASSWORD,
        )
        self.server.turn({f"login:{name}": 0 for name in SIGN_IN_FAULTS})
        engine.connection.sign_in(profile, invitation.password)
        return engine

    def reopen(self) -> None:
        """The program is started anew; what it had in memory is gone."""
        self.axe.dead = False
        self.axe.left = -1
        self.desks.close()
        self.desks = ExitStack()
        self.engine = self._open_desk()

    def _often(self, probability: float) -> bool:
        return self.chance.random() < probability

    # -- steps -----------------------------------------------------------------------------------------

    def run(self) -> None:
        """All steps, and the end."""
        with axed(self.axe):
            for name, value in self.chance.sample(SWITCHES, self.chance.choice((0, 0, 1, 2))):
                self.say("switch", name, value)
                self.server.turn({name: value})
            for _ in range(self.chance.randint(3, 8)):
                step = self.chance.choices(
                    (self.push, self.push_again, self.settle, self.go_on, self.restart, self.clear),
                    (6, 3, 2, 2, 1, 1),
                )[0]
                self.say("--", step.__name__)
                self._survive(step)
                self.compare(f"after {step.__name__}")
            self.finish()

    def _survive(self, step: Callable[[], None]) -> None:
        self.axe.left = self.chance.randint(0, 80) if self._often(0.4) else -1
        try:
            step()
        except Killed:
            self.kills += 1
            self.say("killed")
            self.reopen()
        except BadInput as trouble:
            self.say(trouble)
        finally:
            self.axe.left = -1

    def push(self) -> None:
        numbers = self.chance.sample(self.bills, self.chance.randint(1, 8))
        if self._often(0.2):
            numbers.append(
                self.chance.choice((numbers[0], numbers[0].lower(), f"{numbers[0]} ", "NO-SUCH-1"))
            )
        self._push(tuple(numbers), again=self._often(0.2))

    def push_again(self) -> None:
        """The same list once more."""
        self._push(self.chance.choice(self.lists or [self.bills[:5]]), again=False)

    def go_on(self) -> None:
        if self.last_run:
            order = self.engine.journal.order(self.last_run)
            self.say("continues", self.last_run, "again" if order.again else "")
            control = RunControl()
            self._follow(Clerk(control, self._deeds(control)), control, order)

    def settle(self) -> None:
        self.engine.runs.settle(RunControl(), NullObserver(), QUIET, chains=True)

    def restart(self) -> None:
        if self._often(0.5):
            self.restart_server()
        else:
            self.server.end_sessions()
        self.reopen()

    def clear(self) -> None:
        self.server.reset()

    def _arm(self, *, drafts: bool) -> None:
        """Other faults than before, one at most for each POST: together they would do what no server does."""
        self.server.turn(dict.fromkeys(self.server_faults(), 0))
        armed: dict[str, dict[str, Any]] = {}
        places = self.chance.sample(range(1, 10), 9)
        for _ in range(self.chance.choice((0, 1, 1, 2, 3))):
            name, settings = self.chance.choice(PUSH_FAULTS)
            if name not in armed and not (drafts and name == "session_lost_with_entity"):  # it names no draft
                armed[name] = {**settings, "at": [places.pop() for _ in range(self.chance.randint(1, 3))]}
        for _ in range(self.chance.choice((0, 0, 1, 2))):
            name, settings = self.chance.choice(QUERY_FAULTS)
            armed[f"query:{name}"] = {**settings, "at": [self.chance.randint(1, 40)]}
        if self._often(0.1):
            armed[f"login:{self.chance.choice(SIGN_IN_FAULTS)}"] = {"at": [1]}
        self.say("faults", armed)
        self.server.turn(armed)

    def server_faults(self) -> list[str]:
        state: Any = self.server._control.state()
        return list(state["faults"])  # the faults that are switched on

    def _deeds(self, control: RunControl) -> dict[int, Callable[[], None]]:
        deeds: dict[int, Callable[[], None]] = {}
        if self._often(0.3):
            name, value = self.chance.choice(MID_RUN)
            deeds[self.chance.randint(1, 20)] = lambda: self.server.turn({name: value})
            self.say("will switch", name, value)
        if self._often(0.1):
            deeds[self.chance.randint(1, 20)] = self.server.end_sessions
        if self._often(0.1):
            deeds[self.chance.randint(1, 20)] = control.stop
            self.say("will stop")
        return deeds

    def _push(self, numbers: tuple[str, ...], *, again: bool) -> None:
        self.pushes += 1
        self.lists.append(numbers)
        options = PushOptions(rule_id=RULE, draft_on_fail=self._often(0.3))
        self._arm(drafts=options.draft_on_fail)
        merged = self._often(0.3)
        order = RunOrder(
            FORM,
            options,
            numbers,
            again=again,
            merged=merged,
            block=self.chance.randint(2, 6),
            split=self.chance.choice((True, True, False, None)),
            parallel=1 if merged else self.chance.choice((1, 1, 2, 3)),
            quiet_seconds=QUIET,
            timeout=0.4,
        )
        control = RunControl()
        how = f"merged {order.block} {order.split}" if merged else f"parallel {order.parallel}"
        self.say("pushes", numbers, how, "again " * again, "attended" * self.engine.attended)
        self._follow(Clerk(control, self._deeds(control)), control, order, new=True)

    def _follow(self, clerk: Clerk, control: RunControl, order: RunOrder, *, new: bool = False) -> None:
        if order.again:
            self.again.update({number.strip().upper() for number in order.numbers})
        try:
            if new:
                self.engine.runs.run(order, control, clerk)
            else:
                self.engine.runs.continue_run(self.last_run, control, clerk)
        finally:
            self.last_run = clerk.run_id or self.last_run

    # -- the truth -------------------------------------------------------------------------------------

    def facts(self) -> dict[str, Facts]:
        found: dict[str, Facts] = {}
        for entry in self.server.ledger():
            if entry.operation == "push" and entry.targets and entry.user != STRANGER:
                for source in entry.sources:
                    found.setdefault(source.id, Facts(source.id)).entries.append(entry)
        return found

    def rows(self) -> list[Row]:
        return [row for info in self.engine.journal.runs() for row in self.engine.journal.rows(info.run_id)]

    def compare(self, when: str, *, settled: bool = False) -> None:
        """Journal and ledger, bill by bill. `settled`: nothing may be open any more."""
        self.server._writes.join(2.0)  # late commits come before we look
        facts, rows = self.facts(), self.rows()
        by_bill: defaultdict[str, list[Row]] = defaultdict(list)
        for row in rows:
            by_bill[row.bill_id].append(row)
        asked = self._asked_about()
        for bill_id in {*facts, *by_bill} - {""}:
            fact = facts.get(bill_id, Facts(bill_id))
            self._compare_bill(bill_id, fact, by_bill[bill_id], asked, when, settled=settled)
        executed = {target for fact in facts.values() for target in fact.targets}
        told = [target.id for row in by_bill[""] for target in row.targets]
        self._want(not executed & set(told), f"{when}: targets told for a bill without id: {told}")

    def _asked_about(self) -> set[tuple[str, int]]:
        requests = self.engine.journal.open_requests()
        return {(row.run_id, row.position) for request in requests for row in request.rows}

    def _compare_bill(
        self,
        bill_id: str,
        fact: Facts,
        rows: list[Row],
        asked: set[tuple[str, int]],
        when: str,
        *,
        settled: bool,
    ) -> None:
        mine = [row for row in rows if row.verdict in (Verdict.PUSHED, Verdict.DRAFTED)]
        number = rows[0].number.strip().upper() if rows else ""
        where = f"{when}: {number} ({bill_id})\n{self._picture(fact, rows)}"
        allowed = 1 + self.again[number]
        self._want(fact.repeated or len(fact.entries) <= allowed, f"pushed twice {where}")
        told = [target.id for row in mine for target in row.targets]
        self._want(len(told) == len(set(told)), f"one target told twice {where}")
        self._want(set(told) <= fact.targets, f"told and not done {where}")
        open_rows = [r for r in rows if (r.run_id, r.position) in asked or not r.verdict.final]
        open_rows += [r for r in rows if r.verdict is Verdict.UNSETTLED]
        for row in rows:
            later = [r for r in rows if r.run_id > row.run_id and r.verdict not in NEVER_SENT]
            self._want(row.verdict not in OPEN or not later, f"sent again while in doubt {where}")
        if settled:
            stuck = [row for row in rows if row.verdict in OPEN and not _stranger_about(row)]
            self._want(not stuck, f"untold {where}")
        if fact.repeated_late:
            seen = {target.id for row in rows for target in row.targets}
            known = any(row.alarm for row in rows) or fact.targets <= seen
            self._want(known or when != "at the end", f"repeated and never told {where}")
        elif not open_rows or (settled and not any(map(_stranger_about, open_rows))):
            self._want(set(told) == fact.targets, f"done and not told {where}")
            for row in mine:
                ids = {target.id for target in row.targets}
                drafted = ids <= fact.drafts
                self._want(drafted == (row.verdict is Verdict.DRAFTED), f"draft or not {where}")
                repeated = sum(bool(ids & {t.id for t in e.targets}) for e in fact.entries) > 1
                self._want(row.alarm or not repeated, f"no alarm {where}")

    def _picture(self, fact: Facts, rows: list[Row]) -> str:
        lines = [f"  did  {e.post} {e.fault} {[(t.id, t.status) for t in e.targets]}" for e in fact.entries]
        for r in rows:
            codes, notes = [x.code for x in r.reasons], [x.code for x in r.notes]
            targets = [t.id for t in r.targets]
            flags = ("presumed " * r.presumed) + ("alarm " * r.alarm)
            lines.append(f"  told {r.run_id}/{r.position} {r.verdict} {flags}{targets} {codes} {notes}")
        return "\n".join(lines)

    @staticmethod
    def _want(holds: bool, otherwise: str) -> None:
        if not holds:
            raise Broken(otherwise)

    def finish(self) -> None:
        """A good line, a fresh start, everything settled; then everything once more."""
        self.server.reset()
        self.reopen()
        self.engine.runs.settle(RunControl(), NullObserver(), QUIET, chains=True)
        self.compare("when settled", settled=True)
        before = {bill_id: len(fact.entries) for bill_id, fact in self.facts().items()}
        self.say("-- everything once more")
        every = tuple(dict.fromkeys(number for numbers in self.lists for number in numbers))
        order = RunOrder(FORM, PushOptions(rule_id=RULE), every or self.bills, quiet_seconds=QUIET)
        control = RunControl()
        self.engine.runs.run(order, control, Clerk(control, {}))
        self.compare("at the end", settled=True)
        after = {bill_id: len(fact.entries) for bill_id, fact in self.facts().items()}
        twice = {b: (before[b], after[b]) for b in before if after[b] != before[b]}
        self._want(not twice, f"the last list pushed again what had been done: {twice}")
        self._want(not self.server.crashes, f"the practice server fell over: {self.server.crashes}")

    def close(self) -> None:
        self.axe.dead = False
        self.axe.left = -1
        self.desks.close()
        self.server.stop()


def _stranger_about(row: Row) -> bool:
    """Where no bill of ours was ever seen, nobody can tell for certain that a new one is a stranger's."""
    return row.verdict is Verdict.UNSETTLED and "foreign_target" in {note.code for note in row.notes}


@dataclass(frozen=True)
class Report:
    """What came of one schedule; `broken` "" where the promise was kept."""

    seed: int
    broken: str
    pushes: int
    kills: int
    posts: int
    seconds: float


def run_schedule(seed: int, *, verbose: bool = False) -> Report:
    """One schedule in a data folder of its own."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="kdgui-schedule-") as folder:
        schedule = Schedule(seed, Path(folder), verbose=verbose)
        broken = ""
        try:
            schedule.run()
        except Broken as trouble:
            broken = str(trouble)
        except KdguiError as trouble:
            broken = f"{type(trouble).__name__} {trouble}"
        finally:
            schedule.close()
        posts = len(schedule.server.posts())
    return Report(seed, broken, schedule.pushes, schedule.kills, posts, time.monotonic() - started)
