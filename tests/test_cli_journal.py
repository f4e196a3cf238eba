"""The journal as a script meets it: lost, damaged or moved away while a push goes on."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from .test_cli import Account, _started, _wait_for_posts, account, kdgui, served

__all__ = ["account", "served"]


@pytest.mark.parametrize(
    "harm",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"?" * 999),
    ],
)
def test_a_lost_journal_stops_scripts_until_somebody_acknowledges_it(
    account: Account, kdgui_home: Path, harm: Callable[[Path], None]
) -> None:
    numbers = account.examples()["open"][:2]
    account.turn(blind_forms="STK_InStock", no_quantities=True)
    kdgui(*account.push_command("--json", "--settle-seconds", "0"), numbers=numbers[:1])
    harm(kdgui_home / "journal.sqlite")
    for _ in range(2):
        code, _, said = kdgui(*account.push_command(), numbers=numbers)
        assert (code, "kdgui journal acknowledge" in said) == (5, True), said
    assert sum(account.executions().values()) <= 1
    code, _, said = kdgui("journal", "acknowledge")
    assert (code, "已确认" in said) == (0, True), said
    assert "没有需要确认的" in kdgui("journal", "acknowledge")[2]
    account.turn(blind_forms="", no_quantities=False)
    code, lines, _ = kdgui(*account.push_command("--json"), numbers=numbers[1:])
    assert (code, lines[0]["verdict"]) == (0, "pushed")


def renamed(home: Path) -> None:
    home.rename(home.with_name("renamed"))


@pytest.mark.parametrize("remove", [renamed, shutil.rmtree])
def test_a_data_folder_that_goes_away_stops_the_run(
    account: Account, kdgui_home: Path, tmp_path: Path, remove: Callable[[Path], None]
) -> None:
    numbers = account.examples()["open"][:8]
    account.turn(slow={"probability": 1, "seconds": 0.3})
    with _started(account, tmp_path, numbers) as process:
        _wait_for_posts(account, 2)
        remove(kdgui_home)
        at_most = len(account.ledger()["posts"]) + 1
        assert process.wait(60) == 5
    assert len(account.ledger()["posts"]) <= at_most
    time.sleep(0.4)
    assert set(account.executions().values()) == {1}
