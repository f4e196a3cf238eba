"""Combo boxes, numbers and dates that change only where it was meant: not by the wheel, not by a stray key.

A choice here may call the server (another organisation) or decide what becomes of bills (submit, approve):
a wheel that was to scroll the page, or an arrow key in a field that Tab happened to reach, must not make it.
"""

from __future__ import annotations

from PySide6.QtCore import QRegularExpression, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QRegularExpressionValidator, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QDateEdit,
    QLineEdit,
    QListView,
    QPushButton,
    QSpinBox,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from kdgui.ui.widgets.card import ENTER
from kdgui.ui.widgets.pill_delegate import Index, mark_selected
from kdgui.ui.widgets.style import em

_STEPS = frozenset({Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown})
_ENDS = frozenset({Qt.Key.Key_Home, Qt.Key.Key_End})


class _Rows(QStyledItemDelegate):
    """Rows of the list as high as everywhere else in the window."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(super().sizeHint(option, index).width(), em(option.widget, 1.9))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        if option.state & QStyle.StateFlag.State_Selected:
            mark_selected(painter, option.rect)


class Combo(QComboBox):
    """Changes by its open list alone; wheel, arrows and letters leave a closed one as it is.

    Arrow keys and letters open the list, so that whoever has no mouse chooses there, and Esc changes nothing.
    """

    def __init__(self, parent: QWidget | None = None, *, editable: bool = False) -> None:
        super().__init__(parent)
        self.setEditable(editable)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # the wheel would take the focus along
        if not editable:
            self.setView(QListView())
            self.setItemDelegate(_Rows(self))

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # the page scrolls

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER and not self.isEditable():
            event.ignore()  # the dialog's default button, or nothing
        elif event.key() in _STEPS or (event.key() in _ENDS and not self.isEditable()):
            self.showPopup()
        elif not self.isEditable() and _is_letter(event):
            self.showPopup()
            self.view().keyboardSearch(event.text())
        else:
            super().keyPressEvent(event)


class CountEdit(QLineEdit):
    """A count typed out before something that cannot be taken back; Enter goes to the button, never beyond.

    Enter presses nothing from here: a number typed by habit and Return would be no decision.
    """

    def __init__(self, go: QPushButton) -> None:
        super().__init__()
        self._go = go
        self.setValidator(QRegularExpressionValidator(QRegularExpression("[0-9]{0,6}"), self))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in ENTER:
            super().keyPressEvent(event)
        elif self._go.isEnabled():
            self._go.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self.selectAll()


class Spin(QSpinBox):
    """A whole number: typed, or stepped with its buttons."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not _is_step(self, event):
            super().keyPressEvent(event)


class DateField(QDateEdit):
    """A day: typed, or chosen in its calendar."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCalendarPopup(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not _is_step(self, event):
            super().keyPressEvent(event)


def _is_letter(event: QKeyEvent) -> bool:
    held = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
    return not held and event.text().strip().isprintable() and bool(event.text().strip())


def _is_step(field: QAbstractSpinBox, event: QKeyEvent) -> bool:
    """Whether this key would step the number; such a key is swallowed."""
    steps = event.key() in _STEPS and not event.modifiers() & Qt.KeyboardModifier.AltModifier
    if steps:
        field.selectAll()
    return steps
