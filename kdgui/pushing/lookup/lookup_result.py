"""What a lookup of targets showed: linked targets by source bill, and whether silence in it means no."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec

from kdgui.domain.bills import DocumentStatus, TargetBill

MOST_KNOWN_LINKS = 3
"""Controls kept: one may be deleted by its owner, hardly three."""


class KnownLink(msgspec.Struct, frozen=True):
    """A source whose target is known: an answer that lacks it is void."""

    source_id: str
    source_number: str
    target_id: str

    def shown_in(self, seen: Mapping[str, Iterable[LinkedTarget]]) -> bool:
        """Whether an answer (targets by source FID) holds it."""
        return any(target.bill.id == self.target_id for target in seen.get(self.source_id, ()))


NO_LINK = KnownLink("", "", "")
"""Looked for, and none is shown."""


class KnownLinks(msgspec.Struct, frozen=True):
    """What controls taught: how link rows of this rule are marked.

    Attributes:
        controls: known links of this rule, the newest first.
        oldest: the oldest link that the target form shows, of whatever rule: last in every answer, newest
            first, so an answer that ends with it was not cut.
    """

    controls: tuple[KnownLink, ...] = ()
    rules: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    oldest: KnownLink | None = None


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

        Where the form tells no status, by its want of a number (protocol 2.4).
        """
        return self.bill.status == DocumentStatus.DRAFT or not (self.bill.status or self.bill.number)


@dataclass(frozen=True, slots=True)
class LookupResult:
    """The answer to one question for targets.

    Attributes:
        by_source: source FID → its targets.
        controlled: the answer was complete and held a source whose target is known (design section 4.2).
        fresh: it held the newest target known, too: only then does silence about the others mean no.
        void: it lacks what we have seen before, so it says nothing at all.
        asked_at: when the question was sent (aware, UTC).
    """

    by_source: Mapping[str, tuple[LinkedTarget, ...]] = field(default_factory=dict)
    controlled: bool = False
    fresh: bool = False
    void: bool = False
    asked_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def of(self, bill_id: str) -> tuple[LinkedTarget, ...]:
        """The targets of one source bill."""
        return self.by_source.get(bill_id, ())

    def new(self, bill_id: str, snapshot: Iterable[str]) -> tuple[LinkedTarget, ...]:
        """Its targets that the snapshot (target ids known before the push) does not hold."""
        known = set(snapshot)
        return tuple(target for target in self.of(bill_id) if target.bill.id not in known)


NOTHING_SEEN = LookupResult()
"""What is seen where targets cannot be asked for: nothing, and silence means nothing."""
