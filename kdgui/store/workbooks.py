"""Workbooks: a run's results as .xlsx, in which no cell ever becomes a formula."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kdgui.domain.bills import TargetBill
from kdgui.domain.errors import BadInput, KdguiError
from kdgui.domain.verdicts import Row, RunInfo, Verdict
from kdgui.store.atomic import write_atomically
from kdgui.store.catalogue import Catalogue
from kdgui.store.number_files import read_number_lines, read_numbers_file, read_sheets
from kdgui.store.profiles import DataCentreLabel
from kdgui.store.words import Words

if TYPE_CHECKING:
    import xlsxwriter  # type: ignore[import-untyped]  # it ships no types

__all__ = ["read_number_lines", "read_numbers_file", "read_sheets", "write_run_workbook"]

_MOST_CHARACTERS = 32_767
"""What an Excel cell holds; XlsxWriter leaves a longer text out altogether."""
_WIDEST = 60
_COLUMNS = (
    *("row", "number", "verdict", "target_form", "target_number", "target_status"),
    *("reasons", "advice", "who", "notes", "asked_at"),
)
_LONG = ("reasons", "advice", "notes")
_COLOURS = {
    Verdict.PUSHED: ("#14763c", "#e7f5ec"),
    Verdict.FAILED: ("#b42318", "#fdeceb"),
    Verdict.DRAFTED: ("#935600", "#fdf3e0"),
    Verdict.UNSETTLED: ("#935600", "#fdf3e0"),
}
_BAND = {True: "#b42318", False: "#14763c"}
"""Red over production books, green over test and practice (design section 5)."""


def write_run_workbook(
    path: Path,
    info: RunInfo,
    rows: Sequence[Row],
    words: Words,
    *,
    label: DataCentreLabel | None = None,
    catalogue: Catalogue | None = None,
) -> None:
    """Write a run as a workbook of three sheets: results, summary, facts. `label` None counts as production.

    An existing file is replaced as a whole. Blocks for the disk. Raises BadInput("file_not_written") where
    the file is open in Excel, the folder not writable or the disk full; the old file stands then.
    """
    import xlsxwriter

    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "default_date_format": "yyyy-mm-dd hh:mm:ss"})
    writer = _Writer(book, words, info, label or DataCentreLabel.PRODUCTION, catalogue)
    writer.results(rows)
    writer.summary(rows)
    writer.facts()
    book.close()
    try:
        write_atomically(path, content.getvalue(), private=False)
    except KdguiError as error:
        raise BadInput("file_not_written", detail=error.detail, path=path) from error


@dataclass(frozen=True, slots=True)
class _Writer:
    book: xlsxwriter.Workbook
    words: Words
    info: RunInfo
    label: DataCentreLabel
    catalogue: Catalogue | None

    def results(self, rows: Sequence[Row]) -> None:
        """One line a row, in the clerk's order, with a filter and a frozen heading."""
        sheet = self._sheet("results")
        lines = [[self.words.text(f"column.{name}") for name in _COLUMNS], *map(self._line, rows)]
        pills = {verdict: self._format(color=ink, bg=ground) for verdict, (ink, ground) in _COLOURS.items()}
        heading, plain, wrapped = self._heading(), self._format(), self._format(wrap=True)
        for place, line in enumerate(lines):
            for column, text in enumerate(line):
                style = heading if place == 0 else wrapped if _COLUMNS[column] in _LONG else plain
                if place and _COLUMNS[column] == "verdict":
                    style = pills.get(rows[place - 1].verdict, plain)
                _put(sheet, place, column, text, style)
        sheet.freeze_panes(1, 2)
        sheet.autofilter(0, 0, len(rows), len(_COLUMNS) - 1)
        _set_widths(sheet, lines)

    def summary(self, rows: Sequence[Row]) -> None:
        """How many rows carry each verdict."""
        words = [self.words.verdict(row) for row in rows]
        lines = [[self.words.text("column.verdict"), self.words.text("column.count")]]
        lines += [[word, str(words.count(word))] for word in dict.fromkeys(self._in_order(rows))]
        lines.append([self.words.text("about.total"), str(len(rows))])
        alarms = sum(row.alarm for row in rows)
        partial = sum(row.partial for row in rows)
        lines += [[self.words.text("about.alarms"), str(alarms)]] if alarms else []
        lines += [[self.words.text("about.partial"), str(partial)]] if partial else []
        self._table("summary", lines)

    def facts(self) -> None:
        """Where, by whom and when; and what the words mean."""
        info = self.info
        facts = {
            "run": info.run_id,
            "data_centre": self._data_centre(),
            "server": info.server,
            "organisation": info.organisation,
            "user": info.user,
            "form": self._form(info.form_id),
            "rule": self._rule(info.rule_id),
            "target": self._form(info.target_form),
            "started": _local(info.started_at),
            "ended": _local(info.ended_at),
        }
        lines = [[self.words.text("about.facts"), ""]]
        lines += [[self.words.text(f"about.{name}"), text] for name, text in facts.items() if text]
        lines += [["", ""], *([self.words.text(f"about.note_{number}"), ""] for number in (1, 2, 3))]
        self._table("about", lines)

    def _line(self, row: Row) -> list[str]:
        explanations = [self.words.explain(reason) for reason in row.reasons]
        return [
            str(row.position + 1),
            row.number,
            self.words.verdict(row),
            ", ".join(dict.fromkeys(self._form(target.form_id) for target in row.targets)),
            ", ".join(self._target(target) for target in row.targets),
            ", ".join(self._status(target) for target in row.targets),
            "\n".join(dict.fromkeys(map(self.words.reason, row.reasons))),
            self.words.advice(row),
            next((explanation.who for explanation in explanations if explanation.who), ""),
            "\n".join(dict.fromkeys(map(self.words.reason, row.notes))),
            _local(row.asked_at),
        ]

    def _target(self, target: TargetBill) -> str:
        return target.number or self.words.text("about.target_id", id=target.id)

    def _status(self, target: TargetBill) -> str:
        key = f"status.{target.status}"
        return self.words.text(key) if key in self.words else target.status or ""

    def _in_order(self, rows: Iterable[Row]) -> list[str]:
        order = list(Verdict)
        return [self.words.verdict(row) for row in sorted(rows, key=lambda row: order.index(row.verdict))]

    def _data_centre(self) -> str:
        name = self.info.data_centre_name or self.info.data_centre_id
        return self.words.text(
            "about.labelled", name=name, label=self.words.text(f"label.{self.label.value}")
        )

    def _form(self, form_id: str) -> str:
        form = self.catalogue.form(form_id) if self.catalogue else None
        return f"{form.name(self.words.language)} {form_id}" if form else form_id

    def _rule(self, rule_id: str) -> str:
        rule = self.catalogue.rule(rule_id) if self.catalogue else None
        return f"{rule.name} {rule_id}".strip() if rule else rule_id

    def _sheet(self, name: str) -> xlsxwriter.worksheet.Worksheet:
        sheet = self.book.add_worksheet(self.words.text(f"sheet.{name}"))
        sheet.set_tab_color(_BAND[self.label is DataCentreLabel.PRODUCTION])
        return sheet

    def _table(self, name: str, lines: Sequence[Sequence[str]]) -> None:
        sheet = self._sheet(name)
        heading, plain = self._heading(), self._format()
        for place, line in enumerate(lines):
            for column, text in enumerate(line):
                _put(sheet, place, column, text, heading if place == 0 else plain)
        sheet.freeze_panes(1, 0)
        _set_widths(sheet, lines)

    def _heading(self) -> xlsxwriter.format.Format:
        band = _BAND[self.label is DataCentreLabel.PRODUCTION]
        return self.book.add_format({"bold": True, "color": "#ffffff", "bg_color": band, "valign": "vcenter"})

    def _format(self, *, color: str = "", bg: str = "", wrap: bool = False) -> xlsxwriter.format.Format:
        looks: dict[str, object] = {"valign": "top", "text_wrap": wrap}
        looks.update({"color": color, "bg_color": bg, "bold": True} if color else {})
        return self.book.add_format(looks)


def _put(
    sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, text: str, style: xlsxwriter.format.Format
) -> None:
    """Text, and never a formula, link or number: "=1+1" and "000123" stay what they are."""
    if len(text) > _MOST_CHARACTERS:
        text = text[: _MOST_CHARACTERS - 1] + "…"
    if sheet.write_string(row, column, text, style) < 0:
        raise BadInput("file_not_written", path="")


def _set_widths(sheet: xlsxwriter.worksheet.Worksheet, lines: Sequence[Sequence[str]]) -> None:
    for column in range(max(map(len, lines))):
        widest = max(_width(part) for line in lines for part in line[column].split("\n") or [""])
        sheet.set_column(column, column, min(max(widest + 2, 6), _WIDEST))


def _width(text: str) -> int:
    return sum(2 if ord(char) > 0x2E7F else 1 for char in text)


def _local(moment: datetime | None) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S") if moment else ""
