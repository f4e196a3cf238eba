"""Observers: whoever watches a run, a chain of steps, or a deletion. Called on the run's thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from kdgui.domain.chains import Chain, UndoItem
from kdgui.domain.verdicts import Progress, Row
from kdgui.pushing.flow.run_control import Pause


class Observer(Protocol):
    """Whoever watches a run. Called on the run's thread; must return at once."""

    def run_started(self, run_id: str, rows: Sequence[Row]) -> None:
        """The run and all its rows are in the journal."""

    def rows_changed(self, rows: Sequence[Row]) -> None:
        """These rows stand in the journal with these verdicts now."""

    def progressed(self, progress: Progress) -> None:
        """How far the run is."""

    def paused(self, pause: Pause) -> None:
        """The run waits; it goes on with `RunControl.resume()` or ends with `stop()`."""

    def resumed(self) -> None:
        """The run goes on after a pause."""


@runtime_checkable
class ChainObserver(Protocol):
    """An observer that wants to know of submitting and auditing too."""

    def chain_changed(self, chains: Sequence[Chain]) -> None:
        """These chains stand in the journal like this now."""


@runtime_checkable
class ItemObserver(Protocol):
    """An observer that wants to know of deleting too."""

    def item_changed(self, items: Sequence[UndoItem]) -> None:
        """These bills are this far."""


class NullObserver:
    """An observer for work that nobody watches."""

    def run_started(self, run_id: str, rows: Sequence[Row]) -> None:
        """See Observer."""

    def rows_changed(self, rows: Sequence[Row]) -> None:
        """See Observer."""

    def progressed(self, progress: Progress) -> None:
        """See Observer."""

    def paused(self, pause: Pause) -> None:
        """See Observer."""

    def resumed(self) -> None:
        """See Observer."""
