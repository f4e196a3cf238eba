"""`kdgui find`, `plans` and `push --plan` from outside: what is found is pushed, as a plan says."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from kdgui.cli.main import run

from .test_cli import FORM, RULE, Account, account, served

__all__ = ["account", "served"]


def kdgui(
    *arguments: str, numbers: Sequence[str] = (), password: str | None = "lianxi-2026"
) -> tuple[int, list[dict[str, Any]], str]:
    """As `test_cli.kdgui`, in this process: a new one takes a second, and there are many here."""
    out, said = io.StringIO(), io.StringIO()
    stdin = io.TextIOWrapper(io.BytesIO("\n".join(numbers).encode()), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(said):
        patch.setattr("sys.stdin", stdin)
        if password is None:
            patch.delenv("KDGUI_PASSWORD", raising=False)
        else:
            patch.setenv("KDGUI_PASSWORD", password)
        code = run(["--language", "zh", *arguments])
    lines = [json.loads(line) for line in out.getvalue().splitlines()] if "--json" in arguments else []
    return code, lines, said.getvalue() + ("" if lines else out.getvalue())


def find(account: Account, *more: str) -> tuple[int, list[dict[str, Any]], str]:
    return kdgui("find", *account.named, "--form", FORM, *more)


def test_numbers_that_are_found_are_pushed(account: Account, tmp_path: Path) -> None:
    code, _, said = find(account, "--rule", RULE, "--left", "--partner", "东岸纸业", "--quiet")
    numbers = [line for line in said.splitlines() if line.startswith("CGDD")]
    assert (code, len(numbers) > 3) == (0, True)
    code, lines, _ = kdgui(*account.push_command("--json"), numbers=numbers)
    assert [row["number"] for row in lines[:-1]] == numbers
    pushed = {str(row["number"]) for row in lines[:-1] if row["verdict"] == "pushed"}
    assert set(account.executions()) == pushed
    _, _, later = find(account, "--rule", RULE, "--left", "--partner", "东岸纸业", "--quiet")
    assert not pushed & set(later.split()), "nothing is left of them"


def test_json_tells_what_is_known_and_the_limit(account: Account) -> None:
    code, (*bills, last), said = find(account, "--rule", RULE, "--left", "--limit", "2", "--json")
    assert code == 0
    assert (len(bills), last["found"], last["more"]) == (2, 2, True)
    assert "只列出 2 张" in said
    assert set(bills[0]) == {
        *("number", "id", "status", "date", "organisation", "partner", "amount", "left", "total", "targets")
    }
    part = account.examples()["part_delivered"][0]
    _, (bill, _), _ = find(account, "--rule", RULE, "--where", f"FBillNo = {part}", "--json")
    assert 0 < float(str(bill["left"])) < float(str(bill["total"]))
    assert [target["form_id"] for target in bill["targets"]] == ["STK_InStock"]  # type: ignore[attr-defined]


def test_dates_and_further_conditions(account: Account) -> None:
    today = date.today()  # noqa: DTZ011 - the books are written up to the local day
    first = (today - timedelta(days=20)).isoformat()
    _, (*bills, _), _ = find(account, "--from", first, "--to", today.isoformat(), "--json")
    assert bills
    assert all(first <= str(bill["date"]) <= today.isoformat() for bill in bills)
    _, (*some, _), _ = find(account, "--where", "数量 >= 100", "--where", "供应商 ~ 纸", "--json")
    assert {bill["partner"] for bill in some} == {"东岸纸业"}


@pytest.mark.parametrize(
    ("more", "code", "word"),
    [
        (("--where", "没有的字段 = 1"), 2, "没有字段"),
        (("--where", "数量 = 很多"), 2, "要填数字"),
        (("--where", "数量"), 2, "看不懂的条件"),
        (("--left",), 2, "转换规则"),
        (("--from", "2026-13-01"), 2, "日期"),
        (("--from", "2026-11-01", "--period", "this_month"), 2, "日期给了两次"),
        (("--partner", "' or '1'='1"), 6, "查到 0 张"),
    ],
)
def test_what_cannot_be_looked_for_is_told(
    account: Account, more: tuple[str, ...], code: int, word: str
) -> None:
    found, _, said = find(account, *more)
    assert found == code
    assert word in said


def save(account: Account, name: str, *more: str) -> None:
    code, _, said = kdgui("plans", "save", name, *account.named, "--form", FORM, "--rule", RULE, *more)
    assert code == 0, said


def test_a_plan_finds_pushes_reports_and_logs(account: Account, tmp_path: Path) -> None:
    save(account, "每天", "--left", "--partner", "青石五金", "--then", "submit")
    report, log = tmp_path / "out.xlsx", tmp_path / "log.jsonl"
    more = ("--report", str(report), "--log-json", str(log))
    code, lines, said = kdgui("push", "--plan", "每天", *more, "--json")
    rows, last = lines[:-1], lines[-1]
    assert rows
    assert code == (0 if all(row["verdict"] == "pushed" for row in rows) else 1), said
    pushed = [row for row in rows if row["verdict"] == "pushed"]
    assert {target["status"] for row in pushed for target in row["targets"]} == {"B"}  # type: ignore[attr-defined]
    assert {str(row["number"]) for row in pushed} == set(account.executions())
    events = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [event["event"] for event in events] == ["started", *["row"] * len(rows), "ended"]
    assert events[-1]["counts"] == last["counts"]
    sheet = openpyxl.load_workbook(report, read_only=True).worksheets[0]
    written = {str(cell) for row in sheet.iter_rows(values_only=True) for cell in row}
    assert {str(row["number"]) for row in rows} <= written
    assert "lianxi" not in log.read_text(encoding="utf-8")


def test_single_arguments_override_a_plan(account: Account) -> None:
    save(account, "提交", "--then", "submit", "--again")
    number = account.examples()["open"][0]
    code, lines, _ = kdgui("push", "--plan", "提交", "--then", "", "--no-again", "--json", numbers=[number])
    assert code == 0
    assert [target["status"] for target in lines[0]["targets"]] == ["A"]  # type: ignore[attr-defined]
    code, lines, _ = kdgui("push", "--plan", "提交", "--no-again", "--json", numbers=[number])
    assert lines[0]["verdict"] == "skipped"
    code, lines, _ = kdgui("push", "--plan", "没有", "--json", numbers=[number])
    assert (code, lines[0]["error"]["code"]) == (2, "plan_unknown")  # type: ignore[index]


def test_a_plan_takes_its_list_from_a_column_of_a_workbook(account: Account, tmp_path: Path) -> None:
    numbers = account.examples()["open"][:2]
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "待推"
    for row in (("序号", "备用编号", "订单号"), (1, "X1", numbers[0]), (2, "X2", numbers[1])):
        sheet.append(row)
    path = tmp_path / "list.xlsx"
    book.save(path)
    save(account, "表格", "--numbers", str(path), "--sheet", "待推", "--column", "订单号")
    code, lines, said = kdgui("push", "--plan", "表格", "--json")
    assert (code, [row["number"] for row in lines[:-1]]) == (0, numbers), said
    path.unlink()
    code, _, said = kdgui("plans", "check", "表格")
    assert code == 1
    assert "文件已不存在" in said


def test_plans_are_listed_and_carried_to_a_colleague(account: Account, tmp_path: Path) -> None:
    save(account, "甲", "--where", "单价 > 1")
    code, lines, _ = kdgui("plans", "--json")
    assert (code, [line["name"] for line in lines]) == (0, ["甲"])
    file = tmp_path / "plan.toml"
    assert kdgui("plans", "export", "甲", str(file))[0] == 0
    assert "lianxi" not in file.read_text(encoding="utf-8")
    assert kdgui("plans", "import", str(file))[0] == 2, "it is there already"
    assert kdgui("plans", "import", str(file), "--as", "乙")[0] == 0
    assert kdgui("plans", "rename", "乙", "丙")[0] == 0
    assert kdgui("plans", "check", "丙")[0] == 0
    account.turn(hidden_fields="FPrice")
    code, _, said = kdgui("plans", "check", "丙")
    account.turn(hidden_fields="")
    assert (code, "单价" in said) == (1, True), said
    assert kdgui("plans", "delete", "丙")[0] == 0
    assert [line["name"] for line in kdgui("plans", "--json")[1]] == ["甲"]
    file.write_text("nothing", encoding="utf-8")
    assert kdgui("plans", "import", str(file))[0] == 2


def test_unattended_without_a_password_nothing_is_asked(account: Account, tmp_path: Path) -> None:
    save(account, "夜里")
    log = tmp_path / "log.jsonl"
    code, _, said = kdgui("push", "--plan", "夜里", "--log-json", str(log), numbers=["x"], password=None)
    assert (code, "KDGUI_PASSWORD" in said) == (3, True)
    assert json.loads(log.read_text(encoding="utf-8"))["event"] == "failed"
    missing = str(tmp_path / "none" / "out.xlsx")
    code, _, said = kdgui(
        "push", "--plan", "夜里", "--report", missing, numbers=account.examples()["open"][:1]
    )
    assert (code, "报告的文件夹不存在" in said) == (2, True)
    assert not account.executions(), "it was said before anything was sent"
