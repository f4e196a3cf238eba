"""Accounts on the command line: which one is meant, its password, and signing in as it."""

from __future__ import annotations

import argparse
import getpass
import os
import re
import stat
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from kdgui.cli.common import say
from kdgui.domain.accounts import DataCentreKey
from kdgui.domain.errors import BadInput, KdguiError, SecretsUnavailable, SignInRefused
from kdgui.k3cloud.http.address import read_address
from kdgui.pushing.engine import PushEngine
from kdgui.store.journal.records import RunHeader
from kdgui.store.messages.words import Words
from kdgui.store.profiles import Profile

PASSWORD_VARIABLE = "KDGUI_PASSWORD"  # noqa: S105 - the name of a variable
FILE_VARIABLE = "KDGUI_PASSWORD_FILE"
MANY = 100_000
_DATA_CENTRE_ID = re.compile(r"[0-9a-f-]{12,}", re.IGNORECASE)
"""What K/3 Cloud gives as ids of data centres; anything else may be a name."""


def sign_in(engine: PushEngine, arguments: argparse.Namespace, words: Words) -> Profile:
    """Sign in as the account that the arguments name; who that is.

    Raises:
        BadInput: no account is named, or none of that name is saved. SignInRefused, ConnectionTrouble …
    """
    profile = named_profile(engine, arguments)
    _enter(engine, profile, words, given=True)
    return profile


def sign_in_as(engine: PushEngine, profile: Profile, arguments: argparse.Namespace, words: Words) -> None:
    """Sign in as an account of the journal.

    The password given is its own only where it is the one named, or the only one that this journal has ever
    known: then there is no other that it could be meant for.
    """
    given = is_named(engine, profile, arguments)
    if not (given or names_account(arguments)):
        known = {(DataCentreKey.of(info), info.user) for info in engine.journal.runs(limit=MANY)}
        given = known == {_account(profile)}
    _enter(engine, profile, words, given=given)


def _enter(engine: PushEngine, profile: Profile, words: Words, *, given: bool) -> None:
    _warn_of_plain_http(profile, words)
    engine.connection.sign_in(profile, _secret_of(engine, profile, given=given))


def _warn_of_plain_http(profile: Profile, words: Words) -> None:
    address = read_address(profile.server)
    if not (address.secure or address.loopback):
        say(f"kdgui: {words.text('cli.plain_http', server=profile.server)}")


def sign_in_with(engine: PushEngine, profile: Profile, words: Words) -> None:
    """Sign in as this account, which is the one that a command is about. Raises as `sign_in`."""
    _enter(engine, profile, words, given=True)


def names_account(arguments: argparse.Namespace) -> bool:
    """Whether the arguments name one account."""
    return bool(arguments.connection or (arguments.server and arguments.user))


def named_profile(engine: PushEngine, arguments: argparse.Namespace) -> Profile:
    """The account that the arguments name: a saved connection, or `--server --data-centre --user`.

    No organisation means the user's default one, whatever was chosen in the window. Asks the server for its
    data centres where one is given by name. Raises BadInput.
    """
    if arguments.connection:
        return saved_connection(engine.profiles.load(), arguments)
    required = {
        "--server": arguments.server,
        "--data-centre": arguments.data_centre,
        "--user": arguments.user,
    }
    if missing := [option for option, value in required.items() if not value]:
        raise BadInput("account_missing", options=" ".join(missing))
    profile = Profile(
        server=read_address(arguments.server).base_url,
        data_centre_id=arguments.data_centre,
        user=arguments.user,
        organisation=arguments.organisation,
    )
    return replace(profile, data_centre_id=_data_centre_id(engine, profile))


def saved_connection(profiles: Sequence[Profile], arguments: argparse.Namespace) -> Profile:
    """The saved connection of that name, in the organisation that the arguments name, if any."""
    if arguments.server or arguments.user or arguments.data_centre:
        raise BadInput("connection_and_server")
    found = connection_of_name(profiles, arguments.connection)
    return replace(found, organisation=arguments.organisation or found.organisation)


def connection_of_name(profiles: Sequence[Profile], name: str) -> Profile:
    """The saved connection of that name. Raises BadInput: connection_unknown, connection_ambiguous."""
    wanted = name.strip().casefold()
    found = [profile for profile in profiles if connection_name(profile).casefold() == wanted]
    if not found:
        names = ", ".join(connection_name(profile) for profile in profiles)
        raise BadInput("connection_unknown", name=name, names=names or "-")
    if len(found) > 1:
        raise BadInput("connection_ambiguous", name=name)
    return found[0]


def connection_name(profile: Profile) -> str:
    """What a saved connection is called: its own name, else user and data centre."""
    return profile.name or f"{profile.user}@{profile.data_centre_name or profile.data_centre_id}"


def account_of(engine: PushEngine, header: RunHeader) -> Profile:
    """Whom to sign in as, to go on with what was done there: as then, in the same organisation."""
    plain = Profile(
        server=header.server,
        data_centre_id=header.data_centre_id,
        user=header.user,
        data_centre_name=header.data_centre_name,
    )
    fitting = (profile for profile in engine.profiles.load() if _account(profile) == _account(plain))
    return replace(next(fitting, plain), organisation=header.organisation_number)


def is_named(engine: PushEngine, profile: Profile, arguments: argparse.Namespace) -> bool:
    """Whether this account is the one that the arguments name; the organisation makes no difference."""
    if arguments.connection:
        return _account(saved_connection(engine.profiles.load(), arguments)) == _account(profile)
    if not names_account(arguments):
        return False
    wanted = Profile(
        server=read_address(arguments.server).base_url,
        data_centre_id=profile.data_centre_id,
        user=arguments.user,
    )
    centres = (profile.data_centre_id.casefold(), profile.data_centre_name.casefold())
    centre_fits = not arguments.data_centre or arguments.data_centre.casefold() in centres
    return centre_fits and _account(wanted) == _account(profile)


def _account(profile: Profile) -> tuple[object, ...]:
    return DataCentreKey.of(profile), profile.user


def _data_centre_id(engine: PushEngine, profile: Profile) -> str:
    """The id of the data centre, where it was given by name. Raises BadInput: data_centre_ambiguous."""
    given = profile.data_centre_id
    if _DATA_CENTRE_ID.fullmatch(given):
        return given
    try:
        listed = engine.connection.data_centres(profile.server, profile.ca_file)
    except KdguiError:
        return given  # not every server gives the list; the sign-in tells whether this is an id
    if any(centre.id == given for centre in listed):
        return given
    ids = [centre.id for centre in listed if centre.name.casefold() == given.casefold()]
    if len(ids) > 1:
        raise BadInput("data_centre_ambiguous", name=given)
    return ids[0] if ids else given


def password_for(engine: PushEngine, profile: Profile, words: Words) -> str:
    """The password of the one account that a command is about; warns where it goes out unencrypted."""
    _warn_of_plain_http(profile, words)
    secret = given_secret()
    return secret if secret is not None else _secret_of(engine, profile, given=False)


def _secret_of(engine: PushEngine, profile: Profile, *, given: bool) -> str:
    """The password: from environment or file where it is `given`, the key store, or a prompt."""
    if given and (secret := given_secret()) is not None:
        return secret
    try:
        saved = engine.connection.saved_secret(profile)
    except SecretsUnavailable:
        saved = None
    if saved is not None:
        return saved
    if not (sys.stdin and sys.stdin.isatty()):
        code = "password_missing" if given else "password_not_saved"
        raise SignInRefused(code, variable=PASSWORD_VARIABLE, user=profile.user, server=profile.server)
    return getpass.getpass(f"{profile.user} @ {profile.server}: ")


def given_secret() -> str | None:
    """The password of KDGUI_PASSWORD or of the file that KDGUI_PASSWORD_FILE names, or None.

    Raises:
        BadInput: password_twice, password_file_open (others may read it), password_file_unreadable.
    """
    direct, named = os.environ.get(PASSWORD_VARIABLE), os.environ.get(FILE_VARIABLE)
    if direct is not None and named:
        raise BadInput("password_twice", one=PASSWORD_VARIABLE, other=FILE_VARIABLE)
    return _read_secret(Path(named)) if named else direct


def _read_secret(path: Path) -> str:
    """The first line of a file that is its owner's alone."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            if os.name == "posix" and stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                raise BadInput("password_file_open", path=path)
            return file.readline().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else ""
        raise BadInput("password_file_unreadable", reason or "", path=path) from None
