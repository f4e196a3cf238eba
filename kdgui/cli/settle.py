"""`kdgui settle`: asks the servers about everything unsettled or half done."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable

from kdgui.bootstrap import open_engine
from kdgui.cli.account import account_of, is_named, names_account, sign_in_as
from kdgui.cli.command import add_account, add_settle_seconds
from kdgui.cli.common import Watcher, complain, interruptible
from kdgui.domain.chains import CANCEL, DELETE, UNAUDIT
from kdgui.domain.errors import JournalTrouble, KdguiError, LedgerTrouble
from kdgui.domain.verdicts import Row
from kdgui.printing import Exit, Printer, exit_of
from kdgui.pushing.engine import PushEngine
from kdgui.pushing.flow.run_control import RunControl
from kdgui.store.messages.words import Words
from kdgui.store.paths import Paths
from kdgui.store.profiles import Profile


def settle(arguments: argparse.Namespace, places: Paths, words: Words) -> int:
    """Ask as every account that has something open, or as the one named; the exit code.

    The password given goes to the account named and to no other: once it went to every server.
    """
    started = time.monotonic()
    control = RunControl()
    found: list[Row] = []
    trouble: KdguiError | None = None
    with (
        open_engine(places, attended=False) as engine,
        interruptible(control) as interrupted,
    ):
        accounts = _accounts_in_doubt(engine)
        try:
            accounts |= _accounts_with_orphans(engine, accounts)
        except LedgerTrouble as unreached:
            trouble = unreached
        for profile, rows in accounts.items():
            if names_account(arguments) and not is_named(engine, profile, arguments):
                continue
            try:
                sign_in_as(engine, profile, arguments, words)
                found += engine.runs.settle(
                    control,
                    Watcher(words, quiet=arguments.quiet),
                    arguments.settle_seconds,
                    chains=arguments.chains,
                )
            except JournalTrouble:
                raise
            except KdguiError as failed:
                trouble = trouble or failed
                found += rows
    Printer(sys.stdout, words, as_json=arguments.json).rows(found, None, time.monotonic() - started)
    if trouble is not None:
        return complain(trouble, words, as_json=arguments.json)
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


def _accounts_with_orphans(engine: PushEngine, known: Iterable[Profile]) -> dict[Profile, list[Row]]:
    """Whom to sign in as where only silent PCs of the team left bills in flight. Raises LedgerTrouble."""
    takeovers = engine.team.takeovers()
    if takeovers is None:
        return {}
    places = {profile.data_centre_id.casefold() for profile in known}
    accounts: dict[Profile, list[Row]] = {}
    for profile in engine.profiles.load():
        place = profile.data_centre_id.casefold()
        if place not in places and takeovers.orphans(profile.data_centre_id):
            places.add(place)
            accounts[profile] = []
    return accounts


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `kdgui settle` takes."""
    add_account(parser)
    add_settle_seconds(parser)
    parser.add_argument("--chains", action="store_true", help="carry on with what is half done as well")
