"""Services: what works at a data centre, made once and wired to each other."""

from __future__ import annotations

from collections.abc import Callable

from kdgui.domain.orders import RunOrder
from kdgui.pushing.choices import Choices
from kdgui.pushing.connection.proxy_password import ProxyPassword
from kdgui.pushing.connection.sign_in import ConnectionSettingsOf, SignInService
from kdgui.pushing.context import DataCentreContext
from kdgui.pushing.inspect.bill_trace import BillTracker
from kdgui.pushing.inspect.inspection import Inspection
from kdgui.pushing.lifecycle.deletion import Deletion
from kdgui.pushing.lifecycle.submit_audit import SubmitAudit
from kdgui.pushing.run_service import RunService
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
        connection_settings: ConnectionSettingsOf,
        used: Callable[[RunOrder], None],
    ) -> None:
        """Takes `used`, which is told what a run was started with."""
        self.proxy_password = ProxyPassword(secrets)
        self.connection = SignInService(profiles, secrets, connection_settings, keep=attended, policy=policy)
        self.context = DataCentreContext(catalogue, journal, self.connection, settings, attended=attended)
        self.choices = Choices(self.context)
        self.inspection = Inspection(self.context)
        self.bill_tracker = BillTracker(self.context)
        self.submit_audit = SubmitAudit(self.context)
        self.deletion = Deletion(self.context)
        self.runs = RunService(self.context, self.submit_audit, self.deletion, used)
