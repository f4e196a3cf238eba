"""Tables to fill in from, their values, what the journal keeps of fills and ways; old journals still open."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from kdgui.domain.bills import TargetBill
from kdgui.domain.chains import AUDIT, FILL, SUBMIT, Chain, ChainState
from kdgui.domain.errors import BadInput
from kdgui.domain.fills import FilledValue, FillField, FillRow, FillState, ValueKind, read_value, same_value
from kdgui.domain.orders import RunOrder
from kdgui.domain.verdicts import Reason, Verdict
from kdgui.pushing.lookup.journal_ways import runs_after, way_of
from kdgui.store.imports.fill_table import read_fill_table
from kdgui.store.imports.sheets import Sheet, SheetRow
from kdgui.store.journal.chains import Step
from kdgui.store.journal.journal import Journal
from kdgui.store.journal.records import RunHeader
from kdgui.store.journal.rows import read_chain, read_order, to_json

NUMBER, DATE, BASE, CHECK, TEXT = (
    ValueKind.NUMBER,
    ValueKind.DATE,
    ValueKind.BASE,
    ValueKind.CHECK,
    ValueKind.TEXT,
)


@pytest.mark.parametrize(
    ("kind", "text", "read"),
    [
        (NUMBER, " 1,200.50 ", "1200.50"),
        (NUMBER, "１２", "12"),
        (NUMBER, "-3", "-3"),
        (NUMBER, ".5", "0.5"),
        (NUMBER, "12 箱", None),
        (NUMBER, "1,20", None),
        (NUMBER, "NaN", None),
        (NUMBER, "=1+1", None),
        (DATE, "2026-01-05", "2026-01-05"),
        (DATE, "2026/1/5", "2026-01-05"),
        (DATE, "20260105", "2026-01-05"),
        (DATE, "2026年1月5日", "2026-01-05"),
        (DATE, "2026-01-05 00:00:00", "2026-01-05"),
        (DATE, "01/05/2026", None),
        (DATE, "2026-02-30", None),
        (DATE, "昨天", None),
        (CHECK, "是", "true"),
        (CHECK, "No", "false"),
        (CHECK, "可能", None),
        (BASE, "\u3000CK001 ", "CK001"),
        (TEXT, "内有玻璃", "内有玻璃"),
        (TEXT, "a\x00b", None),
        (TEXT, "  ", ""),
    ],
)
def test_a_cell_is_read_or_refused_never_guessed(kind: ValueKind, text: str, read: str | None) -> None:
    assert read_value(kind, text) == read


@pytest.mark.parametrize(
    ("kind", "wanted", "held", "same"),
    [
        (NUMBER, "12.50", 12.5, True),
        (NUMBER, "3", 3.0, True),
        (NUMBER, "3", "3.0000000000", True),
        (NUMBER, "3", None, False),
        (NUMBER, "0", None, False),
        (NUMBER, "0.1", 0.1, True),
        (DATE, "2026-01-05", "2026-01-05T00:00:00", True),
        (DATE, "2026-01-05", "2026-01-06T00:00:00", False),
        (BASE, "CK001", "ck001", True),
        (BASE, "CK001", None, False),
        (TEXT, "Aa", "aA", False),
        (CHECK, "true", True, True),
        (CHECK, "false", "0", True),
    ],
)
def test_what_is_held_is_compared_by_its_kind(kind: ValueKind, wanted: str, held: object, same: bool) -> None:
    assert same_value(kind, wanted, held) is same


def sheet(*rows: tuple[str, ...], hidden: tuple[int, ...] = ()) -> tuple[Sheet, ...]:
    return (Sheet("", tuple(SheetRow(at, row, at in hidden) for at, row in enumerate(rows, start=1))),)


def test_a_table_is_read_with_its_lines_and_the_bills_above() -> None:
    table = read_fill_table(
        sheet(
            ("到货通知", "", "", ""),
            ("单据编号", "行号", "数量", "", "备注"),
            ("CGDD1", "1", "2", "?", "x"),
            ("", "2", "3"),
            ("CGDD2", "1", "", "", "y"),
            ("CGDD3", "1", "4"),
            hidden=(6,),
        )
    )
    assert (table.headings, table.has_lines, table.by_material, table.hidden) == (
        ("数量", "备注"),
        True,
        False,
        1,
    )
    told = [(row.place, row.number, row.line, row.cells) for row in table.rows]
    assert told == [
        (3, "CGDD1", "1", ("2", "x")), (4, "CGDD1", "2", ("3", "")), (5, "CGDD2", "1", ("", "y")),
    ]  # fmt: skip


def test_the_number_may_stand_elsewhere_and_lines_by_material() -> None:
    table = read_fill_table(sheet(("物料编码", "单号", "仓库"), ("MAT1", "CGDD1", "CK1")), 1)
    assert (table.by_material, table.headings, table.rows[0].line) == (True, ("仓库",), "MAT1")


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ((), "fill_table_empty"),
        ((("单号", "备注"),), "fill_table_empty"),
        ((("单号", "行号"), ("A0001", "1")), "fill_table_no_columns"),
        ((("单号", "备注"), ("1.23E+15", "x")), "fill_table_number"),
    ],
)
def test_a_table_that_cannot_be_used_says_why(rows: tuple[tuple[str, ...], ...], code: str) -> None:
    with pytest.raises(BadInput) as trouble:
        read_fill_table(sheet(*rows))
    assert trouble.value.code == code


def test_orders_and_chains_of_an_older_journal_are_read(order: RunOrder) -> None:
    new = ("fill_fields", "fill_rows", "held_back", "fill", "changed", "unfilled")

    def older(value: object) -> str:
        kept = {key: item for key, item in msgspec.json.decode(to_json(value)).items() if key not in new}
        return msgspec.json.encode(kept).decode()

    assert read_order(older(order)) == order
    chain = Chain("R", 0, TargetBill("STK_InStock", "7", "CGRK1", "A"), AUDIT)
    assert read_chain(older(chain)) == chain
    assert (order.follows, replace(order, then=SUBMIT).follows) == ("", SUBMIT)


def test_what_is_to_be_filled_in_goes_along_with_its_rows(order: RunOrder) -> None:
    rows = (FillRow(0, (("FNote", "a"),)), FillRow(2, (("FQty", "1"),), "301", "1"))
    held = ((1, (Reason.of("fill_over"),)),)
    whole = replace(order, fill_fields=(FillField("FNote"),), fill_rows=rows, held_back=held)
    part = whole.only((2, 1))
    assert ([row.position for row in part.fill_rows], part.held_back[0][0], part.follows) == ([0], 1, FILL)
    assert read_order(to_json(whole)) == whole


def test_the_furthest_wish_holds_and_a_finished_fill_is_reopened(
    journal: Journal, order: RunOrder, header: RunHeader
) -> None:
    run_id, _ = journal.start_run(order, header)
    for wish, wanted in ((FILL, FILL), (AUDIT, AUDIT), (SUBMIT, AUDIT), (FILL, AUDIT)):
        journal.chains.wish(run_id, wish)
        assert journal.chains.wanted(run_id) == wanted
    done = Chain(run_id, 0, TargetBill("STK_InStock", "7", "CGRK1", "A"), FILL, ChainState.DONE)
    journal.chains.plan((done,))
    journal.chains.put(done)
    journal.chains.plan((replace(done, wanted=SUBMIT, state=ChainState.WAITING),))
    (chain,) = journal.chains.of_run(run_id)
    assert (chain.wanted, chain.state) == (SUBMIT, ChainState.WAITING)


def test_what_a_fill_sends_is_kept_before_it_is_sent(
    journal: Journal, order: RunOrder, header: RunHeader
) -> None:
    run_id, _ = journal.start_run(order, header)
    target = TargetBill("STK_InStock", "7", "CGRK1", "A")
    journal.chains.intend(Step(run_id, 0, target, FILL, "demo", '{"FNote": "x"}'))
    assert '{\\"FNote\\": \\"x\\"}' in journal.events(run_id, 0)[-1].data


def test_a_value_that_is_missing_keeps_the_row_half_done(
    journal: Journal, order: RunOrder, header: RunHeader
) -> None:
    run_id, rows = journal.start_run(order, header)
    target = TargetBill("STK_InStock", "7", "CGRK1", "A")
    journal.write_rows([replace(rows[0], verdict=Verdict.PUSHED, bill_id="101", targets=(target,))])
    missed = FilledValue("FQty", "实收数量", "2", "5", FillState.MISSED, "1", "301")
    chain = Chain(run_id, 0, target, SUBMIT, ChainState.HALF, fill=(missed,))
    (row,) = journal.chains.put(chain)
    assert ([note.code for note in row.notes], row.half_done) == (["chain_unfilled"], True)
    (row,) = journal.chains.put(replace(chain, unfilled=True, state=ChainState.DONE))
    assert ([note.code for note in row.notes], row.half_done) == (["fill_missed"], False)


def test_a_way_leads_through_the_runs_both_ways(journal: Journal, order: RunOrder, header: RunHeader) -> None:
    def run(form: str, source: TargetBill, *targets: TargetBill) -> str:
        options = replace(order.options, target_form=targets[0].form_id)
        run_id, (row,) = journal.start_run(
            replace(order, form_id=form, options=options, numbers=(source.number,)), header
        )
        journal.write_rows([replace(row, verdict=Verdict.PUSHED, bill_id=source.id, targets=targets)])
        return run_id

    order_, stock = TargetBill("PUR_PurchaseOrder", "1", "CGDD1"), TargetBill("STK_InStock", "2", "CGRK1")
    payable, back = TargetBill("AP_Payable", "3", "YFD1"), TargetBill("PUR_MRB", "4", "CGTL1")
    runs = [
        run("PUR_PurchaseOrder", order_, stock),
        run("STK_InStock", stock, payable),
        run("STK_InStock", stock, back),
    ]
    elsewhere = replace(header, data_centre_id="another")
    journal.start_run(replace(order, form_id="STK_InStock", numbers=("CGRK1",)), elsewhere)
    assert runs_after(journal, runs[0]) == tuple(runs)
    assert runs_after(journal, runs[2]) == (runs[2],)
    for known in runs:
        (row,) = journal.rows(known)
        way = way_of(journal, row)
        forms = [step.form_id for step in way.steps]
        assert forms == ["PUR_PurchaseOrder", "STK_InStock", "AP_Payable", "PUR_MRB"]
        assert way.steps[way.here].bills[0].id == row.bill_id
