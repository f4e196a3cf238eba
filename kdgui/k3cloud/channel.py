"""The channel: exchanges with one server in the name of one user, and the session state behind them."""

from __future__ import annotations

import secrets
import time
from dataclasses import replace
from http import HTTPStatus
from typing import NoReturn
from urllib.parse import urlsplit

from kdgui.domain.accounts import Credentials, SignInMode
from kdgui.k3cloud.calls import PLAIN_HEADERS, Call
from kdgui.k3cloud.exchange_record import Listener, record_exchange
from kdgui.k3cloud.http.address import Address
from kdgui.k3cloud.http.settings import ConnectionSettings
from kdgui.k3cloud.http.transport import Exchange, Transport
from kdgui.k3cloud.reads import ask_again, read_value, refuse_refusals
from kdgui.k3cloud.redaction import Redactor
from kdgui.k3cloud.session_state import SessionState
from kdgui.k3cloud.signatures import client_secret, signature_headers


class Channel:
    """One connection: an exchange at a time, a second caller waits for its turn.

    Attributes:
        address, credentials, settings: where, in whose name, and how.
        state: cookies, session id and organisation; shared with the channels of siblings.
        listener: is told of every exchange of this channel, without secrets; or None.
    """

    def __init__(
        self, address: Address, credentials: Credentials, settings: ConnectionSettings, state: SessionState
    ) -> None:
        """Connects nowhere yet.

        Raises:
            BadInput: ca_file_unreadable.
        """
        self.address = address
        self.credentials = credentials
        self.settings = settings
        self.state = state
        self.listener: Listener | None = None
        self._transport = Transport(address, settings)
        self._signature: dict[str, str] = {}

    def __repr__(self) -> str:
        return f"Channel({self.address.base_url!r}, {self.credentials.user!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a channel holds a secret and an open connection: it cannot be pickled or copied")

    @property
    def signs_requests(self) -> bool:
        """Whether every request is signed (protocol 1.5); then there is no login."""
        return self.credentials.mode is SignInMode.SIGNED_HEADERS

    def with_state(self, state: SessionState) -> Channel:
        """The same connection with another session state: nobody else sees what it learns."""
        other = Channel(self.address, self.credentials, self.settings, state)
        other._transport, other.listener = self._transport, self.listener
        return other

    def close(self) -> None:
        """Close the connection; the next exchange opens another one."""
        self._transport.close()

    def ask(self, call: Call, tries: int = 3) -> object:
        """Ask up to `tries` times; returns a value without a refusal in it."""
        value = ask_again(lambda: self.ask_once(call), tries, self.settings.read_seconds)
        refuse_refusals(value, self.redactor())
        return value

    def ask_once(self, call: Call, read_seconds: float | None = None) -> object:
        """Ask once; the value, with whatever refusal is in it. Raises as `read_value`."""
        return read_value(self.exchange(call, read_seconds), self.redactor())

    def exchange(self, call: Call, read_seconds: float | None = None) -> Exchange:
        """One request, sent once, and what came of it; never raises for server or connection."""
        url = self.address.base_url + call.path
        generation = self.state.generation
        headers = {**PLAIN_HEADERS, "Content-Type": call.content_type, **self.state.headers()}
        if self.signs_requests:
            path, now = urlsplit(url).path, int(time.time())
            place = self.state.organisation
            signer = replace(self.credentials, organisation=place.number if place else "")
            self._signature = signature_headers(signer, path, now, secrets.token_hex(8))
            headers |= self._signature
        exchange = self._transport.exchange("POST", url, headers, call.body, read_seconds=read_seconds)
        if exchange.status == HTTPStatus.OK:  # else it may be a proxy that speaks
            self.state.learn(exchange.set_cookies, generation)
        if self.listener is not None:
            self.listener(record_exchange(call, exchange, self.redactor()))
        return exchange

    def redactor(self) -> Redactor:
        """Hides the secret, what was made of it, cookies, session id, and the proxy's password."""
        hidden = client_secret(self.credentials.app_id)[1]
        signatures = (value for name, value in self._signature.items() if name.endswith("-Signature"))
        return Redactor(
            (self.credentials.secret, hidden, *signatures, *self.state.secrets(), *self._transport.secrets)
        )
