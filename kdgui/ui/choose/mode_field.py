"""One by one or merged, how many at a time, and in one line what will happen."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from kdgui.ui.widgets.card import plain_label, push_button, say
from kdgui.ui.widgets.fields import Spin
from kdgui.ui.widgets.style import em, join_segments, named

LEAST_BLOCK, MOST_BLOCK = 2, 1000


class ModeField(QObject):
    """Segments, a number and a hint; whoever owns this lays out `widget`.

    Attributes:
        separate, merged, block: the buttons, and how many bills one merged request carries at most.

    Signals:
        changed: another mode or size.
    """

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.separate = push_button("separateButton", lambda: None)
        self.merged = push_button("mergedButton", lambda: None)
        join_segments((self.separate, self.merged))
        self.separate.setChecked(True)
        self._beside = QHBoxLayout()
        self.block = named("blockSpin", Spin())
        self.block.setRange(LEAST_BLOCK, MOST_BLOCK)
        self.block.setValue(MOST_BLOCK)
        self.block.setFixedWidth(em(self.block, 5.2))
        # With buttons of its own Qt's style sheet forgets the padding at the left of the number.
        self.block.lineEdit().setTextMargins(em(self.block, 0.4), 0, 0, 0)
        self._block_label, self._block_unit = plain_label("muted"), plain_label("muted")
        self._hint = plain_label("caption", wrap=True)
        self.widget = self._lay_out()
        self.separate.toggled.connect(lambda _on: self._on_mode())
        self.block.valueChanged.connect(lambda _value: self.changed.emit())
        self._show_mode()

    @property
    def is_merged(self) -> bool:
        """Whether several bills go into one request."""
        return self.merged.isChecked()

    def choose(self, *, merged: bool, block: int) -> None:
        """Choose a mode, and how many bills go together at most."""
        (self.merged if merged else self.separate).setChecked(True)
        self.block.setValue(block)

    def put_beside(self, field: QWidget) -> None:
        """Show this field at the right of the two buttons."""
        self._beside.addWidget(field)

    def set_enabled(self, enabled: bool) -> None:
        """Whether it can be changed."""
        self.widget.setEnabled(enabled)

    def retranslate(self) -> None:
        """Say everything anew in the language of now."""
        say(self.separate, self.tr("One by one"), self.tr("One by one; none touches another"))
        say(self.merged, self.tr("Merged"))
        for button in (self.separate, self.merged):
            _make_room(button)
        self._block_label.setText(self.tr("at most"))
        self._block_unit.setText(self.tr("bills at a time"))
        self.block.setAccessibleName(self.tr("Bills pushed together at most"))
        self._show_mode()

    def _on_mode(self) -> None:
        self._show_mode()
        self.changed.emit()

    def _show_mode(self) -> None:
        self._size.setVisible(self.is_merged)
        self._hint.setVisible(self.is_merged)
        self._hint.setText(
            self.tr(
                "The rule puts bills that fit together into one target bill."
                " Where Kingdee refuses a whole batch, you are asked what to do."
            )
        )

    def _lay_out(self) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(em(holder, 0.3))
        row = QHBoxLayout()
        row.setSpacing(0)
        for button in (self.separate, self.merged):  # as high as the field beside them
            button.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Preferred)
        row.addWidget(self.separate)
        row.addWidget(self.merged)
        row.addSpacing(em(holder, 0.7))
        row.addLayout(self._beside)
        row.addStretch(1)
        self._size = QWidget()
        size = QHBoxLayout(self._size)
        size.setContentsMargins(0, 0, 0, 0)
        size.setSpacing(em(holder, 0.35))
        for part in (self._block_label, self.block, self._block_unit):
            size.addWidget(part)
        size.addStretch(1)
        column.addLayout(row)
        column.addWidget(self._size)
        column.addWidget(self._hint)
        return holder


def _make_room(button: QPushButton) -> None:
    """The chosen one is bold, which a button does not count on: its first and last letter would be cut."""
    button.ensurePolished()
    bold = QFont(button.font())
    bold.setWeight(QFont.Weight.DemiBold)
    text = button.text()
    more = QFontMetrics(bold).horizontalAdvance(text) - button.fontMetrics().horizontalAdvance(text)
    button.setMinimumWidth(button.sizeHint().width() + max(more, 0))
