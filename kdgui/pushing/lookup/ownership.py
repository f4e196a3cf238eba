"""Ownership: what FCreatorId is on bills that the signed-in user made, as answered pushes have taught it."""

from __future__ import annotations

from kdgui.pushing.connection.connection import Connection
from kdgui.pushing.schema.discoveries import Discoveries


class Ownership:
    """Tells our own bills from other people's, as far as anybody can."""

    def __init__(self, connection: Connection, memory: Discoveries, *, place: str) -> None:
        learnt = memory.recall("creators", f"{place}|{connection.user.casefold()}") or ""
        self._proven = frozenset(learnt.split())
        self._guess = connection.user_id

    def is_foreign(self, who: str) -> bool:
        """Whether `who` (a user as the server writes one) is certainly somebody else."""
        if who in ("", "0", self._guess) or who in self._proven:
            return False
        return bool(self._proven) or (who.isdigit() and self._guess.isdigit())

    def is_ours(self, who: str) -> bool:
        """Whether `who` is certainly the signed-in user."""
        return who in self._proven or bool(who not in ("", "0") and who == self._guess)
