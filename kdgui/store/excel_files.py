"""Reading .xlsx files: every cell as the clerk saw it, hidden rows marked, formulas by their last value."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from kdgui.domain.errors import BadInput
from kdgui.store.number_formats import shown, shown_text
from kdgui.store.sheets import MOST_MEGABYTES, Sheet, SheetRow

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell, MergedCell
    from openpyxl.workbook.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_MOST_UNPACKED = 20 * MOST_MEGABYTES * 1_000_000
_OTHERS = frozenset(("mimetype", "xl/workbook.bin", "Index/Document.iwa", "word/document.xml"))
"""What LibreOffice's, Excel's binary, Apple's workbooks and Word's documents have, and no .xlsx."""
_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, struct.error, SyntaxError, EOFError, OSError, NotImplementedError),
    *(LookupError, ValueError, TypeError, AttributeError, ArithmeticError, RuntimeError),
)
"""What openpyxl has been seen to raise for files that are not whole; XML errors are SyntaxErrors."""


def read_workbook(content: bytes) -> tuple[Sheet, ...]:
    """The sheets that hold anything, the active one first.

    Raises BadInput: file_damaged, file_other_sheet (LibreOffice's own, Excel's binary one …), file_too_big.
    """
    try:
        _refuse_others(content)
        book = _load(content, values=True)
        formulas = _load(content, values=False) if _has_formulas(content) else None
        sheets = [_read_sheet(sheet, formulas) for sheet in _active_first(book)]
    except _DAMAGE as error:
        raise BadInput("file_damaged", detail=f"{type(error).__name__}: {error}") from error
    return tuple(sheet for sheet in sheets if sheet.rows)


def _refuse_others(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if not _OTHERS.isdisjoint(archive.namelist()):
            raise BadInput("file_other_sheet")
        if sum(part.file_size for part in archive.infolist()) > _MOST_UNPACKED:
            raise BadInput("file_too_big", limit=MOST_MEGABYTES)


def _has_formulas(content: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        return any(b"<f>" in (part := archive.read(name)) or b"<f " in part for name in sheets)


def _load(content: bytes, *, values: bool) -> Workbook:
    import openpyxl

    with warnings.catch_warnings():
        # openpyxl warns of styles and extensions that it leaves out; none of them holds a number.
        warnings.simplefilter("ignore", UserWarning)
        return openpyxl.load_workbook(io.BytesIO(content), data_only=values)


def _active_first(book: Workbook) -> list[Worksheet]:
    return sorted(book.worksheets, key=lambda sheet: sheet is not book.active)


def _read_sheet(sheet: Worksheet, formulas: Workbook | None) -> Sheet:
    by_row: defaultdict[int, dict[int, str]] = defaultdict(dict)
    for (row, column), cell in _cells(sheet).items():
        text = _text(cell)
        # An empty result of a formula has a type of its own; a plain nothing was never calculated.
        if not text and cell.data_type == "n" and formulas is not None:
            text = _formula(formulas[sheet.title], row, column)
        if text:
            by_row[row][column] = text
    hidden = {number for number, row in sheet.row_dimensions.items() if row.hidden}
    _lift_merged(sheet, by_row, hidden)
    first = min((column for cells in by_row.values() for column in cells), default=1)
    rows = tuple(
        SheetRow(number, _in_order(cells, first), number in hidden)
        for number, cells in sorted(by_row.items())
        if cells
    )
    return Sheet(
        sheet.title,
        rows,
        sheet.sheet_state != "visible",
        first,
        frozenset(column - first for column in _hidden_columns(sheet)),
    )


def _lift_merged(sheet: Worksheet, by_row: defaultdict[int, dict[int, str]], hidden: set[int]) -> None:
    """A merged cell is seen as long as one of its rows is: its text goes to the first of them."""
    for area in sheet.merged_cells.ranges:
        if area.min_row in hidden and area.min_row in by_row:
            seen = next((row for row in range(area.min_row, area.max_row + 1) if row not in hidden), None)
            text = by_row[area.min_row].get(area.min_col)
            if seen and text:
                del by_row[area.min_row][area.min_col]
                by_row[seen][area.min_col] = text


def _hidden_columns(sheet: Worksheet) -> Iterator[int]:
    for dimension in sheet.column_dimensions.values():
        if dimension.hidden and dimension.min and dimension.max:
            yield from range(dimension.min, dimension.max + 1)


def _cells(sheet: Worksheet) -> Mapping[tuple[int, int], Cell | MergedCell]:
    """The cells that the file has, by row and column."""
    # iter_rows() makes an empty cell for every place of a sheet whose millionth row is formatted.
    return sheet._cells  # noqa: SLF001


def _in_order(cells: dict[int, str], first: int) -> tuple[str, ...]:
    return tuple(cells.get(column, "") for column in range(first, max(cells) + 1))


def _text(cell: Cell | MergedCell) -> str:
    value = cell.value
    if isinstance(value, str):
        return value if cell.data_type == "e" else shown_text(value, cell.number_format)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return shown(value, cell.number_format)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def _formula(sheet: Worksheet, row: int, column: int) -> str:
    """The formula of a cell without a value (nobody calculated the file), so that its row is not lost."""
    value = sheet.cell(row, column).value
    formula = getattr(value, "text", value)
    return formula if isinstance(formula, str) and formula.startswith("=") else ""
