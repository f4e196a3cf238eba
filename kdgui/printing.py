"""What the command line prints: rows and runs as JSON lines or as text, and the exit code they call for."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from enum import IntEnum
from types import MappingProxyType
from typing import TextIO

from kdgui.domain.verdicts import Reason, Row, RunInfo, Verdict, count_verdicts
from kdgui.store.messages.words import Words

_NOT_SHOWN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Unicode categories of what controls a terminal or the direction of writing."""
_ENDS_OF_LINES = re.compile("[\x85\u2028\u2029]")
"""What JSON leaves as it is, and some readers of lines take for the end of one."""


class Exit(IntEnum):
    """Exit codes (design section 6); the first that holds, in the order given there."""

    ALL_PUSHED = 0
    NOT_ALL = 1
    USAGE = 2
    SIGN_IN = 3
    UNSETTLED = 4
    JOURNAL = 5
    NOTHING_TO_DO = 6
    IN_USE = 7
    NO_WINDOW = 8
    FAULT = 70
    INTERRUPTED = 130
    OUTPUT_GONE = 141


def visible(text: str) -> str:
    """A text on one line, without effect on a terminal: what controls it is written as Python writes it.

    A server's message with line breaks, tabs, escape sequences or marks that turn the direction of writing
    would look like rows of its own, or like another verdict.
    """
    return "".join(ascii(char)[1:-1] if unicodedata.category(char) in _NOT_SHOWN else char for char in text)


def last_state(rows: Iterable[Row]) -> tuple[Row, ...]:
    """The rows as a last output may show them: none is still waiting or under way."""
    last = {Verdict.QUEUED: Verdict.NOT_SENT, Verdict.SENDING: Verdict.UNSETTLED}
    return tuple(replace(row, verdict=last.get(row.verdict, row.verdict)) for row in rows)


def exit_of(rows: Iterable[Row]) -> Exit:
    """The exit code that these rows call for."""
    states = last_state(rows)
    if any(row.verdict is Verdict.UNSETTLED for row in states):
        return Exit.UNSETTLED
    if any(row.verdict is not Verdict.PUSHED or row.alarm or row.half_done for row in states):
        return Exit.NOT_ALL
    return Exit.ALL_PUSHED


def exit_of_runs(runs: Iterable[RunInfo], half_done: Collection[str]) -> Exit:
    """The exit code that the listed runs call for; `half_done` are those with something still to follow."""
    listed = tuple(runs)
    if any(run.count(verdict) for run in listed for verdict in (Verdict.UNSETTLED, Verdict.SENDING)):
        return Exit.UNSETTLED
    if any(run.count(Verdict.PUSHED) != run.total or run.alarms or run.run_id in half_done for run in listed):
        return Exit.NOT_ALL
    return Exit.ALL_PUSHED


class Printer:
    """Prints in one of the two ways; JSON keeps Chinese as it is."""

    def __init__(self, out: TextIO, words: Words, *, as_json: bool) -> None:
        self._out = out
        self._words = words
        self._as_json = as_json

    def rows(
        self,
        rows: Sequence[Row],
        run_id: str | None,
        seconds: float,
        more: Mapping[int, Mapping[str, object]] = MappingProxyType({}),
    ) -> None:
        """All rows in the order given, then one line that counts them.

        `more` by position goes into the JSON of a row, instead of what would stand there.
        """
        states = last_state(rows)
        counts = {verdict.value: number for verdict, number in count_verdicts(states)}
        if self._as_json:
            for row in states:
                self._line({**self._row(row), **more.get(row.position, {})})
            self._line({"run": run_id, "counts": counts, "seconds": round(seconds, 3)})
            return
        for row in states:
            self._text(row)
        told = "  ".join(f"{self._words.text(f'verdict.{name}')} {number}" for name, number in counts.items())
        print(self._words.text("cli.total", run=run_id or "-", counts=told or "0"), file=self._out)

    def runs(self, runs: Iterable[RunInfo]) -> None:
        """One line a run."""
        for run in runs:
            counts = {verdict.value: number for verdict, number in run.counts}
            if self._as_json:
                self._line(
                    {
                        "run": run.run_id,
                        "started_at": run.started_at.isoformat(),
                        "ended_at": run.ended_at.isoformat() if run.ended_at else None,
                        "server": run.server,
                        "data_centre": run.data_centre_id,
                        "data_centre_name": run.data_centre_name,
                        "user": run.user,
                        "form_id": run.form_id,
                        "rule_id": run.rule_id,
                        "target_form": run.target_form,
                        "counts": counts,
                        "alarms": run.alarms,
                    }
                )
            else:
                told = "  ".join(
                    f"{self._words.text(f'verdict.{name}')} {number}" for name, number in counts.items()
                )
                where = run.data_centre_name or run.data_centre_id
                parts = (run.run_id, where, run.user, run.rule_id, told)
                print("  ".join(map(visible, parts)), file=self._out)

    def _row(self, row: Row) -> dict[str, object]:
        words = self._words
        return {
            "number": row.number,
            "verdict": row.verdict.value,
            "targets": [
                {"form_id": t.form_id, "id": t.id, "number": t.number, "status": t.status}
                for t in row.targets
            ],
            "reasons": [self._why(reason) for reason in row.reasons],
            "notes": [self._why(note) for note in row.notes],
            "alarm": row.alarm,
            "codes": [reason.code for reason in (*row.reasons, *row.notes)],
            "advice": words.advice(row),
            "asked_at": row.asked_at.isoformat() if row.asked_at else None,
        }

    def _why(self, reason: Reason) -> str:
        """Our sentence, and the server's own words where the sentence is not already theirs."""
        sentence = self._words.reason(reason)
        return sentence if not reason.said or reason.said in sentence else f"{sentence} ({reason.said})"

    def _text(self, row: Row) -> None:
        targets = " ".join(target.label for target in row.targets)
        why = "; ".join(self._why(reason) for reason in (*row.reasons, *row.notes))
        parts = (row.number, self._words.verdict(row), targets, why)
        print("\t".join(map(visible, parts)), file=self._out)

    def _line(self, value: object) -> None:
        text = json.dumps(value, ensure_ascii=False)
        print(_ENDS_OF_LINES.sub(lambda found: f"\\u{ord(found[0]):04x}", text), file=self._out, flush=True)
