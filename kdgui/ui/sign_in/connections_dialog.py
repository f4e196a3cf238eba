"""The saved connections: names, what their data centres are for, colours, certificates; forgetting them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QVBoxLayout,
    QWidget,
)

from kdgui.domain.errors import KdguiError
from kdgui.k3cloud.http.tls import CaFile, read_ca_file
from kdgui.pushing.engine import PushEngine
from kdgui.store.messages.words import Words
from kdgui.store.profiles import BUILT_IN, DataCentreColour, DataCentreLabel, Profile
from kdgui.ui.jobs.worker import start_job
from kdgui.ui.sign_in.login_connections import profile_words
from kdgui.ui.widgets.account_words import label_word, profile_tone
from kdgui.ui.widgets.card import plain_label, push_button, say
from kdgui.ui.widgets.fitting_dialog import FittingDialog
from kdgui.ui.widgets.form_fields import FieldGrid, choice, select
from kdgui.ui.widgets.icons import dot
from kdgui.ui.widgets.message_bar import Strip, told
from kdgui.ui.widgets.style import Tone, current_scheme, em, mark, named


class ConnectionsDialog(FittingDialog):
    """Every change is kept when its button is pressed; the disk is asked off the window's thread.

    Signals:
        changed: something was kept or forgotten.
    """

    changed = Signal()

    def __init__(
        self, engine: PushEngine, words: Words, parent: QWidget | None = None, *, account: str = ""
    ) -> None:
        """`account` is chosen at first; "" for the one used last."""
        super().__init__(parent, ems_wide=44)
        self.setObjectName("connectionsDialog")
        self.setWindowTitle(self.tr("Connections"))
        self._engine = engine
        self._words = words
        self._wanted = account
        self._profiles: tuple[Profile, ...] = ()
        self._make_fields()
        self._lay_out()
        self._load()

    # -- how it is made ----------------------------------------------------------------------------

    def _make_fields(self) -> None:
        self._list = named("connectionsList", QListWidget())
        self._list.setAccessibleName(self.tr("Saved connections"))
        self._list.setFixedWidth(em(self, 15))
        self._list.setMinimumHeight(em(self, 13))
        self._list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.currentRowChanged.connect(self._on_row)
        self._name = named("connectionNameEdit", QLineEdit(maxLength=60))
        labels = [(label_word(label, self._words), label.value) for label in DataCentreLabel]
        self._label = choice("connectionLabelCombo", [*labels, (self.tr("No label: production"), "")])
        colours = (
            (self.tr("Green"), DataCentreColour.GREEN),
            (self.tr("Blue"), DataCentreColour.BLUE),
            (self.tr("Grey"), DataCentreColour.GREY),
        )
        self._colour = choice("connectionColourCombo", [(word, colour.value) for word, colour in colours])
        self._where, self._who = plain_label(wrap=True), plain_label(wrap=True)
        self._ca_file = named("connectionCaEdit", QLineEdit())
        self._ca_button = push_button("connectionCaButton", self._browse)
        self._ca_note = named("connectionCaNote", plain_label("caption", wrap=True))
        self._read_only = named(
            "connectionReadOnlyCheck", QCheckBox(self.tr("Only ask, never push (read-only)"))
        )
        self._message = Strip()
        named("connectionsMessage", self._message.label)
        self._message.hide()
        self._label.currentIndexChanged.connect(self._show_colour)
        self._colour.currentIndexChanged.connect(self._show_colour)
        self._ca_file.editingFinished.connect(self._check_ca_file)

    def _lay_out(self) -> None:
        heading = plain_label("heading")
        heading.setText(self.windowTitle())
        self._form = FieldGrid()
        self._form.add(self.tr("Name"), self._name)
        self._form.add(self.tr("Data centre"), self._where)
        self._form.add(self.tr("User"), self._who)
        self._form.add(
            self.tr("Used for"),
            self._label,
            hint=self.tr("Holds for this data centre in every connection. Production is asked about in red."),
        )
        self._form.add(self.tr("Colour"), self._colour)
        self._form.add_below(self._read_only)
        self._form.add(self.tr("Certificate"), self._ca_file, self._ca_button)
        self._form.add_below(self._ca_note)
        self._form.close_up()
        self._name.setPlaceholderText(self.tr("What you call it; empty for the data centre's own name"))
        self._ca_file.setPlaceholderText(self.tr("Your company's CA file, if it has one"))
        say(self._ca_button, self.tr("Browse…"))
        body = QHBoxLayout()
        body.setSpacing(em(self, 0.8))
        body.addWidget(_card(self._list, em(self, 0.4)))
        body.addWidget(_card(self._form, em(self, 0.9)), 1)
        self.column.addWidget(heading)
        self.column.addLayout(body, 1)
        self.pinned.addWidget(self._message)
        self._forget = push_button("forgetConnectionButton", self._ask_forget, "danger")
        self._close = push_button("closeConnectionsButton", self.reject)
        self._save = push_button("saveConnectionButton", self._keep, "primary")
        say(self._forget, self.tr("Forget…"), self.tr("This connection and its password"))
        say(self._close, self.tr("Close"))
        say(self._save, self.tr("Save"))
        self._save.setDefault(True)
        self.buttons.addWidget(self._forget)
        self.buttons.addStretch(1)
        self.buttons.addWidget(self._close)
        self.buttons.addWidget(self._save)

    # -- the list ----------------------------------------------------------------------------------

    def _load(self) -> None:
        start_job(self._engine.profiles.load, self, success=self._on_loaded, failure=self._tell)

    def _on_loaded(self, profiles: tuple[Profile, ...]) -> None:
        """The practice account that the program starts itself is no connection of the clerk's."""
        self._profiles = tuple(profile for profile in profiles if profile.name != BUILT_IN)
        accounts = [profile.account for profile in self._profiles]
        self._list.clear()
        for profile in self._profiles:
            ink, _ = current_scheme().tone(profile_tone(profile))
            item = QListWidgetItem(dot(ink), profile_words(profile, self._words))
            item.setToolTip(profile.server)
            self._list.addItem(item)
        self._list.setCurrentRow(accounts.index(self._wanted) if self._wanted in accounts else 0)
        if not self._profiles:
            self._on_row(-1)
            nothing = self.tr("No connection is kept yet: sign in once, and it appears here.")
            self._message.show_text(nothing, Tone.INFO)
            self._message.show()

    @property
    def profile(self) -> Profile | None:
        """The one that is shown, as it is kept."""
        row = self._list.currentRow()
        return self._profiles[row] if 0 <= row < len(self._profiles) else None

    def _on_row(self, _row: int) -> None:
        profile = self.profile
        for part in (self._form, self._forget, self._save):
            part.setEnabled(profile is not None)
        self._message.hide()
        if profile is None:
            return
        self._name.setText(profile.name)
        name = profile.data_centre_name or profile.data_centre_id
        self._where.setText(f"{name}\n{profile.server}")
        self._who.setText(profile.user)
        select(self._label, profile.label.value if profile.label else "")
        if profile.label is None:
            self._label.setCurrentIndex(self._label.count() - 1)
        select(self._colour, profile.colour.value)
        self._read_only.setChecked(profile.read_only)
        self._ca_file.setText(profile.ca_file)
        self._form.show_field(self._ca_file, shown=profile.server.startswith("https:"))
        self._ca_button.setVisible(profile.server.startswith("https:"))
        self._ca_note.setVisible(profile.server.startswith("https:"))
        self._show_colour()
        self._check_ca_file()

    # -- the fields --------------------------------------------------------------------------------

    def edited(self) -> Profile | None:
        """The one that is shown, as the fields say."""
        profile, label = self.profile, str(self._label.currentData())
        if profile is None:
            return None
        return replace(
            profile,
            name=self._name.text().strip(),
            label=DataCentreLabel(label) if label else None,
            colour=DataCentreColour(str(self._colour.currentData())),
            ca_file=self._ca_file.text().strip(),
            read_only=self._read_only.isChecked(),
        )

    def _show_colour(self) -> None:
        """Production has one colour only, and nobody can choose it away."""
        edited = self.edited()
        production = edited is None or edited.production
        self._colour.setEnabled(not production)
        self._colour.setToolTip(self.tr("Production is always red") if production else "")
        for place, colour in enumerate(DataCentreColour):
            like = Profile("", "", "", label=DataCentreLabel.TEST, colour=colour)
            tone = Tone.BAD if production else profile_tone(like)
            self._colour.setItemIcon(place, dot(current_scheme().tone(tone)[0]))

    def _browse(self) -> None:
        wanted = self.tr("Certificates (*.pem *.crt *.cer)")
        found, _ = QFileDialog.getOpenFileName(self, self.tr("CA file"), "", wanted)
        if found:
            self._ca_file.setText(found)
            self._check_ca_file()

    def _check_ca_file(self) -> None:
        path = self._ca_file.text().strip()
        self._note_ca("", Tone.NEUTRAL)
        if path:
            start_job(
                partial(read_ca_file, path),
                self,
                success=lambda found: self._on_ca_file(path, found),
                failure=lambda error: self._on_bad_ca_file(path, error),
            )

    def _on_ca_file(self, path: str, found: CaFile) -> None:
        if path == self._ca_file.text().strip():
            names = self.tr(", ").join(found.names) or self.tr("a certificate")
            text = self.tr("{names}; good until {ends}") if found.ends else "{names}"
            self._note_ca(text.format(names=names, ends=found.ends), Tone.OK)

    def _on_bad_ca_file(self, path: str, error: KdguiError) -> None:
        if path == self._ca_file.text().strip():
            explained = self._words.error(error)
            self._note_ca(f"{explained.what}\n{explained.do}", Tone.BAD)

    def _note_ca(self, text: str, tone: Tone) -> None:
        self._ca_note.setText(text)
        mark(self._ca_note, tone=tone.value)
        mark(self._ca_file, trouble=tone is Tone.BAD)

    # -- keeping and forgetting --------------------------------------------------------------------

    def _keep(self) -> None:
        before, profile = self.profile, self.edited()
        if before is None or profile is None:
            return
        self._wanted = profile.account

        def keep() -> tuple[Profile, ...]:
            if profile.ca_file and profile.ca_file != before.ca_file:
                read_ca_file(profile.ca_file)
            self._engine.connection.change_profile(before, profile)
            return self._engine.profiles.load()

        start_job(keep, self, success=self._on_kept, failure=self._tell)

    def _on_kept(self, profiles: tuple[Profile, ...]) -> None:
        self._on_loaded(profiles)
        self._message.show_text(self.tr("Saved."), Tone.OK)
        self._message.show()
        self.changed.emit()

    def _ask_forget(self) -> None:
        profile = self.profile
        if profile is None:
            return
        box = QMessageBox(self)
        box.setObjectName("forgetConnectionDialog")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle(self.tr("Forget this connection?"))
        box.setText(profile_words(profile, self._words))
        box.setInformativeText(
            self.tr("Its password is taken out of the system's key store. Runs and results stay.")
        )
        forget = box.addButton(self.tr("Forget"), QMessageBox.ButtonRole.DestructiveRole)
        cancel = box.addButton(self.tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
        forget.setObjectName("forgetButton")
        box.setDefaultButton(cancel)
        box.setEscapeButton(cancel)
        forget.clicked.connect(lambda: self._forget_it(profile))
        box.open()

    def _forget_it(self, profile: Profile) -> None:
        def forget() -> tuple[Profile, ...]:
            self._engine.connection.forget_profile(profile)
            return self._engine.profiles.load()

        start_job(forget, self, success=self._on_forgotten, failure=self._tell)

    def _on_forgotten(self, profiles: tuple[Profile, ...]) -> None:
        self._on_loaded(profiles)
        self.changed.emit()

    def _tell(self, error: KdguiError) -> None:
        self._message.show_text(told(self._words.error(error)), Tone.BAD)
        self._message.show()


def _card(inside: QWidget, margin: int) -> QFrame:
    card = QFrame()
    mark(card, role="card")
    column = QVBoxLayout(card)
    column.setContentsMargins(*[margin] * 4)
    column.addWidget(inside)
    return card
