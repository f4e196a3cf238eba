"""Find service: what a form can be searched by, base data found while typing, and the search itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import msgspec

from kdgui.domain.bill_numbers import MOST_NUMBERS
from kdgui.domain.errors import QueryRefused
from kdgui.domain.find_conditions import FindConditions
from kdgui.domain.orders import PushOptions, RunOrder
from kdgui.k3cloud.queries import quote
from kdgui.pushing.connection.connection import Connection
from kdgui.pushing.context import DataCentreContext
from kdgui.pushing.flow.run_control import RunControl
from kdgui.pushing.inspect.find_bills import BillFinder, FindProgress, FindResult, RuleTools
from kdgui.pushing.inspect.find_fields import FindForm, read_find_form
from kdgui.pushing.inspect.find_filter import fields_missing
from kdgui.pushing.inspect.quantities import Quota
from kdgui.pushing.inspect.source_bills import SourceReader
from kdgui.pushing.schema.column_probe import ColumnProbe
from kdgui.pushing.schema.query_text import cell_text

_OFFERED = 20


@dataclass(frozen=True, slots=True)
class BaseData:
    """One record of base data: a supplier, a warehouse, a user."""

    number: str
    name: str = ""


class FindService:
    """Reads only, each time over a connection of its own, so it may go on beside a run. Every method blocks.

    All raise BadInput: `not_signed_in`, and what a read raises.
    """

    def __init__(self, context: DataCentreContext) -> None:
        self._context = context
        self._forms: dict[tuple[str, str], FindForm] = {}

    def form(self, form_id: str) -> FindForm:
        """What bills of this form can be looked for by; asked once as long as the program runs."""
        with self._context.sign_in_service.own_connection() as connection:
            return self._form(form_id, connection)

    def bills(
        self,
        form_id: str,
        options: PushOptions,
        conditions: FindConditions,
        control: RunControl,
        tell: Callable[[FindProgress], None] = lambda _progress: None,
        *,
        most: int = MOST_NUMBERS,
        details: bool = True,
        today: date | None = None,
    ) -> FindResult:
        """The bills that meet the conditions, newest first; ends early on `control.stop()`.

        `options` name the rule by which quantities left and targets are told; without one they are not.
        `details` False leaves out amounts that would have to be asked for. `today` is for the moving periods.

        Raises:
            BadInput: `target_form_needed`, `find_left_needs_rule`, and conditions that do not fit the form.
        """
        context = self._context
        with context.sign_in_service.own_connection() as connection:
            form = self._form(form_id, connection)
            sources = SourceReader(connection, context.schemas(connection), form_id)
            rule = self._rule(form_id, options, sources, connection)
            finder = BillFinder(connection, form, sources, rule, details=details)
            return finder.go(conditions, control, tell, most=most, today=today or date.today())  # noqa: DTZ011 - the clerk's own day

    def base_data(self, lookup_form: str, typed: str) -> tuple[BaseData, ...]:
        """A few records of base data whose number begins with what was typed, or whose name holds it."""
        text = typed.strip()
        if not (lookup_form and text):
            return ()
        with self._context.sign_in_service.own_connection() as connection:
            for columns in (("FNumber", "FName"), ("FName",)):
                try:
                    rows = connection.query(
                        lookup_form,
                        columns,
                        _typed_filter(columns, text),
                        order=f"{columns[0]} ASC",
                        limit=_OFFERED,
                    )
                except QueryRefused:
                    continue
                return tuple(dict.fromkeys(BaseData(*map(cell_text, row)) for row in rows))
        return ()

    def fields_missing(self, form_id: str, conditions: FindConditions) -> tuple[str, ...]:
        """The fields that these conditions name and the form has not."""
        with self._context.sign_in_service.own_connection() as connection:
            form = self._form(form_id, connection)
            return fields_missing(form, conditions, ColumnProbe(connection, form_id))

    def remembered(self, form_id: str) -> FindConditions | None:
        """What bills of this form were looked for last, or None."""
        try:
            text = self._context.journal.load_draft(f"find|{form_id.casefold()}") or ""
            return msgspec.json.decode(text, type=FindConditions)
        except msgspec.DecodeError:  # nothing yet, or of another version
            return None

    def remember(self, form_id: str, conditions: FindConditions) -> None:
        """Keep what was looked for, for the next time. Raises JournalTrouble."""
        text = msgspec.json.encode(conditions).decode()
        self._context.journal.save_draft(f"find|{form_id.casefold()}", text)

    # -- inside ------------------------------------------------------------------------------------

    def _form(self, form_id: str, connection: Connection) -> FindForm:
        key = (self._context.place().key, form_id.casefold())
        if key not in self._forms:
            self._forms[key] = read_find_form(connection, self._context.schemas(connection), form_id)
        return self._forms[key]

    def _rule(
        self, form_id: str, options: PushOptions, sources: SourceReader, connection: Connection
    ) -> RuleTools | None:
        if not (options.rule_id or options.default_rule):
            return None
        context = self._context
        options = context.completed(RunOrder(form_id, options, ())).options
        lookup = context.lookup(form_id, options.rule_id, options.target_form, connection)
        what = (form_id.casefold(), options.rule_id, options.target_form.casefold())
        key = "|".join((context.place().key, *what))
        return RuleTools(lookup, Quota(sources.columns, context.journal, key))


def _typed_filter(columns: tuple[str, ...], text: str) -> str:
    pattern = text.replace("[", "_").replace("]", "_")
    by_number = [f"FNumber like {quote(pattern + '%')}"] if "FNumber" in columns else []
    return " or ".join((*by_number, f"FName like {quote('%' + pattern + '%')}"))
