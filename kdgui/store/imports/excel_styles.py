"""How a workbook shows its numbers and texts: the number format of every style, made ready for many cells."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from xml.etree import ElementTree

from kdgui.store.imports.number_formats import (
    BUILT_IN,
    is_date,
    number_of,
    shown,
    shown_date,
    shown_text,
)
from kdgui.store.imports.xml_stream import local_name

CellText = Callable[[str], str]


class CellStyles:
    """What cells look like, by the index of their style ("" is the first).

    Attributes:
        number: makes the text of a number, given as it stands in the file; may raise ValueError.
        text: makes the text of a text; no entry where it is shown as it is.
        general: styles that show numbers without a format.
    """

    def __init__(self, formats: list[str], *, since_1904: bool = False) -> None:
        self.number: dict[str, CellText] = {}
        self.text: dict[str, CellText] = {}
        self.general: set[str] = set()
        for index, number_format in enumerate(formats or ["General"]):
            for key in (str(index), *([""] if index == 0 else [])):
                self._learn(key, number_format, since_1904)

    def _learn(self, key: str, number_format: str, since_1904: bool) -> None:
        if number_format in ("General", "@"):
            self.general.add(key)
        if is_date(number_format):
            self.number[key] = partial(_date, since_1904=since_1904)
        else:
            self.number[key] = partial(_formatted, number_format=number_format)
        if "@" in number_format and number_format != "@":
            self.text[key] = partial(shown_text, number_format=number_format)


def number_formats(styles: ElementTree.Element) -> list[str]:
    """The number format of every style that cells may have, from a workbook's styles part."""
    own: dict[str, str] = {}
    ids: list[str] = []
    for part in styles:
        if local_name(part.tag) == "numFmts":
            own |= {each.get("numFmtId", ""): each.get("formatCode", "") for each in part}
        elif local_name(part.tag) == "cellXfs":
            ids = [each.get("numFmtId", "0") for each in part]
    return [own.get(each) or BUILT_IN.get(_index(each), "General") for each in ids]


def _index(text: str) -> int:
    return int(text) if text.isdigit() else 0


def _date(text: str, *, since_1904: bool) -> str:
    return shown_date(float(text), since_1904=since_1904)


def _formatted(text: str, *, number_format: str) -> str:
    return shown(number_of(text), number_format)
