"""Checking without writing: what a push would find, row by row."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from kdgui.domain.bills import SourceBill, TargetBill
from kdgui.domain.orders import RunOrder
from kdgui.domain.verdicts import Reason, Row
from kdgui.pushing.control import RunControl
from kdgui.pushing.questions import CHUNK
from kdgui.pushing.run import Tools


@dataclass(frozen=True, slots=True)
class Quantity:
    """How much of a bill is left to push, and of how much; in the source's own unit."""

    left: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found about one row.

    Attributes:
        ok: it can be pushed as it is.
        reason: why not, or what to know; None where there is nothing to say.
        targets: what this rule has made of it already, with their status.
        bills: the candidates; several where the number lives in several organisations, whose name each
            has among its fields under "organisation".
        status: FDocumentStatus of the source, or None.
        left: what is left to push, or None where the form does not tell.
        can_insist: the clerk may have it pushed all the same.
        notes: what could not be checked, and the like.
    """

    position: int
    ok: bool
    reason: Reason | None = None
    targets: tuple[TargetBill, ...] = ()
    bills: tuple[SourceBill, ...] = ()
    status: str | None = None
    left: Quantity | None = None
    can_insist: bool = False
    notes: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found, and what it cannot find out beforehand."""

    findings: tuple[Finding, ...]
    unchecked: tuple[Reason, ...] = ()


def find_all(order: RunOrder, tools: Tools, control: RunControl) -> tuple[Finding, ...]:
    """Two questions for 150 numbers; ends early on `control.stop()`. Raises what a read raises."""
    tools.guard.open()
    tools.finder.open()
    rows = [Row("", position, number) for position, number in enumerate(order.numbers)]
    findings: list[Finding] = []
    for start in range(0, len(rows), CHUNK):
        if control.stopped:
            break
        candidates, refused = tools.guard.find(rows[start : start + CHUNK])
        sight = tools.finder.ask({item.bill.id: item.bill.number for item in candidates})
        clear, ruled_out = tools.guard.rule_out(candidates, sight, tools.finder)
        findings += [Finding(item.row.position, ok=True) for item in clear]
        findings += [
            Finding(item.row.position, ok=False, reason=item.reason, targets=item.targets)
            for item in (*refused, *ruled_out)
        ]
    return tuple(sorted(findings, key=lambda finding: finding.position))
