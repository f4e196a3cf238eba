"""The command line's arguments: what may be asked for, and nothing that is not there."""

from __future__ import annotations

import argparse
import math

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
    settle = commands.add_parser("settle", help="ask the server about everything unsettled or presumed")
    settle.add_argument("--settle-seconds", type=seconds, metavar="N", help="quiet time, exactly")
    runs = commands.add_parser("runs", help="list the runs")
    show = commands.add_parser("show", help="show a run with its verdicts of now")
    show.add_argument("run", metavar="RUN", help="run id, as `runs` lists it")
    show.add_argument("--xlsx", metavar="FILE", help="write it as a workbook")
    for command in (settle, runs, show):
        command.add_argument("--json", action="store_true", help="one JSON object a line")
    _add_practice(commands.add_parser("practice", help="run the practice account until ended"))
    return parser


def _add_push(push: argparse.ArgumentParser) -> None:
    push.add_argument("--server", required=True, metavar="URL", help="address of the server")
    push.add_argument("--data-centre", required=True, metavar="ID", help="id of the data centre")
    push.add_argument("--user", required=True, metavar="NAME")
    push.add_argument("--form", required=True, help="source form id")
    push.add_argument("--rule", required=True, help="conversion rule id")
    push.add_argument("--target", default="", metavar="FORM", help="target form id, where nobody names it")
    push.add_argument("--numbers", default="-", metavar="FILE", help="one bill number a line; - reads stdin")
    push.add_argument("--draft-on-fail", action="store_true", help="keep a draft where saving fails")
    push.add_argument("--again", action="store_true", help="push bills that have targets already")
    push.add_argument("--settle-seconds", type=seconds, metavar="N", help="quiet time, exactly")
    push.add_argument("--timeout", type=seconds, metavar="SECONDS", help="read time-out of one request")
    push.add_argument("--json", action="store_true", help="one JSON object a line")


def _add_practice(practice: argparse.ArgumentParser) -> None:
    practice.add_argument("--port", type=int, default=0, metavar="N", help="0 takes a free one")
    practice.add_argument("--data", metavar="DIR", help="keep the books here")
    practice.add_argument("--latency-ms", type=int, default=0, metavar="N", help="every answer takes as long")
    practice.add_argument("--fault", type=fault, action="append", default=[], metavar="NAME:PROBABILITY")
    practice.add_argument("--seed", type=int, default=1, metavar="N", help="another seed, other books")
