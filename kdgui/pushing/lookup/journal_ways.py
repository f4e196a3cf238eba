"""Journal ways: how bills lead on to bills through the runs of the journal; asks nobody else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kdgui.domain.bills import TargetBill
from kdgui.domain.verdicts import Row, Verdict
from kdgui.domain.ways import BillWay, WayStep
from kdgui.store.journal.journal import Journal

LONGEST = 12
"""Steps in one direction: no company's way is longer, and a circle ends."""


def way_of(journal: Journal, row: Row) -> BillWay:
    """The way of a row's source bill, from the first bill known to the last; none for a colleague's row."""
    info = journal.run(row.run_id)
    if info is None:
        return BillWay(())
    place = info.data_centre_id
    here = WayStep(info.form_id, (TargetBill(info.form_id, row.bill_id, row.number),))
    before = list(_backwards(journal, place, here))
    steps = (*reversed(before), here, *_forwards(journal, place, here))
    return BillWay(steps, len(before))


def runs_after(journal: Journal, run_id: str) -> tuple[str, ...]:
    """A run, those that pushed on what it made, and so on; in the order of the way, that run first."""
    info = journal.run(run_id)
    found = {run_id: None}
    if info is None:
        return tuple(found)
    place, runs = info.data_centre_id, [run_id]
    for _ in range(LONGEST):
        later: dict[str, None] = {}
        for known in runs:
            for form_id, ids in _by_form(targets_of(journal.rows(known))).items():
                later |= {
                    row.run_id: None for row in journal.chains.ways.rows_of_sources(place, form_id, ids)
                }
        runs = [known for known in later if known != run_id]
        for known in runs:  # what is reached twice is as far away as its longest way
            found.pop(known, None)
            found[known] = None
        if not runs:
            break
    return tuple(found)


def _backwards(journal: Journal, place: str, here: WayStep) -> Iterable[WayStep]:
    step, seen = here, {bill.id for bill in here.bills}
    for _ in range(LONGEST):
        found: dict[tuple[str, str], TargetBill] = {}
        for bill in step.bills:
            for form_id, row in journal.chains.ways.rows_of_target(place, bill):
                found.setdefault((form_id, row.bill_id), TargetBill(form_id, row.bill_id, row.number))
        bills = tuple(bill for bill in found.values() if bill.id not in seen)
        if not bills:
            return
        step = WayStep(bills[0].form_id, bills)
        seen |= {bill.id for bill in bills}
        yield step


def _forwards(journal: Journal, place: str, here: WayStep) -> Iterable[WayStep]:
    bills: Sequence[TargetBill] = here.bills
    for _ in range(LONGEST):
        rows = [
            row
            for form_id, ids in _by_form(bills).items()
            for row in journal.chains.ways.rows_of_sources(place, form_id, ids)
        ]
        bills = targets_of(rows)
        if not bills:
            return
        runs = tuple(dict.fromkeys(row.run_id for row in rows))
        for form_id in _by_form(bills):  # a bill may go two ways: payable and return
            yield WayStep(form_id, tuple(bill for bill in bills if bill.form_id == form_id), runs)


def _by_form(bills: Iterable[TargetBill]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for bill in bills:
        found.setdefault(bill.form_id, []).append(bill.id)
    return found


def targets_of(rows: Iterable[Row]) -> tuple[TargetBill, ...]:
    """The targets that these rows made, each once."""
    made = (Verdict.PUSHED, Verdict.DRAFTED)
    targets = (target for row in rows if row.verdict in made for target in row.targets if target.id)
    return tuple({(target.form_id, target.id): target for target in targets}.values())
