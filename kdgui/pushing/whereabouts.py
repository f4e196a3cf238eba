"""Whereabouts: what Kingdee holds now of a bill that the clerk asks about, and of its targets. Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from kdgui.domain.bills import TargetBill
from kdgui.domain.errors import BadInput, KdguiError, QueryRefused
from kdgui.domain.orders import PushOptions, RunOrder
from kdgui.domain.verdicts import Row
from kdgui.k3cloud.filters import quote
from kdgui.pushing.eyes import Prober
from kdgui.pushing.guard import SHUT, STATUS_KEY
from kdgui.pushing.line import Line
from kdgui.pushing.numbers import identity
from kdgui.pushing.questions import cell_text
from kdgui.pushing.workshop import Workshop
from kdgui.store.journal_search import Found

MOST_SOURCES = 20
"""Bills asked about at once: a merged target may have hundreds of sources, which nobody reads here."""


@dataclass(frozen=True, slots=True)
class Way:
    """From which form to which, and by which rule ("" where only the source is known)."""

    form_id: str
    rule_id: str = ""
    target_form: str = ""


def way_of(order: RunOrder) -> Way | None:
    """The way that an order goes, or None where no form is chosen."""
    options = order.options
    return Way(order.form_id, options.rule_id, options.target_form) if order.form_id else None


@dataclass(frozen=True, slots=True)
class Standing:
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

    way: Way
    number: str
    bill_id: str = ""
    status: str | None = None
    shut: tuple[str, ...] = ()
    targets: tuple[TargetBill, ...] = ()
    gone: tuple[TargetBill, ...] = ()
    certain: bool = False
    trouble: KdguiError | None = None
    asked_at: datetime = field(default_factory=lambda: datetime.now(UTC))


class Whereabouts:
    """Asks the server that is signed in to; may be used beside a run, it has a line of its own."""

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop

    def ask(self, number: str, found: Sequence[Found], otherwise: Way | None = None) -> tuple[Standing, ...]:
        """What became of these bills, as far as they were pushed in this data centre; blocks.

        Where no run of this data centre knows the number, a source bill of that number is looked for by
        `otherwise`. At most `MOST_SOURCES` bills.

        Raises:
            BadInput: `not_signed_in`. LineTrouble, SessionLost, SignInRefused, AnswerUnreadable.
        """
        known: dict[Way, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
        here = [hit for hit in found if self._workshop.is_here(hit.run)]
        for hit in here:
            way = Way(hit.run.form_id, hit.run.rule_id, hit.run.target_form)
            if sum(map(len, known.values())) < MOST_SOURCES or hit.row.number in known[way]:
                known[way][hit.row.number].append(hit.row)
        if not here and otherwise is not None and number:
            known[self._completed(otherwise)][number] = []
        standings: list[Standing] = []
        with self._workshop.entrance.own_line() as line:
            for way, rows in known.items():
                if rows:
                    standings += self._ask_way(line, way, rows)
        return tuple(standings)

    def _completed(self, way: Way) -> Way:
        """With the target form that catalogue or server name; without one the source alone is asked about."""
        order = RunOrder(way.form_id, PushOptions(rule_id=way.rule_id, target_form=way.target_form), ())
        try:
            return way_of(self._workshop.completed(order)) or way
        except BadInput:
            return way

    def _ask_way(self, line: Line, way: Way, rows: Mapping[str, Sequence[Row]]) -> list[Standing]:
        try:
            bills = self._sources(line, way, rows)
        except QueryRefused as refusal:
            return [Standing(way, number, trouble=refusal) for number in rows]
        standings = self._with_targets(line, way, [bill for found in bills.values() for bill in found])
        standings += [Standing(way, number) for number in rows if not bills[number]]
        return [self._with_gone(line, standing, rows[standing.number]) for standing in standings]

    def _sources(self, line: Line, way: Way, rows: Mapping[str, Sequence[Row]]) -> dict[str, list[Standing]]:
        """The bills of these numbers; of several with one number those that were pushed."""
        fields = Prober(line, way.form_id).known((STATUS_KEY, *SHUT))
        keys = ("FID", "FBillNo", *fields)
        values = ",".join(map(quote, rows))
        cells = line.read(
            lambda session: session.query_all(way.form_id, keys, f"FBillNo in ({values})", order="FID ASC")
        )
        bills: dict[str, list[Standing]] = {number: [] for number in rows}
        for record in (dict(zip(keys, map(cell_text, values), strict=False)) for values in cells):
            for number in rows:
                if identity(record["FBillNo"]) == identity(number):
                    shut = tuple(code for key, code in SHUT.items() if record.get(key) == "B")
                    bills[number].append(
                        Standing(way, number, record["FID"], record.get(STATUS_KEY), shut=shut)
                    )
        return {number: _pushed(found, rows[number]) for number, found in bills.items()}

    def _with_targets(self, line: Line, way: Way, bills: Sequence[Standing]) -> list[Standing]:
        if not bills or not way.target_form:
            return list(bills)
        finder = self._workshop.finder(way.form_id, way.rule_id, way.target_form, line)
        try:
            finder.open()
            sight = finder.ask({bill.bill_id: bill.number for bill in bills})
        except QueryRefused as refusal:
            return [replace(bill, trouble=refusal) for bill in bills]
        return [
            replace(
                bill,
                targets=tuple(target.bill for target in finder.by_this_rule(sight.of(bill.bill_id))),
                certain=sight.controlled and not sight.void,
                asked_at=sight.asked_at,
            )
            for bill in bills
        ]

    def _with_gone(self, line: Line, standing: Standing, rows: Iterable[Row]) -> Standing:
        """Look by id for the targets that the journal names and the links do not show."""
        shown = {target.id for target in standing.targets}
        named = {target.id: target for row in rows for target in row.targets if target.id}
        missing = [target for target_id, target in named.items() if target_id not in shown]
        way = standing.way
        if not missing or standing.trouble is not None:
            return standing
        finder = self._workshop.finder(way.form_id, way.rule_id, way.target_form, line)
        try:
            there = finder.by_ids(target.id for target in missing)
        except QueryRefused as refusal:
            return replace(standing, trouble=refusal)
        return replace(
            standing,
            targets=(*standing.targets, *(target.bill for target in there.values())),
            gone=tuple(target for target in missing if target.id not in there),
        )


def _pushed(found: list[Standing], rows: Sequence[Row]) -> list[Standing]:
    ids = {row.bill_id for row in rows if row.bill_id}
    return [bill for bill in found if bill.bill_id in ids] or found
