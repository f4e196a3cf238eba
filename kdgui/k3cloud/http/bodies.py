"""Bodies: unpack what came over the line within bounds, and show it as text."""

from __future__ import annotations

import base64
import binascii
import codecs
import zlib

LARGEST_BODY = 32 * 1024 * 1024
"""Bytes of one answer, packed or unpacked; the largest page of a query is far below."""
LARGEST_RAW = 64 * 1024
"""Bytes of `Ending.raw` in UTF-8."""


_GZIP_IN_BASE64 = b"H4sI"
"""How the first bytes of a gzip file look in base64."""


class BodyTooLarge(Exception):
    """The answer is larger than `LARGEST_BODY`."""


class BodyBroken(Exception):
    """The answer cannot be unpacked, or stops in the middle of the packed data."""


def unpack(body: bytes, encoding: str, largest: int = LARGEST_BODY) -> bytes:
    """Undo Content-Encoding gzip or deflate; never makes more than `largest` bytes.

    Raises:
        BodyBroken: damaged, cut off, or packed in a way that was not asked for.
        BodyTooLarge: it unpacks to more than `largest` bytes.
    """
    names = [name.strip().lower() for name in encoding.split(",") if name.strip()]
    for name in reversed(names):
        if name in ("gzip", "x-gzip", "deflate"):
            body = _inflate(body, largest)
        elif name != "identity":
            raise BodyBroken(f"Content-Encoding: {name[:40]}")
    return body


def unpack_text(text: bytes, largest: int = LARGEST_BODY) -> bytes:
    """Undo base64 and gzip, in which some servers send their list of data centres (protocol 9).

    Whatever is not packed so comes back as it is, quotes included. Raises BodyBroken, BodyTooLarge.
    """
    packed = without_bom(text).strip().strip(b'"')
    if not packed.startswith(_GZIP_IN_BASE64):
        return text
    try:
        return _inflate(base64.b64decode(packed.replace(b"\\/", b"/"), validate=True), largest)
    except (binascii.Error, ValueError) as error:
        raise BodyBroken(str(error)) from None


def _inflate(body: bytes, largest: int) -> bytes:
    try:
        return _inflate_as(body, zlib.MAX_WBITS | 32, largest)  # gzip or zlib, by its header
    except BodyBroken:
        if body[:2] == b"\x1f\x8b":
            raise
        return _inflate_as(body, -zlib.MAX_WBITS, largest)  # "deflate" as some servers understand it


def _inflate_as(body: bytes, window_bits: int, largest: int) -> bytes:
    parts: list[bytes] = []
    room = largest + 1
    while body:
        unpacker = zlib.decompressobj(window_bits)
        try:
            parts.append(unpacker.decompress(body, room))
        except zlib.error as error:
            raise BodyBroken(str(error)) from None
        room -= len(parts[-1])
        if room <= 0:
            raise BodyTooLarge
        if not unpacker.eof:
            raise BodyBroken("packed data cut off")
        body = unpacker.unused_data
    return b"".join(parts)


def without_bom(body: bytes) -> bytes:
    """The body without a UTF-8 byte order mark and blanks in front."""
    return body.removeprefix(codecs.BOM_UTF8).lstrip()


def as_text(body: bytes, content_type: str = "") -> str:
    """The body as text for people: UTF-8, else the charset of the Content-Type, else with marks of loss."""
    body = without_bom(body)
    try:
        # Not final: a body cut for showing may end in half a character.
        return codecs.getincrementaldecoder("utf-8")().decode(body, final=False)
    except UnicodeDecodeError:
        pass
    _, _, charset = content_type.lower().partition("charset=")
    try:
        return body.decode(charset.split(";")[0].strip(" \"'") or "utf-8", errors="replace")
    except (LookupError, ValueError):
        return body.decode("utf-8", errors="replace")


def cut(text: str, largest: int = LARGEST_RAW) -> str:
    """`text` cut to `largest` bytes of UTF-8, no character torn."""
    if len(text) * 4 <= largest:
        return text
    return text.encode("utf-8", errors="replace")[:largest].decode("utf-8", errors="ignore")
