"""Sources as a check sees them: organisation, status, and their lines' numbers; many bills a question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kdgui.domain.bills import SourceBill
from kdgui.domain.errors import QueryRefused
from kdgui.k3cloud.filters import quote
from kdgui.pushing.anatomy import BUSINESS_CLOSE, Anatomist, Anatomy, LineColumns, may_differ
from kdgui.pushing.line import Line
from kdgui.pushing.quantities import Cells, number_of
from kdgui.pushing.questions import cell_text, chunks, id_list

ORGANISATION, ORGANISATION_NUMBER = "organisation", "organisation_number"
"""Under these keys a SourceBill carries name and number of the organisation it belongs to."""


@dataclass(frozen=True, slots=True)
class Source:
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


class Sources:
    """Reads source bills of one form. Used from one thread at a time; blocks on the network."""

    def __init__(self, line: Line, anatomist: Anatomist, form_id: str) -> None:
        self._line = line
        self._anatomist = anatomist
        self._form_id = form_id
        self._anatomy: Anatomy | None = None

    @property
    def anatomy(self) -> Anatomy:
        """What is known of the form. The first time it may ask; raises what a read raises."""
        if self._anatomy is None:
            self._anatomy = self._anatomist.know(self._form_id)
        return self._anatomy

    @property
    def columns(self) -> LineColumns | None:
        """The lines that a push consumes, or None."""
        return self.anatomy.main

    def by_numbers(self, numbers: Iterable[str], more: Sequence[str] = ()) -> dict[str, Source]:
        """The bills with these numbers by FID, those of every organisation that is seen; `more`: see Source.

        Raises:
            QueryRefused, LineTrouble, SessionLost, SignInRefused, AnswerUnreadable; BadInput: number_unsafe.
        """
        found: dict[str, Source] = {}
        for chunk in chunks(tuple(dict.fromkeys(numbers))):
            found |= self._ask_knowing(f"FBillNo in ({','.join(map(quote, chunk))})", more)
        return found

    def by_ids(self, bill_ids: Iterable[str]) -> dict[str, Source]:
        """The bills with these FIDs. Raises as `by_numbers`."""
        found: dict[str, Source] = {}
        for chunk in chunks(tuple(dict.fromkeys(bill_ids))):
            found |= self._ask_knowing(f"FID in ({id_list(chunk)})", ())
        return found

    def _ask_knowing(self, filter_string: str, more: Sequence[str]) -> dict[str, Source]:
        """Ask; that a remembered column is no longer there is found out once."""
        try:
            return self._ask(filter_string, more)
        except QueryRefused as refusal:
            if not may_differ(refusal):
                raise
        self._anatomy = self._anatomist.know(self._form_id, anew=True)
        return self._ask(filter_string, more)

    def _ask(self, filter_string: str, more: Sequence[str]) -> dict[str, Source]:
        anatomy, columns = self.anatomy, self.columns
        head = tuple(filter(None, (anatomy.status, anatomy.business_close, *anatomy.organisation_columns)))
        measured = numeric_columns(columns) if columns else ()
        line = (columns.line_key,) if columns and columns.line_key and measured else ()
        keys = tuple(dict.fromkeys(("FID", "FBillNo", *head, *more, *line, *measured)))
        rows = self._line.read(
            lambda session: session.query_all(self._form_id, keys, filter_string, order="FID ASC")
        )
        found: dict[str, _Raw] = {}
        for values in rows:
            record = dict(zip(keys, values, strict=True))
            bill_id = cell_text(record["FID"])
            if bill_id not in found:
                along = tuple((key, cell_text(record[key])) for key in more)
                found[bill_id] = _Raw(_bill(record, anatomy), along)
            raw = found[bill_id]
            if measured:
                entry_id = cell_text(record[line[0]]) if line else ""
                raw.lines.append((entry_id, {key: number_of(record[key]) for key in measured}))
        return {bill_id: Source(raw.bill, tuple(raw.lines), raw.more) for bill_id, raw in found.items()}


def numeric_columns(columns: LineColumns) -> tuple[str, ...]:
    """The columns of an entry that hold quantities and amounts, each once."""
    keys: Sequence[str] = (
        columns.quantity, columns.base_quantity, *columns.taken, *columns.base_taken, columns.amount,
        columns.net_amount, *columns.taken_amounts,
    )  # fmt: skip
    return tuple(dict.fromkeys(filter(None, keys)))


def _bill(record: Mapping[str, object], anatomy: Anatomy) -> SourceBill:
    number, name = (cell_text(record.get(key)) for key in anatomy.organisation_columns or ("", ""))
    home = ((ORGANISATION, name or number), (ORGANISATION_NUMBER, number)) if name or number else ()
    shut = ((BUSINESS_CLOSE, cell_text(record[anatomy.business_close])),) if anatomy.business_close else ()
    status = cell_text(record.get(anatomy.status)) if anatomy.status else ""
    return SourceBill(cell_text(record["FID"]), cell_text(record["FBillNo"]), status or None, (*home, *shut))
