"""The settings: pages for look, pushing, network and files; they are kept together, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from kdgui.domain.errors import BadInput, KdguiError, LedgerTrouble
from kdgui.pushing.engine import PushEngine
from kdgui.pushing.team.diagnosis import check_team_address, make_tables, report_lines
from kdgui.store.ledger.address import TeamAddress
from kdgui.store.messages.words import Words
from kdgui.store.paths import Paths
from kdgui.store.profiles import Profile
from kdgui.store.settings import Settings
from kdgui.ui.jobs.worker import start_job
from kdgui.ui.settings.files_page import FilesPage
from kdgui.ui.settings.network_page import NetworkPage
from kdgui.ui.settings.team_page import TeamPage
from kdgui.ui.sign_in.connection_test_dialog import ConnectionTestDialog
from kdgui.ui.widgets.card import plain_label, push_button, say
from kdgui.ui.widgets.fitting_dialog import FittingDialog
from kdgui.ui.widgets.form_fields import FieldGrid, choice, number, select
from kdgui.ui.widgets.message_bar import Strip, told
from kdgui.ui.widgets.style import Tone, em, mark, named


class SettingsDialog(FittingDialog):
    """Shows the settings and keeps what the clerk saves.

    Signals:
        changed: Settings, after they were written.
        troubled: KdguiError: they were written, but the proxy's password was not kept.
        readiness_wanted: the readiness report; connections_wanted: the list of connections. The dialog is
            closed then.
    """

    changed = Signal(object)
    troubled = Signal(object)
    readiness_wanted = Signal()
    connections_wanted = Signal()

    def __init__(
        self, engine: PushEngine, words: Words, places: Paths, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, ems_wide=38)
        self.setObjectName("settingsDialog")
        self.setWindowTitle(self.tr("Settings"))
        self._engine = engine
        self._words = words
        self._files = FilesPage(places)
        self._network = NetworkPage()
        self._team = TeamPage(engine.team.setting)
        self._make_fields()
        self._lay_out()
        self._network.test_wanted.connect(self._test)
        self._network.offer_test(offered=engine.connection.profile is not None)
        self._team.test_wanted.connect(self._test_team)
        self._team.init_wanted.connect(self._init_team)
        self._files.troubled.connect(self._tell)
        self._show(engine.settings)

    # -- how it is made ----------------------------------------------------------------------------

    def _make_fields(self) -> None:
        self._language = choice(
            "settingsLanguageCombo",
            [(self.tr("As the system"), ""), ("简体中文", "zh"), ("English", "en")],
        )
        self._scheme = choice(
            "schemeCombo",
            [(self.tr("As the system"), ""), (self.tr("Light"), "light"), (self.tr("Dark"), "dark")],
        )
        self._parallel = number("parallelSpin", 1, 3)
        self._quiet_broken = number("quietBrokenSpin", 0, 7200, self.tr(" s"))
        self._quiet_timeout = number("quietTimeoutSpin", 0, 7200, self.tr(" s"))
        self._message = Strip()
        named("settingsMessage", self._message.label)
        self._message.hide()

    def _general_page(self) -> FieldGrid:
        page = FieldGrid()
        page.add(self.tr("Language"), self._language)
        page.add(self.tr("Look"), self._scheme)
        connections = push_button("settingsConnectionsButton", self._on_connections)
        say(connections, self.tr("Connections…"), self.tr("Names, labels and colours of data centres"))
        page.add(self.tr("Data centres"), connections)
        page.close_up()
        return page

    def _pushing_page(self) -> FieldGrid:
        page = FieldGrid()
        page.add(
            self.tr("Requests at a time"),
            self._parallel,
            hint=self.tr("2 or 3 are faster, where the server bears it; merged pushes go one by one."),
        )
        page.add(
            self.tr("Ask after a broken line for"),
            self._quiet_broken,
            hint=self.tr("How long Kingdee is asked before a bill counts as not created."),
        )
        page.add(
            self.tr("Ask after a time-out for"),
            self._quiet_timeout,
            hint=self.tr("Longer: the server may still be at work. A slow rule is given more by itself."),
        )
        page.close_up()
        return page

    def _lay_out(self) -> None:
        heading = plain_label("heading")
        heading.setText(self.tr("Settings"))
        self._tabs = named("settingsTabs", QTabBar())
        self._tabs.setAccessibleName(self.tr("Pages of the settings"))
        self._tabs.setDrawBase(False)
        self._tabs.setExpanding(False)
        self._pages = QStackedWidget()
        for name, page in (
            (self.tr("General"), self._general_page()),
            (self.tr("Pushing"), self._pushing_page()),
            (self.tr("Network"), self._network),
            (self.tr("Team"), self._team),
            (self.tr("Files and log"), self._files),
        ):
            self._tabs.addTab(name)
            self._pages.addWidget(page)
        self._tabs.currentChanged.connect(self._pages.setCurrentIndex)
        card = QFrame()
        mark(card, role="card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(*[em(self, 0.9)] * 4)
        inside.addWidget(self._pages)
        for widget in (heading, self._tabs, card):
            self.column.addWidget(widget)
        self.column.addStretch(1)
        self.pinned.addWidget(self._message)
        self._add_buttons()

    def _add_buttons(self) -> None:
        defaults = push_button("defaultSettingsButton", self._show_defaults, "link")
        say(defaults, self.tr("Defaults"))
        cancel = push_button("cancelSettingsButton", self.reject)
        say(cancel, self.tr("Cancel"))
        self._save_button = push_button("saveSettingsButton", self._save, "primary")
        say(self._save_button, self.tr("Save"))
        self._save_button.setDefault(True)
        readiness = push_button("settingsReadinessButton", self._on_readiness, "link")
        say(readiness, self.tr("Readiness…"), self.tr("What this account can do with the chosen rule"))
        readiness.setVisible(self._engine.connection.signed_in is not None)
        self.buttons.addWidget(defaults)
        self.buttons.addWidget(readiness)
        self.buttons.addStretch(1)
        self.buttons.addWidget(cancel)
        self.buttons.addWidget(self._save_button)

    # -- what it does ------------------------------------------------------------------------------

    def settings(self) -> Settings:
        """What the fields say; whatever is not in this dialog stays as it was.

        Raises:
            BadInput: what was typed as a proxy is none. LedgerTrouble: what was typed as a database.
        """
        settings = self._network.settings(
            replace(
                self._engine.settings,
                language=str(self._language.currentData()),
                scheme=str(self._scheme.currentData()),
                parallel=self._parallel.value(),
                quiet_broken_seconds=float(self._quiet_broken.value()),
                quiet_timeout_seconds=float(self._quiet_timeout.value()),
                log_level=str(self._files.level.currentData()),
            )
        )
        return self._team.settings(settings)

    def show_page(self, page: QWidget) -> None:
        """Turn to the page that holds this widget."""
        for place in range(self._pages.count()):
            here = self._pages.widget(place)
            if here is page or (here is not None and here.isAncestorOf(page)):
                self._tabs.setCurrentIndex(place)

    def _show(self, settings: Settings) -> None:
        select(self._language, settings.language)
        select(self._scheme, settings.scheme)
        self._parallel.setValue(settings.parallel)
        self._quiet_broken.setValue(round(settings.quiet_broken_seconds))
        self._quiet_timeout.setValue(round(settings.quiet_timeout_seconds))
        select(self._files.level, settings.log_level)
        self._network.show_settings(settings)
        self._team.show_settings(settings)

    def _show_defaults(self) -> None:
        self._show(replace(Settings(), team_url=self._engine.settings.team_url))

    def _checked(self) -> Settings | None:
        """What the fields say, or None where the clerk was told what is wrong with it."""
        try:
            return self.settings()
        except BadInput as trouble:
            self.show_page(self._network.show_trouble())
            self._tell(trouble)
            return None
        except LedgerTrouble as trouble:
            self.show_page(self._team.show_trouble())
            self._tell(trouble)
            return None

    def _save(self) -> None:
        settings, password = self._checked(), self._network.password
        team_password = self._team.password
        if settings is None:
            return
        self._save_button.setEnabled(False)

        def keep() -> tuple[Settings, KdguiError | None]:
            self._engine.change_settings(settings)
            try:
                if password is not None:
                    self._engine.keep_proxy_password(password)
                if team_password is not None:
                    self._engine.keep_team_password(team_password)
            except KdguiError as trouble:
                return settings, trouble
            return settings, None

        start_job(keep, self, success=self._on_saved, failure=self._tell, finished=self._on_finished)

    def _test(self) -> None:
        settings, profile = self._checked(), self._engine.connection.profile
        if settings is None or profile is None:
            return
        self._message.hide()
        call = partial(
            self._engine.connection.test_connection,
            Profile(server=profile.server, data_centre_id="", user="", ca_file=profile.ca_file),
            "",
            settings=settings,
            proxy_password=self._network.password,
        )
        dialog = ConnectionTestDialog(call, self._words, self, readiness=True)
        dialog.readiness_wanted.connect(self._on_readiness)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _team_address(self) -> Callable[[], TeamAddress | None]:
        """The address that the fields say; with its password, which may block for the key store."""
        address = self._team.address()
        if address is None or address.password:
            return lambda: address
        return lambda: self._engine.team.setting.with_kept_password(address)

    def _test_team(self) -> None:
        if self._checked() is not None:
            find = self._team_address()
            self._ask_team(lambda: "\n".join(report_lines(check_team_address(find), self._words)))

    def _init_team(self) -> None:
        if self._checked() is None:
            return
        find = self._team_address()

        def make() -> str:
            address = find()
            if address is None:
                return ""
            key = "team.made" if make_tables(address) else "team.there"
            return self._words.text(key, address=address.text)

        self._ask_team(make)

    def _ask_team(self, work: Callable[[], str]) -> None:
        self._message.hide()
        self._team.set_busy(busy=True)

        def failed(trouble: KdguiError) -> None:
            self._team.show_result("")
            self._tell(trouble)

        start_job(
            work,
            self,
            success=self._team.show_result,
            failure=failed,
            finished=lambda: self._team.set_busy(busy=False),
        )

    def _on_readiness(self) -> None:
        self.reject()
        self.readiness_wanted.emit()

    def _on_connections(self) -> None:
        self.reject()
        self.connections_wanted.emit()

    def _on_saved(self, kept: tuple[Settings, KdguiError | None]) -> None:
        settings, trouble = kept
        self.changed.emit(settings)
        if trouble is not None:
            self.troubled.emit(trouble)
        self.accept()

    def _tell(self, error: KdguiError) -> None:
        self._message.show()
        self._message.show_text(told(self._words.error(error)), Tone.BAD)

    def _on_finished(self) -> None:
        self._save_button.setEnabled(True)
