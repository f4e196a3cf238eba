"""The first target looked at, and the sums of a run, against what the practice books really hold."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest

from kdgui.domain.bills import Preview, TargetBill
from kdgui.domain.errors import BadInput
from kdgui.domain.orders import PushOptions, RunOrder
from kdgui.domain.verdicts import Row, Verdict
from kdgui.practice.company import BOX
from kdgui.pushing.flow.observer import NullObserver
from kdgui.pushing.flow.run_control import Pause, RunControl
from kdgui.pushing.inspect.totals import NOTHING, Sum, Totals

from .conftest import FORM, Bench

GROUPED = "PUR_PurchaseOrder-STK_InStock"


def held(bench: Bench, number: str) -> Sum:
    """Quantity and amount on the lines of a source bill."""
    with bench.engine.connection.own_connection() as line:
        rows = line.session.query(FORM, ("FQty", "FAllAmount"), f"FBillNo='{number}'")
    quantities, amounts = zip(*((Decimal(str(q)), Decimal(str(a))) for q, a in rows), strict=True)
    return Sum(sum(quantities), sum(amounts))


def totals(bench: Bench, rows: tuple[Row, ...]) -> Totals:
    return bench.engine.inspection.totals(rows[0].run_id)


def change(bench: Bench, table: str, assignment: str, where: str) -> None:
    """Change the books behind everybody's back."""
    vault = bench.server._vault
    with vault.lock:
        found = vault.connection.execute(f'UPDATE "a_{table}" SET {assignment} WHERE {where}')
        assert found.rowcount


def test_a_target_as_the_clerk_looks_at_it(bench: Bench) -> None:
    number = bench.examples()["open_many_lines"][0]
    (row,) = bench.push([number])
    seen = bench.engine.inspection.preview(replace(row.targets[0], number="", status=None))
    assert seen.target == row.targets[0]
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", seen.date)
    assert (seen.period, seen.organisation, seen.lines) == (seen.date[:7], "100 总部", 10)
    assert Sum(seen.quantity, seen.amount) == held(bench, number)
    ((name, supplier),) = seen.fields
    assert name == "供应商"
    assert supplier


def test_the_first_one_alone_is_shown_before_the_rest_goes(bench: Bench) -> None:
    control, numbers = RunControl(), bench.pushable(3)
    seen: list[tuple[Preview | None, int]] = []

    class Clerk(NullObserver):
        def paused(self, pause: Pause) -> None:
            seen.append((pause.preview, len(bench.server.posts())))
            control.resume()

    bench.engine._context.attended = True
    order = RunOrder(FORM, PushOptions(rule_id=GROUPED), numbers, first_one=True, quiet_seconds=0.5)
    rows = bench.engine.journal.rows(bench.engine.runs.run(order, control, Clerk()).run_id)
    assert [row.verdict for row in rows] == [Verdict.PUSHED] * 3
    ((preview, posts),) = seen
    assert posts == 1
    assert preview is not None
    assert preview.target == rows[0].targets[0]
    assert Sum(preview.quantity, preview.amount) == held(bench, numbers[0])


@pytest.mark.parametrize("bench", [{"no_quantities": True, "no_business_info": True}], indirect=True)
def test_what_the_form_does_not_tell_stays_blank(bench: Bench) -> None:
    (row,) = bench.push(bench.pushable(1))
    seen = bench.engine.inspection.preview(row.targets[0])
    assert (seen.organisation, seen.quantity, seen.amount, seen.fields) == ("100 总部", None, None, ())
    assert seen.date
    for nowhere in (TargetBill("STK_InStock", "987654"), TargetBill("NO_SUCH_FORM", "1", "X1")):
        assert bench.engine.inspection.preview(nowhere) == Preview(nowhere)
    bench.server.turn({"blind_reader": True})
    assert bench.engine.inspection.preview(row.targets[0]) == Preview(row.targets[0])


def test_each_bill_against_its_target(bench: Bench) -> None:
    numbers = (*bench.pushable(3), bench.examples()["closed"][0])
    rows = bench.push(numbers)
    found = totals(bench, rows)
    assert [row.number for row in found.rows] == list(numbers[:3])
    for row in found.rows:
        assert row.source == row.targets == held(bench, row.number)
        assert row.trouble is None
    assert found.source == found.targets
    assert found.source.quantity == sum(row.source.quantity or 0 for row in found.rows)
    assert found.compared == (("FQty", "FQty"), ("FAllAmount", "FAllAmount"))
    assert found.trouble is None


def test_a_target_of_several_bills_is_told_apart_by_its_lines(bench: Bench) -> None:
    numbers = [number for role in ("open", "open_many_lines") for number in bench.examples()[role]][:12]
    rows = bench.push(numbers, merged=True, block=12)
    assert {row.verdict for row in rows} == {Verdict.PUSHED}
    assert len({target.id for row in rows for target in row.targets}) < len(rows)
    found = totals(bench, rows)
    assert [(row.source, row.targets) for row in found.rows] == [
        (held(bench, n), held(bench, n)) for n in numbers
    ]
    assert found.source == found.targets
    bench.server.turn({"links_at_head": True})
    blurred = totals(bench, rows)
    shared = [row for row in blurred.rows if row.trouble]
    assert {row.trouble.code for row in shared if row.trouble} == {"totals_shared"}
    assert all(row.targets == NOTHING and row.source == held(bench, row.number) for row in shared)
    assert (blurred.source, blurred.targets) == (found.source, found.targets)


def test_part_of_a_bill_shows_as_a_difference(bench: Bench) -> None:
    number = bench.examples()["open_many_lines"][0]
    order = RunOrder(FORM, PushOptions(rule_id=GROUPED), ())
    entries = tuple(line.entry_id for line in bench.engine.inspection.lines(order, number).lines[:4])
    rows = bench.push([number], lines=((0, entries),))
    (row,) = totals(bench, rows).rows
    assert row.source == held(bench, number)
    assert row.targets.quantity is not None
    assert row.source.quantity is not None
    assert 0 < row.targets.quantity < row.source.quantity


def test_other_units_are_named_and_missing_bills_are_counted(bench: Bench) -> None:
    rows = bench.push(bench.pushable(2))
    target = rows[0].targets[0].id
    change(bench, "STK_InStock_FInStockEntry", f'"FUnitID" = {BOX}', f"bill_id = {target}")
    found = totals(bench, rows)
    assert found.trouble is not None
    assert found.trouble.code == "totals_units"
    change(bench, "STK_InStock", "id = -id", f"id = {target}")
    gone = totals(bench, rows)
    assert gone.trouble is not None
    assert (gone.trouble.code, dict(gone.trouble.values)) == ("totals_unseen", {"count": "1"})
    first, second = gone.rows
    assert (first.targets, first.trouble and first.trouble.code) == (NOTHING, "totals_unseen")
    assert second.targets == second.source == gone.targets


def test_where_there_is_nothing_to_compare(bench: Bench) -> None:
    failed = bench.push(bench.examples()["closed"][:1])
    assert totals(bench, failed).trouble is not None
    rows = bench.push(bench.pushable(1))
    assert totals(bench, rows).compared
    bench.server.turn({"no_quantities": True})
    bare = totals(bench, rows)
    assert bare.trouble is not None
    assert (bare.trouble.code, bare.rows[0].source, bare.targets) == ("totals_nothing", NOTHING, NOTHING)
    for run_id in ("20000101-000000-1", ""):
        with pytest.raises(BadInput) as refused:
            bench.engine.inspection.totals(run_id)
        assert refused.value.code == "run_unknown"
