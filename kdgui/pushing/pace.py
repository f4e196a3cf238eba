"""The pace of a run: how many bills make a block, so that no guard is older than ten seconds."""

from __future__ import annotations

BLOCK_SECONDS = 10.0
LARGEST_BLOCK = 50
FIRST_BLOCK = 25
MEMORY = 0.3
"""Weight of the newest request in the running average."""


class Pace:
    """Learns how long one push takes."""

    def __init__(self) -> None:
        self._seconds = 0.0

    def took(self, seconds: float) -> None:
        """Note one request."""
        self._seconds += (seconds - self._seconds) * (MEMORY if self._seconds else 1.0)

    @property
    def block(self) -> int:
        """How many bills can be sent in the next ten seconds: 1 to 50."""
        if not self._seconds:
            return FIRST_BLOCK
        return max(1, min(LARGEST_BLOCK, int(BLOCK_SECONDS / max(self._seconds, 0.001))))
