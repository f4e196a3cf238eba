"""The journal: every run, request and verdict, written before anything else learns of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from sqlite3 import Connection

from kdgui.domain.endings import Ending
from kdgui.domain.errors import BadInput
from kdgui.domain.orders import RunOrder
from kdgui.domain.verdicts import Reason, Row, RunInfo, Verdict
from kdgui.store.journal import queries, search
from kdgui.store.journal.adoption import AdoptedRequest, write_adopted
from kdgui.store.journal.chains import ChainJournal
from kdgui.store.journal.changes import JournalChanges, changes, last_event
from kdgui.store.journal.claims import ClaimJournal
from kdgui.store.journal.file import JournalFile, open_file
from kdgui.store.journal.loss import Loss, forget_loss, note_loss, read_loss, was_begun
from kdgui.store.journal.records import Event, Intent, LastRequest, OpenRequest, RunHeader
from kdgui.store.journal.retention import drop_answers
from kdgui.store.journal.rows import (
    add_event,
    insert_rows,
    now,
    read_header,
    read_order,
    to_json,
    update_rows,
)
from kdgui.store.journal.search import NumberHits, RunChoices, RunFilter, RunPage
from kdgui.store.journal.workers import OnlyProgram, RunningProgram, RunWorkers

_DRAFT = "draft"
_SETTLED_BY_HAND = (Verdict.PUSHED, Verdict.DRAFTED, Verdict.FAILED)


class Journal:
    """The record that window, export, totals and history all read (design section 4).

    Usable from any thread. Every method is one transaction, blocks for the disk, and is durable on return;
    every trouble is a JournalTrouble, after which nothing of that call is in the file. No secrets in it.
    """

    def __init__(self, file: JournalFile, program: RunningProgram | None = None) -> None:
        self._file = file
        self.workers = RunWorkers(file, program or OnlyProgram())

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        repair: bool = True,
        upgrade: bool = True,
        program: RunningProgram | None = None,
        expected: bool = False,
    ) -> Journal:
        """Open or create the journal at `path`; a damaged one is set aside, see `set_aside`.

        Whoever is not alone says `repair=False`: another program may be writing to that file, and its
        verdicts must not go where nobody looks; and `upgrade=False`. `program` is this one among several.
        `expected`: something beside it says that there was a journal already; where it is missing or empty
        then, or was set aside, `loss` tells.

        Raises JournalTrouble: journal_newer (nothing touched), journal_corrupt (without `repair`),
        journal_in_use (an older file, without `upgrade`), journal_on_share, journal_not_writable,
        journal_full, journal_locked, journal_io.
        """
        known = expected or was_begun(path)
        file = open_file(path, repair=repair, upgrade=upgrade)
        try:
            note_loss(file, expected=known)
        except BaseException:
            file.close()
            raise
        return cls(file, program)

    @property
    def path(self) -> Path:
        """The file."""
        return self._file.path

    @property
    def set_aside(self) -> Path | None:
        """Where the damaged journal lies that was found at opening, or None.

        Tell the clerk (`told.journal_set_aside`): what could not be read of it is known no more.
        """
        return self._file.set_aside

    @property
    def rescued(self) -> int:
        """How many rows of bills could be carried over from the damaged journal."""
        return self._file.rescued

    @property
    def chains(self) -> ChainJournal:
        """What follows a push, in the same file: submit, audit, and what is undone."""
        return ChainJournal(self._file, self.workers)

    @property
    def claims(self) -> ClaimJournal:
        """Which bill is whose, among the programs of this data folder."""
        return ClaimJournal(self._file, self.workers)

    @property
    def loss(self) -> Loss | None:
        """The journal that was lost or set aside here, until somebody acknowledges it."""
        with self._file.reading() as connection:
            return read_loss(connection)

    def acknowledge(self) -> Loss | None:
        """Somebody knows of the loss and answers for pushing again; what was acknowledged."""
        with self._file.writing() as connection:
            return forget_loss(connection)

    def guard_by(self, guard: Callable[[], None]) -> None:
        """Call this before everything that is to be sent; it raises JournalTrouble where nothing may be."""
        self._file.guard_by(guard)

    def close(self) -> None:
        """Close the file; later calls raise JournalTrouble("journal_closed")."""
        self._file.close()

    # Runs

    def start_run(self, order: RunOrder, header: RunHeader) -> tuple[str, tuple[Row, ...]]:
        """Write a new run with a row for each of `order.numbers`, all `queued`; its id and rows.

        The id is the local time and a number, "20261123-201530-1": unique, and sorts by time.
        Raises JournalTrouble besides: journal_replaced, lock_lost.
        """
        with self._file.intending() as connection:
            run_id = _new_run_id(connection)
            connection.execute(
                "INSERT INTO runs (run_id, started_at, server, data_centre_id, form_id, rule_id, target_form,"
                " user, header, orders, instance) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    run_id,
                    now(),
                    header.server,
                    header.data_centre_id,
                    order.form_id,
                    order.options.rule_id,
                    order.options.target_form,
                    header.user,
                    to_json(header),
                    to_json(order),
                    self.workers.program.id,
                ),
            )
            self.workers.start(connection, run_id)
            rows = tuple(Row(run_id, position, number) for position, number in enumerate(order.numbers))
            insert_rows(connection, rows)
            add_event(connection, run_id, "started", {"rows": len(rows), "came_from": order.came_from})
        return run_id, rows

    def adopt(self, order: RunOrder, header: RunHeader, requests: Sequence[AdoptedRequest]) -> str:
        """Write a run, ended already, of bills that another PC left in flight; its id.

        Its rows are `unsettled` and its requests open, to be asked about like those of a crash.
        """
        with self._file.writing() as connection:
            run_id, rows = self.start_run(order, header)
            write_adopted(connection, header.data_centre_id, rows, requests)
            self.finish_run(run_id, "taken_over")
        return run_id

    def write_rows(self, rows: Sequence[Row], *, event: str = "") -> tuple[Row, ...]:
        """Store the new state of these rows, and a line each (`event`, or the verdict) in the audit trail.

        This and the other methods that store rows return them as they stand now: one that was settled by hand
        meanwhile is not overwritten by silence.
        """
        with self._file.writing() as connection:
            return update_rows(connection, rows, event)

    def finish_run(self, run_id: str, how: str) -> None:
        """Write down that the run ended, and how ("done", "stopped" …); a second call changes the ending."""
        with self._file.writing() as connection:
            connection.execute("UPDATE runs SET ended_at = ?, how = ? WHERE run_id = ?", (now(), how, run_id))
            add_event(connection, run_id, "finished", how)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make one transaction of everything that this thread writes inside: all of it, or nothing."""
        with self._file.writing():
            yield

    # Requests

    def intend(self, run_id: str, rows: Sequence[Row], intent: Intent) -> int:
        """Write down a request and its rows (already `sending`) before its first byte leaves; its id.

        Raises JournalTrouble besides: journal_replaced where the file at this path is another one by now or
        none, lock_lost where another instance could start beside this one.
        """
        with self._file.intending() as connection:
            request_id = connection.execute(
                "INSERT INTO requests (run_id, rule_id, intent, intended_at) VALUES (?, ?, ?, ?)"
                " RETURNING request_id",
                (run_id, intent.rule_id, to_json(intent), now()),
            ).fetchone()["request_id"]
            connection.executemany(
                "INSERT INTO request_rows (request_id, run_id, position) VALUES (?, ?, ?)",
                [(request_id, row.run_id, row.position) for row in rows],
            )
            update_rows(connection, rows, "")
        return int(request_id)

    def conclude(self, request_id: int, ending: Ending, rows: Sequence[Row]) -> tuple[Row, ...]:
        """Write down how the request ended, together with what that made of its rows."""
        with self._file.writing() as connection:
            connection.execute(
                "UPDATE requests SET ended_at = ?, kind = ?, cause = ?, seconds = ?, ending = ?"
                " WHERE request_id = ?",
                (now(), ending.kind.value, ending.cause, ending.seconds, to_json(ending), request_id),
            )
            return update_rows(connection, rows, "")

    def settle_request(self, request_id: int, rows: Sequence[Row]) -> tuple[Row, ...]:
        """These rows of the request were asked about and stand like this now.

        Once none of its rows is open or watched any more, the request leaves `open_requests`.
        """
        with self._file.writing() as connection:
            event = "asked" if any(row.verdict is Verdict.UNSETTLED or row.watched for row in rows) else ""
            stored = update_rows(connection, rows, event)
            connection.execute(
                "UPDATE requests SET closed_at = ?1 WHERE request_id = ?2 AND NOT EXISTS ("
                " SELECT 1 FROM request_rows JOIN rows USING (run_id, position) WHERE request_id = ?2"
                " AND (verdict IN ('sending', 'unsettled') OR presumed_at IS NOT NULL))",
                (now(), request_id),
            )
        return stored

    def open_requests(
        self, server: str | None = None, data_centre_id: str | None = None
    ) -> tuple[OpenRequest, ...]:
        """Requests that are not closed and whose bills' fate is not final, oldest first.

        These are the ones without an ending (the program ended first, or they are in flight now), those
        answered and not closed (nobody has read back what the server holds), those with rows still `sending`
        or `unsettled`, and those with rows presumed failed within the last 24 hours.
        A request whose rows were all settled by hand is not among them, nor one of a run that another
        program works on just now.
        """
        with self._file.reading() as connection:
            found = queries.open_requests(connection, server, data_centre_id)
            elsewhere = self.workers.elsewhere(connection)
        return tuple(request for request in found if request.run_id not in elsewhere)

    def requests_of(self, run_id: str, position: int) -> tuple[OpenRequest, ...]:
        """Every request that carried this row, closed or not, oldest first."""
        with self._file.reading() as connection:
            return queries.requests_of(connection, run_id, position)

    def slowest(self, rule_id: str) -> float:
        """Seconds of the slowest answered push seen under this rule; 0.0 where there was none."""
        with self._file.reading() as connection:
            return queries.slowest(connection, rule_id)

    # Questions

    def run(self, run_id: str) -> RunInfo | None:
        """One run with its counts as of now, or None."""
        with self._file.reading() as connection:
            return queries.run(connection, run_id)

    def runs(self, limit: int = 200, before: str | None = None) -> tuple[RunInfo, ...]:
        """The newest runs first, at most `limit`; those before run `before` to page on."""
        with self._file.reading() as connection:
            return queries.runs(connection, limit, before)

    def find_runs(self, wanted: RunFilter, limit: int = 200, before: str | None = None) -> RunPage:
        """The wanted runs, as `runs`, and how many there are in all."""
        with self._file.reading() as connection:
            return search.find_runs(connection, wanted, limit, before)

    def run_choices(self) -> RunChoices:
        """The data centres, users and rules that runs were made with."""
        with self._file.reading() as connection:
            return search.choices(connection)

    def find_number(self, text: str) -> NumberHits:
        """What became of a bill in every run: rows by source or target number, or how it begins or ends.

        Case, width and blanks at the ends do not matter.
        """
        with self._file.reading() as connection:
            return search.find_number(connection, text)

    def rows(self, run_id: str) -> tuple[Row, ...]:
        """The run's rows as they stand, by position; () for a run that is not there."""
        with self._file.reading() as connection:
            return queries.rows(connection, run_id)

    def order(self, run_id: str) -> RunOrder:
        """The order as it was given. Raises RecordMissing."""
        with self._file.reading() as connection:
            found = connection.execute("SELECT orders FROM runs WHERE run_id = ?", (run_id,)).fetchone()
            if found is not None:
                return read_order(found["orders"])
        raise self._file.missing(run_id)

    def header(self, run_id: str) -> RunHeader:
        """Where and by whom the run was made. Raises RecordMissing."""
        with self._file.reading() as connection:
            found = connection.execute("SELECT header FROM runs WHERE run_id = ?", (run_id,)).fetchone()
            if found is not None:
                return read_header(found["header"])
        raise self._file.missing(run_id)

    def earlier(
        self, data_centre_id: str, form_id: str, rule_id: str, target_form: str, bill_ids: Iterable[str]
    ) -> dict[str, tuple[Row, ...]]:
        """Rows by FID that are `pushed`, `drafted`, `unsettled`, `sending` or presumed failed, oldest first.

        Of all runs of this data centre and form, under whatever address, the present one too: what is open
        counts for every rule, the rest for that rule or another one to that target form (compared without
        case). FIDs without such a row are left out.
        """
        push = (data_centre_id, form_id, rule_id, target_form)
        with self._file.reading() as connection:
            return queries.earlier(connection, push, bill_ids)

    def last_refused(
        self, data_centre_id: str, form_id: str, bill_ids: Iterable[str]
    ) -> dict[str, LastRequest]:
        """By FID: the newest request that carried the bill and seems to have made nothing of it."""
        with self._file.reading() as connection:
            return queries.last_refused(connection, data_centre_id, form_id, bill_ids)

    def events(self, run_id: str, position: int | None = None) -> tuple[Event, ...]:
        """The audit trail of a run, or of one of its rows, oldest first."""
        with self._file.reading() as connection:
            found = connection.execute(
                "SELECT at, run_id, position, what, data FROM events"
                " WHERE run_id = ?1 AND (?2 IS NULL OR position = ?2) ORDER BY id",
                (run_id, position),
            ).fetchall()
            return tuple(Event(datetime.fromisoformat(at), *rest) for at, *rest in found)

    def drop_answers(self, before: datetime) -> int:
        """See `retention.drop_answers`; how many raw answers went."""
        with self._file.writing() as connection:
            return drop_answers(connection, before)

    def changes(self, after: int, until: int | None = None, limit: int = 1000) -> JournalChanges:
        """What changed after a place of the audit trail, as it stands now."""
        with self._file.reading() as connection:
            return changes(connection, after, until, limit)

    def last_event(self) -> int:
        """The end of the audit trail."""
        with self._file.reading() as connection:
            return last_event(connection)

    def row_of(self, instance: str, run_id: str, position: int) -> Row | None:
        """A row of a run that the program `instance` made; None where this journal has no such run."""
        with self._file.reading() as connection:
            known = connection.execute(
                "SELECT 1 FROM runs WHERE run_id = ? AND instance = ?", (run_id, instance)
            ).fetchone()
            return queries.row(connection, run_id, position) if known else None

    def made_by(self, run_id: str) -> str:
        """The program that made a run; "" where nobody wrote that down."""
        with self._file.reading() as connection:
            found = connection.execute("SELECT instance FROM runs WHERE run_id = ?", (run_id,)).fetchone()
        return str(found["instance"]) if found else ""

    # By hand

    def settle_by_hand(self, row: Row, verdict: Verdict, why: str, who: str) -> Row:
        """The clerk looked for himself: the row gets `verdict`, and the audit trail keeps who and why.

        Only `pushed`, `drafted` or `failed`, and only where the journal still holds the row open or presumed;
        else BadInput("not_unsettled"): the program found out in the meantime. Not in a run that another
        program works on just now: BadInput("run_elsewhere").
        """
        if verdict not in _SETTLED_BY_HAND:
            raise ValueError(verdict)
        with self._file.writing() as connection:
            if row.run_id in self.workers.elsewhere(connection):
                raise BadInput("run_elsewhere", run=row.run_id)
            current = queries.row(connection, row.run_id, row.position)
            if current is None or not _open_to_hands(current):
                raise BadInput("not_unsettled", number=row.number)
            settled = replace(
                current,
                verdict=verdict,
                notes=(*current.notes, Reason.of("by_hand", who=who, why=why)),
                presumed=False,
                quiet_until=None,
                by_hand=True,
            )
            update_rows(connection, (settled,), "by_hand")
        return settled

    # Memory

    def recall(self, kind: str, key: str) -> str | None:
        """What was remembered under this kind and key, or None."""
        with self._file.reading() as connection:
            found = connection.execute(
                "SELECT value FROM memory WHERE kind = ? AND key = ?", (kind, key)
            ).fetchone()
        return str(found["value"]) if found else None

    def remember(self, kind: str, key: str, value: str) -> None:
        """Keep a text (JSON, as a rule) under a kind and key; the last one counts."""
        with self._file.writing() as connection:
            connection.execute(
                "INSERT INTO memory (kind, key, value, at) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value, at = excluded.at",
                (kind, key, value, now()),
            )

    def save_draft(self, key: str, value: str) -> None:
        """Keep what the clerk typed and has not sent."""
        self.remember(_DRAFT, key, value)

    def load_draft(self, key: str) -> str | None:
        """What was kept by `save_draft`, or None."""
        return self.recall(_DRAFT, key)


def _open_to_hands(row: Row) -> bool:
    return row.verdict in (Verdict.UNSETTLED, Verdict.SENDING) or (
        row.verdict is Verdict.FAILED and row.presumed
    )


def _new_run_id(connection: Connection) -> str:
    moment = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
    (taken,) = connection.execute(
        "SELECT coalesce(max(CAST(substr(run_id, 17) AS INTEGER)), 0) FROM runs"
        " WHERE run_id >= ?1 || '-' AND run_id < ?1 || '.'",
        (moment,),
    ).fetchone()
    return f"{moment}-{taken + 1}"
