"""The process that reads .xls and .et files with xlrd and .xlsb files with python-calamine.

xlrd tells number formats, hidden rows and error values of .xls files; python-calamine tells none of them, so
what it reads is shown before it is taken. It reads .xlsb, which xlrd does not, and those .xls that xlrd
refuses.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO

import msgspec

from kdgui.store.imports.binary_pieces import SheetPiece
from kdgui.store.imports.number_formats import shown, shown_date, shown_text

_OLE = b"\xd0\xcf\x11\xe0"
_MOST_MEMORY = 400_000_000
_ROWS_AT_ONCE = 2000
_UNTOLD = ["rows", "formats"]
_NO_WORKBOOK = "Can't find workbook"
Rows = Iterable[tuple[int, bool, int, list[str]]]


def serve() -> int:
    """Read the workbook on standard input, and tell its rows, or what is wrong, on standard output."""
    _bound_memory()
    out = sys.stdout.buffer
    content = sys.stdin.buffer.read()
    sys.stdout = io.StringIO()  # the libraries' remarks
    try:
        for piece in _read(content):
            _tell(out, piece)
        _tell(out, SheetPiece(share=1.0))
    except MemoryError:
        _tell(out, SheetPiece(trouble="file_too_many_cells"))
    except BaseException as error:  # noqa: BLE001 - files make libraries raise everything there is, panics too
        detail = f"{type(error).__name__}: {error}"
        if "encrypted" in detail.casefold() or "password" in detail.casefold():
            _tell(out, SheetPiece(trouble="file_protected", detail=detail))
        else:
            code = "file_other_sheet" if _NO_WORKBOOK in detail else "file_damaged"
            _tell(out, SheetPiece(trouble=code, detail=detail))
    return 0


def _bound_memory() -> None:
    """As the system allows: a file that claims a billion cells must not take the computer with it."""
    if sys.platform == "win32":
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (used + _MOST_MEMORY, used + _MOST_MEMORY))


def _tell(out: BinaryIO, piece: SheetPiece) -> None:
    try:
        line = msgspec.json.encode(piece)
    except UnicodeEncodeError:  # half a surrogate pair
        clean = [(n, hidden, first, list(map(_clean, cells))) for n, hidden, first, cells in piece.rows]
        line = msgspec.json.encode(msgspec.structs.replace(piece, rows=clean, name=_clean(piece.name)))
    out.write(line + b"\n")
    out.flush()


def _clean(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _read(content: bytes) -> Iterator[SheetPiece]:
    """By the library that tells more; by the other one where that gives up before it has told anything."""
    if content.startswith(b"PK"):
        yield from _by_calamine(content)
        return
    pieces = _by_xlrd(content)
    try:
        first = next(pieces, None)
    except Exception as error:
        import xlrd  # type: ignore[import-untyped]  # it ships no types

        final = isinstance(error, xlrd.XLRDError) and (
            "encrypted" in str(error) or _NO_WORKBOOK in str(error)
        )
        if final or not content.startswith(_OLE):
            raise
        yield from _by_calamine(content)
        return
    if first is not None:
        yield first
        yield from pieces


def _in_pieces(head: SheetPiece, rows: Rows, tail: SheetPiece) -> Iterator[SheetPiece]:
    """A sheet as pieces: the first says what it is, the last what is known at its end."""
    gathered: list[tuple[int, bool, int, list[str]]] = []
    yield head
    for row in rows:
        gathered.append(row)
        if len(gathered) >= _ROWS_AT_ONCE:
            yield SheetPiece(share=head.share, rows=gathered)
            gathered = []
    yield msgspec.structs.replace(tail, rows=gathered)


# .xls and .et


def _by_xlrd(content: bytes) -> Iterator[SheetPiece]:
    import xlrd

    book = xlrd.open_workbook(
        file_contents=content, formatting_info=True, on_demand=True, logfile=io.StringIO()
    )
    for place in range(book.nsheets):
        sheet = book.sheet_by_index(place)
        share = place / book.nsheets
        head = SheetPiece(share=share, name=sheet.name, hidden=sheet.visibility != 0, begins=True)
        hidden = [(at + 1, at + 1) for at, column in sheet.colinfo_map.items() if column.hidden]
        merged = [(top + 1, end, left + 1) for top, end, left, _ in sheet.merged_cells]
        tail = SheetPiece(share=share, ends=True, hidden_columns=hidden, merged=merged)
        yield from _in_pieces(head, _xlrd_rows(book, sheet), tail)
        book.unload_sheet(place)


def _xlrd_rows(book: Any, sheet: Any) -> Rows:
    for index in range(sheet.nrows):
        cells = [_xlrd_text(book, cell) for cell in sheet.row(index)]
        if any(cells):
            facts = sheet.rowinfo_map.get(index)
            yield index + 1, bool(facts is not None and facts.hidden), 1, cells


def _xlrd_text(book: Any, cell: Any) -> str:
    """A cell as it is shown. Kinds: 0 and 6 nothing, 1 text, 2 number, 3 date, 4 yes or no, 5 error."""
    kind, value = cell.ctype, cell.value
    if kind in (0, 6):
        return ""
    if kind in (2, 3) and value == 0:
        return "0"  # perhaps of a formula, which xlrd does not tell: no CGDD0000, no midnight
    if kind == 1:
        return shown_text(value, _xlrd_format(book, cell))
    if kind == 3:
        return shown_date(value, since_1904=book.datemode == 1)
    if kind == 4:
        return "TRUE" if value else "FALSE"
    if kind == 5:
        from xlrd import error_text_from_code

        return str(error_text_from_code.get(value, "#N/A"))
    return shown(_number(value), _xlrd_format(book, cell))


def _xlrd_format(book: Any, cell: Any) -> str:
    if cell.xf_index is None or cell.xf_index >= len(book.xf_list):
        return "General"
    found = book.format_map.get(book.xf_list[cell.xf_index].format_key)
    return str(found.format_str) if found is not None and found.format_str else "General"


def _number(value: float) -> float:
    whole = isinstance(value, float) and abs(value) < 10**15 and value == int(value)
    return int(value) if whole else value


# .xlsb


def _by_calamine(content: bytes) -> Iterator[SheetPiece]:
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    named = [each for each in book.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet]
    for place, facts in enumerate(named):
        sheet = book.get_sheet_by_name(facts.name)
        if sheet.start is not None:
            hidden = facts.visible != SheetVisibleEnum.Visible
            head = SheetPiece(share=place / len(named), name=facts.name, hidden=hidden, begins=True)
            tail = SheetPiece(share=place / len(named), ends=True, untold=_UNTOLD)
            yield from _in_pieces(head, _calamine_rows(sheet), tail)


def _calamine_rows(sheet: Any) -> Rows:
    """Rows come from the very first one on, cells from the first column that holds anything."""
    first = sheet.start[1] + 1
    for number, values in enumerate(sheet.iter_rows(), start=1):
        cells = list(map(_calamine_text, values))
        if any(cells):
            yield number, False, first, cells


def _calamine_text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return shown(_number(value), "General")
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value) if isinstance(value, timedelta) else ""


if __name__ == "__main__":
    sys.exit(serve())
