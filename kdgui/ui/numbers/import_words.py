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

    def account(self, sheet: Sheet, reading: Reading, sheets: int = 1) -> str:
        """What was taken, left out and changed, in one line; `sheets`: how many could be chosen."""
        parts = [self.tr("Numbers taken: {n}").format(n=f"{len(reading.numbers):,}")]
        if sheets > 1:
            parts.append(self.tr("from sheet “{name}”").format(name=sheet.name))
        if len(reading.columns) > 1:
            parts.append(
                self.tr("from column “{name}”").format(name=self.column(sheet, reading, reading.column))
            )
        left_out = [(self.fate(fate), reading.count(fate)) for fate in RowFate if fate is not RowFate.TAKEN]
        what = " / ".join(f"{word} {count:,}" for word, count in left_out if count)
        parts += [self.tr("left out: {what}").format(what=what)] if what else []
        counted = (
            (self.tr("cells split: {n}"), reading.split),
            (self.tr("numbers cleaned: {n}"), reading.cleaned),
        )
        parts += [sentence.format(n=f"{count:,}") for sentence, count in counted if count]
        return self.joined(parts)

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
