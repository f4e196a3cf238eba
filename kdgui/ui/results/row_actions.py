"""What can still be done with the rows of a run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

from kdgui.domain.verdicts import Row, Verdict

_AGAIN = frozenset({"already_pushed", "already_here", "other_rule_pushed"})


@dataclass(frozen=True, slots=True)
class RowActions:
    """Rows that something can be done about.

    Attributes:
        failed: to be retried; presumed: the same, but only where the clerk ticks them.
        unsent: to be pushed later; unsettled: to be asked about.
        again: pushed before, to be pushed once more where the clerk insists.
    """

    failed: tuple[Row, ...] = ()
    presumed: tuple[Row, ...] = ()
    unsent: tuple[Row, ...] = ()
    unsettled: tuple[Row, ...] = ()
    again: tuple[Row, ...] = ()


class RowPlaces:
    """The places of the rows that something can be done about, kept up while rows change."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._places: dict[str, set[int]] = {each.name: set() for each in fields(RowActions)}
        for place, row in enumerate(rows):
            if action := action_of(row):
                self._places[action].add(place)

    def replace(self, place: int, before: Row, row: Row) -> None:
        """The row at this place is another one now."""
        was, now = action_of(before), action_of(row)
        if was != now:
            self._places.get(was, set()).discard(place)
            self._places.get(now, set()).add(place)

    def actions(self, rows: Sequence[Row]) -> RowActions:
        """These rows by what can be done, each in order; takes as long as there are such rows."""
        found = {name: tuple(rows[place] for place in sorted(each)) for name, each in self._places.items()}
        return RowActions(**found)


def action_of(row: Row) -> str:
    """The field of RowActions that a row belongs to, or ""."""
    verdict = row.verdict
    if verdict is Verdict.PUSHED or verdict is Verdict.DRAFTED:
        return ""
    if verdict is Verdict.FAILED:
        return "" if row.deleted else "presumed" if row.presumed else "failed"
    if verdict is Verdict.SKIPPED:
        return "again" if _was_pushed(row) else ""
    if verdict is Verdict.UNSETTLED or verdict is Verdict.SENDING:
        return "unsettled"  # a row left at "sending": the run broke off, the server must be asked
    return "unsent" if _is_unsent(row) else ""


def _is_unsent(row: Row) -> bool:
    """Not sent, and no later run has taken it over."""
    return row.verdict in (Verdict.NOT_SENT, Verdict.QUEUED) and not any(
        note.code == "taken_over" for note in row.notes
    )


def _was_pushed(row: Row) -> bool:
    return any(reason.code in _AGAIN for reason in row.reasons)
