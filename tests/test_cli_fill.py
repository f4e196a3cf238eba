"""`push --fill`, `push --from-run` and `delete-created --whole-way` from outside: the books are as before."""

from __future__ import annotations

import json
import os
import sqlite3
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from kdgui.store.paths import Paths

from .test_cli import Account, account, kdgui, served

__all__ = ["account", "served"]
ON = "AP_InStockToPayableMap"


def book(path: Path, *rows: tuple[Any, ...]) -> str:
    workbook = openpyxl.Workbook()
    for row in rows:
        workbook.active.append(row)
    workbook.save(path)
    return str(path)


def operations(account: Account) -> list[object]:
    return [entry["operation"] for entry in account.ledger()["entries"]]


@pytest.mark.slow
def test_fill_then_audit_then_the_payables_then_all_of_it_deleted(account: Account, tmp_path: Path) -> None:
    numbers = account.examples()["open"][:3]
    table = book(
        tmp_path / "到货.xlsx",
        ("单据编号", "行号", "实收数量", "仓库", "单据头.备注", "司机"),
        *((number, 1, 2, "成品仓", "第一车", "甲") for number in numbers),
    )
    push = account.push_command("--then", "audit", "--settle-seconds", "1", "--json", "--fill", table)
    code, lines, said = kdgui(*push)
    run = str(lines[-1]["run"])
    assert (code, "司机" in said) == (0, True), "a column that is no field is named"
    for row in lines[:-1]:
        assert [(value["field"], value["held"], value["state"]) for value in row["fill"]] == [
            ("FNote", "第一车", "held"), ("FQty", "2", "held"), ("FStockId", "CK002", "held"),
        ]  # fmt: skip
        assert "FAllAmount" in {value["field"] for value in row["changed"]}
    assert operations(account).count("save") == 3
    assert kdgui("show", run, "--json")[1][:-1] == lines[:-1], "the journal tells the same"

    on = [*account.push_command("--settle-seconds", "1", "--json", "--from-run", run)]
    on[on.index("--form") : on.index("--form") + 2] = []
    on[on.index("--rule") + 1] = ON
    code, lines, _ = kdgui(*on)
    assert (code, len(lines) - 1) == (0, 3)
    assert {row["targets"][0]["form_id"] for row in lines[:-1]} == {"AP_Payable"}

    code, lines, _ = kdgui("delete-created", run, "--unaudit", "--json")
    assert (code, {line["state"] for line in lines[:-1]}) == (1, {"touched"})
    code, lines, _ = kdgui("delete-created", run, "--unaudit", "--whole-way", "--json")
    forms = [line["target"]["form_id"] for line in lines[:-1]]
    assert (code, forms) == (0, ["AP_Payable"] * 3 + ["STK_InStock"] * 3)
    code, lines, _ = kdgui("delete-created", run, "--unaudit", "--whole-way", "--yes", "6", "--json")
    assert (code, lines[-1]["counts"]) == (0, {"deleted": 6})
    assert operations(account).count("delete") == 6
    code, lines, _ = kdgui("check", *push[1 : push.index("--then")], "--json", numbers=numbers)
    assert {row["left"] == row["total"] for row in lines[:-1]} == {True}, "the books are as before"


def test_traps_of_a_table_are_told_and_nothing_of_these_bills_is_pushed(
    account: Account, tmp_path: Path
) -> None:
    bad, good = account.examples()["open"][:2]
    table = book(
        tmp_path / "表.xlsx", ("单号", "行号", "数量", "仓库"), (bad, 1, 1, "CK999"), (good, 1, 1, "CK001")
    )
    code, lines, said = kdgui(*account.push_command("--settle-seconds", "1", "--json", "--fill", table))
    rows = lines[:-1]
    assert (code, [row["verdict"] for row in rows]) == (1, ["skipped", "pushed"])
    assert "CK999" in rows[0]["reasons"][0]
    assert "CK999" in said
    assert account.executions()[bad] == 0
    for wrong in ((("单号",), (good,)), (("单号", "备注"), (good, "x")), (("单号", "司机"), (good, "x"))):
        code, _, said = kdgui(*account.push_command("--fill", book(tmp_path / "x.xlsx", *wrong)))
        assert (code, "kdgui:" in said) == (2, True)


def test_a_run_without_approved_targets_is_not_gone_on_with(account: Account) -> None:
    numbers = account.examples()["open"][:1]
    _, lines, _ = kdgui(*account.push_command("--settle-seconds", "1", "--json"), numbers=numbers)
    run = str(lines[-1]["run"])
    command = account.push_command("--from-run", run)
    assert kdgui(*command)[0] == 2, "another form than the run made"
    command[command.index("--form") + 1] = "STK_InStock"
    code, _, said = kdgui(*command)
    assert (code, lines[0]["targets"][0]["number"] in said) == (2, True)


def test_the_journal_keeps_what_a_fill_sent(account: Account, tmp_path: Path) -> None:
    number = account.examples()["open"][0]
    table = book(tmp_path / "t.xlsx", ("单号", "行号", "FNoteEntry"), (number, 1, "内有玻璃"))
    _, lines, _ = kdgui(*account.push_command("--settle-seconds", "1", "--json", "--fill", table))
    assert lines[0]["targets"][0]["status"] == "A", "--fill alone submits nothing"
    with sqlite3.connect(Paths(Path(os.environ["KDGUI_HOME"])).journal) as journal:
        events = journal.execute("SELECT data FROM events WHERE what = 'filling'").fetchall()
    journal.close()
    assert any("内有玻璃" in json.loads(data)["body"] for (data,) in events)
