"""The test of a connection: it names the layer where the way ends, and shows each that was passed."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kdgui.domain.bills import DataCentre
from kdgui.domain.connection_steps import Layer, Step, StepState
from kdgui.domain.errors import BadInput, KdguiError
from kdgui.k3cloud.connection_probe import probe
from kdgui.k3cloud.http.address import Address, read_address
from kdgui.k3cloud.http.proxies import read_proxy, with_login, without_login
from kdgui.k3cloud.http.settings import ConnectionSettings
from kdgui.k3cloud.http.tls import read_ca_file

CENTRES = [{"Id": "60a1", "Number": "001", "Name": "小河贸易"}]
FAR = "k3.example.invalid"
PASSED, FAILED = StepState.PASSED, StepState.FAILED


class Walk:
    """What one probe told."""

    def __init__(self, address: Address, **line: Any) -> None:
        self.told: list[Step] = []
        self.centres: tuple[DataCentre, ...] = ()
        self.left: KdguiError | None = None
        try:
            settings = ConnectionSettings(**{"connect_seconds": 3, "read_seconds": 3, **line})
            self.centres, self.left = probe(address, settings, self.told.append)
        except KdguiError as error:
            self.raised: KdguiError | None = error
        else:
            self.raised = None

    @property
    def steps(self) -> dict[Layer, Step]:
        return {step.layer: step for step in self.told}

    @property
    def passed(self) -> list[str]:
        return [layer.value for layer, step in self.steps.items() if step.state is PASSED]

    def ends_at(self, layer: Layer, code: str) -> bool:
        """Whether it ended there, said so last, and every other layer that was tried has an end."""
        last = self.told[-1]
        states = {step.state for step in self.steps.values()}
        return (
            (last.layer, last.state) == (layer, FAILED)
            and last.trouble is self.raised
            and last.trouble.code == code
            and StepState.TRYING not in states - {last.state}
        )


def test_every_layer_is_told_as_it_is_passed(secure_wire, ca_file) -> None:
    secure_wire.json(CENTRES)
    walk = Walk(secure_wire.address, ca_file=ca_file)
    assert walk.raised is None
    assert walk.left is None
    assert [centre.name for centre in walk.centres] == ["小河贸易"]
    assert walk.passed == ["address", "name", "port", "tls", "http", "api", "list"]
    tried = [step.layer.value for step in walk.told if step.state is StepState.TRYING]
    assert tried == ["name", "port", "tls", "http"]
    tls = dict(walk.steps[Layer.TLS].values)
    assert tls["version"].startswith("TLS")
    assert "trustme" in tls["issuer"]


def test_a_name_that_nobody_knows() -> None:
    walk = Walk(read_address(FAR), proxy="")
    assert walk.ends_at(Layer.NAME, "dns")
    assert walk.passed == ["address"]


def test_a_port_where_nobody_listens(wire) -> None:
    wire.stop_listening()
    walk = Walk(wire.address)
    assert walk.ends_at(Layer.PORT, "refused")
    assert walk.passed == ["address", "name"]


def serve_with(authority, *names: str, days: int = 30) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ends = datetime.now(UTC) + timedelta(days=days)
    authority.issue_cert(*names, not_before=ends - timedelta(days=60), not_after=ends).configure_cert(context)
    return context


@pytest.mark.parametrize(
    ("name", "days", "trusted", "code"),
    [
        ("127.0.0.1", 30, False, "tls_unknown_ca"),
        ("127.0.0.1", -1, True, "tls_expired"),
        ("127.0.0.1", 90, True, "tls_not_yet"),
        ("erp.example.invalid", 30, True, "tls_name"),
    ],
)
def test_a_certificate_that_is_not_believed(
    make_wire: Callable, authority, ca_file: str, name: str, days: int, trusted: bool, code: str
) -> None:
    server = make_wire(serve_with(authority, name, days=days))
    walk = Walk(server.address, ca_file=ca_file if trusted else "")
    assert walk.ends_at(Layer.TLS, code)
    assert walk.passed == ["address", "name", "port"]
    assert server.requests == []


@pytest.mark.parametrize("answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b""])
def test_https_on_an_http_port(answer: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            line, _ = listener.accept()
            with line:
                line.recv(100)
                line.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        walk = Walk(read_address(f"https://127.0.0.1:{listener.getsockname()[1]}"))
        thread.join()
    assert walk.ends_at(Layer.TLS, "tls_broken")


def test_a_ca_file_that_is_none(secure_wire, tmp_path: Path) -> None:
    walk = Walk(secure_wire.address, ca_file=str(tmp_path / "gone.pem"))
    assert walk.ends_at(Layer.TLS, "ca_file_unreadable")


@pytest.mark.parametrize(
    ("script", "code"),
    [
        (lambda wire: wire.resets().resets(), "reset"),
        (lambda wire: wire.silent(), "read_timeout"),
        (lambda wire: wire.raw(b"SSH-2.0-x\r\n", keep=False).raw(b"SSH-2.0-x\r\n", keep=False), "not_http"),
    ],
)
def test_an_answer_that_does_not_come(wire, script: Callable, code: str) -> None:
    script(wire)
    walk = Walk(wire.address, read_seconds=0.5)
    assert walk.ends_at(Layer.HTTP, code)
    assert walk.passed == ["address", "name", "port"]


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (404, "<html>not here</html>", "api_missing"),
        (403, "", "blocked"),
        (200, "<html><body>router</body></html>", "html"),
        (200, '{"Data": 5}', "odd_json"),
    ],
)
def test_something_else_answers(wire, status: int, body: str, code: str) -> None:
    """Signing in may still work: whoever asked decides, so the layer is not told as failed yet."""
    for _ in range(3):
        wire.text(body, status)
    walk = Walk(wire.address)
    assert walk.raised is None
    assert walk.left is not None
    assert walk.left.code == code
    assert walk.passed == ["address", "name", "port", "http"]
    assert Layer.API not in walk.steps


def test_a_server_that_lists_nothing(wire) -> None:
    wire.text("[]").text("[]").text("[]")
    walk = Walk(wire.address)
    assert walk.steps[Layer.LIST].state is StepState.NOTED
    assert walk.steps[Layer.LIST].code == "list_empty"


def test_by_a_proxy(secure_wire, make_wire, ca_file) -> None:
    proxy = make_wire()
    proxy.tunnels_to(secure_wire.port).tunnels_to(secure_wire.port)
    secure_wire.json(CENTRES)
    url = f"http://%E7%8E%8B:open-sesame@127.0.0.1:{proxy.port}"
    walk = Walk(read_address(f"https://{FAR}"), proxy=url, ca_file=ca_file)
    assert walk.passed == ["address", "proxy", "tls", "http", "api", "list"]
    assert dict(walk.steps[Layer.PROXY].values) == {"proxy": f"127.0.0.1:{proxy.port}"}
    first, second = proxy.requests
    assert first.headers["proxy-authorization"] == second.headers["proxy-authorization"]
    assert "sesame" not in repr(walk.told)


@pytest.mark.parametrize(("status", "code"), [(407, "proxy_auth"), (502, "proxy")])
@pytest.mark.parametrize("scheme", ["https", "http"])
def test_a_proxy_that_says_no(make_wire, scheme: str, status: int, code: str) -> None:
    proxy = make_wire()
    for _ in range(8):
        proxy.text("no", status)
    walk = Walk(read_address(f"{scheme}://{FAR}"), proxy=f"http://127.0.0.1:{proxy.port}")
    if (scheme, status) == ("http", 502):  # nobody can tell whose answer that is
        assert walk.left is not None
        assert walk.left.code == "http_status"
    else:
        assert walk.ends_at(Layer.PROXY, code)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1", "socks5://127.0.0.1:1", "http://proxy.example.invalid:8080"]
)
def test_a_proxy_that_is_none(url: str) -> None:
    walk = Walk(read_address(FAR), proxy=url)
    assert walk.ends_at(Layer.PROXY, "proxy_unusable" if url.startswith("socks") else "proxy")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("proxy:8080", "http://proxy:8080"),
        (" ＨＴＴＰ：／／10.0.0.8：3128/ ", "http://10.0.0.8:3128"),
        ("https://proxy.example", "https://proxy.example"),
        ("[::1]:80", "http://[::1]:80"),
    ],
)
def test_proxies_as_people_type_them(typed: str, read: str) -> None:
    assert read_proxy(typed) == read
    assert read_proxy(read) == read


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "proxy_empty"),
        ("socks5://proxy:1080", "proxy_scheme"),
        ("http://me:secret@proxy:8080", "proxy_userinfo"),
        ("proxy:99999", "proxy_port"),
        ("pro xy:80", "proxy_bad"),
    ],
)
def test_what_is_no_proxy(typed: str, code: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_proxy(typed)
    assert caught.value.code == code
    assert "secret" not in str(caught.value)


def test_a_login_goes_into_the_address_and_out_again() -> None:
    whole = with_login("http://proxy:8080", "domain\\käte", "p@ss:wörd/")
    assert without_login(whole) == ("http://proxy:8080", "domain\\käte", "p@ss:wörd/")
    assert without_login("http://proxy:8080") == ("http://proxy:8080", "", "")
    assert with_login("http://proxy:8080", "", "x") == "http://proxy:8080"


def test_what_a_ca_file_says_about_itself(ca_file: str, authority, tmp_path: Path) -> None:
    found = read_ca_file(ca_file)
    assert len(found.names) == 1
    assert date.fromisoformat(found.ends) > datetime.now(UTC).date()
    key = tmp_path / "key.pem"
    authority.private_key_pem.write_to_path(str(key))
    der = tmp_path / "ca.cer"
    der.write_bytes(ssl.PEM_cert_to_DER_cert(Path(ca_file).read_text()))
    (tmp_path / "text.pem").write_text("hello")
    wanted = {
        "key.pem": "ca_file_key",
        "ca.cer": "ca_file_der",
        "text.pem": "ca_file_unreadable",
        "gone.pem": "ca_file_missing",
    }
    for name, code in wanted.items():
        with pytest.raises(BadInput) as caught:
            read_ca_file(str(tmp_path / name))
        assert caught.value.code == code
