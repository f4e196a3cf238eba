"""Organisations: those that the signed-in user sees, from form ORG_Organizations."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kdgui.domain.bills import Organisation
from kdgui.k3cloud.answers import text_of

FORM = "ORG_Organizations"
COLUMNS = ("FOrgID", "FNumber", "FName")
ORDER = "FNumber ASC"

QueryAll = Callable[[Sequence[str]], list[tuple[object, ...]]]
"""Field keys → the rows wanted."""


def read_organisations(query_all: QueryAll) -> tuple[Organisation, ...]:
    """The organisations in the order of the answer, each once; rows without a number are left out.

    Raises:
        QueryRefused: they may not be read here. And whatever `query_all` raises.
    """
    found: dict[str, Organisation] = {}
    for row in query_all(COLUMNS):
        org_id, number, name = (text_of(value).strip() for value in row)
        if number:
            found.setdefault(number.casefold(), Organisation(org_id, number, name))
    return tuple(found.values())


def same_organisation(one: Organisation, other: Organisation) -> bool:
    """Whether both are known to be the same: by id, else by number; False where neither tells."""
    if one.id and other.id:
        return one.id == other.id
    return bool(one.number) and one.number.casefold() == other.number.casefold()
