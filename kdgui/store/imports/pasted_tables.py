"""A copied table: the text on the clipboard, read so that it agrees with the web page beside it."""

from __future__ import annotations

import re
from dataclasses import replace

from kdgui.store.imports.html_tables import hidden_places, html_rows
from kdgui.store.imports.number_files import TextFile
from kdgui.store.imports.sheets import Progress, Sheet, SheetRow, no_progress
from kdgui.store.imports.text_tables import read_text, separator_of

_SPREADSHEET = re.compile(
    r"office:(?:excel|spreadsheet)|(?:Libre|Open)Office|\bWPS\b|google-sheets|\bet\.", re.IGNORECASE
)
"""Who puts hidden rows into the text; a browser copies what is seen."""
_PAGE_HEAD = 4000


def read_pasted_table(text: str, html: str = "", progress: Progress = no_progress) -> tuple[Sheet, TextFile]:
    """The table, and the text for reading it in other ways. Raises only what `progress` raises."""
    separator = separator_of(text)
    return table_of(TextFile(b"", text, "", separator, html=html), progress)


def table_of(file: TextFile, progress: Progress = no_progress) -> tuple[Sheet, TextFile]:
    """The table of a pasted text, cut by its separator."""
    sheet = read_text(file.text, separator=file.separator)
    tables = html_rows(file.html, progress) if file.html else []
    table = max(tables, key=len, default=[])
    if not table or len(sheet.rows) < 2:
        return sheet, file
    for reading in _readings(sheet, file):
        hidden = hidden_places(reading.rows, table)
        if hidden is not None:
            return _marked(reading, hidden), file
    unclear = len(table) > 1 and _SPREADSHEET.search(file.html[:_PAGE_HEAD])
    return (replace(sheet, untold=frozenset(("rows",))) if unclear else sheet), file


def _readings(sheet: Sheet, file: TextFile) -> list[Sheet]:
    """The likeliest first; where there are quotes, also every line as a row of its own."""
    return [sheet, read_text(file.text, separator=file.separator, raw=True)] if '"' in file.text else [sheet]


def _marked(sheet: Sheet, hidden: set[int]) -> Sheet:
    if not hidden:
        return sheet
    rows = (SheetRow(row.number, row.cells, hidden=place in hidden) for place, row in enumerate(sheet.rows))
    return replace(sheet, rows=tuple(rows))
