"""Reading tables, pasted or opened: which sheet and column hold bill numbers, what becomes of every row."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from kdgui.domain.bill_numbers import (
    LONGEST_NUMBER,
    MOST_NUMBERS,
    BillNumber,
    is_wordy,
    likeness,
    read_cell,
    strip_blanks,
)
from kdgui.store.imports.html_tables import mark_hidden
from kdgui.store.imports.sheets import Sheet, SheetRow
from kdgui.store.imports.text_tables import read_text

MOST_COLUMNS = 256
_MOST_LINES = 200_000
_PLAIN_NUMBER = re.compile(r"[A-Za-z]{2,6}[0-9]{4,40}")
"""A bill number, and neither heading nor total, for certain: most rows of most lists need no more looks."""
_SNIFFED_ROWS = 200
_SNIFFED_CELLS = 10_000
"""So much is looked at to find the column, and to tell a list from a letter."""
_HEADING_ROWS = 20
_SHORTEST_LETTER = 2000
_LIKELY = 0.5
"""Columns that look like numbers as much as this might be the one that is meant."""
_UNLIKELY = 0.3
_MUCH_ALIKE = 0.75

_HEADERS = frozenset(
    (
        *("编号", "单号", "单据编号", "单据号", "單號", "編號", "單據編號", "號碼", "单据内码"),
        *("billno", "documentno", "docno", "orderno", "ordernumber", "billnumber", "documentnumber"),
        "fbillno",
    )
)
_WEAK_HEADERS = frozenset(("编码", "单据", "bill", "number", "no", "号码"))
_HEADER_PART = re.compile(
    r"[^\d]{0,8}(?:单据?编?[号码]码?|编号|编码|單號|單據編號)|[^\d]{0,10}(?:bill|order)no"
)
_OTHER_THINGS = re.compile(
    "物料|商品|产品|客户|供应商|部门|仓库|仓位|组织|员工|职员|业务员|科目|项目|批号|银行|账号|单位|币别|条码"
    "|税号|税务|发票|证件|身份证|手机|电话|行号|快递|物流|车牌|customer|supplier|material|item"
)
"""What has numbers too, though not of bills."""
_TOTAL = re.compile(
    r"(?:合计|小计|总计|总合计|累计|本页合计|本页小计|合計|小計|總計|grand ?total|sub-?total|total|sum)"
    r"(?:\s*[:：].*|\s+[\d.,]+)?",
    re.IGNORECASE,
)


class RowFate(StrEnum):
    """What became of a row: its numbers were taken, or why it was left out."""

    TAKEN = "taken"
    HEADER = "header"
    TITLE = "title"
    TOTAL = "total"
    EMPTY = "empty"
    HIDDEN = "hidden"


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
        doubtful: another sheet or column might be meant as well: ask.
    """

    sheets: tuple[Sheet, ...]
    place: int
    reading: Reading
    doubtful: bool


def read_pasted(text: str, html: str = "") -> TableFound:
    """Read the likeliest column of a pasted text; `html` beside it tells hidden rows. Never raises.

    Prose and too many rows are refused as a whole, before much of them is looked at.
    """
    lines = text.count("\n") or text.count("\r")
    if lines > _MOST_LINES:
        return TableFound((Sheet("", ()),), 0, Reading(trouble="too_many", found=lines), doubtful=False)
    sheet = read_text(text)
    return read_sheets_found((mark_hidden(sheet, html) if html else sheet,))


def read_sheets_found(sheets: Sequence[Sheet]) -> TableFound:
    """Read the likeliest sheet, the first one where none is likelier. `sheets` may be empty; never raises."""
    shown = tuple(sheet for sheet in sheets if not sheet.hidden) or tuple(sheets)
    if not shown:
        return TableFound((Sheet("", ()),), 0, Reading(trouble="empty"), doubtful=False)
    likely = [place for place, sheet in enumerate(shown) if _has_numbers(sheet)]
    place = likely[0] if likely else 0
    reading = read_sheet(shown[place])
    several = len(shown) > 1 and len(likely) != 1
    return TableFound(shown, place, reading, (several or reading.doubtful) and len(shown[place].rows) > 0)


def read_sheet(sheet: Sheet, column: int | None = None, *, hidden_too: bool = False) -> Reading:
    """Read one sheet: find the column of bill numbers; leave out and count every row that holds none.

    `column` reads that column instead; `hidden_too` reads what Excel hides as well. Never raises.
    """
    rows = sheet.rows
    if len(rows) > _MOST_LINES:
        return Reading(trouble="too_many", found=len(rows))
    seen = rows if hidden_too else [row for row in rows if not row.hidden]
    width = min(max((len(row.cells) for row in seen), default=0), MOST_COLUMNS)
    if not any(strip_blanks(cell) for row in seen for cell in row.cells):
        nothing = tuple(RowFate.HIDDEN if row.hidden and not hidden_too else RowFate.EMPTY for row in rows)
        return Reading(((),) * len(rows), nothing, trouble="empty")
    if _is_letter(seen):
        return Reading(trouble="prose")
    top = _heading(seen)
    guesses = _guess_columns(seen, width, top, sheet.hidden_columns)
    chosen = guesses[0].column if column is None else min(max(column, 0), width - 1)
    fates, numbers = _read_column(rows, chosen, top, hidden_too=hidden_too)
    names = tuple(_cell(top, index)[:40] if top else "" for index in range(width))
    doubtful = column is None and _is_doubtful(guesses)
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
        cleaned=sum(number.cleaned for number in numbers if number.changes not in ((), ("split",))),
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


def _read_column(
    rows: Sequence[SheetRow], chosen: int, top: SheetRow | None, *, hidden_too: bool
) -> tuple[tuple[RowFate, ...], tuple[tuple[BillNumber, ...], ...]]:
    unnamed = None if top else _unnamed_heading(rows, chosen, hidden_too=hidden_too)
    fates: list[RowFate] = []
    numbers: list[tuple[BillNumber, ...]] = []
    titles = _titles(rows, top, chosen)
    for row in rows:
        cells = row.cells
        cell = cells[chosen] if chosen < len(cells) else ""
        if _PLAIN_NUMBER.fullmatch(cell) and not row.hidden and row.number not in titles and row is not top:
            fates.append(RowFate.TAKEN)
            numbers.append((BillNumber(cell, cell),))
            continue
        text = strip_blanks(cell)
        if row.hidden and not hidden_too:
            fate = RowFate.HIDDEN
        elif _is_total(row, text):
            fate = RowFate.TOTAL
        elif not text:
            fate = RowFate.EMPTY
        elif row is top or row is unnamed or _rank(text) > 1:
            fate = RowFate.HEADER
        elif row.number in titles:
            fate = RowFate.TITLE
        else:
            fate = RowFate.TAKEN
        fates.append(fate)
        numbers.append(read_cell(row.cells[chosen]) if fate is RowFate.TAKEN else ())
    return tuple(fates), _suspect_words(numbers)


def _titles(rows: Sequence[SheetRow], top: SheetRow | None, chosen: int) -> frozenset[int]:
    """Numbers of the rows above the header whose text does not begin like what is below it."""
    if top is None:
        return frozenset()
    place = rows.index(top)
    below = {_beginning(_cell(row, chosen)) for row in rows[place + 1 : place + 1 + _SNIFFED_ROWS]}
    return frozenset(row.number for row in rows[:place] if _beginning(_cell(row, chosen)) not in below)


def _beginning(text: str) -> str:
    return re.split(r"\d", text, maxsplit=1)[0]


def _suspect_words(rows: list[tuple[BillNumber, ...]]) -> tuple[tuple[BillNumber, ...], ...]:
    """Among many texts with digits, one without any is rather a remark below the list than a bill number."""
    wordy = [
        place
        for place, row in enumerate(rows)
        if len(row) == 1 and not row[0].trouble and not any(map(str.isdigit, row[0].text))
    ]
    if len(wordy) * 2 < sum(map(bool, rows)):
        for place in wordy:
            rows[place] = (replace(rows[place][0], trouble="no_digits", changes=()),)
    return tuple(rows)


def _unnamed_heading(rows: Sequence[SheetRow], chosen: int, *, hidden_too: bool) -> SheetRow | None:
    """The first row with a text in this column, where it has no digit and all that follow have."""
    filled = (row for row in rows if (hidden_too or not row.hidden) and _cell(row, chosen))
    sample = [row for row, _ in zip(filled, range(_HEADING_ROWS), strict=False)]
    with_digits = [any(map(str.isdigit, _cell(row, chosen))) for row in sample]
    if len(sample) > 1 and not with_digits[0] and sum(with_digits[1:]) * 5 >= len(sample[1:]) * 4:
        return sample[0]
    return None


def _is_total(row: SheetRow, number: str) -> bool:
    """Whether a row sums up: it says so, and where it stands there is no bill number of its own."""
    if likeness(number) == 1.0 and not _TOTAL.fullmatch(number):
        return False
    return any(_TOTAL.fullmatch(strip_blanks(cell)) for cell in row.cells if cell)


# Which column


@dataclass(frozen=True, slots=True)
class _Guess:
    """How likely a column is the one: its header first (3 says so, 0 does not), then its looks, 0 to 1."""

    column: int
    rank: int
    looks: float
    score: float
    hidden: bool


def _guess_columns(
    rows: Sequence[SheetRow], width: int, top: SheetRow | None, hidden: frozenset[int]
) -> list[_Guess]:
    """All columns, the likeliest first."""
    sample = [row for row in rows if row is not top][: max(min(_SNIFFED_ROWS, _SNIFFED_CELLS // width), 10)]
    guesses = []
    for index in range(width):
        cells = [text for row in sample if (text := _cell(row, index)) and not _TOTAL.fullmatch(text)]
        name = _plain(_cell(top, index)) if top else ""
        looks = sum(map(likeness, cells)) / len(cells) if cells else 0.0
        if _OTHER_THINGS.search(name):
            looks /= 2
        distinct = len(set(cells)) / len(cells) if cells else 0.0
        rank = _rank(name) if looks else 0
        guesses.append(_Guess(index, rank, looks, looks * (0.5 + 0.5 * distinct), index in hidden))
    return sorted(guesses, key=lambda guess: (guess.hidden, -guess.rank, -guess.score))


def _is_doubtful(guesses: Sequence[_Guess]) -> bool:
    """Whether another column might be meant as well, or none looks like bill numbers."""
    best, rest = guesses[0], guesses[1:]
    if not rest:
        return False
    if any(guess.hidden and guess.rank > max(best.rank, 1) for guess in rest):
        return True
    if best.rank > 1:
        least = best.rank if best.looks >= _UNLIKELY else 0
        return any(other.rank >= least and other.looks >= _LIKELY for other in rest if not other.hidden)
    near = max(_LIKELY, best.score * _MUCH_ALIKE)
    return best.looks < _LIKELY or any(other.score >= near for other in rest if not other.hidden)


def _has_numbers(sheet: Sheet) -> bool:
    """Whether one of its columns is named or looks like bill numbers."""
    rows = [row for row in sheet.rows[: 2 * _SNIFFED_ROWS] if not row.hidden]
    width = min(max((len(row.cells) for row in rows), default=0), MOST_COLUMNS)
    if not width:
        return False
    best = _guess_columns(rows, width, _heading(rows), sheet.hidden_columns)[0]
    return best.rank > 1 or best.looks >= _LIKELY


def _heading(rows: Sequence[SheetRow]) -> SheetRow | None:
    """The row that names the columns, one of the first twenty: bill numbers for sure, or else perhaps."""
    first = rows[:_HEADING_ROWS]
    ranks = [max((_rank(_plain(cell)) for cell in row.cells[:MOST_COLUMNS]), default=0) for row in first]
    best = max(ranks, default=0)
    return first[ranks.index(best)] if best else None


def _rank(text: str) -> int:
    """How surely this names a column of bill numbers, 0 to 3."""
    plain = _plain(text)
    if plain in _HEADERS:
        return 3
    if plain in _WEAK_HEADERS:
        return 1
    if not _HEADER_PART.fullmatch(plain):
        return 0
    return 1 if _OTHER_THINGS.search(plain) or plain.endswith("编码") else 2


def _plain(text: str) -> str:
    """A header without what people put around it: blanks, colons, (required), *."""
    if len(text) > LONGEST_NUMBER:
        return ""
    return re.sub(r"\(.*?\)|（.*?）|[\s.:：_\-#*]", "", text).casefold()


def _cell(row: SheetRow | None, index: int) -> str:
    return strip_blanks(row.cells[index]) if row and index < len(row.cells) else ""


# Lists and letters


def _is_letter(rows: Sequence[SheetRow]) -> bool:
    """Whether the beginning of a long text reads like prose; cheap, whatever the length."""
    sample = [row for row in rows[:_SNIFFED_ROWS] if any(map(str.strip, row.cells))]
    if sum(len(cell) for row in sample for cell in row.cells) < _SHORTEST_LETTER:
        return False
    kinds = Counter(_is_wordy_row(row) for row in sample)
    return kinds[True] > kinds[False]


def _is_wordy_row(row: SheetRow) -> bool:
    cells = [strip_blanks(cell) for cell in row.cells[:MOST_COLUMNS]]
    return not any(likeness(cell) >= _LIKELY for cell in cells) and any(map(is_wordy, cells))
