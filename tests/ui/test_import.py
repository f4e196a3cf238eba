"""Tables from Excel as a clerk brings them: asked where it is not plain, all in sight, files dragged in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import QMimeData, QModelIndex, QPoint, QPointF, QSize, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QPushButton,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from kdgui.bootstrap import open_engine
from kdgui.pushing.engine import PushEngine
from kdgui.store.imports.number_column import read_pasted
from kdgui.store.messages.words import load_words
from kdgui.store.paths import Paths
from kdgui.ui.numbers.import_dialog import Chosen, ImportDialog
from kdgui.ui.numbers.import_model import Column, Show
from kdgui.ui.numbers.numbers_pane import NumbersPane
from kdgui.ui.widgets.pill_delegate import PillDelegate

pytestmark = pytest.mark.usefixtures("english")

WORDS = load_words("en")
SAMPLES = Path(__file__).resolve().parents[1] / "store" / "samples"
TWO_COLUMNS = "CGDD000412\tXSDD000001\r\nCGDD000413\tXSDD000002\r\n"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[PushEngine]:
    with open_engine(Paths(tmp_path / "home"), attended=True) as engine:
        yield engine


@pytest.fixture
def pane(qtbot: QtBot, dressed: QApplication, engine: PushEngine) -> NumbersPane:
    pane = NumbersPane(engine, lambda: WORDS)
    qtbot.addWidget(pane)
    pane.resize(520, 560)
    with qtbot.waitExposed(pane):
        pane.show()
    return pane


def texts(pane: NumbersPane) -> list[str]:
    return [number.text for number in pane.model.numbers]


def notice(pane: NumbersPane) -> str:
    return pane.findChild(QLabel, "numbersNotice").text()


def dialogs(pane: NumbersPane) -> list[ImportDialog]:
    return [each for each in pane.findChildren(ImportDialog) if each.isVisible()]


@pytest.fixture
def asked(pane: NumbersPane, qtbot: QtBot) -> Callable[[], ImportDialog]:
    """The dialog that the program opened by itself."""

    def wait() -> ImportDialog:
        qtbot.waitUntil(lambda: bool(dialogs(pane)))
        return dialogs(pane)[0]

    return wait


def press(window: QWidget, name: str) -> None:
    button = window.findChild(QPushButton, name)
    assert button.isEnabled()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def preview(dialog: ImportDialog) -> list[list[str]]:
    model = dialog.findChild(QTableView, "importPreview").model()
    return [
        [str(model.index(row, column).data() or "") for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def test_two_likely_columns_are_asked_about_and_nothing_is_taken_meanwhile(
    pane: NumbersPane, asked: Callable[[], ImportDialog], qtbot: QtBot
) -> None:
    pane.paste_text(TWO_COLUMNS)
    dialog = asked()
    assert texts(pane) == []
    assert "column" in dialog.findChild(QLabel, "importQuestion").text()
    header = dialog.findChild(QTableView, "importPreview").horizontalHeader()
    place = QPoint(header.sectionViewportPosition(len(Column) + 1) + 5, header.height() // 2)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: dialog.findChild(QComboBox, "importColumnCombo").currentIndex() == 1)
    assert preview(dialog)[0] == ["1", "Taken", "XSDD000001", "", "CGDD000412", "XSDD000001"]
    press(dialog, "importTakeButton")
    assert texts(pane) == ["XSDD000001", "XSDD000002"]


def test_cancel_takes_nothing(pane: NumbersPane, asked: Callable[[], ImportDialog]) -> None:
    pane.paste_text(TWO_COLUMNS)
    QTest.keyClick(asked(), Qt.Key.Key_Escape)
    assert (texts(pane), notice(pane)) == ([], "")


def test_two_likely_sheets_are_asked_about(
    pane: NumbersPane, asked: Callable[[], ImportDialog], qtbot: QtBot, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    book.active.title = "October"
    book.active.append(["CGDD000001"])
    book.create_sheet("November").append(["CGDD000002"])
    book.create_sheet("Notes").append(["nothing of the kind"])
    book.save(tmp_path / "orders.xlsx")
    pane.read_file(tmp_path / "orders.xlsx")
    dialog = asked()
    combo = dialog.findChild(QComboBox, "importSheetCombo")
    assert [combo.itemText(each) for each in range(combo.count())] == ["October", "November", "Notes"]
    combo.setFocus()
    QTest.keyClick(combo, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: preview(dialog)[0][2] == "CGDD000002")
    press(dialog, "importTakeButton")
    assert texts(pane) == ["CGDD000002"]
    assert notice(pane) == "Numbers taken: 1, from sheet “November”"


def test_everything_left_out_cleaned_or_damaged_can_be_looked_at(
    pane: NumbersPane, asked: Callable[[], ImportDialog], qtbot: QtBot
) -> None:
    pane.read_file(SAMPLES / "traps.xlsx")
    qtbot.waitUntil(lambda: len(texts(pane)) == 30)
    assert notice(pane) == ", ".join(
        (
            *("Numbers taken: 30", "from sheet “采购订单”", "from column “单据编号”"),
            "left out: Header 1 / Total 1 / No number 3 / Hidden 2",
            *("cells split: 2", "numbers cleaned: 5"),
        )
    )
    assert pane.model.tally().damaged == 8
    press(pane, "lookAgainButton")
    dialog = asked()
    rows = dialog.findChild(QComboBox, "importRowsCombo")
    assert [rows.itemText(each) for each in range(rows.count())] == [
        *("All rows: 35", "Taken: 28", "Left out: 7", "Cleaned: 7", "Damaged: 8")
    ]
    rows.setCurrentIndex(rows.findData(Show.LEFT_OUT))
    rows.activated.emit(rows.currentIndex())
    assert [row[:2] for row in preview(dialog)] == [
        *(["1", "No number"], ["3", "Header"], ["24", "Hidden"], ["31", "No number"], ["32", "No number"]),
        *(["33", "Hidden"], ["35", "Total"]),
    ]
    rows.setCurrentIndex(rows.findData(Show.CLEANED))
    rows.activated.emit(rows.currentIndex())
    assert ["20", "Cleaned", "CGDD000016, CGDD000017"] in [row[:3] for row in preview(dialog)]
    rows.setCurrentIndex(rows.findData(Show.DAMAGED))
    rows.activated.emit(rows.currentIndex())
    assert ["18", "Damaged", "#N/A", WORDS.text("damaged.error_value")] in [
        row[:4] for row in preview(dialog)
    ]
    press(dialog, "importCancelButton")
    assert len(texts(pane)) == 30


def test_looking_again_ends_where_the_grid_has_changed(pane: NumbersPane) -> None:
    pane.paste_text("单据编号\r\nCGDD000412\r\n合计\r\n")
    assert pane.findChild(QPushButton, "lookAgainButton").isVisible()
    pane.model.replace(1, "CGDD000413")
    assert not pane.findChild(QPushButton, "lookAgainButton").isVisible()


def test_a_plain_list_needs_no_look(pane: NumbersPane) -> None:
    pane.paste_text("CGDD000412\r\nCGDD000413\r\n")
    assert not pane.findChild(QPushButton, "lookAgainButton").isVisible()


def drop(pane: NumbersPane, data: QMimeData) -> bool:
    """Drag it over the grid, as the window system does, and let go."""
    target, place = pane, QPoint(50, 200)
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    action = Qt.DropAction.CopyAction
    enter = QDragEnterEvent(place, action, data, buttons, keys)
    QApplication.sendEvent(target, enter)
    if enter.isAccepted():
        QApplication.sendEvent(target, QDropEvent(QPointF(place), action, data, buttons, keys))
    return enter.isAccepted()


def urls(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def test_files_and_texts_are_dropped(pane: NumbersPane, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "编号.csv").write_bytes(
        "单据编号;备注\r\nCGDD000412;甲\r\nCGDD000413;乙\r\n".encode("gb18030")
    )
    assert drop(pane, urls(tmp_path / "编号.csv"))
    qtbot.waitUntil(lambda: texts(pane) == ["CGDD000412", "CGDD000413"])
    text = QMimeData()
    text.setText("CGDD000414\n")
    assert drop(pane, text)
    assert texts(pane)[2:] == ["CGDD000414"]
    assert drop(pane, urls(tmp_path / "a.csv", tmp_path / "b.csv"))
    assert "One file at a time" in notice(pane)
    assert not drop(pane, QMimeData())


def test_a_file_copied_in_the_file_manager_is_pasted(pane: NumbersPane, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setMimeData(urls(SAMPLES / "traps_unicode.txt"))
    press(pane, "pasteButton")
    qtbot.waitUntil(lambda: len(texts(pane)) == 31)


def test_a_file_that_is_no_workbook_is_explained(pane: NumbersPane, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    with qtbot.waitSignal(pane.troubled) as told:
        drop(pane, urls(tmp_path / "old.xls"))
    assert "save a copy" in WORDS.error(told.args[0]).do


def test_hidden_rows_of_a_copied_table_are_left_out(pane: NumbersPane, qtbot: QtBot) -> None:
    data = QMimeData()
    data.setText((SAMPLES / "copied.txt").read_text(encoding="utf-8"))
    data.setHtml((SAMPLES / "copied.html").read_text(encoding="utf-8"))
    QGuiApplication.clipboard().setMimeData(data)
    press(pane, "pasteButton")
    qtbot.waitUntil(lambda: len(texts(pane)) == 29)
    assert "CGDD000022" not in texts(pane)
    assert "Hidden 2" in notice(pane)


def test_what_was_split_or_confirmed_comes_back_after_a_crash(
    pane: NumbersPane, qtbot: QtBot, engine: PushEngine
) -> None:
    pane.paste_text("CGDD000412、CGDD000413\r\n2026112300010010\r\n1.23E+15\r\n")
    pane.grid.selectAll()
    pane.grid.confirm_selected()
    pane.save_now()
    qtbot.waitUntil(lambda: "confirmed" in (engine.journal.load_draft("grid") or ""))
    later = NumbersPane(engine, lambda: WORDS)
    qtbot.addWidget(later)
    later.restore()
    qtbot.waitUntil(lambda: len(texts(later)) == 4)
    assert later.model.numbers == pane.model.numbers
    assert later.numbers_to_push() == ("CGDD000412", "CGDD000413", "2026112300010010")


def test_a_long_table_is_not_measured_row_by_row(
    qtbot: QtBot, dressed: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = read_pasted("".join(f"CGDD{n:06d}\tXSDD{n:06d}\r\n" for n in range(3_000)))
    measured: set[int] = set()
    before = PillDelegate.sizeHint

    def size_hint(delegate: PillDelegate, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        measured.add(index.row())
        return before(delegate, option, index)

    monkeypatch.setattr(PillDelegate, "sizeHint", size_hint)
    dialog = ImportDialog(Chosen(found, "", found.place, found.reading), lambda: WORDS)
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.show()
    assert dialog.findChild(QTableView, "importPreview").model().rowCount() == 3_000
    assert 0 < len(measured) < 100
