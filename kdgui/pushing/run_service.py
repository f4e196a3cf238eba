"""The run service: recovery of earlier runs, the run itself, its continuation, settling."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from kdgui.domain.errors import BadInput, KdguiError, LedgerTrouble
from kdgui.domain.orders import RunOrder
from kdgui.domain.verdicts import Reason, Row, RunInfo, Verdict
from kdgui.pushing.connection.connection import Connection
from kdgui.pushing.context import DataCentreContext
from kdgui.pushing.flow.circuit_breaker import RunEnded
from kdgui.pushing.flow.keep_awake import kept_awake
from kdgui.pushing.flow.observer import Observer
from kdgui.pushing.flow.run_control import RunControl
from kdgui.pushing.inspect.preview import Previewer
from kdgui.pushing.lifecycle.deletion import Deletion
from kdgui.pushing.lifecycle.submit_audit import SubmitAudit
from kdgui.pushing.run.late_targets import look_for_late_targets
from kdgui.pushing.run.push_run import PushRun
from kdgui.pushing.run.recovery import told_elsewhere
from kdgui.pushing.run.run_rows import RunRows
from kdgui.pushing.verify.quiet_time import QuietTimes
from kdgui.store.journal.records import OpenRequest

LATELY = timedelta(minutes=10)
MOST_RUNS = 20


class RunService:
    """Pushes and settles at the signed-in data centre; one piece of work at a time. Every method blocks."""

    def __init__(
        self,
        context: DataCentreContext,
        submit_audit: SubmitAudit,
        deletion: Deletion,
        used: Callable[[RunOrder], None],
    ) -> None:
        """Takes `used`, which is told of every order that is begun, to offer its choices first next time."""
        self._context = context
        self._submit_audit = submit_audit
        self._deletion = deletion
        self._journal = context.journal
        self._used = used

    def run(self, order: RunOrder, control: RunControl, observer: Observer) -> RunInfo:
        """Push, and whatever the order wants `then`. Blocking; the run as it stands at its end.

        Raises:
            BadInput: `target_form_needed`, `nothing_to_push`, `not_signed_in`, `run_in_progress`,
                `read_only_connection`, `policy_forbids`, `policy_parallel`.
            JournalTrouble: nothing (more) was sent.
        """
        return self._run(order, control, observer, lambda: None)

    def continue_run(self, run_id: str, control: RunControl, observer: Observer) -> RunInfo:
        """Push what that run did not send (cut off, stopped, ended) as a new run.

        Offered once: what was taken over stays `not_sent` there, with a note, and is not taken over again.
        Raises BadInput (`other_data_centre`: it was not made here), and as `run`.
        """
        info = self._journal.run(run_id)
        if info is None or not self._context.is_here(info):
            raise BadInput("other_data_centre", run=run_id)
        order = self._journal.order(run_id)
        unsent = tuple(row for row in self._journal.rows(run_id) if _is_unsent(row))
        order = replace(order.only([row.position for row in unsent]), came_from=run_id)
        if self._journal.workers.is_elsewhere(run_id):
            raise BadInput("run_elsewhere", run=run_id)
        return self._run(order, control, observer, lambda: self._hand_over(run_id, unsent))

    def settle(
        self,
        control: RunControl,
        observer: Observer,
        quiet_seconds: float | None = None,
        *,
        chains: bool = False,
    ) -> tuple[Row, ...]:
        """Ask the server about everything that is unsettled or presumed in this data centre.

        Also what became of steps (submit, audit, delete) that were sent and never answered. Asks only;
        `chains` True carries on with what is half done as well.
        Bills that silent PCs of the team left in flight are among it: they become runs of this journal.
        The rows that were asked about, as they stand now; all of them open still where the connection is
        down. Rows of another organisation are not asked about: a clerk is told where they can be.

        Raises:
            BadInput: `not_signed_in`, `run_in_progress`. JournalTrouble.
            LedgerTrouble: nobody knows what other PCs have found out; nothing was asked.
        """
        context = self._context
        with context.at_work() as connection:
            context.adopt_orphans()
            requests = context.taken_requests()
            quiet = context.quiet(quiet_seconds)
            with suppress(RunEnded):  # the connection stays down: the rows stay as the journal holds them
                context.settling(connection, control, observer, quiet).go(requests)
            asked = {(row.run_id, row.position) for request in requests for row in request.rows}
            asked |= {(row.run_id, row.position) for row in self._tell_elsewhere(observer)}
            asked |= {(row.run_id, row.position) for row in self._look_at_lately_pushed(connection, observer)}
            half = self._submit_audit.open_chains()
            asked |= {(chain.run_id, position) for chain in half for position in chain.positions}
            self._submit_audit.settle(connection, control, observer, quiet_seconds)
            if chains:
                self._submit_audit.follow_all(connection, control, observer, quiet_seconds)
            undone = self._deletion.settle(connection, control, observer, quiet_seconds)
            asked |= {(item.run_id, position) for item in undone for position in item.positions}
            return tuple(
                row
                for run_id in dict.fromkeys(run_id for run_id, _ in asked)
                for row in self._journal.rows(run_id)
                if (row.run_id, row.position) in asked
            )

    def _look_at_lately_pushed(self, connection: Connection, observer: Observer) -> Sequence[Row]:
        """What runs that ended lately pushed is looked at once more: a proxy may repeat a request late."""
        changed: list[Row] = []
        for info in self._journal.runs(limit=MOST_RUNS):
            lately = info.ended_at is not None and datetime.now(UTC) - info.ended_at < LATELY
            if not (lately and self._context.is_here(info)):
                continue
            lookup = self._context.lookup(info.form_id, info.rule_id, info.target_form, connection)
            push = (info.data_centre_id, info.form_id, info.rule_id, info.target_form)
            with suppress(KdguiError):  # a comfort: the rows stay as they were told
                changed += look_for_late_targets(self._journal.rows(info.run_id), lookup, self._journal, push)
        stored = self._journal.write_rows(changed, event="found_late") if changed else ()
        if stored:
            observer.rows_changed(stored)
        return stored

    def settle_by_hand(self, row: Row, verdict: Verdict, why: str) -> Row:
        """The clerk looked in Kingdee and says what became of it; the journal records who and why."""
        return self._journal.settle_by_hand(row, verdict, why, self._context.user())

    def unfinished(self) -> tuple[RunInfo, ...]:
        """Runs of this data centre that were cut off: they have no end, and rows that were never sent."""
        if self._context.sign_in_service.profile is None:
            return ()
        return tuple(
            info
            for info in self._journal.runs()
            if info.ended_at is None
            and info.count(Verdict.QUEUED)
            and self._context.is_here(info)
            and not self._journal.workers.is_elsewhere(info.run_id)
        )

    # -- inside ------------------------------------------------------------------------------------

    def _run(
        self, order: RunOrder, control: RunControl, observer: Observer, started: Callable[[], None]
    ) -> RunInfo:
        """As `run`; `started` is called when the run and its rows are in the journal."""
        if not order.numbers:
            raise BadInput("nothing_to_push")
        if order.merged and 0 < len(order.lines) < len(order.numbers):  # EntryIds leave whole bills out
            raise BadInput("lines_not_merged")
        context = self._context
        context.require_order(order)
        with context.at_work() as connection:
            order = context.completed(order)
            quiet = context.quiet(order.quiet_seconds)
            context.team.reach()
            self._ask_again(connection, control, observer, quiet)
            run_id, rows = self._journal.start_run(order, context.header())
            rows = self._hold_back(order, rows)
            self._submit_audit.wish(run_id, order.follows)
            started()
            self._used(order)
            observer.run_started(run_id, rows)
            book = RunRows(self._journal, observer, run_id, rows)
            run = PushRun(
                order,
                context.run_parts(order, connection, book),
                control,
                observer,
                attended=context.attended,
                quiet=quiet,
                slowest=lambda: self._journal.slowest(order.options.rule_id),
                preview=Previewer(connection, context.schemas(connection)).show,
            )
            with kept_awake():
                how = run.go()
            self._ask_again(connection, control, observer, quiet, but="" if how == "finished" else run_id)
            self._journal.finish_run(run_id, how)
            if not control.stopped:
                self._submit_audit.follow(connection, run_id, order.follows, control, observer)
        info = self._journal.run(run_id)
        if info is None:  # written above, in this very journal
            raise KeyError(run_id)
        return info

    def _hold_back(self, order: RunOrder, rows: Sequence[Row]) -> tuple[Row, ...]:
        """The rows, those skipped whose bills are not to be pushed because they could not be filled in."""
        why = dict(order.held_back)
        held = [
            replace(row, verdict=Verdict.SKIPPED, reasons=why[row.position])
            for row in rows
            if row.position in why
        ]
        stored = {row.position: row for row in self._journal.write_rows(held, event="skipped")}
        return tuple(stored.get(row.position, row) for row in rows)

    def _ask_again(
        self,
        connection: Connection,
        control: RunControl,
        observer: Observer,
        quiet: QuietTimes,
        *,
        but: str = "",
    ) -> None:
        """The watch of presumed failures, and of answers that a crash kept from being read back.

        Without a clerk, what a crash left unanswered is settled as well.
        """
        alone = not self._context.attended
        try:
            taken = self._context.taken_requests()
        except LedgerTrouble:
            return  # nobody knows whose they are now: the run itself says that the ledger is not there
        wanted = [
            request
            for request in taken
            if request.run_id != but
            and (_presumed(request) or _unread(request) or (_cut_off(request) and alone))
        ]
        if wanted and not control.stopped:
            with suppress(RunEnded):  # its bills stay locked; the guard leaves them out
                self._context.settling(connection, control, observer, quiet).go(wanted)

    def _tell_elsewhere(self, observer: Observer) -> Sequence[Row]:
        """What cannot be settled from this organisation says so; without a clerk nobody could switch."""
        if not self._context.attended:
            return ()
        told = self._journal.write_rows(told_elsewhere(self._context.requests_elsewhere()))
        if told:
            observer.rows_changed(told)
        return told

    def _hand_over(self, run_id: str, rows: Sequence[Row]) -> None:
        """The rest of a run was taken over by another one that is in the journal now."""
        note = Reason.of("taken_over")
        left = [replace(row, verdict=Verdict.NOT_SENT, notes=(*row.notes, note)) for row in rows]
        self._journal.write_rows(left, event="taken_over")
        info = self._journal.run(run_id)
        if info is not None and info.ended_at is None:
            self._journal.finish_run(run_id, "taken_over")


def _is_unsent(row: Row) -> bool:
    """Whether it was not sent, and nobody has taken it over."""
    return row.verdict in (Verdict.NOT_SENT, Verdict.QUEUED) and Reason.of("taken_over") not in row.notes


def _presumed(request: OpenRequest) -> bool:
    return all(row.presumed or row.verdict.final for row in request.rows) and any(
        row.presumed for row in request.rows
    )


def _unread(request: OpenRequest) -> bool:
    """Whether its answer came and was not read back: the program ended in between."""
    return request.not_read_back and all(
        row.verdict in (Verdict.PUSHED, Verdict.DRAFTED, Verdict.FAILED, Verdict.SENDING)
        for row in request.rows
    )


def _cut_off(request: OpenRequest) -> bool:
    """Whether the program ended before the request did."""
    return request.ending_kind is None
