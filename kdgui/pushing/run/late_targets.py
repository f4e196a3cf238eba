"""Late targets: bills that the signed-in user made of a pushed source, and that nothing has told of yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from kdgui.domain.bills import TargetBill
from kdgui.domain.verdicts import Reason, Row, Verdict
from kdgui.pushing.lookup.lookup_result import LinkedTarget
from kdgui.pushing.lookup.target_lookup import TargetLookup
from kdgui.store.journal.records import OpenRequest


class PushedBefore(Protocol):
    """What the journal holds of pushes that are told."""

    def earlier(
        self, data_centre_id: str, form_id: str, rule_id: str, target_form: str, bill_ids: Sequence[str]
    ) -> Mapping[str, tuple[Row, ...]]:
        """Rows by FID that are pushed, drafted, not certain yet, or presumed failed."""

    def requests_of(self, run_id: str, position: int) -> tuple[OpenRequest, ...]:
        """Every request that carried this row."""


def late_targets(
    targets: Sequence[LinkedTarget], past: Sequence[Row], creators: frozenset[str], journal: PushedBefore
) -> tuple[TargetBill, ...]:
    """Targets of a bill that we pushed, made by the signed-in user, and neither named by a row of ours nor
    there before it: a request may have been repeated on its way.
    """
    pushed = [row for row in past if row.verdict is Verdict.PUSHED]
    named = {target.id for row in pushed for target in row.targets}
    late = [each.bill for each in targets if each.creator in creators and each.bill.id not in named]
    if not (pushed and late):
        return ()
    before = {
        target_id
        for row in pushed
        for request in journal.requests_of(row.run_id, row.position)
        for target_id in request.intent.snapshot
    }
    return tuple(bill for bill in late if bill.id not in before)


def look_for_late_targets(
    rows: Sequence[Row], lookup: TargetLookup, journal: PushedBefore, push: tuple[str, str, str, str]
) -> list[Row]:
    """One more look at pushed rows; those that have got more targets, with an alarm. Raises KdguiError.

    `push` is data centre id, form, rule and target form.
    """
    told = {row.bill_id: row for row in rows if row.verdict is Verdict.PUSHED and not row.by_hand}
    if not told:
        return []
    lookup.open()
    sight = lookup.ask({bill_id: row.number for bill_id, row in told.items()})
    past = journal.earlier(*push, list(told))
    changed = []
    for bill_id, row in told.items():
        targets = lookup.by_this_rule(sight.of(bill_id))
        late = late_targets(targets, past.get(bill_id, ()), lookup.own_creators(), journal)
        if late:
            notes = (Reason.of("extra_target", number=bill.label) for bill in late)
            changed.append(
                replace(row, targets=(*row.targets, *late), notes=(*row.notes, *notes), alarm=True)
            )
    return changed
