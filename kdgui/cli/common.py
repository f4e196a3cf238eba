"""What the commands of the command line have in common: who signs in, what is told, and how to stop."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from kdgui.domain.errors import BadInput, JournalTrouble, KdguiError
from kdgui.domain.verdicts import Progress, Row
from kdgui.printing import Exit
from kdgui.pushing.flow.run_control import Pause, RunControl
from kdgui.store.messages.words import Words


def complain(trouble: KdguiError, words: Words) -> Exit:
    """Tell a trouble on stderr; the exit code that it calls for."""
    told = words.error(trouble)
    parts = dict.fromkeys(part for part in (told.what, told.why, told.do, trouble.detail) if part)
    print("kdgui: " + "\n       ".join(parts), file=sys.stderr)
    if isinstance(trouble, JournalTrouble):
        return Exit.JOURNAL
    return Exit.USAGE if isinstance(trouble, BadInput) else Exit.SIGN_IN


class Watcher:
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
