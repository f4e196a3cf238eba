"""Runs and rows in the journal: what goes in comes out, in order, and is counted."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kdgui.domain.bills import TargetBill
from kdgui.domain.orders import PushOptions, RunOrder
from kdgui.domain.verdicts import Reason, Row, Verdict
from kdgui.store.journal.journal import Journal
from kdgui.store.journal.records import RunHeader

NOW = datetime(2026, 11, 23, 12, 30, 15, 123456, tzinfo=UTC)


def test_a_new_run_holds_every_row_queued_in_order(
    journal: Journal, order: RunOrder, header: RunHeader
) -> None:
    order = replace(order, numbers=("B", "A", "A", ""))
    run_id, rows = journal.start_run(order, header)

    assert [(row.position, row.number) for row in rows] == [(0, "B"), (1, "A"), (2, "A"), (3, "")]
    assert {row.verdict for row in rows} == {Verdict.QUEUED}
    assert journal.rows(run_id) == rows
    assert journal.order(run_id) == order


def test_run_ids_are_local_time_unique_and_in_order(
    journal: Journal, order: RunOrder, header: RunHeader
) -> None:
    ids = [journal.start_run(order, header)[0] for _ in range(12)]

    assert all(re.fullmatch(r"\d{8}-\d{6}-\d+", run_id) for run_id in ids)
    assert len(set(ids)) == 12
    assert abs(datetime.strptime(ids[-1][:15], "%Y%m%d-%H%M%S").astimezone().timestamp() - time.time()) < 5
    assert [info.run_id for info in journal.runs()] == ids[::-1]


def test_a_run_tells_where_who_and_how_many(journal: Journal, order: RunOrder, header: RunHeader) -> None:
    run_id, rows = journal.start_run(order, header)
    journal.write_rows(
        [
            replace(rows[0], verdict=Verdict.PUSHED, alarm=True),
            replace(rows[1], verdict=Verdict.PUSHED),
        ]
    )
    info = journal.run(run_id)

    assert info is not None
    assert (info.count(Verdict.PUSHED), info.count(Verdict.QUEUED), info.total) == (2, 1, 3)
    assert info.alarms == 1
    assert (info.server, info.data_centre_name, info.user) == (header.server, "小河贸易", "demo")
    assert (info.form_id, info.rule_id, info.target_form) == (
        "PUR_PurchaseOrder",
        "PUR_PurchaseOrder-STK_InStock",
        "STK_InStock",
    )
    assert info.started_at.tzinfo is not None
    assert info.ended_at is None
    assert journal.runs() == (info,)


def test_the_end_of_a_run_is_kept(journal: Journal, order: RunOrder, header: RunHeader) -> None:
    run_id, _ = journal.start_run(order, header)
    journal.finish_run(run_id, "stopped")
    info = journal.run(run_id)

    assert info is not None
    assert info.ended_at is not None
    assert info.ended_at >= info.started_at
    assert [event.what for event in journal.events(run_id)] == ["started", "finished"]


def test_runs_are_paged_from_the_newest(journal: Journal, order: RunOrder, header: RunHeader) -> None:
    ids = [journal.start_run(order, header)[0] for _ in range(5)]

    first = journal.runs(limit=2)
    second = journal.runs(limit=2, before=first[-1].run_id)

    assert [info.run_id for info in (*first, *second)] == [ids[4], ids[3], ids[2], ids[1]]


def test_what_is_not_there(journal: Journal) -> None:
    assert journal.run("20260101-000000-1") is None
    assert journal.rows("20260101-000000-1") == ()
    assert journal.runs() == ()
    with pytest.raises(KeyError):
        journal.order("20260101-000000-1")


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
reasons = st.builds(
    Reason,
    code=texts,
    values=st.lists(st.tuples(texts, texts), max_size=3).map(tuple),
    said=texts,
    msg_code=st.none() | st.integers(0, 99),
)
moments = st.none() | st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1)).map(  # noqa: DTZ001 - made aware at once
    lambda moment: moment.replace(tzinfo=UTC)
)
states = st.fixed_dictionaries(
    {
        "verdict": st.sampled_from(Verdict),
        "bill_id": texts,
        "targets": st.lists(
            st.builds(TargetBill, texts, texts, texts, st.none() | st.sampled_from("ZABCD")), max_size=3
        ).map(tuple),
        "reasons": st.lists(reasons, max_size=3).map(tuple),
        "notes": st.lists(reasons, max_size=3).map(tuple),
        **{name: st.booleans() for name in ("checked", "presumed", "alarm", "partial", "by_hand")},
        "asked_at": moments,
        "quiet_until": moments,
    }
)


@given(st.lists(states, min_size=3, max_size=3))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_row_comes_back_as_it_was_written(
    journal: Journal, order: RunOrder, header: RunHeader, changes: list[dict[str, Any]]
) -> None:
    run_id, rows = journal.start_run(order, header)
    changed = tuple(replace(row, **change) for row, change in zip(rows, changes, strict=True))
    journal.write_rows(changed[::-1])

    assert journal.rows(run_id) == changed


def test_rows_survive_the_program(path: Path, order: RunOrder, header: RunHeader) -> None:
    journal = Journal.open(path)
    run_id, rows = journal.start_run(order, header)
    row = replace(
        rows[1], verdict=Verdict.UNSETTLED, asked_at=NOW, reasons=(Reason.of("no_answer", cause="reset"),)
    )
    journal.write_rows((row,))
    journal.close()

    again = Journal.open(path)
    assert again.rows(run_id)[1] == row
    again.close()


def test_the_audit_trail_tells_every_change(journal: Journal, order: RunOrder, header: RunHeader) -> None:
    run_id, rows = journal.start_run(order, header)
    target = TargetBill("STK_InStock", "7", "CGRK7", "A")
    journal.write_rows((replace(rows[0], verdict=Verdict.PUSHED, targets=(target,)),))
    refused = Reason.of("server_said", "没有可下推的数据", 11)
    journal.write_rows((replace(rows[1], verdict=Verdict.FAILED, reasons=(refused,)),), event="answered")

    first, second = journal.events(run_id, 0), journal.events(run_id, 1)
    assert [event.what for event in first] == ["pushed"]
    assert "STK_InStock 7 CGRK7 A" in first[0].data
    assert [event.what for event in second] == ["answered"]
    assert "没有可下推的数据" in second[0].data
    assert first[0].at <= second[0].at


def test_a_row_that_was_never_started_is_a_bug(journal: Journal, order: RunOrder, header: RunHeader) -> None:
    run_id, rows = journal.start_run(order, header)
    stranger = Row(run_id, 99, "X", Verdict.PUSHED)
    with pytest.raises(KeyError):
        journal.write_rows((replace(rows[0], verdict=Verdict.PUSHED), stranger))

    assert journal.rows(run_id) == rows


def test_nothing_to_write_is_no_trouble(journal: Journal) -> None:
    journal.write_rows(())


def test_ten_thousand_rows_start_within_a_second(
    journal: Journal, order: RunOrder, header: RunHeader
) -> None:
    numbers = tuple(f"CGDD{number:06d}" for number in range(10_000))
    begin = time.perf_counter()
    run_id, rows = journal.start_run(replace(order, numbers=numbers), header)
    started = time.perf_counter() - begin

    assert len(rows) == 10_000
    assert started < 1.0
    assert tuple(row.number for row in journal.rows(run_id)) == numbers


def test_memory_keeps_the_last_word(journal: Journal) -> None:
    assert journal.recall("lens", "a") is None
    journal.remember("lens", "a", '{"entry":"FEntity"}')
    journal.remember("lens", "a", '{"entry":"FInStockEntry"}')
    journal.remember("other", "a", "1")

    assert journal.recall("lens", "a") == '{"entry":"FInStockEntry"}'
    assert journal.recall("lens", "b") is None


def test_the_unsent_grid_is_kept(path: Path) -> None:
    journal = Journal.open(path)
    assert journal.load_draft("grid") is None
    journal.save_draft("grid", "CGDD000001\n=1+1\n＃")
    journal.close()

    again = Journal.open(path)
    assert again.load_draft("grid") == "CGDD000001\n=1+1\n＃"
    assert again.recall("lens", "grid") is None
    again.close()


def test_an_older_program_reads_politely(journal: Journal, order: RunOrder, header: RunHeader) -> None:
    """Keys that a later version of the same schema adds are ignored."""
    run_id, rows = journal.start_run(replace(order, options=PushOptions(rule_id="R")), header)
    with journal._file.writing() as connection:
        connection.execute(
            "UPDATE rows SET body = json_set(body, '$.mood', 'good', '$.more', json('[1]')) WHERE run_id = ?",
            (run_id,),
        )
        connection.execute("UPDATE runs SET header = json_set(header, '$.mood', 'good')")

    assert journal.rows(run_id) == rows
    assert journal.runs()[0].user == "demo"


def test_a_hundred_thousand_bills_are_counted_and_searched_at_once(
    journal: Journal, order: RunOrder, header: RunHeader
) -> None:
    for run in range(20):
        numbers = tuple(f"{run}-{place}" for place in range(5_000))
        _, rows = journal.start_run(replace(order, numbers=numbers), header)
        journal.write_rows([replace(rows[0], verdict=Verdict.PUSHED, bill_id=str(run))])
    push = (header.data_centre_id, order.form_id, order.options.rule_id, "")

    begin = time.perf_counter()
    runs = journal.runs()
    earlier = journal.earlier(*push, map(str, range(2_000)))
    open_now = (journal.open_requests(), journal.slowest("R"))
    seconds = time.perf_counter() - begin

    assert sum(info.total for info in runs) == 100_000
    assert len(earlier) == 20
    assert open_now == ((), 0.0)
    assert seconds < 1.0
