"""Telling a network drive from a disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from kdgui.store.network_drives import drive_type, on_network

MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
server:/export /home nfs4 rw 0 0
/dev/sdb1 /home/wang/local ext4 rw 0 0
//server/share /mnt/公司\\040盘 cifs rw 0 0
tmpfs /tmp tmpfs rw 0 0
broken
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/var/lib", "ext4"),
        ("/home/wang", "nfs4"),
        ("/home/wang/local/kdgui", "ext4"),
        ("/mnt/公司 盘/kdgui", "cifs"),
        ("/tmp", "tmpfs"),
        ("/homestead", "ext4"),
    ],
)
@pytest.mark.skipif(Path("/").drive != "", reason="POSIX paths")
def test_the_closest_mount_counts(folder: str, kind: str) -> None:
    assert drive_type(Path(folder), MOUNTS.splitlines()) == kind


def test_a_later_mount_hides_an_earlier_one() -> None:
    assert drive_type(Path("/data"), ["a / ext4", "b /data nfs", "c /data ext4"]) == "ext4"


def test_this_machine_is_no_network(tmp_path: Path) -> None:
    assert on_network(tmp_path) is False
