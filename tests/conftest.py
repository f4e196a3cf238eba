"""What holds for every test: a data folder of its own, no display, no proxy, nothing beyond loopback."""

from __future__ import annotations

import gc
import ipaddress
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# Read by Qt and by requests when they are first used, so set before any test module is imported.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
for _name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
    os.environ.pop(_name, None)
    os.environ.pop(_name.upper(), None)
for _name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "DBUS_SESSION_BUS_ADDRESS", "PYTHONUNBUFFERED"):
    os.environ.pop(_name, None)  # a test that needs one sets it; else it passes here and fails elsewhere


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--schedules",
        type=int,
        default=10,
        help="how many random schedules tests/faults/test_schedules.py tries",
    )


def pytest_collection_finish() -> None:
    """Thousands of tests are a million objects: no later collection has to look through them again."""
    gc.collect()
    gc.freeze()


class LeftTheMachine(AssertionError):
    """Something tried to reach an address beyond 127.0.0.0/8 and ::1."""


class _Border:
    """Watches every socket that Python opens in this process, in every thread."""

    def __init__(self) -> None:
        self.crossings: list[str] = []

    def __call__(self, event: str, args: tuple[object, ...]) -> None:
        if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
            address = args[1]
            if isinstance(address, tuple) and not _is_loopback(str(address[0])):
                self._refuse(f"{event} {address[0]}:{address[1]}")
        elif event == "socket.bind":
            address = args[1]
            if isinstance(address, tuple) and _is_open_to_all(str(address[0])):
                self._refuse(f"{event} {address[0]!r}")
        elif event in ("socket.getaddrinfo", "socket.gethostbyname") and not _stays_here(args[0]):
            self._refuse(f"{event} {args[0]!r}")

    def _refuse(self, what: str) -> None:
        self.crossings.append(what)
        raise LeftTheMachine(what)


def _is_loopback(host: str) -> bool:
    if host in ("", "localhost"):
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback or address.is_unspecified


def _is_open_to_all(host: str) -> bool:
    return host in ("", "0.0.0.0", "::") or not _is_loopback(host)


def _stays_here(host: object) -> bool:
    """Whether asking for the address of `host` is harmless: loopback, or a name that never exists."""
    if host is None:
        return True
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    return _is_loopback(name) or name.rstrip(".").endswith((".invalid", ".localhost"))  # RFC 6761


_border = _Border()
sys.addaudithook(_border)


@pytest.fixture(autouse=True)
def nothing_beyond_loopback() -> Iterator[list[str]]:
    """Fail a test that tried to leave this machine, even where the code under test swallowed the refusal."""
    _border.crossings.clear()
    yield _border.crossings
    crossings = list(_border.crossings)
    _border.crossings.clear()
    assert not crossings, f"reached beyond loopback: {crossings}"


@pytest.fixture(autouse=True, scope="session")
def no_shared_data_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A data folder for what session and module fixtures start; never the one of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KDGUI_HOME", str(tmp_path_factory.mktemp("kdgui-home")))
        yield


@pytest.fixture(autouse=True)
def kdgui_home(no_shared_data_folder: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of this test, in KDGUI_HOME for it and the processes it starts; not made yet."""
    home = tmp_path / "kdgui-home"
    monkeypatch.setenv("KDGUI_HOME", str(home))
    return home
