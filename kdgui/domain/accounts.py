"""Accounts: who signs in where and how, and what the server said about it. Secrets never show in a repr."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol
from urllib.parse import urlsplit

CHINESE_LCID = 2052


ENGLISH_LCID = 1033


class SignInMode(StrEnum):
    """The ways to sign in (protocol 1.1, 1.5)."""

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
        old_signature: the server took the signature of LoginBySign only with SHA-1 (protocol 9).
    """

    data_centre_id: str
    data_centre_name: str = ""
    user: str = ""
    user_id: str = ""
    organisation_id: str = ""
    organisation_name: str = ""
    version: str = ""
    warning: str = ""
    old_signature: bool = False


class HasDataCentre(Protocol):
    """Whatever says where it belongs: a profile, a run, its header."""

    @property
    def server(self) -> str: ...

    @property
    def data_centre_id(self) -> str: ...


@dataclass(frozen=True, slots=True)
class DataCentreKey:
    """One data centre at one server, equal without regard to letter case.

    The id alone would not do: a test server restored from a backup has the ids of the real books. Labels,
    colours, runs and discoveries belong to this key. Only what is not certain about a bill is kept wider, by
    the id of the data centre alone, since one server may be reached under several addresses: then too many
    bills are held back, never too few.
    """

    server: str
    data_centre_id: str

    @classmethod
    def of(cls, owner: HasDataCentre) -> DataCentreKey:
        """Where this belongs, as it is compared."""
        return cls(owner.server.casefold(), owner.data_centre_id.casefold())

    @property
    def key(self) -> str:
        """One text for both, under which discoveries are remembered."""
        return f"{self.server}|{self.data_centre_id}"

    @property
    def any_port(self) -> DataCentreKey:
        """The same for every port of this PC: the practice account has another one at every start."""
        here = (urlsplit(self.server).hostname or "") in _THIS_PC
        return DataCentreKey("", self.data_centre_id) if here else self


_THIS_PC = frozenset({"127.0.0.1", "::1", "localhost"})
