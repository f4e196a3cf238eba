"""Pills: a dot and a word on a pale ground. For delegates a painter and a size, for layouts a widget."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from kdgui.ui.widgets.style import Scheme, Tone, current_scheme


def pill_size(metrics: QFontMetrics, word: str) -> QSize:
    """How much room a pill with this word takes."""
    height = metrics.height()
    return QSize(metrics.horizontalAdvance(word) + round(height * 1.5), round(height * 1.2))


def paint_pill(painter: QPainter, rect: QRect, word: str, tone: Tone, scheme: Scheme) -> None:
    """Paint a pill at the left of `rect`, centred from top to bottom, in the painter's font.

    A word that does not fit is cut with an ellipsis; nothing is painted outside `rect`.
    """
    metrics = painter.fontMetrics()
    size = pill_size(metrics, word).boundedTo(rect.size())
    box = QRectF(rect.left(), rect.top() + (rect.height() - size.height()) / 2, size.width(), size.height())
    ink, ground = scheme.tone(tone)
    dot, pad = metrics.height() / 6, metrics.height() / 2
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
    painter.setBrush(ink)
    painter.drawEllipse(QPointF(box.left() + pad + dot, box.center().y()), dot, dot)
    painter.setPen(ink)
    text_box = box.adjusted(pad + dot * 3.5, 0, -pad * 0.6, 0)
    shown = metrics.elidedText(word, Qt.TextElideMode.ElideRight, round(text_box.width()))
    painter.drawText(text_box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
    painter.restore()


class Pill(QWidget):
    """One pill as a widget; screen readers read its word."""

    def __init__(self, word: str = "", tone: Tone = Tone.NEUTRAL, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._word, self._tone = word, tone
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(word)

    @property
    def word(self) -> str:
        """The word shown."""
        return self._word

    def show_word(self, word: str, tone: Tone) -> None:
        """Show another word in another tone."""
        self._word, self._tone = word, tone
        self.setAccessibleName(word)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return pill_size(self.fontMetrics(), self._word)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_pill(painter, self.rect(), self._word, self._tone, current_scheme())
        painter.end()
