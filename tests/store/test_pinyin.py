"""Names found by how they are spoken, and the table of readings as the library makes it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from kdgui.store.paths import resources_dir
from kdgui.store.pinyin import spoken_at


@pytest.mark.parametrize(
    ("word", "name", "place"),
    [
        ("cgdd", "采购订单", 0),
        ("caigoudingdan", "采购订单", 0),
        ("caigoudd", "采购订单", 0),
        ("caigoudin", "采购订单", 0),
        ("dd", "采购订单", 2),
        ("cgdx", "采购订单", -1),
        ("cxd", "重新单", 0),  # 重 is chong here and zhong elsewhere
        ("zld", "重量单", 0),
        ("hd", "银行单", 1),
        ("xd", "行动", 0),
        ("lvs", "绿色", 0),
        ("xsckd", "销售出库单（标准）", 0),
        ("b2bdd", "B2B 订单", -1),  # only letters are spoken
        ("采", "采购订单", -1),
    ],
)
def test_a_name_is_found_by_initials_in_full_or_mixed(word: str, name: str, place: int) -> None:
    assert spoken_at(word, name) == place


def test_the_table_of_readings_is_the_one_that_the_library_makes() -> None:
    script = resources_dir() / "update_pinyin.py"
    done = subprocess.run(
        [sys.executable, str(script), "--check"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")
