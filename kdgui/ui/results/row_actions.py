"""What can still be done with the rows of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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


def actions_of(rows: Sequence[Row]) -> RowActions:
    """Sort the rows of a run that does not run any more by what the clerk may do with them."""
    failed = tuple(row for row in rows if row.verdict is Verdict.FAILED and not row.deleted)
    return RowActions(
        failed=tuple(row for row in failed if not row.presumed),
        presumed=tuple(row for row in failed if row.presumed),
        unsent=tuple(row for row in rows if _is_unsent(row)),
        # A row left at "sending": the run broke off, the server must be asked.
        unsettled=tuple(row for row in rows if row.verdict in (Verdict.UNSETTLED, Verdict.SENDING)),
        again=tuple(row for row in rows if row.verdict is Verdict.SKIPPED and _was_pushed(row)),
    )


def _is_unsent(row: Row) -> bool:
    """Not sent, and no later run has taken it over."""
    return row.verdict in (Verdict.NOT_SENT, Verdict.QUEUED) and not any(
        note.code == "taken_over" for note in row.notes
    )


def _was_pushed(row: Row) -> bool:
    return any(reason.code in _AGAIN for reason in row.reasons)
