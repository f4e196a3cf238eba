"""The fields of the sign-in: reads and shows a profile. No network, no disk; the dialog does the work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QWidget,
)

from kdgui.domain.accounts import CHINESE_LCID, ENGLISH_LCID, SignInMode
from kdgui.store.messages.words import Words
from kdgui.store.profiles import Profile
from kdgui.ui.sign_in.data_centre_field import DataCentreField
from kdgui.ui.widgets.card import plain_label, push_button, say
from kdgui.ui.widgets.fields import Combo
from kdgui.ui.widgets.secret_edit import SecretEdit
from kdgui.ui.widgets.style import em, mark, named

TYPING_PAUSE_MS = 450
"""How long nobody types before an address counts as typed."""

TRADITIONAL_LCID = 3076
_LANGUAGES = (("简体中文", CHINESE_LCID), ("English", ENGLISH_LCID), ("繁體中文", TRADITIONAL_LCID))
_APP_MODES = (SignInMode.APP_SECRET, SignInMode.LOGIN_SIGN, SignInMode.SIGNED_HEADERS)


class LoginForm(QFrame):
    """Server, data centre, way of signing in, user, secret, language; the row of connections above them.

    Signals:
        address_typed: the address, some moments after the last key, and at once when a profile is shown.
        address_edited: at every key: whatever is known about the old address is void.
        language_chosen: "zh" or "en", chosen by the clerk.
        submitted: Enter was pressed in a field.
    """

    address_typed = Signal(str)
    address_edited = Signal()
    language_chosen = Signal(str)
    submitted = Signal()

    def __init__(self, words: Words, connections: QWidget) -> None:
        super().__init__()
        self._connections = connections
        self._shown = Profile(server="", data_centre_id="", user="")
        self._make_fields(words)
        self._lay_out()
        mark(self, role="card")
        self._connect()
        self._retranslate()

    # -- what is in it -----------------------------------------------------------------------------

    @property
    def secret(self) -> str:
        """The password or app secret as it was typed."""
        return self.password_edit.text()

    @property
    def mode(self) -> SignInMode:
        """The way of signing in that is chosen."""
        return SignInMode(self.mode_combo.currentData())

    def show_profile(self, profile: Profile, secret: str = "") -> None:
        """Fill the fields; the list of data centres holds this one only until the server's arrives."""
        self._shown = profile
        self._pause.stop()
        self.server_edit.setText(profile.server)
        self.data_centre.show_profile(profile)
        self.mode_combo.setCurrentIndex(self.mode_combo.findData(profile.mode))
        self.app_id_edit.setText(profile.app_id)
        self.user_edit.setText(profile.user)
        self.password_edit.setText(secret)
        self.organisation_edit.setText(profile.organisation)
        self.ca_file_edit.setText(profile.ca_file)
        self.language_combo.setCurrentIndex(max(self.language_combo.findData(profile.lcid), 0))
        self.remember_check.setChecked(profile.remember)
        self.ask_for_certificate(secure=False)
        self.address_typed.emit(profile.server)

    def profile(self) -> Profile:
        """What the fields say, blanks around dropped; the server as it was typed."""
        centre, mode = self.data_centre.data_centre(), self.mode
        return replace(
            self._shown,
            server=self.server_edit.text().strip(),
            data_centre_id=centre.id,
            data_centre_name=centre.name,
            label=self.data_centre.label,
            user=self.user_edit.text().strip(),
            mode=mode,
            app_id=self.app_id_edit.text().strip() if mode in _APP_MODES else "",
            organisation=self.organisation_edit.text().strip() if mode is SignInMode.SIGNED_HEADERS else "",
            lcid=int(self.language_combo.currentData()),
            remember=self.remember_check.isChecked(),
            ca_file=self.ca_file_edit.text().strip(),
        )

    def missing(self) -> list[tuple[str, QWidget]]:
        """The fields that must be filled and are not: what they are called, and where they are."""
        profile = self.profile()
        wanted: list[tuple[object, QWidget]] = [
            (profile.server, self.server_edit),
            (profile.data_centre_id, self.data_centre.combo),
            (profile.app_id or profile.mode not in _APP_MODES, self.app_id_edit),
            (profile.user, self.user_edit),
            (self.secret, self.password_edit),
        ]
        return [(field.accessibleName(), field) for value, field in wanted if not value]

    def show_trouble(self, fields: Sequence[QWidget]) -> None:
        """Give these fields a red edge, and no others."""
        for field in self._words_beside:
            mark(field, trouble=field in fields)

    def note_centres(self, text: str) -> None:
        """One quiet line under the data centre; "" for none."""
        self._centre_note.setText(text)
        self._centre_note.setVisible(bool(text))

    def note_remember(self, text: str) -> None:
        """One quiet line under the check box; "" for none."""
        self._remember_note.setText(text)
        self._remember_note.setVisible(bool(text))

    def ask_for_certificate(self, secure: bool) -> None:
        """A certificate file is asked for only where there is a certificate."""
        shown = secure or bool(self.ca_file_edit.text())
        self._words_beside[self.ca_file_edit].setVisible(shown)
        self._ca_row.setVisible(shown)

    # -- how it is made ----------------------------------------------------------------------------

    def _make_fields(self, words: Words) -> None:
        self.server_edit = named("serverEdit", QLineEdit(placeholderText="http://…/k3cloud/"))
        self.data_centre = DataCentreField(words)
        self.mode_combo = named("modeCombo", Combo())
        self.app_id_edit = named("appIdEdit", QLineEdit())
        self.user_edit = named("userEdit", QLineEdit())
        self.password_edit = named("passwordEdit", SecretEdit())
        self.organisation_edit = named("organisationEdit", QLineEdit())
        self.ca_file_edit = named("caFileEdit", QLineEdit())
        self._ca_button = push_button("caFileButton", self._browse)
        self.language_combo = named("languageCombo", Combo())
        self.remember_check = named("rememberCheck", QCheckBox())
        self._connection_word = plain_label("muted")
        self._centre_note = plain_label("caption", wrap=True)
        self._remember_note = plain_label("caption", wrap=True)
        for mode in SignInMode:
            self.mode_combo.addItem("", mode)
        for name, lcid in _LANGUAGES:
            self.language_combo.addItem(name, lcid)
        self.language_combo.setCurrentIndex(1 if words.language == "en" else 0)
        self._pause = QTimer(self, singleShot=True, interval=TYPING_PAUSE_MS)

    def _lay_out(self) -> None:
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(*[em(self, 0.9)] * 4)
        self._grid.setHorizontalSpacing(em(self, 0.8))
        self._grid.setVerticalSpacing(em(self, 0.4))
        self._grid.setColumnStretch(1, 1)
        self._words_beside: dict[QWidget, QLabel] = {}
        self._grid.addWidget(self._connection_word, 0, 0)
        self._grid.addWidget(self._connections, 0, 1)
        self._add_row(self.server_edit)
        self._add_row(self.data_centre.combo, self.data_centre)
        self._add_below(self._centre_note)
        for field in (self.mode_combo, self.app_id_edit, self.user_edit, self.password_edit):
            self._add_row(field)
        self._add_row(self.organisation_edit)
        self._ca_row = _side_by_side(self.ca_file_edit, self._ca_button)
        self._add_row(self.ca_file_edit, self._ca_row)
        self._add_row(self.language_combo)
        self._add_below(self.remember_check)
        self._add_below(self._remember_note)
        self._grid.setRowStretch(self._grid.rowCount(), 1)
        self.note_centres("")
        self.note_remember("")
        self.ask_for_certificate(secure=False)

    def _add_row(self, field: QWidget, shown: QWidget | None = None) -> None:
        row = self._grid.rowCount()
        word = self._words_beside[field] = plain_label("muted")
        word.setBuddy(field)
        self._grid.addWidget(word, row, 0)
        self._grid.addWidget(shown or field, row, 1)

    def _add_below(self, widget: QWidget) -> None:
        self._grid.addWidget(widget, self._grid.rowCount(), 1)

    def _connect(self) -> None:
        self._pause.timeout.connect(self._on_pause)
        self.server_edit.textEdited.connect(self._on_server_edited)
        self.mode_combo.currentIndexChanged.connect(self._show_mode)
        self.language_combo.activated.connect(self._on_language_chosen)
        for edit in (self.server_edit, self.app_id_edit, self.user_edit, self.password_edit):
            edit.returnPressed.connect(self.submitted)
        self.organisation_edit.returnPressed.connect(self.submitted)
        self._show_mode()

    # -- words -------------------------------------------------------------------------------------

    def use_words(self, words: Words) -> None:
        """Speak another language."""
        self.data_centre.use_words(words)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self._connection_word.setText(self.tr("Connection"))
        self._name(self.server_edit, self.tr("Server"))
        self._name(self.data_centre.combo, self.tr("Data centre"))
        self._name(self.mode_combo, self.tr("Sign in by"))
        self._name(self.app_id_edit, self.tr("App ID"))
        self._name(self.user_edit, self.tr("User"))
        self._name(self.password_edit, self._secret_word())
        self._name(self.organisation_edit, self.tr("Organisation"))
        self.organisation_edit.setPlaceholderText(self.tr("Number, may stay empty"))
        self._name(self.ca_file_edit, self.tr("Certificate"))
        self.ca_file_edit.setPlaceholderText(self.tr("Your company's CA file, if it has one"))
        say(self._ca_button, self.tr("Browse…"))
        self._name(self.language_combo, self.tr("Language"))
        self.remember_check.setText(self.tr("Remember the password (system key store)"))
        self.remember_check.setAccessibleName(self.remember_check.text())
        self._name_modes()

    def _name(self, field: QWidget, word: str) -> None:
        self._words_beside[field].setText(word)
        field.setAccessibleName(word)

    def _name_modes(self) -> None:
        names = {
            SignInMode.PASSWORD: self.tr("User and password"),
            SignInMode.APP_SECRET: self.tr("App ID and secret"),
            SignInMode.LOGIN_SIGN: self.tr("App ID and signature"),
            SignInMode.SIGNED_HEADERS: self.tr("Signed requests (no session)"),
        }
        for index, mode in enumerate(SignInMode):
            self.mode_combo.setItemText(index, names[mode])

    def _secret_word(self) -> str:
        return self.tr("App secret") if self.mode in _APP_MODES else self.tr("Password")

    # -- slots -------------------------------------------------------------------------------------

    def _on_pause(self) -> None:
        self.address_typed.emit(self.server_edit.text())

    def _on_server_edited(self) -> None:
        self.data_centre.move_to(self.server_edit.text())
        self.address_edited.emit()
        self._pause.start()

    def _show_mode(self) -> None:
        app, signed = self.mode in _APP_MODES, self.mode is SignInMode.SIGNED_HEADERS
        for field, shown in ((self.app_id_edit, app), (self.organisation_edit, signed)):
            field.setVisible(shown)
            self._words_beside[field].setVisible(shown)
        self._name(self.password_edit, self._secret_word())

    def _on_language_chosen(self, index: int) -> None:
        self.language_chosen.emit("en" if self.language_combo.itemData(index) == ENGLISH_LCID else "zh")

    def _browse(self) -> None:
        wanted = self.tr("Certificates (*.pem *.crt *.cer)")
        found, _ = QFileDialog.getOpenFileName(self, self.tr("CA file"), "", wanted)
        if found:
            self.ca_file_edit.setText(found)
            self.address_typed.emit(self.server_edit.text())


def _side_by_side(wide: QWidget, narrow: QWidget) -> QWidget:
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(em(box, 0.4))
    row.addWidget(wide, 1)
    row.addWidget(narrow)
    return box
