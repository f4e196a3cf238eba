"""What a plan gives to a command, and what single arguments override."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import replace

from kdgui.cli.account import names_account, sign_in, sign_in_with
from kdgui.domain.accounts import DataCentreKey
from kdgui.domain.errors import BadInput
from kdgui.pushing.engine import PushEngine
from kdgui.store.messages.words import Words
from kdgui.store.paths import Paths
from kdgui.store.plans import Origin, Plan, PlanBook
from kdgui.store.profiles import Profile

_USUAL: Mapping[str, object] = {
    "form": "",
    "rule": "",
    "target": "",
    "default_rule": False,
    "target_org": 0,
    "target_bill_type": "",
    "param": (),
    "draft_on_fail": False,
    "merged": False,
    "block": 1000,
    "no_split": False,
    "parallel": 1,
    "again": False,
    "then": "",
}
"""What holds where neither an argument nor a plan says otherwise; an argument that was not given is None."""


def plan_of(arguments: argparse.Namespace, places: Paths) -> Plan | None:
    """The plan that is named, or None. Raises BadInput: plan_unknown."""
    return PlanBook(places.plans).get(arguments.plan) if arguments.plan else None


def complete(arguments: argparse.Namespace, plan: Plan | None, *, rule_needed: bool = True) -> None:
    """Fill in what was not given: from the plan, else what is usual.

    Raises BadInput: plan_form_missing.
    """
    known = {**_USUAL, **(_said_by(plan) if plan is not None else {})}
    for name, value in known.items():
        if getattr(arguments, name, None) is None:
            setattr(arguments, name, value)
    _complete_source(arguments, plan)
    has_rule = arguments.rule or arguments.default_rule
    form_told = arguments.form or getattr(arguments, "from_run", "")
    if not form_told or (rule_needed and not has_rule):
        raise BadInput("plan_form_missing")


def names_bills(arguments: argparse.Namespace) -> bool:
    """Whether something else than a list says which bills: lines, a table of values, an earlier run."""
    return any(getattr(arguments, name, "") for name in ("entry_ids", "fill", "from_run"))


def _complete_source(arguments: argparse.Namespace, plan: Plan | None) -> None:
    """The plan's file, where no other list was given; its sheet and column hold for another file too."""
    if plan is None or plan.source.origin is not Origin.FILE or not hasattr(arguments, "numbers"):
        return
    if arguments.numbers is None and not names_bills(arguments):
        arguments.numbers = plan.source.file
    if arguments.numbers != "-":
        arguments.sheet = arguments.sheet or plan.source.sheet
        arguments.column = arguments.column or plan.source.column


def sign_in_as_planned(
    engine: PushEngine, arguments: argparse.Namespace, plan: Plan | None, words: Words
) -> None:
    """Sign in as the arguments say, else as the plan does. Raises as `sign_in`."""
    named = names_account(arguments) or arguments.server or arguments.user
    if plan is None or named or not plan.account.server:
        sign_in(engine, arguments, words)
    else:
        sign_in_with(engine, _profile(engine, plan, arguments.organisation), words)


def _profile(engine: PushEngine, plan: Plan, organisation: str) -> Profile:
    """The saved connection of the plan's account, with all that belongs to it; else what the plan knows."""
    account = plan.account
    plain = Profile(
        server=account.server,
        data_centre_id=account.data_centre,
        user=account.user,
        data_centre_name=account.data_centre_name,
    )
    wanted = (DataCentreKey.of(plain), plain.user)
    saved = (each for each in engine.profiles.load() if (DataCentreKey.of(each), each.user) == wanted)
    return replace(next(saved, plain), organisation=organisation or account.organisation)


def _said_by(plan: Plan) -> dict[str, object]:
    options = plan.options
    return {
        "form": plan.form,
        "rule": options.rule_id,
        "target": options.target_form,
        "default_rule": options.default_rule,
        "target_org": options.target_org_id,
        "target_bill_type": options.target_bill_type,
        "param": options.custom_params,
        "draft_on_fail": options.draft_on_fail,
        "merged": plan.merged,
        "block": plan.block,
        "no_split": not plan.split,
        "parallel": plan.parallel,
        "again": plan.again,
        "then": plan.then,
    }
