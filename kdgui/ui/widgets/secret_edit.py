"""A field for a password, with an eye that shows it."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from kdgui.ui.widgets.icons import icon


class SecretEdit(QLineEdit):
    """Hides what is typed until the eye is pressed; hides it again when the window is left."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._eye = self.addAction(icon("show"), QLineEdit.ActionPosition.TrailingPosition)
        self._eye.triggered.connect(self._turn)
        self._show(visible=False)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.PaletteChange):
            self._show(visible=self._visible)
        elif event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self._show(visible=False)

    def _turn(self) -> None:
        self._show(visible=not self._visible)

    @property
    def _visible(self) -> bool:
        return self.echoMode() is QLineEdit.EchoMode.Normal

    def _show(self, *, visible: bool) -> None:
        self.setEchoMode(QLineEdit.EchoMode.Normal if visible else QLineEdit.EchoMode.Password)
        self._eye.setIcon(icon("hide" if visible else "show"))
        self._eye.setText(self.tr("Hide it") if visible else self.tr("Show it"))
