"""Files with bill numbers, as clerks have them: encodings, formats, filters, formulas, and damage."""

from __future__ import annotations

import contextlib
import io
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from kdgui.domain.errors import BadInput, KdguiError
from kdgui.store.exports.run_workbook import read_number_lines, read_sheets

LIST = "单据编号\nCGDD000001\n采购０００２\n\nCGDD000003\n"
CELLS = ["单据编号", "CGDD000001", "采购０００２", "", "CGDD000003"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "编号.xlsx"


def column(path: Path) -> list[str]:
    (sheet,) = read_sheets(path)
    return ["".join(row.cells[:1]) for row in sheet.rows]


def code_of(path: Path) -> str:
    with pytest.raises(KdguiError) as caught:
        read_sheets(path)
    return caught.value.code


# Text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(tmp_path: Path, encoding: str, line_end: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(LIST.replace("\n", line_end).encode(encoding))

    assert column(path) == CELLS


def test_blanks_are_left_to_whoever_judges_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("  A 001 \n\u3000B002\n", encoding="utf-8")

    assert column(path) == ["  A 001 ", "\u3000B002"]


def test_a_csv_with_several_columns(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('日期,单据编号,金额\n2026-01-01,"CGDD1","1,000"\n2026-01-02,CGDD2,5\n', encoding="gbk")
    (sheet,) = read_sheets(path)

    assert [row.cells for row in sheet.rows][1] == ("2026-01-01", "CGDD1", "1,000")


def test_semicolons_and_tabs(tmp_path: Path) -> None:
    for name, mark in (("a.csv", ";"), ("b.txt", "\t"), ("c.csv", "\t")):
        path = tmp_path / name
        path.write_text(f"单号{mark}备注\nCGDD1{mark}x, y\n", encoding="utf-8")
        assert [row.cells for row in read_sheets(path)[0].rows] == [("单号", "备注"), ("CGDD1", "x, y")]


@pytest.mark.parametrize("mark", [",", ";", "，"])
def test_a_table_in_a_txt_is_seen_by_its_lines(tmp_path: Path, mark: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(f"单号{mark}备注\nCGDD1{mark}x\nCGDD2{mark}\n", encoding="utf-8")

    assert [row.cells for row in read_sheets(path)[0].rows] == [
        ("单号", "备注"),
        ("CGDD1", "x"),
        ("CGDD2", ""),
    ]


def test_excels_own_line_about_the_separator_is_no_row(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("sep=;\r\n单号;备注\r\nCGDD1;a,b,c,d\r\n", encoding="utf-8")

    assert [row.cells for row in read_sheets(path)[0].rows] == [("单号", "备注"), ("CGDD1", "a,b,c,d")]


def test_commas_in_a_list_are_not_cut(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("CGDD1,CGDD2\nCGDD3,CGDD4\n", encoding="utf-8")

    assert column(path) == ["CGDD1,CGDD2", "CGDD3,CGDD4"]


def test_a_stray_quote_swallows_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    lines = ['"A1', *(f"B{number:05d}" for number in range(30_000))]
    path.write_text("\n".join(lines), encoding="utf-8")

    assert column(path) == lines


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "file_not_text"),
        (b"%PDF-1.7\nCGDD0001", "file_not_text"),
        (bytes(range(256)), "file_not_text"),
        (b"\xff\xff\xff\xff", "file_not_text"),
        (b"A\x01B", "file_not_text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "file_protected"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "file_damaged"),
        (b"\r\n <?xml version='1.0'?><Workbook/>", "file_other_sheet"),
        (b"PK\x03\x04 not a zip at all", "file_damaged"),
    ],
)
def test_files_of_another_kind_are_told(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(content)

    assert code_of(path) == code


def test_files_that_are_not_there_or_too_big(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert code_of(tmp_path / "nothing.txt") == "file_missing"
    assert code_of(tmp_path) == "not_readable"
    monkeypatch.setattr("kdgui.store.imports.number_files.MOST_MEGABYTES", 0)
    (tmp_path / "a.txt").write_text("x")
    assert code_of(tmp_path / "a.txt") == "file_too_big"


def test_an_empty_file_has_no_numbers(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()

    assert column(tmp_path / "a.txt") == []


@given(st.binary(max_size=300))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_file_makes_a_traceback(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(content)
    with contextlib.suppress(BadInput):
        assert isinstance(read_sheets(path), tuple)


# The lines of the command line


def test_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    content = "\ufeff  CGDD 1 \r\nCGDD2\rA\u3000B\u3000\n\n \nCGDD2\x0cX".encode()
    path.write_bytes(content)
    expected = ("CGDD 1", "CGDD2", "A\u3000B", "CGDD2\x0cX")
    assert read_number_lines(str(path)) == expected

    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert read_number_lines("-") == expected


def test_lines_that_are_no_utf8(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("单号".encode("gbk"))
    with pytest.raises(BadInput, match="file_not_text"):
        read_number_lines(str(path))
    with pytest.raises(BadInput, match="file_missing"):
        read_number_lines(str(tmp_path / "nothing"))


# Excel


def sheet_of(path: Path) -> tuple[openpyxl.Workbook, Worksheet]:
    book = openpyxl.Workbook()
    assert isinstance(book.active, Worksheet)
    return book, book.active


def replace_in(path: Path, old: bytes, new: bytes) -> None:
    """Make `path` of plain.xlsx beside it, with what XlsxWriter cannot write."""
    with zipfile.ZipFile(path.with_name("plain.xlsx")) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(old, new))


@pytest.mark.parametrize(
    ("value", "number_format", "seen"),
    [
        ("000123", "@", "000123"),
        ("=1+1", "@", "=1+1"),
        (123, "000000", "000123"),
        (0, "000", "000"),
        (12345678, "0000-0000", "1234-5678"),
        (123, '"CGDD"000000', "CGDD000123"),
        (123, "\\A000000", "A000123"),
        (123, "000000;[Red]-000000", "000123"),
        (123, "[$-804]000000", "000123"),
        ("000123", '"CGDD"@', "CGDD000123"),
        ("000123", '0;0;0;"CGDD-"@"(a)"', "CGDD-000123(a)"),
        (7, "_ 00", "07"),
        (123, "General", "123"),
        (123.0, "General", "123"),
        (12345678901234, "General", "12345678901234"),
        (123456789012345, "0", "123456789012345"),
        (1234567, "#,##0", "1234567"),
        (12.5, "0.00", "12.50"),
        (12.5, "0.0#", "12.5"),
        (12.5, "General", "12.5"),
        (-5, "000", "-005"),
        # beyond fifteen digits Excel has lost the rest: what is left must look lost
        (1.23e15, "General", "1.23E+15"),
        (1230000000000000, "General", "1.23E+15"),
        (1230000000000000, "0", "1230000000000000"),
        (1230000000000000, '"CGDD"0', "1.23E+15"),
        (1230000000000000, "0000-0000", "1.23E+15"),
        (1.2345678901234567e17, "0", "1.23457E+17"),
        (1234567890123450, "General", "1.23457E+15"),
        (True, "General", "TRUE"),
        (date(2026, 11, 23), "yyyy-mm-dd", "2026-11-23"),
        (datetime(2026, 11, 23), 'm"月"d"日"', "2026-11-23"),  # noqa: DTZ001 - Excel has no time zones
        (datetime(2026, 11, 23, 8, 5), "yyyy-mm-dd hh:mm", "2026-11-23 08:05:00"),  # noqa: DTZ001 - as above
        ("#N/A", "General", "#N/A"),
    ],
)
def test_cells_as_the_clerk_saw_them(path: Path, value: Any, number_format: str, seen: str) -> None:
    book, sheet = sheet_of(path)
    cell = sheet.cell(1, 1)
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "e" if value.startswith("#") else "s"
    cell.number_format = number_format
    book.save(path)

    assert column(path) == [seen]


@pytest.mark.parametrize("number_format", ["General", "0"])
def test_digits_that_excel_never_rounded_are_kept(path: Path, number_format: str) -> None:
    """Other programs write all digits of a long number into the file."""
    with xlsxwriter.Workbook(path.with_name("plain.xlsx")) as book:
        book.add_worksheet().write_number(0, 0, 5, book.add_format({"num_format": number_format}))
    replace_in(path, b"<v>5</v>", b"<v>12345678901234567</v>")

    assert column(path) == ["12345678901234567"]


def test_hidden_rows_are_read_and_marked(path: Path) -> None:
    book, sheet = sheet_of(path)
    for row in range(1, 6):
        sheet.cell(row, 1).value = f"CGDD00{row}"
    sheet.row_dimensions[2].hidden = True
    sheet.row_dimensions[4].hidden = True
    book.save(path)
    (read,) = read_sheets(path)

    assert read.hidden_rows == 2
    assert [row.number for row in read.rows if row.hidden] == [2, 4]
    assert len(read.rows) == 5, "never lost in silence"


def test_the_sheet_on_top_comes_first_and_hidden_ones_are_marked(path: Path) -> None:
    book, first = sheet_of(path)
    first["A1"] = "FIRST1"
    book.create_sheet("空的")
    second = book.create_sheet("第二张")
    second["A1"] = "SECOND1"
    hidden = book.create_sheet("藏着的")
    hidden["A1"] = "HIDDEN1"
    hidden.sheet_state = "hidden"
    book.active = book.index(second)
    book.save(path)
    sheets = read_sheets(path)

    assert [sheet.name for sheet in sheets] == ["第二张", first.title, "藏着的"]
    assert [sheet.hidden for sheet in sheets] == [False, False, True]


def test_formulas_count_by_their_last_value(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_string(0, 0, "单据编号")
        sheet.write_formula(1, 0, '="CGDD"&TEXT(1,"000000")', None, "CGDD000001")
        sheet.write_formula(2, 0, "=1+1", None, 2)

    assert column(path) == ["单据编号", "CGDD000001", "2"]


def test_a_formula_nobody_calculated_is_shown_as_it_is(path: Path) -> None:
    """Its row must not vanish; the grid refuses what begins like a formula."""
    book, sheet = sheet_of(path)
    sheet["A1"] = "单据编号"
    sheet["A2"] = '="CGDD"&"1"'
    sheet["A3"] = "CGDD2"
    book.save(path)

    assert column(path) == ["单据编号", '="CGDD"&"1"', "CGDD2"]


def test_an_empty_result_is_empty(path: Path) -> None:
    """=IF(A2="","",A2) copied down a thousand rows is not a thousand numbers."""
    with xlsxwriter.Workbook(path.with_name("plain.xlsx")) as book:
        sheet = book.add_worksheet()
        sheet.write_string(0, 0, "CGDD1")
        for row in range(1, 50):
            sheet.write_formula(row, 0, '=IF(B1="","",B1)', None, "nothing")
    replace_in(path, b"<v>nothing</v>", b"<v></v>")

    assert column(path) == ["CGDD1"]


def test_cells_with_line_breaks_and_quotes_stay_whole(path: Path) -> None:
    book, sheet = sheet_of(path)
    sheet["A1"] = 'a "b"\nc'
    sheet["B1"] = "d\te"
    sheet["A2"] = "f"
    book.save(path)

    assert [row.cells for row in read_sheets(path)[0].rows] == [('a "b"\nc', "d\te"), ("f",)]


def test_columns_keep_their_places(path: Path) -> None:
    book, sheet = sheet_of(path)
    sheet["C2"] = "单据编号"
    sheet["E2"] = "备注"
    sheet["E3"] = "只有备注"
    sheet["C4"] = "CGDD1"
    book.save(path)
    (read,) = read_sheets(path)

    assert [row.cells for row in read.rows] == [("单据编号", "", "备注"), ("", "", "只有备注"), ("CGDD1",)]
    assert ([row.number for row in read.rows], read.first_column) == ([2, 3, 4], 3)


def test_merged_cells_are_seen_as_long_as_one_of_their_rows_is(path: Path) -> None:
    book, sheet = sheet_of(path)
    for place in ("A1", "A3", "A5"):
        sheet[place] = f"CGDD{place}"
    for row in range(1, 7):
        sheet.cell(row, 2).value = "material"
    for area in ("A1:A2", "A3:A4", "A5:A6"):
        sheet.merge_cells(area)
    for row in (3, 5, 6):
        sheet.row_dimensions[row].hidden = True
    book.save(path)
    rows = read_sheets(path)[0].rows

    assert [row.cells[0] for row in rows if not row.hidden] == ["CGDDA1", "", "CGDDA3"]
    assert [row.cells[0] for row in rows if row.hidden] == ["", "CGDDA5", ""]


def test_hidden_columns_are_marked(path: Path) -> None:
    book, sheet = sheet_of(path)
    sheet.append(["", "CGDD1", "XSDD1", "CGRK1"])
    sheet.column_dimensions.group("B", "C", hidden=True)
    book.save(path)
    (read,) = read_sheets(path)

    assert (read.first_column, read.hidden_columns) == (2, frozenset({0, 1}))


@pytest.mark.parametrize("name", ["mimetype", "Index/Document.iwa", "word/document.xml"])
def test_other_offices_files_are_told(path: Path, name: str) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, "x")

    assert code_of(path) == "file_other_sheet"


def test_a_formatted_millionth_row_costs_nothing(path: Path) -> None:
    book, sheet = sheet_of(path)
    sheet["A1"] = "CGDD1"
    sheet["C1048576"] = "CGDD2"
    book.save(path)

    assert [row.number for row in read_sheets(path)[0].rows] == [1, 1_048_576]


def test_workbooks_with_odd_parts_are_read_without_a_warning(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_string(0, 0, "CGDD1")
        sheet.data_validation("B1", {"validate": "list", "source": "=$D$1:$D$5"})
        sheet.conditional_format("A1:A5", {"type": "data_bar", "data_bar_2010": True})
        sheet.add_sparkline("C1", {"range": "D1:D5"})
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=Sheet1!$D$1:$D$5"})
        book.add_chartsheet().set_chart(chart)

    assert column(path) == ["CGDD1"]


@pytest.mark.parametrize("damage", ["cut", "sheet", "workbook", "strings", "styles", "no parts"])
def test_damaged_workbooks_are_told(path: Path, damage: str) -> None:
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet().write_string(0, 0, "CGDD1")
    content = path.read_bytes()
    if damage == "cut":
        path.write_bytes(content[: len(content) // 2])
    else:
        spoilt = {"sheet": "sheet1.xml", "strings": "sharedStrings.xml"}.get(damage, f"{damage}.xml")
        with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(path, "w") as new:
            for name in old.namelist():
                if damage == "no parts":
                    continue
                part = old.read(name)
                new.writestr(name, part[: len(part) // 2] if name.endswith(spoilt) else part)
            new.writestr("odd.txt", "x")

    assert code_of(path) == "file_damaged"


@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_broken_byte_makes_no_traceback(path: Path, data: st.DataObject) -> None:
    if not path.exists():
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet()
            sheet.write_string(0, 0, "CGDD1")
            sheet.write_number(1, 0, 5, book.add_format({"num_format": "000"}))
    content = bytearray(path.read_bytes())
    for _ in range(3):
        content[data.draw(st.integers(4, len(content) - 1))] = data.draw(st.integers(0, 255))
    broken = path.with_name("broken.xlsx")
    broken.write_bytes(content)
    with contextlib.suppress(BadInput):
        assert isinstance(read_sheets(broken), tuple)


def test_a_bomb_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kdgui.store.imports.excel_package.MOST_UNPACKED", 10_000_000)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 12_000_000)

    assert code_of(path) == "file_too_big"
