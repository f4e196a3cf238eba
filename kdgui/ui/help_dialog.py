"""Help: one page in the clerk's language, its headings at the left, a search, the folder of the log."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QUrl, Signal
from PySide6.QtGui import (
    QColor,
    QDesktopServices,
    QTextBlock,
    QTextBlockFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrameFormat,
    QTextLength,
    QTextTable,
)
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from kdgui.ui.crash import versions
from kdgui.ui.widgets.assets import asset
from kdgui.ui.widgets.card import plain_label, push_button, say
from kdgui.ui.widgets.fitting_dialog import resize_within_screen
from kdgui.ui.widgets.icons import icon
from kdgui.ui.widgets.style import current_scheme, em, mark, named
from kdgui.ui.widgets.translations import spoken_language

_BLOCK = Qt.ItemDataRole.UserRole


class HelpDialog(QDialog):
    """Shows resources/help/<language>.md; stays open beside the window, and follows its language.

    Takes `data_folder`, which is opened by a button: there are the journal and the log.

    Signals:
        about_wanted: version, libraries, diagnostics.
    """

    about_wanted = Signal()

    def __init__(self, language: str, data_folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("helpDialog")
        self._data_folder = data_folder
        self._page = named("helpPage", QTextBrowser())
        self._page.setOpenExternalLinks(False)
        self._page.setFrameShape(QFrame.Shape.NoFrame)
        mark(self._page, role="page")
        self._headings = named("helpHeadings", QListWidget())
        self._headings.setSpacing(em(self, 0.12))
        self._headings.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._headings.currentItemChanged.connect(self._go_to)
        self._search = named("helpSearchEdit", QLineEdit(clearButtonEnabled=True))
        self._search.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        mark(self._search, role="search")
        self._search.textChanged.connect(self._find_from_top)
        self._search.returnPressed.connect(self._find_next)
        self._lay_out()
        self._speak(language)

    def _speak(self, language: str) -> None:
        self.setWindowTitle(self.tr("Help"))
        self._page.setAccessibleName(self.tr("Help"))
        self._headings.setAccessibleName(self.tr("Contents"))
        self._search.setPlaceholderText(self.tr("Find on this page"))
        self._search.setAccessibleName(self._search.placeholderText())
        say(self._folder, self.tr("Open the folder of journal and log"))
        say(self._about, self.tr("About…"))
        say(self._close, self.tr("Close"))
        self._page.setMarkdown(asset("help", f"{language}.md").read_text(encoding="utf-8"))
        _dress(self._page.document(), em(self, 1))
        self._fill_headings()
        self._contents.setFixedWidth(self._width_of_contents())

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(*[em(self, 1.2)] * 4)
        column.setSpacing(em(self, 0.7))
        card = QFrame()
        mark(card, role="card")
        inside = QHBoxLayout(card)
        inside.setContentsMargins(*[em(self, 0.6)] * 4)
        self._contents = QWidget()
        left = QVBoxLayout(self._contents)
        left.setContentsMargins(0, 0, 0, 0)
        left.addWidget(self._search)
        left.addWidget(self._headings, 1)
        inside.addWidget(self._contents)
        inside.addWidget(self._page, 1)
        column.addWidget(card, 1)
        column.addLayout(self._buttons())
        resize_within_screen(self, em(self, 60), em(self, 38))

    def _width_of_contents(self) -> int:
        """As wide as the longest heading, its frame and the scroll bar need, within reason."""
        self._headings.ensurePolished()
        return min(self._headings.sizeHintForColumn(0) + em(self, 2.4), em(self, 20))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_page"):
            _dress(self._page.document(), em(self, 1))
        if event.type() == QEvent.Type.LanguageChange:
            chapter = self._chapter_in_sight()
            self._speak(spoken_language())
            self._headings.setCurrentRow(chapter)  # both languages have the same chapters

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(em(self, 0.6))
        self._folder = push_button("openFolderButton", self._open_folder, "link")
        about = plain_label("caption", wrap=True)
        about.setText(versions())
        self._close = push_button("helpCloseButton", self.accept)
        self._about = push_button("aboutButton", self.about_wanted.emit, "link")
        row.addWidget(self._folder)
        row.addWidget(self._about)
        row.addWidget(about, 1)
        row.addWidget(self._close)
        return row

    def _fill_headings(self) -> None:
        self._headings.clear()
        for block in _blocks(self._page.document()):
            if block.blockFormat().headingLevel() == 2:
                item = QListWidgetItem(block.text())
                item.setData(_BLOCK, block.blockNumber())
                self._headings.addItem(item)

    def _chapter_in_sight(self) -> int:
        """The row of the heading that is read at the top of the page; -1 above all of them."""
        items = [self._headings.item(row) for row in range(self._headings.count())]
        read_to = self._page.verticalScrollBar().value() + em(self, 1)
        return sum(self._top(item) <= read_to for item in items) - 1

    def _top(self, item: QListWidgetItem) -> int:
        block = self._page.document().findBlockByNumber(int(item.data(_BLOCK)))
        return round(self._page.document().documentLayout().blockBoundingRect(block).top())

    def _go_to(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self._page.verticalScrollBar().setValue(self._top(item))

    def _find_from_top(self) -> None:
        self._page.moveCursor(QTextCursor.MoveOperation.Start)
        self._find_next()

    def _find_next(self) -> None:
        text = self._search.text().strip()
        if text and not self._page.find(text):
            self._page.moveCursor(QTextCursor.MoveOperation.Start)
            self._page.find(text)

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._data_folder)))


def _dress(document: QTextDocument, em_: int) -> None:
    """Air around headings and paragraphs, quiet lines in tables: Markdown says nothing about these."""
    document.setDocumentMargin(em_ * 0.8)
    scheme = current_scheme()
    for block in _blocks(document):
        look = block.blockFormat()
        if look.headingLevel():
            look.setTopMargin(em_ * 1.2)
            look.setBottomMargin(em_ * 0.4)
        code = look.hasProperty(QTextFormat.Property.BlockCodeFence)
        if code:
            look.setBackground(QColor(scheme.ground))
        # Lines of code stand close, or their ground would be striped.
        look.setLineHeight(100 if code else 125, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        QTextCursor(block).setBlockFormat(look)
    for table in document.rootFrame().childFrames():
        if isinstance(table, QTextTable):
            lines = table.format()
            lines.setBorderCollapse(True)
            lines.setBorder(1)
            lines.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
            lines.setBorderBrush(QColor(scheme.line))
            lines.setCellPadding(em_ * 0.3)
            lines.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
            table.setFormat(lines)


def _blocks(document: QTextDocument) -> Iterator[QTextBlock]:
    block = document.begin()
    while block.isValid():
        yield block
        block = block.next()
