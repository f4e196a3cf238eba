"""`kdgui push`: a list of bills, one by one or merged, and what became of each."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import replace

from kdgui.bootstrap import open_engine
from kdgui.cli.common import Watcher, interruptible, profile_of, secret_of
from kdgui.cli.fill import fill_of, with_fill
from kdgui.domain.bill_numbers import identity
from kdgui.domain.chains import name_of
from kdgui.domain.errors import BadInput, JournalTrouble
from kdgui.domain.orders import PushOptions, RunOrder
from kdgui.domain.verdicts import Row
from kdgui.printing import Exit, Printer, exit_of
from kdgui.pushing.engine import PushEngine
from kdgui.pushing.flow.run_control import RunControl
from kdgui.store.exports.run_workbook import read_number_lines
from kdgui.store.instance_lock import InstanceLock
from kdgui.store.messages.words import Words
from kdgui.store.paths import Paths


def push(arguments: argparse.Namespace, places: Paths, words: Words) -> int:
    """Push as the arguments say; the exit code. Raises KdguiError before anything was sent."""
    named = arguments.entry_ids or arguments.fill or arguments.from_run
    numbers = () if named and arguments.numbers is None else read_number_lines(arguments.numbers or "-")
    if not numbers and not named:
        raise BadInput("nothing_to_push")
    if not (arguments.form or arguments.from_run):
        raise BadInput("form_needed")
    if arguments.entry_ids and (arguments.fill or arguments.from_run):
        raise BadInput("lines_alone")
    profile = profile_of(arguments)
    with InstanceLock(places.lock), open_engine(places, attended=False) as engine:
        for damage in engine.damages():
            print(words.text(damage.key, **damage.values), file=sys.stderr)
        engine.connection.sign_in(profile, secret_of(engine, profile))
        order = order_of(arguments, numbers)
        if arguments.entry_ids:
            order = _by_lines(engine, order, arguments.entry_ids)
        if arguments.from_run:
            order = _from_run(engine, order, arguments.from_run, words)
        if arguments.fill:
            order = with_fill(engine, order, arguments.fill, words)
        return _run(engine, order, words, as_json=arguments.json)


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
        print(words.text("cli.next_left_out", number=name_of(bill.target), why=why), file=sys.stderr)
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


def _run(engine: PushEngine, order: RunOrder, words: Words, *, as_json: bool) -> int:
    started = time.monotonic()
    watcher, control = Watcher(words), RunControl()
    printer = Printer(sys.stdout, words, as_json=as_json)

    def tell() -> Sequence[Row]:
        rows = [watcher.rows[position] for position in sorted(watcher.rows)]
        more = fill_of(engine.journal, watcher.run_id) if watcher.run_id else {}
        printer.rows(rows, watcher.run_id, time.monotonic() - started, more)
        return rows

    with interruptible(control) as interrupted:
        try:
            engine.runs.run(order, control, watcher)
        except JournalTrouble:
            if watcher.run_id is not None:
                tell()
            raise
    rows = tell()
    return Exit.INTERRUPTED if interrupted() else exit_of(rows)
