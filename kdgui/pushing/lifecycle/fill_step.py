"""The fill step: reads what target bills hold of the values asked for, and makes the one Save of each bill.

Lines are matched by the source line that their link rows name (protocol 4b.7): a material is ambiguous.
A value that the bill does not show is not written; one that is there already is not written again.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kdgui.domain.chains import Chain
from kdgui.domain.errors import QueryRefused
from kdgui.domain.fills import (
    ALL_LINES,
    ChangedValue,
    FilledValue,
    FillField,
    FillRow,
    FillState,
    SaveRequest,
    ValueKind,
    is_masked,
    same_value,
    shown_value,
)
from kdgui.domain.orders import RunOrder
from kdgui.domain.verdicts import Reason, Row
from kdgui.k3cloud.calls import save_data
from kdgui.pushing.connection.connection import Connection
from kdgui.pushing.lookup.target_lookup import TargetLookup
from kdgui.pushing.schema.column_probe import ColumnProbe
from kdgui.pushing.schema.fill_fields import FillForm, read_fill_form
from kdgui.pushing.schema.query_text import cell_text, chunks, id_list

WRITABLE = frozenset({FillState.WAITING, FillState.MISSED})


@dataclass(slots=True)
class HeldBill:
    """What one bill shows: cells by column of the head, and of each line; the source lines of each line.

    Attributes:
        sources: by id of the line: FID of the source bill and id of its line.
    """

    head: dict[str, object] = field(default_factory=dict)
    lines: dict[str, dict[str, object]] = field(default_factory=dict)
    sources: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))


class FillStep:
    """The fills of one run's targets of one form. Used from one thread; blocks on the network."""

    def __init__(
        self, connection: Connection, lookup: TargetLookup, order: RunOrder, rows: Sequence[Row], form_id: str
    ) -> None:
        self._connection = connection
        self._lookup = lookup
        self._form_id = form_id
        self._fields = {item.key: item for item in order.fill_fields}
        self._bills = {row.position: row.bill_id for row in rows}
        self._wanted: dict[int, list[FillRow]] = defaultdict(list)
        for row in order.fill_rows:
            self._wanted[row.position].append(row)
        self._form: FillForm | None = None
        self._unreadable: frozenset[str] = frozenset()
        self._first: dict[str, HeldBill] = {}
        self._held: dict[str, HeldBill] = {}

    def applies(self, chain: Chain) -> bool:
        """Whether something is to be filled in on this bill."""
        return any(self._wanted.get(position) for position in chain.positions)

    # -- reading -----------------------------------------------------------------------------------

    def look(self, ids: Iterable[str]) -> None:
        """Read what these bills hold now; two questions for up to 150.

        Raises:
            QueryRefused: the form cannot be asked; and what a read raises.
        """
        wanted = tuple(dict.fromkeys(ids))
        if not wanted:
            return
        form = self._known_form()
        for chunk in chunks(wanted):
            found = {bill_id: HeldBill() for bill_id in chunk}
            self._read_head(form, chunk, found)
            self._read_lines(form, chunk, found)
            for bill_id, held in found.items():
                self._held[bill_id] = held
                self._first.setdefault(bill_id, held)

    def _known_form(self) -> FillForm:
        """The form's links and watched fields, and which of the columns wanted can be read at all."""
        if self._form is None:
            self._lookup.open()
            form = read_fill_form(self._connection, self._form_id, self._lookup.line_links)
            probe = ColumnProbe(self._connection, self._form_id)
            columns = [item.column for item in self._fields.values()]
            known = frozenset(probe.known(columns))
            self._unreadable = frozenset(
                key for key, item in self._fields.items() if item.column not in known
            )
            watched = {item.column: item for item in form.watched}
            shown = frozenset(probe.known(tuple(watched)))
            watched_here = tuple(item for column, item in watched.items() if column in shown)
            self._form = replace(form, watched=watched_here)
        return self._form

    def _columns(self, form: FillForm, *, lines: bool) -> tuple[str, ...]:
        wanted = (item for key, item in self._fields.items() if key not in self._unreadable)
        both = (item for item in (*wanted, *form.watched) if bool(item.entry) is lines)
        return tuple(dict.fromkeys(item.column for item in both))

    def _read_head(self, form: FillForm, ids: Sequence[str], found: Mapping[str, HeldBill]) -> None:
        columns = self._columns(form, lines=False)
        if columns:
            for values in self._query(("FID", *columns), ids):
                held = found.get(cell_text(values[0]))
                if held is not None:
                    held.head = dict(zip(columns, values[1:], strict=True))

    def _read_lines(self, form: FillForm, ids: Sequence[str], found: Mapping[str, HeldBill]) -> None:
        if form.links is None:
            return
        columns = self._columns(form, lines=True)
        link = (form.links.source_key, form.links.line_key)
        for values in self._query(("FID", form.line_key, *link, *columns), ids):
            held, line = found.get(cell_text(values[0])), cell_text(values[1])
            if held is None or line in ("", "0"):
                continue
            held.lines[line] = dict(zip(columns, values[4:], strict=True))
            source = cell_text(values[2]), cell_text(values[3])
            if source[0] not in ("", "0"):
                held.sources[line].add(source)

    def _query(self, columns: Sequence[str], ids: Sequence[str]) -> list[tuple[object, ...]]:
        try:
            return self._connection.query_all(
                self._form_id, columns, f"FID in ({id_list(ids)})", order="FID ASC"
            )
        except QueryRefused:
            self._form = None  # a column may have gone: what can be read is found out anew at the next look
            raise

    # -- judging -----------------------------------------------------------------------------------

    def values(self, chain: Chain) -> tuple[FilledValue, ...]:
        """Every value asked for on this bill, and what it holds as it was read last."""
        held = self._held.get(chain.target.id)
        if held is None:
            return chain.fill
        missed = {(v.key, v.target_line) for v in chain.fill if v.state is FillState.MISSED}
        found: dict[tuple[int, str, str, str], FilledValue] = {}
        for position in chain.positions:
            for row in self._wanted.get(position, ()):
                for key, wanted in row.values:
                    for value in self._judged(chain.target.id, held, row, self._fields[key], wanted):
                        again = value.state is FillState.WAITING and (key, value.target_line) in missed
                        # A value for one line outranks the one for all lines of its bill.
                        place = (position, key, value.target_line, "" if value.target_line else row.line)
                        if row.entry_id != ALL_LINES or place not in found:
                            found[place] = replace(value, state=FillState.MISSED) if again else value
        return tuple(found.values())

    def _judged(
        self, target_id: str, held: HeldBill, row: FillRow, item: FillField, wanted: str
    ) -> Iterable[FilledValue]:
        value = FilledValue(item.key, item.label, wanted, line=row.line, position=row.position)
        if not item.entry:
            yield self._compared(value, item, held.head)
            return
        lines = self._lines_of(target_id, row, item)
        if not lines:
            yield replace(value, state=FillState.NO_LINE, line=row.line)
        for line in lines:
            cells = held.lines.get(line)
            at = replace(value, target_line=line)
            yield (replace(at, state=FillState.NO_LINE) if cells is None else self._compared(at, item, cells))

    def _compared(self, value: FilledValue, item: FillField, cells: Mapping[str, object]) -> FilledValue:
        if item.column not in cells or is_masked(cells[item.column]):
            return replace(value, state=FillState.UNREADABLE, held=None)
        cell = cells[item.column]
        state = FillState.HELD if same_value(item.kind, value.wanted, cell) else FillState.WAITING
        return replace(value, state=state, held=shown_value(item.kind, cell))

    def _lines_of(self, target_id: str, row: FillRow, item: FillField) -> tuple[str, ...]:
        """The target's lines that a row means; () where none, or for a number where several might.

        By the links of the first look: a Save that loses them is told, and does not move values elsewhere.
        """
        bill_id, sources = self._bills.get(row.position, ""), self._first[target_id].sources
        if row.entry_id == ALL_LINES:
            lines = [line for line, links in sources.items() if any(link[0] == bill_id for link in links)]
        else:
            lines = [line for line, links in sources.items() if (bill_id, row.entry_id) in links]
        shared = any(len(sources[line]) > 1 for line in lines)
        if item.kind is ValueKind.NUMBER and (len(lines) > 1 or shared):
            return ()
        return tuple(lines)

    def arrived(self, chain: Chain) -> bool:
        """Whether the bill holds all that could be written into it."""
        return not any(value.state in WRITABLE for value in self.values(chain))

    def damage(self, target_id: str) -> tuple[Reason, ...]:
        """What a Save took away or added that it must not: lines, or their links."""
        first, held = self._first.get(target_id), self._held.get(target_id)
        if first is None or held is None:
            return ()
        gone, new = len(first.lines.keys() - held.lines.keys()), len(held.lines.keys() - first.lines.keys())
        unlinked = sum(bool(first.sources.get(line)) and not held.sources.get(line) for line in held.lines)
        told = (("fill_lines_gone", gone), ("fill_lines_new", new), ("fill_links_gone", unlinked))
        return tuple(Reason.of(code, count=count) for code, count in told if count)

    def changes(self, chain: Chain) -> tuple[ChangedValue, ...]:
        """What is different from the first look, though nobody asked for it."""
        first, held = self._first.get(chain.target.id), self._held.get(chain.target.id)
        if first is None or held is None or self._form is None:
            return ()
        values = self.values(chain)
        asked = {(value.key, value.target_line) for value in values}
        names = {value.target_line: value.line for value in values if value.line}
        found = []
        others = (item for key, item in self._fields.items() if key not in self._unreadable)
        for item in dict.fromkeys((*self._form.watched, *others)):
            sides = [("", first.head, held.head)] if not item.entry else [
                (line, cells, held.lines[line]) for line, cells in first.lines.items() if line in held.lines
            ]  # fmt: skip
            for line, before, after in sides:
                old, new = (shown_value(item.kind, cells.get(item.column)) for cells in (before, after))
                if old != new and (item.key, line) not in asked:
                    place = names.get(line, str([*first.lines].index(line) + 1) if line else "")
                    found.append(ChangedValue(item.key, item.label, old, new, place, line))
        unique = {(value.key, value.target_line): value for value in found}
        return tuple(unique.values())

    # -- writing -----------------------------------------------------------------------------------

    def request(self, chain: Chain) -> SaveRequest:
        """The Save of what the bill does not hold yet; the quantity before anything else of its line."""
        head: dict[str, tuple[FillField, str]] = {}
        lines: dict[str, dict[str, tuple[FillField, str]]] = {}
        for value in self.values(chain):
            if value.state in WRITABLE:
                item = self._fields[value.key]
                place = lines.setdefault(value.target_line, {}) if item.entry else head
                place.setdefault(item.key, (item, value.wanted))
        ordered = (
            (line, tuple(sorted(items.values(), key=lambda pair: not pair[0].quantity)))
            for line, items in lines.items()
        )
        entry = self._form.entry if self._form else ""
        return SaveRequest(self._form_id, chain.target.id, tuple(head.values()), entry, tuple(ordered))

    def body(self, request: SaveRequest) -> str:
        """What the journal keeps of a Save before its first byte leaves."""
        model = json.loads(save_data(request))["Model"]
        return json.dumps(model, ensure_ascii=False)
