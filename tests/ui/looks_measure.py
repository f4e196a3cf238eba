"""Measures a window as it stands on the screen: what is cut, overlaps, cannot be read or reached."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import combinations, pairwise

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QAccessible, QFontMetrics, QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSplitterHandle,
    QStyle,
    QStyleOptionComboBox,
    QTabBar,
    QTableView,
    QTextEdit,
    QWidget,
)

from kdgui.ui.widgets.card import ElidedLabel
from kdgui.ui.widgets.fitting_dialog import FittingDialog
from kdgui.ui.widgets.flexible_label import FlexibleLabel
from kdgui.ui.widgets.message_bar import MessageBar
from kdgui.ui.widgets.style import em

LEAST_CONTRAST = 4.5
_HIGH_ENOUGH = 0.85
"""A dialog that takes less of the screen's height than this may not scroll."""
_CONTROLS = (QAbstractButton, QLineEdit, QComboBox, QTabBar, QAbstractItemView, QAbstractSpinBox, QTextEdit)
_GIVES_WAY = (ElidedLabel, FlexibleLabel)
"""They are made to be cut, and tell the whole in their tool tip; never to less than a few letters."""


def faults(window: QWidget, room: QSize) -> list[str]:
    """Everything that is wrong with where things stand in this window, on a screen of this size."""
    found = [*_room(window, room), *_scrolled(window, room)]
    shown = [widget for widget in _shown(window) if not _is_inner(widget)]
    for widget in shown:
        found += [f"{_name(widget)}: {fault}" for fault in (*_cut(widget), *_outside(widget))]
    found += _overlaps({widget.parentWidget() for widget in shown})
    return found


def unnamed(window: QWidget) -> list[str]:
    """Controls without an object name or an accessible name."""
    found = []
    for widget in _shown(window):
        if not isinstance(widget, _CONTROLS) or isinstance(widget, QHeaderView) or _is_inner(widget):
            continue
        if not widget.objectName():
            found.append(f"{_name(widget)}: no object name")
        interface = QAccessible.queryAccessibleInterface(widget)
        if not interface.text(QAccessible.Text.Name).strip():
            found.append(f"{_name(widget)}: no accessible name")
    return found


def backward_steps(window: QWidget) -> list[str]:
    """Where the tab key goes against the reading: to something that lies wholly above, in the same frame."""
    stops = [each for each in _tab_stops(window) if not _is_inner(each)]
    found = []
    for before, after in pairwise(stops):
        one, other = _place(before, window), _place(after, window)
        if _frame(before) is _frame(after) and other.bottom() <= one.top():
            found.append(f"{_name(before)} -> {_name(after)}")
    return found


def unreadable(window: QWidget) -> list[str]:
    """Texts with too little contrast, as measured in a picture of the window, which must be a sharp one."""
    picture = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    ratio = picture.devicePixelRatio()
    found: list[str] = []
    for name, place in _texts(window):
        box = QRect(*(round(side * ratio) for side in (place.x(), place.y(), place.width(), place.height())))
        reached = _contrast_in(picture, box)
        if reached is not None and reached < LEAST_CONTRAST:
            found.append(f"{name}: contrast {reached:.2f}")
    return found


# Where things stand


def _shown(window: QWidget) -> Iterator[QWidget]:
    for widget in window.findChildren(QWidget):
        if widget.isVisible() and widget.window() is window and not widget.visibleRegion().isEmpty():
            yield widget


def _room(window: QWidget, room: QSize) -> Iterator[str]:
    least = window.minimumSizeHint()
    if window.width() < least.width() or window.height() < least.height():
        yield f"{_name(window)} is {window.width()}x{window.height()}, needs {least.width()}x{least.height()}"
    if window.width() > room.width() or window.height() > room.height():
        yield f"{_name(window)} is {window.width()}x{window.height()}, more than the screen"


def _scrolled(window: QWidget, room: QSize) -> Iterator[str]:
    """A dialog opens as high as its content, and scrolls only where the screen has no more height to give."""
    if isinstance(window, FittingDialog) and window.height() < room.height() * _HIGH_ENOUGH:
        area = window.findChild(QScrollArea)
        if area is not None and area.verticalScrollBar().maximum() > 0:
            hidden = area.verticalScrollBar().maximum()
            yield f"{_name(window)} scrolls {hidden} away, {window.height()} of {room.height()} high"


def _cut(widget: QWidget) -> Iterator[str]:
    if isinstance(widget, _GIVES_WAY):
        if widget.text() and widget.width() < min(em(widget, 3), widget.sizeHint().width()):
            yield "cut to nothing"
    elif isinstance(widget, QLabel):
        yield from _cut_label(widget)
    elif isinstance(widget, QAbstractButton):
        yield from _smaller(widget)
    elif isinstance(widget, QTabBar):
        yield from _cut_tabs(widget)
    elif isinstance(widget, QComboBox):
        yield from _cut_combo(widget)
    elif isinstance(widget, QLineEdit):
        yield from _cut_edit(widget)
    elif isinstance(widget, QHeaderView):
        yield from _cut_header(widget)
    elif isinstance(widget, QTableView):
        yield from _cut_cells(widget)
    if isinstance(widget, QAbstractScrollArea) and widget.horizontalScrollBar().maximum() > 0:
        yield "wider than its room"


def _smaller(widget: QWidget) -> Iterator[str]:
    wanted = widget.minimumSizeHint().expandedTo(widget.sizeHint())
    if widget.width() < wanted.width() or widget.height() < wanted.height():
        yield f"is {widget.width()}x{widget.height()}, wants {wanted.width()}x{wanted.height()}"


def _cut_label(label: QLabel) -> Iterator[str]:
    if not label.text():
        return
    if label.wordWrap():
        wanted = label.heightForWidth(label.width())
        if label.height() < wanted:
            yield f"text needs {wanted} of height, has {label.height()}: {label.text()[:20]}"
        words = max(map(label.fontMetrics().horizontalAdvance, label.text().split() or [""]))
        if words > label.width() and label.text().isascii():
            yield f"a word is wider than the label: {label.text()[:20]}"
    else:
        yield from _smaller(label)


def _cut_tabs(bar: QTabBar) -> Iterator[str]:
    for tab in range(bar.count()):
        if not bar.rect().contains(bar.tabRect(tab)):
            yield f"tab {bar.tabText(tab)} is outside"
        if bar.tabRect(tab).width() < bar.fontMetrics().horizontalAdvance(bar.tabText(tab)):
            yield f"tab {bar.tabText(tab)} is cut"


def _cut_combo(combo: QComboBox) -> Iterator[str]:
    if combo.height() < combo.sizeHint().height():
        yield f"is {combo.height()} high, wants {combo.sizeHint().height()}"
    if combo.isEditable():
        return
    option = QStyleOptionComboBox()
    combo.initStyleOption(option)
    field = QStyle.SubControl.SC_ComboBoxEditField
    room = combo.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, field, combo)
    if combo.fontMetrics().horizontalAdvance(combo.currentText()) > room.width():
        yield f"text is cut: {combo.currentText()}"


def _cut_edit(edit: QLineEdit) -> Iterator[str]:
    if edit.height() < edit.minimumSizeHint().height():
        yield f"is {edit.height()} high, wants {edit.minimumSizeHint().height()}"
    margins = edit.textMargins()
    room = edit.contentsRect().width() - margins.left() - margins.right()
    if edit.fontMetrics().horizontalAdvance(edit.placeholderText()) > room and not edit.text():
        yield f"invitation is cut: {edit.placeholderText()}"


def _cut_header(header: QHeaderView) -> Iterator[str]:
    if header.orientation() is not Qt.Orientation.Horizontal:
        return
    for section in range(header.count()):
        if header.isSectionHidden(section):
            continue
        text = str(header.model().headerData(section, header.orientation()) or "")
        if header.fontMetrics().horizontalAdvance(text) + 2 > header.sectionSize(section):
            yield f"heading {text} is cut"


def _cut_cells(view: QTableView) -> Iterator[str]:
    """Every cell in sight is as high as its text, and cells that are pills or numbers as wide."""
    if view.rowHeight(0) and view.rowHeight(0) < view.fontMetrics().height():
        yield "rows are lower than their text"
    if view.model() is None or view.model().rowCount() == 0:
        return
    least = view.horizontalHeader().height() + view.rowHeight(0)
    if view.height() < least:
        yield f"has no room for a single row: {view.height()} of {least}"


def _outside(widget: QWidget) -> Iterator[str]:
    parent = widget.parentWidget()
    if parent is None or widget.isWindow() or _scrolls(parent):
        return
    if not parent.rect().contains(widget.geometry()):
        yield f"{_box(widget.geometry())} lies outside {_name(parent)} {_box(parent.rect())}"


def _overlaps(parents: Iterable[QWidget | None]) -> list[str]:
    found = []
    for parent in parents:
        if parent is None or isinstance(
            parent, QAbstractScrollArea | QLineEdit | QComboBox | QAbstractSpinBox
        ):
            continue
        children = [
            each
            for each in parent.children()
            if isinstance(each, QWidget) and each.isVisible() and not each.isWindow()
        ]
        for one, other in combinations(children, 2):
            both = one.geometry().intersected(other.geometry())
            over = isinstance(one, MessageBar) or isinstance(other, MessageBar)  # unfolds over the page
            handles = over or isinstance(one, QSplitterHandle) or isinstance(other, QSplitterHandle)
            segments = one.property("segment") and other.property("segment")
            if not both.isEmpty() and not handles and not segments:
                found.append(f"{_name(one)} and {_name(other)} overlap by {_box(both)}")
    return found


def _scrolls(parent: QWidget) -> bool:
    area = parent.parentWidget()
    return isinstance(parent, QAbstractScrollArea) or (
        isinstance(area, QAbstractScrollArea) and area.viewport() is parent
    )


def _is_inner(widget: QWidget) -> bool:
    """Whether it is a part of another control: its line edit, its list, its clear button."""
    parent = widget.parentWidget()
    inner = (QComboBox, QAbstractSpinBox, QLineEdit, QTabBar)
    while parent is not None and not parent.isWindow():
        if isinstance(parent, inner):
            return True
        parent = parent.parentWidget()
    return widget.objectName().startswith("qt_")


def _frame(widget: QWidget) -> QWidget | None:
    """The card it stands on, else the window."""
    parent = widget.parentWidget()
    while parent is not None and parent.property("role") not in ("card", "header") and not parent.isWindow():
        parent = parent.parentWidget()
    return parent


def _tab_stops(window: QWidget) -> Iterator[QWidget]:
    at = window.nextInFocusChain()
    while at is not window:
        wanted = at.focusPolicy() & Qt.FocusPolicy.TabFocus
        seen = at.isVisible() and at.window() is window and not at.visibleRegion().isEmpty()
        if wanted and seen and at.isEnabled():
            yield at
        at = at.nextInFocusChain()


def _place(widget: QWidget, window: QWidget) -> QRect:
    return QRect(widget.mapTo(window, widget.rect().topLeft()), widget.size())


def _box(rect: QRect) -> str:
    return f"({rect.x()},{rect.y()} {rect.width()}x{rect.height()})"


def _name(widget: QWidget) -> str:
    name = widget.objectName() or getattr(widget, "text", lambda: "")()
    return f"{type(widget).__name__} {str(name)[:30]!r}"


# Colours


def _texts(window: QWidget) -> Iterator[tuple[str, QRect]]:
    """Names and places of texts in sight, cell by cell."""
    for widget in _shown(window):
        seen = widget.visibleRegion().boundingRect()
        if seen.height() < QFontMetrics(widget.font()).height():
            continue
        box = QRect(widget.mapTo(window, seen.topLeft()), seen.size())
        if isinstance(widget, QTableView):
            yield from _cell_texts(widget, window)
        elif isinstance(widget, QTabBar):
            for tab in range(widget.count()):
                yield widget.tabText(tab), widget.tabRect(tab).translated(box.topLeft())
        elif isinstance(widget, QLabel | QAbstractButton):
            if widget.text():
                yield _name(widget), box
        elif isinstance(widget, QComboBox | QLineEdit) and not _is_inner(widget):
            yield _name(widget), box.adjusted(4, 4, -4, -4)


def _cell_texts(view: QTableView, window: QWidget) -> Iterator[tuple[str, QRect]]:
    viewport = view.viewport()
    origin, seen = viewport.mapTo(window, viewport.rect().topLeft()), viewport.visibleRegion().boundingRect()
    for row in range(min(view.model().rowCount(), 60)):
        for column in range(view.model().columnCount()):
            index = view.model().index(row, column)
            box = view.visualRect(index)
            if index.data() and seen.contains(box):
                yield f"{index.data()} in {_name(view)}", box.translated(origin)


def _contrast_in(picture: QImage, box: QRect) -> float | None:
    """Contrast between the ground, the commonest colour, and the ink, which stands out most; None for none.

    A pill has a ground of its own inside its cell: then the ground is the commonest colour beside the ink.
    """
    part = picture.copy(box.intersected(picture.rect()))
    if part.isNull():
        return None
    colours = Counter(memoryview(part.constBits()).cast("I"))
    (ground, _), *others = colours.most_common()
    frequent = [colour for colour, count in others if count >= 6]
    if not frequent:
        return None
    return max(contrast(colour, ground) for colour in frequent)


def contrast(one: int, other: int) -> float:
    """Of two colours as 0xRRGGBB, by the formula of WCAG 2."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: int) -> float:
    parts = [(colour >> shift & 255) / 255 for shift in (16, 8, 0)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
