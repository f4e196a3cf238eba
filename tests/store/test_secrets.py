"""Secrets: only in a safe key store, read back after saving, and every trouble told by code."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

InProcess = Callable[..., subprocess.CompletedProcess[str]]

USE = """
import sys
from kdgui.domain.errors import SecretsUnavailable
from kdgui.store import secrets as room
from kdgui.store.secrets import Secrets

room._SYSTEM_STORES |= {f"odd_keyrings.{name}" for name in "Good Unusable Dropping Mangling Locked Dismissed Failing".split()}

assert "keyring" not in sys.modules, "keyring waits for its first use"
secrets = Secrets()
print("usable", secrets.usable())
for call in (lambda: secrets.save("a|b", "geheim"), lambda: secrets.load("a|b"), lambda: secrets.forget("a|b"), lambda: secrets.load("a|b")):
    try:
        print(call())
    except SecretsUnavailable as trouble:
        print(trouble.code)
"""  # noqa: E501 - a program of its own

BACKENDS = '''
"""Key stores for tests, each bad in its own way."""

from keyring.backend import KeyringBackend
from keyring.backends import chainer, null
from keyring.errors import InitError, KeyringLocked, PasswordDeleteError, PasswordSetError


class Good(KeyringBackend):
    priority = 5
    kept = {}

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self.kept[service, username] = password

    def delete_password(self, service, username):
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError("none")


class Unlisted(Good):
    priority = 99


class Unusable(Good):
    @property
    def priority(self):
        raise RuntimeError("not on this system")


class Dropping(Good):
    def set_password(self, service, username, password):
        pass


class Mangling(Good):
    def set_password(self, service, username, password):
        super().set_password(service, username, password[:3])


class Locked(Good):
    def get_password(self, service, username, password=""):
        raise KeyringLocked("dismissed")

    set_password = get_password


class Dismissed(Good):
    """What the Secret Service says when the prompt for a new collection is closed."""

    def get_password(self, service, username, password=""):
        class PromptDismissedException(Exception):
            pass

        try:
            raise PromptDismissedException("closed")
        except PromptDismissedException as error:
            raise InitError("Failed to create the collection") from error

    set_password = get_password


class Failing(Good):
    def set_password(self, service, username, password):
        raise PasswordSetError("no")

    def get_password(self, service, username):
        raise OSError("the bus is gone")


class Nothing(null.Keyring):
    priority = 9


class Chain(KeyringBackend):
    """Says that it is the best of all; what it does depends on its parts."""

    priority = 10

    @property
    def backends(self):
        return [Unlisted()]

    def get_password(self, service, username):
        return self.backends[0].get_password(service, username)

    def set_password(self, service, username, password):
        self.backends[0].set_password(service, username, password)


class MixedChain(Chain):
    backends = [Unlisted(), Good()]
'''

ALT = """
from keyring.backend import KeyringBackend

class PlaintextKeyring(KeyringBackend):
    priority = 3

    def get_password(self, service, username): ...
    def set_password(self, service, username, password): ...
"""


@pytest.fixture
def with_backend(tmp_path: Path, in_process: InProcess) -> Callable[[str], list[str]]:
    """Use the secrets in a process whose keyring is the named one; what it printed, line by line."""
    (tmp_path / "odd_keyrings.py").write_text(BACKENDS, encoding="utf-8")
    (tmp_path / "keyrings" / "alt").mkdir(parents=True)
    (tmp_path / "keyrings" / "alt" / "file.py").write_text(textwrap.dedent(ALT), encoding="utf-8")

    def use(backend: str) -> list[str]:
        root = str(Path(__file__).resolve().parents[2])
        environ = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join((root, str(tmp_path))),
            "PYTHON_KEYRING_BACKEND": backend,
            "HOME": str(tmp_path),
        }
        ended = in_process(USE, env=environ)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout.split()[1:]

    return use


@pytest.mark.parametrize("backend", ["odd_keyrings.Good", "odd_keyrings.MixedChain"])
def test_a_good_store_keeps_and_forgets(with_backend: Callable[[str], list[str]], backend: str) -> None:
    assert with_backend(backend) == ["True", "None", "geheim", "None", "None"]


@pytest.mark.parametrize(
    "backend",
    [
        "keyring.backends.null.Keyring",
        "keyring.backends.fail.Keyring",
        "keyrings.alt.file.PlaintextKeyring",
        "odd_keyrings.Unlisted",
        "odd_keyrings.Nothing",
        "odd_keyrings.Chain",
    ],
)
def test_unsafe_stores_are_refused(with_backend: Callable[[str], list[str]], backend: str) -> None:
    assert with_backend(backend) == ["False", *["secrets_none"] * 4]


@pytest.mark.parametrize(
    ("backend", "codes"),
    [
        ("odd_keyrings.Dropping", ["secrets_dropped", "None", "None", "None"]),
        ("odd_keyrings.Mangling", ["secrets_dropped", "geh", "None", "None"]),
        ("odd_keyrings.Locked", ["secrets_locked"] * 4),
        ("odd_keyrings.Dismissed", ["secrets_locked"] * 4),
        ("odd_keyrings.Failing", ["secrets_failed"] * 4),
    ],
)
def test_every_trouble_has_its_code(
    with_backend: Callable[[str], list[str]], backend: str, codes: list[str]
) -> None:
    assert with_backend(backend) == ["True", *codes]


@pytest.mark.parametrize(
    "backend", ["odd_keyrings.Unusable", "odd_keyrings.NotThere", "no.such.module.Keyring"]
)
def test_a_store_named_in_vain(with_backend: Callable[[str], list[str]], backend: str) -> None:
    assert with_backend(backend) == ["False", *["secrets_none"] * 4]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system has a store of its own")
def test_without_a_session_bus_there_is_none(in_process: InProcess, tmp_path: Path) -> None:
    bare = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "DISPLAY", "PYTHON_KEYRING_BACKEND")
    }
    ended = in_process(
        USE, env={**bare, "HOME": str(tmp_path), "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"}
    )

    assert ended.stdout.split()[1:] == ["False", *["secrets_none"] * 4], ended.stderr
