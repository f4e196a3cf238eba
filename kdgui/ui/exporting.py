"""Exporting a run as a workbook: asks where, writes off the window's thread, never over an open file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from kdgui.domain.errors import BadInput, KdguiError
from kdgui.domain.verdicts import RunInfo
from kdgui.store.profiles import DataCentreLabel
from kdgui.store.workbooks import write_run_workbook
from kdgui.ui.worker import start_job

if TYPE_CHECKING:
    from kdgui.pushing.desk import Desk
    from kdgui.store.words import Words

_MOST_NAMES = 20


class Exporter(QObject):
    """Writes runs as they stand in the journal.

    Signals:
        written: the Path of the workbook.
        troubled: a KdguiError.
    """

    written = Signal(object)
    troubled = Signal(object)

    def __init__(self, desk: Desk, words: Callable[[], Words], window: QWidget) -> None:
        super().__init__(window)
        self._desk = desk
        self._words = words
        self._window = window

    def ask(self, run_id: str) -> None:
        """Ask for a file and write this run there."""
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        proposal = str(Path(folder) / f"{self.tr('Push results')} {run_id}.xlsx")
        kinds = self.tr("Excel workbook (*.xlsx)")
        path, _kind = QFileDialog.getSaveFileName(self._window, self.tr("Export to Excel"), proposal, kinds)
        if path:
            self.write(run_id, Path(path))

    def write(self, run_id: str, path: Path) -> None:
        """Write this run to `path`, or beside it where that file is open in Excel."""
        words = self._words()
        start_job(
            lambda: _write(self._desk, words, run_id, path.with_suffix(".xlsx")),
            self,
            success=self.written.emit,
            failure=self.troubled.emit,
        )


def free_names(path: Path) -> tuple[Path, ...]:
    """The path itself, then those to take where it cannot be written: "name (2).xlsx", "name (3).xlsx" …"""
    return path, *(path.with_stem(f"{path.stem} ({number})") for number in range(2, _MOST_NAMES))


def _write(desk: Desk, words: Words, run_id: str, path: Path) -> Path:
    info = desk.journal.run(run_id)
    if info is None:
        raise KdguiError("run_unknown", run=run_id)
    rows = desk.rows(run_id)
    label = _label(desk, info)
    trouble: BadInput | None = None
    for free in free_names(path):
        if free != path and free.exists():
            continue
        try:
            write_run_workbook(free, info, rows, words, label=label, catalogue=desk.catalogue)
        except BadInput as error:
            if not path.exists():  # no open file is in the way: the folder cannot be written
                raise
            trouble = error
        else:
            return free
    raise trouble or BadInput("file_not_written", path=path)


def _label(desk: Desk, info: RunInfo) -> DataCentreLabel | None:
    """What the run's data centre is for, as its newest profile says; None counts as production."""
    wanted = info.data_centre_id.casefold()
    profiles = (profile for profile in desk.profiles.load() if profile.data_centre_id.casefold() == wanted)
    return next((profile.label for profile in profiles if profile.label), None)
