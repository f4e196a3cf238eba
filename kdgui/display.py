"""Whether a window can be shown here; asked before Qt is, which would abort without a sentence."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from kdgui.domain.errors import KdguiError

_CONNECT_SECONDS = 2.0


def display_trouble(environ: Mapping[str, str]) -> KdguiError | None:
    """Why no window can be shown: display_missing, display_silent, libraries_missing; None where it can.

    On Windows and macOS there is always a display. Blocks for two seconds at most.
    """
    if importlib.util.find_spec("PySide6") is None:
        return KdguiError("libraries_missing", "PySide6")
    if not sys.platform.startswith("linux"):
        return None
    platform = environ.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if platform in ("offscreen", "minimal", "vnc"):
        return _library_trouble("")
    display, wayland = environ.get("DISPLAY", ""), environ.get("WAYLAND_DISPLAY", "")
    if not (display or wayland):
        return KdguiError("display_missing")
    wayland_there = bool(wayland) and _wayland_socket(wayland, environ).exists()
    if not wayland_there and not (display and _answers(display)):
        return KdguiError("display_silent", display=display or wayland)
    return _library_trouble("" if wayland_there else "xcb")


def _wayland_socket(name: str, environ: Mapping[str, str]) -> Path:
    return Path(environ.get("XDG_RUNTIME_DIR", "")) / name


def _answers(display: str) -> bool:
    """Whether an X server takes a connection there: `:0`, `host:10.0`."""
    host, _, number = display.rpartition(":")
    screen = number.partition(".")[0]
    if not screen.isdigit():
        return False
    if host in ("", "unix"):
        path = f"/tmp/.X11-unix/X{screen}"  # noqa: S108 - where every X server listens
        return any(_connects(address) for address in (path, f"\0{path}"))
    try:
        with socket.create_connection((host, 6000 + int(screen)), _CONNECT_SECONDS):
            return True
    except OSError:
        return False


def _connects(address: str) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(_CONNECT_SECONDS)
        try:
            probe.connect(address)
        except OSError:
            return False
    return True


def _library_trouble(plugin: str) -> KdguiError | None:
    """Which library of the system is missing that Qt, or its `plugin` for the display, needs."""
    try:
        from PySide6.QtCore import QLibraryInfo
        from PySide6.QtWidgets import QApplication  # noqa: F401 - it needs libGL
    except ImportError as error:
        return KdguiError("libraries_missing", str(error))
    folder = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)) / "platforms"
    try:
        if plugin:
            ctypes.CDLL(os.fspath(folder / f"libq{plugin}.so"))
    except OSError as error:
        return KdguiError("libraries_missing", str(error))
    return None
