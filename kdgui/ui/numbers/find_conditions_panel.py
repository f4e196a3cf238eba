"""The conditions of a search: the usual ones of a bill, and further rows."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDateEdit,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from kdgui.domain.bills import DocumentStatus
from kdgui.domain.find_conditions import FindConditions, Period
from kdgui.ui.numbers.base_data_edit import BaseDataEdit
from kdgui.ui.numbers.find_rows import FindRow, Lookup, day_edit, show_day
from kdgui.ui.widgets.card import plain_label, push_button, say
from kdgui.ui.widgets.fields import Combo
from kdgui.ui.widgets.style import em, mark, named

if TYPE_CHECKING:
    from kdgui.pushing.inspect.find_fields import FindField, FindForm
    from kdgui.store.messages.words import Words

_OWN = "own"
_MOST_ROWS_HIGH = 4.4
"""Further rows in font heights, before they scroll."""


class FindConditionsPanel(QFrame):
    """Shows what a form can be searched by; what the form has not is not there.

    Attributes:
        last_line: the line of the ticks; buttons are appended at its right.

    Signals:
        find_wanted: Return was pressed in a field.
    """

    find_wanted = Signal()

    def __init__(self, form: FindForm, lookup: Lookup, words: Words, *, with_rule: bool) -> None:
        """`with_rule`: a rule is chosen by which something can be left."""
        super().__init__()
        self._form, self._lookup, self._words, self._with_rule = form, lookup, words, with_rule
        self._rows: list[FindRow] = []
        self._made = 0
        self._make()
        self._lay_out()
        self._on_period()

    def conditions(self) -> FindConditions:
        """What is asked for. Raises BadInput: find_value_missing, find_dates_reversed."""
        period = str(self._period.currentData())
        own = period == _OWN
        rows = (row.condition for row in self._rows)
        wanted = FindConditions(
            period=Period.NONE if own else Period(period),
            organisation=self._organisation.value if self._form.organisation else "",
            partner=self._partner.value if self._form.partner else "",
            creator=self._creator.value if self._form.creator else "",
            bill_type=self._bill_type.value if self._form.bill_type else "",
            status=str(self._status.currentData()) if self._form.status else "C",
            open_only=self._open_only.isChecked(),
            with_left=self._with_left.isChecked() and self._with_rule,
            where=tuple(row for row in rows if row is not None),
        )
        return wanted.with_days(_text(self._first), _text(self._last)) if own else wanted

    def show_conditions(self, conditions: FindConditions) -> None:
        """Show these conditions; those that the form has not are dropped."""
        own = not conditions.period and (conditions.date_from or conditions.date_to)
        self._period.setCurrentIndex(self._period.findData(_OWN if own else conditions.period.value))
        show_day(self._first, conditions.date_from)
        show_day(self._last, conditions.date_to)
        for edit, value in (
            (self._organisation, conditions.organisation),
            (self._partner, conditions.partner),
            (self._creator, conditions.creator),
            (self._bill_type, conditions.bill_type),
        ):
            edit.show_value(value)
        self._status.setCurrentIndex(max(self._status.findData(conditions.status), 0))
        self._open_only.setChecked(conditions.open_only)
        if self._with_rule:
            self._with_left.setChecked(conditions.with_left)
        for row in tuple(self._rows):
            self._remove(row)
        for condition in conditions.where:
            self._add().show_condition(condition)

    def take_focus(self) -> None:
        """Where the clerk begins."""
        self._period.setFocus()

    # Making it

    def _make(self) -> None:
        self._period = named("findPeriodCombo", Combo())
        for word, period in (
            (self.tr("Any date"), Period.NONE.value),
            (self.tr("Today"), Period.TODAY.value),
            (self.tr("This week"), Period.THIS_WEEK.value),
            (self.tr("This month"), Period.THIS_MONTH.value),
            (self.tr("Last month"), Period.LAST_MONTH.value),
            (self.tr("This year"), Period.THIS_YEAR.value),
            (self.tr("From … to …"), _OWN),
        ):
            self._period.addItem(word, period)
        self._period.currentIndexChanged.connect(lambda _row: self._on_period())
        self._first = day_edit("findFromEdit", self.tr("First day"))
        self._first.setDate(QDate.currentDate().addDays(1 - QDate.currentDate().day()))
        self._last = day_edit("findToEdit", self.tr("Last day"))
        self._dash = QLabel("–")
        self._organisation = self._base("findOrganisationEdit", self._form.organisation)
        self._partner = self._base("findPartnerEdit", self._form.partner)
        self._creator = self._base("findCreatorEdit", self._form.creator)
        self._bill_type = self._base("findBillTypeEdit", self._form.bill_type)
        self._status = named("findStatusCombo", Combo())
        self._status.addItem(self.tr("Any status"), "")
        for status in DocumentStatus:
            self._status.addItem(self._words.text(f"status.{status.value}"), status.value)
        self._open_only = named("findOpenCheck", QCheckBox(self.tr("Neither closed nor cancelled")))
        self._with_left = named("findLeftCheck", QCheckBox(self.tr("Something left to push")))
        self._with_left.setEnabled(self._with_rule)
        self._with_left.setToolTip(
            self.tr("Counted by the conversion rule that is chosen")
            if self._with_rule
            else self.tr("Choose a conversion rule first")
        )
        self._last_field: QWidget = self._period
        self._more = push_button("findAddButton", self._add, "link")
        say(self._more, self.tr("Further condition"), self.tr("Any field of the bill, and of its lines"))
        self.show_conditions(FindConditions(period=Period.THIS_MONTH))

    def _base(self, name: str, key: str) -> BaseDataEdit:
        field = self._form.field(key) if key else None
        lookup_form, lookup = (field.lookup_form if field else ""), self._lookup
        edit = BaseDataEdit(name, lambda typed: lookup(lookup_form, typed))
        edit.setPlaceholderText(self.tr("Number or name"))
        edit.returnPressed.connect(self.find_wanted)
        return edit

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(em(self, 0.6))
        grid.setVerticalSpacing(em(self, 0.4))
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        dates = QHBoxLayout()
        dates.setSpacing(em(self, 0.4))
        for widget in (self._period, self._first, self._dash, self._last):
            dates.addWidget(widget)
        dates.addStretch(1)
        form = self._form
        partner = form.field(form.partner) if form.partner else None
        fields: list[tuple[str, QWidget | QHBoxLayout]] = [
            *([(self.tr("Date"), dates)] if form.date else []),
            *([(self.tr("Status"), self._status)] if form.status else []),
            *([(partner.label, self._partner)] if partner else []),
            *([(self._label(form.organisation, self.tr("Organisation")), self._organisation)]
              if form.organisation else []),
            *([(self.tr("Bill type"), self._bill_type)] if form.bill_type else []),
            *([(self.tr("Creator"), self._creator)] if form.creator else []),
        ]  # fmt: skip
        for place, (word, field) in enumerate(fields):
            row, column = divmod(place, 2)
            label = plain_label("muted")
            label.setText(word)
            grid.addWidget(label, row, 2 * column)
            if isinstance(field, QWidget):
                field.setMinimumHeight(field.sizeHint().height())  # a scroll area would press them flat
                field.setAccessibleName(word)
                label.setBuddy(field)
                grid.addWidget(field, row, 2 * column + 1)
            else:
                grid.addLayout(field, row, 2 * column + 1)
        self._period.setMinimumHeight(self._period.sizeHint().height())
        self._period.setAccessibleName(self.tr("Date"))
        self._last_field = next(
            (field for _, field in reversed(fields) if isinstance(field, QWidget)), self._open_only
        )
        for unused in self._unused(fields):
            unused.setParent(self)
            unused.hide()
        self.last_line = QHBoxLayout()
        self.last_line.setSpacing(em(self, 0.8))
        self.last_line.addWidget(self._open_only)
        self.last_line.addWidget(self._with_left)
        self.last_line.addWidget(self._more)
        self.last_line.addStretch(1)
        column_of_all = QVBoxLayout(self)
        column_of_all.setContentsMargins(0, 0, 0, 0)
        column_of_all.setSpacing(em(self, 0.4))
        column_of_all.addLayout(grid)
        column_of_all.addWidget(self._further_rows())
        column_of_all.addLayout(self.last_line)

    def _unused(self, fields: list[tuple[str, QWidget | QHBoxLayout]]) -> list[QWidget]:
        """Fields that the form has not: they exist, and are not shown."""
        used = [field for _, field in fields]
        dates: list[QWidget] = [] if self._form.date else [self._period, self._first, self._dash, self._last]
        others: list[QWidget] = [
            *(self._status, self._partner, self._organisation, self._bill_type, self._creator)
        ]
        return [*dates, *(widget for widget in others if widget not in used)]

    def _label(self, key: str, fallback: str) -> str:
        field: FindField | None = self._form.field(key)
        return field.label if field and field.label != key else fallback

    def _further_rows(self) -> QScrollArea:
        inside = QWidget()
        self._listed = QVBoxLayout(inside)
        self._listed.setContentsMargins(0, 0, 0, 0)
        self._listed.setSpacing(em(self, 0.3))
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        mark(self._scroll, role="passage")
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(inside)
        self._fit_rows()
        return self._scroll

    def _add(self) -> FindRow:
        row = FindRow(self._made, self._form, self._lookup, self._words)
        self._made += 1
        row.removed.connect(lambda: self._remove(row))
        self._rows.append(row)
        self._listed.addWidget(row)
        self._fit_rows()
        self._order_tabs()
        row.tab_chain()[0].setFocus()
        return row

    def _remove(self, row: FindRow) -> None:
        self._rows.remove(row)
        self._listed.removeWidget(row)
        row.hide()
        row.deleteLater()
        self._fit_rows()

    def _order_tabs(self) -> None:
        """The further rows stand between the usual fields and the ticks, whenever they were made."""
        rows = [widget for row in self._rows for widget in row.tab_chain()]
        for before, after in pairwise(
            (self._last_field, *rows, self._open_only, self._with_left, self._more)
        ):
            QWidget.setTabOrder(before, after)

    def _fit_rows(self) -> None:
        """As high as its rows, up to a bound."""
        high = sum(row.sizeHint().height() + self._listed.spacing() for row in self._rows)
        self._scroll.setFixedHeight(min(high, em(self, _MOST_ROWS_HIGH)))
        self._scroll.setVisible(bool(self._rows))

    def _on_period(self) -> None:
        own = self._period.currentData() == _OWN and bool(self._form.date)
        for widget in (self._first, self._dash, self._last):
            widget.setVisible(own)


def _text(edit: QDateEdit) -> str:
    return edit.date().toString("yyyy-MM-dd")
