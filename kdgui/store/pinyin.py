"""Chinese names found by how they are spoken: initials (cgdd), full pinyin (caigoudingdan), or both mixed.

The table of readings is made beforehand by resources/update_pinyin.py: the library that knows them all
would take a quarter of a second and 40 MB at every start.
"""

from __future__ import annotations

import json
from functools import lru_cache

from kdgui.store.paths import resources_dir

Readings = tuple[tuple[str, ...], ...]
"""For each character of a name how it may be spoken, without tones; a letter speaks for itself."""


@lru_cache(maxsize=1)
def _table() -> dict[str, tuple[str, ...]]:
    path = resources_dir() / "pinyin.json"
    spoken: dict[str, tuple[str, ...]] = {}
    for syllable, characters in json.loads(path.read_text(encoding="utf-8")).items():
        for character in characters:
            spoken[character] = (*spoken.get(character, ()), syllable)
    return spoken


@lru_cache(maxsize=8192)
def readings(name: str) -> Readings:
    """How the characters of this name may be spoken; blanks and signs are left out."""
    table = _table()
    return tuple(table.get(each, (each,)) for each in name.casefold() if each in table or each.isalnum())


def spoken_at(word: str, name: str) -> int:
    """Where in `name` the pinyin `word` begins, counted in characters that are spoken; -1 for nowhere.

    `word` is a-z in small letters. Every character may be typed as its first letter or in full, the last
    one in part: cgdd, caigoudd and caigouding all find 采购订单.
    """
    if not (word.isascii() and word.isalpha()):
        return -1
    spoken = readings(name)
    places = range(len(spoken))
    return next((place for place in places if _goes_on(word, spoken, place)), -1)


def _goes_on(word: str, spoken: Readings, place: int) -> bool:
    if not word:
        return True
    if place == len(spoken):
        return False
    for syllable in spoken[place]:
        if syllable.startswith(word):
            return True
        if word.startswith(syllable) and _goes_on(word[len(syllable) :], spoken, place + 1):
            return True
        if word[0] == syllable[0] and _goes_on(word[1:], spoken, place + 1):
            return True
    return False
