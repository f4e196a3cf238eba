"""Proxies: used where they should be, never for this PC; CONNECT is not the request."""

from __future__ import annotations

import base64

import pytest

from kdgui.bootstrap import open_engine
from kdgui.domain.connection_steps import Layer, Step
from kdgui.domain.endings import EndingKind
from kdgui.domain.errors import ConnectionTrouble, KdguiError
from kdgui.k3cloud.http.address import read_address
from kdgui.store.paths import Paths
from kdgui.store.profiles import Profile
from kdgui.store.settings import Settings

SAID_YES = {"Result": {"ResponseStatus": {"IsSuccess": True, "SuccessEntitys": [{"Id": 1, "Number": "A"}]}}}
FAR = "k3.example.invalid"


@pytest.fixture
def proxy(make_wire):
    return make_wire()


@pytest.fixture
def proxy_url(proxy):
    return f"http://127.0.0.1:{proxy.port}"


def test_plain_request_by_proxy(proxy, proxy_url, open_session, order):
    proxy.json(SAID_YES)
    ending = open_session(read_address(FAR), proxy=proxy_url).push(order)
    assert ending.kind is EndingKind.ANSWERED
    assert proxy.requests[0].target.startswith(f"http://{FAR}/k3cloud/")


def test_secure_request_through_a_tunnel(secure_wire, proxy, proxy_url, ca_file, open_session, order):
    proxy.tunnels_to(secure_wire.port)
    secure_wire.json(SAID_YES)
    session = open_session(read_address(f"https://{FAR}"), proxy=proxy_url, ca_file=ca_file)
    assert session.push(order).kind is EndingKind.ANSWERED
    assert (proxy.requests[0].method, proxy.requests[0].target) == ("CONNECT", f"{FAR}:443")
    assert proxy.requests[0].body == b""
    session.close()


def test_cut_inside_the_tunnel_after_the_request(secure_wire, proxy, proxy_url, ca_file, open_session, order):
    proxy.tunnels_to(secure_wire.port)
    secure_wire.resets()
    session = open_session(read_address(f"https://{FAR}"), proxy=proxy_url, ca_file=ca_file)
    assert session.push(order).kind is EndingKind.UNKNOWN
    session.close()


def test_untrusted_server_behind_the_tunnel(secure_wire, proxy, proxy_url, open_session, order):
    """CONNECT was sent and answered, and still nothing of the request has left."""
    proxy.tunnels_to(secure_wire.port)
    ending = open_session(read_address(f"https://{FAR}"), proxy=proxy_url).push(order)
    assert (ending.kind, ending.cause) == (EndingKind.NOTHING_SENT, "tls")
    assert secure_wire.requests == []


@pytest.mark.parametrize(
    ("status", "cause"), [(407, "proxy_auth"), (403, "proxy"), (502, "proxy"), (504, "proxy")]
)
def test_proxy_that_refuses_the_tunnel(proxy, proxy_url, open_session, order, status, cause):
    proxy.text("<html>no</html>", status)
    ending = open_session(read_address(f"https://{FAR}"), proxy=proxy_url).push(order)
    assert (ending.kind, ending.cause) == (EndingKind.NOTHING_SENT, cause)
    assert [request.method for request in proxy.requests] == ["CONNECT"]


def test_proxy_that_says_nothing_to_connect(proxy, proxy_url, open_session, order):
    proxy.silent()
    session = open_session(read_address(f"https://{FAR}"), proxy=proxy_url, connect_seconds=0.3)
    assert session.push(order).kind is EndingKind.NOTHING_SENT


def test_proxy_that_trickles_its_answer_to_connect(proxy, proxy_url, open_session, order):
    proxy.trickles(b"HTTP/1.1 200 Connected\r\nX: " + b"x" * 500, 0.02)
    session = open_session(read_address(f"https://{FAR}"), proxy=proxy_url, connect_seconds=0.4)
    ending = session.push(order)
    assert ending.kind is EndingKind.NOTHING_SENT
    assert ending.cause in ("connect_timeout", "proxy")


def test_proxy_that_wants_a_name(proxy, proxy_url, open_session, order):
    """The request itself went to the proxy; it was not passed on (design section 4)."""
    proxy.text("", 407, Proxy_Authenticate="Basic")
    ending = open_session(read_address(FAR), proxy=proxy_url).push(order)
    assert (ending.kind, ending.cause, ending.status) == (EndingKind.NOTHING_SENT, "proxy_auth", 407)


def test_407_of_a_server_without_proxy_proves_nothing(wire, session, order):
    wire.text("", 407)
    ending = session.push(order)
    assert (ending.kind, ending.cause) == (EndingKind.UNKNOWN, "http_status")


def test_407_out_of_the_tunnel_proves_nothing(secure_wire, proxy, proxy_url, ca_file, open_session, order):
    proxy.tunnels_to(secure_wire.port)
    secure_wire.text("", 407)
    session = open_session(read_address(f"https://{FAR}"), proxy=proxy_url, ca_file=ca_file)
    assert session.push(order).kind is EndingKind.UNKNOWN
    session.close()


def test_proxy_that_wants_a_name_for_a_read(proxy, proxy_url, open_session):
    proxy.text("", 407)
    with pytest.raises(ConnectionTrouble) as caught:
        open_session(read_address(FAR), proxy=proxy_url).query("F", ["FBillNo"])
    assert caught.value.code == "proxy_auth"


def test_nobody_listens_at_the_proxy(proxy, proxy_url, open_session, order):
    proxy.stop_listening()
    for address in (FAR, f"https://{FAR}"):
        ending = open_session(read_address(address), proxy=proxy_url).push(order)
        assert (ending.kind, ending.cause) == (EndingKind.NOTHING_SENT, "proxy")


@pytest.mark.parametrize(
    "url", ["socks5://127.0.0.1:1", "socks5h://127.0.0.1:1", "http://", "ftp://127.0.0.1", "::", "http://[x"]
)
def test_proxy_that_cannot_be_used(open_session, order, url):
    ending = open_session(read_address(FAR), proxy=url).push(order)
    assert (ending.kind, ending.cause) == (EndingKind.NOTHING_SENT, "proxy")


def test_name_and_password_for_the_proxy(proxy, open_session, order):
    url = f"http://kl%C3%A4rk:open-sesame@127.0.0.1:{proxy.port}"
    login = base64.b64encode("klärk:open-sesame".encode()).decode()
    proxy.text(f"who sent {login} or open-sesame?", 502)
    session = open_session(read_address(FAR), proxy=url)
    ending = session.push(order)
    sent = proxy.requests[0].headers["proxy-authorization"].removeprefix("Basic ")
    assert base64.b64decode(sent).endswith(b":open-sesame")
    assert "open-sesame" not in ending.raw
    assert "open-sesame" not in repr(session._channel.settings)


def test_this_pc_is_asked_directly(wire, open_session, order, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for proxy in (None, "", "http://127.0.0.1:1"):
        wire.json(SAID_YES)
        assert open_session(wire.address, proxy=proxy).push(order).kind is EndingKind.ANSWERED


def test_proxy_of_the_system(proxy, proxy_url, open_session, order, monkeypatch):
    monkeypatch.setenv("http_proxy", proxy_url)
    proxy.json(SAID_YES)
    assert open_session(read_address(FAR)).push(order).kind is EndingKind.ANSWERED


def test_proxy_of_the_system_is_left_out_on_request(proxy_url, open_session, order, monkeypatch):
    monkeypatch.setenv("http_proxy", proxy_url)
    assert open_session(read_address(FAR), proxy="").push(order).cause == "dns"
    monkeypatch.setenv("no_proxy", FAR)
    assert open_session(read_address(FAR)).push(order).cause == "dns"


def test_the_settings_lead_by_the_proxy(proxy, proxy_url, kdgui_home):
    """Address and name from the settings, the password from the key store or, without one, from memory."""
    centres = [{"Id": "60a1", "Number": "001", "Name": "小河贸易"}]
    with open_engine(Paths(kdgui_home), attended=True) as engine:
        engine.change_settings(Settings(proxy=proxy_url, proxy_user="王", connect_seconds=5))
        with pytest.raises(KdguiError) as caught:
            engine.keep_proxy_password("open-sesame")
        assert caught.value.code == "proxy_password_not_kept"
        proxy.json(centres)
        assert [centre.name for centre in engine.connection.data_centres(FAR)] == ["小河贸易"]
        told: list[Step] = []
        proxy.text("", 407).text("", 407)
        wrong = Profile(FAR, "", "")
        report = engine.connection.test_connection(wrong, "", told.append, proxy_password="something else")
    first, second = (base64.b64decode(each.headers["proxy-authorization"][6:]) for each in proxy.requests[:2])
    assert first == "王:open-sesame".encode()
    assert second == "王:something else".encode()
    assert report.failed is not None
    assert (report.failed.layer, report.failed.trouble.code) == (Layer.PROXY, "proxy_auth")
    assert told[-1] is report.failed
    assert b"sesame" not in (kdgui_home / "settings.json").read_bytes()
