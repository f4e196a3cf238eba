"""Batches: the bills of one request, and the search for those that make the server refuse a merged one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kdgui.domain.endings import Answer, ServerError
from kdgui.pushing.run.guard import Candidate

BLOCK_SECONDS = 10.0


LARGEST_BLOCK = 50


MEMORY = 0.3
"""Weight of the newest request in the running average."""


class BatchSize:
    """Learns how long one push takes, with so many on their way at a time."""

    def __init__(self, parallel: int = 1) -> None:
        self._parallel = parallel
        self._seconds = 0.0

    def took(self, seconds: float) -> None:
        """Note one request."""
        self._seconds += (seconds - self._seconds) * (MEMORY if self._seconds else 1.0)

    @property
    def seconds(self) -> float:
        """How long one request takes; 0.0 where none was made yet."""
        return self._seconds

    @property
    def block(self) -> int:
        """How many bills can be sent in the next ten seconds: 1 to 50."""
        if not self._seconds:
            return LARGEST_BLOCK
        return max(1, min(LARGEST_BLOCK, int(self._parallel * BLOCK_SECONDS / max(self._seconds, 0.001))))


@dataclass(frozen=True, slots=True)
class Batch:
    """The bills of one request; more than one where they are merged."""

    candidates: tuple[Candidate, ...]

    @property
    def merged(self) -> bool:
        """Whether several bills go together."""
        return len(self.candidates) > 1

    @property
    def entry_ids(self) -> tuple[str, ...]:
        """The lines to push; empty for whole bills."""
        return tuple(entry for candidate in self.candidates for entry in candidate.entry_ids)


def named_in(answer: Answer, numbers: Iterable[str]) -> dict[str, tuple[ServerError, ...]]:
    """The bills that errors of this answer name by their number, with those errors.

    A number counts only where it stands by itself, not as a part of a longer one.
    """
    found = {}
    for number in numbers:
        alone = re.compile(rf"(?<![0-9A-Za-z_-]){re.escape(number)}(?![0-9A-Za-z_-])", re.IGNORECASE)
        errors = tuple(error for error in answer.errors if alone.search(error.message))
        if errors:
            found[number] = errors
    return found


class RefusalBisection:
    """Finds one bill that makes the server refuse a block, with as few requests as can be.

    Half of the block is sent. If it is taken, the blame lies in the other half, which need not be sent to
    know that; if it is refused, the other half is put aside untested. So log2 of the block's size requests
    lead to one bill; everything put aside is one block again. Positions of rows stand for bills.
    """

    def __init__(self) -> None:
        self._part: tuple[int, ...] = ()
        self._rest: tuple[int, ...] = ()
        self._aside: list[int] = []

    @property
    def part(self) -> tuple[int, ...]:
        """What is to be sent next, as one block; () where no hunt is on."""
        return self._part

    def refused(self, positions: Sequence[int]) -> None:
        """This block, or part, was refused, and holds more than one bill."""
        self._aside += self._rest
        self._halve(positions)

    def taken(self) -> None:
        """The part was pushed: the blame lies in the rest, which is sent alone if it is but one."""
        if len(self._rest) > 1:
            self._halve(self._rest)
        else:
            self._part, self._rest = self._rest, ()

    def end(self) -> tuple[int, ...]:
        """The hunt is over: all bills that wait for their turn."""
        waiting = (*self._rest, *self._aside)
        self._part, self._rest, self._aside = (), (), []
        return waiting

    def _halve(self, positions: Sequence[int]) -> None:
        middle = len(positions) // 2
        self._part, self._rest = tuple(positions[:middle]), tuple(positions[middle:])
