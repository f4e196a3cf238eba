"""Inspection, read-only: checks, lines, previews and totals at the signed-in data centre."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack

from kdgui.domain.bills import Preview, TargetBill
from kdgui.domain.errors import BadInput
from kdgui.domain.orders import RunOrder
from kdgui.pushing.connection.connection import Connection
from kdgui.pushing.context import DataCentreContext
from kdgui.pushing.flow.run_control import RunControl
from kdgui.pushing.inspect.bill_lines import BillLines, LineReader, LinesFound
from kdgui.pushing.inspect.check import Check, CheckReport
from kdgui.pushing.inspect.check_reads import CheckReader
from kdgui.pushing.inspect.preview import Previewer
from kdgui.pushing.inspect.quantities import Quota
from kdgui.pushing.inspect.source_bills import SourceReader
from kdgui.pushing.inspect.totals import Totaller, Totals
from kdgui.pushing.schema.query_text import CHUNK

_LONGEST_SECONDS = 15.0
"""A question beside the others that takes longer is asked again in the ordinary way."""
_BESIDE = 2
"""Connections of a check beside its own: three questions at a time, as a run has at most."""


class Inspection:
    """Reads only, each time over a connection of its own, so it may go on beside a run. Every method blocks.

    All raise BadInput: `not_signed_in`, and what a read raises.
    """

    def __init__(self, context: DataCentreContext) -> None:
        self._context = context

    def check(self, order: RunOrder, control: RunControl) -> CheckReport:
        """What a push would find, row by row, without writing anything; ends early on `control.stop()`.

        Raises:
            BadInput: `target_form_needed`.
        """
        context = self._context
        with context.sign_in_service.own_connection() as connection:
            order = context.completed(order)
            reader = self._check_reader(order, connection)
            with ExitStack() as resources:
                further = _BESIDE if len(order.numbers) > CHUNK else 0
                opened = (connection.beside(_LONGEST_SECONDS) for _ in range(further))
                beside = [self._check_reader(order, resources.enter_context(each)) for each in opened]
                return Check(order, reader, self._quota(order, reader.sources), beside).go(control)

    def lines(self, order: RunOrder, number: str, bill_id: str = "") -> BillLines:
        """The lines of a bill of the order's source form, by FID where it is given, else by number.

        A number that no bill has may itself be a FID. What the order holds besides form and options is not
        looked at.

        Raises:
            BadInput: `bill_not_found`, `bill_several`, `lines_unreadable`, `target_form_needed`.
        """
        context = self._context
        with context.sign_in_service.own_connection() as connection:
            order = context.completed(order)
            sources = self._sources(order, connection)
            options = order.options
            lookup = context.lookup(order.form_id, options.rule_id, options.target_form, connection)
            reader = LineReader(connection, order.form_id, sources)
            return reader.lines(number, bill_id, self._quota(order, sources), lookup)

    def lines_found(self, order: RunOrder, entry_ids: Sequence[str]) -> LinesFound:
        """The bills of the order's source form that have these lines.

        Raises:
            BadInput: `lines_unreadable`.
        """
        with self._context.sign_in_service.own_connection() as connection:
            return LineReader(connection, order.form_id, self._sources(order, connection)).of_entries(
                entry_ids
            )

    def preview(self, target: TargetBill) -> Preview:
        """What a target bill looks like; what the server does not tell stays blank."""
        with self._context.sign_in_service.own_connection() as connection:
            return Previewer(connection, self._context.schemas(connection)).show(target)

    def totals(self, run_id: str) -> Totals:
        """The bills that a run pushed, summed up against their targets as they are now.

        Raises:
            BadInput: `run_unknown`; `other_data_centre`: it was not made here.
        """
        context, journal = self._context, self._context.journal
        info = journal.run(run_id)
        if info is None:
            raise BadInput("run_unknown", run=run_id)
        if not context.is_here(info):
            raise BadInput("other_data_centre", run=run_id)
        with context.sign_in_service.own_connection() as connection:
            totaller = Totaller(connection, context.schemas(connection), journal, context.place().key)
            return totaller.sum_up(info.form_id, info.target_form, journal.rows(run_id))

    # -- inside ------------------------------------------------------------------------------------

    def _check_reader(self, order: RunOrder, connection: Connection) -> CheckReader:
        return CheckReader(self._context.run_parts(order, connection), self._sources(order, connection))

    def _sources(self, order: RunOrder, connection: Connection) -> SourceReader:
        return SourceReader(connection, self._context.schemas(connection), order.form_id)

    def _quota(self, order: RunOrder, sources: SourceReader) -> Quota:
        options = order.options
        what = (order.form_id.casefold(), options.rule_id, options.target_form.casefold())
        return Quota(sources.columns, self._context.journal, "|".join((self._context.place().key, *what)))
