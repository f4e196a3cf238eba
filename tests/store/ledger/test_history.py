"""What the others did, on a real database: published by one data folder, read by another."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from sqlalchemy import event, text

from kdgui.domain.bills import TargetBill
from kdgui.domain.claims import BillKey, Claim
from kdgui.domain.verdicts import Reason, Row, RunInfo, Verdict, count_verdicts
from kdgui.store.journal.records import RunHeader
from kdgui.store.journal.search import RunFilter
from kdgui.store.ledger.claims import LedgerClaims
from kdgui.store.ledger.history import TeamHistory
from kdgui.store.ledger.ledger import Ledger, Station
from kdgui.store.ledger.publication import Publication, PublishedRow, PublishedRun

CENTRE = "20260101A0b1c2"
START = datetime(2026, 11, 28, 8, tzinfo=UTC)
KEY = BillKey(CENTRE, "PUR_PurchaseOrder", "101", "STK_InStock")


def info(run_id: str, rows: Sequence[Row], user: str = "王芳", minutes: int = 0) -> RunInfo:
    started = START + timedelta(minutes=minutes)
    return RunInfo(
        run_id, started, None, "http://k3/", CENTRE, "小河", user, "", "PUR_PurchaseOrder", "R1",
        "STK_InStock", count_verdicts(rows), alarms=sum(row.alarm for row in rows),
    )  # fmt: skip


def publish(ledger: Ledger, home: str, rows: Sequence[Row], key: str = "", **of_run: object) -> None:
    header = msgspec.json.encode(RunHeader("http://k3/", CENTRE, "小河", "王芳", pc=f"PC-{home}")).decode()
    run = PublishedRun(f"i-{home}", info(rows[0].run_id, rows, **of_run), f"PC-{home}", header)  # type: ignore[arg-type]
    Publication(ledger, home).publish(
        [run], [PublishedRow(f"i-{home}", row, key) for row in rows], datetime.now(UTC)
    )


def row(place: int, verdict: Verdict, *targets: str, run_id: str = "r1", number: str = "") -> Row:
    made = tuple(TargetBill("STK_InStock", str(900 + place), target, "A") for target in targets)
    return Row(run_id, place, number or f"CGDD{place:05}", verdict, bill_id=str(100 + place), targets=made)


def test_what_one_pc_did_the_other_reads(ledger: Ledger) -> None:
    why = Reason.of("rejected", "没有单价", msg_code=9)
    rows = [row(0, Verdict.PUSHED, "CGRK001"), replace(row(1, Verdict.FAILED), reasons=(why,), alarm=True)]
    publish(ledger, "a", rows)

    (run,) = TeamHistory(ledger, "b").find_runs(RunFilter(), 10).runs

    assert (run.run_id, run.user, run.pc, run.data_centre_name) == ("r1@i-a", "王芳", "PC-a", "小河")
    assert (run.counts, run.alarms) == (((Verdict.PUSHED, 1), (Verdict.FAILED, 1)), 1)
    found = TeamHistory(ledger, "b").rows(run.run_id)
    assert [replace(one, run_id="r1") for one in found] == rows
    assert TeamHistory(ledger, "b").run(run.run_id) == run
    assert TeamHistory(ledger, "a").find_runs(RunFilter(), 10).runs == (), "one's own are in the journal"


def test_publishing_again_changes_what_changed(ledger: Ledger) -> None:
    publish(ledger, "a", [row(0, Verdict.SENDING), row(1, Verdict.QUEUED)])
    publish(ledger, "a", [row(0, Verdict.PUSHED, "CGRK001"), row(1, Verdict.SKIPPED)])
    publish(ledger, "a", [row(0, Verdict.PUSHED, "CGRK001"), row(1, Verdict.SKIPPED)])
    history = TeamHistory(ledger, "b")
    assert [one.verdict for one in history.rows("r1@i-a")] == [Verdict.PUSHED, Verdict.SKIPPED]
    assert [hit.row.position for hit in history.find_number("cgrk001").found] == [0]


@pytest.mark.parametrize(
    "text", ["CGDD00002", "cgdd00002", " cgdd00002 ", "00002", "CGRK7", "cgrk777", "％", "'"]
)
def test_a_number_is_found_by_its_head_or_tail(ledger: Ledger, text: str) -> None:
    publish(ledger, "a", [row(place, Verdict.FAILED) for place in range(5)])
    publish(ledger, "c", [row(2, Verdict.PUSHED, "CGRK777", run_id="r2", number="ÄÖ''%_")], minutes=5)
    hits = TeamHistory(ledger, "b").find_number(text)
    wanted = "r2@i-c" if "cgrk" in text.lower() else "r1@i-a"
    found = [(hit.run.run_id, hit.row.position) for hit in hits.found]
    assert found == ([] if text in "％'" else [(wanted, 2)])
    assert hits.exact == (text.strip().lower() in ("cgdd00002", "cgrk777"))


def test_runs_are_filtered_and_paged(ledger: Ledger) -> None:
    for minute in range(5):
        user = "李强" if minute == 3 else "王芳"
        verdict = Verdict.UNSETTLED if minute == 1 else Verdict.PUSHED
        publish(ledger, "a", [row(0, verdict, run_id=f"r{minute}")], user=user, minutes=minute)
    history = TeamHistory(ledger, "b")

    def ids(limit: int = 9, before: RunInfo | None = None, **wanted: object) -> list[str]:
        page = history.find_runs(RunFilter(**wanted), limit, before)  # type: ignore[arg-type]
        return [run.run_id.partition("@")[0] for run in page.runs]

    assert ids() == ["r4", "r3", "r2", "r1", "r0"]
    first = history.find_runs(RunFilter(), 2)
    assert (first.total, ids(2, first.runs[-1])) == (5, ["r2", "r1"])
    assert ids(user="李强") == ["r3"]
    assert ids(verdicts=(Verdict.UNSETTLED,)) == ["r1"]
    assert ids(data_centre_id=CENTRE.upper(), rule_id="R1") == ["r4", "r3", "r2", "r1", "r0"]
    assert ids(data_centre_id="other") == []
    choices = history.choices()
    assert (choices.users, choices.rules) == (("王芳", "李强"), ("R1",))
    assert [book.name for book in choices.books] == ["小河"]


def test_the_end_of_a_row_is_the_end_of_its_claim(ledger: Ledger) -> None:
    mine = LedgerClaims(ledger, Station("i-a", "a", "a", "PC-a"))
    other = LedgerClaims(ledger, Station("i-b", "b", "b", "PC-b"))
    claim = Claim(KEY, "r1", 0, "CGDD", "R1")
    mine.take([claim], {}, "r1", user="王芳", data_centre_id=CENTRE)
    for verdict, held in (
        (Verdict.QUEUED, True), (Verdict.SENDING, True), (Verdict.UNSETTLED, True), (Verdict.PUSHED, False),
    ):  # fmt: skip
        publish(ledger, "a", [row(0, verdict, *["CGRK1"][: not held])], KEY.text)
        state = other.look([KEY], "x")[0][KEY]
        assert (state.holder is not None) is held, verdict
        assert held is False or state.holder.unsettled is True  # nothing was heard of PC-a
    assert state.earlier is not None
    assert state.earlier.numbers == ("CGRK1",)


def test_times_are_the_databases(ledger: Ledger) -> None:
    """A PC whose clock is an hour behind begins its runs when the others see them begin."""
    late = datetime.now(UTC) - timedelta(hours=1)
    run = replace(info("r1", [row(0, Verdict.PUSHED)]), started_at=late)
    Publication(ledger, "a").publish([PublishedRun("i-a", run, "PC", "{}".replace("{}", HEADER))], [], late)
    (seen,) = TeamHistory(ledger, "b").find_runs(RunFilter(), 1).runs
    assert abs((seen.started_at - datetime.now(UTC)).total_seconds()) < 30


HEADER = msgspec.json.encode(RunHeader("http://k3/", CENTRE)).decode()


@pytest.mark.slow
def test_100_000_rows_of_three_pcs_are_paged_and_searched_in_no_time(ledger: Ledger) -> None:
    """And no question reads a whole table of rows or numbers."""
    for home in ("a", "b", "c"):
        for number in range(34):
            run_id = f"{home}{number:03}"
            rows = [
                row(place, Verdict.PUSHED, f"CGRK{home}{number:03}{place:04}", run_id=run_id,
                    number=f"CG{home}{number:03}{place:04}")
                for place in range(1000)
            ]  # fmt: skip
            publish(ledger, home, rows, minutes=number)
    tables = "" if ledger.database.address.kind == "postgresql" else " TABLE kdgui_rows, kdgui_numbers"
    ledger.database.transaction(lambda connection: connection.execute(text(f"ANALYZE{tables}")))
    asked: list[tuple[str, object]] = []
    history = TeamHistory(ledger, "d")

    def note(_c: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        asked.append((statement, parameters))

    questions = {
        "page": lambda: history.find_runs(RunFilter(), 50).runs,
        "user": lambda: history.find_runs(RunFilter(user="王芳", verdicts=(Verdict.FAILED,)), 50),
        "number": lambda: history.find_number("CGb0170500").found,
        "target": lambda: history.find_number("cgrkc0330999").found,
        "tail": lambda: history.find_number("0330999").found,
        "rows": lambda: history.rows("b017@i-b"),
    }
    for question in questions.values():
        question()
    event.listen(ledger.database._engine, "before_cursor_execute", note)
    for name, question in questions.items():
        started = time.perf_counter()
        question()
        assert (time.perf_counter() - started) * 1000 < 100, name
    event.remove(ledger.database._engine, "before_cursor_execute", note)
    assert len(asked) >= len(questions)
    for statement, parameters in asked:
        plan = _plan(ledger, statement, parameters)
        assert not re.search(r"Seq Scan on kdgui_(rows|numbers|claims)", plan), (statement, plan)


def _plan(ledger: Ledger, statement: str, parameters: object) -> str:
    if not statement.lstrip().upper().startswith("SELECT"):
        return ""

    def work(connection):  # type: ignore[no-untyped-def]
        found = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
        lines = [" ".join(map(str, line)) for line in found]
        if ledger.database.address.kind == "mysql":
            scans = [line for line in lines if " ALL " in line and re.search("kdgui_(rows|numbers)", line)]
            lines = [line.replace("ALL", "Seq Scan on kdgui_rows") for line in scans]
        return "\n".join(lines)

    return ledger.database.transaction(work)
