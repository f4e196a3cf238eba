"""Sheets: the cells of a pasted text or an opened file as text, row by row, with what Excel hides of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import repeat

from kdgui.domain.errors import BadInput

MOST_MEGABYTES = 50
"""Larger files surely hold more than bill numbers; they are refused."""
MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
"""What a sheet of Excel and LibreOffice can hold."""
MOST_PLACES = 20_000_000
"""So many cells, empty ones between others among them, can be kept of one file."""
MOST_TEXT = 200_000_000
"""So many bytes of different texts can be kept of one file."""
LONGEST_CELL = 10_001
"""A longer text is no list of numbers any more; the rest of it need not be kept to say so."""
_WIDE = 256
"""From here on only columns that hold anything are kept."""

Progress = Callable[[float], None]
"""Is told the share that was read, 0 to 1; raises Stopped where nobody waits for the rest."""


def no_progress(_share: float) -> None:
    """For readings that nobody watches."""


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
        places: of a very wide sheet what each place is counted as in Excel; () where they follow on each
            other from `first_column`.
        untold: what the file or paste does not tell: "rows" (whether rows are hidden), "formats" (how Excel
            shows numbers: leading zeros and prefixes).
    """

    name: str
    rows: tuple[SheetRow, ...]
    hidden: bool = False
    first_column: int = 1
    hidden_columns: frozenset[int] = frozenset()
    places: tuple[int, ...] = ()
    untold: frozenset[str] = frozenset()

    @property
    def hidden_rows(self) -> int:
        """How many of the rows Excel hides: the clerk did not see them, so ask whether they are meant."""
        return sum(row.hidden for row in self.rows)

    def column_number(self, place: int) -> int:
        """What this place in `cells` is counted as in Excel: 1 is A."""
        return self.places[place] if place < len(self.places) else self.first_column + place


def column_letters(column: int) -> str:
    """A column as Excel names it: 1 is A, 27 is AA."""
    name = ""
    while column > 0:
        column, place = divmod(column - 1, 26)
        name = chr(ord("A") + place) + name
    return name


class TextPool:
    """The different texts of a file, each kept once, and bounded.

    Raises BadInput("file_too_many_cells") where they are too much.
    """

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._bytes = 0

    def keep(self, text: str) -> str:
        """The same text, as it was kept before."""
        known = self._texts.get(text)
        if known is not None:
            return known
        text = self.take(text)
        if len(self._texts) < 200_000:
            self._texts[text] = text
        return text

    def take(self, text: str) -> str:
        """A text that comes once, cut to what is needed of it."""
        text = text[:LONGEST_CELL]
        self._spend(50 + len(text) * (1 if text.isascii() else 2))
        return text

    def count(self, numbers: int) -> None:
        """Count so many short texts that are kept elsewhere."""
        self._spend(60 * numbers)

    def _spend(self, size: int) -> None:
        self._bytes += size
        if self._bytes > MOST_TEXT:
            raise BadInput("file_too_many_cells")


class SheetBuilder:
    """Puts a sheet together from rows of cells by column, in whatever pieces they come."""

    def __init__(self, name: str, *, hidden: bool = False) -> None:
        self._name, self._hidden = name, hidden
        self._rows: dict[int, dict[int, str] | tuple[int, tuple[str, ...]]] = {}
        self._hidden_rows: set[int] = set()
        self._places = 0

    def add(self, number: int, cells: dict[int, str], *, hidden: bool = False) -> None:
        """Add cells (column from 1, text that is not empty) to a row; `number` counts from 1.

        Raises:
            ValueError: no spreadsheet has such a row or column.
            BadInput: file_too_many_cells.
        """
        if hidden:
            self._hidden_rows.add(number)
        if not cells:
            return
        if number in self._rows:
            cells = self._cells(number) | cells
        first, last = min(cells), max(cells)
        if not (0 < number <= MOST_ROWS and first > 0 and last <= MOST_COLUMNS):
            raise ValueError(f"cell beyond the sheet: row {number}, columns {first} to {last}")
        width = last - first + 1
        if width > _WIDE and width > 2 * len(cells):
            self._rows[number] = cells
            width = len(cells)
        else:
            self._rows[number] = (first, tuple(map(cells.get, range(first, last + 1), repeat(""))))
        self._places += width
        if self._places > MOST_PLACES:
            raise BadInput("file_too_many_cells")

    def lift_merged(self, areas: Iterable[tuple[int, int, int]]) -> None:
        """A merged cell is seen as long as one of its rows is: its text goes to the first of them.

        `areas`: first row, last row and column of each.
        """
        shown = _next_shown(self._hidden_rows)
        for first, last, column in areas:
            target = shown.get(first, first)
            if target == first or target > last or first not in self._rows:
                continue
            cells = self._cells(first)
            text = cells.pop(column, "")
            if text:
                del self._rows[first]
                self.add(first, cells)
                self.add(target, {column: text})

    def build(
        self, hidden_columns: Iterable[tuple[int, int]] = (), untold: frozenset[str] = frozenset()
    ) -> Sheet:
        """The sheet; `hidden_columns`: first and last of each hidden stretch, counted from 1."""
        if not self._rows:
            return Sheet(self._name, (), self._hidden, untold=untold)
        kept = list(self._rows.values())
        first = min(row[0] if isinstance(row, tuple) else min(row) for row in kept)
        last = max(row[0] + len(row[1]) - 1 if isinstance(row, tuple) else max(row) for row in kept)
        places = self._used() if last - first >= _WIDE else ()
        by_column = {column: place for place, column in enumerate(places)}
        rows = []
        total = 0
        for number in sorted(self._rows):
            cells = self._dense(number, first, by_column)
            total += len(cells)
            if total > MOST_PLACES:
                raise BadInput("file_too_many_cells")
            rows.append(SheetRow(number, cells, number in self._hidden_rows))
        hidden = _hidden_places(hidden_columns, places or range(first, last + 1))
        return Sheet(self._name, tuple(rows), self._hidden, first, hidden, places, untold)

    def _dense(self, number: int, first: int, by_column: dict[int, int]) -> tuple[str, ...]:
        row = self._rows[number]
        if by_column:
            placed = {by_column[column]: text for column, text in self._cells(number).items()}
            return tuple(map(placed.get, range(max(placed) + 1), repeat("")))
        assert isinstance(row, tuple)  # noqa: S101 - a row that is kept by column makes the sheet a wide one
        return ("",) * (row[0] - first) + row[1] if row[0] > first else row[1]

    def _cells(self, number: int) -> dict[int, str]:
        row = self._rows[number]
        return dict(row) if isinstance(row, dict) else {c: t for c, t in enumerate(row[1], start=row[0]) if t}

    def _used(self) -> tuple[int, ...]:
        """The columns that hold anything."""
        used: set[int] = set()
        for number in self._rows:
            used.update(self._cells(number))
        return tuple(sorted(used))


def _hidden_places(stretches: Iterable[tuple[int, int]], columns: Iterable[int]) -> frozenset[int]:
    """Which places these stretches of columns hide; a stretch may say that it ends anywhere."""
    hidden = bytearray(MOST_COLUMNS + 1)
    for first, last in stretches:
        start, end = max(first, 1), min(last, MOST_COLUMNS) + 1
        hidden[start:end] = b"\1" * max(end - start, 0)
    return frozenset(place for place, column in enumerate(columns) if hidden[column])


def _next_shown(hidden: set[int]) -> dict[int, int]:
    """For every hidden row the first one below it that is shown."""
    shown: dict[int, int] = {}
    for row in sorted(hidden, reverse=True):
        shown[row] = shown.get(row + 1, row + 1)
    return shown
