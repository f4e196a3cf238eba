"""Tables in which numbers were lost or added in silence: every right value that real sheets have taught."""

from __future__ import annotations

from pathlib import Path

import pytest

from kdgui.domain.bill_numbers import MOST_NUMBERS, SUSPECTED, read_cell
from kdgui.store.imports.html_tables import html_rows
from kdgui.store.imports.number_column import Reading, RowFate, TableFound, read_pasted, read_sheet
from kdgui.store.imports.text_tables import read_text, separator_of

SAMPLES = Path(__file__).parent / "samples"


def read(text: str, html: str = "") -> Reading:
    return read_pasted(text, html).reading


def texts(reading: Reading) -> list[str]:
    return [number.text for number in reading.numbers]


def sound(reading: Reading) -> list[str]:
    return [number.text for number in reading.numbers if not number.trouble]


def numbers(*wanted: int) -> list[str]:
    return [f"CGDD{number:06d}" for number in wanted]


def cells(text: str, *, csv: bool = False) -> list[tuple[str, ...]]:
    return [row.cells for row in read_text(text, comma_separated=csv).rows]


def page(
    *rows: str, hidden: tuple[int, ...] = (), program: str = "urn:schemas-microsoft-com:office:excel"
) -> str:
    """A page as Excel puts it beside a copied table; the cells of a row with tabs between."""
    lines = []
    for place, row in enumerate(rows):
        style = " height=0 style='display:none'" if place in hidden else ""
        lines.append(f"<tr{style}>" + "".join(f"<td>{cell}</td>" for cell in row.split("\t")) + "</tr>")
    layout = (
        "<![if supportMisalignedColumns]><tr height=0 style='display:none'><td width=72></td></tr><![endif]>"
    )
    return f'<html xmlns:x="{program}"><body><table>{"".join(lines)}{layout}</table></body></html>'


# Quotes

REMARKS = (
    '单据编号\t规格\nCGDD000001\t"加急\nCGDD000002\t好\nCGDD000003\t"退货\nCGDD000004\t好\nCGDD000005\tx\n'
)
DITTO = '单据编号\t规格\nCGDD000001\t加急\nCGDD000002\t"\nCGDD000003\t"\nCGDD000004\t"\nCGDD000005\tx\n'


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "text", [REMARKS, DITTO, REMARKS.replace('"加急', '"加急"'), REMARKS.replace('"退货', "x")]
)
def test_cells_that_begin_with_a_quote_swallow_no_rows(text: str, end: str) -> None:
    assert texts(read(text.replace("\n", end))) == numbers(1, 2, 3, 4, 5)


def test_a_column_of_quotes_stays_rows() -> None:
    reading = read('"CGDD000001\nCGDD000002\n"CGDD000003\n')
    assert texts(reading) == ['"CGDD000001', "CGDD000002", '"CGDD000003']
    assert [number.trouble for number in reading.numbers] == ["mixed", "", "mixed"]


def test_a_real_cell_of_several_lines_is_one_cell_whatever_stands_beside_it() -> None:
    """The quotes are an odd number, and one of them closes a real cell."""
    text = '单据编号\t规格\nCGDD000001\t"第一行\n第二行"\nCGDD000002\t12" 管\nCGDD000003\t"急\n'
    assert cells(text) == [
        *(("单据编号", "规格"), ("CGDD000001", "第一行\n第二行")),
        *(("CGDD000002", '12" 管'), ("CGDD000003", '"急')),
    ]
    reading = read('单据编号\n"CGDD000001\nCGDD000002"\nCGDD000003\n"CGDD000004\n')
    assert sound(reading) == numbers(1, 2, 3)
    assert texts(reading)[-1] == '"CGDD000004'


def test_quotes_inside_quotes_are_halved_only_where_quotes_were_needed() -> None:
    assert cells('CGDD000001\t"说 ""急""\n两行"\nCGDD000002\t"""x\n') == [
        ("CGDD000001", '说 "急"\n两行'),
        ("CGDD000002", '"""x'),
    ]


def test_the_page_decides_where_quotes_may_be_read_in_two_ways() -> None:
    text = '"CGDD000001\nCGDD000002"\nCGDD000003\n'
    one = page("CGDD000001<br>CGDD000002", "CGDD000003")
    three = page('"CGDD000001', 'CGDD000002"', "CGDD000003")
    assert sound(read(text, one)) == numbers(1, 2, 3)
    assert [number.trouble for number in read(text, three).numbers] == ["mixed", "mixed", ""]
    assert len(read_pasted(text, one).sheets[0].rows) == 2
    assert len(read_pasted(text, three).sheets[0].rows) == 3


def test_a_file_that_quotes_every_text_is_read_without_the_quotes() -> None:
    assert cells('"单据编号"\t"金额"\n"CGDD000001"\t5\n"CGDD000002"\t6\n')[1] == ("CGDD000001", "5")
    assert cells('"单据编号","备注"\n"CGDD000001","a, ""b""\nc"\n', csv=True)[1] == (
        "CGDD000001",
        'a, "b"\nc',
    )


def test_a_megabyte_of_quotes_is_read_in_a_moment() -> None:
    assert len(read_text('"\n' * 200_000).rows) == 200_000
    assert len(read_text('a\t"b\n' * 200_000).rows) == 200_000
    assert len(read_text('"' * 1_000_000).rows) == 1


# Hidden rows


def test_excels_layout_row_hides_nothing_and_costs_nothing() -> None:
    lines = ("单据编号", *numbers(1, 2, 3))
    found = read_pasted("\r\n".join(lines) + "\r\n", page(*lines, hidden=(2,)))
    assert texts(found.reading) == numbers(1, 3)
    assert found.reading.count(RowFate.HIDDEN) == 1
    assert not found.sheets[0].untold


def test_hidden_rows_are_found_in_pastes_of_any_size() -> None:
    lines = [
        f"CGDD{number:06d}\t供应商 {number % 7}\t备注备注备注备注备注备注备注备注备注"
        for number in range(1199)
    ]
    text = "\r\n".join(lines) + "\r\n"
    assert len(text) > 40_000
    hidden = tuple(place for place in range(1199) if place % 6)
    assert len(texts(read(text, page(*lines, hidden=hidden)))) == 1199 - len(hidden) == 200
    left_out = page(*(line for place, line in enumerate(lines) if place % 6 == 0), program="LibreOffice")
    assert len(texts(read(text, left_out))) == 200


def test_where_hidden_rows_cannot_be_told_it_is_said() -> None:
    text = "\n".join(numbers(1, 2, 3)) + "\n"
    assert read_pasted(text, page("CGDD000001", "something else")).sheets[0].untold == {"rows"}
    other = page("CGDD000001", "something else", program="a browser")
    assert not read_pasted(text, other).sheets[0].untold


@pytest.mark.parametrize(
    "html", ["<![x[", "<table><tr><td>a<![x[ b", "<!", "<![CDATA[", "<!--", "<tr" * 999, "<![if"]
)
def test_no_page_raises(html: str) -> None:
    html_rows(html)
    assert texts(read("CGDD000001\nCGDD000002\n", html)) == numbers(1, 2)


def test_a_real_paste_with_quotes_and_hidden_rows() -> None:
    """Put on an X clipboard by LibreOffice 7.4: ditto marks, inches, quotes; every sixth row hidden."""
    text, html = ((SAMPLES / f"calc_quotes.{kind}").read_text(encoding="utf-8") for kind in ("txt", "html"))
    reading = read(text, html)
    assert texts(reading) == numbers(*[number for number in range(1, 61) if (number + 1) % 6])
    assert (reading.count(RowFate.HIDDEN), reading.damaged, reading.cleaned) == (10, 0, 0)


# Separators


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        # full-width commas in remarks
        ("单据编号,备注\nCGDD000412,请尽快，谢谢，急，好\nCGDD000413,好，好，好，好\nCGDD000414,x\n", ","),
        # one tab in any cell
        ("单据编号,备注\nCGDD000412,请尽快\t下推\nCGDD000413,好\nCGDD000414,x\n", ","),
        # quoted commas in a file of semicolons
        ('单据编号;备注\nCGDD000412;"a,b,c"\nCGDD000413;"d,e,f"\n', ";"),
        ("单据编号;金额\nCGDD000412;12,50\nCGDD000413;13,50\n", ";"),
        ("单据编号|备注\nCGDD000412|请尽快下推\nCGDD000413|x\n", "|"),
        # one ragged line
        ("单据编号,备注\nCGDD000412,请尽快下推\nCGDD000413,好,急\nCGDD000414,x\n", ","),
        ("采购订单明细\n单据编号,备注\nCGDD000412,x\nCGDD000413,y\nCGDD000414,z\n", ","),
    ],
)
@pytest.mark.parametrize("csv", [True, False])
def test_the_separator_makes_equally_wide_rows(text: str, mark: str, csv: bool) -> None:
    assert separator_of(text, comma_separated=csv) == mark
    found: TableFound = read_pasted(text)
    assert sound(found.reading)[:2] == numbers(412, 413)
    assert found.reading.damaged == 0


def test_commas_in_remarks_divide_no_table_of_tabs() -> None:
    assert separator_of("CGDD000412\tx,y\nCGDD000413\tz,w\n") == "\t"
    assert separator_of("CGDD000412，请尽快\nCGDD000413\nCGDD000414\n") == "\t"


@pytest.mark.parametrize(
    "cell",
    [
        *("CGDD000412,请尽快下推", "CGDD000412，请尽快下推", "CGDD000412;x", "CGDD000412|甲", "CGDD000412,5"),
        *('"CGDD000412', 'CGDD000412"', "1,200.00", "CGDD000412；急", "CGDD000412,"),
    ],
)
def test_a_mark_beside_something_else_is_damage(cell: str) -> None:
    trouble = [number.trouble for number in read_cell(cell)]
    assert trouble == (["mixed"] if trouble != ["prose"] else ["prose"])
    assert SUSPECTED.issuperset(trouble)


def test_a_single_line_with_a_remark_is_damaged_and_never_sound() -> None:
    assert read("CGDD000412,请尽快下推\nCGDD000413,a,b\n").damaged == 2


# Totals, headings, labels


@pytest.mark.parametrize(
    "line",
    [
        "汇总",
        "总 计",
        "合　计",
        "Total",
        "总计(12 张)",
        "合计：3",
        "Grand Total",
        "累计",
        "CGDD000001 汇总",
        "CGDD000001 Total",
    ],
)
def test_totals_are_left_out(line: str) -> None:
    reading = read(f"单据编号\nCGDD000001\nCGDD000002\n{line}\n")
    assert (texts(reading), reading.fates[-1]) == (numbers(1, 2), RowFate.TOTAL)


@pytest.mark.parametrize(
    ("line", "fate"), [("(空白)", RowFate.EMPTY), ("(blank)", RowFate.EMPTY), ("0", RowFate.EMPTY)]
)
@pytest.mark.parametrize("header", ["单据编号\n", ""])
def test_nothing_is_no_number(line: str, fate: RowFate, header: str) -> None:
    reading = read(f"{header}CGDD000001\nCGDD000002\n{line}\n")
    assert (texts(reading), reading.fates[-1]) == (numbers(1, 2), fate)


@pytest.mark.parametrize("line", ["第1页/共1页", "第 1 页 共 3 页", "Page 1 of 3", "共 2 页"])
def test_page_numbers_are_no_bills(line: str) -> None:
    reading = read(f"单据编号\nCGDD000001\nCGDD000002\n{line}\n")
    assert (texts(reading), reading.fates[-1]) == (numbers(1, 2), RowFate.PAGE)


@pytest.mark.parametrize("word", ["合计", "Total", "小计"])
def test_a_bill_of_digits_beside_the_word_of_a_total_is_a_bill(word: str) -> None:
    reading = read(f"单据编号\t备注\n202611230001\t{word}\n202611230002\tx\n202611230003\ty\n")
    assert texts(reading) == ["202611230001", "202611230002", "202611230003"]


def test_the_count_in_a_line_of_totals_is_no_bill() -> None:
    reading = read("单据编号\t备注\n202611230001\tx\n202611230002\ty\n2\t合计\n")
    assert texts(reading) == ["202611230001", "202611230002"]


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "单号:CGDD000413",
            "单据编号：CGDD000413",
            "1. CGDD000412",
            "1、CGDD000412",
            "(2) CGDD000412",
            "①CGDD000412",
        ),
        *("No. CGDD000412", "采购订单 CGDD000413", "CGDD000001 汇总", "CGDD000001 Total"),
    ],
)
def test_a_number_with_a_label_is_asked_about(cell: str) -> None:
    (number,) = read_cell(cell)
    assert (number.trouble, number.text) == ("label", cell)
    assert "label" in SUSPECTED


@pytest.mark.parametrize(
    "cell", ["CGDD000412", "采购[2026]第007号", "SO/2026/11/0001", "A-1.2", "2026.001", "采购0002"]
)
def test_a_number_without_a_label_is_not_asked_about(cell: str) -> None:
    assert [number.trouble for number in read_cell(cell)] == [""]


# Many, long, and ticked


def test_a_hundred_thousand_numbers_are_taken() -> None:
    assert MOST_NUMBERS == 100_000
    reading = read("\n".join(f"CGDD{number:06d}" for number in range(100_000)))
    assert len(reading.numbers) == 100_000


def test_a_row_can_be_taken_in_and_left_out() -> None:
    found = read_pasted("单据编号\nCGDD000001\n汇总\nCGDD000002\n备注说明\n")
    reading = read_sheet(found.sheets[0], ticks={3: True, 4: False, 5: True, 2: True})
    assert texts(reading) == ["CGDD000001", "汇总", "备注说明"]
    assert reading.fates[3] is RowFate.UNTICKED
    assert [number.trouble for number in reading.numbers] == ["", "", ""]
