"""Reading .xlsx files: every cell as the clerk saw it, hidden rows marked, formulas by their last value."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from kdgui.domain.errors import BadInput
from kdgui.store.imports.number_formats import shown, shown_text
from kdgui.store.imports.sheets import MOST_MEGABYTES, Sheet, SheetRow

if TYPE_CHECKING:
    from openpyxl.worksheet._reader import WorkSheetParser

_MOST_UNPACKED = 20 * MOST_MEGABYTES * 1_000_000
_OTHERS = frozenset(("mimetype", "xl/workbook.bin", "Index/Document.iwa", "word/document.xml"))
"""What LibreOffice's, Excel's binary, Apple's workbooks and Word's documents have, and no .xlsx."""
_FORMULA = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}f"
_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, struct.error, SyntaxError, EOFError, OSError, NotImplementedError),
    *(LookupError, ValueError, TypeError, AttributeError, ArithmeticError, RuntimeError, AssertionError),
)
"""What openpyxl has been seen to raise for files that are not whole; XML errors are SyntaxErrors."""


def read_workbook(content: bytes) -> tuple[Sheet, ...]:
    """The sheets that hold anything, the active one first.

    Raises BadInput: file_damaged, file_other_sheet (LibreOffice's own, Excel's binary one …), file_too_big.
    """
    try:
        _refuse_others(content)
        with warnings.catch_warnings():
            # openpyxl warns of styles and extensions that it leaves out; none of them holds a number.
            warnings.simplefilter("ignore", UserWarning)
            sheets = _read_all(content)
    except _DAMAGE as error:
        raise BadInput("file_damaged", detail=f"{type(error).__name__}: {error}") from error
    return tuple(sheet for sheet in sheets if sheet.rows)


def _refuse_others(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if not _OTHERS.isdisjoint(archive.namelist()):
            raise BadInput("file_other_sheet")
        if sum(part.file_size for part in archive.infolist()) > _MOST_UNPACKED:
            raise BadInput("file_too_big", limit=MOST_MEGABYTES)


def _read_all(content: bytes) -> list[Sheet]:
    """Sheet by sheet, row by row; Any below, as openpyxl's types know nothing of how it reads."""
    import openpyxl

    book: Any = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    try:
        if not book.worksheets:  # "Strict Open XML", which openpyxl takes for a workbook without sheets
            raise BadInput("file_other_sheet")
        formats = _formats(book)
        ordered = sorted(book.worksheets, key=lambda sheet: sheet is not book.active)
        return [_read_sheet(book, sheet, formats) for sheet in ordered]
    finally:
        book.close()


def _formats(book: Any) -> list[str]:
    """The number format of every style of the workbook."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE

    own, first = book._number_formats, BUILTIN_FORMATS_MAX_SIZE  # noqa: SLF001 - as openpyxl's cells do
    ids = [style.numFmtId for style in book._cell_styles]  # noqa: SLF001 - as above
    return [BUILTIN_FORMATS.get(each, "General") if each < first else own[each - first] for each in ids]


def _read_sheet(book: Any, sheet: Any, formats: list[str]) -> Sheet:
    with sheet._get_source() as source:  # noqa: SLF001 - a sheet of cells takes a gigabyte for this file's 50 MB
        parser = _parser(book, sheet, source)
        by_row = {number: cells for number, row in parser.parse() if (cells := _texts(row, formats))}
    hidden = {int(number) for number, row in parser.row_dimensions.items() if _is_set(row.get("hidden"))}
    _lift_merged(parser, by_row, hidden)
    first = min((column for cells in by_row.values() for column in cells), default=1)
    rows = tuple(
        SheetRow(number, _in_order(cells, first), number in hidden)
        for number, cells in sorted(by_row.items())
        if cells
    )
    columns = frozenset(column - first for column in _hidden_columns(parser.column_dimensions.values()))
    return Sheet(sheet.title, rows, sheet.sheet_state != "visible", first, columns)


def _parser(book: Any, sheet: Any, source: io.BytesIO) -> WorkSheetParser:
    """The reader of one sheet; it knows what openpyxl's rows leave out: hidden rows, merged cells."""
    from openpyxl.worksheet._reader import WorkSheetParser

    class Parser(WorkSheetParser):
        """Tells a cell that was never calculated by its formula, so that its row is not lost."""

        def parse_cell(self, element):  # type: ignore[no-untyped-def]  # openpyxl's is untyped too
            cell = super().parse_cell(element)
            # An empty result of a formula has a type of its own; a plain nothing was never calculated.
            if cell["value"] is None and cell["data_type"] == "n":
                formula = element.find(_FORMULA)
                if formula is not None:
                    cell["value"] = "=" + (formula.text or "")
            return cell

    return Parser(
        source,
        sheet._shared_strings,  # noqa: SLF001 - as openpyxl's own rows do
        data_only=True,
        epoch=book.epoch,
        date_formats=book._date_formats,  # noqa: SLF001 - as above
        timedelta_formats=book._timedelta_formats,  # noqa: SLF001 - as above
    )


def _texts(row: Iterable[dict[str, object]], formats: list[str]) -> dict[int, str]:
    """The texts of a row by column, without the empty ones."""
    texts = {}
    for cell in row:
        text = _text(cell["value"], cell["data_type"], formats, cell["style_id"])
        if text:
            texts[int(str(cell["column"]))] = text
    return texts


def _text(value: object, kind: object, formats: list[str], style: object) -> str:
    if value is None:
        return ""
    number_format = formats[style] if isinstance(style, int) and style < len(formats) else "General"
    if isinstance(value, str):
        return value if kind == "e" else shown_text(value, number_format)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return shown(value, number_format)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    return value.isoformat() if isinstance(value, date) else str(value)


def _lift_merged(parser: WorkSheetParser, by_row: dict[int, dict[int, str]], hidden: set[int]) -> None:
    """A merged cell is seen as long as one of its rows is: its text goes to the first of them."""
    for area in parser.merged_cells.mergeCell if parser.merged_cells else ():
        if area.min_row in hidden and area.min_row in by_row:
            seen = next((row for row in range(area.min_row, area.max_row + 1) if row not in hidden), None)
            text = by_row[area.min_row].get(area.min_col)
            if seen and text:
                del by_row[area.min_row][area.min_col]
                by_row.setdefault(seen, {})[area.min_col] = text


def _hidden_columns(dimensions: Iterable[dict[str, str]]) -> Iterator[int]:
    for dimension in dimensions:
        if _is_set(dimension.get("hidden")):
            yield from range(int(dimension["min"]), int(dimension["max"]) + 1)


def _is_set(flag: str | None) -> bool:
    return flag in ("1", "true")


def _in_order(cells: dict[int, str], first: int) -> tuple[str, ...]:
    return tuple(cells.get(column, "") for column in range(first, max(cells) + 1))
