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
    return _listed(model, (row for row in range(len(model.numbers)) if model.is_ready(row)))


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
    keys = tuple(map(model.key, wanted))
    bills = ((place, findings.chosen(key)) for place, key in enumerate(keys))
    picks = ((place, findings.lines(key)) for place, key in enumerate(keys))
    return PushSelection(
        numbers=tuple(numbers[row].text for row in wanted),
        chosen=tuple((place, bill.id) for place, bill in bills if bill is not None),
        insisted=tuple(place for place, key in enumerate(keys) if findings.ticked(key)),
        lines=tuple((place, pick.entry_ids) for place, pick in picks if pick is not None),
    )
