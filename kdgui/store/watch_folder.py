"""A watched folder: finished files are claimed by a rename, and what became of each is kept beside it.

FOLDER/x.xlsx → FOLDER/working/CLAIM/in/x.xlsx, with CLAIM/state.json beside it → FOLDER/done or FOLDER/to-do.
Every step can be cut off at any point and is taken up again from what the disk holds.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from kdgui.domain.errors import BadInput, JournalTrouble, KdguiError
from kdgui.store.atomic_files import read_file, write_atomically
from kdgui.store.instance_lock import InstanceLock

WORKING, DONE, TO_DO = "working", "done", "to-do"
_STATE, _IN, _OUT = "state.json", "in", "out"
KINDS = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".csv", ".tsv", ".txt"})
_UNFINISHED = ("~$", ".~", "~", ".", "_~")
"""How names begin of files that Office, a browser or a copy under way leaves for a while."""


class ClaimState(msgspec.Struct, frozen=True):
    """What is known of a claimed file.

    Attributes:
        runs: ids of the runs that push it, the first one first; written before the first bill is sent.
        folder: DONE or TO_DO once it is decided, else "".
        moves: what is moved where then: paths inside the claim and inside the watched folder.
    """

    file: str
    plan: str
    claimed_at: str
    runs: tuple[str, ...] = ()
    folder: str = ""
    moves: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """One claimed file: its folder in WORKING, and its state."""

    folder: Path
    state: ClaimState

    @property
    def file(self) -> Path:
        """Where the file is now."""
        return self.folder / _IN / self.state.file

    def out(self, name: str) -> Path:
        """Where something to be put beside the file is written first."""
        return self.folder / _OUT / name


class WatchFolder:
    """One folder. Used from one thread; methods block for the disk and raise KdguiError("not_saved")."""

    def __init__(self, folder: Path) -> None:
        """Raises BadInput: watch_folder_missing."""
        if not folder.is_dir():
            raise BadInput("watch_folder_missing", path=folder)
        self._folder = folder
        self._seen: dict[Path, tuple[int, int]] = {}

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else may work on this folder meanwhile. Raises BadInput: watch_in_use."""
        lock = InstanceLock(self._folder / WORKING / ".lock")
        try:
            lock.acquire()
        except JournalTrouble as trouble:
            code = "watch_in_use" if trouble.code == "journal_in_use" else "watch_folder_unwritable"
            raise BadInput(code, trouble.detail, path=self._folder) from None
        try:
            yield
        finally:
            lock.release()

    def finished(self) -> tuple[Path, ...]:
        """Files that have not changed since the last call: whoever writes them is done. Oldest first."""
        now: dict[Path, tuple[int, int]] = {}
        for entry in os.scandir(self._folder):
            path = Path(entry.path)
            if entry.is_file() and is_wanted(path) and not _is_open_in_office(path):
                stat = entry.stat()
                now[path] = (stat.st_size, stat.st_mtime_ns)
        settled = [path for path, mark in now.items() if mark[0] and self._seen.get(path) == mark]
        self._seen = now
        return tuple(sorted(settled, key=lambda path: (now[path][1], path.name)))

    def claim(self, path: Path, plan: str) -> Claim | None:
        """Take a file out of the folder; None where it is gone, or still held open by somebody."""
        stamp = datetime.now().astimezone()
        folder = self._folder / WORKING / f"{stamp:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
        with _told(folder):
            (folder / _IN).mkdir(parents=True)
        try:
            path.rename(folder / _IN / path.name)
        except OSError:  # gone, or locked by the program that has it open
            shutil.rmtree(folder, ignore_errors=True)
            return None
        self._seen.pop(path, None)
        return self._begin(folder, path.name, plan)

    def claims(self, plan: str) -> tuple[Claim, ...]:
        """What was claimed and not brought to its end, oldest first."""
        working = self._folder / WORKING
        folders = sorted(path for path in working.iterdir() if path.is_dir()) if working.is_dir() else []
        return tuple(claim for folder in folders if (claim := self._reopen(folder, plan)) is not None)

    def keep(self, claim: Claim, **changes: object) -> Claim:
        """Write the state anew, as a whole."""
        changed = Claim(claim.folder, msgspec.structs.replace(claim.state, **changes))
        write_atomically(claim.folder / _STATE, msgspec.json.encode(changed.state), private=False)
        return changed

    def reread(self, claim: Claim) -> Claim:
        """The claim as the disk holds it."""
        return self._reopen(claim.folder, claim.state.plan) or claim

    def decide(self, claim: Claim, folder: str, beside: tuple[str, ...]) -> Claim:
        """Decide where the file goes, with what was written by `Claim.out` beside it. Names are free ones."""
        target = self._folder / folder
        stem, suffix = Path(claim.state.file).stem, Path(claim.state.file).suffix
        for number in range(1, 100_000):
            more = f" ({number})" if number > 1 else ""
            names = [f"{stem}{more}{suffix}", *(f"{stem}{more}-{name}" for name in beside)]
            if not any((target / name).exists() for name in names):
                break
        sources = [f"{_IN}/{claim.state.file}", *(f"{_OUT}/{name}" for name in beside)]
        moves = tuple((source, f"{folder}/{name}") for source, name in zip(sources, names, strict=True))
        return self.keep(claim, folder=folder, moves=moves)

    def bring_home(self, claim: Claim) -> Path:
        """Move everything where it was decided to go, and forget the claim; where the file is now."""
        home = self._folder / claim.state.folder / claim.state.file
        for place, (source, target) in enumerate(claim.state.moves):
            here, there = claim.folder / source, self._folder / target
            with _told(there):
                there.parent.mkdir(exist_ok=True)
                if here.exists():
                    here.replace(there)
            home = there if place == 0 else home
        with _told(claim.folder):
            (claim.folder / _STATE).unlink(missing_ok=True)
            shutil.rmtree(claim.folder)
        return home

    # -- inside ------------------------------------------------------------------------------------

    def _begin(self, folder: Path, name: str, plan: str) -> Claim:
        now = datetime.now().astimezone().isoformat(timespec="seconds")
        return self.keep(Claim(folder, ClaimState(name, plan, now)))

    def _reopen(self, folder: Path, plan: str) -> Claim | None:
        content = read_file(folder / _STATE)
        if content is not None:
            try:
                return Claim(folder, msgspec.json.decode(content, type=ClaimState))
            except msgspec.DecodeError:  # never half written; somebody has had a hand in it
                raise BadInput("watch_state_damaged", path=folder) from None
        inside = sorted((folder / _IN).iterdir()) if (folder / _IN).is_dir() else []
        if not inside:  # cut off before the rename, or after everything was moved
            shutil.rmtree(folder, ignore_errors=True)
            return None
        return self._begin(folder, inside[0].name, plan)


def is_wanted(path: Path) -> bool:
    """Whether a file is a list: of a kind that can be read, and no temporary or lock file."""
    return path.suffix.casefold() in KINDS and not path.name.startswith(_UNFINISHED)


def with_runs(claim: Claim, run_id: str) -> tuple[str, ...]:
    """The runs of a claim with a further one."""
    return tuple(dict.fromkeys((*claim.state.runs, run_id)))


def _is_open_in_office(path: Path) -> bool:
    """Whether an office program has it open: its lock file lies beside it."""
    names = (f"~${path.name}", f"~${path.name[2:]}", f".~lock.{path.name}#")
    return any((path.parent / name).exists() for name in names)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise KdguiError("not_saved", detail=str(error), path=path) from error
