"""The sign-in: data centres by name while the address is typed, a test of the line, the sign-in itself.

What is typed stays through every error. Nothing blocks; closing the dialog while it works is safe.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QWidget

from kdgui.domain.bills import DataCentre
from kdgui.domain.errors import KdguiError, Stopped
from kdgui.pushing.engine import PushEngine
from kdgui.store.messages.words import Words
from kdgui.store.profiles import Profile
from kdgui.ui.jobs.worker import Job, TaskHandle
from kdgui.ui.sign_in.login_address import AddressNote, DataCentreSearch, address_of
from kdgui.ui.sign_in.login_connections import ConnectionRow, StartPractice
from kdgui.ui.sign_in.login_form import LoginForm
from kdgui.ui.widgets.card import plain_label, push_button, say
from kdgui.ui.widgets.fitting_dialog import FittingDialog
from kdgui.ui.widgets.message_bar import Strip, told
from kdgui.ui.widgets.style import Tone, em, named

if TYPE_CHECKING:
    from kdgui.pushing.connection.diagnosis import ConnectionReport

_MESSAGE_SHARE = 6
"""The part of the screen's height that a message takes at most; the rest of a long one is scrolled."""


class LoginDialog(FittingDialog):
    """Signs in. On success `accepted` is emitted and `engine.connection.signed_in` is set.

    `start_practice` None leaves the practice account out; `practice_first` chooses it at once.

    Signals:
        language_chosen: "zh" or "en", chosen by the clerk in the form: switch the program, then `use_words`.
    """

    language_chosen = Signal(str)

    def __init__(
        self,
        engine: PushEngine,
        words: Words,
        *,
        start_practice: StartPractice | None = None,
        practice_first: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, ems_wide=28)
        self.setObjectName("loginDialog")
        self._engine = engine
        self._words = words
        self._sign_in_job: Job | None = None
        # One sign-in at a time, even where one was given up and still waits for its server.
        self._turn = threading.Lock()
        self._search = DataCentreSearch(engine, self)
        self._connections = ConnectionRow(engine, words, start_practice, practice_first=practice_first)
        self.form = LoginForm(words, self._connections)
        self._make()
        self._lay_out()
        self._connect()
        self._retranslate()
        self.form.server_edit.setFocus()
        self._connections.load()

    # -- how it is made ----------------------------------------------------------------------------

    def _make(self) -> None:
        self._heading = plain_label("heading")
        self._caption = plain_label("muted", wrap=True)
        self._address_note, self._message = AddressNote(), Strip()
        named("loginMessage", self._message.label)
        lines_of_screen = self.screen().availableGeometry().height() / em(self, 1)
        self._message.limit(lines_of_screen / _MESSAGE_SHARE)
        self._message.hide()
        self._test_button = push_button("testConnectionButton", self._test_connection, "link")
        self._cancel_button = push_button("cancelButton", self.reject)
        self._login_button = push_button("loginButton", self._sign_in, "primary")
        self._login_button.setDefault(True)

    def _lay_out(self) -> None:
        for widget in (self._heading, self._caption, self.form, self._address_note):
            self.column.addWidget(widget)
        self.column.addStretch(1)
        self.pinned.addWidget(self._message)
        self.buttons.addWidget(self._test_button)
        self.buttons.addStretch(1)
        self.buttons.addWidget(self._cancel_button)
        self.buttons.addWidget(self._login_button)

    def _connect(self) -> None:
        connections, form, search = self._connections, self.form, self._search
        connections.loaded.connect(form.data_centre.know_labels)
        connections.keyring_missing.connect(self._on_keyring_missing)
        connections.chosen.connect(self._show_profile)
        connections.secret_found.connect(self._on_secret_found)
        connections.secret_trouble.connect(self._on_secret_trouble)
        connections.practice_starting.connect(self._on_practice_starting)
        connections.edit_wanted.connect(self._edit_connection)
        connections.failed.connect(self._show_error)
        form.address_edited.connect(self._on_address_edited)
        form.address_typed.connect(self._on_address_typed)
        form.submitted.connect(self._sign_in)
        form.language_chosen.connect(self.language_chosen)
        search.found.connect(self._on_centres)
        search.failed.connect(self._on_no_centres)

    # -- words -------------------------------------------------------------------------------------

    def use_words(self, words: Words) -> None:
        """Speak another language; nothing typed is touched."""
        self._words = words
        self.form.use_words(words)
        self._connections.use_words(words)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.setWindowTitle(self.tr("Sign in to Kingdee Cloud"))
        self._heading.setText(self.tr("Sign in to Kingdee Cloud"))
        self._caption.setText(
            self.tr("The password is kept in the system's key store; the program keeps no copy of its own.")
        )
        say(self._test_button, self.tr("Test connection"))
        say(self._cancel_button, self.tr("Cancel"))
        self._show_busy()

    # -- connections -------------------------------------------------------------------------------

    def _show_profile(self, profile: Profile, secret: str) -> None:
        self._show_message("")
        self.form.show_trouble([])
        self.form.show_profile(profile, secret)
        if not profile.server:
            self.form.server_edit.setFocus()
        elif secret:
            self._login_button.setFocus()
        else:
            self.form.password_edit.setFocus()

    def _edit_connection(self, account: str) -> None:
        from kdgui.ui.sign_in.connections_dialog import ConnectionsDialog  # not before the sign-in is shown

        dialog = ConnectionsDialog(self._engine, self._words, self, account=account)
        dialog.changed.connect(self._connections.refresh)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_keyring_missing(self) -> None:
        why = self._words.text("error.secrets_none")
        self.form.remember_check.setChecked(False)
        self.form.remember_check.setEnabled(False)
        self.form.note_remember(self.tr("{why}: type the password at each sign-in.").format(why=why))

    def _on_secret_found(self, secret: str) -> None:
        if not self.form.password_edit.text():
            self.form.password_edit.setText(secret)
            self._login_button.setFocus()

    def _on_secret_trouble(self, error: KdguiError) -> None:
        explanation = self._words.error(error)
        self.form.note_remember(
            self.tr("{why}. {advice}").format(why=explanation.what, advice=explanation.do)
        )

    def _on_practice_starting(self) -> None:
        self._show_message(self.tr("Starting the practice account…"), Tone.INFO)

    # -- the address -------------------------------------------------------------------------------

    def _on_address_edited(self) -> None:
        self._show_message("")  # it was about the address of before
        self._search.drop()
        self.form.note_centres("")

    def _on_address_typed(self, text: str) -> None:
        address = address_of(text)
        self._address_note.show_address(address)
        self._search.drop()
        self.form.note_centres("")
        if address is None:
            return
        self.form.ask_for_certificate(address.secure)
        self.form.note_centres(self.tr("Asking the server for its data centres…"))
        self._search.ask(text, self.form.profile().ca_file)

    def _on_centres(self, centres: tuple[DataCentre, ...]) -> None:
        self.form.data_centre.offer(centres)
        nothing = self.tr("The server lists no data centres; type the id your administrator gave you.")
        several = self.tr("Data centres found: {n}. Choose one.").format(n=len(centres))
        found = self.tr("Data centre found: {name}").format(name=centres[0].name) if centres else nothing
        self.form.note_centres(several if len(centres) > 1 else found)

    def _on_no_centres(self, error: KdguiError) -> None:
        why = self._words.error(error).what
        self.form.note_centres(
            self.tr("No list of data centres ({why}); its id can be typed.").format(why=why)
        )

    def _test_connection(self) -> None:
        """Layer by layer, and signing in too where the form is filled in; what the form says stays."""
        from kdgui.ui.sign_in.connection_test_dialog import ConnectionTestDialog

        self.form.show_trouble([])
        self._show_message("")
        call = partial(self._engine.connection.test_connection, self.form.profile(), self.form.secret)
        dialog = ConnectionTestDialog(call, self._words, self)
        dialog.tested.connect(self._on_tested)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_tested(self, report: ConnectionReport) -> None:
        if report.data_centres:
            self.form.data_centre.offer(report.data_centres)
            self.form.note_centres("")

    # -- signing in --------------------------------------------------------------------------------

    def _sign_in(self) -> None:
        if self._sign_in_job is not None or not self._complete():
            return
        self._show_message("")
        self._connections.abandon_secret()
        job = Job(_sign_in_task(self._engine, self._turn, self.form.profile(), self.form.secret), self)
        job.succeeded.connect(self._on_signed_in)
        job.failed.connect(self._on_refused)
        self._sign_in_job = job
        self._show_busy()
        job.start()

    def _complete(self) -> bool:
        missing = self.form.missing()
        self.form.show_trouble([field for _, field in missing])
        if missing:
            names = self.tr(", ").join(name for name, _ in missing)
            self._show_message(self.tr("Please fill in: {names}").format(names=names), Tone.BAD)
            missing[0][1].setFocus()
        return not missing

    def _on_signed_in(self, _signed_in: object) -> None:
        self._sign_in_job = None
        self._show_busy()
        self.accept()

    def _on_refused(self, error: KdguiError) -> None:
        self._sign_in_job = None
        self._show_busy()
        self._show_error(error)
        if error.code in ("sign_in_password", "sign_in_app_secret"):
            self.form.password_edit.setFocus()
            self.form.password_edit.selectAll()

    def _give_up(self) -> None:
        """Stop waiting for the server; should it let us in all the same, that is undone."""
        if self._sign_in_job is not None:
            self._sign_in_job.abandon()
            self._sign_in_job = None
            self._show_busy()

    def _show_busy(self) -> None:
        busy = self._sign_in_job is not None
        self.form.setEnabled(not busy)
        self._test_button.setEnabled(not busy)
        say(self._login_button, self.tr("Signing in…") if busy else self.tr("Sign in"))
        self._login_button.setEnabled(not busy)

    # -- messages and the end ----------------------------------------------------------------------

    def _show_error(self, error: KdguiError) -> None:
        self._show_message(told(self._words.error(error)), Tone.BAD)

    def _show_message(self, text: str, tone: Tone = Tone.NEUTRAL) -> None:
        self._message.setVisible(bool(text))
        self._message.show_text(text, tone)

    def reject(self) -> None:
        """Esc or Cancel: gives up a sign-in that is under way, else closes."""
        if self._sign_in_job is None:
            super().reject()
            return
        self._give_up()
        self._show_message(self.tr("Sign-in cancelled."))

    def closeEvent(self, event: QCloseEvent) -> None:
        """The window's own cross closes at once, whatever is under way."""
        self._give_up()
        super().closeEvent(event)

    def done(self, result: int) -> None:
        """Closed, whichever way: nothing on its way is wanted any more."""
        self._search.drop()
        self._connections.abandon_secret()
        super().done(result)


def _sign_in_task(
    engine: PushEngine, turn: threading.Lock, profile: Profile, secret: str
) -> Callable[[TaskHandle], object]:
    """A sign-in that waits for its turn and is undone where nobody wants it any more."""

    def task(handle: TaskHandle) -> object:
        with turn:
            if handle.stopped:
                raise Stopped
            return engine.connection.sign_in(profile, secret, still_wanted=lambda: not handle.stopped)

    return task
