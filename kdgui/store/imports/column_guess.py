"""Which column of a table holds the bill numbers: by its heading, by its looks, or doubtful."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kdgui.domain.bill_numbers import likeness, strip_blanks
from kdgui.store.imports.list_words import GUESSED_LENGTH, NOTHING, OTHER_THINGS, plain, rank, says_total
from kdgui.store.imports.sheets import MOST_COLUMNS, SheetRow

SNIFFED_ROWS = 200
_SNIFFED_CELLS = 10_000
"""So much is looked at to find the column, and to tell a list from a letter."""
HEADING_ROWS = 20
LIKELY = 0.5
"""Columns that look like numbers as much as this might be the one that is meant."""
_UNLIKELY = 0.3
_MUCH_ALIKE = 0.75


@dataclass(frozen=True, slots=True)
class Guess:
    """How likely a column is the one: its header first (3 says so, 0 does not), then its looks, 0 to 1."""

    column: int
    rank: int
    looks: float
    score: float
    hidden: bool


def guess_columns(
    rows: Sequence[SheetRow], width: int, top: SheetRow | None, hidden: frozenset[int]
) -> list[Guess]:
    """All columns, the likeliest first."""
    sample = [row for row in rows if row is not top][: max(min(SNIFFED_ROWS, _SNIFFED_CELLS // width), 10)]
    guesses = []
    for index in range(width):
        cells = [
            text[:GUESSED_LENGTH]
            for row in sample
            if (text := cell_text(row, index)) and not says_total(text) and not NOTHING.fullmatch(text[:40])
        ]
        name = plain(cell_text(top, index)) if top else ""
        looks = sum(map(likeness, cells)) / len(cells) if cells else 0.0
        if OTHER_THINGS.search(name):
            looks /= 2
        distinct = len(set(cells)) / len(cells) if cells else 0.0
        guesses.append(
            Guess(index, rank(name) if looks else 0, looks, looks * (0.5 + 0.5 * distinct), index in hidden)
        )
    return sorted(guesses, key=lambda guess: (guess.hidden, -guess.rank, -guess.score))


def is_doubtful(guesses: Sequence[Guess]) -> bool:
    """Whether another column might be meant as well, or none looks like bill numbers."""
    best, rest = guesses[0], guesses[1:]
    if not rest:
        return False
    if any(guess.hidden and guess.rank > max(best.rank, 1) for guess in rest):
        return True
    if best.rank > 1:
        least = best.rank if best.looks >= _UNLIKELY else 0
        return any(other.rank >= least and other.looks >= LIKELY for other in rest if not other.hidden)
    near = max(LIKELY, best.score * _MUCH_ALIKE)
    return best.looks < LIKELY or any(other.score >= near for other in rest if not other.hidden)


def heading_row(rows: Sequence[SheetRow]) -> SheetRow | None:
    """The row that names the columns, one of the first twenty: bill numbers for sure, or else perhaps."""
    first = rows[:HEADING_ROWS]
    ranks = [max((rank(plain(cell)) for cell in row.cells[:MOST_COLUMNS]), default=0) for row in first]
    best = max(ranks, default=0)
    return first[ranks.index(best)] if best else None


def cell_text(row: SheetRow | None, index: int) -> str:
    """The text of a cell without blanks at its ends; "" where there is none."""
    return strip_blanks(row.cells[index]) if row and index < len(row.cells) else ""
