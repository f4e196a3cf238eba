"""Finding bills: page after page of bills that meet conditions, each with what is left to push of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from kdgui.domain.bills import SourceBill, TargetBill
from kdgui.domain.errors import AnswerUnreadable, BadInput, QueryRefused
from kdgui.domain.find_conditions import FindConditions
from kdgui.domain.verdicts import Reason
from kdgui.k3cloud.queries import quote
from kdgui.pushing.connection.connection import Connection
from kdgui.pushing.flow.run_control import RunControl
from kdgui.pushing.inspect.find_fields import FindForm
from kdgui.pushing.inspect.find_filter import FindFilter, find_filter
from kdgui.pushing.inspect.quantities import Quantity, Quota, number_of
from kdgui.pushing.inspect.quota_learning import learn_from_controls, pushed_lines
from kdgui.pushing.inspect.source_bills import (
    ORGANISATION,
    ORGANISATION_NUMBER,
    SourceReader,
    SourceRecord,
)
from kdgui.pushing.lookup.target_lookup import TargetLookup
from kdgui.pushing.schema.column_probe import ColumnProbe
from kdgui.pushing.schema.query_text import cell_text, chunks

_PAGE, _LEAST_PAGE = 2000, 150


@dataclass(frozen=True, slots=True)
class FoundBill:
    """One bill that was found; "" and None for what the form does not tell.

    Attributes:
        bill: FID, number, status; name and number of its organisation among its fields.
        date: "2026-11-01". partner: name of the supplier or customer.
        left: what the rule has left to push of it, None where nobody can tell.
        targets: what the rule has made of it already.
    """

    bill: SourceBill
    date: str = ""
    partner: str = ""
    amount: Decimal | None = None
    left: Quantity | None = None
    targets: tuple[TargetBill, ...] = ()


@dataclass(frozen=True, slots=True)
class FindProgress:
    """Bills that were found since the last time, and how many were looked at in all."""

    bills: tuple[FoundBill, ...]
    looked_at: int


@dataclass(frozen=True, slots=True)
class FindResult:
    """What a search found.

    Attributes:
        bills: newest first, by their internal ids.
        looked_at: how many bills met the conditions, whatever is left of them.
        more: it ended at the most that was asked for, and there are more.
        stopped: it was stopped before its end.
        untold: pushed before, and left out because nobody can tell whether something is left of them.
        notes: what the form does not tell.
    """

    bills: tuple[FoundBill, ...] = ()
    looked_at: int = 0
    more: bool = False
    stopped: bool = False
    untold: int = 0
    notes: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleTools:
    """By what is known what a rule has made of bills, and what it has left of them."""

    lookup: TargetLookup
    quota: Quota


class BillFinder:
    """One search. Used from one thread; reads only."""

    def __init__(
        self,
        connection: Connection,
        form: FindForm,
        sources: SourceReader,
        rule: RuleTools | None,
        *,
        details: bool = True,
    ) -> None:
        """Without `rule` neither targets nor quantities left are told, without `details` no sum of lines."""
        self._connection = connection
        self._form = form
        self._sources = sources
        self._rule = rule
        self._details = details or rule is not None
        self._void = False

    def go(
        self,
        conditions: FindConditions,
        control: RunControl,
        tell: Callable[[FindProgress], None],
        *,
        most: int,
        today: date,
    ) -> FindResult:
        """Find up to `most` bills; ends early on `control.stop()`. `tell` hears of them as they are found.

        Raises:
            BadInput: a condition does not fit the form; find_left_needs_rule.
            QueryRefused, ConnectionTrouble, SessionLost, SignInRefused, AnswerUnreadable.
        """
        if conditions.with_left and self._rule is None:
            raise BadInput("find_left_needs_rule")
        asked = find_filter(self._form, conditions, today, ColumnProbe(self._connection, self._form.form_id))
        self._open()
        found: list[FoundBill] = []
        looked_at = untold = 0
        pages = _Pages(
            self._connection, self._form, self._columns(asked), asked, min(_PAGE, max(most, _LEAST_PAGE))
        )
        while not control.stopped and len(found) < most:
            heads = pages.next()
            if heads is None:
                return FindResult(
                    tuple(found), looked_at, untold=untold, notes=tuple(self._notes(conditions))
                )
            for chunk in chunks(heads):
                if control.stopped or len(found) >= most:
                    pages.put_back()
                    break
                bills = self._look_at(chunk)
                kept = [bill for bill in bills if not conditions.with_left or _has_left(bill)]
                untold += sum(
                    conditions.with_left and bill.left is None and bool(bill.targets) for bill in bills
                )
                looked_at += len(chunk)
                if len(found) + len(kept) > most:
                    pages.put_back()
                kept = kept[: most - len(found)]
                found += kept
                tell(FindProgress(tuple(kept), looked_at))
        more = not control.stopped and pages.has_more()
        return FindResult(
            tuple(found), looked_at, more, control.stopped, untold, tuple(self._notes(conditions))
        )

    # -- asking ------------------------------------------------------------------------------------

    def _open(self) -> None:
        if self._rule is not None:
            self._rule.lookup.open()
            learn_from_controls(self._rule.quota, self._rule.lookup, self._sources)

    def _columns(self, asked: FindFilter) -> tuple[str, ...]:
        form, schema = self._form, self._sources.schema
        partner = (f"{form.partner}.FName",) if form.partner else ()
        keys = (form.status, form.date, form.amount, *partner, *schema.organisation_columns, *asked.columns)
        return tuple(dict.fromkeys(("FID", "FBillNo", *filter(None, keys))))

    def _look_at(self, heads: Sequence[Mapping[str, object]]) -> list[FoundBill]:
        names = {cell_text(head["FID"]): cell_text(head["FBillNo"]) for head in heads}
        records = self._records(names)
        targets: dict[str, tuple[TargetBill, ...]] = {}
        if self._rule is not None:
            sight = self._rule.lookup.ask(names)
            self._void = self._void or sight.void
            linked = {bill_id: self._rule.lookup.by_this_rule(sight.of(bill_id)) for bill_id in names}
            self._rule.quota.learn(pushed_lines(linked, records))
            targets = {bill_id: tuple(each.bill for each in made) for bill_id, made in linked.items()}
        return [self._bill(head, records, targets) for head in heads]

    def _records(self, names: Iterable[str]) -> dict[str, SourceRecord]:
        """The bills with the numbers of their lines; {} where the server does not tell them."""
        if not self._details:
            return {}
        try:
            return self._sources.by_ids(names)
        except QueryRefused:
            return {}

    def _bill(
        self,
        head: Mapping[str, object],
        records: Mapping[str, SourceRecord],
        targets: Mapping[str, tuple[TargetBill, ...]],
    ) -> FoundBill:
        form, bill_id = self._form, cell_text(head["FID"])
        record = records.get(bill_id)
        amount = number_of(head[form.amount]) if form.amount else self._sum(record)
        left = self._rule.quota.of_bill(record.cells) if self._rule and record else None
        return FoundBill(
            _source_bill(head, form, self._sources.schema.organisation_columns),
            date=cell_text(head.get(form.date))[:10] if form.date else "",
            partner=cell_text(head.get(f"{form.partner}.FName")) if form.partner else "",
            amount=amount,
            left=left,
            targets=targets.get(bill_id, ()),
        )

    def _sum(self, record: SourceRecord | None) -> Decimal | None:
        columns = self._sources.columns
        key = (columns.amount or columns.net_amount) if columns else ""
        told = [cells.get(key) for cells in record.cells] if record and key else []
        numbers = [number for number in told if number is not None]
        return sum(numbers, Decimal(0)) if numbers and len(numbers) == len(told) else None

    def _notes(self, conditions: FindConditions) -> Iterable[Reason]:
        if conditions.status and not self._form.status:
            yield Reason.of("status_untold")
        if self._rule is None:
            return
        if not self._rule.lookup.can_ask:
            yield Reason.of("targets_unseen")
        elif self._void:
            yield Reason.of("targets_unproven")
        columns = self._sources.columns
        if columns is None or not columns.tells_left:
            yield Reason.of("quantity_untold")


def _has_left(bill: FoundBill) -> bool:
    """Whether something is left; where nobody can tell, whether it was never pushed."""
    return bill.left.left > 0 if bill.left is not None else not bill.targets


def _source_bill(
    head: Mapping[str, object], form: FindForm, organisation_columns: Sequence[str]
) -> SourceBill:
    number, name = (cell_text(head.get(key)) for key in organisation_columns or ("", ""))
    home = ((ORGANISATION, name or number), (ORGANISATION_NUMBER, number)) if name or number else ()
    status = cell_text(head.get(form.status)) if form.status else ""
    return SourceBill(cell_text(head["FID"]), cell_text(head["FBillNo"]), status or None, home)


class _Pages:
    """The heads that meet a filter, newest first: each page begins below the last id of the one before.

    So a bill that is saved meanwhile shifts nothing, and a server that does not count rows is no matter.
    """

    def __init__(
        self, connection: Connection, form: FindForm, columns: Sequence[str], asked: FindFilter, page: int
    ) -> None:
        self._connection = connection
        self._form = form
        self._columns = tuple(columns)
        self._asked = asked
        self._page = page
        self._last = ""
        self._seen: set[str] = set()
        self._rest = False

    def next(self) -> list[dict[str, object]] | None:
        """The next heads, each bill once; [] where none of a page was new or fits, None at the end.

        Raises:
            AnswerUnreadable: paging_ignored, where the server does not put them in the order asked for.
        """
        rows = self._ask(self._page)
        if not rows:
            return None
        ids = [cell_text(row["FID"]) for row in rows]
        if not _descending([self._last, *ids] if self._last else ids) or set(ids) <= self._seen:
            raise AnswerUnreadable("paging_ignored")
        self._last = ids[-1]
        heads: dict[str, dict[str, object]] = {}
        for bill_id, row in zip(ids, rows, strict=True):
            if bill_id not in heads and bill_id not in self._seen and self._fits(row):
                heads[bill_id] = row
        self._seen.update(ids)
        return list(heads.values())

    def put_back(self) -> None:
        """Heads of the last page were not used."""
        self._rest = True

    def has_more(self) -> bool:
        """Whether there is more than was used. May ask."""
        return self._rest or bool(self._ask(1))

    def _ask(self, limit: int) -> list[dict[str, object]]:
        parts = [self._asked.text, f"FID < {_id(self._last)}" if self._last else ""]
        text = " and ".join(part for part in parts if part)
        rows = self._connection.query(self._form.form_id, self._columns, text, order="FID DESC", limit=limit)
        return [dict(zip(self._columns, row, strict=True)) for row in rows]

    def _fits(self, row: Mapping[str, object]) -> bool:
        return all(check.holds(row) for check in self._asked.checks)


def _descending(ids: Sequence[str]) -> bool:
    """Whether ids of digits fall (the lines of one bill share one); others are not compared."""
    if not all(bill_id.isdigit() for bill_id in ids):
        return True
    numbers = [int(bill_id) for bill_id in ids]
    return all(before >= after for before, after in pairwise(numbers))


def _id(bill_id: str) -> str:
    return bill_id if bill_id.isdigit() else quote(bill_id)
