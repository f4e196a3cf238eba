"""Checking without writing: what a push would find, row by row."""

from __future__ import annotations

from dataclasses import dataclass

from kdgui.domain.bills import TargetBill
from kdgui.domain.orders import RunOrder
from kdgui.domain.verdicts import Reason, Row
from kdgui.pushing.control import RunControl
from kdgui.pushing.questions import CHUNK
from kdgui.pushing.run import Tools


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found about one row; `reason` None where it can be pushed."""

    position: int
    ok: bool
    reason: Reason | None = None
    targets: tuple[TargetBill, ...] = ()


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
