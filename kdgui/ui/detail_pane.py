"""What there is to know about one result: every reason, what to do, and the server's own words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QGuiApplication,
    QResizeEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QTextEdit, QWidget

from kdgui.domain.verdicts import Reason, Row
from kdgui.ui.card import push_button, say
from kdgui.ui.results_model import targets_text
from kdgui.ui.style import current_scheme, em, mark, row_tone

if TYPE_CHECKING:
    from kdgui.store.words import Words

_MOST_LINES = 10
_LINE_HEIGHT = 122
"""Per cent."""


class DetailPane(QFrame):
    """The details of the selected row; it takes no room while none is selected.

    Text is put in letter by letter, never read as HTML, and can be selected across lines.
    """

    def __init__(self, words: Callable[[], Words], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("detailPane")
        self._words = words
        self._row: Row | None = None
        mark(self, role="strip")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._text = _Passage()
        self._copy = push_button("detailCopyButton", self._copy_all, "link")
        line = QHBoxLayout(self)
        line.setContentsMargins(em(self, 0.6), em(self, 0.4), em(self, 0.2), em(self, 0.4))
        line.setSpacing(0)
        line.addWidget(self._text, 1)
        line.addWidget(self._copy, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    @property
    def row(self) -> Row | None:
        """What is shown."""
        return self._row

    def text(self) -> str:
        """Everything shown, line by line."""
        return self._text.toPlainText()

    def set_room(self, height: int) -> None:
        """Take no more than this height; what does not fit is scrolled."""
        self._text.set_room(height)

    def show_row(self, row: Row | None) -> None:
        """Show this row, or nothing."""
        if row != self._row:
            self._row = row
            self._rebuild()

    def retranslate(self) -> None:
        """Say everything anew in the language of now."""
        self.setAccessibleName(self.tr("Details"))
        self._text.setAccessibleName(self.tr("Details"))
        say(self._copy, self.tr("Copy details"))
        self._rebuild()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_text"):
            self._rebuild()

    # Building

    def _copy_all(self) -> None:
        QGuiApplication.clipboard().setText(self.text())

    def _rebuild(self) -> None:
        self.setVisible(self._row is not None)
        if self._row is not None:
            mark(self, tone=row_tone(self._row).value)  # may change the palette, and so come here again
            self._text.clear()
            self._tell(self._row)
            self._text.finish()

    def _tell(self, row: Row) -> None:
        words = self._words()
        shown = row.reasons or tuple(note for note in row.notes if self._worth_explaining(note))
        self._headline(row, shown)
        for place, reason in enumerate(shown):
            self._explain(reason, headed=place > 0)
        self._list_notes(row.notes if row.reasons else ())
        advice = words.advice(row)
        if advice and not any(words.explain(reason).do for reason in shown):
            self._text.add(self.tr("What to do: {text}").format(text=advice))
        if row.asked_at is not None:
            asked = row.asked_at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
            self._text.add(self.tr("Kingdee was asked at {time}").format(time=asked), quiet=True)

    def _headline(self, row: Row, shown: Sequence[Reason]) -> None:
        words = self._words()
        what = words.explain(shown[0]).what if shown else words.verdict(row)
        self._text.add(f"{row.number}　{what}", bold=True)
        if row.targets:
            self._text.add(self.tr("Target bills: {numbers}").format(numbers=targets_text(row.targets)))

    def _explain(self, reason: Reason, *, headed: bool) -> None:
        told = self._words().explain(reason)
        if headed:
            self._text.add(told.what, bold=True)
        if told.why:
            self._text.add(self.tr("Why: {text}").format(text=told.why))
        if told.do:
            sentence = self.tr("What to do: {text} Who: {who}") if told.who else self.tr("What to do: {text}")
            self._text.add(sentence.format(text=told.do, who=told.who))
        if told.said:
            code = (
                "" if reason.msg_code is None else self.tr(" (MsgCode {code})").format(code=reason.msg_code)
            )
            said = self.tr("Kingdee's own words: {text}").format(text=told.said)
            self._text.add(said + code, quiet=True)

    def _worth_explaining(self, note: Reason) -> bool:
        told = self._words().explain(note)
        return bool(told.do or told.said)

    def _list_notes(self, notes: Iterable[Reason]) -> None:
        said = " · ".join(dict.fromkeys(map(self._words().reason, notes)))
        if said:
            self._text.add(self.tr("Notes: {text}").format(text=said), quiet=True)


class _Passage(QTextEdit):
    """Lines of plain text in three inks, as high as they need at this width, as far as there is room."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("detailText")
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setStyleSheet("QTextEdit { background: transparent; border: none; }")
        self.document().setDocumentMargin(em(self, 0.2))
        self._room = em(self, _MOST_LINES)

    def set_room(self, height: int) -> None:
        """Take no more than this height."""
        self._room = min(height, em(self, _MOST_LINES))
        self._fit()

    def add(self, text: str, *, bold: bool = False, quiet: bool = False) -> None:
        """Put one line below the others."""
        look = QTextCharFormat()
        look.setFontWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
        look.setForeground(QColor(current_scheme().muted if quiet else current_scheme().ink))
        cursor = self.textCursor()
        cursor.movePosition(QTextCursor.MoveOperation.End)
        shape = QTextBlockFormat()
        shape.setLineHeight(_LINE_HEIGHT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        if self.document().characterCount() > 1:
            cursor.insertBlock(shape, look)
        cursor.setBlockFormat(shape)
        cursor.insertText(text, look)

    def finish(self) -> None:
        """All lines are there: show the first one."""
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def _fit(self) -> None:
        self.document().setTextWidth(self.viewport().width())
        needed = round(self.document().size().height()) + 1
        self.setFixedHeight(max(min(needed, self._room), em(self, 1.8)))
