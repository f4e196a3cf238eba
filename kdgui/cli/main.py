"""The command line: reads the arguments, calls the engine, prints rows and ends with the right exit code."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from kdgui.arguments import build_parser
from kdgui.bootstrap import load_language, open_engine, open_journal
from kdgui.cli.check import check
from kdgui.cli.common import Watcher, account_of, complain, interruptible, secret_of
from kdgui.cli.delete_created import delete_created
from kdgui.cli.fill import fill_of
from kdgui.cli.push import push
from kdgui.cli.ready import ready
from kdgui.domain.chains import CANCEL, DELETE, UNAUDIT
from kdgui.domain.errors import BadInput, JournalTrouble, KdguiError
from kdgui.domain.verdicts import Row
from kdgui.printing import Exit, Printer, exit_of, exit_of_runs
from kdgui.pushing.engine import PushEngine
from kdgui.pushing.flow.run_control import RunControl
from kdgui.store.catalogue import load_catalogue
from kdgui.store.exports.run_workbook import write_run_workbook
from kdgui.store.instance_lock import InstanceLock
from kdgui.store.messages.words import Words
from kdgui.store.paths import Paths, find_paths
from kdgui.store.profiles import Profile, ProfileBook, label_of


def run(argv: Sequence[str]) -> int:
    """Do what the arguments say; the exit code."""
    arguments = build_parser().parse_args(argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
    if arguments.command == "practice":
        from kdgui.cli.practice import serve

        return serve(arguments)
    if arguments.command is None:
        from kdgui.app import main

        return main(arguments)
    places = find_paths(os.environ)
    words = load_language(places, arguments.language)
    if words.trouble is not None:
        complain(words.trouble, words)
    commands = {
        "push": push,
        "check": check,
        "settle": _settle,
        "runs": _runs,
        "show": _show,
        "delete-created": delete_created,
        "ready": ready,
    }
    try:
        return commands[arguments.command](arguments, places, words)
    except KdguiError as trouble:
        return complain(trouble, words)


def _settle(arguments: argparse.Namespace, places: Paths, words: Words) -> int:
    started = time.monotonic()
    control = RunControl()
    found: list[Row] = []
    trouble: KdguiError | None = None
    with (
        InstanceLock(places.lock),
        open_engine(places, attended=False) as engine,
        interruptible(control) as interrupted,
    ):
        for profile, rows in _accounts_in_doubt(engine).items():
            try:
                engine.connection.sign_in(profile, secret_of(engine, profile))
                found += engine.runs.settle(
                    control, Watcher(words), arguments.settle_seconds, chains=arguments.chains
                )
            except JournalTrouble:
                raise
            except KdguiError as failed:
                trouble = trouble or failed
                found += rows
    Printer(sys.stdout, words, as_json=arguments.json).rows(found, None, time.monotonic() - started)
    if trouble is not None:
        return complain(trouble, words)
    return Exit.INTERRUPTED if interrupted() else exit_of(found)


def _accounts_in_doubt(engine: PushEngine) -> dict[Profile, list[Row]]:
    """Whom to sign in as, to ask about what is open or half done, with the rows in question."""
    accounts: dict[Profile, list[Row]] = {}
    for request in engine.journal.open_requests():
        accounts.setdefault(account_of(engine, request.header), []).extend(request.rows)
    chains = engine.journal.chains
    for run_id in dict.fromkeys((*chains.wishes(), *chains.runs_with_open_steps((UNAUDIT, CANCEL, DELETE)))):
        rows = accounts.setdefault(account_of(engine, chains.header(run_id)), [])
        rows += [row for row in engine.journal.rows(run_id) if row.half_done and row not in rows]
    return accounts


def _runs(arguments: argparse.Namespace, places: Paths, words: Words) -> int:
    with open_journal(places, repair=False) as journal:
        runs, half_done = journal.runs(limit=1000), journal.chains.wishes()
    Printer(sys.stdout, words, as_json=arguments.json).runs(runs)
    return exit_of_runs(runs, half_done)


def _show(arguments: argparse.Namespace, places: Paths, words: Words) -> int:
    with open_journal(places, repair=False) as journal:
        info, rows = journal.run(arguments.run), journal.rows(arguments.run)
        half_done = arguments.run in journal.chains.wishes()
        filled = fill_of(journal, arguments.run) if info is not None else {}
    if info is None:
        raise BadInput("run_unknown", run=arguments.run)
    if arguments.xlsx:
        label = label_of(ProfileBook(places.profiles).load(), info.server, info.data_centre_id)
        book = Path(arguments.xlsx)
        write_run_workbook(book, info, rows, words, label=label, catalogue=load_catalogue())
    seconds = (info.ended_at - info.started_at).total_seconds() if info.ended_at else 0.0
    Printer(sys.stdout, words, as_json=arguments.json).rows(rows, info.run_id, seconds, filled)
    return exit_of(rows) or (Exit.NOT_ALL if half_done else Exit.ALL_PUSHED)
