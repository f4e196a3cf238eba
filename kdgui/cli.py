"""The command line: reads the arguments, works at the desk, prints rows and ends with the right exit code."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from kdgui.arguments import build_parser
from kdgui.cli_common import Watcher, complain, interruptible, secret_of
from kdgui.cli_push import push
from kdgui.domain.errors import (
    BadInput,
    JournalTrouble,
    KdguiError,
)
from kdgui.domain.verdicts import Row
from kdgui.office import load_language, open_desk, open_journal
from kdgui.printing import Exit, Printer, exit_of, exit_of_runs
from kdgui.pushing.control import RunControl
from kdgui.pushing.desk import Desk
from kdgui.store.lock import InstanceLock
from kdgui.store.places import Places, find_places
from kdgui.store.profiles import Profile
from kdgui.store.words import Words
from kdgui.store.workbooks import write_run_workbook


def run(argv: Sequence[str]) -> int:
    """Do what the arguments say; the exit code."""
    arguments = build_parser().parse_args(argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
    if arguments.command == "practice":
        from kdgui.practising import serve

        return serve(arguments)
    if arguments.command is None:
        from kdgui.app import main

        return main(arguments)
    places = find_places(os.environ)
    words = load_language(places, arguments.language)
    if words.trouble is not None:
        complain(words.trouble, words)
    commands = {"push": push, "settle": _settle, "runs": _runs, "show": _show}
    try:
        return commands[arguments.command](arguments, places, words)
    except KdguiError as trouble:
        return complain(trouble, words)


def _settle(arguments: argparse.Namespace, places: Places, words: Words) -> int:
    started = time.monotonic()
    control = RunControl()
    found: list[Row] = []
    trouble: KdguiError | None = None
    with (
        InstanceLock(places.lock),
        open_desk(places, attended=False) as desk,
        interruptible(control) as interrupted,
    ):
        for profile, rows in _accounts_in_doubt(desk).items():
            try:
                desk.sign_in(profile, secret_of(desk, profile))
                found += desk.settle(control, Watcher(words), arguments.settle_seconds)
            except JournalTrouble:
                raise
            except KdguiError as failed:
                trouble = trouble or failed
                found += rows
    Printer(sys.stdout, words, as_json=arguments.json).rows(found, None, time.monotonic() - started)
    if trouble is not None:
        return complain(trouble, words)
    return Exit.INTERRUPTED if interrupted() else exit_of(found)


def _accounts_in_doubt(desk: Desk) -> dict[Profile, list[Row]]:
    """Whom to sign in as, to ask about what is open: as the runs were made, in the same organisation."""
    known = desk.profiles.load()
    accounts: dict[Profile, list[Row]] = {}
    for request in desk.journal.open_requests():
        header = request.header
        plain = Profile(server=header.server, data_centre_id=header.data_centre_id, user=header.user)
        fitting = (
            profile
            for profile in known
            if (profile.server.casefold(), profile.data_centre_id, profile.user)
            == (plain.server.casefold(), plain.data_centre_id, plain.user)
        )
        account = replace(next(fitting, plain), organisation=header.organisation_number)
        rows = accounts.setdefault(account, [])
        rows += request.rows
    return accounts


def _runs(arguments: argparse.Namespace, places: Places, words: Words) -> int:
    with open_journal(places, repair=False) as journal:
        runs = journal.runs(limit=1000)
    Printer(sys.stdout, words, as_json=arguments.json).runs(runs)
    return exit_of_runs(runs)


def _show(arguments: argparse.Namespace, places: Places, words: Words) -> int:
    with open_journal(places, repair=False) as journal:
        info, rows = journal.run(arguments.run), journal.rows(arguments.run)
    if info is None:
        raise BadInput("run_unknown", run=arguments.run)
    if arguments.xlsx:
        write_run_workbook(Path(arguments.xlsx), info, rows, words)
    seconds = (info.ended_at - info.started_at).total_seconds() if info.ended_at else 0.0
    Printer(sys.stdout, words, as_json=arguments.json).rows(rows, info.run_id, seconds)
    return exit_of(rows)
