"""The push engine: everything a window or the command line may ask for, in one place.

Methods block on network or disk unless they say otherwise; a window calls them off its thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from kdgui.domain.accounts import SignedIn
from kdgui.domain.bills import DataCentre, Organisation, Preview, TargetBill
from kdgui.domain.errors import KdguiError
from kdgui.domain.orders import RunOrder
from kdgui.domain.rules import Form
from kdgui.domain.verdicts import Row, RunInfo, Verdict
from kdgui.k3cloud.connection_probe import Tell
from kdgui.k3cloud.http.settings import ConnectionSettings
from kdgui.pushing.connection.diagnosis import ConnectionReport, check_connection
from kdgui.pushing.connection.proxy_password import ProxyPassword
from kdgui.pushing.connection.sign_in import SignInService
from kdgui.pushing.context import DataCentreContext
from kdgui.pushing.flow.observer import Observer
from kdgui.pushing.flow.run_control import RunControl
from kdgui.pushing.inspect.bill_lines import BillLines, LinesFound
from kdgui.pushing.inspect.bill_trace import BillTracker
from kdgui.pushing.inspect.check import CheckReport
from kdgui.pushing.inspect.find_service import FindService
from kdgui.pushing.inspect.inspection import Inspection
from kdgui.pushing.inspect.totals import Totals
from kdgui.pushing.lifecycle.deletion import Deletion
from kdgui.pushing.lifecycle.submit_audit import SubmitAudit
from kdgui.pushing.readiness.report import Readiness, readiness_report
from kdgui.pushing.run_service import RunService
from kdgui.pushing.schema.rule_choices import RuleList, ordered_forms, rules_for
from kdgui.store.catalogue import Catalogue
from kdgui.store.journal.journal import Journal
from kdgui.store.profiles import Profile, ProfileBook
from kdgui.store.secrets import Secrets
from kdgui.store.settings import Settings, SettingsFile

GRID = "grid"


@dataclass(frozen=True, slots=True)
class DamagedFile:
    """A file of ours that was found damaged: key of words, and what the sentence is filled with."""

    key: str
    values: Mapping[str, object]


class PushEngine:
    """One clerk at work: signed in at most once, one run at a time.

    Attributes:
        whereabouts: asks what Kingdee holds now of a bill.
        finding: finds bills by conditions.
        afterwards: submits and audits what a run made; undo: deletes it again.
    """

    abilities: frozenset[str] = frozenset({
        "check", "first_one", "lines", "merged", "organisation", "parallel", "preview", "readiness", "then",
        "totals", "undo",
    })  # fmt: skip
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
        self._settings_file = settings_file
        self._settings = settings_file.load()
        self._proxy_way = ProxyPassword(secrets)
        self._sign_in_service = SignInService(profiles, secrets, self._line_settings)
        self._context = DataCentreContext(
            catalogue, journal, self._sign_in_service, lambda: self._settings, attended=attended
        )
        self._looking = Inspection(self._context)
        self.whereabouts = BillTracker(self._context)
        self.finding = FindService(self._context)
        self.afterwards = SubmitAudit(self._context)
        self.undo = Deletion(self._context)
        self._runs = RunService(self._context, self.afterwards, self.undo, self._remember_choice)

    @property
    def attended(self) -> bool:
        """Whether a clerk sits before it: a pause waits for her. Does not block."""
        return self._context.attended

    # -- settings ----------------------------------------------------------------------------------

    @property
    def settings(self) -> Settings:
        """The settings as they are. Does not block."""
        return self._settings

    def change_settings(self, settings: Settings) -> None:
        """Keep and use other settings. Raises KdguiError where they cannot be written."""
        self._settings_file.save(settings)
        self._settings = settings

    def keep_proxy_password(self, password: str) -> None:
        """For the proxy of the settings; see `ProxyPassword.keep`."""
        self._proxy_way.keep(self._settings, password)

    def damages(self) -> tuple[DamagedFile, ...]:
        """Files of ours that were found damaged and set aside.

        Does not block; profiles are known to be damaged only after they were loaded.
        """
        found = []
        if path := self.journal.set_aside:
            found.append(
                DamagedFile("told.journal_set_aside", {"path": path, "rescued": self.journal.rescued})
            )
        if path := self.profiles.set_aside:
            found.append(DamagedFile("told.profiles_set_aside", {"path": path}))
        if path := self._settings_file.set_aside:
            found.append(DamagedFile("told.settings_set_aside", {"path": path}))
        if names := self._settings_file.rejected:
            found.append(DamagedFile("told.settings_rejected", {"names": ", ".join(names)}))
        return tuple(found)

    def _line_settings(
        self, ca_file: str = "", settings: Settings | None = None, proxy_password: str | None = None
    ) -> ConnectionSettings:
        wanted = settings or self._settings
        return ConnectionSettings(
            connect_seconds=wanted.connect_seconds,
            read_seconds=wanted.read_seconds,
            proxy=self._proxy_way.url(wanted, proxy_password),
            ca_file=ca_file,
        )

    # -- signing in --------------------------------------------------------------------------------

    @property
    def profile(self) -> Profile | None:
        """Where and as whom we are signed in, or None. Does not block."""
        return self._sign_in_service.profile

    @property
    def signed_in(self) -> SignedIn | None:
        """What the server told at the sign-in, or None. Does not block."""
        return self._sign_in_service.signed_in

    @property
    def keyring_trouble(self) -> KdguiError | None:
        """Why the last sign-in could not keep the secret, or None. Does not block."""
        return self._sign_in_service.keyring_trouble

    def data_centres(self, server: str, ca_file: str = "") -> tuple[DataCentre, ...]:
        """See `SignInService.data_centres`."""
        return self._sign_in_service.data_centres(server, ca_file)

    def test_connection(
        self,
        profile: Profile,
        secret: str,
        tell: Tell,
        *,
        settings: Settings | None = None,
        proxy_password: str | None = None,
    ) -> ConnectionReport:
        """See `check_connection`; by `settings` that are not kept yet, where they are given."""
        line = self._line_settings(profile.ca_file, settings, proxy_password)
        return check_connection(profile, secret, line, tell)

    def sign_in(
        self, profile: Profile, secret: str, *, still_wanted: Callable[[], bool] = lambda: True
    ) -> SignedIn:
        """See `SignInService.sign_in`."""
        return self._sign_in_service.sign_in(profile, secret, still_wanted, keep=self.attended)

    def saved_secret(self, profile: Profile) -> str | None:
        """The secret kept for this profile, or None. May block until the key store is unlocked.

        Raises:
            SecretsUnavailable.
        """
        return self.secrets.load(profile.account)

    def change_profile(self, before: Profile, profile: Profile) -> None:
        """See `SignInService.change_profile`."""
        self._sign_in_service.change_profile(before, profile)

    def forget_profile(self, profile: Profile) -> None:
        """Forget a connection and its secret. Raises KdguiError, SecretsUnavailable."""
        self.profiles.remove(profile)
        if profile.remember and self.secrets.usable():
            self.secrets.forget(profile.account)

    def sign_out(self) -> None:
        """Leave the server; never raises for the line."""
        self._sign_in_service.sign_out()

    # -- organisations -----------------------------------------------------------------------------

    @property
    def organisation(self) -> Organisation | None:
        """Where we work now, as sign-in or switch told; None where nobody did. Does not block."""
        return self._sign_in_service.organisation

    @property
    def organisation_trouble(self) -> KdguiError | None:
        """Why the last sign-in did not begin in the organisation that was remembered. Does not block."""
        return self._sign_in_service.organisation_trouble

    def organisations(self) -> tuple[Organisation, ...]:
        """See `SignInService.organisations`."""
        return self._sign_in_service.organisations()

    def switch_organisation(self, wanted: Organisation) -> Organisation:
        """Work in another organisation from now on, never during a run; see `SignInService`.

        Raises:
            BadInput: run_in_progress, not_signed_in. QueryRefused: organisation_refused.
        """
        with self._context.at_work():
            return self._sign_in_service.switch_organisation(wanted, keep=self.attended)

    # -- choosing ----------------------------------------------------------------------------------

    def forms(self) -> tuple[Form, ...]:
        """All forms, favourites and last used first. Does not block."""
        return ordered_forms(self.catalogue, self._settings)

    def rules(self, form_id: str) -> RuleList:
        """The rules from a form; the trouble inside where the server did not list them."""
        return self._sign_in_service.read(
            lambda line: rules_for(line, self.catalogue, self._settings, form_id)
        )

    def readiness(self, form_id: str, rule_id: str, target_form: str = "") -> Readiness:
        """What a rule can count on at this server; reads only, beside a run too. See `readiness_report`."""
        return readiness_report(self._context, form_id, rule_id, target_form)

    # -- checking ----------------------------------------------------------------------------------

    def check(self, order: RunOrder, control: RunControl) -> CheckReport:
        """See `Inspection.check`."""
        return self._looking.check(order, control)

    def lines(self, order: RunOrder, number: str, bill_id: str = "") -> BillLines:
        """See `Inspection.lines`."""
        return self._looking.lines(order, number, bill_id)

    def lines_found(self, order: RunOrder, entry_ids: Sequence[str]) -> LinesFound:
        """See `Inspection.lines_found`."""
        return self._looking.lines_found(order, entry_ids)

    def preview(self, target: TargetBill) -> Preview:
        """See `Inspection.preview`."""
        return self._looking.preview(target)

    def totals(self, run_id: str) -> Totals:
        """See `Inspection.totals`."""
        return self._looking.totals(run_id)

    # -- running -----------------------------------------------------------------------------------

    def run(self, order: RunOrder, control: RunControl, observer: Observer) -> RunInfo:
        """See `RunService.run`."""
        return self._runs.run(order, control, observer)

    def continue_run(self, run_id: str, control: RunControl, observer: Observer) -> RunInfo:
        """See `RunService.continue_run`."""
        return self._runs.continue_run(run_id, control, observer)

    def settle(
        self, control: RunControl, observer: Observer, quiet_seconds: float | None = None
    ) -> tuple[Row, ...]:
        """See `RunService.settle`."""
        return self._runs.settle(control, observer, quiet_seconds)

    def settle_by_hand(self, row: Row, verdict: Verdict, why: str) -> Row:
        """The clerk looked in Kingdee and says what became of it; the journal records who and why."""
        return self.journal.settle_by_hand(row, verdict, why, self._context.user())

    def unfinished(self) -> tuple[RunInfo, ...]:
        """See `RunService.unfinished`."""
        return self._runs.unfinished()

    def runs(self) -> tuple[RunInfo, ...]:
        """The newest runs first."""
        return self.journal.runs()

    def rows(self, run_id: str) -> tuple[Row, ...]:
        """The rows of a run, as they stand."""
        return self.journal.rows(run_id)

    # -- the unsent grid ---------------------------------------------------------------------------

    def save_grid(self, text: str) -> None:
        """Keep the numbers that were not pushed yet."""
        self.journal.save_draft(GRID, text)

    def load_grid(self) -> str:
        """The numbers kept last, or ""."""
        return self.journal.load_draft(GRID) or ""

    # -- inside ------------------------------------------------------------------------------------

    def _remember_choice(self, order: RunOrder) -> None:
        try:
            place = self.profile.place if self.profile is not None else ""
            self.change_settings(self._settings.with_used(order.form_id, order.options.rule_id, place))
        except KdguiError:
            return  # only a comfort; never a reason not to push
