"""The readiness report as a file: what a person reads, and below it every question and answer, for IT."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from kdgui.domain.readiness import Readiness, ReadyLine
from kdgui.store.atomic_files import write_atomically
from kdgui.store.messages.words import Words


def line_facts(line: ReadyLine, words: Words) -> dict[str, str]:
    """One line in words: code, light, what, do, who, detail."""
    told = words.ready(line)
    return {
        "code": line.code,
        "light": line.light.value,
        "what": told.what,
        "do": told.do,
        "who": told.who,
        "detail": line.detail,
    }


def write_ready_file(path: Path, readiness: Readiness, about: Mapping[str, str], words: Words) -> None:
    """Write the report as JSON: `readable` (about, lines) and `raw` (asked, answered; secrets masked).

    `about` says what it is about: server, data centre, rule … Blocks for the disk. It replaces the file.

    Raises:
        KdguiError: not_saved.
    """
    report = {
        "readable": {
            "about": {**about, "written_at": datetime.now(UTC).isoformat(timespec="seconds")},
            "lines": [line_facts(line, words) for line in readiness.lines],
        },
        "raw": [{"asked": asked, "answered": answered} for asked, answered in readiness.raw],
    }
    content = msgspec.json.format(msgspec.json.encode(report), indent=2)
    write_atomically(path, content + b"\n", private=False)
