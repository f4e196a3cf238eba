"""The bills of a plan in the window: searched for or read as it says; and where the list came from last."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from kdgui.store.imports.number_source import NumberSource, read_number_source
from kdgui.store.plans import Origin, Plan, PlanSource
from kdgui.ui.jobs.gc_pause import without_gc_pauses
from kdgui.ui.jobs.worker import start_job

if TYPE_CHECKING:
    from kdgui.domain.find_conditions import FindConditions
    from kdgui.ui.choose.plan_field import PlanField
    from kdgui.ui.numbers.bill_finding import BillFinding
    from kdgui.ui.numbers.numbers_pane import NumbersPane


class PlanBills(QObject):
    """Fetches what a plan names, and tells the plan field where the bills of the list came from.

    Signals:
        troubled: a KdguiError of reading the plan's file.
    """

    troubled = Signal(object)

    def __init__(self, plans: PlanField, numbers: NumbersPane, finding: BillFinding) -> None:
        super().__init__(numbers)
        self._plans, self._numbers, self._finding = plans, numbers, finding
        plans.bills_wanted.connect(self.fetch)
        finding.found_by.connect(self._on_found_by)
        numbers.taken_from.connect(self._on_taken)

    def fetch(self, plan: Plan) -> None:
        """Search or read as the plan says."""
        source = plan.source
        if source.origin is Origin.FIND:
            self._finding.ask(source.find)
        elif source.origin is Origin.FILE:
            read = without_gc_pauses(lambda: read_number_source(source.file, source.sheet, source.column))
            start_job(
                read,
                self,
                success=lambda found: self._on_read(found, source),
                failure=self.troubled.emit,
            )

    def _on_read(self, found: NumberSource, source: PlanSource) -> None:
        self._numbers.paste_text("\n".join(found.numbers))
        self._plans.source = source

    def _on_found_by(self, conditions: FindConditions) -> None:
        self._plans.source = PlanSource(Origin.FIND, find=conditions)

    def _on_taken(self, path: Path | None, sheet: str, column: str) -> None:
        file = str(path.absolute()) if path is not None else ""
        self._plans.source = PlanSource(Origin.FILE if path else Origin.PASTED, file, sheet, column)
