"""Reading .ods and .fods files, LibreOffice's own: cells by the text that is shown, hidden rows marked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress

from kdgui.domain.errors import BadInput
from kdgui.store.imports.excel_files import DAMAGE
from kdgui.store.imports.excel_package import Package
from kdgui.store.imports.number_formats import number_of, shown
from kdgui.store.imports.sheets import (
    MOST_COLUMNS,
    MOST_ROWS,
    Progress,
    Sheet,
    SheetBuilder,
    TextPool,
    no_progress,
)
from kdgui.store.imports.xml_stream import Element, local_attributes, local_name, xml_events

_CELLS = ("table-cell", "covered-table-cell")
_DAY = re.compile(r"[12]\d{3}-\d{2}-\d{2}(?: |$)")
_UNSEEN = ("collapse", "filter")


def read_opendocument(package: Package, progress: Progress = no_progress) -> tuple[Sheet, ...]:
    """The sheets that hold anything, in order.

    Raises BadInput: file_damaged, file_protected, file_too_big, file_too_many_cells; what `progress` raises.
    """
    try:
        if package.size("META-INF/manifest.xml"):
            entries = package.tree("META-INF/manifest.xml").iter()
            if any(local_name(entry.tag) == "encryption-data" for entry in entries):
                raise BadInput("file_protected")
        return read_flat_opendocument(_watched(package, progress))
    except DAMAGE as error:
        raise BadInput("file_damaged", detail=f"{type(error).__name__}: {error}") from error


def read_flat_opendocument(pieces: Iterable[bytes]) -> tuple[Sheet, ...]:
    """The same of the XML alone. Raises what reading raises for files that are not whole."""
    document = _Document()
    path: list[Element] = []
    for starts, element in xml_events(pieces):
        if starts:
            path.append(element)
            if local_name(element.tag) == "table":
                document.start_sheet(element)
            continue
        path.pop()
        if document.end(element) and path:
            path[-1].remove(element)
    return tuple(sheet for sheet in document.sheets if sheet.rows)


def _watched(package: Package, progress: Progress) -> Iterator[bytes]:
    done, whole = 0, package.size("content.xml") or 1
    for piece in package.pieces("content.xml"):
        progress(min(done / whole, 1.0))
        done += len(piece)
        yield piece


class _Document:
    """A document while it is read: rows are taken as soon as they end, and let go."""

    def __init__(self) -> None:
        self.sheets: list[Sheet] = []
        self._unseen_styles: set[str] = set()
        self._pool = TextPool()
        self.start_sheet(None)

    def start_sheet(self, table: Element | None) -> None:
        facts = local_attributes(table) if table is not None else {}
        unseen = facts.get("style-name") in self._unseen_styles
        self._builder = SheetBuilder(facts.get("name", ""), hidden=unseen)
        self._row = self._column = 1
        self._unseen_columns: list[tuple[int, int]] = []

    def end(self, element: Element) -> bool:
        """Take what has ended; whether it can be let go."""
        name = local_name(element.tag)
        if name == "style" and any(local_attributes(each).get("display") == "false" for each in element):
            self._unseen_styles.add(local_attributes(element).get("name", ""))
        elif name == "table-column":
            self._end_column(local_attributes(element))
        elif name == "table-row":
            self._end_row(element)
        elif name == "table":
            self.sheets.append(self._builder.build(self._unseen_columns))
        return name in ("table-column", "table-row", "table", "style")

    def _end_column(self, facts: dict[str, str]) -> None:
        count = _count(facts, "number-columns-repeated", MOST_COLUMNS)
        if facts.get("visibility") in _UNSEEN:
            self._unseen_columns.append((self._column, self._column + count - 1))
        self._column += count

    def _end_row(self, row: Element) -> None:
        facts = local_attributes(row)
        count = _count(facts, "number-rows-repeated", MOST_ROWS)
        cells = self._texts(row)
        for number in range(self._row, self._row + count) if cells else ():
            self._builder.add(number, cells, hidden=facts.get("visibility") in _UNSEEN)
        self._row += count

    def _texts(self, row: Element) -> dict[int, str]:
        texts: dict[int, str] = {}
        column = 1
        for cell in row:
            if local_name(cell.tag) not in _CELLS:
                continue
            facts = local_attributes(cell)
            count = _count(facts, "number-columns-repeated", MOST_COLUMNS)
            text = _text(cell, facts)
            if text:
                text = self._pool.keep(text)
                texts.update(dict.fromkeys(range(column, column + count), text))
            column += count
        return texts


def _text(cell: Element, facts: dict[str, str]) -> str:
    """What is shown; days as ISO 8601, since 1-5 might be taken for a number."""
    kind, value = facts.get("value-type", ""), facts.get("value", "")
    if kind == "date":
        day = facts.get("date-value", "").removesuffix("T00:00:00").replace("T", " ")
        return day if _DAY.match(day) else "########"  # a number that is no day, as spreadsheets show it
    if "formula" in facts and kind in ("float", "currency", "percentage"):
        with suppress(ValueError):
            if float(value) == 0:
                return ""  # =B2 on an empty B2: no program means a bill by it
    text = "\n".join(_paragraph(each) for each in cell if local_name(each.tag) == "p")
    if text and kind == "float" and "," in text and _is_same(text.replace(",", ""), value):
        return text.replace(",", "")  # thousands, as in other workbooks
    if text or kind in ("", "string"):
        return text or facts.get("string-value", "")
    if kind in ("float", "currency", "percentage"):
        return shown(number_of(value), "General")
    return facts.get("boolean-value", "").upper() or facts.get("time-value", "")


def _is_same(text: str, value: str) -> bool:
    try:
        return float(text) == float(value)
    except ValueError:
        return False


def _paragraph(element: Element) -> str:
    """The text of a paragraph; blanks in a row and tabs are elements of their own there."""
    parts = [element.text or ""]
    for child in element:
        name = local_name(child.tag)
        if name == "s":
            parts.append(" " * min(_count(local_attributes(child), "c", 1000), 1000))
        elif name in ("tab", "line-break"):
            parts.append("\t" if name == "tab" else "\n")
        elif name not in ("annotation", "note"):
            parts.append(_paragraph(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _count(facts: dict[str, str], name: str, most: int) -> int:
    return min(max(int(facts.get(name, "1")), 1), most)
