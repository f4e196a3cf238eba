"""`kdgui runs` and `kdgui show`: what the journal holds, read beside a running instance too."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path

from kdgui.bootstrap import open_journal
from kdgui.cli.fill import fill_of
from kdgui.domain.errors import BadInput
from kdgui.printing import Exit, Printer, exit_of, exit_of_runs
from kdgui.store.messages.words import Words
from kdgui.store.paths import Paths
from kdgui.store.profiles import ProfileBook, label_of


def runs(arguments: argparse.Namespace, places: Paths, words: Words) -> int:
    """List the runs; the exit code that they call for."""
    with open_journal(places, repair=False) as journal:
        found, half_done = journal.runs(limit=1000), journal.chains.wishes()
    if arguments.since is not None:
        found = tuple(info for info in found if info.started_at >= arguments.since)
    Printer(sys.stdout, words, as_json=arguments.json).runs(found)
    return exit_of_runs(found, half_done)


def show(arguments: argparse.Namespace, places: Paths, words: Words) -> int:
    """Show one run, and write it as a workbook where that is asked for. Raises BadInput."""
    with open_journal(places, repair=False) as journal:
        info, rows = journal.run(arguments.run), journal.rows(arguments.run)
        half_done = arguments.run in journal.chains.wishes()
        filled = fill_of(journal, arguments.run) if info is not None else {}
    if info is None:
        raise BadInput("run_unknown", run=arguments.run)
    if arguments.xlsx:
        from kdgui.store.catalogue import load_catalogue
        from kdgui.store.exports.run_workbook import write_run_workbook

        label = label_of(ProfileBook(places.profiles).load(), info.server, info.data_centre_id)
        book = Path(arguments.xlsx)
        write_run_workbook(book, info, rows, words, label=label, catalogue=load_catalogue())
    seconds = (info.ended_at - info.started_at).total_seconds() if info.ended_at else 0.0
    Printer(sys.stdout, words, as_json=arguments.json).rows(rows, info.run_id, seconds, filled)
    return exit_of(rows) or (Exit.NOT_ALL if half_done else Exit.ALL_PUSHED)


def _since(text: str) -> datetime:
    """A day or a time as ISO writes it; without a zone it is the time of this PC."""
    try:
        return datetime.fromisoformat(text).astimezone()
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text}: a day (2026-05-31) or a time (2026-05-31T18:00) is needed"
        ) from None


def add_runs(parser: argparse.ArgumentParser) -> None:
    """What `kdgui runs` takes."""
    parser.add_argument("--since", type=_since, metavar="TIME", help="runs begun since this day or time")


def add_show(parser: argparse.ArgumentParser) -> None:
    """What `kdgui show` takes."""
    parser.add_argument("run", metavar="RUN", help="run id, as `runs` lists it")
    parser.add_argument("--xlsx", metavar="FILE", help="write it as a workbook")
