"""The auditor's report: who pushed what, where and when, what came of it, and every step of every bill."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import msgspec

from kdgui.domain.orders import RunOrder
from kdgui.domain.verdicts import Reason, Row, RunInfo
from kdgui.store.catalogue import Catalogue
from kdgui.store.exports.run_workbook import BillWords, local
from kdgui.store.exports.text_workbook import Cell, Table, write_text_book
from kdgui.store.journal.journal import Journal
from kdgui.store.journal.records import Event, RunHeader
from kdgui.store.messages.words import Words
from kdgui.store.profiles import DataCentreLabel

_RUN_COLUMNS = (
    *("run", "started", "ended", "how", "data_centre", "server", "organisation", "user", "pc_user", "pc"),
    *("program", "form", "rule", "target_form", "count", "counts", "came_from"),
)
_BILL_COLUMNS = (
    *("run", "row", "number", "source_id", "verdict", "target_form", "target_number", "target_id"),
    *("target_status", "reasons", "notes", "by_hand_who", "by_hand_why", "asked_at"),
)
_STEP_COLUMNS = ("at", "run", "row", "number", "user", "step", "verdict", "target_number", "reasons", "notes")
_WRAPPED = ("reasons", "notes", "by_hand_why", "counts")
_NUMBERS = ("number", "source_id", "target_number", "target_id", "run", "came_from")

Place = tuple[str, int]
"""A row: run id and position."""


class _Trail(msgspec.Struct):
    """What an event says: about a row, a chain, or a step of one; older programs wrote reasons as text."""

    verdict: str = ""
    targets: tuple[str, ...] = ()
    reasons: tuple[Reason | str, ...] = ()
    notes: tuple[Reason | str, ...] = ()
    number: str = ""
    status: str | None = None
    made: tuple[str, ...] = ()
    user: str = ""
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class AuditedRun:
    """A run with all that is known of it; `rows` and `events` may be those of a few bills only."""

    info: RunInfo
    header: RunHeader
    order: RunOrder
    rows: tuple[Row, ...]
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Audit:
    """These runs as the journal has them, read one by one; of their bills `only` these, where named.

    Iterating blocks for the disk and raises JournalTrouble. Runs that are not there are left out.
    """

    journal: Journal
    run_ids: Sequence[str]
    only: Collection[Place] | None = None

    def __iter__(self) -> Iterator[AuditedRun]:
        for run_id in self.run_ids:
            info = self.journal.run(run_id)
            if info is not None:
                header, order = self.journal.header(run_id), self.journal.order(run_id)
                yield AuditedRun(info, header, order, self._rows(run_id), self._events(run_id))

    def _rows(self, run_id: str) -> tuple[Row, ...]:
        rows = self.journal.rows(run_id)
        if self.only is None:
            return rows
        return tuple(row for row in rows if (run_id, row.position) in self.only)

    def _events(self, run_id: str) -> tuple[Event, ...]:
        events = self.journal.events(run_id)
        if self.only is None:
            return events
        return tuple(
            event for event in events if event.position is None or (run_id, event.position) in self.only
        )


def write_audit_workbook(
    path: Path,
    runs: Audit,
    words: Words,
    *,
    label: DataCentreLabel | None = None,
    catalogue: Catalogue | None = None,
) -> None:
    """Write the report: sheets of runs, of bills and of steps. Blocks; raises as the other exports do."""
    report = _Report(words, BillWords(words, catalogue))
    notes = [[words.text("sheet.about")], *([words.text(f"audit.note_{number}")] for number in (1, 2, 3))]
    tables = (
        report.table("runs", _RUN_COLUMNS, (report.run_line(run) for run in runs)),
        report.table("bills", _BILL_COLUMNS, (report.bill_line(row) for run in runs for row in run.rows)),
        report.table("steps", _STEP_COLUMNS, (line for run in runs for line in report.step_lines(run))),
        Table(words.text("sheet.about"), notes),
    )
    write_text_book(path, tables, label, streamed=True)


@dataclass(frozen=True, slots=True)
class _Report:
    words: Words
    say: BillWords

    def table(self, name: str, columns: Sequence[str], lines: Iterable[list[Cell]]) -> Table:
        return Table(
            self.words.text(f"sheet.{name}"),
            chain([[self.words.text(f"column.{column}") for column in columns]], lines),
            wrapped=[place for place, column in enumerate(columns) if column in _WRAPPED],
            numbers=[place for place, column in enumerate(columns) if column in _NUMBERS],
            frozen=1,
            filtered=True,
        )

    def run_line(self, run: AuditedRun) -> list[Cell]:
        info, header = run.info, run.header
        counts = [
            f"{self.words.verdict(Row('', 0, '', verdict))} {number}" for verdict, number in info.counts
        ]
        return [
            info.run_id,
            local(info.started_at),
            local(info.ended_at),
            self._how(run),
            info.data_centre_name or info.data_centre_id,
            info.server,
            info.organisation,
            " ".join(part for part in (header.user, f"({header.user_id})" if header.user_id else "") if part),
            header.pc_user,
            header.pc,
            header.program,
            self.say.form(info.form_id),
            self.say.rule(info.rule_id),
            self.say.form(info.target_form),
            info.total,
            "\n".join(counts),
            run.order.came_from,
        ]

    def _how(self, run: AuditedRun) -> str:
        """How it ended, as the last word about it says; cut off where nobody wrote an end."""
        ends = [event.data.strip('"') for event in run.events if event.what == "finished"]
        return self._word("ended", ends[-1]) if ends else self.words.text("ended.cut_off")

    def bill_line(self, row: Row) -> list[Cell]:
        by_hand = next((dict(note.values) for note in reversed(row.notes) if note.code == "by_hand"), {})
        return [
            row.run_id,
            row.position + 1,
            row.number,
            row.bill_id,
            self.words.verdict(row),
            "\n".join(dict.fromkeys(self.say.form(target.form_id) for target in row.targets)),
            "\n".join(target.number for target in row.targets),
            "\n".join(target.id for target in row.targets),
            "\n".join(map(self.say.status, row.targets)),
            self.say.reasons(row),
            self.say.notes(row),
            by_hand.get("who", ""),
            by_hand.get("why", ""),
            local(row.asked_at),
        ]

    def step_lines(self, run: AuditedRun) -> Iterator[list[Cell]]:
        numbers = {row.position: row.number for row in run.rows}
        for event in run.events:
            if event.position is None:
                wanted = (self._word("step", event.data.strip('"')),) if event.what == "then" else ()
                yield self._line(run, event, "", "", _Trail(notes=wanted))
            else:
                number = numbers.get(event.position, "")
                yield self._line(run, event, event.position + 1, number, _trail_of(event))

    def _line(
        self, run: AuditedRun, event: Event, place: int | str, number: str, trail: _Trail
    ) -> list[Cell]:
        return [
            local(event.at),
            run.info.run_id,
            place,
            number,
            trail.user or run.header.user,
            self._word("step", "chains" if _is_chain(event) else event.what),
            self._result(event, trail),
            "\n".join(trail.targets) or trail.number,
            self._told(trail.reasons),
            "\n".join(part for part in (self._told(trail.notes), *trail.made) if part),
        ]

    def _result(self, event: Event, trail: _Trail) -> str:
        if trail.outcome:
            return self._word("outcome", trail.outcome)
        if _is_chain(event):
            status = self._word("status", trail.status) if trail.status else ""
            state = self._word("chain", event.what.removeprefix("chain_"))
            return " · ".join(part for part in (state, status) if part)
        return self._word("verdict", trail.verdict) if trail.verdict else ""

    def _told(self, reasons: Sequence[Reason | str]) -> str:
        said = (self.words.reason(each) if isinstance(each, Reason) else each for each in reasons)
        return "\n".join(dict.fromkeys(said))

    def _word(self, kind: str, code: str) -> str:
        """The word for a code, or the code where a newer program wrote it."""
        key = f"{kind}.{code}"
        return self.words.text(key) if key in self.words else code


def _is_chain(event: Event) -> bool:
    """Whether it tells how far the submit or audit of a target is."""
    return event.what.startswith("chain_")


def _trail_of(event: Event) -> _Trail:
    try:
        return msgspec.json.decode(event.data or "{}", type=_Trail)
    except msgspec.DecodeError:  # not what we write; an auditor sees it as it is
        return _Trail(notes=(event.data,))
