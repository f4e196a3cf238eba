"""HTTP/1.1 under the services: one thread per connection, limits, keep-alive, broken answers on demand."""

from __future__ import annotations

import contextlib
import http.server
import select
import socket
import struct
import threading
from collections.abc import Callable
from http import HTTPStatus

from kdgui.practice.wire import Reply, Request, html_reply

MOST_BYTES = 16 * 1024 * 1024
Answer = Callable[[Request], Reply]


class Connections(http.server.ThreadingHTTPServer):
    """Listens on the loopback only; `shut()` ends every open connection at once."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(
        self, port: int, answer: Answer, keep_alive: Callable[[], float], ending: threading.Event
    ) -> None:
        self.answer = answer
        self.keep_alive = keep_alive
        self.ending = ending
        self._guard = threading.Lock()
        self._open: dict[socket.socket, threading.Thread] = {}
        super().__init__(("127.0.0.1", port), Handler)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.server_address[1])

    def note(self, connection: socket.socket, *, is_open: bool) -> None:
        """Keep account of open connections and the threads that serve them."""
        with self._guard:
            if is_open:
                self._open[connection] = threading.current_thread()
            else:
                self._open.pop(connection, None)

    def shut(self, seconds: float = 2.0) -> None:
        """End every open connection and wait for its thread."""
        with self._guard:
            open_ones = dict(self._open)
        for connection in open_ones:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in open_ones.values():
            thread.join(seconds)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away in the middle is no news."""


class Handler(http.server.BaseHTTPRequestHandler):
    """One connection."""

    server: Connections
    protocol_version = "HTTP/1.1"
    server_version = "Microsoft-IIS/10.0"
    sys_version = ""
    disable_nagle_algorithm = True

    def setup(self) -> None:
        """Remember the connection, so that stopping the server can end it."""
        self.timeout = self.server.keep_alive()
        self.server.note(self.request, is_open=True)
        super().setup()

    def finish(self) -> None:
        """Forget the connection."""
        with contextlib.suppress(OSError):
            super().finish()
        self.server.note(self.request, is_open=False)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Nothing is logged: the ledger tells what happened."""

    def do_GET(self) -> None:  # noqa: N802 - the base class names it so
        """A read by a browser or a tool."""
        self._serve()

    def do_POST(self) -> None:  # noqa: N802 - the base class names it so
        """A service call."""
        self._serve()

    def _serve(self) -> None:
        body = self._read_body()
        if body is None:
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._send(self.server.answer(Request(self.command, self.path.partition("?")[0], headers, body)))

    def _read_body(self) -> bytes | None:
        """The body, or None where it was refused (too long, no length) or the client went away."""
        length = self.headers.get("Content-Length")
        if length is None and (self.command == "POST" or "Transfer-Encoding" in self.headers):
            return self._refuse(HTTPStatus.LENGTH_REQUIRED)
        if not (length or "0").strip().isdigit():
            return self._refuse(HTTPStatus.BAD_REQUEST)
        size = int(length or 0)
        if size > MOST_BYTES:
            return self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        body = self.rfile.read(size)
        if len(body) < size:
            self.close_connection = True
            return None
        return body

    def _refuse(self, status: HTTPStatus) -> None:
        self.close_connection = True
        self._send(html_reply(status, status.phrase))

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
        body = reply.body if reply.cut is None else reply.body[: reply.cut]
        self._headers_buffer.append(b"\r\n")
        self.wfile.write(b"".join([*self._headers_buffer, body]))
        self._headers_buffer = []
        if reply.cut is not None:
            self._break(reset=False)

    def _break(self, *, reset: bool) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            if reset:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
            else:
                self.connection.shutdown(socket.SHUT_RDWR)

    def _hold(self) -> None:
        """Wait until the client goes or the server stops."""
        while not self.server.ending.is_set():
            readable, _, _ = select.select([self.connection], [], [], 0.1)
            if readable:
                return
