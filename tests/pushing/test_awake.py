"""Keeping awake: the right tool is held while a run goes; a missing one is no trouble."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from kdgui.pushing.flow.keep_awake import inhibitor, kept_awake


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A systemd-inhibit that does what it is asked to do meanwhile, and nothing else."""
    script = tmp_path / "systemd-inhibit"
    script.write_text('#!/bin/sh\nwhile [ "${1#--}" != "$1" ]; do shift; done\nexec "$@"\n')
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return script


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the tool of Linux")
def test_a_missing_tool_is_no_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert inhibitor() == ()
    with kept_awake():
        pass


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the tool of Linux")
def test_the_tool_is_asked_for_sleep_and_gone_afterwards(tool: Path) -> None:
    command = inhibitor()
    assert command[0] == str(tool)
    assert "--what=sleep:idle" in command
    before = _children()
    with kept_awake():
        children = _children() - before
        assert children
    assert not children & _children()


def _children() -> set[int]:
    """Processes of ours that are alive, zombies left out."""
    mine = os.getpid()
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == mine and fields[0] != "Z":
                found.add(int(entry.name))
    return found


def test_every_platform_has_its_tool(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    assert inhibitor("darwin", 77) == ("/usr/bin/caffeinate", "-i", "-w", "77")
    assert inhibitor("linux")[0] == "/usr/bin/systemd-inhibit"
    assert inhibitor("win32") == ()
