"""Which rows became one target bill together: what a merged push made, by what was read back."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from sys import intern

from kdgui.domain.bills import TargetBill
from kdgui.domain.verdicts import Row


class SharedTargets:
    """Places of rows by their target bills, kept up while rows change."""

    def __init__(self) -> None:
        # Most targets are of one row alone: a set for each of 100,000 would take 20 MB.
        self._places: dict[tuple[str, str], int | set[int]] = {}

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Start from these rows."""
        self._places = {}
        for place, row in enumerate(rows):
            self._add(place, row)

    def replace(self, place: int, before: Row, row: Row) -> None:
        """The row at this place is another one now."""
        if before.targets != row.targets:
            for target in before.targets:
                self._discard(_key(target), place)
            self._add(place, row)

    def of(self, place: int, row: Row) -> tuple[int, ...]:
        """The other places that share a target bill with this one, in order."""
        together = set().union(*(self._of(_key(target)) for target in row.targets))
        return tuple(sorted(together - {place}))

    @property
    def targets(self) -> int:
        """How many target bills there are."""
        return len(self._places)

    @property
    def sources(self) -> int:
        """How many rows have a target bill."""
        return len(set().union(*map(_several, self._places.values())))

    def _add(self, place: int, row: Row) -> None:
        for target in row.targets:
            known = self._places.setdefault(_key(target), place)
            if isinstance(known, set):
                known.add(place)
            elif known != place:
                self._places[_key(target)] = {known, place}

    def _discard(self, key: tuple[str, str], place: int) -> None:
        known = self._places.get(key)
        if isinstance(known, set):
            known.discard(place)
        if known == place or known == set():
            del self._places[key]

    def _of(self, key: tuple[str, str]) -> set[int]:
        return _several(self._places.get(key, frozenset()))


def _several(places: int | AbstractSet[int]) -> set[int]:
    return {places} if isinstance(places, int) else set(places)


def _key(target: TargetBill) -> tuple[str, str]:
    return intern(target.form_id.casefold()), target.id
