"""What pastes and files brought, in words: what was taken, what was left out and why, what was changed."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from kdgui.domain.bill_numbers import MOST_NUMBERS, BillNumber
from kdgui.store.imports.number_column import Reading, RowFate
from kdgui.store.imports.sheets import Sheet, column_letters
from kdgui.ui.widgets.style import Tone

if TYPE_CHECKING:
    from kdgui.store.messages.words import Words
    from kdgui.ui.numbers.import_choice import Chosen

_LONGEST_ORIGINAL = 400


class ImportWords:
    """Sentences about readings, in the language of now. Nothing here touches a widget."""

    @staticmethod
    def tr(text: str) -> str:
        """Qt's collector finds sentences by this name."""
        return QCoreApplication.translate("ImportWords", text)

    def joined(self, parts: Iterable[str]) -> str:
        """Parts of one line, as this language divides them."""
        return self.tr(", ").join(parts)

    def refusal(self, reading: Reading) -> str:
        """Why nothing of it can be taken."""
        sentences = {
            "prose": self.tr(
                "This reads like a text, not like bill numbers. Nothing was taken; copy the column."
            ),
            "too_many": self.tr("About {n} rows; at most {most} at a time. Nothing was taken."),
            "empty": self.tr("There are no bill numbers here. Nothing was taken."),
        }
        return sentences[reading.trouble].format(n=f"{reading.found:,}", most=f"{MOST_NUMBERS:,}")

    def account(self, chosen: Chosen) -> str:
        """What was taken, left out and changed, and what could not be told, in one line."""
        reading, first = chosen.reading, chosen.parts[0]
        parts = [self.tr("Taken: {n}").format(n=f"{len(reading.numbers):,}")]
        if len(chosen.parts) > 1:
            parts.append(self.tr("from {n} sheets").format(n=len(chosen.parts)))
        elif len(chosen.found.sheets) > 1:
            parts.append(self.tr("from sheet “{name}”").format(name=first.sheet.name))
        if len(first.reading.columns) > 1:
            name = self.column(first.sheet, first.reading, chosen.column)
            parts.append(self.tr("from column “{name}”").format(name=name))
        left_out = [(self.fate(fate), reading.count(fate)) for fate in RowFate if fate is not RowFate.TAKEN]
        what = " / ".join(f"{word} {count:,}" for word, count in left_out if count)
        parts += [self.tr("left out: {what}").format(what=what)] if what else []
        counted = (
            (self.tr("cells split: {n}"), reading.split),
            (self.tr("numbers cleaned: {n}"), reading.cleaned),
        )
        parts += [sentence.format(n=f"{count:,}") for sentence, count in counted if count]
        told = self.joined(parts)
        untold = self.untold(first.sheet)
        return self.tr("{account}. {untold}").format(account=told, untold=untold) if untold else told

    def untold(self, sheet: Sheet) -> str:
        """What the file or the clipboard does not tell of this sheet, so that it has to be looked at."""
        if "formats" in sheet.untold:
            return self.tr(
                "This kind of file tells neither hidden rows nor leading zeros and prefixes of numbers. "
                "Compare the numbers with the sheet before you take them."
            )
        if "rows" in sheet.untold:
            return self.tr("Whether rows were hidden could not be told; look at the rows.")
        return ""

    def column(self, sheet: Sheet, reading: Reading, column: int) -> str:
        """A column by its header, else by its place: as Excel's letter where there is a workbook."""
        if column < len(reading.columns) and reading.columns[column]:
            return reading.columns[column]
        if sheet.name:
            return self.tr("Column {n}").format(n=column_letters(sheet.column_number(column)))
        return self.tr("Column {n}").format(n=column + 1)

    def fate(self, fate: RowFate) -> str:
        """What became of a row, in a word."""
        return {
            RowFate.TAKEN: self.tr("Taken"),
            RowFate.HEADER: self.tr("Header"),
            RowFate.TITLE: self.tr("Title"),
            RowFate.TOTAL: self.tr("Total"),
            RowFate.EMPTY: self.tr("No number"),
            RowFate.HIDDEN: self.tr("Hidden"),
            RowFate.PAGE: self.tr("Page number"),
            RowFate.UNTICKED: self.tr("Left out by you"),
        }[fate]

    def row(self, fate: RowFate, numbers: tuple[BillNumber, ...]) -> tuple[str, Tone]:
        """The pill of a row in the preview."""
        if any(number.trouble for number in numbers):
            return self.tr("Damaged"), Tone.BAD
        if any(number.cleaned for number in numbers):
            return self.tr("Cleaned"), Tone.INFO
        return self.fate(fate), Tone.OK if fate is RowFate.TAKEN else Tone.NEUTRAL

    def remark(self, number: BillNumber, words: Words) -> str:
        """What is wrong with a number, or what was changed to get it; "" where nothing is to be said."""
        if number.trouble:
            return words.text(f"damaged.{number.trouble}")
        if not number.changes:
            return ""
        changes = self.joined(words.text(f"changed.{change}") for change in number.changes)
        if not number.cleaned:
            return changes
        original = visible(number.original[:_LONGEST_ORIGINAL])
        return self.tr("{changes}; was “{original}”").format(changes=changes, original=original)


def visible(text: str) -> str:
    """A text with what cannot be seen made visible: blanks at the ends, marks without width, line ends."""
    ends = len(text) - len(text.rstrip(" ")), len(text) - len(text.lstrip(" "))
    last = len(text) - ends[0]
    return "".join(
        "␣" if char == " " and not ends[1] <= place < last else _visible(char)
        for place, char in enumerate(text)
    )


def _visible(char: str) -> str:
    if char == "\n":
        return "⏎"
    hidden = char != " " and unicodedata.category(char) in ("Zs", "Zl", "Zp", "Cc", "Cf", "Co", "Cn", "Cs")
    return f"[U+{ord(char):04X}]" if hidden else char
