"""Filters: put text into a FilterString safely; there is no parameter binding (fact sheet 3.1)."""

from __future__ import annotations

import unicodedata

from kdgui.domain.errors import BadInput

# Control characters, lone surrogates, line and paragraph separators: no number holds them, and what the
# server's parser makes of them is unknown.
_UNSAFE = {"Cc", "Cs", "Zl", "Zp"}


def quote(text: str) -> str:
    """`text` as a literal of a FilterString: in single quotes, quotes inside doubled.

    Raises:
        BadInput: number_unsafe, where it holds control characters.
    """
    if any(unicodedata.category(char) in _UNSAFE for char in text):
        raise BadInput("number_unsafe")
    return "'" + text.replace("'", "''") + "'"
