"""The strip at the top: whose books these are, in their colour, who is signed in, and ways to the rest."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from kdgui.domain.accounts import SignedIn
from kdgui.store.messages.words import Words
from kdgui.store.profiles import Profile
from kdgui.ui.choose.organisation_field import OrganisationCombo
from kdgui.ui.widgets.account_words import data_centre_words, profile_tone
from kdgui.ui.widgets.card import plain_label, push_button, say
from kdgui.ui.widgets.flexible_label import FlexibleLabel
from kdgui.ui.widgets.icons import icon
from kdgui.ui.widgets.style import Tone, em, mark, named


class TopStrip(QFrame):
    """Product, data centre, user and organisation; history, help, settings, another data centre; search.

    Signals:
        history_asked, help_asked, settings_asked, switch_asked: a button was pressed.
        search_changed: the text searched for, at every key.
        search_entered: the text, when Enter says that it is to be looked for in every run.
    """

    history_asked = Signal()
    help_asked = Signal()
    settings_asked = Signal()
    switch_asked = Signal()
    search_changed = Signal(str)
    search_entered = Signal(str)

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._profile: Profile | None = None
        self._signed_in: SignedIn | None = None
        self._colour = QFrame()
        self._colour.setFixedHeight(em(self, 0.22))
        self._product = plain_label("title")
        self._badge = named("dataCentreBadge", FlexibleLabel())
        self._who = named("signedInLabel", FlexibleLabel())
        self.organisation = OrganisationCombo()
        mark(self._badge, role="badge")
        mark(self._who, role="muted")
        self.search_edit = self._make_search()
        self.history_button = push_button("historyButton", self.history_asked.emit, "link")
        self.help_button = push_button("helpButton", self.help_asked.emit, "link")
        self.settings_button = push_button("settingsButton", self.settings_asked.emit, "link")
        self.switch_button = push_button("switchButton", self.switch_asked.emit, "link")
        mark(self, role="header")
        self._lay_out()
        self._connect_keys()
        self._retranslate()

    def show_account(self, profile: Profile | None, signed_in: SignedIn | None) -> None:
        """Show where and as whom we are signed in; None for nowhere."""
        self._profile, self._signed_in = profile, signed_in
        self._show_account()

    def add_sign(self, sign: QWidget) -> None:
        """Something to be seen at all times, beside who is signed in."""
        self._signs.addWidget(sign)

    def use_words(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self._retranslate()

    def title(self) -> str:
        """What the window's title bar says: the data centre first, so that the task bar shows it."""
        parts = [self._full_name(), self.tr("Push Assistant")]
        return " – ".join(part for part in parts if part)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        elif event.type() == QEvent.Type.PaletteChange:
            self._search_icon.setIcon(icon("search"))

    def _make_search(self) -> QLineEdit:
        edit = named("searchEdit", QLineEdit(clearButtonEnabled=True))
        edit.setMinimumWidth(em(self, 7))
        edit.setMaximumWidth(em(self, 13))
        mark(edit, role="search")
        self._search_icon = edit.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        edit.textChanged.connect(self.search_changed)
        edit.returnPressed.connect(self._on_entered)
        return edit

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._colour)
        row = QHBoxLayout()
        row.setContentsMargins(em(self, 1), em(self, 0.35), em(self, 0.7), em(self, 0.35))
        row.setSpacing(em(self, 0.7))
        for part in (self._product, self._badge, self._who, self.organisation):
            row.addWidget(part)
        self._signs = QHBoxLayout()
        row.addLayout(self._signs)
        row.addStretch(1)
        row.addWidget(self.search_edit)
        row.addSpacing(em(self, 0.3))
        links = QHBoxLayout()
        links.setSpacing(em(self, 0.1))
        for button in (self.history_button, self.help_button, self.settings_button, self.switch_button):
            links.addWidget(button)
        row.addLayout(links)
        column.addLayout(row)

    def _connect_keys(self) -> None:
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.activated.connect(self._go_to_search)
        leave = QShortcut(QKeySequence("Esc"), self.search_edit, self.search_edit.clear)
        leave.setContext(Qt.ShortcutContext.WidgetShortcut)
        ask = QShortcut(QKeySequence(QKeySequence.StandardKey.HelpContents), self)
        ask.activated.connect(self.help_asked)

    def _on_entered(self) -> None:
        number = self.search_edit.text().strip()
        if number:
            self.search_entered.emit(number)

    def _go_to_search(self) -> None:
        self.search_edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search_edit.selectAll()

    def _retranslate(self) -> None:
        self._product.setText(self.tr("Push Assistant"))
        say(self.history_button, self.tr("History"), self.tr("Every run so far, with its results"))
        say(self.help_button, self.tr("Help"), self.tr("What this program promises, and how to use it"))
        say(self.settings_button, self.tr("Settings"))
        self.search_edit.setPlaceholderText(self.tr("Find a number"))
        self.search_edit.setAccessibleName(self.tr("Find a number in the results"))
        self.search_edit.setToolTip(
            self.tr("While you type: in the results below. Enter: what became of this bill, in every run")
        )
        self._show_account()

    def _full_name(self) -> str:
        return data_centre_words(self._profile, self._words) if self._profile else ""

    def _show_account(self) -> None:
        name = self._full_name()
        tone = profile_tone(self._profile) if self._profile else Tone.NEUTRAL
        self._badge.setText(name)
        self._badge.setAccessibleName(self.tr("Data centre: {name}").format(name=name))
        self._badge.setVisible(bool(name))
        mark(self._badge, tone=tone.value)
        mark(self._colour, role="bar", tone=tone.value)
        if self._profile is None:
            say(self.switch_button, self.tr("Sign in"))
        else:
            say(self.switch_button, self.tr("Switch data centre"), self.tr("Sign in somewhere else"))
        self._who.setText(self._who_text())
        self._who.setAccessibleName(self.tr("Signed in: {who}").format(who=self._who.text()))

    def _who_text(self) -> str:
        if self._profile is None:
            return self.tr("Not signed in")
        return (self._signed_in.user if self._signed_in else "") or self._profile.user
