"""Which column of the clerk's table goes into which field of the target bills."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from kdgui.domain.errors import KdguiError
from kdgui.domain.fills import FillField, FillTable
from kdgui.domain.orders import RunOrder
from kdgui.ui.jobs.worker import start_job
from kdgui.ui.widgets.card import plain_label, push_button, say
from kdgui.ui.widgets.fields import Combo
from kdgui.ui.widgets.fitting_dialog import FittingDialog
from kdgui.ui.widgets.flexible_label import FlexibleLabel
from kdgui.ui.widgets.message_bar import Strip, told
from kdgui.ui.widgets.style import Tone, em, mark, named

if TYPE_CHECKING:
    from kdgui.pushing.engine import PushEngine
    from kdgui.pushing.inspect.fills import FillColumns
    from kdgui.store.messages.words import Words

_SAMPLES = 3


class FillDialog(FittingDialog):
    """Asks the server for the fields off the window's thread, and offers what fits by name or by last time.

    Attributes:
        fields: for each heading the field that was chosen, None for a column that is left out.
        form_id: the target form.
    """

    def __init__(
        self,
        engine: PushEngine,
        order: RunOrder,
        table: FillTable,
        words: Callable[[], Words],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, ems_wide=40)
        self.setObjectName("fillDialog")
        self.setWindowTitle(self.tr("Fill in targets"))
        self.fields: tuple[FillField | None, ...] = ()
        self.form_id = ""
        self._table = table
        self._words = words
        self._combos: list[Combo] = []
        self._note = Strip()
        self._lay_out()
        self._note.show_text(self.tr("Asking which fields the target has…"), Tone.INFO)
        start_job(
            lambda: engine.fills.columns(order, table.headings),
            self,
            success=self._show,
            failure=self._on_trouble,
        )

    def _lay_out(self) -> None:
        heading, advice = plain_label("heading"), plain_label("muted", wrap=True)
        heading.setText(self.tr("What goes where?"))
        advice.setText(
            self.tr(
                "After the push these values are filled in on the target bills and checked, field by field,"
                " before anything is submitted. Columns without a field are left out."
            )
        )
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(em(self, 1))
        self._grid.setVerticalSpacing(em(self, 0.4))
        self._grid.setColumnStretch(2, 1)
        for part in (heading, advice):
            self.column.addWidget(part)
        self.column.addLayout(self._grid)
        self.pinned.addWidget(self._note)
        self._cancel = push_button("fillCancelButton", self.reject)
        self._take = push_button("fillTakeButton", self._accept, "primary")
        say(self._cancel, self.tr("Cancel"))
        say(self._take, self.tr("Fill in"))
        self._take.setEnabled(False)
        self._take.setDefault(True)
        self.buttons.addStretch(1)
        self.buttons.addWidget(self._cancel)
        self.buttons.addWidget(self._take)

    def _show(self, columns: FillColumns) -> None:
        self.form_id = columns.form_id
        offered = list(columns.fields)
        offered += [item for item in columns.chosen if item is not None and item not in offered]
        for at, (heading, chosen) in enumerate(zip(columns.headings, columns.chosen, strict=True)):
            label = plain_label()
            label.setText(heading)
            sample = FlexibleLabel()
            mark(sample, role="caption")
            sample.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            sample.setText(self.tr(", ").join(self._samples(at)))
            combo = named(f"fillCombo{at}", Combo())
            combo.setAccessibleName(self.tr("Field for column {name}").format(name=heading))
            combo.addItem(self.tr("(leave out)"), None)
            for item in offered:
                combo.addItem(self._name(item), item)
            combo.setCurrentIndex(offered.index(chosen) + 1 if chosen is not None else 0)
            combo.setSizeAdjustPolicy(Combo.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            combo.setMinimumContentsLength(16)
            combo.currentIndexChanged.connect(lambda _at: self._refresh())
            label.setBuddy(combo)
            self._grid.addWidget(label, at, 0, Qt.AlignmentFlag.AlignLeft)
            self._grid.addWidget(combo, at, 1)
            self._grid.addWidget(sample, at, 2)
            self._combos.append(combo)
        self._unclear = columns.unclear
        self._refresh()
        for before, after in pairwise((*self._combos, self._cancel, self._take)):
            QWidget.setTabOrder(before, after)
        if self._combos:
            self._combos[0].setFocus()

    def _samples(self, at: int) -> list[str]:
        cells = (row.cells[at] for row in self._table.rows if at < len(row.cells) and row.cells[at])
        return list(dict.fromkeys(cell for cell, _ in zip(cells, range(50), strict=False)))[:_SAMPLES]

    def _name(self, item: FillField) -> str:
        where = item.entry_name or (item.entry or self.tr("head"))
        return self.tr("{field} ({where})").format(field=item.label, where=where)

    def _chosen(self) -> tuple[FillField | None, ...]:
        return tuple(combo.currentData() for combo in self._combos)

    def _refresh(self) -> None:
        chosen = [item for item in self._chosen() if item is not None]
        twice = {item.label for item in chosen if chosen.count(item) > 1}
        self._take.setEnabled(bool(chosen) and not twice)
        open_still = [
            heading
            for heading, item in zip(self._table.headings, self._chosen(), strict=True)
            if item is None and heading in self._unclear
        ]
        if twice:
            text = self.tr("Two columns cannot go into one field: {names}")
            self._note.show_text(text.format(names=self.tr(", ").join(sorted(twice))), Tone.WARN)
        elif open_still:
            text = self.tr("Several fields are called so, please choose: {names}")
            self._note.show_text(text.format(names=self.tr(", ").join(open_still)), Tone.WARN)
        elif not chosen:
            self._note.show_text(self.tr("No column has a field yet."), Tone.INFO)
        self._note.setVisible(bool(twice or open_still or not chosen))

    def _accept(self) -> None:
        self.fields = self._chosen()
        self.accept()

    def _on_trouble(self, error: KdguiError) -> None:
        self._note.show_text(told(self._words().error(error)), Tone.BAD)
        self._note.show()
