"""Telling a clerk who works elsewhere how far the run is, and that it ended or waits for her."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from kdgui.domain.verdicts import Progress, RunInfo, Verdict
from kdgui.pushing.flow.run_control import Pause
from kdgui.ui.run.run_controller import Activity, RunController
from kdgui.ui.widgets.icons import application_icon

if TYPE_CHECKING:
    from kdgui.store.messages.words import Words

_SHOWN_MS = 10_000


class Notifier(QObject):
    """Speaks only while no window of the program is active: who looks at it sees everything herself.

    The task bar's entry flashes, carries how many bills are left where the system has room for a number,
    and the percentage in the title; a message comes from the tray where there is one.

    Signals:
        title_changed: the title is another one now.
    """

    title_changed = Signal()

    def __init__(self, controller: RunController, words: Callable[[], Words], window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._words = words
        self._percent: int | None = None
        self._running = False
        self._tray: QSystemTrayIcon | None = None
        controller.changed.connect(self._on_work)
        controller.progressed.connect(self._on_progress)
        controller.paused.connect(self._on_paused)
        controller.run_ended.connect(self._on_ended)
        window.installEventFilter(self)

    def title(self, title: str) -> str:
        """The window's title, with how far the run is before it."""
        return title if self._percent is None else f"{self._percent}% – {title}"

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.WindowActivate:
            self._drop_tray()
        return super().eventFilter(watched, event)

    def _on_work(self, work: Activity) -> None:
        self._running = work is Activity.RUN
        self._show_progress(0 if self._running else None, 0)

    def _on_progress(self, progress: Progress) -> None:
        if self._running and progress.total:
            left = max(progress.total - progress.done, 0)
            self._show_progress(progress.done * 100 // progress.total, left)

    def _show_progress(self, percent: int | None, left: int) -> None:
        if percent != self._percent:
            self._percent = percent
            self.title_changed.emit()
            application = QApplication.instance()
            if isinstance(application, QGuiApplication):
                application.setBadgeNumber(left)

    def _on_paused(self, pause: Pause | None) -> None:
        if pause is not None:
            self._tell(self.tr("The run waits for you"), self._words().reason(pause.reason))

    def _on_ended(self, info: RunInfo) -> None:
        words = self._words()
        counts = [
            f"{words.text(f'verdict.{verdict.value}')} {count:,}" for verdict, count in info.counts if count
        ]
        titles = self.tr("The run has ended"), self.tr("The run has ended; some bills need you")
        hands = any(info.count(verdict) for verdict in (Verdict.FAILED, Verdict.UNSETTLED, Verdict.DRAFTED))
        self._tell(titles[hands or info.alarms > 0], self.tr(", ").join(counts))

    def _tell(self, title: str, text: str) -> None:
        if QApplication.activeWindow() is not None:
            return
        QApplication.alert(self._window)
        if QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages():
            tray = self._tray or self._make_tray()
            tray.show()
            tray.showMessage(title, text, application_icon(), _SHOWN_MS)

    def _make_tray(self) -> QSystemTrayIcon:
        """An icon beside the clock, only until the window is looked at again."""
        tray = self._tray = QSystemTrayIcon(application_icon(), self)
        tray.setToolTip(self._window.windowTitle())
        tray.messageClicked.connect(self._come_back)
        tray.activated.connect(lambda _how: self._come_back())
        return tray

    def _come_back(self) -> None:
        window = self._window
        window.setWindowState(window.windowState() & ~window.windowState().WindowMinimized)
        window.raise_()
        window.activateWindow()
        self._drop_tray()

    def _drop_tray(self) -> None:
        if self._tray is not None:
            self._tray.hide()
            self._tray.deleteLater()
            self._tray = None
