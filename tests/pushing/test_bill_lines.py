"""The lines of a bill: what is left on each, where it went, and whose they are."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kdgui.domain.errors import BadInput
from kdgui.domain.orders import PushOptions, RunOrder
from kdgui.domain.verdicts import Verdict

from .conftest import FORM, RULE, Bench

ORDER = RunOrder(FORM, PushOptions(rule_id=RULE), ())


def test_the_lines_of_a_bill_delivered_in_part(bench: Bench) -> None:
    examples = bench.examples()
    partly = bench.engine.inspection.lines(ORDER, examples["partly_linked"][0])
    assert [line.sequence for line in partly.lines] == [1, 2, 3]
    first, *rest = partly.lines
    assert (first.left, first.linked) == (0, first.quantity)
    assert [target[:4] for target in first.linked_targets] == ["CGRK"]
    for line in rest:
        assert (line.linked, line.left, line.linked_targets) == (0, line.quantity, ())
    assert all(line.material.startswith("MAT") and line.name for line in partly.lines)
    for line in bench.engine.inspection.lines(ORDER, examples["part_delivered"][0]).lines:
        assert line.quantity
        assert line.linked == line.quantity * Decimal("0.4")
        assert line.left == line.quantity - line.linked
        assert line.linked_targets


def test_a_line_pushed_alone_is_seen_to_be_gone(bench: Bench) -> None:
    number = bench.examples()["open_many_lines"][0]
    before = bench.engine.inspection.lines(ORDER, number).lines
    assert len(before) == 10
    chosen = (before[3].entry_id, before[7].entry_id)
    (row,) = bench.push([number], lines=((0, chosen),))
    assert row.verdict is Verdict.PUSHED
    after = bench.engine.inspection.lines(ORDER, number)
    gone = [line.entry_id for line in after.lines if line.left == 0]
    assert tuple(gone) == chosen
    assert {line.linked_targets for line in after.lines if line.left == 0} == {(row.targets[0].number,)}
    assert after.bill.id == row.bill_id


def test_lines_lead_back_to_their_bills(bench: Bench) -> None:
    examples = bench.examples()
    one, other = (bench.engine.inspection.lines(ORDER, number) for number in examples["open_many_lines"][:2])
    asked = (other.lines[2].entry_id, one.lines[1].entry_id, "987654321", other.lines[0].entry_id, "x")
    found = bench.engine.inspection.lines_found(ORDER, asked)
    assert dict(found.bills) == {one.bill: (asked[1],), other.bill: (asked[0], asked[3])}
    assert found.missing == ("987654321", "x")


@pytest.mark.parametrize("bench", [{"two_orgs": True}], indirect=True)
def test_a_bill_is_named_by_number_or_by_id(bench: Bench) -> None:
    number = bench.examples()["open"][0]
    bill = bench.engine.inspection.lines(ORDER, number).bill
    assert bench.engine.inspection.lines(ORDER, bill.id).bill == bill
    assert bench.engine.inspection.lines(ORDER, "anything", bill.id).bill == bill
    twin = bench.examples()["two_orgs"][0]
    for wanted, code in ((twin, "bill_several"), ("没有这张单", "bill_not_found"), ("99", "bill_not_found")):
        with pytest.raises(BadInput) as refused:
            bench.engine.inspection.lines(ORDER, wanted)
        assert refused.value.code == code


@pytest.mark.parametrize("bench", [{"no_business_info": True}], indirect=True)
def test_a_server_that_does_not_describe_its_forms(bench: Bench) -> None:
    lines = bench.engine.inspection.lines(ORDER, bench.examples()["partly_linked"][0]).lines
    assert [line.left == 0 for line in lines] == [True, False, False]
    with pytest.raises(BadInput) as refused:
        bench.engine.inspection.lines(RunOrder("BD_Currency", PushOptions(RULE), ()), "PRE001")
    assert refused.value.code == "lines_unreadable"


def test_a_form_without_quantities_lists_its_lines_all_the_same(bench: Bench) -> None:
    assert bench.engine.inspection.lines(ORDER, bench.pushable(1)[0]).lines[0].quantity
    bench.server.turn({"no_quantities": True})
    lines = bench.engine.inspection.lines(ORDER, bench.examples()["partly_linked"][0]).lines
    assert [(line.quantity, line.linked, line.left) for line in lines] == [(None, None, None)] * 3
    assert [bool(line.linked_targets) for line in lines] == [True, False, False]
