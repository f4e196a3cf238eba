"""A bar for messages: strips with a tone, a sentence, and at most one thing to do. No questions."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from kdgui.store.words import Explanation
from kdgui.ui.card import plain_label, push_button, say
from kdgui.ui.icons import icon, pixmap
from kdgui.ui.style import Tone, current_scheme, em, mark


def told(explanation: Explanation) -> str:
    """An explanation as lines of plain text: what; why and what to do; the server's own words last."""
    advice = " ".join(part for part in (explanation.why, explanation.do) if part)
    said = explanation.said and QCoreApplication.translate("Strip", "In its own words: {said}").format(
        said=explanation.said
    )
    return "\n".join(line for line in (explanation.what, advice, said) if line)


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


class MessageBar(QWidget):
    """Messages one above the other, the newest last; it takes no room while there are none.

    A message has a key: the same key again replaces it, so the same trouble never fills the window.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("messageBar")
        self._strips: dict[str, Strip] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(em(self, 0.4))
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
        self.drop(key)
        strip = Strip(self)
        strip.setObjectName(f"message_{key}")
        if action and on_action is not None:
            button = push_button(f"messageAction_{key}", on_action, kind="link")
            say(button, action)
            mark(button, small=True)
            strip.row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        strip.row.addWidget(self._closer(key), 0, Qt.AlignmentFlag.AlignTop)
        self._strips[key] = strip
        self._column.addWidget(strip)
        self.show()
        strip.show_text(text, tone)

    def drop(self, key: str) -> None:
        """Take a message away; nothing happens where it is not there."""
        strip = self._strips.pop(key, None)
        if strip is None:
            return
        self._column.removeWidget(strip)
        strip.hide()
        strip.deleteLater()
        self.setVisible(bool(self._strips))

    def texts(self) -> dict[str, str]:
        """What is shown now, by key."""
        return {key: strip.label.text() for key, strip in self._strips.items()}

    def _closer(self, key: str) -> QToolButton:
        closer = QToolButton()
        closer.setObjectName(f"messageClose_{key}")
        closer.setIcon(icon("close"))
        closer.setAccessibleName(self.tr("Close this message"))
        closer.setToolTip(closer.accessibleName())
        closer.clicked.connect(lambda: self.drop(key))
        mark(closer, kind="quiet", small=True)
        return closer
