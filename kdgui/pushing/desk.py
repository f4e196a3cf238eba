"""The desk: everything a window or the command line may ask for, in one place.

Methods block on network or disk unless they say otherwise; a window calls them off its thread.
"""

from __future__ import annotations

import platform
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

import kdgui
from kdgui.domain.accounts import SignedIn
from kdgui.domain.bills import DataCentre
from kdgui.domain.errors import BadInput, KdguiError
from kdgui.domain.orders import RunOrder
from kdgui.domain.rules import Form
from kdgui.domain.verdicts import Reason, Row, RunInfo, Verdict
from kdgui.k3cloud.line import LineSettings
from kdgui.pushing.book import Book
from kdgui.pushing.breakers import RunEnds
from kdgui.pushing.checking import Finding, find_all
from kdgui.pushing.choices import RuleList, ordered_forms, rules_for, target_form_of
from kdgui.pushing.control import Nobody, Observer, RunControl
from kdgui.pushing.doubts import Doubts, QuietTimes
from kdgui.pushing.entrance import ConnectionReport, Entrance
from kdgui.pushing.finder import Finder
from kdgui.pushing.guard import Guard, Place
from kdgui.pushing.line import Line
from kdgui.pushing.run import PushRun, Tools
from kdgui.pushing.settle import Settling
from kdgui.pushing.witness import Witness
from kdgui.store.catalogue import Catalogue
from kdgui.store.journal import Journal
from kdgui.store.journal_types import OpenRequest, RunHeader
from kdgui.store.profiles import Profile, ProfileBook
from kdgui.store.secrets import Secrets
from kdgui.store.settings import Settings, SettingsFile

GRID = "grid"


@dataclass(frozen=True, slots=True)
class Damage:
    """A file of ours that was found damaged: key of words, and what the sentence is filled with."""

    key: str
    values: Mapping[str, object]


class Desk:
    """One clerk at work: signed in at most once, one run at a time.

    Attributes:
        attended: a clerk sits before it: a pause waits for her.
    """

    abilities: frozenset[str] = frozenset({"check"})
    """What a window may offer beyond the plain push."""

    def __init__(
        self,
        *,
        catalogue: Catalogue,
        journal: Journal,
        profiles: ProfileBook,
        secrets: Secrets,
        settings_file: SettingsFile,
        attended: bool,
    ) -> None:
        self.catalogue = catalogue
        self.journal = journal
        self.profiles = profiles
        self.secrets = secrets
        self.attended = attended
        self._settings_file = settings_file
        self._settings = settings_file.load()
        self._entrance = Entrance(profiles, secrets, self._line_settings)
        self._running = threading.Lock()

    # -- settings ----------------------------------------------------------------------------------

    @property
    def settings(self) -> Settings:
        """The settings as they are. Does not block."""
        return self._settings

    def change_settings(self, settings: Settings) -> None:
        """Keep and use other settings. Raises KdguiError where they cannot be written."""
        self._settings_file.save(settings)
        self._settings = settings

    def damages(self) -> tuple[Damage, ...]:
        """Files of ours that were found damaged and set aside.

        Does not block; profiles are known to be damaged only after they were loaded.
        """
        found = []
        if path := self.journal.set_aside:
            found.append(Damage("told.journal_set_aside", {"path": path, "rescued": self.journal.rescued}))
        if path := self.profiles.set_aside:
            found.append(Damage("told.profiles_set_aside", {"path": path}))
        if path := self._settings_file.set_aside:
            found.append(Damage("told.settings_set_aside", {"path": path}))
        if names := self._settings_file.rejected:
            found.append(Damage("told.settings_rejected", {"names": ", ".join(names)}))
        return tuple(found)

    def _line_settings(self, ca_file: str = "") -> LineSettings:
        settings = self._settings
        return LineSettings(
            connect_seconds=settings.connect_seconds,
            read_seconds=settings.read_seconds,
            proxy=settings.proxy,
            ca_file=ca_file,
        )

    # -- signing in --------------------------------------------------------------------------------

    @property
    def profile(self) -> Profile | None:
        """Where and as whom we are signed in, or None. Does not block."""
        return self._entrance.profile

    @property
    def signed_in(self) -> SignedIn | None:
        """What the server told at the sign-in, or None. Does not block."""
        return self._entrance.signed_in

    @property
    def keyring_trouble(self) -> KdguiError | None:
        """Why the last sign-in could not keep the secret, or None. Does not block."""
        return self._entrance.keyring_trouble

    def data_centres(self, server: str, ca_file: str = "") -> tuple[DataCentre, ...]:
        """See `Entrance.data_centres`."""
        return self._entrance.data_centres(server, ca_file)

    def test_connection(self, server: str, ca_file: str = "") -> ConnectionReport:
        """See `Entrance.test_connection`."""
        return self._entrance.test_connection(server, ca_file)

    def sign_in(
        self, profile: Profile, secret: str, *, still_wanted: Callable[[], bool] = lambda: True
    ) -> SignedIn:
        """See `Entrance.sign_in`."""
        return self._entrance.sign_in(profile, secret, still_wanted)

    def saved_secret(self, profile: Profile) -> str | None:
        """The secret kept for this profile, or None. May block until the key store is unlocked.

        Raises:
            SecretsUnavailable.
        """
        return self.secrets.load(profile.account)

    def sign_out(self) -> None:
        """Leave the server; never raises for the line."""
        self._entrance.sign_out()

    # -- choosing ----------------------------------------------------------------------------------

    def forms(self) -> tuple[Form, ...]:
        """All forms, favourites and last used first. Does not block."""
        return ordered_forms(self.catalogue, self._settings)

    def rules(self, form_id: str) -> RuleList:
        """The rules from a form; the trouble inside where the server did not list them."""
        return self._entrance.read(lambda line: rules_for(line, self.catalogue, self._settings, form_id))

    # -- checking ----------------------------------------------------------------------------------

    def check(self, order: RunOrder, control: RunControl) -> tuple[Finding, ...]:
        """What a push would find, row by row, without writing anything; ends early on `control.stop()`.

        Raises:
            BadInput: `target_form_needed`, `not_signed_in`; and what a read raises.
        """
        with self._entrance.own_line() as line:
            return find_all(order, self._tools(self._completed(order), line), control)

    # -- running -----------------------------------------------------------------------------------

    def run(self, order: RunOrder, control: RunControl, observer: Observer) -> RunInfo:
        """Push. Blocking until every row has a final verdict; the run as it stands then.

        Raises:
            BadInput: `target_form_needed`, `nothing_to_push`, `not_signed_in`, `run_in_progress`.
            JournalTrouble: nothing (more) was sent.
        """
        return self._run(order, control, observer, lambda: None)

    def _run(
        self, order: RunOrder, control: RunControl, observer: Observer, started: Callable[[], None]
    ) -> RunInfo:
        """As `run`; `started` is called when the run and its rows are in the journal."""
        if not order.numbers:
            raise BadInput("nothing_to_push")
        with self._one_at_a_time(), self._entrance.own_line() as line:
            order = self._completed(order)
            quiet = self._quiet(order.quiet_seconds)
            self._ask_again(line, control, observer, quiet)
            run_id, rows = self.journal.start_run(order, self._header())
            started()
            self._remember_choice(order)
            observer.run_started(run_id, rows)
            book = Book(self.journal, observer, run_id, rows)
            run = PushRun(
                order,
                self._tools(order, line, book),
                control,
                observer,
                attended=self.attended,
                quiet=quiet,
                slowest=lambda: self.journal.slowest(order.options.rule_id),
            )
            how = run.go()
            self._ask_again(line, control, observer, quiet, but="" if how == "finished" else run_id)
            self.journal.finish_run(run_id, how)
        info = self.journal.run(run_id)
        if info is None:  # written above, in this very journal
            raise KeyError(run_id)
        return info

    def continue_run(self, run_id: str, control: RunControl, observer: Observer) -> RunInfo:
        """Push what that run did not send (cut off, stopped, ended) as a new run.

        Offered once: what was taken over stays `not_sent` there, with a note, and is not taken over again.
        Raises BadInput (`other_data_centre`: it was not made here), and as `run`.
        """
        info = self.journal.run(run_id)
        if info is None or not self._is_here(info):
            raise BadInput("other_data_centre", run=run_id)
        order = self.journal.order(run_id)
        unsent = tuple(row for row in self.journal.rows(run_id) if _is_unsent(row))
        numbers = tuple(row.number for row in unsent)
        order = replace(order, numbers=numbers, came_from=run_id)
        return self._run(order, control, observer, lambda: self._hand_over(run_id, unsent))

    def settle(
        self, control: RunControl, observer: Observer, quiet_seconds: float | None = None
    ) -> tuple[Row, ...]:
        """Ask the server about everything that is unsettled or presumed in this data centre.

        The rows that were asked about, as they stand now; all of them open still where the line is down.

        Raises:
            BadInput: `not_signed_in`, `run_in_progress`. JournalTrouble.
        """
        with self._one_at_a_time(), self._entrance.own_line() as line:
            requests = self._open_requests()
            quiet = self._quiet(quiet_seconds)
            with suppress(RunEnds):  # the line stays down: the rows stay as the journal holds them
                self._settling(line, control, observer, quiet).go(requests)
            asked = {(row.run_id, row.position) for request in requests for row in request.rows}
            runs = dict.fromkeys(run_id for run_id, _ in asked)
            return tuple(
                row
                for run_id in runs
                for row in self.journal.rows(run_id)
                if (row.run_id, row.position) in asked
            )

    def settle_by_hand(self, row: Row, verdict: Verdict, why: str) -> Row:
        """The clerk looked in Kingdee and says what became of it; the journal records who and why."""
        who = self.signed_in.user if self.signed_in and self.signed_in.user else self._user()
        return self.journal.settle_by_hand(row, verdict, why, who)

    def runs(self) -> tuple[RunInfo, ...]:
        """The newest runs first."""
        return self.journal.runs()

    def rows(self, run_id: str) -> tuple[Row, ...]:
        """The rows of a run, as they stand."""
        return self.journal.rows(run_id)

    def unfinished(self) -> tuple[RunInfo, ...]:
        """Runs of this data centre that were cut off: they have no end, and rows that were never sent."""
        if self.profile is None:
            return ()
        return tuple(
            info
            for info in self.journal.runs()
            if info.ended_at is None and info.count(Verdict.QUEUED) and self._is_here(info)
        )

    # -- the unsent grid ---------------------------------------------------------------------------

    def save_grid(self, text: str) -> None:
        """Keep the numbers that were not pushed yet."""
        self.journal.save_draft(GRID, text)

    def load_grid(self) -> str:
        """The numbers kept last, or ""."""
        return self.journal.load_draft(GRID) or ""

    def _hand_over(self, run_id: str, rows: Sequence[Row]) -> None:
        """The rest of a run was taken over by another one that is in the journal now."""
        note = Reason.of("taken_over")
        left = [replace(row, verdict=Verdict.NOT_SENT, notes=(*row.notes, note)) for row in rows]
        self.journal.write_rows(left, event="taken_over")
        info = self.journal.run(run_id)
        if info is not None and info.ended_at is None:
            self.journal.finish_run(run_id, "taken_over")

    # -- inside ------------------------------------------------------------------------------------

    @contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        """A second run is refused at once, it does not queue."""
        if not self._running.acquire(blocking=False):
            raise BadInput("run_in_progress")
        try:
            yield
        finally:
            self._running.release()

    def _user(self) -> str:
        return self.profile.user if self.profile else ""

    def _place(self) -> Place:
        profile = self.profile
        if profile is None:
            raise BadInput("not_signed_in")
        return Place(profile.server, profile.data_centre_id)

    def _is_here(self, info: RunInfo) -> bool:
        place = self._place()
        same_server = info.server.casefold() == place.server.casefold()
        return same_server and info.data_centre_id.casefold() == place.data_centre_id.casefold()

    def _header(self) -> RunHeader:
        profile, signed_in = self.profile, self.signed_in
        if profile is None or signed_in is None:
            raise BadInput("not_signed_in")
        return RunHeader(
            server=profile.server,
            data_centre_id=profile.data_centre_id,
            data_centre_name=profile.data_centre_name,
            user=profile.user,
            user_id=signed_in.user_id,
            organisation=signed_in.organisation_name,
            pc=platform.node(),
            program=f"kdgui {kdgui.__version__}",
        )

    def _completed(self, order: RunOrder) -> RunOrder:
        """The order with its target form, as clerk, catalogue or server name it."""
        options = order.options
        if options.target_form:
            return order
        if options.default_rule or not options.rule_id:
            raise BadInput("target_form_needed", rule=options.rule_id)
        target = self._entrance.read(
            lambda line: target_form_of(line, self.catalogue, order.form_id, options.rule_id)
        )
        if not target:
            raise BadInput("target_form_needed", rule=options.rule_id)
        return replace(order, options=replace(options, target_form=target))

    def _tools(self, order: RunOrder, line: Line, book: Book | None = None) -> Tools:
        place = self._place()
        rule_id = order.options.rule_id
        finder = Finder(
            line,
            self.journal,
            place=place.key,
            source_form=order.form_id,
            rule_id=rule_id,
            target_form=order.options.target_form,
        )
        guard = Guard(
            line,
            self.journal,
            self.journal,
            place=place,
            form_id=order.form_id,
            rule_id=rule_id,
            again=order.again,
        )
        witness = Witness(finder, line.user_id)
        book = book or Book(self.journal, Nobody(), "", ())
        return Tools(line, guard, finder, witness, book, Doubts(finder, witness))

    def _quiet(self, exact: float | None) -> QuietTimes:
        settings = self._settings
        return QuietTimes(settings.quiet_broken_seconds, settings.quiet_timeout_seconds, exact)

    def _settling(self, line: Line, control: RunControl, observer: Observer, quiet: QuietTimes) -> Settling:
        return Settling(
            line,
            self.journal,
            control,
            observer,
            place_key=self._place().key,
            quiet=quiet,
            attended=False,
        )

    def _open_requests(self) -> tuple[OpenRequest, ...]:
        place = self._place()
        return self.journal.open_requests(place.server, place.data_centre_id)

    def _ask_again(
        self, line: Line, control: RunControl, observer: Observer, quiet: QuietTimes, *, but: str = ""
    ) -> None:
        """The watch of presumed failures, and of answers that a crash kept from being read back.

        Without a clerk, what a crash left unanswered is settled as well.
        """
        wanted = [
            request
            for request in self._open_requests()
            if request.run_id != but
            and (_presumed(request) or _unread(request) or (_cut_off(request) and not self.attended))
        ]
        if wanted and not control.stopped:
            with suppress(RunEnds):  # its bills stay locked; the guard leaves them out
                self._settling(line, control, observer, quiet).go(wanted)

    def _remember_choice(self, order: RunOrder) -> None:
        try:
            self.change_settings(self._settings.with_used(order.form_id, order.options.rule_id))
        except KdguiError:
            return  # only a comfort; never a reason not to push


def _is_unsent(row: Row) -> bool:
    """Whether it was not sent, and nobody has taken it over."""
    return row.verdict in (Verdict.NOT_SENT, Verdict.QUEUED) and Reason.of("taken_over") not in row.notes


def _presumed(request: OpenRequest) -> bool:
    return all(row.presumed or row.verdict.final for row in request.rows) and any(
        row.presumed for row in request.rows
    )


def _unread(request: OpenRequest) -> bool:
    """Whether its answer came and was not read back: the program ended in between."""
    return request.not_read_back and all(
        row.verdict in (Verdict.PUSHED, Verdict.DRAFTED, Verdict.FAILED) for row in request.rows
    )


def _cut_off(request: OpenRequest) -> bool:
    """Whether the program ended before the request did."""
    return request.ending_kind is None
