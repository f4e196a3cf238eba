"""Filling in targets: every value told as the bill holds it, whatever line or server do; none by guess."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import pytest

from kdgui.domain.chains import Chain, ChainState
from kdgui.domain.fills import FillState, FillTable, FillTableRow
from kdgui.domain.orders import PushOptions, RunOrder
from kdgui.domain.verdicts import Row, Verdict
from kdgui.pushing.flow.observer import NullObserver
from kdgui.pushing.flow.run_control import RunControl
from kdgui.pushing.inspect.fill_check import FillPlan

from .axe import Axe, Killed, axed
from .conftest import FORM, QUIET, RULE, TARGET, Bench, codes

WORKED = ("drop_after_work", "timeouts", "html_200", "http_502_after_work", "session_lost_with_entity",
          "failed_after_save", "success_without_entity", "late_commit")  # fmt: skip
NOT_WORKED = ("drop_before_work", "session_lost", "response_error", "lock_conflict")
HEADINGS = ("实收数量", "仓库", "FNote", "FNoteEntry")


def table(*rows: Sequence[str], headings: Sequence[str] = HEADINGS, by_material: bool = False) -> FillTable:
    """Rows of number, line, and a cell for each heading."""
    found = tuple(FillTableRow(at, row[0], row[1], tuple(row[2:])) for at, row in enumerate(rows, start=2))
    return FillTable(tuple(headings), found, by_material, has_lines=True)


def planned(bench: Bench, filled: FillTable, **order: object) -> FillPlan:
    settings: dict[str, object] = {"quiet_seconds": QUIET, "timeout": 0.5} | order
    options = settings.pop("options", PushOptions(rule_id=RULE))
    given = RunOrder(FORM, options, (), **settings)  # type: ignore[arg-type]  # by name
    columns = bench.engine.fills.columns(given, filled.headings)
    return bench.engine.fills.plan(given, filled, columns.chosen)


def fill(bench: Bench, filled: FillTable, **order: object) -> tuple[Row, ...]:
    plan = planned(bench, filled, **order)
    assert plan.problems == ()
    clerk = bench.new_clerk()
    info = bench.engine.runs.run(plan.order, clerk.control, clerk)
    return bench.engine.journal.rows(info.run_id)


def chains_of(bench: Bench, rows: Sequence[Row]) -> tuple[Chain, ...]:
    return bench.engine.submit_audit.chains(rows[0].run_id)


def held(bench: Bench) -> dict[tuple[str, str], Mapping[str, object]]:
    """What the server holds, by target and line ("" for the head)."""
    with bench.engine.connection.own_connection() as connection:
        heads = connection.query_all(TARGET, ("FID", "FDocumentStatus", "FNote"), order="FID ASC")
        keys = ("FID", "FInStockEntry_FEntryID", "FQty", "FStockId.FNumber", "FNoteEntry", "FLot.FNumber")
        lines = connection.query_all(TARGET, keys, order="FID ASC")
    found: dict[tuple[str, str], Mapping[str, object]] = {
        (str(row[0]), ""): {"status": row[1], "FNote": row[2]} for row in heads
    }
    for row in lines:
        found[str(row[0]), str(row[1])] = dict(
            zip(("FQty", "FStockId", "FNoteEntry", "FLot"), row[2:], strict=True)
        )
    return found


def saves(bench: Bench) -> Counter[str]:
    return Counter(entry.sources[0].id for entry in bench.server.ledger() if entry.operation == "save")


def assert_told(bench: Bench, rows: Sequence[Row], *, whole: bool) -> None:
    """No value is told that the bill does not hold; what is not whole is listed and not submitted."""
    truth = held(bench)
    for chain in chains_of(bench, rows):
        shown = truth[chain.target.id, ""]
        for value in chain.fill:
            now = truth[chain.target.id, value.target_line].get(value.key)
            if value.state is FillState.HELD:
                assert str(now).removesuffix(".0") == value.wanted, (value, now)
        if whole:
            assert (chain.state, chain.missing) == (ChainState.DONE, ()), chain
        if chain.missing or not chain.fill:
            assert shown["status"] in ("Z", "A", "D"), chain
            assert chain.state is not ChainState.DONE
    if not whole:
        assert [row for row in rows if row.half_done]


def one(bench: Bench, number: str, *, line: str = "1", quantity: str = "2") -> FillTable:
    return table((number, line, quantity, "CK003", "到货", "甲"))


def test_values_are_filled_in_before_the_bill_is_approved(bench: Bench) -> None:
    number = bench.numbers(1, "open_many_lines")[0]
    filled = table(
        (number, "1", "2", "CK003", "到货", "甲"), (number, "3", "1.5", "成品仓", "", "乙"),
    )  # fmt: skip
    rows = fill(bench, filled, then="audit")
    (chain,) = chains_of(bench, rows)
    assert rows[0].verdict is Verdict.PUSHED
    assert [(value.line, value.key, value.held) for value in chain.fill] == [
        ("", "FNote", "到货"),
        ("1", "FQty", "2"), ("1", "FStockId", "CK003"), ("1", "FNoteEntry", "甲"),
        ("3", "FQty", "1.5"), ("3", "FStockId", "CK002"), ("3", "FNoteEntry", "乙"),
    ]  # fmt: skip
    assert {value.key for value in chain.changed} == {"FPriceUnitQty", "FAllAmount"}
    operations = [entry.operation for entry in bench.server.ledger()]
    assert operations == ["push", "save", "submit", "audit"]
    assert_told(bench, rows, whole=True)
    truth = held(bench)
    assert truth[chain.target.id, ""]["status"] == "C"
    assert len([line for bill, line in truth if bill == chain.target.id and line]) == 2


def test_what_is_there_already_is_not_written(bench: Bench) -> None:
    number = bench.numbers(1)[0]
    rows = fill(bench, one(bench, number))
    chain = chains_of(bench, rows)[0]
    assert (chain.state, sum(saves(bench).values())) == (ChainState.DONE, 1)
    bench.engine.submit_audit.carry_on(rows[0].run_id, "submit", RunControl(), NullObserver())
    assert sum(saves(bench).values()) == 1
    assert held(bench)[chain.target.id, ""]["status"] == "B"


@pytest.mark.parametrize("fault", [*WORKED, *NOT_WORKED])
def test_an_ending_of_whatever_kind_is_settled_by_the_fields(bench: Bench, fault: str) -> None:
    settings = {"seconds": 0.1} if fault == "late_commit" else {}
    bench.fault(f"save:{fault}", at=[1], **settings)
    rows = fill(bench, one(bench, bench.numbers(1)[0]), then="submit")
    for _ in range(2):
        bench.settle()
        bench.engine.submit_audit.carry_on(rows[0].run_id, "", RunControl(), NullObserver(), QUIET)
    assert_told(bench, bench.engine.journal.rows(rows[0].run_id), whole=True)
    assert max(saves(bench).values()) <= 2


def test_a_save_stored_in_part_is_completed_by_the_rest(bench: Bench) -> None:
    bench.fault("save:head_only", at=[1])
    rows = fill(bench, one(bench, bench.numbers(1)[0]), then="submit")
    assert_told(bench, rows, whole=True)
    last = [entry for entry in bench.server.ledger() if entry.operation == "save"][-1]
    assert not any(change.startswith("FNote") for change in last.changes)


@pytest.mark.parametrize("code", ["11", "0", "none"])
def test_a_refusal_is_told_and_keeps_the_bill_from_being_submitted(bench: Bench, code: str) -> None:
    bench.server.turn({"save_mandatory": "FCreateDate", "save_refusal_code": code, "save_over": "refused"})
    number = bench.numbers(1)[0]
    plan = planned(bench, one(bench, number), then="audit")
    bench.server.turn({"save_mandatory": "FApproverId"})
    clerk = bench.new_clerk()
    rows = bench.engine.journal.rows(bench.engine.runs.run(plan.order, clerk.control, clerk).run_id)
    assert_told(bench, rows, whole=False)
    (chain,) = chains_of(bench, rows)
    assert chain.state is ChainState.HALF
    assert "server_said" in codes(chain.reasons)
    assert codes(chain.reasons).count("fill_missed") == len(chain.missing) == 4
    assert "chain_unfilled" in codes(rows[0].notes)
    assert not any(entry.operation == "submit" for entry in bench.server.ledger())
    bench.server.turn({"save_mandatory": ""})
    bench.engine.submit_audit.carry_on(rows[0].run_id, "", RunControl(), NullObserver())
    assert_told(bench, bench.engine.journal.rows(rows[0].run_id), whole=True)


def test_she_may_go_on_all_the_same(bench: Bench) -> None:
    bench.server.turn({"save_mandatory": "FApproverId"})
    rows = fill(bench, one(bench, bench.numbers(1)[0]), then="submit")
    (chain,) = bench.engine.submit_audit.open_chains()
    bench.engine.submit_audit.go_on_unfilled(chain, "仓管已同意")
    bench.engine.submit_audit.carry_on(rows[0].run_id, "", RunControl(), NullObserver())
    (chain,) = chains_of(bench, rows)
    (row,) = bench.engine.journal.rows(rows[0].run_id)
    assert (chain.state, row.half_done) == (ChainState.DONE, False)
    assert codes(row.notes).count("fill_missed") == 4
    assert held(bench)[chain.target.id, ""]["status"] == "B"


@pytest.mark.parametrize(
    ("switch", "missed"),
    [
        ({"save_entity_key": "required"}, set()),
        ({"save_dotted": "empties"}, set()),
        ({"save_absent_entity": "emptied"}, set()),
        ({"save_new_row": "refused", "save_foreign_line": "new_row"}, set()),
        ({"save_base_quantity": "stays"}, set()),
        ({"save_price": "retaken"}, set()),
        ({"save_write_back": "stays"}, set()),
        ({"save_over": "accepted"}, set()),
        ({"save_approved": "accepted", "save_submitted": "refused"}, set()),
        ({"save_unknown_field": "refused", "save_key_order": "matters"}, set()),
        ({"save_return": "missing", "save_success": "bare"}, set()),
        ({"save_return": "filled", "save_success": "id_only", "ids_as_text": True}, set()),
        ({"save_repeat": "accepted", "view_entry_names": False}, set()),
        ({"save_starts_rule": True}, set()),
        ({"save_price": "zero"}, {"FQty", "FStockId", "FNote", "FNoteEntry"}),
        ({"masked_fields": "FNote"}, {"FNote"}),
    ],
)
def test_whatever_a_server_does_with_a_save_the_telling_is_right(
    bench: Bench, switch: dict[str, object], missed: set[str]
) -> None:
    bench.server.turn(switch)
    rows = fill(bench, one(bench, bench.numbers(1)[0]), then="submit")
    assert_told(bench, rows, whole=not missed)
    (chain,) = chains_of(bench, rows)
    assert {value.key for value in chain.missing} == missed
    assert max(saves(bench).values(), default=0) <= 2


def test_links_that_a_save_loses_are_noticed(bench: Bench) -> None:
    bench.server.turn({"save_links": "gone"})
    rows = fill(bench, one(bench, bench.numbers(1)[0]), then="submit")
    (chain,) = chains_of(bench, rows)
    assert "fill_links_gone" in codes(chain.reasons)
    assert held(bench)[chain.target.id, ""]["status"] == "A"


def test_what_a_rule_of_the_site_resets_is_told(bench: Bench) -> None:
    bench.server.turn({"save_other_field": "reset"})
    number = bench.numbers(1)[0]
    rows = fill(bench, table((number, "1", "甲"), headings=("FNoteEntry",)))
    (chain,) = chains_of(bench, rows)
    assert "FStockId" in {value.key for value in chain.changed}
    assert "fill_changed" in codes(rows[0].notes)


def test_a_lot_that_the_material_has_not_is_told_as_not_held(bench: Bench) -> None:
    number = bench.numbers(1)[0]
    with bench.engine.connection.own_connection() as connection:
        lines = connection.query_all(
            FORM, ("FMaterialId.FIsBatchManage",), f"FBillNo='{number}'", order="FID ASC"
        )
    plain = next(at for at, (managed,) in enumerate(lines, start=1) if not managed)
    rows = fill(bench, table((number, str(plain), "P2601"), headings=("批号",)), then="submit")
    assert_told(bench, rows, whole=False)
    (missing,) = chains_of(bench, rows)[0].missing
    assert (missing.name, missing.wanted, missing.held) == ("批号", "P2601", "")


def test_nothing_is_written_into_a_bill_that_a_colleague_has_touched(bench: Bench) -> None:
    number = bench.numbers(1)[0]
    bench.fault("save:lock_conflict", at=[1, 2])
    rows = fill(bench, one(bench, number), then="submit")
    assert_told(bench, rows, whole=False)
    bench.fault("save:colleague_saves", at=[1], refuse=True)
    bench.engine.submit_audit.carry_on(rows[0].run_id, "", RunControl(), NullObserver())
    before = len(bench.server.posts())
    bench.engine.submit_audit.carry_on(rows[0].run_id, "", RunControl(), NullObserver())
    (chain,) = chains_of(bench, rows)
    assert codes(chain.reasons) == ["fill_touched"]
    assert len(bench.server.posts()) == before, "no further Save, no Submit"


def test_nothing_is_written_into_a_submitted_bill(bench: Bench) -> None:
    bench.fault("save:lock_conflict", at=[1, 2])
    rows = fill(bench, one(bench, bench.numbers(1)[0]), then="submit")
    target = rows[0].targets[0]
    with bench.engine.connection.own_connection() as connection:
        connection.session.submit(TARGET, (target.id,))
    bench.engine.submit_audit.carry_on(rows[0].run_id, "", RunControl(), NullObserver())
    (chain,) = chains_of(bench, rows)
    assert codes(chain.reasons) == ["fill_submitted"]
    assert not saves(bench)


def test_a_draft_is_completed_and_told_as_pushed(bench: Bench) -> None:
    number = bench.numbers(1, "no_lot")[0]
    filled = table((number, "1", "P2601"), headings=("批号",))
    rows = fill(bench, filled, then="submit", options=PushOptions(rule_id=RULE, draft_on_fail=True))
    assert (rows[0].verdict, rows[0].targets[0].status) == (Verdict.PUSHED, "B")
    assert rows[0].targets[0].number
    assert_told(bench, rows, whole=True)


@pytest.mark.parametrize("border", [1, 8, 16, 24, 32, 40, 48])
def test_the_power_cut_at_any_border(bench: Bench, border: int) -> None:
    numbers = bench.numbers(2)
    filled = table(*((number, "1", "2", "CK003", "到货", "甲") for number in numbers))
    order = planned(bench, filled, then="submit").order
    axe = Axe(-1)
    clerk = bench.new_clerk()

    def when_told(row: Row) -> None:
        if axe.left < 0 and row.half_done:
            axe.left = border

    clerk.when_told = when_told
    with axed(axe), pytest.raises(Killed):
        bench.engine.runs.run(order, clerk.control, clerk)
    bench.open()
    rows = bench.engine.journal.rows(clerk.run_id)
    assert_told(bench, rows, whole=False)
    bench.settle()
    bench.engine.submit_audit.carry_on(clerk.run_id, "", RunControl(), NullObserver(), QUIET)
    assert_told(bench, bench.engine.journal.rows(clerk.run_id), whole=True)
    assert max(saves(bench).values()) == 1, "what arrived is never written again"


TRAPS = {
    "unknown": ("1", "2", "CK999", "", "", "fill_base_unknown"),
    "disabled": ("1", "2", "CK004", "", "", "fill_base_disabled"),
    "over": ("1", "99999", "CK003", "", "", "fill_over"),
    "no_line": ("77", "2", "CK003", "", "", "fill_line_unknown"),
    "no_number": ("1", "两箱", "CK003", "", "", "fill_bad_number"),
    "nothing": ("1", "0", "CK003", "", "", "fill_quantity_zero"),
    "line_needed": ("", "2", "CK003", "", "", "fill_line_needed"),
}


def test_traps_are_found_before_the_push(bench: Bench) -> None:
    bench.push(bench.numbers(1))  # teaches by which column this rule counts
    numbers = bench.numbers(len(TRAPS) + 3, "open_many_lines") or ()
    numbers = (*numbers, *bench.numbers(20)[1:])[: len(TRAPS) + 1]
    many = list(bench.numbers(10, "open_many_lines"))
    rows = [(many[at % len(many)] if name == "line_needed" else numbers[at], *trap[:5])
            for at, (name, trap) in enumerate(TRAPS.items())]  # fmt: skip
    rows = [(number, *row[1:]) for number, row in zip(_different(rows, bench), rows, strict=True)]
    good = next(number for number in bench.numbers(30)[1:] if number not in {row[0] for row in rows})
    plan = planned(bench, table(*rows, (good, "1", "1", "CK003", "", "")), then="fill")
    assert [problem.reason.code for problem in plan.problems] == [trap[5] for trap in TRAPS.values()]
    clerk = bench.new_clerk()
    told = bench.engine.journal.rows(bench.engine.runs.run(plan.order, clerk.control, clerk).run_id)
    assert [row.verdict for row in told] == [Verdict.SKIPPED] * len(TRAPS) + [Verdict.PUSHED]
    assert [row.reasons[0].code for row in told[:-1]] == [trap[5] for trap in TRAPS.values()]
    assert all(dict(row.reasons[0].values)["row"] for row in told[:-1])
    assert_told(bench, told, whole=False) if told[-1].half_done else assert_told(bench, told[-1:], whole=True)


def _different(rows: Sequence[Sequence[str]], bench: Bench) -> list[str]:
    """A bill of its own for each trap; the one that needs a line has several."""
    many, plain = list(bench.numbers(10, "open_many_lines")), list(bench.numbers(20)[1:])
    return [many.pop() if not row[1] else plain.pop(0) for row in rows]


def test_a_server_that_does_not_describe_its_forms(bench: Bench) -> None:
    bench.server.turn({"no_business_info": True})
    number = bench.numbers(1, "open_many_lines")[0]
    filled = table(
        (number, "2", "3", "CK003", "到货", "甲"), headings=("FQty", "FStockId", "FNote", "FNoteEntry")
    )
    rows = fill(bench, filled, then="submit")
    assert_told(bench, rows, whole=True)
    (chain,) = chains_of(bench, rows)
    assert [value.key for value in chain.fill if not value.target_line] == ["FNote"]


@pytest.mark.parametrize("bench", [{"no_links": True}, {"links_at_head": True}], indirect=True)
def test_without_links_no_line_is_guessed(bench: Bench) -> None:
    plan = planned(bench, one(bench, bench.numbers(1)[0]))
    assert "fill_no_links" in {problem.reason.code for problem in plan.problems}
    assert plan.order.held_back
