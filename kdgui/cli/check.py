"""`kdgui check`: what a push of these bills would find; reads only, so it may go on beside a run."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from kdgui.bootstrap import open_engine
from kdgui.cli.account import sign_in
from kdgui.cli.command import add_numbers, add_place
from kdgui.cli.common import interruptible
from kdgui.cli.numbers import numbers_of
from kdgui.domain.errors import BadInput
from kdgui.domain.orders import PushOptions, RunOrder
from kdgui.domain.verdicts import Reason, Row, Verdict
from kdgui.printing import Exit, Printer
from kdgui.pushing.flow.run_control import RunControl
from kdgui.pushing.inspect.check import CheckReport, Finding
from kdgui.store.messages.words import Words
from kdgui.store.paths import Paths


def check(arguments: argparse.Namespace, places: Paths, words: Words) -> int:
    """Check as the arguments say; 0 where all of it can be pushed. Raises KdguiError."""
    numbers = numbers_of(arguments, words)
    if not numbers:
        raise BadInput("nothing_to_push")
    options = PushOptions(rule_id=arguments.rule, target_form=arguments.target)
    control = RunControl()
    with (
        open_engine(places, attended=False, repair=False) as engine,
        interruptible(control) as interrupted,
    ):
        sign_in(engine, arguments, words)
        started, asked_at = time.monotonic(), datetime.now(UTC)
        report = engine.inspection.check(RunOrder(arguments.form, options, numbers), control)
    seconds = time.monotonic() - started
    _tell(report, numbers, asked_at, seconds, words, as_json=arguments.json)
    if interrupted():
        return Exit.INTERRUPTED
    return Exit.ALL_PUSHED if all(finding.ok for finding in report.findings) else Exit.NOT_ALL


def _tell(
    report: CheckReport,
    numbers: Sequence[str],
    asked_at: datetime,
    seconds: float,
    words: Words,
    *,
    as_json: bool,
) -> None:
    """The rows that were looked at, in the shape of a push's; on stderr what could not be checked."""
    rows = [_row(finding, numbers[finding.position], asked_at) for finding in report.findings]
    more = {finding.position: _more(finding) for finding in report.findings}
    if not as_json:
        rows = [_with_quantity(row, finding) for row, finding in zip(rows, report.findings, strict=True)]
    Printer(sys.stdout, words, as_json=as_json).rows(rows, None, seconds, more)
    for reason in report.unchecked:
        told = words.explain(reason)
        print(words.text("cli.unchecked", what=told.what, why=told.why), file=sys.stderr)


def _row(finding: Finding, number: str, asked_at: datetime) -> Row:
    """What could be pushed is not sent, what could not is skipped: nothing was pushed here."""
    return Row(
        "",
        finding.position,
        number,
        Verdict.NOT_SENT if finding.ok else Verdict.SKIPPED,
        bill_id=finding.bills[0].id if len(finding.bills) == 1 else "",
        targets=finding.targets,
        reasons=(finding.reason,) if finding.reason else (),
        notes=finding.notes,
        asked_at=asked_at,
    )


def _more(finding: Finding) -> dict[str, object]:
    """What a check tells beyond a push; null for a quantity that nobody can tell."""
    left = finding.left
    more: dict[str, object] = {
        "ok": finding.ok,
        "left": _number(left.left) if left else None,
        "total": _number(left.total) if left else None,
        "can_insist": finding.can_insist,
    }
    return more | ({"advice": ""} if finding.ok else {})


def _with_quantity(row: Row, finding: Finding) -> Row:
    left = finding.left
    if left is None:
        return row
    note = Reason.of("quantity_left", left=f"{_number(left.left)}", total=f"{_number(left.total)}")
    return replace(row, notes=(*row.notes, note))


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `kdgui check` takes."""
    add_place(parser)
    add_numbers(parser)
