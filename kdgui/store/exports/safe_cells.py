"""Cells for programs that read meaning into text: CSV files and the clipboard, safe from Excel's guesses.

In a file of text Excel takes "=1+1" for a formula, 000123 for 123 and sixteen digits for 1.23E+15. What it
might run gets an apostrophe in front, which every spreadsheet shows and none runs; what it might recount gets
a tab, which nobody sees and which is left out when the list is read again. A tab alone does not keep a
formula from being one everywhere.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

_RUNS = re.compile(r"[\s\u200b\ufeff]*[=+\-@＝＋－＠]")
_ENDS = re.compile(r"[\t\r\n\v\f\x00\x85\u2028\u2029]+")
_TRIGGERS_THEMSELVES = ("\t", "\r")
_SMALL_COUNT = re.compile(r"0|[1-9]\d{0,9}")
"""What any spreadsheet shows as it stands."""
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_RECOUNTS = re.compile(
    rf"\s*(?:[\d０-９.,(¥￥$€£%]|(?:true|false)\s*$|(?:{_MONTHS})[a-z]*[\s\-./]?\d)", re.IGNORECASE
)


def unarmed(text: str) -> str:
    """The text, with an apostrophe in front where a spreadsheet might run it."""
    return f"'{text}" if _RUNS.match(text) or text.startswith(_TRIGGERS_THEMSELVES) else text


def csv_text(lines: Iterable[Sequence[str]]) -> str:
    """Lines as CSV with every cell quoted and ended by CR LF."""
    return "".join(",".join(map(_csv_cell, line)) + "\r\n" for line in lines)


def _csv_cell(text: str) -> str:
    text = unarmed(text.replace("\x00", "\ufffd"))
    if not text.startswith("'") and _RECOUNTS.match(text) and not _SMALL_COUNT.fullmatch(text):
        text = f"\t{text}"
    return '"' + text.replace('"', '""') + '"'


def tab_text(lines: Iterable[Sequence[str]]) -> str:
    """Lines as Excel puts them on the clipboard; each line of ours stays one line there."""
    return "\n".join("\t".join(unarmed(_one_line(cell)) for cell in line) for line in lines)


def html_table(lines: Iterable[Sequence[str]]) -> str:
    """The same as HTML for the clipboard: Excel, WPS (mso) and LibreOffice (sdnum) keep all of it as text."""
    rows = "".join(
        "<tr>" + "".join(f'<td sdnum="0;0;@">{_html_cell(cell)}</td>' for cell in line) + "</tr>"
        for line in lines
    )
    style = r"<style>td{mso-number-format:'\@';white-space:nowrap}</style>"
    return f'<html><head><meta charset="utf-8">{style}</head><body><table>{rows}</table></body></html>'


def _html_cell(text: str) -> str:
    return html.escape(unarmed(_one_line(text)))


def _one_line(text: str) -> str:
    """Without what ends a cell or a line; blanks inside stay as they are."""
    return _ENDS.sub(" ", text)
