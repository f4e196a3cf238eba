"""Reading .xlsx files: every cell as the clerk saw it, hidden rows marked, formulas by their last value.

Why not a library: openpyxl refuses files for colours, merged cells and properties that say nothing of
numbers, and takes more than twice as long; python-calamine tells neither number formats nor hidden rows,
without which 000412 becomes 412 and filtered-out bills are pushed (resources/docs/imports.md).
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.parsers.expat import ExpatError

from kdgui.domain.errors import BadInput
from kdgui.store.imports.excel_cells import (
    Cell,
    PlainCell,
    SheetFacts,
    plain_cell,
    worksheet_rows,
)
from kdgui.store.imports.excel_package import Package
from kdgui.store.imports.excel_styles import CellStyles, number_formats
from kdgui.store.imports.excel_texts import decoded, shared_strings
from kdgui.store.imports.sheets import Progress, Sheet, SheetBuilder, TextPool, no_progress
from kdgui.store.imports.xml_stream import local_name

DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, struct.error, ElementTree.ParseError, ExpatError, EOFError, OSError),
    *(LookupError, ValueError, NotImplementedError, RuntimeError),
)
"""What reading a file raises that is not whole."""
_LOST = "\ufffd"
"""Stands for a text that the file names and does not hold: its row is shown as damaged."""
_HIDDEN_STATES = ("hidden", "veryhidden")
_AREA = re.compile(r"\$?([A-Z]{1,3})\$?(\d+):\$?[A-Z]{1,3}\$?(\d+)", re.IGNORECASE)
_MOST_KNOWN = 200_000
_AS_IT_STANDS = re.compile(r"(?=.{1,15}$)(?:[1-9]\d*|0)(?:\.\d*[1-9])?$", re.ASCII).match
"""Numbers that look in the file as they are shown without a format."""
_TRUE = ("1", "true", "on")


def read_workbook(package: Package, progress: Progress = no_progress) -> tuple[Sheet, ...]:
    """The sheets that hold anything, the active one first.

    Raises BadInput: file_damaged, file_protected, file_too_big, file_too_many_cells; what `progress` raises.
    """
    try:
        return tuple(sheet for sheet in _Workbook(package, progress).sheets() if sheet.rows)
    except DAMAGE as error:
        raise BadInput("file_damaged", detail=f"{type(error).__name__}: {error}") from error


@dataclass(frozen=True, slots=True)
class _NamedSheet:
    name: str
    part: str
    hidden: bool


class _Workbook:
    """One workbook while it is read."""

    def __init__(self, package: Package, progress: Progress) -> None:
        self._package, self._progress = package, progress
        self._pool = TextPool()
        self._columns: dict[str, int] = {"": 0}
        self._known: dict[str, str] = {}
        part = self._main_part()
        root = package.tree(part)
        related = package.relations(part)
        self._named = list(_named_sheets(root, {each.id: (each.kind, each.part) for each in related}))
        self._active = _active(root)
        by_kind = {each.kind: each.part for each in related}
        self._strings = self._read_strings(by_kind.get("sharedstrings", "xl/sharedStrings.xml"))
        self._styles = self._read_styles(by_kind.get("styles", "xl/styles.xml"), root)
        self._whole = sum(package.size(each.part) for each in self._named) or 1
        self._done = 0

    def sheets(self) -> list[Sheet]:
        """All of them, the active one first."""
        order = sorted(self._named, key=lambda each: each is not self._active_sheet())
        return [self._sheet(each) for each in order]

    def _active_sheet(self) -> _NamedSheet | None:
        return self._named[self._active] if self._active < len(self._named) else None

    def _main_part(self) -> str:
        found = [each.part for each in self._package.relations("") if each.kind == "officedocument"]
        return found[0] if found else "xl/workbook.xml"

    def _read_strings(self, part: str) -> list[str]:
        """The shared strings; none where a workbook names a part of them that is not there."""
        if not self._package.size(part):
            return []
        return shared_strings(self._watched(part), self._package.size(part), self._pool)

    def _read_styles(self, part: str, root: ElementTree.Element) -> CellStyles:
        facts = next((each for each in root if local_name(each.tag) == "workbookPr"), None)
        since_1904 = facts is not None and facts.get("date1904") in _TRUE
        formats = number_formats(self._package.tree(part)) if self._package.size(part) else []
        return CellStyles(formats, since_1904=since_1904)

    def _watched(self, part: str) -> Iterator[bytes]:
        for piece in self._package.pieces(part):
            self._progress(0.0)
            yield piece

    def _sheet_pieces(self, part: str) -> Iterator[bytes]:
        for piece in self._package.pieces(part):
            self._progress(min(self._done / self._whole, 1.0))
            self._done += len(piece)
            yield piece

    def _sheet(self, named: _NamedSheet) -> Sheet:
        builder = SheetBuilder(named.name, hidden=named.hidden)
        facts = SheetFacts()
        last = 0
        for number, hidden, texts in worksheet_rows(self._sheet_pieces(named.part), self, facts):
            last = number if number is not None else last + 1
            builder.add(last, texts, hidden=hidden)
        builder.lift_merged(self._areas(facts.merged))
        return builder.build(facts.hidden_columns)

    def plain_texts(self, cells: Sequence[PlainCell]) -> tuple[dict[int, str], int]:
        """See CellReader. The kinds of cells that sheets are made of go without ceremony."""
        texts: dict[int, str] = {}
        columns, strings, styles, known = self._columns, self._strings, self._styles, self._known
        general, formatted = styles.general, styles.text
        column = fresh = 0
        tags = 4 * len(cells)
        for cell in cells:
            letters, style, kind, formula, value, inline = cell
            column = columns.get(letters) or self._column(letters, column)
            if formula or inline:
                tags += 1 if formula.endswith("/>") else 2
            elif not value:
                tags -= 3
                continue
            else:
                if kind == "s":
                    if style not in formatted and value.isdecimal() and int(value) < len(strings):
                        if text := strings[int(value)]:
                            texts[column] = text
                        continue
                elif not kind and style in general:
                    if value not in known:
                        fresh += 1
                        shown = value if _AS_IT_STANDS(value) else styles.number[style](value)
                        if len(known) >= _MOST_KNOWN:
                            texts[column] = shown
                            continue
                        known[value] = shown
                    texts[column] = known[value]
                    continue
            if text := self._text(plain_cell(cell)):
                texts[column] = self._pool.keep(text)
        self._pool.count(fresh)
        return texts, tags

    def texts(self, cells: Iterable[Cell]) -> dict[int, str]:
        """See CellReader."""
        texts: dict[int, str] = {}
        column = 0
        for cell in cells:
            column = self._columns.get(cell.letters) or self._column(cell.letters, column)
            if text := self._text(cell):
                texts[column] = self._pool.keep(text)
        return texts

    def _text(self, cell: Cell) -> str:
        """A cell as it is shown; a formula never calculated as it is written: its row must not be lost."""
        if not cell.text:
            # An empty result of a formula has a type of its own; a plain nothing was never calculated.
            return "=" + cell.formula if cell.formula is not None and cell.kind in ("", "n") else ""
        if cell.kind == "s":
            return self._formatted(self._shared(cell.text), cell.style)
        if cell.kind in ("str", "inlineStr"):
            return self._formatted(decoded(cell.text), cell.style)
        if cell.kind == "b":
            return "TRUE" if cell.text in _TRUE else "FALSE"
        if cell.kind == "d":
            return cell.text.removesuffix("Z").removesuffix("T00:00:00").replace("T", " ")
        if cell.kind == "e":
            return cell.text
        if cell.formula is not None and float(cell.text) == 0:
            return ""  # =B2 on an empty B2: no program means a bill by it
        return (self._styles.number.get(cell.style) or self._styles.number[""])(cell.text.strip())

    def _shared(self, index: str) -> str:
        place = int(index) if index.strip().isdigit() else -1
        return self._strings[place] if 0 <= place < len(self._strings) else _LOST

    def _formatted(self, text: str, style: str) -> str:
        form = self._styles.text.get(style)
        return form(text) if form and text else text

    def _column(self, letters: str, before: int) -> int:
        if not letters:
            return before + 1
        number = 0
        for letter in letters:
            number = number * 26 + ord(letter) - ord("A") + 1
        self._columns[letters] = number
        return number

    def _areas(self, merged: Iterable[str]) -> Iterator[tuple[int, int, int]]:
        """First row, last row and column of merged areas; what is written wrongly merges nothing."""
        for written in merged:
            area = _AREA.fullmatch(written)
            if area:
                yield int(area[2]), int(area[3]), self._column(area[1].upper(), 0)


def _named_sheets(root: ElementTree.Element, related: dict[str, tuple[str, str]]) -> Iterator[_NamedSheet]:
    """The worksheets of a workbook in order; charts and macro sheets hold no cells."""
    for sheets in root:
        if local_name(sheets.tag) != "sheets":
            continue
        for each in sheets:
            ids = [value for name, value in each.attrib.items() if name.endswith("}id")]
            kind, part = related.get(ids[0] if ids else "", ("", ""))
            if kind == "worksheet":
                yield _NamedSheet(each.get("name") or "", part, _state(each) in _HIDDEN_STATES)


def _state(sheet: ElementTree.Element) -> str:
    return (sheet.get("state") or "").casefold()


def _active(root: ElementTree.Element) -> int:
    """Which sheet was on top when the workbook was saved, counted among all."""
    for views in root:
        if local_name(views.tag) == "bookViews":
            for view in views:
                text = view.get("activeTab") or "0"
                return int(text) if text.isdigit() else 0
    return 0
