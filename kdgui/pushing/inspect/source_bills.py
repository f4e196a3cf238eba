"""Source bills for a check: organisation, status, and their lines' numbers; many bills a question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kdgui.domain.bills import SourceBill
from kdgui.domain.errors import QueryRefused
from kdgui.k3cloud.queries import quote
from kdgui.pushing.connection.connection import Connection
from kdgui.pushing.inspect.quantities import Cells, number_of
from kdgui.pushing.schema.form_schema import (
    BUSINESS_CLOSE,
    EntryColumns,
    FormSchema,
    SchemaReader,
    is_about_columns,
)
from kdgui.pushing.schema.query_text import cell_text, chunks, id_list

ORGANISATION, ORGANISATION_NUMBER = "organisation", "organisation_number"
"""Under these keys a SourceBill carries name and number of the organisation it belongs to."""


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """One source bill and the numbers on its lines, by entry id ("" for all where lines have none).

    Attributes:
        more: further head fields that were asked for along.
    """

    bill: SourceBill
    lines: tuple[tuple[str, Cells], ...] = ()
    more: tuple[tuple[str, str], ...] = ()

    @property
    def cells(self) -> tuple[Cells, ...]:
        """The numbers of every line."""
        return tuple(cells for _, cells in self.lines)


@dataclass(slots=True)
class _Raw:
    bill: SourceBill
    more: tuple[tuple[str, str], ...]
    lines: list[tuple[str, Cells]] = field(default_factory=list)


class SourceReader:
    """Reads source bills of one form. Used from one thread at a time; blocks on the network."""

    def __init__(self, connection: Connection, schemas: SchemaReader, form_id: str) -> None:
        self._connection = connection
        self._schemas = schemas
        self._form_id = form_id
        self._schema: FormSchema | None = None

    @property
    def schema(self) -> FormSchema:
        """What is known of the form. The first time it may ask; raises what a read raises."""
        if self._schema is None:
            self._schema = self._schemas.know(self._form_id)
        return self._schema

    @property
    def columns(self) -> EntryColumns | None:
        """The lines that a push consumes, or None."""
        return self.schema.main

    def by_numbers(self, numbers: Iterable[str], more: Sequence[str] = ()) -> dict[str, SourceRecord]:
        """The bills with these numbers by FID, of every organisation that is seen; `more`: see SourceRecord.

        Raises:
            QueryRefused, ConnectionTrouble, SessionLost, SignInRefused, AnswerUnreadable; BadInput:
            number_unsafe.
        """
        found: dict[str, SourceRecord] = {}
        for chunk in chunks(tuple(dict.fromkeys(numbers))):
            found |= self._ask_knowing(f"FBillNo in ({','.join(map(quote, chunk))})", more)
        return found

    def by_ids(self, bill_ids: Iterable[str]) -> dict[str, SourceRecord]:
        """The bills with these FIDs. Raises as `by_numbers`."""
        found: dict[str, SourceRecord] = {}
        for chunk in chunks(tuple(dict.fromkeys(bill_ids))):
            found |= self._ask_knowing(f"FID in ({id_list(chunk)})", ())
        return found

    def _ask_knowing(self, filter_string: str, more: Sequence[str]) -> dict[str, SourceRecord]:
        """Ask; that a remembered column is no longer there is found out once."""
        try:
            return self._ask(filter_string, more)
        except QueryRefused as refusal:
            if not is_about_columns(refusal):
                raise
        self._schema = self._schemas.know(self._form_id, anew=True)
        return self._ask(filter_string, more)

    def _ask(self, filter_string: str, more: Sequence[str]) -> dict[str, SourceRecord]:
        schema, columns = self.schema, self.columns
        head = tuple(filter(None, (schema.status, schema.business_close, *schema.organisation_columns)))
        measured = numeric_columns(columns) if columns else ()
        line = (columns.line_key,) if columns and columns.line_key and measured else ()
        keys = tuple(dict.fromkeys(("FID", "FBillNo", *head, *more, *line, *measured)))
        rows = self._connection.query_all(self._form_id, keys, filter_string, order="FID ASC")
        found: dict[str, _Raw] = {}
        for values in rows:
            record = dict(zip(keys, values, strict=True))
            bill_id = cell_text(record["FID"])
            if bill_id not in found:
                along = tuple((key, cell_text(record[key])) for key in more)
                found[bill_id] = _Raw(_bill(record, schema), along)
            raw = found[bill_id]
            if measured:
                entry_id = cell_text(record[line[0]]) if line else ""
                raw.lines.append((entry_id, {key: number_of(record[key]) for key in measured}))
        return {bill_id: SourceRecord(raw.bill, tuple(raw.lines), raw.more) for bill_id, raw in found.items()}


def numeric_columns(columns: EntryColumns) -> tuple[str, ...]:
    """The columns of an entry that hold quantities and amounts, each once."""
    keys: Sequence[str] = (
        columns.quantity, columns.base_quantity, *columns.taken, *columns.base_taken, columns.amount,
        columns.net_amount, *columns.taken_amounts,
    )  # fmt: skip
    return tuple(dict.fromkeys(filter(None, keys)))


def _bill(record: Mapping[str, object], schema: FormSchema) -> SourceBill:
    number, name = (cell_text(record.get(key)) for key in schema.organisation_columns or ("", ""))
    home = ((ORGANISATION, name or number), (ORGANISATION_NUMBER, number)) if name or number else ()
    shut = ((BUSINESS_CLOSE, cell_text(record[schema.business_close])),) if schema.business_close else ()
    status = cell_text(record.get(schema.status)) if schema.status else ""
    return SourceBill(cell_text(record["FID"]), cell_text(record["FBillNo"]), status or None, (*home, *shut))
