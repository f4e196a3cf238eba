"""The team setting: where the ledger is, by policy, environment or settings, and its password."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kdgui.domain.errors import LedgerTrouble, SecretsUnavailable
from kdgui.store.ledger.address import TeamAddress, read_team_address
from kdgui.store.secrets import Secrets
from kdgui.store.settings import Settings

URL_VARIABLE = "KDGUI_TEAM_URL"
PASSWORD_VARIABLE = "KDGUI_TEAM_PASSWORD"  # noqa: S105 - the name of a variable


class TeamSetting:
    """What is set now: the policy goes before `KDGUI_TEAM_URL`, and that before the settings.

    The variable may hold the password; the others never do.
    """

    def __init__(
        self,
        settings: Callable[[], Settings],
        secrets: Secrets,
        environ: Mapping[str, str],
        by_policy: str = "",
    ) -> None:
        self._settings = settings
        self._secrets = secrets
        self._fixed = by_policy or environ.get(URL_VARIABLE, "").strip()
        self._environ = environ

    @property
    def text(self) -> str:
        """The address as it was given, "" where no team is set. Does not block. May hold a password."""
        return self._fixed or self._settings().team_url

    @property
    def is_fixed(self) -> bool:
        """Whether policy or environment say it, so that the settings change nothing."""
        return bool(self._fixed)

    def address(self) -> TeamAddress | None:
        """The address with its password, or None where no team is set. May block for the key store.

        Raises LedgerTrouble: ledger_address.
        """
        if not self.text:
            return None
        address = read_team_address(self.text)
        return address if address.password else self.with_kept_password(address)

    def with_kept_password(self, address: TeamAddress) -> TeamAddress:
        """The address with the password that environment or key store have for it; may block.

        Raises LedgerTrouble: ledger_key_store.
        """
        return address.with_password(self._environ.get(PASSWORD_VARIABLE) or self._kept(address))

    def keep_password(self, address: TeamAddress, password: str) -> None:
        """Keep the password in the key store. Raises SecretsUnavailable."""
        self._secrets.save(address.account, password)

    def _kept(self, address: TeamAddress) -> str:
        try:
            return self._secrets.load(address.account) or ""
        except SecretsUnavailable as trouble:
            raise LedgerTrouble("ledger_key_store", detail=trouble.detail, user=address.user) from trouble
