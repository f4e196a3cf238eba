"""Diagnosing a connection: layer by layer to the server, up to a sign-in where a secret is given."""

from __future__ import annotations

import time
from dataclasses import dataclass

from kdgui.domain.accounts import Credentials, SignedIn
from kdgui.domain.bills import DataCentre
from kdgui.domain.connection_steps import Layer, Step, StepState
from kdgui.domain.errors import BadInput, KdguiError, SignInRefused, Stopped
from kdgui.k3cloud.connection_probe import Tell, probe
from kdgui.k3cloud.http.address import Address, read_address
from kdgui.k3cloud.http.settings import ConnectionSettings
from kdgui.k3cloud.session import Session
from kdgui.store.profiles import Profile


@dataclass(frozen=True, slots=True)
class ConnectionReport:
    """What a test of a connection found.

    Attributes:
        server: the address tried, or what was typed where it is none.
        steps: every layer that was come to, in order, as it ended.
        seconds: how long all of it took.
        data_centres: what the server listed; () where it did not.
    """

    server: str
    steps: tuple[Step, ...]
    seconds: float
    data_centres: tuple[DataCentre, ...] = ()

    @property
    def failed(self) -> Step | None:
        """The layer where it ended, or None."""
        return next((step for step in self.steps if step.state is StepState.FAILED), None)


def credentials_of(profile: Profile, secret: str) -> Credentials:
    """Whom to sign in as."""
    return Credentials(
        mode=profile.mode,
        data_centre_id=profile.data_centre_id,
        user=profile.user,
        secret=secret,
        app_id=profile.app_id,
        lcid=profile.lcid,
        organisation=profile.organisation,
    )


def check_connection(
    profile: Profile, secret: str, settings: ConnectionSettings, tell: Tell
) -> ConnectionReport:
    """Go to the server, sign in where data centre, user and secret are there, and sign out again.

    Blocks. Keeps nothing, and leaves whoever is signed in alone. `tell` may raise Stopped, which goes on.
    """
    told: dict[Layer, Step] = {}

    def keep(step: Step) -> None:
        told[step.layer] = step
        tell(step)

    started = time.monotonic()
    server = profile.server
    centres: tuple[DataCentre, ...] = ()
    try:
        address = read_address(profile.server)
        server = address.base_url
        centres, trouble = probe(address, settings, keep)
        _knock(address, profile, secret, settings, keep, trouble)
    except Stopped:
        raise
    except BadInput as error:
        if not told:
            keep(Step(Layer.ADDRESS, StepState.FAILED, trouble=error))
    except KdguiError:
        pass  # the layer where it ended was told
    return ConnectionReport(server, tuple(told.values()), time.monotonic() - started, centres)


def _knock(
    address: Address,
    profile: Profile,
    secret: str,
    settings: ConnectionSettings,
    keep: Tell,
    trouble: KdguiError | None,
) -> None:
    """Sign in; that works where a list of data centres is not given out, and proves that this is Kingdee."""
    if not (profile.data_centre_id and profile.user and secret):
        if trouble is not None:
            keep(Step(Layer.API, StepState.FAILED, trouble=trouble))
        else:
            keep(Step(Layer.SIGN_IN, StepState.NOTED, "sign_in_not_tried"))
        return
    keep(Step(Layer.SIGN_IN if trouble is None else Layer.API, StepState.TRYING))
    try:
        step = _signed_in(_sign_in(address, profile, secret, settings))
    except SignInRefused as refusal:
        step = Step(Layer.SIGN_IN, StepState.FAILED, trouble=refusal)
    except KdguiError as error:
        layer = Layer.SIGN_IN if trouble is None else Layer.API
        keep(Step(layer, StepState.FAILED, trouble=trouble or error))
        return
    if trouble is not None:
        keep(Step(Layer.API, StepState.PASSED, "api"))
        keep(Step(Layer.LIST, StepState.NOTED, "list_refused", trouble=trouble))
    keep(step)


def _sign_in(address: Address, profile: Profile, secret: str, settings: ConnectionSettings) -> SignedIn:
    session = Session(address, credentials_of(profile, secret), settings)
    try:
        signed_in = session.sign_in()
        session.sign_out()
    finally:
        session.close()
    return signed_in


def _signed_in(signed_in: SignedIn) -> Step:
    parts = (signed_in.user, signed_in.organisation_name, signed_in.version)
    who = " · ".join(part for part in parts if part)
    return Step(Layer.SIGN_IN, StepState.PASSED, "sign_in", (("who", who),))
