"""Reading bill numbers from .txt, .csv and .xlsx files; what cannot be read is told, never left out."""

from __future__ import annotations

import csv
import io
import re
import sys
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from kdgui.domain.errors import BadInput
from kdgui.store.atomic import read_file
from kdgui.store.sheets import MOST_MEGABYTES, Sheet, SheetRow

_HEADINGS = re.compile(
    r"(?:源单|单据|订单|出库单|入库单|应收单|应付单|\s)*(?:编号|编码|单号|号码|单据号)"
    r"|f?bill\s*no\.?|(?:bill|document|order)\s*number|source bill",
    re.IGNORECASE,
)
_LIKE_A_NUMBER = re.compile(r"(?=.*\d)[^\s,，。]{3,80}")
_TEXT_CONTROLS = frozenset("\t\n\v\f\r\x85")


def read_sheets(path: Path) -> tuple[Sheet, ...]:
    """All sheets that hold anything, the one that was on top when saved first; one for a text file.

    Blocks for the disk, seconds for large files. Raises BadInput: file_not_text, file_damaged,
    file_old_excel, file_too_big; KdguiError("not_readable").
    """
    content = read_file(path)
    if content is None:
        raise BadInput("file_missing", path=path)
    if len(content) > MOST_MEGABYTES * 1_000_000:
        raise BadInput("file_too_big", limit=MOST_MEGABYTES)
    if content.startswith(b"PK\x03\x04"):
        from kdgui.store.excel_files import read_workbook

        return read_workbook(content)
    text = _decode(content)
    if text.lstrip()[:1] == "<":  # many systems export a web page and call it .xls
        raise BadInput("file_old_excel")
    return (Sheet("", _read_text(text, path.suffix.casefold() == ".csv")),)


def read_numbers_file(path: Path) -> tuple[str, ...]:
    """The cells of the likeliest column of the first sheet, as text, by row; without its heading.

    Rows that are empty in that column are left out, hidden ones are not. Raises as `read_sheets`.
    """
    sheets = read_sheets(path)
    sheet = next((sheet for sheet in sheets if not sheet.hidden), None) or next(iter(sheets), None)
    if sheet is None:
        return ()
    rows = [row.cells for row in sheet.rows]
    column, headings = _find_column(rows)
    cells = (row[column] for row in rows[headings:] if column < len(row))
    return tuple(cell for cell in cells if cell.strip())


def read_number_lines(source: str) -> tuple[str, ...]:
    """One number a line from the file `source`, or from standard input for "-" (design section 6).

    UTF-8; blanks at both ends are dropped, those inside kept, and lines without anything else are no rows.
    Raises BadInput: file_missing, file_not_text; KdguiError("not_readable").
    """
    content = sys.stdin.buffer.read() if source == "-" else read_file(Path(source))
    if content is None:
        raise BadInput("file_missing", path=source)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput("file_not_text", detail=str(error)) from error
    # splitlines() would cut at form feeds too: one damaged number would become two sound ones.
    lines = (line.strip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    return tuple(line for line in lines if line)


def _find_column(rows: Sequence[Sequence[str]]) -> tuple[int, int]:
    """The column under a heading that names bill numbers, or else most like them; rows up to its heading."""
    for place, row in enumerate(rows[:10]):
        for column, cell in enumerate(row):
            if _HEADINGS.fullmatch(cell.strip()):
                return column, place + 1
    width = max((len(row) for row in rows), default=0)
    likeness = [
        sum(bool(_LIKE_A_NUMBER.fullmatch(row[column].strip())) for row in rows if column < len(row))
        for column in range(width)
    ]
    return (max(range(width), key=lambda column: (likeness[column], -column)) if width else 0), 0


def _decode(content: bytes) -> str:
    """UTF-8 with or without BOM, UTF-16 with BOM, GB18030; BadInput where none gives readable text."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    elif b"\0" in content or content.startswith((b"%PDF", b"{\\rtf")):
        encodings = ()
    else:
        encodings = ("utf-8-sig", "gb18030")
    if content.startswith(b"\xd0\xcf\x11\xe0"):  # OLE: .xls, or an .xlsx with a password
        raise BadInput("file_old_excel")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _readable(text):
            return text
    raise BadInput("file_not_text")


def _readable(text: str) -> bool:
    kinds = {unicodedata.category(char) for char in set(text) - _TEXT_CONTROLS}
    return not kinds & {"Cc", "Cs", "Cn"}


def _read_text(text: str, comma_separated: bool) -> tuple[SheetRow, ...]:
    rows = _split(text, _delimiter(text, comma_separated))
    return tuple(
        SheetRow(number, tuple(row)) for number, row in enumerate(rows, start=1) if any(map(str.strip, row))
    )


def _split(text: str, delimiter: str) -> list[list[str]]:
    """Cells as Excel quotes them; where quotes do not match, lines, so that a stray one swallows nothing."""
    if text.count('"') % 2 == 0:
        with suppress(csv.Error):  # a cell above 128 Ki characters
            return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    return [line.split(delimiter) for line in text.splitlines()]


def _delimiter(text: str, comma_separated: bool) -> str:
    """Tabs where there are any; commas or semicolons in a .csv only: in a list they are part of the line."""
    head = text[:10_000]
    if "\t" in head or not comma_separated:
        return "\t"
    return ";" if head.count(";") > head.count(",") else ","
