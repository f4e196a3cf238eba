"""Collects what the window says from its source into the .ts files, and tells what is still untranslated.

    python resources/update_translations.py           update kdgui_zh.ts and kdgui_en.ts with pyside6-lupdate
    python resources/update_translations.py --check   change nothing; exit 1 if something is left to do

The program reads the .ts files as they are, nothing has to be compiled. Fill new entries by hand or in
Linguist. English sentences are their own translation: kdgui_en.ts holds the plurals only.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree as Xml

import PySide6

HOUSE = Path(__file__).resolve().parent.parent
TRANSLATIONS = HOUSE / "resources" / "translations"
FILES = {"zh": TRANSLATIONS / "kdgui_zh.ts", "en": TRANSLATIONS / "kdgui_en.ts"}
LOCALES = {"zh": "zh_CN", "en": "en_US"}


def sources() -> list[Path]:
    """Every file whose sentences Qt translates."""
    return sorted([*(HOUSE / "kdgui" / "ui").rglob("*.py"), *(HOUSE / "kdgui").glob("app*.py")])


def lupdate() -> str:
    """Qt's collector: the one that PySide6 brings along."""
    inside = Path(PySide6.__file__).parent / ("lupdate.exe" if sys.platform == "win32" else "lupdate")
    found = str(inside) if inside.is_file() else shutil.which("pyside6-lupdate")
    if not found:
        raise SystemExit("lupdate is not there; it comes with PySide6-Essentials")
    return found


def collect(language: str, into: Path) -> None:
    """Merge what the sources say into one .ts file; what no source says any more is dropped."""
    # Qt would propose the translation of a similar sentence; in a program about money that is no help.
    plurals = ["-pluralonly"] if language == "en" else []
    names = [str(path) for path in sources()]
    guess = ["-disable-heuristic", "similartext", "-disable-heuristic", "sametext"]
    command = [lupdate(), "-silent", "-no-obsolete", *guess, "-locations", "none", "-sort-messages", *plurals]
    target = ["-source-language", "en_US", "-target-language", LOCALES[language], "-ts", str(into)]
    subprocess.run([*command, *names, *target], check=True)  # noqa: S603 - our own arguments, no shell


def untranslated(path: Path) -> list[str]:
    """Context and source of every sentence that has no finished translation."""
    missing = []
    for context in Xml.parse(path).getroot().iter("context"):  # noqa: S314 - our own file
        for message in context.iter("message"):
            translation = message.find("translation")
            if translation is None or translation.get("type") or not "".join(translation.itertext()).strip():
                missing.append(f"{context.findtext('name')}: {message.findtext('source')}")
    return missing


def check(language: str) -> list[str]:
    """What is wrong with one file: sentences untranslated, missing or left over."""
    path = FILES[language]
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / path.name
        shutil.copyfile(path, fresh)
        collect(language, fresh)
        wrong = untranslated(fresh)
        if not wrong and said(fresh) != said(path):
            wrong = sorted(f"left over: {name}: {text}" for name, text, _ in said(path) - said(fresh))
    return wrong


def said(path: Path) -> set[tuple[str, str, str]]:
    """Context, source and comment of every sentence in a file."""
    return {
        (context.findtext("name", ""), message.findtext("source", ""), message.findtext("comment", ""))
        for context in Xml.parse(path).getroot().iter("context")  # noqa: S314 - our own file
        for message in context.iter("message")
    }


def main() -> int:
    """Update or check both files; 1 where something is left to do."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="change nothing")
    arguments = parser.parse_args()
    wrong: list[str] = []
    for language, path in FILES.items():
        if arguments.check:
            wrong += check(language)
        else:
            collect(language, path)
            wrong += untranslated(path)
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
