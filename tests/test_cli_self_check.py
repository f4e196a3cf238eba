"""`kdgui self-check` and a start without a display: sentences and exit codes, never an abort."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from kdgui.display import display_trouble
from kdgui.store.paths import Paths

from .test_cli import ROOT, kdgui


def test_everything_is_looked_at_without_a_server(kdgui_home: Path) -> None:
    code, lines, said = kdgui("self-check", "--json")
    states = {str(line["code"]): line["state"] for line in lines}
    assert {"qt", "fonts", "key_store", "certificates", "proxy", "data_folder", "journal", "clock"} <= set(
        states
    )
    assert (code, "bad" in states.values()) == (0, False), said
    assert not Paths(kdgui_home).journal.exists(), "looking makes nothing"


def test_what_is_bad_makes_it_1(kdgui_home: Path) -> None:
    kdgui_home.mkdir()
    Paths(kdgui_home).journal.write_bytes(b"no database at all" * 100)
    code, lines, _ = kdgui("self-check", "--json")
    assert (code, [line["code"] for line in lines if line["state"] == "bad"]) == (1, ["journal"])


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
@pytest.mark.parametrize(("display", "says"), [("", "DISPLAY"), (":4242", ":4242"), ("nonsense", "nonsense")])
def test_without_a_display_there_is_a_sentence_and_a_code(display: str, says: str) -> None:
    environ = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    done = subprocess.run(
        [sys.executable, "-m", "kdgui"],
        env=environ | ({"DISPLAY": display} if display else {}),
        capture_output=True, check=False, encoding="utf-8", cwd=ROOT, timeout=60,
    )  # fmt: skip
    assert (done.returncode, says in done.stderr) == (8, True), done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
def test_a_socket_that_answers_is_a_display(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as compositor:
        compositor.bind(str(tmp_path / "wayland-9"))
        environ = {"WAYLAND_DISPLAY": "wayland-9", "XDG_RUNTIME_DIR": str(tmp_path)}
        assert display_trouble(environ) is None
    trouble = display_trouble({"WAYLAND_DISPLAY": "wayland-8", "XDG_RUNTIME_DIR": str(tmp_path)})
    assert trouble is not None
    assert trouble.code == "display_silent"
