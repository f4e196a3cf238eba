"""The page of settings about the team: where the shared ledger is, as whom, and whether it can be used."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from kdgui.domain.errors import LedgerTrouble
from kdgui.pushing.team.setting import TeamSetting
from kdgui.store.ledger.address import PORTS, TeamAddress, Tls, read_team_address
from kdgui.store.settings import Settings
from kdgui.ui.widgets.card import plain_label, push_button, say
from kdgui.ui.widgets.form_fields import FieldGrid, choice, select
from kdgui.ui.widgets.secret_edit import SecretEdit
from kdgui.ui.widgets.style import em, mark, named

_NONE = ""


class TeamPage(FieldGrid):
    """The team's database.

    Signals:
        test_wanted: try the way to it as the fields say; init_wanted: make its tables.
    """

    test_wanted = Signal()
    init_wanted = Signal()

    def __init__(self, setting: TeamSetting) -> None:
        super().__init__()
        self._setting = setting
        self._typed = False
        self._kind = choice(
            "teamKindCombo",
            [
                (self.tr("None: this PC works by itself"), _NONE),
                ("PostgreSQL", "postgresql"),
                ("MariaDB / MySQL", "mysql"),
                (self.tr("SQL Server (not tested)"), "mssql"),
            ],
        )
        self._host = named("teamHostEdit", QLineEdit(placeholderText="dbserver:5432"))
        self._database = named("teamDatabaseEdit", QLineEdit(placeholderText="kdgui"))
        self._user = named("teamUserEdit", QLineEdit(placeholderText="kdgui"))
        self._password = named("teamPasswordEdit", SecretEdit())
        self._tls = choice(
            "teamTlsCombo",
            [
                (self.tr("Verify, where the server offers it"), Tls.VERIFY.value),
                (self.tr("Verify, and use no other"), Tls.REQUIRE.value),
                (self.tr("Do not verify the certificate"), Tls.ENCRYPT.value),
                (self.tr("No encryption"), Tls.OFF.value),
            ],
        )
        self._ca_file = named("teamCaEdit", QLineEdit())
        self._note = plain_label("caption", wrap=True)
        self._result = named("teamResult", plain_label("caption", wrap=True))
        self._test = push_button("teamTestButton", self.test_wanted.emit)
        self._init = push_button("teamInitButton", self.init_wanted.emit)
        self._lay_out()
        self._kind.currentIndexChanged.connect(self._show_fields)
        self._password.textEdited.connect(self._on_typed)
        self._host.textEdited.connect(lambda _text: mark(self._host, trouble=False))

    def _lay_out(self) -> None:
        self.add(
            self.tr("Database"),
            self._kind,
            hint=self.tr("Several PCs that share one ledger never push one bill at the same time."),
        )
        self.add(self.tr("Host and port"), self._host)
        self.add(self.tr("Its name"), self._database)
        self.add(self.tr("User"), self._user)
        self.add(self.tr("Password"), self._password)
        self.add(self.tr("Encryption"), self._tls)
        self.add(self.tr("Certificate file"), self._ca_file)
        self._ca_file.setPlaceholderText(self.tr("Empty: the usual ones"))
        self._note.setText(self.tr("The password is kept in the system's key store, never in a file."))
        self.add_below(self._note)
        say(self._test, self.tr("Test"), self.tr("Layer by layer, as these fields say"))
        say(self._init, self.tr("Make tables"), self.tr("Once for the whole team, by who may"))
        self._buttons = QWidget()
        row = QHBoxLayout(self._buttons)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(em(self, 0.5))
        row.addWidget(self._test)
        row.addWidget(self._init)
        row.addStretch(1)
        self.add_below(self._buttons)
        self._result.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.add_below(self._result)
        self._result.hide()
        self.close_up()

    def show_settings(self, settings: Settings) -> None:
        """Fill the fields; what the environment says cannot be changed here."""
        text = self._setting.text if self._setting.is_fixed else settings.team_url
        try:
            address = read_team_address(text) if text else None
        except LedgerTrouble:
            address = None
        select(self._kind, address.kind if address else _NONE)
        self._host.setText("" if address is None else _host_text(address))
        self._database.setText(address.database if address else "")
        self._user.setText(address.user if address else "")
        select(self._tls, address.tls.value if address else Tls.VERIFY.value)
        self._ca_file.setText(address.ca_file if address else "")
        self._password.setText("")
        self._password.setPlaceholderText(self.tr("Kept; type to change it") if address else "")
        self._typed = False
        if self._setting.is_fixed:
            for field in self._fields():
                field.setEnabled(False)
            self._kind.setEnabled(False)
            self._note.setText(self.tr("Your administrator has set this; it cannot be changed here."))
        self._show_fields()

    def settings(self, settings: Settings) -> Settings:
        """These settings with what the fields say. Raises LedgerTrouble: ledger_address."""
        if self._setting.is_fixed:
            return settings
        address = self.address()
        return replace(settings, team_url=address.text if address is not None else "")

    def address(self) -> TeamAddress | None:
        """What the fields say, with the password where it was typed anew. Raises LedgerTrouble."""
        kind = str(self._kind.currentData())
        if kind == _NONE:
            return None
        host = self._host.text().strip()
        address = read_team_address(f"{kind}://{host}/{self._database.text().strip()}")
        return replace(
            address,
            user=self._user.text().strip(),
            tls=Tls(str(self._tls.currentData())),
            ca_file=self._ca_file.text().strip(),
            password=self._password.text() if self._typed else "",
        )

    @property
    def password(self) -> str | None:
        """The password, where it was typed anew; None leaves the one that is kept."""
        return self._password.text() if self._typed and self._kind.currentData() != _NONE else None

    def show_trouble(self) -> QWidget:
        """Mark the field that cannot be read, and go there."""
        mark(self._host, trouble=True)
        self._host.setFocus()
        return self._host

    def show_result(self, text: str) -> None:
        """What a test, or the making of tables, came to."""
        self._result.setText(text)
        self._result.setVisible(bool(text))

    def set_busy(self, *, busy: bool) -> None:
        """While the database is asked."""
        self._test.setEnabled(not busy)
        self._init.setEnabled(not busy)
        if busy:
            self.show_result(self.tr("Asking…"))

    def _fields(self) -> tuple[QWidget, ...]:
        return (self._host, self._database, self._user, self._password, self._tls, self._ca_file)

    def _on_typed(self, _text: str) -> None:
        self._typed = True

    def _show_fields(self) -> None:
        wanted = str(self._kind.currentData())
        for field in self._fields():
            self.show_field(field, shown=bool(wanted))
        for part in (self._note, self._buttons):
            part.setVisible(bool(wanted))
        if wanted:
            self._host.setPlaceholderText(f"dbserver:{PORTS[wanted]}")
        self.show_result("")


def _host_text(address: TeamAddress) -> str:
    host = f"[{address.host}]" if ":" in address.host else address.host
    return f"{host}:{address.port}" if address.port else host
