"""Exporting runs and reports: asks where, writes off the window's thread, never over an open file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, QStandardPaths, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from kdgui.domain.errors import BadInput, KdguiError
from kdgui.domain.verdicts import RunInfo
from kdgui.store.exports.audit_report import Audit, Place, write_audit_workbook
from kdgui.store.exports.file_names import export_name, free_names, report_name
from kdgui.store.exports.run_workbook import write_run_csv, write_run_workbook
from kdgui.store.journal.search import RunFilter
from kdgui.store.profiles import DataCentreLabel, label_of
from kdgui.ui.jobs.gc_pause import without_gc_pauses
from kdgui.ui.jobs.worker import start_job

if TYPE_CHECKING:
    from kdgui.pushing.engine import PushEngine
    from kdgui.store.messages.words import Words

_MOST_RUNS = 1_000_000


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file that was written; `wanted` is the one asked for, which was open in another program."""

    path: Path
    wanted: Path

    def text(self) -> str:
        """A sentence that says where it is."""
        if self.path == self.wanted:
            text = QCoreApplication.translate("Exporter", "Exported to {path}")
        else:
            text = QCoreApplication.translate(
                "Exporter", "{wanted} is open in another program, so the export is in {path}"
            )
        return text.format(path=self.path, wanted=self.wanted.name)


class Exporter(QObject):
    """Writes runs as they stand in the journal.

    Signals:
        written: a Written.
        troubled: a KdguiError.
    """

    written = Signal(object)
    troubled = Signal(object)

    def __init__(self, engine: PushEngine, words: Callable[[], Words], window: QWidget) -> None:
        super().__init__(window)
        self._engine = engine
        self._words = words
        self._window = window
        self._folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)

    def ask(self, run_id: str) -> None:
        """Ask for a file and write this run there: a workbook, or CSV where she chooses that."""
        start_job(
            lambda: _info(self._engine, run_id),
            self,
            success=self._ask_where,
            failure=self.troubled.emit,
        )

    def ask_report(self, runs: Sequence[str] | RunFilter, *, only: Collection[Place] | None = None) -> bool:
        """Ask for a file and write the auditor's report of these runs there; of `only` these bills.

        Whether a file was chosen.
        """
        profile = self._engine.connection.profile
        name = report_name(profile.data_centre_name if profile else "", self._words(), datetime.now(UTC))
        path = self._ask_path(name, self.tr("Auditor's report"), self.tr("Excel workbook (*.xlsx)"))
        if path:
            self.write_report(runs, path, only=only)
        return path is not None

    def write(self, run_id: str, path: Path) -> None:
        """Write this run to `path`, or beside it where that file is open in Excel."""
        words, engine = self._words(), self._engine
        path = path if path.suffix.casefold() == ".csv" else _with_ending(path)

        def work(free: Path) -> None:
            info, rows = _info(engine, run_id), engine.journal.rows(run_id)
            if free.suffix.casefold() == ".csv":
                write_run_csv(free, info, rows, words, catalogue=engine.catalogue)
            else:
                label = _label(engine, info)
                write_run_workbook(free, info, rows, words, label=label, catalogue=engine.catalogue)

        self._start(path, work)

    def write_report(
        self, runs: Sequence[str] | RunFilter, path: Path, *, only: Collection[Place] | None = None
    ) -> None:
        """Write the auditor's report to `path`, or beside it where that file is open in Excel."""
        words, engine = self._words(), self._engine

        def work(free: Path) -> None:
            journal = engine.journal
            if isinstance(runs, RunFilter):
                infos: Sequence[RunInfo] = journal.find_runs(runs, _MOST_RUNS).runs
            else:
                infos = [info for run_id in runs if (info := journal.run(run_id)) is not None]
            audit = Audit(journal, sorted(info.run_id for info in infos), only)
            label = _label(engine, *infos)
            write_audit_workbook(free, audit, words, label=label, catalogue=engine.catalogue)

        self._start(_with_ending(path), work)

    def _ask_where(self, info: RunInfo) -> None:
        name = export_name(info, self._words(), self._engine.catalogue)
        kinds = f"{self.tr('Excel workbook (*.xlsx)')};;{self.tr('CSV, results only (*.csv)')}"
        path = self._ask_path(name, self.tr("Export to Excel"), kinds)
        if path:
            self.write(info.run_id, path)

    def _ask_path(self, name: str, title: str, kinds: str) -> Path | None:
        """Where to; the ending of the kind that she chose is added where she typed none."""
        proposal = str(Path(self._folder) / f"{name}.xlsx")
        chosen, kind = QFileDialog.getSaveFileName(self._window, title, proposal, kinds)
        if not chosen:
            return None
        path = Path(chosen)
        self._folder = str(path.parent)
        if path.suffix.casefold() not in (".xlsx", ".csv"):
            path = path.with_name(path.name + (".csv" if "*.csv" in kind else ".xlsx"))
        elif "*.csv" in kind:
            path = path.with_suffix(".csv")
        return path

    def _start(self, path: Path, work: Callable[[Path], None]) -> None:
        write = without_gc_pauses(lambda: _write_beside(path, work))
        start_job(write, self, success=self.written.emit, failure=self.troubled.emit)


def _with_ending(path: Path) -> Path:
    return path if path.suffix.casefold() == ".xlsx" else path.with_name(f"{path.name}.xlsx")


def _info(engine: PushEngine, run_id: str) -> RunInfo:
    info = engine.journal.run(run_id)
    if info is None:
        raise KdguiError("run_unknown", run=run_id)
    return info


def _write_beside(path: Path, work: Callable[[Path], None]) -> WrittenFile:
    """Write to `path`, or to the next free name where it is open in another program."""
    trouble: BadInput | None = None
    for free in free_names(path):
        if free != path and free.exists():
            continue
        try:
            work(free)
        except BadInput as error:
            if error.code != "file_not_written" or not path.exists():  # no open file is in the way
                raise
            trouble = error
        else:
            return WrittenFile(free, path)
    raise trouble or BadInput("file_not_written", path=path)


def _label(engine: PushEngine, *infos: RunInfo) -> DataCentreLabel | None:
    """What the data centre is for, as its newest profile says; None, for several ones too, is production."""
    profiles = engine.profiles.load()
    labels = {label_of(profiles, info.server, info.data_centre_id) for info in infos}
    return labels.pop() if len(labels) == 1 else None
