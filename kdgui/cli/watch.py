"""`kdgui watch`: each finished file that is put into a folder is pushed by a plan, once, whatever happens."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kdgui.bootstrap import open_engine
from kdgui.cli.command import add_account, add_settle_seconds, seconds
from kdgui.cli.common import complain, interruptible, say
from kdgui.cli.plan_arguments import sign_in_as_planned
from kdgui.cli.reporting import EventLog, LoggedWatcher, write_report_of
from kdgui.domain.errors import BadInput, ConnectionTrouble, KdguiError
from kdgui.domain.verdicts import Reason, Row, Verdict
from kdgui.printing import Exit, exit_of
from kdgui.pushing.engine import PushEngine
from kdgui.pushing.flow.run_control import RunControl
from kdgui.store.imports.number_source import read_number_source
from kdgui.store.messages.words import Words
from kdgui.store.paths import Paths
from kdgui.store.plans import Plan, PlanBook
from kdgui.store.watch_folder import DONE, TO_DO, Claim, WatchFolder, with_runs

log = logging.getLogger(__name__)
_EVERY_SECONDS = 5.0
_OPEN = (Verdict.SENDING, Verdict.UNSETTLED)


def watch(arguments: argparse.Namespace, places: Paths, words: Words) -> int:
    """Watch until interrupted, or with --once until nothing is left. Raises KdguiError, see `_Watch`."""
    plan = PlanBook(places.plans).get(arguments.plan)
    folder = WatchFolder(Path(arguments.folder))
    events = EventLog(Path(arguments.log_json) if arguments.log_json else None, words)
    control = RunControl()
    with folder.held(), interruptible(control) as interrupted:
        work = _Watch(arguments, places, words, plan, folder, events, control)
        code = work.go()
    return Exit.INTERRUPTED if interrupted() else code


@dataclass
class _Watch:
    """One watch over one folder.

    What stands in the way of all files (the server is down, the journal is in use) is told once and waited
    for; what is wrong with one file sends that file to TO_DO, with a text that says what.
    """

    arguments: argparse.Namespace
    places: Paths
    words: Words
    plan: Plan
    folder: WatchFolder
    events: EventLog
    control: RunControl

    def go(self) -> Exit:
        """Look again and again; the worst that became of a file where it ends by itself.

        Raises:
            JournalTrouble: nothing can be written any more, so nothing may be sent. SignInRefused: tried
                again and again it would lock the account. BadInput: plan or arguments do not fit.
        """
        worst, obstacle, looks = Exit.ALL_PUSHED, "", 0
        while not self.control.stopped:
            settled = self.folder.finished()
            looks += 1
            claims = self.folder.claims(self.plan.name)
            new = (self.folder.claim(path, self.plan.name) for path in settled)
            waiting = [*claims, *(claim for claim in new if claim is not None)]
            if waiting:
                try:
                    worst = max(worst, self._push_all(waiting))
                    obstacle = ""
                except KdguiError as trouble:
                    if self.arguments.once or not _passes(trouble):
                        raise
                    obstacle = self._tell_once(trouble, obstacle)
            elif self.arguments.once and looks > 1:
                return worst
            self.control.wait(self.arguments.every)
        return worst

    def _tell_once(self, trouble: KdguiError, before: str) -> str:
        """Tell what is waited for, unless that was told; what it is."""
        if str(trouble) != before:
            complain(trouble, self.words)
            self.events.write("waiting", code=trouble.code)
        return str(trouble)

    def _push_all(self, claims: Sequence[Claim]) -> Exit:
        """Bring these to their end; the worst of it."""
        worst = Exit.ALL_PUSHED
        decided = [claim for claim in claims if claim.state.folder]
        for claim in decided:
            self.folder.bring_home(claim)
        rest = [claim for claim in claims if not claim.state.folder]
        if not rest:
            return worst
        with open_engine(self.places, attended=False) as engine:
            sign_in_as_planned(engine, self.arguments, self.plan, self.words)
            for claim in rest:
                if self.control.stopped:
                    break
                worst = max(worst, self._push(engine, claim))
        return worst

    def _push(self, engine: PushEngine, claim: Claim) -> Exit:
        """Bring one file to its end, from wherever it was cut off."""
        try:
            claim, rows = self._pushed(engine, claim)
        except BadInput as trouble:
            if self.folder.reread(claim).state.runs:
                raise  # some of it may be pushed: the file stays where it is, with its runs
            return self._refuse(claim, trouble)
        if self.control.stopped and any(not row.verdict.final or _is_unsent(row) for row in rows):
            return Exit.INTERRUPTED  # it stays claimed: the next start goes on with it
        code = exit_of(rows)
        name = self.words.text("cli.watch_results") + ".xlsx"
        claim.out(name).parent.mkdir(exist_ok=True)
        written = write_report_of(engine, claim.state.runs[0], rows, claim.out(name), self.words)
        folder = DONE if code is Exit.ALL_PUSHED else TO_DO
        claim = self.folder.decide(claim, folder, (name,) if written else ())
        self._finish(claim, code)
        return code

    def _pushed(self, engine: PushEngine, claim: Claim) -> tuple[Claim, list[Row]]:
        """The file's bills, pushed: by a new run, or what one that was cut off has left. Raises BadInput."""
        watcher = _StateWatcher(self.words, self.events, claim, self.folder, quiet=self.arguments.quiet)
        if not claim.state.runs:
            source = self.plan.source
            found = read_number_source(str(claim.file), source.sheet, source.column)
            if not found.numbers:
                raise BadInput("nothing_to_push")
            order = replace(self.plan.order(found.numbers), quiet_seconds=self.arguments.settle_seconds)
            engine.runs.run(order, self.control, watcher)
        else:
            self._go_on(engine, watcher)
        return watcher.claim, _rows(engine, watcher.claim.state.runs)

    def _go_on(self, engine: PushEngine, watcher: _StateWatcher) -> None:
        """Settle what was under way, then push what was never sent; nothing is sent a second time."""
        runs = _with_followers(engine, watcher.claim.state.runs)
        watcher.claim = self.folder.keep(watcher.claim, runs=runs)
        if any(row.verdict in _OPEN for row in _rows(engine, runs)):
            engine.runs.settle(self.control, watcher.beside(), self.arguments.settle_seconds)
        for run_id in runs:
            if any(map(_is_unsent, engine.journal.rows(run_id))) and not self.control.stopped:
                engine.runs.continue_run(run_id, self.control, watcher)

    def _refuse(self, claim: Claim, trouble: BadInput) -> Exit:
        """Nothing of this file was pushed: it goes to TO_DO with a text that says why."""
        told = self.words.error(trouble)
        name = self.words.text("cli.watch_why") + ".txt"
        claim.out(name).parent.mkdir(exist_ok=True)
        parts = (told.what, told.why, told.do, trouble.detail)
        text = "\n".join(part for part in parts if part)
        claim.out(name).write_text(text + "\n", encoding="utf-8-sig")
        complain(trouble, self.words)
        self._finish(self.folder.decide(claim, TO_DO, (name,)), Exit.USAGE)
        return Exit.NOT_ALL

    def _finish(self, claim: Claim, code: Exit) -> None:
        home = self.folder.bring_home(claim)
        runs = list(claim.state.runs)
        self.events.write("file", file=claim.state.file, folder=claim.state.folder, runs=runs, exit=int(code))
        log.info("%s is in %s", claim.state.file, claim.state.folder)
        if not self.arguments.quiet:
            say(self.words.text("cli.watched", file=claim.state.file, path=home))


class _StateWatcher(LoggedWatcher):
    """Writes the run into the claim's state before its first bill is sent; what fails there ends the run.

    Attributes:
        claim: with the runs that were begun.
    """

    def __init__(
        self, words: Words, events: EventLog, claim: Claim, folder: WatchFolder, *, quiet: bool
    ) -> None:
        super().__init__(words, events, quiet=quiet)
        self.claim = claim
        self._folder = folder

    def run_started(self, run_id: str, rows: Sequence[Row]) -> None:
        """See Observer. Raises KdguiError("not_saved")."""
        self.claim = self._folder.keep(self.claim, runs=with_runs(self.claim, run_id))
        super().run_started(run_id, rows)

    def beside(self) -> LoggedWatcher:
        """One that tells the same and begins no run."""
        return LoggedWatcher(self._words, self.events, quiet=self._quiet)


def _passes(trouble: KdguiError) -> bool:
    """Whether it is worth waiting for: the server is out of reach, or another program holds the journal."""
    return isinstance(trouble, ConnectionTrouble) or trouble.code == "journal_in_use"


def _with_followers(engine: PushEngine, runs: Sequence[str]) -> tuple[str, ...]:
    """These runs, and those that took over what they had not sent: cut off before the state was written."""
    known = dict.fromkeys(runs)
    for info in sorted(engine.journal.runs(limit=1000), key=lambda each: each.run_id):
        if info.run_id not in known and engine.journal.order(info.run_id).came_from in known:
            known[info.run_id] = None
    return tuple(known)


def _rows(engine: PushEngine, runs: Sequence[str]) -> list[Row]:
    """The rows of a file as they stand: what a run handed over is told by the one that took it."""
    return [row for run_id in runs for row in engine.journal.rows(run_id) if not _is_taken_over(row)]


def _is_taken_over(row: Row) -> bool:
    return Reason.of("taken_over") in row.notes


def _is_unsent(row: Row) -> bool:
    return row.verdict in (Verdict.QUEUED, Verdict.NOT_SENT) and not _is_taken_over(row)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `kdgui watch` takes."""
    parser.add_argument("folder", metavar="FOLDER", help="the folder into which lists are put")
    parser.add_argument("--plan", required=True, metavar="NAME", help="how they are pushed")
    add_account(parser)
    parser.add_argument("--once", action="store_true", help="end when what is there has been pushed")
    parser.add_argument(
        "--every",
        type=seconds,
        default=_EVERY_SECONDS,
        metavar="SECONDS",
        help="how often; default: 5",
    )
    add_settle_seconds(parser)
    parser.add_argument("--log-json", metavar="FILE", help="append what happens, one JSON object a line")
