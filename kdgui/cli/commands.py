"""All commands of the command line, in the order in which `kdgui --help` shows them.

What a command does is loaded when it is typed: `kdgui runs` needs neither a connection nor a practice server.
"""

from __future__ import annotations

import argparse
from importlib import import_module
from typing import TYPE_CHECKING

from kdgui.cli.command import Command

if TYPE_CHECKING:
    from kdgui.store.messages.words import Words
    from kdgui.store.paths import Paths


def _command(name: str, summary: str, module: str, arguments: str, run: str) -> Command:
    """A command whose two functions are those of these names in that module of `kdgui.cli`."""

    def add_arguments(parser: argparse.ArgumentParser) -> None:
        getattr(import_module(f"kdgui.cli.{module}"), arguments)(parser)

    def carry_out(given: argparse.Namespace, places: Paths, words: Words) -> int:
        return int(getattr(import_module(f"kdgui.cli.{module}"), run)(given, places, words))

    return Command(name, summary, add_arguments, carry_out)


COMMANDS = {
    command.name: command
    for command in (
        _command("push", "push a list of bills and say what became of each", "push", "add_arguments", "push"),
        _command(
            "check", "what a push would find, without writing anything", "check", "add_arguments", "check"
        ),
        _command(
            "find", "find bills; its output is what push --numbers - takes", "find", "add_arguments", "find"
        ),
        _command("plans", "list the plans, or show, save, export … one", "plans", "add_arguments", "plans"),
        _command(
            "ready", "what this server lets be seen before a rule is used", "ready", "add_arguments", "ready"
        ),
        _command(
            "delete-created",
            "list what a run created, or delete it (--yes)",
            "delete_created",
            "add_arguments",
            "delete_created",
        ),
        _command(
            "settle",
            "ask the server about everything unsettled or presumed",
            "settle",
            "add_arguments",
            "settle",
        ),
        _command("runs", "list the runs", "runs", "add_runs", "runs"),
        _command("show", "show a run with its verdicts of now", "runs", "add_show", "show"),
        _command("watch", "push every list that is put into a folder", "watch", "add_arguments", "watch"),
        _command(
            "journal",
            "acknowledge that the record of pushes was lost or damaged",
            "journal",
            "add_arguments",
            "journal",
        ),
        _command("connections", "list the saved connections", "connections", "add_nothing", "connections"),
        _command(
            "login", "save a connection and its password under a name", "connections", "add_login", "login"
        ),
        _command("forget", "forget a saved connection and its password", "connections", "add_name", "forget"),
        _command(
            "data-centres", "list the data centres of a server", "choices", "add_data_centres", "data_centres"
        ),
        _command("forms", "list the forms that bills can be pushed from", "choices", "add_nothing", "forms"),
        _command("rules", "list the conversion rules from a form", "choices", "add_rules", "rules"),
        _command(
            "self-check",
            "look whether this machine has what the program needs",
            "self_check",
            "add_arguments",
            "self_check",
        ),
        _command(
            "team", "the shared ledger of several PCs: make, test, look", "team", "add_arguments", "team"
        ),
        _command("practice", "run the practice account until ended", "practice", "add_arguments", "serve"),
    )
}
