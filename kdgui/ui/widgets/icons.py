"""Icons: plain strokes from resources/icons, drawn in a colour of the scheme."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from kdgui.ui.widgets.assets import asset
from kdgui.ui.widgets.style import current_scheme

_SIZES = (16, 20, 24, 32, 48, 64)
_APPLICATION_SIZES = (16, 24, 32, 48, 64, 128, 256)


def icon(name: str, colour: QColor | str = "") -> QIcon:
    """The icon `name` in a colour ("" = muted ink of the scheme in use), sharp up to 64 pixels.

    The colour is fixed when the icon is made: ask again when the scheme changes (QEvent.PaletteChange).
    Raises FileNotFoundError for a name that is not there: a bug.
    """
    tint = QColor(colour or current_scheme().muted)
    pale = QColor(tint)
    pale.setAlphaF(0.45)
    made = QIcon()
    for size in _SIZES:
        made.addPixmap(pixmap(name, size, tint), QIcon.Mode.Normal)
        made.addPixmap(pixmap(name, size, pale), QIcon.Mode.Disabled)
    return made


def pixmap(name: str, size: int, colour: QColor | str, ratio: float = 1.0) -> QPixmap:
    """The icon `name` as a picture of `size` logical pixels on a screen with this pixel ratio."""
    drawing = asset("icons", f"{name}.svg").read_text(encoding="utf-8")
    tint = QColor(colour)
    drawing = drawing.replace("currentColor", tint.name())
    return _draw(drawing, size, ratio, tint.alphaF())


def dot(colour: QColor | str) -> QIcon:
    """A round spot of this colour, before a word that says the same."""
    spot = f'<circle cx="8" cy="8" r="4.5" fill="{QColor(colour).name()}"/>'
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">{spot}</svg>'
    made = QIcon()
    for size in _SIZES:
        for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):
            made.addPixmap(_draw(drawing, size, 1.0, 1.0), mode)
    return made


def application_icon() -> QIcon:
    """The icon of the program, for windows and the task bar; it carries its own colours."""
    drawing = asset("icons", "kdgui.svg").read_text(encoding="utf-8")
    made = QIcon()
    for size in _APPLICATION_SIZES:
        made.addPixmap(_draw(drawing, size, 1.0, 1.0))
    return made


def _draw(drawing: str, size: int, ratio: float, opacity: float) -> QPixmap:
    pixels = round(size * ratio)
    picture = QPixmap(pixels, pixels)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setOpacity(opacity)
    QSvgRenderer(QByteArray(drawing.encode())).render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture
