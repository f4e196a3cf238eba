"""What there is to know about one result: every reason in three lines, and the server's own words beneath."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
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

from kdgui.domain.bills import TargetBill
from kdgui.domain.verdicts import Reason, Row
from kdgui.store.exports.row_report import RowRecords, it_report
from kdgui.ui.jobs.worker import start_job
from kdgui.ui.widgets.card import push_button, say
from kdgui.ui.widgets.style import current_scheme, em, mark, row_tone

if TYPE_CHECKING:
    from kdgui.store.messages.words import Explanation, Words

_MOST_LINES, _LEAST_LINES = 12, 1.8
_LINE_HEIGHT = 122
"""Per cent."""
_TOLD_FOR = 2500
"""Milliseconds that the button says that the copy is made."""


class DetailPane(QFrame):
    """The details of the selected row; it takes no room while none is selected.

    Text is put in letter by letter, never read as HTML, and can be selected across lines.
    """

    def __init__(self, words: Callable[[], Words], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("detailPane")
        self._words = words
        self._row: Row | None = None
        self._more: Callable[[Row], Sequence[str]] = lambda _row: ()
        self._fetch: Callable[[Row], RowRecords] | None = None
        mark(self, role="strip")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._text = _Passage()
        self.copy = push_button("detailCopyButton", self._copy_for_it, "link")
        self._copied = QTimer(self, singleShot=True, interval=_TOLD_FOR)
        self._copied.timeout.connect(self._name_copy)
        line = QHBoxLayout(self)
        line.setContentsMargins(em(self, 0.6), em(self, 0.4), em(self, 0.2), em(self, 0.4))
        line.setSpacing(0)
        line.addWidget(self._text, 1)
        line.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    @property
    def row(self) -> Row | None:
        """What is shown."""
        return self._row

    def tell_more(self, more: Callable[[Row], Sequence[str]]) -> None:
        """Below the target bills, tell what `more` says about a row: what went with it, its totals."""
        self._more = more
        self._rebuild()

    def use_papers(self, fetch: Callable[[Row], RowRecords]) -> None:
        """Where the copy for IT finds what the journal holds; `fetch` may block and raise KdguiError."""
        self._fetch = fetch

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
        self._name_copy()
        self._rebuild()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_text"):
            self._rebuild()

    # The copy for IT

    def _copy_for_it(self) -> None:
        row, fetch = self._row, self._fetch
        if row is None:
            return
        if fetch is None:
            self._put_on_clipboard(row, RowRecords())
            return
        start_job(
            lambda: fetch(row),
            self,
            success=lambda papers: self._put_on_clipboard(row, papers),
            failure=lambda _trouble: self._put_on_clipboard(row, RowRecords()),
        )

    def _put_on_clipboard(self, row: Row, papers: RowRecords) -> None:
        QGuiApplication.clipboard().setText(it_report(row, papers, self._words()))
        self.copy.setText(self.tr("Copied"))
        self._copied.start()

    def _name_copy(self) -> None:
        say(
            self.copy,
            self.tr("Copy for IT"),
            self.tr("Everything an administrator needs to look into this bill, as plain text"),
        )

    # Building

    def _rebuild(self) -> None:
        self.setVisible(self._row is not None)
        if self._row is not None:
            mark(self, tone=row_tone(self._row).value)  # may change the palette, and so come here again
            self._text.clear()
            self._tell(self._row)
            self._text.finish()

    def _tell(self, row: Row) -> None:
        words = self._words()
        explained = words.explained(row)
        what = explained[0][1].what if explained else ""
        self._text.add("　".join(part for part in (row.number, words.verdict(row), what) if part), bold=True)
        if row.targets:
            between = self.tr(", ")
            targets = between.join(self._target(target) for target in row.targets)
            self._text.add(self.tr("Target bills: {numbers}").format(numbers=targets))
        for line in self._more(row):
            self._text.add(line)
        for place, (reason, told) in enumerate(explained):
            self._explain(reason, told, headed=place > 0)
        if not explained and (advice := words.advice(row)):
            self._text.add(self.tr("What to do: {text}").format(text=advice))
        said = {reason for reason, _ in explained}
        self._list_notes(note for note in row.notes if note not in said)
        if row.asked_at is not None:
            asked = row.asked_at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
            self._text.add(self.tr("Kingdee was asked at {time}").format(time=asked), quiet=True)

    def _target(self, target: TargetBill) -> str:
        name = target.number or self.tr("no number, id {id}").format(id=target.id)
        if not target.status:
            return name
        state = self._words().text(f"status.{target.status}")
        return self.tr("{bill} ({state})").format(bill=name, state=state)

    def _explain(self, reason: Reason, told: Explanation, *, headed: bool) -> None:
        if headed:
            self._text.add(told.what, bold=True)
        if told.why:
            self._text.add(self.tr("Why: {text}").format(text=told.why))
        if told.do:
            sentence = self.tr("What to do ({who}): {text}") if told.who else self.tr("What to do: {text}")
            self._text.add(sentence.format(text=told.do, who=told.who))
        if told.said:
            code = (
                "" if reason.msg_code is None else self.tr(" (MsgCode {code})").format(code=reason.msg_code)
            )
            said = self.tr("Kingdee's own words: {text}").format(text=told.said)
            self._text.add(said + code, quiet=True)

    def _list_notes(self, notes: Iterable[Reason]) -> None:
        said = " · ".join(dict.fromkeys(map(self._words().reason, notes)))
        if said:
            self._text.add(self.tr("Notes: {text}").format(text=said), quiet=True)


class _Passage(QTextEdit):
    """Lines of plain text in three inks, as high as they need at this width, as far as there is room.

    Where banners need the room too, it gives way down to a line: the window must not grow for it.
    """

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
        self._wanted = em(self, _LEAST_LINES)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._wanted)

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), em(self, _LEAST_LINES))

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
        self._wanted = max(min(needed, self._room), em(self, _LEAST_LINES))
        self.updateGeometry()
