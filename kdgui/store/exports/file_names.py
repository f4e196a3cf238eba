"""Names of exported files: where, what and when, in characters that every system takes."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from kdgui.domain.verdicts import RunInfo
from kdgui.store.catalogue import Catalogue
from kdgui.store.messages.words import Words

MOST_NAMES = 100
_LONGEST_PART = 40
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\ufeff\ud800-\udfff]')


def export_name(info: RunInfo, words: Words, catalogue: Catalogue | None) -> str:
    """Data centre, form and start of the run, without an ending: 下推结果 小河贸易 采购订单 20261123-2030."""
    form = catalogue.form(info.form_id) if catalogue else None
    return _name(
        words.text("file.results"),
        info.data_centre_name or info.data_centre_id,
        form.name(words.language) if form else info.form_id,
        info.started_at,
    )


def report_name(data_centre: str, words: Words, moment: datetime) -> str:
    """The same for an auditor's report, made at `moment`; `data_centre` "" where it is about several."""
    return _name(words.text("file.report"), data_centre, "", moment)


def free_names(path: Path) -> tuple[Path, ...]:
    """The path itself, then those to take where it cannot be written: "name (2).xlsx", "name (3).xlsx" …"""
    return path, *(path.with_name(f"{path.stem} ({number}){path.suffix}") for number in range(2, MOST_NAMES))


def _name(what: str, where: str, form: str, moment: datetime) -> str:
    time = moment.astimezone().strftime("%Y%m%d-%H%M")
    parts = [_part(part) for part in (what, where, form)]
    return " ".join(part for part in (*parts, time) if part)


def _part(text: str) -> str:
    """Without what a file name may not hold; Windows takes no dot or blank at the end either."""
    return " ".join(_FORBIDDEN.sub(" ", text).split())[:_LONGEST_PART].strip(" .")
