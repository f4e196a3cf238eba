"""A line for base data (a supplier, an organisation): matching records are offered while it is typed in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QStringListModel, Qt, QTimer
from PySide6.QtWidgets import QCompleter, QLineEdit, QWidget

from kdgui.ui.jobs.worker import Job, start_job

if TYPE_CHECKING:
    from kdgui.pushing.inspect.find_service import BaseData

_PAUSE_MS = 250
_GAP = "　"

Offer = Callable[[str], Sequence["BaseData"]]
"""What was typed → records that fit; blocks on the network."""


class BaseDataEdit(QLineEdit):
    """What was typed is taken as a number or a name; a record that was picked is taken by its number.

    A question that fails offers nothing: what is typed holds all the same.
    """

    def __init__(self, name: str, offer: Offer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setClearButtonEnabled(True)
        self._offer = offer
        self._job: Job | None = None
        self._numbers: dict[str, str] = {}
        self._listed = QStringListModel(self)
        completer = QCompleter(self._listed, self)
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setCompleter(completer)
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        self.textEdited.connect(self._on_edited)

    @property
    def value(self) -> str:
        """The number that was picked, else what was typed."""
        text = self.text().strip()
        return self._numbers.get(text, text)

    def show_value(self, value: str) -> None:
        """Show this number or name."""
        self.setText(value)

    def _on_edited(self, text: str) -> None:
        if text.strip() and text.strip() not in self._numbers:
            self._pause.start()
        else:
            self._pause.stop()

    def _ask(self) -> None:
        if self._job is not None:
            self._job.abandon()
        text, offer = self.text(), self._offer
        self._job = start_job(
            lambda: tuple(offer(text)),
            self,
            success=lambda found: self._on_offered(text, found),
            failure=lambda _error: None,
        )

    def _on_offered(self, text: str, found: Sequence[BaseData]) -> None:
        self._job = None
        if text != self.text() or not self.hasFocus():
            return
        self._numbers |= {_line(each): each.number for each in found}
        self._listed.setStringList([_line(each) for each in found])
        if found:
            self.completer().complete()


def _line(record: BaseData) -> str:
    return _GAP.join(part for part in (record.name, record.number) if part)
