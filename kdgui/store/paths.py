"""Paths: where the data folder and the shipped resources are."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from kdgui.domain.errors import JournalTrouble

HOME_VARIABLE = "KDGUI_HOME"


@dataclass(frozen=True, slots=True)
class Paths:
    """The data folder and the files in it. Nothing is created by asking for a path."""

    home: Path

    @property
    def journal(self) -> Path:
        """The SQLite file with every run and its verdicts."""
        return self.home / "journal.sqlite"

    @property
    def profiles(self) -> Path:
        """The list of sign-in profiles; no secrets in it."""
        return self.home / "profiles.json"

    @property
    def settings(self) -> Path:
        """The settings."""
        return self.home / "settings.json"

    @property
    def refusals(self) -> Path:
        """The clerk's own explanations of refusals; as a rule there is none."""
        return self.home / "refusals.json"

    @property
    def plans(self) -> Path:
        """The folder of the plans, one file each."""
        return self.home / "plans"

    @property
    def log_dir(self) -> Path:
        """The folder of the rotating log."""
        return self.home / "logs"

    @property
    def lock(self) -> Path:
        """The file whose lock says that a window is open on this folder."""
        return self.home / "instance.lock"

    @property
    def instances(self) -> Path:
        """The folder of the programs that work on this folder now, windows and commands."""
        return self.home / "instances"


def find_paths(environ: Mapping[str, str]) -> Paths:
    """The folder named by `KDGUI_HOME`, else the platform's data folder of this user (design section 6)."""
    named = environ.get(HOME_VARIABLE, "").strip()
    if named:
        return Paths(Path(named).expanduser().absolute())
    return Paths(Path(platformdirs.user_data_dir("kdgui", appauthor=False)))


def resources_dir() -> Path:
    """The folder of words, catalogue and icons: inside the package in a wheel, beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "resources"
    return inside if inside.is_dir() else package.parent / "resources"


def make_private_dir(folder: Path) -> None:
    """Create `folder` and its parents; those created are the user's alone (0700 where the OS has modes).

    An existing folder is left as it is. Raises OSError.
    """
    if folder.is_dir():
        return
    make_private_dir(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)


def close_to_others(folder: Path) -> bool:
    """Take the right to write away from others, where an existing data folder gives it; whether it did.

    Whoever can write there could exchange the journal. Nothing to do on Windows, where the profile's own
    rights hold. Raises JournalTrouble: folder_open_to_others, where the folder is somebody else's.
    """
    if os.name != "posix" or not folder.is_dir():
        return False
    mode = stat.S_IMODE(folder.stat().st_mode)
    if not mode & (stat.S_IWGRP | stat.S_IWOTH):
        return False
    try:
        folder.chmod(mode & ~(stat.S_IWGRP | stat.S_IWOTH))
    except OSError as error:
        raise JournalTrouble("folder_open_to_others", str(error), path=folder) from error
    return True
