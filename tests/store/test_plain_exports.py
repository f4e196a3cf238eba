"""CSV, clipboard, file names: nothing that a spreadsheet runs or recounts, names that every system takes."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kdgui.domain.verdicts import Reason, Row, RunInfo, Verdict
from kdgui.store.catalogue import load_catalogue
from kdgui.store.exports.file_names import export_name, free_names, report_name
from kdgui.store.exports.run_workbook import write_run_csv
from kdgui.store.exports.safe_cells import csv_text, html_table, tab_text, unarmed
from kdgui.store.imports.number_files import read_sheets
from kdgui.store.messages.words import load_words

WHEN = datetime(2026, 11, 23, 20, 30).astimezone()
INFO = RunInfo("r", WHEN, None, "http://k3/", "1", "小河贸易", "demo", "", "PUR_PurchaseOrder", "R", "T", ())
RUN_BY_EXCEL = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "＝1+1",
    " =1+1",
    "\t=1+1",
    "\r=1",
    "\u200b=1",
    '=cmd|"/c x"!A1',
)
RECOUNTED = ("000123", "20261123000000000001", "1E5", "2026-1-1", "1-2", ".5", "(1)", "TRUE", "Dec1", "12:30")
LEFT_ALONE = ("CGDD000001", "供应商已禁用", "7", "0", "2147483647", "DECK", "a,b", 'say "no"', "")


@pytest.mark.parametrize("text", RUN_BY_EXCEL)
def test_what_excel_would_run_is_text_everywhere(text: str) -> None:
    (cell,) = next(csv.reader(io.StringIO(csv_text([[text]]), newline="")))
    assert cell == f"'{text}"
    assert tab_text([[text]]).startswith("'")
    assert '<td sdnum="0;0;@">&#x27;' in html_table([[text]])


@pytest.mark.parametrize("text", RECOUNTED)
def test_what_excel_would_recount_is_kept_by_a_tab_that_nobody_sees(text: str) -> None:
    assert csv_text([[text]]) == f'"\t{text}"\r\n'
    assert tab_text([[text]]) == text, "other programs get the number itself"


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_everything_else_is_left_alone(text: str) -> None:
    assert list(csv.reader(io.StringIO(csv_text([[text, "x"]]), newline=""))) == [[text, "x"]]


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), min_size=1, max_size=3))
def test_every_line_stays_one_line_of_the_clipboard(lines: list[list[str]]) -> None:
    pasted = tab_text(lines).split("\n")
    assert [line.count("\t") for line in pasted] == [1] * len(lines)
    assert all(unarmed(cell) == cell for line in pasted for cell in line.split("\t"))
    assert html_table(lines).count("<tr>") == len(lines)


def test_a_csv_opens_in_excel_and_as_a_list_again(tmp_path: Path) -> None:
    rows = (
        Row("r", 0, "000123", Verdict.FAILED, reasons=(Reason.of("server_said", "=1+1\n第二行", 11),)),
        Row("r", 1, "CGDD000002", Verdict.PUSHED),
    )
    path = tmp_path / "a.csv"
    write_run_csv(path, INFO, rows, load_words("zh"))

    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
    assert lines[0][:3] == ["行号", "源单编号", "结果"]
    assert lines[1][1:3] == ["\t000123", "失败"]
    assert lines[1][6] == "'=1+1\n第二行"
    cells = [row.cells for row in read_sheets(path)[0].rows]
    assert [cell[1].strip() for cell in cells] == ["源单编号", "000123", "CGDD000002"]


def test_the_name_tells_where_what_and_when() -> None:
    words, catalogue = load_words("zh"), load_catalogue()
    assert export_name(INFO, words, catalogue) == "下推结果 小河贸易 采购订单 20261123-2030"
    odd = replace(INFO, data_centre_name='a/b\\c:*?"<>|\x00\u202e' + "长" * 60 + ". ", form_id="X_CON")
    name = export_name(odd, words, catalogue)
    assert not set(name) & set('/\\:*?"<>|\x00\u202e')
    assert len(name) < 100
    assert name.endswith(" X_CON 20261123-2030")
    assert report_name("", load_words("en"), WHEN) == "Audit report 20261123-2030"


def test_the_names_to_take_where_a_file_is_open() -> None:
    first, second, third, *_ = free_names(Path("x/下推 1.2.xlsx"))
    assert [first.name, second.name, third.name] == [
        "下推 1.2.xlsx",
        "下推 1.2 (2).xlsx",
        "下推 1.2 (3).xlsx",
    ]
