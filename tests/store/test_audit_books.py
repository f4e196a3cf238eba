"""The auditor's report, read back: who, where, when, what, every step, and who settled by hand and why."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import kdgui
from kdgui.domain.bills import TargetBill
from kdgui.domain.chains import AUDIT, CANCEL, DELETE, SUBMIT, UNAUDIT, Chain, ChainState
from kdgui.domain.endings import Ending, EndingKind
from kdgui.domain.orders import RunOrder
from kdgui.domain.verdicts import Reason, Verdict
from kdgui.store.catalogue import load_catalogue
from kdgui.store.exports.audit_report import Audit, write_audit_workbook
from kdgui.store.journal.chains import Step
from kdgui.store.journal.journal import Journal
from kdgui.store.journal.records import Intent, RunHeader
from kdgui.store.messages.words import load_words


@pytest.fixture
def run_id(journal: Journal, order: RunOrder, header: RunHeader, intent: Intent) -> str:
    """Three bills: pushed, refused, and one without an answer that was settled by hand."""
    run_id, rows = journal.start_run(order, replace(header, pc_user="wangfang"))
    sending = [replace(row, verdict=Verdict.SENDING, bill_id=str(row.position + 101)) for row in rows]
    for row in sending:
        journal.intend(run_id, (row,), intent)
    target = TargetBill("STK_InStock", "7", "CGRK7", "A")
    journal.conclude(
        1, Ending(EndingKind.ANSWERED), (replace(sending[0], verdict=Verdict.PUSHED, targets=(target,)),)
    )
    refused = Reason.of("server_said", "=批号为空", 11)
    journal.write_rows((replace(sending[1], verdict=Verdict.FAILED, reasons=(refused,)),))
    doubtful = replace(
        sending[2], verdict=Verdict.UNSETTLED, reasons=(Reason.of("no_answer", cause="reset"),)
    )
    journal.write_rows((doubtful,))
    journal.settle_by_hand(doubtful, Verdict.FAILED, "金蝶里没有", "王芳")
    journal.finish_run(run_id, "finished")
    return run_id


def sheets(path: Path) -> dict[str, list[dict[Any, Any]]]:
    book = openpyxl.load_workbook(path)
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}, "no formula, link or error"
    assert all(isinstance(cell.value, (str, int, datetime)) for cell in cells)
    found: dict[str, list[dict[Any, Any]]] = {}
    for sheet in book:
        heading, *lines = sheet.iter_rows(values_only=True)
        found[sheet.title] = [dict(zip(heading, line, strict=True)) for line in lines]
    return found


def test_who_where_when_what_and_every_step(journal: Journal, run_id: str, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_audit_workbook(path, Audit(journal, [run_id]), load_words("zh"), catalogue=load_catalogue())
    found = sheets(path)

    assert list(found) == ["下推记录", "单据", "步骤", "说明"]
    (run,) = found["下推记录"]
    assert run["金蝶用户"] == "demo (1001)"
    assert (run["电脑"], run["电脑用户"], run["程序"]) == ("PC", "wangfang", "kdgui 0.1")
    assert (run["数据中心"], run["组织"], run["怎样结束"]) == ("小河贸易", "100", "推完")
    assert run["目标单据"] == "采购入库单 STK_InStock"
    assert run["结果"] == "成功 1\n失败 2"
    one, two, three = found["单据"]
    assert (one["源单编号"], one["目标单据编号"], one["目标单据内码"]) == ("CGDD000001", "CGRK7", "7")
    assert (two["结果"], two["说明"], two["手工确认人"]) == ("失败", "=批号为空", None)
    assert (three["手工确认人"], three["手工确认理由"]) == ("王芳", "金蝶里没有")
    steps = [(step["行号"], step["步骤"]) for step in found["步骤"]]
    assert steps[0] == (None, "开始下推")
    assert steps[-1] == (None, "下推结束")
    assert [step for row, step in steps if row == 3] == ["发出下推请求", "结果待确认", "手工确认"]
    last = [step for step in found["步骤"] if step["行号"] == 3][-1]
    assert "王芳" in last["备注"]
    assert "reset" not in str(found), "codes are said in words"


def test_what_followed_the_push_is_told_step_by_step(journal: Journal, run_id: str, tmp_path: Path) -> None:
    chains = journal.chains
    chains.wish(run_id, "audit")
    target = TargetBill("STK_InStock", "7", "CGRK7", "A")
    chains.plan([Chain(run_id, 0, target, "audit")])
    step = chains.intend(Step(run_id, 0, target, "submit", "li"))
    chains.conclude(step, Ending(EndingKind.ANSWERED))
    chains.close_step(step, "refused")
    why = Reason.of("server_said", "在工作流中", 12)
    chains.put(Chain(run_id, 0, target, "audit", ChainState.HALF, reasons=(why,), made=("XSYS1",)))
    path = tmp_path / "a.xlsx"
    write_audit_workbook(path, Audit(journal, [run_id]), load_words("zh"))
    steps = sheets(path)["步骤"]

    (wished,) = [step for step in steps if step["步骤"] == "要求推完后接着做"]
    assert wished["备注"] == "审核"
    (submit,) = [step for step in steps if step["步骤"] == "提交"]
    assert (submit["金蝶用户"], submit["结果"], submit["目标单据编号"]) == ("li", "金蝶拒绝", "CGRK7")
    half = [step for step in steps if step["步骤"] == "后续处理"][-1]
    assert (half["结果"], half["说明"], half["备注"]) == ("未走完 · 创建", "在工作流中", "XSYS1")


def test_every_event_that_is_written_has_words() -> None:
    source = Path(kdgui.__file__).parent
    texts = [
        path.read_text("utf-8") for part in ("pushing", "store") for path in (source / part).rglob("*.py")
    ]
    named = {name for text in texts for name in re.findall(r'event="(\w+)"', text)}
    assert len(named) > 5
    words = load_words("zh")
    wanted = {*named, *Verdict, SUBMIT, AUDIT, UNAUDIT, CANCEL, DELETE, "chain", "chains"}
    assert [name for name in sorted(wanted) if f"step.{name}" not in words] == []
    assert [state for state in ChainState if f"chain.{state}" not in words] == []


def test_the_report_of_a_few_bills_says_nothing_of_the_others(
    journal: Journal, run_id: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.xlsx"
    audited = Audit(journal, [run_id, "unknown"], {(run_id, 1)})
    write_audit_workbook(path, audited, load_words("en"))
    found = sheets(path)

    assert [bill["Source bill"] for bill in found["Bills"]] == ["CGDD000002"]
    assert {step["Row"] for step in found["Steps"]} == {None, 2}


def test_what_older_programs_wrote_is_told_as_it_stands(
    journal: Journal, run_id: str, tmp_path: Path
) -> None:
    old = '{"verdict":"failed","reasons":["server_said 批号为空"],"notes":["checked"]}'
    with closing(sqlite3.connect(journal.path)) as connection, connection:
        for data in (old, "no JSON"):
            connection.execute(
                "INSERT INTO events (at, run_id, position, what, data)"
                " VALUES ('2026-01-01T00:00:00.000000+00:00', ?, 0, 'once', ?)",
                (run_id, data),
            )
    connection.close()
    path = tmp_path / "a.xlsx"
    write_audit_workbook(path, Audit(journal, [run_id]), load_words("zh"))
    once, twice = [step for step in sheets(path)["步骤"] if step["步骤"] == "once"]

    assert (once["说明"], once["结果"], once["备注"]) == ("server_said 批号为空", "失败", "checked")
    assert twice["备注"] == "no JSON"


def test_more_steps_than_a_sheet_holds_go_on_in_the_next(
    journal: Journal, run_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.xlsx"
    write_audit_workbook(path, Audit(journal, [run_id]), load_words("zh"))
    steps = sheets(path)["步骤"]
    monkeypatch.setattr("kdgui.store.exports.text_workbook.MOST_LINES", len(steps) - 1)
    write_audit_workbook(path, Audit(journal, [run_id]), load_words("zh"))
    parted = sheets(path)

    assert list(parted) == ["下推记录", "单据", "步骤", "步骤 2", "说明"]
    assert [*parted["步骤"], *parted["步骤 2"]] == steps


def test_a_run_that_was_cut_off_says_so(journal: Journal, order: RunOrder, header: RunHeader) -> None:
    run_id, _ = journal.start_run(order, header)
    path = journal.path.with_name("a.xlsx")
    write_audit_workbook(path, Audit(journal, [run_id]), load_words("zh"))

    assert sheets(path)["下推记录"][0]["怎样结束"] == "没有正常结束"
