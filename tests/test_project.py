"""The rules of the house that no linter knows: files, names, pins, and what a wheel carries."""

from __future__ import annotations

import argparse
import ast
import configparser
import importlib.metadata
import json
import os
import re
import socket
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import kdgui
from kdgui.arguments import build_parser

ROOT = Path(__file__).parents[1]
MOST_LINES = 450
ONE_ROOM = {
    "kdgui/pushing/run/push_run.py": 600,
    "kdgui/pushing/lookup/target_lookup.py": 600,
    "kdgui/ui/main_window.py": 600,
    "kdgui/ui/numbers/numbers_pane.py": 600,
}
"""Files whose one purpose takes more."""
EVERY_COMMAND = {"--json", "--quiet", "--log-file"}
TOP_LEVEL = {"pyproject.toml", "README.md", "kdgui", "resources", "tests"}

NOT_OURS_TO_SAY = {
    "a path of one machine": re.compile(
        r"(?<![\w./$}~-])/(?:root|work|tmp|Users)/[A-Za-z]|[A-Z]:\\Users\\[A-Za-z]"
    ),
    "the host of a registry": re.compile(
        r"\b(?:pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|deb\.debian\.org|mirrors?\.\w+\.\w+)"
    ),
    "the signature of a tool": re.compile(r"(?im)^\W*(?:co-authored-by|generated (?:by|with))\b"),
    "a mark of an unsolved merge": re.compile(r"(?m)^(?:<{7}|>{7}) "),
    "a promise for later": re.compile(r"\b(?:TO[D]O|FIX[M]E|X[X]X)\b"),
}


def project_files() -> list[Path]:
    """Every file that belongs to the project: what git tracks, or what lies here where there is no git."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z"],
            cwd=ROOT,
            capture_output=True,
            check=True,
            encoding="utf-8",
            errors="replace",
        )
    except (OSError, subprocess.CalledProcessError):
        return _files_here()
    names = [name for name in listed.stdout.split("\0") if name]
    return [path for path in (ROOT / name for name in names) if path.is_file()]


def _files_here() -> list[Path]:
    return [
        path
        for path in sorted(ROOT.rglob("*"))
        if path.is_file()
        and not any(
            part.startswith(".") or part in ("__pycache__", "build", "dist")
            for part in path.relative_to(ROOT).parts
        )
        and path.suffix != ".pyc"
    ]


def text_of(path: Path) -> str | None:
    """The text of a file, or None where it is none."""
    data = path.read_bytes()
    if b"\0" in data:
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


FILES = project_files()
MODULES = [path for path in FILES if path.suffix == ".py"]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_the_top_level_is_what_the_design_says() -> None:
    tops = {path.relative_to(ROOT).parts[0] for path in FILES}
    assert {top for top in tops if not top.startswith(".")} == TOP_LEVEL


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_module_says_first_what_it_is_for(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert source.startswith('"""'), "the first line is a docstring"
    assert ast.get_docstring(ast.parse(source))


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_module_can_be_read_at_one_sitting(path: Path) -> None:
    most = ONE_ROOM.get(path.relative_to(ROOT).as_posix(), MOST_LINES)
    assert len(path.read_text(encoding="utf-8").splitlines()) <= most


@pytest.mark.parametrize("what", NOT_OURS_TO_SAY)
def test_nothing_tells_of_the_place_where_it_was_written(what: str) -> None:
    pattern = NOT_OURS_TO_SAY[what]
    found = [
        (named(path), match.group()) for path in FILES for match in pattern.finditer(text_of(path) or "")
    ]
    assert found == []


@pytest.mark.parametrize("path", [path for path in FILES if path.suffix == ".json"], ids=named)
def test_json_can_be_read_and_names_nothing_twice(path: Path) -> None:
    def no_key_twice(pairs: list[tuple[str, object]]) -> dict[str, object]:
        keys = [key for key, _ in pairs]
        assert len(keys) == len(set(keys)), sorted({key for key in keys if keys.count(key) > 1})
        return dict(pairs)

    json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=no_key_twice)


def test_the_version_is_said_once() -> None:
    assert PYPROJECT["project"]["version"] == kdgui.__version__


def requirement(name: str) -> Requirement:
    wanted = (Requirement(line) for line in PYPROJECT["project"]["dependencies"])
    return next(found for found in wanted if found.name == name)


@pytest.mark.parametrize(("version", "allowed"), [("6.12.0", False), ("6.10.1", False), ("6.11.3", True)])
def test_versions_of_qt_that_crash_are_kept_out(version: str, allowed: bool) -> None:
    assert requirement("PySide6-Essentials").specifier.contains(version) is allowed


@pytest.mark.parametrize("line", PYPROJECT["project"]["dependencies"])
def test_what_is_installed_is_what_is_wanted(line: str) -> None:
    wanted = Requirement(line)
    assert wanted.specifier.contains(importlib.metadata.version(wanted.name))


STAYS_IN_THE_CHECKOUT = {
    "CHANGELOG.md",
    "coverage_floors.py",
    "docs",
    "draw_packages.py",
    "setup.sh",
    "setup.ps1",
    "update_translations.py",
    "update_pinyin.py",
    "packaging",
    "screenshots",
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel as pip builds it, fetching nothing."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation"]
    subprocess.run(
        [*command, "--wheel-dir", str(folder), str(ROOT)], check=True, env={**os.environ, "PIP_NO_INDEX": "1"}
    )
    return zipfile.ZipFile(next(folder.glob("kdgui-*.whl")))


def test_a_wheel_carries_every_module_and_resource(wheel: zipfile.ZipFile) -> None:
    carried = set(wheel.namelist())
    assert {named(path) for path in FILES if path.is_relative_to(ROOT / "kdgui")} <= carried
    resources = {named(path) for path in FILES if path.is_relative_to(ROOT / "resources")}
    for_developers = {name for name in resources if name.split("/")[1] in STAYS_IN_THE_CHECKOUT}
    assert {f"kdgui/{name}" for name in resources - for_developers} <= carried
    assert not {f"kdgui/{name}" for name in for_developers} & carried
    # Without these two kinds the program starts and has nothing to say.
    assert {"kdgui/resources/words.zh.json", "kdgui/resources/translations/kdgui_zh.ts"} <= carried


def test_a_wheel_carries_nothing_else(wheel: zipfile.ZipFile) -> None:
    tops = {name.partition("/")[0] for name in wheel.namelist()}
    assert tops == {"kdgui", f"kdgui-{kdgui.__version__}.dist-info"}
    assert not [name for name in wheel.namelist() if "__pycache__" in name]


@pytest.mark.skipif(os.name == "nt", reason="the shell script is for Linux and macOS")
def test_the_set_up_without_a_task_says_how_it_is_used() -> None:
    ended = subprocess.run(
        ["sh", str(ROOT / "resources" / "setup.sh")], capture_output=True, check=False, encoding="utf-8"
    )
    assert ended.returncode == 2
    assert "demo|test|test-lowest|test-newest|install" in ended.stderr


@pytest.mark.parametrize(
    "leave",
    [
        lambda link: link.connect(("192.0.2.1", 9)),
        lambda link: link.sendto(b"x", ("192.0.2.1", 9)),
        lambda link: link.bind(("", 0)),
        lambda link: socket.create_connection(("192.0.2.1", 9), timeout=1),
        lambda link: socket.getaddrinfo("erp.example", 80),
    ],
)
def test_tests_cannot_leave_this_machine(
    leave: Callable[[socket.socket], object], nothing_beyond_loopback: list[str]
) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as link, pytest.raises(AssertionError):
        leave(link)
    assert len(nothing_beyond_loopback) == 1
    nothing_beyond_loopback.clear()


def test_the_readme_names_every_option_and_no_other() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    told: dict[str, set[str]] = {"": {"--version"}}
    assert f"Every command takes `{'`, `'.join(sorted(EVERY_COMMAND))}`" in readme
    for usage in re.findall(r"^kdgui .*(?:\n {2,}.*)*", readme, re.MULTILINE):
        command = re.match(r"kdgui (?P<name>(?:[a-z][a-z-]*)?)", usage)
        assert command
        told.setdefault(command["name"], set()).update(set(re.findall(r"--[a-z-]+", usage)) - EVERY_COMMAND)
    assert told == {name: _options(parser) for name, parser in _parsers().items()}


def test_what_the_readme_points_to_is_there() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", readme)
    named_files = re.findall(r"`((?:resources|tests|kdgui|\.ci)/[\w./-]+)`", readme)
    assert "resources/screenshots/main-window.png" in links
    assert [name for name in [*links, *named_files] if not (ROOT / name).exists()] == []


def _parsers() -> dict[str, argparse.ArgumentParser]:
    top = build_parser()
    found = {"": top}
    for action in top._actions:
        if isinstance(action, argparse._SubParsersAction):
            found.update(action.choices)
    return found


def _options(parser: argparse.ArgumentParser) -> set[str]:
    named = {name for action in parser._actions for name in action.option_strings if name[:2] == "--"}
    return named - {"--help", *EVERY_COMMAND}


def test_the_menu_entry_starts_our_program_in_both_languages() -> None:
    entry = configparser.RawConfigParser(delimiters=("=",))
    entry.optionxform = str  # type: ignore[assignment, method-assign]  # the keys of a menu entry have capitals
    entry.read(ROOT / "resources" / "packaging" / "kdgui.desktop", encoding="utf-8")
    said = entry["Desktop Entry"]
    assert said["Type"] == "Application"
    assert said["Exec"] in PYPROJECT["project"]["scripts"]
    assert said["Name"]
    assert said["Comment[zh_CN]"]
