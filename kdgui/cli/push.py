"""`kdgui push`: a list of bills, one by one or merged, and what became of each."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from kdgui.bootstrap import open_engine
from kdgui.cli.bill_source import found_by_plan, is_searched
from kdgui.cli.command import (
    add_account,
    add_numbers,
    add_settle_seconds,
    ids,
    pair,
    seconds,
    within,
)
from kdgui.cli.common import interruptible, say
from kdgui.cli.fill import fill_of, with_fill
from kdgui.cli.numbers import numbers_of
from kdgui.cli.plan_arguments import complete, names_bills, plan_of, sign_in_as_planned
from kdgui.cli.reporting import EventLog, LoggedWatcher, add_reporting, check_report, write_report
from kdgui.domain.bill_numbers import identity
from kdgui.domain.errors import BadInput, JournalTrouble
from kdgui.domain.orders import PushOptions, RunOrder
from kdgui.domain.verdicts import Row
from kdgui.printing import Exit, Printer, exit_of
from kdgui.pushing.engine import PushEngine
from kdgui.pushing.flow.run_control import RunControl
from kdgui.store.messages.words import Words
from kdgui.store.paths import Paths


def push(arguments: argparse.Namespace, places: Paths, words: Words) -> int:
    """Push as arguments and plan say; the exit code. Raises KdguiError before anything was sent."""
    plan = plan_of(arguments, places)
    complete(arguments, plan)
    if arguments.entry_ids and (arguments.fill or arguments.from_run):
        raise BadInput("lines_alone")
    check_report(arguments)
    events = EventLog(Path(arguments.log_json) if arguments.log_json else None, words)
    listed = bool(names_bills(arguments) and arguments.numbers is None)
    searched = plan is not None and is_searched(arguments, plan)
    numbers = () if listed or searched else numbers_of(arguments, words)
    if not (numbers or listed or searched):
        raise BadInput("nothing_to_push")
    with events.telling_failure(), open_engine(places, attended=False) as engine:
        for damage in engine.damages():
            say(words.text(damage.key, **damage.values))
        sign_in_as_planned(engine, arguments, plan, words)
        order = order_of(arguments, numbers)
        if arguments.entry_ids:
            order = _by_lines(engine, order, arguments.entry_ids)
        elif plan is not None and searched:
            order = found_by_plan(engine, order, plan, words)
        if arguments.from_run:
            order = _from_run(engine, order, arguments.from_run, words)
        if arguments.fill:
            order = with_fill(engine, order, arguments.fill, words)
        return _run(engine, order, words, arguments, events)


def order_of(arguments: argparse.Namespace, numbers: Sequence[str]) -> RunOrder:
    """What the arguments order."""
    options = PushOptions(
        rule_id=arguments.rule,
        target_form=arguments.target,
        default_rule=arguments.default_rule,
        target_bill_type=arguments.target_bill_type,
        target_org_id=arguments.target_org,
        draft_on_fail=arguments.draft_on_fail,
        custom_params=tuple(arguments.param),
    )
    return RunOrder(
        form_id=arguments.form,
        options=options,
        numbers=tuple(numbers),
        again=arguments.again,
        merged=arguments.merged,
        block=arguments.block,
        split=not arguments.no_split,
        parallel=arguments.parallel,
        quiet_seconds=arguments.settle_seconds,
        timeout=arguments.timeout,
        then=arguments.then,
    )


def _from_run(engine: PushEngine, order: RunOrder, run_id: str, words: Words) -> RunOrder:
    """The order for what a run made: approved bills, by their FID; the others are told on stderr.

    Numbers of the order choose among them.

    Raises:
        BadInput: `form_differs`; `next_nothing`: none can be pushed on; and see `BillWays.next_bills`.
    """
    found = engine.ways.next_bills(run_id)
    if order.form_id and order.form_id.casefold() != found.form_id.casefold():
        raise BadInput("form_differs", form=order.form_id, other=found.form_id)
    for bill in found.left_out:
        why = words.reason(bill.reason) if bill.reason else ""
        say(words.text("cli.next_left_out", number=bill.target.label, why=why))
    wanted = {identity(number) for number in order.numbers}
    ready = [target for target in found.ready if not wanted or identity(target.number) in wanted]
    if not ready:
        raise BadInput("next_nothing", run=run_id)
    chosen = tuple((place, target.id) for place, target in enumerate(ready))
    numbers = tuple(target.number for target in ready)
    return replace(order, form_id=found.form_id, numbers=numbers, chosen=chosen)


def _by_lines(engine: PushEngine, order: RunOrder, entry_ids: Sequence[str]) -> RunOrder:
    """The order with its lines: those of its numbers, or of whatever bills they belong to.

    Raises:
        BadInput: a line is nobody's, or a bill of the list has none of them: it would be pushed as a whole.
    """
    found = engine.inspection.lines_found(order, entry_ids)
    if found.missing:
        raise BadInput("lines_unknown", ids=", ".join(found.missing))
    lines = {identity(bill.number): (bill.number, entries) for bill, entries in found.bills}
    numbers = order.numbers or tuple(number for number, _ in lines.values())
    without = [number for number in numbers if identity(number) not in lines]
    strange = set(lines) - {identity(number) for number in numbers}
    if without or strange:
        raise BadInput("lines_of_others", numbers=", ".join((*without, *(lines[key][0] for key in strange))))
    wanted = tuple((place, lines[identity(number)][1]) for place, number in enumerate(numbers))
    return replace(order, numbers=numbers, lines=wanted)


def _run(
    engine: PushEngine, order: RunOrder, words: Words, arguments: argparse.Namespace, events: EventLog
) -> int:
    started = time.monotonic()
    watcher, control = LoggedWatcher(words, events, quiet=arguments.quiet), RunControl()
    printer = Printer(sys.stdout, words, as_json=arguments.json)

    def tell() -> Sequence[Row]:
        rows = [watcher.rows[position] for position in sorted(watcher.rows)]
        more = fill_of(engine.journal, watcher.run_id) if watcher.run_id else {}
        seconds = time.monotonic() - started
        printer.rows(rows, watcher.run_id, seconds, more)
        events.write_rows(rows, watcher.run_id, seconds, more)
        return rows

    with interruptible(control) as interrupted:
        try:
            engine.runs.run(order, control, watcher)
        except JournalTrouble:
            if watcher.run_id is not None:
                tell()
            raise
    rows = tell()
    code = Exit.INTERRUPTED if interrupted() else exit_of(rows)
    if arguments.report and not write_report(engine, watcher.run_id or "", Path(arguments.report), words):
        return code or Exit.NOT_ALL
    return code


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `kdgui push` takes."""
    parser.add_argument("--plan", default="", metavar="NAME", help="all from a plan; others override it")
    add_order(parser, ("fill", "submit", "audit", ""))
    _add_further_sources(parser)
    add_settle_seconds(parser)
    parser.add_argument("--timeout", type=seconds, metavar="SECONDS", help="read time-out of one request")
    add_reporting(parser)


def add_order(parser: argparse.ArgumentParser, follows: Sequence[str] = ("submit", "audit", "")) -> None:
    """What a plan holds as well. Nothing has a default here: None says that it was not given."""
    add_account(parser)
    parser.add_argument("--form", help="source form id")
    parser.add_argument("--rule", help="conversion rule id")
    parser.add_argument("--target", metavar="FORM", help="target form id, where nobody names it")
    add_numbers(parser)
    _add_how(parser)
    parser.add_argument("--target-org", type=within(0), metavar="ID", help="target organisation")
    parser.add_argument("--target-bill-type", metavar="ID", help="bill type of the target")
    parser.add_argument(
        "--default-rule", action=_YES_OR_NO, help='the default rule from FORM to --target; RULE may be ""'
    )
    parser.add_argument(
        "--param", type=pair, action="append", metavar="KEY=VALUE", help="for the rule's plug-in"
    )
    parser.add_argument("--draft-on-fail", action=_YES_OR_NO, help="keep a draft where saving fails")
    parser.add_argument("--again", action=_YES_OR_NO, help="push bills that have targets already")
    parser.add_argument(
        "--then",
        choices=follows,
        help="submit the targets, or submit and audit them; values before",
    )


def _add_further_sources(parser: argparse.ArgumentParser) -> None:
    """Where the bills come from beside a list, and what is filled in on their targets."""
    parser.add_argument(
        "--from-run",
        default="",
        metavar="RUN",
        help="push on what that run made and is approved; FORM is its target form",
    )
    parser.add_argument(
        "--fill",
        default="",
        metavar="FILE",
        help="fill in the targets from this .xlsx or .csv: bill number, perhaps the line, a column a field",
    )


def _add_how(parser: argparse.ArgumentParser) -> None:
    """What goes into one request, and how many requests at a time."""
    parser.add_argument(
        "--entry-ids",
        type=ids,
        default=(),
        metavar="ID,ID",
        help="push these lines alone, by entry id",
    )
    parser.add_argument(
        "--merged", action=_YES_OR_NO, help="several bills in one request, as the rule groups"
    )
    parser.add_argument(
        "--block", type=within(1, 10_000), metavar="N", help="bills in one of them; default: 1000"
    )
    parser.add_argument(
        "--no-split",
        action="store_true",
        default=None,
        help="leave a refused block alone; default: find out whose fault",
    )
    parser.add_argument("--parallel", type=within(1, 3), metavar="N", help="requests at a time, 1 to 3")


_YES_OR_NO = argparse.BooleanOptionalAction
