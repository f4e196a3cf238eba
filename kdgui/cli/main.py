"""The command line: reads the arguments, does what the command says, and ends with its exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from kdgui.arguments import parse
from kdgui.bootstrap import load_language
from kdgui.cli.commands import COMMANDS
from kdgui.cli.common import complain
from kdgui.domain.errors import KdguiError
from kdgui.store.paths import find_paths


def run(argv: Sequence[str]) -> int:
    """Do what the arguments say; the exit code."""
    arguments = parse(argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
    if arguments.command is None:
        from kdgui.app import main

        return main(arguments)
    places = find_paths(os.environ)
    words = load_language(places, arguments.language)
    if words.trouble is not None:
        complain(words.trouble, words)
    try:
        return COMMANDS[arguments.command].run(arguments, places, words)
    except KdguiError as trouble:
        return complain(trouble, words)
