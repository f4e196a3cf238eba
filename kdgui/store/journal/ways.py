"""Ways through the journal: which rows pushed a bill on, and which rows made it."""

from __future__ import annotations

from collections.abc import Iterable

from kdgui.domain.bill_numbers import identity
from kdgui.domain.bills import TargetBill
from kdgui.domain.verdicts import Row
from kdgui.store.journal.file import JournalFile
from kdgui.store.journal.queries import chunks
from kdgui.store.journal.rows import read_row

_MADE = "rows.verdict IN ('pushed', 'drafted')"
_HERE = "runs.data_centre_id = ?"


class JournalWays:
    """Rows by the bills that they pushed or made, of all runs of a data centre, under whatever address."""

    def __init__(self, file: JournalFile) -> None:
        self._file = file

    def rows_of_sources(self, data_centre_id: str, form_id: str, bill_ids: Iterable[str]) -> tuple[Row, ...]:
        """Rows that pushed these bills of this form on, oldest first."""
        found: list[Row] = []
        with self._file.reading() as connection:
            for part in chunks(dict.fromkeys(bill_id for bill_id in bill_ids if bill_id)):
                marks = ", ".join("?" * len(part))
                records = connection.execute(
                    f"SELECT rows.body FROM rows JOIN runs USING (run_id) WHERE {_HERE} AND runs.form_id = ?"
                    f" AND rows.bill_id <> '' AND rows.bill_id IN ({marks}) AND {_MADE}"
                    " ORDER BY runs.id, position",
                    (data_centre_id, form_id, *part),
                )
                found += [read_row(body) for (body,) in records]
        return tuple(found)

    def rows_of_target(self, data_centre_id: str, target: TargetBill) -> tuple[tuple[str, Row], ...]:
        """Source form and row of everything that made this bill, oldest first; found by its number."""
        if not target.number:
            return ()
        with self._file.reading() as connection:
            records = connection.execute(
                "SELECT runs.form_id, rows.body FROM row_numbers JOIN rows USING (run_id, position)"
                f" JOIN runs USING (run_id) WHERE row_numbers.key = ? AND {_HERE} AND {_MADE}"
                " ORDER BY runs.id, position",
                (identity(target.number), data_centre_id),
            )
            read = [(form_id, read_row(body)) for form_id, body in records]
        return tuple(
            (form_id, row) for form_id, row in read if any(same_bill(t, target) for t in row.targets)
        )


def same_bill(one: TargetBill, other: TargetBill) -> bool:
    """Whether both are one bill: by form and id."""
    return (one.form_id.casefold(), one.id) == (other.form_id.casefold(), other.id)
