"""What the README tells people to type works as it stands there; packaging agrees with pyproject.toml."""

from __future__ import annotations

import configparser
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from kdgui.__main__ import misread
from kdgui.bootstrap import open_journal
from kdgui.practice.server import PracticeServer
from kdgui.store.catalogue import read_catalogue_file
from kdgui.store.instance_lock import InstanceLock
from kdgui.store.paths import Paths
from kdgui.store.policy import load_policy
from kdgui.store.profiles import Profile, ProfileBook

from .test_cli import FORM, ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
posix = pytest.mark.skipif(os.name == "nt", reason="a shell of POSIX")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def test_the_policy_of_the_readme_is_one(tmp_path: Path) -> None:
    (text,) = blocks("toml")
    ca_file = tmp_path / "ca.pem"
    ca_file.write_text("", encoding="utf-8")
    path = tmp_path / "policy.toml"
    path.write_text(text.replace("/etc/ssl/company-ca.pem", ca_file.as_posix()), encoding="utf-8")
    path.chmod(0o644)
    policy = load_policy(path)
    assert (policy.parallel, policy.retention_days, policy.allows("audit")) == (1, 180, False)


@pytest.fixture
def server() -> Iterator[PracticeServer]:
    practice = PracticeServer(read_catalogue_file())
    practice.start()
    yield practice
    practice.stop()


class Night:
    """The script of the README in a folder of its own, with `kdgui` and a short `sleep` on the path."""

    def __init__(self, folder: Path, server: PracticeServer, kdgui_home: Path) -> None:
        self.folder = folder
        (self.script,) = [block for block in blocks("sh") if block.startswith("#!/bin/sh")]
        path = folder / "bin"
        path.mkdir()
        for name, does in (("kdgui", f'exec "{sys.executable}" -m kdgui "$@"'), ("sleep", "exit 0")):
            (path / name).write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
            (path / name).chmod(0o755)
        secret = folder / "secret"
        secret.write_text(server.invitation.password, encoding="utf-8")
        secret.chmod(0o600)
        self.secret = secret
        who = server.invitation
        with open_journal(Paths(kdgui_home)):
            pass  # a folder with connections and without a journal is one that lost it
        ProfileBook(Paths(kdgui_home).profiles).save(
            Profile(who.url, who.data_centre, who.user, name="night")
        )
        self.environ = os.environ | {
            "HOME": str(folder),
            "PATH": f"{path}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "KDGUI_PASSWORD_FILE": str(secret),
        }

    def run(self) -> int:
        script = self.folder / "night.sh"
        script.write_text(self.script, encoding="utf-8")
        return subprocess.run(
            ["sh", str(script)], env=self.environ, cwd=self.folder, check=False, timeout=100
        ).returncode

    def rows(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in (self.folder / "tonight.json").read_text("utf-8").splitlines()]

    @property
    def log(self) -> str:
        return (self.folder / "kdgui-night.log").read_text(encoding="utf-8")


@posix
def test_the_script_for_the_night_works_twice_and_its_log_tells_a_failed_night(
    server: PracticeServer, tmp_path: Path, kdgui_home: Path
) -> None:
    night = Night(tmp_path, server, kdgui_home)
    (tmp_path / "tonight.txt").write_text("\n".join(server.examples()[FORM]["open"][:2]), encoding="utf-8")
    assert night.run() == 0
    assert [row["verdict"] for row in night.rows()[:-1]] == ["pushed", "pushed"]
    assert night.run() == 1, "pushed already"
    assert {row["verdict"] for row in night.rows()[:-1]} == {"skipped"}
    assert len(server.posts()) == 2
    assert " ERROR " not in night.log
    with InstanceLock(Paths(kdgui_home).lock):
        assert night.run() == 7
    night.secret.write_text("wrong", encoding="utf-8")
    assert night.run() == 3
    assert night.rows()[-1]["exit"] == 3
    assert "push ended with exit code 3" in night.log.splitlines()[-1]
    assert " ERROR " in night.log


@pytest.mark.parametrize(
    ("path", "encoding", "wrong"),
    [
        ("/a/财务/kdgui".encode(), "gbk", True),
        ("/a/财务/kdgui".encode(), "utf-8", False),
        ("/a/财务/kdgui".encode("gbk"), "gbk", False),
        (b"/a/kdgui", "gbk", False),
    ],
)
@posix
def test_a_folder_whose_name_the_locale_misreads_is_seen(path: bytes, encoding: str, wrong: bool) -> None:
    assert misread(path, encoding) is wrong


def test_the_lowest_versions_are_those_of_pyproject() -> None:
    lines = (ROOT / "resources/packaging/lowest-versions.txt").read_text(encoding="utf-8").splitlines()
    lowest = dict(line.split("==") for line in lines if line and not line.startswith("#"))
    for line in PYPROJECT["dependencies"]:
        wanted = Requirement(line)
        floor = next(part.version for part in wanted.specifier if part.operator == ">=")
        assert Version(lowest[wanted.name]).release[:2] == Version(f"{floor}.0").release[:2], line
        assert wanted.specifier.contains(lowest[wanted.name])


def test_the_installer_and_the_menu_know_the_same_names() -> None:
    script = (ROOT / "resources/packaging/kdgui.iss").read_text(encoding="utf-8-sig")
    app = (ROOT / "kdgui/app.py").read_text(encoding="utf-8")
    for pattern in (r"AppMutex=(\S+)", r'AppUserModelID: "([^"]+)"'):
        found = re.search(pattern, script)
        assert found
        assert f'"{found[1]}"' in app
    assert PYPROJECT["version"] in script
    metainfo = (ROOT / "resources/packaging/io.github.kdgui.kdgui.metainfo.xml").read_text(encoding="utf-8")
    assert '<launchable type="desktop-id">kdgui.desktop</launchable>' in metainfo
    assert f'<release version="{PYPROJECT["version"]}"' in metainfo


@pytest.mark.skipif(shutil.which("appstreamcli") is None, reason="its validator is not installed")
def test_the_metainfo_is_valid() -> None:
    path = ROOT / "resources/packaging/io.github.kdgui.kdgui.metainfo.xml"
    done = subprocess.run(
        ["appstreamcli", "validate", "--no-net", str(path)],
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.skipif(shutil.which("desktop-file-validate") is None, reason="its validator is not installed")
def test_the_menu_entry_is_valid() -> None:
    path = ROOT / "resources/packaging/kdgui.desktop"
    done = subprocess.run(
        ["desktop-file-validate", str(path)], capture_output=True, check=False, encoding="utf-8"
    )
    assert (done.returncode, done.stdout) == (0, "")


@posix
def test_the_menu_entry_of_setup_names_a_program_in_any_folder(tmp_path: Path) -> None:
    """The part of setup.sh that writes it, with a folder that needs every kind of quoting."""
    script = (ROOT / "resources/setup.sh").read_text(encoding="utf-8")
    start, end = script.index("install_desktop() {"), script.index("run_tests() {")
    house, share = tmp_path / '财务 [1] "a" $b 50% & c', tmp_path / "share"
    house.mkdir()
    (house / "resources").symlink_to(ROOT / "resources")
    done = subprocess.run(
        ["sh", "-euc", "say() { :; }; venv=$house/.venv\n" + script[start:end] + "\ninstall_desktop"],
        env=os.environ | {"XDG_DATA_HOME": str(share), "house": str(house)},
        capture_output=True, check=False, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    entry = configparser.RawConfigParser(delimiters=("=",))
    entry.read(share / "applications/kdgui.desktop", encoding="utf-8")
    told = entry["Desktop Entry"]["exec"]
    # Undone as the specification says: the string, what is inside the quotes, percent signs.
    value = told.replace("\\\\", "\\")
    quoted = re.fullmatch(r'(?:env PYTHONUTF8=1 )?"(.*)" -m kdgui', value)
    assert quoted
    assert re.sub(r'\\(["`$\\])', r"\1", quoted[1]).replace("%%", "%") == f"{house}/.venv/bin/python"
    assert (share / "icons/hicolor/scalable/apps/kdgui.svg").is_file()


def test_setup_for_windows_is_what_powershell_5_reads() -> None:
    content = (ROOT / "resources/setup.ps1").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf"), "PowerShell 5.1 needs the mark"
    text = content.decode("utf-8-sig")
    assert "$ErrorActionPreference = 'Stop'" in text
    for line in text.splitlines():
        if re.search(r"\b(?:Test-Path|Get-FileHash|Remove-Item|Set-Content|Push-Location)\b", line):
            assert "-LiteralPath" in line, line
        assert not re.search(r"(?:Set|Get)-Content(?!.*-Encoding UTF8)", line), line
    assert not re.search(r"&&|\?\?|\?\.|\s-Parallel\b", text), "of PowerShell 7"
