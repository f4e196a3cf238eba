"""Which bill numbers a command is about: `--numbers FILE`, and of a workbook `--sheet` and `--column`."""

from __future__ import annotations

import argparse

from kdgui.cli.common import say
from kdgui.store.imports.number_source import read_number_source
from kdgui.store.messages.words import Words


def numbers_of(arguments: argparse.Namespace, words: Words) -> tuple[str, ...]:
    """The numbers; what was left out of a table is told on stderr.

    Raises what `read_number_source` raises.
    """
    found = read_number_source(arguments.numbers or "-", arguments.sheet, arguments.column)
    if found.column:
        said = [f"{words.text(f'left_out.{fate.value}')} {count}" for fate, count in found.left_out.items()]
        told = words.text("cli.numbers_read", n=len(found.numbers), sheet=found.sheet, column=found.column)
        rest = words.text("cli.numbers_left_out", what=" / ".join(said)) if said else ""
        say(told + rest)
    return found.numbers
