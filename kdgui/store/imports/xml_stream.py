"""XML of any length, element by element, without keeping all of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import cast
from xml.etree import ElementTree

Element = ElementTree.Element


def xml_events(pieces: Iterable[bytes | str]) -> Iterator[tuple[bool, Element]]:
    """Every element twice: True as it starts, False as it ends, then with its text and children.

    Who is done with one removes it from its parent. Raises ElementTree.ParseError, and what `pieces` raises.
    """
    parser: ElementTree.XMLPullParser[Element] = ElementTree.XMLPullParser(("start", "end"))
    for piece in pieces:
        parser.feed(piece)
        for event, element in cast("Iterator[tuple[str, Element]]", parser.read_events()):
            yield event == "start", element
    parser.close()


def local_name(tag: str) -> str:
    """An element's name without its namespace: Strict Open XML has others."""
    return tag.rpartition("}")[2]


def local_attributes(element: Element) -> dict[str, str]:
    """An element's attributes by their names without namespaces."""
    return {local_name(name): value for name, value in element.attrib.items()}
