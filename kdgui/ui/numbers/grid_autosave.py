"""Keeping the unsent grid in the journal, so that nothing pasted is lost with the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal

from kdgui.domain.bill_numbers import BillNumber, read_bill_number
from kdgui.domain.errors import KdguiError
from kdgui.ui.jobs.worker import start_job
from kdgui.ui.numbers.numbers_model import NumbersModel

if TYPE_CHECKING:
    from kdgui.pushing.engine import PushEngine

GRID_DRAFT = "grid"
"""Under which name the journal keeps the unsent grid."""

_SAVE_AFTER_MS = 1000


class GridAutosave(QObject):
    """Keeps the unsent grid in the journal: a second after the last change, one writing at a time.

    Signals:
        troubled: a KdguiError; told once, not at every keystroke.
    """

    troubled = Signal(object)

    def __init__(self, engine: PushEngine, model: NumbersModel, parent: QObject) -> None:
        super().__init__(parent)
        self._engine, self._model = engine, model
        self._writing = self._again = self._told = False
        self._rest = QTimer(self, singleShot=True, interval=_SAVE_AFTER_MS)
        self._rest.timeout.connect(self.save)
        model.edited.connect(self._rest.start)

    def save(self) -> None:
        """Write the grid as it is now; while a writing goes on, once more after it."""
        self._rest.stop()
        self._again = self._writing
        if self._writing:
            return
        self._writing = True
        numbers = self._model.numbers
        start_job(
            lambda: self._engine.journal.save_draft(GRID_DRAFT, _to_text(numbers)),
            self,
            success=lambda _nothing: None,
            failure=self._on_failed,
            finished=self._on_finished,
        )

    def restore(self) -> None:
        """Fetch what was kept; rows that came meanwhile win."""
        start_job(
            lambda: _from_text(self._engine.journal.load_draft(GRID_DRAFT) or ""),
            self,
            success=self._on_restored,
            failure=self._on_failed,
        )

    def _on_restored(self, numbers: tuple[BillNumber, ...]) -> None:
        if numbers and not self._model.numbers:
            self._model.reset(numbers)

    def _on_failed(self, error: KdguiError) -> None:
        if not self._told:
            self._told = True
            self.troubled.emit(error)

    def _on_finished(self) -> None:
        self._writing = False
        if self._again:
            self.save()


def _to_text(numbers: tuple[BillNumber, ...]) -> str:
    """Plain numbers as their text; others with all that is known, since a cell may have held several."""
    kept = [number.text if _is_plain(number) else _all_of(number) for number in numbers]
    # msgspec takes a millisecond for 20,000 rows; json holds every thread for twenty
    return msgspec.json.encode({"version": 2, "numbers": kept}).decode()


def _is_plain(number: BillNumber) -> bool:
    return number.text == number.original and not number.changes and not number.trouble


def _all_of(number: BillNumber) -> list[object]:
    return [number.text, number.original, number.changes, number.trouble]


def _from_text(text: str) -> tuple[BillNumber, ...]:
    """The kept rows; () for nothing, and for what another version may have written."""
    try:
        kept = msgspec.json.decode(text)["numbers"] if text else []
        return tuple(map(_number, kept))
    except (ValueError, KeyError, TypeError):
        return ()


def _number(kept: object) -> BillNumber:
    if not isinstance(kept, list):
        return read_bill_number(str(kept))
    text, original, changes, trouble = kept
    return BillNumber(str(text), str(original), tuple(map(str, changes)), str(trouble))
