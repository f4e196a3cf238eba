"""Lines of a form that has two entries of them: what is not in the usual one is known all the same."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import pytest

from kdgui.domain.orders import PushOptions, RunOrder
from kdgui.domain.verdicts import Row, Verdict
from kdgui.k3cloud.business_info import BusinessInfo, EntryInfo, FieldInfo
from kdgui.k3cloud.session import Session
from kdgui.practice.rules import PLAN_RULE
from kdgui.pushing.flow.observer import NullObserver
from kdgui.pushing.flow.run_control import RunControl
from kdgui.pushing.schema.form_schema import lines_described, main_of

from .conftest import QUIET, Bench

ORDERS, LINES, PLAN = "SAL_SaleOrder", "FSaleOrderEntry", "FSaleOrderPlan"
Ids = list[str]


def ids(bench: Bench, number: str, entry: str) -> Ids:
    """Entry ids of one bill in one entry, in order."""
    with bench.engine.connection.own_connection() as line:
        key = f"{entry}_FEntryID"
        return [str(cell) for (cell,) in line.session.query(ORDERS, (key,), f"FBillNo='{number}'", order=key)]


def books(bench: Bench) -> sqlite3.Connection:
    return bench.server._centres.numbered("001").books.connection


def push(
    bench: Bench, numbers: tuple[str, ...], *lines: tuple[int, Ids], rule: str = PLAN_RULE
) -> tuple[Row, ...]:
    order = RunOrder(
        ORDERS, PushOptions(rule_id=rule), numbers, quiet_seconds=QUIET, timeout=5,
        lines=tuple((position, tuple(entries)) for position, entries in lines),
    )  # fmt: skip
    return bench.engine.journal.rows(bench.engine.runs.run(order, RunControl(), NullObserver()).run_id)


@pytest.fixture
def numbers(bench: Bench) -> tuple[str, ...]:
    return tuple(bench.server.examples()[ORDERS]["open_many_lines"][:3])


@pytest.fixture
def line_questions(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Filters by entry id that were asked of the orders."""
    asked: list[str] = []
    real: Callable[..., list[tuple[object, ...]]] = Session.query

    def query(
        self: Session, form_id: str, keys: tuple[str, ...], filter_string: str = "", **more: object
    ) -> object:
        if form_id == ORDERS and "_FEntryID in" in filter_string:
            asked.append(filter_string.partition(" ")[0])
        return real(self, form_id, keys, filter_string, **more)

    monkeypatch.setattr(Session, "query", query)
    return asked


def test_a_line_of_the_second_entry_is_pushed_alone(
    bench: Bench, numbers: tuple[str, ...], line_questions: Ids
) -> None:
    first, second, third = (ids(bench, number, PLAN) for number in numbers)
    rows = push(bench, numbers, (0, first[:1]), (1, second), (2, third[1:]))
    assert [row.verdict for row in rows] == [Verdict.PUSHED] * 3, [row.reasons for row in rows]
    assert not any(row.partial or row.alarm for row in rows)
    pages = [key for key, before in zip(line_questions, ["", *line_questions], strict=False) if key != before]
    assert pages == [f"{LINES}_FEntryID", f"{PLAN}_FEntryID"], "one for each entry and block"
    table, plan = "a_AR_RECEIVEBILL_FRECEIVEBILLSRCENTRY_LK", "T_SAL_ORDERPLAN"
    links = books(bench).execute(f'SELECT FSId FROM "{table}" WHERE FSTableName = ?', (plan,))
    pushed = {str(line) for (line,) in links}
    assert pushed == {*first[:1], *second, *third[1:]}
    again = push(bench, numbers[:1], (0, first[:1]))
    assert [reason.code for reason in again[0].reasons] == ["lines_pushed"]
    assert push(bench, numbers[:1], (0, first[1:]))[0].verdict is Verdict.PUSHED, "the other instalment"


def test_nothing_is_asked_where_no_line_of_it_is_wanted(
    bench: Bench, numbers: tuple[str, ...], line_questions: Ids
) -> None:
    lines = ids(bench, numbers[0], LINES)
    rows = push(bench, numbers[:2], (0, lines[:2]), rule="SaleOrder-OutStock")
    assert [row.verdict for row in rows] == [Verdict.PUSHED] * 2
    assert not rows[1].partial, "lines of the plan are no lines that were left out"
    assert line_questions == []


def test_a_line_that_may_be_another_bills_is_not_pushed(bench: Bench, numbers: tuple[str, ...]) -> None:
    (wanted, other), unknown = ids(bench, numbers[0], PLAN), "987654321"
    stranger = ids(bench, numbers[1], LINES)[0]
    with bench.server._centres.numbered("001").books.vault.transaction() as connection:
        connection.execute(f'UPDATE "a_{ORDERS}_{LINES}" SET id = {wanted} WHERE id = {stranger}')
    elsewhere = ids(bench, numbers[2], PLAN)[0]
    for entry in (wanted, unknown, elsewhere):
        (row,) = push(bench, numbers[:1], (0, [entry]))
        assert row.verdict is Verdict.SKIPPED
        assert [(reason.code, dict(reason.values)) for reason in row.reasons] == [
            ("lines_unknown", {"ids": entry})
        ]
    assert not bench.server.posts()
    assert push(bench, numbers[:1], (0, [other]))[0].verdict is Verdict.PUSHED


def test_a_check_knows_them_too(bench: Bench, numbers: tuple[str, ...]) -> None:
    plan = ids(bench, numbers[0], PLAN)
    order = RunOrder(ORDERS, PushOptions(rule_id=PLAN_RULE), numbers[:1], lines=((0, tuple(plan[:1])),))
    (found,) = bench.engine.inspection.check(order, RunControl()).findings
    assert (found.ok, found.left) == (True, None), (
        "what is left of the other entry says nothing about this one"
    )


def test_lines_of_either_entry_lead_back_to_their_bills(bench: Bench, numbers: tuple[str, ...]) -> None:
    line, plan = ids(bench, numbers[0], LINES)[1], ids(bench, numbers[1], PLAN)[0]
    found = bench.engine.inspection.lines_found(
        RunOrder(ORDERS, PushOptions(rule_id=PLAN_RULE), ()), (plan, line, "987654321")
    )
    assert {bill.number: entries for bill, entries in found.bills} == {
        numbers[0]: (line,),
        numbers[1]: (plan,),
    }
    assert found.missing == ("987654321",)


@pytest.mark.parametrize("bench", [{"no_business_info": True}], indirect=True, ids=str)
def test_a_form_that_is_not_described_has_its_usual_lines(bench: Bench, numbers: tuple[str, ...]) -> None:
    lines = ids(bench, numbers[0], LINES)
    (row,) = push(bench, numbers[:1], (0, lines[3:5]), rule="SaleOrder-OutStock")
    assert row.verdict is Verdict.PUSHED


def test_the_usual_entry_is_the_one_that_tells_what_is_left_wherever_it_stands() -> None:
    def entry(key: str, *fields: str) -> EntryInfo:
        return EntryInfo(key, fields=tuple(map(FieldInfo, fields)))

    clauses, plan = entry("FClause", "FText"), entry("FPlan", "FRecAdvanceAmount")
    lines = entry("FLines", "FMaterialId", "FQty", "FLinkQty")
    info = BusinessInfo("X", entries=(entry("FBillHead"), clauses, plan, lines))
    assert [listed.entry for listed in lines_described(info)] == ["FPlan", "FLines"]
    usual = main_of(lines_described(info))
    assert usual is not None
    assert usual.entry == "FLines"
