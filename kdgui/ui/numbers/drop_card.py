"""A card onto which files and texts can be dropped; a dashed frame says so while something hangs over it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QColor, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from kdgui.ui.widgets.card import Card
from kdgui.ui.widgets.style import current_scheme, em


class DropCard(Card):
    """Takes copies: whatever was dragged stays where it came from.

    Signals:
        dropped: the QMimeData; it lives as long as the slots that are called at once.
    """

    dropped = Signal(QMimeData)

    def __init__(self, step: int, parent: QWidget | None = None) -> None:
        super().__init__(step, parent)
        self._awaited = False
        self.setAcceptDrops(True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if local_files(event.mimeData()) or event.mimeData().hasText():
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self._set_awaited(True)

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self._set_awaited(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._set_awaited(False)
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.dropped.emit(event.mimeData())

    def _set_awaited(self, awaited: bool) -> None:
        self._awaited = awaited
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._awaited:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(current_scheme().accent), 2, Qt.PenStyle.DashLine))
            painter.drawRoundedRect(self.rect().adjusted(2, 2, -2, -2), em(self, 0.5), em(self, 0.5))
            painter.end()


def local_files(data: QMimeData) -> list[Path]:
    """The files that were copied or dragged; [] where it is anything else."""
    urls = data.urls() if data.hasUrls() else []
    return [Path(url.toLocalFile()) for url in urls] if all(url.isLocalFile() for url in urls) else []
