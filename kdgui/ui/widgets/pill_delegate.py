"""Painting table cells: pills for cells with a tone, quiet ink for remarks, one margin for all."""

from __future__ import annotations

import html
from enum import IntEnum

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from kdgui.ui.widgets.pills import paint_pill, pill_size
from kdgui.ui.widgets.style import Tone, current_scheme, em

_MARGIN = 0.25
"""At both sides of a cell, in font heights: that of header sections in the style sheet."""

_BAR = 3
"""Pixels of the bar that marks a selected row."""

_TICK = 1.6
"""Room for a tick and the gap behind it, in font heights."""

Index = QModelIndex | QPersistentModelIndex


class CellRole(IntEnum):
    """What models tell the delegate beside the words.

    TONE: a Tone for a pill, else None. MUTED: True for quiet ink.
    """

    TONE = Qt.ItemDataRole.UserRole + 1
    MUTED = Qt.ItemDataRole.UserRole + 2


def plain_tip(text: str) -> str:
    """Text from outside as a tool tip: Qt would take what looks like HTML for HTML."""
    return "<qt>" + html.escape(text).replace("\n", "<br>") + "</qt>" if text else ""


def mark_selected(painter: QPainter, cell: QRect, *, begins: bool = True) -> None:
    """Lines around a selected row and a bar where it begins: its pale ground alone is hardly told apart.

    A stronger ground would swallow the inks of the verdicts.
    """
    accent = QColor(current_scheme().accent)
    painter.fillRect(QRect(cell.left(), cell.top(), cell.width(), 1), accent)
    painter.fillRect(QRect(cell.left(), cell.bottom(), cell.width(), 1), accent)
    if begins:
        painter.fillRect(QRect(cell.left(), cell.top(), _BAR, cell.height()), accent)


class PillDelegate(QStyledItemDelegate):
    """Draws every cell of a table with one margin; the style draws the grounds of hover and selection."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        cell = QStyleOptionViewItem(option)
        self.initStyleOption(cell, index)
        text, cell.text = cell.text, ""
        focused = bool(cell.state & QStyle.StateFlag.State_HasFocus)
        cell.state &= ~QStyle.StateFlag.State_HasFocus
        widget = option.widget
        style = widget.style() if widget else QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, cell, painter, widget)
        if cell.state & QStyle.StateFlag.State_Selected:
            mark_selected(painter, cell.rect, begins=index.column() == 0)
        if focused:
            under = cell.rect.adjusted(0, cell.rect.height() - 2, 0, 0)
            painter.fillRect(under, QColor(current_scheme().accent))
        if not text:
            return
        margin = em(widget, _MARGIN)
        box = cell.rect.adjusted(margin, 0, -margin, 0)
        if cell.features & QStyleOptionViewItem.ViewItemFeature.HasCheckIndicator:
            tick = style.subElementRect(QStyle.SubElement.SE_ItemViewItemCheckIndicator, cell, widget)
            box.setLeft(tick.right() + 2 * margin)
        scheme = current_scheme()
        tone = index.data(CellRole.TONE)
        painter.save()
        painter.setFont(cell.font)
        if tone is not None:
            paint_pill(painter, box, text, Tone(tone), scheme)
        else:
            quiet = index.data(CellRole.MUTED) and not cell.state & QStyle.StateFlag.State_Selected
            painter.setPen(scheme.muted if quiet else cell.palette.color(QPalette.ColorRole.Text))
            line = cell.fontMetrics.elidedText(text, Qt.TextElideMode.ElideRight, box.width())
            side = cell.displayAlignment & Qt.AlignmentFlag.AlignHorizontal_Mask
            painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, line)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        cell = QStyleOptionViewItem(option)
        self.initStyleOption(cell, index)
        margin = em(option.widget, _MARGIN)
        if index.data(CellRole.TONE) is not None:
            width = pill_size(cell.fontMetrics, cell.text).width()
        else:
            width = cell.fontMetrics.horizontalAdvance(cell.text)
        if cell.features & QStyleOptionViewItem.ViewItemFeature.HasCheckIndicator:
            width += em(option.widget, _TICK)
        return QSize(width + 2 * margin + 2, em(option.widget, 1.8))
