"""Texts in .xlsx files: shared strings, rich and phonetic runs, and characters that XML cannot hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.etree import ElementTree

from kdgui.store.imports.sheets import TextPool
from kdgui.store.imports.xml_stream import local_name, xml_events

_SMALL = 20_000_000
"""Bytes of XML that may be held as a tree, which is twice as fast as a stream."""
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")


def decoded(text: str) -> str:
    """A text with its escapes resolved: _x000D_ is a carriage return (ECMA-376 part 1, 22.9.2.19).

    From left to right, once: _x005F_x000D_ is the text "_x000D_".
    """
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def text_of(element: ElementTree.Element) -> str:
    """The text of an inline string, escapes and all: its runs, not how they are read aloud (rPh)."""
    parts = []
    for child in element:
        name = local_name(child.tag)
        if name == "t":
            parts.append(child.text or "")
        elif name == "r":
            parts.extend(each.text or "" for each in child if local_name(each.tag) == "t")
    return "".join(parts)


def shared_strings(pieces: Iterable[bytes], size: int, pool: TextPool) -> list[str]:
    """The shared strings in order, from a part of so many bytes.

    Raises ElementTree.ParseError, BadInput("file_too_many_cells").
    """
    if size < _SMALL:
        root = ElementTree.fromstring(b"".join(pieces))  # noqa: S314 - see Package.tree
        items = (item for item in root if item.tag[-2:] == "si")
        return [pool.take(decoded(_text_of_item(item))) for item in items]
    return list(_streamed_strings(pieces, pool))


def _streamed_strings(pieces: Iterable[bytes], pool: TextPool) -> Iterator[str]:
    root: ElementTree.Element | None = None
    for starts, element in xml_events(pieces):
        if starts:
            root = element if root is None else root
        elif element.tag[-2:] == "si" and root is not None:
            yield pool.take(decoded(_text_of_item(element)))
            root.clear()


def _text_of_item(element: ElementTree.Element) -> str:
    """Nearly all of them hold one text and nothing else."""
    if len(element) == 1 and element[0].tag[-2:] == "}t":
        return element[0].text or ""
    return text_of(element)
