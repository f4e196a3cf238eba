"""Addresses: read what people type or paste as the server's address, and refuse what is none."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from kdgui.domain.errors import BadInput

_DEFAULT_PORTS = {"http": 80, "https": 443}
_OLD_GATEWAY = "api.kingdee.com"
_PUBLIC_CLOUD = (".ik3cloud.com", ".kingdee.com")
"""Kingdee's own sites, which answer https only."""
_LONGEST = 2000
_APP_FOLDER = "k3cloud"
# Pages of the web client below the application's folder; what follows them is no part of the address.
_WEB_PAGES = {"html5", "silverlight", "mobile"}
_QUOTES = "\"'<>“”‘’«»"
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a K/3 Cloud server answers.

    Attributes:
        base_url: "http://host:8099/k3cloud/", always ends in "/"; scheme and host in small letters, a
            default port left out, the path in the case given (protocol 6: case does not matter on IIS).
    """

    base_url: str

    @property
    def secure(self) -> bool:
        """Whether the line is encrypted (https)."""
        return self.base_url.startswith("https:")

    @property
    def host(self) -> str:
        """Host name or IP address, an IPv6 address without brackets."""
        return urlsplit(self.base_url).hostname or ""

    @property
    def port(self) -> int:
        """The port, the scheme's own where none was given."""
        parts = urlsplit(self.base_url)
        return parts.port or _DEFAULT_PORTS[parts.scheme]

    @property
    def loopback(self) -> bool:
        """Whether it is this very PC (127.0.0.0/8, ::1, localhost); such a line never takes a proxy."""
        if self.host == "localhost":
            return True
        try:
            ip = ipaddress.ip_address(self.host)
        except ValueError:
            return False
        mapped = getattr(ip, "ipv4_mapped", None)
        return (mapped or ip).is_loopback


def read_address(text: str) -> Address:
    """Read a server address as people give it: host, host:port, URL, or a page copied from the browser.

    Reading an address that this function made gives the same address.

    Raises:
        BadInput: address_empty, address_scheme (neither http nor https), address_userinfo (a name or
            password inside), address_port, address_gateway (the vendor's old gateway, which passes nothing on
            any more, protocol 6), address_bad. What was typed is not in the error.
    """
    scheme, shown, port, path = _read(text)
    if shown == _OLD_GATEWAY:
        raise BadInput("address_gateway")
    cloud = port is None and shown.endswith(_PUBLIC_CLOUD)
    scheme = scheme or ("https" if cloud or port == _DEFAULT_PORTS["https"] else "http")
    colon_port = "" if port in (None, _DEFAULT_PORTS[scheme]) else f":{port}"
    return Address(f"{scheme}://{shown}{colon_port}/{_read_path(path)}/")


def read_host_and_port(text: str) -> tuple[str, str, int | None]:
    """Read "host", "host:port" or the front of a URL: scheme ("" for none), host, port (None for none).

    The host is as it stands in a URL: an IPv6 address in brackets. Raises BadInput as `read_address` does.
    """
    return _read(text)[:3]


def _read(text: str) -> tuple[str, str, int | None, str]:
    """Scheme, host as shown in a URL, port and path."""
    plain = _plain(text)
    if not plain:
        raise BadInput("address_empty")
    if len(plain) > _LONGEST or any(unicodedata.category(char)[0] in "CZ" for char in plain):
        raise BadInput("address_bad")
    scheme, rest = _split_scheme(plain)
    authority, _, path = re.split(r"[?#]", rest, maxsplit=1)[0].partition("/")
    if "@" in authority:
        raise BadInput("address_userinfo")
    host, port = _read_authority(authority)
    return scheme, f"[{host}]" if ":" in host else host, port, path


def _plain(text: str) -> str:
    """Half-width letters, straight slashes, no quotes around, no blanks around the punctuation."""
    plain = unicodedata.normalize("NFKC", text).replace("。", ".").replace("\\", "/")
    plain = "".join(char for char in plain if unicodedata.category(char) != "Cf")
    plain = plain.strip().strip(_QUOTES).strip()
    return re.sub(r"\s*([:/.])\s*", r"\1", plain)


def _split_scheme(plain: str) -> tuple[str, str]:
    match = re.fullmatch(r"([A-Za-z][A-Za-z0-9+.-]*):/+(.*)", plain)
    if match is None:
        return "", plain.removeprefix("//")
    scheme = match[1].lower()
    if scheme not in _DEFAULT_PORTS:
        raise BadInput("address_scheme")
    return scheme, match[2]


def _read_authority(authority: str) -> tuple[str, int | None]:
    """Host and port of "host", "host:port", "[v6]", "[v6]:port" or a bare IPv6 address."""
    if authority.count(":") > 1 and not authority.startswith("["):
        return _read_host(authority), None
    match = re.fullmatch(r"(\[[^\]]*\]|[^:\[\]]*)(?::(.*))?", authority)
    if match is None:
        raise BadInput("address_bad")
    return _read_host(match[1].removeprefix("[").removesuffix("]")), _read_port(match[2])


def _read_port(text: str | None) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 0 < int(text) < 65536:
        raise BadInput("address_port")
    return int(text)


def _read_host(text: str) -> str:
    if ":" in text:
        return _read_ipv6(text)
    try:
        host = text.lower().removesuffix(".").encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise BadInput("address_bad") from None
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise BadInput("address_bad")
    if labels[-1].isdigit():  # no top-level domain is a number, so this must be an IPv4 address
        try:
            return str(ipaddress.IPv4Address(host))
        except ValueError:
            raise BadInput("address_bad") from None
    return host


def _read_ipv6(text: str) -> str:
    try:
        ip = ipaddress.IPv6Address(text)
    except ValueError:
        raise BadInput("address_bad") from None
    if ip.scope_id is not None:
        raise BadInput("address_bad")
    return str(ip)


def _read_path(path: str) -> str:
    """The path up to the application's folder, which is appended where it is missing."""
    segments = [unquote(segment) for segment in path.split("/") if segment]
    if any(segment in (".", "..") or not segment.isprintable() for segment in segments):
        raise BadInput("address_bad")
    kept: list[str] = []
    for segment in segments:
        if segment.casefold() == _APP_FOLDER:
            kept.append(segment)
            break
        if segment.casefold() in _WEB_PAGES or "." in segment:
            kept.append(_APP_FOLDER)
            break
        kept.append(segment)
    else:
        kept.append(_APP_FOLDER)
    return "/".join(quote(segment, safe="") for segment in kept)
