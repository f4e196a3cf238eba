"""Bill trace: what Kingdee holds now of a bill that the clerk asks about, and of its targets. Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from kdgui.domain.bill_numbers import identity
from kdgui.domain.bills import TargetBill
from kdgui.domain.errors import BadInput, KdguiError, QueryRefused
from kdgui.domain.orders import PushOptions, RunOrder
from kdgui.domain.verdicts import Row
from kdgui.k3cloud.queries import quote
from kdgui.pushing.connection.connection import Connection
from kdgui.pushing.context import DataCentreContext
from kdgui.pushing.schema.column_probe import ColumnProbe
from kdgui.pushing.schema.field_keys import CLOSED_FIELDS, STATUS_KEY
from kdgui.pushing.schema.query_text import cell_text
from kdgui.store.journal.search import NumberHit

MOST_SOURCES = 20
"""Bills asked about at once: a merged target may have hundreds of sources, which nobody reads here."""


@dataclass(frozen=True, slots=True)
class PushPath:
    """From which form to which, and by which rule ("" where only the source is known)."""

    form_id: str
    rule_id: str = ""
    target_form: str = ""


def path_of(order: RunOrder) -> PushPath | None:
    """The way that an order goes, or None where no form is chosen."""
    options = order.options
    return PushPath(order.form_id, options.rule_id, options.target_form) if order.form_id else None


@dataclass(frozen=True, slots=True)
class BillStatus:
    """What Kingdee holds now of one source bill.

    Attributes:
        bill_id: its FID; "" where Kingdee shows no bill of this number.
        status: FDocumentStatus, or None where the form does not tell.
        shut: why it cannot be pushed (`closed`, `cancelled` …).
        targets: the targets that this rule has made of it, whoever pushed.
        gone: targets that the journal names and Kingdee shows no more.
        certain: silence about targets means that there are none.
        trouble: why something could not be asked, or None.
        asked_at: aware, UTC.
    """

    way: PushPath
    number: str
    bill_id: str = ""
    status: str | None = None
    shut: tuple[str, ...] = ()
    targets: tuple[TargetBill, ...] = ()
    gone: tuple[TargetBill, ...] = ()
    certain: bool = False
    trouble: KdguiError | None = None
    asked_at: datetime = field(default_factory=lambda: datetime.now(UTC))


class BillTracker:
    """Asks the server that is signed in to; may be used beside a run, it has a connection of its own."""

    def __init__(self, context: DataCentreContext) -> None:
        self._context = context

    def ask(
        self, number: str, found: Sequence[NumberHit], otherwise: PushPath | None = None
    ) -> tuple[BillStatus, ...]:
        """What became of these bills, as far as they were pushed in this data centre; blocks.

        Where no run of this data centre knows the number, a source bill of that number is looked for by
        `otherwise`. At most `MOST_SOURCES` bills.

        Raises:
            BadInput: `not_signed_in`. ConnectionTrouble, SessionLost, SignInRefused, AnswerUnreadable.
        """
        known: dict[PushPath, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
        here = [hit for hit in found if self._context.is_here(hit.run)]
        for hit in here:
            way = PushPath(hit.run.form_id, hit.run.rule_id, hit.run.target_form)
            if sum(map(len, known.values())) < MOST_SOURCES or hit.row.number in known[way]:
                known[way][hit.row.number].append(hit.row)
        if not here and otherwise is not None and number:
            known[self._completed(otherwise)][number] = []
        standings: list[BillStatus] = []
        with self._context.sign_in_service.own_connection() as connection:
            for way, rows in known.items():
                if rows:
                    standings += self._ask_way(connection, way, rows)
        return tuple(standings)

    def _completed(self, way: PushPath) -> PushPath:
        """With the target form that catalogue or server name; without one the source alone is asked about."""
        order = RunOrder(way.form_id, PushOptions(rule_id=way.rule_id, target_form=way.target_form), ())
        try:
            return path_of(self._context.completed(order)) or way
        except BadInput:
            return way

    def _ask_way(
        self, connection: Connection, way: PushPath, rows: Mapping[str, Sequence[Row]]
    ) -> list[BillStatus]:
        try:
            bills = self._sources(connection, way, rows)
        except QueryRefused as refusal:
            return [BillStatus(way, number, trouble=refusal) for number in rows]
        standings = self._with_targets(connection, way, [bill for found in bills.values() for bill in found])
        standings += [BillStatus(way, number) for number in rows if not bills[number]]
        return [self._with_gone(connection, standing, rows[standing.number]) for standing in standings]

    def _sources(
        self, connection: Connection, way: PushPath, rows: Mapping[str, Sequence[Row]]
    ) -> dict[str, list[BillStatus]]:
        """The bills of these numbers; of several with one number those that were pushed."""
        fields = ColumnProbe(connection, way.form_id).known((STATUS_KEY, *CLOSED_FIELDS))
        keys = ("FID", "FBillNo", *fields)
        values = ",".join(map(quote, rows))
        cells = connection.query_all(way.form_id, keys, f"FBillNo in ({values})", order="FID ASC")
        bills: dict[str, list[BillStatus]] = {number: [] for number in rows}
        for record in (dict(zip(keys, map(cell_text, values), strict=False)) for values in cells):
            for number in rows:
                if identity(record["FBillNo"]) == identity(number):
                    shut = tuple(code for key, code in CLOSED_FIELDS.items() if record.get(key) == "B")
                    bills[number].append(
                        BillStatus(way, number, record["FID"], record.get(STATUS_KEY), shut=shut)
                    )
        return {number: _pushed(found, rows[number]) for number, found in bills.items()}

    def _with_targets(
        self, connection: Connection, way: PushPath, bills: Sequence[BillStatus]
    ) -> list[BillStatus]:
        if not bills or not way.target_form:
            return list(bills)
        lookup = self._context.lookup(way.form_id, way.rule_id, way.target_form, connection)
        try:
            lookup.open()
            sight = lookup.ask({bill.bill_id: bill.number for bill in bills})
        except QueryRefused as refusal:
            return [replace(bill, trouble=refusal) for bill in bills]
        return [
            replace(
                bill,
                targets=tuple(target.bill for target in lookup.by_this_rule(sight.of(bill.bill_id))),
                certain=sight.controlled and not sight.void,
                asked_at=sight.asked_at,
            )
            for bill in bills
        ]

    def _with_gone(self, connection: Connection, standing: BillStatus, rows: Iterable[Row]) -> BillStatus:
        """Look by id for the targets that the journal names and the links do not show."""
        shown = {target.id for target in standing.targets}
        named = {target.id: target for row in rows for target in row.targets if target.id}
        missing = [target for target_id, target in named.items() if target_id not in shown]
        way = standing.way
        if not missing or standing.trouble is not None:
            return standing
        lookup = self._context.lookup(way.form_id, way.rule_id, way.target_form, connection)
        try:
            there = lookup.by_ids(target.id for target in missing)
        except QueryRefused as refusal:
            return replace(standing, trouble=refusal)
        return replace(
            standing,
            targets=(*standing.targets, *(target.bill for target in there.values())),
            gone=tuple(target for target in missing if target.id not in there),
        )


def _pushed(found: list[BillStatus], rows: Sequence[Row]) -> list[BillStatus]:
    ids = {row.bill_id for row in rows if row.bill_id}
    return [bill for bill in found if bill.bill_id in ids] or found
