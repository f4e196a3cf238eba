"""Makes pinyin.json, the readings of Chinese characters by which names are found, with pypinyin.

    python resources/update_pinyin.py           write the table anew
    python resources/update_pinyin.py --check   change nothing; exit 1 if the table is not the one made now

The table holds the characters of GB 2312 and of every name in the catalogue, each under its usual
readings without tones; ü is written v, as it is typed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

from pypinyin import Style, pinyin
from pypinyin.constants import PHRASES_DICT
from pypinyin.contrib.tone_convert import to_normal

RESOURCES = Path(__file__).resolve().parent
TABLE = RESOURCES / "pinyin.json"
FAIR_SHARE = 0.1
"""Rarer readings are names and dialects: they would only find what nobody meant."""


def common_characters() -> set[str]:
    """The characters of GB 2312: 6,763, all that a name in business is made of."""
    rows, cells = range(0xB0, 0xF8), range(0xA1, 0xFF)
    return {bytes((row, cell)).decode("gb2312", errors="ignore") for row in rows for cell in cells} - {""}


def characters_of_catalogue() -> set[str]:
    """The Chinese characters in the names of forms and rules."""
    text = (RESOURCES / "catalogue.json").read_text(encoding="utf-8")
    return {each for each in text if "\u4e00" <= each <= "\u9fff"}


def usual_readings() -> dict[str, set[str]]:
    """The readings that a fair share of the words with a character use: 单 is dan, hardly ever shan."""
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    spoken = cache(to_normal)
    for word, syllables in PHRASES_DICT.items():
        for character, syllable in zip(word, syllables, strict=False):
            seen[character][spoken(syllable[0])] += 1
    return {
        character: {reading for reading, count in found.items() if count >= FAIR_SHARE * found.total()}
        for character, found in seen.items()
    }


def table() -> str:
    """The table as it stands in the file: one syllable a line, its characters in a row."""
    usual, spoken = usual_readings(), defaultdict[str, list[str]](list)
    for character in sorted(common_characters() | characters_of_catalogue()):
        first = pinyin(character, style=Style.NORMAL, v_to_u=False)[0][0]
        for syllable in {first} | usual.get(character, set()):
            spoken[syllable].append(character)
    lines = {syllable: "".join(found) for syllable, found in sorted(spoken.items()) if syllable.isascii()}
    return json.dumps(lines, ensure_ascii=False, indent=0) + "\n"


def main() -> int:
    """Write the table, or with --check compare it."""
    reader = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    reader.add_argument("--check", action="store_true", help="change nothing, tell whether it is up to date")
    made = table()
    if not reader.parse_args().check:
        TABLE.write_text(made, encoding="utf-8")
        return 0
    if TABLE.is_file() and TABLE.read_text(encoding="utf-8") == made:
        return 0
    print("pinyin.json is not up to date: run resources/update_pinyin.py")
    return 1


if __name__ == "__main__":
    sys.exit(main())
