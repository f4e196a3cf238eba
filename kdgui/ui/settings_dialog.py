"""The settings: language and look, how long to wait, how many at a time, the proxy, the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QSpinBox,
    QWidget,
)

from kdgui.domain.errors import KdguiError
from kdgui.pushing.desk import Desk
from kdgui.store.settings import Settings
from kdgui.store.words import Words
from kdgui.ui.card import plain_label, push_button, say
from kdgui.ui.fitting_dialog import FittingDialog
from kdgui.ui.message_bar import Strip, told
from kdgui.ui.style import Tone, em, mark, named
from kdgui.ui.worker import start_job

_SYSTEM_PROXY, _NO_PROXY, _OWN_PROXY = "system", "none", "own"


class SettingsDialog(FittingDialog):
    """Shows the settings and keeps what the clerk saves.

    Signals:
        changed: Settings, after they were written.
    """

    changed = Signal(object)

    def __init__(self, desk: Desk, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent, ems_wide=36)
        self.setObjectName("settingsDialog")
        self.setWindowTitle(self.tr("Settings"))
        self._desk = desk
        self._words = words
        self._rows = 0
        self._make_fields()
        self._lay_out()
        self._show(desk.settings)

    # -- how it is made ----------------------------------------------------------------------------

    def _make_fields(self) -> None:
        self._language = _choice(
            "settingsLanguageCombo",
            [(self.tr("As the system"), ""), ("简体中文", "zh"), ("English", "en")],
        )
        self._scheme = _choice(
            "schemeCombo",
            [(self.tr("As the system"), ""), (self.tr("Light"), "light"), (self.tr("Dark"), "dark")],
        )
        self._parallel = _number("parallelSpin", 1, 3)
        self._connect_seconds = _number("connectSpin", 1, 120, self.tr(" s"))
        self._read_seconds = _number("readSpin", 5, 3600, self.tr(" s"))
        self._quiet_broken = _number("quietBrokenSpin", 0, 7200, self.tr(" s"))
        self._quiet_timeout = _number("quietTimeoutSpin", 0, 7200, self.tr(" s"))
        self._proxy = _choice(
            "proxyCombo",
            [
                (self.tr("As the system"), _SYSTEM_PROXY),
                (self.tr("None"), _NO_PROXY),
                (self.tr("This one:"), _OWN_PROXY),
            ],
        )
        self._proxy_edit = named("proxyEdit", QLineEdit(placeholderText="http://…:8080"))
        self._proxy_edit.setAccessibleName(self.tr("Address of the proxy"))
        self._proxy.currentIndexChanged.connect(self._show_proxy)
        self._log_level = _choice(
            "logLevelCombo", [(name, name) for name in ("DEBUG", "INFO", "WARNING", "ERROR")]
        )
        self._message = Strip()
        named("settingsMessage", self._message.label)
        self._message.hide()

    def _lay_out(self) -> None:
        heading = plain_label("heading")
        heading.setText(self.tr("Settings"))
        for widget in (heading, self._card()):
            self.column.addWidget(widget)
        self.column.addStretch(1)
        self.pinned.addWidget(self._message)
        self._add_buttons()

    def _card(self) -> QFrame:
        card = QFrame()
        mark(card, role="card")
        self._grid = QGridLayout(card)
        self._grid.setContentsMargins(*[em(self, 0.9)] * 4)
        self._grid.setHorizontalSpacing(em(self, 0.8))
        self._grid.setVerticalSpacing(em(self, 0.5))
        self._grid.setColumnStretch(1, 1)
        self._add(self.tr("Language"), self._language)
        self._add(self.tr("Look"), self._scheme)
        if "parallel" in self._desk.abilities:
            self._add(
                self.tr("Requests at a time"),
                self._parallel,
                self.tr("2 or 3 are faster, where the server bears it; merged pushes always go one by one."),
            )
        self._add(self.tr("Wait for the connection"), self._connect_seconds)
        self._add(self.tr("Wait for an answer"), self._read_seconds)
        self._add(
            self.tr("Ask after a broken line for"),
            self._quiet_broken,
            self.tr("How long Kingdee is asked before a bill counts as not created."),
        )
        self._add(self.tr("Ask after a time-out for"), self._quiet_timeout)
        self._add(self.tr("Proxy"), self._proxy, beside=self._proxy_edit)
        self._add(self.tr("Log"), self._log_level)
        return card

    def _add(self, word: str, field: QWidget, hint: str = "", beside: QWidget | None = None) -> None:
        label = plain_label("muted")
        label.setText(word)
        label.setBuddy(field)
        field.setAccessibleName(word)
        self._grid.addWidget(label, self._rows, 0)
        row = QHBoxLayout()
        row.setSpacing(em(self, 0.6))
        row.addWidget(field)
        if isinstance(field, QSpinBox):
            beside = plain_label("caption", wrap=True)
            beside.setText(hint)
        if beside is not None:
            row.addWidget(beside, 1)
        self._grid.addLayout(row, self._rows, 1)
        self._rows += 1

    def _add_buttons(self) -> None:
        defaults = push_button("defaultSettingsButton", self._show_defaults, "link")
        say(defaults, self.tr("Defaults"))
        cancel = push_button("cancelSettingsButton", self.reject)
        say(cancel, self.tr("Cancel"))
        self._save_button = push_button("saveSettingsButton", self._save, "primary")
        say(self._save_button, self.tr("Save"))
        self._save_button.setDefault(True)
        self.buttons.addWidget(defaults)
        self.buttons.addStretch(1)
        self.buttons.addWidget(cancel)
        self.buttons.addWidget(self._save_button)

    # -- what it does ------------------------------------------------------------------------------

    def settings(self) -> Settings:
        """What the fields say; whatever is not in this dialog stays as it was."""
        return replace(
            self._desk.settings,
            language=str(self._language.currentData()),
            scheme=str(self._scheme.currentData()),
            parallel=self._parallel.value(),
            connect_seconds=float(self._connect_seconds.value()),
            read_seconds=float(self._read_seconds.value()),
            quiet_broken_seconds=float(self._quiet_broken.value()),
            quiet_timeout_seconds=float(self._quiet_timeout.value()),
            proxy=self._chosen_proxy(),
            log_level=str(self._log_level.currentData()),
        )

    def _chosen_proxy(self) -> str | None:
        how = self._proxy.currentData()
        if how == _OWN_PROXY:
            return self._proxy_edit.text().strip() or None
        return "" if how == _NO_PROXY else None

    def _show(self, settings: Settings) -> None:
        _select(self._language, settings.language)
        _select(self._scheme, settings.scheme)
        self._parallel.setValue(settings.parallel)
        self._connect_seconds.setValue(round(settings.connect_seconds))
        self._read_seconds.setValue(round(settings.read_seconds))
        self._quiet_broken.setValue(round(settings.quiet_broken_seconds))
        self._quiet_timeout.setValue(round(settings.quiet_timeout_seconds))
        how = _SYSTEM_PROXY if settings.proxy is None else _OWN_PROXY if settings.proxy else _NO_PROXY
        _select(self._proxy, how)
        self._proxy_edit.setText(settings.proxy or "")
        _select(self._log_level, settings.log_level)
        self._show_proxy()

    def _show_defaults(self) -> None:
        self._show(Settings())

    def _show_proxy(self) -> None:
        self._proxy_edit.setVisible(self._proxy.currentData() == _OWN_PROXY)

    def _save(self) -> None:
        settings = self.settings()
        self._save_button.setEnabled(False)

        def keep() -> Settings:
            self._desk.change_settings(settings)
            return settings

        start_job(keep, self, success=self._on_saved, failure=self._on_not_saved, finished=self._on_finished)

    def _on_saved(self, settings: Settings) -> None:
        self.changed.emit(settings)
        self.accept()

    def _on_not_saved(self, error: KdguiError) -> None:
        self._message.show()
        self._message.show_text(told(self._words.error(error)), Tone.BAD)

    def _on_finished(self) -> None:
        self._save_button.setEnabled(True)


def _choice(name: str, choices: Sequence[tuple[str, str]]) -> QComboBox:
    combo = named(name, QComboBox())
    for word, value in choices:
        combo.addItem(word, value)
    return combo


def _number(name: str, least: int, most: int, unit: str = "") -> QSpinBox:
    spin = named(name, QSpinBox())
    spin.setRange(least, most)
    spin.setSuffix(unit)
    spin.setFixedWidth(em(spin, 6))
    # With buttons of its own Qt's style sheet forgets the padding at the left of the number.
    spin.lineEdit().setTextMargins(em(spin, 0.4), 0, 0, 0)
    return spin


def _select(combo: QComboBox, value: str) -> None:
    combo.setCurrentIndex(max(combo.findData(value), 0))
