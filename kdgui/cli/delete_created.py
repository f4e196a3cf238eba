"""`kdgui delete-created`: what a run created, as a list; with --yes it is deleted."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence

from kdgui.bootstrap import open_engine
from kdgui.cli.account import account_of, sign_in_as
from kdgui.cli.command import add_account, add_settle_seconds, within
from kdgui.cli.common import Watcher, interruptible
from kdgui.domain.chains import UndoItem, UndoState
from kdgui.domain.errors import BadInput
from kdgui.printing import Exit, visible
from kdgui.pushing.flow.run_control import RunControl
from kdgui.store.messages.words import Words
from kdgui.store.paths import Paths


def delete_created(arguments: argparse.Namespace, places: Paths, words: Words) -> int:
    """List, or delete as many as --yes says; the exit code. Raises KdguiError before anything was sent."""
    started = time.monotonic()
    control = RunControl()
    with (
        open_engine(places, attended=False) as engine,
        interruptible(control) as interrupted,
    ):
        if engine.journal.run(arguments.run) is None:
            raise BadInput("run_unknown", run=arguments.run)
        account = account_of(engine, engine.journal.chains.header(arguments.run))
        sign_in_as(engine, account, arguments, words)
        plan = engine.deletion.plan_way if arguments.whole_way else engine.deletion.plan
        items = plan(arguments.run, unaudit=arguments.unaudit)
        count = sum(item.state is UndoState.DELETABLE for item in items)
        if arguments.yes is not None:
            if arguments.yes != count:
                raise BadInput("count_differs", count=count, option=f"--yes {count}")
            items = engine.deletion.delete(
                items, control, Watcher(words, quiet=arguments.quiet), arguments.settle_seconds
            )
        runs = dict.fromkeys((arguments.run, *(item.run_id for item in items)))
        numbers = {(run, row.position): row.number for run in runs for row in engine.journal.rows(run)}
    _print(arguments, items, numbers, words, time.monotonic() - started)
    if interrupted():
        return Exit.INTERRUPTED
    wanted = UndoState.DELETABLE if arguments.yes is None else UndoState.DELETED
    if any(item.state is UndoState.UNSETTLED for item in items):
        return Exit.UNSETTLED
    return Exit.ALL_PUSHED if all(item.state is wanted for item in items) else Exit.NOT_ALL


def _print(
    arguments: argparse.Namespace,
    items: Sequence[UndoItem],
    numbers: Mapping[tuple[str, int], str],
    words: Words,
    seconds: float,
) -> None:
    counts = Counter(item.state.value for item in items)
    for item in items:
        sources = [numbers.get((item.run_id, position), "") for position in item.positions]
        why = words.reason(item.reason) if item.reason else ""
        said = item.reason.said if item.reason else ""
        why = why if not said or said in why else f"{why} ({said})"
        target = item.target
        if arguments.json:
            shown = {"form_id": target.form_id, "id": target.id, "number": target.number}
            _line(
                {
                    "numbers": sources,
                    "target": {**shown, "status": target.status},
                    "state": item.state.value,
                    "reason": why,
                }
            )
        else:
            state = words.text(f"undo.{item.state.value}")
            print("\t".join(map(visible, (target.label, ", ".join(sources), state, why))))
    if arguments.json:
        _line({"run": arguments.run, "counts": counts, "seconds": round(seconds, 3)})
        return
    told = "  ".join(f"{words.text(f'undo.{state}')} {number}" for state, number in counts.items())
    print(words.text("cli.undo", run=arguments.run, counts=told or "0"))
    count = counts[UndoState.DELETABLE.value]
    if arguments.yes is None and count:
        print(words.text("cli.undo_yes", option=f"--yes {count}"), file=sys.stderr)


def _line(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False), flush=True)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `kdgui delete-created` takes."""
    parser.add_argument("run", metavar="RUN", help="run id, as `runs` lists it")
    parser.add_argument("--unaudit", action="store_true", help="take back submitted and audited ones first")
    parser.add_argument(
        "--whole-way", action="store_true", help="with what was pushed on from it, the last bills first"
    )
    parser.add_argument("--yes", type=within(0), metavar="COUNT", help="delete; COUNT as the list gives it")
    add_account(parser)
    add_settle_seconds(parser)
