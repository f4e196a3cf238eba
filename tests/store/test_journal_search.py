"""Searching the journal: numbers and runs, through indexes, also in what older programs wrote."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from operator import methodcaller
from pathlib import Path
from typing import Any

import pytest

from kdgui.domain.bills import TargetBill
from kdgui.domain.orders import PushOptions, RunOrder
from kdgui.domain.verdicts import Verdict
from kdgui.store.journal.journal import Journal
from kdgui.store.journal.records import RunHeader
from kdgui.store.journal.search import MOST_HITS, RunDataCentre, RunFilter

HERE = RunHeader("http://k3/k3cloud/", "dc1", "小河贸易", "demo")
OPTIONS = PushOptions(rule_id="R1", target_form="STK_InStock")


def make_run(
    journal: Journal,
    numbers: tuple[str, ...],
    *,
    header: RunHeader = HERE,
    targets: str = "CGRK",
    verdict: Verdict = Verdict.PUSHED,
    rule_id: str = "R1",
) -> str:
    options = replace(OPTIONS, rule_id=rule_id)
    run_id, rows = journal.start_run(RunOrder("PUR_PurchaseOrder", options, numbers), header)
    done = [
        replace(
            row,
            verdict=verdict,
            targets=(TargetBill("STK_InStock", str(row.position), f"{targets}{row.position:03d}", "A"),)
            if verdict is Verdict.PUSHED
            else (),
        )
        for row in rows
    ]
    journal.write_rows(done)
    return run_id


def found(journal: Journal, text: str) -> list[tuple[str, str]]:
    return [(hit.run.run_id, hit.row.number) for hit in journal.find_number(text).found]


def test_a_bill_is_found_in_every_run_by_its_own_number_and_by_its_targets(journal: Journal) -> None:
    first = make_run(journal, ("CGDD001", "CGDD002"), verdict=Verdict.FAILED)
    second = make_run(journal, ("CGDD002", "CGDD003"))

    assert found(journal, "CGDD002") == [(second, "CGDD002"), (first, "CGDD002")]
    assert found(journal, "CGRK001") == [(second, "CGDD003")]
    assert found(journal, " ｃｇｄｄ００２　") == found(journal, "CGDD002"), "case, width and blanks"
    assert journal.find_number("CGDD002").exact
    assert found(journal, "nothing") == found(journal, "") == found(journal, "%") == []


def test_what_is_no_whole_number_is_found_by_its_head_and_its_tail(journal: Journal) -> None:
    make_run(journal, ("CGDD001", "CGDD002", "XSDD002"), verdict=Verdict.FAILED)

    assert sorted(number for _, number in found(journal, "cgdd")) == ["CGDD001", "CGDD002"]
    assert sorted(number for _, number in found(journal, "002")) == ["CGDD002", "XSDD002"]
    assert not journal.find_number("002").exact


def test_more_than_anybody_reads_is_said(journal: Journal) -> None:
    make_run(journal, tuple(f"CGDD{place:04d}" for place in range(MOST_HITS + 1)), verdict=Verdict.FAILED)
    everything = journal.find_number("CGDD")

    assert (len(everything.found), everything.more) == (MOST_HITS, True)
    assert not journal.find_number("CGDD0001").more


def test_runs_by_when_where_who_and_what(journal: Journal) -> None:
    there = replace(HERE, data_centre_id="dc2", data_centre_name="大河", user="Li")
    one = make_run(journal, ("A", "B"))
    two = make_run(journal, ("A",), header=there, verdict=Verdict.FAILED)
    three = make_run(journal, ("A",), rule_id="R2", verdict=Verdict.UNSETTLED)
    started = {info.run_id: info.started_at for info in journal.runs()}

    def ids(**wanted: Any) -> list[str]:
        page = journal.find_runs(RunFilter(**wanted))
        assert page.total == len(page.runs)
        return [info.run_id for info in page.runs]

    assert ids() == [three, two, one]
    assert ids(data_centre_id="DC2", server=HERE.server.upper()) == [two]
    assert ids(user="li") == [two]
    assert ids(rule_id="r2") == [three]
    assert ids(verdicts=(Verdict.FAILED, Verdict.UNSETTLED)) == [three, two]
    assert ids(alarmed=True) == []
    assert ids(since=started[two]) == [three, two]
    assert ids(until=started[two]) == [one]
    assert ids(since=started[two], until=started[three], user="demo") == []
    page = journal.find_runs(RunFilter(), limit=1, before=three)
    assert (page.runs[0].run_id, page.total, page.runs[0].count(Verdict.FAILED)) == (two, 3, 1)
    choices = journal.run_choices()
    assert choices.books == (
        RunDataCentre(HERE.server, "dc1", "小河贸易"),
        RunDataCentre(HERE.server, "dc2", "大河"),
    )
    assert (choices.users, choices.rules) == (("demo", "Li"), ("R2", "R1"))


@pytest.fixture
def old_path(path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A journal as the version before the index of numbers wrote it, with one run in it."""
    journal = Journal.open(path)
    make_run(journal, ("CGDD001",))
    journal.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP INDEX runs_by_books")
        for column in ("user", "instance"):
            connection.execute(f"ALTER TABLE runs DROP COLUMN {column}")
        for later in ("row_numbers", "wishes", "chains", "steps", "run_workers", "claims"):
            connection.execute(f"DROP TABLE {later}")
        connection.execute("PRAGMA user_version = 2")
    connection.close()
    return path


def test_what_an_older_program_wrote_is_found_as_well(old_path: Path) -> None:
    journal = Journal.open(old_path)

    assert journal.set_aside is None
    assert [number for _, number in found(journal, "CGRK000")] == ["CGDD001"]
    assert journal.find_runs(RunFilter(user="demo")).total == 1
    journal.close()


def test_damage_in_an_older_journal_costs_no_more_than_what_is_damaged(old_path: Path) -> None:
    with closing(sqlite3.connect(old_path)) as connection, connection:
        body = connection.execute("SELECT body FROM rows").fetchone()[0]
        connection.execute("UPDATE rows SET body = ?", (body[:-5],))
    connection.close()

    journal = Journal.open(old_path)

    assert journal.set_aside is not None
    assert [info.user for info in journal.runs()] == ["demo"], "the run is known still"
    assert [number for _, number in found(journal, "CGDD001")] == ["CGDD001"]
    journal.close()


def fill(journal: Journal, runs: int, bills: int) -> None:
    for run in range(runs):
        numbers = tuple(f"CGDD{run:05d}{place:04d}" for place in range(bills))
        make_run(journal, numbers, targets=f"CGRK{run:05d}")


def plans(path: Path, call: Callable[[Journal], object]) -> str:
    """How SQLite goes about the questions that this call asks."""
    journal = Journal.open(path)
    asked: list[str] = []
    journal._file._connection.set_trace_callback(asked.append)
    call(journal)
    journal._file._connection.set_trace_callback(None)
    with closing(sqlite3.connect(path)) as connection, connection:
        lines = [
            record[3]
            for question in asked
            if question.startswith("SELECT")
            for record in connection.execute(f"EXPLAIN QUERY PLAN {question}")
        ]
    connection.close()
    journal.close()
    return "\n".join(lines)


def test_a_number_is_found_without_reading_every_bill(path: Path) -> None:
    journal = Journal.open(path)
    fill(journal, 40, 50)
    journal.close()

    for text in ("CGDD000010001", "CGDD0", "0001"):
        plan = plans(path, methodcaller("find_number", text))
        assert "SEARCH row_numbers USING" in plan
        assert "SCAN" not in plan, plan
    plan = plans(path, lambda journal: journal.find_runs(RunFilter(verdicts=(Verdict.FAILED,))))
    assert "SCAN rows" not in plan, plan


def test_searching_takes_no_longer_in_a_long_history(path: Path) -> None:
    journal = Journal.open(path)
    fill(journal, 100, 100)
    seconds = []
    for call in (
        lambda: journal.find_number("CGDD000500050"),
        lambda: journal.find_number("CGDD"),
        lambda: journal.find_number("050"),
        lambda: journal.find_runs(RunFilter(user="demo", verdicts=(Verdict.FAILED,), alarmed=True)),
        lambda: journal.find_runs(RunFilter(since=datetime.now(UTC) - timedelta(days=1))),
        journal.run_choices,
    ):
        begun = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - begun)
    journal.close()

    assert max(seconds) < 0.1, seconds


def test_a_number_is_found_as_the_grid_would_spell_it(journal: Journal) -> None:
    """Blanks behind a zero-width mark were stored and looked for otherwise than the grid reads them."""
    make_run(journal, ("CGDD1 \u200b",))
    for spelt in ("CGDD1", "cgdd1 \u200b", "\ufeffＣＧＤＤ１"):
        assert len(found(journal, spelt)) == 1, spelt
