"""A combo box to pick one of many by name, pinyin or id; an id that is not listed is asked about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import itemgetter

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QCompleter,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QWidget,
)
from PySide6.QtWidgets import QStyleOptionViewItem as ViewItem

from kdgui.store.pinyin import spoken_at
from kdgui.ui.widgets.fields import Combo
from kdgui.ui.widgets.pill_delegate import Index, mark_selected
from kdgui.ui.widgets.style import current_scheme, em, mark

_AN_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.\-]{2,79}")
_MOST_SHOWN = 14
_MOST_FOUND = 200
_ROOT = QModelIndex()
_GAP = "　"


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to pick.

    Attributes:
        key: its id, as the program needs it.
        name: what people call it, in the language of now; "" where it has no name.
        also: further names that may be searched for.
        note: a word shown at the right, quietly.
        shows_key: whether the key is shown beside the name.
        dim: written quietly: it can be picked, and will hardly work.
        rank: 0 for what was used or starred, 1 for what is common, 2 for the rest; the lower is found first.
    """

    key: str
    name: str
    also: str = ""
    note: str = ""
    shows_key: bool = True
    dim: bool = False
    rank: int = 2

    @property
    def shown_key(self) -> str:
        """The key as it stands beside the name, or ""."""
        return self.key if self.shows_key and self.name != self.key else ""

    @property
    def text(self) -> str:
        """The whole line."""
        return _GAP.join(
            part for part in (self.name or self.key, self.shown_key if self.name else "") if part
        )

    @property
    def haystack(self) -> str:
        """Everything it may be found by, without case."""
        return f"{self.key}\n{self.name}\n{self.also}".casefold()


class ChoiceModel(QAbstractListModel):
    """Choices in the order given; `UserRole` holds the Choice."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._choices: tuple[Choice, ...] = ()

    @property
    def choices(self) -> tuple[Choice, ...]:
        """All of them."""
        return self._choices

    def set_choices(self, choices: Sequence[Choice]) -> None:
        """Replace them all."""
        self.beginResetModel()
        self._choices = tuple(choices)
        self.endResetModel()

    def row_of(self, key: str) -> int:
        """The row with this key, compared without case, or -1."""
        wanted = key.casefold()
        return next((row for row, choice in enumerate(self._choices) if choice.key.casefold() == wanted), -1)

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._choices)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        choice = self._choices[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return choice.text
        return choice if role == Qt.ItemDataRole.UserRole else None


class _TwoInks(QStyledItemDelegate):
    """Draws the name in ink, the key and the note quietly."""

    def paint(self, painter: QPainter, option: ViewItem, index: Index) -> None:
        cell = ViewItem(option)
        self.initStyleOption(cell, index)
        cell.text = ""
        cell.state &= ~QStyle.StateFlag.State_HasFocus
        widget = option.widget
        style = widget.style() if widget else QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, cell, painter, widget)
        choice = index.data(Qt.ItemDataRole.UserRole)
        if isinstance(choice, Choice):
            pad = em(widget, 0.5)
            painter.save()
            painter.setFont(cell.font)
            selected = bool(cell.state & QStyle.StateFlag.State_Selected)
            if selected:
                mark_selected(painter, cell.rect)
            draw_choice(painter, cell.rect.adjusted(pad, 0, -pad, 0), choice, selected=selected)
            painter.restore()

    def sizeHint(self, option: ViewItem, index: Index) -> QSize:
        return QSize(super().sizeHint(option, index).width(), em(option.widget, 1.9))


def draw_choice(painter: QPainter, box: QRect, choice: Choice, *, selected: bool = False) -> None:
    """Name in ink, key beside it and note at the right in quiet ink; what does not fit is cut.

    On the ground of a selected row quiet ink would be too quiet.
    """
    scheme, metrics = current_scheme(), painter.fontMetrics()
    quiet = scheme.ink if selected else scheme.muted
    left = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
    if choice.note:
        painter.setPen(quiet)
        painter.drawText(box, left | Qt.AlignmentFlag.AlignRight, choice.note)
        box = box.adjusted(0, 0, -metrics.horizontalAdvance(choice.note + _GAP), 0)
    painter.setPen(quiet if choice.dim else scheme.ink)
    name = choice.name or choice.key
    painter.drawText(box, left, _fitted(metrics, name, box))
    if choice.name and choice.shown_key:
        box = box.adjusted(metrics.horizontalAdvance(name + _GAP), 0, 0, 0)
        if 2 * box.width() >= metrics.horizontalAdvance(choice.shown_key):  # a letter or two tell nothing
            painter.setPen(quiet)
            painter.drawText(box, left, _fitted(metrics, choice.shown_key, box))


def _fitted(metrics: QFontMetrics, text: str, box: QRect) -> str:
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(box.width(), 0))


_BY_KEYS = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class _Edit(QLineEdit):
    """The combo's field: shows the choice in two inks until somebody types.

    Signals:
        left: the field lost the focus to something other than its own popup.
        clicked: the mouse was pressed and let go in the field.
    """

    left = Signal()
    clicked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.choice: Choice | None = None
        self._entering = self._focused_by_mouse = False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        fresh = self._focused_by_mouse or not self.hasSelectedText()
        self._entering = event.button() is Qt.MouseButton.LeftButton and fresh
        self._focused_by_mouse = False
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if self._entering and not self.hasSelectedText():  # she did not draw a selection of her own
            self.selectAll()
            self.clicked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.choice is None or self.hasFocus() or self.text() != self.choice.text:
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setFont(self.font())
        if self.isEnabled():
            draw_choice(painter, self.rect().adjusted(2, 0, -2, 0), replace(self.choice, note=""))
        else:
            painter.setPen(self.palette().color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text))
            box = self.rect().adjusted(2, 0, -2, 0)
            left = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
            painter.drawText(box, left, _fitted(self.fontMetrics(), self.text(), box))
        painter.end()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._focused_by_mouse = event.reason() == Qt.FocusReason.MouseFocusReason
        if event.reason() in _BY_KEYS:  # not where the window or a popup comes back: what was typed would go
            self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self.left.emit()


class Picker(Combo):
    """Pick by typing any words of a name, its pinyin or id, or from the list, which a click opens.

    Signals:
        chosen: the key, after it changed; "" when nothing is chosen any more.
        unknown: what was typed could be an id and is not listed; nothing is chosen by that, `choose` does.
    """

    chosen = Signal(str)
    unknown = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, editable=True)
        self.setObjectName(name)
        self._key = self._typed = ""
        self._list = ChoiceModel(self)
        self._found = ChoiceModel(self)
        self._edit = _Edit(self)
        self.setLineEdit(self._edit)
        self.setModel(self._list)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setMaxVisibleItems(_MOST_SHOWN)
        self.setMinimumContentsLength(12)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setItemDelegate(_TwoInks(self))
        _measure_one_row(self.view())
        self._completer = self._make_completer()
        self._edit.textEdited.connect(self._search)
        self._edit.returnPressed.connect(self._settle)
        self._edit.left.connect(self._settle)
        self._edit.clicked.connect(self._offer_all)
        self.currentIndexChanged.connect(self._on_index)
        self.editTextChanged.connect(self._on_text)

    @property
    def key(self) -> str:
        """What is chosen, or ""."""
        return self._key

    @property
    def choice(self) -> Choice | None:
        """What is chosen; an id that is not listed has no name."""
        row = self._list.row_of(self._key)
        if row >= 0:
            return self._list.choices[row]
        return Choice(self._key, "") if self._key else None

    def set_choices(self, choices: Sequence[Choice]) -> None:
        """Replace the list; what is chosen stays chosen, also where the list lacks it."""
        blocked = self.blockSignals(True)
        self._list.set_choices(choices)
        self.blockSignals(blocked)
        self._show(self._key)
        metrics = self.fontMetrics()
        widest = max(
            (metrics.horizontalAdvance(choice.text + choice.note) for choice in choices[:60]), default=0
        )
        self.view().setMinimumWidth(min(widest + em(self, 3), em(self, 36)))

    def choose(self, key: str) -> None:
        """Choose this key ("" = nothing), listed or not, and tell it if that is news."""
        self._show(key)
        row = self._list.row_of(key)
        key = self._list.choices[row].key if row >= 0 else key
        if key != self._key:
            self._key = key
            self.chosen.emit(key)

    def set_placeholder(self, text: str) -> None:
        """What the empty field says."""
        self._edit.setPlaceholderText(text)

    def _make_completer(self) -> QCompleter:
        completer = QCompleter(self._found, self)
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        completer.setMaxVisibleItems(_MOST_SHOWN)
        popup = self._popup = QListView()
        popup.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        mark(popup, role="popup")
        _measure_one_row(popup)
        completer.setPopup(popup)
        popup.setItemDelegate(_TwoInks(completer))
        completer.activated[QModelIndex].connect(self._on_found)  # type: ignore[index]  # an overloaded signal
        self._edit.setCompleter(completer)
        return completer

    def _show(self, key: str) -> None:
        """Let field and list stand at this key, without telling anybody."""
        row = self._list.row_of(key) if key else -1
        blocked = self.blockSignals(True)
        self.setCurrentIndex(row)
        self._edit.choice = self._list.choices[row] if row >= 0 else None
        self.setEditText(self._edit.choice.text if self._edit.choice else key)
        self._edit.setCursorPosition(0)
        self.blockSignals(blocked)
        self.setToolTip(self.currentText() if key else "")

    def _search(self, text: str) -> None:
        self._typed = text
        self._found.set_choices(find_choices(self._list.choices, text))

    def _offer_all(self) -> None:
        """The whole list, at what is chosen now; whoever goes on typing narrows it down."""
        self._found.set_choices(self._list.choices)
        self._completer.complete()
        chosen = self._found.row_of(self._key)
        if chosen >= 0:
            centre = QAbstractItemView.ScrollHint.PositionAtCenter
            self._popup.scrollTo(self._found.index(chosen), centre)

    def _settle(self) -> None:
        """What was typed becomes the choice where it can only mean one; else the old choice comes back."""
        text = self._edit.text().strip()
        current = self.choice
        if current is not None and text == current.text:
            return
        exact = next((choice for choice in self._list.choices if text.casefold() in _spellings(choice)), None)
        found = find_choices(self._list.choices, text) if text else ()
        if exact is not None:
            self.choose(exact.key)
        elif len(found) == 1:
            self.choose(found[0].key)
        else:
            self.choose(self._key)
            if _AN_ID.fullmatch(text):
                self.unknown.emit(text)

    def _on_found(self, index: QModelIndex) -> None:
        choice = index.data(Qt.ItemDataRole.UserRole)
        if isinstance(choice, Choice):
            self.choose(choice.key)

    def _on_index(self, row: int) -> None:
        if row >= 0:
            self.choose(self._list.choices[row].key)

    def _on_text(self, text: str) -> None:
        """Text set by a program, not typed: what is typed is told before, and waits for Return."""
        if text != self._typed and self._list.row_of(text) >= 0:
            self.choose(text)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            # The combo's own style puts its delegate back.
            self.view().setItemDelegate(self.itemDelegate())


def _measure_one_row(view: QAbstractItemView) -> None:
    """All rows are equally high: one of a thousand is measured, else a style costs a third of a second."""
    if isinstance(view, QListView):
        view.setUniformItemSizes(True)


def _spellings(choice: Choice) -> tuple[str, ...]:
    return choice.key.casefold(), choice.name.casefold(), choice.text.casefold()


def find_choices(choices: Sequence[Choice], text: str) -> tuple[Choice, ...]:
    """The choices that hold every word of `text` in name, pinyin or id, without case.

    What was used comes first, then what begins with the first word, then what is common.
    """
    words = text.replace(_GAP, " ").casefold().split()
    found = []
    for place, choice in enumerate(choices):
        fits = [_fit(choice, word) for word in words]
        if None not in fits:
            begins = not fits or fits[0] == 0
            found.append(((choice.rank > 0, not begins, choice.rank, len(choice.name), place), choice))
    return tuple(choice for _order, choice in sorted(found, key=itemgetter(0))[:_MOST_FOUND])


def _fit(choice: Choice, word: str) -> int | None:
    """How a choice holds this word: 0 where a name or the id begins with it, 1 inside, None not at all."""
    haystack = choice.haystack
    if word in haystack:
        return int(not any(part.startswith(word) for part in haystack.split("\n")))
    place = max(spoken_at(word, choice.name), spoken_at(word, choice.also.partition("\n")[0]))
    return None if place < 0 else min(place, 1)
