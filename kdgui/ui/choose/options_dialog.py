"""More options of a push: target organisation, bill type, drafts on failure, parameters for the plug-in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRegularExpression, Qt
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from kdgui.domain.bills import Organisation
from kdgui.domain.errors import KdguiError
from kdgui.domain.orders import PushOptions
from kdgui.ui.jobs.worker import start_job
from kdgui.ui.widgets.card import plain_label, push_button, say
from kdgui.ui.widgets.fields import Combo
from kdgui.ui.widgets.fitting_dialog import FittingDialog
from kdgui.ui.widgets.style import em, mark, named

_MOST_PARAMETERS = 20
_LONGEST_VALUE = 2000


@dataclass(frozen=True, slots=True)
class MoreOptions:
    """What the dialog edits; the fields are those of PushOptions."""

    target_org_id: int = 0
    target_bill_type: str = ""
    draft_on_fail: bool = False
    custom_params: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, options: PushOptions) -> MoreOptions:
        """Those of an order."""
        return cls(
            options.target_org_id,
            options.target_bill_type,
            options.draft_on_fail,
            options.custom_params,
        )

    @property
    def count(self) -> int:
        """How many differ from the default."""
        return sum(
            (
                self.target_org_id != 0,
                bool(self.target_bill_type),
                self.draft_on_fail,
                bool(self.custom_params),
            )
        )


def trouble_of_params(pairs: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """What is wrong with keys and values: ("", "") or one of "no_key", "twice", "long", with the key."""
    seen: set[str] = set()
    for key, value in pairs:
        if not key:
            return "no_key", value
        if key in seen:
            return "twice", key
        if len(key) > _LONGEST_VALUE or len(value) > _LONGEST_VALUE:
            return "long", key[:40]
        seen.add(key)
    return "", ""


class OptionsDialog(FittingDialog):
    """Edits MoreOptions; `options` holds them after it was accepted.

    `organisations` fetches those to choose from (it may block, and raise KdguiError); where it is None or
    brings none, the organisation is typed by its id.
    """

    def __init__(
        self,
        options: MoreOptions,
        organisations: Callable[[], tuple[Organisation, ...]] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, ems_wide=30)
        self.options = options
        self.setObjectName("optionsDialog")
        self.setWindowTitle(self.tr("More options"))
        self._organisation = self._digits_field("targetOrganisationEdit", options.target_org_id or "")
        self._organisations = named("targetOrganisationCombo", Combo())
        self._organisations.hide()
        self._bill_type = named("targetBillTypeEdit", QLineEdit(options.target_bill_type, maxLength=80))
        self._draft = named("draftOnFailCheck", QCheckBox(self.tr("Keep a draft when saving fails")))
        self._draft.setChecked(options.draft_on_fail)
        self._danger = self._danger_strip()
        self._table = self._parameter_table(options.custom_params)
        self._trouble = plain_label(wrap=True)
        mark(self._trouble, tone="bad")
        self._lay_out()
        self._draft.toggled.connect(self._danger.setVisible)
        self._danger.setVisible(options.draft_on_fail)
        if organisations is not None:
            self._organisation.setPlaceholderText(self.tr("Fetching the organisations…"))
            start_job(
                organisations, self, success=self._offer_organisations, failure=self._on_no_organisations
            )

    def offer_drafts(self, allowed: bool) -> None:
        """Whether IT allows that a draft is kept where saving fails; else it is not offered."""
        self._draft.setVisible(allowed)
        if not allowed:
            self._draft.setChecked(False)

    def accept(self) -> None:
        pairs = self._pairs()
        code, key = trouble_of_params(pairs)
        if code:
            self._trouble.setText(self._sentence(code).format(key=key))
            self._trouble.show()
            return
        self.options = MoreOptions(
            target_org_id=self._chosen_organisation(),
            target_bill_type=self._bill_type.text().strip(),
            draft_on_fail=self._draft.isChecked(),
            custom_params=pairs,
        )
        super().accept()

    def _chosen_organisation(self) -> int:
        listed = not self._organisations.isHidden()
        return int((self._organisations.currentData() if listed else self._organisation.text()) or 0)

    def _offer_organisations(self, found: tuple[Organisation, ...]) -> None:
        wanted = self._organisation.text()
        usable = [each for each in found if each.id.isdecimal()]
        if not usable:
            self._organisation.setPlaceholderText(self.tr("as the rule decides"))
            return
        self._organisations.addItem(self.tr("as the rule decides"), "")
        for each in usable:
            self._organisations.addItem(" ".join(filter(None, (each.number, each.name))) or each.id, each.id)
        if wanted and self._organisations.findData(wanted) < 0:
            self._organisations.addItem(self.tr("id {id}").format(id=wanted), wanted)
        self._organisations.setCurrentIndex(max(self._organisations.findData(wanted), 0))
        self._organisations.show()
        self._organisation.hide()

    def _on_no_organisations(self, _error: KdguiError) -> None:
        """Nobody lists them: the id can be typed, and the placeholder says what an empty field means."""
        self._organisation.setPlaceholderText(self.tr("as the rule decides"))

    def _sentence(self, code: str) -> str:
        return {
            "no_key": self.tr("A parameter has a value ({key}) but no name."),
            "twice": self.tr("The parameter {key} is there twice."),
            "long": self.tr("The parameter {key} is too long."),
        }[code]

    def _pairs(self) -> tuple[tuple[str, str], ...]:
        """The rows that hold anything, blanks at the ends dropped."""
        cells = [[self._cell(row, column) for column in (0, 1)] for row in range(self._table.rowCount())]
        return tuple((key, value) for key, value in cells if key or value)

    def _cell(self, row: int, column: int) -> str:
        item = self._table.item(row, column)
        return item.text().strip() if item else ""

    # Looks

    def _digits_field(self, name: str, value: object) -> QLineEdit:
        field = named(name, QLineEdit(str(value)))
        field.setValidator(QRegularExpressionValidator(QRegularExpression("[0-9]{0,9}"), field))
        field.setPlaceholderText(self.tr("as the rule decides"))
        return field

    def _danger_strip(self) -> QFrame:
        strip = named("draftDanger", QFrame())
        mark(strip, role="strip", tone="warn")
        label = plain_label(wrap=True)
        mark(label, tone="warn")
        label.setText(
            self.tr(
                "A draft has no number and does not use up the quantity of its source, so Kingdee would let"
                " the same bill be pushed again. Every draft must be finished or deleted by hand; the results"
                " show them under Needs hands."
            )
        )
        column = QVBoxLayout(strip)
        pad = em(self, 0.6)
        column.setContentsMargins(pad, pad, pad, pad)
        column.addWidget(label)
        return strip

    def _parameter_table(self, pairs: Sequence[tuple[str, str]]) -> QTableWidget:
        table = named("customParamsTable", QTableWidget(len(pairs) + 1, 2))
        table.setHorizontalHeaderLabels([self.tr("Name"), self.tr("Value")])
        table.setAccessibleName(self.tr("Parameters for the conversion plug-in"))
        for row, pair in enumerate(pairs):
            for column, text in enumerate(pair):
                table.setItem(row, column, QTableWidgetItem(text))
        table.verticalHeader().hide()
        table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        table.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        table.setTabKeyNavigation(False)
        table.setFixedHeight(em(self, 6))  # one or two are filled in, hardly ever more
        table.itemChanged.connect(lambda _item: self._keep_empty_row())
        return table

    def _keep_empty_row(self) -> None:
        last = self._table.rowCount() - 1
        if last + 1 < _MOST_PARAMETERS and (self._cell(last, 0) or self._cell(last, 1)):
            self._table.insertRow(last + 1)

    def _lay_out(self) -> None:
        self._bill_type.setPlaceholderText(self.tr("as the rule decides"))
        form = QFormLayout()
        form.setSpacing(em(self, 0.5))
        organisation = QHBoxLayout()
        organisation.addWidget(self._organisation)
        organisation.addWidget(self._organisations)
        self._organisation.setAccessibleName(self.tr("Internal id of the target organisation"))
        self._organisations.setAccessibleName(self.tr("Target organisation"))
        self._bill_type.setAccessibleName(self.tr("Target bill type (id)"))
        form.addRow(self.tr("Target organisation"), organisation)
        form.addRow(self._bill_type.accessibleName(), self._bill_type)
        parameters = plain_label()
        parameters.setText(self.tr("Parameters for the conversion plug-in"))
        hint = plain_label("caption", wrap=True)
        hint.setText(
            self.tr("Only where whoever wrote the plug-in asks for them; they are handed on untouched.")
        )
        kept = plain_label("muted", wrap=True)
        kept.setText(self.tr("These options are kept with the form and the rule for the next time."))
        self.column.addWidget(self._heading())
        self.column.addWidget(kept)
        self.column.addLayout(form)
        for part in (self._draft, self._danger, parameters, self._in_card(self._table), hint):
            self.column.addWidget(part)
        self.pinned.addWidget(self._trouble)
        self._trouble.hide()
        ok = push_button("optionsOkButton", self.accept, "primary")
        cancel = push_button("cancelButton", self.reject)
        say(ok, self.tr("OK"))
        say(cancel, self.tr("Cancel"))
        ok.setDefault(True)
        self.buttons.addStretch(1)
        self.buttons.addWidget(cancel)
        self.buttons.addWidget(ok)

    def _heading(self) -> QLabel:
        heading = plain_label("heading")
        heading.setText(self.windowTitle())
        return heading

    def _in_card(self, table: QTableWidget) -> QFrame:
        card = QFrame()
        mark(card, role="card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(*[em(self, 0.6)] * 4)
        inside.addWidget(table)
        return card
