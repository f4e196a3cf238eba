"""Which rows became one target bill together: what a merged push made, by what was read back."""

from __future__ import annotations

from collections.abc import Sequence

from kdgui.domain.bills import TargetBill
from kdgui.domain.verdicts import Row


class SharedTargets:
    """Places of rows by their target bills, kept up while rows change."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, str], set[int]] = {}

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Start from these rows."""
        self._places = {}
        for place, row in enumerate(rows):
            self._add(place, row)

    def replace(self, place: int, before: Row, row: Row) -> None:
        """The row at this place is another one now."""
        if before.targets != row.targets:
            for target in before.targets:
                self._places.get(_key(target), set()).discard(place)
            self._add(place, row)

    def of(self, place: int, row: Row) -> tuple[int, ...]:
        """The other places that share a target bill with this one, in order."""
        together = set().union(*(self._places.get(_key(target), set()) for target in row.targets))
        return tuple(sorted(together - {place}))

    @property
    def targets(self) -> int:
        """How many target bills there are."""
        return sum(bool(places) for places in self._places.values())

    @property
    def sources(self) -> int:
        """How many rows have a target bill."""
        return len(set().union(*self._places.values()))

    def _add(self, place: int, row: Row) -> None:
        for target in row.targets:
            self._places.setdefault(_key(target), set()).add(place)


def _key(target: TargetBill) -> tuple[str, str]:
    return target.form_id.casefold(), target.id
