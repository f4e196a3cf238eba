"""Target proof: whether link rows show that a bill was made from the sources of the rows that name it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from kdgui.domain import msg_codes
from kdgui.domain.errors import QueryRefused
from kdgui.domain.verdicts import Row, RunInfo
from kdgui.pushing.connection.connection import Connection
from kdgui.pushing.context import DataCentreContext


class TargetProof:
    """Nothing is submitted, approved or deleted that is not proven ours by its links (design section 10).

    Used from one thread at a time.
    """

    def __init__(
        self, context: DataCentreContext, connection: Connection, info: RunInfo, rows: Iterable[Row]
    ) -> None:
        self._lookup = context.lookup(info.form_id, info.rule_id, info.target_form, connection)
        self._wanted: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            for target in row.targets:
                self._wanted[target.id].add(row.bill_id)
        self._sources: dict[str, frozenset[str]] = {}
        self._opened = False

    def ask(self, ids: Sequence[str]) -> None:
        """Ask which sources the link rows of these targets name; once for each.

        Raises:
            KdguiError: what a read raises.
        """
        missing = [target_id for target_id in ids if target_id not in self._sources]
        if not missing:
            return
        if not self._opened:
            self._lookup.open()
            self._opened = True
        found = self._links(missing)
        self._sources |= {target_id: found.get(target_id, frozenset()) for target_id in missing}

    def _links(self, ids: Sequence[str]) -> dict[str, frozenset[str]]:
        if not self._lookup.reads_links:
            return {}
        try:
            return self._lookup.sources_of(ids)
        except QueryRefused as refusal:
            if refusal.msg_code in msg_codes.NO_RIGHT:
                raise
        self._lookup.open()  # a column that was remembered is not there any more
        return self._lookup.sources_of(ids) if self._lookup.reads_links else {}

    def disproves(self, target_id: str) -> bool:
        """Whether link rows can be read, and do not show this target as made from its sources."""
        if not self._lookup.reads_links:
            return False
        return not self._sources.get(target_id, frozenset()) & self._wanted[target_id]
