"""From the bytes of a text file to its text: by its mark, its looks, or as the clerk says."""

from __future__ import annotations

import codecs
import re
import unicodedata

from kdgui.domain.errors import BadInput

ENCODINGS = ("utf-8", "gb18030", "utf-16-le", "utf-16-be", "big5", "cp1252")
"""What can be chosen, the commonest first."""
_MARKS = (
    *((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be")),
    *((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")),
)
_OTHER_FILES = (b"%PDF", b"{\\rtf", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")
_END_OF_FILE = b"\x1a\0"
"""Ctrl-Z, with which old systems end a text, and what fills its last block."""
_TEXT_CONTROLS = frozenset("\t\n\v\f\r\x85")
_SNIFFED = 200_000
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]+")
_FEW_CONTROLS = 0.02
_FEW_ERRORS = 0.1
"""Of the stretches that are not ASCII; a text in the wrong encoding has more."""
_FEW_LETTERS = 0.3
"""Of the bytes of a western text are beyond ASCII."""
_MOSTLY = 0.95


def decode_text(content: bytes, encoding: str = "") -> tuple[str, str]:
    """The text and its encoding; what cannot be decoded is U+FFFD, by which its cell is marked as garbled.

    `encoding`: what the clerk says; "" finds out. Raises BadInput("file_not_text") for what is no text.
    """
    if encoding:
        return content.decode(encoding, "replace").removeprefix("\ufeff"), encoding
    mark, encoding = next(((mark, name) for mark, name in _MARKS if content.startswith(mark)), (b"", ""))
    if mark:
        text = content[len(mark) :].decode(encoding, "replace")
    else:
        encoding = _wide(content) or _narrow(content.rstrip(_END_OF_FILE))
        text = content.decode(encoding, "replace").rstrip("\x1a\0")
    if content.startswith(_OTHER_FILES) or not _is_text(text[:_SNIFFED]):
        raise BadInput("file_not_text")
    return text, encoding


def _wide(content: bytes) -> str:
    """UTF-16 without a mark: zeros among the bytes, and common characters when read by twos; else ""."""
    head = content[: _SNIFFED // 2 * 2]
    if b"\0" not in head:
        return ""
    for encoding in ("utf-16-le", "utf-16-be"):
        text = head.decode(encoding, "replace")
        common = sum(
            "\t" <= char <= "\r" or " " <= char < "\x7f" or "\u3000" <= char < "\ua000" for char in text
        )
        if common >= _MOSTLY * len(text):
            return encoding
    return ""


def _narrow(content: bytes) -> str:
    """The first encoding that reads all of it, or nearly all; UTF-8 proves itself where it reads anything."""
    head = content[:_SNIFFED]
    runs = _BEYOND_ASCII.findall(head)
    single = sum(len(run) == 1 for run in runs) * 2 > len(runs)
    if _reads(content, "utf-8") or _nearly(head, "utf-8", len(runs)):
        return "utf-8"
    if _reads(content, "gb18030") or (not single and _nearly(head, "gb18030", len(runs))):
        return "gb18030"
    if sum(map(len, runs)) > _FEW_LETTERS * len(head):
        raise BadInput("file_not_text")
    return "cp1252"


def _reads(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _nearly(head: bytes, encoding: str, runs: int) -> bool:
    """Whether an error is rare among what it reads beyond ASCII."""
    text = head.decode(encoding, "replace")
    errors = text.count("\ufffd")
    right = sum(not char.isascii() for char in text) - errors
    return errors <= max(_FEW_ERRORS * runs, 1) and right >= 4 * errors


def _is_text(text: str) -> bool:
    odd = [char for char in text if char not in _TEXT_CONTROLS and not char.isalnum()]
    controls = sum(unicodedata.category(char) == "Cc" for char in odd)
    return controls <= _FEW_CONTROLS * len(text) and text.count("\ufffd") <= max(_FEW_ERRORS * len(text), 1)
