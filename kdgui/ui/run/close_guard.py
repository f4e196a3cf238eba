"""Closing the window while a run goes: the clerk decides, and the event loop never waits."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from kdgui.ui.run.run_controller import Activity, RunController


class CloseGuard(QObject):
    """Says whether the window may close now; asks where a run goes on.

    Signals:
        go: the run has ended, and the clerk wanted the window closed then.
        waiting: a sentence that says what is waited for.
    """

    go = Signal()
    waiting = Signal(str)

    def __init__(self, controller: RunController, window: QWidget) -> None:
        super().__init__(window)
        self._controller = controller
        self._window = window
        self._wanted = False
        self._stopping = False
        self._box: QMessageBox | None = None
        controller.changed.connect(self._on_work)

    def may_close(self) -> bool:
        """Whether nothing holds the window. A second wish to close, after the stop, does not wait any more:

        the journal holds what is on its way, and the next start asks the server about it.
        """
        if self._controller.work is not Activity.RUN or self._stopping:
            self._controller.stop()
            return True
        self._ask()
        return False

    def _ask(self) -> None:
        if self._box is not None:
            self._box.raise_()
            return
        box = self._box = QMessageBox(self._window)
        box.setObjectName("closingDialog")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle(self.tr("A run goes on"))
        box.setText(self.tr("Bills are still being pushed."))
        box.setInformativeText(
            self.tr(
                "Stopping sends nothing new; the bill on its way is waited for. The rest can be pushed later."
            )
        )
        finish = box.addButton(self.tr("Push all, then close"), QMessageBox.ButtonRole.AcceptRole)
        stop = box.addButton(self.tr("Stop and close"), QMessageBox.ButtonRole.DestructiveRole)
        cancel = box.addButton(self.tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
        for button, name in (
            (finish, "finishButton"),
            (stop, "stopAndCloseButton"),
            (cancel, "cancelButton"),
        ):
            button.setObjectName(name)
        box.setDefaultButton(cancel)
        box.setEscapeButton(cancel)
        finish.clicked.connect(lambda: self._close_later(stop=False))
        stop.clicked.connect(lambda: self._close_later(stop=True))
        box.finished.connect(lambda _result: setattr(self, "_box", None))
        box.open()

    def _close_later(self, *, stop: bool) -> None:
        self._wanted, self._stopping = True, stop
        if self._controller.work is not Activity.RUN:
            self.go.emit()
            return
        if stop:
            self._controller.stop()
            self.waiting.emit(
                self.tr(
                    "Waiting for the answer to the bill on its way."
                    " Close again to leave it to the next start."
                )
            )
        else:
            self.waiting.emit(self.tr("The window closes when the run has ended."))

    def _on_work(self, work: Activity) -> None:
        if work is not Activity.RUN and self._wanted:
            self._wanted = False
            self.go.emit()
