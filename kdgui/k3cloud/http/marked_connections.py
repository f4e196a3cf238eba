"""Connections that set a mark before the first byte of a request, and keep to one deadline for the answer."""

from __future__ import annotations

import io
import socket
from collections.abc import Callable
from http.client import HTTPResponse, IncompleteRead
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from kdgui.k3cloud.http.exchange_watch import ExchangeWatch


class _DeadlineReader(io.RawIOBase):
    """Reads from a socket, each time waiting no longer than the deadline allows.

    A socket's own time-out counts from byte to byte; a server that sends one byte a minute would
    never trip it.
    """

    def __init__(self, sock: socket.socket, seconds_left: Callable[[], float]) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._seconds_left = seconds_left
        self.ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int | None:
        self._sock.settimeout(self._seconds_left())
        count = self._raw.readinto(buffer)
        self.ended = count == 0
        return count

    def close(self) -> None:
        # The socket stays open until both the connection and this reader have let go of it.
        self._raw.close()
        super().close()


class _MarkedResponse(HTTPResponse):
    """An answer (of the server, or of a proxy to CONNECT) that must be there before the deadline."""

    watch: ExchangeWatch

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp.close()
        self._reader = _DeadlineReader(sock, self.watch.seconds_left)
        self.fp = io.BufferedReader(self._reader)

    def begin(self, **kwargs: Any) -> None:  # later Pythons hand over a limit of headers
        super().begin(**kwargs)
        if self._reader.ended:  # http.client takes the end of the line for the end of the head
            raise IncompleteRead(b"")
        # What could not be parsed is dropped: urllib3 would write it to the log, cookies and all.
        self.msg.defects.clear()
        self.msg.set_payload("")


class _MarkedConnection(HTTPConnection):
    """Sets the watch's mark right before the first byte of the request goes to the socket.

    What goes out while it is being connected (CONNECT to a proxy, the TLS handshake) does not count.
    """

    watch: ExchangeWatch
    _being_connected = False

    def connect(self) -> None:
        self.watch.connecting()
        self._being_connected = True
        try:
            super().connect()
        finally:
            self._being_connected = False

    def send(self, data: Any) -> None:
        if self._being_connected:
            super().send(data)
            return
        if self.sock is None:
            self.connect()
        self.watch.sending()
        self.sock.settimeout(self.watch.seconds_left())
        super().send(data)
        self.watch.handed_over()


class _MarkedSecureConnection(_MarkedConnection, HTTPSConnection):
    """The same under TLS."""


def marked_pools(watch: ExchangeWatch) -> dict[str, type[HTTPConnectionPool]]:
    """Pool classes by scheme whose connections report to `watch`, for a PoolManager."""
    mine = {"watch": watch}
    response = type("WatchedResponse", (_MarkedResponse,), mine)
    members = {**mine, "response_class": response}
    plain = type("WatchedConnection", (_MarkedConnection,), members)
    secure = type("WatchedSecureConnection", (_MarkedSecureConnection,), members)
    return {
        "http": type("WatchedPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
        "https": type("WatchedSecurePool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
    }
