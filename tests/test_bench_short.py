"""Of the benchmarks what cannot be noise: requests, commits and bytes a bill, growth, imports at start."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench.one_run import pushed
from tests.bench.server import Server, serving
from tests.bench.start import imported

FEW, MANY = 100, 1000


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving(FEW + MANY) as running:
        yield running


@pytest.mark.slow
def test_a_bill_costs_as_much_among_a_thousand_as_among_a_hundred(server: Server, tmp_path: Path) -> None:
    few = pushed(server, server.take(FEW), tmp_path / "few")
    many = pushed(server, server.take(MANY), tmp_path / "many")
    for cost in ("requests", "commits", "journal_bytes"):
        assert many[cost] / MANY <= few[cost] / FEW, cost
    assert many["requests"] / MANY <= 1.15, "a push each, and a look for every block"
    assert many["commits"] / MANY <= 1.1, "an intent each, and the verdicts of a block together"
    assert many["journal_bytes"] / MANY <= 4000
    # By half: other programs on the machine cost processor time as well, by their use of its caches.
    assert many["cpu"] / MANY <= 1.5 * few["cpu"] / FEW


@pytest.mark.parametrize(
    ("code", "unwanted"),
    [
        (
            "import kdgui.application, kdgui.ui.sign_in.login_dialog",
            (
                "requests",
                "keyring",
                "sqlalchemy",
                "kdgui.practice",
                "kdgui.ui.main_window",
                "kdgui.pushing.services",
            ),
        ),
        ("import kdgui.arguments", ("requests", "msgspec", "sqlite3", "kdgui.bootstrap", "PySide6")),
        (
            "import kdgui.cli.main, kdgui.cli.runs",
            ("requests", "sqlalchemy", "xlsxwriter", "kdgui.practice", "PySide6"),
        ),
    ],
)
def test_what_is_shown_first_waits_for_nothing_else(code: str, unwanted: tuple[str, ...]) -> None:
    loaded = imported(code)
    assert not loaded.intersection(unwanted)
    assert code.rpartition(" ")[2] in loaded
