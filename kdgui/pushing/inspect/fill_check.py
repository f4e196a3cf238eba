"""Fill check: before a push, whether what is to be filled in on the targets can be, value by value.

A bill with a value that cannot be filled in is held back: pushed, it would only be half done.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from kdgui.domain import msg_codes
from kdgui.domain.bill_numbers import identity
from kdgui.domain.errors import BadInput, QueryRefused
from kdgui.domain.fills import ALL_LINES, FillField, FillRow, FillTable, FillTableRow, ValueKind, read_value
from kdgui.domain.orders import RunOrder
from kdgui.domain.verdicts import Reason
from kdgui.k3cloud.queries import quote
from kdgui.pushing.connection.connection import Connection
from kdgui.pushing.inspect.quantities import Cells, Quota, number_of
from kdgui.pushing.inspect.source_bills import SourceReader, numeric_columns
from kdgui.pushing.schema.fill_fields import FillForm
from kdgui.pushing.schema.query_text import cell_text, chunks

BASE_KEYS = ("FName", "FForbidStatus", "FDocumentStatus")
_BAD = {
    ValueKind.NUMBER: "fill_bad_number",
    ValueKind.DATE: "fill_bad_date",
    ValueKind.CHECK: "fill_bad_check",
}


@dataclass(frozen=True, slots=True)
class FillProblem:
    """One value, or a whole row (heading ""), that cannot be filled in: row of the file, bill, and why."""

    place: int
    number: str
    heading: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class FillPlan:
    """An order with what is to be filled in, and what stands against it.

    Attributes:
        order: with fill fields and rows, part deliveries as lines, and the bills held back with the reasons.
        problems: every value that cannot be filled in, in the order of the table.
        unchecked: what could not be found out beforehand.
    """

    order: RunOrder
    problems: tuple[FillProblem, ...] = ()
    unchecked: tuple[Reason, ...] = ()


@dataclass(slots=True)
class _SourceLine:
    entry_id: str
    sequence: str
    material: str
    cells: Cells


@dataclass(slots=True)
class _Source:
    bills: dict[str, list[_SourceLine]] = field(default_factory=dict)


class FillCheck:
    """One check of one table. Used from one thread; reads only: one question a column of base data, one for
    150 bills.
    """

    def __init__(
        self, connection: Connection, order: RunOrder, form: FillForm, sources: SourceReader, quota: Quota
    ) -> None:
        self._connection = connection
        self._order = order
        self._form = form
        self._sources = sources
        self._quota = quota
        self._problems: list[FillProblem] = []
        self._unchecked: dict[Reason, None] = {}
        self._codes: dict[str, dict[str, str | Reason]] = {}
        self._bills: dict[str, _Source] = {}

    def go(self, table: FillTable, fields: Sequence[FillField | None]) -> FillPlan:
        """The order with what the table asks for; `fields` says for each heading which field it is.

        Raises:
            BadInput: fill_no_field (no heading is matched); and what a read raises.
        """
        if not any(fields):
            raise BadInput("fill_no_field")
        numbers = (
            self._order.numbers
            or tuple({identity(row.number): row.number for row in reversed(table.rows)}.values())[::-1]
        )
        places = {identity(number): at for at, number in reversed([*enumerate(numbers)])}
        rows = [row for row in table.rows if identity(row.number) in places]
        self._read_codes(fields, rows)
        self._read_sources({numbers[places[identity(row.number)]] for row in rows})
        found: list[FillRow] = []
        for row in rows:
            found += self._row(table, fields, row, places[identity(row.number)])
        found = self._once(found, rows, places)
        return self._plan(numbers, places, [item for item in fields if item is not None], found)

    # -- reading -----------------------------------------------------------------------------------

    def _read_codes(self, fields: Sequence[FillField | None], rows: Iterable[FillTableRow]) -> None:
        for at, item in enumerate(fields):
            if item is not None and item.kind is ValueKind.BASE:
                texts = {row.cells[at] for row in rows if at < len(row.cells) and row.cells[at]}
                self._codes[item.key] = self._resolved(item, sorted(texts)) if texts else {}

    def _resolved(self, item: FillField, texts: Sequence[str]) -> dict[str, str | Reason]:
        """By text as given: the code, or why it cannot be used; {} where the base data cannot be asked."""
        if not item.lookup:
            self._unchecked[Reason.of("fill_base_unchecked", field=item.label)] = None
            return {}
        try:
            known = self._base_columns(item.lookup)
            records: list[dict[str, str]] = []
            for chunk in chunks(texts):
                values = ",".join(map(quote, chunk))
                name = f" or FName in ({values})" if "FName" in known else ""
                keys = ("FNumber", *known)
                found = self._connection.query_all(
                    item.lookup, keys, f"FNumber in ({values}){name}", order="FNumber ASC"
                )
                records += [dict(zip(keys, map(cell_text, row), strict=True)) for row in found]
        except QueryRefused:
            self._unchecked[Reason.of("fill_base_unchecked", field=item.label)] = None
            return {}
        return {text: _code_of(item, text, records) for text in texts}

    def _base_columns(self, form_id: str) -> tuple[str, ...]:
        """Which of the further columns this base data has. It has no FID: asked for by its code."""
        if self._has_columns(form_id, BASE_KEYS):
            return BASE_KEYS
        return tuple(key for key in BASE_KEYS if self._has_columns(form_id, (key,)))

    def _has_columns(self, form_id: str, keys: Sequence[str]) -> bool:
        try:
            self._connection.query(form_id, ("FNumber", *keys), order="FNumber ASC", limit=1)
        except QueryRefused as refusal:
            if refusal.msg_code != msg_codes.NO_FIELD:
                raise
            return False
        return True

    def _read_sources(self, numbers: Iterable[str]) -> None:
        """The lines of these bills; nothing where the source form tells no lines."""
        columns = self._sources.columns
        if columns is None or not columns.line_key:
            return
        material = f"{columns.material}.FNumber" if columns.material else ""
        measured = numeric_columns(columns)
        keys = ("FID", "FBillNo", columns.line_key, columns.sequence_key, material, *measured)
        keys = tuple(dict.fromkeys(filter(None, keys)))
        for chunk in chunks(tuple(numbers)):
            rows = self._connection.query_all(
                self._order.form_id, keys, f"FBillNo in ({','.join(map(quote, chunk))})", order="FID ASC"
            )
            for values in rows:
                record = dict(zip(keys, values, strict=True))
                bill = self._bills.setdefault(identity(cell_text(record["FBillNo"])), _Source())
                lines = bill.bills.setdefault(cell_text(record["FID"]), [])
                entry_id = cell_text(record[columns.line_key])
                if entry_id not in ("", "0") and entry_id not in [line.entry_id for line in lines]:
                    sequence = cell_text(record.get(columns.sequence_key)) or str(len(lines) + 1)
                    cells = {key: number_of(record[key]) for key in measured}
                    lines.append(_SourceLine(entry_id, sequence, cell_text(record.get(material)), cells))

    # -- judging -----------------------------------------------------------------------------------

    def _row(
        self, table: FillTable, fields: Sequence[FillField | None], row: FillTableRow, position: int
    ) -> list[FillRow]:
        lines = self._lines(row.number, position)
        if lines is None:
            self._object(row, "", Reason.of(self._why_not(row.number)))
            return []
        head: list[tuple[str, str]] = []
        line: list[tuple[FillField, str]] = []
        for at, item in enumerate(fields):
            text = row.cells[at] if at < len(row.cells) else ""
            wanted = self._value(row, table.headings[at], item, text) if item is not None and text else None
            if item is not None and wanted:
                if item.entry:
                    line.append((item, wanted))
                else:
                    head.append((item.key, wanted))
        found = [FillRow(position, tuple(head))] if head else []
        if line or row.line:
            found += self._line_rows(table, row, position, lines, line)
        return found

    def _why_not(self, number: str) -> str:
        if self._sources.columns is None or not self._sources.columns.line_key:
            return "fill_lines_unreadable"
        return "several_found" if self._bills.get(identity(number), _Source()).bills else "not_found"

    def _lines(self, number: str, position: int) -> list[_SourceLine] | None:
        """The lines of the one bill that is meant; None where there is none, or several."""
        bills = self._bills.get(identity(number), _Source()).bills
        chosen = dict(self._order.chosen).get(position)
        if chosen is not None:
            return bills.get(chosen)
        return next(iter(bills.values())) if len(bills) == 1 else None

    def _value(self, row: FillTableRow, heading: str, item: FillField, text: str) -> str | None:
        wanted = read_value(item.kind, text)
        if wanted is None:
            code = _BAD.get(item.kind, "fill_bad_text")
            self._object(row, heading, Reason.of(code, field=item.label, wanted=text))
            return None
        if item.kind is ValueKind.BASE:
            known = self._codes.get(item.key, {}).get(text, wanted)
            if isinstance(known, Reason):
                self._object(row, heading, known)
                return None
            return known
        if item.quantity and Decimal(wanted) <= 0:
            self._object(row, heading, Reason.of("fill_quantity_zero", field=item.label, wanted=text))
            return None
        return wanted

    def _line_rows(
        self,
        table: FillTable,
        row: FillTableRow,
        position: int,
        lines: Sequence[_SourceLine],
        values: Sequence[tuple[FillField, str]],
    ) -> list[FillRow]:
        if self._form.links is None and values:
            self._object(row, "", Reason.of("fill_no_links"))
            return []
        meant = _meant(row.line, lines, by_material=table.by_material) if row.line else list(lines)
        if row.line and len(meant) != 1:
            code = "fill_line_several" if meant else "fill_line_unknown"
            self._object(row, "", Reason.of(code, line=row.line))
            return []
        if len(meant) == 1:
            self._compare_left(row, meant[0], values)
            named = row.line or meant[0].sequence
            return [FillRow(position, _pairs(values), meant[0].entry_id, named)]
        numbers = [item.label for item, _ in values if item.kind is ValueKind.NUMBER]
        if numbers:
            self._object(row, "", Reason.of("fill_line_needed", field=", ".join(numbers), count=len(lines)))
            return []
        return [FillRow(position, _pairs(values), ALL_LINES)] if values else []

    def _compare_left(
        self,
        row: FillTableRow,
        line: _SourceLine,
        values: Sequence[tuple[FillField, str]],
    ) -> None:
        for item, wanted in values:
            if item.quantity:
                share = self._quota.of_line(line.cells)
                if share is None:
                    self._unchecked[Reason.of("fill_left_unknown")] = None
                elif Decimal(wanted) > share.left:
                    left = f"{share.left.normalize():f}"
                    reason = Reason.of("fill_over", field=item.label, wanted=wanted, left=left)
                    self._object(row, item.label, reason)

    def _once(
        self, found: Sequence[FillRow], rows: Sequence[FillTableRow], places: Mapping[str, int]
    ) -> list[FillRow]:
        """Each value once; two different ones for the same field are objected to."""
        seen: dict[tuple[int, str, str], str] = {}
        by_position = {places[identity(row.number)]: row for row in reversed(rows)}
        kept = []
        for item in found:
            fresh = []
            for key, wanted in item.values:
                place = (item.position, item.entry_id, key)
                if seen.setdefault(place, wanted) != wanted:
                    row = by_position[item.position]
                    reason = Reason.of(
                        "fill_twice", line=item.line, field=key, wanted=wanted, held=seen[place]
                    )
                    self._object(row, key, reason)
                elif (key, wanted) not in fresh:
                    fresh.append((key, wanted))
            kept.append(replace(item, values=tuple(fresh)))
        return kept

    def _object(self, row: FillTableRow, heading: str, reason: Reason) -> None:
        told = replace(reason, values=(*reason.values, ("row", str(row.place))))
        self._problems.append(FillProblem(row.place, row.number, heading, told))

    # -- the order ---------------------------------------------------------------------------------

    def _plan(
        self,
        numbers: Sequence[str],
        places: Mapping[str, int],
        fields: Sequence[FillField],
        found: Sequence[FillRow],
    ) -> FillPlan:
        held: dict[int, list[Reason]] = defaultdict(list)
        for problem in self._problems:
            held[places[identity(problem.number)]].append(problem.reason)
        rows = tuple(item for item in found if item.values and item.position not in held)
        lines = dict(self._order.lines) | self._part_deliveries(numbers, fields, found, held)
        order = replace(
            self._order,
            numbers=tuple(numbers),
            lines=tuple(lines.items()),
            fill_fields=tuple(fields),
            fill_rows=rows,
            held_back=tuple((position, tuple(dict.fromkeys(why))) for position, why in held.items()),
        )
        return FillPlan(order, tuple(self._problems), tuple(self._unchecked))

    def _part_deliveries(
        self,
        numbers: Sequence[str],
        fields: Sequence[FillField],
        found: Sequence[FillRow],
        held: Mapping[int, object],
    ) -> dict[int, tuple[str, ...]]:
        """Where quantities are given line by line, the lines that are not named are not pushed."""
        quantities = {item.key for item in fields if item.quantity}
        named: dict[int, dict[str, None]] = defaultdict(dict)
        for item in found:
            if item.entry_id not in ("", ALL_LINES) and any(key in quantities for key, _ in item.values):
                named[item.position][item.entry_id] = None
        return {
            position: tuple(entries)
            for position, entries in named.items()
            if position not in held
            and set(entries) != {line.entry_id for line in self._lines(numbers[position], position) or ()}
        }


def _meant(text: str, lines: Sequence[_SourceLine], *, by_material: bool) -> list[_SourceLine]:
    """The lines that a cell names: by number, or by material where it says so or is no number of a line."""
    sequence = text.rstrip("0").rstrip(".") if "." in text else text
    found = [] if by_material else [line for line in lines if line.sequence == sequence]
    if by_material or (not found and not text.isdigit()):
        found = [line for line in lines if line.material and identity(line.material) == identity(text)]
    return found


def _pairs(values: Iterable[tuple[FillField, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((item.key, wanted) for item, wanted in values)


def _code_of(item: FillField, text: str, records: Sequence[Mapping[str, str]]) -> str | Reason:
    """The code that a cell means: it is one, or else the name of one record only."""
    by_code = [record for record in records if identity(record["FNumber"]) == identity(text)]
    found = by_code or [record for record in records if identity(record.get("FName", "")) == identity(text)]
    usable = [record for record in found if _enabled(record)]
    codes = dict.fromkeys(record["FNumber"] for record in usable)
    if len(codes) == 1:
        return next(iter(codes))
    why = "fill_base_several" if codes else "fill_base_disabled" if found else "fill_base_unknown"
    return Reason.of(why, field=item.label, wanted=text)


def _enabled(record: Mapping[str, str]) -> bool:
    return record.get("FForbidStatus", "A") in ("", "A") and record.get("FDocumentStatus", "C") in ("", "C")
