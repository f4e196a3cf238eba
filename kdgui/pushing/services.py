"""Services: what works at a data centre, made once and wired to each other."""

from __future__ import annotations

import os
from collections.abc import Callable

import kdgui
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
from kdgui.store.policy import Policy
from kdgui.store.profiles import ProfileBook
from kdgui.store.secrets import Secrets
from kdgui.store.settings import Settings


class Services:
    """The services of one PushEngine, as its properties describe them."""

    def __init__(
        self,
        catalogue: Catalogue,
        journal: Journal,
        profiles: ProfileBook,
        secrets: Secrets,
        *,
        attended: bool,
        policy: Policy,
        settings: Callable[[], Settings],
        used: Callable[[RunOrder], None],
    ) -> None:
        """Takes `used`, which is told what a run was started with."""
        self._policy, self._settings = policy, settings
        self.proxy_password = ProxyPassword(secrets)
        self.connection = SignInService(
            profiles, secrets, self.connection_settings, keep=attended, policy=policy
        )
        self.team = TeamLink(
            journal,
            TeamSetting(settings, secrets, os.environ, policy.team_ledger),
            publisher_lock=journal.path.with_name("publisher.lock"),
            who=self._who_is_here,
            program=f"kdgui {kdgui.__version__}",
            pc_user=pc_user(),
        )
        self.records = TeamRecords(journal, self.team)
        self.context = DataCentreContext(
            catalogue, journal, self.connection, settings, self.team, attended=attended
        )
        self.choices = Choices(self.context)
        self.inspection = Inspection(self.context)
        self.bill_tracker = BillTracker(self.context)
        self.fills = Fills(self.context)
        self.ways = BillWays(self.context)
        self.finding = FindService(self.context)
        self.plan_check = PlanCheck(self.context, self.finding)
        self.submit_audit = SubmitAudit(self.context)
        self.deletion = Deletion(self.context)
        self.runs = RunService(self.context, self.submit_audit, self.deletion, used)

    def connection_settings(
        self, ca_file: str = "", settings: Settings | None = None, proxy_password: str | None = None
    ) -> ConnectionSettings:
        """See `ConnectionSettingsOf`."""
        wanted = settings or self._settings()
        return ConnectionSettings(
            connect_seconds=wanted.connect_seconds,
            read_seconds=wanted.read_seconds,
            proxy=self.proxy_password.url(wanted, proxy_password),
            ca_file=ca_file or self._policy.network.ca_file,
        )

    def _who_is_here(self) -> WhoIsHere:
        profile = self.connection.profile
        if profile is None or practises(profile):
            return WhoIsHere()
        return WhoIsHere(profile.user, profile.data_centre_id)
