"""The reads of a check: what the server holds of many rows, over several connections side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass

from kdgui.domain.bill_numbers import identity
from kdgui.domain.errors import KdguiError, QueryRefused
from kdgui.domain.verdicts import Row
from kdgui.pushing.flow.run_control import RunControl
from kdgui.pushing.inspect.source_bills import SourceReader, SourceRecord, numeric_columns
from kdgui.pushing.lookup.lookup_result import LookupResult
from kdgui.pushing.run.guard import Candidate, Refused, askable_rows, candidate_of
from kdgui.pushing.run.run_parts import RunParts
from kdgui.pushing.schema.query_text import CHUNK


@dataclass(frozen=True, slots=True)
class ChunkRead:
    """What was read about the rows of one chunk: sources by FID, and what they became."""

    found: Mapping[str, SourceRecord]
    candidates: Sequence[Candidate]
    refused: Sequence[Refused]
    wanted: Mapping[str, str]
    sight: LookupResult


class CheckReader:
    """Reads for a check over one connection. Used from one thread at a time; two questions for 150 numbers.

    Raises QueryRefused, ConnectionTrouble, SessionLost, SignInRefused, AnswerUnreadable.
    """

    def __init__(self, parts: RunParts, sources: SourceReader) -> None:
        self._connection = parts.connection
        self.guard = parts.guard
        self.lookup = parts.lookup
        self.claims = parts.claims
        self.sources = sources

    def open(self) -> None:
        """Find out how to ask; most of it is remembered."""
        self.guard.open()
        self.lookup.open()

    def rest(self) -> None:
        """Close the idle connection: it would keep a server busy that takes one at a time."""
        self._connection.session.close()

    def read(self, rows: Sequence[Row]) -> ChunkRead:
        """All that a check wants to know of these rows."""
        found = self._at_once(rows)
        known = None if found is None else _known(found)
        candidates, refused = self.guard.find(rows, known)
        if found is None:
            absent = {
                item.row.position for item in refused if item.reason.code in ("not_found", "damaged_number")
            }
            found = self._further([row.number for row in rows if row.position not in absent])
        wanted = {item.bill.id: item.bill.number for item in candidates}
        wanted |= {item.bill_id: item.row.number for item in refused if item.bill_id}
        return ChunkRead(found, candidates, refused, wanted, self.lookup.ask(wanted))

    def _at_once(self, rows: Sequence[Row]) -> dict[str, SourceRecord] | None:
        """What the guard and the check want to know of these bills, in one question; None where it takes two.

        Two it takes where they look at different entries of lines, whose columns together would multiply the
        rows, and where the server does not answer all of it: the guard asks for less and finds out what went.
        """
        wanted, lines = self.guard.columns, self.sources.columns
        if lines is None or not numeric_columns(lines) or lines.line_key != wanted.line_key:
            return None
        numbers = [row.number for row in askable_rows(rows)[0]]
        try:
            return self.sources.by_numbers(numbers, wanted.checks)
        except QueryRefused:
            return None

    def _further(self, numbers: Sequence[str]) -> dict[str, SourceRecord]:
        """The bills; {} where the server does not tell more about them than the guard has asked."""
        try:
            return self.sources.by_numbers(numbers)
        except QueryRefused:
            return {}


def read_side_by_side(
    rows: Sequence[Row], first: CheckReader, beside: Sequence[CheckReader], control: RunControl
) -> Iterator[ChunkRead]:
    """Read all rows, the chunks in order; ends early on `control.stop()`, with what was read by then.

    `first` is open already and is used on this thread; those `beside` it only ever save time: what one of
    them could not read, `first` reads. Raises what a read raises.
    """
    chunks = [rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK)]
    readers = beside[: max(0, len(chunks) - 1)]
    step = len(readers) + 1
    early: dict[int, ChunkRead] = {}
    with ThreadPoolExecutor(max(1, len(readers)), "kdgui-check") as pool:
        for offset, reader in enumerate(readers, start=1):
            pool.submit(_read_each, reader, chunks, range(offset, len(chunks), step), early, control)
        for place in range(0, len(chunks), step):
            if control.stopped:
                break
            early[place] = first.read(chunks[place])
    for place, chunk in enumerate(chunks):
        if place in early:
            yield early[place]
        elif not control.stopped:
            yield first.read(chunk)


def _read_each(
    reader: CheckReader,
    chunks: Sequence[Sequence[Row]],
    places: range,
    into: dict[int, ChunkRead],
    control: RunControl,
) -> None:
    """Read these chunks; one that cannot be read ends it: not every server lets itself be asked so."""
    with suppress(KdguiError):
        reader.open()
        for place in places:
            if control.stopped:
                return
            into[place] = reader.read(chunks[place])
            reader.rest()
    reader.rest()


def _known(found: Mapping[str, SourceRecord]) -> dict[str, list[Candidate]]:
    """The bills as the guard judges them, by the identity of their numbers."""
    known: defaultdict[str, list[Candidate]] = defaultdict(list)
    for bill_id, source in found.items():
        number, entries = source.bill.number, (entry_id for entry_id, _ in source.lines)
        known[identity(number)].append(candidate_of(bill_id, number, dict(source.more), entries))
    return known
