"""Tables from Excel as a clerk brings them: asked where it is not plain, all in sight, files dragged in."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import QMimeData, QModelIndex, QPoint, QPointF, QSize, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
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
from kdgui.store.imports.number_files import OpenedFile
from kdgui.store.imports.sheets import Sheet, SheetRow
from kdgui.store.messages.words import load_words
from kdgui.store.paths import Paths
from kdgui.store.settings import Settings
from kdgui.ui.numbers.import_choice import first_choice
from kdgui.ui.numbers.import_dialog import ImportDialog
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


def choose(dialog: ImportDialog, name: str, place: int) -> None:
    combo = dialog.findChild(QComboBox, name)
    combo.setCurrentIndex(place)
    combo.activated.emit(place)


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
    combo.view().setCurrentIndex(combo.model().index(1, 0))
    QTest.keyClick(combo.view(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: preview(dialog)[0][2] == "CGDD000002")
    press(dialog, "importTakeButton")
    assert texts(pane) == ["CGDD000002"]
    assert notice(pane) == "Taken: 1, from sheet “November”"


def test_everything_left_out_cleaned_or_damaged_can_be_looked_at(
    pane: NumbersPane, asked: Callable[[], ImportDialog], qtbot: QtBot
) -> None:
    pane.read_file(SAMPLES / "traps.xlsx")
    qtbot.waitUntil(lambda: len(texts(pane)) == 30)
    assert notice(pane) == ", ".join(
        (
            *("Taken: 30", "from sheet “采购订单”", "from column “单据编号”"),
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
    assert not drop(pane, QMimeData())


def test_several_files_are_taken_together(
    pane: NumbersPane, asked: Callable[[], ImportDialog], qtbot: QtBot, tmp_path: Path
) -> None:
    for name, numbers in (("甲.csv", "CGDD000001\nCGDD000002"), ("乙.csv", "CGDD000003\n合计")):
        (tmp_path / name).write_text(f"单据编号\n{numbers}\n", encoding="utf-8")
    book = openpyxl.Workbook()
    book.active.append(["备注", "单据编号"])
    book.active.append(["x", "CGDD000004"])
    book.save(tmp_path / "丙.xlsx")
    assert drop(pane, urls(tmp_path / "甲.csv", tmp_path / "乙.csv", tmp_path / "丙.xlsx"))
    dialog = asked()
    combo = dialog.findChild(QComboBox, "importSheetCombo")
    assert [combo.itemText(each) for each in range(combo.count())] == ["甲.csv", "乙.csv", "丙.xlsx · Sheet"]
    assert dialog.findChild(QCheckBox, "importAllSheetsCheck").isChecked()
    assert "乙.csv  2" in [row[0] for row in preview(dialog)]
    press(dialog, "importTakeButton")
    assert texts(pane) == ["CGDD000001", "CGDD000002", "CGDD000003", "CGDD000004"]
    assert "from 3 sheets" in notice(pane)


def test_all_sheets_or_one(
    pane: NumbersPane, asked: Callable[[], ImportDialog], qtbot: QtBot, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    for title, number in (("October", 1), ("November", 2)):
        sheet = book.create_sheet(title)
        sheet.append(["源单编号", "单据编号"])
        sheet.append([f"XSDD{number:06d}", f"CGDD{number:06d}"])
    del book["Sheet"]
    book.save(tmp_path / "a.xlsx")
    pane.read_file(tmp_path / "a.xlsx")
    dialog = asked()
    choose(dialog, "importColumnCombo", 0)
    qtbot.waitUntil(lambda: preview(dialog)[1][2] == "XSDD000001")
    dialog.findChild(QCheckBox, "importAllSheetsCheck").setChecked(True)
    qtbot.waitUntil(lambda: len(preview(dialog)) == 4)
    press(dialog, "importTakeButton")
    assert texts(pane) == ["XSDD000001", "XSDD000002"]


def test_rows_are_ticked_and_unticked(
    pane: NumbersPane, asked: Callable[[], ImportDialog], qtbot: QtBot
) -> None:
    pane.paste_text("单据编号\t备注\nCGDD000001\tx\n汇总\ty\nCGDD000002\tz\n")
    press(pane, "lookAgainButton")
    dialog = asked()
    model = dialog.findChild(QTableView, "importPreview").model()
    tick = Qt.ItemDataRole.CheckStateRole
    assert [model.index(row, 0).data(tick) for row in range(4)] == [
        *(Qt.CheckState.Unchecked, Qt.CheckState.Checked, Qt.CheckState.Unchecked, Qt.CheckState.Checked)
    ]
    model.setData(model.index(2, 0), Qt.CheckState.Checked, tick)
    qtbot.waitUntil(lambda: model.index(2, 0).data(tick) == Qt.CheckState.Checked)
    model.setData(model.index(1, 0), Qt.CheckState.Unchecked, tick)
    qtbot.waitUntil(lambda: model.index(1, 0).data(tick) == Qt.CheckState.Unchecked)
    assert model.index(1, 1).data() == "Left out by you"
    press(dialog, "importTakeButton")
    assert texts(pane) == ["汇总", "CGDD000002"]


def test_separator_and_encoding_change_the_preview_at_once(
    pane: NumbersPane, asked: Callable[[], ImportDialog], qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_bytes("单据编号;备注\nCGDD000001;急,好\nCGDD000002;x,y\n".encode("gbk"))
    pane.read_file(tmp_path / "a.txt")
    qtbot.waitUntil(lambda: texts(pane) == ["CGDD000001", "CGDD000002"])
    press(pane, "lookAgainButton")
    dialog = asked()
    marks, encodings = (
        dialog.findChild(QComboBox, f"import{name}Combo") for name in ("Separator", "Encoding")
    )
    assert (marks.currentData(), encodings.currentData()) == (";", "gb18030")
    choose(dialog, "importSeparatorCombo", marks.findData(","))
    qtbot.waitUntil(lambda: "CGDD000001;急" in preview(dialog)[1])
    choose(dialog, "importSeparatorCombo", marks.findData(";"))
    choose(dialog, "importEncodingCombo", encodings.findData("cp1252"))
    qtbot.waitUntil(lambda: any("µ¥¾Ý" in cell for cell in preview(dialog)[0]))
    choose(dialog, "importEncodingCombo", encodings.findData("gb18030"))
    take = dialog.findChild(QPushButton, "importTakeButton")
    qtbot.waitUntil(lambda: "单据编号" in preview(dialog)[0] and take.isEnabled())
    press(dialog, "importTakeButton")
    assert texts(pane) == ["CGDD000001", "CGDD000002"]


def test_the_choice_is_remembered_for_the_next_table_with_the_same_headings(
    pane: NumbersPane, asked: Callable[[], ImportDialog], qtbot: QtBot, engine: PushEngine
) -> None:
    table = "订单编号\t入库单编号\nCGDD00000{0}\tCGRK0000{0}\nCGDD00001{0}\tCGRK0001{0}\n"
    pane.paste_text(table.format(1))
    dialog = asked()
    choose(dialog, "importColumnCombo", 1)
    qtbot.waitUntil(lambda: preview(dialog)[1][2] == "CGRK00001")
    press(dialog, "importTakeButton")
    qtbot.waitUntil(lambda: len(engine.settings.import_columns) == 1)
    pane.paste_text(table.format(2))
    assert texts(pane) == ["CGRK00001", "CGRK00011", "CGRK00002", "CGRK00012"]
    pane.paste_text(table.format(3).replace("入库单编号", "出库单编号"))
    assert asked().isVisible()
    QTest.keyClick(asked(), Qt.Key.Key_Escape)


def test_a_reading_can_be_stopped(
    pane: NumbersPane, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Event()

    def slowly(_path: Path, progress: Callable[[float], None]) -> object:
        begun.set()
        while True:
            progress(0.4)
            time.sleep(0.005)

    monkeypatch.setattr("kdgui.ui.numbers.import_choice.open_number_file", slowly)
    pane.read_file(tmp_path / "large.xlsx")
    qtbot.waitUntil(lambda: begun.is_set() and notice(pane) == "Reading large.xlsx… 40%")
    press(pane, "stopReadingButton")
    assert notice(pane) == "Reading was stopped. Nothing was taken."
    qtbot.waitUntil(lambda: not pane.findChild(QPushButton, "stopReadingButton").isVisible())
    assert texts(pane) == []


def test_a_file_that_does_not_tell_formats_is_shown_before_it_is_taken(
    pane: NumbersPane, asked: Callable[[], ImportDialog], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    untold = Sheet("表", (SheetRow(1, ("CGDD000001",)),), untold=frozenset(("rows", "formats")))
    monkeypatch.setattr(
        "kdgui.ui.numbers.import_choice.open_number_file", lambda _path, _progress: OpenedFile((untold,))
    )
    pane.read_file(tmp_path / "a.xlsb")
    assert "leading zeros" in asked().findChild(QLabel, "importQuestion").text()
    assert texts(pane) == []
    press(asked(), "importTakeButton")
    assert texts(pane) == ["CGDD000001"]
    assert "leading zeros" in notice(pane)


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
    dialog = ImportDialog(first_choice(found, "", Settings()), lambda: WORDS)
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.show()
    assert dialog.findChild(QTableView, "importPreview").model().rowCount() == 3_000
    assert 0 < len(measured) < 100
