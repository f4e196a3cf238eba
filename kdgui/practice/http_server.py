"""HTTP/1.1 under the services: one thread per connection, limits, keep-alive, broken answers on demand."""

from __future__ import annotations

import contextlib
import http.server
import os
import select
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable
from http import HTTPStatus

from kdgui.practice.wire import Reply, Request, html_reply

MOST_BYTES = 16 * 1024 * 1024
Answer = Callable[[Request], Reply]
_AT_ONCE = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
"""SO_LINGER that makes closing a socket send a reset."""


class Connections(http.server.ThreadingHTTPServer):
    """Listens on the loopback only; `shut()` ends every open connection at once.

    Attributes:
        ending: set when the server stops.
        crashes: bugs that reached a connection's thread; a client that went away is none.
    """

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = os.name != "nt"  # there it would let two servers share one port
    request_queue_size = 128

    def __init__(
        self,
        port: int,
        answer: Answer,
        keep_alive: Callable[[], float],
        clock_offset: Callable[[], float],
        closes_quietly: Callable[[], bool],
        ending: threading.Event,
    ) -> None:
        self.answer = answer
        self.keep_alive = keep_alive
        self.clock_offset = clock_offset
        self.closes_quietly = closes_quietly
        self.ending = ending
        self.crashes: list[BaseException] = []
        self._guard = threading.Lock()
        self._open: dict[socket.socket, threading.Thread] = {}
        super().__init__(("127.0.0.1", port), Handler)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.server_address[1])

    def opened(self, connection: socket.socket) -> None:
        """Keep account of a connection and the thread that serves it."""
        with self._guard:
            self._open[connection] = threading.current_thread()
        if self.ending.is_set():
            end(connection)

    def closed(self, connection: socket.socket) -> None:
        """Forget a connection."""
        with self._guard:
            self._open.pop(connection, None)

    def shut(self, seconds: float = 2.0) -> None:
        """End every open connection and wait for its thread."""
        with self._guard:
            open_ones = dict(self._open)
        for connection in open_ones:
            end(connection)
        for thread in open_ones.values():
            thread.join(seconds)

    def handle_error(self, _request: object, _client_address: object) -> None:
        """A client that went away in the middle is no news; anything else is a bug of ours."""
        error = sys.exc_info()[1]
        if error is not None and not isinstance(error, OSError):
            self.crashes.append(error)


def end(connection: socket.socket) -> None:
    """End both directions of a connection, whoever waits on it."""
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


class Handler(http.server.BaseHTTPRequestHandler):
    """One connection."""

    server: Connections
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65536

    def setup(self) -> None:
        """Remember the connection, so that stopping the server can end it."""
        super().setup()
        self._late: Reply | None = None
        self.connection.settimeout(self.server.keep_alive())
        self.server.opened(self.connection)

    def finish(self) -> None:
        """Forget the connection, whatever state it is in."""
        for stream in (self.wfile, self.rfile):
            with contextlib.suppress(OSError):
                stream.close()
        self.server.closed(self.connection)

    def version_string(self) -> str:
        """The web server that such installations run on."""
        return "Microsoft-IIS/10.0"

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The Date of an answer, by a clock that may be wrong."""
        now = time.time() if timestamp is None else timestamp
        return super().date_time_string(now + self.server.clock_offset())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Nothing is logged: the ledger tells what happened."""

    def do_GET(self) -> None:
        """A read by a browser or a tool."""
        self._serve()

    def do_POST(self) -> None:
        """A service call."""
        self._serve()

    def _serve(self) -> None:
        refused = self._refusal()
        if refused is not None:
            self.close_connection = True
            self._send(html_reply(refused, refused.phrase))
            return
        size = int(self.headers.get("Content-Length", "0"))
        body = self.rfile.read(size)
        if len(body) < size:
            self.close_connection = True
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.server.answer(Request(self.command, self.path.partition("?")[0], headers, body))
        self._send(self._shifted(reply))
        if self.server.closes_quietly():
            self._break(reset=False)

    def _shifted(self, reply: Reply) -> Reply:
        """The reply to send now: once one was late, each request on this connection gets the one before."""
        now, self._late = self._late, reply if reply.shift or self._late is not None else None
        if reply.shift and now is None:
            return html_reply(504, "504 Gateway Time-out")
        return reply if now is None else now

    def _refusal(self) -> HTTPStatus | None:
        """Why the body will not be read: too long, or of unknown length."""
        length = self.headers.get("Content-Length")
        if "Transfer-Encoding" in self.headers or (length is None and self.command == "POST"):
            return HTTPStatus.LENGTH_REQUIRED
        length = length or "0"
        if not (length.isascii() and length.isdecimal() and len(length) < 16):
            return HTTPStatus.BAD_REQUEST
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE if int(length) > MOST_BYTES else None

    def _send(self, reply: Reply) -> None:
        if reply.hold:
            self._hold()
        if reply.drop or reply.hold:
            self._break(reset=reply.reset)
            return
        self.send_response(reply.status)
        for name, value in reply.headers:
            self.send_header(name, value)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(reply.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(reply.body if reply.cut is None else reply.body[: reply.cut])
        self.wfile.flush()
        if reply.cut is not None:
            self._break(reset=False)

    def _break(self, *, reset: bool) -> None:
        """Close without a word; with `reset` the other side gets a TCP reset instead of an end."""
        self.close_connection = True
        if not reset:
            end(self.connection)
            return
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        self.connection.close()

    def _hold(self) -> None:
        """Wait until the client goes or the server stops."""
        while not self.server.ending.is_set():
            readable, _, _ = select.select([self.connection], [], [], 0.1)
            if readable:
                return
