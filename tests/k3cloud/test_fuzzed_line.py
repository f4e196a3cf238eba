"""Whatever bytes come over the line: an ending, never an exception, and never "nothing sent"."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kdgui.domain.endings import EndingKind
from kdgui.domain.errors import KdguiError

HEADS = st.sampled_from(
    [
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.0 200 OK\r\n",
        b"HTTP/1.1 200\r\n",
        b"HTTP/1.1 302 Found\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 103 Early\r\n",
        b"HTTP/9.9 200 OK\r\n",
        b"HTTP/1.1 abc\r\n",
        b"HTTP/1.1 20000 OK\r\n",
        b"\r\n",
    ]
)
HEADERS = [
    b"Content-Length: 2\r\n",
    b"Content-Length: -2\r\n",
    b"Content-Length: two\r\n",
    b"Content-Length: 99999999999999999999999\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: gzip, chunked\r\n",
    b"Content-Encoding: gzip\r\n",
    b"Content-Encoding: \xff\r\n",
    b"Set-Cookie: a=b; Expires=nonsense; Max-Age=x\r\n",
    b"Set-Cookie: kdservice-sessionid=\x01\r\n",
    b"Set-Cookie: =;;;=\r\n",
    b"Retry-After: \xe4\r\n",
    b"Location: \xff\xfe\r\n",
    b"no colon at all\r\n",
    b" folded\r\n",
    b": nameless\r\n",
    b"X: " + b"y" * 70_000 + b"\r\n",
    b"Content-Type: text/html; charset=\x00\r\n",
    b"X: y\r\n" * 150,
]
BODIES = st.binary(max_size=60) | st.sampled_from(
    [b"{}", b"2\r\n{}\r\n0\r\n\r\n", b"2;\r\n{}", b"-1\r\n", b"[" * 5000]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    head=HEADS | st.binary(max_size=20),
    picked=st.lists(st.integers(0, len(HEADERS) - 1), max_size=4),
    body=BODIES,
)
def test_any_bytes(wire, session, order, head, picked, body):
    data = head + b"".join(HEADERS[index] for index in picked) + b"\r\n" + body
    wire.raw(data, keep=False)
    ending = session.push(order, timeout=5)
    assert ending.kind not in (EndingKind.NOTHING_SENT, EndingKind.SESSION_LOST)
    session.close()  # or the next request may meet a connection about to be closed
    wire.raw(data, keep=False)
    with suppress(KdguiError):
        session.query("F", ["FBillNo"], tries=1)
    session.close()
    assert wire.left == 0
