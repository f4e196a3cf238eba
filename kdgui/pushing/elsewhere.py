"""Elsewhere: doubts about pushes of another organisation, which nobody can settle from where we are now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from kdgui.domain.verdicts import Reason, Row, Verdict
from kdgui.store.journal_types import OpenRequest, RunHeader

OTHER_ORGANISATION = "other_organisation"


def told_elsewhere(requests: Iterable[OpenRequest]) -> list[Row]:
    """The rows in doubt of these requests that do not say yet where they can be asked about, saying so.

    A countdown ends with it: nobody is asking.
    """
    told = []
    for request in requests:
        reason = Reason.of(OTHER_ORGANISATION, organisation=_name(request.header))
        for row in request.rows:
            if row.verdict is Verdict.SENDING and request.ending_kind is None:
                row = replace(row, verdict=Verdict.UNSETTLED, reasons=(Reason.of("crashed"),))  # noqa: PLW2901
            if row.verdict is Verdict.UNSETTLED and reason not in row.reasons:
                told.append(replace(row, reasons=(*row.reasons, reason), quiet_until=None))
    return told


def asked_here(request: OpenRequest) -> OpenRequest:
    """The request without that reason: now it is asked about."""
    return replace(request, rows=tuple(map(_without, request.rows)))


def _without(row: Row) -> Row:
    return replace(row, reasons=tuple(r for r in row.reasons if r.code != OTHER_ORGANISATION))


def _name(header: RunHeader) -> str:
    return header.organisation or header.organisation_number or header.organisation_id
