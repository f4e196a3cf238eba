"""A label that gives way: it takes the room its text wants, and is cut where there is less."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QStyle, QStyleOption, QToolTip, QWidget

from kdgui.ui.widgets.pill_delegate import plain_tip
from kdgui.ui.widgets.style import em


class FlexibleLabel(QLabel):
    """Plain text on one line; the whole of it is in the tool tip where it is cut."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, textFormat=Qt.TextFormat.PlainText)
        self.setIndent(0)  # Qt would add some to the right of what is painted here
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)

    @property
    def shown(self) -> str:
        """As much of the text as there is room for."""
        room = self.contentsRect().width()
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room)

    def minimumSizeHint(self) -> QSize:
        wanted = self.sizeHint()
        around = wanted.width() - self.fontMetrics().horizontalAdvance(self.text())
        return QSize(min(wanted.width(), around + em(self, 3)), wanted.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        option = QStyleOption()
        option.initFrom(self)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_Widget, option, painter, self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.contentsRect(), Qt.AlignmentFlag.AlignVCenter, self.shown)
        painter.end()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            tip = "" if self.shown == self.text() else plain_tip(self.text())
            QToolTip.showText(event.globalPos(), tip, self)
            return True
        return super().event(event)
