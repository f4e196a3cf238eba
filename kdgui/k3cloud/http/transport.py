"""The transport: one HTTP exchange at a time, sent once, watched and bounded; tells how it ended."""

from __future__ import annotations

import logging
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
import urllib3.exceptions
from requests.adapters import HTTPAdapter
from requests.utils import get_auth_from_url
from urllib3.util.retry import Retry

from kdgui.k3cloud.http.address import Address
from kdgui.k3cloud.http.bodies import LARGEST_BODY, BodyBroken, BodyTooLarge, unpack
from kdgui.k3cloud.http.error_causes import name_cause
from kdgui.k3cloud.http.exchange_watch import ExchangeWatch
from kdgui.k3cloud.http.marked_connections import marked_pools
from kdgui.k3cloud.http.proxies import find_proxy, login_headers, usable_proxy
from kdgui.k3cloud.http.settings import ConnectionSettings
from kdgui.k3cloud.http.tls import tls_context

_log = logging.getLogger("kdgui.k3cloud")

# A connection that lay idle longer is not trusted with a request: firewalls forget silent connections
# without a word to either side, and then the request would be lost and the answer waited for in vain.
IDLE_SECONDS = 30.0
# A connection that is gone so soon after an answer was closed on purpose, not by age.
QUIET_CLOSE_SECONDS = 5.0
QUIET_CLOSES = 2
_PIECE = 64 * 1024
_NEVER = Retry(
    total=0, connect=0, read=False, redirect=False, status=0, other=0, respect_retry_after_header=False
)


@dataclass(frozen=True, slots=True)
class Exchange:
    """How one exchange went.

    Attributes:
        sent: the mark: the first byte of the request was handed to the socket.
        seconds: from the last byte sent to the end; 0.0 where nothing was sent.
        cause: "" where a whole answer arrived, whatever its status; else a line code.
        detail: the system's own words about `cause`, or "".
        headers: names in small letters.
        body: unpacked; what had arrived where it was cut off.
        proxied: a proxy could read this request and answer it in the server's stead.
    """

    sent: bool
    seconds: float = 0.0
    cause: str = ""
    detail: str = ""
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    set_cookies: tuple[str, ...] = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    proxied: bool = False


class _Adapter(HTTPAdapter):
    """requests' adapter with connections that set the mark, no retries, and the operating system's trust."""

    def __init__(self, watch: ExchangeWatch, context: ssl.SSLContext | None) -> None:
        self._pools = marked_pools(watch)
        self._tls: dict[str, Any] = {} if context is None else {"ssl_context": context}
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=_NEVER)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **kwargs: Any) -> None:
        super().init_poolmanager(connections, maxsize, block, **kwargs, **self._tls)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **kwargs, **self._tls)
        manager.pool_classes_by_scheme = self._pools
        return manager

    def proxy_headers(self, proxy: str) -> dict[str, str]:
        """Name and password for the proxy, in whatever script they are."""
        return login_headers(proxy)

    def cert_verify(self, *args: Any) -> None:
        """Nothing to do: the TLS context verifies, and it does not know how not to."""


class Transport:
    """The way to one server; asks by one kept-alive connection.

    Calls from several threads wait for each other. requests' own `Session` is not used on purpose: it
    would follow redirects, read `.netrc` and keep cookies by path.
    """

    def __init__(self, address: Address, line: ConnectionSettings) -> None:
        """Connects nowhere yet; the system's proxies are looked up here, once.

        Raises:
            BadInput: ca_file_unreadable, where `line.ca_file` cannot be read as PEM.
        """
        self._line = line
        self._watch = ExchangeWatch()
        self._adapter = _Adapter(self._watch, tls_context(line.ca_file) if address.secure else None)
        self._proxy = find_proxy(address, line)
        self._secure = address.secure
        self._turn = threading.Lock()
        self._last_used = time.monotonic()
        self._kept = self._fresh_only = False
        self._quiet_closes = 0

    def exchange(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes = b"",
        *,
        read_seconds: float | None = None,
    ) -> Exchange:
        """Send one request, once, and wait for the whole answer. Blocks; never raises for the line."""
        with self._turn:
            self._drop_what_is_not_trusted()
            self._watch.start(self._line.connect_seconds, read_seconds or self._line.read_seconds)
            kept, connects = self._kept, self._watch.connects
            result = self._exchange(method, url, headers, body)
            self._learn(result, kept=kept, reconnected=self._watch.connects > connects)
            self._last_used = time.monotonic()
        _log.info(
            "%s %s: status %s, %s, %.3f s",
            method,
            url.rpartition("/")[2],
            result.status,
            result.cause or "answered",
            result.seconds,
        )
        return result

    @property
    def secrets(self) -> tuple[str, ...]:
        """Name and password for the proxy, as they may be echoed; () where there are none."""
        try:
            user, password = get_auth_from_url(self._proxy)
        except ValueError:
            return (self._proxy,)
        return (password, f"{user}:{password}") if password else ()

    def close(self) -> None:
        """Close the connection; the next exchange opens a new one."""
        self._adapter.close()
        self._kept = False

    def _drop_what_is_not_trusted(self) -> None:
        if self._fresh_only or time.monotonic() - self._last_used > IDLE_SECONDS:
            self.close()

    def _learn(self, result: Exchange, *, kept: bool, reconnected: bool) -> None:
        """Notice a server that closes connections without a word: a request may meet that, and be lost.

        Once it took a request with it, or twice before one was sent, every exchange has its own connection.
        """
        if kept and reconnected and time.monotonic() - self._last_used < QUIET_CLOSE_SECONDS:
            self._quiet_closes += 1
        lost = kept and not reconnected and result.cause in ("reset", "truncated") and result.status is None
        self._fresh_only = self._fresh_only or lost or self._quiet_closes >= QUIET_CLOSES
        self._kept = not result.cause and "close" not in result.headers.get("connection", "").casefold()

    def _exchange(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Exchange:
        response: requests.Response | None = None
        parts: list[bytes] = []
        try:
            request = requests.Request(method, url, headers=dict(headers), data=body).prepare()
            timeout = (self._line.connect_seconds, None)  # the watch bounds the reading
            proxies = {"all": usable_proxy(self._proxy)} if self._proxy else {}
            response = self._adapter.send(request, stream=True, timeout=timeout, proxies=proxies)
            cause, detail = self._read(response, parts)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            # ValueError: what urllib3 and http.client raise for answers or proxies that make no sense.
            cause, detail = name_cause(error, sent=self._watch.sent or response is not None)
        finally:
            if response is not None:
                response.close()
        return self._told(response, b"".join(parts), cause, detail)

    def _read(self, response: requests.Response, parts: list[bytes]) -> tuple[str, str]:
        """Collect the body in `parts`; returns cause and detail, both "" for a whole body."""
        size = 0
        for piece in response.raw.stream(_PIECE, decode_content=False):
            parts.append(piece)
            size += len(piece)
            if size > LARGEST_BODY:
                return "too_large", ""
        try:
            whole = unpack(b"".join(parts), response.headers.get("Content-Encoding", ""))
        except BodyTooLarge:
            parts.clear()
            return "too_large", ""
        except BodyBroken as error:
            parts.clear()
            return "gzip", str(error)
        parts[:] = [whole]
        return "", ""

    def _told(self, response: requests.Response | None, body: bytes, cause: str, detail: str) -> Exchange:
        seconds = self._watch.since_sent()
        if response is None:
            return Exchange(self._watch.sent, seconds, cause, detail)
        return Exchange(
            sent=True,
            seconds=seconds,
            cause=cause,
            detail=detail or response.reason or "",
            status=response.status_code,
            headers={name.lower(): value for name, value in response.headers.items()},
            set_cookies=tuple(response.raw.headers.getlist("Set-Cookie")),
            body=body,
            proxied=bool(self._proxy) and not self._secure,
        )
