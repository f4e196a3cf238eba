"""Probing: which columns a form has, found out by asking for them (MsgCode 9 says: not there)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kdgui.domain import msg_codes
from kdgui.domain.errors import AnswerUnreadable, QueryRefused
from kdgui.pushing.connection.connection import Connection


class ColumnProbe:
    """Finds out which columns a form has, by asking for them.

    Attributes:
        sure: every column that is missing was said to be missing (MsgCode 9); else the findings hold for
            now and are not to be remembered: the server may only have been unwell.
    """

    def __init__(self, connection: Connection, form_id: str) -> None:
        self._connection = connection
        self._form_id = form_id
        self.sure = True

    def has(self, keys: Sequence[str], *, rows: int = 1) -> bool:
        """Whether the form knows all of these columns; asks for `rows` rows, twice where the no is unclear.

        Raises:
            QueryRefused: where the refusal speaks about our rights, not about a column.
        """
        return bool(self._has(keys, rows))

    def known(self, keys: Iterable[str], *, rows: int = 1) -> tuple[str, ...]:
        """Those of `keys` that the form has: one question where it has all, else one each."""
        wanted = tuple(keys)
        all_there = self._has(wanted, rows) if wanted else True
        if all_there:
            return wanted
        found = tuple(key for key in wanted[:-1] if self.has((key,)))
        if all_there is False and len(found) == len(wanted) - 1:
            return found  # one is missing for certain, and it is none of the others
        return (*found, *(key for key in wanted[-1:] if self.has((key,))))

    def _has(self, keys: Sequence[str], rows: int) -> bool | None:
        """As `has`; None where the no is unclear."""
        for _ in range(2):
            code = self._refusal(keys, rows)
            if code in (0, msg_codes.NO_FIELD):
                return code == 0
        self.sure = False
        return None

    def _refusal(self, keys: Sequence[str], rows: int) -> int | None:
        """The MsgCode of the refusal, None where it is unclear; 0 where the columns are there."""
        keys = ("FID", *keys)
        try:
            self._connection.query(self._form_id, keys, order="FID DESC", limit=rows)
        except QueryRefused as refusal:
            if refusal.msg_code in msg_codes.NO_RIGHT:
                raise
            return refusal.msg_code or None
        except AnswerUnreadable:  # rows without the column that was asked for
            return None
        return 0
