"""Reading tables, pasted or opened: which sheet and column hold bill numbers, what becomes of every row."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from kdgui.domain.bill_numbers import (
    LONGEST_NUMBER,
    MOST_NUMBERS,
    BillNumber,
    is_wordy,
    likeness,
    read_cell,
    strip_blanks,
)
from kdgui.store.imports.column_guess import (
    HEADING_ROWS,
    LIKELY,
    SNIFFED_ROWS,
    cell_text,
    guess_columns,
    heading_row,
    is_doubtful,
)
from kdgui.store.imports.list_words import (
    GUESSED_LENGTH,
    NOTHING,
    PAGE,
    SUBTOTAL,
    rank,
    says_total,
)
from kdgui.store.imports.number_files import OpenedFile, TextFile, read_text_anew
from kdgui.store.imports.pasted_tables import read_pasted_table, table_of
from kdgui.store.imports.sheets import MOST_COLUMNS, Progress, Sheet, SheetRow, no_progress
from kdgui.store.imports.text_tables import too_many_cells

_ROWS_A_TURN = 5_000
_SHORTEST_LETTER = 2000

_PLAINLY_A_NUMBER = re.compile(r"[A-Z]{2,10}[A-Z0-9]*\d{4}").fullmatch
NO_TICKS: Mapping[int, bool] = MappingProxyType({})


class RowFate(StrEnum):
    """What became of a row: its numbers were taken, or why it was left out."""

    TAKEN = "taken"
    HEADER = "header"
    TITLE = "title"
    TOTAL = "total"
    EMPTY = "empty"
    HIDDEN = "hidden"
    PAGE = "page"
    UNTICKED = "unticked"


@dataclass(frozen=True, slots=True)
class Reading:
    """A sheet, read; nothing of it is lost without being counted.

    Attributes:
        rows: for every row of the sheet its bill numbers, troubled ones among them; () where it was left out.
        fates: what became of every row of the sheet.
        columns: a name for every column that held anything: its header, or "" where it has none.
        column: index of the column that was read.
        doubtful: another column might be meant as well: ask.
        trouble: "" or why nothing can be taken: "empty", "prose", "too_many".
        found: how many numbers there are; with "too_many" perhaps lines only.
        numbers: all bill numbers in order; () where nothing can be taken.
        split, cleaned, damaged: how many cells held several numbers, how many numbers were changed (beside
            being split), how many cannot be sent.
    """

    rows: tuple[tuple[BillNumber, ...], ...] = ()
    fates: tuple[RowFate, ...] = ()
    columns: tuple[str, ...] = ()
    column: int = 0
    doubtful: bool = False
    trouble: str = ""
    found: int = 0
    numbers: tuple[BillNumber, ...] = ()
    split: int = 0
    cleaned: int = 0
    damaged: int = 0

    def count(self, fate: RowFate) -> int:
        """How many rows met this fate."""
        return self.fates.count(fate)


@dataclass(frozen=True, slots=True)
class TableFound:
    """What was found in a paste or a file.

    Attributes:
        sheets: what can be chosen from: visible sheets, or the hidden ones where there are no others.
        place: index of the sheet that was read.
        reading: what was read from it.
        doubtful: another sheet or column might be meant as well, or the file does not tell how its numbers
            are shown: ask.
        text: what was read, where it is a text: it can be read in other ways.
    """

    sheets: tuple[Sheet, ...]
    place: int
    reading: Reading
    doubtful: bool
    text: TextFile | None = None


def read_pasted(text: str, html: str = "", progress: Progress = no_progress) -> TableFound:
    """Read the likeliest column of a pasted text; `html` beside it tells hidden rows and cells in quotes.

    Prose and too many rows are refused as a whole, before much of them is looked at. Raises only what
    `progress` raises.
    """
    if too_many_cells(text, "\t"):
        lines = text.count("\n") or text.count("\r")
        return TableFound((Sheet("", ()),), 0, Reading(trouble="too_many", found=lines), doubtful=False)
    sheet, file = read_pasted_table(text, html, progress)
    return replace(read_sheets_found((sheet,), progress), text=file)


def read_anew(
    found: TableFound,
    encoding: str | None = None,
    separator: str | None = None,
    progress: Progress = no_progress,
) -> TableFound:
    """A text that was found, read in this encoding and cut at this separator; None leaves either as it is.

    Raises only what `progress` raises.
    """
    if found.text is None:
        return found
    if found.text.encoding:
        opened = read_text_anew(found.text, encoding, separator)
        return replace(read_sheets_found(opened.sheets, progress), text=opened.text)
    used = found.text.separator if separator is None else separator
    sheet, text = table_of(replace(found.text, separator=used), progress)
    return replace(read_sheets_found((sheet,), progress), text=text)


def read_files_found(files: Sequence[tuple[str, OpenedFile]], progress: Progress = no_progress) -> TableFound:
    """What opened files hold, with their names; of several every sheet is named by its file as well.

    Raises only what `progress` raises.
    """
    if len(files) == 1:
        _, file = files[0]
        return replace(read_sheets_found(file.sheets, progress), text=file.text)
    sheets = [
        replace(sheet, name=" · ".join(filter(None, (name, sheet.name))))
        for name, file in files
        for sheet in file.sheets
        if not sheet.hidden
    ]
    found = read_sheets_found(sheets, progress)
    return replace(found, doubtful=bool(found.sheets[0].rows))


def headings_key(reading: Reading) -> str:
    """By what a table with the same headings is known again; "" where it has none."""
    if not any(reading.columns):
        return ""
    return hashlib.blake2b("\t".join(reading.columns).encode("utf-8", "replace"), digest_size=8).hexdigest()


def read_sheets_found(sheets: Sequence[Sheet], progress: Progress = no_progress) -> TableFound:
    """Read the likeliest sheet, the first one where none is likelier. `sheets` may be empty.

    Raises only what `progress` raises.
    """
    shown = tuple(sheet for sheet in sheets if not sheet.hidden) or tuple(sheets)
    if not shown:
        return TableFound((Sheet("", ()),), 0, Reading(trouble="empty"), doubtful=False)
    likely = [place for place, sheet in enumerate(shown) if has_numbers(sheet)]
    place = likely[0] if likely else 0
    reading = read_sheet(shown[place], progress=progress)
    several = len(shown) > 1 and len(likely) != 1
    doubtful = several or reading.doubtful or "formats" in shown[place].untold
    return TableFound(shown, place, reading, doubtful and len(shown[place].rows) > 0)


def read_sheet(
    sheet: Sheet,
    column: int | None = None,
    *,
    hidden_too: bool = False,
    ticks: Mapping[int, bool] = NO_TICKS,
    progress: Progress = no_progress,
) -> Reading:
    """Read one sheet: find the column of bill numbers; leave out and count every row that holds none.

    `column` reads that column instead; `hidden_too` reads what Excel hides as well. `ticks`: rows, by their
    number, that the clerk takes in or leaves out whatever is guessed. Raises only what `progress` raises.
    """
    rows = sheet.rows
    seen = rows if hidden_too else [row for row in rows if not row.hidden]
    width = min(max((len(row.cells) for row in seen), default=0), MOST_COLUMNS)
    if not any(strip_blanks(cell) for row in seen for cell in row.cells):
        nothing = tuple(RowFate.HIDDEN if row.hidden and not hidden_too else RowFate.EMPTY for row in rows)
        return Reading(((),) * len(rows), nothing, trouble="empty")
    if _is_letter(seen):
        return Reading(trouble="prose")
    top = heading_row(seen)
    guesses = guess_columns(seen, width, top, sheet.hidden_columns)
    chosen = guesses[0].column if column is None else min(max(column, 0), width - 1)
    fates, numbers = _Column(rows, chosen, top, hidden_too, ticks).read(progress)
    names = tuple(cell_text(top, index)[:40] if top else "" for index in range(width))
    doubtful = column is None and is_doubtful(guesses)
    return _counted(Reading(numbers, fates, names, chosen, doubtful))


def _counted(reading: Reading) -> Reading:
    """With all counts, so that nobody has to count again where it would be felt."""
    numbers = tuple(number for row in reading.rows for number in row)
    trouble = _trouble(numbers)
    return replace(
        reading,
        trouble=trouble,
        found=len(numbers),
        numbers=() if trouble else numbers,
        split=sum(len(row) > 1 for row in reading.rows),
        cleaned=sum(number.cleaned and number.changes != ("split",) for number in numbers),
        damaged=sum(bool(number.trouble) for number in numbers),
    )


def _trouble(numbers: Sequence[BillNumber]) -> str:
    if len(numbers) > MOST_NUMBERS:
        return "too_many"
    unreadable = sum(number.trouble in ("prose", "too_long") for number in numbers)
    if unreadable * 2 > len(numbers) and (len(numbers) > 1 or len(numbers[0].text) > LONGEST_NUMBER):
        return "prose"
    return "" if numbers else "empty"


# What becomes of a row


class _Column:
    """One column while it is read."""

    def __init__(
        self,
        rows: Sequence[SheetRow],
        chosen: int,
        top: SheetRow | None,
        hidden_too: bool,
        ticks: Mapping[int, bool],
    ) -> None:
        self._rows, self._chosen, self._top, self._hidden_too = rows, chosen, top, hidden_too
        self._ticks = ticks
        self._unnamed = None if top else _unnamed_heading(rows, chosen, hidden_too=hidden_too)
        self._titles = _titles(rows, top, chosen)
        self._shapes: frozenset[str] | None = None
        self._all_texts: frozenset[str] | None = None
        self._read: dict[str, tuple[BillNumber, ...]] = {}

    def read(self, progress: Progress) -> tuple[tuple[RowFate, ...], tuple[tuple[BillNumber, ...], ...]]:
        """What becomes of every row, and its numbers."""
        fates: list[RowFate] = []
        numbers: list[tuple[BillNumber, ...]] = []
        for place, row in enumerate(self._rows):
            if place % _ROWS_A_TURN == 0:
                progress(place / len(self._rows))
            fate = self._fate(row)
            taken = self._numbers(row.cells[self._chosen]) if fate is RowFate.TAKEN else ()
            fates.append(fate if taken or fate is not RowFate.TAKEN else RowFate.EMPTY)
            numbers.append(taken)
        return tuple(fates), _suspect_words(numbers, [row.number in self._ticks for row in self._rows])

    def _fate(self, row: SheetRow) -> RowFate:
        text = cell_text(row, self._chosen)
        ticked = self._ticks.get(row.number)
        if ticked is not None:
            return (RowFate.TAKEN if text else RowFate.EMPTY) if ticked else RowFate.UNTICKED
        if row.hidden and not self._hidden_too:
            return RowFate.HIDDEN
        named = row is self._top or row is self._unnamed
        if not named and _PLAINLY_A_NUMBER(
            text
        ):  # nearly all rows: none of the questions below is about them
            return RowFate.TITLE if row.number in self._titles else RowFate.TAKEN
        if self._is_total(row, text):
            return RowFate.TOTAL
        if not text or NOTHING.fullmatch(text[:GUESSED_LENGTH]):
            return RowFate.EMPTY
        if named or rank(text) > 1:
            return RowFate.HEADER
        if PAGE.fullmatch(text[:GUESSED_LENGTH]):
            return RowFate.PAGE
        return RowFate.TITLE if row.number in self._titles else RowFate.TAKEN

    def _numbers(self, cell: str) -> tuple[BillNumber, ...]:
        """The same cell stands on every line of a bill: read it once."""
        known = self._read.get(cell)
        if known is None:
            known = self._read[cell] = read_cell(cell)
        return known

    def _is_total(self, row: SheetRow, text: str) -> bool:
        """Whether a row sums up: it says so, and where it stands there is no bill number of its own."""
        if says_total(text):
            return True
        group = SUBTOTAL.fullmatch(text[:GUESSED_LENGTH])
        if group and group[1] in self._texts():
            return True
        if likeness(text[:GUESSED_LENGTH]) == 1.0 or not any(map(says_total, row.cells)):
            return False
        return not text or _shape(text) not in self._shapes_of_numbers()

    def _texts(self) -> frozenset[str]:
        if self._all_texts is None:
            self._all_texts = frozenset(cell_text(row, self._chosen) for row in self._rows)
        return self._all_texts

    def _shapes_of_numbers(self) -> frozenset[str]:
        """What the numbers look like in rows that say nothing of totals; in all rows, where each does."""
        if self._shapes is None:
            rows = [row for row in self._rows if row is not self._top]
            others = (row for row in rows if not any(map(says_total, row.cells)))
            shapes = frozenset(_shape(text) for row in others if (text := cell_text(row, self._chosen)))
            self._shapes = shapes or frozenset(_shape(cell_text(row, self._chosen)) for row in rows)
        return self._shapes


def _shape(text: str) -> str:
    """What bill numbers of one kind have in common, their length included."""
    return re.sub(r"\d", "9", text[:GUESSED_LENGTH])


def _titles(rows: Sequence[SheetRow], top: SheetRow | None, chosen: int) -> frozenset[int]:
    """Numbers of the rows above the header whose text does not begin like what is below it."""
    if top is None:
        return frozenset()
    place = rows.index(top)
    below = {_beginning(cell_text(row, chosen)) for row in rows[place + 1 : place + 1 + SNIFFED_ROWS]}
    return frozenset(row.number for row in rows[:place] if _beginning(cell_text(row, chosen)) not in below)


def _beginning(text: str) -> str:
    return re.split(r"\d", text, maxsplit=1)[0]


def _suspect_words(
    rows: list[tuple[BillNumber, ...]], ticked: Sequence[bool]
) -> tuple[tuple[BillNumber, ...], ...]:
    """Among many texts with digits, one without any is rather a remark below the list than a bill number."""
    wordy = [
        place
        for place, row in enumerate(rows)
        if len(row) == 1 and not row[0].trouble and not any(map(str.isdigit, row[0].text))
    ]
    if len(wordy) * 2 < sum(map(bool, rows)):
        for place in wordy:
            if not ticked[place]:
                rows[place] = (replace(rows[place][0], trouble="no_digits", changes=()),)
    return tuple(rows)


def _unnamed_heading(rows: Sequence[SheetRow], chosen: int, *, hidden_too: bool) -> SheetRow | None:
    """The first row with a text in this column, where it has no digit and all that follow have."""
    filled = (row for row in rows if (hidden_too or not row.hidden) and cell_text(row, chosen))
    sample = [row for row, _ in zip(filled, range(HEADING_ROWS), strict=False)]
    with_digits = [any(map(str.isdigit, cell_text(row, chosen))) for row in sample]
    if len(sample) > 1 and not with_digits[0] and sum(with_digits[1:]) * 5 >= len(sample[1:]) * 4:
        return sample[0]
    return None


def has_numbers(sheet: Sheet) -> bool:
    """Whether one of its columns is named or looks like bill numbers."""
    rows = [row for row in sheet.rows[: 2 * SNIFFED_ROWS] if not row.hidden]
    width = min(max((len(row.cells) for row in rows), default=0), MOST_COLUMNS)
    if not width:
        return False
    best = guess_columns(rows, width, heading_row(rows), sheet.hidden_columns)[0]
    return best.rank > 1 or best.looks >= LIKELY


# Lists and letters


def _is_letter(rows: Sequence[SheetRow]) -> bool:
    """Whether the beginning of a long text reads like prose; cheap, whatever the length."""
    sample = [row for row in rows[:SNIFFED_ROWS] if any(map(str.strip, row.cells))]
    if sum(len(cell) for row in sample for cell in row.cells) < _SHORTEST_LETTER:
        return False
    kinds = Counter(_is_wordy_row(row) for row in sample)
    return kinds[True] > kinds[False]


def _is_wordy_row(row: SheetRow) -> bool:
    cells = [strip_blanks(cell[:GUESSED_LENGTH]) for cell in row.cells[:MOST_COLUMNS]]
    return not any(likeness(cell) >= LIKELY for cell in cells) and any(map(is_wordy, cells))
