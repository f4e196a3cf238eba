"""A server on 127.0.0.1 that does what a script tells it: answer, lie, dawdle, cut the line."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import trustme

from kdgui.domain.accounts import Credentials, SignInMode
from kdgui.domain.orders import PushOptions, PushRequest
from kdgui.k3cloud.http.address import Address, read_address
from kdgui.k3cloud.http.settings import ConnectionSettings
from kdgui.k3cloud.session import Session

SECRET = "pässwört-🔑-9"
DATA_CENTRE = "60a1b2c3d4e5f6"


@dataclass(frozen=True)
class Request:
    """One request as it came over the line."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def service(self) -> str:
        return self.target.rpartition("/")[2].removesuffix(".common.kdsvc").rpartition(".")[2]

    @property
    def parameters(self) -> list:
        return json.loads(self.body)["parameters"]

    @property
    def data(self) -> dict:
        return json.loads(self.parameters[-1])


Step = Callable[[socket.socket, Request], bool]
"""Deals with one request; returns whether the connection stays open."""


@dataclass
class Wire:
    """The server. Requests beyond the script fail the test that made them."""

    tls: ssl.SSLContext | None = None
    requests: list[Request] = field(default_factory=list, repr=False)
    connections: int = 0
    failed_handshakes: int = 0
    unexpected: list[Request] = field(default_factory=list, repr=False)
    closing: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._script: deque[Step] = deque()
        self._otherwise: Step | None = None
        self._accepted = threading.Condition()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._start(self._accept)

    @property
    def address(self) -> Address:
        return read_address(f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}/k3cloud/")

    @property
    def services(self) -> list[str]:
        return [request.service for request in self.requests]

    @property
    def left(self) -> int:
        """Steps of the script that nobody has asked for."""
        return len(self._script)

    # The script

    def step(self, step: Step) -> Wire:
        self._script.append(step)
        return self

    def otherwise(self, step: Step) -> Wire:
        """What happens to requests beyond the script."""
        self._otherwise = step
        return self

    def raw(self, data: bytes, *, keep: bool = True) -> Wire:
        """Bytes as they are."""

        def send(line: socket.socket, request: Request) -> bool:
            line.sendall(data)
            return keep

        return self.step(send)

    def text(self, body: bytes | str, status: int = 200, keep: bool = True, **headers: str) -> Wire:
        """A well-formed answer; underscores in header names stand for dashes."""
        body = body.encode() if isinstance(body, str) else body
        named = {"Content-Type": "application/json", "Content-Length": str(len(body))}
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        lines = [f"HTTP/1.1 {status} Whatever", *(f"{name}: {value}" for name, value in named.items())]
        return self.raw("\r\n".join(lines).encode() + b"\r\n\r\n" + body, keep=keep)

    def json(self, value: object, status: int = 200, **headers: str) -> Wire:
        return self.text(json.dumps(value), status, keep=True, **headers)

    def resets(self) -> Wire:
        """Read the request, then cut the line the hard way."""

        def reset(line: socket.socket, request: Request) -> bool:
            _reset(line)
            return False

        return self.step(reset)

    def silent(self) -> Wire:
        """Say nothing until the client is gone or the test is over."""

        def wait(line: socket.socket, request: Request) -> bool:
            line.settimeout(0.02)
            while not self.closing.is_set():
                with suppress(TimeoutError):
                    if not line.recv(1):
                        break
            return False

        return self.step(wait)

    def trickles(self, data: bytes, gap: float) -> Wire:
        """One byte at a time."""

        def trickle(line: socket.socket, request: Request) -> bool:
            for index in range(len(data)):
                line.sendall(data[index : index + 1])
                if self.closing.wait(gap):
                    break
            return False

        return self.step(trickle)

    def tunnels_to(self, port: int) -> Wire:
        """Be a proxy: take CONNECT, and join the line with a server on this machine."""

        def tunnel(line: socket.socket, request: Request) -> bool:
            with socket.create_connection(("127.0.0.1", port)) as other:
                line.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
                back = self._start(_pump, other, line)
                _pump(line, other)
                back.join()
            return False

        return self.step(tunnel)

    # The inside

    def close(self) -> None:
        self.closing.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for line in list(self._open):
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
            assert not thread.is_alive()

    def wait_for_end_of(self, connections: int) -> None:
        """Wait until so many connections were taken, and all of them are done with."""
        with self._accepted:
            assert self._accepted.wait_for(lambda: self.connections >= connections, timeout=10)
        for thread in self._threads[1:]:
            thread.join(10)

    def stop_listening(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _start(self, work: Callable[..., None], *args: object) -> threading.Thread:
        thread = threading.Thread(target=work, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()
        return thread

    def _accept(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            with self._accepted:
                self.connections += 1
                self._start(self._serve, line)
                self._accepted.notify_all()

    def _serve(self, line: socket.socket) -> None:
        line.settimeout(20)
        try:
            if self.tls is not None:
                line = self.tls.wrap_socket(line, server_side=True)
        except OSError:
            self.failed_handshakes += 1
            line.close()
            return
        self._open.add(line)
        with line, suppress(OSError):
            reader = line.makefile("rb")
            with reader:
                while self._serve_one(line, reader):
                    pass
        self._open.discard(line)

    def _serve_one(self, line: socket.socket, reader) -> bool:
        request = _read_request(reader)
        if request is None:
            return False
        self.requests.append(request)
        if self._script:
            return self._script.popleft()(line, request)
        if self._otherwise is not None:
            return self._otherwise(line, request)
        self.unexpected.append(request)
        return False


def _read_request(reader) -> Request | None:
    first = reader.readline()
    if not first.strip():
        return None
    method, target, _ = first.decode().split(" ", 2)
    headers = {}
    while line := reader.readline().decode("latin-1").strip():
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return Request(method, target, headers, reader.read(int(headers.get("content-length", 0))))


def _reset(line: socket.socket) -> None:
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.shutdown(socket.SHUT_RD)
    socket.socket(fileno=line.detach()).close()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


@pytest.fixture
def make_wire() -> Iterator[Callable[..., Wire]]:
    wires: list[Wire] = []

    def make(tls: ssl.SSLContext | None = None) -> Wire:
        wires.append(Wire(tls))
        return wires[-1]

    yield make
    for wire in wires:
        wire.close()
    assert [wire.unexpected for wire in wires if wire.unexpected] == []


@pytest.fixture
def wire(make_wire: Callable[..., Wire]) -> Wire:
    return make_wire()


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> str:
    path = tmp_path / "company-ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


@pytest.fixture
def secure_wire(make_wire: Callable[..., Wire], authority: trustme.CA) -> Wire:
    """A server with a certificate for 127.0.0.1 and for k3.example.invalid."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "k3.example.invalid").configure_cert(context)
    return make_wire(context)


@pytest.fixture
def open_session() -> Iterator[Callable[..., Session]]:
    """Makes sessions that are closed after the test; fields of LineSettings and Credentials by name."""
    sessions: list[Session] = []

    def make(
        address: Address, mode: SignInMode = SignInMode.PASSWORD, *, app_id: str = "", **line: Any
    ) -> Session:
        settings = {"connect_seconds": 5, "read_seconds": 10, **line}
        credentials = Credentials(mode, DATA_CENTRE, "demo_user", SECRET, app_id)
        sessions.append(Session(address, credentials, ConnectionSettings(**settings)))
        return sessions[-1]

    yield make
    for session in sessions:
        session.close()


@pytest.fixture
def session(wire: Wire, open_session: Callable[..., Session]) -> Session:
    return open_session(wire.address)


@pytest.fixture
def order() -> PushRequest:
    options = PushOptions("PUR_PurchaseOrder-STK_InStock", target_form="STK_InStock")
    return PushRequest("PUR_PurchaseOrder", options, ids=("100001",))
