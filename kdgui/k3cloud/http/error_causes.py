"""Error causes: name the trouble behind an exception of the HTTP libraries, by type and not by wording."""

from __future__ import annotations

import errno
import http.client
import re
import socket
import ssl
from collections.abc import Iterator

import requests
import urllib3.exceptions as lib

_NO_ROUTE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN, errno.EADDRNOTAVAIL}
_PROXY_TROUBLE = (
    lib.ProxyError,
    lib.ProxySchemeUnknown,
    lib.ProxySchemeUnsupported,
    requests.exceptions.InvalidProxyURL,
    requests.exceptions.ProxyError,
)
_RESET = (
    ConnectionResetError,
    BrokenPipeError,
    ConnectionAbortedError,
    ssl.SSLEOFError,
    ssl.SSLZeroReturnError,
)
_NO_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE")
_CUT = (lib.IncompleteRead, lib.InvalidChunkLength, http.client.IncompleteRead)
# Not urllib3's ConnectTimeoutError: every connection that does not come about is one there.
_TIMED_OUT = (lib.ReadTimeoutError, TimeoutError)


def name_cause(error: BaseException, *, sent: bool) -> tuple[str, str]:
    """Code of the cause (`error.<cause>` in words) and the system's own words.

    `sent` says whether the first byte had left: it alone tells a connection that did not come about
    from an answer that did not come.
    """
    chain = list(_behind(error))
    cause = _cause_before(chain) if not sent else _cause_after(chain)
    return cause, _words(chain)


def _cause_before(chain: list[BaseException]) -> str:
    if _has(chain, *_PROXY_TROUBLE):
        return (
            "proxy_auth"
            if _tunnel_status(chain) == http.HTTPStatus.PROXY_AUTHENTICATION_REQUIRED
            else "proxy"
        )
    if _has(chain, socket.gaierror, lib.NameResolutionError):
        return "dns"
    if _has(chain, ConnectionRefusedError):
        return "refused"
    if _has(chain, ssl.SSLError) and not _has(chain, *_TIMED_OUT):
        return "tls_broken" if _speaks_no_tls(chain) else "tls"
    if _has(chain, *_TIMED_OUT):
        return "connect_timeout"
    if _has(chain, *_RESET):
        return "reset"
    return "no_route"


def _cause_after(chain: list[BaseException]) -> str:
    if _has(chain, *_TIMED_OUT):
        return "read_timeout"
    if _has(chain, *_CUT):
        return "truncated"
    if _has(chain, http.client.RemoteDisconnected, *_RESET):
        return "reset"
    if _has(chain, ssl.SSLError):
        return "tls"
    if any(isinstance(link, OSError) and link.errno in _NO_ROUTE for link in chain):
        return "no_route"
    if _has(chain, http.client.HTTPException, lib.InvalidHeader, lib.HeaderParsingError):
        return "not_http"
    if any(isinstance(link, OSError) and not isinstance(link, requests.RequestException) for link in chain):
        return "reset"
    # With nothing behind it, urllib3's ProtocolError says that the chunks stopped.
    return "truncated" if _has(chain, lib.ProtocolError) else "not_http"


def _has(chain: list[BaseException], *kinds: type[BaseException]) -> bool:
    return any(isinstance(link, kinds) for link in chain)


def _speaks_no_tls(chain: list[BaseException]) -> bool:
    """Whether the other side answers something that is no TLS: https was typed for an http port."""
    return any(getattr(link, "reason", "") in _NO_TLS for link in chain if isinstance(link, ssl.SSLError))


def _tunnel_status(chain: list[BaseException]) -> int | None:
    """The proxy's status for CONNECT; Python hands it over in the text of an OSError only."""
    for link in chain:
        match = (
            re.match(r"Tunnel connection failed: (\d{3})", str(link)) if isinstance(link, OSError) else None
        )
        if match:
            return int(match[1])
    return None


def _behind(error: BaseException) -> Iterator[BaseException]:
    """The exception and everything it was made from, outermost first, each once."""
    waiting: list[object] = [error]
    seen: set[int] = set()
    while waiting:
        link = waiting.pop(0)
        if not isinstance(link, BaseException) or id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        waiting += [getattr(link, "reason", None), *link.args, link.__cause__, link.__context__]


def _words(chain: list[BaseException]) -> str:
    """What the system itself said: the innermost error's text; the libraries' wrapping tells addresses."""
    system = [link for link in chain if isinstance(link, (OSError, http.client.HTTPException)) and str(link)]
    own = [link for link in system if not isinstance(link, requests.RequestException)]
    return str((own or chain)[-1])[:500]
