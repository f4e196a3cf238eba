"""The page of settings about files: what is written to the log, where everything lies, how to move it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLineEdit, QPushButton

from kdgui.domain.errors import KdguiError
from kdgui.store.paths import HOME_VARIABLE, Paths
from kdgui.ui.widgets.card import plain_label, push_button, say
from kdgui.ui.widgets.form_fields import FieldGrid, choice
from kdgui.ui.widgets.style import named


class FilesPage(FieldGrid):
    """Log level, and the two folders; these are shown and opened, not changed.

    Signals:
        troubled: KdguiError, where a folder was not opened.
    """

    troubled = Signal(object)

    def __init__(self, places: Paths) -> None:
        super().__init__()
        self._places = places
        self.level = choice(
            "logLevelCombo",
            [
                (self.tr("Everything, for hunting a fault"), "DEBUG"),
                (self.tr("As usual"), "INFO"),
                (self.tr("Warnings and errors"), "WARNING"),
                (self.tr("Errors only"), "ERROR"),
            ],
        )
        self.add(
            self.tr("Log"), self.level, hint=self.tr("Passwords and sessions are never written to the log.")
        )
        self._add_folder(self.tr("Folder of the log"), "logFolder", places.log_dir)
        self._add_folder(self.tr("Data folder"), "dataFolder", places.home)
        told = self.tr(
            "Runs and results, connections and settings lie in the data folder; passwords do not.\n"
            "To move it: close the program, copy the whole folder, set the environment variable {variable} to"
            " its new place, start again. Keep it on a disk of this computer, never on a network share."
        )
        how = plain_label("caption", wrap=True)
        how.setText(told.format(variable=HOME_VARIABLE))
        self.add_below(how)
        self.close_up()

    def _add_folder(self, word: str, name: str, folder: Path) -> None:
        shown = named(f"{name}Edit", QLineEdit(str(folder), readOnly=True))
        shown.setCursorPosition(0)
        shown.setToolTip(str(folder))
        self.add(word, shown, self._opener(f"{name}Button", word, folder))

    def _opener(self, name: str, word: str, folder: Path) -> QPushButton:
        button = push_button(name, lambda: self._open(folder))
        say(button, self.tr("Open"))
        button.setAccessibleName(self.tr("Open: {what}").format(what=word))
        return button

    def _open(self, folder: Path) -> None:
        there = next((each for each in (folder, *folder.parents) if each.is_dir()), folder)
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(there))):
            self.troubled.emit(KdguiError("folder_not_opened", path=folder))
