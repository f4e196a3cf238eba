"""Takeover: this PC settles what silent PCs left in flight, by the same recovery as its own crashes.

The bills become rows of a run in this journal, unsettled; what is found goes to the ledger from there, where
the other PC, once it is back, reads it. Nothing is ever settled by the silence alone.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from kdgui.domain.claims import Holder
from kdgui.domain.orders import PushOptions, RunOrder
from kdgui.domain.verdicts import Reason, Row, Verdict
from kdgui.pushing.run.claims import held_by, when
from kdgui.pushing.team.link import TeamLink
from kdgui.store.journal.adoption import AdoptedRequest
from kdgui.store.journal.journal import Journal
from kdgui.store.journal.records import Intent, OpenRequest, RunHeader
from kdgui.store.ledger.evidence import ClaimEvidence, read_evidence

if TYPE_CHECKING:  # SQLAlchemy is not loaded where no team is set
    from kdgui.store.ledger.takeovers import Orphan

_OPEN = (Verdict.SENDING, Verdict.UNSETTLED)


class TeamTakeover:
    """Takes bills over, and takes up what others found out. Raises LedgerTrouble and JournalTrouble."""

    def __init__(self, link: TeamLink, journal: Journal) -> None:
        self._link = link
        self._journal = journal

    def adopt(self, header: RunHeader, is_elsewhere: Callable[[RunHeader], bool]) -> tuple[str, ...]:
        """Take over what silent PCs hold in the data centre of `header`; the runs made of it here.

        `is_elsewhere` tells what was pushed in another organisation: it may not be seen from here.
        """
        takeovers = self._link.takeovers()
        if takeovers is None:
            return ()
        groups: dict[object, list[tuple[Orphan, ClaimEvidence]]] = defaultdict(list)
        for orphan in takeovers.orphans(header.data_centre_id):
            evidence = read_evidence(orphan.evidence)
            if evidence is not None and not is_elsewhere(evidence.header):
                groups[_kind(evidence)].append((orphan, evidence))
        runs = []
        for group in groups.values():
            run_id, rows = self._write(header, [(evidence, _why(orphan)) for orphan, evidence in group])
            wanted = [(orphan, (run_id, place)) for place, (orphan, _) in enumerate(group)]
            taken = takeovers.take(wanted, header.user)
            lost = [
                (row, _holder(orphan))
                for (orphan, (_, place)), row in zip(wanted, rows, strict=True)
                if (run_id, place) not in taken
            ]
            self._give_back(lost)
            runs.append(run_id)
        return tuple(runs)

    def take_up(self, requests: Sequence[OpenRequest]) -> tuple[OpenRequest, ...]:
        """Write down what other PCs found out about these; the requests, and rows, that are still ours."""
        takeovers = self._link.takeovers() if requests else None
        if takeovers is None:
            return tuple(requests)
        owners = {
            (row.run_id, row.position): (self._owner(row.run_id), row.run_id, row.position)
            for request in requests
            for row in request.rows
            if row.verdict in _OPEN
        }
        findings = takeovers.findings(list(owners.values()))
        left = []
        for request in requests:
            ours = []
            for row in request.rows:
                owner = owners.get((row.run_id, row.position))
                finding = findings.get(owner) if owner is not None else None
                if finding is None:
                    ours.append(row)
                else:
                    told = _told(row, finding.row, finding.user, finding.pc)
                    self._journal.settle_request(request.request_id, [told])
            if ours:
                left.append(replace(request, rows=tuple(ours)))
        return tuple(left)

    def targets(self, data_centre_id: str, bill_ids: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """Ids of the targets that colleagues made of these bills, by FID."""
        history = self._link.history()
        return history.targets(data_centre_id, bill_ids) if history is not None else {}

    # -- inside ------------------------------------------------------------------------------------

    def _owner(self, run_id: str) -> str:
        return self._journal.made_by(run_id) or self._link.home()

    def _write(
        self, header: RunHeader, bills: Sequence[tuple[ClaimEvidence, Reason]]
    ) -> tuple[str, tuple[Row, ...]]:
        evidence = bills[0][0]
        order = RunOrder(
            evidence.form_id,
            replace(evidence.options, target_form=evidence.target_form),
            tuple(bill.number for bill, _ in bills),
        )
        theirs = evidence.header
        made = replace(
            header,
            organisation=theirs.organisation,
            organisation_id=theirs.organisation_id,
            organisation_number=theirs.organisation_number,
            pushed_by=theirs.user,
            pushed_by_id=theirs.user_id,
        )
        run_id = self._journal.adopt(order, made, list(_requests(bills)))
        return run_id, self._journal.rows(run_id)

    def _give_back(self, lost: Iterable[tuple[Row, Holder]]) -> None:
        """Their PC was heard of again, or somebody else was first: not ours to settle."""
        for row, holder in lost:
            skipped = replace(row, verdict=Verdict.SKIPPED, reasons=(held_by(holder),))
            for request in self._journal.requests_of(row.run_id, row.position):
                self._journal.settle_request(request.request_id, [skipped])


def _kind(evidence: ClaimEvidence) -> tuple[str, str, PushOptions, str, str, str, str]:
    """What one run can hold together."""
    header = evidence.header
    return (
        evidence.form_id,
        evidence.target_form,
        evidence.options,
        header.user,
        header.user_id,
        header.organisation_id,
        header.organisation_number,
    )


def _requests(bills: Sequence[tuple[ClaimEvidence, Reason]]) -> Iterable[AdoptedRequest]:
    """The requests that carried these bills; merged ones go together."""
    together: dict[object, list[int]] = defaultdict(list)
    for place, (bill, _) in enumerate(bills):
        together[bill.merged_with or place].append(place)
    for places in together.values():
        evidence = [bills[place][0] for place in places]
        first = evidence[0]
        what = "EntryIds" if first.entry_ids else "Ids"
        ids = ",".join(first.entry_ids or first.merged_with or (first.bill_id,))
        yield AdoptedRequest(
            Intent(
                form_id=first.form_id,
                rule_id=first.options.rule_id,
                target_form=first.target_form,
                bill_ids=tuple(bill.bill_id for bill in evidence),
                numbers=tuple(bill.number for bill in evidence),
                snapshot=tuple(target for bill in evidence for target in bill.snapshot),
                body=json.dumps({what: ids, "RuleId": first.options.rule_id}),
            ),
            tuple(places),
            (bills[places[0]][1],),
        )


def _holder(orphan: Orphan) -> Holder:
    return Holder(orphan.user, orphan.pc, orphan.since, unsettled=True)


def _why(orphan: Orphan) -> Reason:
    return Reason.of("taken_over_from", who=orphan.user, pc=orphan.pc, since=when(orphan.since))


def _told(row: Row, found: Row | None, user: str, pc: str) -> Row:
    """Our row with what another PC found out; open still where it has not."""
    if found is None or found.verdict in (*_OPEN, Verdict.QUEUED):
        reason = Reason.of("settling_by", who=user, pc=pc)
        return replace(row, verdict=Verdict.UNSETTLED, reasons=(reason,), quiet_until=None)
    note = Reason.of("settled_by", who=user, pc=pc)
    return replace(
        row,
        verdict=found.verdict,
        targets=found.targets,
        reasons=found.reasons,
        notes=tuple(dict.fromkeys((*row.notes, *found.notes, note))),
        checked=found.checked,
        presumed=False,  # the other PC goes on asking
        alarm=found.alarm,
        partial=found.partial,
        asked_at=found.asked_at,
        quiet_until=None,
    )
