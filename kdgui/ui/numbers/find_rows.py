"""Further conditions of a search: field, comparison, value, each with the input that the field needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtWidgets import QComboBox, QCompleter, QDateEdit, QHBoxLayout, QLineEdit, QWidget

from kdgui.domain.bills import DocumentStatus
from kdgui.domain.errors import BadInput
from kdgui.domain.find_conditions import WITHOUT_VALUE, Compare, FieldCondition, read_day
from kdgui.ui.numbers.base_data_edit import BaseDataEdit
from kdgui.ui.widgets.card import push_button, say
from kdgui.ui.widgets.fields import Combo, DateField
from kdgui.ui.widgets.style import em, named

if TYPE_CHECKING:
    from kdgui.pushing.inspect.find_fields import FindField, FindForm
    from kdgui.pushing.inspect.find_service import BaseData
    from kdgui.store.messages.words import Words

_TEXT = (
    *(Compare.CONTAINS, Compare.EQUAL, Compare.UNEQUAL, Compare.STARTS, Compare.LACKS, Compare.ONE_OF),
    *(Compare.EMPTY, Compare.FILLED),
)
_ORDERED = (*(Compare.EQUAL, Compare.AT_LEAST, Compare.AT_MOST, Compare.MORE, Compare.LESS, Compare.UNEQUAL),)
_CODED = (Compare.EQUAL, Compare.UNEQUAL)
_COMPARISONS: dict[str, tuple[Compare, ...]] = {
    "text": _TEXT,
    "number": _ORDERED,
    "date": (*_ORDERED, Compare.EMPTY, Compare.FILLED),
    "base": _TEXT,
    "status": _CODED,
    "state": _CODED,
    "yes_no": _CODED,
}

Lookup = Callable[[str, str], tuple["BaseData", ...]]
"""Form of the base data, what was typed → records; blocks on the network."""


class FindRow(QWidget):
    """One further condition.

    Signals:
        removed: the clerk takes it away.
    """

    removed = Signal()

    def __init__(self, place: int, form: FindForm, lookup: Lookup, words: Words) -> None:
        """`place` numbers the widgets."""
        super().__init__()
        self._place, self._form, self._lookup, self._words = place, form, lookup, words
        self._field = named(f"findFieldCombo{place}", Combo())
        self._field.setEditable(True)
        self._field.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._field.setAccessibleName(self.tr("Field"))
        self._field.setMinimumContentsLength(14)
        self._field.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        for each in form.fields:
            where = self.tr(" ({entry})").format(entry=each.entry) if each.entry else ""
            self._field.addItem(f"{each.label}{where}", each.key)
            self._field.setItemData(self._field.count() - 1, each.key, Qt.ItemDataRole.ToolTipRole)
        completer = QCompleter(self._field.model(), self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self._field.setCompleter(completer)
        edit = self._field.lineEdit()
        if edit is not None:
            edit.setPlaceholderText(self.tr("Field"))
        self._compare = named(f"findCompareCombo{place}", Combo())
        self._compare.setAccessibleName(self.tr("Comparison"))
        self._value: QWidget = QLineEdit()
        self._kind = ("", "")
        self._remove = push_button(f"findRemoveButton{place}", self.removed.emit, "link")
        say(self._remove, self.tr("Remove"))
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(em(self, 0.4))
        self._line.addWidget(self._field, 4)
        self._line.addWidget(self._compare, 0)
        self._line.addWidget(self._value, 4)
        self._line.addWidget(self._remove)
        self._field.setCurrentIndex(-1)
        self._field.currentTextChanged.connect(lambda _text: self._on_field())
        self._compare.currentIndexChanged.connect(lambda _row: self._on_compare())
        self._show_kind("text", "", force=True)

    @property
    def condition(self) -> FieldCondition | None:
        """The condition as it stands; None as long as no field is chosen."""
        found = self._chosen()
        name = found.key if found else self._field.currentText().strip()
        if not name:
            return None
        compare = Compare(self._compare.currentData())
        if compare in WITHOUT_VALUE:
            return FieldCondition(name, compare)
        value = self._text()
        if not value:
            raise BadInput("find_value_missing", field=self._field.currentText().strip())
        return FieldCondition(name, compare, value)

    def show_condition(self, condition: FieldCondition) -> None:
        """Show this condition; a field that the form has not is shown as it was named."""
        place = self._field.findData(condition.field, flags=Qt.MatchFlag.MatchFixedString)
        if place >= 0:
            self._field.setCurrentIndex(place)
        else:
            self._field.setEditText(condition.field)
        self._on_field()
        at = self._compare.findData(condition.compare.value)
        self._compare.setCurrentIndex(max(at, 0))
        self._show_text(condition.value)

    def tab_chain(self) -> tuple[QWidget, ...]:
        """What the tab key visits, in order."""
        return self._field, self._compare, self._value, self._remove

    # What is chosen

    def _chosen(self) -> FindField | None:
        text = self._field.currentText().strip()
        place = self._field.findText(text, Qt.MatchFlag.MatchFixedString)
        return self._form.field(str(self._field.itemData(place))) if place >= 0 else self._form.field(text)

    def _on_field(self) -> None:
        found = self._chosen()
        self._show_kind(found.kind.value if found else "text", found.lookup_form if found else "")

    def _on_compare(self) -> None:
        self._value.setVisible(Compare(self._compare.currentData() or "=") not in WITHOUT_VALUE)

    def _show_kind(self, kind: str, lookup_form: str, *, force: bool = False) -> None:
        if (kind, lookup_form) == self._kind and not force:
            return
        self._kind = (kind, lookup_form)
        self._compare.blockSignals(True)
        self._compare.clear()
        for compare in _COMPARISONS[kind]:
            self._compare.addItem(self._word(compare), compare.value)
        self._compare.blockSignals(False)
        before, self._value = self._value, self._editor(kind, lookup_form)
        self._line.replaceWidget(before, self._value)
        before.hide()
        before.deleteLater()
        QWidget.setTabOrder(self._compare, self._value)
        self._on_compare()

    # The value

    def _editor(self, kind: str, lookup_form: str) -> QWidget:
        name = f"findValueEdit{self._place}"
        editor: QWidget
        if kind == "date":
            editor = day_edit(name, self.tr("Value"))
        elif kind == "base" and lookup_form:
            lookup = self._lookup
            editor = BaseDataEdit(name, lambda typed: lookup(lookup_form, typed))
            editor.setPlaceholderText(self.tr("Number or name"))
        elif kind in ("status", "state", "yes_no"):
            editor = self._codes(kind)
            editor.setObjectName(name)
        else:
            editor = named(name, QLineEdit())
        editor.setAccessibleName(self.tr("Value"))
        return editor

    def _codes(self, kind: str) -> QComboBox:
        combo = Combo()
        if kind == "status":
            for status in DocumentStatus:
                combo.addItem(self._words.text(f"status.{status.value}"), status.value)
        else:
            combo.addItem(self.tr("Yes"), "yes")
            combo.addItem(self.tr("No"), "no")
        return combo

    def _text(self) -> str:
        value = self._value
        if isinstance(value, BaseDataEdit):
            return value.value
        if isinstance(value, QDateEdit):
            return value.date().toString("yyyy-MM-dd")
        if isinstance(value, QComboBox):
            return str(value.currentData())
        return value.text().strip() if isinstance(value, QLineEdit) else ""

    def _show_text(self, text: str) -> None:
        value = self._value
        if isinstance(value, QLineEdit):
            value.setText(text)
        elif isinstance(value, QComboBox):
            value.setCurrentIndex(max(value.findData(text), 0))
        elif isinstance(value, QDateEdit):
            show_day(value, text)

    def _word(self, compare: Compare) -> str:
        words = {
            Compare.EQUAL: self.tr("is"),
            Compare.UNEQUAL: self.tr("is not"),
            Compare.AT_LEAST: self.tr("at least"),
            Compare.AT_MOST: self.tr("at most"),
            Compare.MORE: self.tr("more than"),
            Compare.LESS: self.tr("less than"),
            Compare.CONTAINS: self.tr("contains"),
            Compare.LACKS: self.tr("does not contain"),
            Compare.STARTS: self.tr("begins with"),
            Compare.ONE_OF: self.tr("is one of"),
            Compare.EMPTY: self.tr("is empty"),
            Compare.FILLED: self.tr("is not empty"),
        }
        return words[compare]


def day_edit(name: str, said: str) -> QDateEdit:
    """A field for a day, with a calendar."""
    edit = DateField()
    edit.setDate(QDate.currentDate())
    edit.setObjectName(name)
    edit.setMinimumWidth(edit.fontMetrics().horizontalAdvance("2026-11-23") + em(edit, 3.6))
    edit.setDisplayFormat("yyyy-MM-dd")
    edit.setAccessibleName(said)
    return edit


def show_day(edit: QDateEdit, text: str) -> None:
    """Show this day; what is none is left as it was."""
    try:
        day = read_day(text)
    except BadInput:
        return
    if day is not None:
        edit.setDate(QDate(day.year, day.month, day.day))
