"""By which columns a rule counts: learnt from what it pushed, never guessed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kdgui.pushing.inspect.quantities import Cells, Quantity, Quota, number_of
from kdgui.pushing.schema.form_schema import EntryColumns


class Memory(dict[tuple[str, str], str]):
    def recall(self, kind: str, key: str) -> str | None:
        return self.get((kind, key))

    def remember(self, kind: str, key: str, value: str) -> None:
        self[kind, key] = value


TWO_WAYS = EntryColumns(quantity="FQty", taken=("FLinkQty", "FReturnLinkQty"))


def cells(**values: float) -> Cells:
    return {key: number_of(value) for key, value in values.items()}


def line(total: float, link: float, back: float) -> Cells:
    return cells(FQty=total, FLinkQty=link, FReturnLinkQty=back)


def test_nothing_is_told_while_two_columns_disagree() -> None:
    memory = Memory()
    quota = Quota(TWO_WAYS, memory, "rule")
    assert quota.of_bill([line(10, 0, 0), line(5, 0, 0)]) == Quantity(Decimal(15), Decimal(15))
    assert quota.of_bill([line(10, 0, 0), line(5, 5, 0)]) is None
    quota.learn([line(8, 8, 8)])  # pushed both ways: it shows nothing about either
    assert quota.of_bill([line(5, 5, 0)]) is None
    quota.learn([line(8, 0, 8), line(8, 0, 2)])
    assert quota.proven
    assert quota.of_bill([line(10, 0, 0), line(5, 5, 1)]) == Quantity(Decimal(14), Decimal(15))
    reopened = Quota(TWO_WAYS, memory, "rule")
    assert reopened.of_bill([line(5, 5, 1)]) == Quantity(Decimal(4), Decimal(5))
    assert Quota(TWO_WAYS, memory, "another rule").of_bill([line(5, 5, 1)]) is None


def test_a_column_that_did_not_grow_is_not_believed() -> None:
    quota = Quota(EntryColumns(quantity="FQty", taken=("FLinkQty",)), Memory(), "rule")
    assert quota.of_bill([cells(FQty=10, FLinkQty=4)]) == Quantity(Decimal(6), Decimal(10))
    quota.learn([cells(FQty=10, FLinkQty=0)])
    assert quota.of_bill([cells(FQty=10, FLinkQty=4)]) is None
    assert not quota.proven


def test_a_cancelled_target_that_gave_its_quantity_back_does_not_mislead() -> None:
    quota = Quota(TWO_WAYS, Memory(), "rule")
    quota.learn([line(8, 0, 0), line(8, 8, 0), line(8, 3, 0)])
    assert quota.of_bill([line(8, 3, 0)]) == Quantity(Decimal(5), Decimal(8))


def test_the_base_unit_is_told_in_the_unit_of_the_bill() -> None:
    columns = EntryColumns(quantity="FQty", base_quantity="FBaseUnitQty", base_taken=("FBaseJoinQty",))
    quota = Quota(columns, Memory(), "rule")
    boxes = [cells(FQty=10, FBaseUnitQty=120, FBaseJoinQty=36), cells(FQty=1, FBaseUnitQty=3, FBaseJoinQty=1)]
    assert quota.of_bill(boxes[:1]) == Quantity(Decimal(7), Decimal(10))
    left = quota.of_bill(boxes)
    assert left is not None
    assert left.left == Decimal(7) + Decimal("0.666667")
    assert quota.of_bill([cells(FQty=1, FBaseUnitQty=0, FBaseJoinQty=0)]) is None


def test_money_counts_only_where_there_is_no_quantity() -> None:
    both = EntryColumns(quantity="FQty", taken=("FLinkQty",), amount="FAmt", taken_amounts=("FPaid",))
    bill = [cells(FQty=10, FLinkQty=4, FAmt=100, FPaid=70)]
    quota = Quota(both, Memory(), "rule")
    assert quota.of_bill(bill) == Quantity(Decimal(6), Decimal(10))
    quota.learn([cells(FQty=10, FLinkQty=0, FAmt=100, FPaid=100)])
    assert quota.of_bill(bill) == Quantity(Decimal(30), Decimal(100), amount=True)


def test_more_taken_than_there_was_is_nothing_left() -> None:
    quota = Quota(EntryColumns(quantity="FQty", taken=("FLinkQty",)), Memory(), "rule")
    lines = [cells(FQty=10, FLinkQty=12), cells(FQty=3, FLinkQty=1)]
    assert quota.of_bill(lines) == Quantity(Decimal(2), Decimal(13))
    assert quota.of_bill([{"FQty": Decimal(3), "FLinkQty": None}]) is None
    assert quota.of_bill([]) is None


@pytest.mark.parametrize(
    ("given", "number"),
    [(0.1, "0.1"), ("1E+2", "100"), (5, "5"), (" 7.50 ", "7.5"), (True, None), (None, None), ("x", None),
     ("NaN", None), (float("inf"), None)],
)  # fmt: skip
def test_cells_are_exact_numbers_or_none(given: object, number: str | None) -> None:
    assert number_of(given) == (None if number is None else Decimal(number))
