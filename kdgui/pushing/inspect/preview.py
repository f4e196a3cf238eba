"""The preview of a target bill: date, period, organisation, lines and sums, as far as the form tells them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from kdgui.domain.bills import Preview, TargetBill
from kdgui.domain.errors import AnswerUnreadable, QueryRefused
from kdgui.pushing.connection.connection import Connection
from kdgui.pushing.inspect.quantities import number_of
from kdgui.pushing.schema.form_schema import EntryColumns, FormSchema, SchemaReader
from kdgui.pushing.schema.query_text import cell_text, id_list

_DAY = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})")
Record = Mapping[str, object]


class Previewer:
    """Shows what target bills look like. Used from one thread at a time; blocks on the network."""

    def __init__(self, connection: Connection, schemas: SchemaReader) -> None:
        self._connection = connection
        self._schemas = schemas

    def show(self, target: TargetBill) -> Preview:
        """What this bill looks like; what the server does not tell stays blank.

        Raises:
            ConnectionTrouble, SessionLost, SignInRefused.
        """
        for anew in (False, True):
            try:
                return self._show(target, self._schemas.know(target.form_id, anew=anew))
            except QueryRefused as refusal:  # a remembered column may have gone since
                if anew:
                    return Preview(target)
                del refusal
            except AnswerUnreadable:
                return Preview(target)
        return Preview(target)

    def _show(self, target: TargetBill, schema: FormSchema) -> Preview:
        lines = schema.main
        head = (
            schema.status, schema.date, schema.year, schema.period, schema.amount,
            *schema.organisation_columns, *schema.partner_columns,
        )  # fmt: skip
        columns = (lines.line_key, lines.quantity, lines.amount, lines.net_amount) if lines else ()
        keys = ("FID", "FBillNo", *dict.fromkeys(filter(None, (*head, *columns))))
        rows = self._connection.query_all(
            target.form_id, keys, f"FID in ({id_list((target.id,))})", order="FID ASC"
        )
        records = [dict(zip(keys, values, strict=True)) for values in rows]
        return _seen(target, schema, lines, records) if records else Preview(target)


def _seen(
    target: TargetBill, schema: FormSchema, lines: EntryColumns | None, records: Sequence[Record]
) -> Preview:
    first = records[0]
    date = _day(cell_text(first.get(schema.date)))
    number = cell_text(first["FBillNo"]) or target.number
    status = cell_text(first.get(schema.status)) or target.status
    partner = " ".join(cell_text(first[key]) for key in schema.partner_columns)
    return Preview(
        replace(target, number=number, status=status),
        date=date,
        period=_period(first, schema) or date[:7],
        organisation=" ".join(filter(None, (cell_text(first[key]) for key in schema.organisation_columns))),
        lines=_count(records, lines),
        quantity=_sum(records, lines.quantity) if lines else None,
        amount=_amount(records, schema, lines),
        fields=((schema.partner_label or schema.partner, partner),) if partner else (),
    )


def _day(text: str) -> str:
    """2026-11-23 of whatever way a server writes a date; the text itself where it is none."""
    found = _DAY.match(text)
    return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}" if found else text


def _period(first: Record, schema: FormSchema) -> str:
    year, period = (number_of(first.get(key)) for key in (schema.year, schema.period))
    return f"{int(year)}-{int(period):02}" if year and period else ""


def _count(records: Sequence[Record], lines: EntryColumns | None) -> int | None:
    if lines is None or not lines.line_key:
        return None
    return len({cell_text(record[lines.line_key]) for record in records} - {"", "0"})


def _amount(records: Sequence[Record], schema: FormSchema, lines: EntryColumns | None) -> Decimal | None:
    if schema.amount and (amount := number_of(records[0].get(schema.amount))) is not None:
        return amount
    return _sum(records, lines.amount or lines.net_amount) if lines else None


def _sum(records: Iterable[Record], key: str) -> Decimal | None:
    numbers = [number_of(record[key]) for record in records] if key else []
    told = [number for number in numbers if number is not None]
    return sum(told, Decimal(0)) if told and len(told) == len(numbers) else None
