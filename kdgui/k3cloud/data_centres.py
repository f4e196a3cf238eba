"""Data centres: the list that a server gives before anybody signs in (protocol 1.1)."""

from __future__ import annotations

from dataclasses import replace

from kdgui.domain.accounts import CHINESE_LCID
from kdgui.domain.bills import DataCentre
from kdgui.domain.errors import AnswerUnreadable, ConnectionTrouble, KdguiError
from kdgui.k3cloud.answers import Unreadable, read_json, text_of
from kdgui.k3cloud.business_info import name_in, read_names
from kdgui.k3cloud.calls import DATA_CENTRES, DATA_CENTRES_MC, PLAIN_HEADERS, call
from kdgui.k3cloud.http.address import Address
from kdgui.k3cloud.http.bodies import BodyBroken, BodyTooLarge, unpack_text
from kdgui.k3cloud.http.settings import DEFAULT_CONNECTION, ConnectionSettings
from kdgui.k3cloud.http.transport import Exchange, Transport
from kdgui.k3cloud.reads import ask_again, read_value
from kdgui.k3cloud.redaction import Redactor

_NO_SECRETS = Redactor(())
# Clients differ in how they ask: one posts, one gets, one knows a second service.
_WAYS = (("POST", DATA_CENTRES), ("GET", DATA_CENTRES), ("POST", DATA_CENTRES_MC))
# Troubles that another way of asking may get round: the server answered, but not this question.
_ANOTHER_WAY = {"blocked", "redirect", "http_status"}


def list_data_centres(
    address: Address, line: ConnectionSettings = DEFAULT_CONNECTION, lcid: int = CHINESE_LCID
) -> tuple[DataCentre, ...]:
    """The data centres, in the server's order, with names in the language `lcid`. Blocks; no sign-in needed.

    Returns:
        () where the server answers with nothing: then the id has to be typed.

    Raises:
        LineTrouble, AnswerUnreadable: what the first way of asking met, when none of them works.
    """
    transport = Transport(address, line)
    troubles: list[KdguiError] = []
    try:
        for method, service in _WAYS:
            try:
                centres = read_data_centres(_ask(transport, address, line, method, service), lcid)
            except AnswerUnreadable as trouble:
                troubles.append(trouble)
            except ConnectionTrouble as trouble:
                if trouble.code not in _ANOTHER_WAY:
                    raise
                troubles.append(trouble)
            else:
                if centres:
                    return centres
                troubles.append(AnswerUnreadable("empty"))
    finally:
        transport.close()
    if any(trouble.code == "empty" for trouble in troubles):
        return ()
    raise troubles[0]


def _ask(
    transport: Transport, address: Address, line: ConnectionSettings, method: str, service: str
) -> object:
    asked = call(service)
    url = address.base_url + asked.path
    headers, body = dict(PLAIN_HEADERS), b""
    if method == "POST":
        headers["Content-Type"], body = asked.content_type, asked.body

    def ask() -> object:
        return read_value(_unpacked(transport.exchange(method, url, headers, body)), _NO_SECRETS)

    return ask_again(ask, 2, line.read_seconds)


def _unpacked(exchange: Exchange) -> Exchange:
    """Some servers pack the list once more, as base64 of gzip, whatever the headers say (protocol 9)."""
    try:
        return replace(exchange, body=unpack_text(exchange.body))
    except BodyBroken as broken:
        return replace(exchange, cause="gzip", detail=str(broken))
    except BodyTooLarge:
        return replace(exchange, cause="too_large")


def read_data_centres(value: object, lcid: int = CHINESE_LCID) -> tuple[DataCentre, ...]:
    """Read a list of data centres, plain or as `{Code, Message, Data: […]}`.

    Raises:
        AnswerUnreadable: odd_json, where it is neither.
    """
    if isinstance(value, dict):
        value = _either(value, "Data")
    if isinstance(value, str) and value:
        value = _packed_list(value)
    if value is None:
        return ()
    if not isinstance(value, list):
        raise AnswerUnreadable("odd_json")
    centres = (_data_centre(item, lcid) for item in value if isinstance(item, dict))
    return tuple(centre for centre in centres if centre.id)


def _packed_list(text: str) -> object:
    """The list inside `Data` where that is a text: JSON, or packed as a whole answer may be."""
    try:
        return read_json(unpack_text(text.encode()))
    except (BodyBroken, BodyTooLarge, Unreadable) as trouble:
        raise AnswerUnreadable("odd_json", str(trouble)) from None


def _data_centre(item: dict[str, object], lcid: int) -> DataCentre:
    names = read_names(_either(item, "LocaleValueName"))
    wanted = dict(names).get(lcid, "")
    return DataCentre(
        id=text_of(_either(item, "Id")).strip(),
        number=text_of(_either(item, "Number")).strip(),
        name=wanted or text_of(_either(item, "Name")) or name_in(names, lcid),
    )


def _either(item: dict[str, object], key: str) -> object:
    """The value of `Key` or `key`: clients of the MCService variant read both."""
    return item[key] if key in item else item.get(key[:1].lower() + key[1:])
