"""A password planted everywhere is found nowhere: disk, output, process list, diagnostics, exports."""

from __future__ import annotations

import base64
import contextlib
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from kdgui.practice.server import PracticeServer
from kdgui.store.catalogue import read_catalogue_file
from kdgui.store.exports.diagnostics import parts_of, write_diagnostics
from kdgui.store.paths import Paths
from kdgui.store.settings import Settings, SettingsFile

from .test_cli import ROOT

FORM, RULE = "PUR_PurchaseOrder", "PUR_PurchaseOrder-STK_InStock"
PLANTED = "Geh/eim+密码 %21&=Z"


def spellings(secret: str) -> Iterator[bytes]:
    """As it stands, in UTF-16, base64, URL-encoded, JSON-escaped."""
    for plain in (secret, quote(secret), quote(secret, safe=""), secret.encode("unicode_escape").decode()):
        for encoding in ("utf-8", "utf-16-le", "gb18030"):
            yield plain.encode(encoding)
    for encoding in ("utf-8", "utf-16-le"):
        yield base64.b64encode(secret.encode(encoding)).rstrip(b"=")[:-1]


def found_in(content: bytes) -> list[bytes]:
    return [spelling for spelling in spellings(PLANTED) if spelling in content]


def files_of(folder: Path) -> Iterator[tuple[Path, bytes]]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield path, path.read_bytes()
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as archive:
                    yield from ((path / name, archive.read(name)) for name in archive.namelist())


@pytest.fixture
def server() -> Iterator[PracticeServer]:
    practice = PracticeServer(read_catalogue_file())
    practice.start()
    yield practice
    practice.stop()


def test_it_is_found_nowhere(server: PracticeServer, tmp_path: Path, kdgui_home: Path) -> None:
    who, real = server.invitation, {"KDGUI_PASSWORD": server.invitation.password}
    planted = {"KDGUI_PASSWORD": PLANTED}
    proxy = f"http://clerk:{quote(PLANTED, safe='')}@127.0.0.1:9"
    SettingsFile(Paths(kdgui_home).settings).save(Settings(log_level="DEBUG"))
    log, seen = tmp_path / "night.log", []
    place = ["--server", who.url, "--data-centre", who.data_centre, "--user", who.user]
    about = ["--form", FORM, "--rule", RULE, "--log-file", str(log)]
    for number, (more, environ) in enumerate(
        (
            (["push", *place, *about], planted),
            (["check", *place, *about, "--json"], planted),
            (["ready", *place, *about, "--export", str(tmp_path / "ready.json")], planted),
            (["push", *place, *about], real),
            (["login", "x", *place], planted | {"http_proxy": proxy, "https_proxy": proxy}),
            (["self-check", "--json", "--diagnostics", str(tmp_path / "d.zip")], {"https_proxy": proxy}),
        )
    ):
        process = subprocess.Popen(
            [sys.executable, "-m", "kdgui", *more],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=os.environ | environ, cwd=ROOT,
        )  # fmt: skip
        command_line = Path(f"/proc/{process.pid}/cmdline")
        with contextlib.suppress(OSError):
            seen.append(command_line.read_bytes())
        bill = server.examples()[FORM]["open"][number]
        out, err = process.communicate(bill.encode(), timeout=100)
        seen += [out, err]
    assert log.is_file()
    assert zipfile.is_zipfile(tmp_path / "d.zip")
    assert [found_in(content) for content in seen if found_in(content)] == []
    assert [(path, found_in(content)) for path, content in files_of(tmp_path) if found_in(content)] == []


def test_the_archive_holds_what_was_listed_and_masks_it(tmp_path: Path, kdgui_home: Path) -> None:
    places = Paths(kdgui_home)
    places.log_dir.mkdir(parents=True)
    (places.log_dir / "kdgui.log").write_text(f'{{"password": "{PLANTED}"}}\n', encoding="utf-8")
    (places.home / "profiles.json").write_text("{}", encoding="utf-8")
    write_diagnostics(tmp_path / "d.zip", places, f"password={PLANTED.split(maxsplit=1)[0]}")
    with zipfile.ZipFile(tmp_path / "d.zip") as archive:
        assert archive.namelist() == [part.name for part in parts_of(places)]
        assert "profiles.json" not in archive.namelist()
        assert not any(found_in(archive.read(name)) for name in archive.namelist())
        assert PLANTED.split(maxsplit=1)[0].encode() not in archive.read("versions.txt")
