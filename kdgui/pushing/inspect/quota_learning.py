"""Quota learning: from source lines that a rule has pushed, it is learnt by what it counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kdgui.pushing.inspect.quantities import Cells, Quota
from kdgui.pushing.inspect.source_bills import SourceReader, SourceRecord
from kdgui.pushing.lookup.lookup_result import LinkedTarget
from kdgui.pushing.lookup.target_lookup import TargetLookup


def learn_from_controls(quota: Quota, lookup: TargetLookup, sources: SourceReader) -> None:
    """Ask for the few bills that this rule is known to have pushed; nothing where they taught us before.

    Only link rows tell which of their lines were pushed. Raises what a read raises.
    """
    if quota.proven or not (quota.can_tell and lookup.controls and lookup.reads_links):
        return
    sight = lookup.ask(lookup.controls)
    targets = {bill_id: lookup.by_this_rule(sight.of(bill_id)) for bill_id in lookup.controls}
    quota.learn(pushed_lines(targets, sources.by_ids(lookup.controls)))


def pushed_lines(
    targets: Mapping[str, Sequence[LinkedTarget]], sources: Mapping[str, SourceRecord]
) -> list[Cells]:
    """The lines of these sources that link rows name; drafts take up no quantity (protocol 2.4)."""
    return [
        cells
        for bill_id, made in targets.items()
        if bill_id in sources
        for entry_id, cells in sources[bill_id].lines
        if any(entry_id in target.lines for target in made if not target.draft)
    ]
