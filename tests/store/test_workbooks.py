"""Exported runs, read back: text only, nothing left out, and an old file never half overwritten."""

from __future__ import annotations

import os
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from kdgui.domain.bills import TargetBill
from kdgui.domain.errors import BadInput
from kdgui.domain.verdicts import Reason, Row, RunInfo, Verdict, count_verdicts
from kdgui.store.catalogue import load_catalogue
from kdgui.store.exports.run_workbook import write_run_workbook
from kdgui.store.imports.number_files import read_sheets
from kdgui.store.messages.words import load_words
from kdgui.store.profiles import DataCentreLabel

WHEN = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
DANGEROUS = (
    *("=1+1", '=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "000123", "1E5", "{=1}"),
    *("http://x.example/", "2026-1-1"),
)
ROWS = (
    Row(
        "r",
        0,
        "CGDD000001",
        Verdict.PUSHED,
        targets=(
            TargetBill("STK_InStock", "7", "CGRK7", "A"),
            TargetBill("STK_InStock", "8", "", "Z"),
        ),
        notes=(Reason("verified"), Reason.of("partial_lines", linked=7, total=10)),
        partial=True,
        asked_at=WHEN,
    ),
    Row(
        "r",
        1,
        "CGDD000002",
        Verdict.FAILED,
        reasons=(Reason.of("server_said", "供应商已禁用", 11), Reason.of("server_said", "批号为空", 11)),
    ),
    Row("r", 2, "CGDD000003", Verdict.FAILED, presumed=True, reasons=(Reason.of("silent", time="12:30"),)),
    Row("r", 3, "CGDD000003", Verdict.SKIPPED, reasons=(Reason.of("duplicate_row", first=3),)),
    Row(
        "r", 4, "CGDD000004", Verdict.UNSETTLED, alarm=True, reasons=(Reason.of("no_answer", cause="reset"),)
    ),
)


def info_of(rows: tuple[Row, ...]) -> RunInfo:
    return RunInfo(
        "20261123-203000-1",
        WHEN,
        WHEN,
        "http://127.0.0.1:8099/k3cloud/",
        "20260101a0b1c2",
        "小河贸易",
        "demo",
        "100",
        "PUR_PurchaseOrder",
        "PUR_PurchaseOrder-STK_InStock",
        "STK_InStock",
        count_verdicts(rows),
        1,
    )


def export(
    path: Path, rows: tuple[Row, ...] = ROWS, language: str = "zh", **options: Any
) -> openpyxl.Workbook:
    write_run_workbook(path, info_of(rows), rows, load_words(language), **options)
    return openpyxl.load_workbook(path)


def cells(sheet: Worksheet) -> list[list[Any]]:
    return [["" if cell is None else cell for cell in line] for line in sheet.iter_rows(values_only=True)]


def test_the_three_sheets(tmp_path: Path) -> None:
    assert export(tmp_path / "a.xlsx").sheetnames == ["结果", "汇总", "说明"]
    assert export(tmp_path / "b.xlsx", language="en").sheetnames == ["Results", "Summary", "About"]


def test_every_row_is_there_with_all_that_is_known(tmp_path: Path) -> None:
    lines = cells(export(tmp_path / "a.xlsx", catalogue=load_catalogue())["结果"])

    assert lines[0] == [
        *("行号", "源单编号", "结果", "目标单据", "目标单据编号", "目标单据状态"),
        *("说明", "怎么办", "谁来办", "备注", "查询时间"),
    ]
    assert [line[1] for line in lines[1:]] == [row.number for row in ROWS]
    assert [line[2] for line in lines[1:]] == ["成功", "失败", "未生成", "跳过", "待确认"]
    assert lines[1][3:6] == ["采购入库单 STK_InStock", "CGRK7, 内码 8", "创建, 暂存"]
    assert lines[1][9] == "已核对\n10 行里推了 7 行"
    assert lines[1][10] == WHEN.astimezone().replace(tzinfo=None)
    assert lines[2][6] == "供应商已禁用\n批号为空"
    assert lines[2][8] == load_words("zh").explain(ROWS[1].reasons[0]).who
    assert lines[4][6] == "同第 3 行，只推一次"


def test_the_summary_counts(tmp_path: Path) -> None:
    lines = cells(export(tmp_path / "a.xlsx")["汇总"])

    assert lines == [
        ["结果", "张数"],
        ["成功", 1],
        ["失败", 1],
        ["未生成", 1],
        ["待确认", 1],
        ["跳过", 1],
        ["合计", 5],
        ["其中有警示的", 1],
        ["其中只推了一部分行的", 1],
    ]


@pytest.mark.parametrize(
    ("label", "said"), [(None, "正式"), (DataCentreLabel.TEST, "测试"), (DataCentreLabel.PRACTICE, "练习")]
)
def test_the_facts_name_the_data_centre(tmp_path: Path, label: DataCentreLabel | None, said: str) -> None:
    book = export(tmp_path / "a.xlsx", label=label)
    facts = dict(line[:2] for line in cells(book["说明"]))

    assert facts["数据中心"] == f"小河贸易（{said}）"
    assert facts["用户"] == "demo"
    assert facts["转换规则"] == "PUR_PurchaseOrder-STK_InStock"
    red = book["结果"].sheet_properties.tabColor.rgb.endswith("B42318")
    assert red is (label is None)


def test_nothing_becomes_a_formula_a_link_or_a_number(tmp_path: Path) -> None:
    rows = tuple(
        Row("r", place, text, Verdict.FAILED, reasons=(Reason.of("server_said", text, 11),))
        for place, text in enumerate(DANGEROUS)
    )
    path = tmp_path / "a.xlsx"
    book = export(path, rows)
    found = list(book["结果"].iter_rows(min_row=2, max_row=len(rows) + 1))

    assert tuple(line[1].value for line in found) == DANGEROUS
    rest = [cell for line in book["结果"].iter_rows(min_col=2) for cell in line if cell.value is not None]
    assert {cell.data_type for cell in rest} == {"s"}
    assert all(cell.hyperlink is None for line in found for cell in line)
    with zipfile.ZipFile(path) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if "worksheets/" in name]
    assert not any(b"<f>" in sheet or b"<hyperlink" in sheet for sheet in sheets)


def test_counts_and_times_can_be_summed_and_filtered(tmp_path: Path) -> None:
    sheet = export(tmp_path / "a.xlsx")["结果"]
    assert [line[0].value for line in sheet.iter_rows(min_row=2)] == [1, 2, 3, 4, 5]
    asked = sheet["K2"]
    assert (asked.data_type, asked.number_format) == ("d", "yyyy-mm-dd hh:mm:ss")
    assert sheet["B2"].number_format == "@"
    facts = {line[0].value: line[1] for line in export(tmp_path / "b.xlsx")["说明"].iter_rows()}
    assert facts["开始时间"].data_type == "d"


def test_a_heading_that_stays_and_a_filter(tmp_path: Path) -> None:
    sheet = export(tmp_path / "a.xlsx")["结果"]

    assert sheet.freeze_panes == "C2"
    assert sheet.auto_filter.ref == "A1:K6"
    assert sheet.column_dimensions["B"].width >= 10
    assert all(dimension.width <= 62 for dimension in sheet.column_dimensions.values())


def test_texts_longer_than_a_cell_are_cut_and_not_dropped(tmp_path: Path) -> None:
    rows = (replace(ROWS[1], reasons=(Reason.of("server_said", "错" * 40_000, 11),)),)
    said = export(tmp_path / "a.xlsx", rows)["结果"]["G2"].value

    assert len(said) == 32_767
    assert said.endswith("…")


def test_odd_characters_survive(tmp_path: Path) -> None:
    odd = "a<&>\"'\u2028\t😀\n　"
    rows = (replace(ROWS[1], reasons=(Reason.of("server_said", odd, 11),)),)

    assert export(tmp_path / "a.xlsx", rows)["结果"]["G2"].value == odd


def test_an_empty_run(tmp_path: Path) -> None:
    assert cells(export(tmp_path / "a.xlsx", ())["汇总"]) == [["结果", "张数"], ["合计", 0]]


def test_an_export_can_be_opened_as_a_list_again(tmp_path: Path) -> None:
    for language in ("zh", "en"):
        path = tmp_path / f"{language}.xlsx"
        export(path, language=language)
        first = read_sheets(path)[0]
        assert [line.cells[1] for line in first.rows[1:]] == [row.number for row in ROWS]


def test_what_cannot_be_written_is_told_and_the_old_file_stands(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="file_not_written") as caught:
        export(tmp_path)
    assert caught.value.values["path"] == str(tmp_path)
    assert list(tmp_path.iterdir()) == []

    (tmp_path / "file").write_text("x")
    with pytest.raises(BadInput, match="file_not_written"):
        export(tmp_path / "file" / "a.xlsx")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
def test_colleagues_may_read_an_export(tmp_path: Path) -> None:
    umask = os.umask(0o000)
    try:
        export(tmp_path / "a.xlsx")
    finally:
        os.umask(umask)

    assert (tmp_path / "a.xlsx").stat().st_mode & 0o777 == 0o640
