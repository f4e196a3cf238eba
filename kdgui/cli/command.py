"""What a command of the command line is, and the arguments that several commands share."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kdgui.store.messages.words import Words
    from kdgui.store.paths import Paths


@dataclass(frozen=True, slots=True)
class Command:
    """One command; `kdgui.cli.commands` lists all of them.

    Attributes:
        name: as it is typed.
        summary: one line for `kdgui --help`.
        add_arguments: adds its own arguments; `--json`, `--quiet` and `--log-file` are added for it.
        run: carries it out and gives the exit code; raises KdguiError, which is told by `complain`.
    """

    name: str
    summary: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace, Paths, Words], int]


def add_common(parser: argparse.ArgumentParser) -> None:
    """What every command takes."""
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--quiet", action="store_true", help="no progress on standard error; errors stay")
    parser.add_argument("--log-file", metavar="FILE", help="write the log here too, secrets masked")


def add_account(parser: argparse.ArgumentParser, *, saved: bool = True) -> None:
    """Where and as whom to sign in; `saved`: or as a saved connection says. See `named_profile`."""
    if saved:
        parser.add_argument(
            "--connection", default="", metavar="NAME", help="everything from a saved connection"
        )
    else:
        parser.set_defaults(connection="")
    parser.add_argument("--server", default="", metavar="URL", help="address of the server")
    parser.add_argument("--data-centre", default="", metavar="ID", help="id or name of the data centre")
    parser.add_argument("--user", default="", metavar="NAME")
    parser.add_argument(
        "--organisation", default="", metavar="NUMBER", help="organisation to work in; default: the user's"
    )


def add_place(parser: argparse.ArgumentParser) -> None:
    """Where and as whom to sign in, and which rule it is about."""
    add_account(parser)
    parser.add_argument("--form", required=True, help="source form id")
    parser.add_argument("--rule", required=True, help="conversion rule id")
    parser.add_argument("--target", default="", metavar="FORM", help="target form id, where nobody names it")


def add_numbers(parser: argparse.ArgumentParser) -> None:
    """Where the bill numbers come from; see `kdgui.cli.numbers`."""
    parser.add_argument(
        "--numbers",
        metavar="FILE",
        help="one bill number a line, or a workbook; - reads lines from stdin (the default)",
    )
    parser.add_argument("--sheet", default="", metavar="NAME", help="the sheet of the workbook")
    parser.add_argument(
        "--column", default="", metavar="NAME", help="the column of the table: its heading or its letter"
    )


def add_settle_seconds(parser: argparse.ArgumentParser) -> None:
    """How long to ask about what is not certain."""
    parser.add_argument("--settle-seconds", type=seconds, metavar="N", help="quiet time, exactly")


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
