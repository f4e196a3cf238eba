"""The bills of a plan that are searched for, and what a search leaves out."""

from __future__ import annotations

import argparse
from dataclasses import replace

from kdgui.cli.common import say
from kdgui.cli.plan_arguments import names_bills
from kdgui.domain.errors import BadInput
from kdgui.domain.orders import RunOrder
from kdgui.pushing.engine import PushEngine
from kdgui.pushing.flow.run_control import RunControl
from kdgui.pushing.inspect.find_bills import FindResult
from kdgui.store.messages.words import Words
from kdgui.store.plans import Origin, Plan


def is_searched(arguments: argparse.Namespace, plan: Plan) -> bool:
    """Whether the bills come from the plan's search: no list was given."""
    return plan.source.origin is Origin.FIND and arguments.numbers is None and not names_bills(arguments)


def found_by_plan(engine: PushEngine, order: RunOrder, plan: Plan, words: Words) -> RunOrder:
    """The order with the bills that the plan's conditions find, by their FIDs.

    Raises:
        BadInput: nothing_to_push where none is found; conditions that do not fit. What a read raises.
    """
    found = engine.finding.bills(order.form_id, order.options, plan.source.find, RunControl(), details=False)
    tell_limits(found, words)
    if not found.bills:
        raise BadInput("nothing_to_push")
    oldest_first = tuple(reversed(found.bills))
    numbers = tuple(each.bill.number for each in oldest_first)
    chosen = tuple((place, each.bill.id) for place, each in enumerate(oldest_first))
    return replace(order, numbers=numbers, chosen=chosen)


def tell_limits(found: FindResult, words: Words) -> None:
    """Say on stderr what a search left out, and what the form does not tell."""
    if found.more:
        say(words.text("cli.find_more", n=len(found.bills)))
    if found.untold:
        say(words.text("cli.find_untold", n=found.untold))
    for note in found.notes:
        told = words.explain(note)
        say(words.text("cli.unchecked", what=told.what, why=told.why))
