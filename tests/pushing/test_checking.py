"""Checking without writing: what is told of every kind of bill, and what is said where it cannot be told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from kdgui.domain.orders import PushOptions, RunOrder
from kdgui.domain.verdicts import Verdict
from kdgui.k3cloud.channel import Channel
from kdgui.practice.server import PracticeServer
from kdgui.pushing.flow.run_control import RunControl
from kdgui.pushing.inspect.check import CheckReport, Finding
from kdgui.store.catalogue import read_catalogue_file
from kdgui.store.paths import Paths

from .conftest import FORM, RULE, Bench, make_desk

RETURNS = ("STK_InStock", "STK_InStock-PUR_MRB")
PAYABLES = ("STK_InStock", "AP_InStockToPayableMap")
PAYMENTS = ("AP_Payable", "AP_PayableToPayBill")


def check(
    bench: Bench, numbers: Sequence[str], rule: tuple[str, str] = (FORM, RULE), **order: object
) -> CheckReport:
    asked = RunOrder(rule[0], PushOptions(rule_id=rule[1]), tuple(numbers), **order)  # type: ignore[arg-type]
    report = bench.engine.inspection.check(asked, RunControl())
    assert not bench.server.posts(), "a check writes nothing"
    return report


def one(bench: Bench, number: str, rule: tuple[str, str] = (FORM, RULE), **order: object) -> Finding:
    (finding,) = check(bench, (number,), rule, **order).findings
    return finding


def examples(bench: Bench, form: str = FORM) -> dict[str, list[str]]:
    return bench.server.examples()[form]


def held(bench: Bench, number: str, *columns: str, form: str = FORM) -> list[tuple[Decimal, ...]]:
    """What the server holds on the lines of a bill."""
    with bench.engine.connection.own_connection() as line:
        rows = line.session.query(form, columns, f"FBillNo='{number}'", order="FID ASC")
    return [tuple(Decimal(str(value)) for value in row) for row in rows]


def codes(report: CheckReport) -> set[str]:
    return {reason.code for reason in report.unchecked}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts what is asked on the wire, by service."""
    counted: Counter[str] = Counter()
    exchange = Channel.exchange

    def counting(self: Channel, call: object, *more: object) -> object:
        counted[call.service.rpartition(".")[2]] += 1  # type: ignore[attr-defined]
        counted["first pages"] += b'StartRow\\":0,' in call.body  # type: ignore[attr-defined]
        return exchange(self, call, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(Channel, "exchange", counting)
    return counted


STATES = {
    "open": (None, True, False),
    "open_many_lines": (None, True, False),
    "created": ("not_approved", False, True),
    "submitted": ("not_approved", False, True),
    "reopened": ("not_approved", False, True),
    "linked": ("already_pushed", False, False),
    "partly_linked": ("already_pushed", False, True),
    "part_delivered": ("already_pushed", False, True),
    "closed": ("closed", False, False),
    "cancelled": ("cancelled", False, False),
    "frozen": ("frozen", False, False),
    "terminated": ("terminated", False, False),
}
"""Code of the reason, whether it can be pushed, whether the clerk may insist."""


def test_every_kind_of_bill_is_told(bench: Bench) -> None:
    numbers = [examples(bench)[role][0] for role in STATES]
    report = check(bench, [*numbers, "没有这张单", "x" * 81, " ", numbers[0]])
    assert [finding.position for finding in report.findings] == list(range(len(STATES) + 4))
    for number, finding, expected in zip(numbers, report.findings, STATES.values(), strict=False):
        code = finding.reason.code if finding.reason else None
        assert (code, finding.ok, finding.can_insist) == expected, number
        lines = held(bench, number, "FQty", "FLinkQty")
        assert finding.left is not None
        assert finding.left.total == sum(total for total, _ in lines)
        assert finding.left.left == sum(total - taken for total, taken in lines)
        assert finding.bills[0].number == number
        assert finding.status == {"created": "A", "submitted": "B", "reopened": "D"}.get(
            list(STATES)[finding.position], "C"
        )
        assert bool(finding.targets) == (code == "already_pushed")
        assert all(target.status == "C" for target in finding.targets)
    rest = [finding.reason.code for finding in report.findings[len(STATES) :] if finding.reason]
    assert rest == ["not_found", "damaged_number", "empty_number", "duplicate_row"]
    assert codes(report) == {"no_validate_only"}


def test_a_thousand_bills_are_few_questions(tmp_path: Path, asked: Counter[str]) -> None:
    server = PracticeServer(read_catalogue_file(), bills=3400)
    server.start()
    try:
        for engine in make_desk(tmp_path, server):
            bench = Bench(server, engine, Paths(tmp_path / "home"))
            numbers = [number for group in examples(bench).values() for number in group][:1000]
            assert len(numbers) == 1000
            check(bench, numbers[:20])
            asked.clear()
            findings = check(bench, numbers).findings
            assert len(findings) == 1000
            assert all(finding.left for finding in findings)
            assert not asked["QueryBusinessInfo"]
            assert asked["first pages"] <= 3 * 7, "three questions for 150 numbers"
            # A page longer than any before is followed by one look behind its end (k3cloud/queries.py).
            assert asked["ExecuteBillQuery"] <= 2 * asked["first pages"]
    finally:
        server.stop()


@pytest.mark.parametrize("bench", [{"two_orgs": True}], indirect=True)
def test_a_number_in_two_organisations_is_offered_to_choose_from(bench: Bench) -> None:
    number = examples(bench)["two_orgs"][0]
    finding = one(bench, number)
    assert (finding.ok, finding.can_insist, finding.left) == (False, False, None)
    homes = [(bill.field("organisation"), bill.field("organisation_number")) for bill in finding.bills]
    assert homes == [("总部", "100"), ("分公司", "101")]
    assert len({bill.id for bill in finding.bills}) == 2
    branch = finding.bills[1]
    chosen = one(bench, number, chosen=((0, branch.id),))
    assert (chosen.ok, chosen.bills) == (True, (branch,))
    both = check(bench, (number, number), chosen=tuple(enumerate(bill.id for bill in finding.bills)))
    assert [found.ok for found in both.findings] == [True, True]


def test_what_the_clerk_insists_on_is_ready(bench: Bench) -> None:
    numbers = [examples(bench)[role][0] for role in ("created", "part_delivered", "closed")]
    found = check(bench, numbers, insisted=(0, 1, 2)).findings
    assert [finding.ok for finding in found] == [True, True, False]
    assert found[1].targets, "what is there already is shown all the same"
    assert [finding.ok for finding in check(bench, numbers, again=True).findings] == [False, True, False]


def test_what_the_guard_lets_pass_and_the_server_would_refuse(bench: Bench) -> None:
    """Business-closed orders; and bills whose quantity another rule has used up."""
    sale = ("SAL_SaleOrder", "SaleOrder-OutStock")
    closed = one(bench, examples(bench, sale[0])["business_closed"][0], sale)
    assert closed.reason is not None
    assert (closed.reason.code, closed.ok, closed.can_insist) == ("business_closed", False, False)
    used_up = one(bench, examples(bench)["linked"][0], (FORM, "PUR_PurchaseOrder-PUR_ReceiveBill"))
    assert used_up.reason is not None
    assert (used_up.reason.code, used_up.ok, used_up.targets) == ("nothing_left", False, ())
    assert used_up.can_insist, "nothing has shown yet that this rule counts by that column"


def test_only_the_wanted_lines_count(bench: Bench) -> None:
    number = examples(bench)["partly_linked"][0]
    lines = held(bench, number, "FPOOrderEntry_FEntryID", "FQty")
    wanted = tuple(str(entry) for entry, _ in lines[1:])
    finding = one(bench, number, lines=((0, wanted),))
    assert finding.ok
    assert finding.left is not None
    assert finding.left.left == finding.left.total == sum(quantity for _, quantity in lines[1:])
    again = one(bench, number, lines=((0, (str(lines[0][0]),)),))
    assert (again.ok, again.can_insist) == (False, False)


@pytest.mark.parametrize("bench", [{"case_blind": True}], indirect=True)
def test_two_spellings_of_one_bill(bench: Bench) -> None:
    number = examples(bench)["open"][0]
    first, second = check(bench, (number, number.lower())).findings
    assert first.ok
    assert second.reason is not None
    assert (second.reason.code, second.can_insist) == ("same_bill", False)


def test_what_our_own_journal_holds_in_doubt_may_not_be_insisted_on(bench: Bench) -> None:
    number = examples(bench)["open"][0]
    bill = one(bench, number).bills[0]
    order = RunOrder(FORM, PushOptions(rule_id=RULE, target_form="STK_InStock"), (number,))
    run_id, rows = bench.engine.journal.start_run(order, bench.engine._context.header())
    bench.engine.journal.write_rows([replace(rows[0], verdict=Verdict.UNSETTLED, bill_id=bill.id)])
    finding = one(bench, number, insisted=(0,))
    assert finding.reason is not None
    assert (finding.reason.code, finding.ok, finding.can_insist) == ("is_unsettled", False, False)
    assert dict(finding.reason.values) == {"run": run_id}


def test_the_column_that_a_rule_counts_by_is_learnt_from_what_it_pushed(bench: Bench) -> None:
    """An inbound receipt has one link quantity for payables and one for returns."""
    numbers = examples(bench, "STK_InStock")
    linked, fresh = numbers["linked"][0], numbers["open"][0]
    payable = one(bench, linked, PAYABLES)
    assert payable.left is not None
    assert payable.left.left == 0
    doubtful = one(bench, linked, RETURNS)
    assert (doubtful.ok, doubtful.left) == (True, None)
    assert [note.code for note in doubtful.notes] == ["quantity_doubtful"]
    untouched = one(bench, fresh, RETURNS)
    assert untouched.left is not None, "whichever it is, none of it was pushed"
    assert untouched.left.left == untouched.left.total
    order = RunOrder("STK_InStock", PushOptions(rule_id=RETURNS[1]), (fresh,), quiet_seconds=0.5)
    info = bench.engine.runs.run(order, RunControl(), bench.observer)
    assert [row.verdict for row in bench.engine.journal.rows(info.run_id)] == [Verdict.PUSHED]
    report = bench.engine.inspection.check(replace(order, numbers=(linked, fresh)), RunControl())
    lefts = [(found.left.left, found.left.total) for found in report.findings if found.left]
    assert lefts[0][0] == lefts[0][1] > 0
    assert lefts[1][0] == 0


def test_forms_without_quantities_count_money(bench: Bench) -> None:
    number = examples(bench, "AP_Payable")["partly_linked"][0]
    left = one(bench, number, PAYMENTS).left
    lines = held(bench, number, "FALLAMOUNTFOR_D", "FRELATEHADPAYAMOUNT", form="AP_Payable")
    assert left is not None
    assert (left.amount, left.total) == (True, sum(total for total, _ in lines))
    assert 0 < left.left == sum(total - paid for total, paid in lines) < left.total


UNCHECKED = [
    ({}, PAYABLES, {"closed_untold", "frozen_untold", "terminated_untold"}),
    ({}, PAYMENTS, {"closed_untold", "frozen_untold", "terminated_untold"}),
    ({}, RETURNS, {"closed_untold", "frozen_untold", "terminated_untold", "targets_unproven"}),
    ({"no_quantities": True}, (FORM, RULE), {"quantity_untold"}),
    ({"no_business_info": True}, (FORM, RULE), set()),
    ({"blind_reader": True}, (FORM, RULE), {"targets_unproven"}),
    ({"no_links": True}, (FORM, RULE), set()),
    ({"links_at_head": True, "short_pages": 20, "ids_as_text": True}, (FORM, RULE), set()),
]


@pytest.mark.parametrize(("bench", "rule", "unchecked"), UNCHECKED, indirect=["bench"])
def test_what_cannot_be_checked_is_said(bench: Bench, rule: tuple[str, str], unchecked: set[str]) -> None:
    numbers = examples(bench, rule[0])
    report = check(bench, (numbers["open"][0], numbers["linked"][0], numbers["created"][0]), rule)
    assert codes(report) == {"no_validate_only"} | unchecked
    opened, linked, created = report.findings
    assert opened.ok
    assert (created.ok, created.can_insist) == (False, True)
    if "quantity_untold" in unchecked:
        assert [finding.left for finding in report.findings] == [None, None, None]
        assert linked.can_insist, "nobody knows that nothing is left"
    if "targets_unproven" not in unchecked:
        assert linked.reason is not None
        assert linked.reason.code == "already_pushed"


def test_a_form_is_looked_at_once_and_anew_where_it_changed(bench: Bench, asked: Counter[str]) -> None:
    numbers = examples(bench)["open"][:3]
    check(bench, numbers)
    assert asked["QueryBusinessInfo"]
    asked.clear()
    assert all(finding.left for finding in check(bench, numbers).findings)
    assert not asked["QueryBusinessInfo"]
    assert asked["ExecuteBillQuery"] <= 6
    bench.server.turn({"no_quantities": True})
    report = check(bench, numbers)
    assert [finding.ok for finding in report.findings] == [True, True, True]
    assert codes(report) == {"no_validate_only", "quantity_untold"}


def test_a_check_that_is_stopped_tells_what_it_knows(bench: Bench) -> None:
    control = RunControl()
    control.stop()
    order = RunOrder(FORM, PushOptions(rule_id=RULE), tuple(examples(bench)["open"][:3]))
    assert bench.engine.inspection.check(order, control).findings == ()
