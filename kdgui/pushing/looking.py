"""Looking without touching: checks, lines, previews and totals at the signed-in data centre."""

from __future__ import annotations

from collections.abc import Sequence

from kdgui.domain.bills import Preview, TargetBill
from kdgui.domain.errors import BadInput
from kdgui.domain.orders import RunOrder
from kdgui.pushing.bill_lines import BillLines, LineReader, LinesFound
from kdgui.pushing.checking import Check, CheckReport
from kdgui.pushing.control import RunControl
from kdgui.pushing.line import Line
from kdgui.pushing.preview import Previewer
from kdgui.pushing.quantities import Quota
from kdgui.pushing.sources import Sources
from kdgui.pushing.totals import Totaller, Totals
from kdgui.pushing.workshop import Workshop


class Looking:
    """Reads only, each time over a line of its own, so it may go on beside a run. Every method blocks.

    All raise BadInput: `not_signed_in`, and what a read raises.
    """

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop

    def check(self, order: RunOrder, control: RunControl) -> CheckReport:
        """What a push would find, row by row, without writing anything; ends early on `control.stop()`.

        Raises:
            BadInput: `target_form_needed`.
        """
        workshop = self._workshop
        with workshop.entrance.own_line() as line:
            order = workshop.completed(order)
            tools = workshop.tools(order, line)
            sources = self._sources(order, line)
            return Check(order, tools, sources, self._quota(order, sources)).go(control)

    def lines(self, order: RunOrder, number: str, bill_id: str = "") -> BillLines:
        """The lines of a bill of the order's source form, by FID where it is given, else by number.

        A number that no bill has may itself be a FID. What the order holds besides form and options is not
        looked at.

        Raises:
            BadInput: `bill_not_found`, `bill_several`, `lines_unreadable`, `target_form_needed`.
        """
        workshop = self._workshop
        with workshop.entrance.own_line() as line:
            order = workshop.completed(order)
            sources = self._sources(order, line)
            options = order.options
            finder = workshop.finder(order.form_id, options.rule_id, options.target_form, line)
            reader = LineReader(line, order.form_id, sources)
            return reader.lines(number, bill_id, self._quota(order, sources), finder)

    def lines_found(self, order: RunOrder, entry_ids: Sequence[str]) -> LinesFound:
        """The bills of the order's source form that have these lines.

        Raises:
            BadInput: `lines_unreadable`.
        """
        with self._workshop.entrance.own_line() as line:
            return LineReader(line, order.form_id, self._sources(order, line)).of_entries(entry_ids)

    def preview(self, target: TargetBill) -> Preview:
        """What a target bill looks like; what the server does not tell stays blank."""
        with self._workshop.entrance.own_line() as line:
            return Previewer(line, self._workshop.anatomist(line)).show(target)

    def totals(self, run_id: str) -> Totals:
        """The bills that a run pushed, summed up against their targets as they are now.

        Raises:
            BadInput: `run_unknown`; `other_data_centre`: it was not made here.
        """
        workshop, journal = self._workshop, self._workshop.journal
        info = journal.run(run_id)
        if info is None:
            raise BadInput("run_unknown", run=run_id)
        if not workshop.is_here(info):
            raise BadInput("other_data_centre", run=run_id)
        with workshop.entrance.own_line() as line:
            totaller = Totaller(line, workshop.anatomist(line), journal, workshop.place().key)
            return totaller.sum_up(info.form_id, info.target_form, journal.rows(run_id))

    # -- inside ------------------------------------------------------------------------------------

    def _sources(self, order: RunOrder, line: Line) -> Sources:
        return Sources(line, self._workshop.anatomist(line), order.form_id)

    def _quota(self, order: RunOrder, sources: Sources) -> Quota:
        options = order.options
        what = (order.form_id.casefold(), options.rule_id, options.target_form.casefold())
        return Quota(sources.columns, self._workshop.journal, "|".join((self._workshop.place().key, *what)))
