"""Small files replaced as a whole or not at all, and damaged ones set aside instead of overwritten."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from kdgui.domain.errors import KdguiError
from kdgui.store.paths import make_private_dir

_BINARY = getattr(os, "O_BINARY", 0)


def read_file(path: Path) -> bytes | None:
    """The content, or None where there is no such file. Raises KdguiError("not_readable")."""
    with _told("not_readable", path):
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None


def write_atomically(path: Path, content: bytes, *, private: bool = True) -> None:
    """Replace `path` as a whole: temporary file beside it, fsync, rename.

    Readable by the user only where `private`, else by the group too; the umask may take more away.

    Blocks for the disk. Raises KdguiError("not_saved"): the old file stands as it was then, and no temporary
    file is left.
    """
    with _told("not_saved", path):
        make_private_dir(path.parent)
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
        # An export may be shared with a group, but bills are nobody else's: however wide the umask is.
        mode = 0o600 if private else 0o640
        try:
            with os.fdopen(
                os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, mode), "wb"
            ) as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)


def name_aside(path: Path) -> Path:
    """A free name for a damaged `path`: `settings-damaged-20261123-201530.json`, numbered where taken."""
    stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
    candidate = path.with_name(f"{path.stem}-damaged-{stamp}{path.suffix}")
    number = 1
    while candidate.exists():
        number += 1
        candidate = path.with_name(f"{path.stem}-damaged-{stamp}-{number}{path.suffix}")
    return candidate


def set_aside(path: Path) -> Path:
    """Rename a damaged file so that nothing overwrites it; its new name. Raises KdguiError("not_saved")."""
    aside = name_aside(path)
    with _told("not_saved", path):
        path.rename(aside)
    return aside


def copy_aside(path: Path) -> Path:
    """Copy a file that is damaged in part, before what is sound in it is written anew. Raises KdguiError."""
    aside = name_aside(path)
    write_atomically(aside, read_file(path) or b"")
    return aside


@contextmanager
def _told(code: str, path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise KdguiError(code, detail=str(error), path=path) from error


def _sync_folder(folder: Path) -> None:
    """Make the rename itself durable, where the OS lets a folder be opened (Windows does not)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
