"""Plans: one readable file each, without secrets, and nothing lost by a damaged one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kdgui.domain.errors import BadInput
from kdgui.domain.find_conditions import Compare, FieldCondition, FindConditions, Period
from kdgui.domain.orders import PushOptions
from kdgui.store.plans import (
    Origin,
    Plan,
    PlanAccount,
    PlanBook,
    PlanSource,
    decode_plan,
    encode_plan,
    file_name,
    read_plan,
)

PLAN = Plan(
    "每天入库",
    "PUR_PurchaseOrder",
    PlanAccount("https://erp.invalid/k3cloud/", "65f0a1b2c3d4e5", "练习", "demo", "100"),
    PushOptions(rule_id="PUR_PurchaseOrder-STK_InStock", custom_params=(("FDate", "2026-11-24"),)),
    merged=True,
    again=True,
    then="audit",
    source=PlanSource(
        Origin.FIND,
        find=FindConditions(
            period=Period.LAST_MONTH,
            partner="VEN00001",
            with_left=False,
            where=(FieldCondition("FQty", Compare.AT_LEAST, "3"), FieldCondition("FNote", Compare.EMPTY)),
        ),
    ),
    fill={"实收数量": "FRealQty"},
)


def test_a_plan_comes_back_as_it_was_and_can_be_read() -> None:
    text = encode_plan(PLAN).decode()
    assert decode_plan(text.encode()) == PLAN
    assert 'period = "last_month"' in text
    assert "block" not in text, "what says nothing is left out"


TEXT = st.text(max_size=20)


@given(TEXT, TEXT, TEXT, st.booleans(), st.sampled_from(list(Compare)))
def test_any_text_survives(form: str, partner: str, value: str, again: bool, compare: Compare) -> None:
    row = FieldCondition("F", compare, value)
    find = FindConditions(partner=partner, where=(row,))
    plan = Plan(
        "x", f"F{form}", again=again, source=PlanSource(Origin.FIND, find=find), fill={value: partner}
    )
    try:
        encoded = encode_plan(plan)
    except UnicodeEncodeError:  # a lone surrogate is no text
        return
    assert decode_plan(encoded) == plan


def test_plans_are_kept_by_name(tmp_path: Path) -> None:
    book = PlanBook(tmp_path / "plans")
    assert book.load() == ()
    book.save(PLAN)
    book.save(Plan("B", "F"))
    assert [plan.name for plan in book.load()] == ["B", "每天入库"]
    assert book.get(" 每天入库 ") == PLAN
    with pytest.raises(BadInput, match="plan_name_taken"):
        book.save(Plan("b", "G"), new=True)
    book.save(Plan("b", "G"))
    assert [(plan.name, plan.form) for plan in book.load()] == [("b", "G"), ("每天入库", "PUR_PurchaseOrder")]
    assert book.rename("B", "C").name == "C"
    with pytest.raises(BadInput, match="plan_name_taken"):
        book.rename("C", "每天入库")
    assert book.rename("C", "c").name == "c", "its own name in other letters"
    book.delete("C")
    with pytest.raises(BadInput, match="plan_unknown"):
        book.get("c")
    assert len(list((tmp_path / "plans").iterdir())) == 1


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "a\x00", "x" * 61])
def test_names_that_cannot_be(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput, match="plan_name_unusable"):
        PlanBook(tmp_path).save(Plan(name, "F"))


@pytest.mark.parametrize("name", ["CON", "../../x", "a/b", 'a:b*?"<>|', "...", "月 初"])
def test_any_name_is_a_file_of_this_folder(tmp_path: Path, name: str) -> None:
    book = PlanBook(tmp_path / "plans")
    book.save(Plan(name, "F"))
    assert [path.parent for path in tmp_path.rglob("*.toml")] == [tmp_path / "plans"]
    assert book.get(name).form == "F"
    assert file_name(name).partition(".")[0].upper() != name.upper()


DAMAGED = (
    b"\xff\xfe",
    b"version = 1\nname = ",
    b"version = 2\nname='x'\nform='F'",
    b"version = 1",
    b"version = 1\nname='x'\nform='F'\nparallel = 9",
    b"version = 1\nname='x'\nform='F'\nthen='delete'",
    b"version = 1\nname='x'\nform=3",
)


def test_a_damaged_plan_hides_no_other(tmp_path: Path) -> None:
    book = PlanBook(tmp_path)
    book.save(PLAN)
    bad = tmp_path / "bad.toml"
    for content in DAMAGED:
        bad.write_bytes(content)
        assert book.load() == (PLAN,)
        assert book.damaged == (bad,)
        with pytest.raises(BadInput, match="plan_unreadable"):
            read_plan(bad)
    assert bad.read_bytes().startswith(b"version = 1"), "it is left as it is"
    with pytest.raises(BadInput, match="file_missing"):
        read_plan(tmp_path / "none.toml")


def test_an_order_says_what_the_plan_says() -> None:
    order = PLAN.order(("A", "B"), ((0, "1"),))
    assert (order.merged, order.again, order.then, order.split) == (True, True, "audit", True)
    assert (order.numbers, order.chosen) == (("A", "B"), ((0, "1"),))
