"""Reading tables of values to be filled in: bill number, perhaps the line, then a column for each field."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kdgui.domain.bill_numbers import read_bill_number, strip_blanks
from kdgui.domain.errors import BadInput
from kdgui.domain.fills import FillTable, FillTableRow
from kdgui.store.imports.sheets import Sheet, SheetRow

_LINE = re.compile(r"(?:源单|单据)?(?:行号?|分录号?|序号)|line(?:\s*(?:no\.?|number))?|seq", re.IGNORECASE)
_MATERIAL = re.compile(
    r"物料(?:编码|代码|号)?|material(?:\s*(?:code|no\.?|number))?|FMaterialId", re.IGNORECASE
)


def read_fill_table(sheets: Sequence[Sheet], column: int | None = None) -> FillTable:
    """The first sheet's table; the bill number stands in the first column, or in `column` (from 0).

    The first row of at least two cells holds the headings. A row without number belongs to the bill above it.
    Rows that the workbook hides are left out and counted.

    Raises:
        BadInput: fill_table_empty; fill_table_no_columns; fill_table_number (a damaged number, with its row).
    """
    rows = [row for sheet in sheets[:1] for row in sheet.rows]
    shown = [row for row in rows if not row.hidden]
    start = next((place for place, row in enumerate(shown) if _filled(row) > 1), None)
    if start is None or start + 1 >= len(shown):
        raise BadInput("fill_table_empty")
    numbers = column or 0
    headings = [strip_blanks(cell) for cell in shown[start].cells]
    line = _line_column(headings, numbers)
    values = [place for place, text in enumerate(headings) if text and place not in (numbers, line)]
    if not values:
        raise BadInput("fill_table_no_columns")
    found: list[FillTableRow] = []
    for row in shown[start + 1 :]:
        cells = tuple(_cell(row, place) for place in values)
        number = _number(_cell(row, numbers), row) or (found[-1].number if found else "")
        where = "" if line is None else _cell(row, line)
        if number and (any(cells) or where or _cell(row, numbers)):
            found.append(FillTableRow(row.number, number, where, cells))
    if not found:
        raise BadInput("fill_table_empty")
    by_material = line is not None and _MATERIAL.fullmatch(headings[line]) is not None
    return FillTable(
        tuple(headings[place] for place in values),
        tuple(found),
        by_material,
        line is not None,
        len(rows) - len(shown),
    )


def _line_column(headings: Sequence[str], numbers: int) -> int | None:
    """The column that names the line: by its number before by its material."""
    for shape in (_LINE, _MATERIAL):
        for place, text in enumerate(headings):
            if place != numbers and shape.fullmatch(text):
                return place
    return None


def _filled(row: SheetRow) -> int:
    return sum(bool(strip_blanks(cell)) for cell in row.cells)


def _cell(row: SheetRow, place: int) -> str:
    return strip_blanks(row.cells[place]) if place < len(row.cells) else ""


def _number(text: str, row: SheetRow) -> str:
    number = read_bill_number(text)
    if number.trouble:
        raise BadInput("fill_table_number", row=row.number, number=text)
    return number.text
