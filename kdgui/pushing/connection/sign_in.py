"""Sign-in: servers, data centres, signing in and out, and the connections of whoever is signed in.

Methods block on the network; the key store may block until it is unlocked.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Protocol, TypeVar

from kdgui.domain.accounts import SignedIn, SignInMode
from kdgui.domain.bills import DataCentre, Organisation
from kdgui.domain.errors import BadInput, KdguiError, SignInRefused, Stopped
from kdgui.k3cloud.connection_probe import Tell
from kdgui.k3cloud.data_centres import list_data_centres
from kdgui.k3cloud.http.address import Address, read_address
from kdgui.k3cloud.http.settings import ConnectionSettings
from kdgui.k3cloud.session import Session
from kdgui.pushing.connection.connection import Connection
from kdgui.pushing.connection.diagnosis import ConnectionReport, check_connection, credentials_of
from kdgui.store.policy import EVERYTHING, Policy, policy_path
from kdgui.store.profiles import Profile, ProfileBook, relabelled
from kdgui.store.secrets import Secrets
from kdgui.store.settings import Settings

T = TypeVar("T")


class ConnectionSettingsOf(Protocol):
    """The settings of a connection as they are now; `settings` and `proxy_password` overrule what is kept."""

    def __call__(
        self, ca_file: str = "", settings: Settings | None = None, proxy_password: str | None = None
    ) -> ConnectionSettings: ...


class SignInService:
    """Signed in at most once, one piece of work at a time. `read` and `sign_out` are for any thread.

    Attributes:
        policy: what IT allows here; every way to a server asks it first.
        profile, signed_in: who is signed in where, or None.
        keyring_trouble: why the last sign-in could not keep the secret, or None.
        organisation_trouble: why the last sign-in did not begin in the remembered organisation, or None.
    """

    def __init__(
        self,
        profiles: ProfileBook,
        secrets: Secrets,
        connection_settings: ConnectionSettingsOf,
        *,
        keep: bool,
        policy: Policy = EVERYTHING,
    ) -> None:
        """`keep` False leaves everything remembered of connections alone, and uses none of it.

        Raises BadInput: policy_damaged, where a server of the policy is no address.
        """
        self.profile: Profile | None = None
        self.signed_in: SignedIn | None = None
        self.keyring_trouble: KdguiError | None = None
        self.organisation_trouble: KdguiError | None = None
        self._profiles = profiles
        self._secrets = secrets
        self._connection_settings = connection_settings
        self._keep_profiles = keep
        self.policy = policy
        self._servers = _addresses(policy)
        self._connection: Connection | None = None
        self._asking = threading.Lock()
        self._working = threading.Lock()

    def data_centres(self, server: str, ca_file: str = "") -> tuple[DataCentre, ...]:
        """The data centres of a server; () where it does not tell. Raises BadInput, ConnectionTrouble …"""
        return list_data_centres(self._allowed(server), self._connection_settings(ca_file))

    def test_connection(
        self,
        profile: Profile,
        secret: str,
        tell: Tell,
        *,
        settings: Settings | None = None,
        proxy_password: str | None = None,
    ) -> ConnectionReport:
        """See `check_connection`; by `settings` that are not kept yet, where they are given."""
        try:
            read_address(profile.server)
        except BadInput:
            pass  # the test tells that, as its first layer
        else:
            self._allowed(profile.server)
        settings = self.policy.settings(settings) if settings is not None else None
        wanted = self._connection_settings(profile.ca_file, settings, proxy_password)
        return check_connection(profile, secret, wanted, tell)

    def saved_secret(self, profile: Profile) -> str | None:
        """The secret kept for this profile, or None. May block until the key store is unlocked.

        Raises:
            SecretsUnavailable.
        """
        return self._secrets.load(profile.account)

    def sign_in(
        self, profile: Profile, secret: str, *, still_wanted: Callable[[], bool] = lambda: True
    ) -> SignedIn:
        """Sign in; keep the profile, and the secret where it is to be remembered.

        A profile that names no organisation begins in the one that was last chosen with it; where that one
        is not to be had any more, in the user's default, and `organisation_trouble` says why. A disk or key
        store that does not work is no reason not to work: see `keyring_trouble`. Where the answer comes and
        is not wanted any more, it is undone, and whoever was signed in stays so.

        Raises:
            BadInput, SignInRefused, ConnectionTrouble, AnswerUnreadable; Stopped, where it was not wanted.
        """
        self.organisation_trouble = None
        remembered = self._remembered(profile) if self._keep_profiles else profile
        try:
            session, signed_in = self._signed_in(remembered, secret)
        except SignInRefused as refusal:
            if refusal.code != "sign_in_organisation" or remembered == profile:
                raise
            self.organisation_trouble, remembered = refusal, profile
            session, signed_in = self._signed_in(profile, secret)
        if not still_wanted():
            session.sign_out()
            session.close()
            raise Stopped
        self.sign_out()
        name = signed_in.data_centre_name or profile.data_centre_name
        self._connection = Connection(session)
        self.signed_in = signed_in
        read_only = remembered.read_only or self._is_read_only(remembered)
        here = replace(
            remembered, read_only=read_only, server=session.address.base_url, data_centre_name=name
        )
        self.profile = self.policy.labelled(here)
        if self._keep_profiles:
            self._keep(self.profile, secret)
        return signed_in

    def _allowed(self, server: str) -> Address:
        """The address, where the policy lets it be reached.

        Raises BadInput: policy_server, policy_plain_http, and as `read_address`.
        """
        address = read_address(server)
        if self._servers and address.base_url.casefold() not in self._servers and not address.loopback:
            raise BadInput("policy_server", server=address.base_url)
        if not (address.secure or address.loopback or self.policy.allow.plain_http):
            raise BadInput("policy_plain_http", server=address.base_url)
        return address

    def _signed_in(self, profile: Profile, secret: str) -> tuple[Session, SignedIn]:
        address = self._allowed(profile.server)
        session = Session(
            address, credentials_of(profile, secret), self._connection_settings(profile.ca_file)
        )
        try:
            return session, session.sign_in()
        except KdguiError:
            session.close()
            raise

    def _remembered(self, profile: Profile) -> Profile:
        """The profile with the organisation that was last chosen with it.

        Who signs headers is asked for the organisation at every sign-in, and may have emptied the field.
        """
        if profile.organisation or profile.mode is SignInMode.SIGNED_HEADERS:
            return profile
        plain = replace(profile, server=read_address(profile.server).base_url)
        try:
            known = self._profiles.load()
        except KdguiError:
            return profile
        found = (other.organisation for other in known if other.account == plain.account)
        return replace(profile, organisation=next(found, ""))

    def _is_read_only(self, profile: Profile) -> bool:
        """Whether the saved connection of this account is for questions only; typed anew it stays so."""
        plain = replace(profile, server=read_address(profile.server).base_url)
        try:
            known = self._profiles.load()
        except KdguiError:
            return False
        return any(other.read_only and other.account == plain.account for other in known)

    def change_profile(self, before: Profile, profile: Profile) -> None:
        """Keep another name, label, colour or CA file for a connection; the one in use follows.

        A label that the policy sets stays as it is.

        A label belongs to the data centre: every connection to it has it from now on. Blocks for the disk.
        """
        profile = self.policy.labelled(profile)
        self._profiles.change(before, profile)
        here = self.profile
        if here is not None:
            same = here.account == before.account
            changed = replace(here, name=profile.name, read_only=profile.read_only) if same else here
            self.profile = relabelled([changed], profile)[0]

    def forget_profile(self, profile: Profile) -> None:
        """Forget a connection and its secret. Raises KdguiError, SecretsUnavailable."""
        self._profiles.remove(profile)
        if profile.remember and self._secrets.usable():
            self._secrets.forget(profile.account)

    # -- organisations -----------------------------------------------------------------------------

    @property
    def organisation(self) -> Organisation | None:
        """Where we work now, as sign-in or switch told; None where nobody did. Does not block."""
        connection = self._connection
        return connection.session.organisation if connection is not None else None

    def organisations(self) -> tuple[Organisation, ...]:
        """The organisations that this user sees; () where the server does not show them.

        Raises:
            BadInput: not_signed_in. ConnectionTrouble, SessionLost, SignInRefused.
        """
        return (
            self._with_line(
                lambda connection: connection.read_if_offered(lambda session: session.organisations())
            )
            or ()
        )

    def switch_organisation(self, wanted: Organisation) -> Organisation:
        """Work in another organisation from now on, in every connection; see `Session.switch_organisation`.

        Never during a run. It is remembered for the next sign-in with this profile.

        Raises:
            BadInput: run_in_progress, not_signed_in. QueryRefused: organisation_refused.
            ConnectionTrouble and what a read raises: then we are where we were, after a sign-in that the next
            question makes by itself.
        """
        with self.at_work():
            return self._switch_organisation(wanted)

    def _switch_organisation(self, wanted: Organisation) -> Organisation:
        here = self._with_line(
            lambda connection: connection.read(lambda session: session.switch_organisation(wanted))
        )
        profile, signed_in = self.profile, self.signed_in
        if profile is not None and signed_in is not None:
            self.profile = replace(profile, organisation=here.number)
            self.signed_in = replace(
                signed_in, organisation_id=here.id, organisation_name=here.name or here.number
            )
            if self._keep_profiles:
                with suppress(KdguiError):  # a comfort; the switch itself has happened
                    self._profiles.save(self.profile)
        return here

    def _with_line(self, question: Callable[[Connection], T]) -> T:
        with self._asking:
            if self._connection is None:
                raise BadInput("not_signed_in")
            return question(self._connection)

    def sign_out(self) -> None:
        """Leave the server; never raises for the line."""
        with self._asking:
            if self._connection is not None:
                self._connection.session.sign_out()
                self._connection.session.close()
            self._connection = self.signed_in = self.profile = None

    def read(self, question: Callable[[Connection | None], T]) -> T:
        """Ask over the window's own connection (None: not signed in); questions wait for each other."""
        with self._asking:
            return question(self._connection)

    @contextmanager
    def at_work(self) -> Iterator[Connection]:
        """A connection of one's own while nobody else works; a second one is refused at once.

        Raises:
            BadInput: `run_in_progress`, `not_signed_in`.
        """
        if not self._working.acquire(blocking=False):
            raise BadInput("run_in_progress")
        try:
            with self.own_connection() as connection:
                yield connection
        finally:
            self._working.release()

    @contextmanager
    def own_connection(self) -> Iterator[Connection]:
        """A further connection for a run on its own thread, closed at its end. BadInput: not_signed_in."""
        if self._connection is None:
            raise BadInput("not_signed_in")
        session = self._connection.session.sibling()
        if self._asking.acquire(
            blocking=False
        ):  # idle: a server that takes one connection at a time needs it
            self._connection.session.close()
            self._asking.release()
        try:
            yield Connection(session)
        finally:
            session.close()

    def _keep(self, profile: Profile, secret: str) -> None:
        self.keyring_trouble = None
        try:
            self._profiles.save(profile)
            if profile.remember:
                self._secrets.save(profile.account, secret)
        except KdguiError as trouble:
            self.keyring_trouble = trouble


def _addresses(policy: Policy) -> frozenset[str]:
    """The servers of the policy as they are compared."""
    try:
        return frozenset(read_address(server).base_url.casefold() for server in policy.servers)
    except BadInput as error:
        raise BadInput("policy_damaged", f"servers: {error.code}", path=policy_path()) from error
