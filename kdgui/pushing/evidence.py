"""Evidence: source lines that a rule is known to have pushed, from which it is learnt by what it counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kdgui.pushing.finder import Finder
from kdgui.pushing.quantities import Cells, Quota
from kdgui.pushing.sight import LinkedTarget
from kdgui.pushing.sources import Source, Sources


def learn_from_controls(quota: Quota, finder: Finder, sources: Sources) -> None:
    """Ask for the few bills that this rule is known to have pushed; nothing where they taught us before.

    Only link rows tell which of their lines were pushed. Raises what a read raises.
    """
    if quota.proven or not (quota.can_tell and finder.controls and finder.reads_links):
        return
    sight = finder.ask(finder.controls)
    targets = {bill_id: finder.by_this_rule(sight.of(bill_id)) for bill_id in finder.controls}
    quota.learn(pushed_lines(targets, sources.by_ids(finder.controls)))


def pushed_lines(targets: Mapping[str, Sequence[LinkedTarget]], sources: Mapping[str, Source]) -> list[Cells]:
    """The lines of these sources that link rows name; drafts take up no quantity (fact sheet 2.4)."""
    return [
        cells
        for bill_id, made in targets.items()
        if bill_id in sources
        for entry_id, cells in sources[bill_id].lines
        if any(entry_id in target.lines for target in made if not target.draft)
    ]
