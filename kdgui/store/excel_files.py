"""Reading .xlsx files: every cell as the clerk saw it, hidden rows marked, formulas by their last value."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from kdgui.domain.errors import BadInput
from kdgui.store.number_formats import shown
from kdgui.store.sheets import MOST_MEGABYTES, Sheet, SheetRow

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell, MergedCell
    from openpyxl.workbook.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_MOST_UNPACKED = 20 * MOST_MEGABYTES * 1_000_000
_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, struct.error, SyntaxError, EOFError, OSError, NotImplementedError),
    *(LookupError, ValueError, TypeError, AttributeError, ArithmeticError, RuntimeError),
)
"""What openpyxl has been seen to raise for files that are not whole; XML errors are SyntaxErrors."""


def read_workbook(content: bytes) -> tuple[Sheet, ...]:
    """The sheets that hold anything, the active one first. Raises BadInput: file_damaged, file_too_big."""
    try:
        _refuse_bombs(content)
        book = _load(content, values=True)
        formulas = _load(content, values=False) if _has_formulas(content) else None
        sheets = [_read_sheet(sheet, formulas) for sheet in _active_first(book)]
    except _DAMAGE as error:
        raise BadInput("file_damaged", detail=f"{type(error).__name__}: {error}") from error
    return tuple(sheet for sheet in sheets if sheet.rows)


def _refuse_bombs(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
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
    first = min((column for cells in by_row.values() for column in cells), default=1)
    rows = tuple(
        SheetRow(number, _in_order(cells, first), bool(sheet.row_dimensions[number].hidden))
        for number, cells in sorted(by_row.items())
    )
    return Sheet(sheet.title, rows, hidden=sheet.sheet_state != "visible")


def _cells(sheet: Worksheet) -> Mapping[tuple[int, int], Cell | MergedCell]:
    """The cells that the file has, by row and column."""
    # iter_rows() makes an empty cell for every place of a sheet whose millionth row is formatted.
    return sheet._cells  # noqa: SLF001


def _in_order(cells: dict[int, str], first: int) -> tuple[str, ...]:
    return tuple(cells.get(column, "") for column in range(first, max(cells) + 1))


def _text(cell: Cell | MergedCell) -> str:
    value = cell.value
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
