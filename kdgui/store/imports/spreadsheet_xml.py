"""Reading "XML Spreadsheet 2003", which many systems export and call .xls."""

from __future__ import annotations

from collections.abc import Iterator

from kdgui.store.imports.number_formats import is_date, number_of, shown, shown_text
from kdgui.store.imports.sheets import Progress, Sheet, SheetBuilder, TextPool, no_progress
from kdgui.store.imports.xml_stream import Element, local_attributes, local_name, xml_events

NAMESPACE = "urn:schemas-microsoft-com:office:spreadsheet"
_PIECE = 1 << 18
_NAMED_FORMATS = {
    "General Number": "General",
    "Fixed": "0.00",
    "Standard": "#,##0.00",
    "Currency": "#,##0.00",
    "Euro Currency": "#,##0.00",
    "Percent": "0.00%",
    "Scientific": "0.00E+00",
}
_HIDDEN = ("SheetHidden", "SheetVeryHidden")


def read_spreadsheet_xml(text: str, progress: Progress = no_progress) -> tuple[Sheet, ...]:
    """The sheets that hold anything; `text` is the file without its XML declaration.

    Raises ElementTree.ParseError, ValueError, BadInput("file_too_many_cells"); what `progress` raises.
    """
    book = _Book()
    path: list[Element] = []
    for starts, element in xml_events(_pieces(text, progress)):
        if starts:
            path.append(element)
            book.start(element)
            continue
        path.pop()
        if book.end(element) and path:
            path[-1].remove(element)
    return tuple(sheet for sheet in book.sheets if sheet.rows)


def _pieces(text: str, progress: Progress) -> Iterator[str]:
    for at in range(0, len(text), _PIECE):
        progress(at / len(text))
        yield text[at : at + _PIECE]


class _Book:
    def __init__(self) -> None:
        self.sheets: list[Sheet] = []
        self._formats: dict[str, str] = {}
        self._pool = TextPool()
        self._builder = SheetBuilder("")
        self._row = self._column = 0
        self._hidden_columns: list[tuple[int, int]] = []
        self._hidden_sheet = False
        self._name = ""

    def start(self, element: Element) -> None:
        if local_name(element.tag) == "Worksheet":
            self._name = local_attributes(element).get("Name", "")
            self._builder = SheetBuilder(self._name)
            self._row = self._column = 0
            self._hidden_columns = []
            self._hidden_sheet = False

    def end(self, element: Element) -> bool:
        """Take what has ended; whether it can be let go."""
        name = local_name(element.tag)
        if name == "Style":
            formats = (each for each in element if local_name(each.tag) == "NumberFormat")
            form = next((local_attributes(each).get("Format", "") for each in formats), "")
            self._formats[local_attributes(element).get("ID", "")] = _NAMED_FORMATS.get(form, form)
        elif name == "Column":
            self._end_column(local_attributes(element))
        elif name == "Row":
            self._end_row(element)
        elif name == "Visible":
            self._hidden_sheet = (element.text or "").strip() in _HIDDEN
        elif name == "Worksheet":
            built = self._builder.build(self._hidden_columns)
            first = (built.first_column, built.hidden_columns, built.places)
            self.sheets.append(Sheet(self._name, built.rows, self._hidden_sheet, *first))
        return name in ("Row", "Column", "Worksheet")

    def _end_column(self, facts: dict[str, str]) -> None:
        first = int(facts.get("Index", self._column + 1))
        self._column = first + int(facts.get("Span", "0"))
        if facts.get("Hidden") == "1" or facts.get("Width") == "0":
            self._hidden_columns.append((first, self._column))

    def _end_row(self, row: Element) -> None:
        facts = local_attributes(row)
        self._row = int(facts.get("Index", self._row + 1))
        hidden = facts.get("Hidden") == "1" or facts.get("Height") == "0"
        cells = dict(self._texts(row, facts.get("StyleID", "")))
        self._builder.add(self._row, cells, hidden=hidden)
        self._row += int(facts.get("Span", "0"))

    def _texts(self, row: Element, style: str) -> Iterator[tuple[int, str]]:
        column = 0
        for cell in row:
            facts = local_attributes(cell)
            column = int(facts.get("Index", column + 1))
            data = next((each for each in cell if local_name(each.tag) == "Data"), None)
            if data is not None:
                text = self._text(data, facts.get("StyleID", style), formula="Formula" in facts)
                if text:
                    yield column, self._pool.keep(text)
            column += int(facts.get("MergeAcross", "0"))

    def _text(self, data: Element, style: str, *, formula: bool) -> str:
        kind, text = local_attributes(data).get("Type", "String"), "".join(data.itertext())
        form = self._formats.get(style) or "General"
        if kind == "DateTime":
            return text.removesuffix(".000").removesuffix("T00:00:00").replace("T", " ")
        if kind == "Boolean":
            return "TRUE" if text.strip() == "1" else "FALSE"
        if kind != "Number":
            return text if kind == "Error" else shown_text(text, form)
        if formula and float(text) == 0:
            return ""  # =B2 on an empty B2: no program means a bill by it
        return shown(number_of(text.strip()), "General" if is_date(form) else form)
