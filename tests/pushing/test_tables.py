"""Reading tables: the right column found or asked for, every row taken or told why not, prose refused."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kdgui.domain.bill_numbers import MOST_NUMBERS
from kdgui.store.imports.number_column import Reading, RowFate, read_pasted, read_sheet, read_sheets_found
from kdgui.store.imports.sheets import Sheet, SheetRow


def read(text: str) -> Reading:
    return read_pasted(text).reading


def texts(reading: Reading) -> list[str]:
    return [number.text for number in reading.numbers]


def sheet(name: str, *rows: tuple[str, ...], hidden: tuple[int, ...] = ()) -> Sheet:
    return Sheet(name, tuple(SheetRow(n, cells, n in hidden) for n, cells in enumerate(rows, start=1)))


@given(st.text(max_size=3000))
def test_a_paste_never_raises_and_counts_every_row(text: str) -> None:
    found = read_pasted(text)
    reading, rows = found.reading, found.sheets[found.place].rows
    assert reading.trouble in ("", "prose", "empty", "too_many")
    if not reading.trouble:
        assert len(reading.fates) == len(reading.rows) == len(rows)
        assert all(
            bool(row) is (fate is RowFate.TAKEN)
            for row, fate in zip(reading.rows, reading.fates, strict=True)
        )


@given(
    st.lists(
        st.from_regex(r"[A-Za-z]{3}[0-9]{4,9}", fullmatch=True).filter(lambda text: text.isascii()),
        min_size=1,
    )
)
def test_a_list_of_numbers_comes_back_whole_and_in_order(numbers: list[str]) -> None:
    assert texts(read("\r\n".join(numbers) + "\r\n")) == numbers


def test_a_giant_cell_is_no_accident() -> None:
    assert read('"' + "x" * 200_000 + '"').trouble == "prose"


def test_finds_the_number_column_among_several() -> None:
    text = (
        "序号\t日期\t单据编号\t供应商\t金额\r\n"
        "1\t2026-11-23\tCGDD000412\tVEN00001\t1,200.00\r\n"
        "2\t2026-11-23\tCGDD000413\tVEN00001\t98.50\r\n"
        "\t\t\t\t\r\n"
        "合计\t\t\t\t1,298.50\r\n"
    )
    paste = read(text)
    assert texts(paste) == ["CGDD000412", "CGDD000413"]
    assert (paste.column, paste.columns[2], len(paste.columns)) == (2, "单据编号", 5)
    assert paste.fates == (RowFate.HEADER, RowFate.TAKEN, RowFate.TAKEN, RowFate.EMPTY, RowFate.TOTAL)
    assert (paste.doubtful, paste.trouble) == (False, "")


def test_finds_the_column_without_a_header_too() -> None:
    rows = "".join(f"{n}\tVEN00001\t{n * 3.5:.2f}\tCGDD{n:06d}\r\n" for n in range(1, 40))
    assert read(rows).column == 3


def test_the_clerk_may_choose_another_column() -> None:
    found = read_pasted("CGDD000412\tXSDD000001\r\nCGDD000413\tXSDD000002\r\n")
    reading = read_sheet(found.sheets[0], column=1)
    assert (texts(reading), reading.doubtful) == (["XSDD000001", "XSDD000002"], False)


@pytest.mark.parametrize(
    "header",
    [
        "编号",
        "单据编号",
        "采购订单单据编号",
        "Bill No.",
        "BILL NO",
        "FBillNo",
        "单号：",
        "* 单据编号(必填)",
        "订单号",
    ],
)
def test_header_rows_are_left_out(header: str) -> None:
    paste = read(f"{header}\r\nCGDD000412\r\n")
    assert (texts(paste), paste.count(RowFate.HEADER)) == (["CGDD000412"], 1)


@pytest.mark.parametrize("total", ["合计", "小计：", "Total", "合计: 12 张", "Grand total 1,200.00"])
def test_total_rows_are_left_out(total: str) -> None:
    paste = read(f"CGDD000412\r\n{total}\r\n")
    assert (texts(paste), paste.count(RowFate.TOTAL)) == (["CGDD000412"], 1)


def test_a_bill_number_that_begins_like_a_total_stays() -> None:
    assert texts(read("TOTAL001\r\nSUM20260001")) == [
        "TOTAL001",
        "SUM20260001",
    ]


def test_a_remark_in_words_does_not_spoil_a_table() -> None:
    rows = "".join(f"CGDD{n:06d}\t请尽快入库，谢谢！\t上海市浦东新区，某路，某号\r\n" for n in range(200))
    paste = read(rows)
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
    began = time.thread_time()
    paste = read(text)
    seconds = time.thread_time() - began
    assert (paste.trouble, paste.numbers) == ("prose", ())
    assert seconds < 0.3


@pytest.mark.parametrize("text", ["\t" * 1_000_000, "\n" * 150_000, "a\tb\n" * 150_000, "a\t" * 500_000])
def test_odd_megabytes_do_not_hang(text: str) -> None:
    began = time.thread_time()
    read(text)
    assert time.thread_time() - began < 20, "it takes half a second on an idle machine"


def test_twenty_thousand_numbers_are_fine_and_one_more_is_asked_about() -> None:
    numbers = [f"CGDD{n:06d}" for n in range(MOST_NUMBERS)]
    paste = read("\n".join(numbers))
    assert texts(paste) == numbers
    assert (read("\n".join([*numbers, "CGDD999999"])).trouble, paste.trouble) == ("too_many", "")


# Asked when unsure


@pytest.mark.parametrize(
    "text",
    [
        "CGDD000412\tXSDD000001\r\nCGDD000413\tXSDD000002\r\n",
        "订单编号\t入库单编号\r\nCGDD000412\tCGRK00001\r\nCGDD000413\tCGRK00002\r\n",
        "甲公司\t5\r\n乙公司\t6\r\n",
        "单据编号\t凭证\r\n1\tCGDD000412\r\n2\tCGDD000413\r\n",
    ],
)
def test_a_choice_that_is_not_plain_is_asked(text: str) -> None:
    assert read_pasted(text).doubtful


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("单据编号\t源单编号\nCGDD000412\tXSDD000001\nCGDD000413\tXSDD000002\n", 0),
        ("供应商编码\t物料编码\t单据编号\nV001\tM0001\tCGDD1\nV002\tM0002\tCGDD2\n", 2),
        ("日期\t单号\t金额\t备注\n2026-11-23\t1\t5.00\tx\n", 1),
        ("CGDD000412\t2026-11-23\t1,200.00\t甲公司\nCGDD000413\t2026-11-23\t98.50\t乙公司\n", 0),
        ("单据编号,日期\nCGDD000412,2026-11-23\nCGDD000413,2026-11-24\n", 0),
        ("CGDD000412", 0),
    ],
)
def test_a_plain_choice_is_not_asked(text: str, column: int) -> None:
    found = read_pasted(text)
    assert (found.doubtful, found.reading.column) == (False, column)


def test_titles_above_and_remarks_below_are_no_bills() -> None:
    reading = read(
        "采购订单明细表\t\n打印日期 2026年11月\t\n单据编号\t金额\n"
        "CGDD000412\t5\nCGDD000413\t6\nCGDD000414\t6\n制单人 签字\t\n"
    )
    assert [str(fate) for fate in reading.fates[:3]] == ["title", "title", "header"]
    assert texts(reading) == ["CGDD000412", "CGDD000413", "CGDD000414", "制单人 签字"]
    assert [number.trouble for number in reading.numbers] == ["", "", "", "no_digits"]


def test_a_header_in_the_middle_costs_no_number() -> None:
    reading = read("CGDD000412\t5\nCGDD000413\t6\n单据编号\t金额\nCGDD000414\t6\n")
    assert texts(reading) == ["CGDD000412", "CGDD000413", "CGDD000414"]


def test_a_header_that_nobody_knows_is_left_out_and_a_list_of_words_is_not() -> None:
    assert read("采购单\nCGDD1\nCGDD2\nCGDD3\n").fates[0] is RowFate.HEADER
    assert texts(read("TESTA\nTESTB\nTESTC\n")) == ["TESTA", "TESTB", "TESTC"]


def test_several_in_a_cell_and_two_lists_in_lines() -> None:
    reading = read("单据编号\nCGDD000412、CGDD000413\nCGDD000414\n")
    assert (texts(reading), reading.split) == (["CGDD000412", "CGDD000413", "CGDD000414"], 1)
    assert len(texts(read("CGDD000412,CGDD000413\nCGDD000414,CGDD000415\n"))) == 4


def test_hidden_rows_are_left_out_counted_and_read_on_demand() -> None:
    table = sheet("表", ("单据编号",), ("CGDD1001",), ("CGDD1002",), ("CGDD1003",), hidden=(3,))
    reading = read_sheet(table)
    assert (texts(reading), reading.count(RowFate.HIDDEN)) == (["CGDD1001", "CGDD1003"], 1)
    assert texts(read_sheet(table, hidden_too=True)) == ["CGDD1001", "CGDD1002", "CGDD1003"]
    assert read_sheet(sheet("表", ("CGDD1001",), hidden=(1,))).trouble == "empty"


def test_the_sheet_with_the_numbers_is_found_and_two_such_are_asked() -> None:
    numbers = sheet("订单", ("单据编号",), ("CGDD1001",))
    notes = sheet("说明", ("请按单据顺序处理",), ("有问题找财务",))
    found = read_sheets_found((notes, numbers))
    assert (found.place, found.doubtful, texts(found.reading)) == (1, False, ["CGDD1001"])
    assert read_sheets_found((notes, numbers, sheet("更多", ("CGDD1002",), ("CGDD1003",)))).doubtful
    assert read_sheets_found((notes, notes)).doubtful
    assert read_sheets_found(()).reading.trouble == "empty"


def test_a_hidden_column_is_not_taken_unasked() -> None:
    rows = (SheetRow(1, ("单据编号", "源单编号")), SheetRow(2, ("CGDD1001", "XSDD1001")))
    found = read_sheets_found((Sheet("表", rows, hidden_columns=frozenset({0})),))
    assert (texts(found.reading), found.doubtful) == (["XSDD1001"], True)
