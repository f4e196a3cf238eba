"""A dialog as high as its content needs, and never higher than the screen: then the content scrolls."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from kdgui.ui.widgets.style import em


def resize_within_screen(dialog: QDialog, width: int, height: int) -> None:
    """Give a dialog this size, or as much of it as the screen has."""
    room = dialog.screen().availableGeometry().size()
    dialog.resize(min(width, room.width() - em(dialog, 2)), min(height, room.height() - em(dialog, 3)))


class FittingDialog(QDialog):
    """Follows its content: a message that appears or goes makes it higher or lower.

    Attributes:
        column: the content, from top to bottom.
        pinned: below it, always in sight: messages.
        buttons: the last row, always in sight.
    """

    def __init__(self, parent: QWidget | None, ems_wide: float) -> None:
        super().__init__(parent)
        margin = em(self, 1.4)
        self._content = QWidget()
        self.column = QVBoxLayout(self._content)
        self.column.setContentsMargins(margin, margin, margin, 0)
        self.column.setSpacing(em(self, 0.7))
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self._content)
        self._foot = QWidget()
        self.pinned = QVBoxLayout(self._foot)
        self.pinned.setContentsMargins(margin, em(self, 0.7), margin, 0)
        self.pinned.setSpacing(em(self, 0.5))
        self.buttons = QHBoxLayout()
        self.buttons.setContentsMargins(margin, em(self, 0.7), margin, margin)
        self.buttons.setSpacing(em(self, 0.6))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._scroll, 1)
        outer.addWidget(self._foot)
        outer.addLayout(self.buttons)
        self.setMinimumWidth(em(self, ems_wide))
        self._content.installEventFilter(self)
        self._foot.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest and self.isVisible():
            self._fit()
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:
        self._fit()
        super().showEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._scroll_where_needed()

    def _fit(self) -> None:
        width = max(self.width(), self.minimumWidth(), self._content.minimumSizeHint().width())
        self._foot.setFixedHeight(_height(self.pinned, width))
        room = self.screen().availableGeometry()
        self.resize(width, min(self._whole_height(width), room.height() - em(self, 3)))
        self._scroll_where_needed()
        below = self.frameGeometry().bottom() - room.bottom()
        if below > 0 and self.isVisible():  # its buttons are down there
            self.move(self.x(), max(self.y() - below, room.top()))
        focused = self.focusWidget()
        if focused is not None and self._content.isAncestorOf(focused):
            self._scroll.ensureWidgetVisible(focused)

    def _whole_height(self, width: int) -> int:
        foot = self._foot.maximumHeight()
        return _height(self.column, width) + foot + self.buttons.totalSizeHint().height()

    def _scroll_where_needed(self) -> None:
        """A bar that was there before takes width: one more line wraps, and the bar stays for that line."""
        policy = Qt.ScrollBarPolicy
        fits = self.height() >= self._whole_height(self.width())
        self._scroll.setVerticalScrollBarPolicy(
            policy.ScrollBarAlwaysOff if fits else policy.ScrollBarAsNeeded
        )


def _height(layout: QVBoxLayout, width: int) -> int:
    """How high a column is at this width; negative where Qt says that no words in it wrap."""
    height = layout.totalHeightForWidth(width)
    return layout.totalSizeHint().height() if height < 0 else height
