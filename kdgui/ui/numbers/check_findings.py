"""What a check found about the numbers of the grid, and what the clerk said to it: ticks, choices, lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from kdgui.domain.bill_numbers import identities, identity
from kdgui.domain.bills import SourceBill, TargetBill
from kdgui.ui.widgets.style import Tone

if TYPE_CHECKING:
    from kdgui.pushing.inspect.check import Finding
    from kdgui.store.messages.words import Words
from kdgui.ui.widgets.number_text import plain_number

READY, TICKED, CHOSEN = "ready", "ticked", "chosen"
READY_KINDS = frozenset(("", READY, TICKED, CHOSEN))


_PUSHED_BEFORE = frozenset({"already_pushed", "already_here", "other_rule_pushed"})


_SEVERAL = "several_found"


_MOST_TARGETS = 3


@dataclass(frozen=True, slots=True)
class LinePick:
    """Some lines of one bill: their entry ids, and how many lines the bill has."""

    entry_ids: tuple[str, ...]
    of: int


class CheckFindings(QObject):
    """Findings by the identity of a number; cheap to ask, row by row.

    A number that nobody checked has the kind "": it may be pushed as far as is known here.
    """

    def __init__(self, words: Callable[[], Words], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._found: dict[str, Finding] = {}
        self._ticked: set[str] = set()
        self._chosen: dict[str, SourceBill] = {}
        self._identified: dict[str, SourceBill] = {}
        self._lines: dict[str, LinePick] = {}

    # What becomes known

    def show(self, findings: Mapping[str, Finding]) -> None:
        """Forget what was found before; ticks stay where they may still be set. {} forgets ticks as well."""
        self._found = dict(zip(identities(findings), findings.values(), strict=True))
        self._ticked = {key for key in self._ticked if self.may_tick(key)}
        if not findings:
            self._chosen.clear()
            self._identified.clear()
            self._lines.clear()

    def learn(self, findings: Mapping[str, Finding | None]) -> None:
        """Take what is known anew about these numbers; None forgets what was known about one."""
        for number, finding in findings.items():
            key = identity(number)
            for known in (self._found, self._chosen, self._identified, self._lines):
                known.pop(key, None)
            self._ticked.discard(key)
            if finding is not None:
                self._found[key] = finding

    def tick(self, keys: Iterable[str], on: bool) -> None:
        """Push these all the same, or not; those that may not be ticked are left alone."""
        wanted = {key for key in keys if self.may_tick(key)}
        self._ticked = self._ticked | wanted if on else self._ticked - wanted

    def choose(self, key: str, bill: SourceBill) -> None:
        """Of the bills with this number it is this one; what was found about the others is void."""
        self._chosen[key] = bill
        self._found.pop(key, None)

    def identify(self, key: str, bill: SourceBill, finding: Finding) -> None:
        """The bill with this number was found by a search, which knows all this about it."""
        self._identified[key] = bill
        self._found[key] = finding

    def pick_lines(self, key: str, pick: LinePick | None) -> None:
        """Push only these lines of the bill; None pushes all of them."""
        if pick is None:
            self._lines.pop(key, None)
        else:
            self._lines[key] = pick

    # What is known

    def of(self, key: str) -> Finding | None:
        """What the check found, or None."""
        return self._found.get(key)

    def kind(self, key: str) -> str:
        """In one word: "", READY, TICKED, CHOSEN, or the code of the reason why not."""
        finding = self._found.get(key)
        if finding is None:
            return CHOSEN if key in self._chosen else ""
        if key in self._ticked:
            return TICKED
        return READY if finding.ok or finding.reason is None else finding.reason.code

    def kinds(self, keys: Sequence[str]) -> list[str]:
        """The kinds of many."""
        if not (self._found or self._chosen):
            return [""] * len(keys)
        found, marked = map(self._found.get, keys), self._ticked or self._chosen
        return [
            self.kind(key) if marked or finding is None or not finding.ok else READY
            for key, finding in zip(keys, found, strict=True)
        ]

    def ready(self, key: str) -> bool:
        """Whether it would be pushed now, as far as is known here."""
        return self.kind(key) in READY_KINDS

    def may_tick(self, key: str) -> bool:
        """Whether the clerk may insist on it."""
        finding = self._found.get(key)
        return finding is not None and not finding.ok and finding.can_insist

    def ticked(self, key: str) -> bool:
        """Whether the clerk insists on it."""
        return key in self._ticked

    def again(self, key: str) -> bool:
        """Whether it is pushed once more: it has targets by this rule already, and the clerk insists."""
        return key in self._ticked and self.pushed_before(key)

    def pushed_before(self, key: str) -> bool:
        """Whether it has targets by this rule already."""
        finding = self._found.get(key)
        reason = finding.reason if finding is not None and not finding.ok else None
        return reason is not None and reason.code in _PUSHED_BEFORE

    def has_left(self, key: str) -> bool:
        """Whether it was pushed before, has quantity left for more, and could be ticked."""
        finding = self._found.get(key)
        left = finding.left if finding is not None else None
        some = left is not None and left.left > 0
        return some and self.pushed_before(key) and self.may_tick(key) and key not in self._ticked

    def candidates(self, key: str) -> tuple[SourceBill, ...]:
        """The bills to choose from, where one number lives several times; else ()."""
        finding = self._found.get(key)
        several = finding is not None and finding.reason is not None and finding.reason.code == _SEVERAL
        return finding.bills if finding is not None and several else ()

    @property
    def marked(self) -> frozenset[str]:
        """The numbers that the clerk ticked, chose or found a bill for, or picked lines of."""
        return frozenset((*self._ticked, *self._chosen, *self._identified, *self._lines))

    def chosen(self, key: str) -> SourceBill | None:
        """The bill that the clerk chose or a search found, or None."""
        return self._chosen.get(key) or self._identified.get(key)

    def lines(self, key: str) -> LinePick | None:
        """The lines to be pushed, or None for all."""
        return self._lines.get(key)

    # What is said

    def word(self, kind: str) -> str:
        """The word of a kind, as the pill says it."""
        words = {
            READY: self.tr("Ready"),
            TICKED: self.tr("All the same"),
            CHOSEN: self.tr("Chosen"),
            "same_bill": self.tr("Repeated"),
            "not_approved": self.tr("Not approved"),
            "already_pushed": self.tr("Already pushed"),
            "already_here": self.tr("Already pushed"),
            "other_rule_pushed": self.tr("Already pushed"),
            "not_found": self.tr("Not found"),
            _SEVERAL: self.tr("Choose one"),
            "closed": self.tr("Closed"),
            "cancelled": self.tr("Cancelled"),
            "frozen": self.tr("Frozen"),
            "terminated": self.tr("Terminated"),
            "nothing_left": self.tr("Nothing left"),
            "is_unsettled": self.tr("Unsettled"),
            "is_presumed": self.tr("Being watched"),
        }
        return words[kind] if kind in words else self.tr("Not ready")

    def tone(self, kind: str) -> Tone:
        """The tone of a kind's pill."""
        if kind in _PUSHED_BEFORE:  # nothing wrong, and nothing to do
            return Tone.NEUTRAL
        return {READY: Tone.OK, TICKED: Tone.INFO, CHOSEN: Tone.INFO}.get(kind, Tone.WARN)

    def hint(self, key: str) -> str:
        """What to know about it in one line: what is there, what is left, what to do."""
        parts = [self._about_choice(key), *self._about_finding(key), self._about_lines(key)]
        return " · ".join(part for part in parts if part)

    def tip(self, key: str) -> str:
        """Everything about it, line by line."""
        finding = self._found.get(key)
        lines = [self.hint(key)]
        if finding is not None and finding.reason is not None:
            told = self._words().explain(finding.reason)
            lines = [told.what, told.why, told.do, *lines]
        notes = finding.notes if finding is not None else ()
        return "\n".join(dict.fromkeys(line for line in (*lines, *map(self._words().reason, notes)) if line))

    def _about_finding(self, key: str) -> Iterable[str]:
        finding = self._found.get(key)
        if finding is None:
            return
        if key in self._ticked and finding.reason is not None:
            yield self.word(finding.reason.code)
        elif self.may_tick(key):
            yield self.tr("push all the same")
        yield self._left(finding)
        if finding.targets:
            yield self._targets(finding.targets)
        elif not finding.ok and finding.reason is not None and not self.may_tick(key):
            told = self._words().explain(finding.reason)
            yield told.do or told.what

    def _targets(self, targets: tuple[TargetBill, ...]) -> str:
        told = []
        for target in targets[:_MOST_TARGETS]:
            state = self._words().text(f"status.{target.status}") if target.status else ""
            told.append(" ".join(part for part in (target.label, state) if part))
        more = [self.tr("{n} bills").format(n=len(targets))] if len(targets) > _MOST_TARGETS else []
        return self.tr(", ").join((*told, *more))

    def _left(self, finding: Finding) -> str:
        if finding.left is None:
            return ""
        left, total = finding.left.left, finding.left.total
        if left == total:
            return self.tr("quantity {n}").format(n=plain_number(total))
        return self.tr("left {n} of {total}").format(n=plain_number(left), total=plain_number(total))

    def _about_choice(self, key: str) -> str:
        bill = self._chosen.get(key)
        return self.tr("in {organisation}").format(organisation=home_of(bill)) if bill else ""

    def _about_lines(self, key: str) -> str:
        pick = self._lines.get(key)
        if pick is None:
            return ""
        return self.tr("only {n} of {total} lines").format(n=len(pick.entry_ids), total=pick.of)


def home_of(bill: SourceBill) -> str:
    """The organisation that a bill belongs to; where the form does not tell, its id."""
    return bill.field("organisation") or f"#{bill.id}"
