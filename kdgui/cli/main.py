"""The command line: reads the arguments, does what the command says, and ends with its exit code."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from kdgui.arguments import parse
from kdgui.bootstrap import load_language
from kdgui.cli.commands import COMMANDS
from kdgui.cli.common import complain, say
from kdgui.domain.errors import KdguiError
from kdgui.printing import Exit
from kdgui.store.logs import command_logging
from kdgui.store.messages.words import Words
from kdgui.store.paths import Paths, close_to_others, find_paths
from kdgui.store.settings import SettingsFile

log = logging.getLogger(__name__)


def run(argv: Sequence[str]) -> int:
    """Do what the arguments say; the exit code."""
    return carry_out(parse(argv))


def carry_out(arguments: argparse.Namespace) -> int:
    """As `run`, the arguments read."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
    if arguments.command is None:
        from kdgui.app import main

        return main(arguments)
    places = find_paths(os.environ)
    words = load_language(places, arguments.language)
    try:
        return _run_command(arguments, places, words)
    except BrokenPipeError:  # `| head` has read enough
        _leave_output()
        return Exit.OUTPUT_GONE
    except KeyboardInterrupt:
        return Exit.INTERRUPTED


def _run_command(arguments: argparse.Namespace, places: Paths, words: Words) -> int:
    """One command, its beginning and end in the log; a fault that nobody foresaw ends in a sentence."""
    as_json = arguments.json and arguments.command != "practice"
    further = Path(arguments.log_file) if arguments.log_file else None
    try:
        if words.trouble is not None:
            complain(words.trouble, words)
        if close_to_others(places.home):
            say(words.text("told.folder_closed", path=places.home))
        level = SettingsFile(places.settings).load().log_level
        with command_logging(places, level, further):
            log.info("kdgui %s", arguments.command)
            code = _ended(arguments, places, words, as_json=as_json)
            log.info("kdgui %s ended with exit code %d", arguments.command, code)
            sys.stdout.flush()
            return code
    except KdguiError as trouble:
        return complain(trouble, words, as_json=as_json)


def _ended(arguments: argparse.Namespace, places: Paths, words: Words, *, as_json: bool) -> int:
    try:
        return int(COMMANDS[arguments.command].run(arguments, places, words))
    except KdguiError as trouble:
        return complain(trouble, words, as_json=as_json)
    except BrokenPipeError:
        raise
    except Exception as fault:
        log.exception("a fault that nobody foresaw")
        detail = str(places.log_dir / "kdgui-cli.log")
        return complain(
            KdguiError("unknown_fault", detail, kind=type(fault).__name__), words, as_json=as_json
        )


def _leave_output() -> None:
    """Python flushes stdout once more at its end, and would tell of the same pipe again."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
