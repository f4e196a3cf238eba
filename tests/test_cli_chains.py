"""`push --then` and `delete-created` from outside: real processes, exit codes, and the server's ledger."""

from __future__ import annotations

from collections import Counter

from .test_cli import Account, account, kdgui, served

__all__ = ["account", "served"]


def operations(account: Account) -> Counter[object]:
    return Counter(entry["operation"] for entry in account.ledger()["entries"])


def test_push_then_audit_then_delete_what_was_created(account: Account) -> None:
    numbers = account.examples()["open"][:3]
    push = account.push_command("--then", "audit", "--settle-seconds", "1", "--json")
    code, lines, _ = kdgui(*push, numbers=numbers)
    rows, run = lines[:-1], str(lines[-1]["run"])
    assert (code, [row["targets"][0]["status"] for row in rows]) == (0, ["C"] * 3)

    code, lines, _ = kdgui("delete-created", run, *account.named, "--json")
    assert (code, [line["state"] for line in lines[:-1]]) == (1, ["audited"] * 3)
    code, lines, _ = kdgui("delete-created", run, *account.named, "--unaudit", "--json")
    assert (code, lines[-1]["counts"]) == (0, {"deletable": 3})
    assert [line["numbers"] for line in lines[:-1]] == [[number] for number in numbers]
    code, _, said = kdgui("delete-created", run, *account.named, "--unaudit", "--yes", "2")
    assert (code, "--yes 3" in said, operations(account)["delete"]) == (2, True, 0)
    code, lines, _ = kdgui("delete-created", run, *account.named, "--unaudit", "--yes", "3", "--json")
    assert (code, lines[-1]["counts"], operations(account)["delete"]) == (0, {"deleted": 3}, 3)

    code, lines, _ = kdgui("show", run, "--json")
    assert (code, [(row["verdict"], row["targets"]) for row in lines[:-1]]) == (1, [("failed", [])] * 3)
    code, _, _ = kdgui(*push, numbers=numbers)
    assert (code, operations(account)["push"]) == (0, 6)
    assert kdgui("delete-created", "no-such-run")[0] == 2


def test_a_half_done_chain_is_1_until_it_is_settled(account: Account) -> None:
    numbers = account.examples()["open"][:2]
    account.turn(**{"audit:drop_before_work": {"at": [1, 2, 3, 4, 5, 6, 7, 8]}})
    push = account.push_command("--then", "audit", "--settle-seconds", "0.2", "--json")
    code, lines, _ = kdgui(*push, numbers=numbers)
    run = str(lines[-1]["run"])
    assert code == 1
    assert {row["verdict"] for row in lines[:-1]} == {"pushed"}
    assert "B" in {row["targets"][0]["status"] for row in lines[:-1]}
    assert any("未走完" in note for row in lines[:-1] for note in row["notes"])
    assert (kdgui("show", run, "--json")[0], kdgui("runs", "--json")[0]) == (1, 1)
    account.turn(**{"audit:drop_before_work": 0})
    code, lines, _ = kdgui("settle", "--chains", *account.named, "--settle-seconds", "0.2", "--json")
    assert (code, {row["targets"][0]["status"] for row in lines[:-1]}) == (0, {"C"})
    assert kdgui("show", run, "--json")[0] == 0
    assert operations(account)["audit"] == 2
