"""The journal's part for what follows a push: chains, and every single step of submit, audit or delete."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import msgspec

from kdgui.domain.bills import TargetBill
from kdgui.domain.chains import (
    FURTHER,
    Chain,
    ChainState,
    further,
    has_reached,
    with_chain,
    with_target,
    without_target,
)
from kdgui.domain.endings import Ending, EndingKind
from kdgui.domain.verdicts import Reason, Row
from kdgui.store.journal import queries
from kdgui.store.journal.file import JournalFile
from kdgui.store.journal.records import RunHeader
from kdgui.store.journal.rows import add_event, now, read_chain, read_header, to_json, update_rows
from kdgui.store.journal.ways import JournalWays
from kdgui.store.journal.workers import RunWorkers

_OPEN = "state NOT IN ('done', 'closed')"
_HERE = "(?1 IS NULL OR runs.server = ?1) AND (?2 IS NULL OR runs.data_centre_id = ?2)"


@dataclass(frozen=True, slots=True)
class Step:
    """One request about one target bill: fill, submit, audit, unaudit, cancel or delete; `user` asks for it.

    `body`: what a fill sends, as JSON; "" for the others, which send nothing but the bill.
    """

    run_id: str
    position: int
    target: TargetBill
    operation: str
    user: str = ""
    body: str = ""


@dataclass(frozen=True, slots=True)
class OpenStep:
    """A step whose outcome nobody knows yet.

    Attributes:
        intended_at: when it was written down (aware, UTC).
        ending: how the request ended; None where the program ended before it did.
    """

    step_id: int
    step: Step
    intended_at: datetime
    ending: Ending | None

    @property
    def known_ending(self) -> Ending:
        """Its ending; an unknown one where the program ended first."""
        return self.ending or Ending(EndingKind.UNKNOWN, "crashed")


class ChainJournal:
    """Chains and steps. As `Journal`: any thread, one transaction a method, durable on return.

    Rows of the run follow: status of their targets and notes about their chains change in the same
    transaction, and are returned as they stand now. Questions about a whole data centre leave out the runs
    that another program works on just now.
    """

    def __init__(self, file: JournalFile, workers: RunWorkers) -> None:
        self._file = file
        self._workers = workers

    @property
    def ways(self) -> JournalWays:
        """Which rows pushed a bill on, and which made it."""
        return JournalWays(self._file)

    # What is wanted of a run

    def wish(self, run_id: str, wanted: str) -> None:
        """The targets of this run are to be filled, submitted or audited, those found later too.

        What leads further outranks.
        """
        with self._file.writing() as connection:
            known = connection.execute("SELECT wanted FROM wishes WHERE run_id = ?", (run_id,)).fetchone()
            wish = further(known["wanted"], wanted) if known is not None else wanted
            if known is None or known["wanted"] != wish:
                add_event(connection, run_id, "then", wish)
            connection.execute(
                "INSERT INTO wishes (run_id, wanted) VALUES (?1, ?2) ON CONFLICT (run_id) DO UPDATE SET"
                " wanted = ?2, done_at = NULL",
                (run_id, wish),
            )

    def wishes(self, server: str | None = None, data_centre_id: str | None = None) -> tuple[str, ...]:
        """Runs of this data centre in which something is still to follow, or may have to."""
        with self._file.reading() as connection:
            found = connection.execute(
                f"SELECT run_id FROM wishes JOIN runs USING (run_id) WHERE {_HERE} AND (done_at IS NULL"
                f" OR EXISTS (SELECT 1 FROM chains WHERE chains.run_id = wishes.run_id AND {_OPEN}))"
                " ORDER BY runs.id",
                (server, data_centre_id),
            )
            elsewhere = self._workers.elsewhere(connection)
            return tuple(run_id for (run_id,) in found if run_id not in elsewhere)

    def wanted(self, run_id: str) -> str:
        """What is wanted of this run: "fill", "submit", "audit", or "" for nothing."""
        with self._file.reading() as connection:
            found = connection.execute("SELECT wanted FROM wishes WHERE run_id = ?", (run_id,)).fetchone()
        return str(found["wanted"]) if found else ""

    def header(self, run_id: str) -> RunHeader:
        """Where and by whom a run was made. Raises RecordMissing."""
        with self._file.reading() as connection:
            found = connection.execute("SELECT header FROM runs WHERE run_id = ?", (run_id,)).fetchone()
            if found is not None:
                return read_header(found["header"])
        raise self._file.missing(run_id)

    def grant(self, run_id: str) -> None:
        """Every target of this run has its chain, and none can turn up any more."""
        with self._file.writing() as connection:
            connection.execute(
                "UPDATE wishes SET done_at = ? WHERE run_id = ? AND done_at IS NULL", (now(), run_id)
            )

    # Chains

    def plan(self, chains: Sequence[Chain]) -> tuple[Row, ...]:
        """Write down chains that are not there yet; one that is done and shall go further is reopened."""
        with self._file.writing() as connection:
            rows: list[Row] = []
            for chain in chains:
                known = _chain(connection, chain.key)
                if known is None:
                    rows += _store(connection, None, chain, "")
                    continue
                wish = further(known.wanted, chain.wanted)
                if known.wanted != wish and known.state is not ChainState.CLOSED:
                    longer = replace(known, wanted=wish)
                    if known.state is ChainState.DONE and not has_reached(wish, known.target.status):
                        longer = replace(longer, state=ChainState.WAITING)
                    rows += _store(connection, known, longer, "")
        return tuple(rows)

    def put(self, chain: Chain) -> tuple[Row, ...]:
        """This chain stands like this now; one that was closed by hand meanwhile stays closed."""
        with self._file.writing() as connection:
            known = _chain(connection, chain.key)
            if known is not None and known.state is ChainState.CLOSED:
                return ()
            return _store(connection, known, chain, chain.state.value)

    def chain(self, key: tuple[str, str, str]) -> Chain | None:
        """One chain as it stands, or None."""
        with self._file.reading() as connection:
            return _chain(connection, key)

    def of_run(self, run_id: str) -> tuple[Chain, ...]:
        """The chains of a run, in the order of its rows."""
        with self._file.reading() as connection:
            found = connection.execute(
                "SELECT body FROM chains WHERE run_id = ? ORDER BY position, target_id", (run_id,)
            )
            return tuple(read_chain(body) for (body,) in found)

    def open_chains(self, server: str | None = None, data_centre_id: str | None = None) -> tuple[Chain, ...]:
        """Chains of this data centre that are neither done nor closed, oldest run first."""
        with self._file.reading() as connection:
            found = connection.execute(
                f"SELECT body FROM chains JOIN runs USING (run_id) WHERE {_HERE} AND {_OPEN}"
                " ORDER BY runs.id, position, target_id",
                (server, data_centre_id),
            )
            elsewhere = self._workers.elsewhere(connection)
            chains = [read_chain(body) for (body,) in found]
        return tuple(chain for chain in chains if chain.run_id not in elsewhere)

    # Steps

    def intend(self, step: Step) -> int:
        """Write down a step before its first byte leaves; its id. A chain that it belongs to is `sending`.

        Raises JournalTrouble besides: journal_replaced, lock_lost.
        """
        with self._file.intending() as connection:
            target = step.target
            chain = _chain(connection, (step.run_id, target.form_id, target.id))
            if chain is not None and not chain.state.over and step.operation in FURTHER:
                _store(connection, chain, replace(chain, state=ChainState.SENDING), "")
            step_id = connection.execute(
                "INSERT INTO steps"
                " (run_id, position, form_id, target_id, number, operation, user, intended_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING step_id",
                (step.run_id, step.position, target.form_id, target.id, target.number, step.operation,
                 step.user, now()),
            ).fetchone()["step_id"]  # fmt: skip
            if step.body:
                sent = {"target_id": target.id, "number": target.number, "body": step.body}
                _event(connection, step.run_id, step.position, "filling", sent)
        return int(step_id)

    def conclude(self, step_id: int, ending: Ending) -> None:
        """Write down how the request ended. What that makes of the bill is for the server to show."""
        with self._file.writing() as connection:
            connection.execute(
                "UPDATE steps SET ended_at = ?, ending = ? WHERE step_id = ?",
                (now(), to_json(ending), step_id),
            )

    def close_step(self, step_id: int, outcome: str) -> None:
        """What became of a step: "done", "refused", "no_effect", "not_done" or "not_sent"."""
        with self._file.writing() as connection:
            step = connection.execute(
                "UPDATE steps SET closed_at = ?, outcome = ? WHERE step_id = ?"
                " RETURNING run_id, position, form_id, target_id, number, operation, user",
                (now(), outcome, step_id),
            ).fetchone()
            _event(
                connection,
                step["run_id"],
                step["position"],
                step["operation"],
                {name: step[name] for name in ("form_id", "target_id", "number", "user")}
                | {"outcome": outcome},
            )

    def open_steps(self, run_id: str, operations: Iterable[str]) -> tuple[OpenStep, ...]:
        """The steps of a run whose outcome nobody knows yet, oldest first."""
        wanted = frozenset(operations)
        with self._file.reading() as connection:
            records = connection.execute(
                "SELECT * FROM steps WHERE run_id = ? AND closed_at IS NULL ORDER BY step_id", (run_id,)
            ).fetchall()
            return tuple(_open_step(record) for record in records if record["operation"] in wanted)

    def runs_with_open_steps(
        self, operations: Sequence[str], server: str | None = None, data_centre_id: str | None = None
    ) -> tuple[str, ...]:
        """Runs of this data centre with a step of these operations whose outcome nobody knows yet."""
        with self._file.reading() as connection:
            found = connection.execute(
                "SELECT DISTINCT run_id, operation FROM steps JOIN runs USING (run_id)"
                f" WHERE closed_at IS NULL AND {_HERE} ORDER BY runs.id",
                (server, data_centre_id),
            ).fetchall()
            elsewhere = self._workers.elsewhere(connection)
        wanted = (run_id for run_id, operation in found if operation in operations)
        return tuple(dict.fromkeys(run_id for run_id in wanted if run_id not in elsewhere))

    # What was undone

    def moved(self, run_id: str, positions: Sequence[int], target: TargetBill) -> tuple[Row, ...]:
        """The server shows one target with another status, because we took it back."""
        return self._change(run_id, positions, lambda row: with_target(row, target), "taken_back")

    def deleted(
        self, run_id: str, positions: Sequence[int], target: TargetBill, reason: Reason
    ) -> tuple[Row, ...]:
        """This program deleted one target: its rows claim it no more, and its chain is closed."""
        moment = datetime.now(UTC)
        with self._file.writing() as connection:
            known = _chain(connection, (run_id, target.form_id, target.id))
            if known is not None and known.state is not ChainState.CLOSED:
                closed = replace(known, state=ChainState.CLOSED, reasons=(), at=moment)
                _store(connection, known, closed, "closed")
            rows = [row for place in positions if (row := queries.row(connection, run_id, place))]
            changed = [without_target(row, target, reason, moment) for row in rows]
            return update_rows(connection, changed, "deleted")

    def _change(
        self, run_id: str, positions: Sequence[int], change: Callable[[Row], Row], event: str
    ) -> tuple[Row, ...]:
        with self._file.writing() as connection:
            rows = [row for place in positions if (row := queries.row(connection, run_id, place))]
            return update_rows(connection, [change(row) for row in rows], event)


def _chain(connection: sqlite3.Connection, key: tuple[str, str, str]) -> Chain | None:
    found = connection.execute(
        "SELECT body FROM chains WHERE run_id = ? AND form_id = ? AND target_id = ?", key
    ).fetchone()
    return read_chain(found["body"]) if found else None


def _store(connection: sqlite3.Connection, before: Chain | None, chain: Chain, event: str) -> tuple[Row, ...]:
    run_id, form_id, target_id = chain.key
    connection.execute(
        "INSERT INTO chains (run_id, form_id, target_id, position, state, body) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET state = excluded.state, body = excluded.body",
        (run_id, form_id, target_id, chain.position, chain.state.value, to_json(chain)),
    )
    if event:
        data = {
            "target": chain.target.id,
            "number": chain.target.number,
            "status": chain.target.status,
            "wanted": chain.wanted,
            "reasons": [msgspec.to_builtins(reason) for reason in chain.reasons],
            "made": chain.made,
        }
        _event(connection, run_id, chain.position, f"chain_{event}", data)
    rows = [row for place in chain.positions if (row := queries.row(connection, run_id, place))]
    changed = [(row, with_chain(row, before, chain)) for row in rows]
    return update_rows(connection, [new for old, new in changed if new != old], "chain")


def _event(connection: sqlite3.Connection, run_id: str, position: int, what: str, data: object) -> None:
    connection.execute(
        "INSERT INTO events (at, run_id, position, what, data) VALUES (?, ?, ?, ?, ?)",
        (now(), run_id, position, what, to_json(data)),
    )


def _open_step(record: sqlite3.Row) -> OpenStep:
    target = TargetBill(record["form_id"], record["target_id"], record["number"])
    return OpenStep(
        record["step_id"],
        Step(record["run_id"], record["position"], target, record["operation"], record["user"]),
        datetime.fromisoformat(record["intended_at"]),
        msgspec.json.decode(record["ending"], type=Ending) if record["ending"] else None,
    )
