"""Queries: rows of ExecuteBillQuery, page by page until the answer is complete (protocol 3.1)."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence

from kdgui.domain.errors import AnswerUnreadable, BadInput
from kdgui.k3cloud.answers import find_answer

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


Row = tuple[object, ...]


FetchPage = Callable[[int, int], list[Row]]
"""Start row and limit → the rows of that page."""


MOST_PAGES = 1000
"""Enough for a server that caps its pages far below the limit asked for, and an end for one without end."""


def read_rows(value: object, columns: int) -> list[Row]:
    """The rows of a plain answer; [] where there are none.

    Raises:
        AnswerUnreadable: odd_json, where it is no list of rows of `columns` values each. Rows of another
            width would put values under the wrong keys, so they are worth nothing.
    """
    if not isinstance(value, list) or find_answer(value) is not None:
        raise AnswerUnreadable("odd_json")
    if not all(isinstance(row, list) and len(row) == columns for row in value):
        raise AnswerUnreadable("odd_json")
    return [tuple(row) for row in value]


def collect_pages(
    fetch: FetchPage, page: int, most: int, is_whole: Callable[[Sequence[Row]], bool] = lambda _rows: False
) -> list[Row]:
    """All rows, from page after page, until an empty one: a short page is no proof of the end.

    Nor are two pages of one length. `is_whole` may prove it by the rows themselves.

    Raises:
        AnswerUnreadable: too_many_rows, where there are more than `most`; paging_ignored, where the
            server gives the same full page from wherever it is asked for. Part of the rows is never
            returned for all of them.
    """
    rows: list[Row] = []
    previous: list[Row] = []
    proven = False
    for _ in range(MOST_PAGES):
        found = fetch(len(rows), page)
        if not found:
            return rows
        if found == previous and not proven:
            if _ignores_paging(fetch, most):
                return _only_page(found, page)
            proven = True
        rows += found
        previous = found
        if is_whole(rows):
            return rows
        if len(rows) > most:
            break
    raise AnswerUnreadable("too_many_rows", most=most)


def _ignores_paging(fetch: FetchPage, most: int) -> bool:
    """A page equal to the one before may be honest (many equal lines): ask far behind the end."""
    return bool(fetch(most + 1, 1))


def _only_page(rows: list[Row], page: int) -> list[Row]:
    """The rows of a server that knows no pages: all there are, unless they fill the limit."""
    if len(rows) >= page:
        raise AnswerUnreadable("paging_ignored")
    return rows
