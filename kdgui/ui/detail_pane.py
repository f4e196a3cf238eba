"""What there is to know about one result: every reason, what to do, and the server's own words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from kdgui.domain.verdicts import Reason, Row
from kdgui.ui.card import plain_label, push_button, say
from kdgui.ui.results_model import targets_text
from kdgui.ui.style import Tone, em, mark, row_tone

if TYPE_CHECKING:
    from kdgui.store.words import Words

_SELECTABLE = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
_MOST_LINES = 7
"""Lines shown before the pane scrolls."""


class DetailPane(QFrame):
    """The details of the selected row; it takes no room while none is selected. Plain text only."""

    def __init__(self, words: Callable[[], Words], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("detailPane")
        self._words = words
        self._row: Row | None = None
        mark(self, role="strip")
        self._inner = QWidget()
        self._lines = QVBoxLayout(self._inner)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(em(self, 0.15))
        self._scroll = _Fitting(self._inner)
        column = QVBoxLayout(self)
        pad = em(self, 0.7)
        column.setContentsMargins(pad, em(self, 0.5), pad, em(self, 0.5))
        column.addWidget(self._scroll)
        self.hide()

    @property
    def row(self) -> Row | None:
        """What is shown."""
        return self._row

    def set_room(self, height: int) -> None:
        """Take no more than this height; what does not fit is scrolled."""
        self._scroll.room = min(height, em(self, _MOST_LINES * 1.4))
        self._scroll.fit()

    def text(self) -> str:
        """Everything shown, line by line, for the clipboard."""
        return "\n".join(label.text() for label in self._inner.findChildren(QLabel))

    def show_row(self, row: Row | None) -> None:
        """Show this row, or nothing."""
        if row == self._row and row is not None:
            return
        self._row = row
        self._rebuild()

    def retranslate(self) -> None:
        """Say everything anew in the language of now."""
        self.setAccessibleName(self.tr("Details"))
        self._rebuild()

    # Building

    def _rebuild(self) -> None:
        while (item := self._lines.takeAt(0)) is not None:
            _discard(item.widget(), item.layout())
        self.setVisible(self._row is not None)
        if self._row is None:
            return
        mark(self, tone=self._ground(self._row).value)
        shown = self._row.reasons or tuple(note for note in self._row.notes if self._worth_explaining(note))
        self._headline(self._row, shown)
        for place, reason in enumerate(shown):
            self._explain(reason, headed=place > 0)
        self._list_notes(self._row.notes if self._row.reasons else ())
        advice = self._words().advice(self._row)
        if advice and not any(self._words().explain(reason).do for reason in shown):
            self._add(self.tr("What to do: {text}").format(text=advice))
        self._scroll.fit()

    def _ground(self, row: Row) -> Tone:
        return row_tone(row)

    def _headline(self, row: Row, shown: Sequence[Reason]) -> None:
        words = self._words()
        what = words.explain(shown[0]).what if shown else words.verdict(row)
        line = QHBoxLayout()
        line.addWidget(self._label(f"{row.number}　{what}", bold=True), 1)
        line.addWidget(self._copy_button(), 0, Qt.AlignmentFlag.AlignTop)
        self._lines.addLayout(line)
        if row.targets:
            self._add(self.tr("Target bills: {numbers}").format(numbers=targets_text(row.targets)))
        if row.asked_at is not None:
            asked = row.asked_at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
            self._add(self.tr("Kingdee was asked at {time}").format(time=asked), "muted")

    def _copy_button(self) -> QPushButton:
        button = push_button(
            "detailCopyButton", lambda: QGuiApplication.clipboard().setText(self.text()), "link"
        )
        say(button, self.tr("Copy details"))
        return button

    def _explain(self, reason: Reason, *, headed: bool) -> None:
        told = self._words().explain(reason)
        if headed:
            self._lines.addWidget(self._label(told.what, bold=True))
        if told.why:
            self._add(self.tr("Why: {text}").format(text=told.why))
        if told.do:
            sentence = self.tr("What to do: {text} Who: {who}") if told.who else self.tr("What to do: {text}")
            self._add(sentence.format(text=told.do, who=told.who))
        if told.said:
            code = (
                "" if reason.msg_code is None else self.tr(" (MsgCode {code})").format(code=reason.msg_code)
            )
            self._add(self.tr("Kingdee's own words: {text}").format(text=told.said) + code, "muted")

    def _worth_explaining(self, note: Reason) -> bool:
        told = self._words().explain(note)
        return bool(told.do or told.said)

    def _list_notes(self, notes: Iterable[Reason]) -> None:
        said = " · ".join(dict.fromkeys(map(self._words().reason, notes)))
        if said:
            self._add(self.tr("Notes: {text}").format(text=said), "muted")

    def _add(self, text: str, role: str = "") -> None:
        self._lines.addWidget(self._label(text, role))

    def _label(self, text: str, role: str = "", *, bold: bool = False) -> QLabel:
        label = plain_label(role, wrap=True)
        label.setText(text)
        label.setTextInteractionFlags(_SELECTABLE)
        if bold:
            font = label.font()
            font.setBold(True)
            label.setFont(font)
        return label


class _Fitting(QScrollArea):
    """A scroll area as high as what it holds, up to some lines."""

    def __init__(self, inner: QWidget) -> None:
        super().__init__()
        self._inner = inner
        self.room = em(self, _MOST_LINES * 1.4)
        self.setObjectName("detailScroll")
        self.setWidget(inner)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        inner.setAutoFillBackground(False)
        inner.installEventFilter(self)

    def fit(self) -> None:
        """Take the height that the text needs at this width, as far as there is room."""
        layout = self._inner.layout()
        needed = layout.totalHeightForWidth(self.viewport().width()) if layout else 0
        self.setFixedHeight(max(min(needed, self.room), em(self, 1.4)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.fit()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.fit()


def _discard(widget: QWidget | None, layout: object) -> None:
    if widget is not None:
        widget.hide()
        widget.setParent(None)
        widget.deleteLater()
    elif isinstance(layout, QHBoxLayout):
        while (item := layout.takeAt(0)) is not None:
            _discard(item.widget(), item.layout())
        layout.deleteLater()
