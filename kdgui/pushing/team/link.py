"""The team link: a thread that says that this program is there and tells the others what it did.

Nothing waits for that thread but the end of the program; a run takes its claims by itself.
"""

from __future__ import annotations

import logging
import platform
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from kdgui.domain.claims import BillKey, Claim, ClaimResult, ClaimState
from kdgui.domain.errors import JournalTrouble, LedgerTrouble
from kdgui.domain.orders import RunOrder
from kdgui.domain.verdicts import Verdict
from kdgui.pushing.run.claims import ClaimedBill
from kdgui.pushing.team.setting import TeamSetting
from kdgui.store.instance_lock import InstanceLock
from kdgui.store.journal.journal import Journal
from kdgui.store.journal.records import RunHeader

if TYPE_CHECKING:  # SQLAlchemy is not loaded where no team is set
    from kdgui.store.ledger.history import TeamHistory
    from kdgui.store.ledger.ledger import Ledger, Station
    from kdgui.store.ledger.stations import TeamView
    from kdgui.store.ledger.takeovers import Takeovers

log = logging.getLogger(__name__)

BEAT_SECONDS = 10.0
BUSY_SECONDS = 2.0
"""Between two rounds, while nothing happens and while a run is under way."""

VIEW_SECONDS = 5.0
"""How old what is known of the others may be while a run is under way."""

CLOSE_SECONDS = 10.0
_MEMORY = "team"


@dataclass(frozen=True, slots=True)
class TeamState:
    """What is known of the team just now.

    Attributes:
        address: without the password; "" where no team is set.
        view: who is there; None before the ledger was reached, and while it is not.
        trouble: why the ledger is not reached, or None.
    """

    address: str = ""
    view: TeamView | None = None
    trouble: LedgerTrouble | None = None


@dataclass(frozen=True, slots=True)
class WhoIsHere:
    """Who is signed in where, as the others see it; all "" for nobody."""

    user: str = ""
    data_centre_id: str = ""


class TeamLink:
    """The team of one program. `start` begins it, `close` ends it; the rest from any thread.

    Without an address it does nothing and imports nothing.
    """

    def __init__(
        self,
        journal: Journal,
        setting: TeamSetting,
        *,
        publisher_lock: Path,
        who: Callable[[], WhoIsHere],
        program: str,
        pc_user: str,
    ) -> None:
        self._journal = journal
        self.setting = setting
        self._publisher_lock = InstanceLock(publisher_lock)
        self._who = who
        self._program = program
        self._pc_user = pc_user
        self._instance = journal.workers.program.id or uuid.uuid4().hex
        self._run_id = ""
        self._opening = threading.Lock()
        self._ledger: Ledger | None = None
        self._state = TeamState()
        self._seen = 0.0
        self._wake = threading.Event()
        self._closing = False
        self._thread: threading.Thread | None = None
        self.changed: Callable[[], None] = lambda: None
        """Called, in the link's thread, when the state has changed."""

    # -- its life ----------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin, or begin anew after the address was changed. Does not block."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._live, name="kdgui-team", daemon=True)
            self._thread.start()
        else:
            self.reconnect()

    def reconnect(self) -> None:
        """The address may be another one now."""
        with self._opening:
            ledger, self._ledger = self._ledger, None
        if ledger is not None:
            ledger.close()
        self._wake.set()

    def nudge(self) -> None:
        """There is something to tell."""
        self._wake.set()

    def close(self) -> None:
        """Tell what is left to tell, and end; waits for that `CLOSE_SECONDS` at most."""
        self._closing = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join(CLOSE_SECONDS)
            self._thread = None

    @property
    def state(self) -> TeamState:
        """What is known just now. Does not block."""
        return self._state

    # -- for whoever works -------------------------------------------------------------------------

    def ledger(self) -> Ledger | None:
        """The ledger, opened where it is not; None where no team is set. Blocks; raises LedgerTrouble."""
        with self._opening:
            if self._ledger is None:
                address = self.setting.address()
                if address is None:
                    return None
                from kdgui.store.ledger.ledger import Ledger
                from kdgui.store.ledger.stations import Stations

                ledger = Ledger.open(address)
                Stations(ledger).beat(self.station())  # who is not heard of is taken for dead
                self._ledger = ledger
            return self._ledger

    def reach(self) -> None:
        """Open the ledger before it is needed; that it is not there is said by whoever needs it. Blocks."""
        with suppress(LedgerTrouble):
            self.ledger()

    def station(self) -> Station:
        """This program as the others see it."""
        from kdgui.store.ledger.ledger import Station

        who = self._who()
        return Station(
            instance=self._instance,
            home=self.home(),
            user=who.user,
            pc=platform.node(),
            pc_user=self._pc_user,
            program=self._program,
            data_centre_id=who.data_centre_id,
            run_id=self._run_id,
        )

    def home(self) -> str:
        """The id of this data folder. A copy of it on another PC gets another one."""
        known, _, pc = (self._journal.recall(_MEMORY, "home") or "").partition("|")
        if not known or pc != platform.node():
            known = uuid.uuid4().hex
            self._journal.remember(_MEMORY, "home", f"{known}|{platform.node()}")
        return known

    def claims(self, run_id: str, order: RunOrder, header: RunHeader) -> LinkedClaims | None:
        """The team's claims for a run; None where no team is set."""
        if not self.setting.text:
            return None
        return LinkedClaims(self, self._journal, run_id, order, header)

    def running(self, run_id: str) -> None:
        """A run is under way ("" for none any more)."""
        if run_id != self._run_id:
            self._run_id = run_id
            self._wake.set()

    def takeovers(self) -> Takeovers | None:
        """What silent PCs left, and what others found out for us; None where no team is set."""
        ledger = self.ledger()
        if ledger is None:
            return None
        from kdgui.store.ledger.takeovers import Takeovers

        return Takeovers(ledger, self.station())

    def history(self) -> TeamHistory | None:
        """What the others did; None where no team is set. Raises LedgerTrouble."""
        ledger = self.ledger()
        if ledger is None:
            return None
        from kdgui.store.ledger.history import TeamHistory

        return TeamHistory(ledger, self.home())

    # -- its thread --------------------------------------------------------------------------------

    def _live(self) -> None:
        while not self._closing:
            self._round()
            self._wake.wait(BUSY_SECONDS if self._run_id else BEAT_SECONDS)
            self._wake.clear()
        self._round()
        self._leave()

    def _round(self) -> None:
        """Say that we are there, and tell what is new."""
        before = self._state
        try:
            ledger = self.ledger()
            if ledger is None:
                self._state = TeamState()
            else:
                from kdgui.store.ledger.stations import Stations

                view, seen = before.view, time.monotonic()
                if view is None or not self._run_id or seen - self._seen >= VIEW_SECONDS:
                    view = Stations(ledger).beat(self.station())
                    self._seen = seen
                self._tell(ledger)
                self._state = TeamState(ledger.database.address.text, view)
        except LedgerTrouble as trouble:
            log.info("the team's ledger: %s", trouble)
            if trouble.code in ("ledger_tables", "ledger_older", "ledger_newer"):
                self.forget()
            self._state = replace(before, view=None, trouble=trouble)
        except JournalTrouble as trouble:
            log.info("the journal, for the team: %s", trouble)
        if self._state != before:
            self.changed()

    def forget(self) -> None:
        """The ledger has to be looked at anew."""
        with self._opening:
            self._ledger = None

    def _tell(self, ledger: Ledger) -> None:
        """Publish, where no other program of this data folder does."""
        try:
            self._publisher_lock.acquire()
        except JournalTrouble:
            return
        from kdgui.pushing.team.publisher import Publisher

        Publisher(self._journal, ledger, self.station()).catch_up()

    def _leave(self) -> None:
        with suppress(LedgerTrouble, JournalTrouble):
            if self._ledger is not None:
                from kdgui.store.ledger.stations import Stations

                Stations(self._ledger).leave(self.station())
        if self._ledger is not None:
            self._ledger.close()
            self._ledger = None
        self._publisher_lock.release()


class LinkedClaims:
    """The team's claims of one run; see `TeamClaims`. Used from the run's thread. Raises LedgerTrouble."""

    def __init__(
        self, link: TeamLink, journal: Journal, run_id: str, order: RunOrder, header: RunHeader
    ) -> None:
        self._link = link
        self._journal = journal
        self._run_id = run_id
        self._order = order
        self._header = header
        self._released: frozenset[BillKey] = frozenset()

    def look(self, keys: Sequence[BillKey]) -> Mapping[BillKey, ClaimState]:
        """See TeamClaims. What the journal holds no more is free, though the ledger has not heard of it."""
        from kdgui.store.ledger.claims import LedgerClaims

        ledger = self._reached()
        states, here = LedgerClaims(ledger, self._link.station()).look(keys, self._run_id)
        released = set()
        for key, claim in here.items():
            row = self._journal.row_of(*claim.owner)
            if row is not None and row.verdict not in (Verdict.SENDING, Verdict.UNSETTLED):
                queued = row.verdict is Verdict.QUEUED and self._journal.workers.is_elsewhere(row.run_id)
                if not queued:
                    released.add(key)
        self._released = frozenset(released)
        return {
            key: replace(state, holder=None) if key in released else state for key, state in states.items()
        }

    def take(
        self, claims: Sequence[Claim], looked: Mapping[BillKey, ClaimState], evidence: Mapping[BillKey, str]
    ) -> ClaimResult:
        """See TeamClaims."""
        from kdgui.store.ledger.claims import LedgerClaims

        self._link.running(self._run_id)
        return LedgerClaims(self._reached(), self._link.station()).take(
            [replace(claim, evidence=evidence[claim.key]) for claim in claims],
            looked,
            self._run_id,
            user=self._header.user,
            data_centre_id=self._header.data_centre_id,
            released=self._released,
        )

    def evidence(self, bill: ClaimedBill) -> str:
        """See TeamClaims."""
        from kdgui.store.ledger.evidence import ClaimEvidence, write_evidence

        order = self._order
        return write_evidence(
            ClaimEvidence(
                self._header,
                order.form_id,
                order.options.target_form,
                bill.bill_id,
                bill.number,
                order.options,
                bill.snapshot,
                bill.merged_with,
                bill.entry_ids,
            )
        )

    def ping(self) -> None:
        """See TeamClaims."""
        self._reached().ping()

    def _reached(self) -> Ledger:
        ledger = self._link.ledger()
        if ledger is None:  # it was set when the run began
            raise LedgerTrouble("ledger_off")
        return ledger
