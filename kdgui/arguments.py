"""The command line's arguments: those of the window, and one parser for each command."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import kdgui
from kdgui.cli.command import add_common
from kdgui.cli.commands import COMMANDS


def build_parser(argv: Sequence[str] | None = None) -> argparse.ArgumentParser:
    """The parser; a usage error ends with exit code 2.

    For these arguments alone where `argv` is given: commands that are not named in it take nothing then.
    """
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
    for command in COMMANDS.values():
        own = commands.add_parser(command.name, help=command.summary, description=command.summary)
        if argv is None or command.name in argv:
            command.add_arguments(own)
            add_common(own)
    return parser


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The arguments; ends the program with 2 where they contradict each other.

    An option of the window before a command would be read and do nothing: `--demo push` once really pushed.
    """
    parser = build_parser(argv)
    arguments = parser.parse_args(argv)
    if arguments.command is not None:
        given = {"--demo": arguments.demo, "--autoplay": arguments.autoplay, "--scheme": arguments.scheme}
        if lost := [name for name, value in given.items() if value]:
            parser.error(f"{', '.join(lost)}: of the window only, not of the command {arguments.command}")
    elif arguments.autoplay is not None and not arguments.demo:
        parser.error("--autoplay: only with --demo; it never plays on a real server")
    return arguments
