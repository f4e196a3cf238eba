"""The organisation we work in: always shown in the top strip, and switched there where there are several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget

from kdgui.domain.bills import Organisation
from kdgui.ui.jobs.worker import start_job
from kdgui.ui.widgets.fields import Combo
from kdgui.ui.widgets.style import em, named

if TYPE_CHECKING:
    from kdgui.pushing.engine import PushEngine

_NARROWEST, _WIDEST = 5, 11


def name_of(organisation: Organisation) -> str:
    """Number and name, or its id where the server told neither."""
    return " ".join(part for part in (organisation.number, organisation.name) if part) or organisation.id


class OrganisationCombo(Combo):
    """Number and name; it gives way where the strip is narrow, and the tool tip holds the whole name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named("organisationCombo", self)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(min(hint.width(), em(self, _WIDEST)), hint.height())

    def minimumSizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(min(hint.width(), em(self, _NARROWEST)), hint.height())


class OrganisationField(QObject):
    """Fills and follows the combo box off the window's thread.

    Attributes:
        combo: the widget; whoever owns this lays it out.

    Signals:
        switched: Organisation, where we work from now on; what a check found is void.
        troubled: KdguiError; we are where we were.
    """

    switched = Signal(object)
    troubled = Signal(object)

    def __init__(self, engine: PushEngine, combo: OrganisationCombo, owner: QWidget) -> None:
        super().__init__(owner)
        self._engine = engine
        self._known: tuple[Organisation, ...] = ()
        self._busy = self._switching = False
        self.combo = combo
        self.combo.activated.connect(self._on_activated)
        self.retranslate()

    def reload(self) -> None:
        """Somebody signed in or out: show where we are, and fetch where we could be."""
        self._known = ()
        self._show()
        if self._engine.connection.signed_in is not None:
            start_job(
                self._engine.connection.organisations,
                self,
                success=self._on_known,
                failure=lambda _trouble: self._show(),
            )

    def set_busy(self, busy: bool) -> None:
        """While a run or a check goes nobody moves elsewhere."""
        self._busy = busy
        self._refresh()

    def retranslate(self) -> None:
        """Say everything anew in the language of now."""
        self.combo.setAccessibleName(self.tr("Organisation"))
        self._show()

    def _on_known(self, known: tuple[Organisation, ...]) -> None:
        self._known = known
        self._show()

    def _on_activated(self, place: int) -> None:
        wanted, here = self.combo.itemData(place), self._engine.connection.organisation
        if not isinstance(wanted, Organisation) or (here is not None and wanted.id == here.id):
            return
        self._switching = True
        self._refresh()
        start_job(
            lambda: self._engine.connection.switch_organisation(wanted),
            self,
            success=self.switched.emit,
            failure=self.troubled.emit,
            finished=self._on_switched,
        )

    def _on_switched(self) -> None:
        self._switching = False
        self._show()

    def _show(self) -> None:
        here = self._engine.connection.organisation
        listed = list(self._known)
        if here is not None and here.id not in {each.id for each in listed}:
            listed.insert(0, here)
        self.combo.clear()
        if here is None:
            self.combo.addItem(self.tr("organisation not told"), None)
        for each in listed:
            self.combo.addItem(name_of(each), each)
        ids = [getattr(self.combo.itemData(place), "id", "") for place in range(self.combo.count())]
        self.combo.setCurrentIndex(ids.index(here.id) if here is not None else 0)
        self.combo.setVisible(self._engine.connection.signed_in is not None)
        self.combo.updateGeometry()
        self._refresh()

    def _refresh(self) -> None:
        self.combo.setEnabled(not self._busy and not self._switching and self.combo.count() > 1)
        several = self.tr("Organisation: {name}. Choose another one to work there.")
        alone = self.tr("Organisation: {name}")
        told = several if self.combo.isEnabled() else alone
        self.combo.setToolTip(told.format(name=self.combo.currentText()).replace("<", "‹"))
