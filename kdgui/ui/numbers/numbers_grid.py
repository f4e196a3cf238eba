"""The grid of bill numbers as a view: typing with an input method, pasting anywhere, removing, undoing."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMimeData, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QClipboard,
    QContextMenuEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from kdgui.domain.bill_numbers import LONGEST_NUMBER
from kdgui.ui.numbers.check_findings import CHOSEN, READY, TICKED
from kdgui.ui.numbers.numbers_model import Column, NumbersModel
from kdgui.ui.widgets.pill_delegate import Index, PillDelegate
from kdgui.ui.widgets.pills import pill_size
from kdgui.ui.widgets.style import current_scheme, em
from kdgui.ui.widgets.table_style import dress_table, selected_lines


class _NumberEdit(QLineEdit):
    """Editor of one number; what is more than one number is not for one cell and goes to the grid.

    By whatever way it comes: keys, the menu, the middle button, dragging.

    Signals:
        table_pasted: take this QMimeData.
    """

    table_pasted = Signal(object)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            self._paste_wanted()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.createStandardContextMenu()
        for action in menu.actions():
            if action.objectName() == "edit-paste":
                action.triggered.disconnect()
                action.triggered.connect(self._paste_wanted)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        clipboard = QGuiApplication.clipboard()
        selection = event.button() is Qt.MouseButton.MiddleButton and clipboard.supportsSelection()
        if selection and self._hand_on(clipboard.mimeData(QClipboard.Mode.Selection)):
            return
        super().mouseReleaseEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        if self._hand_on(event.mimeData()):
            event.acceptProposedAction()
        else:
            super().dropEvent(event)

    def _paste_wanted(self) -> None:
        if not self._hand_on(QGuiApplication.clipboard().mimeData()):
            self.paste()

    def _hand_on(self, data: QMimeData) -> bool:
        """Whether it was for the grid: files, tables, and texts that are longer than any number."""
        text = data.text()
        table = (
            data.hasUrls()
            or "\t" in text
            or len(text) > 2 * LONGEST_NUMBER
            or len(text.strip().splitlines()) > 1
        )
        if table:
            self.table_pasted.emit(data)
        return table


class _NumberDelegate(PillDelegate):
    """Edits the number column in place.

    Signals:
        table_pasted: QMimeData of more than one number was pasted into the editor; what had been typed there
            is a row of its own by then.
    """

    table_pasted = Signal(object)

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, _index: Index) -> QWidget:
        editor = _NumberEdit(parent)
        editor.setAccessibleName(self.tr("Bill number"))
        editor.setFrame(False)
        editor.table_pasted.connect(lambda data: self._hand_on(editor, data))
        return editor

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, _index: Index) -> None:
        editor.setGeometry(option.rect)

    def _hand_on(self, editor: QWidget, data: QMimeData) -> None:
        self.commitData.emit(editor)
        self.closeEditor.emit(editor, QStyledItemDelegate.EndEditHint.NoHint)
        self.table_pasted.emit(data)


class _PlaceDelegate(PillDelegate):
    """Counts the rows."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        if index.row() < index.model().rowCount() - 1:
            option.text = str(index.row() + 1)


class NumbersGrid(QTableView):
    """The table of numbers.

    Signals:
        paste_wanted: take what is on the clipboard.
        data_pasted: this QMimeData was pasted into a cell's editor.
        clear_wanted: take everything out.
        lines_wanted: push only some lines of the selected bills.
    """

    paste_wanted = Signal()
    data_pasted = Signal(object)
    clear_wanted = Signal()
    lines_wanted = Signal()

    def __init__(self, model: NumbersModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.setObjectName("numbersGrid")
        self.setModel(model)
        delegate = _NumberDelegate(self)
        delegate.table_pasted.connect(self.data_pasted)
        self.setItemDelegate(delegate)
        self.setItemDelegateForColumn(Column.PLACE, _PlaceDelegate(self))
        self._set_up_looks()
        self._actions = self._make_actions()
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)
        self.go_to_empty_line()

    def go_to_empty_line(self) -> None:
        """Make the empty line at the bottom current, ready to be typed into, and show it."""
        index = self._model.index(self._model.rowCount() - 1, Column.NUMBER)
        self.setCurrentIndex(index)
        self.scrollTo(index)

    def selected_rows(self) -> list[int]:
        """The selected rows that hold a number, in order."""
        count = self._model.rowCount() - 1
        return [row for row in selected_lines(self) if row < count]

    def remove_selected(self) -> None:
        """Take the selected rows out; it can be undone."""
        self._model.remove(self.selected_rows(), self.tr("Remove"))

    def tickable_rows(self) -> list[int]:
        """The selected rows that the clerk may have pushed all the same."""
        return [row for row in self.selected_rows() if self._model.may_tick(row)]

    def toggle_ticks(self) -> None:
        """Tick the selected rows; take the ticks away where all of them have one."""
        rows, findings = self.tickable_rows(), self._model.findings
        self._model.tick(rows, not all(findings.ticked(self._model.key(row)) for row in rows))

    def confirm_selected(self) -> None:
        """Take the selected rows as they stand, where what is wrong is a guess; it can be undone."""
        self._model.confirm(self.selected_rows(), self.tr("Number is right"))

    def copy_selected(self) -> None:
        """Put the selected numbers on the clipboard, one a line."""
        numbers = self._model.numbers
        text = "\n".join(numbers[row].text for row in self.selected_rows())
        if text:
            QGuiApplication.clipboard().setText(text)

    def retranslate(self) -> None:
        """Say everything anew in the language of now."""
        for action, word in zip(self._actions.values(), self._action_words().values(), strict=True):
            action.setText(word)
        self.setAccessibleName(self.tr("Bill numbers"))
        self.setAccessibleDescription(self._invitation())
        self._fit_columns()
        self.viewport().update()

    # Looks

    def _set_up_looks(self) -> None:
        dress_table(self, Column.HINT)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )

    def _fit_columns(self) -> None:
        """Columns as wide as what they can hold, in units of the font; what is left goes to the remarks."""
        self.verticalHeader().setDefaultSectionSize(em(self, 1.8))
        self.setMinimumHeight(em(self, 4.2))
        metrics = self.fontMetrics()
        place = metrics.horizontalAdvance("20000") + em(self, 0.7)
        kinds = (READY, TICKED, CHOSEN, "already_pushed", "not_approved", "several_found")
        words = map(self._model.findings.word, kinds)
        check = max(pill_size(metrics, word).width() for word in words) + em(self, 0.7)
        room = self.viewport().width() - place - check
        number = min(
            metrics.horizontalAdvance("CGDD2026112300001") + em(self, 0.7), max(room * 3 // 5, em(self, 6))
        )
        for column, width in ((Column.PLACE, place), (Column.NUMBER, number), (Column.CHECK, check)):
            self.setColumnWidth(column, width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_columns()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit_columns()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._model.numbers:
            return
        painter = QPainter(self.viewport())
        painter.setPen(current_scheme().muted)
        margin = em(self, 1)
        box = self.viewport().rect().adjusted(margin, em(self, 1.8), -margin, -margin)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(QRect(box), int(flags), self._invitation())
        painter.end()

    def _invitation(self) -> str:
        return self.tr(
            "Copy the bill numbers in Excel and press Ctrl+V here.\n"
            "Or type them, one a line, or drag a file here."
        )

    # Keys and menu

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and self.tickable_rows():
            self.toggle_ticks()
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.state() != self.State.EditingState:
            self.edit(self.currentIndex().siblingAtColumn(Column.NUMBER))
            return
        super().keyPressEvent(event)

    def _action_words(self) -> dict[str, str]:
        return {
            "paste": self.tr("Paste"),
            "copy": self.tr("Copy"),
            "confirm": self.tr("Number is right"),
            "remove": self.tr("Remove rows"),
            "tick": self.tr("Push all the same"),
            "lines": self.tr("Push some lines only…"),
            "select": self.tr("Select all"),
            "undo": self.tr("Undo"),
            "redo": self.tr("Redo"),
            "clear": self.tr("Clear all"),
        }

    def _make_actions(self) -> dict[str, QAction]:
        keys = QKeySequence.StandardKey
        plan = {
            "paste": (keys.Paste, self.paste_wanted.emit),
            "copy": (keys.Copy, self.copy_selected),
            "confirm": (None, self.confirm_selected),
            "remove": (keys.Delete, self.remove_selected),
            "tick": (None, self.toggle_ticks),
            "lines": (None, self.lines_wanted.emit),
            "select": (keys.SelectAll, self.selectAll),
            "undo": (keys.Undo, self._model.undo_stack.undo),
            "redo": (keys.Redo, self._model.undo_stack.redo),
            "clear": (None, self.clear_wanted.emit),
        }
        actions = {}
        for name, (key, call) in plan.items():
            action = QAction(self)
            if key is not None:
                action.setShortcuts(_all_keys(name, key))
                action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(call)
            self.addAction(action)
            actions[name] = action
        return actions

    def _show_menu(self, at: QPoint) -> None:
        some, any_rows = bool(self.selected_rows()), bool(self._model.numbers)
        stack = self._model.undo_stack
        usable = {
            "paste": True,
            "copy": some,
            "confirm": any(map(self._model.is_suspected, self.selected_rows())),
            "remove": some,
            "tick": bool(self.tickable_rows()),
            "lines": some,
            "select": any_rows,
            "undo": stack.canUndo(),
            "redo": stack.canRedo(),
            "clear": any_rows,
        }
        menu = QMenu(self)
        for name, action in self._actions.items():
            action.setEnabled(usable[name])
            menu.addAction(action)
        menu.aboutToHide.connect(self._enable_all)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.viewport().mapToGlobal(at))

    def _enable_all(self) -> None:
        for action in self._actions.values():
            action.setEnabled(True)


def _all_keys(name: str, key: QKeySequence.StandardKey) -> list[QKeySequence]:
    """The platform's keys for it; redo is Ctrl+Y and Ctrl+Shift+Z alike, as Excel and browsers have it."""
    sequences = QKeySequence.keyBindings(key)
    wanted = ("Ctrl+Y", "Ctrl+Shift+Z") if name == "redo" else ()
    return [*sequences, *(each for each in map(QKeySequence, wanted) if each not in sequences)]
