"""What the grid hands to a check or a run: numbers, and by their positions what the clerk said about them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kdgui.domain.orders import RunOrder

if TYPE_CHECKING:
    from kdgui.ui.numbers.numbers_model import NumbersModel


@dataclass(frozen=True, slots=True)
class PushSelection:
    """Fields of the same names in RunOrder; positions are places in `numbers`."""

    numbers: tuple[str, ...]
    chosen: tuple[tuple[int, str], ...] = ()
    insisted: tuple[int, ...] = ()
    lines: tuple[tuple[int, tuple[str, ...]], ...] = ()

    def into(self, order: RunOrder) -> RunOrder:
        """The order with this list."""
        return replace(
            order, numbers=self.numbers, chosen=self.chosen, insisted=self.insisted, lines=self.lines
        )


def ready_list(model: NumbersModel) -> PushSelection:
    """What a run gets: the rows that the push button counts, in order."""
    return _listed(model, model.ready_rows())


def check_list(model: NumbersModel) -> PushSelection:
    """What a check asks about: every number once, unless it is damaged; what was not ready may be now.

    Ticks are left out: the check is to tell what a push would find without them.
    """
    rows: dict[str, int] = {}
    for row, number in enumerate(model.numbers):
        if not number.trouble:
            rows.setdefault(number.text, row)
    return replace(_listed(model, rows.values()), insisted=())


def _listed(model: NumbersModel, rows: Iterable[int]) -> PushSelection:
    wanted, numbers, findings = tuple(rows), model.numbers, model.findings
    texts = tuple(numbers[row].text for row in wanted)
    marked = findings.marked
    places = (
        [(place, key) for place, row in enumerate(wanted) if (key := model.key(row)) in marked]
        if marked
        else []
    )
    bills = ((place, findings.chosen(key)) for place, key in places)
    picks = ((place, findings.lines(key)) for place, key in places)
    return PushSelection(
        numbers=texts,
        chosen=tuple((place, bill.id) for place, bill in bills if bill is not None),
        insisted=tuple(place for place, key in places if findings.ticked(key)),
        lines=tuple((place, pick.entry_ids) for place, pick in picks if pick is not None),
    )
