"""The command line: reads the arguments, works at the desk, prints rows and ends with the right exit code."""

from __future__ import annotations

import argparse
import getpass
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from kdgui.arguments import build_parser
from kdgui.domain.errors import (
    BadInput,
    JournalTrouble,
    KdguiError,
    SecretsUnavailable,
    SignInRefused,
)
from kdgui.domain.orders import PushOptions, RunOrder
from kdgui.domain.verdicts import Progress, Row
from kdgui.k3cloud.address import read_address
from kdgui.office import load_language, open_desk, open_journal
from kdgui.printing import Exit, Printer, exit_of, exit_of_runs
from kdgui.pushing.control import Pause, RunControl
from kdgui.pushing.desk import Desk
from kdgui.store.lock import InstanceLock
from kdgui.store.places import Places, find_places
from kdgui.store.profiles import Profile
from kdgui.store.words import Words
from kdgui.store.workbooks import read_number_lines, write_run_workbook

PASSWORD_VARIABLE = "KDGUI_PASSWORD"  # noqa: S105 - the name of a variable


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
    commands = {"push": _push, "settle": _settle, "runs": _runs, "show": _show}
    try:
        return commands[arguments.command](arguments, places, words)
    except KdguiError as trouble:
        return _complain(trouble, words)


def _complain(trouble: KdguiError, words: Words) -> Exit:
    told = words.error(trouble)
    parts = dict.fromkeys(part for part in (told.what, told.why, told.do, trouble.detail) if part)
    print("kdgui: " + "\n       ".join(parts), file=sys.stderr)
    if isinstance(trouble, JournalTrouble):
        return Exit.JOURNAL
    return Exit.USAGE if isinstance(trouble, BadInput) else Exit.SIGN_IN


class _Watcher:
    """Tells progress and pauses on stderr, and keeps the newest state of every row."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._told_at = 0.0
        self.run_id: str | None = None
        self.rows: dict[int, Row] = {}

    def run_started(self, run_id: str, rows: Sequence[Row]) -> None:
        """See Observer."""
        self.run_id = run_id
        self.rows = {row.position: row for row in rows}

    def rows_changed(self, rows: Sequence[Row]) -> None:
        """See Observer."""
        self.rows.update({row.position: row for row in rows if row.run_id == self.run_id})

    def progressed(self, progress: Progress) -> None:
        """See Observer. A line every five seconds at most."""
        now = time.monotonic()
        if now - self._told_at >= 5:
            self._told_at = now
            print(f"{progress.done} / {progress.total}", file=sys.stderr)

    def paused(self, pause: Pause) -> None:
        """See Observer."""
        print(self._words.text("cli.paused", why=self._words.reason(pause.reason)), file=sys.stderr)

    def resumed(self) -> None:
        """See Observer."""
        print(self._words.text("cli.resumed"), file=sys.stderr)


@contextmanager
def _interruptible(control: RunControl) -> Iterator[Callable[[], bool]]:
    """Ctrl+C and a polite end stop the run instead of tearing it; yields whether that happened."""
    hit: list[int] = []

    def stop(number: int, _frame: object) -> None:
        hit.append(number)
        control.stop()

    signals = [signal.SIGINT, signal.SIGTERM]
    before = {number: signal.signal(number, stop) for number in signals}
    try:
        yield lambda: bool(hit)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _push(arguments: argparse.Namespace, places: Places, words: Words) -> int:
    numbers = read_number_lines(arguments.numbers)
    if not numbers:
        raise BadInput("nothing_to_push")
    profile = Profile(
        server=read_address(arguments.server).base_url,
        data_centre_id=arguments.data_centre,
        user=arguments.user,
    )
    options = PushOptions(
        rule_id=arguments.rule, target_form=arguments.target, draft_on_fail=arguments.draft_on_fail
    )
    order = RunOrder(
        form_id=arguments.form,
        options=options,
        numbers=numbers,
        again=arguments.again,
        quiet_seconds=arguments.settle_seconds,
        timeout=arguments.timeout,
    )
    with InstanceLock(places.lock), open_desk(places, attended=False) as desk:
        for damage in desk.damages():
            print(words.text(damage.key, **damage.values), file=sys.stderr)
        desk.sign_in(profile, _secret(desk, profile))
        return _run(desk, order, words, as_json=arguments.json)


def _run(desk: Desk, order: RunOrder, words: Words, *, as_json: bool) -> int:
    started = time.monotonic()
    watcher, control = _Watcher(words), RunControl()
    printer = Printer(sys.stdout, words, as_json=as_json)

    def tell() -> Sequence[Row]:
        rows = [watcher.rows[position] for position in sorted(watcher.rows)]
        printer.rows(rows, watcher.run_id, time.monotonic() - started)
        return rows

    with _interruptible(control) as interrupted:
        try:
            desk.run(order, control, watcher)
        except JournalTrouble:
            if watcher.run_id is not None:
                tell()
            raise
    rows = tell()
    return Exit.INTERRUPTED if interrupted() else exit_of(rows)


def _settle(arguments: argparse.Namespace, places: Places, words: Words) -> int:
    started = time.monotonic()
    control = RunControl()
    found: list[Row] = []
    trouble: KdguiError | None = None
    with (
        InstanceLock(places.lock),
        open_desk(places, attended=False) as desk,
        _interruptible(control) as interrupted,
    ):
        for profile, rows in _accounts_in_doubt(desk).items():
            try:
                desk.sign_in(profile, _secret(desk, profile))
                found += desk.settle(control, _Watcher(words), arguments.settle_seconds)
            except JournalTrouble:
                raise
            except KdguiError as failed:
                trouble = trouble or failed
                found += rows
    Printer(sys.stdout, words, as_json=arguments.json).rows(found, None, time.monotonic() - started)
    if trouble is not None:
        return _complain(trouble, words)
    return Exit.INTERRUPTED if interrupted() else exit_of(found)


def _accounts_in_doubt(desk: Desk) -> dict[Profile, list[Row]]:
    """Whom to sign in as, to ask about what is open: as the runs were made; with the rows in question."""
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
        rows = accounts.setdefault(next(fitting, plain), [])
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


def _secret(desk: Desk, profile: Profile) -> str:
    """The password: from the environment, the system's key store, or a prompt; never from an argument."""
    given = os.environ.get(PASSWORD_VARIABLE)
    if given is not None:
        return given
    try:
        saved = desk.saved_secret(profile)
    except SecretsUnavailable:
        saved = None
    if saved is not None:
        return saved
    if not (sys.stdin and sys.stdin.isatty()):
        raise SignInRefused("password_missing", variable=PASSWORD_VARIABLE)
    return getpass.getpass(f"{profile.user} @ {profile.server}: ")
