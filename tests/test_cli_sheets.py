"""`--numbers` with workbooks: sheet and column by name, nothing guessed, nothing damaged sent."""

from __future__ import annotations

import argparse
from pathlib import Path

import openpyxl
import pytest

from kdgui.arguments import build_parser
from kdgui.cli.numbers import numbers_of
from kdgui.domain.errors import BadInput
from kdgui.store.imports.number_column import RowFate
from kdgui.store.imports.number_source import read_number_source
from kdgui.store.messages.words import load_words

PLACE = ["--server", "http://127.0.0.1/", "--data-centre", "1", "--user", "a", "--form", "F", "--rule", "R"]


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "a.xlsx"
    workbook = openpyxl.Workbook()
    first = workbook.active
    first.title = "十月"
    for line in (
        ["单据编号", "源单编号"],
        ["CGDD000001", "XSDD000001"],
        ["CGDD000002", "XSDD000002"],
        ["合计", ""],
    ):
        first.append(line)
    first.row_dimensions[3].hidden = True
    second = workbook.create_sheet("十一月")
    for line in (["单据编号", "备注"], ["CGDD000003", "x"]):
        second.append(line)
    workbook.save(path)
    return path


def refused(code: str, *arguments: str) -> BadInput:
    with pytest.raises(BadInput, match=code) as caught:
        read_number_source(*arguments)
    return caught.value


def arguments(*more: str) -> argparse.Namespace:
    return build_parser().parse_args(["push", *PLACE, *more])


def test_sheet_and_column_are_named(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = read_number_source(str(book), "十月", "源单编号")
    assert (found.numbers, found.sheet, found.column) == (("XSDD000001",), "十月", "源单编号")
    assert found.left_out == {RowFate.HEADER: 1, RowFate.TOTAL: 1, RowFate.HIDDEN: 1}
    by_letter = arguments("--numbers", str(book), "--sheet", "十月", "--column", "b")
    assert numbers_of(by_letter, load_words("zh")) == ("XSDD000001",)
    assert "从“十月”的“源单编号”列读到 1 个编号；没有取：表头 1 / 合计 1 / 隐藏 1" in capsys.readouterr().err


def test_what_is_plain_needs_no_name(book: Path) -> None:
    assert read_number_source(str(book), "十一月").numbers == ("CGDD000003",)
    assert read_number_source(str(book), column="备注").numbers == ("x",)


def test_what_is_not_plain_is_refused_with_the_names(book: Path) -> None:
    assert refused("column_doubtful", str(book)).values["sheets"] == "十月, 十一月"
    assert refused("column_doubtful", str(book), "", "单据编号")
    assert refused("sheet_unknown", str(book), "九月").values["names"] == "十月, 十一月"
    assert refused("column_unknown", str(book), "十月", "金额").values["names"] == "单据编号, 源单编号"


def test_damaged_numbers_stop_everything(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    workbook = openpyxl.Workbook()
    for line in (["单据编号"], ["CGDD000001"], ["1.23E+15"], ["CGDD000002,急"]):
        workbook.active.append(line)
    workbook.save(path)
    told = refused("numbers_damaged", str(path)).values
    assert (told["n"], told["row"], told["text"], told["rows"]) == ("2", "3", "1.23E+15", "3, 4")
    empty = openpyxl.Workbook()
    empty.save(path)
    refused("numbers_unread", str(path))


def test_lines_stay_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("CGDD 1,x\n  CGDD2 \n", encoding="utf-8")
    assert read_number_source(str(path)).numbers == ("CGDD 1,x", "CGDD2")
    path.write_text("单据编号,备注\nCGDD000001,x\nCGDD000002,y\n", encoding="gbk")
    assert read_number_source(str(path), column="单据编号").numbers == ("CGDD000001", "CGDD000002")
    refused("file_not_text", str(path))
    refused("file_missing", str(tmp_path / "nothing.xlsx"))
