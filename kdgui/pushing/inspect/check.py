"""Checking without writing: what a push would find, row by row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kdgui.domain.bill_numbers import identity
from kdgui.domain.bills import SourceBill, TargetBill
from kdgui.domain.errors import LedgerTrouble
from kdgui.domain.orders import RunOrder
from kdgui.domain.verdicts import Reason, Row
from kdgui.pushing.flow.circuit_breaker import reason_of
from kdgui.pushing.flow.run_control import RunControl
from kdgui.pushing.inspect.check_reads import CheckReader, ChunkRead, read_side_by_side
from kdgui.pushing.inspect.quantities import Quantity, Quota
from kdgui.pushing.inspect.quota_learning import learn_from_controls, pushed_lines
from kdgui.pushing.inspect.source_bills import SourceRecord
from kdgui.pushing.lookup.lookup_result import LinkedTarget, LookupResult
from kdgui.pushing.run.guard import Candidate, Refused
from kdgui.pushing.schema.field_keys import CLOSED_FIELDS
from kdgui.pushing.schema.form_schema import BUSINESS_CLOSE

PUSHED_BEFORE = frozenset({"already_pushed", "already_here", "lines_pushed", "other_rule_pushed"})
_MAY_INSIST = PUSHED_BEFORE | {"not_approved", "is_presumed"}
"""Reasons that the clerk may overrule: part deliveries are daily work, custom rules push much."""

_UNTOLD = {
    "FCloseStatus": "closed_untold",
    "FCancelStatus": "cancelled_untold",
    "FFreezeStatus": "frozen_untold",
    "FTerminateStatus": "terminated_untold",
}
"""What is said where the form has not the field (protocol 3.3)."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found about one row.

    Attributes:
        ok: it can be pushed as it is.
        reason: why not, or what to know; None where there is nothing to say.
        targets: what this rule has made of it already, with their status.
        bills: the candidates; several where the number lives in several organisations, whose name each
            has among its fields under "organisation" (and its number under "organisation_number").
        status: FDocumentStatus of the source, or None.
        left: what is left to push, or None where the form does not tell.
        can_insist: the clerk may have it pushed all the same.
        notes: what could not be checked, and the like.
    """

    position: int
    ok: bool
    reason: Reason | None = None
    targets: tuple[TargetBill, ...] = ()
    bills: tuple[SourceBill, ...] = ()
    status: str | None = None
    left: Quantity | None = None
    can_insist: bool = False
    notes: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found, and what it cannot find out beforehand."""

    findings: tuple[Finding, ...]
    unchecked: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class _Judged:
    """What the guard said about one row; `reason` None where it may be pushed."""

    row: Row
    reason: Reason | None = None
    targets: tuple[TargetBill, ...] = ()
    bill_id: str = ""


class Check:
    """One check of one order; reads only. Many rows are read by `beside` too, see `read_side_by_side`."""

    def __init__(
        self, order: RunOrder, reader: CheckReader, quota: Quota, beside: Sequence[CheckReader] = ()
    ) -> None:
        self._order = order
        self._reader, self._beside = reader, beside
        self._guard = reader.guard
        self._lookup = reader.lookup
        self._claims = reader.claims
        self._sources = reader.sources
        self._quota = quota
        self._found: dict[str, SourceRecord] = {}
        self._by_number: defaultdict[str, dict[str, SourceRecord]] = defaultdict(dict)
        self._targets: dict[str, tuple[LinkedTarget, ...]] = {}
        self._judged: list[_Judged] = []
        self._taken: dict[str, Row] = {}
        self._guarded: frozenset[str] | None = None
        self._doubt: Reason | None = None

    def go(self, control: RunControl) -> CheckReport:
        """Look at every row; ends early on `control.stop()`, with what is known by then.

        Raises:
            QueryRefused, ConnectionTrouble, SessionLost, SignInRefused, AnswerUnreadable.
        """
        self._reader.open()
        learn_from_controls(self._quota, self._lookup, self._sources)
        for read in read_side_by_side(self._once(), self._reader, self._beside, control):
            self._judge(read)
        self._quota.learn(pushed_lines(self._targets, self._found))
        findings = sorted(map(self._finding, self._judged), key=lambda finding: finding.position)
        return CheckReport(tuple(findings), tuple(self._unchecked()))

    # -- asking ------------------------------------------------------------------------------------

    def _once(self) -> list[Row]:
        """The rows that are asked about: a number that stands twice, or not at all, needs no question."""
        chosen = dict(self._order.chosen)
        first: dict[tuple[str, str], int] = {}
        rows = []
        for position, number in enumerate(self._order.numbers):
            row, key = Row("", position, number), (number, chosen.get(position, ""))
            if not number.strip():
                self._judged.append(_Judged(row, Reason.of("empty_number")))
            elif key in first:
                self._judged.append(_Judged(row, Reason.of("duplicate_row", first=first[key] + 1)))
            else:
                first[key] = position
                rows.append(row)
        return rows

    def _judge(self, read: ChunkRead) -> None:
        self._keep(read.found)
        for candidate in read.candidates:
            self._guarded = frozenset(key for key, _ in candidate.bill.fields)
        self._targets.update(self._see(read.sight, read.wanted))
        clear, ruled_out = self._guard.rule_out(read.candidates, read.sight, self._lookup)
        held = self._held(clear, read.sight)
        taken = {item.row.position for item in held}
        free = [candidate for candidate in clear if candidate.row.position not in taken]
        judged = [*map(_cleared, free), *map(_refused, (*held, *ruled_out, *read.refused))]
        self._judged += [self._same_bill(item) for item in sorted(judged, key=lambda item: item.row.position)]

    def _held(self, candidates: Sequence[Candidate], sight: LookupResult) -> list[Refused]:
        """Those that another program or a colleague is pushing; a ledger that is not there is told."""
        try:
            return self._claims.objections(candidates, sight)
        except LedgerTrouble as trouble:
            self._doubt = reason_of(trouble)
            return []

    def _keep(self, found: Mapping[str, SourceRecord]) -> None:
        for bill_id, source in found.items():
            self._found[bill_id] = source
            self._by_number[identity(source.bill.number)][bill_id] = source

    def _see(self, sight: LookupResult, wanted: Mapping[str, str]) -> dict[str, tuple[LinkedTarget, ...]]:
        """The targets by this rule; a sight that cannot be believed is told, not hidden."""
        if wanted and (sight.void or not sight.controlled):
            self._doubt = Reason.of("targets_unproven")
        return {bill_id: self._lookup.by_this_rule(sight.of(bill_id)) for bill_id in wanted}

    def _same_bill(self, item: _Judged) -> _Judged:
        """Rows with one FID are one bill, however its number is spelled."""
        if not item.bill_id:
            return item
        other = self._taken.setdefault(item.bill_id, item.row)
        return item if other is item.row else _Judged(item.row, Reason.of("same_bill", number=other.number))

    # -- telling -----------------------------------------------------------------------------------

    def _finding(self, item: _Judged) -> Finding:
        source = self._found.get(item.bill_id)
        targets = item.targets or tuple(target.bill for target in self._targets.get(item.bill_id, ()))
        left = self._left(item, source)
        reason = item.reason or _beyond_the_guard(source, left)
        return Finding(
            item.row.position,
            ok=reason is None,
            reason=reason,
            targets=targets,
            bills=self._bills(item, source),
            status=_status(item, source),
            left=left,
            can_insist=reason is not None and self._may_insist(reason, left),
            notes=self._notes(source, left),
        )

    def _left(self, item: _Judged, source: SourceRecord | None) -> Quantity | None:
        if source is None or not source.lines:
            return None
        wanted = dict(self._order.lines).get(item.row.position, ())
        cells = [cells for entry_id, cells in source.lines if not wanted or entry_id in wanted]
        return self._quota.of_bill(cells)

    def _may_insist(self, reason: Reason, left: Quantity | None) -> bool:
        """Whether it makes sense to push it all the same: something is left, or nobody knows."""
        used_up = left is not None and not left.left and self._quota.proven
        return not used_up and (reason.code in _MAY_INSIST or reason.code == "nothing_left")

    def _bills(self, item: _Judged, source: SourceRecord | None) -> tuple[SourceBill, ...]:
        if source is not None:
            return (source.bill,)
        if item.reason is None or item.reason.code != "several_found":
            return ()
        found = [known.bill for known in self._by_number[identity(item.row.number)].values()]
        exact = [bill for bill in found if bill.number == item.row.number]
        return tuple(exact or found)

    def _notes(self, source: SourceRecord | None, left: Quantity | None) -> tuple[Reason, ...]:
        if source is None or not source.lines or left is not None or not self._quota.can_tell:
            return ()
        return (Reason.of("quantity_doubtful"),)

    def _unchecked(self) -> Iterable[Reason]:
        """What nobody can check beforehand, for every form and for this one."""
        yield Reason.of("no_validate_only")
        if not self._guard.can_see_status:
            yield Reason.of("status_untold")
        if self._guarded is not None:
            yield from (Reason.of(_UNTOLD[key]) for key in CLOSED_FIELDS if key not in self._guarded)
        if not self._lookup.can_ask:
            yield Reason.of("targets_unseen")
        elif self._doubt is not None:
            yield self._doubt
        columns = self._sources.columns  # of now: they may have gone since they were remembered
        if columns is None or not columns.tells_left:
            yield Reason.of("quantity_untold")


def _cleared(item: Candidate) -> _Judged:
    return _Judged(item.row, bill_id=item.bill.id)


def _refused(item: Refused) -> _Judged:
    return _Judged(item.row, item.reason, item.targets, item.bill_id)


def _beyond_the_guard(source: SourceRecord | None, left: Quantity | None) -> Reason | None:
    """What the guard lets pass and the server would refuse (protocol 2.6)."""
    if source is not None and source.bill.field(BUSINESS_CLOSE) == "B":
        return Reason.of("business_closed")
    if left is not None and not left.left:
        return Reason.of("nothing_left", total=f"{left.total.normalize():f}")
    return None


def _status(item: _Judged, source: SourceRecord | None) -> str | None:
    if source is not None and source.bill.status:
        return source.bill.status
    told = dict(item.reason.values) if item.reason is not None else {}
    return told.get("status") or None
