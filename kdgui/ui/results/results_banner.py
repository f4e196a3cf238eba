"""Above the results: why a run waits and what may be decided, what was not sent yet, what is elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from kdgui.pushing.flow.run_control import Pause
from kdgui.ui.results.run_digest import targets_text
from kdgui.ui.widgets.card import push_button, say
from kdgui.ui.widgets.message_bar import Strip
from kdgui.ui.widgets.style import Tone

if TYPE_CHECKING:
    from kdgui.store.messages.words import Words

SPLIT, NONE = "split", "none"

_MOST_LINES = 3.9


class ResultsBanner(Strip):
    """Shown only while there is something to say.

    Attributes:
        resume: goes on, or pushes the rest; look: shows once more what the first bill became.
        split, none: what becomes of a batch that Kingdee refused.

    Signals:
        resume_wanted, look_wanted: the button was pressed.
        choice_wanted: one of `Pause.choices`.
    """

    resume_wanted = Signal()
    look_wanted = Signal()
    choice_wanted = Signal(str)

    def __init__(self, words: Callable[[], Words], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self.resume = push_button("resumeButton", self.resume_wanted.emit)
        self.split = push_button("splitButton", lambda: self.choice_wanted.emit(SPLIT))
        self.none = push_button("pushNoneButton", lambda: self.choice_wanted.emit(NONE))
        self.look = push_button("previewButton", self.look_wanted.emit)
        for button in (self.look, self.split, self.none, self.resume):
            self.row.addWidget(button)
        self.limit(_MOST_LINES)
        self.centre()
        self.hide()

    def show_state(self, pause: Pause | None, unsent: int, *, elsewhere: bool, then: str = "") -> None:
        """Say the most urgent of these, or nothing; `then` ("submit", "audit") follows the rest."""
        if pause is not None:
            self._tell_pause(pause)
        elif unsent:
            self.show_text(self.tr("Not sent yet: {n}").format(n=f"{unsent:,}"), Tone.INFO)
            words = {
                "submit": self.tr("Push the other {n} and submit"),
                "audit": self.tr("Push the other {n}, submit and approve"),
            }
            word = words.get(then, self.tr("Push the other {n}"))
            say(self.resume, word.format(n=f"{unsent:,}"))
            self._offer(self.resume)
        elif elsewhere:
            text = self.tr("These results are from another data centre; nothing can be pushed from here.")
            self.show_text(text, Tone.NEUTRAL)
            self._offer()
        self.setVisible(pause is not None or unsent > 0 or elsewhere)

    def retranslate(self) -> None:
        """Name the buttons in the language of now; `show_state` says the rest."""
        say(self.resume, self.tr("Go on"))
        say(self.look, self.tr("Look at it…"))
        say(self.split, self.tr("Split and find out"))
        say(self.none, self.tr("Push none of them"))

    def _tell_pause(self, pause: Pause) -> None:
        if pause.preview is not None:
            number = targets_text((pause.preview.target,))
            text = self.tr("One bill was pushed: {number}. Look at it, then push the others or stop.")
            self.show_text(text.format(number=number), Tone.INFO)
            say(self.resume, self.tr("Push the others"))
            self._offer(self.look, self.resume)
            return
        told = self._words().explain(pause.reason)
        what = self.tr("Paused: {what}").format(what=told.what)
        choices = tuple(
            button for button, word in ((self.split, SPLIT), (self.none, NONE)) if word in pause.choices
        )
        lines = (what, told.why, told.do, told.said)
        self.show_text("\n".join(line for line in lines if line), Tone.WARN)
        say(self.resume, self.tr("Go on"))
        self._offer(*(choices or (self.resume,)), usable=pause.can_resume)

    def _offer(self, *buttons: QPushButton, usable: bool = True) -> None:
        for button in (self.look, self.split, self.none, self.resume):
            button.setVisible(button in buttons)
        self.resume.setEnabled(usable)
