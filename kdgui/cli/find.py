"""`kdgui find`: bills of a form that meet conditions, one number a line, as `push --numbers -` takes them."""

from __future__ import annotations

import argparse
import json
import time
from decimal import Decimal

from kdgui.bootstrap import open_engine
from kdgui.cli.bill_source import tell_limits
from kdgui.cli.command import add_account, within
from kdgui.cli.common import interruptible, say
from kdgui.cli.plan_arguments import complete, plan_of, sign_in_as_planned
from kdgui.domain.bill_numbers import MOST_NUMBERS
from kdgui.domain.errors import BadInput
from kdgui.domain.find_conditions import FindConditions, Period, read_condition
from kdgui.domain.orders import PushOptions
from kdgui.printing import Exit
from kdgui.pushing.flow.run_control import RunControl
from kdgui.pushing.inspect.find_bills import FindProgress, FindResult, FoundBill
from kdgui.store.messages.words import Words
from kdgui.store.paths import Paths
from kdgui.store.plans import Origin


def find(arguments: argparse.Namespace, places: Paths, words: Words) -> int:
    """Find as the arguments say; 0 where something was found, 6 where nothing was. Raises KdguiError."""
    plan = plan_of(arguments, places)
    if plan is not None and plan.source.origin is Origin.FIND and not has_conditions(arguments):
        conditions = plan.source.find
    else:
        conditions = conditions_of(arguments)
    complete(arguments, plan, rule_needed=False)
    options = PushOptions(
        rule_id=arguments.rule, target_form=arguments.target, default_rule=arguments.default_rule
    )
    if conditions.with_left and not (options.rule_id or options.default_rule):
        raise BadInput("find_left_needs_rule")
    control, started = RunControl(), time.monotonic()
    with (
        open_engine(places, attended=False, repair=False) as engine,
        interruptible(control) as interrupted,
    ):
        sign_in_as_planned(engine, arguments, plan, words)

        def tell(progress: FindProgress) -> None:
            if not arguments.json:
                for found in progress.bills:
                    print(found.bill.number, flush=True)

        result = engine.finding.bills(
            arguments.form, options, conditions, control, tell, most=arguments.limit, details=arguments.json
        )
    _finish(result, words, arguments, time.monotonic() - started)
    if interrupted():
        return Exit.INTERRUPTED
    return Exit.ALL_PUSHED if result.bills else Exit.NOTHING_TO_DO


def _finish(result: FindResult, words: Words, arguments: argparse.Namespace, seconds: float) -> None:
    if arguments.json:
        for found in result.bills:
            print(json.dumps(_facts(found), ensure_ascii=False))
        last = {
            "found": len(result.bills),
            "looked_at": result.looked_at,
            "more": result.more,
            "untold": result.untold,
            "notes": [note.code for note in result.notes],
            "seconds": round(seconds, 3),
        }
        print(json.dumps(last, ensure_ascii=False), flush=True)
    tell_limits(result, words)
    if not arguments.quiet:
        say(words.text("cli.found", n=len(result.bills), looked_at=result.looked_at))


def conditions_of(arguments: argparse.Namespace) -> FindConditions:
    """What the arguments ask for. Raises BadInput."""
    conditions = FindConditions(
        period=Period(arguments.period or ""),
        date_from=arguments.from_day or "",
        date_to=arguments.to_day or "",
        organisation=arguments.organisation,
        partner=arguments.partner or "",
        creator=arguments.creator or "",
        bill_type=arguments.bill_type or "",
        status="C" if arguments.status is None else arguments.status,
        open_only=not arguments.closed_too,
        with_left=bool(arguments.left),
        where=tuple(map(read_condition, arguments.where or ())),
    )
    if conditions.period and (conditions.date_from or conditions.date_to):
        raise BadInput("find_dates_twice")
    return conditions


def has_conditions(arguments: argparse.Namespace) -> bool:
    """Whether any condition was given."""
    names = (
        *("period", "from_day", "to_day", "partner", "creator", "bill_type", "status"),
        *("closed_too", "left", "where"),
    )
    return any(getattr(arguments, name) for name in names)


def _facts(found: FoundBill) -> dict[str, object]:
    left, organisation = found.left, found.bill.field("organisation_number")
    return {
        "number": found.bill.number,
        "id": found.bill.id,
        "status": found.bill.status,
        "date": found.date or None,
        "organisation": organisation,
        "partner": found.partner or None,
        "amount": _number(found.amount),
        "left": _number(left.left) if left else None,
        "total": _number(left.total) if left else None,
        "targets": [
            {"form_id": each.form_id, "id": each.id, "number": each.number, "status": each.status}
            for each in found.targets
        ],
    }


def _number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def add_conditions(parser: argparse.ArgumentParser) -> None:
    """Which bills are looked for."""
    parser.add_argument("--from", dest="from_day", metavar="DAY", help="first day, 2026-11-01")
    parser.add_argument("--to", dest="to_day", metavar="DAY", help="last day")
    parser.add_argument(
        "--period", choices=[period.value for period in Period if period], help="days that move with today"
    )
    parser.add_argument("--partner", metavar="N", help="supplier or customer, by number or name")
    parser.add_argument("--creator", metavar="N", help="who made them, by number or name")
    parser.add_argument("--bill-type", metavar="N", help="bill type, by number or name")
    parser.add_argument("--status", metavar="S", help='Z A B C D; default: C (approved), "" for any')
    parser.add_argument("--closed-too", action="store_true", help="closed and cancelled ones as well")
    parser.add_argument(
        "--where", action="append", metavar='"FIELD OP VALUE"',
        help="a further condition; OP: = != > >= < <= ~ (contains) !~ in starts empty filled; repeatable",
    )  # fmt: skip
    parser.add_argument("--left", action="store_true", help="only bills that the rule has something left of")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `kdgui find` takes."""
    add_account(parser)  # --organisation: work there, and find the bills that belong to it
    parser.add_argument("--plan", default="", metavar="NAME", help="form, rule and conditions of a plan")
    parser.add_argument("--form", help="form id of the bills")
    parser.add_argument("--rule", help="conversion rule id, for --left and for what was pushed already")
    parser.add_argument("--target", metavar="FORM", help="target form id, where nobody names it")
    add_conditions(parser)
    parser.add_argument(
        "--limit", type=within(1, MOST_NUMBERS), default=MOST_NUMBERS, metavar="N", help="at most so many"
    )
