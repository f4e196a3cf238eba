"""Bill ways: what a bill came of and what came of it, and the targets of a run as sources of a next one."""

from __future__ import annotations

from dataclasses import replace

from kdgui.domain.bills import DocumentStatus, TargetBill
from kdgui.domain.errors import BadInput
from kdgui.domain.verdicts import Reason, Row
from kdgui.domain.ways import BillWay, NextBill, NextBills
from kdgui.pushing.context import DataCentreContext
from kdgui.pushing.lookup.bill_states import BillState, BillStates
from kdgui.pushing.lookup.journal_ways import targets_of, way_of


class BillWays:
    """Where the bills of runs came from and went. Every method blocks."""

    def __init__(self, context: DataCentreContext) -> None:
        self._context = context

    def of_row(self, row: Row) -> BillWay:
        """The way of a row's source bill; asks the journal only."""
        return way_of(self._context.journal, row)

    def next_bills(self, run_id: str) -> NextBills:
        """The targets of a run as sources of a next one: the approved ones are ready, the others say why not.

        Raises:
            BadInput: `run_unknown`, `other_data_centre`, `not_signed_in`, `next_nothing` (no targets);
                and what a read raises.
        """
        context = self._context
        info = context.journal.run(run_id)
        if info is None:
            raise BadInput("run_unknown", run=run_id)
        if not context.is_here(info):
            raise BadInput("other_data_centre", run=run_id)
        targets = targets_of(context.journal.rows(run_id))
        if not targets:
            raise BadInput("next_nothing", run=run_id)
        form_id = targets[0].form_id
        with context.sign_in_service.own_connection() as connection:
            states = BillStates(connection, context.journal, place=context.memory_key(), form_id=form_id)
            shown = states.look([target.id for target in targets])
        bills = tuple(_next(target, shown.bills.get(target.id), sure=shown.sure) for target in targets)
        return NextBills(run_id, form_id, bills)


def _next(target: TargetBill, shown: BillState | None, *, sure: bool) -> NextBill:
    if shown is None:
        return NextBill(target, Reason.of("target_gone" if sure else "target_not_seen"))
    bill = replace(shown.bill, form_id=target.form_id)
    if bill.status not in (None, DocumentStatus.APPROVED):
        return NextBill(bill, Reason.of("not_approved", status=bill.status or ""))
    return NextBill(bill)
