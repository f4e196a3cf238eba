"""Plans: what is done every day under one name, one TOML file each in the data folder, without secrets."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec

from kdgui.domain.errors import BadInput, KdguiError
from kdgui.domain.find_conditions import FindConditions
from kdgui.domain.orders import PushOptions, RunOrder
from kdgui.store.atomic_files import read_file, write_atomically

SUFFIX = ".toml"
LONGEST_NAME = 60
_VERSION = 1
_MOST_BYTES = 1_000_000


class Origin(StrEnum):
    """Where the bills of a plan come from."""

    PASTED = "pasted"
    FILE = "file"
    FIND = "find"


@dataclass(frozen=True, slots=True)
class PlanAccount:
    """Whose books: as a saved connection has them, or as they are named on the command line. No secret."""

    server: str = ""
    data_centre: str = ""
    data_centre_name: str = ""
    user: str = ""
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class PlanSource:
    """Where the bills come from.

    Attributes:
        file, sheet, column: of a file; sheet and column by name, "" where there is only one.
        find: the conditions of a search.
    """

    origin: Origin = Origin.PASTED
    file: str = ""
    sheet: str = ""
    column: str = ""
    find: FindConditions = field(default_factory=FindConditions)


@dataclass(frozen=True, slots=True)
class Plan:
    """One plan.

    Attributes:
        form: source form id; the rule is among the options.
        merged, block, split, parallel, again, then: as in RunOrder.
        fill: column of a table and the field of the target form that it fills.
    """

    name: str
    form: str
    account: PlanAccount = field(default_factory=PlanAccount)
    options: PushOptions = field(default_factory=PushOptions)
    merged: bool = False
    block: int = 1000
    split: bool = True
    parallel: int = 1
    again: bool = False
    then: str = ""
    source: PlanSource = field(default_factory=PlanSource)
    fill: dict[str, str] = field(default_factory=dict)

    def order(self, numbers: Sequence[str] = (), chosen: Sequence[tuple[int, str]] = ()) -> RunOrder:
        """A run as the plan says, for these bills; `chosen` their FIDs by position."""
        return RunOrder(
            self.form,
            self.options,
            tuple(numbers),
            again=self.again,
            merged=self.merged,
            block=self.block,
            split=self.split,
            parallel=self.parallel,
            then=self.then,
            chosen=tuple(chosen),
        )


class PlanBook:
    """The plans in one folder. Every method blocks for the disk and raises KdguiError where it fails.

    Attributes:
        damaged: files that the last `load` could not read; they are left as they are.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.damaged: tuple[Path, ...] = ()

    def load(self) -> tuple[Plan, ...]:
        """All plans, by name."""
        return tuple(sorted(self._files().values(), key=lambda plan: plan.name.casefold()))

    def get(self, name: str) -> Plan:
        """The plan of this name, letter case apart. Raises BadInput: plan_unknown."""
        plans = self.load()
        found = next((plan for plan in plans if _same(plan.name, name)), None)
        if found is None:
            raise BadInput("plan_unknown", name=name, names=", ".join(plan.name for plan in plans) or "-")
        return found

    def save(self, plan: Plan, *, new: bool = False) -> None:
        """Keep a plan in the place of the one of its name; `new` refuses to replace one.

        Raises BadInput: plan_name_unusable, plan_name_taken.
        """
        plan = replace(plan, name=checked_name(plan.name))
        files = self._files()
        path = next((path for path, known in files.items() if _same(known.name, plan.name)), None)
        if path is not None and new:
            raise BadInput("plan_name_taken", name=plan.name)
        write_atomically(path or self._folder / file_name(plan.name), encode_plan(plan))

    def rename(self, name: str, to: str) -> Plan:
        """Give a plan another name; the plan as it is now. Raises BadInput, see `save`."""
        plan = self.get(name)
        renamed = replace(plan, name=checked_name(to))
        if not _same(name, to):
            self.save(renamed, new=True)
            self.delete(name)
        else:
            self.save(renamed)
        return renamed

    def delete(self, name: str) -> None:
        """Take a plan away. Raises BadInput: plan_unknown."""
        wanted = self.get(name)
        path = next(path for path, plan in self._files().items() if plan == wanted)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise KdguiError("not_saved", detail=str(error), path=path) from error

    def _files(self) -> dict[Path, Plan]:
        found: dict[Path, Plan] = {}
        damaged = []
        paths = sorted(self._folder.glob(f"*{SUFFIX}")) if self._folder.is_dir() else []
        for path in paths:
            try:
                found[path] = read_plan(path)
            except BadInput:
                damaged.append(path)
        self.damaged = tuple(damaged)
        return found


def read_plan(path: Path) -> Plan:
    """A plan out of a file, of this data folder or of a colleague.

    Raises BadInput: file_missing, plan_unreadable (no plan, or of a newer program).
    """
    content = read_file(path)
    if content is None:
        raise BadInput("file_missing", path=path)
    if len(content) > _MOST_BYTES:
        raise BadInput("plan_unreadable", path=path)
    try:
        return decode_plan(content)
    except (ValueError, TypeError) as error:  # not UTF-8, not TOML, or another shape
        raise BadInput("plan_unreadable", str(error)[:200], path=path) from None


def decode_plan(content: bytes) -> Plan:
    """A plan out of TOML. Raises ValueError."""
    raw = msgspec.toml.decode(content, type=dict[str, Any])
    if raw.pop("version", None) != _VERSION:
        raise ValueError("version")
    plan = msgspec.convert(raw, type=Plan)
    if not plan.name.strip() or plan.then not in ("", "submit", "audit") or not plan.form.strip():
        raise ValueError("name, form or then")
    if not (1 <= plan.parallel <= 3 and 1 <= plan.block <= 10_000):
        raise ValueError("parallel or block")
    return plan


def encode_plan(plan: Plan) -> bytes:
    """A plan as TOML; what says nothing is left out, so that people can read it."""
    raw = msgspec.to_builtins(plan)
    return msgspec.toml.encode({"version": _VERSION, **_said(raw, msgspec.to_builtins(Plan("", "")))})


def checked_name(name: str) -> str:
    """The name without blanks at its ends. Raises BadInput: plan_name_unusable."""
    plain = name.strip()
    control = any(unicodedata.category(char).startswith(("Cc", "Cs", "Zl", "Zp")) for char in plain)
    if not plain or control or len(plain) > LONGEST_NAME:
        raise BadInput("plan_name_unusable", name=plain[:LONGEST_NAME], most=LONGEST_NAME)
    return plain


def file_name(name: str) -> str:
    """A file name that every system takes and no other plan has: the plan's name and a piece of its hash."""
    plain = re.sub(r'[<>:"/\\|?*\s.]+', "_", name).strip("_") or "plan"
    digest = hashlib.sha256(name.casefold().encode()).hexdigest()[:8]
    return f"{plain}-{digest}{SUFFIX}"


def _said(raw: Mapping[str, Any], usual: Mapping[str, Any]) -> dict[str, Any]:
    """What differs from the usual, tables last (a TOML file cannot go back to its head)."""
    plain = {k: v for k, v in raw.items() if not isinstance(v, dict) and v != usual.get(k)}
    tables = {k: _said(v, usual.get(k) or {}) for k, v in raw.items() if isinstance(v, dict)}
    return plain | {k: v for k, v in tables.items() if v}


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()
