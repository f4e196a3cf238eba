"""What an administrator needs to know about one row, as plain text: facts, words, requests and answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from kdgui.domain.verdicts import Reason, Row, RunInfo
from kdgui.store.journal.journal import Journal
from kdgui.store.journal.records import OpenRequest, RunHeader

if TYPE_CHECKING:
    from kdgui.store.messages.words import Words

_TIME = "%Y-%m-%d %H:%M:%S %z"
_RULE = "-" * 40


@dataclass(frozen=True, slots=True)
class RowRecords:
    """What the journal holds about one row besides the row itself; None and () where it holds nothing."""

    info: RunInfo | None = None
    header: RunHeader | None = None
    requests: tuple[OpenRequest, ...] = ()


def fetch_row_records(journal: Journal, row: Row) -> RowRecords:
    """Look them up. Blocks for the disk. Raises JournalTrouble."""
    info = journal.run(row.run_id)
    if info is None:
        return RowRecords()
    return RowRecords(info, journal.header(row.run_id), journal.requests_of(row.run_id, row.position))


def it_report(row: Row, papers: RowRecords, words: Words) -> str:
    """The text. Secrets were masked before they came to the journal; nothing is read or sent here."""
    lines = [words.text("it.title"), ""]
    lines += _named(_facts(row, papers, words), words)
    for reason in (*row.reasons, *row.notes):
        lines += ["", *_named(_explained(reason, words), words)]
    lines.append("")
    if papers.info is not None and not papers.requests:
        lines.append(words.text("it.never_sent"))
    for count, request in enumerate(papers.requests, start=1):
        lines += [_RULE, words.text("it.request", n=count)]
        lines += _named(_request(request), words)
        raw = request.ending.raw if request.ending else ""
        lines += [words.text("it.answer"), raw] if raw else [words.text("it.no_answer")]
    return "\n".join(lines).rstrip() + "\n"


def _named(facts: Iterator[tuple[str, object]], words: Words) -> list[str]:
    between = "：" if words.language == "zh" else ": "
    return [f"{words.text(key)}{between}{value}" for key, value in facts if value not in ("", None)]


def _facts(row: Row, papers: RowRecords, words: Words) -> Iterator[tuple[str, object]]:
    info, header = papers.info, papers.header
    yield "column.number", row.number
    yield "it.bill_id", row.bill_id
    yield "it.verdict", words.verdict(row)
    for target in row.targets:
        state = words.text(f"status.{target.status}") if target.status else ""
        yield (
            "column.target_number",
            " ".join((target.form_id, target.number, f"#{target.id}", state)).strip(),
        )
    yield "column.asked_at", _moment(row.asked_at)
    if info is not None:
        yield "about.form", info.form_id
        yield "about.rule", info.rule_id
        yield "about.target", info.target_form
        yield "about.data_centre", _line(info.data_centre_name, info.data_centre_id)
        yield "about.server", info.server
        yield "about.organisation", info.organisation
        yield "about.user", info.user
        yield "about.started", _moment(info.started_at)
    yield "about.run", f"{row.run_id} #{row.position + 1}"
    if header is not None:
        yield "it.pc", header.pc
        yield "it.program", header.program
    yield "it.copied_at", _moment(datetime.now().astimezone())


def _explained(reason: Reason, words: Words) -> Iterator[tuple[str, object]]:
    told = words.explain(reason)
    yield "it.what", f"{told.what} [{reason.code}]"
    yield "it.why", told.why
    yield "it.do", f"{told.do} [{told.who}]" if told.who else told.do
    yield "it.said", told.said
    yield "it.code", reason.msg_code
    yield "it.field", dict(reason.values).get("field")


def _request(request: OpenRequest) -> Iterator[tuple[str, object]]:
    ending = request.ending
    yield "it.sent_at", _moment(request.sent_at or request.intended_at)
    yield "it.sent", request.intent.body
    if ending is not None:
        status = "" if ending.status is None else f"HTTP {ending.status}"
        yield (
            "it.ending",
            " ".join(part for part in (ending.kind, status, ending.cause, ending.detail) if part),
        )
        yield "it.seconds", f"{ending.seconds:.1f}"


def _line(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _moment(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone().strftime(_TIME)
