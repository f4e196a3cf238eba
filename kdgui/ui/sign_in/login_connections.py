"""The row of connections in the sign-in: saved ones, the practice account, a new one; and their secrets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from kdgui.domain.accounts import CHINESE_LCID, ENGLISH_LCID
from kdgui.pushing.engine import PushEngine
from kdgui.store.messages.words import Words
from kdgui.store.profiles import BUILT_IN, Profile
from kdgui.ui.jobs.worker import Job, start_job
from kdgui.ui.widgets.account_words import label_word, profile_tone
from kdgui.ui.widgets.card import push_button, say
from kdgui.ui.widgets.fields import Combo
from kdgui.ui.widgets.icons import dot
from kdgui.ui.widgets.style import current_scheme, em, named

StartPractice = Callable[[], tuple[Profile, str]]
"""Starts the practice account; answers its profile and password. May block."""

_PRACTICE, _FRESH = "practice", "fresh"


def profile_words(profile: Profile, words: Words) -> str:
    """What a connection is called: "测试 · 小河贸易 · wang"."""
    name = profile.name or profile.data_centre_name or profile.data_centre_id
    return " · ".join((label_word(profile.label, words), name, profile.user))


class ConnectionRow(QWidget):
    """Lets the clerk choose a connection; reads files and key store off the window's thread.

    Signals:
        loaded: tuple of all Profile, saved ones only.
        keyring_missing: this computer has no safe key store.
        chosen: Profile to show in the form, and its secret ("" where none is known yet).
        secret_found: the secret kept for the profile shown last.
        secret_trouble: KdguiError of the key store.
        practice_starting: the practice account is being started; `chosen` or `failed` follow.
        edit_wanted: the account of the connection to be named, labelled or forgotten.
        failed: KdguiError of anything else.
    """

    loaded = Signal(object)
    keyring_missing = Signal()
    chosen = Signal(object, str)
    secret_found = Signal(str)
    secret_trouble = Signal(object)
    practice_starting = Signal()
    edit_wanted = Signal(str)
    failed = Signal(object)

    def __init__(
        self,
        engine: PushEngine,
        words: Words,
        start_practice: StartPractice | None,
        *,
        practice_first: bool = False,
    ) -> None:
        """`practice_first`: the practice account is chosen, whatever was used last."""
        super().__init__()
        self._practice_first = practice_first
        self._engine = engine
        self._words = words
        self._start_practice = start_practice
        self._practice_first = practice_first
        self._profiles: tuple[Profile, ...] = ()
        self._secret_job: Job | None = None
        self.combo = named("profileCombo", Combo())
        self.combo.activated.connect(self._on_activated)
        self._forget_button = push_button("forgetProfileButton", self._forget, "link")
        self._edit_button = push_button("editProfileButton", self._edit, "link")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(em(self, 0.4))
        row.addWidget(self.combo, 1)
        row.addWidget(self._edit_button)
        row.addWidget(self._forget_button)
        self._retranslate()

    def load(self) -> None:
        """Read what is saved; the connection used last is chosen."""

        def read() -> tuple[tuple[Profile, ...], bool]:
            return self._engine.profiles.load(), self._engine.secrets.usable()

        start_job(read, self, success=self._on_loaded, failure=self.failed.emit)

    def refresh(self) -> None:
        """Read anew what is saved: a connection was edited or forgotten elsewhere."""
        account = str(self.combo.currentData())

        def show(profiles: tuple[Profile, ...]) -> None:
            self._keep(profiles)
            known = account in [profile.account for profile in self._profiles]
            self._choose(account if known else _FRESH)

        start_job(self._engine.profiles.load, self, success=show, failure=self.failed.emit)

    def use_words(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self._retranslate()

    def abandon_secret(self) -> None:
        """A secret still on its way is not wanted any more."""
        if self._secret_job is not None:
            self._secret_job.abandon()
            self._secret_job = None

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.combo.setAccessibleName(self.tr("Connection"))
        say(self._edit_button, self.tr("Edit…"), self.tr("Its name, label, colour and certificate"))
        say(self._forget_button, self.tr("Forget"), self.tr("Forget this connection and its password"))
        self._fill(self.combo.currentData() or _FRESH)

    def _fill(self, chosen: str) -> None:
        self.combo.clear()
        for profile in self._profiles:
            ink, _ = current_scheme().tone(profile_tone(profile))
            self.combo.addItem(dot(ink), profile_words(profile, self._words), profile.account)
        if self._start_practice is not None:
            self.combo.addItem(self.tr("Practice (built in)"), _PRACTICE)
        self.combo.addItem(self.tr("New connection"), _FRESH)
        index = self.combo.findData(chosen)
        self.combo.setCurrentIndex(index if index >= 0 else self.combo.count() - 1)
        self._show_forget()

    def _show_forget(self) -> None:
        for button in (self._edit_button, self._forget_button):
            button.setVisible(self._profile() is not None)

    def _profile(self) -> Profile | None:
        account = self.combo.currentData()
        return next((profile for profile in self._profiles if profile.account == account), None)

    def _on_loaded(self, found: tuple[tuple[Profile, ...], bool]) -> None:
        profiles, keyring_usable = found
        practised = self._practice_first or (bool(profiles) and profiles[0].name == BUILT_IN)
        self._keep(profiles)
        if not keyring_usable:
            self.keyring_missing.emit()
        if practised and self._start_practice is not None:
            self._choose(_PRACTICE)
        elif self._profiles:
            self._choose(self._profiles[0].account)

    def _keep(self, profiles: Sequence[Profile]) -> None:
        """The practice account has a new port at every start: its old profiles are of no use."""
        self._profiles = tuple(profile for profile in profiles if profile.name != BUILT_IN)
        self.loaded.emit(self._profiles)
        self._fill(self.combo.currentData())

    def _choose(self, key: str) -> None:
        self.combo.setCurrentIndex(self.combo.findData(key))
        self._on_activated()

    def _on_activated(self) -> None:
        self._show_forget()
        self.abandon_secret()
        profile = self._profile()
        if profile is not None:
            self.chosen.emit(profile, "")
            if profile.remember:
                self._fetch_secret(profile)
        elif self.combo.currentData() == _PRACTICE:
            self._begin_practice()
        else:
            self.chosen.emit(Profile(server="", data_centre_id="", user="", lcid=self._lcid()), "")

    def _lcid(self) -> int:
        return ENGLISH_LCID if self._words.language == "en" else CHINESE_LCID

    def _fetch_secret(self, profile: Profile) -> None:
        self._secret_job = start_job(
            partial(self._engine.connection.saved_secret, profile),
            self,
            success=self._on_secret,
            failure=self.secret_trouble.emit,
        )

    def _on_secret(self, secret: str | None) -> None:
        self._secret_job = None
        if secret:
            self.secret_found.emit(secret)

    def _begin_practice(self) -> None:
        if self._start_practice is None:
            return
        self.practice_starting.emit()
        start_job(self._start_practice, self, success=self._on_practice, failure=self.failed.emit)

    def _on_practice(self, invitation: tuple[Profile, str]) -> None:
        profile, secret = invitation
        if self.combo.currentData() == _PRACTICE:
            self.chosen.emit(replace(profile, name=BUILT_IN, lcid=self._lcid()), secret)

    def _edit(self) -> None:
        profile = self._profile()
        if profile is not None:
            self.edit_wanted.emit(profile.account)

    def _forget(self) -> None:
        profile = self._profile()
        if profile is None:
            return

        def forget() -> tuple[Profile, ...]:
            self._engine.connection.forget_profile(profile)
            return self._engine.profiles.load()

        start_job(forget, self, success=self._on_forgotten, failure=self.failed.emit)

    def _on_forgotten(self, profiles: tuple[Profile, ...]) -> None:
        self._keep(profiles)
        self._choose(_FRESH)
