"""What a check costs, and that asking for two things at once finds what asking twice would find."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence

import pytest

from kdgui.domain.errors import ConnectionTrouble
from kdgui.domain.orders import PushOptions, RunOrder
from kdgui.domain.verdicts import Row
from kdgui.k3cloud.session import Session
from kdgui.practice.rules import PLAN_RULE
from kdgui.pushing.flow.run_control import RunControl
from kdgui.pushing.inspect import check_reads, inspection
from kdgui.pushing.inspect.check import CheckReport
from kdgui.pushing.inspect.check_reads import CheckReader
from kdgui.pushing.schema.form_schema import FormSchema

from .conftest import FORM, RULE, Bench


def check(bench: Bench, numbers: tuple[str, ...], form: str = FORM, rule: str = RULE) -> CheckReport:
    return bench.engine.inspection.check(RunOrder(form, PushOptions(rule_id=rule), numbers), RunControl())


def every_example(bench: Bench, form: str = FORM) -> tuple[str, ...]:
    numbers = [number for found in bench.server.examples()[form].values() for number in found]
    return (*numbers, numbers[0], numbers[1].lower(), "没有这张单", "", "x" * 500, "with\x00nul")


def entry_id(bench: Bench, form: str, number: str) -> str:
    """The first line of this order."""
    with bench.engine.connection.own_connection() as line:
        key = "FSaleOrderEntry_FEntryID"
        return str(line.session.query(form, (key,), f"FBillNo='{number}'", order=key)[0][0])


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each form was asked for a page."""
    found: Counter[str] = Counter()
    real: Callable[..., list[tuple[object, ...]]] = Session.query

    def query(self: Session, form_id: str, keys: object, where: str = "", **named: object) -> object:
        found[form_id] += 1
        found["by line"] += "_FEntryID in" in where
        return real(self, form_id, keys, where, **named)

    monkeypatch.setattr(Session, "query", query)
    return found


def test_a_block_of_150_is_two_questions(bench: Bench, asked: Counter[str]) -> None:
    numbers = bench.pushable(60)
    check(bench, numbers)
    asked.clear()
    check(bench, numbers)
    assert asked["STK_InStock"] <= 2, "and a look for a next page where none was longer before"
    assert (asked[FORM] <= 3, sum(asked.values()) <= 5) == (True, True), asked


@pytest.mark.parametrize(
    "bench",
    [
        {},
        {"two_orgs": True},
        {"case_blind": True},
        {"short_pages": 7},
        {"ids_as_text": True},
        {"no_business_info": True},
        {"hidden_fields": "FCloseStatus,FFreezeStatus"},
        {"no_quantities": True},
    ],
    indirect=True,
    ids=str,
)
def test_two_things_at_once_are_found_as_if_asked_twice(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = every_example(bench)
    check(bench, numbers)  # what a check learns is learnt
    at_once = check(bench, numbers)
    monkeypatch.setattr(CheckReader, "_at_once", lambda *_: None)
    assert at_once == check(bench, numbers)


def test_many_chunks_read_side_by_side_are_found_as_if_read_one_by_one(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = every_example(bench)
    check(bench, numbers)
    alone = check(bench, numbers)
    for module in (check_reads, inspection):
        monkeypatch.setattr(module, "CHUNK", 2)
    assert check(bench, numbers) == alone


def test_what_cannot_be_read_beside_is_read_alone(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = every_example(bench)
    check(bench, numbers)
    alone = check(bench, numbers)
    for module in (check_reads, inspection):
        monkeypatch.setattr(module, "CHUNK", 2)
    read, failed = CheckReader.read, []

    def broken(reader: CheckReader, rows: Sequence[Row]) -> check_reads.ChunkRead:
        if threading.current_thread().name.startswith("kdgui-check"):
            failed.append(rows)
            raise ConnectionTrouble("timeout")
        return read(reader, rows)

    monkeypatch.setattr(CheckReader, "read", broken)
    assert check(bench, numbers) == alone
    assert len(failed) == 2, "each of the two gives up at once"


def test_columns_that_went_are_found_out_about(bench: Bench) -> None:
    numbers = every_example(bench)
    check(bench, numbers)
    bench.server.turn({"hidden_fields": "FCloseStatus,FFreezeStatus"})
    report = check(bench, numbers)
    assert {"closed_untold", "frozen_untold"} <= {reason.code for reason in report.unchecked}
    assert len(report.findings) == len(numbers)
    assert report == check(bench, numbers)


def test_where_they_look_at_different_lines_each_asks_for_its_own(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, asked: Counter[str]
) -> None:
    form = "SAL_SaleOrder"
    numbers = tuple(bench.server.examples()[form]["open"][:9])
    before = check(bench, numbers, form, PLAN_RULE)
    plan = property(lambda schema: next(e for e in schema.entries if e.entry == "FSaleOrderPlan"))
    monkeypatch.setattr(FormSchema, "main", plan)
    line = entry_id(bench, form, numbers[0])
    asked.clear()
    order = RunOrder(form, PushOptions(rule_id=PLAN_RULE), numbers, lines=((0, (line,)),))
    assert bench.engine.inspection.check(order, RunControl()).findings[0].reason is None
    assert asked["by line"] == 0, (
        "the guard knows the lines of its own entry, nobody had to be asked whose it is"
    )
    after = check(bench, numbers, form, PLAN_RULE)
    books = bench.server._centres.numbered("001").books.connection
    for number, found in zip(numbers, after.findings, strict=True):
        (total,) = books.execute(
            f'SELECT sum(FRECADVANCEAMOUNT) FROM "a_{form}_FSaleOrderPlan" WHERE bill_id ='
            f' (SELECT id FROM "a_{form}" WHERE FBillNo = ?)', (number,),
        ).fetchone()  # fmt: skip
        assert found.ok
        assert found.left is not None
        assert float(found.left.total) == pytest.approx(total)
    assert [found.left for found in before.findings] != [found.left for found in after.findings]
