"""Evidence: after a push, gathers what the server shows of each bill, in one question for many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from kdgui.domain.bills import TargetBill
from kdgui.domain.endings import Ending, EndingKind
from kdgui.domain.errors import QueryRefused
from kdgui.domain.verdicts import Row
from kdgui.pushing.lookup.lookup_result import LinkedTarget, LookupResult
from kdgui.pushing.lookup.target_lookup import TargetLookup


@dataclass(frozen=True, slots=True)
class SentBill:
    """One source bill of one request that left this PC.

    Attributes:
        row: as it stands now; `row.bill_id` is the source's FID.
        number: FBillNo as the server spells it.
        snapshot: ids of the targets that it had before.
        lines: entry ids of the source, or of those of its lines that were pushed; empty where unknown.
        merged: its request carried other bills as well.
        accounted: of a merged request: ids of targets that other bills of it are known to have become.
    """

    request_id: int
    row: Row
    number: str
    ending: Ending
    snapshot: tuple[str, ...] = ()
    lines: frozenset[str] = field(default_factory=frozenset)
    merged: bool = False
    accounted: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, int]:
        """What tells it from every other: its run and its row."""
        return self.row.run_id, self.row.position

    @property
    def named(self) -> tuple[str, ...]:
        """Ids of the targets that the server's answer named."""
        if self.ending.answer is not None:
            return tuple(entity.id for entity in self.ending.answer.entities if entity.id)
        return tuple(target.id for target in self.row.targets if target.id)

    @property
    def acknowledged(self) -> bool:
        """Whether the server said that it made something: then silence can never make it `failed`."""
        answer = self.ending.answer
        return bool(self.row.targets if answer is None else answer.success and answer.entities)

    def names(self, target: LinkedTarget) -> bool:
        """Whether the server's answer named this target."""
        answer = self.ending.answer
        if answer is None:
            return target.bill.id in self.named
        return any(entity.means(target.bill) for entity in answer.entities)


class EvidenceCollector:
    """Turns a sight into evidence for each bill, and lets the finder learn from what is proven.

    Who made a target is told by FCreatorId. What our own looks like there is learnt from the first target
    that an answer named, in this run or an earlier one; until then `user_id` is only a guess at it.
    """

    def __init__(self, lookup: TargetLookup, user_id: str, *, signed_in: bool = True) -> None:
        """`signed_in` False: `user_id` is a colleague's, whose bills are not what our own look like."""
        self._lookup = lookup
        self._user_id = user_id
        self._own = set(lookup.own_creators()) if signed_in else set()

    def evidence(self, sent: Sequence[SentBill], sight: LookupResult) -> dict[tuple[str, int], Evidence]:
        """What speaks for or against each of `sent`, by key.

        One further read at most: for targets that answers named and the link rows do not show.

        Raises:
            ConnectionTrouble, SessionLost, SignInRefused, AnswerUnreadable.
        """
        by_id, owners = self._named_unlinked(sent, sight)
        loose = _loose(sent, sight)
        found = {}
        for item in sent:
            new = sight.new(item.row.bill_id, item.snapshot)
            self._learn(item, new)
            foreign = tuple(target for target in new if self._is_foreign(target, item))
            ours = tuple(target for target in new if target not in foreign)
            named = [owners[target_id] for target_id in item.named if target_id in owners]
            found[item.key] = Evidence(
                sight.asked_at,
                ours,
                foreign,
                by_id,
                sight.controlled and sight.fresh,
                item.lines,
                void=sight.void,
                loose=loose.get(item.request_id, ()),
                names_others=bool(named) and all(item.row.bill_id not in sources for sources in named),
            )
        self._lookup.keep_learnt()
        return found

    def _is_foreign(self, target: LinkedTarget, item: SentBill) -> bool:
        """Whether another user or another rule made it; where nobody can tell, it counts as ours."""
        if item.names(target):
            return False
        if not self._lookup.is_this_rule(target.rule_id) and self._lookup.has_control:
            return True
        if target.creator in ("", "0", self._user_id, *self._own):
            return False
        return bool(self._own) or (target.creator.isdigit() and self._user_id.isdigit())

    def _learn(self, item: SentBill, new: Sequence[LinkedTarget]) -> None:
        """A target that an answered success names and the link rows show teaches us how ours look."""
        if item.ending.kind is not EndingKind.ANSWERED or not item.acknowledged:
            return
        for target in new:
            if item.names(target):
                if target.creator not in ("", "0", *self._own):
                    self._own.add(target.creator)
                    self._lookup.learn_creator(target.creator)
                self._lookup.learn(item.row.bill_id, item.number, target)

    def _named_unlinked(
        self, sent: Sequence[SentBill], sight: LookupResult
    ) -> tuple[dict[str, LinkedTarget] | None, dict[str, frozenset[str]]]:
        """Targets that answers named and no link row of their sources shows: by id, and whose they are.

        Where link rows can be read only they make a target ours (design section 10): then nothing is taken by
        id, and the second part tells the sources that these targets do belong to.
        """
        missing = [
            target_id
            for item in sent
            if not item.merged  # nobody could say whose they are
            for target_id in item.named
            if target_id not in {target.bill.id for target in sight.of(item.row.bill_id)}
        ]
        if not missing:
            return {}, {}
        try:
            if self._lookup.reads_links:
                return {}, self._lookup.sources_of(missing)
            shown = self._lookup.by_ids(missing)
        except QueryRefused:
            return None, {}
        return {key: target for key, target in shown.items() if self._lookup.is_new(key)}, {}


def _loose(sent: Sequence[SentBill], sight: LookupResult) -> dict[int, tuple[str, ...]]:
    """By merged request: what its answer named and no link row of its bills shows."""
    linked: dict[int, list[TargetBill]] = defaultdict(list)
    for item in sent:
        if item.merged:
            linked[item.request_id] += [target.bill for target in sight.of(item.row.bill_id)]
    loose: dict[int, tuple[str, ...]] = {}
    for item in sent:
        answer = item.ending.answer
        if item.merged and answer is not None and item.request_id not in loose:
            loose[item.request_id] = tuple(
                entity.id or entity.number
                for entity in answer.entities
                if entity.id not in item.accounted and not any(map(entity.means, linked[item.request_id]))
            )
    return loose


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the server showed of one source bill after its push.

    Attributes:
        new: targets that were not there before, made by us as far as anybody can tell.
        foreign: targets that were not there before, made by another user or another rule.
        by_id: where link rows cannot be read: the targets that the answer named, that the server shows when
            asked by id, and that were not there when the run began; None where they could not be asked for.
        controlled: silence means no (see `LookupResult.fresh`).
        source_lines: entry ids of the source, or of those lines that were to be pushed; empty where unknown.
        loose: of a merged request: ids that its answer named and that no link row of its bills shows.
        void: the answer lacked what we have seen before: it does not even confirm the server's own no.
        names_others: link rows show that whatever the answer named belongs to other sources: it answers
            another request.
    """

    asked_at: datetime
    new: tuple[LinkedTarget, ...] = ()
    foreign: tuple[LinkedTarget, ...] = ()
    by_id: Mapping[str, LinkedTarget] | None = None
    controlled: bool = False
    source_lines: frozenset[str] = field(default_factory=frozenset)
    void: bool = False
    loose: tuple[str, ...] = ()
    names_others: bool = False
