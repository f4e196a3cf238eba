"""Passwords in the operating system's key store, and nowhere else."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

from kdgui.domain.errors import SecretsUnavailable

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

log = logging.getLogger(__name__)

SERVICE = "kdgui"
_SYSTEM_STORES = frozenset(
    {
        "keyring.backends.Windows.WinVaultKeyring",
        "keyring.backends.macOS.Keyring",
        "keyring.backends.SecretService.Keyring",
        "keyring.backends.libsecret.Keyring",
        "keyring.backends.kwallet.DBusKeyring",
        "keyring.backends.kwallet.DBusKeyringKWallet4",
    }
)
"""The key stores of the systems. Any other may keep passwords in a plain file, whatever it claims."""

_FOREIGN_ERRORS = (
    # Key stores let the errors of the libraries beneath them through.
    ("secretstorage.exceptions", "SecretStorageException"),
    ("jeepney.wrappers", "DBusErrorResponse"),
    ("pywintypes", "error"),
    ("win32ctypes.pywin32.pywintypes", "error"),
)
_LOCKED = ("KeyringLocked", "LockedException", "PromptDismissedException")


class Secrets:
    """The key store. Every method may block until the clerk unlocks it: call it off the window's thread.

    `keyring` is imported on first use. Raises SecretsUnavailable: secrets_none (no safe store),
    secrets_locked, secrets_dropped (accepted and not kept), secrets_failed.
    """

    def __init__(self, service: str = SERVICE) -> None:
        self._service = service

    def usable(self) -> bool:
        """Whether there is a safe store; says nothing about its being unlocked."""
        try:
            _backend()
        except SecretsUnavailable:
            return False
        return True

    def load(self, account: str) -> str | None:
        """The secret kept for this account, or None where none was."""
        backend = _backend()
        with _told():
            return backend.get_password(self._service, account)

    def save(self, account: str, secret: str) -> None:
        """Keep a secret, then read it back: some stores accept a password and drop it."""
        backend = _backend()
        with _told():
            backend.set_password(self._service, account, secret)
        if self.load(account) != secret:
            raise SecretsUnavailable("secrets_dropped", store=_name(backend))

    def forget(self, account: str) -> None:
        """Delete the secret of this account; nothing happens where there is none."""
        if self.load(account) is None:
            return
        backend = _backend()
        with _told():
            backend.delete_password(self._service, account)


def _backend() -> KeyringBackend:
    """The best safe store. A chain of stores is taken apart: it may hold a plain file behind a good name."""
    chosen = _chosen()
    with _told():
        parts: list[KeyringBackend] = list(getattr(chosen, "backends", [])) or [chosen]
        safe = [backend for backend in parts if _safe(backend)]
    if not safe:
        raise SecretsUnavailable("secrets_none", store=_name(chosen))
    return max(safe, key=_priority)


def _chosen() -> KeyringBackend:
    """What keyring chose, or was told to use by its environment variable or configuration file."""
    import keyring

    try:
        return keyring.get_keyring()
    except (ImportError, AttributeError, ValueError, RuntimeError) as error:  # named, and not there
        raise SecretsUnavailable("secrets_none", detail=str(error)) from error


def _safe(backend: KeyringBackend) -> bool:
    return _name(backend) in _SYSTEM_STORES and _priority(backend) > 0


def _priority(backend: KeyringBackend) -> float:
    """The backend's own estimate; 0 where it says by an error that it cannot be used here."""
    try:
        return float(backend.priority)
    except RuntimeError:
        return 0.0


def _name(backend: KeyringBackend) -> str:
    return f"{type(backend).__module__}.{type(backend).__qualname__}"


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except _troubles() as error:
        _raise(error)


def _troubles() -> tuple[type[Exception], ...]:
    """What a key store may raise; asked for when something was raised, so its own modules are loaded."""
    from keyring.errors import KeyringError

    found = (getattr(sys.modules.get(module), name, None) for module, name in _FOREIGN_ERRORS)
    foreign = [error for error in found if isinstance(error, type) and issubclass(error, Exception)]
    return (KeyringError, OSError, RuntimeError, *foreign)


def _raise(error: Exception) -> NoReturn:
    causes = [error, error.__cause__, error.__context__]
    locked = any(type(cause).__name__ in _LOCKED for cause in causes)
    none = type(error).__name__ == "NoKeyringError"
    code = "secrets_locked" if locked else "secrets_none" if none else "secrets_failed"
    log.info("%s: %s", code, type(error).__name__)
    raise SecretsUnavailable(code, detail=str(error)) from error
