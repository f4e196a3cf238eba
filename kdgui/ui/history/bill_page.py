"""What became of a bill: every run that had it, and below what Kingdee holds of it now."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QTableView, QVBoxLayout, QWidget

from kdgui.domain.errors import KdguiError
from kdgui.domain.verdicts import Reason, Row
from kdgui.domain.ways import BillWay
from kdgui.pushing.engine import PushEngine
from kdgui.pushing.inspect.bill_trace import BillStatus, PushPath
from kdgui.store.catalogue import Catalogue
from kdgui.store.journal.search import NumberHit, NumberHits
from kdgui.store.messages.words import Words
from kdgui.ui.history.bill_runs_model import BillRunsModel, Column
from kdgui.ui.history.history_model import form_name
from kdgui.ui.jobs.worker import start_job
from kdgui.ui.widgets.card import plain_label, push_button, say
from kdgui.ui.widgets.pill_delegate import PillDelegate
from kdgui.ui.widgets.style import em, mark, named
from kdgui.ui.widgets.table_style import dress_table, fit_columns, selected_lines

_LINES_SHOWN = 5
_MOST_BILLS = 3
_WIDEST = 13


class BillPage(QWidget):
    """Shows what a search found; asks Kingdee where we are signed in to that data centre.

    Signals:
        selected: another line is selected.
        opened: a line was double-clicked.
    """

    selected = Signal()
    opened = Signal()

    def __init__(self, engine: PushEngine, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self._words = words
        self._number = ""
        self._otherwise: PushPath | None = None
        self._asking = 0
        self._model = BillRunsModel(words, engine.catalogue, self)
        self._make()
        self._lay_out()
        self.selected.connect(self._show_way)

    def show_findings(self, number: str, findings: NumberHits, otherwise: PushPath | None) -> None:
        """Show these; where they are the very bill (or no run knows it), ask Kingdee at once."""
        self._number, self._otherwise = number, otherwise
        self._asking += 1
        self._model.show(findings.found)
        fit_columns(self.view, em(self, _WIDEST))
        self._now.setPlainText("")
        if findings.found:
            self.view.selectRow(0)
        self._ask_button.setEnabled(self._engine.connection.signed_in is not None)
        if self._engine.connection.signed_in is None:
            self._tell(self.tr("Sign in to see what Kingdee holds now."))
        elif findings.exact or (not findings.found and otherwise is not None):
            self._ask(findings.found)
        elif findings.found:
            self._tell(self.tr("Choose a bill above and ask Kingdee what it holds now."))
        else:
            self._ask_button.setEnabled(False)
            self._tell(self.tr("Choose its form in step 1, then look for it again: Kingdee is asked there."))

    def chosen(self) -> NumberHit | None:
        """The line that is selected, or None."""
        lines = selected_lines(self.view)
        return self._model.found[lines[0]] if lines else None

    @property
    def found(self) -> tuple[NumberHit, ...]:
        """All lines."""
        return self._model.found

    def _make(self) -> None:
        self.view = named("foundView", QTableView())
        self.view.setModel(self._model)
        self.view.setItemDelegate(PillDelegate(self.view))
        self.view.setAccessibleName(self.tr("What became of this bill, run by run"))
        dress_table(self.view, Column.REMARK)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.view.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.view.verticalHeader().setDefaultSectionSize(em(self, 1.9))
        self.view.activated.connect(self.opened)
        self.view.selectionModel().selectionChanged.connect(lambda *_change: self.selected.emit())
        self._model.modelReset.connect(self.selected)
        self._heading = plain_label("title")
        self._heading.setText(self.tr("In Kingdee now"))
        self._ask_button = push_button("askKingdeeButton", self._ask_chosen)
        say(self._ask_button, self.tr("Ask Kingdee"), self.tr("Reads only, nothing is changed"))
        self._now = named("billNowText", QPlainTextEdit())
        self._now.setReadOnly(True)
        self._now.setTabChangesFocus(True)
        self._now.setFrameShape(QFrame.Shape.NoFrame)
        self._now.setAccessibleName(self.tr("What Kingdee holds now"))
        self._now.setFixedHeight(em(self, 1.35 * _LINES_SHOWN + 0.6))
        mark(self._now, role="page")

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(em(self, 0.6))
        card, inside = _card(self)
        inside.addWidget(self.view)
        column.addWidget(card, 1)
        self._way = named("billWay", plain_label(wrap=True))
        self._way.setAccessibleName(self.tr("From which bill to which it went"))
        self._way.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._way.hide()
        column.addWidget(self._way)
        card, inside = _card(self)
        line = QHBoxLayout()
        line.addWidget(self._heading)
        line.addStretch(1)
        line.addWidget(self._ask_button)
        inside.addLayout(line)
        inside.addWidget(self._now)
        column.addWidget(card)

    # The way

    def _show_way(self) -> None:
        """From which bill to which it went, through all runs; read from the journal."""
        hit = self.chosen()
        self._way.hide()
        if hit is None or not hit.row.bill_id:
            return
        row = hit.row
        start_job(
            partial(self._engine.ways.of_row, row),
            self,
            success=lambda way: self._on_way(row, way),
            failure=lambda _trouble: None,  # a comfort: the runs above tell the same, one by one
        )

    def _on_way(self, row: Row, way: BillWay) -> None:
        hit = self.chosen()
        if hit is not None and hit.row == row and len(way.steps) > 1:
            language = self._words.language
            self._way.setText(way_line(way, self._engine.catalogue, language, self.tr(", ")))
            self._way.show()

    # Asking

    def _ask_chosen(self) -> None:
        hit = self.chosen()
        if hit is None:
            self._ask(())
        elif hit.row.number == self._number or any(
            target.number == self._number for target in hit.row.targets
        ):
            self._ask(self.found)
        else:
            self._ask([each for each in self.found if each.row.number == hit.row.number])

    def _ask(self, found: Sequence[NumberHit]) -> None:
        self._asking += 1
        turn = self._asking
        self._ask_button.setEnabled(False)
        self._tell(self.tr("Asking Kingdee…"))
        start_job(
            partial(self._engine.bill_tracker.ask, self._number, tuple(found), self._otherwise),
            self,
            success=lambda standings: self._on_answer(turn, standings),
            failure=lambda error: self._on_trouble(turn, error),
        )

    def _on_answer(self, turn: int, standings: tuple[BillStatus, ...]) -> None:
        if turn == self._asking:
            self._ask_button.setEnabled(True)
            lines = [line for standing in standings for line in self._lines(standing)]
            elsewhere = self.tr("These runs were made in another data centre; sign in there to ask.")
            self._tell("\n".join(lines) or (elsewhere if self.found else self.tr("Nothing was found.")))

    def _on_trouble(self, turn: int, error: KdguiError) -> None:
        if turn == self._asking:
            self._ask_button.setEnabled(True)
            told = self._words.error(error)
            self._tell("\n".join(part for part in (told.what, told.why, told.do) if part))

    def _tell(self, text: str) -> None:
        self._now.setPlainText(text)

    # Words for what Kingdee holds

    def _lines(self, standing: BillStatus) -> list[str]:
        form = form_name(standing.way.form_id, self._engine.catalogue, self._words.language)
        bill = f"{form} {standing.number}"
        asked = standing.asked_at.astimezone().strftime("%H:%M:%S")
        if standing.trouble is not None and not standing.bill_id:
            told = self._words.error(standing.trouble).what
            return [self.tr("{bill}: cannot be asked ({why})").format(bill=bill, why=told)]
        if not standing.bill_id:
            text = self.tr(
                "{bill}: not to be seen in Kingdee. It was deleted, is in another organisation, or you may"
                " not see it. Asked at {time}."
            )
            return [text.format(bill=bill, time=asked)]
        parts = [
            self._status(standing.status),
            *(self._words.reason(Reason.of(code)) for code in standing.shut),
        ]
        state = self.tr(", ").join(part for part in parts if part)
        head = self.tr("{bill}: {state}. Asked at {time}.").format(
            bill=bill, state=state or self.tr("there"), time=asked
        )
        return [head, *(f"    → {line}" for line in self._targets(standing))]

    def _targets(self, standing: BillStatus) -> list[str]:
        lines = []
        for target in standing.targets:
            name = form_name(target.form_id, self._engine.catalogue, self._words.language)
            number = target.label
            status = self._status(target.status)
            lines.append(
                f"{name} {number}" + (self.tr(" ({status})").format(status=status) if status else "")
            )
        gone = self.tr("{number}: named in the records here, not to be seen in Kingdee now; probably deleted")
        lines += [gone.format(number=target.label) for target in standing.gone]
        if standing.trouble is not None:
            lines.append(self._words.error(standing.trouble).what)
        elif not standing.targets and standing.way.target_form:
            lines.append(
                self.tr("no target bill by this rule")
                if standing.certain
                else self.tr("no target bill to be seen, which does not prove that there is none")
            )
        return lines

    def _status(self, status: str | None) -> str:
        key = f"status.{status}"
        return self._words.text(key) if key in self._words else status or ""


def way_line(way: BillWay, catalogue: Catalogue, language: str, between: str) -> str:
    """A way in one line: 采购订单 CGDD000412 → 采购入库单 CGRK000101; of many bills the first few."""
    parts = []
    for step in way.steps:
        names = [bill.number or f"#{bill.id}" for bill in step.bills]
        more = f" … ({len(names)})" if len(names) > _MOST_BILLS else ""
        name = form_name(step.form_id, catalogue, language)
        parts.append(f"{name} {between.join(names[:_MOST_BILLS])}{more}")
    return " → ".join(parts)


def _card(widget: QWidget) -> tuple[QFrame, QVBoxLayout]:
    card = QFrame()
    mark(card, role="card")
    inside = QVBoxLayout(card)
    inside.setContentsMargins(*[em(widget, 0.6)] * 4)
    return card, inside
