"""What is not finished (未走完): targets still to be filled in, submitted or approved; carry on, or close."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from kdgui.domain.chains import AUDIT, FILL, Chain, ChainState
from kdgui.domain.errors import KdguiError
from kdgui.ui.jobs.worker import start_job
from kdgui.ui.widgets.card import plain_label, push_button, say
from kdgui.ui.widgets.cell_table import Cell, CellsModel, CellsView, in_card
from kdgui.ui.widgets.fitting_dialog import FittingDialog
from kdgui.ui.widgets.message_bar import Strip, told
from kdgui.ui.widgets.reason_dialog import ReasonDialog
from kdgui.ui.widgets.style import Tone, named
from kdgui.ui.widgets.table_style import selected_lines

if TYPE_CHECKING:
    from kdgui.pushing.engine import PushEngine
    from kdgui.store.messages.words import Words

_WHY = 4


@dataclass(frozen=True, slots=True)
class OpenChain:
    """A chain that is not at its end, and the numbers of the bills that its target came from."""

    chain: Chain
    sources: tuple[str, ...]


def find_open_chains(engine: PushEngine) -> tuple[OpenChain, ...]:
    """All of this data centre. Blocks for the disk. Raises JournalTrouble."""
    chains = engine.submit_audit.open_chains()
    rows = {run_id: engine.journal.rows(run_id) for run_id in dict.fromkeys(chain.run_id for chain in chains)}
    numbers = {(row.run_id, row.position): row.number for found in rows.values() for row in found}
    return tuple(
        OpenChain(chain, tuple(numbers.get((chain.run_id, place), "") for place in chain.positions))
        for chain in chains
    )


class UnfinishedDialog(FittingDialog):
    """Reads the list off the window's thread.

    Signals:
        carry_on_wanted: ids of the runs that something is left of; the dialog is closed then.
        closed_some: the clerk closed some by hand.
    """

    carry_on_wanted = Signal(object)
    closed_some = Signal()

    def __init__(self, engine: PushEngine, words: Callable[[], Words], parent: QWidget | None = None) -> None:
        super().__init__(parent, ems_wide=50)
        self.setObjectName("chainsDialog")
        self.setWindowTitle(self.tr("Not finished"))
        self._engine = engine
        self._words = words
        self._open: tuple[OpenChain, ...] = ()
        self._model = CellsModel(self)
        self._view = CellsView("chainsView", self._model, _WHY)
        self._note = Strip()
        self._lay_out()
        self._view.selectionModel().selectionChanged.connect(lambda *_change: self._refresh())
        self.reload()

    def reload(self) -> None:
        """Read the list anew."""
        self._note.show_text(self.tr("Reading the journal…"), Tone.INFO)
        start_job(lambda: find_open_chains(self._engine), self, success=self._show, failure=self._on_trouble)

    def _lay_out(self) -> None:
        heading, advice = plain_label("heading"), plain_label("muted", wrap=True)
        heading.setText(self.tr("Not finished"))
        advice.setText(
            self.tr(
                "These target bills exist, but filling in, submit or approval is missing. Carry on looks at"
                " each in Kingdee first and does only what is missing. Close those that you see to yourself."
            )
        )
        self._view.setAccessibleName(heading.text())
        self._detail = named("chainDetail", plain_label("muted", wrap=True))
        for part in (heading, advice, in_card(self._view), self._detail):
            self.column.addWidget(part)
        self.pinned.addWidget(self._note)
        shut = push_button("chainsCloseDialogButton", self.reject)
        self._close = push_button("closeChainsButton", self._ask_why)
        self._carry_on = push_button("carryOnAllButton", self._on_carry_on, "primary")
        say(shut, self.tr("Back"))
        say(self._carry_on, self.tr("Carry on"))
        self._unfilled = push_button("goOnUnfilledButton", self._ask_unfilled)
        self.buttons.addWidget(self._close)
        self.buttons.addWidget(self._unfilled)
        self.buttons.addStretch(1)
        self.buttons.addWidget(shut)
        self.buttons.addWidget(self._carry_on)
        self._refresh()

    def _show(self, found: tuple[OpenChain, ...]) -> None:
        self._open = found
        headers = (
            self.tr("Source bill"),
            self.tr("Target bill"),
            self.tr("Wanted"),
            self.tr("State"),
            self.tr("Why"),
        )
        self._model.show_rows(headers, [self._row(each) for each in found])
        if found:
            self._view.selectRow(0)
            self._view.setFocus()
        else:
            self._note.show_text(self.tr("Nothing is left to finish here."), Tone.OK)
        self._note.setVisible(not found)
        self._refresh()

    def _row(self, each: OpenChain) -> tuple[Cell, ...]:
        chain, words = each.chain, self._words()
        wanted = {FILL: self.tr("fill in"), AUDIT: self.tr("submit and approve")}.get(
            chain.wanted, self.tr("submit")
        )
        more = self.tr(" and {n} more").format(n=len(each.sources) - 1) if len(each.sources) > 1 else ""
        why = " · ".join(dict.fromkeys(map(words.reason, chain.reasons)))
        return (
            Cell(each.sources[0] + more if each.sources else ""),
            Cell(chain.target.label),
            Cell(wanted),
            Cell(self._state(chain), Tone.WARN),
            Cell(why or self.tr("the run was stopped or cut off before"), muted=True),
        )

    def _state(self, chain: Chain) -> str:
        if chain.state in (ChainState.SENDING, ChainState.UNSETTLED):
            return self._words().text("verdict.unsettled")
        status = chain.target.status
        return self._words().text(f"status.{status}") if status else self.tr("open")

    def _explained(self, chain: Chain) -> str:
        """What is missing, why, and what to do about it, of the selected chain."""
        told = [self._words().explain(note) for note in chain.notes]
        lines = [(each.what, " ".join(filter(None, (each.why, each.do)))) for each in told]
        return "\n".join(line for pair in lines for line in pair if line)

    def _selected(self) -> Sequence[OpenChain]:
        return [self._open[line] for line in selected_lines(self._view)]

    def _refresh(self) -> None:
        count, line = len(self._selected()), self._view.currentIndex().row()
        self._detail.setText(self._explained(self._open[line].chain) if 0 <= line < len(self._open) else "")
        self._detail.setVisible(bool(self._detail.text()))
        self._close.setEnabled(count > 0)
        self._carry_on.setEnabled(bool(self._open))
        unfilled = len(self._selected_unfilled())
        self._unfilled.setVisible(unfilled > 0)
        say(
            self._unfilled,
            self.tr("Go on unfilled with {n}…").format(n=unfilled),
            self.tr("Submit all the same, though not every value is in the bill"),
        )
        say(self._close, self.tr("Close the {n} selected…").format(n=count) if count else self.tr("Close…"))

    def _on_carry_on(self) -> None:
        runs = tuple(dict.fromkeys(each.chain.run_id for each in self._open))
        self.accept()
        self.carry_on_wanted.emit(runs)

    def _ask_why(self) -> None:
        chains = [each.chain for each in self._selected()]
        explanation = self.tr("They leave this list and are not carried on with; nothing changes in Kingdee.")
        dialog = ReasonDialog(
            self.tr("Close {n} by hand?").format(n=len(chains)), explanation, self.tr("Close them"), self
        )
        dialog.accepted.connect(lambda: self._close_all(chains, dialog.why))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _selected_unfilled(self) -> list[Chain]:
        """The selected ones that wait for values to be filled in, and are to go further than that."""
        chains = (each.chain for each in self._selected())
        return [chain for chain in chains if chain.missing and not chain.unfilled and chain.wanted != FILL]

    def _ask_unfilled(self) -> None:
        chains = self._selected_unfilled()
        explanation = self.tr(
            "They are submitted at the next carry on although values are missing; each missing value stays"
            " in the results."
        )
        title = self.tr("Go on with {n} that are not filled in?").format(n=len(chains))
        dialog = ReasonDialog(title, explanation, self.tr("Go on unfilled"), self)
        dialog.accepted.connect(lambda: self._go_on_unfilled(chains, dialog.why))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _go_on_unfilled(self, chains: Sequence[Chain], why: str) -> None:
        start_job(
            lambda: [self._engine.submit_audit.go_on_unfilled(chain, why) for chain in chains],
            self,
            success=lambda _done: self._on_closed(),
            failure=self._on_trouble,
        )

    def _close_all(self, chains: Sequence[Chain], why: str) -> None:
        start_job(
            lambda: [self._engine.submit_audit.close(chain, why) for chain in chains],
            self,
            success=lambda _closed: self._on_closed(),
            failure=self._on_trouble,
        )

    def _on_closed(self) -> None:
        self.closed_some.emit()
        self.reload()

    def _on_trouble(self, error: KdguiError) -> None:
        self._note.show_text(told(self._words().error(error)), Tone.BAD)
        self._note.show()
