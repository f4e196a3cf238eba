"""The login flow: how one is let in, and gets to the organisation where the clerk works."""

from __future__ import annotations

from dataclasses import replace

from kdgui.domain.accounts import SignedIn, SignInMode
from kdgui.domain.bills import Organisation
from kdgui.domain.errors import AnswerUnreadable, KdguiError, QueryRefused, SessionLost, SignInRefused
from kdgui.domain.msg_codes import NO_PERMISSION
from kdgui.k3cloud import calls, organisations
from kdgui.k3cloud.channel import Channel
from kdgui.k3cloud.login import LoginAnswer, login_call, read_login, refuse_data_centre
from kdgui.k3cloud.queries import quote
from kdgui.k3cloud.read_services import ReadServices
from kdgui.k3cloud.reads import read_value, refuse_refusals
from kdgui.k3cloud.session_state import SessionState

_SIGN_OUT_SECONDS = 10.0


class LoginFlow:
    """Signing in, switching organisation, signing out, over one channel. Every method blocks."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._reads = ReadServices(channel)

    def sign_in(self) -> SignedIn:
        """Sign in anew, for all siblings. Never tried twice: too many failures lock the user out.

        A server begins every session in the user's default organisation. So a sign-in first goes where the
        clerk works (the organisation of the credentials, of the first sign-in, or of the last switch), and
        siblings see nothing of it before it stands there: a push by one of them would go astray.

        With signed headers nothing is called but a small query, to see whether the server takes them.

        Raises:
            SignInRefused: the server said no; `detail` is its Message verbatim. `sign_in_organisation`:
                it let us in, but not into that organisation.
            ConnectionTrouble, AnswerUnreadable: it was not reached, or is no K/3 Cloud server.
        """
        state = self._channel.state
        state.drop()
        fresh = LoginFlow(self._channel.with_state(SessionState(state.organisation)))
        signed_in = fresh._try_signature() if self._channel.signs_requests else fresh._enter()
        state.take(fresh._channel.state)
        return signed_in

    def sign_out(self) -> None:
        """Sign out and forget cookies and session id, for all siblings; whatever the connection does."""
        if self._channel.state.has_session and not self._channel.signs_requests:
            self._channel.exchange(
                calls.call(calls.LOGOUT), min(_SIGN_OUT_SECONDS, self._channel.settings.read_seconds)
            )
        self._channel.state.drop()

    def switch_organisation(self, wanted: Organisation) -> Organisation:
        """Work in another organisation from now on: all siblings, and every later sign-in.

        No service tells where a session is (protocol 4). So what counts is the server's yes to SwitchOrg
        (with signed headers every request names the organisation, and the old session is forgotten), and that
        the same session answers a small question afterwards. Where that answer does not arrive, nobody knows,
        and the session is forgotten: the next sign-in goes back to where we were.

        Raises:
            QueryRefused: organisation_refused: nothing has changed.
            SessionLost, ConnectionTrouble, AnswerUnreadable: as above; ask again, after a sign-in.
        """
        before, told = self._channel.state.organisation, self._channel.state.signed_in
        try:
            if self._channel.signs_requests:
                self._channel.state.drop()
                self._channel.state.organisation = wanted
            else:
                self._switch(wanted.number)
            self._heartbeat()
        except KdguiError as trouble:
            self._channel.state.organisation = before
            if trouble.code != "organisation_refused":
                self._channel.state.drop()
            raise
        here = self._described(wanted)
        self._channel.state.organisation = here
        if told is not None:
            self._channel.state.admit(_working_in(told, here), "")
        return here

    def _enter(self) -> SignedIn:
        """Log in, and go to the organisation where the clerk works."""
        login = self._log_in()
        self._channel.state.admit(login.signed_in, login.session_id)
        self._prove(login)
        told = login.signed_in
        begun = Organisation(told.organisation_id, name=told.organisation_name)
        wanted = self._channel.state.organisation
        if wanted is None:
            self._channel.state.organisation = begun if begun.id else None
        elif not organisations.same_organisation(wanted, begun):
            self._channel.state.organisation = self._go_to(wanted)
        told = _working_in(told, self._channel.state.organisation)
        self._channel.state.admit(told, login.session_id)
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
        value = self._channel.ask_once(calls.call(calls.SWITCH_ORG, calls.to_json({"OrgNumber": number})))
        try:
            answer = refuse_refusals(value, self._channel.redactor())
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
            return next(iter(self._reads.organisations(by)), known)
        except (QueryRefused, AnswerUnreadable, SessionLost):
            return known

    def _log_in(self) -> LoginAnswer:
        """Sign in; a signature refused is tried once more as old servers want it (protocol 9).

        Once only: about five failures lock the user.
        """
        try:
            return self._log_in_once(sha1=False)
        except SignInRefused as refusal:
            signed = self._channel.credentials.mode is SignInMode.LOGIN_SIGN
            if not signed or refusal.code != "sign_in_app_secret":
                raise
            try:
                login = self._log_in_once(sha1=True)
            except SignInRefused:
                raise refusal from None
            return replace(login, signed_in=replace(login.signed_in, old_signature=True))

    def _log_in_once(self, *, sha1: bool) -> LoginAnswer:
        exchange = self._channel.exchange(login_call(self._channel.credentials, sha1=sha1))
        refuse_data_centre(exchange.status, exchange.body)
        mask = self._channel.redactor()
        return read_login(read_value(exchange, mask), self._channel.credentials, mask)

    def _prove(self, login: LoginAnswer) -> None:
        """LoginResultType -5 counts only with a session by which a first query works (protocol 1.3)."""
        if not self._channel.state.has_session:
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
        except SessionLost as lost:  # no session, and the signature was refused (protocol 1.4)
            raise SignInRefused("sign_in_app_secret", lost.detail) from None
        except QueryRefused as refusal:
            raise SignInRefused("sign_in_unknown", refusal.detail) from None
        place = self._channel.state.organisation
        if place is not None:
            place = self._channel.state.organisation = self._described(place)
        told = SignedIn(self._channel.credentials.data_centre_id, user=self._channel.credentials.user)
        signed_in = _working_in(told, place)
        self._channel.state.admit(signed_in, "")
        return signed_in

    def _heartbeat(self) -> None:
        """Ask the small question that other clients use to see whether they are known (protocol 1.4)."""
        data = calls.query_data("BD_Currency", ("FNumber",), "FNumber='PRE001'", "", 0, 1)
        exchange = self._channel.exchange(calls.call(calls.EXECUTE_BILL_QUERY, data))
        refuse_data_centre(exchange.status, exchange.body)
        try:
            refuse_refusals(read_value(exchange, self._channel.redactor()), self._channel.redactor())
        except QueryRefused as refusal:
            if refusal.msg_code != NO_PERMISSION:  # it knows us, though it does not show us currencies
                raise


def _working_in(told: SignedIn, place: Organisation | None) -> SignedIn:
    """What the server told at the sign-in, with the organisation of now."""
    return told if place is None else replace(told, organisation_id=place.id, organisation_name=place.name)
