"""What pages of settings are made of: words and fields, with what there is to say beside or below."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QPushButton, QSpinBox, QWidget

from kdgui.ui.widgets.card import plain_label
from kdgui.ui.widgets.fields import Combo, Spin
from kdgui.ui.widgets.style import em, named


class FieldGrid(QWidget):
    """One page: rows of a word and its field; hints stand below the field they are about."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(em(self, 0.8))
        self._grid.setVerticalSpacing(em(self, 0.45))
        self._grid.setColumnStretch(1, 1)
        self._words: dict[QWidget, QLabel] = {}

    def add(self, word: str, field: QWidget, *beside: QWidget, hint: str = "") -> None:
        """A field with its word before it, what belongs to it at its right, and a hint below."""
        row = self._grid.rowCount()
        label = self._words[field] = plain_label("muted")
        label.setText(word)
        label.setBuddy(field)
        field.setAccessibleName(word)
        line = QHBoxLayout()
        line.setSpacing(em(self, 0.5))
        narrow = isinstance(field, (QSpinBox, QPushButton))
        line.addWidget(field, 0 if narrow else 1)
        for part in beside:
            line.addWidget(part)
        if narrow:
            line.addStretch(1)
        self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignVCenter)
        self._grid.addLayout(line, row, 1)
        if hint:
            caption = plain_label("caption", wrap=True)
            caption.setText(hint)
            self.add_below(caption)

    def add_below(self, widget: QWidget) -> None:
        """Something under the fields, without a word before it."""
        narrow = Qt.AlignmentFlag.AlignLeft if isinstance(widget, QPushButton) else Qt.AlignmentFlag(0)
        self._grid.addWidget(widget, self._grid.rowCount(), 1, narrow)

    def close_up(self) -> None:
        """No more rows: what is left of the page stays empty."""
        self._grid.setRowStretch(self._grid.rowCount(), 1)

    def show_field(self, field: QWidget, *, shown: bool) -> None:
        """Show or hide a field with its word."""
        self._words[field].setVisible(shown)
        field.setVisible(shown)


def choice(name: str, choices: Sequence[tuple[str, str]]) -> QComboBox:
    """A combo box with these words, and what each means."""
    combo = named(name, Combo())
    for word, value in choices:
        combo.addItem(word, value)
    return combo


def number(name: str, least: int, most: int, unit: str = "") -> QSpinBox:
    """A field for a whole number within these bounds; nothing else can be typed."""
    spin = named(name, Spin())
    spin.setRange(least, most)
    spin.setSuffix(unit)
    spin.setFixedWidth(em(spin, 6))
    # With buttons of its own Qt's style sheet forgets the padding at the left of the number.
    spin.lineEdit().setTextMargins(em(spin, 0.4), 0, 0, 0)
    return spin


def select(combo: QComboBox, value: str) -> None:
    """Choose what means this; the first one where nothing does."""
    combo.setCurrentIndex(max(combo.findData(value), 0))
