"""MsgCode: what the server's numbers for refusals mean (protocol 1.6)."""

from __future__ import annotations

SESSION_LOST = 1
NO_PERMISSION = 2
EXCEPTION = 4
DATABASE = 6
LICENCE = 7
NO_FIELD = 9
LOCKED = 13
CALL_LIMIT = 14
NO_ADMINISTRATOR = 15

NO_RIGHT = frozenset({NO_PERMISSION, LICENCE, CALL_LIMIT, NO_ADMINISTRATOR})
"""Refusals that every further bill or question would meet: no right, licence, limit, administrator."""

MAY_PASS = NO_RIGHT - {NO_PERMISSION}
"""A licence, a call limit, an administrator turned away: worth waiting for, unlike a missing right."""

UNSURE = frozenset({None, 0, SESSION_LOST, EXCEPTION, DATABASE})
"""Refusals that may come after the work: exception, database error, session lost late, no code."""
