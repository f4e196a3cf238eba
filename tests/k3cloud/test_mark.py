"""Nothing sent, or sent: the mark decides, whatever way the line breaks."""

from __future__ import annotations

import gzip
import json
import select
import socket
import ssl
import time
import zlib
from pathlib import Path

import pytest

from kdgui.domain.endings import EndingKind
from kdgui.domain.errors import BadInput, ConnectionTrouble
from kdgui.domain.orders import PushOptions, PushRequest
from kdgui.k3cloud.http import transport
from kdgui.k3cloud.http.address import read_address
from kdgui.k3cloud.session import Session

SAID_YES = {
    "Result": {
        "ResponseStatus": {
            "IsSuccess": True,
            "Errors": [],
            "SuccessEntitys": [{"Id": 104868, "Number": "0208", "DIndex": 0}],
            "SuccessMessages": [],
            "MsgCode": 0,
        }
    }
}


# Nothing sent


def test_nobody_listens(wire, open_session, order):
    wire.stop_listening()
    ending = open_session(wire.address).push(order)
    assert (ending.kind, ending.cause) == (EndingKind.NOTHING_SENT, "refused")
    assert ending.seconds == 0.0
    assert ending.status is None
    assert "refused" in ending.detail
    assert "object at 0x" not in ending.detail


def test_unknown_host(open_session, order):
    ending = open_session(read_address("no-such-host.invalid")).push(order)
    assert (ending.kind, ending.cause) == (EndingKind.NOTHING_SENT, "dns")


def test_connection_not_taken_in_time(open_session, order):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]  # fill the queue of connections nobody takes
        for client in waiting:
            client.setblocking(False)
            client.connect_ex(("127.0.0.1", port))
        try:
            ending = open_session(read_address(f"127.0.0.1:{port}"), connect_seconds=0.3).push(order)
        finally:
            for client in waiting:
                client.close()
    assert (ending.kind, ending.cause) == (EndingKind.NOTHING_SENT, "connect_timeout")


def test_handshake_that_never_ends(open_session, order):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        address = read_address(f"https://127.0.0.1:{mute.getsockname()[1]}")
        ending = open_session(address, connect_seconds=0.3).push(order)
    assert (ending.kind, ending.cause) == (EndingKind.NOTHING_SENT, "connect_timeout")


def test_unknown_authority(secure_wire, open_session, order):
    ending = open_session(secure_wire.address).push(order)
    assert (ending.kind, ending.cause) == (EndingKind.NOTHING_SENT, "tls")
    assert secure_wire.requests == []


def test_certificate_for_another_host(make_wire, authority, ca_file, open_session, order):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("elsewhere.invalid").configure_cert(context)
    other = make_wire(context)
    ending = open_session(other.address, ca_file=ca_file).push(order)
    assert (ending.kind, ending.cause) == (EndingKind.NOTHING_SENT, "tls")
    assert other.requests == []


def test_no_tls_spoken_there(wire, open_session, order):
    with socket.create_server(("127.0.0.1", 0)) as plain:
        address = read_address(f"https://127.0.0.1:{plain.getsockname()[1]}")
        talk = wire._start(_say_plain_text, plain)
        ending = open_session(address).push(order)
        talk.join()
    assert (ending.kind, ending.cause) == (EndingKind.NOTHING_SENT, "tls_broken")


def _say_plain_text(listener: socket.socket) -> None:
    line, _ = listener.accept()
    with line:
        line.recv(100)
        line.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


def test_trusted_by_the_company_authority(secure_wire, ca_file, open_session, order):
    secure_wire.json(SAID_YES).json(SAID_YES)
    session = open_session(secure_wire.address, ca_file=ca_file)
    assert session.push(order).kind is EndingKind.ANSWERED
    assert session.push(order).kind is EndingKind.ANSWERED
    assert secure_wire.connections == 1


def test_ca_file_that_is_none(secure_wire, open_session, tmp_path: Path):
    for content in (None, "no certificate"):
        path = tmp_path / f"ca-{content}.pem"
        if content:
            path.write_text(content)
        with pytest.raises(BadInput) as caught:
            open_session(secure_wire.address, ca_file=str(path))
        assert caught.value.code == "ca_file_unreadable"


# Sent


def test_line_cut_after_the_request(wire, session, order):
    wire.resets()
    ending = session.push(order)
    assert (ending.kind, ending.cause) == (EndingKind.UNKNOWN, "reset")
    assert len(wire.requests) == 1


def test_line_cut_before_the_server_read_anything(session, order, wire):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        cut = wire._start(_hang_up, listener)
        other = Session(read_address(f"127.0.0.1:{listener.getsockname()[1]}"), session.credentials)
        ending = other.push(order)
        cut.join()
        other.close()
    assert (ending.kind, ending.cause) == (EndingKind.UNKNOWN, "reset")


def _hang_up(listener: socket.socket) -> None:
    line, _ = listener.accept()
    line.close()


def test_closed_without_a_word(wire, session, order):
    wire.raw(b"", keep=False)
    ending = session.push(order)
    assert (ending.kind, ending.cause) == (EndingKind.UNKNOWN, "reset")


def test_secure_line_cut_after_the_request(secure_wire, ca_file, open_session, order):
    secure_wire.resets()
    ending = open_session(secure_wire.address, ca_file=ca_file).push(order)
    assert ending.kind is EndingKind.UNKNOWN
    assert len(secure_wire.requests) == 1


def test_secure_line_that_turns_to_rubbish_after_the_request(secure_wire, ca_file, open_session, order):
    def rubbish(line: ssl.SSLSocket, request) -> bool:
        raw = socket.socket(fileno=line.detach())
        with raw:
            raw.sendall(b"\x00" * 200)
        return False

    secure_wire.step(rubbish)
    ending = open_session(secure_wire.address, ca_file=ca_file).push(order)
    assert (ending.kind, ending.cause) == (EndingKind.UNKNOWN, "tls")


def test_silence(wire, session, order):
    wire.silent()
    began = time.monotonic()
    ending = session.push(order, timeout=0.3)
    assert (ending.kind, ending.cause) == (EndingKind.UNKNOWN, "read_timeout")
    assert 0.25 < ending.seconds <= time.monotonic() - began < 5


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 500,
        b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + b" " * 500,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\n \r\n" * 100,
    ],
    ids=["head", "body", "chunks"],
)
def test_trickled_bytes_do_not_stretch_the_deadline(wire, session, order, data):
    wire.trickles(data, 0.02)
    began = time.monotonic()
    ending = session.push(order, timeout=0.5)
    assert (ending.kind, ending.cause) == (EndingKind.UNKNOWN, "read_timeout")
    assert time.monotonic() - began < 5


def test_trickled_bytes_under_tls(secure_wire, ca_file, open_session, order):
    secure_wire.trickles(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + b" " * 500, 0.02)
    began = time.monotonic()
    ending = open_session(secure_wire.address, ca_file=ca_file).push(order, timeout=0.5)
    assert (ending.kind, ending.cause) == (EndingKind.UNKNOWN, "read_timeout")
    assert time.monotonic() - began < 5


def test_server_that_does_not_take_the_request(wire, session):
    """The deadline bounds the sending too: a server that reads nothing blocks the socket."""
    huge = PushRequest("F", PushOptions("r"), numbers=tuple("9" * 80 for _ in range(200_000)))
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        other = Session(read_address(f"127.0.0.1:{deaf.getsockname()[1]}"), session.credentials)
        began = time.monotonic()
        ending = other.push(huge, timeout=0.5)
        other.close()
    assert (ending.kind, ending.cause) == (EndingKind.UNKNOWN, "read_timeout")
    assert time.monotonic() - began < 5


def test_answered_before_the_request_was_read(wire, session):
    """A server may say 413 and close while we are still sending: the answer counts."""
    huge = PushRequest("F", PushOptions("r"), numbers=tuple("9" * 80 for _ in range(200_000)))
    with socket.create_server(("127.0.0.1", 0)) as hasty:
        other = Session(read_address(f"127.0.0.1:{hasty.getsockname()[1]}"), session.credentials)
        talk = wire._start(_refuse_hastily, hasty)
        ending = other.push(huge, timeout=5)
        other.close()
        talk.join()
    assert ending.kind in (EndingKind.BLOCKED, EndingKind.UNKNOWN)
    assert ending.kind is EndingKind.UNKNOWN or ending.status == 413


def _refuse_hastily(listener: socket.socket) -> None:
    line, _ = listener.accept()
    with line:
        line.recv(1000)
        line.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


# Answers that do not arrive whole


WHOLE = json.dumps(SAID_YES).encode()


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (len(WHOLE) + 10) + WHOLE, "truncated"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % len(WHOLE) + WHOLE, "truncated"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % len(WHOLE) + WHOLE + b"\r\n",
            "truncated",
        ),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n" + WHOLE, "truncated"),
        (b"HTTP/1.1 200 OK\r\nConte", "truncated"),
        (b"HTTP/1.1 302 Found\r\nLocation: http://elsewhere.invalid/\r\n", "truncated"),
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 9\r\n\r\nno", "truncated"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}", "not_http"),
        (b"220 smtp.example.invalid ESMTP\r\n", "not_http"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + WHOLE[:-1], "not_json"),
        (b"HTTP/1.1 200 OK\r\n\r\n", "empty"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "empty"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n \r\n", "empty"),
    ],
)
def test_answer_that_is_not_whole(wire, session, order, data, cause):
    wire.raw(data, keep=False)
    ending = session.push(order)
    assert (ending.kind, ending.answer) == (EndingKind.UNKNOWN, None)
    assert ending.cause == cause


@pytest.mark.parametrize(
    ("body", "encoding", "cause"),
    [
        (gzip.compress(WHOLE), "gzip", ""),
        (gzip.compress(WHOLE) + gzip.compress(b"  "), "gzip", ""),
        (gzip.compress(WHOLE)[:-9], "gzip", "gzip"),
        (gzip.compress(WHOLE)[:-1] + b"?", "gzip", "gzip"),
        (WHOLE, "gzip", "gzip"),
        (gzip.compress(WHOLE), "br", "gzip"),
        (zlib.compress(WHOLE), "deflate", ""),
        (zlib.compress(WHOLE)[2:-4], "deflate", ""),
        (WHOLE, "identity", ""),
    ],
)
def test_packed_answer(wire, session, order, body, encoding, cause):
    wire.text(body, Content_Encoding=encoding)
    ending = session.push(order)
    assert ending.cause == cause
    assert ending.kind is (EndingKind.UNKNOWN if cause else EndingKind.ANSWERED)


def test_small_package_that_unpacks_to_gigabytes(wire, session, order):
    wire.text(gzip.compress(b" " * (transport.LARGEST_BODY + 1)), Content_Encoding="gzip")
    ending = session.push(order)
    assert (ending.kind, ending.cause) == (EndingKind.UNKNOWN, "too_large")


def test_body_without_end(wire, session, order):
    sent = 0

    def pour(line: socket.socket, request) -> bool:
        nonlocal sent
        line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        piece = b"x" * (1 << 20)
        while not wire.closing.is_set():
            line.sendall(piece)
            sent += len(piece)
        return False

    wire.step(pour)
    ending = session.push(order)
    assert (ending.kind, ending.cause) == (EndingKind.UNKNOWN, "too_large")
    assert sent < 2 * transport.LARGEST_BODY
    assert len(ending.raw.encode()) <= 64 * 1024


# Kept-alive connections


def test_connection_is_kept(wire, session, order):
    wire.json(SAID_YES).json([["a"]]).json(SAID_YES)
    session.push(order)
    session.query("F", ["FBillNo"])
    session.push(order)
    assert wire.connections == 1


def test_connection_that_the_server_closed_is_not_used(wire, session, order):
    wire.text(json.dumps(SAID_YES), keep=False).json(SAID_YES)
    session.push(order)
    _wait_until_closed(session)
    assert session.push(order).kind is EndingKind.ANSWERED
    assert (wire.connections, len(wire.requests)) == (2, 2)


def _wait_until_closed(session) -> None:
    """Wait for the server's goodbye to reach our side, as it would have by the next bill."""
    (pool,) = session._channel._transport._adapter.poolmanager.pools._container.values()
    connection = pool.pool.get()
    select.select([connection.sock], [], [], 5)
    pool.pool.put(connection)


def test_connection_that_dies_under_the_second_request(wire, session, order):
    wire.json(SAID_YES).resets()
    assert session.push(order).kind is EndingKind.ANSWERED
    ending = session.push(order)
    assert (ending.kind, ending.cause) == (EndingKind.UNKNOWN, "reset")
    assert (wire.connections, len(wire.requests)) == (1, 2)


def test_connection_idle_for_long_is_not_used(wire, session, order, monkeypatch):
    wire.json(SAID_YES).json(SAID_YES)
    session.push(order)
    monkeypatch.setattr(transport, "IDLE_SECONDS", 0.0)
    session.push(order)
    assert wire.connections == 2


def test_stray_bytes_are_not_taken_for_the_next_answer(wire, session, order):
    wire.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
    wire.json(SAID_YES)
    session.query("F", ["FBillNo"])
    assert session.push(order).answer.entities[0].number == "0208"


def test_connection_is_not_kept_after_a_time_out(wire, session, order):
    wire.silent().json(SAID_YES)
    session.push(order, timeout=0.2)
    assert session.push(order).kind is EndingKind.ANSWERED
    assert wire.connections == 2


def test_line_comes_back(wire, session, order):
    """After the worst, the same session works again without a new sign-in."""
    wire.resets().raw(b"nonsense\r\n\r\n", keep=False).json([["a"]])
    assert session.push(order).kind is EndingKind.UNKNOWN
    with pytest.raises(ConnectionTrouble):
        session.query("F", ["FBillNo"], tries=1)
    assert session.query("F", ["FBillNo"]) == [("a",)]
