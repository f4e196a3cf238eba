"""Totals to compare (核对): what the sources of a run hold against what their targets hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from kdgui.domain.verdicts import Row
from kdgui.ui.widgets.flexible_label import FlexibleLabel
from kdgui.ui.widgets.number_text import plain_number
from kdgui.ui.widgets.style import mark

if TYPE_CHECKING:
    from kdgui.pushing.inspect.totals import BillTotal, Sum, Totals
    from kdgui.store.messages.words import Words


class TotalsLine(FlexibleLabel):
    """One line below the results; it takes no room while there is nothing to compare."""

    def __init__(self, words: Callable[[], Words], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("totalsLine")
        self._words = words
        self._totals: Totals | None = None
        self._of_rows: dict[int, BillTotal] = {}
        self._sources = self._targets = 0
        self._asking = False
        self.hide()

    def show_asking(self) -> None:
        """The sums are being fetched."""
        self._totals, self._asking, self._of_rows = None, True, {}
        self.retranslate()

    def show_totals(self, totals: Totals | None, sources: int = 0, targets: int = 0) -> None:
        """The sums of a run, and how many rows became how many target bills; None for nothing to show."""
        self._totals, self._asking = totals, False
        self._of_rows = {total.position: total for total in totals.rows} if totals else {}
        self._sources, self._targets = sources, targets
        self.retranslate()

    def about(self, row: Row) -> tuple[str, ...]:
        """What the sums say about one row; () where nothing is known about it."""
        total = self._of_rows.get(row.position)
        told = self._compare(total.source, total.targets) if total else ()
        return (self.tr("Compare: {sums}").format(sums=self.tr("; ").join(told)),) if told else ()

    def retranslate(self) -> None:
        """Say everything anew in the language of now."""
        text, tone = self._told()
        self.setText(text)
        self.setAccessibleName(text)
        mark(self, role="caption", tone=tone)
        self.setVisible(bool(text))

    def _told(self) -> tuple[str, str]:
        if self._asking:
            return self.tr("Compare: adding up…"), ""
        if self._totals is None:
            return "", ""
        counted = self.tr("{n} sources → {m} targets").format(n=f"{self._sources:,}", m=f"{self._targets:,}")
        if self._totals.trouble is not None:
            why = self._words().reason(self._totals.trouble)
            return self.tr("Compare: {counted}; {why}").format(counted=counted, why=why), ""
        told = (counted, *self._compare(self._totals.source, self._totals.targets))
        return (
            self.tr("Compare: {sums}").format(sums=self.tr("; ").join(told)),
            "" if _agree(self._totals.source, self._totals.targets) else "warn",
        )

    def _compare(self, source: Sum, targets: Sum) -> Sequence[str]:
        pairs = (
            (self.tr("quantity"), source.quantity, targets.quantity),
            (self.tr("amount"), source.amount, targets.amount),
        )
        return [self._pair(name, one, other) for name, one, other in pairs if None not in (one, other)]

    def _pair(self, name: str, source: Decimal | None, targets: Decimal | None) -> str:
        one, other = source or Decimal(0), targets or Decimal(0)
        if one == other:
            return self.tr("{name} {n}, equal").format(name=name, n=plain_number(one))
        told = self.tr("{name} {one} against {other}, off by {difference}")
        numbers = (plain_number(one), plain_number(other), plain_number(other - one))
        return told.format(name=name, one=numbers[0], other=numbers[1], difference=numbers[2])


def _agree(source: Sum, targets: Sum) -> bool:
    pairs = ((source.quantity, targets.quantity), (source.amount, targets.amount))
    return all(one is None or other is None or one == other for one, other in pairs)
