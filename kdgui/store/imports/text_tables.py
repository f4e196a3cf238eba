"""Text as a table: what Excel, WPS and LibreOffice put on the clipboard and into .txt and .csv files."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from kdgui.domain.bill_numbers import likeness
from kdgui.store.imports.sheets import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, Sheet, SheetRow

SEPARATORS = "\t;|,；，"
"""What may divide cells, the surest first: a comma is part of many remarks."""
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_HEAD = 20_000
"""So many characters are looked at to find what separates the cells."""
_HEAD_LINES = 200
_AGREE = 0.6
"""So many lines must be divided alike: titles, remarks and a ragged line are not."""
_LIKELY = 0.5
_NAMED_MARK = re.compile(r"sep=(.)\n", re.IGNORECASE)
"""Excel's own way to say in the first line of a .csv what separates its cells."""
_MOST_CELLS = 10_000_000
_LONGEST_QUOTED = 32_767
"""What a cell of Excel holds."""


def read_text(
    text: str, *, comma_separated: bool = False, separator: str | None = None, raw: bool = False
) -> Sheet:
    """The lines of a text as rows, empty ones too; the last line end is no row. Never raises.

    Cells are divided by `separator` ("" by nothing), or by what `separator_of` finds. Quotes are read as
    spreadsheets write them; one that begins a cell and closes nowhere swallows nothing. With `raw` none of
    them closes anything: every line is a row.
    """
    plain, named = _plain(text)
    mark = (named or separator_of(text, comma_separated=comma_separated)) if separator is None else separator
    rows = _split(plain, mark, quoted=not raw)
    return Sheet("", tuple(SheetRow(number, _cells(row)) for number, row in enumerate(rows, start=1)))


def separator_of(text: str, *, comma_separated: bool = False) -> str:
    """What divides the cells of a text: the mark that makes its lines equally wide, the quotes respected.

    A tab where nothing is sure: commas in a list of numbers are part of its lines. `comma_separated` (a .csv)
    needs no proof that it is a table.
    """
    text, named = _plain(text)
    if named:
        return named
    head = text[:_HEAD]
    if len(text) > _HEAD and "\n" in head:
        head = head[: head.rindex("\n")]
    agreeing = {mark: _agreement(head, mark, sure=comma_separated) for mark in SEPARATORS if mark in head}
    best = max(agreeing, key=lambda mark: (round(agreeing[mark], 1), -SEPARATORS.index(mark)), default="")
    if best and (agreeing[best] >= _AGREE or (comma_separated and agreeing[best] > 0)):
        return best
    return "," if comma_separated and "," in agreeing else "\t"


def too_many_cells(text: str, separator: str) -> bool:
    """Whether there are more rows or cells than any sheet of bill numbers has; to be asked before reading."""
    lines = max(text.count("\n"), text.count("\r"))
    return lines > MOST_ROWS or (separator != "" and text.count(separator) > _MOST_CELLS)


def _plain(text: str) -> tuple[str, str]:
    """The text with one kind of line ends and without Excel's line about the separator, which is returned."""
    text = text.rstrip("\0")
    if _LINE_ENDS.search(text):
        text = _LINE_ENDS.sub("\n", text)
    named = _NAMED_MARK.match(text)
    return (text[named.end() :], named[1]) if named else (text, "")


def _cells(row: Sequence[str]) -> tuple[str, ...]:
    return tuple(cell if len(cell) < LONGEST_CELL else cell[:LONGEST_CELL] for cell in row[:MOST_COLUMNS])


# Cells


def _split(text: str, mark: str, *, quoted: bool = True) -> list[list[str]]:
    if not text:
        return []
    text = text.removesuffix("\n")
    if quoted and '"' in text:
        return _Quoted(text, mark).rows()
    return _collect(text.split("\n"), mark)


def _collect(lines: Sequence[str], mark: str) -> list[list[str]]:
    """Row by row: one call would keep every other thread, the window's too, waiting for the whole of it."""
    table: list[list[str]] = []
    for line in lines:
        table.append(line.split(mark, MOST_COLUMNS) if mark else [line])  # noqa: PERF401 - see above
    return table


class _Quoted:
    """Cuts a text in which cells may be quoted.

    Excel and LibreOffice put a cell on the clipboard as it is, and in quotes only where it holds a tab or a
    line end. So a cell that begins with a quote is a quoted one only if its closing quote stands before a
    separator or a line end, and if it holds what needed quoting; some programs quote every text.
    Where all lines that it would swallow are
    themselves as wide as the table, the quotes are ditto marks or inches.
    """

    def __init__(self, text: str, mark: str) -> None:
        self._text, self._mark = text, mark
        ends = f"{re.escape(mark)}|\n|\\Z" if mark else "\n|\\Z"
        self._field = re.compile(f'"([^"]*+(?:""[^"]*+)*+)"(?={ends})')
        lines = text[:_HEAD].split("\n")
        fields = [cell for line in lines[:_HEAD_LINES] for cell in self._raw_cells(line) if cell]
        quoted = sum(len(cell) > 1 and cell[0] == cell[-1] == '"' for cell in fields)
        self._everything = quoted * 3 >= len(fields)
        plain = [line for line in lines if '"' not in line] or lines
        widths = Counter(self._width(line) for line in plain if line)
        self._table_width = max(widths, key=lambda width: widths[width], default=1)

    def rows(self) -> list[list[str]]:
        rows: list[list[str]] = []
        at, text = 0, self._text
        while at <= len(text):
            end = self._line_end(at)
            if text.find('"', at, end) < 0:
                rows.append(self._raw_cells(text[at:end]))
            else:
                row, end = self._row(at)
                rows.append(row)
            at = end + 1
        return rows

    def _row(self, start: int) -> tuple[list[str], int]:
        """The cells of the row that starts here, and where it ends."""
        row: list[str] = []
        at, text, mark = start, self._text, self._mark
        while True:
            found = self._field.match(text, at) if text.startswith('"', at) else None
            if found and self._is_quoted(found[1], start, found.end()):
                row.append(found[1].replace('""', '"'))
                at = found.end()
            else:
                end = self._line_end(at)
                stop = text.find(mark, at, end) if mark else -1
                stop = stop if stop >= 0 else end
                row.append(text[at:stop])
                at = stop
            if not mark or not text.startswith(mark, at):
                return row, at
            at += len(mark)

    def _is_quoted(self, content: str, row_start: int, end: int) -> bool:
        if "\n" not in content:
            needed = self._mark != "\t" or self._everything or not content
            return needed or '""' in content or "\t" in content
        if content.startswith("\n") or len(content) > _LONGEST_QUOTED:
            return False
        lines = self._text[row_start : self._line_end(end)].split("\n")
        return self._table_width < 2 or any(self._width(line) != self._table_width for line in lines)

    def _raw_cells(self, line: str) -> list[str]:
        return line.split(self._mark, MOST_COLUMNS) if self._mark else [line]

    def _width(self, line: str) -> int:
        return line.count(self._mark) + 1 if self._mark else 1

    def _line_end(self, at: int) -> int:
        end = self._text.find("\n", at)
        return end if end >= 0 else len(self._text)


# What separates them


def _agreement(head: str, mark: str, *, sure: bool) -> float:
    """Which share of the lines this mark divides alike; 0 where it makes lists of them, not a table."""
    rows = [row for row in _split(head, mark)[:_HEAD_LINES] if any(map(str.strip, row))]
    if len(rows) < 2 and not sure:
        return 0.0
    widths = Counter(len(row) for row in rows if len(row) > 1 and not any(map(_has_odd_quote, row)))
    if not widths:
        return 0.0
    if not sure and mark != "\t":
        lists = sum(len(row) > 1 and len(set(map(_shape, row))) == 1 for row in rows)
        numbers = sum(any(likeness(cell.strip()[:200]) >= _LIKELY for cell in row) for row in rows)
        if lists * 2 >= len(rows) or numbers * 2 < len(rows):
            return 0.0
    return max(widths.values()) / len(rows)


def _has_odd_quote(cell: str) -> bool:
    return cell.count('"') % 2 == 1 or cell[:1] == '"'


def _shape(cell: str) -> str:
    """What bill numbers of one kind have in common."""
    return re.sub(r"\d+", "9", cell.strip())
