"""Something between the program and the server: notes what is asked, and may change what is answered."""

from __future__ import annotations

import http.client
import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit


class Between:
    """Forwards every request once. `edit` takes service name and body of an answer, and gives the body."""

    def __init__(self, url: str) -> None:
        self.asked: list[tuple[str, str]] = []
        self.edit: Callable[[str, bytes], bytes] = lambda service, body: body
        self._target = urlsplit(url).netloc
        between = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                between._forward(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
                """Tests read `asked`."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/k3cloud/"

    def count(self, part: str) -> int:
        """How many requests had `part` in the name of their service."""
        return sum(part in service for service, _ in self.asked)

    def _forward(self, handler: http.server.BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        service = handler.path.rpartition("/")[2]
        self.asked.append((service, body.decode()))
        upstream = http.client.HTTPConnection(self._target, timeout=10)
        try:
            upstream.request("POST", handler.path, body, dict(handler.headers))
            answer = upstream.getresponse()
            changed = self.edit(service, answer.read())
            handler.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("content-length", "connection", "server", "date"):
                    handler.send_header(name, value)
            handler.send_header("Content-Length", str(len(changed)))
            handler.end_headers()
            handler.wfile.write(changed)
        finally:
            upstream.close()

    @contextmanager
    def serving(self) -> Iterator[Between]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()
