"""Reading pasted numbers: what goes in comes out, what is damaged is refused, nothing vanishes uncounted."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kdgui.pushing.numbers import (
    LONGEST_NUMBER,
    MOST_NUMBERS,
    duplicates,
    identity,
    read_bill_number,
    read_paste,
    read_table,
)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("CGDD000412", "CGDD000412"),
        ("  CGDD000412\t", "CGDD000412"),
        ("\u3000CGDD000412\u00a0", "CGDD000412"),
        ("\ufeffCGDD000412\u200b\u200e", "CGDD000412"),
        ("CGDD000412\0", "CGDD000412"),
        ("CG DD 000412", "CG DD 000412"),
        ("CG\u3000DD", "CG\u3000DD"),
        ("000412", "000412"),
        ("202611230001", "202611230001"),
        ("1234567890123456", "1234567890123456"),
        ("采购[2026]第007号", "采购[2026]第007号"),
        ("SO/2026/11/0001", "SO/2026/11/0001"),
        ("12E05", "12E05"),
        ("2026-0001", "2026-0001"),
        ("", ""),
        ("  \u3000 ", ""),
    ],
)
def test_reads_a_number_as_it_stands(cell: str, text: str) -> None:
    number = read_bill_number(cell)
    assert (number.text, number.original, number.cleaned, number.trouble) == (text, cell, False, "")


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("ＸＳＤＤ０００１", "XSDD0001"),
        ("CGDD－0001", "CGDD-0001"),
        ("\u3000CGDD（补）0001 ", "CGDD(补)0001"),
    ],
)
def test_proposes_half_width_and_says_so(cell: str, text: str) -> None:
    number = read_bill_number(cell)
    assert (number.text, number.original, number.cleaned, number.trouble) == (text, cell, True, "")


@pytest.mark.parametrize(
    ("cell", "trouble"),
    [
        ("1.23E+15", "scientific"),
        ("1.23457E+15", "scientific"),
        ("２.02611E+15", "scientific"),
        ("1E+20", "scientific"),
        ("2026112300010000", "rounded"),
        ("20261123000100000", "rounded"),
        ("20261123000123400", "rounded"),
        ("#N/A", "error_value"),
        ("#ref!", "error_value"),
        ("＃N/A", "error_value"),
        ("########", "error_value"),
        ("2026-11-23", "date"),
        ("2026/11/23", "date"),
        ("2026/11/23 08:30", "date"),
        ("2026年11月23日", "date"),
        ("11月23日", "date"),
        ("Nov-23", "date"),
        ("CGDD\u200b000412", "control"),
        ("CGDD\x07000412", "control"),
        ("CGDD\n备注", "control"),
        ("CGDD\ufffd\ufffd12", "garbled"),
        ("CGDD000412,CGDD000413", "several"),
        ("CGDD000412、CGDD000413", "several"),
        ("CGDD000412\nCGDD000413", "several"),
        ("CGDD000412 CGDD000413", "several"),
        ("A" * (LONGEST_NUMBER + 1), "too_long"),
        ("请先审核，再下推", "prose"),
        ("please push these bills today", "prose"),
    ],
)
def test_refuses_the_damaged_without_touching_them(cell: str, trouble: str) -> None:
    number = read_bill_number(cell)
    assert (number.text, number.trouble, number.cleaned) == (cell, trouble, False)


@given(st.text())
def test_never_raises_and_reads_its_own_text_the_same_again(cell: str) -> None:
    first = read_bill_number(cell)
    again = read_bill_number(first.text)
    assert first.original == cell
    assert (again.text, again.trouble) == (first.text, first.trouble)
    assert not again.cleaned


@given(st.from_regex(r"[A-Z]{2,6}[0-9]{3,12}", fullmatch=True))
def test_a_clean_number_is_never_changed(number: str) -> None:
    assert read_bill_number(number).text == number
    assert read_bill_number(f" \u3000{number}\u200b ").text == number
    assert [each.text for each in read_paste(number + "\r\n").numbers] == [number]


@given(st.text(max_size=3000))
def test_a_paste_never_raises_and_counts_every_row(text: str) -> None:
    paste = read_paste(text)
    if not paste.trouble:
        kept = len(paste.numbers) + paste.headers + paste.totals + paste.empties
        assert kept == len(read_table(text))
    else:
        assert paste.trouble in ("prose", "empty", "too_many")


@given(
    st.lists(
        st.from_regex(r"[A-Za-z]{3}[0-9]{4,9}", fullmatch=True).filter(lambda text: text.isascii()),
        min_size=1,
    )
)
def test_a_list_of_numbers_comes_back_whole_and_in_order(numbers: list[str]) -> None:
    assert [number.text for number in read_paste("\r\n".join(numbers) + "\r\n").numbers] == numbers


def test_excel_text_with_quoted_cells_and_a_last_line_end() -> None:
    text = 'CGDD1001\t"two\r\nlines"\t"say ""so"""\r\nCGDD1002\tplain\t\r\n'
    assert read_table(text) == [["CGDD1001", "two\r\nlines", 'say "so"'], ["CGDD1002", "plain", ""]]


def test_a_stray_quote_swallows_nothing() -> None:
    assert read_table('CGDD1001"\r\n"CGDD1002\r\nCGDD1003"\r\n') == [
        ['CGDD1001"'],
        ['"CGDD1002'],
        ['CGDD1003"'],
    ]


def test_a_giant_cell_is_no_accident() -> None:
    assert read_paste('"' + "x" * 200_000 + '"').trouble == "prose"


def test_finds_the_number_column_among_several() -> None:
    text = (
        "序号\t日期\t单据编号\t供应商\t金额\r\n"
        "1\t2026-11-23\tCGDD000412\tVEN00001\t1,200.00\r\n"
        "2\t2026-11-23\tCGDD000413\tVEN00001\t98.50\r\n"
        "\t\t\t\t\r\n"
        "合计\t\t\t\t1,298.50\r\n"
    )
    paste = read_paste(text)
    assert [number.text for number in paste.numbers] == ["CGDD000412", "CGDD000413"]
    assert (paste.column, paste.columns[2], len(paste.columns)) == (2, "单据编号", 5)
    assert (paste.headers, paste.totals, paste.empties, paste.trouble) == (1, 1, 1, "")


def test_finds_the_column_without_a_header_too() -> None:
    rows = "".join(f"{n}\tVEN00001\t{n * 3.5:.2f}\tCGDD{n:06d}\r\n" for n in range(1, 40))
    assert read_paste(rows).column == 3


def test_the_clerk_may_choose_another_column() -> None:
    paste = read_paste("CGDD000412\tXSDD000001\r\nCGDD000413\tXSDD000002\r\n", column=1)
    assert [number.text for number in paste.numbers] == ["XSDD000001", "XSDD000002"]


@pytest.mark.parametrize(
    "header", ["编号", "单据编号", "采购订单单据编号", "Bill No.", "BILL NO", "FBillNo", "单号："]
)
def test_header_rows_are_left_out(header: str) -> None:
    paste = read_paste(f"{header}\r\nCGDD000412\r\n")
    assert ([number.text for number in paste.numbers], paste.headers) == (["CGDD000412"], 1)


@pytest.mark.parametrize("total", ["合计", "小计：", "Total", "合计: 12 张", "Grand total 1,200.00"])
def test_total_rows_are_left_out(total: str) -> None:
    paste = read_paste(f"CGDD000412\r\n{total}\r\n")
    assert ([number.text for number in paste.numbers], paste.totals) == (["CGDD000412"], 1)


def test_a_bill_number_that_begins_like_a_total_stays() -> None:
    assert [number.text for number in read_paste("TOTAL001\r\nSUM20260001").numbers] == [
        "TOTAL001",
        "SUM20260001",
    ]


def test_a_remark_in_words_does_not_spoil_a_table() -> None:
    rows = "".join(f"CGDD{n:06d}\t请尽快入库，谢谢！\t上海市浦东新区，某路，某号\r\n" for n in range(200))
    paste = read_paste(rows)
    assert (len(paste.numbers), paste.column, paste.trouble) == (200, 0, "")


PROSE = "本月的采购订单请尽快审核，审核后再下推入库；有问题请联系我。\n"


@pytest.mark.parametrize(
    "text",
    [
        PROSE * 12_000,
        PROSE.replace("\n", "") * 12_000,
        "The quick brown fox jumps over the lazy dog and runs away\n" * 18_000,
        "lorem ipsum dolor sit amet " * 40_000,
        "x" * 1_000_000,
        '"' + PROSE * 12_000 + '"',
    ],
)
def test_a_megabyte_of_prose_is_refused_at_once(text: str) -> None:
    began = time.perf_counter()
    paste = read_paste(text)
    seconds = time.perf_counter() - began
    assert (paste.trouble, paste.numbers) == ("prose", ())
    assert seconds < 0.3


@pytest.mark.parametrize("text", ["\t" * 1_000_000, "\n" * 150_000, "a\tb\n" * 150_000, "a\t" * 500_000])
def test_odd_megabytes_do_not_hang(text: str) -> None:
    began = time.perf_counter()
    read_paste(text)
    assert time.perf_counter() - began < 3


def test_twenty_thousand_numbers_are_fine_and_one_more_is_asked_about() -> None:
    numbers = [f"CGDD{n:06d}" for n in range(MOST_NUMBERS)]
    paste = read_paste("\n".join(numbers))
    assert [number.text for number in paste.numbers] == numbers
    assert (read_paste("\n".join([*numbers, "CGDD999999"])).trouble, paste.trouble) == ("too_many", "")


def test_duplicates_are_blind_to_case_width_and_blanks_at_the_ends() -> None:
    assert duplicates(["cgdd1", "CGDD2", "", "ＣＧＤＤ１", "CGDD2 ", "", "CGDD3"]) == {3: 0, 4: 1}


@given(st.text())
def test_identity_is_its_own_identity(text: str) -> None:
    assert identity(f" {text}\u3000") == identity(text)
