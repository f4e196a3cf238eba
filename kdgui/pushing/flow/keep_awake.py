"""Keeping the computer awake while a run goes on: best effort, and never a reason not to push."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

GRACE_SECONDS = 2.0


@contextmanager
def kept_awake() -> Iterator[None]:
    """No sleep by itself as long as this lasts. To be left on the thread that entered it."""
    release = _hold()
    try:
        yield
    finally:
        release()


def inhibitor(platform: str = sys.platform, pid: int | None = None) -> tuple[str, ...]:
    """The command that keeps this computer awake until its standard input closes, or this process ends.

    () where there is none: on Windows (which is asked directly), or where the tool is missing.
    """
    if platform == "darwin":
        found = shutil.which("caffeinate")
        return (found, "-i", "-w", str(pid or os.getpid())) if found else ()
    if platform.startswith("linux"):
        found, waiter = shutil.which("systemd-inhibit"), shutil.which("cat")
        if found and waiter:
            # `cat` ends when our end of its pipe closes, however this program ends.
            what = ("--what=sleep:idle", "--who=kdgui", "--why=pushing bills", "--mode=block")
            return (found, *what, waiter)
    return ()


def _hold() -> Callable[[], None]:
    if sys.platform == "win32":
        return _hold_windows()
    command = inhibitor()
    if not command:
        return lambda: None
    try:
        helper = subprocess.Popen(  # noqa: S603 - a tool of the system, nothing of it comes from outside
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return lambda: None
    return lambda: _end(helper)


def _end(helper: subprocess.Popen[bytes]) -> None:
    if helper.stdin is not None:
        with suppress(OSError):
            helper.stdin.close()
    helper.terminate()
    try:
        helper.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        helper.kill()
        helper.wait()


def _hold_windows() -> Callable[[], None]:
    """Ask Windows itself; what is asked holds for this thread."""
    if sys.platform != "win32":
        return lambda: None
    import ctypes

    continuous, system_required = 0x80000000, 0x00000001
    set_state = ctypes.windll.kernel32.SetThreadExecutionState
    set_state(continuous | system_required)

    def release() -> None:
        set_state(continuous)

    return release
