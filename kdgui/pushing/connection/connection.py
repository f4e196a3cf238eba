"""The session as the engine uses it: a question that meets a lost session signs in again once, quietly."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from kdgui.domain.errors import AnswerUnreadable, ConnectionTrouble, QueryRefused, SessionLost, SignInRefused
from kdgui.domain.rules import Rule
from kdgui.k3cloud.business_info import BusinessInfo
from kdgui.k3cloud.queries import Row as Values
from kdgui.k3cloud.session import Session

T = TypeVar("T")

NOT_OFFERED = frozenset({"http_status", "blocked", "redirect"})
"""Troubles of a read that was answered, though not with an answer."""


class Connection:
    """A session and the one quiet sign-in that a reader may make. Used from one thread at a time."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._refusal: SignInRefused | None = None
        self._may_sign_in = True

    @contextmanager
    def beside(self, longest_seconds: float | None = None) -> Iterator[Connection]:
        """A further connection for another thread, with a connection of its own; it never signs in by itself.

        A call over it takes no longer than `longest_seconds` where given.
        """
        session = self.session.sibling(longest_seconds)
        try:
            connection = Connection(session)
            connection._may_sign_in = False
            yield connection
        finally:
            session.close()

    def read(self, question: Callable[[Session], T]) -> T:
        """Ask `question`; on a lost session sign in again and ask once more.

        With signed headers there is nothing to sign in to (protocol 1.4): SessionLost is raised as it is.

        Raises:
            SessionLost, SignInRefused, ConnectionTrouble, QueryRefused, AnswerUnreadable.
        """
        try:
            return question(self.session)
        except SessionLost:
            self.sign_in_again()
            return question(self.session)

    def read_if_offered(self, question: Callable[[Session], T]) -> T | None:
        """As `read`; None where this server does not offer the service, or refuses it.

        Servers differ in what they publish (a firewall may let through only some services): not there, a page
        instead of an answer, or a refusal all mean that we must do without. A connection that is down still
        raises.
        """
        try:
            return self.read(question)
        except (QueryRefused, AnswerUnreadable):
            return None
        except ConnectionTrouble as trouble:
            if trouble.code in NOT_OFFERED:
                return None
            raise

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
    ) -> list[Values]:
        """One page of a query, see `Session.query`. Raises as `read`."""
        return self.read(
            lambda session: session.query(
                form_id, field_keys, filter_string, order=order, start=start, limit=limit, tries=tries
            )
        )

    def query_all(
        self,
        form_id: str,
        field_keys: Sequence[str],
        filter_string: str = "",
        *,
        order: str,
        most: int = 100_000,
        is_whole: Callable[[Sequence[Values]], bool] = lambda _rows: False,
    ) -> list[Values]:
        """All rows of a query, see `Session.query_all`. Raises as `read`."""
        return self.read(
            lambda session: session.query_all(
                form_id, field_keys, filter_string, order=order, most=most, is_whole=is_whole
            )
        )

    def business_info(self, form_id: str) -> BusinessInfo | None:
        """What a form consists of; None where this server does not tell. Raises as `read_if_offered`."""
        return self.read_if_offered(lambda session: session.business_info(form_id))

    def convert_rules(self) -> tuple[Rule, ...]:
        """The server's conversion rules, see `Session.convert_rules`. Raises as `read`."""
        return self.read(lambda session: session.convert_rules())

    def sign_in_again(self) -> None:
        """Sign in anew with the same credentials; SessionLost where requests are signed one by one.

        Once refused it stays refused until `forgive`: too many failures lock the user out (protocol 1.3).

        Raises:
            SignInRefused, SessionLost, ConnectionTrouble, AnswerUnreadable.
        """
        if self.session.signs_requests or not self._may_sign_in:
            raise SessionLost("session_refused")
        if self._refusal is not None:
            raise self._refusal
        try:
            self.session.sign_in()
        except SignInRefused as refusal:
            self._refusal = refusal
            raise

    def forgive(self) -> None:
        """Somebody decided that a refused sign-in may be tried once more."""
        self._refusal = None

    @property
    def user(self) -> str:
        """Who is signed in, by name."""
        return self.session.credentials.user

    @property
    def user_id(self) -> str:
        """The id that bills made by this user carry, or "" where the server never told."""
        signed_in = self.session.signed_in
        return signed_in.user_id if signed_in else ""
