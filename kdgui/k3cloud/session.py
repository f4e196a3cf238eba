"""The session: one signed-in connection to a K/3 Cloud server, and everything that can be asked of it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import NoReturn
from urllib.parse import urlsplit

from kdgui.domain.accounts import Credentials, SignedIn, SignInMode
from kdgui.domain.bills import Organisation
from kdgui.domain.endings import Ending
from kdgui.domain.errors import AnswerUnreadable, KdguiError, QueryRefused, SessionLost, SignInRefused
from kdgui.domain.fills import SaveRequest
from kdgui.domain.orders import PushRequest
from kdgui.domain.rules import Rule
from kdgui.k3cloud import calls, organisations
from kdgui.k3cloud import convert_rules as rules
from kdgui.k3cloud.answers import unwrap
from kdgui.k3cloud.business_info import BusinessInfo, read_business_info
from kdgui.k3cloud.calls import PLAIN_HEADERS, Call
from kdgui.k3cloud.data_centres import list_data_centres
from kdgui.k3cloud.exchange_record import Listener, record_exchange
from kdgui.k3cloud.http.address import Address
from kdgui.k3cloud.http.settings import DEFAULT_CONNECTION, ConnectionSettings
from kdgui.k3cloud.http.transport import Exchange, Transport
from kdgui.k3cloud.login import LoginAnswer, login_call, read_login, refuse_data_centre
from kdgui.k3cloud.queries import Row, collect_pages, quote, read_rows
from kdgui.k3cloud.reads import NO_PERMISSION, ask_again, read_value, refuse_refusals
from kdgui.k3cloud.redaction import Redactor
from kdgui.k3cloud.session_state import SessionState
from kdgui.k3cloud.signatures import client_secret, signature_headers
from kdgui.k3cloud.write_endings import SESSION_LOST_SECONDS, make_ending

__all__ = ["ConnectionSettings", "Session", "list_data_centres", "quote"]

_SIGN_OUT_SECONDS = 10.0


class Session:
    """One connection to a server in the name of one user.

    Every method blocks until the server has answered or the line has failed. Use a session from one
    thread at a time (a second caller waits for its turn); `sibling()` gives one for another thread.

    Reads raise `SessionLost`, `QueryRefused`, `ConnectionTrouble` or `AnswerUnreadable`, and are asked up to
    three times where only the line is to blame. Writes are sent once and never raise for anything the
    line or the server does: every way they can end is an `Ending`.

    Attributes:
        session_lost_seconds: a MsgCode 1 that comes later than this after the last byte sent may stand
            for work begun, and is no certain "nothing happened" any more.
        listener: is told of every exchange of this session (not of its siblings), without secrets; or None.
    """

    session_lost_seconds: float = SESSION_LOST_SECONDS

    def __init__(
        self, address: Address, credentials: Credentials, line: ConnectionSettings = DEFAULT_CONNECTION
    ) -> None:
        """Connects nowhere yet.

        Raises:
            BadInput: ca_file_unreadable.
        """
        self._address = address
        self._credentials = credentials
        self._line = line
        wanted = credentials.organisation
        self._badge = SessionState(Organisation("", wanted) if wanted else None)
        self.listener: Listener | None = None
        self._transport = Transport(address, line)
        self._signature: dict[str, str] = {}
        self._longest_pages: dict[tuple[str, int], int] = {}

    def __repr__(self) -> str:
        return f"Session({self._address.base_url!r}, {self._credentials.user!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a session holds a secret and an open line: it cannot be pickled or copied")

    @property
    def address(self) -> Address:
        """Where the server is."""
        return self._address

    @property
    def credentials(self) -> Credentials:
        """Who asks."""
        return self._credentials

    @property
    def signed_in(self) -> SignedIn | None:
        """What the server told at the sign-in; None before it and after `sign_out`."""
        return self._badge.signed_in

    @property
    def organisation(self) -> Organisation | None:
        """Where this session and its siblings work; None where nobody told. Does not block."""
        return self._badge.organisation

    @property
    def signs_requests(self) -> bool:
        """Whether every request is signed (fact sheet 1.5). Then there is no login, and a `SessionLost`
        means that the signature was refused: signing in again would not help.
        """
        return self._credentials.mode is SignInMode.SIGNED_HEADERS

    def sibling(self, longest_seconds: float | None = None) -> Session:
        """Another session for another thread: shares sign-in and credentials, has its own connection.

        Its calls take no longer than `longest_seconds` where given.
        """
        line = self._line if longest_seconds is None else self._line.within(longest_seconds)
        other = Session(self._address, self._credentials, line)
        other._badge = self._badge
        other.session_lost_seconds = self.session_lost_seconds
        other._longest_pages = self._longest_pages
        return other

    def close(self) -> None:
        """Close the connection. Does not sign out; the session may be used again."""
        self._transport.close()

    # Signing in and out

    def sign_in(self) -> SignedIn:
        """Sign in anew, for all siblings. Never tried twice: too many failures lock the user out.

        A server begins every session in the user's default organisation. So a sign-in first goes where the
        clerk works (the organisation of the credentials, of the first sign-in, or of the last switch), and
        siblings see nothing of it before it stands there: a push by one of them would go astray.

        With signed headers nothing is called but a small query, to see whether the server takes them.

        Raises:
            SignInRefused: the server said no; `detail` is its Message verbatim. `sign_in_organisation`:
                it let us in, but not into that organisation.
            LineTrouble, AnswerUnreadable: it was not reached, or is no K/3 Cloud server.
        """
        self._badge.drop()
        newcomer = Session(self._address, self._credentials, self._line)
        newcomer._transport, newcomer.listener = self._transport, self.listener
        newcomer._badge = SessionState(self._badge.organisation)
        signed_in = newcomer._try_signature() if self.signs_requests else newcomer._enter()
        self._badge.take(newcomer._badge)
        return signed_in

    def sign_out(self) -> None:
        """Sign out and forget cookies and session id, for all siblings; whatever the line does."""
        if self._badge.has_session and not self.signs_requests:
            self._exchange(calls.call(calls.LOGOUT), min(_SIGN_OUT_SECONDS, self._line.read_seconds))
        self._badge.drop()

    def switch_organisation(self, wanted: Organisation) -> Organisation:
        """Work in another organisation from now on: all siblings, and every later sign-in.

        No service tells where a session is (fact sheet 4). So what counts is the server's yes to SwitchOrg
        (with signed headers every request names the organisation, and the old session is forgotten), and that
        the same session answers a small question afterwards. Where that answer does not arrive, nobody knows,
        and the session is forgotten: the next sign-in goes back to where we were.

        Raises:
            QueryRefused: organisation_refused: nothing has changed.
            SessionLost, LineTrouble, AnswerUnreadable: as above; ask again, after a sign-in.
        """
        before, told = self._badge.organisation, self._badge.signed_in
        try:
            if self.signs_requests:
                self._badge.drop()
                self._badge.organisation = wanted
            else:
                self._switch(wanted.number)
            self._heartbeat()
        except KdguiError as trouble:
            self._badge.organisation = before
            if trouble.code != "organisation_refused":
                self._badge.drop()
            raise
        here = self._described(wanted)
        self._badge.organisation = here
        if told is not None:
            self._badge.admit(_working_in(told, here), "")
        return here

    # Reads

    def query(
        self,
        form_id: str,
        field_keys: Sequence[str],
        filter_string: str = "",
        *,
        order: str = "",
        start: int = 0,
        limit: int = 2000,
        tries: int = 3,
    ) -> list[Row]:
        """One page of ExecuteBillQuery: rows of values in the order of `field_keys`, [] for none.

        An empty answer is not a no (design section 4), and a page may be shorter than the rest of the
        rows: `query_all` gives all of them.
        """
        data = calls.query_data(form_id, field_keys, filter_string, order, start, limit)
        value = self._ask(calls.call(calls.EXECUTE_BILL_QUERY, data), tries)
        rows = read_rows(value, len(field_keys))
        shape = (form_id.casefold(), len(field_keys))
        self._longest_pages[shape] = max(self._longest_pages.get(shape, 0), len(rows))
        return rows

    def query_all(
        self,
        form_id: str,
        field_keys: Sequence[str],
        filter_string: str = "",
        *,
        order: str,
        page: int = 2000,
        most: int = 100_000,
    ) -> list[Row]:
        """All rows, page after page until the answer is known to be complete; or an error.

        Raises:
            AnswerUnreadable: too_many_rows (more than `most`), paging_ignored. And as every read.
        """

        def fetch(start: int, limit: int) -> list[Row]:
            return self.query(form_id, field_keys, filter_string, order=order, start=start, limit=limit)

        return collect_pages(fetch, page, most, self._proven_page(form_id, len(field_keys)))

    def _proven_page(self, form_id: str, width: int) -> int:
        """The longest page of rows at least so wide that this form has answered with, to any question."""
        seen = self._longest_pages.copy()  # siblings on other threads add to it
        form = form_id.casefold()
        return max(
            (rows for (other, wide), rows in seen.items() if other == form and wide >= width), default=0
        )

    def view(self, form_id: str, *, bill_id: str = "", number: str = "") -> dict[str, object]:
        """One bill with all its entries, by entity property names (fact sheet 3.2). Heavy."""
        data = calls.to_json({"CreateOrgId": 0, "Number": number, "Id": bill_id, "IsSortBySeq": "false"})
        value = self._ask(calls.call(calls.VIEW, form_id, data))
        result = unwrap((unwrap(value) or {}).get("Result")) or {}
        bill = result.get("Result")
        if not isinstance(bill, dict):
            raise AnswerUnreadable("odd_json")
        return bill

    def business_info(self, form_id: str) -> BusinessInfo:
        """Entries, fields and operations of a form (fact sheet 3.5)."""
        value = self._ask(calls.call(calls.QUERY_BUSINESS_INFO, calls.to_json({"FormId": form_id})))
        return read_business_info(value, form_id)

    def convert_rules(self) -> tuple[Rule, ...]:
        """The server's conversion rules; source and target form where it tells them (fact sheet 3.5).

        Raises:
            QueryRefused: the form of the rules does not exist here, or may not be read.
        """
        return rules.read_rules(
            lambda columns: self.query_all(rules.FORM, columns, order=rules.ORDER),
            lambda: self.business_info(rules.FORM),
        )

    def organisations(self) -> tuple[Organisation, ...]:
        """The organisations that this user sees, by number.

        Raises:
            QueryRefused: they may not be read.
        """
        return self._organisations("")

    # Writes

    def push(self, request: PushRequest, *, timeout: float | None = None) -> Ending:
        """Push bills down (fact sheet 2). `timeout` in seconds; None takes that of the line."""
        return self._write(calls.call(calls.PUSH, request.form_id, calls.push_data(request)), timeout)

    def push_form_encoded(self, request: PushRequest, *, timeout: float | None = None) -> Ending:
        """The same push, as form fields FormId and Data: the encoding of the older clients."""
        return self._write(calls.form_call(calls.PUSH, request.form_id, calls.push_data(request)), timeout)

    def submit(self, form_id: str, ids: Sequence[str], *, timeout: float | None = None) -> Ending:
        """Submit bills by id (fact sheet 4)."""
        return self._write(calls.call(calls.SUBMIT, form_id, calls.bills_data(ids)), timeout)

    def audit(self, form_id: str, ids: Sequence[str], *, timeout: float | None = None) -> Ending:
        """Approve bills by id; may make further bills by itself (fact sheet 4)."""
        return self._write(calls.call(calls.AUDIT, form_id, calls.bills_data(ids)), timeout)

    def unaudit(self, form_id: str, ids: Sequence[str], *, timeout: float | None = None) -> Ending:
        """Take the approval of bills back, by id (fact sheet 4)."""
        return self._write(calls.call(calls.UNAUDIT, form_id, calls.bills_data(ids)), timeout)

    def delete(self, form_id: str, ids: Sequence[str], *, timeout: float | None = None) -> Ending:
        """Delete bills by id (fact sheet 4)."""
        return self._write(calls.call(calls.DELETE, form_id, calls.bills_data(ids)), timeout)

    def cancel_assign(self, form_id: str, ids: Sequence[str], *, timeout: float | None = None) -> Ending:
        """Take the submission of bills back (撤销), by id (fact sheet 4)."""
        return self._write(calls.call(calls.CANCEL_ASSIGN, form_id, calls.bills_data(ids)), timeout)

    def save(self, request: SaveRequest, *, timeout: float | None = None) -> Ending:
        """Change values of one bill (fact sheet 4b). A success does not say that they are stored."""
        return self._write(calls.call(calls.SAVE, request.form_id, calls.save_data(request)), timeout)

    # What they have in common

    def _write(self, call: Call, timeout: float | None) -> Ending:
        exchange = self._exchange(call, timeout)
        return make_ending(exchange, self._mask(), self.session_lost_seconds)

    def _ask(self, call: Call, tries: int = 3) -> object:
        """Ask up to `tries` times; returns a value without a refusal in it."""
        value = ask_again(lambda: self._ask_once(call), tries, self._line.read_seconds)
        refuse_refusals(value, self._mask())
        return value

    def _ask_once(self, call: Call, read_seconds: float | None = None) -> object:
        return read_value(self._exchange(call, read_seconds), self._mask())

    def _exchange(self, call: Call, read_seconds: float | None = None) -> Exchange:
        url = self._address.base_url + call.path
        generation = self._badge.generation
        headers = {**PLAIN_HEADERS, "Content-Type": call.content_type, **self._badge.headers()}
        if self.signs_requests:
            path, now = urlsplit(url).path, int(time.time())
            place = self._badge.organisation
            signer = replace(self._credentials, organisation=place.number if place else "")
            self._signature = signature_headers(signer, path, now, secrets.token_hex(8))
            headers |= self._signature
        exchange = self._transport.exchange("POST", url, headers, call.body, read_seconds=read_seconds)
        if exchange.status == HTTPStatus.OK:  # else it may be a proxy that speaks
            self._badge.learn(exchange.set_cookies, generation)
        if self.listener is not None:
            self.listener(record_exchange(call, exchange, self._mask()))
        return exchange

    def _mask(self) -> Redactor:
        """Hides the secret, what was made of it, cookies, session id, and the proxy's password."""
        hidden = client_secret(self._credentials.app_id)[1]
        signatures = (value for name, value in self._signature.items() if name.endswith("-Signature"))
        return Redactor(
            (self._credentials.secret, hidden, *signatures, *self._badge.secrets(), *self._transport.secrets)
        )

    def _enter(self) -> SignedIn:
        """Log in, and go to the organisation where the clerk works."""
        login = self._log_in()
        self._badge.admit(login.signed_in, login.session_id)
        self._prove(login)
        told = login.signed_in
        begun = Organisation(told.organisation_id, name=told.organisation_name)
        wanted = self._badge.organisation
        if wanted is None:
            self._badge.organisation = begun if begun.id else None
        elif not organisations.same_organisation(wanted, begun):
            self._badge.organisation = self._go_to(wanted)
        told = _working_in(told, self._badge.organisation)
        self._badge.admit(told, login.session_id)
        return told

    def _go_to(self, wanted: Organisation) -> Organisation:
        known = wanted if wanted.number else self._described(wanted)
        name = known.number or known.name or known.id
        if not known.number:
            raise SignInRefused("sign_in_organisation", organisation=name)
        try:
            self._switch(known.number)
        except (QueryRefused, SessionLost) as refusal:
            raise SignInRefused("sign_in_organisation", refusal.detail, organisation=name) from None
        return known if known.id else self._described(known)

    def _switch(self, number: str) -> None:
        """SwitchOrg, sent once. Raises QueryRefused organisation_refused, and as a read."""
        value = self._ask_once(calls.call(calls.SWITCH_ORG, calls.to_json({"OrgNumber": number})))
        try:
            answer = refuse_refusals(value, self._mask())
        except QueryRefused as refusal:
            raise QueryRefused(
                "organisation_refused", refusal.detail, msg_code=refusal.msg_code, organisation=number
            ) from None
        if answer is None:
            raise AnswerUnreadable("odd_json")

    def _described(self, known: Organisation) -> Organisation:
        """The organisation with id, number and name; as it was where the server does not show it."""
        by = f"FOrgID={known.id}" if known.id.isdigit() else f"FNumber={quote(known.number)}"
        if all((known.id, known.number, known.name)):
            return known
        try:
            return next(iter(self._organisations(by)), known)
        except (QueryRefused, AnswerUnreadable, SessionLost):
            return known

    def _organisations(self, filter_string: str) -> tuple[Organisation, ...]:
        return organisations.read_organisations(
            lambda columns: self.query_all(
                organisations.FORM, columns, filter_string, order=organisations.ORDER
            )
        )

    def _log_in(self) -> LoginAnswer:
        exchange = self._exchange(login_call(self._credentials))
        refuse_data_centre(exchange.status, exchange.body)
        mask = self._mask()
        return read_login(read_value(exchange, mask), self._credentials, mask)

    def _prove(self, login: LoginAnswer) -> None:
        """LoginResultType -5 counts only with a session by which a first query works (fact sheet 1.3)."""
        if not self._badge.has_session:
            raise SignInRefused("sign_in_form" if login.pending else "sign_in_unknown", login.message)
        if not login.pending:
            return
        try:
            self._heartbeat()
        except (SessionLost, QueryRefused) as refusal:
            raise SignInRefused("sign_in_form", login.message or refusal.detail) from None

    def _try_signature(self) -> SignedIn:
        try:
            self._heartbeat()
        except SessionLost as lost:  # no session, and the signature was refused (fact sheet 1.4)
            raise SignInRefused("sign_in_app_secret", lost.detail) from None
        except QueryRefused as refusal:
            raise SignInRefused("sign_in_unknown", refusal.detail) from None
        place = self._badge.organisation
        if place is not None:
            place = self._badge.organisation = self._described(place)
        told = SignedIn(self._credentials.data_centre_id, user=self._credentials.user)
        signed_in = _working_in(told, place)
        self._badge.admit(signed_in, "")
        return signed_in

    def _heartbeat(self) -> None:
        """Ask the small question that other clients use to see whether they are known (fact sheet 1.4)."""
        data = calls.query_data("BD_Currency", ("FNumber",), "FNumber='PRE001'", "", 0, 1)
        exchange = self._exchange(calls.call(calls.EXECUTE_BILL_QUERY, data))
        refuse_data_centre(exchange.status, exchange.body)
        try:
            refuse_refusals(read_value(exchange, self._mask()), self._mask())
        except QueryRefused as refusal:
            if refusal.msg_code != NO_PERMISSION:  # it knows us, though it does not show us currencies
                raise


def _working_in(told: SignedIn, place: Organisation | None) -> SignedIn:
    """What the server told at the sign-in, with the organisation of now."""
    return told if place is None else replace(told, organisation_id=place.id, organisation_name=place.name)
