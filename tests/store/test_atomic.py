"""Files that are the old one or the new one, whatever happens in between."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kdgui.domain.errors import KdguiError
from kdgui.store.atomic_files import read_file, write_atomically

KILLED = """
import os, signal, sys
from pathlib import Path
from kdgui.store.atomic_files import write_atomically

at = {"fsync": (os, "fsync"), "replace": (os, "replace"), "write": (os, "fdopen")}[sys.argv[2]]

def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

setattr(*at, die)
write_atomically(Path(sys.argv[1]), b"new" * 1000)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("at", ["write", "fsync", "replace"])
def test_killed_in_the_middle_the_old_file_stands(
    tmp_path: Path, in_process: Callable[..., subprocess.CompletedProcess[str]], at: str
) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(b"old")
    ended = in_process(KILLED, path, at)

    assert ended.returncode == -9, ended.stderr
    assert path.read_bytes() == b"old"


FULL = """
import resource, sys
from pathlib import Path
from kdgui.domain.errors import KdguiError
from kdgui.store.atomic_files import write_atomically

resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_atomically(Path(sys.argv[1]), b"x" * 5000)
except KdguiError as error:
    print(error.code)
"""


@pytest.mark.skipif(os.name == "nt", reason="limits of POSIX")
def test_on_a_full_disk_the_old_file_stands_and_nothing_is_left(
    tmp_path: Path, in_process: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(b"old")

    assert in_process(FULL, path).stdout.split() == ["not_saved"]
    assert [file.name for file in tmp_path.iterdir()] == ["settings.json"]
    assert path.read_bytes() == b"old"


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    assert read_file(tmp_path / "nothing") is None
    with pytest.raises(KdguiError, match="not_readable"):
        read_file(tmp_path)


def test_folders_are_made_on_the_way(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a" / "b" / "c.json", b"{}")

    assert (tmp_path / "a" / "b" / "c.json").read_bytes() == b"{}"
