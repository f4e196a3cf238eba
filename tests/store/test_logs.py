"""The log: private, bounded, and without secrets, tracebacks included."""

from __future__ import annotations

import logging
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kdgui.store.logs import BACKUPS, MAX_BYTES, configure_logging, mask
from kdgui.store.paths import Paths

SECRET = "pa55-Wörd"


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    root = logging.getLogger()
    level = root.level
    handler = configure_logging(Paths(tmp_path / "home"), "DEBUG")
    yield tmp_path / "home" / "logs" / "kdgui.log"
    root.removeHandler(handler)
    handler.close()
    root.setLevel(level)


@pytest.mark.parametrize(
    "line",
    [
        f'{{"acctID":"1","username":"demo","password":"{SECRET}","lcid":2052}}',
        f"password={SECRET}",
        f"Password: {SECRET}",
        f"passwd={SECRET}&user=demo",
        f"{{'appSecret': '{SECRET}', 'x': 1}}",
        f"app_secret={SECRET}",
        f'{{\\"password\\":\\"{SECRET}\\"}}',
        f'"KDSVCSessionId":"{SECRET}"',
        f"kdservice-sessionid: {SECRET}",
        f"Cookie: kdservice-sessionid={SECRET}; ASP.NET_SessionId={SECRET}",
        f"Set-Cookie: ASP.NET_SessionId={SECRET}; path=/; HttpOnly",
        f"ASP.NET_SessionId={SECRET}; path=/",
        f"X-Kd-Signature: {SECRET}",
        f"X-Api-Signature: {SECRET}",
        f'"AccessToken": "{SECRET}"',
        f"Authorization: Bearer {SECRET}",
        f"Proxy-Authorization: Basic {SECRET}",
        f"http://wang:{SECRET}@proxy.example:3128/",
        f"Credentials(user='demo', secret='{SECRET}')",
    ],
)
def test_secrets_are_masked(line: str) -> None:
    assert SECRET not in mask(line)
    assert "***" in mask(line)


@pytest.mark.parametrize(
    "line",
    [
        "run 20261123-201530-1: 3 rows, http://127.0.0.1:8099/k3cloud/",
        '{"FormId":"PUR_PurchaseOrder","FieldKeys":"FBillNo,FID"}',
        "会话信息已丢失，请重新登录",
        "password changed",
        "SignInRefused sign_in_password",
    ],
)
def test_the_rest_is_left_alone(line: str) -> None:
    assert mask(line) == line


@pytest.mark.parametrize("part", ["a-", "a.b:", "password:", 'password="', "://a@", "cookie "])
def test_long_bodies_take_no_time(part: str) -> None:
    begin = time.thread_time()
    mask(part * (65_536 // len(part)))

    assert time.thread_time() - begin < 2


def test_tracebacks_are_masked_too(log_file: Path) -> None:
    try:
        raise ValueError(f"password='{SECRET}'")
    except ValueError:
        logging.getLogger("kdgui.test").exception("failed with secret=%s", SECRET)
    text = log_file.read_text(encoding="utf-8")

    assert "ValueError" in text
    assert SECRET not in text


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
def test_every_file_is_private_and_old_ones_go(log_file: Path) -> None:
    log = logging.getLogger("kdgui.test")
    for _ in range(9):
        for _ in range(10):
            log.info("%s", "x" * (MAX_BYTES // 9))
    files = list(log_file.parent.iterdir())

    assert len(files) == BACKUPS + 1
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert all(file.stat().st_size <= MAX_BYTES for file in files)


def test_configuring_again_replaces_the_handler(log_file: Path, tmp_path: Path) -> None:
    before = list(logging.getLogger().handlers)
    again = configure_logging(Paths(tmp_path / "home"), "WARNING")
    logging.getLogger("kdgui.test").warning("once")

    assert len(logging.getLogger().handlers) == len(before)
    assert log_file.read_text(encoding="utf-8").count("once") == 1
    logging.getLogger().removeHandler(again)
    again.close()


def test_a_folder_that_cannot_be_written_is_no_reason_not_to_start(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    handler = configure_logging(Paths(tmp_path / "home"))
    logging.getLogger("kdgui.test").warning("nobody hears")
    logging.getLogger().removeHandler(handler)

    assert isinstance(handler, logging.NullHandler)
