"""Discoveries: where what was found out about a server outlives the program."""

from __future__ import annotations

from typing import Protocol


class Discoveries(Protocol):
    """Where discoveries outlive the program (the journal)."""

    def recall(self, kind: str, key: str) -> str | None:
        """What was remembered, or None."""

    def remember(self, kind: str, key: str, value: str) -> None:
        """Keep `value` under `kind` and `key`."""
