"""Sign-in profiles: where, as whom and how to sign in; the secret itself lies in the system's key store."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import msgspec

from kdgui.domain.accounts import CHINESE_LCID, DataCentreKey, SignInMode
from kdgui.store.atomic_files import copy_aside, read_file, set_aside, write_atomically

BUILT_IN = "practice"
"""Name of the profile of the practice account that the program starts itself."""


class DataCentreLabel(StrEnum):
    """What a data centre is for, as the clerk labelled it."""

    PRODUCTION = "production"
    TEST = "test"
    PRACTICE = "practice"


class DataCentreColour(StrEnum):
    """In which colour a data centre that is not production is shown; production is always red."""

    GREEN = "green"
    BLUE = "blue"
    GREY = "grey"


@dataclass(frozen=True, slots=True)
class Profile:
    """One way to sign in; no secret in it.

    Attributes:
        name: what the clerk calls it, "" for none.
        server: base address as text.
        label: None as long as nobody said what the data centre is for: counts as production.
        read_only: only questions are asked with it (只查询); nothing is ever written.
        colour: how it is told from others of its kind; production is red whatever this says.
        remember: the secret was to be kept in the system's key store.
        ca_file: path of a further certificate authority for this server, or "".
    """

    server: str
    data_centre_id: str
    user: str
    mode: SignInMode = SignInMode.PASSWORD
    name: str = ""
    data_centre_name: str = ""
    app_id: str = ""
    organisation: str = ""
    lcid: int = CHINESE_LCID
    label: DataCentreLabel | None = None
    remember: bool = False
    ca_file: str = ""
    colour: DataCentreColour = DataCentreColour.GREEN
    read_only: bool = False

    @property
    def account(self) -> str:
        """What tells this profile from others; the name of its secret in the key store."""
        return f"{self.server.casefold()}|{self.data_centre_id.casefold()}|{self.user}|{self.mode.value}"

    @property
    def place(self) -> str:
        """What tells its data centre from others; the same for every port of this PC."""
        return DataCentreKey.of(self).any_port.key

    @property
    def production(self) -> bool:
        """Whether to be careful: labelled as production, or not labelled."""
        return self.label in (None, DataCentreLabel.PRODUCTION)


def label_of(profiles: Iterable[Profile], server: str, data_centre_id: str) -> DataCentreLabel | None:
    """What a data centre is for, as the profile used last says; None (counts as production) for unknown.

    The id alone would not do: a test server restored from a backup has the ids of the real books. Only on
    this very PC the port does not matter: the practice account has another one at every start.
    """
    wanted = DataCentreKey(server.casefold(), data_centre_id.casefold()).any_port.key
    same = (profile for profile in profiles if profile.place == wanted)
    return next((profile.label for profile in same if profile.label), None)


def _same(one: Profile, other: Profile) -> bool:
    """Whether one takes the place of the other: by account, or a named one on this PC that moved its port."""
    moved = one.name != "" and (one.name, one.user, one.mode) == (other.name, other.user, other.mode)
    return one.account == other.account or (moved and one.place == other.place)


def relabelled(profiles: Iterable[Profile], like: Profile) -> tuple[Profile, ...]:
    """These profiles; those of the data centre of `like` have its label and colour."""
    return tuple(
        replace(profile, label=like.label, colour=like.colour) if profile.place == like.place else profile
        for profile in profiles
    )


class _File(msgspec.Struct):
    profiles: list[msgspec.Raw] = []


class ProfileBook:
    """The profiles, the last used one first, in a JSON file.

    Every method reads or writes the file (blocks for the disk): what it answers is never an old copy.
    Raises KdguiError: not_readable, not_saved.
    """

    def __init__(self, path: Path, labelled: Callable[[Profile], Profile] = lambda profile: profile) -> None:
        """Takes `labelled`, which puts the labels of the machine's policy on what was loaded."""
        self._path = path
        self._labelled = labelled
        self._set_aside: Path | None = None

    @property
    def set_aside(self) -> Path | None:
        """Where a damaged file was put by the last `load` that met one, or None. Tell the clerk."""
        return self._set_aside

    def load(self) -> tuple[Profile, ...]:
        """All profiles, the last used first; () where there are none. A damaged file is set aside."""
        content = read_file(self._path)
        if content is None:
            return ()
        try:
            entries = msgspec.json.decode(content, type=_File).profiles
        except (msgspec.DecodeError, UnicodeDecodeError):
            self._set_aside = set_aside(self._path)
            return ()
        profiles = tuple(profile for entry in entries if (profile := _read(entry)))
        if len(profiles) < len(entries):
            self._set_aside = copy_aside(self._path)
            self._write(profiles)
        return tuple(map(self._labelled, profiles))

    def save(self, profile: Profile) -> None:
        """Keep this profile as the last used one; it takes the place of one with the same account."""
        self._write((profile, *self._others(profile)))

    def change(self, before: Profile, profile: Profile) -> None:
        """Change a profile that is here, in its place; its data centre is labelled so in every profile."""
        changed = (profile if other.account == before.account else other for other in self.load())
        self._write(relabelled(changed, profile))

    def remove(self, profile: Profile) -> None:
        """Forget this profile; nothing happens where it is not there. The secret stays in the key store."""
        self._write(self._others(profile))

    def last_used(self) -> Profile | None:
        """The profile saved last, or None."""
        return next(iter(self.load()), None)

    def _others(self, profile: Profile) -> tuple[Profile, ...]:
        return tuple(other for other in self.load() if not _same(other, profile))

    def _write(self, profiles: tuple[Profile, ...]) -> None:
        content = msgspec.json.encode({"version": 1, "profiles": profiles})
        write_atomically(self._path, msgspec.json.format(content, indent=1) + b"\n")


def _read(entry: msgspec.Raw) -> Profile | None:
    try:
        return msgspec.json.decode(entry, type=Profile)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
