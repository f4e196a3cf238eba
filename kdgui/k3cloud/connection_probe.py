"""Probe: goes the way to a server layer by layer and tells of each, so that one sees where it ends."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import requests

from kdgui.domain.bills import DataCentre
from kdgui.domain.connection_steps import Layer, Step, StepState
from kdgui.domain.errors import AnswerUnreadable, BadInput, ConnectionTrouble, KdguiError
from kdgui.k3cloud.data_centres import list_data_centres
from kdgui.k3cloud.http.address import Address
from kdgui.k3cloud.http.error_causes import name_cause
from kdgui.k3cloud.http.proxies import find_proxy, login_headers, usable_proxy
from kdgui.k3cloud.http.settings import ConnectionSettings
from kdgui.k3cloud.http.tls import certificate_trouble, name_in, tls_context

Tell = Callable[[Step], None]
"""Takes each step as it is tried, and again as it ended. May raise Stopped to end the test."""

LONGEST_READ = 30.0
"""Seconds that an answer is waited for in a test, however long a push may take."""

_NOT_HERE = 404
_DEFAULT_PORTS = {"http": 80, "https": 443}


Listed = tuple[tuple[DataCentre, ...], KdguiError | None]


def probe(address: Address, line: ConnectionSettings, tell: Tell) -> Listed:
    """Go as far as one gets without signing in. Blocks up to the time-outs of `line`.

    Returns:
        The data centres; and the trouble that kept the server from listing them, where signing in may work
        all the same. API and LIST are told only where there was none.

    Raises:
        LineTrouble, AnswerUnreadable, BadInput: the layer where it ended was told as failed.
    """
    tell(Step(Layer.ADDRESS, StepState.PASSED, "address", (("url", address.base_url),)))
    line = replace(line, read_seconds=min(line.read_seconds, LONGEST_READ))
    proxy = find_proxy(address, line)
    sock = _by_proxy(proxy, address, line, tell) if proxy else _directly(address, line, tell)
    try:
        if address.secure:
            sock = _secured(sock, address, line, tell)
    finally:
        sock.close()
    return _asked(address, line, tell)


def _directly(address: Address, line: ConnectionSettings, tell: Tell) -> socket.socket:
    with ProbeStep(Layer.NAME, tell) as step:
        found = _named(address.host, address.port)
        places = tuple(dict.fromkeys(str(each[4][0]) for each in found))
        step.passed("name", host=address.host, addresses=", ".join(places[:3]))
    with ProbeStep(Layer.PORT, tell) as step:
        sock = _connected(found, line.connect_seconds)
        step.passed("port", port=str(address.port))
    return sock


def _by_proxy(proxy: str, address: Address, line: ConnectionSettings, tell: Tell) -> socket.socket:
    with ProbeStep(Layer.PROXY, tell) as step:
        shown = proxy.rpartition("@")[2].rpartition("://")[2]
        try:
            parts = urlsplit(usable_proxy(proxy))
            host, port = parts.hostname or "", parts.port or _DEFAULT_PORTS[parts.scheme]
            sock = _connected(_named(host, port), line.connect_seconds)
            with ExitStack() as stack:
                stack.callback(sock.close)
                if parts.scheme == "https":
                    sock = tls_context(line.ca_file).wrap_socket(sock, server_hostname=host)
                    stack.callback(sock.close)
                if address.secure:
                    _tunnel(sock, address, proxy)
                stack.pop_all()
        except (OSError, http.client.HTTPException, ValueError, ConnectionTrouble) as error:
            raise _proxy_trouble(error, shown) from error
        step.passed("proxy", proxy=shown)
    return sock


def _proxy_trouble(error: Exception, shown: str) -> ConnectionTrouble:
    if isinstance(error, ConnectionTrouble) and error.code == "proxy_auth":
        return error
    if isinstance(error, requests.exceptions.InvalidProxyURL):
        return ConnectionTrouble("proxy_unusable", proxy=shown)
    said = error.detail if isinstance(error, ConnectionTrouble) else name_cause(error, sent=False)[1]
    return ConnectionTrouble("proxy", said, proxy=shown)


def _tunnel(sock: socket.socket, address: Address, proxy: str) -> None:
    """Have the proxy join the line with the server. Raises ConnectionTrouble where it does not."""
    host = f"[{address.host}]" if ":" in address.host else address.host
    where = f"{host}:{address.port}"
    head = [f"CONNECT {where} HTTP/1.1", f"Host: {where}"]
    head += [f"{name}: {value}" for name, value in login_headers(proxy).items()]
    sock.sendall("\r\n".join([*head, "", ""]).encode("latin-1"))
    with closing(http.client.HTTPResponse(sock, method="CONNECT")) as answer:
        answer.begin()
    if answer.status == http.HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        raise ConnectionTrouble("proxy_auth", answer.reason, status=answer.status)
    if answer.status != http.HTTPStatus.OK:
        raise ConnectionTrouble("proxy", f"{answer.status} {answer.reason}")


def _secured(sock: socket.socket, address: Address, line: ConnectionSettings, tell: Tell) -> socket.socket:
    with ProbeStep(Layer.TLS, tell) as step:
        context = tls_context(line.ca_file)
        try:
            safe = context.wrap_socket(sock, server_hostname=address.host)
        except ssl.SSLCertVerificationError as error:
            raise certificate_trouble(error) from error
        except (OSError, ValueError) as error:
            raise ConnectionTrouble("tls_broken" if _is_no_tls(error) else "tls", str(error)) from error
        certificate = safe.getpeercert()
        version = safe.version() or ""
        step.passed("tls", version=version, issuer=name_in(certificate, "issuer"))
    return safe


def _is_no_tls(error: BaseException) -> bool:
    """Whether the other side does not speak TLS at all, or hung up: most often an http port."""
    hung_up = not isinstance(error, ssl.SSLError) or isinstance(error, ssl.SSLEOFError)
    return hung_up or getattr(error, "reason", "") in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST")


def _asked(address: Address, line: ConnectionSettings, tell: Tell) -> Listed:
    with ProbeStep(Layer.HTTP, tell) as step:
        try:
            centres = list_data_centres(address, line)
        except AnswerUnreadable as trouble:
            step.passed("http")
            return (), trouble
        except ConnectionTrouble as trouble:
            status = int(trouble.values.get("status", "0"))
            if not status or trouble.code == "proxy_auth":
                raise
            step.passed("http", status=str(status))
            missing = ConnectionTrouble("api_missing", trouble.detail, status=status)
            return (), missing if status == _NOT_HERE else trouble
        step.passed("http")
    tell(Step(Layer.API, StepState.PASSED, "api"))
    state = StepState.PASSED if centres else StepState.NOTED
    count = (("count", str(len(centres))),)
    tell(Step(Layer.LIST, state, "list" if centres else "list_empty", count))
    return centres, None


class ProbeStep:
    """Tells that a layer is tried, and at the end how it stands; troubles go on to the caller."""

    def __init__(self, layer: Layer, tell: Tell) -> None:
        self._layer = layer
        self._tell = tell

    def __enter__(self) -> ProbeStep:
        self._tell(Step(self._layer, StepState.TRYING))
        return self

    def passed(self, code: str, **values: str) -> None:
        """It was passed; what there is to say about it."""
        self._tell(Step(self._layer, StepState.PASSED, code, tuple(values.items())))

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        if isinstance(error, (ConnectionTrouble, AnswerUnreadable, BadInput)):
            layer = self._layer
            if error.code.startswith("proxy") and layer is not Layer.PROXY:
                self._tell(Step(layer, StepState.NOTED, "not_reached"))
                layer = Layer.PROXY
            self._tell(Step(layer, StepState.FAILED, trouble=error))


_Found = Sequence[tuple[socket.AddressFamily, socket.SocketKind, int, str, Any]]


def _named(host: str, port: int) -> _Found:
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise ConnectionTrouble("dns", str(error)) from error


def _connected(found: _Found, seconds: float) -> socket.socket:
    """A connection to the first of these addresses that takes one. Raises ConnectionTrouble."""
    trouble: ConnectionTrouble | None = None
    for family, kind, protocol, _, place in found:
        sock = socket.socket(family, kind, protocol)
        sock.settimeout(seconds)
        try:
            sock.connect(place)
        except OSError as error:
            sock.close()
            trouble = trouble or ConnectionTrouble(*name_cause(error, sent=False))
        else:
            return sock
    raise trouble or ConnectionTrouble("dns")
