"""The page of settings about the way to the server: how long to wait for it, by which proxy, as whom."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from kdgui.k3cloud.http.proxies import read_proxy, without_login
from kdgui.store.settings import Settings
from kdgui.ui.widgets.card import plain_label, push_button, say
from kdgui.ui.widgets.form_fields import FieldGrid, choice, number, select
from kdgui.ui.widgets.secret_edit import SecretEdit
from kdgui.ui.widgets.style import mark, named

_SYSTEM_PROXY, _NO_PROXY, _OWN_PROXY = "system", "none", "own"


class NetworkPage(FieldGrid):
    """Time-outs and proxy.

    Signals:
        test_wanted: try the way to the server as the fields say.
    """

    test_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._kept = Settings()
        self._typed = False
        self._connect_seconds = number("connectSpin", 1, 120, self.tr(" s"))
        self._read_seconds = number("readSpin", 5, 3600, self.tr(" s"))
        self._proxy = choice(
            "proxyCombo",
            [
                (self.tr("As the system"), _SYSTEM_PROXY),
                (self.tr("None, straight to the server"), _NO_PROXY),
                (self.tr("This one:"), _OWN_PROXY),
            ],
        )
        self.edit = named("proxyEdit", QLineEdit(placeholderText="http://10.0.0.8:8080"))
        self._user = named("proxyUserEdit", QLineEdit())
        self._password = named("proxyPasswordEdit", SecretEdit())
        self._note = plain_label("caption", wrap=True)
        self._test = push_button("settingsTestButton", self.test_wanted.emit)
        self._lay_out()
        self._proxy.currentIndexChanged.connect(self._show_proxy)
        self._password.textEdited.connect(self._on_typed)
        self.edit.textEdited.connect(lambda _text: mark(self.edit, trouble=False))

    def _lay_out(self) -> None:
        self.add(self.tr("Wait for the connection"), self._connect_seconds)
        self.add(
            self.tr("Wait for an answer"),
            self._read_seconds,
            hint=self.tr("Of one bill; merged pushes are given more by themselves, up to half an hour."),
        )
        self.add(self.tr("Proxy"), self._proxy)
        self.add(self.tr("Its address"), self.edit)
        self.add(self.tr("Its user"), self._user)
        self.add(self.tr("Its password"), self._password)
        self._user.setPlaceholderText(self.tr("Empty where the proxy asks for none"))
        self._note.setText(self.tr("The password is kept in the system's key store, never in a file."))
        self.add_below(self._note)
        say(
            self._test,
            self.tr("Test connection…"),
            self.tr("Goes to the server layer by layer, as these fields say, before anything is kept"),
        )
        self.add_below(self._test)
        self.close_up()

    def show_settings(self, settings: Settings) -> None:
        """Fill the fields. A login that somebody wrote into the address is taken out of it."""
        self._kept = settings
        self._connect_seconds.setValue(round(settings.connect_seconds))
        self._read_seconds.setValue(round(settings.read_seconds))
        how = _SYSTEM_PROXY if settings.proxy is None else _OWN_PROXY if settings.proxy else _NO_PROXY
        select(self._proxy, how)
        address, user, password = without_login(settings.proxy or "")
        self.edit.setText(address)
        self._user.setText(user or settings.proxy_user)
        self._password.setText(password)
        self._password.setPlaceholderText(self.tr("Kept; type to change it") if settings.proxy_user else "")
        self._typed = bool(password)
        self._show_proxy()

    def settings(self, settings: Settings) -> Settings:
        """These settings with what the fields say. Raises BadInput: proxy_empty, proxy_bad …"""
        own = self._proxy.currentData() == _OWN_PROXY
        proxy = "" if self._proxy.currentData() == _NO_PROXY else None
        return replace(
            settings,
            connect_seconds=float(self._connect_seconds.value()),
            read_seconds=float(self._read_seconds.value()),
            proxy=read_proxy(self.edit.text()) if own else proxy,
            proxy_user=self._user.text().strip() if own else "",
        )

    @property
    def password(self) -> str | None:
        """The proxy's password, where it was typed anew; None leaves the one that is kept."""
        asked = self._proxy.currentData() == _OWN_PROXY and self._user.text().strip()
        return self._password.text() if asked and self._typed else None

    def show_trouble(self) -> QWidget:
        """Mark the field that cannot be read, and go there."""
        mark(self.edit, trouble=True)
        self.edit.setFocus()
        return self.edit

    def offer_test(self, *, offered: bool) -> None:
        """Whether there is a server to test: the one we are signed in to."""
        self._test.setEnabled(offered)
        if not offered:
            self._test.setToolTip(self.tr("Sign in first; the sign-in has a test of its own"))

    def _on_typed(self, _text: str) -> None:
        self._typed = True

    def _show_proxy(self) -> None:
        own = self._proxy.currentData() == _OWN_PROXY
        for field in (self.edit, self._user, self._password):
            self.show_field(field, shown=own)
        self._note.setVisible(own)
