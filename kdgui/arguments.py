"""The command line's arguments: what may be asked for, and nothing that is not there."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable

import kdgui


def seconds(text: str) -> float:
    """A number of seconds, 0 or more."""
    value = float(text)
    if not (math.isfinite(value) and value >= 0):
        raise argparse.ArgumentTypeError(text)
    return value


def fault(text: str) -> tuple[str, float]:
    """NAME:PROBABILITY; NAME alone means always."""
    name, _, chance = text.partition(":")
    value = float(chance or 1)
    if not name or not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(text)
    return name, value


def within(least: int, most: int = 2**31 - 1) -> Callable[[str], int]:
    """A whole number between these."""

    def number(text: str) -> int:
        value = int(text)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{value} is not between {least} and {most}")
        return value

    return number


def ids(text: str) -> tuple[str, ...]:
    """Ids of digits, commas between; each once."""
    found = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if not found or not all(part.isdigit() for part in found):
        raise argparse.ArgumentTypeError(f"{text}: ids of digits are needed, commas between")
    return found


def pair(text: str) -> tuple[str, str]:
    """KEY=VALUE; the value may hold more of them, or be empty."""
    key, equals, value = text.partition("=")
    if not (key.strip() and equals):
        raise argparse.ArgumentTypeError(f"{text}: KEY=VALUE is needed")
    return key.strip(), value


def build_parser() -> argparse.ArgumentParser:
    """The parser of design section 6; a usage error ends with exit code 2."""
    parser = argparse.ArgumentParser(
        prog="kdgui", description="Push bills down (下推) in Kingdee K/3 Cloud: none twice, none untold."
    )
    parser.add_argument("--version", action="version", version=f"kdgui {kdgui.__version__}")
    parser.add_argument("--demo", action="store_true", help="open the window on the practice account")
    parser.add_argument(
        "--autoplay", metavar="DIR", help="with --demo: play by itself, leave pictures in DIR"
    )
    parser.add_argument("--language", choices=("zh", "en"), help="language of window and messages")
    parser.add_argument("--scheme", choices=("light", "dark"), help="colours of the window")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    _add_push(commands.add_parser("push", help="push a list of bills and say what became of each"))
    _add_check(commands.add_parser("check", help="what a push would find, without writing anything"))
    _add_ready(commands.add_parser("ready", help="what this server lets be seen before a rule is used"))
    _add_delete_created(
        commands.add_parser("delete-created", help="list what a run created, or delete it (--yes)")
    )
    settle = commands.add_parser("settle", help="ask the server about everything unsettled or presumed")
    settle.add_argument("--chains", action="store_true", help="carry on with what is half done as well")
    settle.add_argument("--settle-seconds", type=seconds, metavar="N", help="quiet time, exactly")
    runs = commands.add_parser("runs", help="list the runs")
    show = commands.add_parser("show", help="show a run with its verdicts of now")
    show.add_argument("run", metavar="RUN", help="run id, as `runs` lists it")
    show.add_argument("--xlsx", metavar="FILE", help="write it as a workbook")
    for command in (settle, runs, show):
        command.add_argument("--json", action="store_true", help="one JSON object a line")
    _add_practice(commands.add_parser("practice", help="run the practice account until ended"))
    return parser


def _add_place(command: argparse.ArgumentParser, *, form_needed: bool = True) -> None:
    """Where and as whom to sign in, and which rule it is about."""
    command.add_argument("--server", required=True, metavar="URL", help="address of the server")
    command.add_argument("--data-centre", required=True, metavar="ID", help="id of the data centre")
    command.add_argument("--user", required=True, metavar="NAME")
    command.add_argument(
        "--organisation", default="", metavar="NUMBER", help="organisation to work in; default: the user's"
    )
    command.add_argument("--form", required=form_needed, default="", help="source form id")
    command.add_argument("--rule", required=True, help="conversion rule id")
    command.add_argument("--target", default="", metavar="FORM", help="target form id, where nobody names it")


def _add_check(check: argparse.ArgumentParser) -> None:
    _add_place(check)
    check.add_argument("--numbers", default="-", metavar="FILE", help="one bill number a line; - reads stdin")
    check.add_argument("--json", action="store_true", help="one JSON object a line")


def _add_ready(ready: argparse.ArgumentParser) -> None:
    _add_place(ready)
    ready.add_argument("--json", action="store_true", help="one JSON object a line")
    ready.add_argument("--export", metavar="FILE", help="write the report with the server's raw answers")


def _add_push(push: argparse.ArgumentParser) -> None:
    _add_place(push, form_needed=False)
    push.add_argument("--numbers", metavar="FILE", help="one bill number a line; - reads stdin (the default)")
    push.add_argument(
        "--entry-ids",
        type=ids,
        default=(),
        metavar="ID,ID",
        help="push these lines alone, by entry id",
    )
    push.add_argument(
        "--merged", action="store_true", help="several bills in one request, as the rule groups"
    )
    push.add_argument(
        "--block", type=within(1, 10_000), default=1000, metavar="N", help="bills in one of them"
    )
    push.add_argument(
        "--no-split", action="store_true", help="leave a refused block alone; default: find out whose fault"
    )
    push.add_argument(
        "--parallel", type=within(1, 3), default=1, metavar="N", help="requests at a time, 1 to 3"
    )
    push.add_argument("--target-org", type=within(0), default=0, metavar="ID", help="target organisation")
    push.add_argument("--target-bill-type", default="", metavar="ID", help="bill type of the target")
    push.add_argument(
        "--default-rule", action="store_true", help='the default rule from FORM to --target; RULE may be ""'
    )
    push.add_argument(
        "--param", type=pair, action="append", default=[], metavar="KEY=VALUE", help="for the rule's plug-in"
    )
    push.add_argument("--draft-on-fail", action="store_true", help="keep a draft where saving fails")
    push.add_argument("--again", action="store_true", help="push bills that have targets already")
    push.add_argument(
        "--then",
        choices=("fill", "submit", "audit"),
        default="",
        help="submit the targets, or submit and audit them; what is to be filled in is filled in before",
    )
    push.add_argument(
        "--fill",
        metavar="FILE",
        help="fill in the targets from this .xlsx or .csv: bill number, perhaps the line, a column a field",
    )
    push.add_argument(
        "--from-run",
        metavar="RUN",
        help="push on what that run made and is approved; FORM is its target form",
    )
    push.add_argument("--settle-seconds", type=seconds, metavar="N", help="quiet time, exactly")
    push.add_argument("--timeout", type=seconds, metavar="SECONDS", help="read time-out of one request")
    push.add_argument("--json", action="store_true", help="one JSON object a line")


def _add_delete_created(undo: argparse.ArgumentParser) -> None:
    undo.add_argument("run", metavar="RUN", help="run id, as `runs` lists it")
    undo.add_argument("--unaudit", action="store_true", help="take back submitted and audited ones first")
    undo.add_argument(
        "--whole-way", action="store_true", help="with what was pushed on from it, the last bills first"
    )
    undo.add_argument("--yes", type=within(0), metavar="COUNT", help="delete; COUNT as the list gives it")
    undo.add_argument("--settle-seconds", type=seconds, metavar="N", help="quiet time, exactly")
    undo.add_argument("--json", action="store_true", help="one JSON object a line")


def _add_practice(practice: argparse.ArgumentParser) -> None:
    practice.add_argument("--port", type=int, default=0, metavar="N", help="0 takes a free one")
    practice.add_argument("--data", metavar="DIR", help="keep the books here")
    practice.add_argument("--latency-ms", type=int, default=0, metavar="N", help="every answer takes as long")
    practice.add_argument("--fault", type=fault, action="append", default=[], metavar="NAME:PROBABILITY")
    practice.add_argument("--seed", type=int, default=1, metavar="N", help="another seed, other books")
