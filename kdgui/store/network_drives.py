"""Whether a folder lies on a network drive, where SQLite's locks and fsync promise nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

_NETWORK_TYPES = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "fuse.sshfs"})
_MOUNTS = Path("/proc/mounts")
_WINDOWS_REMOTE = 4  # DRIVE_REMOTE of GetDriveTypeW


def on_network(folder: Path) -> bool:
    """Whether `folder` lies on a network drive, as far as the system tells; False where it does not."""
    if sys.platform == "win32":
        import ctypes

        anchor = folder.absolute().anchor
        return anchor.startswith("\\\\") or ctypes.windll.kernel32.GetDriveTypeW(anchor) == _WINDOWS_REMOTE
    try:
        lines = _MOUNTS.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    return drive_type(folder.resolve(), lines) in _NETWORK_TYPES


def drive_type(folder: Path, mounts: Iterable[str]) -> str:
    """The type of the file system that holds `folder`, from lines like those of /proc/mounts; "" for none."""
    best: tuple[int, str] = (0, "")
    for fields in (line.split() for line in mounts):
        if len(fields) < 3:
            continue
        point = Path(fields[1].replace("\\040", " "))
        # A later line hides an earlier one at the same place.
        if folder.is_relative_to(point) and len(point.parts) >= best[0]:
            best = (len(point.parts), fields[2])
    return best[1]
