"""`kdgui connections`, `login` and `forget`: the saved connections; passwords go to the key store."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

from kdgui.bootstrap import open_engine
from kdgui.cli.account import connection_name, connection_of_name, named_profile, password_for
from kdgui.cli.command import add_account
from kdgui.domain.accounts import SignInMode
from kdgui.domain.errors import BadInput
from kdgui.printing import Exit
from kdgui.pushing.engine import PushEngine
from kdgui.store.messages.words import Words
from kdgui.store.paths import Paths
from kdgui.store.policy import load_policy
from kdgui.store.profiles import DataCentreLabel, Profile, ProfileBook


def connections(arguments: argparse.Namespace, places: Paths, words: Words) -> int:
    """List the saved connections; no secret is shown or asked for."""
    for profile in ProfileBook(places.profiles, load_policy().labelled).load():
        facts = _facts(profile)
        if arguments.json:
            print(json.dumps(facts, ensure_ascii=False), flush=True)
        else:
            label = words.text(f"label.{profile.label.value if profile.label else 'none'}")
            centre = profile.data_centre_name or profile.data_centre_id
            print("\t".join((str(facts["name"]), profile.server, centre, profile.user, label)))
    return Exit.ALL_PUSHED


def login(arguments: argparse.Namespace, places: Paths, words: Words) -> int:
    """Sign in once, save the connection under a name and its password in the key store. Raises KdguiError."""
    with open_engine(places, attended=False) as engine:
        profile = _wanted(engine, arguments)
        secret = password_for(engine, profile, words)
        engine.connection.sign_in(profile, secret)
        signed_in = engine.connection.profile or profile
        kept = replace(profile, server=signed_in.server, data_centre_name=signed_in.data_centre_name)
        engine.profiles.save(replace(kept, remember=False))
        engine.secrets.save(kept.account, secret)
        engine.profiles.save(kept)
    if arguments.json:
        print(json.dumps(_facts(kept), ensure_ascii=False), flush=True)
    else:
        print(words.text("cli.saved", name=kept.name))
    return Exit.ALL_PUSHED


def forget(arguments: argparse.Namespace, places: Paths, words: Words) -> int:
    """Forget a saved connection and its password. Raises BadInput, SecretsUnavailable."""
    with open_engine(places, attended=False) as engine:
        profile = connection_of_name(engine.profiles.load(), arguments.name)
        engine.connection.forget_profile(profile)
    print(
        json.dumps({"forgotten": connection_name(profile)}, ensure_ascii=False)
        if arguments.json
        else words.text("cli.forgotten", name=connection_name(profile))
    )
    return Exit.ALL_PUSHED


def _wanted(engine: PushEngine, arguments: argparse.Namespace) -> Profile:
    """What is to be saved: as the arguments say, or the saved connection of that name once more."""
    name = arguments.name.strip()
    known = {connection_name(saved).casefold(): saved for saved in engine.profiles.load()}
    before = known.get(name.casefold())
    if before is not None and not (arguments.server or arguments.user or arguments.data_centre):
        profile = before
    else:
        profile = named_profile(engine, arguments)
        if before is not None and before.account != replace(profile, mode=_mode(arguments)).account:
            raise BadInput("connection_name_taken", name=name)
    changes: dict[str, object] = {"name": name, "remember": True}
    given = {
        "mode": _mode(arguments) if arguments.mode or arguments.app_id else None,
        "app_id": arguments.app_id,
        "organisation": arguments.organisation,
        "ca_file": str(Path(arguments.ca_file).absolute()) if arguments.ca_file else "",
        "label": DataCentreLabel(arguments.label) if arguments.label else None,
    }
    if arguments.read_only:
        changes["read_only"] = True
    changes |= {key: value for key, value in given.items() if value}
    return replace(profile, **changes)  # type: ignore[arg-type]  # each has the type of its field


def _mode(arguments: argparse.Namespace) -> SignInMode:
    if arguments.mode:
        return SignInMode(arguments.mode)
    return SignInMode.APP_SECRET if arguments.app_id else SignInMode.PASSWORD


def _facts(profile: Profile) -> dict[str, object]:
    """What may be told of a connection."""
    return {
        "name": connection_name(profile),
        "server": profile.server,
        "data_centre": profile.data_centre_id,
        "data_centre_name": profile.data_centre_name,
        "user": profile.user,
        "mode": profile.mode.value,
        "app_id": profile.app_id,
        "organisation": profile.organisation,
        "label": profile.label.value if profile.label else None,
        "ca_file": profile.ca_file,
        "read_only": profile.read_only,
        "password_saved": profile.remember,
    }


def add_name(parser: argparse.ArgumentParser) -> None:
    """What `kdgui forget` takes."""
    parser.add_argument("name", metavar="NAME", help="name of the connection")


def add_login(parser: argparse.ArgumentParser) -> None:
    """What `kdgui login` takes."""
    add_name(parser)
    add_account(parser, saved=False)
    modes = [mode.value for mode in SignInMode]
    parser.add_argument("--mode", choices=modes, default="", help="way to sign in; default: password")
    parser.add_argument("--app-id", default="", metavar="ID", help="id of the third-party application")
    parser.add_argument("--ca-file", default="", metavar="FILE", help="a further certificate authority (PEM)")
    parser.add_argument("--read-only", action="store_true", help="only questions may be asked with it")
    labels = [label.value for label in DataCentreLabel]
    parser.add_argument("--label", choices=labels, default="", help="what the data centre is for")


def add_nothing(_parser: argparse.ArgumentParser) -> None:
    """No arguments of its own."""
