"""Tables in web pages: those on the clipboard beside a copied text, and those that systems export as .xls."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from html.parser import HTMLParser

from kdgui.domain.errors import BadInput
from kdgui.store.imports.sheets import (
    MOST_COLUMNS,
    Progress,
    Sheet,
    SheetBuilder,
    SheetRow,
    TextPool,
    no_progress,
)

_NOT_SHOWN = "display:none"
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_ODD_DECLARATION = re.compile(r"<!\[(?!\s*(?:if|endif|else|CDATA)\b)", re.IGNORECASE)
"""Python's parser asserts that nobody writes these."""
_PIECE = 1 << 18
_UNSEEN_TEXT = ("style", "script", "title")
_MOST_CELLS = 1_500_000
_WIDEST_MERGED = 200
_LAYOUT = "supportmisalignedcolumns"
"""Excel's last row gives the columns their widths and is shown nowhere."""


@dataclass(slots=True)
class HtmlRow:
    """One row of a table in a web page.

    Attributes:
        cells: texts by place, counting what reaches in from the left and from above.
        hidden: it is not displayed.
        layout: it is not of the table: Excel writes it for old browsers.
    """

    cells: dict[int, str] = field(default_factory=dict)
    hidden: bool = False
    layout: bool = False


def html_rows(html: str, progress: Progress = no_progress) -> list[list[HtmlRow]]:
    """The rows of every table, in the order in which the tables begin; takes long for megabytes.

    Raises only what `progress` raises.
    """
    return _parsed(html, progress).tables


def _parsed(html: str, progress: Progress) -> _Tables:
    parser = _Tables()
    html = _ODD_DECLARATION.sub("<![if ", html)
    for at in range(0, len(html), _PIECE):
        progress(at / len(html))
        try:
            parser.feed(html[at : at + _PIECE])
        except AssertionError:  # a declaration that even so cannot be parsed
            break
        if parser.too_many:
            break
    parser.end()
    return parser


def read_web_page(html: str, progress: Progress = no_progress) -> tuple[Sheet, ...]:
    """The tables of a page as sheets without names.

    Raises BadInput("file_too_many_cells"), and what `progress` raises.
    """
    pool = TextPool()
    sheets = []
    parser = _parsed(html, progress)
    if parser.too_many:
        raise BadInput("file_too_many_cells")
    for rows in parser.tables:
        builder = SheetBuilder("")
        for number, row in enumerate(rows, start=1):
            cells = {place + 1: pool.keep(text) for place, text in row.cells.items() if text}
            builder.add(number, cells, hidden=row.hidden)
        sheets.append(builder.build())
    return tuple(sheet for sheet in sheets if sheet.rows)


def hidden_places(rows: list[SheetRow] | tuple[SheetRow, ...], table: list[HtmlRow]) -> set[int] | None:
    """Which of the copied rows their spreadsheet hides; None where the page does not fit the text.

    Excel writes hidden rows into the page as not displayed, LibreOffice leaves them out of it.
    """
    found = [row for row in table if not row.layout]
    while len(found) > len(rows) and found[-1].hidden and not any(found[-1].cells.values()):
        found.pop()
    if len(found) == len(rows):
        return {place for place, row in enumerate(found) if row.hidden}
    hidden, shown = set(), 0
    wanted = [_essence("".join(row.cells.values())) for row in found]
    for place, row in enumerate(rows):
        if shown < len(found) and _essence("".join(row.cells)) == wanted[shown]:
            if found[shown].hidden:
                hidden.add(place)
            shown += 1
        else:
            hidden.add(place)
    return hidden if shown == len(found) > 0 else None


def _essence(text: str) -> str:
    """What the two have in common: no blanks and no quotes."""
    return "".join(text.split()).replace('"', "")


@dataclass(slots=True)
class _Table:
    """A table while it is read. `reaching`: the last row that a cell above reaches into, by place."""

    rows: list[HtmlRow]
    row: HtmlRow | None = None
    place: int = 0
    text: list[str] | None = None
    reaching: dict[int, int] = field(default_factory=dict)


class _Tables(HTMLParser):
    """Collects tables; one inside a cell of another is a table of its own."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[HtmlRow]] = []
        self._open: list[_Table] = []
        self._layout = False
        self._unseen = 0
        self._columns = 1
        self._cells = 0

    @property
    def too_many(self) -> bool:
        """Whether there is more than any sheet holds."""
        return self._cells > _MOST_CELLS

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN_TEXT:
            self._unseen += 1
        elif tag == "table":
            self._start_table()
        elif tag == "tr":
            self._start_row(dict(attrs))
        elif tag in ("td", "th"):
            self._start_cell(dict(attrs))
        elif tag in ("br", "p", "div") and self._open:
            text = self._open[-1].text
            if text:
                text.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN_TEXT:
            self._unseen = max(self._unseen - 1, 0)
        elif self._open:
            if tag in ("td", "th", "tr", "table"):
                self._end_cell()
            if tag in ("tr", "table"):
                self._open[-1].row = None
            if tag == "table":
                self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._open and not self._unseen:
            text = self._open[-1].text
            if text is not None:
                text.append(_BLANKS.sub(" ", data))

    def unknown_decl(self, data: str) -> None:
        if _LAYOUT in data.casefold().replace(" ", ""):
            self._layout = True
        elif data.casefold().startswith("endif"):
            self._layout = False

    def end(self) -> None:
        """No more is to come."""
        with suppress(AssertionError):
            self.close()
        while self._open:
            self.handle_endtag("table")

    def _start_table(self) -> None:
        rows: list[HtmlRow] = []
        self.tables.append(rows)
        self._open.append(_Table(rows))

    def _start_row(self, attributes: dict[str, str | None]) -> None:
        if not self._open:  # some programs copy rows without a table around them
            self._start_table()
        self._end_cell()
        table = self._open[-1]
        style = "".join((attributes.get("style") or "").split()).casefold()
        hidden = _NOT_SHOWN in style or "hidden" in attributes
        table.row = HtmlRow(hidden=hidden, layout=self._layout)
        table.rows.append(table.row)
        table.place = 0
        self._cells += 1

    def _start_cell(self, attributes: dict[str, str | None]) -> None:
        self._end_cell()
        if not self._open or self._open[-1].row is None:
            self._start_row({})
        table = self._open[-1]
        this = len(table.rows) - 1
        while table.reaching.get(table.place, -1) >= this and not self.too_many:
            table.place += 1
            self._cells += 1
        if table.place >= MOST_COLUMNS or self.too_many:
            return
        self._cells += 1
        table.text = []
        table.row.cells[table.place] = ""  # type: ignore[union-attr]  # a row was just begun
        rows, columns = _span(attributes.get("rowspan")), _span(attributes.get("colspan"))
        if rows > 1:
            places = range(table.place, table.place + min(columns, _WIDEST_MERGED))
            table.reaching |= dict.fromkeys(places, this + rows - 1)
        self._columns = columns

    def _end_cell(self) -> None:
        table = self._open[-1]
        if table.text is not None and table.row is not None:
            table.row.cells[table.place] = "".join(table.text).strip(" \n")
            table.place += self._columns
        table.text = None


def _span(text: str | None) -> int:
    digits = (text or "").strip()
    return min(max(int(digits), 1), MOST_COLUMNS) if digits.isdecimal() and len(digits) < 7 else 1
