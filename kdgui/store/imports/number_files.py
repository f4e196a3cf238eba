"""Reading files of bill numbers, whatever program wrote them; what cannot be read is told, never left out."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path
from typing import TypeVar

from kdgui.domain.errors import BadInput
from kdgui.store.atomic_files import read_file
from kdgui.store.imports.excel_files import DAMAGE, read_workbook
from kdgui.store.imports.excel_package import Package
from kdgui.store.imports.html_tables import read_web_page
from kdgui.store.imports.opendocument_files import read_flat_opendocument, read_opendocument
from kdgui.store.imports.sheets import MOST_MEGABYTES, Progress, Sheet, no_progress
from kdgui.store.imports.spreadsheet_xml import NAMESPACE, read_spreadsheet_xml
from kdgui.store.imports.text_encodings import decode_text
from kdgui.store.imports.text_tables import read_text, separator_of, too_many_cells

_OLE = b"\xd0\xcf\x11\xe0"
_OLD_EXCEL = (b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00")
"""How workbooks begin that are older than the container they came in later."""
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_HEAD = 4000
_WEB_PAGE = re.compile(r"<(?:!doctype html|html|head|body|table|tr|meta|div|style|!--)", re.IGNORECASE)


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TextFile:
    """A text as it was found: it can be read anew, in another encoding or cut by other separators.

    Attributes:
        content: the bytes of the file; b"" for a paste.
        text: the text, as `encoding` reads it.
        encoding: one of `text_encodings.ENCODINGS`; "" for a paste.
        separator: what divides cells; "" where no mark does.
        comma_separated: the file says that it is a table (.csv).
        html: of a paste the same table as a web page, "" where there is none.
    """

    content: bytes
    text: str
    encoding: str
    separator: str
    comma_separated: bool = False
    html: str = ""


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file as it was read: its sheets, and for a text file the text."""

    sheets: tuple[Sheet, ...]
    text: TextFile | None = None


def is_table(path: Path) -> bool:
    """Whether a file is a workbook or a page, not lines of text. Raises KdguiError("not_readable")."""
    head = (read_file(path) or b"")[:_HEAD]
    return head.startswith((_OLE, *_OLD_EXCEL, *_ZIP)) or head.lstrip().startswith((b"<", b"MIME-Version:"))


def read_sheets(path: Path, progress: Progress = no_progress) -> tuple[Sheet, ...]:
    """All sheets of a file, as `open_number_file` finds them."""
    return open_number_file(path, progress).sheets


def open_number_file(path: Path, progress: Progress = no_progress) -> OpenedFile:
    """All sheets that hold anything, the one that was on top when saved first; one for a text file.

    What a file is, its content tells, whatever its name: .xlsx, .xlsm, .xlsb, .xls, .et, .ods, .fods, XML
    and web pages that are called .xls, texts in any encoding.
    Blocks for the disk, seconds for large files. Raises BadInput: file_missing, file_not_text, file_damaged,
    file_protected, file_other_sheet, file_too_big, file_too_many_cells; KdguiError("not_readable"); and what
    `progress` raises.
    """
    with suppress(OSError):  # what is wrong there, reading it tells
        _refuse_giants(path.stat().st_size)
    content = read_file(path)
    if content is None:
        raise BadInput("file_missing", path=path)
    if content.startswith((_OLE, *_OLD_EXCEL)):
        return OpenedFile(_read_binary(content, progress))
    if content.startswith(_ZIP):
        return OpenedFile(_read_package(content, progress))
    if content[:_HEAD].lstrip()[:13].lower() == b"mime-version:":
        return OpenedFile(_read_web_archive(content, progress))
    text, encoding = decode_text(content)
    if text.lstrip().startswith("<"):
        return OpenedFile(_read_markup(text, progress))
    table = path.suffix.casefold() == ".csv"
    separator = separator_of(text, comma_separated=table)
    if too_many_cells(text, separator):
        raise BadInput("file_too_many_cells")
    sheet = read_text(text, separator=separator)
    return OpenedFile((sheet,), TextFile(content, text, encoding, separator, table))


def read_text_anew(file: TextFile, encoding: str | None = None, separator: str | None = None) -> OpenedFile:
    """The same text in this encoding, cut at this separator; None leaves either as it is. Never raises."""
    text = file.text
    if encoding and file.content and encoding != file.encoding:
        text = decode_text(file.content, encoding)[0]
    used = file.separator if separator is None else separator
    sheet = read_text(text, separator=used)
    fresh = TextFile(file.content, text, encoding or file.encoding, used, file.comma_separated, file.html)
    return OpenedFile((sheet,), fresh)


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


def _read_binary(content: bytes, progress: Progress) -> tuple[Sheet, ...]:
    if _ENCRYPTED in content:
        raise BadInput("file_protected")
    from kdgui.store.imports.binary_files import read_binary_workbook

    return read_binary_workbook(content, progress)


def _read_package(content: bytes, progress: Progress) -> tuple[Sheet, ...]:
    package = _whole(lambda: Package(content))
    names = package.names
    if "/xl/workbook.bin" in names:
        return _read_binary(content, progress)
    if "/content.xml" in names:
        return read_opendocument(package, progress)
    if any(name.startswith(("/word/", "/ppt/", "/index/", "/mimetype")) for name in names):
        raise BadInput("file_other_sheet")
    return read_workbook(package, progress)


def _read_markup(text: str, progress: Progress) -> tuple[Sheet, ...]:
    """XML and web pages, which many systems export and call .xls."""
    head = text[:_HEAD]
    if NAMESPACE in head and "<html" not in head.casefold():
        plain = _DECLARATION.sub("", text, count=1).lstrip()
        return _whole(lambda: read_spreadsheet_xml(plain, progress))
    if "urn:oasis:names:tc:opendocument" in head:
        plain = _DECLARATION.sub("", text, count=1).lstrip()
        return _whole(lambda: read_flat_opendocument((plain.encode("utf-8", "replace"),)))
    if _WEB_PAGE.search(head):
        return _whole(lambda: read_web_page(text, progress))
    raise BadInput("file_other_sheet")


def _read_web_archive(content: bytes, progress: Progress) -> tuple[Sheet, ...]:
    """A page with all its files in one, as Excel saves them; each of its pages may be a sheet."""
    sheets: list[Sheet] = []
    for part in message_from_bytes(content, policy=policy.default).walk():
        if part.get_content_type() == "text/html":
            page = part.get_payload(decode=True)
            if isinstance(page, bytes) and page:
                sheets += read_web_page(decode_text(page)[0], progress)
    return tuple(sheets)


def _whole(call: Callable[[], T]) -> T:
    """What `call` returns; BadInput("file_damaged") for what it raises of a file that is not whole."""
    try:
        return call()
    except DAMAGE as error:
        raise BadInput("file_damaged", detail=f"{type(error).__name__}: {error}") from error
