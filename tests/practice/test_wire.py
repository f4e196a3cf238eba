"""The server as a server: garbage, limits, keep-alive, many clients, a stop that waits for nobody."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kdgui.practice import PracticeServer
from kdgui.practice.http_server import MOST_BYTES

from .conftest import ORDER_TO_STOCK, STUB, Client, entities

CURRENCY = ("BD_Currency", "FCODE", "FNUMBER='PRE001'")
PUSH_PATH = f"/k3cloud/{STUB}DynamicFormService.Push.common.kdsvc"


def raw(server: PracticeServer, data: bytes, seconds: float = 5) -> bytes:
    """Send bytes, close that side, read what comes until the other side closes."""
    port = urlsplit(server.url).port
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as line:
        line.sendall(data)
        line.shutdown(socket.SHUT_WR)
        found = b""
        while piece := line.recv(65536):
            found += piece
    return found


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


@pytest.mark.parametrize(
    ("head", "wanted"),
    [
        (b"POST /x HTTP/1.1\r\n\r\n", 411),
        (b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
        (b"POST /x HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST /x HTTP/1.1\r\nContent-Length: \xb2\r\n\r\n", 400),
        (b"POST /x HTTP/1.1\r\nContent-Length: 9e9\r\n\r\n", 400),
        (b"POST /x HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (MOST_BYTES + 1), 413),
        (b"DELETE /x HTTP/1.1\r\n\r\n", 501),
        (b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET /x HTTP/1.1\r\n" + b"a: b\r\n" * 200 + b"\r\n", 431),
        (b"GET /nowhere HTTP/1.1\r\nConnection: close\r\n\r\n", 404),
        (b"GET /k3cloud/ HTTP/1.1\r\nConnection: close\r\n\r\n", 200),
        (b"GET %s HTTP/1.1\r\nConnection: close\r\n\r\n" % PUSH_PATH.encode(), 405),
    ],
)
def test_odd_requests_get_a_status(server: PracticeServer, head: bytes, wanted: int) -> None:
    assert status(raw(server, head)) == wanted


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\r\n",
        b"\x16\x03\x01\x02\x00",
        b"GET / HTTP",
        b"POST /x HTTP/1.1\r\nContent-Length: 9\r\n\r\nab",
    ],
)
def test_half_a_request_is_no_news(server: PracticeServer, client: Client, data: bytes) -> None:
    raw(server, data)
    assert client.query(*CURRENCY) == [["CNY"]]


@pytest.fixture(scope="module")
def shared(catalogue: Any) -> Iterator[tuple[PracticeServer, Client]]:
    practice = PracticeServer(catalogue)
    client = Client(practice.start())
    client.sign_in()
    yield practice, client
    client.web.close()
    practice.stop()
    assert practice.crashes == ()


KEYS = (
    "data formid parameters Numbers Ids EntryIds RuleId FieldKeys FormId FilterString OrderString TargetOrgId"
    " StartRow Limit acctID username password timestamp sign appId"
)
TEXTS = ["PUR_PurchaseOrder", ORDER_TO_STOCK, "CGDD000401", "\ud800", "FID"]
METHODS = "Push Submit Audit Delete View ExecuteBillQuery BillQuery QueryBusinessInfo SwitchOrg Save Nope"
SIGN_INS = ["AuthService.ValidateUser", "AuthService.LoginBySign", "AuthService.LoginByAppSecret"]
simple = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12)
json_values = st.recursive(
    simple | st.sampled_from(TEXTS),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS.split()), inner, max_size=5)
    ),
    max_leaves=12,
)
services = st.sampled_from([*(f"DynamicFormService.{method}" for method in METHODS.split()), *SIGN_INS])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(service=services, value=json_values, garbage=st.binary(max_size=40), form=st.booleans())
def test_no_body_crashes_the_server(
    shared: tuple[PracticeServer, Client], service: str, value: Any, garbage: bytes, form: bool
) -> None:
    practice, client = shared
    kind = "application/x-www-form-urlencoded" if form else "application/json"
    for body in (json.dumps(value).encode(), b"data=" + json.dumps(value).encode(), garbage):
        answer = client.post(service, data=body, headers={"Content-Type": kind})
        assert answer.status_code in (200, 502)
    assert practice.crashes == ()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=80))
def test_no_bytes_crash_the_server(shared: tuple[PracticeServer, Client], data: bytes) -> None:
    practice, _ = shared
    raw(practice, data)
    raw(practice, b"POST " + PUSH_PATH.encode() + b" HTTP/1.1\r\n" + data)
    assert practice.crashes == ()


def test_a_deeply_nested_body_is_refused(client: Client) -> None:
    for body in (
        "[" * 100_000,
        "[" * 200 + "]" * 200,
        '{"data":' * 100 + "1" + "}" * 100,
        '{"a": ' + "9" * 5000 + "}",
    ):
        answer = client.post("DynamicFormService.Push", data=body)
        assert answer.text.startswith("response_error:")


def test_a_connection_is_kept_alive(server: PracticeServer) -> None:
    port = urlsplit(server.url).port
    with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
        for _ in range(3):
            line.sendall(b"GET /k3cloud/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            assert line.recv(65536).startswith(b"HTTP/1.1 200")


def test_an_unused_connection_is_closed_after_a_while(server: PracticeServer) -> None:
    server.turn({"keep_alive_seconds": 0.2})
    port = urlsplit(server.url).port
    with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
        assert line.recv(10) == b""


@pytest.mark.parametrize("server", [{"latency_ms": 150}], indirect=True)
def test_latency_can_be_asked_for(client: Client) -> None:
    started = time.monotonic()
    client.query(*CURRENCY)
    assert time.monotonic() - started >= 0.15


def test_many_clients_at_once_get_each_bill_pushed_once(server: PracticeServer) -> None:
    numbers = server.examples()["PUR_PurchaseOrder"]["open"][:12]

    def push_all(offset: int) -> int:
        mine = Client(server.invitation)
        mine.sign_in()
        made = sum(len(entities(mine.push([number]))) for number in numbers[offset:] + numbers[:offset])
        mine.web.close()
        return made

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(push_all, range(0, 12, 3))) == 12
    assert sorted(entry.sources[0].number for entry in server.ledger()) == sorted(numbers)
    assert len(server.posts()) == 48


@pytest.mark.parametrize("fault", [{}, {"timeouts": 1}, {"slow": {"seconds": 60, "probability": 1}}])
def test_stopping_waits_for_nobody(catalogue: Any, fault: dict[str, Any]) -> None:
    before = set(threading.enumerate())
    practice = PracticeServer(catalogue, faults=fault)
    client = Client(practice.start())
    client.sign_in()
    with ThreadPoolExecutor(1) as pool:
        pending = pool.submit(client.post, "DynamicFormService.Push", json={"formid": "PUR_PurchaseOrder"})
        while fault and not practice.posts():
            time.sleep(0.01)
        started = time.monotonic()
        practice.stop()
        assert time.monotonic() - started < 20
        pending.exception(timeout=10)
    client.web.close()
    assert set(threading.enumerate()) <= before
    practice.stop()


def test_a_server_that_never_served_can_be_stopped(catalogue: Any) -> None:
    PracticeServer(catalogue).stop()


def test_a_server_starts_and_stops_as_a_context(catalogue: Any) -> None:
    with PracticeServer(catalogue) as invitation:
        assert json.loads(invitation.as_json())["url"] == invitation.url
        client = Client(invitation)
        assert client.sign_in()["LoginResultType"] == 1
        client.web.close()
