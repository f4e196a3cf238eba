"""Looking without touching: checks, lines, previews and totals at the signed-in data centre."""

from __future__ import annotations

from kdgui.domain.orders import RunOrder
from kdgui.pushing.anatomy import Anatomist
from kdgui.pushing.checking import Check, CheckReport
from kdgui.pushing.control import RunControl
from kdgui.pushing.line import Line
from kdgui.pushing.quantities import Quota
from kdgui.pushing.sources import Sources
from kdgui.pushing.workshop import Workshop


class Looking:
    """Reads only, each time over a line of its own, so it may go on beside a run. Every method blocks."""

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop

    def check(self, order: RunOrder, control: RunControl) -> CheckReport:
        """What a push would find, row by row, without writing anything; ends early on `control.stop()`.

        Raises:
            BadInput: `target_form_needed`, `not_signed_in`; and what a read raises.
        """
        workshop = self._workshop
        with workshop.entrance.own_line() as line:
            order = workshop.completed(order)
            tools = workshop.tools(order, line)
            sources = Sources(line, self._anatomist(line), order.form_id)
            return Check(order, tools, sources, self._quota(order, sources)).go(control)

    # -- inside ------------------------------------------------------------------------------------

    def _anatomist(self, line: Line) -> Anatomist:
        return Anatomist(line, self._workshop.journal, self._workshop.place().key)

    def _quota(self, order: RunOrder, sources: Sources) -> Quota:
        options = order.options
        what = (order.form_id.casefold(), options.rule_id, options.target_form.casefold())
        return Quota(sources.columns, self._workshop.journal, "|".join((self._workshop.place().key, *what)))
