"""Ways: the bills that one bill came of and that came of it, form after form, as the journal holds them."""

from __future__ import annotations

from dataclasses import dataclass

from kdgui.domain.bills import TargetBill
from kdgui.domain.verdicts import Reason


@dataclass(frozen=True, slots=True)
class WayStep:
    """The bills of one form on a way, and the runs that made them; () where they were there before."""

    form_id: str
    bills: tuple[TargetBill, ...]
    run_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BillWay:
    """A way from its first form to its last; `here` is the place of the bill that was asked for."""

    steps: tuple[WayStep, ...]
    here: int = 0


@dataclass(frozen=True, slots=True)
class NextBill:
    """A target of a run as the source of a next one; `reason`: why it cannot be, or None."""

    target: TargetBill
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class NextBills:
    """The targets of a run as sources of a next one: their form, each bill once, in the order of the rows."""

    run_id: str
    form_id: str
    bills: tuple[NextBill, ...] = ()

    @property
    def ready(self) -> tuple[TargetBill, ...]:
        """Those that can be pushed on."""
        return tuple(bill.target for bill in self.bills if bill.reason is None)

    @property
    def left_out(self) -> tuple[NextBill, ...]:
        """The others, with the reason."""
        return tuple(bill for bill in self.bills if bill.reason is not None)
