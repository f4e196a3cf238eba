"""Below the grid: further columns of the last table, and what of them is filled in on the targets."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from kdgui.domain.fills import FillField, FillTable
from kdgui.ui.widgets.card import push_button, say
from kdgui.ui.widgets.flexible_label import FlexibleLabel
from kdgui.ui.widgets.style import em, mark, named

_MOST_NAMED = 4


class FillPanel(QWidget):
    """Takes no room while there is no table with further columns.

    Signals:
        choose_wanted: match the columns. drop_wanted: fill in nothing.
    """

    choose_wanted = Signal()
    drop_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table: FillTable | None = None
        self._fields: tuple[FillField | None, ...] = ()
        self._label = named("fillLabel", FlexibleLabel())
        mark(self._label, role="caption")
        self.choose = push_button("fillButton", self.choose_wanted.emit, "link")
        self.drop = push_button("noFillButton", self.drop_wanted.emit, "link")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(em(self, 0.5))
        line.addWidget(self._label)
        for button in (self.choose, self.drop):
            mark(button, small=True)
            line.addWidget(button)
        line.addStretch(1)
        self.hide()

    def show_table(self, table: FillTable | None, fields: tuple[FillField | None, ...] = ()) -> None:
        """This table can be filled in, by these fields where they are chosen; None for no table."""
        self._table, self._fields = table, fields
        self.retranslate()
        self.setVisible(table is not None)

    def retranslate(self) -> None:
        """Say everything anew in the language of now."""
        say(self.drop, self.tr("Skip"), self.tr("Push without filling in the targets"))
        tip = self.tr("Say which column goes into which field of the target bills")
        say(self.choose, self.tr("Change…") if any(self._fields) else self.tr("Fill in targets…"), tip)
        if self._table is not None:
            self._label.setText(self._matched() if any(self._fields) else self._offered(self._table))

    def text(self) -> str:
        """What it says."""
        return self._label.text()

    def _offered(self, table: FillTable) -> str:
        names = self._joined(table.headings)
        return self.tr("{n} more columns can be filled in on the targets: {names}").format(
            n=len(table.headings), names=names
        )

    def _matched(self) -> str:
        names = self._joined(tuple(item.label for item in self._fields if item is not None))
        left = sum(item is None for item in self._fields)
        told = self.tr("After the push these are filled in first: {names}").format(names=names)
        return told + (self.tr("; columns left out: {n}").format(n=left) if left else "")

    def _joined(self, names: tuple[str, ...]) -> str:
        more = self.tr(" and {n} more").format(n=len(names) - _MOST_NAMED) if len(names) > _MOST_NAMED else ""
        return self.tr(", ").join(names[:_MOST_NAMED]) + more
