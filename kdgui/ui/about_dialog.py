"""About: version, libraries and their licences, the data folder, and an archive for whoever helps."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QDir
from PySide6.QtWidgets import QFileDialog, QPlainTextEdit, QWidget

from kdgui.domain.errors import KdguiError
from kdgui.store.exports.diagnostics import libraries, parts_of, write_diagnostics
from kdgui.store.messages.words import Words
from kdgui.store.paths import Paths
from kdgui.ui.crash import versions
from kdgui.ui.jobs.worker import start_job
from kdgui.ui.widgets.card import plain_label, push_button, say
from kdgui.ui.widgets.fitting_dialog import FittingDialog
from kdgui.ui.widgets.message_bar import Strip, told
from kdgui.ui.widgets.style import Tone, em, named


class AboutDialog(FittingDialog):
    """What runs here. The archive's contents are listed before it is written."""

    def __init__(self, places: Paths, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent, ems_wide=36)
        self.setObjectName("aboutDialog")
        self.setWindowTitle(self.tr("About"))
        self._places = places
        self._words = words
        heading, version = plain_label("heading"), plain_label(wrap=True)
        heading.setText(self.tr("Push-down assistant (kdgui)"))
        version.setText(versions())
        self.column.addWidget(heading)
        self.column.addWidget(version)
        self._add_text(self.tr("Data folder"), "aboutFolder", QDir.toNativeSeparators(str(places.home)), 1)
        self._add_text(self.tr("Libraries and their licences"), "aboutLibraries", "\n".join(libraries()), 6)
        inside = "\n".join(part.name for part in parts_of(places))
        self._add_text(self.tr("What the diagnostics archive holds"), "aboutParts", inside, 5)
        note = plain_label("caption", wrap=True)
        note.setText(
            self.tr("Texts only, passwords and sessions masked; connections and journal are not in it.")
        )
        self.column.addWidget(note)
        self._message = Strip()
        self._message.hide()
        self.pinned.addWidget(self._message)
        self._export = push_button("exportDiagnosticsButton", self._ask_where)
        close = push_button("aboutCloseButton", self.accept, "primary")
        say(self._export, self.tr("Export diagnostics…"))
        say(close, self.tr("Close"))
        self.buttons.addStretch(1)
        self.buttons.addWidget(self._export)
        self.buttons.addWidget(close)

    def _add_text(self, title: str, name: str, text: str, lines: int) -> None:
        label = plain_label("caption")
        label.setText(title)
        field = named(name, QPlainTextEdit(text, readOnly=True))
        field.setAccessibleName(title)
        field.setFixedHeight(em(self, 1.25 * lines + 1))
        self.column.addWidget(label)
        self.column.addWidget(field)

    def _ask_where(self) -> None:
        proposal = str(Path.home() / "kdgui-diagnostics.zip")
        chosen, _kind = QFileDialog.getSaveFileName(self, self._export.text(), proposal, "ZIP (*.zip)")
        if chosen:
            self.export_to(Path(chosen))

    def export_to(self, path: Path) -> None:
        """Write the archive there, off the window's thread, and say how that ended."""
        self._export.setEnabled(False)
        about = versions()
        start_job(
            lambda: write_diagnostics(path, self._places, about),
            self,
            success=lambda _nothing: self._show(
                self.tr("Saved: {path}").format(path=QDir.toNativeSeparators(str(path))), Tone.OK
            ),
            failure=self._on_failure,
            finished=lambda: self._export.setEnabled(True),
        )

    def _on_failure(self, error: KdguiError) -> None:
        self._show(told(self._words.error(error)), Tone.BAD)

    def _show(self, text: str, tone: Tone) -> None:
        self._message.show_text(text, tone)
        self._message.show()
