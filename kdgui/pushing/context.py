"""The context: what any work at the signed-in data centre is made with, and one piece of work at a time."""

from __future__ import annotations

import getpass
import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace

import kdgui
from kdgui.domain.accounts import DataCentreKey
from kdgui.domain.bills import Organisation
from kdgui.domain.errors import BadInput, JournalTrouble, LedgerTrouble
from kdgui.domain.orders import RunOrder
from kdgui.domain.rules import same_form
from kdgui.domain.verdicts import RunInfo
from kdgui.k3cloud.organisations import same_organisation
from kdgui.pushing.connection.connection import Connection
from kdgui.pushing.connection.sign_in import SignInService
from kdgui.pushing.flow.circuit_breaker import RunEnded, reason_of
from kdgui.pushing.flow.observer import NullObserver, Observer
from kdgui.pushing.flow.run_control import RunControl
from kdgui.pushing.lookup.target_lookup import TargetLookup
from kdgui.pushing.run.claims import RunClaims
from kdgui.pushing.run.guard import Guard, RowWishes
from kdgui.pushing.run.recovery import Recovery, asked_here
from kdgui.pushing.run.run_parts import RunParts
from kdgui.pushing.run.run_rows import RunRows
from kdgui.pushing.schema.form_schema import SchemaReader
from kdgui.pushing.schema.rule_choices import rule_target, target_form_of
from kdgui.pushing.team.link import TeamLink
from kdgui.pushing.team.takeover import TeamTakeover
from kdgui.pushing.verify.evidence import EvidenceCollector
from kdgui.pushing.verify.pending_bills import PendingBills
from kdgui.pushing.verify.quiet_time import QuietTimes
from kdgui.store.catalogue import Catalogue
from kdgui.store.journal.journal import Journal
from kdgui.store.journal.records import OpenRequest, RunHeader
from kdgui.store.profiles import DataCentreLabel, Profile
from kdgui.store.settings import Settings


class DataCentreContext:
    """Makes the tools for one run, check, settling, or whatever else is done at the data centre.

    Methods may be called from any thread; those that say so block on the network.

    Attributes:
        catalogue, journal, entrance: shared by everybody.
        attended: a clerk sits before it: a pause waits for her.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        journal: Journal,
        sign_in_service: SignInService,
        settings: Callable[[], Settings],
        team: TeamLink,
        *,
        attended: bool,
    ) -> None:
        self.catalogue = catalogue
        self.journal = journal
        self.sign_in_service = sign_in_service
        self.team = team
        self.takeover = TeamTakeover(team, journal)
        self.attended = attended
        self._settings = settings

    @property
    def settings(self) -> Settings:
        """The settings of now."""
        return self._settings()

    @contextmanager
    def at_work(self) -> Iterator[Connection]:
        """A connection of one's own while nobody else works on anything here; see `SignInService.at_work`.

        At its end this program works on no run any more.
        """
        with self.sign_in_service.at_work() as connection:
            try:
                yield connection
            finally:
                with suppress(JournalTrouble):  # a program that has ended works on nothing any more
                    self.journal.workers.release()
                self.team.running("")

    def take_run(self, run_id: str) -> None:
        """Work on this run until the end of `at_work`. Raises BadInput: `run_elsewhere`."""
        if not self.journal.workers.take((run_id,)):
            raise BadInput("run_elsewhere", run=run_id)

    # -- what may be done --------------------------------------------------------------------------

    def refusal_of(self, *actions: str) -> BadInput | None:
        """Why one of these may not be done: read_only_connection, policy_forbids; None where all may.

        Actions are "push" and those of `kdgui.store.policy.Allow`. Does not block.
        """
        profile = self.sign_in_service.profile
        if actions and profile is not None and profile.read_only:
            return BadInput("read_only_connection")
        policy = self.sign_in_service.policy
        forbidden = next((action for action in actions if not policy.allows(action)), None)
        return BadInput("policy_forbids", action=forbidden) if forbidden else None

    def require(self, *actions: str) -> None:
        """Raises BadInput where one of these may not be done; see `refusal_of`."""
        refusal = self.refusal_of(*actions)
        if refusal is not None:
            raise refusal

    def require_order(self, order: RunOrder) -> None:
        """Raises BadInput where the order asks for what may not be done: as `require`, policy_parallel."""
        chain = actions_of(order.then) + (("fill",) if order.fill_rows else ())
        draft = ("draft_on_fail",) if order.options.draft_on_fail else ()
        self.require("push", *chain, *draft)
        most = self.sign_in_service.policy.parallel
        if order.parallel > most:
            raise BadInput("policy_parallel", most=most)

    # -- where we are ------------------------------------------------------------------------------

    def place(self) -> DataCentreKey:
        """The data centre that is signed in to. Raises BadInput: `not_signed_in`."""
        profile = self.sign_in_service.profile
        if profile is None:
            raise BadInput("not_signed_in")
        return DataCentreKey.of(profile)

    def memory_key(self) -> str:
        """Under which discoveries are remembered: a control of one organisation may be unseen in another."""
        here = self.sign_in_service.organisation
        organisation = (here.id or here.number) if here else ""
        return "|".join(part for part in (self.place().key, organisation) if part)

    def is_here(self, info: RunInfo) -> bool:
        """Whether a run was made in this data centre. Raises BadInput: `not_signed_in`."""
        return DataCentreKey.of(info) == self.place()

    def user(self) -> str:
        """Who is signed in, as the journal records it; "" for nobody."""
        profile, signed_in = self.sign_in_service.profile, self.sign_in_service.signed_in
        if signed_in and signed_in.user:
            return signed_in.user
        return profile.user if profile else ""

    def header(self) -> RunHeader:
        """Where and by whom a run is made. Raises BadInput: `not_signed_in`."""
        profile, signed_in = self.sign_in_service.profile, self.sign_in_service.signed_in
        if profile is None or signed_in is None:
            raise BadInput("not_signed_in")
        here = self.sign_in_service.organisation or Organisation("")
        return RunHeader(
            server=profile.server,
            data_centre_id=profile.data_centre_id,
            data_centre_name=profile.data_centre_name,
            user=profile.user,
            user_id=signed_in.user_id,
            organisation=here.name or here.number,
            organisation_id=here.id,
            organisation_number=here.number,
            pc=platform.node(),
            program=f"kdgui {kdgui.__version__}",
            pc_user=pc_user(),
            practice=practises(profile),
        )

    # -- tools -------------------------------------------------------------------------------------

    def completed(self, order: RunOrder) -> RunOrder:
        """The order with its target form, as clerk, catalogue or server name it. May block.

        Raises:
            BadInput: `target_form_needed`; `target_form_differs`: the server says that the rule makes another
                one, and every question would be put to the wrong form.
        """
        options = order.options
        if options.default_rule or not options.rule_id:
            if options.target_form:
                return order
            raise BadInput("target_form_needed", rule=options.rule_id)
        known = rule_target(self.catalogue, order.form_id, options.rule_id)
        if options.target_form and known and same_form(known, options.target_form):
            return order
        told = known if known and not options.target_form else self._told_target(order)
        if options.target_form:
            if told and not same_form(told, options.target_form):
                raise BadInput(
                    "target_form_differs", rule=options.rule_id, wanted=options.target_form, told=told
                )
            return order
        target = told or known
        if not target:
            raise BadInput("target_form_needed", rule=options.rule_id)
        return replace(order, options=replace(options, target_form=target))

    def _told_target(self, order: RunOrder) -> str:
        return self.sign_in_service.read(
            lambda connection: target_form_of(connection, self.catalogue, order.options.rule_id)
        )

    def schemas(self, connection: Connection) -> SchemaReader:
        """Knows which columns the forms of this data centre have. Raises BadInput: `not_signed_in`."""
        return SchemaReader(connection, self.journal, self.place().key)

    def lookup(self, form_id: str, rule_id: str, target_form: str, connection: Connection) -> TargetLookup:
        """Asks for the targets that one rule makes of one source form; not opened yet."""
        return TargetLookup(
            connection,
            self.journal,
            place=self.memory_key(),
            source_form=form_id,
            rule_id=rule_id,
            target_form=target_form,
        )

    def run_parts(self, order: RunOrder, connection: Connection, rows: RunRows | None = None) -> RunParts:
        """Everything for a run (or a check) of a completed order."""
        rule_id = order.options.rule_id
        lookup = self.lookup(order.form_id, rule_id, order.options.target_form, connection)
        guard = Guard(
            connection,
            self.journal,
            self.journal,
            place=self.place(),
            form_id=order.form_id,
            rule_id=rule_id,
            wishes=RowWishes.of(order),
        )
        collector = EvidenceCollector(lookup, connection.user_id)
        rows = rows or RunRows(self.journal, NullObserver(), "", ())
        pending = PendingBills(lookup, collector)
        return RunParts(connection, guard, lookup, collector, rows, pending, self._claims(order, rows.run_id))

    def _claims(self, order: RunOrder, run_id: str) -> RunClaims:
        """The claims of a run. What is practised is nobody else's business."""
        header = self.header()
        team = None if header.practice else self.team.claims(run_id, order, header)
        return RunClaims(
            self.journal.claims, team, order, run_id=run_id, data_centre_id=header.data_centre_id
        )

    def quiet(self, exact: float | None) -> QuietTimes:
        """How long silence must last; `exact` seconds overrule the settings."""
        settings = self.settings
        return QuietTimes(
            broken=settings.quiet_broken_seconds, timed_out=settings.quiet_timeout_seconds, exact=exact
        )

    def settling(
        self, connection: Connection, control: RunControl, observer: Observer, quiet: QuietTimes
    ) -> Recovery:
        """Asks about open requests of this data centre."""
        return Recovery(
            connection,
            self.journal,
            control,
            observer,
            place_key=self.memory_key(),
            quiet=quiet,
            attended=False,
            others=self._made_by_colleagues,
        )

    def _made_by_colleagues(
        self, data_centre_id: str, bill_ids: Sequence[str]
    ) -> Mapping[str, tuple[str, ...]]:
        try:
            return self.takeover.targets(data_centre_id, bill_ids)
        except LedgerTrouble as trouble:
            raise RunEnded(reason_of(trouble)) from trouble

    def open_requests(self) -> tuple[OpenRequest, ...]:
        """Requests of this data centre whose bills' fate is not final.

        Those of another organisation are left out: what may not be seen from here would pass for not there.
        """
        return tuple(map(asked_here, self._open(elsewhere=False)))

    def taken_requests(self) -> tuple[OpenRequest, ...]:
        """As `open_requests`, to be settled now: their runs are this program's until the end of `at_work`.

        What other PCs have taken over is theirs. Raises LedgerTrouble: nobody knows whose they are.
        """
        requests = self.open_requests()
        taken = self.journal.workers.take({request.run_id for request in requests})
        return self.takeover.take_up([request for request in requests if request.run_id in taken])

    def adopt_orphans(self) -> tuple[str, ...]:
        """Take over what silent PCs left in flight in this data centre and organisation; runs made of it.

        Raises LedgerTrouble, JournalTrouble.
        """
        here = self.sign_in_service.organisation
        return self.takeover.adopt(
            self.header(), lambda header: here is not None and _elsewhere(header, here)
        )

    def requests_elsewhere(self) -> tuple[OpenRequest, ...]:
        """Those of another organisation of this data centre."""
        return self._open(elsewhere=True)

    def _open(self, *, elsewhere: bool) -> tuple[OpenRequest, ...]:
        place, here = self.place(), self.sign_in_service.organisation
        found = self.journal.open_requests(place.server, place.data_centre_id)
        return tuple(
            request
            for request in found
            if (here is not None and _elsewhere(request.header, here)) is elsewhere
        )


def actions_of(then: str) -> tuple[str, ...]:
    """What is done with the targets for it, by the names of the policy; () for ""."""
    return tuple(dict.fromkeys(("submit", then))) if then in ("submit", "audit") else (then,) if then else ()


def _elsewhere(header: RunHeader, here: Organisation) -> bool:
    """Whether a run was certainly made in another organisation."""
    made = Organisation(header.organisation_id, header.organisation_number)
    comparable = (made.id and here.id) or (made.number and here.number)
    return bool(comparable) and not same_organisation(made, here)


def practises(profile: Profile) -> bool:
    """Whether this is the practice account of this PC: labelled so, and nowhere else."""
    here = "://127.0.0.1:" in profile.server or "://localhost:" in profile.server
    return here and profile.label is DataCentreLabel.PRACTICE


def pc_user() -> str:
    """Who is signed in to this computer; "" where nobody knows."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no name in the environment, and no list of users
        return ""
