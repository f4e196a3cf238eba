"""The look: colour tokens for light and dark, fonts, sizes from font metrics, and the one style sheet.

Widgets say what they are by dynamic properties, the style sheet does the rest:

* buttons: `kind` = "primary" | "quiet" | "link" | "danger"; none = the plain outlined button
* segmented buttons: see `join_segments()`
* frames: `role` = "card" | "strip" | "header" | "bar"; a strip and a bar take a `tone`
* labels: `role` = "title" | "heading" | "step" | "muted" | "caption" | "badge"; any label takes a `tone`
* fields: `role` = "search" (a line edit with an icon in front) | "page" (a text without an edge);
  `trouble` = true gives a red edge
* buttons in a strip: `small` = true
* `tone` = "ok" | "bad" | "warn" | "info" | "neutral"

Set them with `mark()`, which repaints a widget that is already on the screen.
"""

from __future__ import annotations

import string
from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QPushButton, QToolButton, QWidget

from kdgui.domain.verdicts import Row, Verdict
from kdgui.ui.widgets.assets import asset

W = TypeVar("W", bound=QWidget)

SMALLEST_POINTS = 10.0
FAMILIES = (
    "Microsoft YaHei UI",
    "PingFang SC",
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
)


class Tone(StrEnum):
    """What a colour means; it never stands alone, a word always goes with it."""

    OK = "ok"
    BAD = "bad"
    WARN = "warn"
    INFO = "info"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True)
class Scheme:
    """Colour tokens (design section 5); every ink reads on every ground with a contrast of 4.5 or more.

    Attributes:
        line, edge: hairlines between things, and the stronger edge of what can be typed into or pressed.
        hover: the ground of a plain button or row under the mouse.
    """

    name: str
    ink: str
    muted: str
    line: str
    edge: str
    ground: str
    card: str
    hover: str
    accent: str
    accent_hover: str
    on_accent: str
    ok: str
    ok_ground: str
    bad: str
    bad_ground: str
    bad_hover: str
    warn: str
    warn_ground: str
    info: str
    info_ground: str
    neutral_ground: str
    selection: str

    def tone(self, tone: Tone) -> tuple[QColor, QColor]:
        """Ink and pale ground of a tone."""
        inks = {
            Tone.OK: (self.ok, self.ok_ground),
            Tone.BAD: (self.bad, self.bad_ground),
            Tone.WARN: (self.warn, self.warn_ground),
            Tone.INFO: (self.info, self.info_ground),
            Tone.NEUTRAL: (self.muted, self.neutral_ground),
        }
        ink, ground = inks[tone]
        return QColor(ink), QColor(ground)


LIGHT = Scheme(
    name="light",
    ink="#1f2733",
    muted="#667080",
    line="#e1e6ec",
    edge="#c9d1da",
    ground="#f4f6f8",
    card="#ffffff",
    hover="#f4f6f8",
    accent="#1c63c7",
    accent_hover="#1754ab",
    on_accent="#ffffff",
    ok="#14763c",
    ok_ground="#eaf7ef",
    bad="#b42318",
    bad_ground="#fef1f0",
    bad_hover="#971c13",
    warn="#935600",
    warn_ground="#fdf3e1",
    info="#1c63c7",
    info_ground="#edf4fe",
    neutral_ground="#f2f5f8",
    selection="#edf4fe",
)

DARK = Scheme(
    name="dark",
    ink="#e6eaf0",
    muted="#9aa5b4",
    line="#323a45",
    edge="#46505d",
    ground="#171b21",
    card="#1f252d",
    hover="#2a313b",
    accent="#6ea8ff",
    accent_hover="#8bbaff",
    on_accent="#10151c",
    ok="#6fd695",
    ok_ground="#1c3627",
    bad="#ff9a90",
    bad_ground="#46211f",
    bad_hover="#ffb3ab",
    warn="#f2c266",
    warn_ground="#41310f",
    info="#6ea8ff",
    info_ground="#24344f",
    neutral_ground="#2a313b",
    selection="#24344f",
)

_VERDICT_TONES = {
    Verdict.QUEUED: Tone.NEUTRAL,
    Verdict.SENDING: Tone.INFO,
    Verdict.PUSHED: Tone.OK,
    Verdict.DRAFTED: Tone.WARN,
    Verdict.FAILED: Tone.BAD,
    Verdict.UNSETTLED: Tone.WARN,
    Verdict.SKIPPED: Tone.NEUTRAL,
    Verdict.NOT_SENT: Tone.NEUTRAL,
}


def verdict_tone(verdict: Verdict) -> Tone:
    """The tone of a verdict's pill."""
    return _VERDICT_TONES[verdict]


def row_tone(row: Row) -> Tone:
    """The tone of a row's pill: a success with an alarm or with lines missing asks to be looked at."""
    if row.verdict is Verdict.PUSHED and (row.alarm or row.partial or row.half_done):
        return Tone.WARN
    if row.deleted:
        return Tone.NEUTRAL
    return verdict_tone(row.verdict)


def scheme_for(app: QGuiApplication, hint: str = "") -> Scheme:
    """The scheme to use: the one forced by `hint` ("light", "dark"), else ("") the system's own."""
    if hint in (LIGHT.name, DARK.name):
        return DARK if hint == DARK.name else LIGHT
    return DARK if app.styleHints().colorScheme() == Qt.ColorScheme.Dark else LIGHT


def current_scheme() -> Scheme:
    """The scheme the application wears now, read from its palette; delegates ask it while they paint."""
    return DARK if QGuiApplication.palette().color(QPalette.ColorRole.Window).lightness() < 128 else LIGHT


def apply_scheme(app: QApplication, scheme: Scheme) -> None:
    """Dress the application: Fusion, fonts, palette, style sheet. May be called again at any time."""
    if app.style().objectName() != "fusion":
        app.setStyle("Fusion")
    app.setFont(application_font(app))
    app.setPalette(palette_of(scheme))
    app.setStyleSheet(style_sheet(scheme, app.font()))


def follow_scheme(app: QApplication, hint: str) -> Scheme:
    """Tell the platform (title bars, file dialogs) what is wanted, apply the scheme, and return it."""
    wanted = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}.get(hint, Qt.ColorScheme.Unknown)
    app.styleHints().setColorScheme(wanted)
    scheme = scheme_for(app, hint)
    apply_scheme(app, scheme)
    return scheme


def application_font(app: QApplication) -> QFont:
    """The system's font with a Chinese family behind it, never below 10 points."""
    font = QFont(app.font())
    there = set(QFontDatabase.families())
    chinese = [family for family in FAMILIES if family in there]
    font.setFamilies(chinese or [font.family()])
    font.setPointSizeF(max(font.pointSizeF(), SMALLEST_POINTS))
    return font


def palette_of(scheme: Scheme) -> QPalette:
    """The scheme as a palette, for whatever the style sheet does not reach (menus, file dialogs)."""
    role = QPalette.ColorRole
    colours = {
        role.Window: scheme.ground,
        role.WindowText: scheme.ink,
        role.Base: scheme.card,
        role.AlternateBase: scheme.ground,
        role.Text: scheme.ink,
        role.Button: scheme.card,
        role.ButtonText: scheme.ink,
        role.BrightText: scheme.bad,
        role.PlaceholderText: scheme.muted,
        role.ToolTipBase: scheme.card,
        role.ToolTipText: scheme.ink,
        role.Highlight: scheme.accent,
        role.HighlightedText: scheme.on_accent,
        role.Accent: scheme.accent,
        role.Link: scheme.accent,
        role.LinkVisited: scheme.accent,
        role.Light: scheme.card,
        role.Midlight: scheme.hover,
        role.Mid: scheme.line,
        role.Dark: scheme.edge,
        role.Shadow: scheme.ground,
    }
    palette = QPalette()
    for which, colour in colours.items():
        palette.setColor(which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(scheme.muted))
    return palette


def style_sheet(scheme: Scheme, font: QFont) -> str:
    """The style sheet with tokens and sizes filled in; sizes are parts of the font's height."""
    height = QFontMetricsF(font).height()
    values: dict[str, object] = {field.name: getattr(scheme, field.name) for field in fields(scheme)}
    values["chevron"] = asset("icons", "chevron-down.svg").as_posix()
    values["chevron_up"] = asset("icons", "chevron-up.svg").as_posix()
    values["check"] = asset("icons", f"check-on-{scheme.name}.svg").as_posix()
    for name, part in _SIZES.items():
        pixels = max(round(height * part), 1)
        values[name], values[f"{name}_half"] = f"{pixels}px", f"{pixels // 2}px"
    gap, tick = round(height * _SIZES["gap"]), round(height * _SIZES["tick"])
    values["gap_beside_text"] = f"{gap + _LINE_EDIT_MARGIN}px"
    values["radio"], values["radio_round"] = f"{tick}px", f"{(tick + 2) // 2}px"
    values["radio_ring"], values["radio_dot"] = f"{tick // 3}px", f"{tick + 2 - tick // 3 * 2}px"
    for name, points in _TYPE_SIZES.items():
        values[name] = f"{font.pointSizeF() * points:.1f}pt"
    template = asset("style", "kdgui.qss").read_text(encoding="utf-8")
    return string.Template(template).substitute(values)


# QLineEdit keeps this much between its padding and its text; a combo box does not.
_LINE_EDIT_MARGIN = 2
_SIZES = {
    "gap_small": 0.25,
    "gap": 0.5,
    "gap_large": 0.75,
    "pad_field": 0.28,
    "pad_spin": 0.08,
    "pad_button": 0.7,
    "pad_primary": 1.2,
    "pad_primary_high": 0.4,
    "radius": 0.35,
    "radius_card": 0.5,
    "tick": 0.85,
    "chevron_width": 0.7,
    "step_box": 1.2,
    "bar": 0.42,
    "scroll": 0.55,
    "scroll_least": 1.8,
    "row": 1.8,
}
_TYPE_SIZES = {"heading_size": 1.5, "title_size": 1.12, "caption_size": 0.92}


def em(widget: QWidget, n: float) -> int:
    """`n` font heights of this widget in pixels: the unit of every size in the window."""
    return round(QFontMetricsF(widget.font()).height() * n)


def named(name: str, widget: W) -> W:
    """The widget, with this objectName (design section 5)."""
    widget.setObjectName(name)
    return widget


def mark(widget: QWidget, **properties: str | bool) -> None:
    """Set dynamic properties that the style sheet reads; a widget already dressed is dressed anew."""
    changed = False
    for name, value in properties.items():
        changed |= widget.property(name) != value
        widget.setProperty(name, value)
    if changed:
        widget.style().unpolish(widget)
        widget.style().polish(widget)
        QWidget.update(widget)  # item views of PySide6 6.9.0 hide it behind update(index)


def join_segments(buttons: Sequence[QPushButton | QToolButton]) -> None:
    """Make these buttons one segmented control; the caller lays them side by side with spacing 0."""
    for index, button in enumerate(buttons):
        button.setCheckable(True)
        button.setAutoExclusive(True)
        first, last = index == 0, index == len(buttons) - 1
        mark(button, segment="only" if first and last else "first" if first else "last" if last else "middle")
