"""Which rows of a copied table were hidden: the copied text does not say it, the web page beside it does."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

from kdgui.store.imports.sheets import Sheet, SheetRow

_NOT_SHOWN = "display:none"


def mark_hidden(sheet: Sheet, html: str) -> Sheet:
    """The copied table with the rows marked that its spreadsheet hides.

    Excel writes them into the web page as not displayed, LibreOffice leaves them out of it. Where the two
    do not fit together nothing is marked: then nobody knows. Never raises; takes long for megabytes.
    """
    parser = _Rows()
    parser.feed(html)
    parser.close()
    hidden = _hidden_places([_essence("".join(row.cells)) for row in sheet.rows], parser.rows)
    if not hidden:
        return sheet
    rows = (SheetRow(row.number, row.cells, hidden=place in hidden) for place, row in enumerate(sheet.rows))
    return replace(sheet, rows=tuple(rows))


def _hidden_places(texts: list[str], found: list[tuple[str, bool]]) -> set[int]:
    if len(found) == len(texts):
        return {place for place, (_, hidden) in enumerate(found) if hidden}
    hidden, shown = set(), 0
    for place, text in enumerate(texts):
        if shown < len(found) and text == found[shown][0]:
            shown += 1
        else:
            hidden.add(place)
    return hidden if shown == len(found) > 0 and not any(each[1] for each in found) else set()


def _essence(text: str) -> str:
    """What the two have in common: no blanks and no quotes."""
    return "".join(text.split()).replace('"', "")


class _Rows(HTMLParser):
    """The rows of the first table: what is written in them, and whether they are not displayed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[tuple[str, bool]] = []
        self._texts: list[str] = []
        self._hidden = self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self._end_row()
            style = next((value or "" for name, value in attrs if name == "style"), "")
            self._inside, self._hidden = True, _NOT_SHOWN in "".join(style.split()).casefold()

    def handle_endtag(self, tag: str) -> None:
        if tag in ("tr", "table"):
            self._end_row()

    def handle_data(self, data: str) -> None:
        if self._inside:
            self._texts.append(data)

    def close(self) -> None:
        super().close()
        self._end_row()

    def _end_row(self) -> None:
        if self._inside:
            self.rows.append((_essence("".join(self._texts)), self._hidden))
        self._texts, self._inside = [], False
