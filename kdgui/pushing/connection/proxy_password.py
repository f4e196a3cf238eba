"""The proxy of the settings and its password, which lies in the key store and nowhere else."""

from __future__ import annotations

import threading

from kdgui.domain.errors import KdguiError, SecretsUnavailable
from kdgui.k3cloud.http.proxies import with_login
from kdgui.store.secrets import Secrets
from kdgui.store.settings import Settings


class ProxyPassword:
    """Puts the password into the address. Any thread; may block until the key store is unlocked."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._known: dict[str, str] = {}
        self._gate = threading.Lock()

    def url(self, settings: Settings, password: str | None = None) -> str | None:
        """What LineSettings takes as its proxy. `password` None takes the one that is kept.

        Where the key store does not give it, none is sent: then the proxy says what it misses.
        """
        if not settings.proxy or not settings.proxy_user:
            return settings.proxy
        known = self._kept(_account(settings)) if password is None else password
        return with_login(settings.proxy, settings.proxy_user, known)

    def keep(self, settings: Settings, password: str) -> None:
        """Use this password from now on, and at the next start.

        Raises:
            KdguiError: proxy_password_not_kept, where it holds only until the program ends.
        """
        account = _account(settings)
        with self._gate:
            self._known[account] = password
        try:
            self._secrets.save(account, password)
        except SecretsUnavailable as trouble:
            raise KdguiError("proxy_password_not_kept", trouble.detail, why=trouble.code) from trouble

    def _kept(self, account: str) -> str:
        with self._gate:
            if account in self._known:
                return self._known[account]
        try:
            password = self._secrets.load(account) or ""
        except SecretsUnavailable:
            return ""
        with self._gate:
            return self._known.setdefault(account, password)


def _account(settings: Settings) -> str:
    return f"proxy|{settings.proxy}|{settings.proxy_user}"
