"""What the window remembers of its shape: size, splitter, columns that the clerk drew, sizes of dialogs."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QSettings
from PySide6.QtWidgets import QDialog, QHeaderView, QMainWindow, QSplitter, QTableView

from kdgui.ui.widgets.fitting_dialog import resize_within_screen
from kdgui.ui.widgets.style import em

_HUNDREDTH = 0.01
_WIDEST = 0.45
"""No column takes more of the table than this: the others must stay in sight."""


class WindowState:
    """A small file beside the data; what cannot be written there is forgotten, and nobody is the worse."""

    def __init__(self, path: Path) -> None:
        self._kept = QSettings(str(path), QSettings.Format.IniFormat)

    def restore_window(self, window: QMainWindow, splitter: QSplitter) -> None:
        """Size, place and splitter as they were left."""
        geometry, state = self._kept.value("window/geometry"), self._kept.value("window/splitter")
        if geometry:
            window.restoreGeometry(geometry)
        if state:
            splitter.restoreState(state)

    def keep_window(self, window: QMainWindow, splitter: QSplitter) -> None:
        """Remember size, place and splitter, and write everything to the disk."""
        self._kept.setValue("window/geometry", window.saveGeometry())
        self._kept.setValue("window/splitter", splitter.saveState())
        self._kept.sync()

    def attend_table(self, view: QTableView) -> None:
        """From now on the columns of this table can be drawn wider, and stay so."""
        DrawnColumns(view, self)

    def attend_dialog(self, dialog: QDialog) -> None:
        """Open this dialog as large as it was left, and its tables as they were drawn."""
        for view in dialog.findChildren(QTableView):
            if view.objectName():
                self.attend_table(view)
        key = f"dialogs/{dialog.objectName()}"
        wide, high = self.numbers(key, 2) or (0, 0)
        if wide and high:
            resize_within_screen(dialog, wide, high)
        dialog.finished.connect(lambda _result: self.keep(key, [dialog.width(), dialog.height()]))

    def numbers(self, key: str, count: int) -> list[int]:
        """What is kept under this key, or [] where it is not so many whole numbers."""
        kept = self._kept.value(key)
        try:
            found = [int(each) for each in kept] if isinstance(kept, list) else []
        except (TypeError, ValueError):
            return []
        return found if len(found) == count and all(0 <= each < 100_000 for each in found) else []

    def keep(self, key: str, numbers: list[int]) -> None:
        """Remember these numbers."""
        self._kept.setValue(key, numbers)


class DrawnColumns(QObject):
    """Lets the clerk draw columns; what she drew outlives every fitting, a double click forgets it.

    Widths are kept in font heights: on another screen, or with another font, they mean the same.
    """

    def __init__(self, view: QTableView, memory: WindowState) -> None:
        super().__init__(view)
        self._view = view
        self._memory = memory
        self._header = view.horizontalHeader()
        self._key = f"columns/{view.objectName()}"
        self._drawing = self._setting = False
        count = self._header.count()
        self._drawn = memory.numbers(self._key, count) or [0] * count
        for section in range(count):
            if self._header.sectionResizeMode(section) is QHeaderView.ResizeMode.Fixed:
                self._header.setSectionResizeMode(section, QHeaderView.ResizeMode.Interactive)
        self._header.viewport().installEventFilter(self)
        self._header.sectionResized.connect(self._on_resized)
        self._header.sectionHandleDoubleClicked.connect(self._forget)
        self._apply()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonPress:
            self._drawing = True
        elif event.type() == QEvent.Type.MouseButtonRelease and self._drawing:
            self._drawing = False
            if any(self._drawn):
                self._memory.keep(self._key, self._drawn)
        return False

    def _on_resized(self, section: int, _before: int, width: int) -> None:
        if self._setting or not 0 <= section < len(self._drawn):
            return
        if self._header.sectionResizeMode(section) is not QHeaderView.ResizeMode.Interactive:
            return
        if self._drawing:
            self._drawn[section] = round(width / em(self._view, 1) / _HUNDREDTH)
        elif self._drawn[section]:
            self._set(section)

    def _apply(self) -> None:
        for section, drawn in enumerate(self._drawn):
            if drawn and self._header.sectionResizeMode(section) is QHeaderView.ResizeMode.Interactive:
                self._set(section)

    def _set(self, section: int) -> None:
        wanted = em(self._view, self._drawn[section] * _HUNDREDTH)
        room = self._view.viewport().width()
        self._setting = True
        try:
            self._view.setColumnWidth(section, max(min(wanted, round(room * _WIDEST)), em(self._view, 2)))
        finally:
            self._setting = False

    def _forget(self, section: int) -> None:
        """As wide as what is in sight needs, and no longer as drawn."""
        self._drawn[section] = 0
        self._memory.keep(self._key, self._drawn)
        self._header.setResizeContentsPrecision(0)
        wanted = max(self._view.sizeHintForColumn(section), self._header.sectionSizeHint(section))
        self._drawing = False
        self._view.setColumnWidth(section, wanted)
