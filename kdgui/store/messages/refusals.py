"""Which explanation fits what the server said: by MsgCode and field first, by wording last.

The table is resources/refusals.json; a file of the same shape and name in the data folder adds to it.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Sequence
from enum import IntEnum
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from kdgui.domain.errors import BadInput
from kdgui.store.paths import resources_dir

FILE_NAME = "refusals.json"

_Text = Annotated[str, msgspec.Meta(min_length=1)]


class RefusalText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The three sentences of a refusal in one language; `why` may be ""."""

    what: _Text
    do: _Text
    why: str = ""


class RefusalPattern(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What gives a refusal away: one of `codes` and one of `fields` and one of `words`, as far as named.

    Attributes:
        codes: MsgCodes (protocol 1.6).
        fields: FieldNames of the error, compared without case.
        words: pieces of the message, compared without case, width and blanks; of a list, every piece.
    """

    codes: tuple[int, ...] = ()
    fields: tuple[_Text, ...] = ()
    words: tuple[_Text | tuple[_Text, ...], ...] = ()


class Refusal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One refusal that is known.

    Attributes:
        who: who can do something about it.
        when: it is this refusal when one of these clues fits.
        zh, en: the sentences; where one language is missing, the other is shown.
        kind: tells the kind of trouble only: tried last, and headed by the server's own words.
    """

    id: _Text
    who: Literal["self", "manager", "admin"]
    when: Annotated[tuple[RefusalPattern, ...], msgspec.Meta(min_length=1)]
    zh: RefusalText | None = None
    en: RefusalText | None = None
    kind: bool = False

    def told(self, language: str) -> RefusalText:
        """The sentences in this language, else in the other one."""
        first, second = (self.en, self.zh) if language == "en" else (self.zh, self.en)
        told = first or second
        if told is None:  # the reader of the file lets no such entry pass
            raise ValueError(self.id)
        return told


class _Rank(IntEnum):
    """In this order clues are tried: what does not depend on wording comes first."""

    CODE = 0
    FIELD_AND_WORDS = 1
    FIELD = 2
    WORDS = 3
    KIND = 4


class _PatternMatcher:
    """One clue, made ready for many questions."""

    def __init__(self, refusal: Refusal, clue: RefusalPattern) -> None:
        self.refusal = refusal
        self.rank = _rank(refusal, clue)
        self._codes = frozenset(clue.codes)
        self._fields = frozenset(name.casefold() for name in clue.fields)
        self._words = tuple(
            tuple(plain(piece) for piece in ((pieces,) if isinstance(pieces, str) else pieces))
            for pieces in clue.words
        )

    def fits(self, said: str, msg_code: int | None, field: str) -> bool:
        if self._codes and msg_code not in self._codes:
            return False
        if self._fields and field not in self._fields:
            return False
        return not self._words or self._worded(said)

    def _worded(self, said: str) -> bool:
        # Plain loops: a workbook of 10,000 refusals asks this a million times.
        for pieces in self._words:
            for piece in pieces:
                if piece not in said:
                    break
            else:
                return True
        return False


class Refusals:
    """The refusals that are known: the clerk's own ones before ours. Immutable; for any thread.

    Attributes:
        all: every one, in the order of the files.
    """

    def __init__(self, own: Sequence[Refusal], shipped: Sequence[Refusal]) -> None:
        overruled = {refusal.id for refusal in own}
        ours = tuple(refusal for refusal in shipped if refusal.id not in overruled)
        self.all = (*own, *ours)
        self._tests = (*_tests(own), *_tests(ours))

    def find(self, said: str, msg_code: int | None = None, field: str = "") -> Refusal | None:
        """The refusal that fits what the server said, or None."""
        words, name = plain(said), field.casefold()
        for test in self._tests:
            if test.fits(words, msg_code, name):
                return test.refusal
        return None


def load_refusals(own: Path | None = None) -> Refusals:
    """Our table, with the file `own` before it where there is one.

    Raises BadInput refusals_unreadable, refusals_encoding, refusals_json, refusals_entry or refusals_double
    about `own`; it is left as it is.
    """
    shipped = _read(resources_dir() / FILE_NAME)
    return Refusals(() if own is None else _read(own, optional=True), shipped)


def plain(text: str) -> str:
    """The text as wording is compared: without case, blanks, and full-width forms."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _tests(refusals: Iterable[Refusal]) -> list[_PatternMatcher]:
    found = [_PatternMatcher(refusal, clue) for refusal in refusals for clue in refusal.when]
    return sorted(found, key=lambda test: test.rank)


def _rank(refusal: Refusal, clue: RefusalPattern) -> _Rank:
    if refusal.kind:
        return _Rank.KIND
    if clue.fields:
        return _Rank.FIELD_AND_WORDS if clue.words else _Rank.FIELD
    return _Rank.WORDS if clue.words else _Rank.CODE


def _read(path: Path, *, optional: bool = False) -> tuple[Refusal, ...]:
    """The entries of a file. Raises BadInput, which names the place that is wrong."""
    try:
        entries = json.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        if optional:
            return ()
        raise
    except OSError as trouble:
        raise BadInput("refusals_unreadable", str(trouble), path=path) from trouble
    except UnicodeDecodeError as trouble:
        raise BadInput("refusals_encoding", str(trouble), path=path) from trouble
    except json.JSONDecodeError as trouble:
        raise BadInput("refusals_json", str(trouble), path=path, line=trouble.lineno) from trouble
    if not isinstance(entries, list):
        raise BadInput("refusals_json", "not a list", path=path, line=1)
    found: dict[str, Refusal] = {}
    for place, entry in enumerate(entries, start=1):
        refusal = _entry(entry, place, path)
        if refusal.id in found:
            raise BadInput("refusals_double", path=path, id=refusal.id)
        found[refusal.id] = refusal
    return tuple(found.values())


def _entry(entry: object, place: int, path: Path) -> Refusal:
    name = str(entry.get("id", "")) if isinstance(entry, dict) else ""
    try:
        refusal = msgspec.convert(entry, type=Refusal)
    except msgspec.ValidationError as trouble:
        raise BadInput("refusals_entry", str(trouble), path=path, entry=place, id=name) from trouble
    if refusal.zh is None and refusal.en is None:
        raise BadInput("refusals_entry", "neither zh nor en", path=path, entry=place, id=name)
    if any(not (clue.codes or clue.fields or clue.words) for clue in refusal.when):
        raise BadInput("refusals_entry", "empty clue in when", path=path, entry=place, id=name)
    return refusal
