"""The policy of a machine: what IT allows here, in a file that clerks can read and not change."""

from __future__ import annotations

import os
import stat
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import msgspec
import platformdirs

from kdgui.domain.accounts import DataCentreKey
from kdgui.domain.errors import BadInput
from kdgui.store.profiles import DataCentreColour, DataCentreLabel, Profile
from kdgui.store.settings import Settings

FILE_NAME = "policy.toml"


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the file. A name that is not known stops the program: it may be a ban that was misspelt."""


class Allow(_Table, frozen=True):
    """What a clerk may do; `plain_http` to a server on another PC."""

    push: bool = True
    fill: bool = True
    submit: bool = True
    audit: bool = True
    unaudit: bool = True
    delete: bool = True
    draft_on_fail: bool = True
    plain_http: bool = True


class Network(_Table, frozen=True):
    """How servers are reached: `proxy` None leaves it to the clerk, "" is none; `ca_file` is a PEM file."""

    proxy: str | None = None
    ca_file: str = ""


class LabelledDataCentre(_Table, frozen=True):
    """A data centre whose label and colour the clerk cannot change."""

    server: str
    id: str
    label: DataCentreLabel
    colour: DataCentreColour | None = None


class Policy(_Table, frozen=True):
    """What IT allows on this machine; without a file everything.

    Attributes:
        servers: addresses that may be signed in to; () for all.
        parallel: most requests at a time, 1 to 3.
        retention_days: raw answers older than this are dropped from the journal; None keeps them.
        team_ledger: address of the team's ledger without its password, "" leaves it to the clerk.
    """

    servers: tuple[str, ...] = ()
    parallel: int = 3
    retention_days: int | None = None
    team_ledger: str = ""
    data_centres: tuple[LabelledDataCentre, ...] = ()
    network: Network = Network()
    allow: Allow = Allow()

    def allows(self, action: str) -> bool:
        """Whether a clerk may do this; `action` is a field of `Allow`."""
        return bool(getattr(self.allow, action))

    def settings(self, chosen: Settings) -> Settings:
        """The clerk's settings, as far as the policy leaves them to her."""
        network = self.network
        settings = replace(chosen, parallel=min(chosen.parallel, self.parallel))
        return settings if network.proxy is None else replace(settings, proxy=network.proxy)

    def labelled(self, profile: Profile) -> Profile:
        """The profile with the label and colour that are set here; production can be chosen over test."""
        for centre in self.data_centres:
            if DataCentreKey(_comparable(centre.server), centre.id.casefold()) == _key_of(profile):
                keep = profile.label is DataCentreLabel.PRODUCTION
                label = DataCentreLabel.PRODUCTION if keep else centre.label
                return replace(profile, label=label, colour=centre.colour or profile.colour)
        return profile


EVERYTHING = Policy()
"""Where IT says nothing."""


def policy_path() -> Path:
    """`%ProgramData%/kdgui`, `/Library/Application Support/kdgui` or `/etc/kdgui`, and there policy.toml.

    Never from a variable of the environment, which a clerk can set.
    """
    if sys.platform in ("win32", "darwin"):
        return Path(platformdirs.site_config_dir("kdgui", appauthor=False)) / FILE_NAME
    return Path("/etc/kdgui") / FILE_NAME


def load_policy(path: Path | None = None) -> Policy:
    """The policy of this machine; the one that allows everything where there is no file.

    Raises:
        BadInput: policy_damaged (not readable, not TOML, a name or value that is not known),
            policy_open_to_others. A policy that cannot be read is never taken for none.
    """
    place = path or policy_path()
    try:
        _check_owner(place)
        content = place.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return EVERYTHING
    except OSError as error:
        raise BadInput("policy_damaged", str(error), path=place) from error
    try:
        policy = msgspec.convert(tomllib.loads(content.decode("utf-8-sig")), type=Policy)
    except (ValueError, msgspec.ValidationError) as error:
        raise BadInput("policy_damaged", str(error), path=place) from error
    wrong = _out_of_bounds(policy)
    if wrong:
        raise BadInput("policy_damaged", wrong, path=place)
    return policy


def _out_of_bounds(policy: Policy) -> str:
    if not 1 <= policy.parallel <= 3:
        return "parallel: 1 to 3"
    if policy.retention_days is not None and policy.retention_days < 1:
        return "retention_days: 1 or more"
    if policy.network.ca_file and not Path(policy.network.ca_file).is_file():
        return f"network.ca_file: {policy.network.ca_file}"
    return ""


def _check_owner(path: Path) -> None:
    """A policy that others can write is none. On Windows the rights of %ProgramData% hold."""
    if os.name == "posix" and path.stat().st_mode & stat.S_IWOTH:
        raise BadInput("policy_open_to_others", path=path)


def _comparable(server: str) -> str:
    return server.casefold().rstrip("/") + "/"


def _key_of(profile: Profile) -> DataCentreKey:
    return DataCentreKey(_comparable(profile.server), profile.data_centre_id.casefold())
