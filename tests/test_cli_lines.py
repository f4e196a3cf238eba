"""`kdgui push --entry-ids`: single lines, by real processes, against what the server then holds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from kdgui.practice import PracticeServer
from kdgui.store.catalogue import read_catalogue_file

FORM, TARGET, RULE = "PUR_PurchaseOrder", "STK_InStock", "PUR_PurchaseOrder-STK_InStock"
STUB = "Kingdee.BOS.WebApi.ServicesStub"


class Account:
    """A practice server, asked over HTTP as any other client would."""

    def __init__(self, server: PracticeServer) -> None:
        self._server = server
        self._invitation = server.invitation
        self._session = requests.Session()
        login = [self._invitation.data_centre, self._invitation.user, self._invitation.password, 2052]
        self._post("AuthService.ValidateUser", login)

    def numbers(self, count: int) -> tuple[str, ...]:
        return tuple(self._server.examples()[FORM]["open_many_lines"][:count])

    def lines_of(self, number: str) -> list[str]:
        return self._column(FORM, "FPOOrderEntry_FEntryID", f"FBillNo='{number}'")

    def linked_lines(self, target_id: str) -> set[str]:
        return set(self._column(TARGET, "FInStockEntry_Link_FSId", f"FID={target_id}"))

    def push(self, *more: str, text: str = "") -> tuple[int, list[dict[str, Any]]]:
        invitation = self._invitation
        done = subprocess.run(
            [sys.executable, "-m", "kdgui", "push", "--json", "--server", invitation.url, "--data-centre",
             invitation.data_centre, "--user", invitation.user, "--form", FORM, "--rule", RULE, *more],
            input=text, env=os.environ | {"KDGUI_PASSWORD": invitation.password}, timeout=60,
            capture_output=True, check=False, encoding="utf-8", cwd=Path(__file__).parent.parent,
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode, [json.loads(line) for line in done.stdout.splitlines()][:-1]

    def _column(self, form: str, key: str, filter_string: str) -> list[str]:
        asked = {"FormId": form, "FieldKeys": key, "FilterString": filter_string, "OrderString": key}
        rows = self._post("DynamicFormService.ExecuteBillQuery", [json.dumps(asked)])
        return [str(cell) for (cell,) in rows]

    def _post(self, service: str, parameters: list[object]) -> list[list[object]]:
        address = f"{self._invitation.url}{STUB}.{service}.common.kdsvc"
        return self._session.post(address, json={"parameters": parameters}, timeout=10).json()


@pytest.fixture
def account() -> Iterator[Account]:
    server = PracticeServer(read_catalogue_file())
    server.start()
    yield Account(server)
    server.stop()


def test_single_lines_are_pushed_and_nothing_else(account: Account) -> None:
    one, other = account.numbers(2)
    ones, others = account.lines_of(one), account.lines_of(other)

    code, rows = account.push("--entry-ids", ones[0])
    assert (code, [(row["number"], row["verdict"]) for row in rows]) == (0, [(one, "pushed")])
    assert account.linked_lines(rows[0]["targets"][0]["id"]) == {ones[0]}

    assert account.push("--entry-ids", ones[0])[1][0]["verdict"] == "skipped"
    both = ("--numbers", "-", "--entry-ids", f"{ones[1]},{others[0]}", "--merged")
    code, rows = account.push(*both, text=f"{other}\n{one}")
    assert (code, [row["number"] for row in rows]) == (0, [other, one])
    linked = set[str]().union(*(account.linked_lines(t["id"]) for row in rows for t in row["targets"]))
    assert linked == {ones[1], others[0]}


def test_a_bill_without_its_lines_and_lines_without_their_bill_are_refused_whole(account: Account) -> None:
    one, other = account.numbers(2)
    (line, *_), (strange, *_) = account.lines_of(one), account.lines_of(other)

    assert account.push("--numbers", "-", "--entry-ids", line, text=f"{one}\n{other}") == (2, [])
    assert account.push("--numbers", "-", "--entry-ids", f"{line},{strange}", text=one) == (2, [])
    assert account.push("--entry-ids", "7") == (2, [])
    assert account.push("--entry-ids", "seven") == (2, [])
