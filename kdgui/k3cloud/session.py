"""The session: one signed-in connection to a K/3 Cloud server, and everything that can be asked of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from kdgui.domain.accounts import Credentials, SignedIn
from kdgui.domain.bills import Organisation
from kdgui.domain.endings import Ending, EndingKind
from kdgui.domain.fills import SaveRequest
from kdgui.domain.orders import PushRequest
from kdgui.k3cloud import calls
from kdgui.k3cloud.calls import Call
from kdgui.k3cloud.channel import Channel
from kdgui.k3cloud.exchange_record import Listener
from kdgui.k3cloud.http.address import Address
from kdgui.k3cloud.http.settings import DEFAULT_CONNECTION, ConnectionSettings
from kdgui.k3cloud.login_flow import LoginFlow
from kdgui.k3cloud.read_services import ReadServices
from kdgui.k3cloud.session_state import SessionState
from kdgui.k3cloud.write_endings import SESSION_LOST_SECONDS, make_ending


class Session(ReadServices):
    """One connection to a server in the name of one user.

    Every method blocks until the server has answered or the connection has failed. Use a session from one
    thread at a time (a second caller waits for its turn); `sibling()` gives one for another thread.

    Writes are sent once and never raise for anything the connection or the server does: every way they can
    end is an `Ending`. For reads see `ReadServices`.

    Attributes:
        session_lost_seconds: a MsgCode 1 that comes later than this after the last byte sent may stand
            for work begun, and is no certain "nothing happened" any more.
    """

    session_lost_seconds: float = SESSION_LOST_SECONDS

    def __init__(
        self, address: Address, credentials: Credentials, settings: ConnectionSettings = DEFAULT_CONNECTION
    ) -> None:
        """Connects nowhere yet.

        Raises:
            BadInput: ca_file_unreadable.
        """
        wanted = credentials.organisation
        state = SessionState(Organisation("", wanted) if wanted else None)
        self._use(Channel(address, credentials, settings, state))

    def _use(self, channel: Channel) -> None:
        super().__init__(channel)
        self._login = LoginFlow(channel)

    def __repr__(self) -> str:
        return f"Session({self.address.base_url!r}, {self.credentials.user!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a session holds a secret and an open connection: it cannot be pickled or copied")

    @property
    def address(self) -> Address:
        """Where the server is."""
        return self._channel.address

    @property
    def credentials(self) -> Credentials:
        """Who asks."""
        return self._channel.credentials

    @property
    def listener(self) -> Listener | None:
        """Who is told of every exchange of this session (not of its siblings), without secrets; or None."""
        return self._channel.listener

    @listener.setter
    def listener(self, listener: Listener | None) -> None:
        self._channel.listener = listener

    @property
    def signed_in(self) -> SignedIn | None:
        """What the server told at the sign-in; None before it and after `sign_out`."""
        return self._channel.state.signed_in

    @property
    def organisation(self) -> Organisation | None:
        """Where this session and its siblings work; None where nobody told. Does not block."""
        return self._channel.state.organisation

    @property
    def signs_requests(self) -> bool:
        """Whether every request is signed (protocol 1.5). Then there is no login, and a `SessionLost`
        means that the signature was refused: signing in again would not help.
        """
        return self._channel.signs_requests

    def sibling(self, longest_seconds: float | None = None) -> Session:
        """Another session for another thread: shares sign-in and credentials, has its own connection.

        Its calls take no longer than `longest_seconds` where given.
        """
        settings = self._channel.settings
        settings = settings if longest_seconds is None else settings.within(longest_seconds)
        other = Session(self.address, self.credentials, settings)
        other._use(Channel(self.address, self.credentials, settings, self._channel.state))
        other.session_lost_seconds = self.session_lost_seconds
        return other

    def close(self) -> None:
        """Close the connection. Does not sign out; the session may be used again."""
        self._channel.close()

    # Signing in and out

    def sign_in(self) -> SignedIn:
        """See `LoginFlow.sign_in`."""
        return self._login.sign_in()

    def sign_out(self) -> None:
        """See `LoginFlow.sign_out`."""
        self._login.sign_out()

    def switch_organisation(self, wanted: Organisation) -> Organisation:
        """See `LoginFlow.switch_organisation`."""
        return self._login.switch_organisation(wanted)

    # Writes

    def push(self, request: PushRequest, *, timeout: float | None = None) -> Ending:
        """Push bills down (protocol 2). `timeout` in seconds; None takes that of the line."""
        return self._write(calls.call(calls.PUSH, request.form_id, calls.push_data(request)), timeout)

    def push_form_encoded(self, request: PushRequest, *, timeout: float | None = None) -> Ending:
        """The same push, as form fields FormId and Data: the encoding of the older clients."""
        return self._write(calls.form_call(calls.PUSH, request.form_id, calls.push_data(request)), timeout)

    def submit(self, form_id: str, ids: Sequence[str], *, timeout: float | None = None) -> Ending:
        """Submit bills by id (protocol 4)."""
        return self._write(calls.call(calls.SUBMIT, form_id, calls.bills_data(ids)), timeout)

    def audit(self, form_id: str, ids: Sequence[str], *, timeout: float | None = None) -> Ending:
        """Approve bills by id; may make further bills by itself (protocol 4)."""
        return self._write(calls.call(calls.AUDIT, form_id, calls.audit_data(ids)), timeout)

    def unaudit(self, form_id: str, ids: Sequence[str], *, timeout: float | None = None) -> Ending:
        """Take the approval of bills back, by id (protocol 4)."""
        return self._write(calls.call(calls.UNAUDIT, form_id, calls.audit_data(ids)), timeout)

    def delete(self, form_id: str, ids: Sequence[str], *, timeout: float | None = None) -> Ending:
        """Delete bills by id (protocol 4)."""
        return self._write(calls.call(calls.DELETE, form_id, calls.bills_data(ids)), timeout)

    def cancel_assign(self, form_id: str, ids: Sequence[str], *, timeout: float | None = None) -> Ending:
        """Take the submission of bills back (撤销), by id (protocol 4)."""
        return self._write(calls.call(calls.CANCEL_ASSIGN, form_id, calls.bills_data(ids)), timeout)

    def save(self, request: SaveRequest, *, timeout: float | None = None) -> Ending:
        """Change values of one bill (protocol 4b). A success does not say that they are stored."""
        return self._write(calls.call(calls.SAVE, request.form_id, calls.save_data(request)), timeout)

    def _write(self, call: Call, timeout: float | None) -> Ending:
        exchange = self._channel.exchange(call, timeout)
        ending = make_ending(exchange, self._channel.redactor(), self.session_lost_seconds)
        if ending.kind is not EndingKind.ANSWERED:
            self._channel.close()  # whatever still comes over it must not answer the next request
        return ending
