"""The push engine: everything a window or the command line may ask for, in one place.

Methods block on network or disk unless they say otherwise; a window calls them off its thread.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kdgui.domain.errors import BadInput, KdguiError
from kdgui.domain.orders import RunOrder
from kdgui.k3cloud.http.settings import ConnectionSettings
from kdgui.pushing.team.setting import TeamSetting
from kdgui.store.catalogue import Catalogue
from kdgui.store.journal.journal import Journal
from kdgui.store.ledger.address import read_team_address
from kdgui.store.plans import PlanBook
from kdgui.store.policy import EVERYTHING, Policy
from kdgui.store.profiles import ProfileBook
from kdgui.store.secrets import Secrets
from kdgui.store.settings import Settings, SettingsFile

if TYPE_CHECKING:  # `_services` says why
    from kdgui.pushing.choices import Choices
    from kdgui.pushing.connection.sign_in import SignInService
    from kdgui.pushing.context import DataCentreContext
    from kdgui.pushing.inspect.bill_trace import BillTracker
    from kdgui.pushing.inspect.bill_way import BillWays
    from kdgui.pushing.inspect.fills import Fills
    from kdgui.pushing.inspect.find_service import FindService
    from kdgui.pushing.inspect.inspection import Inspection
    from kdgui.pushing.inspect.plan_check import PlanCheck
    from kdgui.pushing.lifecycle.deletion import Deletion
    from kdgui.pushing.lifecycle.submit_audit import SubmitAudit
    from kdgui.pushing.run_service import RunService
    from kdgui.pushing.services import Services
    from kdgui.pushing.team.link import TeamLink
    from kdgui.pushing.team.records import TeamRecords


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
        attended: a clerk sits before it: a pause waits for her.
    """

    def __init__(
        self,
        *,
        catalogue: Catalogue,
        journal: Journal,
        profiles: ProfileBook,
        secrets: Secrets,
        settings_file: SettingsFile,
        plans: PlanBook,
        attended: bool,
        policy: Policy = EVERYTHING,
    ) -> None:
        self.catalogue = catalogue
        self.journal = journal
        self.profiles = profiles
        self.secrets = secrets
        self.plans = plans
        self._settings_file = settings_file
        self.policy = policy
        self._settings = policy.settings(settings_file.load())
        self.attended = attended
        self._made: Services | None = None
        self._making = threading.Lock()

    # -- services: made when the first of them is asked for, from any thread ------------------------------

    @property
    def connection(self) -> SignInService:
        """Signing in and out, data centres, organisations."""
        return self._services().connection

    @property
    def choices(self) -> Choices:
        """Forms, rules, and what a rule can count on."""
        return self._services().choices

    @property
    def inspection(self) -> Inspection:
        """Checks, lines, previews, totals; reads only."""
        return self._services().inspection

    @property
    def runs(self) -> RunService:
        """Pushing, continuing, settling."""
        return self._services().runs

    @property
    def fills(self) -> Fills:
        """Whether values of a table can be filled in on the targets; reads only."""
        return self._services().fills

    @property
    def ways(self) -> BillWays:
        """Where bills came from and went, and the sources of a next run; reads only."""
        return self._services().ways

    @property
    def submit_audit(self) -> SubmitAudit:
        """Fills, submits and audits what a run made."""
        return self._services().submit_audit

    @property
    def deletion(self) -> Deletion:
        """Deletes again what a run made."""
        return self._services().deletion

    @property
    def bill_tracker(self) -> BillTracker:
        """Asks what the server holds now of a bill."""
        return self._services().bill_tracker

    @property
    def team(self) -> TeamLink:
        """The other PCs, where a shared ledger is set."""
        return self._services().team

    @property
    def records(self) -> TeamRecords:
        """What was done here and there."""
        return self._services().records

    @property
    def finding(self) -> FindService:
        """Finds source bills by conditions; reads only."""
        return self._services().finding

    @property
    def plan_check(self) -> PlanCheck:
        """What of a plan is gone; reads only."""
        return self._services().plan_check

    @property
    def _context(self) -> DataCentreContext:
        return self._services().context

    def _services(self) -> Services:
        """Loading them takes longer than showing the sign-in, which needs none of them to be shown."""
        with self._making:
            if self._made is None:
                from kdgui.pushing.services import Services

                self._made = Services(
                    self.catalogue,
                    self.journal,
                    self.profiles,
                    self.secrets,
                    attended=self.attended,
                    policy=self.policy,
                    settings=lambda: self._settings,
                    used=self._remember_choice,
                )
            return self._made

    def start_team(self) -> None:
        """Go to the shared ledger, where one is set; does not block."""
        if TeamSetting(lambda: self._settings, self.secrets, os.environ, self.policy.team_ledger).text:
            self.team.start()

    def close(self) -> None:
        """Sign out and leave the team, where any service was made. Blocks until the server answers."""
        if self._made is not None:
            self._made.connection.sign_out()
            self._made.team.close()

    # -- settings ------------------------------------------------------------------------------------------

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
        self._services().proxy_password.keep(self._settings, password)

    def keep_team_password(self, password: str) -> None:
        """For the team's database of the settings. Raises LedgerTrouble, SecretsUnavailable."""
        if self._settings.team_url:
            self.team.setting.keep_password(read_team_address(self._settings.team_url), password)
            self.team.start()

    def refusal_of(self, *actions: str) -> BadInput | None:
        """Why policy or connection forbid one of these (see `DataCentreContext.refusal_of`), or None."""
        return self._context.refusal_of(*actions)

    def damages(self) -> tuple[DamagedFile, ...]:
        """Files of ours that were found damaged and set aside, or lost; a journal until it is acknowledged.

        Blocks for the disk; profiles are known to be damaged only after they were loaded. Raises
        JournalTrouble.
        """
        found = []
        loss = self.journal.loss
        if loss is not None and loss.set_aside:
            values = {"path": loss.set_aside, "rescued": loss.rescued}
            found.append(DamagedFile("told.journal_set_aside", values))
        elif loss is not None:
            found.append(DamagedFile("told.journal_lost", {}))
        if path := self.profiles.set_aside:
            found.append(DamagedFile("told.profiles_set_aside", {"path": path}))
        if path := self._settings_file.set_aside:
            found.append(DamagedFile("told.settings_set_aside", {"path": path}))
        if names := self._settings_file.rejected:
            found.append(DamagedFile("told.settings_rejected", {"names": ", ".join(names)}))
        return tuple(found)

    def _connection_settings(
        self, ca_file: str = "", settings: Settings | None = None, proxy_password: str | None = None
    ) -> ConnectionSettings:
        return self._services().connection_settings(ca_file, settings, proxy_password)

    def _remember_choice(self, order: RunOrder) -> None:
        try:
            profile = self.connection.profile
            place = profile.place if profile is not None else ""
            if not self.attended:  # a window beside may have changed them meanwhile
                self._settings = self._settings_file.load()
            self.change_settings(self._settings.with_used(order.form_id, order.options.rule_id, place))
        except KdguiError:
            return  # only a comfort; never a reason not to push
