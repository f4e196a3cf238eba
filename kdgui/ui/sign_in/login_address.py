"""What the sign-in learns about an address while it is typed: its data centres, and if its line is safe."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QWidget

from kdgui.domain.errors import BadInput
from kdgui.k3cloud.http.address import Address, read_address
from kdgui.pushing.engine import PushEngine
from kdgui.ui.jobs.worker import Job, start_job
from kdgui.ui.widgets.message_bar import Strip
from kdgui.ui.widgets.style import Tone, named


def address_of(text: str) -> Address | None:
    """The address that this text means, or None as long as it means none."""
    try:
        return read_address(text)
    except BadInput:
        return None


class DataCentreSearch(QObject):
    """Asks a server for its data centres, off the window's thread; only the last question is answered.

    Signals:
        found: tuple of DataCentre, maybe empty.
        failed: KdguiError.
    """

    found = Signal(object)
    failed = Signal(object)

    def __init__(self, engine: PushEngine, parent: QObject) -> None:
        super().__init__(parent)
        self._engine = engine
        self._job: Job | None = None

    def ask(self, server: str, ca_file: str) -> None:
        """Ask this server; an answer of another one that is still on its way is dropped."""
        self.drop()
        self._job = start_job(
            partial(self._engine.connection.data_centres, server, ca_file),
            self,
            success=self._on_found,
            failure=self._on_failed,
        )

    def drop(self) -> None:
        """Whatever is on its way is not wanted any more."""
        if self._job is not None:
            self._job.abandon()
            self._job = None

    def _on_found(self, centres: object) -> None:
        self._job = None
        self.found.emit(centres)

    def _on_failed(self, error: object) -> None:
        self._job = None
        self.failed.emit(error)


class AddressNote(Strip):
    """Says that a line is not encrypted: a warning, or a calm word where the server is this very PC."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named("addressNote", self.label)
        self._address: Address | None = None
        self.hide()

    def show_address(self, address: Address | None) -> None:
        """Speak about this address; None for none."""
        self._address = address
        self.setVisible(address is not None and not address.secure)
        if address is None or address.secure:
            return
        if address.loopback:
            text = self.tr("The server uses http: not encrypted, but it is on this computer, so it is safe.")
            self.show_text(text, Tone.NEUTRAL)
        else:
            text = self.tr(
                "The server uses http: the password crosses the network unencrypted. "
                "Ask your administrator for an https address."
            )
            self.show_text(text, Tone.WARN)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.show_address(self._address)
