"""Sheets: the cells of a pasted text or an opened file as text, row by row, with what Excel hides of them."""

from __future__ import annotations

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
    """One sheet of a workbook, a whole text file, or a pasted text.

    Attributes:
        name: "" where it is not of a workbook.
        rows: rows in order, hidden ones (filtered out) among them; of a workbook those that hold anything.
        hidden: the sheet itself is hidden.
        first_column: what the first cell of every row is counted as in Excel: 1 is A.
        hidden_columns: places in `cells` that Excel hides.
    """

    name: str
    rows: tuple[SheetRow, ...]
    hidden: bool = False
    first_column: int = 1
    hidden_columns: frozenset[int] = frozenset()

    @property
    def hidden_rows(self) -> int:
        """How many of the rows Excel hides: the clerk did not see them, so ask whether they are meant."""
        return sum(row.hidden for row in self.rows)
