"""What an unattended run leaves behind: a workbook of its results, and what happened as lines of JSON."""

from __future__ import annotations

import argparse
import io
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from kdgui.cli.common import Watcher, complain, say
from kdgui.domain.errors import BadInput, KdguiError
from kdgui.domain.verdicts import Row
from kdgui.printing import Printer
from kdgui.pushing.engine import PushEngine
from kdgui.pushing.flow.run_control import Pause
from kdgui.store.exports.run_workbook import write_run_workbook
from kdgui.store.messages.words import Words
from kdgui.store.profiles import label_of

log = logging.getLogger(__name__)


def add_reporting(parser: argparse.ArgumentParser) -> None:
    """What an unattended run is asked to leave behind."""
    parser.add_argument("--report", metavar="FILE.xlsx", help="write the results as a workbook")
    parser.add_argument("--log-json", metavar="FILE", help="append what happens, one JSON object a line")


def check_report(arguments: argparse.Namespace) -> None:
    """Whether the report will have a place; before anything is sent. BadInput: report_folder_missing."""
    if arguments.report and not Path(arguments.report).absolute().parent.is_dir():
        raise BadInput("report_folder_missing", path=arguments.report)


def write_report(engine: PushEngine, run_id: str, path: Path, words: Words) -> bool:
    """Write a run as a workbook; whether that went well. What went wrong is told, never raised."""
    return write_report_of(engine, run_id, engine.journal.rows(run_id), path, words)


def write_report_of(engine: PushEngine, run_id: str, rows: Sequence[Row], path: Path, words: Words) -> bool:
    """The same with these rows: a run that was cut off has further ones in the run that took it over."""
    info = engine.journal.run(run_id)
    if info is None:
        return False
    try:
        label = label_of(engine.profiles.load(), info.server, info.data_centre_id)
        write_run_workbook(path, info, rows, words, label=label, catalogue=engine.catalogue)
    except KdguiError as trouble:
        complain(trouble, words)
        return False
    return True


class EventLog:
    """A file to which what happens is appended; where it fails, that is said and the work goes on."""

    def __init__(self, path: Path | None, words: Words) -> None:
        """Raises BadInput: log_unwritable, before anything was done."""
        self._path = path
        self._words = words
        self._broken = False
        if path is not None:
            try:
                path.open("a", encoding="utf-8").close()
            except OSError as error:
                raise BadInput("log_unwritable", str(error), path=path) from None

    def write(self, event: str, **values: object) -> None:
        """Append one object: `at` (UTC), `event`, and the values."""
        if self._path is None or self._broken:
            return
        line = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event, **values}
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
        except OSError as error:
            self._broken = True
            log.warning("the event log cannot be written: %s", error)
            say(self._words.text("error.log_unwritable", path=self._path))

    def write_rows(
        self,
        rows: Sequence[Row],
        run_id: str | None,
        seconds: float,
        more: Mapping[int, Mapping[str, object]] = MappingProxyType({}),
    ) -> None:
        """Append the rows as `--json` prints them, and the line that counts them."""
        if self._path is None:
            return
        printed = io.StringIO()
        Printer(printed, self._words, as_json=True).rows(rows, run_id, seconds, more)
        *told, last = printed.getvalue().splitlines()
        for line in told:
            self.write("row", **json.loads(line))
        self.write("ended", **json.loads(last))

    @contextmanager
    def telling_failure(self) -> Iterator[None]:
        """Append what ended the work before its end."""
        try:
            yield
        except KdguiError as trouble:
            told = self._words.error(trouble)
            self.write("failed", code=trouble.code, what=told.what, do=told.do, detail=trouble.detail)
            raise


class LoggedWatcher(Watcher):
    """A watcher that also writes what it is told to an event log."""

    def __init__(self, words: Words, events: EventLog, *, quiet: bool = False) -> None:
        super().__init__(words, quiet=quiet)
        self.events = events

    def run_started(self, run_id: str, rows: Sequence[Row]) -> None:
        """See Observer."""
        super().run_started(run_id, rows)
        self.events.write("started", run=run_id, rows=len(rows))

    def paused(self, pause: Pause) -> None:
        """See Observer."""
        super().paused(pause)
        self.events.write("paused", code=pause.reason.code, why=self._words.reason(pause.reason))

    def resumed(self) -> None:
        """See Observer."""
        super().resumed()
        self.events.write("resumed")
