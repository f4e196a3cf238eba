"""Proxies: which one leads to a server, what people type as one, and a name and password for it."""

from __future__ import annotations

from base64 import b64encode
from urllib.parse import quote, unquote, urlsplit

import requests
from requests.utils import get_auth_from_url, get_environ_proxies, select_proxy

from kdgui.domain.errors import BadInput
from kdgui.k3cloud.http.address import Address, read_host_and_port
from kdgui.k3cloud.http.settings import ConnectionSettings

_SCHEMES = ("http", "https")


def find_proxy(address: Address, line: ConnectionSettings) -> str:
    """URL of the proxy, "" for none. This PC is never asked by way of a proxy."""
    if address.loopback or line.proxy == "":
        return ""
    if line.proxy is not None:
        return line.proxy if "://" in line.proxy else f"http://{line.proxy}"
    return select_proxy(address.base_url, get_environ_proxies(address.base_url)) or ""


def usable_proxy(proxy: str) -> str:
    """The proxy, if it is one that connections with a mark can be made by.

    A SOCKS connection would be made by other classes: the mark would never be set.

    Raises:
        requests.exceptions.InvalidProxyURL
    """
    try:
        parts = urlsplit(proxy)
        usable = parts.scheme in _SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise requests.exceptions.InvalidProxyURL("only http and https proxies can be used")
    return proxy


def read_proxy(text: str) -> str:
    """Read a proxy as people give it, "proxy:8080" or a URL; answers "http://proxy:8080".

    Raises:
        BadInput: proxy_empty, proxy_scheme (neither http nor https: SOCKS …), proxy_userinfo (a name or
            password inside), proxy_port, proxy_bad. What was typed is not in the error.
    """
    try:
        scheme, shown, port = read_host_and_port(text)
    except BadInput as trouble:
        raise BadInput(trouble.code.replace("address_", "proxy_")) from None
    return f"{scheme or 'http'}://{shown}" + ("" if port is None else f":{port}")


def with_login(proxy: str, user: str, password: str) -> str:
    """The proxy with name and password inside, as connections take it; "" as user changes nothing."""
    if not user:
        return proxy
    scheme, _, rest = proxy.partition("://")
    return f"{scheme}://{quote(user, safe='')}:{quote(password, safe='')}@{rest}"


def login_headers(proxy: str) -> dict[str, str]:
    """The header with the name and password of a proxy's address; none where there are none.

    In Latin-1 as proxies know it, in UTF-8 where that has not the letters; requests would raise there.
    """
    user, password = get_auth_from_url(proxy)
    if not user and not password:
        return {}
    login = f"{user}:{password}"
    try:
        plain = login.encode("latin-1")
    except UnicodeEncodeError:
        plain = login.encode()
    return {"Proxy-Authorization": f"Basic {b64encode(plain).decode()}"}


def without_login(proxy: str) -> tuple[str, str, str]:
    """A proxy without what stands before the @, and the name and password that stood there, or ""."""
    scheme, mark, rest = proxy.partition("://")
    if not mark:
        scheme, rest = "", proxy
    login, at, host = rest.rpartition("@")
    if not at:
        return proxy, "", ""
    user, _, password = login.partition(":")
    return f"{scheme}{mark}{host}", unquote(user), unquote(password)
