"""`kdgui push`: a list of bills, one by one or merged, and what became of each."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence

from kdgui.cli_common import Watcher, interruptible, profile_of, secret_of
from kdgui.domain.errors import BadInput, JournalTrouble
from kdgui.domain.orders import PushOptions, RunOrder
from kdgui.domain.verdicts import Row
from kdgui.office import open_desk
from kdgui.printing import Exit, Printer, exit_of
from kdgui.pushing.control import RunControl
from kdgui.pushing.desk import Desk
from kdgui.store.lock import InstanceLock
from kdgui.store.places import Places
from kdgui.store.words import Words
from kdgui.store.workbooks import read_number_lines


def push(arguments: argparse.Namespace, places: Places, words: Words) -> int:
    """Push as the arguments say; the exit code. Raises KdguiError before anything was sent."""
    numbers = read_number_lines(arguments.numbers)
    if not numbers:
        raise BadInput("nothing_to_push")
    profile = profile_of(arguments)
    with InstanceLock(places.lock), open_desk(places, attended=False) as desk:
        for damage in desk.damages():
            print(words.text(damage.key, **damage.values), file=sys.stderr)
        desk.sign_in(profile, secret_of(desk, profile))
        return _run(desk, order_of(arguments, numbers), words, as_json=arguments.json)


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


def _run(desk: Desk, order: RunOrder, words: Words, *, as_json: bool) -> int:
    started = time.monotonic()
    watcher, control = Watcher(words), RunControl()
    printer = Printer(sys.stdout, words, as_json=as_json)

    def tell() -> Sequence[Row]:
        rows = [watcher.rows[position] for position in sorted(watcher.rows)]
        printer.rows(rows, watcher.run_id, time.monotonic() - started)
        return rows

    with interruptible(control) as interrupted:
        try:
            desk.run(order, control, watcher)
        except JournalTrouble:
            if watcher.run_id is not None:
                tell()
            raise
    rows = tell()
    return Exit.INTERRUPTED if interrupted() else exit_of(rows)
