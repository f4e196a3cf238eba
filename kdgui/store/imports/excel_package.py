"""The parts of an .xlsx file: found by the package's relations, whatever they are called; read in pieces."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from kdgui.domain.errors import BadInput
from kdgui.store.imports.sheets import MOST_MEGABYTES

MOST_UNPACKED = 500_000_000
"""So many bytes are unpacked of one file."""
PIECE = 1 << 20
_ENCRYPTED = 0x1


@dataclass(frozen=True, slots=True)
class Relation:
    """What one part says of another: the id it uses, the last word of the type, the part's name."""

    id: str
    kind: str
    part: str


class Package:
    """A zip file of parts. Names are looked up without regard to case and to the kind of slash.

    Every reading may raise zipfile.BadZipFile and its kin, or BadInput("file_too_big") for what unpacks to
    more than anybody types.
    """

    def __init__(self, content: bytes) -> None:
        self._archive = zipfile.ZipFile(io.BytesIO(content))
        self._parts = {_plain(part.filename): part for part in self._archive.infolist()}
        self._left = MOST_UNPACKED
        if any(part.flag_bits & _ENCRYPTED for part in self._parts.values()):
            raise BadInput("file_protected")

    @property
    def names(self) -> frozenset[str]:
        """All parts, in small letters and with forward slashes."""
        return frozenset(self._parts)

    def size(self, name: str) -> int:
        """How large a part says it is; 0 where there is none."""
        part = self._parts.get(_plain(name))
        return part.file_size if part else 0

    def pieces(self, name: str) -> Iterator[bytes]:
        """A part, piece by piece. Raises KeyError where there is none."""
        with self._archive.open(self._parts[_plain(name)]) as source:
            while piece := source.read(PIECE):
                self._left -= len(piece)
                if self._left < 0:
                    raise BadInput("file_too_big", limit=MOST_MEGABYTES)
                yield piece

    def tree(self, name: str) -> ElementTree.Element:
        """A part that is not large, parsed. Raises KeyError where there is none."""
        parser = ElementTree.XMLParser()  # noqa: S314 - expat bounds what entities may grow to since 2.4.1
        for piece in self.pieces(name):
            parser.feed(piece)
        return parser.close()

    def relations(self, name: str) -> list[Relation]:
        """What the part `name` ("" for the package itself) says of others; [] where it says nothing."""
        folder, _, file = name.rpartition("/")
        listed = posixpath.join(folder, "_rels", f"{file}.rels")
        if not self.size(listed):
            return []
        return [
            Relation(
                each.get("Id", ""),
                each.get("Type", "").rpartition("/")[2].casefold(),
                _plain(posixpath.join("/", folder, each.get("Target", "").replace("\\", "/"))),
            )
            for each in self.tree(listed)
            if each.get("TargetMode") != "External"
        ]


def _plain(name: str) -> str:
    return posixpath.normpath("/" + name.replace("\\", "/").lstrip("/")).casefold()
