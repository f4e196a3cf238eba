"""Dropping on the window: what is let go anywhere is for card 2, which shows that it will take it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QLineEdit, QTextEdit, QWidget

from kdgui.ui.numbers.drop_card import local_files
from kdgui.ui.numbers.numbers_pane import NumbersPane


class DropTarget(QObject):
    """Hands on what is dragged over the window; card 2 itself takes things at any time, as before.

    A text let go over a field is for that field, a file never: its address would be written there.
    """

    def __init__(self, window: QWidget, numbers: NumbersPane, may_take: Callable[[], bool]) -> None:
        super().__init__(window)
        self._window, self._numbers, self._may_take = window, numbers, may_take
        window.setAcceptDrops(True)
        window.installEventFilter(self)
        for field in window.findChildren(QLineEdit):
            field.installEventFilter(self)
        for text in window.findChildren(QTextEdit):
            if text.isReadOnly():
                text.setAcceptDrops(False)  # or it would refuse what the window takes

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QDragLeaveEvent):
            self._numbers.dragLeaveEvent(event)
        elif isinstance(event, QDropEvent) and (watched is self._window or local_files(event.mimeData())):
            self._hand_on(event)
            return True
        return super().eventFilter(watched, event)

    def _hand_on(self, event: QDropEvent) -> None:
        """Entering and moving are events of dropping, too."""
        if not self._may_take():
            event.ignore()
        elif isinstance(event, QDragEnterEvent):
            self._numbers.dragEnterEvent(event)
        elif isinstance(event, QDragMoveEvent):
            event.accept()
        else:
            self._numbers.dropEvent(event)
