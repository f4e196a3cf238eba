"""How far a run is, how fast, how long still, and the button that stops it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from kdgui.domain.verdicts import Progress
from kdgui.ui.widgets.card import plain_label, push_button, say
from kdgui.ui.widgets.style import em, named

_IN_SECONDS = 90
"""Up to here the time left is told in seconds, beyond in minutes."""


class ProgressLine(QWidget):
    """Shown only while a run goes.

    Signals:
        stop_wanted: the button.
    """

    stop_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stopping = False
        self.bar = named("progressBar", QProgressBar())
        self.bar.setTextVisible(False)
        self.label = named("progressLabel", plain_label("muted"))
        self.stop = push_button("stopButton", self.stop_wanted.emit)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(em(self, 0.6))
        line.addWidget(self.bar, 1)
        line.addWidget(self.label)
        line.addWidget(self.stop)
        self.hide()

    def begin(self, *, following: bool = False) -> None:
        """A run begins, or what follows one; how long it is, is not known yet."""
        self._stopping = False
        self.bar.setRange(0, 0)
        self.label.setText(self.tr("Submitting and approving…") if following else self.tr("Checking…"))
        self._name_stop()
        self.show()

    def show_progress(self, progress: Progress) -> None:
        """How far it is."""
        self.bar.setRange(0, max(progress.total, 1))
        self.bar.setValue(progress.done)
        self.label.setText(self._told(progress))

    def show_following(self, done: int, total: int) -> None:
        """How many target bills are submitted or approved."""
        self.bar.setRange(0, max(total, done, 1))
        self.bar.setValue(done)
        told = self.tr("Submitting and approving {n} / {total}")
        self.label.setText(told.format(n=f"{done:,}", total=f"{max(total, done):,}"))

    def show_stopping(self) -> None:
        """The clerk pressed stop; the request in flight is still waited for."""
        self._stopping = True
        self._name_stop()

    def retranslate(self) -> None:
        """Say everything anew in the language of now."""
        self.bar.setAccessibleName(self.tr("Progress"))
        self._name_stop()

    def _name_stop(self) -> None:
        self.stop.setEnabled(not self._stopping)
        if self._stopping:
            say(self.stop, self.tr("Stopping…"), self.tr("The bill that is on its way is still waited for."))
        else:
            say(self.stop, self.tr("Stop"), self.tr("Send nothing new; what was sent is waited for"))

    def _told(self, progress: Progress) -> str:
        parts = [f"{progress.done:,} / {progress.total:,}"]
        if progress.per_minute > 0:
            parts.append(self.tr("{n} a minute").format(n=round(progress.per_minute)))
        if progress.seconds_left is not None and progress.done < progress.total:
            parts.append(self._time_left(progress.seconds_left))
        return "　".join(parts)

    def _time_left(self, seconds: float) -> str:
        if seconds < _IN_SECONDS:
            return self.tr("about {n} s left").format(n=max(round(seconds), 1))
        return self.tr("about {n} min left").format(n=round(seconds / 60))
