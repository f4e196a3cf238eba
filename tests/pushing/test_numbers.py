"""Reading single numbers: what goes in comes out, what was changed is told, what is damaged is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kdgui.domain.bill_numbers import (
    LONGEST_NUMBER,
    SUSPECTED,
    as_it_stands,
    identity,
    read_bill_number,
    read_cell,
)


@pytest.mark.parametrize(
    "cell",
    [
        *("CGDD000412", "CG DD 000412", "000412", "202611230001", "1234567890123456", "12345678901234560"),
        *("采购[2026]第007号", "SO/2026/11/0001", "12E05", "2026-0001", "CGDD-000412-01", "CGDD000412-415"),
        *("''", "1'2", "20261123000100010001"),
    ],
)
def test_reads_a_number_as_it_stands(cell: str) -> None:
    number = read_bill_number(cell)
    assert (number.text, number.original, number.changes, number.trouble) == (cell, cell, (), "")


@pytest.mark.parametrize(
    ("cell", "text", "changes"),
    [
        ("  CGDD000412\t", "CGDD000412", "blanks"),
        ("\u3000CGDD000412\u00a0", "CGDD000412", "blanks"),
        ("\ufeffCGDD000412\u200b\u200e", "CGDD000412", "invisible"),
        ("CGDD000412\0", "CGDD000412", "invisible"),
        (" \u200bCGDD\u200b00\u00ad0412", "CGDD000412", "blanks invisible"),
        ("CG\u3000DD\u00a01", "CG DD 1", "inner_blanks"),
        ("ＸＳＤＤ０００１", "XSDD0001", "half_width"),
        ("CGDD－0001", "CGDD-0001", "half_width"),
        ("\u3000CGDD（补）0001 ", "CGDD(补)0001", "blanks half_width"),
        ('="000412"', "000412", "wrapper"),
        ("'000412", "000412", "wrapper"),
        ("＇ ０００４１２", "000412", "half_width wrapper blanks"),
    ],
)
def test_what_is_cleaned_is_told(cell: str, text: str, changes: str) -> None:
    number = read_bill_number(cell)
    assert (number.text, number.original, number.trouble) == (text, cell, "")
    assert number.changes == tuple(changes.split())
    assert number.cleaned


@pytest.mark.parametrize("cell", ["", "  \u3000 ", "\ufeff", "\t\r\n"])
def test_an_empty_cell_holds_nothing(cell: str) -> None:
    assert read_bill_number(cell).text == ""
    assert read_cell(cell) == ()


@pytest.mark.parametrize(
    ("trouble", "cells"),
    [
        ("scientific", ["1.23E+15", "1.23457E+15", "２.02611E+15", "1E+20", "1.2E15"]),
        # Excel keeps fifteen digits: of sixteen one may be lost, of seventeen two …
        ("rounded", ["2026112300010010", "2026112300010100", "2026112300010000", "20261123000123400"]),
        # … and other programs keep seventeen
        ("rounded", ["20261123000123456000", "202611230001234560000"]),
        ("error_value", ["#N/A", "#ref!", "＃N/A", "########", "#SPILL!", "#NAME?", "Err:502"]),
        ("date", ["2026-11-23", "2026/11/23", "2026/11/23 08:30", "2026年11月23日", "11月23日", "2026年"]),
        ("date", ["Nov-23", "23-Nov-26", "11/23/2026", "23.11.2026", "08:30:00", "2026-11-23 8:05 AM"]),
        ("decimal", ["202611230001.0", "20261.00"]),
        ("formula", ["=A2", '="CGDD"&TEXT(1,"000")', "＝A2", "=1+1"]),
        ("control", ["CGDD\x07000412", "CGDD\n备注"]),
        ("garbled", ["CGDD\ufffd\ufffd12"]),
        ("range", ["CGDD000412~415", "CGDD000412～CGDD000415", "CGDD000412-CGDD000415", "202611230001至3"]),
        ("too_long", ["A" * (LONGEST_NUMBER + 1)]),
        ("prose", ["请先审核，再下推", "please push these bills today", "CGDD000412  甲公司"]),
    ],
)
def test_refuses_the_damaged_without_touching_them(trouble: str, cells: list[str]) -> None:
    for cell in cells:
        (number,) = read_cell(cell)
        assert (number.text, number.trouble, number.changes) == (cell, trouble, ())


def test_seventeen_sound_digits_are_no_rounding() -> None:
    """Only zeros where Excel would have put them are suspicious."""
    for digits in ("12345678901234560", "1234567890123406", "202611230001001", "100000000000000"):
        assert read_bill_number(digits).trouble == ""


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "CGDD000412,CGDD000413",
            "CGDD000412、CGDD000413、",
            "CGDD000412\nCGDD000413",
            "CGDD000412 CGDD000413",
        ),
        *("CGDD000412/CGDD000413", "CGDD000412；\u200bCGDD000413", '="CGDD000412，CGDD000413"'),
        *("202611230001 202611230002", "A001;A002"),
    ],
)
def test_several_numbers_in_one_cell_are_split_and_it_is_told(cell: str) -> None:
    first, second = read_cell(cell)
    assert (first.text[-1], second.text[-1]) in {("2", "3"), ("1", "2")}
    for number in (first, second):
        assert (number.original, number.changes[-1], number.trouble) == (cell, "split", "")
        assert read_bill_number(number.text).changes == ()


def test_a_damaged_one_among_several_stays_damaged() -> None:
    assert [number.trouble for number in read_cell("CGDD000412、1.23E+15")] == ["", "scientific"]


@pytest.mark.parametrize("cell", ["SO/2026/11/0001", "CGDD2026/0001", "PO 2026 0001", "CGDD000412, 5"])
def test_marks_that_belong_to_a_number_divide_nothing(cell: str) -> None:
    assert [number.text for number in read_cell(cell)] == [cell]


def test_a_suspicion_can_be_overruled_and_a_loss_cannot() -> None:
    number = read_bill_number("2026112300010010")
    assert number.trouble in SUSPECTED
    right = as_it_stands(number)
    assert (right.text, right.trouble, right.cleaned) == ("2026112300010010", "", False)
    assert SUSPECTED.isdisjoint({"scientific", "error_value", "formula", "garbled", "control"})


@given(st.text())
def test_never_raises_and_reads_its_own_text_the_same_again(cell: str) -> None:
    first = read_bill_number(cell)
    again = read_bill_number(first.text)
    assert first.original == cell
    assert (again.text, again.trouble) == (first.text, first.trouble)
    assert not again.cleaned
    assert all(number.original == cell for number in read_cell(cell))


@given(st.text(alphabet="CGDD0123 ='\"\u3000\u00a0\u200b＝＇,、/\n", max_size=30))
def test_odd_marks_change_nothing_in_silence(cell: str) -> None:
    for number in read_cell(cell):
        assert number.text == number.original or number.cleaned or number.trouble
        assert read_bill_number(number.text).text == number.text


@given(st.from_regex(r"[A-Z]{2,6}[0-9]{3,12}", fullmatch=True))
def test_a_clean_number_is_never_changed(number: str) -> None:
    assert read_bill_number(number).text == number
    assert read_bill_number(f" \u3000{number}\u200b ").text == number


@given(st.text())
def test_identity_is_its_own_identity(text: str) -> None:
    assert identity(f" {text}\u3000") == identity(text)
