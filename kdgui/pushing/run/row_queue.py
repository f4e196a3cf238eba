"""The row queue of one run: which rows wait for their turn, in which order, and which go together."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from kdgui.domain.verdicts import Reason, Row, Verdict
from kdgui.pushing.run.batches import RefusalBisection
from kdgui.pushing.run.guard import Candidate, Refused


class RowQueue:
    """Rows by position. What comes back comes first again, in the clerk's order."""

    def __init__(self, rows: Iterable[Row], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._not_before: dict[int, float] = {}
        self._pending = deque(row.position for row in rows if row.verdict is Verdict.QUEUED)
        self._taken: dict[str, str] = {}
        self._last: set[int] = set()
        self._hunt = RefusalBisection()
        self._hunted = False

    def __bool__(self) -> bool:
        return bool(self._pending or self._not_before or self._hunt.part)

    def later(self, row: Row, seconds: float) -> None:
        """This one may not go yet: it comes when so many seconds are over."""
        self._taken.pop(row.bill_id, None)
        self._not_before[row.position] = self._clock() + seconds

    def seconds_to_next(self) -> float:
        """In how many seconds a row may be taken; 0.0 where one may be now, or where there is none."""
        if self._pending or self._hunt.part or not self._not_before:
            return 0.0
        return max(min(self._not_before.values()) - self._clock(), 0.0)

    def _wake(self) -> None:
        due = [place for place, moment in self._not_before.items() if moment <= self._clock()]
        for place in due:
            del self._not_before[place]
            self._pending.append(place)

    @property
    def hunting(self) -> bool:
        """Whether what was taken last is a part of a refused block."""
        return self._hunted

    def take(self, count: int) -> list[int]:
        """The next rows, at most `count`; or the next part of a refused block, whatever its size."""
        self._wake()
        self._hunted = bool(self._hunt.part)
        if self._hunted:
            return list(self._hunt.part)
        return [self._pending.popleft() for _ in range(min(count, len(self._pending)))]

    def peek(self, count: int) -> list[int]:
        """What `take` would take now; nothing while a refused block is looked through."""
        return [] if self._hunt.part else list(islice(self._pending, count))

    def drop_repeats(self, rows: Iterable[Row]) -> list[Refused]:
        """Leave out rows that repeat a text, or have none; other spellings are told apart by their FID."""
        first: dict[str, int] = {}
        refused = []
        pending = set(self._pending)
        for row in rows:
            if row.position not in pending:
                continue
            if not row.number.strip():
                refused.append(Refused(row, Reason.of("empty_number")))
            elif row.number in first:
                refused.append(Refused(row, Reason.of("duplicate_row", first=first[row.number] + 1)))
            else:
                first[row.number] = row.position
        left_out = {item.row.position for item in refused}
        self._pending = deque(position for position in self._pending if position not in left_out)
        return refused

    def once(self, candidates: Iterable[Candidate]) -> tuple[list[Candidate], list[Refused]]:
        """Each bill once, whatever its number was typed like."""
        kept, refused = [], []
        for candidate in candidates:
            other = self._taken.get(candidate.bill.id)
            if other is None or other == candidate.row.number:
                self._taken[candidate.bill.id] = candidate.row.number
                kept.append(candidate)
            else:
                reason = Reason.of("same_bill", number=other)
                refused.append(Refused(candidate.row, reason, bill_id=candidate.bill.id))
        return kept, refused

    def put_back(self, rows: Iterable[Row]) -> None:
        """These come first again, and are guarded anew; those put last stay there.

        A hunt that they belonged to begins anew as well.
        """
        rows = list(rows)
        if rows:
            self.end_hunt()
        self._return(rows)

    def put_last(self, rows: Iterable[Row]) -> None:
        """These are free to go again, at the end of the run; they are guarded anew."""
        rows = list(rows)
        self._last |= {row.position for row in rows}
        self._return(rows)

    # -- merged blocks -----------------------------------------------------------------------------

    def block_refused(self, positions: Sequence[int]) -> None:
        """This block was refused as a whole; find out by its parts whose fault it is."""
        self._hunted = False
        self._hunt.refused(positions)

    def part_taken(self) -> None:
        """What was taken last, a part of a refused block, was pushed as a whole."""
        self._hunted = False
        self._hunt.taken()
        if not self._hunt.part:
            self.end_hunt()

    def block_over(self) -> None:
        """All is said about what was taken last; the guilty one of a hunt is found, or the trail is lost."""
        if self._hunted:
            self.end_hunt()

    def end_hunt(self) -> None:
        """What was not tried is one block again."""
        self._hunted = False
        self._pending.extend(self._hunt.end())
        self._sort()

    def _return(self, rows: Iterable[Row]) -> None:
        rows = list(rows)
        for row in rows:
            self._taken.pop(row.bill_id, None)
        places = sorted({row.position for row in rows} - self._last)
        if len(places) == len(rows) and places and (not self._pending or places[-1] < self._pending[0]):
            self._pending.extendleft(reversed(places))  # the rest of a block: all others keep their order
        else:
            self._pending.extend(row.position for row in rows)
            self._sort()

    def _sort(self) -> None:
        places = sorted(set(self._pending), key=lambda place: (place in self._last, place))
        self._pending = deque(places)
