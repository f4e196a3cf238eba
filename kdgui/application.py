"""The application: journal, engine, window, dialogs and practice account, wired and taken down again."""

from __future__ import annotations

import gc
import logging
import threading
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QThread, QTimer, Slot
from PySide6.QtWidgets import QApplication

from kdgui.bootstrap import chosen_language, open_engine
from kdgui.domain.accounts import CHINESE_LCID, ENGLISH_LCID
from kdgui.domain.errors import JournalTrouble, KdguiError
from kdgui.store.instance_lock import InstanceLock
from kdgui.store.messages.words import Words, load_words
from kdgui.store.paths import Paths
from kdgui.store.profiles import BUILT_IN, DataCentreLabel, Profile
from kdgui.store.settings import Settings
from kdgui.ui.about_dialog import AboutDialog
from kdgui.ui.crash import CrashHook, CrashReport, FaultFile, show_crash
from kdgui.ui.jobs.worker import start_job
from kdgui.ui.widgets.message_bar import told
from kdgui.ui.widgets.style import Tone, follow_scheme
from kdgui.ui.widgets.translations import Translations

if TYPE_CHECKING:  # imported when they are shown: what the sign-in does not need would only delay it
    from kdgui.practice.server import PracticeServer
    from kdgui.ui.main_window import MainWindow
    from kdgui.ui.sign_in.login_dialog import LoginDialog

GOODBYE_SECONDS = 2.0
_PAINTED_MS = 50
"""The sign-in is on the screen by then: what is loaded beside it does not delay it."""
PRACTICE_FORM, PRACTICE_RULE = "PUR_PurchaseOrder", "PUR_PurchaseOrder-STK_InStock"
PRACTICE_BILLS = 12
DEMO_LATENCY_MS = 120
"""The practice account answers as slowly as a server in the next building, so that a run can be watched."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StartOptions:
    """What the command line asked of the window.

    Attributes:
        demo: open on the practice account.
        language, scheme: for this time only; "" takes the settings.
        folder_closed: others could write in the data folder until this start.
    """

    demo: bool = False
    language: str = ""
    scheme: str = ""
    folder_closed: bool = False


class PracticeAccount:
    """The embedded server, started when it is first asked for. `invite` may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.server: PracticeServer | None = None

    def invite(self) -> tuple[Profile, str]:
        """Where and as whom to sign in, and the password; starts the server, which takes about a second."""
        from kdgui.practice.server import PracticeServer
        from kdgui.store.catalogue import read_catalogue_file

        with self._lock:
            if self.server is None:
                self.server = PracticeServer(read_catalogue_file(), latency_ms=DEMO_LATENCY_MS)
                self.server.start()
            invitation = self.server.invitation
        profile = Profile(
            server=invitation.url,
            data_centre_id=invitation.data_centre,
            user=invitation.user,
            label=DataCentreLabel.PRACTICE,
        )
        return profile, invitation.password

    def is_at(self, profile: Profile | None) -> bool:
        """Whether this profile is of the practice account of this program."""
        return self.server is not None and profile is not None and profile.server == self.server.url

    def bills(self) -> tuple[str, ...]:
        """Numbers to practise on: most can be pushed, one will be refused, and one is there twice."""
        if self.server is None:
            return ()
        examples = self.server.examples()[PRACTICE_FORM]
        good = examples["open"][:PRACTICE_BILLS]
        return (*good, *examples["partner_disabled"][:1], *good[:1])

    def stop(self) -> None:
        """End the server, where it runs."""
        with self._lock:
            if self.server is not None:
                self.server.stop()


class Application(QObject):
    """One running kdgui. A child of the application; `close` takes it down, at the latest when it quits.

    Attributes:
        practice: the practice account.

    Raises:
        JournalTrouble: another instance works on this data folder, or the journal cannot be used.
    """

    def __init__(self, application: QApplication, places: Paths, wishes: StartOptions) -> None:
        super().__init__(application)
        self._application = application
        self._places = places
        self._wishes = wishes
        self._language = wishes.language
        self._resources = ExitStack()
        try:
            self._resources.enter_context(InstanceLock(places.lock))
            self.engine = self._resources.enter_context(open_engine(places, attended=True, window=True))
        except KdguiError:
            self._resources.close()
            raise
        self.practice = PracticeAccount()
        self._resources.callback(self.practice.stop)
        self._dress()
        self._words = load_words(self._translations.language, places.refusals)
        self._window: MainWindow | None = None
        self._login: LoginDialog | None = None
        self._loading: _WindowImport | None = None
        self._take_charge()

    @property
    def window(self) -> MainWindow:
        """The main window; built when it is first asked for, and not shown then."""
        if self._window is None:
            from kdgui.ui.main_window import MainWindow

            self._window = MainWindow(
                self.engine, self._words, geometry_file=self._places.home / "window.ini"
            )
            self._connect(self._window)
            self._tell_damages()
            # What is there now stays to the end: the collector need not look at it again.
            gc.collect()
            gc.freeze()
        return self._window

    @property
    def words(self) -> Words:
        """The words in the language of now."""
        return self._words

    # -- how it is made ----------------------------------------------------------------------------

    def _dress(self) -> None:
        application = self._application
        application.setApplicationName("kdgui")
        application.setQuitOnLastWindowClosed(False)  # the window says itself when it is gone for good
        self._translations = Translations(application)
        self._translations.use(self._language or chosen_language(self.engine.settings))
        self._follow_scheme()
        application.styleHints().colorSchemeChanged.connect(self._on_system_scheme)
        self._faults = FaultFile(self._places.log_dir)
        if left := self._faults.open():
            log.warning("the last start ended with a fault:\n%s", left)
        self._resources.callback(self._faults.close)

    def _connect(self, window: MainWindow) -> None:
        window.sign_in_wanted.connect(self.sign_in)
        window.practice_wanted.connect(self._practise)
        window.history_wanted.connect(self._show_history)
        window.bill_wanted.connect(self._show_history)
        window.help_wanted.connect(self._show_help)
        window.settings_wanted.connect(self._show_settings)
        window.closed.connect(self._application.quit)

    def _take_charge(self) -> None:
        """Of what went wrong unnoticed, and of the end."""
        self._crashes = CrashHook(self)
        self._crashes.crashed.connect(self._show_crash)
        self._crashes.install()
        self._resources.callback(self._crashes.remove)
        self._application.aboutToQuit.connect(self.close)

    # -- dialogs -----------------------------------------------------------------------------------

    @Slot()
    def sign_in(self) -> None:
        """Open the sign-in; the practice account is chosen there where the program was started for it."""
        if self._login is not None:
            self._login.raise_()
            return
        self._open_sign_in(self.window)

    def _open_sign_in(self, parent: MainWindow | None) -> LoginDialog:
        from kdgui.ui.sign_in.login_dialog import LoginDialog

        dialog = LoginDialog(
            self.engine,
            self._words,
            start_practice=self.practice.invite,
            practice_first=self._wishes.demo,
            parent=parent,
        )
        dialog.language_chosen.connect(self.use_language)
        dialog.accepted.connect(self._on_account)
        dialog.accepted.connect(self._on_signed_in)
        dialog.finished.connect(self._on_login_closed)
        self._login = dialog
        if parent is None:  # there is nothing yet that it could belong to
            dialog.setWindowModality(Qt.WindowModality.ApplicationModal)
            dialog.show()
        else:
            dialog.open()
        return dialog

    def begin(self) -> None:
        """The first page where nobody has ever signed in here, else the sign-in."""
        if self._wishes.demo or self._places.profiles.exists():
            self.sign_in()
        else:
            self.window.welcome()

    def start(self) -> None:
        """As `begin`, with the main window shown; the sign-in comes first, and that window behind it.

        What the window is made of is loaded on another thread meanwhile, so that the clerk can type at once.
        """
        if not (self._wishes.demo or self._places.profiles.exists()):
            self.window.show()
            self.begin()
            return
        self._open_sign_in(None)
        self._loading = _WindowImport(self)
        self._loading.finished.connect(self._show_behind)
        QTimer.singleShot(_PAINTED_MS, self._loading.start)

    @Slot()
    def _show_behind(self) -> None:
        """Show the main window; the sign-in that is open stays above it, and keeps the keyboard."""
        window, dialog = self.window, self._login
        if window.isVisible():
            return
        if dialog is not None and dialog.isVisible():
            window.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
            window.winId()  # makes the native window
            dialog.windowHandle().setTransientParent(window.windowHandle())
            window.show()
            window.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, False)
            dialog.raise_()
        else:
            window.show()

    @Slot()
    def _on_account(self) -> None:
        self.window.show_account()

    @Slot()
    def _practise(self) -> None:
        """Sign in to the practice account without a question."""
        self.window.first_page.set_busy(True)
        lcid = ENGLISH_LCID if self._words.language == "en" else CHINESE_LCID

        def enter() -> object:
            profile, secret = self.practice.invite()
            return self.engine.connection.sign_in(replace(profile, name=BUILT_IN, lcid=lcid), secret)

        start_job(
            enter,
            self,
            success=lambda _signed_in: self._on_practising(),
            failure=self.window.show_trouble,
            finished=lambda: self.window.first_page.set_busy(False),
        )

    def _on_practising(self) -> None:
        self.window.show_account()
        self._on_signed_in()

    @Slot()
    def _on_signed_in(self) -> None:
        if self.practice.is_at(self.engine.connection.profile):
            self.window.offer_practice(PRACTICE_FORM, PRACTICE_RULE, self.practice.bills())

    def _tell_damages(self) -> None:
        for damage in self.engine.damages():
            of_journal = damage.key.startswith("told.journal_")
            self.window.messages.tell(
                damage.key,
                self._words.text(damage.key, **damage.values),
                Tone.WARN,
                action=self.tr("I have checked") if of_journal else "",
                on_action=partial(self._acknowledge, damage.key) if of_journal else None,
            )
        if self._wishes.folder_closed:
            text = self._words.text("told.folder_closed", path=self._places.home)
            self.window.messages.tell("told.folder_closed", text, Tone.WARN)
        trouble = self._words.trouble
        if trouble is not None:
            self.window.messages.tell(trouble.code, told(self._words.error(trouble)), Tone.WARN)

    def _acknowledge(self, key: str) -> None:
        """The clerk knows that a journal was lost: it is told no more, and unattended pushes go on."""
        try:
            self.engine.journal.acknowledge()
        except JournalTrouble as trouble:
            self.window.show_trouble(trouble)
            return
        self.window.messages.drop(key)

    @Slot()
    def _on_login_closed(self) -> None:
        self._show_behind()
        self._tell_damages()
        if self._login is not None:
            self._login.deleteLater()
            self._login = None

    @Slot()
    @Slot(str)
    def _show_history(self, number: str = "") -> None:
        from kdgui.pushing.inspect.bill_trace import path_of
        from kdgui.ui.history.history_dialog import HistoryDialog

        window = self.window
        way = path_of(window.choose.order(()))
        dialog = HistoryDialog(self.engine, self._words, window, number=number, way=way)
        dialog.bill_chosen.connect(window.strip.search_edit.setText)
        dialog.run_chosen.connect(window.open_run)
        window.memory.attend_dialog(dialog)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot()
    def _show_help(self) -> None:
        from kdgui.ui.help_dialog import HelpDialog

        dialog = HelpDialog(self._translations.language, self._places.home, self.window)
        dialog.about_wanted.connect(self._show_about)
        dialog.finished.connect(dialog.deleteLater)
        dialog.show()

    @Slot()
    def _show_about(self) -> None:
        dialog = AboutDialog(self._places, self._words, self.window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot()
    def _show_settings(self) -> None:
        from kdgui.ui.settings.settings_dialog import SettingsDialog

        dialog = SettingsDialog(self.engine, self._words, self._places, self.window)
        dialog.changed.connect(self._on_settings)
        dialog.troubled.connect(self.window.show_trouble)
        dialog.connections_wanted.connect(self._show_connections)
        dialog.readiness_wanted.connect(self.window.show_readiness)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot()
    def _show_connections(self) -> None:
        from kdgui.ui.sign_in.connections_dialog import ConnectionsDialog

        dialog = ConnectionsDialog(self.engine, self._words, self.window)
        dialog.changed.connect(self.window.show_labels)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(object)
    def _show_crash(self, report: CrashReport) -> None:
        show_crash(report, self._window)

    # -- language and colours ----------------------------------------------------------------------

    @Slot(str)
    def use_language(self, language: str) -> None:
        """Speak another language from now on, and at the next start."""
        self._speak(language)
        settings = replace(self.engine.settings, language=language)
        start_job(
            lambda: self.engine.change_settings(settings),
            self,
            success=lambda _nothing: None,
            failure=self.window.show_trouble,
        )

    @Slot(object)
    def _on_settings(self, settings: Settings) -> None:
        logging.getLogger().setLevel(settings.log_level)
        self._speak(chosen_language(settings))
        self._wishes = replace(self._wishes, scheme="")
        self._follow_scheme()

    def _speak(self, language: str) -> None:
        self._language = language
        self._words = load_words(language, self._places.refusals)
        self._translations.use(language)
        if self._window is not None:
            self._window.use_words(self._words)
        if self._login is not None:
            self._login.use_words(self._words)

    def _follow_scheme(self) -> None:
        follow_scheme(self._application, self._wishes.scheme or self.engine.settings.scheme)

    @Slot()
    def _on_system_scheme(self) -> None:
        if not (self._wishes.scheme or self.engine.settings.scheme):
            self._follow_scheme()

    # -- the end -----------------------------------------------------------------------------------

    @Slot()
    def close(self) -> None:
        """Sign out, close the journal, give the lock back; a silent server is not waited for."""
        if self._loading is not None:
            self._loading.wait()
        goodbye = threading.Thread(target=self.engine.close, name="kdgui-goodbye", daemon=True)
        goodbye.start()
        goodbye.join(GOODBYE_SECONDS)
        self._resources.close()


class _WindowImport(QThread):
    """Loads the modules of the main window and its services, which takes about as long as Qt's own."""

    def run(self) -> None:
        import kdgui.pushing.services
        import kdgui.ui.main_window  # noqa: F401 - loaded ahead
