"""What was filled in, value by value, as the detail pane tells it below a row's target bills."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QCoreApplication

from kdgui.domain.chains import Chain
from kdgui.domain.fills import ChangedValue, FilledValue, FillState
from kdgui.domain.verdicts import Row

_MOST = 40
"""More values of one bill nobody reads here; the journal and the command line hold all of them."""


class FillLines:
    """Sentences about the chains of the run shown. Nothing here touches a widget."""

    def __init__(self) -> None:
        self._chains: dict[tuple[str, int], dict[str, Chain]] = {}

    @staticmethod
    def tr(text: str) -> str:
        """Qt's collector finds sentences by this name."""
        return QCoreApplication.translate("FillLines", text)

    def learn(self, chains: Iterable[Chain]) -> None:
        """These chains stand like this now."""
        for chain in chains:
            for position in chain.positions:
                self._chains.setdefault((chain.run_id, position), {})[chain.target.id] = chain

    def about(self, row: Row) -> Sequence[str]:
        """One line a value asked for, then what the server changed on the way."""
        chains = self._chains.get((row.run_id, row.position), {}).values()
        values = [value for chain in chains for value in chain.fill if value.position == row.position]
        changed = [value for chain in chains for value in chain.changed]
        lines = [self._value(value) for value in values] + [self._changed(value) for value in changed]
        more = [self.tr("… and {n} more").format(n=len(lines) - _MOST)] if len(lines) > _MOST else []
        return [*lines[:_MOST], *more]

    def _value(self, value: FilledValue) -> str:
        name = self._name(value.name, value.line)
        if value.state is FillState.HELD:
            return self.tr("✓ {field}: {wanted}").format(field=name, wanted=value.wanted)
        if value.held is None:
            return self.tr("✗ {field}: {wanted} is not in it").format(field=name, wanted=value.wanted)
        text = self.tr("✗ {field}: {wanted} is not in it, Kingdee holds “{held}”")
        return text.format(field=name, wanted=value.wanted, held=value.held)

    def _changed(self, value: ChangedValue) -> str:
        text = self.tr("Kingdee changed {field}: {before} → {after}")
        return text.format(field=self._name(value.name, value.line), before=value.before, after=value.after)

    def _name(self, name: str, line: str) -> str:
        return self.tr("{field} (line {line})").format(field=name, line=line) if line else name
