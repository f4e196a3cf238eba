"""A workbook of text, counts and times: every cell stays what it is, in Excel, WPS and LibreOffice."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from kdgui.domain.errors import BadInput, KdguiError
from kdgui.store.atomic_files import write_atomically
from kdgui.store.profiles import DataCentreLabel

if TYPE_CHECKING:
    import xlsxwriter  # type: ignore[import-untyped]  # it ships no types

Cell = str | int | datetime
"""A text, a count, or a moment in the time of this computer, without a time zone."""
TIME_FORMAT = "%Y-%m-%d %H:%M:%S"
_EXCEL_TIME = "yyyy-mm-dd hh:mm:ss"
MOST_CHARACTERS = 32_767
"""What an Excel cell holds, in UTF-16 units; XlsxWriter leaves a longer text out altogether."""
MOST_LINES = 1_048_575
"""What a sheet of Excel holds below its heading."""
_WIDEST = 60
_LOOKED_AT = 1000
"""Lines that decide how wide a column is."""
_BAND = {True: "#b42318", False: "#14763c"}
"""Red over production books, green over test and practice (design section 5)."""
_NOT_IN_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")
_CONTROLS = {code: 0x2400 + code for code in range(32) if chr(code) not in "\t\n"} | {0x7F: 0x2421}
"""Control characters and the pictures that Unicode has for them."""


@dataclass(frozen=True, slots=True)
class Pill:
    """Ink and ground of a cell that tells a verdict."""

    ink: str
    ground: str


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet.

    Attributes:
        lines: the heading first; all of one length. Texts stay texts whatever they look like; counts and
            times can be summed and filtered. More than a sheet holds go on in a further sheet.
        wrapped: columns of long texts. numbers: columns of bill numbers, which stay text when typed into.
        pills: how a cell looks, by (line, column).
        frozen: columns that stay in sight beside the heading.
        filtered: whether the heading can filter.
    """

    name: str
    lines: Iterable[Sequence[Cell]]
    wrapped: Sequence[int] = ()
    numbers: Sequence[int] = ()
    pills: Mapping[tuple[int, int], Pill] | None = None
    frozen: int = 0
    filtered: bool = False


def write_text_book(
    path: Path, tables: Iterable[Table], label: DataCentreLabel | None, *, streamed: bool = False
) -> None:
    """Write these sheets as .xlsx, in the colour of the data centre; `label` None counts as production.

    `streamed`: line by line over temporary files, for millions of cells. A collector that looks through all
    of them in memory would hold up every thread, the window's too.
    An existing file is replaced as a whole. Blocks for the disk. Raises BadInput("file_not_written") where
    the file is open in Excel, the folder not writable or the disk full; the old file stands then.
    """
    import xlsxwriter

    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"constant_memory": True} if streamed else {"in_memory": True})
    painter = _Painter(book, _BAND[label in (None, DataCentreLabel.PRODUCTION)])
    try:
        for table in tables:
            painter.paint(table)
        book.close()
    except OSError as error:  # no room for temporary files
        raise BadInput("file_not_written", detail=str(error), path=path) from error
    save(path, content.getvalue())


def save(path: Path, content: bytes) -> None:
    """Write a file for the clerk, whole or not at all. Raises BadInput("file_not_written")."""
    try:
        write_atomically(path, content, private=False)
    except KdguiError as error:
        raise BadInput("file_not_written", detail=error.detail, path=path) from error


def clean(text: str) -> str:
    """Text as a cell can hold it: invisible characters as pictures, what is too long cut and marked."""
    if not text.isprintable():  # as most texts are
        text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROLS)
        text = _NOT_IN_XML.sub("\ufffd", text)
    if _units(text) > MOST_CHARACTERS:
        kept = text.encode("utf-16-le")[: 2 * (MOST_CHARACTERS - 1)]
        text = kept.decode("utf-16-le", "ignore") + "…"
    return text


def _units(text: str) -> int:
    """How long Excel finds this text: characters beyond the first plane count twice."""
    return len(text) if 2 * len(text) <= MOST_CHARACTERS else len(text.encode("utf-16-le")) // 2


class _Painter:
    def __init__(self, book: xlsxwriter.Workbook, band: str) -> None:
        self._book = book
        self._band = band
        self._formats: dict[tuple[bool, str, Pill | None], xlsxwriter.format.Format] = {}
        self._heading = book.add_format(
            {"bold": True, "color": "#ffffff", "bg_color": band, "valign": "vcenter"}
        )

    def paint(self, table: Table) -> None:
        lines = iter(table.lines)
        heading = next(lines)
        first = list(islice(lines, _LOOKED_AT))
        rest = chain(first, lines)
        widths = _widths([heading, *first])
        number = 1
        while self._paint_sheet(table, number, widths, self._part(heading, rest)) == MOST_LINES:
            number += 1

    def _part(self, heading: Sequence[Cell], rest: Iterator[Sequence[Cell]]) -> Iterator[Sequence[Cell]]:
        """The heading, and below it as much of the rest as a sheet holds."""
        return chain([heading], islice(rest, MOST_LINES))

    def _paint_sheet(
        self, table: Table, number: int, widths: Sequence[int], lines: Iterable[Sequence[Cell]]
    ) -> int:
        """How many lines it has below the heading."""
        sheet = self._book.add_worksheet(table.name if number == 1 else f"{table.name} {number}")
        sheet.set_tab_color(self._band)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        last = 0
        for place, line in enumerate(lines):
            last = place
            for column, cell in enumerate(line):
                if cell == "":
                    continue
                style = self._heading if place == 0 else self._style(table, place, column, cell)
                if _write(sheet, place, column, cell, style) < 0:
                    raise BadInput("file_not_written", path="")
        sheet.freeze_panes(1, table.frozen)
        if table.filtered:
            sheet.autofilter(0, 0, last, len(widths) - 1)
        # Excel would put a green corner on every number that is kept as text.
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{last + 1}"})
        self._set_up_printing(sheet)
        return last

    def _set_up_printing(self, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)

    def _style(self, table: Table, place: int, column: int, cell: Cell) -> xlsxwriter.format.Format:
        pill = table.pills.get((place, column)) if table.pills else None
        form = _EXCEL_TIME if isinstance(cell, datetime) else "@" if column in table.numbers else ""
        key = (column in table.wrapped, form, pill)
        if key not in self._formats:
            looks: dict[str, object] = {"valign": "top", "text_wrap": key[0]}
            looks |= {"num_format": form} if form else {}
            looks |= {"align": "left"} if not isinstance(cell, str) else {}
            looks |= {"color": pill.ink, "bg_color": pill.ground, "bold": True} if pill else {}
            self._formats[key] = self._book.add_format(looks)
        return self._formats[key]


def _write(
    sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, cell: Cell, style: xlsxwriter.format.Format
) -> int:
    """Less than 0 where a cell cannot be written."""
    if isinstance(cell, datetime):
        return int(sheet.write_datetime(row, column, cell, style))
    if isinstance(cell, int):
        return int(sheet.write_number(row, column, cell, style))
    # Text, and never a formula, link or number: "=1+1" and "000123" stay what they are.
    return int(sheet.write_string(row, column, clean(cell), style)) if cell else 0


def shown_text(cell: Cell) -> str:
    """A cell as text, as it is seen."""
    return cell.strftime(TIME_FORMAT) if isinstance(cell, datetime) else str(cell)


def _widths(lines: Sequence[Sequence[Cell]]) -> list[int]:
    """How wide each column is to be, in characters."""
    widest = [
        max(_width(part) for cell in column for part in shown_text(cell).split("\n"))
        for column in zip(*lines, strict=True)
    ]
    return [min(max(width + 2, 6), _WIDEST) for width in widest]


def _width(text: str) -> int:
    return sum(2 if ord(char) > 0x2E7F else 1 for char in text)
