"""The pace of a run: how many bills make a block, so that no guard is older than ten seconds."""

from __future__ import annotations

BLOCK_SECONDS = 10.0
LARGEST_BLOCK = 50
MEMORY = 0.3
"""Weight of the newest request in the running average."""


class Pace:
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
