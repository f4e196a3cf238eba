"""`kdgui self-check`: whether everything is there that the program needs on this machine; asks no server."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

import kdgui
from kdgui.bootstrap import open_journal
from kdgui.display import display_trouble
from kdgui.domain.errors import KdguiError
from kdgui.k3cloud.http.tls import tls_context
from kdgui.printing import Exit
from kdgui.store.exports.diagnostics import write_diagnostics
from kdgui.store.logs import mask
from kdgui.store.messages.words import Words
from kdgui.store.network_drives import on_network
from kdgui.store.paths import Paths, resources_dir
from kdgui.store.policy import load_policy, policy_path
from kdgui.store.secrets import Secrets
from kdgui.store.settings import SettingsFile

_QT_SECONDS = 60.0
_EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)
"""A clock before the program was written is wrong."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        code: key of `self_check.<code>` in the words.
        state: "ok", "warn" (works with a limit) or "bad".
        detail: version, path or the system's own words; no secret.
        trouble: why it is not "ok", where that has a sentence.
    """

    code: str
    state: str
    detail: str = ""
    trouble: KdguiError | None = None


def self_check(arguments: argparse.Namespace, places: Paths, words: Words) -> int:
    """Look at everything and print a line each; 0 where nothing is bad, else 1."""
    findings = tuple(look_at(places))
    for finding in findings:
        what = words.text(f"self_check.{finding.code}")
        why = words.error(finding.trouble).what if finding.trouble else ""
        detail = mask(" ".join(filter(None, (why, finding.detail))))
        if arguments.json:
            facts = {"code": finding.code, "state": finding.state, "what": what, "detail": detail}
            print(json.dumps(facts, ensure_ascii=False), flush=True)
        else:
            print(f"[{words.text(f'self_check_state.{finding.state}')}] {what}: {detail}")
    if arguments.diagnostics:
        about = f"kdgui {kdgui.__version__}, Python {platform.python_version()}, {platform.platform()}"
        write_diagnostics(Path(arguments.diagnostics), places, about)
    return Exit.NOT_ALL if any(finding.state == "bad" for finding in findings) else Exit.ALL_PUSHED


def look_at(places: Paths) -> Iterator[Finding]:
    """All findings, one after the other; a check that fails is a finding too."""
    yield Finding("version", "ok", f"kdgui {kdgui.__version__}, Python {platform.python_version()}")
    yield Finding("platform", "ok", f"{platform.platform()}, {platform.machine()}")
    yield from look_at_qt()
    checks: tuple[tuple[str, Callable[[Paths], Finding]], ...] = (
        ("resources", _resources),
        ("key_store", _key_store),
        ("certificates", _certificates),
        ("proxy", _proxy),
        ("policy", _policy),
        ("data_folder", _data_folder),
        ("journal", _journal),
        ("clock", _clock),
    )
    for code, check in checks:
        try:
            yield check(places)
        except (KdguiError, OSError) as error:
            known = error if isinstance(error, KdguiError) else None
            yield Finding(code, "bad", known.detail if known else str(error), known)


def look_at_qt() -> Iterator[Finding]:
    """Qt, the display and the fonts, looked at in a process of their own: Qt may abort."""
    trouble = display_trouble(os.environ)
    if trouble is not None and trouble.code == "libraries_missing":
        yield Finding("qt", "bad", trouble.detail, trouble)
        return
    shown = "" if trouble else os.environ.get("DISPLAY", "")
    yield Finding("display", "warn" if trouble else "ok", shown, trouble)
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_report_qt, args=(theirs, trouble is not None))
    child.start()
    theirs.close()
    try:
        found = ours.recv() if ours.poll(_QT_SECONDS) else None
    except EOFError:
        found = None
    child.join(5)
    if child.is_alive():
        child.kill()
        child.join()
    ours.close()
    if found is None:
        yield Finding("qt", "bad", f"exit code {child.exitcode}")
        return
    version, shown_by, chinese = found
    yield Finding("qt", "ok", f"Qt {version}, {shown_by}")
    yield Finding("fonts", "ok" if chinese else "bad", ", ".join(chinese[:3]))


def _report_qt(answer: Connection, offscreen: bool) -> None:
    """Runs in the child: start Qt, name the fonts that can write Chinese."""
    if offscreen:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtCore import qVersion
    from PySide6.QtGui import QFontDatabase
    from PySide6.QtWidgets import QApplication

    application = QApplication(["kdgui"])
    chinese = QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese)
    answer.send((qVersion(), application.platformName(), list(chinese)))
    answer.close()


def _resources(_places: Paths) -> Finding:
    missing = [name for name in ("catalogue.json", "words.zh.json") if not (resources_dir() / name).is_file()]
    return Finding("resources", "bad" if missing else "ok", ", ".join(missing) or str(resources_dir()))


def _key_store(_places: Paths) -> Finding:
    usable = Secrets().usable()
    return Finding("key_store", "ok" if usable else "warn")


def _certificates(_places: Paths) -> Finding:
    ca_file = load_policy().network.ca_file
    tls_context(ca_file)
    return Finding("certificates", "ok", ca_file)


def _proxy(places: Paths) -> Finding:
    from urllib.request import getproxies

    settings = load_policy().settings(SettingsFile(places.settings).load())
    if settings.proxy is not None:
        return Finding("proxy", "ok", settings.proxy)
    found = getproxies()
    return Finding("proxy", "ok", ", ".join(f"{name}: {found[name]}" for name in sorted(found)))


def _policy(_places: Paths) -> Finding:
    load_policy()
    path = policy_path()
    return Finding("policy", "ok", str(path) if path.exists() else "")


def _data_folder(places: Paths) -> Finding:
    """Writing is tried in the folder, or where it would be made; nothing is left there."""
    folder = places.home
    there = next(parent for parent in (folder, *folder.parents) if parent.is_dir())
    with tempfile.NamedTemporaryFile(dir=there, prefix=".kdgui-"):
        pass
    return Finding("data_folder", "bad" if on_network(there) else "ok", str(folder))


def _journal(places: Paths) -> Finding:
    if not places.journal.exists():
        return Finding("journal", "ok")
    with open_journal(places, repair=False) as journal:
        runs = len(journal.runs(limit=1000))
    return Finding("journal", "ok", f"{places.journal}: {runs}")


def _clock(places: Paths) -> Finding:
    """Not before the program was written, nor before the newest file of ours."""
    now = datetime.now(UTC)
    newest = max((_changed(path) for path in (places.journal, places.settings)), default=_EARLIEST)
    wrong = now < _EARLIEST or (newest - now).total_seconds() > 60
    return Finding("clock", "bad" if wrong else "ok", now.astimezone().isoformat(timespec="seconds"))


def _changed(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC) if path.exists() else _EARLIEST


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to write beside the findings."""
    parser.add_argument(
        "--diagnostics", metavar="FILE", help="write versions, settings and logs to a ZIP, secrets masked"
    )
