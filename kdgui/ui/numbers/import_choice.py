"""One way to read what was pasted or opened: sheets, column, hidden rows, and the rows ticked by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

from kdgui.domain.bill_numbers import MOST_NUMBERS
from kdgui.store.imports.number_column import (
    Reading,
    TableFound,
    has_numbers,
    headings_key,
    read_files_found,
    read_pasted,
    read_sheet,
)
from kdgui.store.imports.number_files import open_number_file
from kdgui.store.imports.sheets import Progress, Sheet, no_progress
from kdgui.store.settings import Settings

Ticks = dict[int, bool]
"""Rows, by their numbers, that the clerk takes in or leaves out whatever is guessed."""


@dataclass(frozen=True, slots=True)
class Part:
    """One sheet as it was read; `place` is its index among those found."""

    place: int
    sheet: Sheet
    reading: Reading


@dataclass(frozen=True, slots=True)
class Chosen:
    """One way to read what was found.

    Attributes:
        file: its name; "" for a paste.
        parts: the sheets that are taken, the one that is shown first where there is only one.
        place: the sheet that is chosen.
        hidden_too: rows that Excel hides are read as well.
        all_sheets: every sheet with numbers is taken.
        ticks: rows taken in or left out by hand, by the index of the sheet.
        by_hand: the clerk has chosen something: it is remembered for the next table of this kind.
        with_numbers: the sheets that could be taken together.
    """

    found: TableFound
    file: str
    parts: tuple[Part, ...]
    place: int
    hidden_too: bool = False
    all_sheets: bool = False
    ticks: dict[int, Ticks] = field(default_factory=dict)
    by_hand: bool = False
    with_numbers: tuple[int, ...] = ()

    @property
    def sheet(self) -> Sheet:
        """The sheet that is chosen."""
        return self.found.sheets[self.place]

    @property
    def reading(self) -> Reading:
        """All that is taken, in one; columns are those of the first sheet."""
        return _together([part.reading for part in self.parts])

    @property
    def column(self) -> int:
        """The column that was read."""
        return self.parts[0].reading.column


def choice_of_paste(text: str, html: str, settings: Settings, progress: Progress = no_progress) -> Chosen:
    """A pasted text, and the web page beside it or "", read the likeliest way; see `first_choice`."""
    return first_choice(read_pasted(text, html, progress), "", settings, progress=progress)


def choice_of_files(
    paths: Sequence[Path], name: str, settings: Settings, progress: Progress = no_progress
) -> Chosen:
    """Files, called `name` together, read the likeliest way; of several every sheet with numbers.

    Blocks for the disk. Raises what `open_number_file` and `first_choice` raise.
    """
    files = [(path.name, open_number_file(path, progress)) for path in paths]
    found = read_files_found(files, progress)
    return first_choice(found, name, settings, all_sheets=len(paths) > 1, progress=progress)


def first_choice(
    found: TableFound,
    file: str,
    settings: Settings,
    *,
    all_sheets: bool = False,
    progress: Progress = no_progress,
) -> Chosen:
    """The likeliest way; where a table with the same headings was read before, the way of then.

    `all_sheets`: every sheet with numbers is to be taken. Takes long for large tables; raises what `progress`
    raises.
    """
    reading, doubtful = found.reading, found.doubtful
    with_numbers = _with_numbers(found)
    key = headings_key(reading)
    kept = settings.import_column(key) if key else ""
    if kept in reading.columns and kept:
        reading = read_sheet(found.sheets[found.place], reading.columns.index(kept), progress=progress)
        several = len(found.sheets) > 1 and len(with_numbers) != 1
        doubtful = several or "formats" in found.sheets[found.place].untold
    part = Part(found.place, found.sheets[found.place], reading)
    known = replace(found, doubtful=doubtful)
    chosen = Chosen(known, file, (part,), found.place, with_numbers=with_numbers)
    return read_choice(replace(chosen, all_sheets=True), None, progress) if all_sheets else chosen


def read_choice(chosen: Chosen, column: int | None, progress: Progress = no_progress) -> Chosen:
    """The same choice, read; `column` None looks for the likeliest one. Raises what `progress` raises."""
    first = _part(chosen, chosen.place, column, progress)
    if not chosen.all_sheets:
        return replace(chosen, parts=(first,))
    heading = _heading(first.reading)
    parts = []
    for place in sorted({chosen.place, *chosen.with_numbers}):
        if place == chosen.place:
            parts.append(first)
        else:
            part = _part(chosen, place, None, progress)
            if heading and heading in part.reading.columns and heading != _heading(part.reading):
                part = _part(chosen, place, part.reading.columns.index(heading), progress)
            parts.append(part)
    return replace(chosen, parts=tuple(parts))


def with_tick(chosen: Chosen, place: int, row: int, on: bool) -> Chosen:
    """The choice after a row was ticked or unticked; it has to be read anew."""
    ticks = {each: dict(rows) for each, rows in chosen.ticks.items()}
    ticks.setdefault(place, {})[row] = on
    return replace(chosen, ticks=ticks, by_hand=True)


def remembered(chosen: Chosen, settings: Settings) -> Settings:
    """The settings that know this choice for the next table with the same headings."""
    reading = chosen.parts[0].reading
    key, heading = headings_key(reading), _heading(reading)
    if not (chosen.by_hand and key and heading) or reading.columns.count(heading) > 1:
        return settings
    return settings.with_import_column(key, heading)


def _part(chosen: Chosen, place: int, column: int | None, progress: Progress) -> Part:
    sheet = chosen.found.sheets[place]
    reading = read_sheet(
        sheet,
        column,
        hidden_too=chosen.hidden_too,
        ticks=chosen.ticks.get(place, {}),
        progress=progress,
    )
    return Part(place, sheet, reading)


def _with_numbers(found: TableFound) -> tuple[int, ...]:
    return tuple(place for place, sheet in enumerate(found.sheets) if has_numbers(sheet))


def _heading(reading: Reading) -> str:
    return reading.columns[reading.column] if reading.column < len(reading.columns) else ""


def _together(readings: list[Reading]) -> Reading:
    if len(readings) == 1:
        return readings[0]
    usable = [reading for reading in readings if not reading.trouble]
    if not usable:
        return readings[0]
    numbers = tuple(chain.from_iterable(each.numbers for each in usable))
    if len(numbers) > MOST_NUMBERS:
        return Reading(trouble="too_many", found=len(numbers))
    return replace(
        usable[0],
        rows=tuple(chain.from_iterable(each.rows for each in usable)),
        fates=tuple(chain.from_iterable(each.fates for each in usable)),
        numbers=numbers,
        found=sum(each.found for each in usable),
        split=sum(each.split for each in usable),
        cleaned=sum(each.cleaned for each in usable),
        damaged=sum(each.damaged for each in usable),
    )
