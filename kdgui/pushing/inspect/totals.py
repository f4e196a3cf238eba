"""Totals (核对): quantity and amount of the sources against those of the targets that a run made of them.

Sums to compare at a glance, nothing more: a rule may well convert, split or leave out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from kdgui.domain.errors import AnswerUnreadable, QueryRefused
from kdgui.domain.verdicts import Reason, Row, Verdict
from kdgui.pushing.connection.connection import Connection
from kdgui.pushing.inspect.quantities import Cells, number_of
from kdgui.pushing.schema.column_probe import ColumnProbe
from kdgui.pushing.schema.discoveries import Discoveries
from kdgui.pushing.schema.form_schema import EntryColumns, SchemaReader, is_about_columns
from kdgui.pushing.schema.query_text import cell_text, chunks, id_list


@dataclass(frozen=True, slots=True)
class Sum:
    """Quantity and amount; None for what cannot be told, or not be compared."""

    quantity: Decimal | None = None
    amount: Decimal | None = None


NOTHING = Sum()


@dataclass(frozen=True, slots=True)
class BillTotal:
    """One source bill against what this run made of it; `trouble`: why a side is missing, or None."""

    position: int
    number: str
    source: Sum = NOTHING
    targets: Sum = NOTHING
    trouble: Reason | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """A run's bills and their sums, over whole bills, each source and each target counted once.

    Attributes:
        compared: columns that were summed, of source and target: (("FQty", "FRealQty"), …).
        trouble: what to know about the sums: units that differ, bills that are not seen, nothing to compare.
    """

    rows: tuple[BillTotal, ...]
    source: Sum = NOTHING
    targets: Sum = NOTHING
    compared: tuple[tuple[str, str], ...] = ()
    trouble: Reason | None = None


@dataclass(frozen=True, slots=True)
class _Measures:
    """What is summed on one side; "" for what is not."""

    quantity: str = ""
    amount: str = ""
    unit: str = ""


@dataclass(slots=True)
class _Line:
    """One line of a bill; `sources`: FIDs that its link rows name."""

    entry_id: str
    cells: Cells
    unit: str = ""
    sources: set[str] = field(default_factory=set)


_Bills = Mapping[str, Sequence[_Line]]


class Totaller:
    """Sums up the bills of a run. Used from one thread at a time; blocks on the network."""

    def __init__(
        self, connection: Connection, schemas: SchemaReader, memory: Discoveries, place: str
    ) -> None:
        self._connection = connection
        self._schemas = schemas
        self._memory = memory
        self._place = place

    def sum_up(self, form_id: str, target_form: str, rows: Sequence[Row]) -> Totals:
        """The pushed ones of these rows against their targets of `target_form`.

        Raises:
            ConnectionTrouble, SessionLost, SignInRefused; QueryRefused: a form cannot be asked at all.
        """
        pushed = [row for row in rows if row.verdict is Verdict.PUSHED and row.targets and row.bill_id]
        if not pushed:
            return Totals((), trouble=Reason.of("totals_nothing"))
        try:
            return self._sum_up(form_id, target_form, pushed, anew=False)
        except QueryRefused as refusal:  # a remembered column may have gone since
            if not is_about_columns(refusal):
                raise
        return self._sum_up(form_id, target_form, pushed, anew=True)

    def _sum_up(self, form_id: str, target_form: str, pushed: Sequence[Row], *, anew: bool) -> Totals:
        source_lines = self._schemas.know(form_id, anew=anew).main
        target_lines = self._schemas.know(target_form, anew=anew).main
        if source_lines is None or target_lines is None:
            return Totals(tuple(map(_bare, pushed)), trouble=Reason.of("totals_nothing"))
        measures = _comparable(source_lines, target_lines)
        if not any((measures[0].quantity, measures[0].amount)):
            return Totals(tuple(map(_bare, pushed)), trouble=Reason.of("totals_nothing"))
        ours = {row.position: _targets(row, target_form) for row in pushed}
        sources = self._read(form_id, source_lines, measures[0], (row.bill_id for row in pushed))
        targets = self._read(
            target_form, target_lines, measures[1], (i for ids in ours.values() for i in ids)
        )
        self._add_links(target_form, target_lines, targets)
        return _Sums(pushed, ours, sources, targets, measures).totals()

    # -- asking ------------------------------------------------------------------------------------

    def _read(
        self, form_id: str, columns: EntryColumns, measures: _Measures, bill_ids: Iterable[str]
    ) -> dict[str, list[_Line]]:
        unit = (f"{measures.unit}.FNumber",) if measures.unit else ()
        numbers = tuple(dict.fromkeys(filter(None, (measures.quantity, measures.amount))))
        key = (columns.line_key,) if columns.line_key else ()
        bills: dict[str, list[_Line]] = defaultdict(list)
        for values in self._rows(form_id, (*key, *unit, *numbers), bill_ids):
            record = dict(zip(("FID", *key, *unit, *numbers), values, strict=True))
            line = _Line(
                cell_text(record[key[0]]) if key else "",
                {number: number_of(record[number]) for number in numbers},
                cell_text(record[unit[0]]) if unit else "",
            )
            bills[cell_text(record["FID"])].append(line)
        return bills

    def _add_links(self, form_id: str, columns: EntryColumns, bills: Mapping[str, Sequence[_Line]]) -> None:
        """Let every line know the sources that its link rows name; asked apart, so that no line is lost."""
        by_entry = {line.entry_id: line for lines in bills.values() for line in lines}
        link = f"{columns.entry}_Link_FSBillId"
        if not (columns.line_key and self._has_link(form_id, link)):
            return
        try:
            rows = self._rows(form_id, (columns.line_key, link), bills)
        except (QueryRefused, AnswerUnreadable):
            return
        for _, entry_id, source in rows:
            line = by_entry.get(cell_text(entry_id))
            if line is not None and cell_text(source) not in ("", "0"):
                line.sources.add(cell_text(source))

    def _rows(self, form_id: str, keys: Sequence[str], bill_ids: Iterable[str]) -> list[tuple[object, ...]]:
        rows = []
        for chunk in chunks(tuple(dict.fromkeys(bill_ids))):
            rows += self._connection.read(
                lambda session, wanted=chunk: session.query_all(  # type: ignore[misc]  # one chunk a call
                    form_id, ("FID", *keys), f"FID in ({id_list(wanted)})", order="FID ASC"
                )
            )
        return rows

    def _has_link(self, form_id: str, link: str) -> bool:
        key = f"{self._place}|{form_id.casefold()}|{link.casefold()}"
        known = self._memory.recall("link_column", key)
        if known is not None:
            return known == "yes"
        prober = ColumnProbe(self._connection, form_id)
        found = prober.has((link,))
        if prober.sure:
            self._memory.remember("link_column", key, "yes" if found else "no")
        return found


class _Sums:
    """The arithmetic, once everything is read."""

    def __init__(
        self,
        pushed: Sequence[Row],
        ours: Mapping[int, tuple[str, ...]],
        sources: _Bills,
        targets: _Bills,
        measures: tuple[_Measures, _Measures],
    ) -> None:
        self._pushed = pushed
        self._ours = ours
        self._sources = sources
        self._targets = targets
        self._of_source, self._of_target = measures
        self._owners: dict[str, set[str]] = defaultdict(set)
        for row in pushed:
            for target_id in ours[row.position]:
                self._owners[target_id].add(row.bill_id)

    def totals(self) -> Totals:
        rows = tuple(map(self._row, self._pushed))
        all_sources = {row.bill_id for row in self._pushed}
        unseen = len(all_sources - self._sources.keys()) + len(self._owners.keys() - self._targets.keys())
        compared = (
            (self._of_source.quantity, self._of_target.quantity),
            (self._of_source.amount, self._of_target.amount),
        )
        return Totals(
            rows,
            _sum(
                (line for bill_id in all_sources for line in self._sources.get(bill_id, ())), self._of_source
            ),
            _sum((line for lines in self._targets.values() for line in lines), self._of_target),
            tuple(pair for pair in compared if all(pair)),
            Reason.of("totals_unseen", count=unseen) if unseen else self._units(),
        )

    def _row(self, row: Row) -> BillTotal:
        source = self._sources.get(row.bill_id)
        wanted = self._ours[row.position]
        seen = source is not None and wanted and all(target_id in self._targets for target_id in wanted)
        lines = self._lines_of(row) if seen else None
        if lines is not None:
            trouble = None
        else:
            trouble = Reason.of("totals_shared") if seen else Reason.of("totals_unseen", count=1)
        return BillTotal(
            row.position,
            row.number,
            _sum(source, self._of_source) if source is not None else NOTHING,
            _sum(lines, self._of_target) if lines is not None else NOTHING,
            trouble,
        )

    def _lines_of(self, row: Row) -> list[_Line] | None:
        """The target lines that came of this bill alone; None where that cannot be told."""
        own: list[_Line] = []
        for target_id in self._ours[row.position]:
            alone = self._owners[target_id] == {row.bill_id}
            for line in self._targets[target_id]:
                others = line.sources - {row.bill_id}
                if row.bill_id in line.sources and others:
                    return None
                if not (line.sources or alone):
                    return None
                if row.bill_id in line.sources or not line.sources:
                    own.append(line)
        return own

    def _units(self) -> Reason | None:
        sides = [
            {line.unit for lines in bills.values() for line in lines if line.unit}
            for bills in (self._sources, self._targets)
        ]
        differ = bool(sides[0] and sides[1] and sides[0] != sides[1])
        return Reason.of("totals_units") if differ else None


def _targets(row: Row, target_form: str) -> tuple[str, ...]:
    wanted = target_form.casefold()
    return tuple(target.id for target in row.targets if target.form_id.casefold() == wanted)


def _bare(row: Row) -> BillTotal:
    return BillTotal(row.position, row.number)


def _comparable(source: EntryColumns, target: EntryColumns) -> tuple[_Measures, _Measures]:
    """What both sides have: the base unit before the bill's own, amounts with tax before those without."""
    if source.base_quantity and target.base_quantity:
        quantity, units = (source.base_quantity, target.base_quantity), ("", "")
    elif source.quantity and target.quantity:
        quantity = (source.quantity, target.quantity)
        units = (source.unit, target.unit) if source.unit and target.unit else ("", "")
    else:
        quantity, units = ("", ""), ("", "")
    if source.amount and target.amount:
        amount = (source.amount, target.amount)
    elif source.net_amount and target.net_amount:
        amount = (source.net_amount, target.net_amount)
    else:
        amount = ("", "")
    return _Measures(quantity[0], amount[0], units[0]), _Measures(quantity[1], amount[1], units[1])


def _sum(lines: Iterable[_Line], measures: _Measures) -> Sum:
    found = tuple(lines)

    def total(key: str) -> Decimal | None:
        numbers = [line.cells.get(key) for line in found] if key else []
        told = [number for number in numbers if number is not None]
        return sum(told, Decimal(0)) if told and len(told) == len(numbers) else None

    return Sum(total(measures.quantity), total(measures.amount))
