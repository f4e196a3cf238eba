"""Accounts: who signs in where and how, and what the server said about it. Secrets never show in a repr."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

CHINESE_LCID = 2052


ENGLISH_LCID = 1033


class SignInMode(StrEnum):
    """The ways to sign in (fact sheet 1.1, 1.5)."""

    PASSWORD = "password"  # noqa: S105 - the name of a way to sign in
    APP_SECRET = "app_secret"  # noqa: S105 - the name of a way to sign in
    LOGIN_SIGN = "login_sign"
    SIGNED_HEADERS = "signed_headers"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What is needed to sign in.

    Attributes:
        secret: password, or app secret in the three modes with an app.
        organisation: number of the organisation for signed headers, or "".
    """

    mode: SignInMode
    data_centre_id: str
    user: str
    secret: str = field(repr=False)
    app_id: str = ""
    lcid: int = CHINESE_LCID
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What the server told at the sign-in; "" where it did not (signed headers tell nothing).

    Attributes:
        user_id: the id that FCreatorId carries on bills made by this user.
        warning: the server's own Message that came along with success, or "".
    """

    data_centre_id: str
    data_centre_name: str = ""
    user: str = ""
    user_id: str = ""
    organisation_id: str = ""
    organisation_name: str = ""
    version: str = ""
    warning: str = ""


@dataclass(frozen=True, slots=True)
class DataCentreKey:
    """Where we are: server address and data centre."""

    server: str
    data_centre_id: str

    @property
    def key(self) -> str:
        """One text for both, under which discoveries are remembered."""
        return f"{self.server.casefold()}|{self.data_centre_id}"
