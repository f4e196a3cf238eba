"""Fills before a push: which headings of a table are which fields of the target, and what stands against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kdgui.domain.fills import FillField, FillTable
from kdgui.domain.orders import RunOrder
from kdgui.pushing.connection.connection import Connection
from kdgui.pushing.context import DataCentreContext
from kdgui.pushing.inspect.fill_check import FillCheck, FillPlan
from kdgui.pushing.inspect.quantities import Quota
from kdgui.pushing.inspect.quota_learning import learn_from_controls
from kdgui.pushing.inspect.source_bills import SourceReader
from kdgui.pushing.schema.fill_fields import FillForm, probe_field, read_fill_form

QUANTITY_WORDS = frozenset({"数量", "本次数量", "qty", "quantity"})
_MEMORY, _NONE = "fill_columns", "-"


@dataclass(frozen=True, slots=True)
class FillColumns:
    """How headings were matched to the fields of the target form.

    Attributes:
        fields: all that can be filled in, for the clerk to choose from.
        chosen: for each heading its field, or None: it is left out.
        unclear: headings that several fields answer to.
    """

    form_id: str
    headings: tuple[str, ...]
    chosen: tuple[FillField | None, ...]
    fields: tuple[FillField, ...] = ()
    unclear: tuple[str, ...] = ()

    @property
    def left_out(self) -> tuple[str, ...]:
        """Headings without a field."""
        return tuple(text for text, item in zip(self.headings, self.chosen, strict=True) if item is None)


class Fills:
    """Reads only, each time over a connection of its own. Every method blocks.

    All raise BadInput: `not_signed_in`, `target_form_needed`, and what a read raises.
    """

    def __init__(self, context: DataCentreContext) -> None:
        self._context = context

    def columns(self, order: RunOrder, headings: Sequence[str]) -> FillColumns:
        """Which field each heading means: what was chosen last time, its key, its name, in this order."""
        with self._context.sign_in_service.own_connection() as connection:
            order = self._context.completed(order)
            form = self._form(connection, order)
            chosen, unclear = [], []
            for heading in headings:
                item, several = self._match(connection, form, heading)
                chosen.append(item)
                if several:
                    unclear.append(heading)
            return FillColumns(form.form_id, tuple(headings), tuple(chosen), form.fields, tuple(unclear))

    def remember(self, form_id: str, chosen: Mapping[str, FillField | None]) -> None:
        """Keep what the clerk chose for these headings. Raises JournalTrouble."""
        for heading, item in chosen.items():
            self._context.journal.remember(_MEMORY, self._key(form_id, heading), item.key if item else _NONE)

    def plan(self, order: RunOrder, table: FillTable, fields: Sequence[FillField | None]) -> FillPlan:
        """The order with what the table asks for, and every value that cannot be filled in.

        An order without numbers gets those of the table. Raises BadInput: fill_no_field.
        """
        context = self._context
        with context.sign_in_service.own_connection() as connection:
            order = context.completed(order)
            form = self._form(connection, order)
            sources = SourceReader(connection, context.schemas(connection), order.form_id)
            what = (order.form_id.casefold(), order.options.rule_id, order.options.target_form.casefold())
            quota = Quota(sources.columns, context.journal, "|".join((context.place().key, *what)))
            if not quota.proven:
                lookup = context.lookup(
                    order.form_id, order.options.rule_id, order.options.target_form, connection
                )
                lookup.open()
                learn_from_controls(quota, lookup, sources)
            return FillCheck(connection, order, form, sources, quota).go(table, fields)

    # -- inside ------------------------------------------------------------------------------------

    def _form(self, connection: Connection, order: RunOrder) -> FillForm:
        options = order.options
        lookup = self._context.lookup(order.form_id, options.rule_id, options.target_form, connection)
        lookup.open()
        return read_fill_form(connection, options.target_form, lookup.line_links)

    def _match(self, connection: Connection, form: FillForm, heading: str) -> tuple[FillField | None, bool]:
        """The field of a heading, and whether several answer to it."""
        known = self._context.journal.recall(_MEMORY, self._key(form.form_id, heading))
        if known == _NONE:
            return None, False
        if known:
            item = next((item for item in form.fields if item.key == known), None)
            if item is not None:
                return item, False
        if not form.described:
            item = probe_field(connection, form, heading)
            return (replace(item, name=heading) if item is not None else None), False
        found = form.named(heading)
        if not found and heading.strip().casefold() in QUANTITY_WORDS:
            found = tuple(item for item in form.fields if item.quantity)
        return (found[0], False) if len(found) == 1 else (None, len(found) > 1)

    def _key(self, form_id: str, heading: str) -> str:
        return "|".join((self._context.place().key, form_id.casefold(), heading.strip().casefold()))
