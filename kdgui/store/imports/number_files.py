"""Reading bill numbers from .txt, .csv and .xlsx files; what cannot be read is told, never left out."""

from __future__ import annotations

import sys
import unicodedata
from contextlib import suppress
from pathlib import Path

from kdgui.domain.errors import BadInput
from kdgui.store.atomic_files import read_file
from kdgui.store.imports.sheets import MOST_MEGABYTES, Sheet
from kdgui.store.imports.text_tables import read_text

_OLE = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_TEXT_CONTROLS = frozenset("\t\n\v\f\r\x85")


def read_sheets(path: Path) -> tuple[Sheet, ...]:
    """All sheets that hold anything, the one that was on top when saved first; one for a text file.

    Blocks for the disk, seconds for large files. Raises BadInput: file_missing, file_not_text, file_damaged,
    file_old_excel, file_protected, file_other_sheet, file_too_big; KdguiError("not_readable").
    """
    with suppress(OSError):  # what is wrong there, reading it tells
        _refuse_giants(path.stat().st_size)
    content = read_file(path)
    if content is None:
        raise BadInput("file_missing", path=path)
    if content.startswith(_OLE):
        raise BadInput("file_protected" if _ENCRYPTED in content else "file_old_excel")
    if content.startswith(b"PK\x03\x04"):
        from kdgui.store.imports.excel_files import read_workbook

        return read_workbook(content)
    text = _decode(content)
    if text.lstrip()[:1] == "<":  # many systems export a web page and call it .xls
        raise BadInput("file_old_excel")
    return (read_text(text, comma_separated=path.suffix.casefold() == ".csv"),)


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


def _refuse_giants(size: int) -> None:
    if size > MOST_MEGABYTES * 1_000_000:
        raise BadInput("file_too_big", limit=MOST_MEGABYTES)


def _decode(content: bytes) -> str:
    """UTF-8 with or without BOM, UTF-16 with BOM, GB18030; BadInput where none gives readable text."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    elif b"\0" in content or content.startswith((b"%PDF", b"{\\rtf")):
        encodings = ()
    else:
        encodings = ("utf-8-sig", "gb18030")
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
