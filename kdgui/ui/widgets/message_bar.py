"""Messages: strips with a tone, a sentence, and at most one thing to do; and a line for the newest."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain, pairwise

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSize, Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from kdgui.store.messages.words import Explanation
from kdgui.ui.widgets.card import IconButton, plain_label, push_button, say
from kdgui.ui.widgets.flexible_label import FlexibleLabel
from kdgui.ui.widgets.icons import icon, pixmap
from kdgui.ui.widgets.style import Tone, current_scheme, em, mark, named

_LINE_HIGH = 2.1
"""Font heights that are kept free for the newest message."""
_MOST_HIGH, _SHARE = 24, 2
"""Font heights, and the part of the window, that unfolded messages take at most; the rest is scrolled."""


def told(explanation: Explanation) -> str:
    """An explanation as lines of plain text: what; why and what to do; the server's own words last."""
    advice = " ".join(part for part in (explanation.why, explanation.do) if part)
    said = explanation.said and QCoreApplication.translate("Strip", "In its own words: {said}").format(
        said=explanation.said
    )
    return "\n".join(line for line in (explanation.what, advice, said) if line)


class _Passage(QScrollArea):
    """As high as its content needs at this width, where there is room; the rest is scrolled, by keys too."""

    def __init__(self, inside: QWidget, most: float, share: int = 1) -> None:
        """`most` is the height it may take, in font heights; `share` its part of the window."""
        super().__init__()
        self._inside, self._most, self._share = inside, most, share
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        mark(self, role="passage")
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        inside.installEventFilter(self)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        most = min(em(self, self._most), self.window().height() // self._share)
        return min(self._needed(width), most)

    def sizeHint(self) -> QSize:
        return QSize(em(self, 20), self.heightForWidth(max(self.width(), em(self, 8))))

    def minimumSizeHint(self) -> QSize:
        return QSize(em(self, 8), min(self.sizeHint().height(), em(self, 2)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        scrolled = self._needed(self.width()) > self.height()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if scrolled else Qt.FocusPolicy.NoFocus)
        self.updateGeometry()

    def _needed(self, width: int) -> int:
        # Without wrapped text in sight Qt's answer for a width is -1.
        wraps = self._inside.hasHeightForWidth()
        return self._inside.heightForWidth(width) if wraps else self._inside.sizeHint().height()


class Strip(QFrame):
    """One message: an icon that repeats the tone (never colour alone), plain text, room for buttons."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tone = Tone.NEUTRAL
        self._icon = QLabel(alignment=Qt.AlignmentFlag.AlignTop)
        self.label = plain_label(wrap=True)
        self.label.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.label.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(em(self, 0.7), em(self, 0.45), em(self, 0.7), em(self, 0.45))
        self.row.setSpacing(em(self, 0.5))
        self.row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        self.row.addWidget(self.label, 1)
        mark(self, role="strip", tone=self._tone.value)

    def limit(self, lines: float) -> None:
        """Show no more than so many lines of text; the others are scrolled."""
        self.row.removeWidget(self.label)
        self.row.insertWidget(1, _Passage(self.label, lines), 1)

    def centre(self) -> None:
        """Line everything up by its middle: for strips with buttons of full height."""
        for place in range(self.row.count()):
            if (item := self.row.itemAt(place)) is not None:
                item.setAlignment(Qt.AlignmentFlag.AlignVCenter)

    def show_text(self, text: str, tone: Tone) -> None:
        """Say this in this tone; screen readers are told."""
        self._tone = tone
        mark(self, tone=tone.value)
        mark(self.label, tone=tone.value)
        self.label.setText(text)
        self.label.setAccessibleName(text)
        self._draw_icon()
        QAccessible.updateAccessibility(QAccessibleEvent(self.label, QAccessible.Event.Alert))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self.label.text():
            self._draw_icon()

    def _draw_icon(self) -> None:
        ink, _ = current_scheme().tone(self._tone)
        name = "info" if self._tone is Tone.NEUTRAL else self._tone.value
        size = self.fontMetrics().height()
        self._icon.setPixmap(pixmap(name, size, ink, self.devicePixelRatioF()))


class _Message(Strip):
    """One message of the bar: in full, or on one line that is cut where there is no room."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.brief = FlexibleLabel()
        self.brief.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.row.insertWidget(1, self.brief, 1)

    @property
    def long(self) -> bool:
        """Whether there is more to read than its one line shows."""
        return "\n" in self.label.text() or self.brief.shown != self.brief.text()

    def show_text(self, text: str, tone: Tone) -> None:
        super().show_text(text, tone)
        self.brief.setText(text.partition("\n")[0])
        self.brief.setAccessibleName(text)
        mark(self.brief, tone=tone.value)

    def set_brief(self, *, brief: bool) -> None:
        """Show one line, or everything."""
        self.brief.setVisible(brief)
        self.label.setVisible(not brief)


class MessageBar(QFrame):
    """The newest message on one line in a place kept free for it; others and long ones unfold over the page.

    Nothing in the page ever moves: what the pointer is over stays under it. A message has a key: the same key
    again replaces it, so the same trouble never fills the window.

    Attributes:
        place: lay this out where the line is to be; the bar, a child of the same parent, follows it.
        home: gets the focus where the message that held it goes; None leaves that to Qt.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("messageBar")
        self.place = named("messagePlace", QWidget())
        self.place.setFixedHeight(em(self, _LINE_HIGH))
        self.place.installEventFilter(self)
        self.home: QWidget | None = None
        self._open = False
        self._strips: dict[str, _Message] = {}
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(em(self, 0.4))
        self._room = named("messageRoom", _Passage(inside, _MOST_HIGH, _SHARE))
        self._more = push_button("moreMessagesButton", self._turn, kind="link")
        mark(self._more, small=True)
        mark(self, role="messages")
        around = self._around = QHBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.setSpacing(em(self, 0.4))
        around.addWidget(self._room, 1)
        around.addWidget(self._more, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def tell(
        self,
        key: str,
        text: str,
        tone: Tone,
        *,
        action: str = "",
        on_action: Callable[[], object] | None = None,
    ) -> None:
        """Show a message until the clerk closes it, `drop(key)`, or another with this key comes.

        `action` is the word on a button that calls `on_action`; the message stays until it is dropped.
        """
        self._take_out(key)
        strip = _Message(self)
        strip.setObjectName(f"message_{key}")
        strip.brief.installEventFilter(self)
        if action and on_action is not None:
            button = push_button(f"messageAction_{key}", on_action, kind="link")
            say(button, action)
            mark(button, small=True)
            strip.row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        strip.row.addWidget(self._closer(key), 0, Qt.AlignmentFlag.AlignTop)
        self._strips[key] = strip
        self._column.insertWidget(0, strip)
        strip.show_text(text, tone)
        self._open = self._open or (tone is Tone.BAD and "\n" in text)
        self._room.setAccessibleName(self.tr("Messages"))
        self.show()
        self.raise_()
        self._refresh()
        self._order_tabs()

    def drop(self, key: str) -> None:
        """Take a message away; nothing happens where it is not there."""
        self._take_out(key)
        self._open = self._open and bool(self._strips)
        self.setVisible(bool(self._strips))
        self._refresh()

    def texts(self) -> dict[str, str]:
        """What is shown now, by key."""
        return {key: strip.label.text() for key, strip in self._strips.items()}

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Of the place, which the bar follows; and of what is told, which is cut by now or no longer.
        if event.type() in (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show):
            self._refresh()
        return super().eventFilter(watched, event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._open:
            self._turn()
        else:
            super().keyPressEvent(event)

    def _take_out(self, key: str) -> None:
        strip = self._strips.pop(key, None)
        if strip is None:
            return
        focused = QApplication.focusWidget()
        held = focused is not None and strip.isAncestorOf(focused)
        self._column.removeWidget(strip)
        strip.hide()
        strip.deleteLater()
        if held and self.home is not None:
            self.home.setFocus()

    def fold(self) -> None:
        """Back to one line."""
        self._open = False
        self._refresh()

    def _turn(self) -> None:
        self._open = not self._open
        self._refresh()

    def _refresh(self) -> None:
        """One line in its place; unfolded, as high as the messages are, over the page."""
        newest = next(reversed(self._strips.values()), None)
        for strip in self._strips.values():
            strip.set_brief(brief=not self._open)
            strip.setVisible(self._open or strip is newest)
        mark(self, open=self._open)
        if self.place.parentWidget() is self.parentWidget() and self.place.parentWidget() is not None:
            shape = self.place.geometry()
            edge = min(em(self, 0.4), shape.y()) if self._open else 0
            self._around.setContentsMargins(edge, edge, edge, edge)
            wanted = shape.height()
            if self._open:
                width = shape.width() - self._more.sizeHint().width() - self._around.spacing()
                wanted = max(self._room.heightForWidth(width), wanted)
            self.setGeometry(shape.x() - edge, shape.y() - edge, shape.width() + 2 * edge, wanted + 2 * edge)
        others = len(self._strips) - 1
        self._more.setVisible(self._open or others > 0 or (newest is not None and newest.long))
        if self._open:
            say(self._more, self.tr("Fold"), self.tr("Back to one line (Esc)"))
        elif others > 0:
            say(self._more, self.tr("{n} more").format(n=others), self.tr("Show every message in full"))
        else:
            say(self._more, self.tr("Read all"), self.tr("Show every message in full"))

    def _order_tabs(self) -> None:
        """From the newest message down, as they are seen."""
        strips = (self._strips[key] for key in reversed(self._strips))
        first, *others = [strip.findChildren(QAbstractButton) for strip in strips]
        for before, after in pairwise([*first, self._more, *chain.from_iterable(others)]):
            QWidget.setTabOrder(before, after)

    def _closer(self, key: str) -> QToolButton:
        closer = IconButton()
        closer.setObjectName(f"messageClose_{key}")
        closer.setIcon(icon("close"))
        closer.setAccessibleName(self.tr("Close this message"))
        closer.setToolTip(closer.accessibleName())
        closer.clicked.connect(lambda: self.drop(key))
        mark(closer, kind="quiet", small=True)
        return closer
