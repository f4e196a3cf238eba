"""What a question for targets showed: linked targets by source bill, and whether silence in it means no."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from kdgui.domain.bills import DocumentStatus, TargetBill


@dataclass(frozen=True, slots=True)
class LinkedTarget:
    """One target bill that carries a source bill.

    Attributes:
        creator: FCreatorId as the server gave it, or "".
        rule_id: the rule that its link rows name, or "".
        lines: entry ids of the source that its link rows name; empty where unknown.
    """

    bill: TargetBill
    creator: str = ""
    rule_id: str = ""
    lines: frozenset[str] = frozenset()

    @property
    def draft(self) -> bool:
        """Whether it is only a draft (status Z): it takes up no quantity of its source.

        Where the form tells no status, by its want of a number (fact sheet 2.4).
        """
        return self.bill.status == DocumentStatus.DRAFT or not (self.bill.status or self.bill.number)


@dataclass(frozen=True, slots=True)
class Sight:
    """The answer to one question for targets.

    Attributes:
        by_source: source FID → its targets.
        controlled: the answer was complete and held a source whose target is known; only then does
            silence about the others mean no (design section 4.2).
        void: it lacks what we have seen before, so it says nothing at all.
        asked_at: when the question was sent (aware, UTC).
    """

    by_source: Mapping[str, tuple[LinkedTarget, ...]] = field(default_factory=dict)
    controlled: bool = False
    void: bool = False
    asked_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def of(self, bill_id: str) -> tuple[LinkedTarget, ...]:
        """The targets of one source bill."""
        return self.by_source.get(bill_id, ())

    def new(self, bill_id: str, snapshot: Iterable[str]) -> tuple[LinkedTarget, ...]:
        """Its targets that the snapshot (target ids known before the push) does not hold."""
        known = set(snapshot)
        return tuple(target for target in self.of(bill_id) if target.bill.id not in known)


BLIND = Sight()
"""What is seen where targets cannot be asked for: nothing, and silence means nothing."""
