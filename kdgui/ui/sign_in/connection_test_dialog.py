"""The test of a connection on screen: each layer as it is passed, and at the one that failed what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QWidget

import kdgui
from kdgui.domain.connection_steps import Layer, Step, StepState
from kdgui.domain.errors import KdguiError, Stopped
from kdgui.ui.jobs.worker import Job, TaskHandle
from kdgui.ui.widgets.card import plain_label, push_button, say
from kdgui.ui.widgets.fitting_dialog import FittingDialog
from kdgui.ui.widgets.message_bar import Strip, told
from kdgui.ui.widgets.pills import Pill
from kdgui.ui.widgets.style import Tone, em, mark, named

if TYPE_CHECKING:
    from kdgui.pushing.connection.diagnosis import ConnectionReport
    from kdgui.store.messages.words import Words

TestCall = Callable[[Callable[[Step], None]], "ConnectionReport"]
"""Goes the way, telling each step; blocks, and may be told Stopped by what it tells."""

_TONES = {
    StepState.TRYING: Tone.INFO,
    StepState.PASSED: Tone.OK,
    StepState.NOTED: Tone.NEUTRAL,
    StepState.FAILED: Tone.BAD,
}


class ConnectionTestDialog(FittingDialog):
    """Tests at once when it is opened; closing it ends the test.

    Signals:
        tested: the ConnectionReport.
        readiness_wanted: what the account can do here; offered where the way is free and `readiness` is set.
    """

    tested = Signal(object)
    readiness_wanted = Signal()

    def __init__(
        self, call: TestCall, words: Words, parent: QWidget | None = None, *, readiness: bool = False
    ) -> None:
        super().__init__(parent, ems_wide=34)
        self.setObjectName("connectionTestDialog")
        self.setWindowTitle(self.tr("Test of the connection"))
        self._call = call
        self._words = words
        self._offers_readiness = readiness
        self._job: Job | None = None
        self._report: ConnectionReport | None = None
        self._rows: dict[Layer, tuple[Pill, QLabel]] = {}
        self._lay_out()
        self._start()

    # -- how it is made ----------------------------------------------------------------------------

    def _lay_out(self) -> None:
        heading = plain_label("heading")
        heading.setText(self.windowTitle())
        self._card = QFrame()
        mark(self._card, role="card")
        self._grid = QGridLayout(self._card)
        self._grid.setContentsMargins(*[em(self, 0.8)] * 4)
        self._grid.setHorizontalSpacing(em(self, 0.8))
        self._grid.setVerticalSpacing(em(self, 0.45))
        self._grid.setColumnStretch(2, 1)
        self._message = Strip()
        named("connectionTestMessage", self._message.label)
        self._copy = push_button("copyTestButton", self._copy_for_it, "link")
        self._again = push_button("testAgainButton", self._start)
        self._ready = push_button("testReadinessButton", self._on_readiness, "link")
        say(self._ready, self.tr("Readiness…"), self.tr("What this account can do with the chosen rule"))
        self._ready.hide()
        close = push_button("closeTestButton", self.reject, "primary")
        say(self._copy, self.tr("Copy for IT"), self.tr("Everything shown here as text, without passwords"))
        say(self._again, self.tr("Test again"))
        say(close, self.tr("Close"))
        for widget in (heading, self._card):
            self.column.addWidget(widget)
        self.column.addStretch(1)
        self.pinned.addWidget(self._message)
        for button in (self._copy, self._ready, self._again):
            self.buttons.addWidget(button)
        self.buttons.addStretch(1)
        self.buttons.addWidget(close)
        close.setDefault(True)
        close.setFocus()

    # -- the test ----------------------------------------------------------------------------------

    def _start(self) -> None:
        while self._grid.count():
            item = self._grid.takeAt(0)
            if (widget := item.widget() if item else None) is not None:
                widget.hide()
                widget.deleteLater()
        self._rows, self._report = {}, None
        self._message.show_text(self.tr("Going to the server, layer by layer…"), Tone.INFO)
        self._show_busy(busy=True)
        job = self._job = Job(_task(self._call), self)
        job.progressed.connect(self._on_step)
        job.succeeded.connect(self._on_tested)
        job.failed.connect(self._on_trouble)
        job.start()

    def _show_busy(self, *, busy: bool) -> None:
        self._ready.setVisible(self._offers_readiness and self._came_through)
        self._again.setEnabled(not busy)
        self._copy.setEnabled(not busy)

    def _on_step(self, step: Step) -> None:
        if step.layer not in self._rows:
            self._add_row(step.layer)
        pill, detail = self._rows[step.layer]
        pill.show_word(self._state_word(step.state), _TONES[step.state])
        text = self._detail(step)
        detail.setText(text)
        detail.setVisible(bool(text))

    def _add_row(self, layer: Layer) -> None:
        row = len(self._rows)
        pill, name, detail = Pill(), plain_label(), plain_label("muted", wrap=True)
        named(f"probe_{layer.value}", detail)
        name.setText(self._words.text(f"probe.layer.{layer.value}"))
        top = Qt.AlignmentFlag.AlignTop
        self._grid.addWidget(pill, row, 0, top)
        self._grid.addWidget(name, row, 1, top)
        self._grid.addWidget(detail, row, 2, top)
        self._rows[layer] = (pill, detail)

    def _state_word(self, state: StepState) -> str:
        return {
            StepState.TRYING: self.tr("trying"),
            StepState.PASSED: self.tr("passed"),
            StepState.NOTED: self.tr("note"),
            StepState.FAILED: self.tr("failed"),
        }[state]

    def _detail(self, step: Step) -> str:
        if step.code:
            return self._words.text(f"probe.{step.code}", **dict(step.values))
        return self._words.error(step.trouble).what if step.trouble is not None else ""

    @property
    def _came_through(self) -> bool:
        return self._report is not None and self._report.failed is None

    def _on_readiness(self) -> None:
        self.reject()
        self.readiness_wanted.emit()

    def _on_tested(self, report: ConnectionReport) -> None:
        self._job, self._report = None, report
        self._show_busy(busy=False)
        text, tone = self._verdict(report)
        self._message.show_text(text, tone)
        self.tested.emit(report)

    def _verdict(self, report: ConnectionReport) -> tuple[str, Tone]:
        failed = report.failed
        if failed is None or failed.trouble is None:
            count = self.tr("%n data centre(s)", "", len(report.data_centres))
            text = self.tr("The connection is in order, in {seconds} s: {count}.")
            return text.format(seconds=f"{report.seconds:.1f}", count=count), Tone.OK
        explained = self._words.error(failed.trouble)
        layer = self._words.text(f"probe.layer.{failed.layer.value}")
        lines = [self.tr("It ends at: {layer}").format(layer=layer), told(explained)]
        if explained.who:
            lines.append(self.tr("Who can help: {who}").format(who=explained.who))
        return "\n".join(lines), Tone.BAD

    def _on_trouble(self, error: KdguiError) -> None:
        self._job = None
        self._show_busy(busy=False)
        self._message.show_text(told(self._words.error(error)), Tone.BAD)

    # -- the rest ----------------------------------------------------------------------------------

    def text(self) -> str:
        """Everything shown, as lines for whoever looks after the server."""
        report = self._report
        lines = [f"kdgui {kdgui.__version__}", report.server if report else ""]
        for layer, (pill, detail) in self._rows.items():
            lines.append(f"[{pill.word}] {self._words.text(f'probe.layer.{layer.value}')} {detail.text()}")
        return "\n".join(line.rstrip() for line in (*lines, self._message.label.text()) if line)

    def _copy_for_it(self) -> None:
        QGuiApplication.clipboard().setText(self.text())
        say(self._copy, self.tr("Copied"))

    def done(self, result: int) -> None:
        """Closed: nobody waits for the server any more."""
        if self._job is not None:
            self._job.abandon()
            self._job = None
        super().done(result)


def _task(call: TestCall) -> Callable[[TaskHandle], object]:
    def task(handle: TaskHandle) -> object:
        def tell(step: Step) -> None:
            if handle.stopped:
                raise Stopped
            handle.report(step)

        return call(tell)

    return task
