"""Text as a table: what Excel, WPS and LibreOffice put on the clipboard and into .txt and .csv files."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from contextlib import suppress
from itertools import islice

from kdgui.store.imports.sheets import Sheet, SheetRow

_LINE_ENDS = "\v\f\x85\u2028\u2029"
_LINE_ENDS_TABLE = {ord(mark): "\n" for mark in _LINE_ENDS}
_HEAD = 10_000
"""So many characters are looked at to find what separates the cells."""
_HEAD_LINES = 50
_MARKS = ",;，；"
_NAMED_MARK = re.compile(r"sep=(.)(?:\r\n|\r|\n)", re.IGNORECASE)
"""Excel's own way to say in the first line of a .csv what separates its cells."""

_TAB_IN_A_CELL = re.compile(r'(?:^|[,;，；])"\t', re.MULTILINE)
"""A tab that begins a quoted cell keeps its number text in Excel; our own .csv files have it too."""


def read_text(text: str, *, comma_separated: bool = False) -> Sheet:
    """The lines of a text as rows, empty ones too; the last line end is no row. Never raises.

    Cells are divided by tabs, else by commas or semicolons where the lines agree on how many there are;
    `comma_separated` (a .csv) needs no such proof. Quotes are read as Excel writes them; in a text whose
    quotes do not match a stray one swallows nothing.
    """
    text = text.rstrip("\0")
    if any(mark in text for mark in _LINE_ENDS):
        text = text.translate(_LINE_ENDS_TABLE)
    named = _NAMED_MARK.match(text)
    if named:
        text = text[named.end() :]
    rows = _split(text, named[1] if named else _separator(text, comma_separated))
    return Sheet("", tuple(SheetRow(number, tuple(cells)) for number, cells in enumerate(rows, start=1)))


def _split(text: str, separator: str) -> list[list[str]]:
    if text.count('"') % 2 == 0:
        with suppress(csv.Error):  # a cell above 128 Ki characters
            return _collect(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    return [line.split(separator) for line in text.splitlines()]


def _collect(rows: Iterable[list[str]]) -> list[list[str]]:
    """Row by row: `list()` would keep every other thread, the window's too, waiting for the whole of it."""
    table: list[list[str]] = []
    for row in rows:
        table.append(row)  # noqa: PERF402 - see above
    return table


def _separator(text: str, comma_separated: bool) -> str:
    """A tab where nothing else is sure: commas in a list of numbers are part of its lines."""
    head = text[:_HEAD]
    if "\t" in _TAB_IN_A_CELL.sub("", head):
        return "\t"
    if comma_separated:
        return max(_MARKS, key=lambda mark: (head.count(mark), -_MARKS.index(mark)))
    return next((mark for mark in _MARKS if _divides(head, mark, whole=len(text) <= _HEAD)), "\t")


def _divides(head: str, mark: str, *, whole: bool) -> bool:
    """Whether this mark makes a table of the lines: as many cells in each, not all of them alike."""
    lines = [line for line in head.splitlines() if line.strip()]
    if not whole:
        lines = lines[:-1]  # cut in the middle
    if len(lines) < 2 or head.count('"') % 2:
        return False
    with suppress(csv.Error):
        rows = list(islice(csv.reader(lines, delimiter=mark), _HEAD_LINES))
        widths = {len(cells) for cells in rows}
        lists = sum(len(set(map(_shape, cells))) == 1 for cells in rows)
        return len(widths) == 1 and min(widths) > 1 and lists * 2 < len(rows)
    return False


def _shape(cell: str) -> str:
    """What bill numbers of one kind have in common."""
    return re.sub(r"\d+", "9", cell.strip())
