"""`kdgui plans`: list, show, save, rename, delete, export and import plans, and ask what of one is gone."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

import msgspec

from kdgui.bootstrap import open_engine
from kdgui.cli.account import named_profile
from kdgui.cli.common import say
from kdgui.cli.find import add_conditions, conditions_of, has_conditions
from kdgui.cli.plan_arguments import complete, sign_in_as_planned
from kdgui.cli.push import add_order
from kdgui.domain.errors import BadInput
from kdgui.domain.orders import PushOptions
from kdgui.printing import Exit
from kdgui.store.atomic_files import write_atomically
from kdgui.store.messages.words import Words
from kdgui.store.paths import Paths
from kdgui.store.plans import Origin, Plan, PlanAccount, PlanBook, PlanSource, encode_plan, read_plan


def plans(arguments: argparse.Namespace, places: Paths, words: Words) -> int:
    """Do what is asked with the plans. Raises KdguiError."""
    book = PlanBook(places.plans)
    match arguments.action:
        case "show":
            _tell(book.get(arguments.name), arguments)
        case "save":
            return _save(book, arguments, places)
        case "rename":
            _tell(book.rename(arguments.name, arguments.to), arguments)
        case "delete":
            book.delete(arguments.name)
            print(words.text("cli.plan_deleted", name=arguments.name))
        case "export":
            write_atomically(Path(arguments.file), encode_plan(book.get(arguments.name)), private=False)
        case "import":
            plan = read_plan(Path(arguments.file))
            plan = replace(plan, name=arguments.named or plan.name)
            book.save(plan, new=not arguments.replace)
            _tell(plan, arguments)
        case "check":
            return _check(book.get(arguments.name), arguments, places, words)
        case _:
            _list(book, arguments, words)
    return Exit.ALL_PUSHED


def _list(book: PlanBook, arguments: argparse.Namespace, words: Words) -> None:
    for plan in book.load():
        if arguments.json:
            print(json.dumps(msgspec.to_builtins(plan), ensure_ascii=False), flush=True)
        else:
            account, rule = plan.account, plan.options.rule_id
            where = account.data_centre_name or account.data_centre
            origin = words.text(f"plan.{plan.source.origin.value}")
            print(f"{plan.name}\t{plan.form}\t{rule}\t{origin}\t{where}\t{account.user}")
    for path in book.damaged:
        say(words.error(BadInput("plan_unreadable", path=path)).what)


def _tell(plan: Plan, arguments: argparse.Namespace) -> None:
    if arguments.json:
        print(json.dumps(msgspec.to_builtins(plan), ensure_ascii=False), flush=True)
    else:
        print(encode_plan(plan).decode(), end="")


def _save(book: PlanBook, arguments: argparse.Namespace, places: Paths) -> int:
    complete(arguments, None)
    options = PushOptions(
        rule_id=arguments.rule,
        target_form=arguments.target,
        default_rule=arguments.default_rule,
        target_bill_type=arguments.target_bill_type,
        target_org_id=arguments.target_org,
        draft_on_fail=arguments.draft_on_fail,
        custom_params=tuple(arguments.param),
    )
    plan = Plan(
        arguments.name,
        arguments.form,
        _account(arguments, places),
        options,
        merged=arguments.merged,
        block=arguments.block,
        split=not arguments.no_split,
        parallel=arguments.parallel,
        again=arguments.again,
        then=arguments.then,
        source=_source(arguments),
        fill=dict(arguments.column_to or ()),
    )
    book.save(plan, new=not arguments.replace)
    _tell(plan, arguments)
    return Exit.ALL_PUSHED


def _source(arguments: argparse.Namespace) -> PlanSource:
    if has_conditions(arguments):
        if arguments.numbers is not None:
            raise BadInput("plan_two_sources")
        return PlanSource(Origin.FIND, find=conditions_of(_without_organisation(arguments)))
    if arguments.numbers not in (None, "-"):
        file = str(Path(arguments.numbers).absolute())
        return PlanSource(Origin.FILE, file, arguments.sheet, arguments.column)
    return PlanSource(Origin.PASTED, "", arguments.sheet, arguments.column)


def _without_organisation(arguments: argparse.Namespace) -> argparse.Namespace:
    """The organisation of a plan's account is where it works; it narrows no search."""
    return argparse.Namespace(**{**vars(arguments), "organisation": ""})


def _account(arguments: argparse.Namespace, places: Paths) -> PlanAccount:
    """Whose books, without asking a server for more than a data centre's id; none where none is named."""
    if not (arguments.connection or arguments.server or arguments.user):
        return PlanAccount()
    with open_engine(places, attended=False, repair=False) as engine:
        profile = named_profile(engine, arguments)
    return PlanAccount(
        profile.server, profile.data_centre_id, profile.data_centre_name, profile.user, profile.organisation
    )


def _check(plan: Plan, arguments: argparse.Namespace, places: Paths, words: Words) -> int:
    with open_engine(places, attended=False, repair=False) as engine:
        sign_in_as_planned(engine, arguments, plan, words)
        missing = engine.plan_check.missing(plan)
    for reason in missing:
        told = words.explain(reason)
        if arguments.json:
            print(json.dumps({"code": reason.code, "what": told.what, "do": told.do}, ensure_ascii=False))
        else:
            print(f"{told.what} {told.do}")
    return Exit.NOT_ALL if missing else Exit.ALL_PUSHED


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `kdgui plans` takes."""
    parser.set_defaults(connection="", server="", data_centre="", user="", organisation="")
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    plain = {"show": "show a plan", "delete": "delete a plan", "check": "what of it is gone"}
    for name, summary in plain.items():
        actions.add_parser(name, help=summary).add_argument("name", metavar="NAME")
    rename = actions.add_parser("rename", help="give a plan another name")
    rename.add_argument("name", metavar="NAME")
    rename.add_argument("to", metavar="NEW_NAME")
    export = actions.add_parser("export", help="write a plan to a file; it holds no password")
    export.add_argument("name", metavar="NAME")
    export.add_argument("file", metavar="FILE")
    taken = actions.add_parser("import", help="take over a plan from a file")
    taken.add_argument("file", metavar="FILE")
    taken.add_argument("--as", dest="named", default="", metavar="NAME", help="under another name")
    taken.add_argument("--replace", action="store_true", help="in the place of one of that name")
    save = actions.add_parser(
        "save", help="save a plan: the options of push, and of find where its bills are searched for"
    )
    save.add_argument("name", metavar="NAME")
    save.add_argument("--replace", action="store_true", help="in the place of one of that name")
    add_order(save)
    add_conditions(save)
    save.set_defaults(column_to=None)
