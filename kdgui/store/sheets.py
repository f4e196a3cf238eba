"""Sheets: the cells of an opened file as text, row by row."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

MOST_MEGABYTES = 50
"""Larger files surely hold more than bill numbers; they are refused."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row of a sheet: its number as Excel counts (from 1), its cells as text, whether Excel hides it."""

    number: int
    cells: tuple[str, ...]
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet, or a whole text file.

    Attributes:
        name: "" for a text file.
        rows: rows that hold anything, hidden ones (filtered out) among them.
        hidden: the sheet itself is hidden.
    """

    name: str
    rows: tuple[SheetRow, ...]
    hidden: bool = False

    @property
    def hidden_rows(self) -> int:
        """How many of the rows Excel hides: the clerk did not see them, so ask whether they are meant."""
        return sum(row.hidden for row in self.rows)

    def as_text(self, *, hidden: bool = True) -> str:
        """The rows as Excel would put them on the clipboard; without the hidden ones on demand."""
        out = io.StringIO(newline="")
        writer = csv.writer(out, dialect="excel-tab")
        writer.writerows(row.cells for row in self.rows if hidden or not row.hidden)
        return out.getvalue()
