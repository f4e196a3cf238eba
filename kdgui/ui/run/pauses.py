"""What happens while a run waits: the first bill is shown, a choice is handed on, going on is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from kdgui.domain.bills import Preview
from kdgui.domain.verdicts import Row, Verdict
from kdgui.pushing.flow.run_control import Pause
from kdgui.ui.results.preview_dialog import PreviewDialog
from kdgui.ui.run.run_controller import RunController

if TYPE_CHECKING:
    from kdgui.store.messages.words import Words


class Pauses(QObject):
    """Shows the first bill of a run as long as it waits for the clerk's word.

    Signals:
        seen: Preview, when it was shown for the first time.
    """

    seen = Signal(object)

    def __init__(
        self,
        controller: RunController,
        rows: Callable[[], tuple[Row, ...]],
        words: Callable[[], Words],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._controller = controller
        self._rows = rows
        self._words = words
        self._window = window
        self._pause: Pause | None = None
        self._dialog: PreviewDialog | None = None
        controller.paused.connect(self._on_paused)
        controller.changed.connect(lambda _work: self._close())

    def look(self) -> None:
        """Show once more what the first bill became."""
        if self._pause is not None and self._pause.preview is not None:
            self._show(self._pause.preview)

    @Slot(object)
    def _on_paused(self, pause: Pause | None) -> None:
        self._close()
        self._pause = pause
        if pause is not None and pause.preview is not None:
            self.seen.emit(pause.preview)
            self._show(pause.preview)

    def _show(self, preview: Preview) -> None:
        if self._dialog is not None:
            self._dialog.raise_()
            return
        rows = self._rows()
        others = sum(row.verdict is Verdict.QUEUED for row in rows)
        source = next((row.number for row in rows if preview.target.id in {t.id for t in row.targets}), "")
        dialog = self._dialog = PreviewDialog(preview, source, others, self._words, self._window)
        dialog.go_on_wanted.connect(self._controller.resume)
        dialog.stop_wanted.connect(self._controller.stop)
        dialog.finished.connect(self._on_closed)
        dialog.show()  # beside the window, whose buttons go on or stop as well

    @Slot()
    def _on_closed(self) -> None:
        dialog, self._dialog = self._dialog, None
        if dialog is not None:
            dialog.deleteLater()

    def _close(self) -> None:
        self._pause = None
        if self._dialog is not None:
            self._dialog.reject()
