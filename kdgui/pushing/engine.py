"""The push engine: everything a window or the command line may ask for, in one place.

Methods block on network or disk unless they say otherwise; a window calls them off its thread.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

import kdgui
from kdgui.domain.errors import BadInput, KdguiError
from kdgui.domain.orders import RunOrder
from kdgui.k3cloud.http.settings import ConnectionSettings
from kdgui.pushing.choices import Choices
from kdgui.pushing.connection.proxy_password import ProxyPassword
from kdgui.pushing.connection.sign_in import SignInService
from kdgui.pushing.context import DataCentreContext, pc_user, practises
from kdgui.pushing.inspect.bill_trace import BillTracker
from kdgui.pushing.inspect.bill_way import BillWays
from kdgui.pushing.inspect.fills import Fills
from kdgui.pushing.inspect.find_service import FindService
from kdgui.pushing.inspect.inspection import Inspection
from kdgui.pushing.inspect.plan_check import PlanCheck
from kdgui.pushing.lifecycle.deletion import Deletion
from kdgui.pushing.lifecycle.submit_audit import SubmitAudit
from kdgui.pushing.run_service import RunService
from kdgui.pushing.team.link import TeamLink, WhoIsHere
from kdgui.pushing.team.records import TeamRecords
from kdgui.pushing.team.setting import TeamSetting
from kdgui.store.catalogue import Catalogue
from kdgui.store.journal.journal import Journal
from kdgui.store.ledger.address import read_team_address
from kdgui.store.policy import EVERYTHING, Policy
from kdgui.store.profiles import ProfileBook
from kdgui.store.secrets import Secrets
from kdgui.store.settings import Settings, SettingsFile


@dataclass(frozen=True, slots=True)
class DamagedFile:
    """A file of ours that was found damaged: key of words, and what the sentence is filled with."""

    key: str
    values: Mapping[str, object]


class PushEngine:
    """One clerk at work: signed in at most once, one run at a time.

    Attributes:
        policy: what IT allows on this machine.
        catalogue, journal, profiles, secrets: what is kept; the journal holds every run and its rows.
        connection: signing in and out, data centres, organisations.
        choices: forms, rules, and what a rule can count on.
        inspection: checks, lines, previews, totals; reads only.
        runs: pushing, continuing, settling.
        fills: whether values of a table can be filled in on the targets.
        ways: where bills came from and went, and the sources of a next run.
        submit_audit: fills, submits and audits what a run made; deletion: deletes it again.
        bill_tracker: asks what the server holds now of a bill.
        team: the other PCs, where a shared ledger is set; records: what was done here and there.
        finding: finds source bills by conditions; plan_check: what of a plan is gone. Both read only.
    """

    def __init__(
        self,
        *,
        catalogue: Catalogue,
        journal: Journal,
        profiles: ProfileBook,
        secrets: Secrets,
        settings_file: SettingsFile,
        attended: bool,
        policy: Policy = EVERYTHING,
    ) -> None:
        self.catalogue = catalogue
        self.journal = journal
        self.profiles = profiles
        self.secrets = secrets
        self._settings_file = settings_file
        self.policy = policy
        self._settings = policy.settings(settings_file.load())
        self._proxy_password = ProxyPassword(secrets)
        self.connection = SignInService(
            profiles, secrets, self._connection_settings, keep=attended, policy=policy
        )
        self.team = TeamLink(
            journal,
            TeamSetting(lambda: self._settings, secrets, os.environ, policy.team_ledger),
            publisher_lock=journal.path.with_name("publisher.lock"),
            who=self._who_is_here,
            program=f"kdgui {kdgui.__version__}",
            pc_user=pc_user(),
        )
        self.records = TeamRecords(journal, self.team)
        self._context = DataCentreContext(
            catalogue, journal, self.connection, lambda: self._settings, self.team, attended=attended
        )
        self.choices = Choices(self._context)
        self.inspection = Inspection(self._context)
        self.bill_tracker = BillTracker(self._context)
        self.fills = Fills(self._context)
        self.ways = BillWays(self._context)
        self.finding = FindService(self._context)
        self.plan_check = PlanCheck(self._context, self.finding)
        self.submit_audit = SubmitAudit(self._context)
        self.deletion = Deletion(self._context)
        self.runs = RunService(self._context, self.submit_audit, self.deletion, self._remember_choice)

    @property
    def attended(self) -> bool:
        """Whether a clerk sits before it: a pause waits for her. Does not block."""
        return self._context.attended

    @property
    def settings(self) -> Settings:
        """The settings as they are. Does not block."""
        return self._settings

    def change_settings(self, settings: Settings) -> None:
        """Keep and use other settings. Raises KdguiError where they cannot be written."""
        self._settings_file.save(settings)
        other_team = settings.team_url != self._settings.team_url
        self._settings = self.policy.settings(settings)
        if other_team:
            self.team.start()

    def keep_proxy_password(self, password: str) -> None:
        """For the proxy of the settings; see `ProxyPassword.keep`."""
        self._proxy_password.keep(self._settings, password)

    def keep_team_password(self, password: str) -> None:
        """For the team's database of the settings. Raises LedgerTrouble, SecretsUnavailable."""
        if self._settings.team_url:
            self.team.setting.keep_password(read_team_address(self._settings.team_url), password)
            self.team.start()

    def refusal_of(self, *actions: str) -> BadInput | None:
        """Why policy or connection forbid one of these (see `DataCentreContext.refusal_of`), or None."""
        return self._context.refusal_of(*actions)

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

    def _who_is_here(self) -> WhoIsHere:
        profile = self.connection.profile
        if profile is None or practises(profile):
            return WhoIsHere()
        return WhoIsHere(profile.user, profile.data_centre_id)

    def _connection_settings(
        self, ca_file: str = "", settings: Settings | None = None, proxy_password: str | None = None
    ) -> ConnectionSettings:
        wanted = settings or self._settings
        return ConnectionSettings(
            connect_seconds=wanted.connect_seconds,
            read_seconds=wanted.read_seconds,
            proxy=self._proxy_password.url(wanted, proxy_password),
            ca_file=ca_file or self.policy.network.ca_file,
        )

    def _remember_choice(self, order: RunOrder) -> None:
        try:
            profile = self.connection.profile
            place = profile.place if profile is not None else ""
            if not self.attended:  # a window beside may have changed them meanwhile
                self._settings = self._settings_file.load()
            self.change_settings(self._settings.with_used(order.form_id, order.options.rule_id, place))
        except KdguiError:
            return  # only a comfort; never a reason not to push
