"""The sign of the team in the strip: how many are there, and who is pushing what just now."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtWidgets import QPushButton, QTableWidget, QTableWidgetItem, QWidget

from kdgui.pushing.team.link import TeamLink, TeamState
from kdgui.store.ledger.stations import Colleague
from kdgui.store.messages.words import Words
from kdgui.ui.widgets.card import plain_label, push_button, say
from kdgui.ui.widgets.fitting_dialog import FittingDialog
from kdgui.ui.widgets.message_bar import told
from kdgui.ui.widgets.style import Tone, em, mark, named
from kdgui.ui.widgets.table_style import dress_table, fit_columns

_WIDEST = 14
LOOK_MS = 1000
"""How often the sign is brought up to date; asking the link does not block."""


class TeamSign(QPushButton):
    """Hidden where no team is set. A press shows who is there.

    Signals:
        settle_wanted: the bills that silent PCs left in flight are to be settled by this one.
    """

    settle_wanted = Signal()

    def __init__(self, team: TeamLink, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._team = team
        self._words = words
        self._shown: TeamState | None = None
        named("teamSign", self)
        mark(self, kind="link")
        self.clicked.connect(self._open)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()
        self._look()

    def use_words(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self._shown = None
        self._look()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._shown = None
            self._look()

    def _look(self) -> None:
        state = self._team.state
        self.setVisible(bool(self._team.setting.text))
        if state == self._shown:
            return
        self._shown = state
        if state.trouble is not None:
            say(self, self.tr("Team · not reached"), told(self._words.error(state.trouble)))
            mark(self, tone=Tone.BAD.value)
            return
        view = state.view
        count = view.people if view is not None else 0
        orphans = view.orphans if view is not None else 0
        tip = self.tr("Who is there, and what they are pushing just now")
        if orphans:
            tip = self._words.text("team.orphans", count=orphans)
        text = self.tr("Team · {count}").format(count=count) if view else self.tr("Team · …")
        if orphans:
            text = self.tr("{team} · {count} to settle").format(team=text, count=orphans)
        say(self, text, tip)
        mark(self, tone=(Tone.WARN if orphans else Tone.NEUTRAL).value)

    def _open(self) -> None:
        dialog = TeamDialog(self._team.state, self._words, self.window())
        dialog.settle_wanted.connect(self.settle_wanted)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


class TeamDialog(FittingDialog):
    """Who is there, on which PC, since when, and what they are pushing.

    Signals:
        settle_wanted: see TeamSign; the dialog is closed then.
    """

    settle_wanted = Signal()

    def __init__(self, state: TeamState, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent, ems_wide=34)
        self.setObjectName("teamDialog")
        self.setWindowTitle(self.tr("Team"))
        heading = plain_label("heading")
        heading.setText(self.tr("Team"))
        self.column.addWidget(heading)
        address = plain_label("caption", wrap=True)
        address.setText(state.address)
        self.column.addWidget(address)
        view = state.view
        if state.trouble is not None:
            self._add_text(told(words.error(state.trouble)), Tone.BAD)
        self.column.addWidget(self._table(view.colleagues if view is not None else ()))
        if view is not None and view.orphans:
            self._add_text(words.text("team.orphans", count=view.orphans), Tone.WARN)
            settle = push_button("settleOrphansButton", self._settle)
            say(settle, self.tr("Ask Kingdee"), self.tr("This PC finds out what became of them"))
            self.buttons.addWidget(settle)
        close = push_button("closeTeamButton", self.accept, "primary")
        say(close, self.tr("Close"))
        self.buttons.addStretch(1)
        self.buttons.addWidget(close)

    def _settle(self) -> None:
        self.accept()
        self.settle_wanted.emit()

    def _add_text(self, text: str, tone: Tone) -> None:
        label = plain_label("caption", wrap=True)
        label.setText(text)
        mark(label, tone=tone.value)
        self.column.addWidget(label)

    def _table(self, colleagues: tuple[Colleague, ...]) -> QTableWidget:
        table = named("teamTable", QTableWidget(len(colleagues), 4))
        table.setAccessibleName(self.tr("Who is there"))
        table.setHorizontalHeaderLabels(
            [self.tr("User"), self.tr("PC"), self.tr("Since"), self.tr("Just now")]
        )
        dress_table(table, 3)
        table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        table.setSelectionMode(QTableWidget.SelectionMode.NoSelection)
        for row, one in enumerate(colleagues):
            user = one.user or self.tr("Not signed in")
            name = self.tr("{user} (this PC)").format(user=user) if one.me else user
            since = one.since.astimezone().strftime("%m-%d %H:%M") if one.since else ""
            doing = self.tr("Pushing {count}").format(count=one.pushing) if one.pushing else "–"
            for column, text in enumerate((name, one.pc, since, doing)):
                table.setItem(row, column, QTableWidgetItem(text))
        fit_columns(table, em(table, _WIDEST))
        return table
