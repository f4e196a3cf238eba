"""What the commands of the command line have in common: what is told, and how to stop."""

from __future__ import annotations

import json
import logging
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from kdgui.domain.errors import BadInput, JournalTrouble, KdguiError, LedgerTrouble
from kdgui.domain.verdicts import Progress, Row
from kdgui.printing import Exit, visible
from kdgui.pushing.flow.run_control import Pause, RunControl
from kdgui.store.messages.words import Words

log = logging.getLogger(__name__)


def complain(trouble: KdguiError, words: Words, *, as_json: bool = False) -> Exit:
    """Tell a trouble on stderr, and as a JSON object on stdout too; the exit code that it calls for."""
    told, code = words.error(trouble), _exit_of(trouble)
    log.error("%s (exit code %d)", trouble, code)
    if as_json:
        said = {"what": told.what, "why": told.why, "do": told.do, "detail": trouble.detail}
        error = {"code": trouble.code, **said, "values": trouble.values}
        print(json.dumps({"error": error, "exit": int(code)}, ensure_ascii=False), flush=True)
    parts = dict.fromkeys(part for part in (told.what, told.why, told.do, trouble.detail) if part)
    say("kdgui: " + "\n       ".join(map(visible, parts)))
    return code


def _exit_of(trouble: KdguiError) -> Exit:
    if trouble.code in _OWN_EXIT:
        return _OWN_EXIT[trouble.code]
    if isinstance(trouble, JournalTrouble | LedgerTrouble):
        return Exit.JOURNAL
    return Exit.USAGE if isinstance(trouble, BadInput) else Exit.SIGN_IN


_OWN_EXIT = {
    "nothing_to_push": Exit.NOTHING_TO_DO,
    "journal_in_use": Exit.IN_USE,
    "unknown_fault": Exit.FAULT,
}
"""Troubles that a script wants to tell from others of their kind."""


def say(text: str) -> None:
    """A line on stderr; where nobody reads there any more, the work goes on all the same."""
    with suppress(OSError, ValueError):
        print(text, file=sys.stderr, flush=True)


class Watcher:
    """Tells progress and pauses on stderr and in the log, and keeps the newest state of every row.

    `quiet` leaves stderr alone.
    """

    def __init__(self, words: Words, *, quiet: bool = False) -> None:
        self._words = words
        self._quiet = quiet
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
            self._tell(f"{progress.done} / {progress.total}")

    def paused(self, pause: Pause) -> None:
        """See Observer."""
        self._tell(visible(self._words.text("cli.paused", why=self._words.reason(pause.reason))))

    def resumed(self) -> None:
        """See Observer."""
        self._tell(self._words.text("cli.resumed"))

    def _tell(self, text: str) -> None:
        log.info("%s", text)
        if not self._quiet:
            say(text)


@contextmanager
def interruptible(control: RunControl) -> Iterator[Callable[[], bool]]:
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
