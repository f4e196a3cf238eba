"""Finding bills: the answer of the practice account against its own books, and values that stay values."""

from __future__ import annotations

import random
import re
import string
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kdgui.domain.errors import AnswerUnreadable, BadInput, KdguiError
from kdgui.domain.find_conditions import (
    Compare,
    FieldCondition,
    FindConditions,
    Period,
    period_days,
    read_condition,
    read_day,
)
from kdgui.domain.orders import PushOptions
from kdgui.pushing.flow.run_control import RunControl
from kdgui.pushing.inspect.find_bills import FindProgress, FindResult
from kdgui.pushing.inspect.find_fields import FieldKind, FindField, FindForm
from kdgui.pushing.inspect.find_filter import find_filter

from .conftest import FORM, RULE, Bench

ANYTHING = FindConditions(status="", open_only=False, with_left=False)
WITH_RULE = PushOptions(rule_id=RULE)
TODAY = date(2026, 11, 24)


def find(
    bench: Bench, conditions: FindConditions = ANYTHING, rule: bool = True, **more: object
) -> FindResult:
    options = WITH_RULE if rule else PushOptions()
    return bench.engine.finding.bills(FORM, options, conditions, RunControl(), **more)  # type: ignore[arg-type]


def numbers(result: FindResult) -> list[str]:
    return [found.bill.number for found in result.bills]


def where(*conditions: str) -> FindConditions:
    return FindConditions(
        status="", open_only=False, with_left=False, where=tuple(map(read_condition, conditions))
    )


def roles(bench: Bench, *wanted: str) -> set[str]:
    return {number for role in wanted for number in bench.examples().get(role, ())}


# -- what is found ---------------------------------------------------------------------------------


def test_what_is_left_and_what_is_not(bench: Bench) -> None:
    result = find(bench, FindConditions())
    found = set(numbers(result))
    assert roles(bench, "open", "part_delivered", "partly_linked") <= found
    shut = ("created", "submitted", "draft", "linked", "closed", "cancelled", "frozen", "terminated")
    assert not found & roles(bench, *shut)
    assert not result.more
    assert not result.stopped
    part = next(each for each in result.bills if each.bill.number in roles(bench, "part_delivered"))
    assert part.left is not None
    assert 0 < part.left.left < part.left.total
    assert [target.form_id for target in part.targets] == ["STK_InStock"]
    assert part.partner
    assert part.amount is not None
    assert part.bill.field("organisation") == "总部"


def test_found_bills_are_pushed_without_a_further_look_for_their_numbers(bench: Bench) -> None:
    result = find(bench, FindConditions(), most=5)
    assert result.more
    chosen = tuple((place, each.bill.id) for place, each in enumerate(result.bills))
    rows = bench.push(numbers(result), chosen=chosen, again=True)
    assert [row.bill_id for row in rows] == [bill_id for _, bill_id in chosen]
    bench.assert_honest(rows)


@pytest.mark.parametrize(
    "bench", [{}, {"short_pages": 7}, {"ignore_start_row": True}, {"ids_as_text": True}], indirect=True
)
def test_every_bill_once_however_pages_are_cut(bench: Bench) -> None:
    everything = find(bench)
    ids = [int(each.bill.id) for each in everything.bills]
    assert len(ids) == len(set(ids)) == everything.looked_at
    assert ids == sorted(ids, reverse=True)
    known = {number for listed in bench.examples().values() for number in listed}
    assert known <= set(numbers(everything))
    by_lines = find(bench, where("FQty > 0"))  # rows are lines, and pages may end within a bill
    assert numbers(by_lines) == numbers(everything)


def test_the_most_that_is_asked_for_is_kept_to_and_said(bench: Bench) -> None:
    everything = find(bench)
    count = len(everything.bills)
    for most in (1, 149, 150, 151, count - 1, count):
        result = find(bench, most=most)
        assert numbers(result) == numbers(everything)[:most]
        assert result.more is (most < count), most


def test_it_ends_when_it_is_stopped_with_what_it_has(bench: Bench) -> None:
    control, told = RunControl(), list[FindProgress]()

    def tell(progress: FindProgress) -> None:
        told.append(progress)
        control.stop()

    result = bench.engine.finding.bills(FORM, WITH_RULE, ANYTHING, control, tell)
    assert result.stopped
    assert not result.more
    assert len(told) == 1
    assert result.bills == told[0].bills


def test_conditions_narrow_down(bench: Bench) -> None:
    everything = {each.bill.number: each for each in find(bench).bills}
    for_partner = find(bench, FindConditions(status="", open_only=False, with_left=False, partner="东岸纸业"))
    assert set(numbers(for_partner)) == {n for n, each in everything.items() if each.partner == "东岸纸业"}
    by_number = find(bench, FindConditions(status="", open_only=False, with_left=False, partner="VEN00001"))
    assert numbers(by_number) == numbers(for_partner)
    first, last = "2026-10-01", date.today().isoformat()  # noqa: DTZ011 - books are written up to the local day
    dated = find(bench, ANYTHING.with_days(first, last))
    assert set(numbers(dated)) == {n for n, each in everything.items() if first <= each.date <= last}
    one_day = next(iter(everything.values())).date
    assert set(numbers(find(bench, ANYTHING.with_days(one_day, one_day)))) == {
        n for n, each in everything.items() if each.date == one_day
    }
    assert find(bench, where(f"日期 = {one_day}")).looked_at == len(
        [each for each in everything.values() if each.date == one_day]
    )


def test_further_conditions_of_every_kind(bench: Bench) -> None:
    known = numbers(find(bench))
    number = known[3]
    assert numbers(find(bench, where(f"FBillNo = {number}"))) == [number]
    assert numbers(find(bench, where(f"单据编号 in {number}，{known[5]}"))) == [number, known[5]]
    assert set(numbers(find(bench, where(f"FBillNo ~ {number[-3:]}")))) == {
        n for n in known if number[-3:] in n
    }
    assert set(numbers(find(bench, where(f"FBillNo !~ {number[-1]}")))) == {
        n for n in known if number[-1] not in n
    }
    assert numbers(find(bench, where("FBillNo starts CGDD"))) == known
    assert not numbers(find(bench, where("FBillNo != ''", "FBillNo empty")))
    approved = set(numbers(find(bench, where("单据状态 = 已审核"))))
    assert approved == set(numbers(find(bench, where("FDocumentStatus = C"))))
    assert set(numbers(find(bench, where("关闭状态 = 是")))) == roles(bench, "closed")
    assert set(numbers(find(bench, where("供应商 empty")))) == set()
    assert numbers(find(bench, where("供应商 filled"))) == known
    assert numbers(find(bench, where("是否赠品 = 否"))) == known
    assert set(numbers(find(bench, where("数量 > 10", "数量 <= 200")))) < set(known)
    material = bench.engine.finding.base_data("BD_MATERIAL", "螺")[0]
    assert numbers(find(bench, where(f"物料编码 = {material.number}"))) == numbers(
        find(bench, where(f"物料编码 = {material.name}"))
    )


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("没有这个 = 1", "find_field_unknown"),
        ("FNoSuchKey = 1", "find_field_unknown"),
        ("数量 = 很多", "find_number_unreadable"),
        ("数量 ~ 5", "find_compare_unfit"),
        ("日期 = 昨天", "find_date_unreadable"),
        ("单据状态 = 好的", "find_status_unknown"),
        ("是否赠品 = 也许", "find_yes_no"),
        ("FBillNo = a\x07b", "number_unsafe"),
    ],
)
def test_a_condition_that_does_not_fit_says_so_before_anything_is_asked(
    bench: Bench, condition: str, code: str
) -> None:
    with pytest.raises(KdguiError) as trouble:
        find(bench, where(condition))
    assert trouble.value.code == code


def test_left_without_a_rule_is_refused(bench: Bench) -> None:
    with pytest.raises(BadInput, match="find_left_needs_rule"):
        find(bench, FindConditions(), rule=False)
    assert numbers(find(bench, rule=False)) == numbers(find(bench))


@pytest.mark.parametrize("bench", [{"no_business_info": True}], indirect=True)
def test_a_server_that_describes_no_form(bench: Bench) -> None:
    form = bench.engine.finding.form(FORM)
    assert not form.described
    assert form.partner == "FSupplierId"
    found = set(numbers(find(bench, FindConditions(partner="东岸纸业"))))
    assert found
    assert not found & roles(bench, "created", "linked", "closed", "cancelled", "frozen", "terminated")
    assert numbers(find(bench, where("FPrice > 0", "FSupplierId.FNumber = VEN00001"))), "by key all the same"


@pytest.mark.parametrize("bench", [{"no_quantities": True}], indirect=True)
def test_where_nobody_knows_what_is_left_only_unpushed_bills_are_taken(bench: Bench) -> None:
    result = find(bench, FindConditions())
    assert all(not each.targets and each.left is None for each in result.bills)
    assert result.untold == len(roles(bench, "part_delivered", "linked", "linked_by_me", "partly_linked"))
    assert "quantity_untold" in {note.code for note in result.notes}


@pytest.mark.parametrize("bench", [{"blind_forms": FORM}], indirect=True)
def test_nothing_to_be_seen_is_no_error(bench: Bench) -> None:
    assert find(bench) == FindResult()


@pytest.mark.parametrize("bench", [{"ignore_limit": True}], indirect=True)
def test_a_server_that_turns_the_order_round_is_not_believed(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kdgui.pushing.connection.connection import Connection

    plain = Connection.query

    def turned(self: Connection, *args: object, **more: object) -> list[tuple[object, ...]]:
        return plain(self, *args, **{**more, "order": "FID ASC"})  # type: ignore[arg-type]

    monkeypatch.setattr(Connection, "query", turned)
    with pytest.raises(AnswerUnreadable, match="paging_ignored"):
        find(bench, rule=False, details=False)


def test_base_data_is_found_while_it_is_typed(bench: Bench) -> None:
    offered = bench.engine.finding.base_data("BD_Supplier", "纸")
    assert [(each.number, each.name) for each in offered] == [("VEN00001", "东岸纸业")]
    assert bench.engine.finding.base_data("BD_Supplier", "ven0000")
    assert bench.engine.finding.base_data("BD_Supplier", "%' or '1'='1") == ()
    assert bench.engine.finding.base_data("NO_Such", "x") == ()
    assert bench.engine.finding.base_data("BD_Supplier", " ") == ()


def test_missing_fields_are_named(bench: Bench) -> None:
    missing = bench.engine.finding.fields_missing(FORM, where("单价 > 1", "没有了 = 1", "FGone = 2"))
    assert missing == ("没有了", "FGone")


# -- values stay in their literals -----------------------------------------------------------------


class Columns:
    """Stands for a server that has every column."""

    def known(self, keys: Sequence[str], **_more: object) -> tuple[str, ...]:
        return tuple(keys)

    def has(self, _keys: Sequence[str], **_more: object) -> bool:
        return True


FIELDS = FindForm(
    FORM,
    tuple(FindField(f"F{kind.value}", f"F{kind.value}", kind) for kind in FieldKind),
    described=True,
    organisation="FOrg",
    partner="FPartner",
    creator="FCreator",
    bill_type="FType",
    date="FDate",
    status="FStatus",
    closed=("FClose",),
)


def outside_literals(text: str) -> str:
    """The filter without its quoted literals; every quote must be paired."""
    bare = re.sub(r"'(?:[^']|'')*'", "?", text)
    assert "'" not in bare, text
    return bare


@given(
    kind=st.sampled_from(list(FieldKind)),
    compare=st.sampled_from(list(Compare)),
    value=st.text(alphabet=st.one_of(st.sampled_from("'\"%_[]();-,，= \\"), st.characters()), max_size=20),
)
def test_no_value_leaves_its_literal(kind: FieldKind, compare: Compare, value: str) -> None:
    marked = f"Zqx{value}xqZ"
    conditions = FindConditions(
        organisation=marked, partner=marked, where=(FieldCondition(f"F{kind.value}", compare, marked),)
    )
    try:
        text = find_filter(FIELDS, conditions, TODAY, Columns()).text  # type: ignore[arg-type]  # all it needs
    except BadInput:
        return
    bare = outside_literals(text)
    assert "zqx" not in bare.casefold()
    assert re.fullmatch(r"[\w .?<>=(),]*", bare), bare
    assert bare.count("(") == bare.count(")")


@given(st.text(alphabet="0123456789.eE+-,' ()Nan", max_size=12))
def test_numbers_are_written_anew(value: str) -> None:
    row = FieldCondition("Fnumber", Compare.AT_LEAST, value)
    conditions = FindConditions(status="", open_only=False, where=(row,))
    try:
        text = find_filter(FIELDS, conditions, TODAY, Columns()).text  # type: ignore[arg-type]  # all it needs
    except BadInput:
        return
    match = re.fullmatch(r"\(Fnumber >= (-?\d+(?:\.\d+)?)\)", text)
    assert match, text
    assert Decimal(match[1]) == Decimal(value.strip())


def names() -> Iterator[str]:
    chance = random.Random(7)
    for _ in range(60):
        yield "".join(chance.choices(string.printable[:94] + "中'%_[]", k=chance.randint(1, 12)))


def test_odd_values_find_nothing_and_break_nothing(bench: Bench) -> None:
    for name in names():
        for compare in (Compare.EQUAL, Compare.CONTAINS, Compare.STARTS, Compare.LACKS):
            row = FieldCondition("FBillNo", compare, name)
            result = find(bench, FindConditions(status="", open_only=False, with_left=False, where=(row,)),
                          rule=False, details=False, most=5)  # fmt: skip
            told = [number.casefold() for number in numbers(result)]
            if compare is Compare.LACKS:
                assert all(name.strip().casefold() not in number for number in told), name
            elif compare is Compare.EQUAL:
                assert all(number == name.strip().casefold() for number in told), name
            else:
                assert all(name.strip().casefold() in number for number in told), name


# -- what is typed ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("FQty>=10", FieldCondition("FQty", Compare.AT_LEAST, "10")),
        ("FQty <> 10", FieldCondition("FQty", Compare.UNEQUAL, "10")),
        ("备注 包含 a = b", FieldCondition("备注", Compare.CONTAINS, "a = b")),
        ("FNote = a > b", FieldCondition("FNote", Compare.EQUAL, "a > b")),
        ("FNote !~ x", FieldCondition("FNote", Compare.LACKS, "x")),
        ("FNote = ", FieldCondition("FNote", Compare.EMPTY)),
        ("FNote filled", FieldCondition("FNote", Compare.FILLED)),
        ("FNote in a,b", FieldCondition("FNote", Compare.ONE_OF, "a,b")),
    ],
)
def test_conditions_are_read(text: str, condition: FieldCondition) -> None:
    assert read_condition(text) == condition


@pytest.mark.parametrize("text", ["", "FQty", "FQty >", "F Qty = 1", "empty", "FNote empty now", "= 3"])
def test_what_is_no_condition_is_told(text: str) -> None:
    with pytest.raises(BadInput, match="find_condition_unreadable"):
        read_condition(text)


def test_days_are_read_as_people_write_them() -> None:
    for text in ("2026-11-01", "2026/11/1", "20261101", "2026年11月1日", " 2026.11.1 "):
        assert read_day(text) == date(2026, 11, 1)
    assert read_day(" ") is None
    for text in ("2026-02-30", "11-01", "昨天", "2026", "20261301"):
        with pytest.raises(BadInput, match="find_date_unreadable"):
            read_day(text)
    with pytest.raises(BadInput, match="find_dates_reversed"):
        FindConditions(date_from="2026-11-02", date_to="2026-11-01").days(TODAY)


def test_periods_move_with_today() -> None:
    assert period_days(Period.LAST_MONTH, date(2026, 3, 31)) == (date(2026, 2, 1), date(2026, 2, 28))
    assert period_days(Period.THIS_MONTH, date(2026, 12, 5)) == (date(2026, 12, 1), date(2026, 12, 31))
    assert period_days(Period.THIS_WEEK, TODAY) == (date(2026, 11, 23), date(2026, 11, 29))
    assert period_days(Period.THIS_YEAR, TODAY) == (date(2026, 1, 1), date(2026, 12, 31))
    assert period_days(Period.NONE, TODAY) == (None, None)
