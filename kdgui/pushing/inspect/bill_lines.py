"""The lines of a bill, for the clerk to choose from: material, quantity, what is left, and where it went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from kdgui.domain.bill_numbers import identity
from kdgui.domain.bills import SourceBill
from kdgui.domain.errors import BadInput
from kdgui.pushing.connection.connection import Connection
from kdgui.pushing.inspect.quantities import Quota, number_of
from kdgui.pushing.inspect.quota_learning import learn_from_controls
from kdgui.pushing.inspect.source_bills import SourceReader, SourceRecord, numeric_columns
from kdgui.pushing.lookup.target_lookup import TargetLookup
from kdgui.pushing.schema.form_schema import EntryColumns
from kdgui.pushing.schema.query_text import cell_text, chunks, id_list


@dataclass(frozen=True, slots=True)
class BillLine:
    """One line of a bill; "" and None for what the form does not tell.

    Attributes:
        entry_id: by which it is pushed alone (EntryIds of Push).
        material, name: number and name of what it is about.
        quantity, linked, left: in the unit of the bill; money where the form keeps no quantities.
        linked_targets: numbers of the bills that this rule has made of it ("#id" for one without number).
    """

    entry_id: str
    sequence: int
    material: str = ""
    name: str = ""
    quantity: Decimal | None = None
    linked: Decimal | None = None
    left: Decimal | None = None
    linked_targets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BillLines:
    """One bill with its lines, in its own order."""

    bill: SourceBill
    lines: tuple[BillLine, ...]


@dataclass(frozen=True, slots=True)
class LinesFound:
    """Bills with those of their lines that were asked for, and entry ids that no bill has."""

    bills: tuple[tuple[SourceBill, tuple[str, ...]], ...]
    missing: tuple[str, ...] = ()


class LineReader:
    """Lists the lines of single bills. Used from one thread at a time; blocks on the network."""

    def __init__(self, connection: Connection, form_id: str, sources: SourceReader) -> None:
        self._connection = connection
        self._form_id = form_id
        self._sources = sources

    def lines(self, number: str, bill_id: str, quota: Quota, lookup: TargetLookup) -> BillLines:
        """The lines that a push of this bill consumes; by FID where it is given, else by number.

        A number that no bill has may itself be a FID.

        Raises:
            BadInput: `bill_not_found`, `bill_several`, `lines_unreadable`; and what a read raises.
        """
        self._columns()
        bill = self._bill(number, bill_id).bill
        columns = self._columns()  # that question finds out whether they are still there
        lookup.open()
        learn_from_controls(quota, lookup, self._sources)
        sight = lookup.ask({bill.id: bill.number})
        goes: dict[str, list[str]] = {}
        for target in lookup.by_this_rule(sight.of(bill.id)):
            for entry_id in target.lines:
                goes.setdefault(entry_id, []).append(target.bill.label)
        return BillLines(bill, tuple(self._read(columns, bill.id, quota, goes)))

    def of_entries(self, entry_ids: Sequence[str]) -> LinesFound:
        """The bills that these lines belong to; those that the usual entry has not are looked for in others.

        Raises:
            BadInput: `lines_unreadable`; and what a read raises.
        """
        columns = self._columns()
        wanted = tuple(dict.fromkeys(entry_id.strip() for entry_id in entry_ids if entry_id.strip()))
        owners: dict[str, str] = {}
        others = (entry.line_key for entry in self._sources.schema.entries if entry.line_key)
        for key in dict.fromkeys((columns.line_key, *others)):
            for chunk in chunks([entry for entry in wanted if entry.isdigit() and entry not in owners]):
                rows = self._query(("FID", key), f"{key} in ({id_list(chunk)})")
                owners |= {cell_text(entry_id): cell_text(bill_id) for bill_id, entry_id in rows}
        found = self._sources.by_ids(owners.values())
        bills = tuple(
            (source.bill, tuple(entry for entry in wanted if owners.get(entry) == bill_id))
            for bill_id, source in found.items()
        )
        seen = {entry for _, entries in bills for entry in entries}
        return LinesFound(bills, tuple(entry for entry in wanted if entry not in seen))

    # -- inside ------------------------------------------------------------------------------------

    def _columns(self) -> EntryColumns:
        columns = self._sources.columns
        if columns is None or not columns.line_key:
            raise BadInput("lines_unreadable", forms=self._form_id)
        return columns

    def _bill(self, number: str, bill_id: str) -> SourceRecord:
        if bill_id:
            found = list(self._sources.by_ids((bill_id,)).values())
        else:
            alike = self._sources.by_numbers((number,)).values()
            exact = [source for source in alike if source.bill.number == number]
            found = exact or [s for s in alike if identity(s.bill.number) == identity(number)]
            if not found and number.isdigit():
                found = list(self._sources.by_ids((number,)).values())
        if len(found) != 1:
            raise BadInput("bill_several" if found else "bill_not_found", number=number or bill_id)
        return found[0]

    def _read(
        self, columns: EntryColumns, bill_id: str, quota: Quota, goes: dict[str, list[str]]
    ) -> list[BillLine]:
        material = (f"{columns.material}.FNumber", f"{columns.material}.FName") if columns.material else ()
        sequence = (columns.sequence_key,) if columns.sequence_key else ()
        keys = (columns.line_key, *sequence, *material, *numeric_columns(columns))
        lines = []
        for place, values in enumerate(self._query(keys, f"FID in ({id_list((bill_id,))})"), start=1):
            record = dict(zip(keys, values, strict=True))
            cells = {key: number_of(record[key]) for key in numeric_columns(columns)}
            share = quota.of_line(cells)
            entry_id = cell_text(record[columns.line_key])
            at = number_of(record.get(columns.sequence_key))
            code, name = (cell_text(record[key]) for key in material) if material else ("", "")
            lines.append(
                BillLine(
                    entry_id,
                    int(at) if at is not None else place,
                    code,
                    name,
                    share.total if share else cells.get(columns.quantity),
                    share.taken if share else None,
                    share.left if share else None,
                    tuple(dict.fromkeys(goes.get(entry_id, ()))),
                )
            )
        return sorted(lines, key=lambda line: line.sequence)

    def _query(self, keys: Sequence[str], filter_string: str) -> list[tuple[object, ...]]:
        return self._connection.query_all(self._form_id, keys, filter_string, order="FID ASC")
