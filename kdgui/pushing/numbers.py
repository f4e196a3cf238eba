"""Reading bill numbers as pasted or typed: text in, text out, never a number, nothing repaired in silence."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LONGEST_NUMBER = 80
MOST_NUMBERS = 20_000
_MOST_LINES = 200_000
_MOST_COLUMNS = 256
_SNIFFED_ROWS = 200
_SNIFFED_CELLS = 10_000
"""So much is looked at to find the column, and to tell a list from a letter."""

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
"""What NFKC does to full-width letters, digits and punctuation, and to nothing else."""
_LINE_ENDS = "\v\f\x85\u2028\u2029"
_LINE_ENDS_TABLE = {ord(mark): "\n" for mark in _LINE_ENDS}

_CLEAN = re.compile(r"[A-Za-z][A-Za-z0-9_\-]{0,59}")
_DIGITS = re.compile(r"[0-9]{16,}")
_SCIENTIFIC = re.compile(r"[+-]?\d+(?:[.,]\d+[eE][+-]?\d+|[eE][+-]\d+)")
_ERROR_VALUE = re.compile(
    r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|GETTING_DATA|#+)", re.IGNORECASE
)
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_DATE = re.compile(
    r"(?:\d{4}([-/.])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])"
    r"|(?:\d{4}年)?(?:0?[1-9]|1[0-2])月(?:(?:0?[1-9]|[12]\d|3[01])日)?"
    rf"|\d{{1,2}}-{_MONTH}(?:-\d{{2,4}})?|{_MONTH}-\d{{1,2}})"
    r"(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?",
    re.IGNORECASE,
)
_SENTENCE_MARKS = re.compile("[。！？，；：“”‘’《》…]")
_LIST_MARKS = re.compile(r"\s*[\n,;，；、|]\s*")
_LETTERS = re.compile(r"[^\W\d_]+")
_WORDS_OF_PROSE = 5
_AMOUNT = re.compile(r"[-+¥￥$]?\s?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[-+¥￥$]?\s?\d+\.\d+%?|\d+%")

_HEADERS = frozenset(
    (
        *("编号", "编码", "单号", "单据", "单据号", "單號", "編號", "號碼"),
        *("billno", "bill", "documentno", "docno", "number", "no", "orderno", "ordernumber"),
        *("billnumber", "documentnumber", "fbillno"),
    )
)
_HEADER_PART = re.compile(r"[^\d]{0,8}(?:单据?编?[号码]码?|编号|编码|单据内码|單號|單據編號)")
_TOTAL = re.compile(
    r"(?:合计|小计|总计|总合计|累计|本页合计|本页小计|合計|小計|總計|grand ?total|sub-?total|total|sum)"
    r"(?:\s*[:：].*|\s+[\d.,]+)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class BillNumber:
    """One bill number as it was given.

    Attributes:
        text: what will be sent; where there is trouble, the clerk's own text without blanks at the ends.
        original: exactly what was given.
        cleaned: full-width characters were made half-width in `text`; the change must be shown.
        trouble: "" or key `damaged.<trouble>` of words: scientific, rounded, error_value, date, control,
            garbled, too_long, several, prose. Such a number is never sent.
    """

    text: str
    original: str
    cleaned: bool = False
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Paste:
    """A pasted table, read; nothing of it is lost without being counted.

    Attributes:
        numbers: the bill numbers in order, troubled ones among them.
        columns: a name for every column that held anything: its header, or "" where it has none.
        column: index of the column that was read.
        headers, totals, empties: rows left out, by kind.
        trouble: "" or why nothing was taken: "empty", "prose", "too_many".
        found: with "too_many": how many rows there are, about.
    """

    numbers: tuple[BillNumber, ...] = ()
    columns: tuple[str, ...] = ()
    column: int = 0
    headers: int = 0
    totals: int = 0
    empties: int = 0
    trouble: str = ""
    found: int = 0


def read_table(text: str) -> list[list[str]]:
    """Split clipboard text the way Excel wrote it: tabs, CRLF, quoted odd cells; the last line end is no row.

    Text whose quotes do not match was not written by Excel: it is split at tabs and line ends alone, so that
    a stray quote swallows nothing.
    """
    text = text.rstrip("\0")
    if any(mark in text for mark in _LINE_ENDS):
        text = text.translate(_LINE_ENDS_TABLE)
    try:
        if text.count('"') % 2 == 0:
            return _read_excel(text)
    except csv.Error:  # a cell of more than 128 Ki characters
        pass
    return [line.split("\t") for line in text.splitlines()]


def _read_excel(text: str) -> list[list[str]]:
    """Row by row: `list()` would keep every other thread, the window's too, waiting for the whole of it."""
    table: list[list[str]] = []
    for row in csv.reader(io.StringIO(text, newline=""), dialect="excel-tab"):
        table.append(row)  # noqa: PERF402 - see above
    return table


def read_bill_number(cell: str) -> BillNumber:
    """Read one cell; never raises, and reads its own `text` to the same `text` again.

    Strips every kind of blank at both ends (U+3000, NBSP, zero-width, BOM), keeps those inside, proposes the
    half-width form of full-width characters, and flags what is damaged instead of repairing it.
    """
    if _CLEAN.fullmatch(cell):
        return BillNumber(cell, cell, trouble="date" if _DATE.fullmatch(cell) else "")
    stripped = _strip(cell)
    folded = stripped.translate(_FULL_WIDTH)
    trouble = _trouble(stripped, folded)
    if trouble:
        return BillNumber(stripped, cell, trouble=trouble)
    return BillNumber(folded, cell, cleaned=folded != stripped)


def identity(text: str) -> str:
    """What spellings of one number share: a server may be blind to case, width and blanks at the ends."""
    return _strip(text if text.isascii() else unicodedata.normalize("NFKC", text)).casefold()


def duplicates(numbers: Iterable[str]) -> dict[int, int]:
    """Positions that repeat an earlier number, with the position of the first; empty texts repeat nothing."""
    first: dict[str, int] = {}
    repeats: dict[int, int] = {}
    for position, number in enumerate(numbers):
        key = identity(number)
        if key and first.setdefault(key, position) != position:
            repeats[position] = first[key]
    return repeats


def read_paste(text: str, column: int | None = None) -> Paste:
    """Read pasted text: find the column of bill numbers; leave out and count header, total and empty rows.

    `column` reads that column instead. Prose and more than MOST_NUMBERS rows are refused as a whole
    (`trouble`), before much of them is looked at. Never raises.
    """
    lines = text.count("\n") or text.count("\r")
    if lines > _MOST_LINES:
        return Paste(trouble="too_many", found=lines)
    if _is_letter(text):
        return Paste(trouble="prose")
    table = read_table(text)
    width = min(max(map(len, table), default=0), _MOST_COLUMNS)
    if not any(_strip(cell) for row in table for cell in row):
        return Paste(trouble="empty")
    chosen = _find_column(table, width) if column is None else min(max(column, 0), width - 1)
    return _read_column(table, width, chosen)


def _read_column(table: Sequence[Sequence[str]], width: int, chosen: int) -> Paste:
    numbers: list[BillNumber] = []
    headers = totals = empties = 0
    top = _header_row(table)
    for row in table:
        number = read_bill_number(row[chosen]) if chosen < len(row) else BillNumber("", "")
        if _is_total(row, number.text):
            totals += 1
        elif not number.text:
            empties += 1
        elif row is top or _is_header(number.text):
            headers += 1
        else:
            numbers.append(number)
    if len(numbers) > MOST_NUMBERS:
        return Paste(trouble="too_many", found=len(numbers))
    unreadable = sum(number.trouble in ("prose", "too_long") for number in numbers)
    if unreadable * 2 > len(numbers) and (len(numbers) > 1 or len(numbers[0].text) > LONGEST_NUMBER):
        return Paste(trouble="prose")
    return Paste(
        tuple(numbers),
        _column_names(table, width),
        chosen,
        headers,
        totals,
        empties,
        "" if numbers else "empty",
    )


def _is_blank(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) in ("Zs", "Zl", "Zp", "Cc", "Cf")


def _strip(text: str) -> str:
    """Without blanks, zero-width marks and control characters at the ends (some clipboards append a NUL)."""
    text = text.strip()
    if text.isascii() and text.isprintable():
        return text
    start, end = 0, len(text)
    while start < end and _is_blank(text[start]):
        start += 1
    while end > start and _is_blank(text[end - 1]):
        end -= 1
    return text[start:end]


def _trouble(stripped: str, folded: str) -> str:
    """Why this text cannot be sent as a bill number, "" where it can."""
    if not stripped:
        return ""
    if _ERROR_VALUE.fullmatch(folded):
        return "error_value"
    if _SCIENTIFIC.fullmatch(folded):
        return "scientific"
    if _DATE.fullmatch(folded):
        return "date"
    if _is_rounded(folded):
        return "rounded"
    if "\ufffd" in folded:
        return "garbled"
    if _is_list(stripped):
        return "several"
    if len(folded) <= LONGEST_NUMBER and _has_control(folded):
        return "control"
    return _wordy(stripped, folded)


def _wordy(stripped: str, folded: str) -> str:
    if _SENTENCE_MARKS.search(stripped) or len(folded.split()) >= _WORDS_OF_PROSE:
        return "prose"
    return "too_long" if len(folded) > LONGEST_NUMBER else ""


def _is_rounded(text: str) -> bool:
    """Sixteen or more digits ending in zeros: Excel keeps fifteen and writes zeros for the rest."""
    return bool(text.isascii() and _DIGITS.fullmatch(text)) and (
        text.endswith("000") or (len(text) > 16 and not text[15:].strip("0"))
    )


def _is_list(text: str) -> bool:
    """Whether separators divide it into several things that each look like a bill number."""
    if len(text) > 10_000:
        return False
    parts = [part for part in _LIST_MARKS.split(text) if part]
    if len(parts) == 1:  # blanks may belong to a number: they divide only what begins alike
        parts = text.split()
        if len({match[0] if (match := _LETTERS.match(part)) else part for part in parts}) > 1:
            return False
    return len(parts) > 1 and all(len(part) >= 5 and _likeness(part) >= 0.5 for part in parts)


def _has_control(text: str) -> bool:
    return not text.isprintable() and any(
        unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") for char in text
    )


def _is_letter(text: str) -> bool:
    """Whether the beginning of a long text reads like prose; cheap, whatever the length."""
    if len(text) < 2000:
        return False
    lines = [line for line in text[:20_000].splitlines()[:_SNIFFED_ROWS] if line.strip()]
    return sum(map(_is_wordy_line, lines)) * 2 > len(lines)


def _is_wordy_line(line: str) -> bool:
    cells = [cell.strip() for cell in line.split("\t")]
    return not any(_likeness(cell) >= 0.5 for cell in cells) and any(_wordy(cell, cell) for cell in cells)


def _likeness(text: str) -> float:
    """How much a cell looks like a bill number, 0 to 1."""
    folded = text.translate(_FULL_WIDTH)
    if not any(char.isdigit() for char in folded) or _AMOUNT.fullmatch(folded) or _DATE.fullmatch(folded):
        return 0.0
    if any(char.isalpha() for char in folded):
        return 1.0 if len(folded) > 3 and not _wordy(text, folded) else 0.1
    return 0.5 if 5 < len(folded) <= LONGEST_NUMBER else 0.1


def _find_column(table: Sequence[Sequence[str]], width: int) -> int:
    """The column whose cells look most like bill numbers; a header saying so outweighs looks."""
    best, chosen = -1.0, 0
    sample = table[: max(min(_SNIFFED_ROWS, _SNIFFED_CELLS // width), 10)]
    for index in range(width):
        cells = [text for row in sample if index < len(row) and (text := _strip(row[index]))]
        score = _score(cells)
        if score > best:
            best, chosen = score, index
    return chosen


def _score(cells: Sequence[str]) -> float:
    if not cells:
        return -1.0
    header = 2.0 if _is_header(cells[0]) and cells[0] not in ("编码", "单据") else 0.0
    body = cells[1:] if header and len(cells) > 1 else cells
    looks = sum(map(_likeness, body)) / len(body)
    distinct = len(set(body)) / len(body)
    return header * (looks > 0) + looks * (0.5 + 0.5 * distinct)


def _is_header(text: str) -> bool:
    plain = re.sub(r"[\s.:：_\-#*()（）]", "", text).casefold()
    return plain in _HEADERS or _HEADER_PART.fullmatch(plain) is not None


def _is_total(row: Sequence[str], number: str) -> bool:
    """Whether a row sums up: it says so, and where it stands there is no bill number of its own."""
    if _likeness(number) == 1.0 and not _TOTAL.fullmatch(number):
        return False
    return any(_TOTAL.fullmatch(_strip(cell)) for cell in row)


def _header_row(table: Sequence[Sequence[str]]) -> Sequence[str]:
    """The first row that holds anything, where one of its cells is a header; else ()."""
    first = next((row for row in table if any(map(_strip, row))), ())
    return first if any(_is_header(_strip(cell)) for cell in first) else ()


def _column_names(table: Sequence[Sequence[str]], width: int) -> tuple[str, ...]:
    top = _header_row(table)
    return tuple(_strip(top[index])[:40] if index < len(top) else "" for index in range(width))
