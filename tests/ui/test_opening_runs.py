"""Opening a run of 20,000 rows: nothing stutters, and what the digest found stays true while rows change."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from kdgui.domain.bills import TargetBill
from kdgui.domain.verdicts import Reason, Row, Verdict
from kdgui.pushing.engine import PushEngine
from kdgui.store.messages.words import Words
from kdgui.ui import main_window
from kdgui.ui.main_window import MainWindow
from kdgui.ui.results.results_model import ResultsModel
from kdgui.ui.results.row_actions import RowPlaces
from kdgui.ui.results.run_digest import Tab, digest_of
from kdgui.ui.run.open_work import RunShown
from tests.ui.heart import Heart

ROWS = 20_000
KINDS = (*[Verdict.PUSHED] * 7, Verdict.FAILED, Verdict.SKIPPED, Verdict.UNSETTLED)


def row(run_id: str, place: int, verdict: Verdict | None = None) -> Row:
    verdict = verdict or KINDS[place % len(KINDS)]
    merged = place // 50
    targets = (TargetBill("STK_InStock", str(merged), f"CGRK{merged:06d}", "A"),)
    why = (Reason.of("not_approved"),)
    return Row(
        run_id,
        place,
        f"CGDD{place:06d}",
        verdict,
        targets=targets if verdict is Verdict.PUSHED else (),
        reasons=why if verdict is Verdict.FAILED else (),
    )


@pytest.fixture
def window(engine: PushEngine, chinese: Words, qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    window = MainWindow(engine, chinese, geometry_file=tmp_path / "window.ini")
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    yield window
    window.results.show_run([])  # 20,000 rows would be looked through by every later collection


def shows(model: ResultsModel, wanted: Row) -> bool:
    return model.shown[5:6] == (wanted,)


def test_a_run_of_twenty_thousand_rows_opens_without_a_stutter(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetch(_engine: PushEngine, run_id: str) -> RunShown:
        return RunShown(digest_of([row(run_id, place) for place in range(ROWS)]), here=True)

    monkeypatch.setattr(main_window, "fetch_run", fetch)
    model, tabs = window.results.model, window.results.tabs
    with Heart() as heart:
        for run_id in ("a", "b", "c"):
            window.open_run(run_id)
            qtbot.waitUntil(partial(shows, model, row(run_id, 5)), timeout=20_000)
            for tab in (Tab.HANDS, Tab.PUSHED, Tab.ALL):
                tabs.setCurrentIndex(tab)
            window.results.search("cgrk0001")
            assert {each.targets[0].number[:8] for each in model.shown} == {"CGRK0001"}
            window.results.search("")
            qtbot.wait(100)
    assert model.counts() == (ROWS, ROWS // 10 * 2, ROWS // 10 * 7, ROWS // 10)
    heart.assert_calm()


def test_what_was_judged_once_follows_every_change(chinese: Words) -> None:
    model = ResultsModel(lambda: chinese)
    model.show_rows([row("a", place) for place in range(20)])
    assert len(model.offers.failed) == 2
    model.update_rows([row("a", 7, Verdict.PUSHED), row("a", 0, Verdict.FAILED)])
    model.search("CGRK000000")
    fresh = digest_of(model.rows)
    assert (model.counts(), model.offers) == (tuple(fresh.counts), RowPlaces(model.rows).actions(model.rows))
    assert [each.position for each in model.shown] == [1, 2, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 15, 16]
    assert len(model.together(model.rows[7])) == 13
