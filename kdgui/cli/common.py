"""What the commands of the command line have in common: who signs in, what is told, and how to stop."""

from __future__ import annotations

import argparse
import getpass
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from kdgui.domain.accounts import DataCentreKey
from kdgui.domain.errors import BadInput, JournalTrouble, KdguiError, SecretsUnavailable, SignInRefused
from kdgui.domain.verdicts import Progress, Row
from kdgui.k3cloud.http.address import read_address
from kdgui.printing import Exit
from kdgui.pushing.engine import PushEngine
from kdgui.pushing.flow.run_control import Pause, RunControl
from kdgui.store.journal.records import RunHeader
from kdgui.store.messages.words import Words
from kdgui.store.profiles import Profile

PASSWORD_VARIABLE = "KDGUI_PASSWORD"  # noqa: S105 - the name of a variable


def profile_of(arguments: argparse.Namespace) -> Profile:
    """Where and as whom to sign in, as `--server --data-centre --user --organisation` say. Raises BadInput.

    No organisation means the user's default one, whatever was chosen in the window.
    """
    return Profile(
        server=read_address(arguments.server).base_url,
        data_centre_id=arguments.data_centre,
        user=arguments.user,
        organisation=arguments.organisation,
    )


def secret_of(engine: PushEngine, profile: Profile) -> str:
    """The password: from the environment, the system's key store, or a prompt; never from an argument."""
    given = os.environ.get(PASSWORD_VARIABLE)
    if given is not None:
        return given
    try:
        saved = engine.connection.saved_secret(profile)
    except SecretsUnavailable:
        saved = None
    if saved is not None:
        return saved
    if not (sys.stdin and sys.stdin.isatty()):
        raise SignInRefused("password_missing", variable=PASSWORD_VARIABLE)
    return getpass.getpass(f"{profile.user} @ {profile.server}: ")


def account_of(engine: PushEngine, header: RunHeader) -> Profile:
    """Whom to sign in as, to go on with what was done there: as then, in the same organisation."""
    plain = Profile(server=header.server, data_centre_id=header.data_centre_id, user=header.user)
    fitting = (
        profile
        for profile in engine.profiles.load()
        if DataCentreKey.of(profile) == DataCentreKey.of(plain) and profile.user == plain.user
    )
    return replace(next(fitting, plain), organisation=header.organisation_number)


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
