"""The field for the data centre: chosen by name, or its id typed; and beside it what it is for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSignalBlocker
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from kdgui.domain.bills import DataCentre
from kdgui.store.messages.words import Words
from kdgui.store.profiles import DataCentreLabel, Profile
from kdgui.ui.sign_in.login_address import address_of
from kdgui.ui.widgets.account_words import label_word
from kdgui.ui.widgets.fields import Combo
from kdgui.ui.widgets.style import em, named

_LABELS = (None, DataCentreLabel.PRODUCTION, DataCentreLabel.TEST, DataCentreLabel.PRACTICE)


class DataCentreField(QWidget):
    """A combo box with the data centres of a server, and one with 正式, 测试, 练习.

    A label belongs to one data centre: choosing another never carries it over, since a green label on the
    real books would be the worst mistake this dialog could make.
    """

    def __init__(self, words: Words) -> None:
        super().__init__()
        self._words = words
        self._server = ""
        self._centres: tuple[DataCentre, ...] = ()
        self._labels: dict[tuple[str, str], DataCentreLabel | None] = {}
        self._labelled = ("", "")
        self.combo = named("dataCentreCombo", Combo(editable=True))
        self.combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.label_combo = named("labelCombo", Combo())
        for label in _LABELS:
            self.label_combo.addItem("", label)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(em(self, 0.4))
        row.addWidget(self.combo, 1)
        row.addWidget(self.label_combo)
        self.combo.currentTextChanged.connect(self._follow_label)
        self._retranslate()

    @property
    def label(self) -> DataCentreLabel | None:
        """What the clerk says this data centre is for; None where nobody said."""
        return _LABELS[max(self.label_combo.currentIndex(), 0)]

    def data_centre(self) -> DataCentre:
        """The data centre chosen, or found by the name, number or id typed; else what was typed is the id."""
        index, typed = self.combo.currentIndex(), self.combo.currentText().strip()
        if index >= 0 and typed == self.combo.itemText(index):
            return self._centres[index]
        for centre in self._centres if typed else ():
            names = (_text(centre), centre.id, centre.number, centre.name)
            if typed.casefold() in (name.casefold() for name in names):
                return centre
        return DataCentre(typed, "", "")

    def show_profile(self, profile: Profile) -> None:
        """Show this profile's data centre and label; the server's list may come later."""
        self.combo.setCurrentIndex(-1)
        self.combo.clearEditText()
        known = DataCentre(profile.data_centre_id, "", profile.data_centre_name)
        self.offer([known] if known.id else [])
        self._server = _same_server(profile.server)
        self._labelled = self._place()
        self._show_label(profile.label)

    def offer(self, centres: Sequence[DataCentre]) -> None:
        """Offer these; what is chosen or typed already stays, a single one is chosen by itself."""
        chosen = self.data_centre()
        if not chosen.id and len(centres) == 1:
            chosen = centres[0]
        ids = [centre.id.casefold() for centre in centres]
        found = ids.index(chosen.id.casefold()) if chosen.id.casefold() in ids else -1
        with QSignalBlocker(self.combo):
            self._centres = tuple(centres)
            self.combo.clear()
            self.combo.addItems([_text(centre) for centre in centres])
            self.combo.setCurrentIndex(found)
            if found < 0:
                self.combo.setEditText(chosen.id)
        self._follow_label()

    def move_to(self, server: str) -> None:
        """The address was edited: the same id on another server is another data centre."""
        self._server = _same_server(server)
        self._follow_label()

    def know_labels(self, profiles: Sequence[Profile]) -> None:
        """What the data centres of these profiles are for."""
        self._labels = {
            (_same_server(profile.server), profile.data_centre_id.casefold()): profile.label
            for profile in reversed(profiles)
        }

    def use_words(self, words: Words) -> None:
        """Speak another language."""
        self._words = words
        self._retranslate()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.combo.setAccessibleName(self.tr("Data centre"))
        typed = self.combo.lineEdit()
        if typed is not None:
            typed.setPlaceholderText(self.tr("Choose by name, or type its id"))
        self.label_combo.setAccessibleName(self.tr("What this data centre is for"))
        self.label_combo.setToolTip(
            self.tr("Red: production. Green: test and practice. Without a label it counts as production.")
        )
        for index, label in enumerate(_LABELS):
            word = label_word(label, self._words) if label else self.tr("No label")
            self.label_combo.setItemText(index, word)

    def _place(self) -> tuple[str, str]:
        return self._server, self.data_centre().id.casefold()

    def _follow_label(self) -> None:
        place = self._place()
        if place != self._labelled:
            self._labelled = place
            self._show_label(self._labels.get(place))

    def _show_label(self, label: DataCentreLabel | None) -> None:
        self.label_combo.setCurrentIndex(_LABELS.index(label))


def _same_server(text: str) -> str:
    """An address as the key of a server; text that is none stands for itself."""
    address = address_of(text)
    return text.strip().casefold() if address is None else address.base_url.casefold()


def _text(centre: DataCentre) -> str:
    """The name as the clerk knows it, the number behind it; the id where there is no name."""
    name = centre.name or centre.id
    return f"{name} ({centre.number})" if centre.number else name
