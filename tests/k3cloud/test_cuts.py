"""The line cut at every byte: "nothing sent" is never said of a request that the server has read."""

from __future__ import annotations

import errno
import http.client
import json
import socket
import ssl
import threading
from contextlib import suppress

import pytest
import requests
import urllib3.exceptions as lib

from kdgui.domain.endings import EndingKind
from kdgui.k3cloud.http.address import read_address
from kdgui.k3cloud.http.error_causes import name_cause

SAID_YES = {"Result": {"ResponseStatus": {"IsSuccess": True, "SuccessEntitys": [{"Id": 1, "Number": "A"}]}}}


class Relay:
    """Passes bytes on between a client and a server, up to a number in each direction, then cuts both."""

    def __init__(self, port: int) -> None:
        self._server_port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.passed = [0, 0]

    def carry_once(self, budgets: tuple[int, int]) -> threading.Thread:
        thread = threading.Thread(target=self._carry, args=(budgets,), daemon=True)
        thread.start()
        return thread

    def close(self) -> None:
        self._listener.close()

    def _carry(self, budgets: tuple[int, int]) -> None:
        client, _ = self._listener.accept()
        self.passed = [0, 0]
        with client, socket.create_connection(("127.0.0.1", self._server_port)) as server:
            back = threading.Thread(target=self._pass_on, args=(server, client, 1, budgets[1]), daemon=True)
            back.start()
            self._pass_on(client, server, 0, budgets[0])
            back.join()

    def _pass_on(self, source: socket.socket, sink: socket.socket, way: int, budget: int) -> None:
        with suppress(OSError):
            while data := source.recv(min(65536, budget - self.passed[way]) or 1):
                if self.passed[way] >= budget:
                    break
                sink.sendall(data)
                self.passed[way] += len(data)
        for line in (source, sink):
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def relay(secure_wire):
    relay = Relay(secure_wire.port)
    yield relay
    relay.close()


@pytest.mark.parametrize("way", [0, 1], ids=["there", "back"])
def test_cut_at_every_byte(secure_wire, relay, ca_file, open_session, order, way):
    body = json.dumps(SAID_YES).encode()
    whole = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body

    def answer(line: socket.socket, request) -> bool:
        line.sendall(whole)
        return False

    secure_wire.otherwise(answer)
    address = read_address(f"https://127.0.0.1:{relay.port}")
    seen = set()
    budget = connections = 0
    while EndingKind.ANSWERED not in seen:
        before = len(secure_wire.requests)
        unlimited = 1 << 30
        carrying = relay.carry_once((budget, unlimited) if way == 0 else (unlimited, budget))
        session = open_session(address, ca_file=ca_file)
        ending = session.push(order)
        session.close()
        carrying.join()
        connections += 1
        secure_wire.wait_for_end_of(connections)
        read_by_server = len(secure_wire.requests) - before
        assert read_by_server <= 1
        if ending.kind is EndingKind.NOTHING_SENT:
            assert read_by_server == 0
            assert ending.cause in ("tls", "reset")
        else:
            assert ending.kind is EndingKind.ANSWERED or ending.cause in ("reset", "truncated", "tls")
        seen.add(ending.kind)
        budget += 41
        assert budget < 20_000
    assert seen == {EndingKind.NOTHING_SENT, EndingKind.UNKNOWN, EndingKind.ANSWERED}


def wrapped(error: Exception) -> requests.ConnectionError:
    """As it comes from requests when a request has failed."""
    return requests.ConnectionError(lib.MaxRetryError(None, "/", error))  # type: ignore[arg-type]


def not_connected(error: Exception) -> requests.ConnectionError:
    """As it comes from requests when no connection came about."""
    new = lib.NewConnectionError(None, "<connection object at 0x7f> failed")  # type: ignore[arg-type]
    new.__cause__ = error
    return wrapped(new)


@pytest.mark.parametrize(
    ("error", "before", "after"),
    [
        (OSError(errno.ENETUNREACH, "Network is unreachable"), "no_route", "no_route"),
        (OSError(errno.EHOSTUNREACH, "No route to host"), "no_route", "no_route"),
        (OSError(errno.EACCES, "forbidden by a firewall on this PC"), "no_route", "reset"),
        (TimeoutError(errno.ETIMEDOUT, "timed out"), "connect_timeout", "read_timeout"),
        (ConnectionResetError(errno.ECONNRESET, "reset"), "reset", "reset"),
        (ConnectionAbortedError("aborted"), "reset", "reset"),
        (ssl.SSLError("bad record"), "tls", "tls"),
        (http.client.BadStatusLine("x"), "no_route", "not_http"),
        (http.client.RemoteDisconnected("x"), "reset", "reset"),
        (lib.ProtocolError("Response ended prematurely"), "no_route", "truncated"),
        (ValueError("whatever"), "no_route", "not_http"),
    ],
)
def test_causes(error, before, after):
    for seen in (error, wrapped(error), not_connected(error)):
        assert name_cause(seen, sent=False)[0] == before
    for seen in (error, wrapped(error)):
        assert name_cause(seen, sent=True)[0] == after


def test_words_are_those_of_the_system():
    error = not_connected(OSError(errno.ENETUNREACH, "Network is unreachable"))
    assert name_cause(error, sent=False)[1] == f"[Errno {errno.ENETUNREACH}] Network is unreachable"


def test_cut_during_the_handshake(open_session, order):
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def cut() -> None:
            line, _ = listener.accept()
            line.recv(10)
            line.close()  # with unread bytes: a reset

        cutting = threading.Thread(target=cut)
        cutting.start()
        ending = open_session(read_address(f"https://127.0.0.1:{listener.getsockname()[1]}")).push(order)
        cutting.join()
    assert ending.kind is EndingKind.NOTHING_SENT
    assert ending.cause in ("reset", "tls")


def test_ipv6(open_session, order):
    try:
        listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no IPv6")
    with listener:

        def answer() -> None:
            line, _ = listener.accept()
            with line:
                line.recv(65536)
                line.sendall(b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")

        answering = threading.Thread(target=answer)
        answering.start()
        ending = open_session(read_address(f"[::1]:{listener.getsockname()[1]}")).push(order)
        answering.join()
    assert (ending.kind, ending.status) == (EndingKind.BLOCKED, 403)
