"""The first window: a second start on the same data folder brings it to the front; Ctrl+C ends it."""

from __future__ import annotations

import hashlib
import signal
import socket
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QSocketNotifier, Qt
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from PySide6.QtWidgets import QWidget

_PATIENCE_MS = 1000


def _name(home: Path) -> str:
    """A name for the local socket, one for each data folder."""
    return "kdgui-" + hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:24]


def raise_first(home: Path) -> bool:
    """Ask the window that works on this data folder to come to the front; whether one answered."""
    line = QLocalSocket()
    line.connectToServer(_name(home))
    answered = line.waitForConnected(_PATIENCE_MS)
    line.disconnectFromServer()
    return answered


class FirstWindow(QObject):
    """Listens for later starts of the same user, as long as `window` lives."""

    def __init__(self, home: Path, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_later_start)
        QLocalServer.removeServer(_name(home))  # what a crash left; the instance lock says that it is ours
        self._server.listen(_name(home))

    def _on_later_start(self) -> None:
        while (line := self._server.nextPendingConnection()) is not None:
            line.disconnected.connect(line.deleteLater)
        window = self._window
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
        window.show()
        window.raise_()
        window.activateWindow()


class Interrupts(QObject):
    """Calls `on_interrupt` on the window's thread when Ctrl+C is pressed in the terminal.

    Python runs its own handler only when Qt lets it; the byte on this socket wakes Qt up.
    """

    def __init__(self, on_interrupt: Callable[[], object], parent: QObject) -> None:
        super().__init__(parent)
        self._read, self._write = socket.socketpair()
        for end in (self._read, self._write):
            end.setblocking(False)
        self._notifier = QSocketNotifier(self._read.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._on_signal)
        self._on_interrupt = on_interrupt
        signal.set_wakeup_fd(self._write.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGINT, lambda *_signal: None)

    def _on_signal(self) -> None:
        if signal.SIGINT in self._read.recv(64):
            self._on_interrupt()
