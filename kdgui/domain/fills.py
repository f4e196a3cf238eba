"""Fills: values that the clerk wants in the target bills, how they are compared, what became of them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from kdgui.domain.bill_numbers import identity, strip_blanks

MASK = re.compile(r"\*{2,}")
"""What a server shows instead of a value that this user may not see."""
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|[+-]?\.\d+")
_DAY = re.compile(
    r"(\d{4})(?:-|/|\.|年)(\d{1,2})(?:-|/|\.|月)(\d{1,2})日?(?:[ T]0{1,2}:00(?::00(?:\.0+)?)?)?"
)
_YES, _NO = frozenset({"是", "y", "yes", "true", "1", "√"}), frozenset({"否", "n", "no", "false", "0", "×"})
MOST_TEXT = 2000
ALL_LINES = "*"


class ValueKind(StrEnum):
    """What a field of a target takes; decides how a value is read, written (protocol 4b.1) and compared."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BASE = "base"
    """Base data (仓库, 部门 …), by its code."""
    LOT = "lot"
    """A batch number, written as base data is, though it need not be there before."""
    CHECK = "check"
    """Yes or no."""

    @property
    def coded(self) -> bool:
        """Whether it is written and read by a code in FNumber."""
        return self in (ValueKind.BASE, ValueKind.LOT)


@dataclass(frozen=True, slots=True)
class FillField:
    """One field of the target form that can be filled.

    Attributes:
        key: as the server spells it, letter for letter: another case may be ignored in silence.
        name: what people call it, or "".
        entry: key of the entity whose lines have it; "" for the head.
        entry_name: what people call that entity, or "".
        lookup: form of the base data, "" where it has none or nobody knows.
        quantity: it is the quantity of the line.
    """

    key: str
    name: str = ""
    entry: str = ""
    kind: ValueKind = ValueKind.TEXT
    entry_name: str = ""
    lookup: str = ""
    quantity: bool = False

    @property
    def label(self) -> str:
        """Its name, or its key where it has none."""
        return self.name or self.key

    @property
    def column(self) -> str:
        """The column that shows it in a query: base data by its code."""
        return f"{self.key}.FNumber" if self.kind.coded else self.key


@dataclass(frozen=True, slots=True)
class FillRow:
    """What is wanted in the target of one row of a run: in its head, or in the line of one source line.

    Attributes:
        position: the row of the run.
        values: key of the field and text, as `read_value` gives it.
        entry_id: the source line whose target line is meant; "" for the head, ALL_LINES for every line.
        line: how the clerk named the line: its number or material; "" for the head.
    """

    position: int
    values: tuple[tuple[str, str], ...]
    entry_id: str = ""
    line: str = ""


class FillState(StrEnum):
    """How one value stands."""

    WAITING = "waiting"
    """Not held yet, nothing was refused so far."""
    HELD = "held"
    """The bill showed it when it was asked last."""
    MISSED = "missed"
    """It was sent, and the bill shows something else."""
    UNREADABLE = "unreadable"
    """The bill does not show what it holds: such a value is not written."""
    NO_LINE = "no_line"
    """The target has no line that could be meant, or several."""


@dataclass(frozen=True, slots=True)
class FilledValue:
    """One value that was asked for, and what the bill holds.

    Attributes:
        line: how the clerk named the line; "" for the head.
        wanted, held: as text; `held` None where the bill does not tell.
        target_line: id of the line in the target, "" for the head or for none.
    """

    key: str
    name: str
    wanted: str
    held: str | None = None
    state: FillState = FillState.WAITING
    line: str = ""
    target_line: str = ""
    position: int = 0


@dataclass(frozen=True, slots=True)
class ChangedValue:
    """Something that nobody asked for and the server changed on the way (price, amount …)."""

    key: str
    name: str
    before: str
    after: str
    line: str = ""
    target_line: str = ""


@dataclass(frozen=True, slots=True)
class SaveRequest:
    """One Save of one bill as an update (protocol 4b.7): only these values, only these lines.

    Attributes:
        head: field and text.
        entry: key of the entity of `lines`, "" for none.
        lines: id of the line with its fields and texts, the quantity first.
    """

    form_id: str
    bill_id: str
    head: tuple[tuple[FillField, str], ...] = ()
    entry: str = ""
    lines: tuple[tuple[str, tuple[tuple[FillField, str], ...]], ...] = ()


def read_value(kind: ValueKind, text: str) -> str | None:
    """What a cell means, in one spelling for each value; None where it cannot be read. "" stays "".

    Numbers lose their commas ("1,200.50" → "1200.50"), dates become "2026-01-05"; a date whose order is
    unclear ("01/05/2026") is not guessed. Codes and texts lose the blanks at their ends.
    """
    plain = strip_blanks(text)
    folded = unicodedata.normalize("NFKC", plain)
    if not plain:
        return ""
    match kind:
        case ValueKind.NUMBER:
            return _read_number(folded)
        case ValueKind.DATE:
            return _read_day(folded)
        case ValueKind.CHECK:
            known = folded.casefold()
            return "true" if known in _YES else "false" if known in _NO else None
        case _:
            return plain if len(plain) <= MOST_TEXT and plain.isprintable() else None


def same_value(kind: ValueKind, wanted: str, held: object) -> bool:
    """Whether a cell of an answer is that value: numbers by value, dates by day, codes without case."""
    shown = shown_value(kind, held)
    if kind.coded:
        return identity(shown) == identity(wanted)
    return shown == (shown_value(kind, wanted) if kind is ValueKind.NUMBER else wanted)


def shown_value(kind: ValueKind, held: object) -> str:
    """A cell of an answer as text, in the spelling of `read_value` where it can be read so."""
    if held is None:
        return ""
    if isinstance(held, bool):
        return "true" if held else "false"
    text = str(held).strip()
    if kind is ValueKind.NUMBER:
        number = _read_number(text)
        return text if number is None else f"{Decimal(number).normalize():f}"
    if kind is ValueKind.DATE:
        return text[:10] if _read_day(text[:10]) else text
    if kind is ValueKind.CHECK:
        return read_value(kind, text) or text
    return text


def is_masked(held: object) -> bool:
    """Whether a cell hides its value."""
    return isinstance(held, str) and MASK.fullmatch(held.strip()) is not None


def _read_number(text: str) -> str | None:
    if not _NUMBER.fullmatch(text):
        try:  # what JSON brought as 1E-7
            number = Decimal(text)
        except InvalidOperation:
            return None
        return f"{number:f}" if number.is_finite() and re.fullmatch(r"[+-]?[\d.]+E[+-]?\d+", text) else None
    return f"{Decimal(text.replace(',', '')):f}"


def _read_day(text: str) -> str | None:
    if re.fullmatch(r"(?:19|20)\d{6}", text):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    found = _DAY.fullmatch(text)
    if found is None:
        return None
    try:
        return date(*(int(part) for part in found.groups())).isoformat()
    except ValueError:
        return None


def is_day(value: object) -> bool:
    """Whether a cell of an answer looks like a date with its time, as servers write them."""
    if not isinstance(value, str) or len(value) < 19:
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class FillTableRow:
    """One row of the clerk's table: its number in the file (from 1), the bill, the line, the other cells."""

    place: int
    number: str
    line: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FillTable:
    """What the clerk gives: a bill number a row, perhaps a line, and values under headings.

    Attributes:
        headings: one for each of `cells`.
        by_material: the line is named by its material, not by its number.
        has_lines: the table has a column for the line.
        hidden: how many rows were left out because the workbook hides them.
    """

    headings: tuple[str, ...]
    rows: tuple[FillTableRow, ...]
    by_material: bool = False
    has_lines: bool = False
    hidden: int = 0
