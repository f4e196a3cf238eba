"""Controls: sources whose targets are known, by which the finder tells a full answer from a blind one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from kdgui.pushing.sight import LinkedTarget

CONTROLS = 3
"""Controls kept: one may be deleted by its owner, hardly three."""


class Control(msgspec.Struct, frozen=True):
    """A source whose target is known: an answer that lacks it is void."""

    source_id: str
    source_number: str
    target_id: str

    def shown_in(self, seen: Mapping[str, Iterable[LinkedTarget]]) -> bool:
        """Whether an answer (targets by source FID) holds it."""
        return any(target.bill.id == self.target_id for target in seen.get(self.source_id, ()))


class Learnt(msgspec.Struct, frozen=True):
    """What controls taught: how link rows of this rule are marked."""

    controls: tuple[Control, ...] = ()
    rules: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
