"""Diagnostics: one archive for whoever looks after the program; what it holds is said beforehand."""

from __future__ import annotations

import importlib.metadata
import io
import re
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from kdgui.store.atomic_files import write_atomically
from kdgui.store.logs import mask
from kdgui.store.paths import Paths
from kdgui.store.policy import policy_path

_MOST_BYTES = 2_000_000
"""Of each file, from its end: the newest is what matters."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the archive: its name there, and the file it is made from; None where it is made for it."""

    name: str
    source: Path | None = None


def parts_of(places: Paths) -> tuple[Part, ...]:
    """What the archive would hold now; the journal's bills, connections and passwords are never in it."""
    logs = sorted(places.log_dir.glob("*")) if places.log_dir.is_dir() else []
    files = [
        Part("settings.json", places.settings),
        Part("policy.toml", policy_path()),
        *(Part(f"logs/{log.name}", log) for log in logs if log.is_file()),
    ]
    there = (part for part in files if part.source is not None and part.source.is_file())
    return (Part("versions.txt"), Part("libraries.txt"), Part("runs.txt"), *there)


def write_diagnostics(path: Path, places: Paths, versions: str) -> None:
    """Write the archive; every text in it is masked once more. Raises KdguiError: not_saved."""
    written = {
        "versions.txt": versions,
        "libraries.txt": "\n".join(libraries()),
        "runs.txt": "\n".join(_runs(places.journal)),
    }
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in parts_of(places):
            text = written.get(part.name, "") if part.source is None else _text_of(part.source)
            archive.writestr(part.name, mask(text))
    write_atomically(path, memory.getvalue())


def libraries() -> Iterator[str]:
    """Name, version and licence of every library that the program is made with, as far as they say so."""
    try:
        wanted = importlib.metadata.requires("kdgui") or []
    except importlib.metadata.PackageNotFoundError:  # started from a checkout that is not installed
        wanted = []
    for name in sorted({_plain(line) for line in wanted if "extra" not in line}):
        with suppress(importlib.metadata.PackageNotFoundError):
            found = importlib.metadata.distribution(name)
            facts = found.metadata.json
            said = str(facts.get("license_expression") or facts.get("license") or "-")
            yield f"{found.name} {found.version}: {said.splitlines()[0]}"


def _plain(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9_.-]", requirement, maxsplit=1)[0]


def _text_of(path: Path) -> str:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _MOST_BYTES))
        return file.read().decode("utf-8", errors="replace")


def _runs(journal: Path) -> Iterator[str]:
    """A line a run: when, which form and rule, how many of each verdict. No numbers, users or servers."""
    if not journal.is_file():
        return
    try:
        with closing(sqlite3.connect(f"{journal.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            yield f"version {connection.execute('PRAGMA user_version').fetchone()[0]}"
            yield from (
                " ".join(map(str, line))
                for line in connection.execute(
                    "SELECT runs.run_id, form_id, rule_id, verdict, COUNT(*)"
                    " FROM runs JOIN rows USING (run_id)"
                    " GROUP BY runs.run_id, verdict ORDER BY runs.id DESC LIMIT 1000"
                )
            )
    except sqlite3.Error as error:
        yield str(error)
