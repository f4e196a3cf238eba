"""Exports of a run: results as .xlsx with three sheets, or as .csv, in which no cell becomes a formula."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from operator import itemgetter
from pathlib import Path

from kdgui.domain.bills import TargetBill
from kdgui.domain.verdicts import Row, RunInfo, Verdict
from kdgui.store.catalogue import Catalogue
from kdgui.store.exports.safe_cells import csv_text
from kdgui.store.exports.text_workbook import Cell, Pill, Table, save, shown_text, write_text_book
from kdgui.store.imports.number_files import read_number_lines, read_sheets
from kdgui.store.messages.words import Words
from kdgui.store.profiles import DataCentreLabel

__all__ = [
    "BillWords",
    "read_number_lines",
    "read_sheets",
    "write_run_csv",
    "write_run_workbook",
]

_COLUMNS = (
    *("row", "number", "verdict", "target_form", "target_number", "target_status"),
    *("reasons", "advice", "who", "notes", "asked_at"),
)
_LONG = tuple(_COLUMNS.index(name) for name in ("reasons", "advice", "notes"))
_NUMBERS = tuple(_COLUMNS.index(name) for name in ("number", "target_number"))
_MANY_ROWS = 2000
"""Fewer are written faster in memory."""
_PILLS = {
    Verdict.PUSHED: Pill("#14763c", "#e7f5ec"),
    Verdict.FAILED: Pill("#b42318", "#fdeceb"),
    Verdict.DRAFTED: Pill("#935600", "#fdf3e0"),
    Verdict.UNSETTLED: Pill("#935600", "#fdf3e0"),
}


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
    tables = _Tables(BillWords(words, catalogue), info, label or DataCentreLabel.PRODUCTION)
    sheets = (tables.results(rows), tables.summary(rows), tables.facts())
    write_text_book(path, sheets, label, streamed=len(rows) > _MANY_ROWS)


def write_run_csv(
    path: Path, info: RunInfo, rows: Sequence[Row], words: Words, *, catalogue: Catalogue | None = None
) -> None:
    """Write the results alone as CSV in UTF-8 with the mark (BOM) by which Excel knows it.

    Nothing in it is run or recounted by Excel, see `plain_cells`. Blocks and raises as the workbook does.
    """
    table = _Tables(BillWords(words, catalogue), info, DataCentreLabel.PRODUCTION).results(rows)
    lines = (list(map(shown_text, line)) for line in table.lines)
    save(path, csv_text(lines).encode("utf-8-sig", "replace"))


@dataclass(frozen=True, slots=True)
class BillWords:
    """How forms, rules, bills, states and moments are said in an export."""

    words: Words
    catalogue: Catalogue | None = None

    def form(self, form_id: str) -> str:
        """Name and id."""
        form = self.catalogue.form(form_id) if self.catalogue else None
        return f"{form.name(self.words.language)} {form_id}" if form else form_id

    def rule(self, rule_id: str) -> str:
        """Name and id."""
        rule = self.catalogue.rule(rule_id) if self.catalogue else None
        return f"{rule.name} {rule_id}".strip() if rule else rule_id

    def target(self, target: TargetBill) -> str:
        """The number, or the id of a draft that has none."""
        return target.number or self.words.text("about.target_id", id=target.id)

    def status(self, target: TargetBill) -> str:
        """The state in a word, "" where it is not known."""
        key = f"status.{target.status}"
        return self.words.text(key) if key in self.words else target.status or ""

    def data_centre(self, name: str, label: DataCentreLabel) -> str:
        """The name and what it is for."""
        return self.words.text("about.labelled", name=name, label=self.words.text(f"label.{label.value}"))

    def reasons(self, row: Row) -> str:
        """Every reason, one a line."""
        return "\n".join(dict.fromkeys(map(self.words.reason, row.reasons)))

    def notes(self, row: Row) -> str:
        """Every note, one a line."""
        return "\n".join(dict.fromkeys(map(self.words.reason, row.notes)))


def local(moment: datetime | None) -> Cell:
    """A moment in the time of this computer, to the second; "" for none."""
    return moment.astimezone().replace(tzinfo=None, microsecond=0) if moment else ""


@dataclass(frozen=True, slots=True)
class _Tables:
    say: BillWords
    info: RunInfo
    label: DataCentreLabel

    @property
    def words(self) -> Words:
        return self.say.words

    def results(self, rows: Sequence[Row]) -> Table:
        """One line a row, in the clerk's order, with a filter and a frozen heading."""
        verdict = _COLUMNS.index("verdict")
        return Table(
            self.words.text("sheet.results"),
            chain([[self.words.text(f"column.{name}") for name in _COLUMNS]], map(self._line, rows)),
            wrapped=_LONG,
            numbers=_NUMBERS,
            pills={
                (place, verdict): _PILLS[row.verdict]
                for place, row in enumerate(rows, start=1)
                if row.verdict in _PILLS
            },
            frozen=2,
            filtered=True,
        )

    def summary(self, rows: Sequence[Row]) -> Table:
        """How many rows carry each verdict."""
        order = list(Verdict)
        told = Counter((order.index(row.verdict), self.words.verdict(row)) for row in rows)
        words: Counter[str] = Counter()
        for place, word in sorted(told, key=itemgetter(0)):
            words[word] += told[place, word]
        lines: list[list[Cell]] = [[self.words.text("column.verdict"), self.words.text("column.count")]]
        lines += [[word, count] for word, count in words.items()]
        lines.append([self.words.text("about.total"), len(rows)])
        alarms = sum(row.alarm for row in rows)
        partial = sum(row.partial for row in rows)
        lines += [[self.words.text("about.alarms"), alarms]] if alarms else []
        lines += [[self.words.text("about.partial"), partial]] if partial else []
        return Table(self.words.text("sheet.summary"), lines)

    def facts(self) -> Table:
        """Where, by whom and when; and what the words mean."""
        info, say = self.info, self.say
        facts: dict[str, Cell] = {
            "run": info.run_id,
            "data_centre": say.data_centre(info.data_centre_name or info.data_centre_id, self.label),
            "server": info.server,
            "organisation": info.organisation,
            "user": info.user,
            "form": say.form(info.form_id),
            "rule": say.rule(info.rule_id),
            "target": say.form(info.target_form),
            "started": local(info.started_at),
            "ended": local(info.ended_at),
        }
        lines: list[list[Cell]] = [[self.words.text("about.facts"), ""]]
        lines += [[self.words.text(f"about.{name}"), fact] for name, fact in facts.items() if fact]
        lines.append(["", ""])
        lines += [[self.words.text(f"about.note_{number}"), ""] for number in (1, 2, 3)]
        return Table(self.words.text("sheet.about"), lines)

    def _line(self, row: Row) -> list[Cell]:
        say = self.say
        explanations = [self.words.explain(reason) for reason in row.reasons]
        return [
            row.position + 1,
            row.number,
            self.words.verdict(row),
            ", ".join(dict.fromkeys(say.form(target.form_id) for target in row.targets)),
            ", ".join(map(say.target, row.targets)),
            ", ".join(map(say.status, row.targets)),
            say.reasons(row),
            self.words.advice(row),
            next((explanation.who for explanation in explanations if explanation.who), ""),
            say.notes(row),
            local(row.asked_at),
        ]
