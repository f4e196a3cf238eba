"""The rows of an .xlsx worksheet, in a stream: plain XML by patterns, everything else by a real parser.

The patterns are three times as fast. They are trusted only where they account for every tag of a row; a row
that holds anything else is parsed, and a part that is not written plainly (prefixes, comments, another
encoding) is parsed from end to end.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape
from itertools import chain
from typing import Protocol
from xml.etree import ElementTree

from kdgui.store.imports.excel_texts import text_of
from kdgui.store.imports.xml_stream import local_name, xml_events

_HEAD = re.compile(r'\s*(?:<\?xml[^>]*\?>)?\s*<worksheet\b[^>]*\sxmlns="[^"]*"[^>]*>')
_OPENING = re.compile(r"<sheetData\s*>")
_PARSED_ENCODING = re.compile(r"""encoding=["'](?!utf-?8["'])""", re.IGNORECASE)
_ROW = re.compile(r'\s*<row(?: r="(\d+)")?((?:\s[^>]*?)?)(/?)>')
_ROW_ENDS = "</row>"
_CELL = re.compile(
    r'<c r="([A-Z]{1,3})\d+"(?: s="(\d+)")?(?: t="(\w+)")?'
    r"(?:/>|>(?:(<f\b[^>]*(?:/>|>[^<]*</f>))?<v>([^<]*)</v>"
    r"|<is>(?:<t>|<t xml:space=\"preserve\">)([^<]*)</t></is>)</c>)"
)
_NUMBER = re.compile(r'\br="(\d+)"')
_ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as it stands in the file.

    Attributes:
        letters: its column, "" for the one after the last.
        style: index of its style, "" for the first.
        kind: "" or "n" (a number), s, str, inlineStr, b, e, d.
        text: its value; of a shared string the index.
        formula: None, or the text of the formula that the value is the result of.
    """

    letters: str
    style: str
    kind: str
    text: str
    formula: str | None = None


@dataclass(slots=True)
class SheetFacts:
    """What a worksheet says beside its rows; complete when all rows have been read.

    Attributes:
        hidden_columns: first and last of each hidden stretch, from 1.
        merged: the merged areas as they are written: "A1:B2".
    """

    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)


PlainCell = tuple[str, str, str, str, str, str]
"""A cell by the patterns: letters, style, kind, formula with its tags, value, inline text."""


class CellReader(Protocol):
    """Makes texts of cells, by column."""

    def plain_texts(self, cells: Sequence[PlainCell]) -> tuple[dict[int, str], int]:
        """The texts of plain cells, and by how many tags these cells were written."""
        ...

    def texts(self, cells: Iterable[Cell]) -> dict[int, str]:
        """The texts of parsed cells."""
        ...


RowOfTexts = tuple[int | None, bool, dict[int, str]]
"""Number (None for the one after the last), whether it is hidden, texts by column from 1."""


def worksheet_rows(pieces: Iterable[bytes], reader: CellReader, facts: SheetFacts) -> Iterator[RowOfTexts]:
    """All rows, in the order of the file. `pieces` is the part, piece by piece.

    Raises ElementTree.ParseError and ValueError where it is damaged, and what `pieces` raises.
    """
    source = iter(pieces)
    first = next(source, b"")
    head = _plain_head(first)
    if head is None:
        yield from _parsed(chain((first,), source), reader, facts)
    else:
        yield from _by_patterns(head, first, source, reader, facts)


def _plain_head(first: bytes) -> str | None:
    """Everything before the rows, where the part is written as plainly as all common programs do."""
    try:
        text = codecs.getincrementaldecoder("utf-8-sig")().decode(first)
    except UnicodeDecodeError:
        return None
    opening = _OPENING.search(text)
    if opening is None:
        return None
    head = text[: opening.end()]
    odd = "<!" in head or _PARSED_ENCODING.search(head[:200]) or not _HEAD.match(head)
    return None if odd else head


def _by_patterns(
    head: str, first: bytes, source: Iterator[bytes], reader: CellReader, facts: SheetFacts
) -> Iterator[RowOfTexts]:
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    text = decoder.decode(first)[len(head) :]
    opening = _HEAD.match(head)
    root = opening[0] if opening else ""
    while True:
        at = 0
        while match := _ROW.match(text, at):
            content, end = _content(text, match)
            if end < 0:
                match = None
                break
            row = _row(root, match, content, reader)
            if row is None:
                break
            at = end
            yield row
        text = text[at:].lstrip()
        if text.startswith("</sheetData"):
            break
        if match or not ("<row".startswith(text[:4]) or "</sheetData".startswith(text[:11])):
            rest = (decoder.decode(piece).encode() for piece in source)
            yield from _parsed(chain(((head + text).encode(),), rest), reader, facts)
            return
        piece = next(source, None)
        if piece is None:
            raise ElementTree.ParseError("the rows do not end")
        text += decoder.decode(piece)
    tail = [text, *(decoder.decode(piece) for piece in source), decoder.decode(b"", final=True)]
    _note_all(ElementTree.fromstring(head + "".join(tail)), facts)  # noqa: S314 - see Package.tree


def _content(text: str, opening: re.Match[str]) -> tuple[str, int]:
    """What stands in a row, and where the row ends; -1 where it does not end yet."""
    start = opening.end()
    if opening[3]:
        return "", start
    end = text.find(_ROW_ENDS, start)
    return text[start:end], end if end < 0 else end + len(_ROW_ENDS)


def _row(root: str, opening: re.Match[str], content: str, reader: CellReader) -> RowOfTexts | None:
    """None where this is no whole row: its end stands in a text or a comment."""
    number, attributes, _ = opening.groups("")
    if not number:
        later = _NUMBER.search(attributes)
        number = later[1] if later else ""
    may_hide = " hidden=" in attributes or " ht=" in attributes
    hidden = may_hide and _is_hidden(dict(_ATTRIBUTE.findall(attributes)))
    texts, tags = reader.plain_texts(_CELL.findall(content))
    if tags != content.count("<"):
        try:
            row = ElementTree.fromstring(f"{root}<row>{content}</row></worksheet>")[0]  # noqa: S314 - as above
        except ElementTree.ParseError:
            return None
        texts = reader.texts(_parsed_cells(row))
    return (int(number) if number else None), hidden, texts


def plain_cell(found: PlainCell) -> Cell:
    """The same cell of a plain row as of any other."""
    letters, style, kind, formula, value, inline = found
    text = value or inline
    text = unescape(text) if "&" in text else text
    return Cell(letters, style, kind, text, formula or None)


# By a real parser


def _parsed(pieces: Iterable[bytes], reader: CellReader, facts: SheetFacts) -> Iterator[RowOfTexts]:
    path: list[ElementTree.Element] = []
    root = ""
    for starts, element in xml_events(pieces):
        name = local_name(element.tag)
        root = root or name
        if starts:
            path.append(element)
            continue
        path.pop()
        if name == "row":
            number = element.get("r")
            texts = reader.texts(_parsed_cells(element))
            yield (int(number) if number else None), _is_hidden(element.attrib), texts
        elif name in ("col", "mergeCell"):
            _note(element, facts)
        if name in ("row", "col", "mergeCell"):
            path[-1].remove(element)
    if root != "worksheet":
        raise ElementTree.ParseError("no worksheet")


def _parsed_cells(row: ElementTree.Element) -> list[Cell]:
    return [_parsed_cell(each) for each in row if local_name(each.tag) == "c"]


def _parsed_cell(element: ElementTree.Element) -> Cell:
    letters = (element.get("r") or "").rstrip("0123456789").replace("$", "").upper()
    formula: str | None = None
    text = ""
    for child in element:
        name = local_name(child.tag)
        if name == "f":
            formula = child.text or ""
        elif name == "v":
            text = child.text or ""
        elif name == "is":
            text = text_of(child)
    kind = element.get("t") or ""
    return Cell(letters, element.get("s") or "", kind, text, formula)


# Beside the rows


def _note_all(root: ElementTree.Element, facts: SheetFacts) -> None:
    for part in root:
        for element in part:
            if local_name(element.tag) in ("col", "mergeCell"):
                _note(element, facts)


def _note(element: ElementTree.Element, facts: SheetFacts) -> None:
    if local_name(element.tag) == "mergeCell":
        facts.merged.append(element.get("ref") or "")
    elif _is_hidden(element.attrib):
        facts.hidden_columns.append((int(element.get("min") or 0), int(element.get("max") or 0)))


def _is_hidden(attributes: dict[str, str]) -> bool:
    """A row without height or a column without width is hidden as well."""
    if attributes.get("hidden") in ("1", "true"):
        return True
    size = attributes.get("ht", attributes.get("width"))
    try:
        return size is not None and float(size) == 0
    except ValueError:
        return False
