"""Quantities: how much of a source bill this rule has left to push, and which columns say so.

A form may keep several link quantities, one for each kind of target (an inbound receipt has one for payables
and one for returns), and nothing tells which of them a rule counts by. So it is learnt from lines that the
rule is known to have pushed: their column has grown. Where that leaves a doubt, nothing is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from kdgui.pushing.schema.discoveries import Discoveries
from kdgui.pushing.schema.form_schema import EntryColumns

Cells = Mapping[str, Decimal | None]
"""The numbers of one line by column; None where the cell held none."""

_EXACT = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Quantity:
    """How much of a bill is left to push, and of how much; in the source's own unit.

    Attributes:
        amount: it is an amount of money: the form keeps no quantity of what was pushed on.
    """

    left: Decimal
    total: Decimal
    amount: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """The same for one line."""

    total: Decimal
    taken: Decimal

    @property
    def left(self) -> Decimal:
        """What is left; nothing where more was taken than there was."""
        return max(self.total - self.taken, Decimal(0))


@dataclass(frozen=True, slots=True)
class Pair:
    """A column and the one that tells how much of it is taken; `shown`: the unit of the bill, if other."""

    total: str
    taken: str
    amount: bool = False
    shown: str = ""

    def share(self, cells: Cells) -> Share | None:
        """What a line says by this pair; None where it does not hold numbers."""
        total, taken = cells.get(self.total), cells.get(self.taken)
        if total is None or taken is None:
            return None
        if not self.shown:
            return Share(total, taken)
        shown = cells.get(self.shown)
        if shown is None or (not total and shown):
            return None
        return Share(shown, (taken * shown / total).quantize(_EXACT).normalize() if total else Decimal(0))


class Quota:
    """By which columns a rule counts what it has pushed. Used from one thread."""

    def __init__(self, columns: EntryColumns | None, memory: Discoveries, key: str) -> None:
        self._pairs = pairs_of(columns) if columns else ()
        self._memory = memory
        self._key = key
        self._grown: Counter[Pair] = Counter()
        self._resend_check = False
        names = set((memory.recall("quota", key) or "").split())
        self._known = tuple(pair for pair in self._pairs if pair.taken in names)

    @property
    def can_tell(self) -> bool:
        """Whether the form keeps quantities of what was pushed on."""
        return bool(self._pairs)

    @property
    def proven(self) -> bool:
        """Whether lines that this rule has pushed have shown by which columns it counts."""
        return bool(self._known)

    def learn(self, lines: Iterable[Cells]) -> None:
        """Look at lines that this rule is known to have pushed (drafts take up no quantity: leave them out).

        Only what has grown most says something: a cancelled target gives its quantity back.
        """
        for cells in lines:
            self._resend_check = True
            self._grown.update(pair for pair in self._pairs if cells.get(pair.taken))
        found = self._most(self._known) or self._most(self._pairs)
        if found and found != self._known:
            self._known = found
            self._memory.remember("quota", self._key, " ".join(pair.taken for pair in found))

    def of_line(self, cells: Cells) -> Share | None:
        """What one line has left; None where that cannot be told."""
        shares = {pair.share(cells) for pair in self._candidates()}
        return shares.pop() if len(shares) == 1 else None

    def of_bill(self, lines: Sequence[Cells]) -> Quantity | None:
        """What a bill has left, all its lines together; None where that cannot be told."""
        shares = [self.of_line(cells) for cells in lines]
        told = [share for share in shares if share is not None]
        if not told or len(told) < len(shares):
            return None
        amount = any(pair.amount for pair in self._candidates())
        left = sum((share.left for share in told), Decimal(0))
        return Quantity(left, sum((share.total for share in told), Decimal(0)), amount)

    def _most(self, pairs: Sequence[Pair]) -> tuple[Pair, ...]:
        most = max((self._grown[pair] for pair in pairs), default=0)
        return tuple(pair for pair in pairs if most and self._grown[pair] == most)

    def _candidates(self) -> tuple[Pair, ...]:
        """The pairs that may be it; () where lines that were pushed have grown in no column that we know."""
        if self._known or self._resend_check:
            return self._known
        quantities = tuple(pair for pair in self._pairs if not pair.amount)
        return quantities or self._pairs


def pairs_of(columns: EntryColumns) -> tuple[Pair, ...]:
    """The pairs of an entry, those in the unit of the bill first."""
    own = [Pair(columns.quantity, taken) for taken in columns.taken if columns.quantity]
    base = [
        Pair(columns.base_quantity, taken, shown=columns.quantity)
        for taken in columns.base_taken
        if columns.quantity and columns.base_quantity
    ]
    amounts = [Pair(columns.amount, taken, amount=True) for taken in columns.taken_amounts if columns.amount]
    return (*own, *base, *amounts)


def number_of(value: object) -> Decimal | None:
    """A cell as a number; None where it holds none. What JSON brought as 0.1 is 0.1."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
