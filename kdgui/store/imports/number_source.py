"""Bill numbers for runs that nobody looks at: from a list of lines, or from one column of a sheet.

Nothing is guessed here that the window would ask about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kdgui.domain.errors import BadInput
from kdgui.store.imports.list_words import plain
from kdgui.store.imports.number_column import Reading, RowFate, read_sheet, read_sheets_found
from kdgui.store.imports.number_files import is_table, open_number_file, read_number_lines
from kdgui.store.imports.sheets import Sheet, column_letters

_MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class NumberSource:
    """The numbers of a source, all of them sound.

    Attributes:
        sheet, column: where they were read; "" for a list of lines.
        left_out: how many rows were left out, and why.
    """

    numbers: tuple[str, ...]
    sheet: str = ""
    column: str = ""
    left_out: Mapping[RowFate, int] = field(default_factory=dict)


def read_number_source(source: str, sheet: str = "", column: str = "") -> NumberSource:
    """The bill numbers of a file, or of standard input ("-").

    A text holds one number a line (design section 6) as long as no `column` is asked for; anything else is a
    table: `sheet` names the sheet, `column` the column by its heading or letter, where more than one might be
    meant. Rows that the file hides, headings and totals are left out.

    Raises BadInput: of the file, see `open_number_file`; sheet_unknown, column_unknown, column_doubtful,
    numbers_untold (the file does not tell leading zeros), numbers_damaged, numbers_unread.
    """
    if source == "-" or not (sheet or column or is_table(Path(source))):
        return NumberSource(read_number_lines(source))
    sheets = open_number_file(Path(source)).sheets
    if sheet:
        sheets = _named(sheets, sheet)
    where, reading = _read(sheets, column)
    _refuse_unsound(where, reading)
    left_out = {fate: reading.count(fate) for fate in RowFate if fate is not RowFate.TAKEN}
    return NumberSource(
        tuple(number.text for number in reading.numbers),
        where.name,
        _names(where, reading)[reading.column],
        {fate: count for fate, count in left_out.items() if count},
    )


def _named(sheets: Sequence[Sheet], name: str) -> tuple[Sheet, ...]:
    found = tuple(each for each in sheets if each.name.strip().casefold() == name.strip().casefold())
    if not found:
        raise BadInput("sheet_unknown", name=name, names=_listed([each.name for each in sheets]))
    return found


def _read(sheets: Sequence[Sheet], column: str) -> tuple[Sheet, Reading]:
    found = read_sheets_found(sheets)
    if not column:
        where = found.sheets[found.place]
        if found.doubtful and not where.untold:
            raise _doubtful(found.sheets, where, found.reading)
        return where, found.reading
    guessed = [(each, read_sheet(each)) for each in found.sheets]
    fitting = [
        (each, place)
        for each, reading in guessed
        if (place := _place(_names(each, reading), each, column)) is not None
    ]
    if not fitting:
        names = _names(found.sheets[found.place], found.reading)
        raise BadInput("column_unknown", name=column, names=_listed(names))
    if len(fitting) > 1:
        raise _doubtful([each for each, _ in fitting], found.sheets[found.place], found.reading)
    where, place = fitting[0]
    return where, read_sheet(where, place)


def _doubtful(sheets: Sequence[Sheet], where: Sheet, reading: Reading) -> BadInput:
    names = _listed(_names(where, reading))
    return BadInput("column_doubtful", sheets=_listed([each.name for each in sheets]), names=names)


def _names(sheet: Sheet, reading: Reading) -> list[str]:
    """Every column by its heading, or by its letter where it has none."""
    return [name or column_letters(sheet.column_number(place)) for place, name in enumerate(reading.columns)]


def _place(names: Sequence[str], sheet: Sheet, wanted: str) -> int | None:
    """The column that is called so: by its heading before by its letter."""
    by_heading = [place for place, name in enumerate(names) if plain(name) == plain(wanted)]
    letters = (
        place for place in range(len(names)) if column_letters(sheet.column_number(place)) == wanted.upper()
    )
    return by_heading[0] if by_heading else next(letters, None)


def _refuse_unsound(sheet: Sheet, reading: Reading) -> None:
    if reading.trouble:
        raise BadInput("numbers_unread", detail=reading.trouble)
    if "formats" in sheet.untold:
        raise BadInput("numbers_untold")
    damaged = [
        (row.number, number.text)
        for row, numbers in zip(sheet.rows, reading.rows, strict=True)
        for number in numbers
        if number.trouble
    ]
    if damaged:
        rows = _listed([str(number) for number in dict.fromkeys(number for number, _ in damaged)])
        first, text = damaged[0]
        raise BadInput("numbers_damaged", n=len(damaged), row=first, text=text[:80], rows=rows)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(name for name in names[:_MOST_NAMED] if name)
    return f"{shown} …" if len(names) > _MOST_NAMED else shown
