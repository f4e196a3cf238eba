"""How questions for bills are put (filters, parts of a size that servers take) and their cells are read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TypeVar

from kdgui.k3cloud.queries import quote
from kdgui.pushing.schema.link_columns import LinkColumns, LinkKind

T = TypeVar("T")

CHUNK = 150
"""Bills in one filter: blocks of 150 to 200 are known to work (protocol 3.1)."""


def filter_for(eye: LinkColumns, wanted: Mapping[str, str]) -> str:
    """The FilterString that asks `eye` for the targets of these sources (FID → number)."""
    if eye.kind is LinkKind.NUMBER:
        values = ",".join(quote(number) for number in wanted.values() if number)
    else:
        values = id_list(wanted)
    return f"{eye.source_key} in ({values})"


def id_list(ids: Iterable[str]) -> str:
    """Ids for a filter: numbers bare (quoted they gave wrong counts, protocol 3.1), others quoted."""
    return ",".join(bill_id if bill_id.isdigit() else quote(bill_id) for bill_id in ids)


def chunks(items: Sequence[T]) -> Iterable[Sequence[T]]:
    """`items` in parts of at most `CHUNK`."""
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))


def ends_with(rows: Sequence[Sequence[object]], bill_id: str) -> bool:
    """Whether rows (FID first) run from newer bills to older ones, and end with this one."""
    ids = [cell_text(values[0]) for values in rows]
    if not ids or ids[-1] != bill_id or not all(map(str.isdigit, ids)):
        return False
    return all(int(one) >= int(following) for one, following in pairwise(ids))


def cell_text(value: object) -> str:
    """A cell as text: ids come as numbers, as text, or as 100001.0."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
