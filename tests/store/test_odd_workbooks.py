"""Workbooks of other programs: nothing lost in silence, nothing sound refused, nothing hostile harmful."""

from __future__ import annotations

import time
import zipfile
from pathlib import Path

import pytest

from kdgui.store.imports.binary_reader import _by_calamine
from kdgui.store.imports.number_column import RowFate, read_sheets_found
from kdgui.store.imports.number_files import open_number_file, read_sheets, read_text_anew
from tests.store.odd_workbooks import cell, column, save, shared, styles, worksheet

SAMPLES = Path(__file__).parent / "samples"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "编号.xlsx"


def first_column(path: Path) -> list[str]:
    (sheet,) = read_sheets(path)
    return [row.cells[0] for row in sheet.rows]


# Silent losses


def test_escapes_are_decoded_once_in_every_kind_of_text(path: Path) -> None:
    rows = (
        f'<row r="1">{cell("A1", 0, kind="s")}</row><row r="2">{cell("A2", 1, kind="s")}</row>'
        f'<row r="3">{cell("A3", "CGDD000003_x000d_")}</row>'
        '<row r="4"><c r="A4" t="str"><f>B1</f><v>CGDD000004_x000D_</v></c></row>'
    )
    strings = shared("<t>CGDD000001_x000D_</t>", "<t>CGDD_x005F_x000D_</t>")
    assert first_column(save(path, worksheet(rows), strings=strings)) == [
        *("CGDD000001\r", "CGDD_x000D_", "CGDD000003\r", "CGDD000004\r"),
    ]
    found = read_sheets_found(read_sheets(path))
    assert found.reading.numbers[0].text == "CGDD000001"


def test_runs_are_joined_and_how_they_are_read_aloud_is_not(path: Path) -> None:
    text = "<r><t>CGDD</t></r><r><rPr><b/></rPr><t>000001</t></r><rPh sb='0' eb='1'><t>シージー</t></rPh>"
    sheet = worksheet(f'<row r="1">{cell("A1", 0, kind="s")}</row>')
    assert first_column(save(path, sheet, strings=shared(text))) == ["CGDD000001"]


@pytest.mark.parametrize("ident", [14, 22, *range(27, 37), *range(50, 59)])
def test_the_dates_of_chinese_excel_are_dates(path: Path, ident: int) -> None:
    rows = f'<row r="1">{cell("A1", 45296, 1)}</row>'
    found = read_sheets_found(read_sheets(save(path, worksheet(rows), style=styles(built_in=(ident,)))))
    assert [number.trouble for number in found.reading.numbers] == ["date"]


def test_a_row_in_several_pieces_keeps_all_its_cells(path: Path) -> None:
    rows = (
        f'<row r="1">{cell("A1", "CGDD000001")}</row><row r="1">{cell("B1", "x")}</row>'
        f'<row r="2">{cell("B2", "y")}</row><row r="2">{cell("A2", "CGDD000002")}</row>'
    )
    (sheet,) = read_sheets(save(path, worksheet(rows)))
    assert [row.cells for row in sheet.rows] == [("CGDD000001", "x"), ("CGDD000002", "y")]


def test_cells_and_rows_without_places_follow_on_each_other(path: Path) -> None:
    rows = "<row><c><v>1</v></c><c><v>2</v></c></row><row><c t='str'><v>CGDD1</v></c></row>"
    (sheet,) = read_sheets(save(path, worksheet(rows)))
    assert [(row.number, row.cells) for row in sheet.rows] == [(1, ("1", "2")), (2, ("CGDD1",))]


@pytest.mark.parametrize("name", ["stil.xml", "/xl/other/S.xml|other/S.xml", "STYLES.XML|styles.xml"])
def test_the_styles_are_found_whatever_they_are_called(path: Path, name: str) -> None:
    rows = f'<row r="1">{cell("A1", 412, 1)}</row>'
    save(path, worksheet(rows), style=styles("000000"), names={"styles": name})
    assert first_column(path) == ["000412"]


@pytest.mark.parametrize(
    ("value", "number_format", "seen"),
    [
        (412, '"XS"General', "XS412"),
        (412, 'General"号"', "412号"),
        (1412, '[>=1000]"A"0;"B"0', "A1412"),
        (412, '[>=1000]"A"0;"B"0', "B412"),
        (412, '[<100]"A"0;[<1000]"B"0;"C"0', "B412"),
        (12.5, ".00", "12.50"),
        (0.5, ".00", ".50"),
        (72602.625, "0.00", "72602.63"),
        (22634.5, "0", "22635"),
        (1234, '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ', "1234"),
        (0, '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ', "-"),
        (-5, "0;(0)", "(5)"),
        (7, '0;;"无"', "7"),
        (0, '0;;"无"', "无"),
        (412, '"编号;"000000', "编号;000412"),
        (202611230001, "# ?/?", "202611230001"),
        (45296, '"m"000000', "m045296"),
        (45296, "[DBNum1]yyyy年m月", "2024-01-05"),
        (0.5, "上午/下午h时", "12:00:00"),
    ],
)
def test_formats_show_what_excel_shows(path: Path, value: float, number_format: str, seen: str) -> None:
    rows = f'<row r="1">{cell("A1", value, 1)}</row>'
    assert first_column(save(path, worksheet(rows), style=styles(number_format))) == [seen]


def test_blanks_that_formats_add_are_no_cleaning(path: Path) -> None:
    save(
        path,
        worksheet(column("单据编号", *[20260001 + n for n in range(3)], style=1)),
        style=styles("_ * 0_ "),
    )
    reading = read_sheets_found(read_sheets(path)).reading
    assert (len(reading.numbers), reading.cleaned) == (3, 0)


def test_a_formulas_zero_is_no_bill(path: Path) -> None:
    rows = (
        f'<row r="1">{cell("A1", "CGDD000001")}</row><row r="2"><c r="A2"><f>B2</f><v>0</v></c></row>'
        '<row r="3"><c r="A3" s="1"><f>B3</f><v>0</v></c></row>'
        '<row r="4"><c r="A4"><f>B4</f><v>412</v></c></row>'
    )
    save(path, worksheet(rows), style=styles("000000"))
    assert first_column(path) == ["CGDD000001", "412"]


def test_rows_without_height_and_columns_without_width_are_hidden(path: Path) -> None:
    rows = (
        f'<row r="1">{cell("A1", "CGDD1")}</row>'
        f'<row r="2" ht="0" customHeight="1">{cell("A2", "CGDD2")}</row>'
        f'<row r="3" hidden="true">{cell("A3", "CGDD3")}{cell("B3", "x")}</row>'
    )
    before = '<cols><col min="2" max="2" width="0" customWidth="1"/></cols>'
    (sheet,) = read_sheets(save(path, worksheet(rows, before)))
    assert [row.hidden for row in sheet.rows] == [False, True, True]
    assert sheet.hidden_columns == {1}


# Refused though sound


@pytest.mark.parametrize(
    "names",
    [
        {"strings": "SharedStrings.xml|sharedstrings.XML"},
        {"strings": "\\xl\\sharedStrings.xml|sharedStrings.xml"},
        {"sheet": "/xl/worksheets/Sheet1.xml|worksheets/sheet1.xml"},
        {"sheet": "worksheets/sheet1.xml|xl\\worksheets\\sheet1.xml"},
    ],
)
def test_parts_in_other_letters_and_with_other_slashes(path: Path, names: dict[str, str]) -> None:
    rows = f'<row r="1">{cell("A1", 0, kind="s")}</row>'
    assert first_column(save(path, worksheet(rows), strings=shared("<t>CGDD1</t>"), names=names)) == ["CGDD1"]


def test_shared_strings_that_are_named_and_not_there(path: Path) -> None:
    assert first_column(save(path, worksheet(column("CGDD1")))) == ["CGDD1"]
    lost = worksheet(f'<row r="1">{cell("A1", "CGDD1")}</row><row r="2">{cell("A2", 5, kind="s")}</row>')
    found = read_sheets_found(read_sheets(save(path, lost)))
    assert [number.trouble for number in found.reading.numbers] == ["", "garbled"]


def test_what_says_nothing_of_numbers_does_not_stop_the_reading(path: Path) -> None:
    after = '<mergeCells><mergeCell ref="B5:A1"/><mergeCell ref="nonsense"/></mergeCells>'
    broken = "<cp:coreProperties xmlns:cp='x'><created>not a date</created></cp:coreProperties"
    save(
        path,
        worksheet(column("CGDD1"), after=after),
        style=styles(),
        state="show",
        more={"docProps/core.xml": broken, "xl/theme/theme1.xml": "<broken"},
    )
    (sheet,) = read_sheets(path)
    assert (sheet.rows[0].cells, sheet.hidden) == (("CGDD1",), False)


def test_strict_open_xml(path: Path) -> None:
    day = '<row r="2"><c r="A2" t="d"><v>2026-01-05T00:00:00</v></c></row>'
    rows = f'<row r="1">{cell("A1", "CGDD1")}</row>{day}'
    save(path, worksheet(rows), strict=True, style=styles())
    assert first_column(path) == ["CGDD1", "2026-01-05"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_prefixes_comments_and_other_encodings(path: Path, encoding: str) -> None:
    sheet = (
        f'<?xml version="1.0" encoding="{encoding}"?>'
        '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>'
        '<!-- </row> --><x:row r="1"><x:c r="A1" t="inlineStr">'
        "<x:is><x:t><![CDATA[CGDD</row>1]]></x:t></x:is></x:c>"
        "</x:row></x:sheetData></x:worksheet>"
    )
    save(path, worksheet(""))
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("xl/worksheets/sheet1.xml", sheet.encode(encoding))
    assert first_column(path) == ["CGDD</row>1"]


def test_comments_between_plain_rows(path: Path) -> None:
    rows = f"<!-- a -->{column('CGDD1')}<!-- b --><row r='2'>{cell('A2', 'CGDD2')}</row><?pi?>"
    assert first_column(save(path, worksheet(rows))) == ["CGDD1", "CGDD2"]
    rows = f'{column("CGDD1")}<row r="2"><c r="A2" t="str"><v><![CDATA[A</row>B]]></v></c></row>'
    assert first_column(save(path, worksheet(rows))) == ["CGDD1", "A</row>B"]


def test_old_workbooks_tell_formats_and_hidden_rows() -> None:
    found = read_sheets_found(read_sheets(SAMPLES / "traps.xls"))
    texts = [number.text for number in found.reading.numbers]
    assert {"000006", "CGDD000007", "CGDD000008", "000026"} <= set(texts)
    assert found.reading.count(RowFate.HIDDEN) == 2
    assert "CGDD000022" not in texts
    assert {number.trouble for number in found.reading.numbers} >= {"error_value", "scientific", "date"}
    assert (found.doubtful, found.sheets[0].untold) == (False, frozenset())


def test_what_python_calamine_reads_keeps_its_places_and_says_what_it_cannot_tell(path: Path) -> None:
    """As .xlsb files are read; the library reads this kind as well."""
    rows = f'<row r="3">{cell("C3", "CGDD1")}</row><row r="5">{cell("D5", 412.0)}{cell("E5", 1.5)}</row>'
    content = save(path, worksheet(rows)).read_bytes()
    pieces = list(_by_calamine(content))
    assert [row for piece in pieces for row in piece.rows] == [
        *((3, False, 3, ["CGDD1", "", ""]), (5, False, 3, ["", "412", "1.5"])),
    ]
    assert pieces[-1].untold == ["rows", "formats"]


def test_libreoffices_own_workbooks() -> None:
    found = read_sheets_found(read_sheets(SAMPLES / "traps.ods"))
    texts = [number.text for number in found.reading.numbers]
    assert {"000006", "CGDD000007", "CGDD000008", "CGDD000015", "000026"} <= set(texts)
    assert (found.reading.count(RowFate.HIDDEN), "CGDD000022" in texts) == (2, False)
    assert [sheet.name for sheet in found.sheets] == ["采购订单", "说明"]


SPREADSHEET = """<?xml version="1.0" encoding="{encoding}"?>
<?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" xmlns:x="urn:schemas-microsoft-com:office:excel">
<Styles><Style ss:ID="s1"><NumberFormat ss:Format="000000"/></Style>
<Style ss:ID="s2"><NumberFormat ss:Format="Short Date"/></Style></Styles>
<Worksheet ss:Name="订单"><Table><Column ss:Index="2" ss:Hidden="1"/>
<Row><Cell><Data ss:Type="String">单据编号</Data></Cell><Cell><Data ss:Type="String">备注</Data></Cell></Row>
<Row ss:Index="4"><Cell ss:StyleID="s1"><Data ss:Type="Number">412</Data></Cell></Row>
<Row ss:Hidden="1"><Cell><Data ss:Type="String">CGDD000002</Data></Cell></Row>
<Row><Cell ss:Index="1"><Data ss:Type="String">CGDD000003</Data></Cell></Row>
<Row><Cell ss:StyleID="s2"><Data ss:Type="DateTime">2026-01-05T00:00:00.000</Data></Cell></Row>
</Table></Worksheet></Workbook>"""


@pytest.mark.parametrize("encoding", ["utf-8", "gb2312"])
def test_xml_that_is_called_xls(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(SPREADSHEET.format(encoding=encoding).encode(encoding))
    (sheet,) = read_sheets(path)
    assert [(row.number, row.cells[0], row.hidden) for row in sheet.rows] == [
        *((1, "单据编号", False), (4, "000412", False), (5, "CGDD000002", True), (6, "CGDD000003", False)),
        (7, "2026-01-05", False),
    ]
    assert (sheet.name, sheet.hidden_columns) == ("订单", {1})


PAGE = """<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset="{encoding}">
<style>td{{mso-number-format:'\\@'}}</style></head><body><table>
<tr><th rowspan=2>单据编号</th><th colspan=2>金额</th></tr><tr><th>a</th><th>b</th></tr>
<tr><td>CGDD000001&nbsp;</td><td>5<td>6</tr><tr style="display: none"><td>CGDD000002</td></tr>
<tr><td>CGDD<b>000003</b><br>x</td></tr></table></body></html>"""


@pytest.mark.parametrize("encoding", ["utf-8", "gb2312"])
def test_web_pages_that_are_called_xls(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(PAGE.format(encoding=encoding).encode(encoding))
    (sheet,) = read_sheets(path)
    assert [row.cells for row in sheet.rows] == [
        *(
            ("单据编号", "金额"),
            ("", "a", "b"),
            ("CGDD000001\xa0", "5", "6"),
            ("CGDD000002",),
            ("CGDD000003\nx",),
        ),
    ]
    assert [row.number for row in sheet.rows if row.hidden] == [4]


def test_a_web_archive(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    body = PAGE.format(encoding="utf-8").encode().hex(" ").upper().split()
    quoted = "=\n".join("".join(f"={each}" for each in body[at : at + 20]) for at in range(0, len(body), 20))
    path.write_text(
        'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="----=_B"\n\n------=_B\n'
        'Content-Type: text/html; charset="utf-8"\nContent-Transfer-Encoding: quoted-printable\n\n'
        f"{quoted}\n------=_B--\n"
    )
    (sheet,) = read_sheets(path)
    assert sheet.rows[2].cells[0] == "CGDD000001\xa0"


GBK = "单据编号,备注\r\nCGDD000001,好\r\nCGDD000002,加急\r\n".encode("gbk")


@pytest.mark.parametrize(
    ("content", "encoding", "garbled"),
    [
        (GBK + b"CGDD000003," + b"\xb1\r\n", "gb18030", False),
        (GBK + b"\xb1\r\n", "gb18030", True),
        (GBK + b"\x1a", "gb18030", False),
        (GBK + b"\x1a" + bytes(100), "gb18030", False),
        ("单据编号,x\r\nCGDD000001,\U0001fae9\r\nCGDD000002,\U0001fae8\r\n".encode(), "utf-8", False),
        (
            "单据编号,x\r\nCGDD000001,y\r\nCGDD000002,y\r\n".encode() + "急".encode()[:2] + b"\r\n",
            "utf-8",
            True,
        ),
        ("No,Name\r\nCGDD000001,M\xfcller\r\nCGDD000002,Caf\xe9\r\n".encode("cp1252"), "cp1252", False),
        ("单据编号,x\r\nCGDD000001,y\r\nCGDD000002,y\r\n".encode("utf-16-le"), "utf-16-le", False),
        ("单据编号,x\r\nCGDD000001,y\r\nCGDD000002,y\r\n".encode("utf-16-be"), "utf-16-be", False),
    ],
)
def test_texts_with_a_flaw_are_read_and_the_flaw_is_marked(
    tmp_path: Path, content: bytes, encoding: str, garbled: bool
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    file = open_number_file(path)
    assert file.text is not None
    assert file.text.encoding == encoding
    reading = read_sheets_found(file.sheets).reading
    assert [number.text for number in reading.numbers][:2] == ["CGDD000001", "CGDD000002"]
    assert ("garbled" in {number.trouble for number in reading.numbers}) is garbled


def test_a_text_can_be_read_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("单据编号;备注\nCGDD000001;好,急\nCGDD000002;好,x\n".encode("gbk"))
    file = open_number_file(path)
    assert file.text is not None
    assert (file.text.separator, file.text.encoding) == (";", "gb18030")
    assert read_text_anew(file.text, separator=",").sheets[0].rows[1].cells == ("CGDD000001;好", "急")
    assert read_text_anew(file.text, separator="").sheets[0].rows[1].cells == ("CGDD000001;好,急",)
    other = read_text_anew(file.text, encoding="cp1252")
    assert other.sheets[0].rows[0].cells[0] == "µ¥¾Ý±àºÅ"
    assert other.text is not None
    assert read_text_anew(other.text, encoding="gb18030").sheets == file.sheets


def test_thirty_numbers_above_very_many_empty_rows(path: Path) -> None:
    empty = "".join(f'<row r="{row}" s="1" customFormat="1"/>' for row in range(31, 300_000))
    save(path, worksheet(column(*[f"CGDD{n:06d}" for n in range(30)]) + empty))
    began = time.thread_time()
    assert len(first_column(path)) == 30
    assert time.thread_time() - began < 15


def test_columns_beyond_the_first_two_hundred(path: Path) -> None:
    rows = "".join(
        f'<row r="{n}">{cell(f"A{n}", f"x{n}")}{cell(f"XFD{n}", f"CGDD{n:06d}")}</row>' for n in range(1, 9)
    )
    found = read_sheets_found(read_sheets(save(path, worksheet(rows))))
    sheet = found.sheets[0]
    assert found.reading.numbers[0].text == "CGDD000001"
    assert sheet.column_number(found.reading.column) == 16_384
    assert len(sheet.rows[0].cells) == 2
