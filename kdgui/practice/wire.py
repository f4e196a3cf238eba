"""HTTP bodies in and out: every encoding of protocol 1.2 becomes one Call; a Reply says what to send."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl

from kdgui.practice.answers import Json, MsgCode, Refused

SUFFIX = ".common.kdsvc"
FORM_ENCODED = "application/x-www-form-urlencoded"
JSON_TYPE = "application/json; charset=utf-8"
HTML_TYPE = "text/html; charset=utf-8"
TEXT_TYPE = "text/plain; charset=utf-8"
MAX_NESTING = 60


class BadBody(Exception):
    """A body that no encoding of the protocol page explains."""


class EncodedTwice(BadBody):
    """`data` was JSON text inside JSON text: real servers answer 502 (protocol 1.2)."""


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request. Header names in lower case; `path` as it was sent, without the query."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""

    def cookies(self) -> dict[str, str]:
        """The cookies by name in lower case; none where the header is garbage."""
        jar: SimpleCookie = SimpleCookie()
        try:
            jar.load(self.headers.get("cookie", ""))
        except CookieError:
            return {}
        return {name.lower(): morsel.value for name, morsel in jar.items()}


@dataclass(slots=True)
class Reply:
    """What to send back.

    Attributes:
        drop: close the connection without an answer; `reset` with a TCP reset.
        cut: send only so many bytes of the body, then close; None sends all.
        hold: never answer, keep the connection until the client goes.
        shift: answer 504; this reply goes to the next request on the connection, and so on.
    """

    status: int = 200
    body: bytes = b""
    content_type: str = JSON_TYPE
    headers: list[tuple[str, str]] = field(default_factory=list)
    drop: bool = False
    reset: bool = False
    cut: int | None = None
    hold: bool = False
    shift: bool = False


def json_reply(value: Json) -> Reply:
    """HTTP 200 with JSON."""
    return Reply(body=json.dumps(value, ensure_ascii=False).encode())


def html_reply(status: int, title: str) -> Reply:
    """An HTML page, as a web server or a gateway makes it."""
    page = f"<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
    return Reply(status, page.encode(), HTML_TYPE)


def text_reply(text: str, status: int = 200) -> Reply:
    """Plain text, as an unhandled exception travels (protocol 2.7)."""
    return Reply(status, text.encode(), TEXT_TYPE)


@dataclass(frozen=True, slots=True)
class Call:
    """A service call: named arguments with keys in lower case, or arguments by position."""

    service: str
    named: Mapping[str, Json]
    positional: Sequence[Json] | None = None

    def argument(self, position: int, *names: str) -> Json:
        """One argument, by position or by any of its names; None where it was not given."""
        if self.positional is not None:
            return self.positional[position] if position < len(self.positional) else None
        return next((self.named[name] for name in names if name in self.named), None)

    def text(self, position: int, *names: str) -> str:
        """One argument as text, "" where it was not given."""
        value = self.argument(position, *names)
        return "" if value is None or isinstance(value, dict | list) else str(value).strip()

    def data(self, position: int) -> dict[str, Json]:
        """The data object, given as an object or as JSON text; EncodedTwice, Refused for anything else."""
        value = self.argument(position, "data")
        if isinstance(value, str):
            value = read_json(value) if value.strip() else {}
            if isinstance(value, str):
                raise EncodedTwice(value)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise Refused("data数据包格式不正确。", MsgCode.BAD_PARAMETER)
        return value


def service_of(path: str) -> str:
    """Class and method, as in AuthService.ValidateUser, out of a path; "" where it names no service."""
    parts = path.split("/")
    if len(parts) != 3 or parts[1].lower() != "k3cloud" or not parts[2].lower().endswith(SUFFIX):
        return ""
    return ".".join(parts[2][: -len(SUFFIX)].split(".")[-2:])


def read_call(service: str, request: Request) -> Call:
    """The call that this request makes; BadBody where it cannot be read."""
    given = _read_body(request)
    if isinstance(given, list):
        return Call(service, {}, given)
    named = {str(key).lower(): value for key, value in given.items()}
    parameters = named.get("parameters")
    if isinstance(parameters, str):
        parameters = read_json(parameters) if parameters.strip() else []
    if parameters is None:
        return Call(service, named)
    return Call(service, named, parameters if isinstance(parameters, list) else [parameters])


def _read_body(request: Request) -> dict[str, Json] | list[Json]:
    try:
        text = request.body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadBody(str(error)) from error
    stripped = text.strip()
    if not stripped:
        return {}
    form = request.headers.get("content-type", "").lower().startswith(FORM_ENCODED)
    if form and stripped[0] not in "{[":
        return dict(parse_qsl(stripped, keep_blank_values=True, max_num_fields=100))
    value = read_json(stripped)
    if not isinstance(value, dict | list):
        raise BadBody(stripped[:100])
    return value


def read_json(text: str) -> Json:
    """JSON, or BadBody: also for what is nested beyond reason."""
    try:
        value: Json = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadBody(str(error)) from error
    _check(value)
    return value


def _check(value: Json) -> None:
    """BadBody for half characters (lone surrogates) and for what is nested beyond reason."""
    level: list[Json] = [value]
    for _ in range(MAX_NESTING):
        inner: list[Json] = []
        for item in level:
            if isinstance(item, dict):
                inner += [*item, *item.values()]
            elif isinstance(item, list):
                inner += item
            elif isinstance(item, str) and not _whole(item):
                raise BadBody("half a character")
        if not inner:
            return
        level = inner
    raise BadBody("nested too deeply")


def _whole(text: str) -> bool:
    """Whether a text can be written as UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
