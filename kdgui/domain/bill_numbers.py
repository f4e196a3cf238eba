"""Reading bill numbers as pasted or typed: text in, text out, never a number, nothing repaired in silence."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

LONGEST_NUMBER = 80
MOST_NUMBERS = 100_000
"""So many can be taken at once from a paste, a file or a list."""
SUSPECTED = frozenset(("rounded", "date", "prose", "range", "no_digits", "label", "mixed"))
"""Troubles that are guesses: a clerk who knows better may take such a number as it stands."""

_EXCEL_DIGITS = 15
_SCRIPT_DIGITS = 17
"""Excel keeps 15 digits of a number and most other programs 17; for the rest they write zeros."""
_LONGEST_LIST = 10_000

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
"""What NFKC does to full-width letters, digits and punctuation, and to nothing else."""
_CLEAN = re.compile(r"[A-Za-z][A-Za-z0-9_\-]{0,59}")
_WRAPPED = re.compile(r"""=?\s*"([^"]+)"|'+(.*[^'\s].*)""", re.DOTALL)
"""Ways to make Excel take a number for text, which programs leave in their files: ="0012", "0012", '0012."""
_DIGITS = re.compile(r"[0-9]{16,}")
_SCIENTIFIC = re.compile(r"[+-]?\d+(?:[.,]\d+[eE][+-]?\d+|[eE][+-]\d+)")
_ERROR_VALUE = re.compile(r"#(?:N/A|DIV/0!|NAME\?|[A-Z]+!|GETTING_DATA|#+)|Err:\d{3}", re.IGNORECASE)
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_MONTH_NUMBER, _DAY = "(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12]\d|3[01])"
_TIME = r"\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AP]M)?"
_DATE = re.compile(
    rf"(?:(?:\d{{4}}([-/.]){_MONTH_NUMBER}\1{_DAY}|{_DAY}([/.]){_DAY}\2(?:19|20)\d\d"
    rf"|(?:\d{{4}}年)?{_MONTH_NUMBER}月(?:{_DAY}日)?|\d{{4}}年"
    rf"|\d{{1,2}}-{_MONTH}(?:-\d{{2,4}})?|{_MONTH}-\d{{1,2}})(?:[ T]{_TIME})?|{_TIME})",
    re.IGNORECASE,
)
_DECIMAL = re.compile(r"\d{5,}\.0{1,2}")
_RANGE = re.compile(r"(.*\d)\s*(?:[~～至到…—–]+|\.{2,})\s*(\D*\d+)")
_TO = re.compile(r"([^\W\d_]{2,})(\d{4,})\s*-+\s*\1(\d{4,})")
"""CGDD000412-CGDD000415."""
_SENTENCE_MARKS = re.compile("[。！？，；：“”‘’《》…]|  ")
_LIST_MARKS = re.compile(r"\s*[\n\r,;，；、|]\s*")
_WEAK_MARKS = re.compile(r"\s*[/+&＋／]\s*|\s+")
"""They may belong to a number, and divide only what begins alike."""
_LETTERS = re.compile(r"[^\W\d_]+")
_WORDS_OF_PROSE = 5
_LABELLED = re.compile(
    r"[^\W\d][^\d:]{0,19}:\s*\S*\d.*|no\.\s*\S*\d.*|[\u2460-\u2473]\s*\S*\d.*"
    r"|\(?\d{1,3}[.)、]\s*[^\W\d]\S*\d.*|[\u4e00-\u9fff]{2,12}\s+[A-Za-z]+[\w-]*\d{3,}"
    r"|\S*\d\S*\s*(?:汇总|小计|合计|总计|彙總|小計|合計|總計)|\S*\d\S*\s+(?:sub-?total|total|sum)",
    re.IGNORECASE | re.DOTALL,
)
"""A number with words or a place in a list before it, or the word of a total behind it."""
_MIXED = re.compile('[,;|"]')
"""Marks that stand between a number and something else."""
_AMOUNT = re.compile(r"[-+¥￥$]?\s?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[-+¥￥$]?\s?\d+\.\d+%?|\d+%")


@dataclass(frozen=True, slots=True)
class BillNumber:
    """One bill number as it was given.

    Attributes:
        text: what will be sent; where there is trouble, the clerk's own text without blanks at the ends.
        original: exactly what was given: the whole cell.
        changes: what was done to get `text`, in keys `changed.<change>` of words: blanks, inner_blanks,
            invisible, half_width, wrapper, split; or confirmed, where the clerk overruled a suspicion.
        trouble: "" or key `damaged.<trouble>` of words: scientific, rounded, error_value, date, decimal,
            formula, control, garbled, too_long, several, range, prose, no_digits, label, mixed. Such
            a number is never sent.
    """

    text: str
    original: str
    changes: tuple[str, ...] = ()
    trouble: str = ""

    @property
    def cleaned(self) -> bool:
        """Whether `text` is not just what was given; the change must be shown."""
        return any(change != "confirmed" for change in self.changes)


def read_cell(cell: str) -> tuple[BillNumber, ...]:
    """Read one cell: several numbers where separators divide it, () for an empty one. Never raises."""
    number = read_bill_number(cell)
    if not number.text:
        return ()
    if number.trouble != "several":
        return (number,)
    read = map(read_bill_number, _parts(_without_invisible(number.text)))
    return tuple(BillNumber(part.text, cell, (*part.changes, "split"), part.trouble) for part in read)


def read_bill_number(cell: str) -> BillNumber:
    """Read one number; never raises, and reads its own `text` to the same `text` again.

    Drops every kind of blank at both ends (U+3000, NBSP, zero-width, BOM) and what is invisible inside, keeps
    blanks inside, makes full-width characters half-width, and flags what is damaged instead of repairing it.
    """
    if _CLEAN.fullmatch(cell):
        dashed = "-" in cell
        trouble = "date" if dashed and _DATE.fullmatch(cell) else ""
        return BillNumber(cell, cell, trouble="range" if dashed and _TO.fullmatch(cell) else trouble)
    stripped = strip_blanks(cell)
    plain = _without_invisible(stripped)
    spaced = "".join(" " if unicodedata.category(char) == "Zs" else char for char in plain)
    folded = spaced.translate(_FULL_WIDTH)
    changes = [
        *(("blanks",) if any(map(str.isspace, _ends(cell, stripped))) else ()),
        *(("invisible",) if plain != stripped or not all(map(str.isspace, _ends(cell, stripped))) else ()),
        *(("inner_blanks",) if spaced != plain else ()),
        *(("half_width",) if folded != spaced else ()),
    ]
    wrapped = _WRAPPED.fullmatch(folded)
    if wrapped:
        inner = read_bill_number(wrapped[1] or wrapped[2])
        if not inner.trouble and inner.text:
            return BillNumber(inner.text, cell, tuple(dict.fromkeys((*changes, "wrapper", *inner.changes))))
        if inner.trouble:
            return BillNumber(inner.text, cell, trouble=inner.trouble)
    trouble = _trouble(spaced, folded)
    if trouble:
        return BillNumber(stripped, cell, trouble=trouble)
    return BillNumber(folded, cell, tuple(changes))


def as_it_stands(number: BillNumber) -> BillNumber:
    """The same number without the suspicion (SUSPECTED) that the clerk says is wrong."""
    return BillNumber(number.text, number.original, (*number.changes, "confirmed"))


def identity(text: str) -> str:
    """What spellings of one number share: a server may be blind to case, width and blanks at the ends."""
    if text.isascii() and text.isprintable():  # asked for 20,000 rows on the window's thread
        return text.strip().lower()
    return strip_blanks(unicodedata.normalize("NFKC", text)).casefold()


def identities(texts: Iterable[str]) -> list[str]:
    """As `identity`, of many: most lists can be read as one text, a hundred thousand at a time."""
    texts = list(texts)
    joined = "\0".join(texts)
    if joined.isascii() and joined.replace("\0", "").isprintable() and joined.count("\0") == len(texts) - 1:
        keys = joined.lower().split("\0")
        return [key.strip() for key in keys] if " " in joined else keys
    return list(map(identity, texts))


def strip_blanks(text: str) -> str:
    """Without blanks, zero-width marks and control characters at the ends (some clipboards append a NUL)."""
    text = text.strip()
    if text.isascii() and text.isprintable():
        return text
    start, end = 0, len(text)
    while start < end and _is_blank(text[start]):
        start += 1
    while end > start and _is_blank(text[end - 1]):
        end -= 1
    return text[start:end]


def likeness(text: str) -> float:
    """How much a cell looks like a bill number, 0 to 1."""
    folded = text.translate(_FULL_WIDTH)
    if not any(char.isdigit() for char in folded) or _AMOUNT.fullmatch(folded) or _DATE.fullmatch(folded):
        return 0.0
    if any(char.isalpha() for char in folded):
        return 1.0 if len(folded) > 3 and not is_wordy(text) else 0.1
    return 0.5 if 5 < len(folded) <= LONGEST_NUMBER else 0.1


def is_wordy(text: str) -> bool:
    """Whether it reads like a sentence or is longer than any number."""
    return bool(_wordy(text, text))


def _is_blank(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) in ("Zs", "Zl", "Zp", "Cc", "Cf")


def _ends(cell: str, stripped: str) -> str:
    """What was stripped at both ends."""
    start = cell.find(stripped)
    return cell[:start] + cell[start + len(stripped) :]


def _without_invisible(text: str) -> str:
    """Without zero-width marks, BOMs, soft hyphens, marks of direction: nobody ever typed them."""
    if text.isascii():
        return text
    return "".join(char for char in text if unicodedata.category(char) != "Cf")


def _trouble(plain: str, folded: str) -> str:
    """Why this text cannot be sent as a bill number, "" where it can."""
    if not plain:
        return ""
    shapes = (
        ("error_value", _ERROR_VALUE),
        ("scientific", _SCIENTIFIC),
        ("date", _DATE),
        ("decimal", _DECIMAL),
    )
    for trouble, shape in shapes:
        if shape.fullmatch(folded):
            return trouble
    if _is_rounded(folded):
        return "rounded"
    if "\ufffd" in folded:
        return "garbled"
    if folded.startswith("="):
        return "formula"
    if len(_parts(plain)) > 1:
        return "several"
    if _is_range(folded):
        return "range"
    if len(folded) <= LONGEST_NUMBER and _has_control(folded):
        return "control"
    if len(folded) <= 2 * LONGEST_NUMBER and _LABELLED.fullmatch(folded):
        return "label"
    return _wordy(plain, folded) or ("mixed" if _MIXED.search(folded) else "")


def _wordy(plain: str, folded: str) -> str:
    if _SENTENCE_MARKS.search(plain) or len(folded.split()) >= _WORDS_OF_PROSE:
        return "prose"
    return "too_long" if len(folded) > LONGEST_NUMBER else ""


def _is_rounded(text: str) -> bool:
    """Whether all digits are zeros beyond those that Excel, or another program, keeps of a number."""
    if not (text.isascii() and _DIGITS.fullmatch(text)):
        return False
    by_script = len(text) > _SCRIPT_DIGITS + 2 and not text[_SCRIPT_DIGITS:].strip("0")
    return by_script or not text[_EXCEL_DIGITS:].strip("0")


def _is_range(text: str) -> bool:
    """Whether it names the first and the last of many."""
    if len(text) > 2 * LONGEST_NUMBER:
        return False
    found = _RANGE.fullmatch(text)
    return _TO.fullmatch(text) is not None or (found is not None and likeness(found[1]) >= 0.5)


def _parts(text: str) -> list[str]:
    """The bill numbers that this text holds, where it is a list of such; else ()."""
    if len(text) > _LONGEST_LIST:
        return []
    parts = [part for part in _LIST_MARKS.split(text) if part]
    if len(parts) > 1:
        return parts if all(map(_is_part, parts)) else []
    parts = [part for part in _WEAK_MARKS.split(text) if part]
    return parts if len({_beginning(part) for part in parts}) == 1 and all(map(_is_part, parts)) else []


def _is_part(part: str) -> bool:
    return len(part) >= 4 and likeness(part) >= 0.5


def _beginning(part: str) -> str:
    """What numbers of one kind begin with: their letters, or else that they have so many digits."""
    letters = _LETTERS.match(part)
    return letters[0] if letters else f"{len(part)} digits" if part.isdigit() and len(part) > 5 else part


def _has_control(text: str) -> bool:
    return not text.isprintable() and any(
        unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") for char in text
    )
