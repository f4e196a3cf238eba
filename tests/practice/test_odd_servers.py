"""Behaviours of servers that make a client believe what is not so, each switched on and seen from outside."""

from __future__ import annotations

import http.client
from typing import Any

import pytest

from kdgui.practice import PracticeServer
from kdgui.practice.write_services import PROVISIONAL_ID

from .conftest import ORDER_TO_STOCK, Client, entities, messages
from .test_documents import act, pushed, status_of
from .test_faults import ends, send, until

STOCK, ORDER = "STK_InStock", "PUR_PurchaseOrder"
LINK = "FInStockEntry_Link_"
Orders = dict[str, list[str]]


def test_a_rights_filter_makes_pages_short_anywhere(client: Client) -> None:
    everything = client.query(STOCK, "FID,FCreatorId.FName", "", OrderString="FID")
    client.faults(rights_after_cut=f"{STOCK},AP_Payable")
    pages: list[Any] = []
    sizes: list[int] = []
    while len(pages) < len(everything) and len(sizes) < 60:
        page = client.query(
            STOCK, "FID,FCreatorId.FName", "", OrderString="FID", StartRow=len(sizes) * 5, Limit=5
        )
        sizes.append(len(page))
        pages += page
    kept = [row for row in everything if row[1] == "练习用户" or row[0] % 2]
    assert (pages, min(sizes[:4]) < 5) == (kept, True)
    assert len(client.query(ORDER, "FID", "", Limit=7)) == 7, "other forms stay whole"


@pytest.mark.parametrize("form", ["", STOCK, ORDER])
def test_an_answer_may_break_off_after_some_rows(client: Client, form: str) -> None:
    client.faults(**{"query:rows_lost": {"at": [1, 2], "keep": 3, "form": form}})
    assert len(client.query(STOCK, "FID", "", Limit=8)) == (8 if form == ORDER else 3)
    assert len(client.query(ORDER, "FID", "", Limit=8)) == (8 if form == STOCK else 3)
    assert len(client.query(ORDER, "FID", "", Limit=8)) == 8


def test_the_newest_bills_may_be_missing(client: Client, orders: Orders) -> None:
    target = pushed(client, orders["open"][0])
    where = f"FID>={target['Id'] - 9}"
    assert [target["Id"]] in client.query(STOCK, "FID", where)
    client.faults(**{"query:rows_lost": {"at": [1], "keep": 1, "newest": True}})
    assert [target["Id"]] not in client.query(STOCK, "FID", where, OrderString="FID")
    assert [target["Id"]] in client.query(STOCK, "FID", where)


def test_a_session_may_move_to_another_organisation(client: Client, orders: Orders) -> None:
    client.faults(by_organisation=True, **{"query:organisation_moved": {"at": [2]}})
    where = f"FBillNo='{orders['open'][0]}'"
    assert [len(client.query(ORDER, "FID", where)) for _ in range(3)] == [1, 0, 0]
    client.sign_in()
    assert len(client.query(ORDER, "FID", where)) == 1


def test_queries_may_lag_behind(client: Client, orders: Orders) -> None:
    client.faults(read_delay=0.6)
    target = pushed(client, orders["open"][0])
    assert client.query(STOCK, "FID", f"FID={target['Id']}") == []
    until(lambda: client.query(STOCK, "FID", f"FID={target['Id']}") == [[target["Id"]]])


def test_link_rows_may_name_another_table_or_a_padded_rule(client: Client, orders: Orders) -> None:
    target = pushed(client, orders["open"][0])
    keys = f"{LINK}FSTableName,{LINK}FRuleId"
    assert client.query(STOCK, keys, f"FID={target['Id']}")[0] == ["T_PUR_POORDERENTRY", ORDER_TO_STOCK]
    client.faults(link_table_other=True, link_rule_padded=True)
    shown = client.query(STOCK, keys, f"FID={target['Id']}")[0]
    assert shown == ["T_PUR_POORDERENTRY_R", f" {ORDER_TO_STOCK} "]
    assert client.query(STOCK, "FID", f"FID={target['Id']} and {LINK}FRuleId='{ORDER_TO_STOCK}'") == []


def test_a_target_may_take_its_creator_from_the_source(client: Client, orders: Orders) -> None:
    client.faults(creator_copied=True)
    target = pushed(client, orders["open"][0])
    source = client.query(ORDER, "FCreatorId.FName", f"FBillNo='{orders['open'][0]}'")[0]
    found = client.query(STOCK, "FCreatorId.FName,FModifierId.FName", f"FID={target['Id']}")[0]
    assert found == [*source, "练习用户"]
    assert source != ["练习用户"]


def test_a_colleague_may_use_another_rule(server: PracticeServer, client: Client, orders: Orders) -> None:
    other = "7aa62154-c23f-4a02-abae-d024b4eceeb7"
    client.faults(colleague_first={"at": [1], "rule": other})
    client.push(orders["open"][:1])
    assert [(entry.user, entry.rule_id) for entry in server.ledger()] == [("buyer", other)]


def test_two_numbers_may_differ_in_case_only(server: PracticeServer, client: Client, orders: Orders) -> None:
    number = orders["two_orgs"][0]
    client.faults(case_twins=True)
    ours, theirs = (client.query(ORDER, "FID,FBillNo", f"FBillNo='{n}'") for n in (number, number.lower()))
    assert ([row[1] for row in ours], [row[1] for row in theirs]) == ([number], [number.lower()])
    client.push([number])
    assert [item.id for item in server.ledger()[0].sources] == [str(ours[0][0])]
    client.faults(case_blind=True)
    assert len(client.query(ORDER, "FID", f"FBillNo='{number}'")) == 2


@pytest.mark.parametrize("named", ["nothing", "sources", "provisional"])
def test_what_the_conversion_names(
    server: PracticeServer, client: Client, orders: Orders, named: str
) -> None:
    client.faults(convert_names=named)
    result = client.push(orders["open"][:1])
    (source,) = server.ledger()[0].sources
    wanted = {"nothing": [], "sources": [int(source.id)], "provisional": [PROVISIONAL_ID]}[named]
    assert [item["Id"] for item in entities(result, "ConvertResponseStatus")] == wanted
    assert [str(item["Id"]) for item in entities(result)] == [server.ledger()[0].targets[0].id]


def test_an_answer_may_name_an_old_bill_too(server: PracticeServer, client: Client, orders: Orders) -> None:
    client.faults(names_old_bill={"at": [1]})
    made, old = entities(client.push(orders["open"][:1]))
    assert str(made["Id"]) == server.ledger()[0].targets[0].id
    assert client.query(STOCK, "FID", f"FID={old['Id']}") == [[old["Id"]]]
    assert old["Id"] < made["Id"]


def test_an_answer_may_be_that_of_another_bill(
    server: PracticeServer, client: Client, orders: Orders
) -> None:
    client.faults(answer_of_another={"at": [2]})
    first, second = (client.push([number]) for number in orders["open"][:2])
    assert (first, len(server.ledger()), len(server.posts())) == (second, 1, 2)


def test_a_late_answer_shifts_every_further_answer_on_its_connection(
    server: PracticeServer, client: Client, orders: Orders
) -> None:
    client.faults(line_shifted={"at": [1]})
    assert ends(client, orders["open"][0]) == "504"
    answer = client.push(orders["open"][1:2])
    assert str(entities(answer)[0]["Id"]) == server.ledger()[0].targets[0].id
    assert len(server.ledger()) == 2
    client.web.close()
    assert client.query("BD_Currency", "FCODE", "FNUMBER='PRE001'") == [["CNY"]], "a fresh one is straight"


@pytest.mark.parametrize(
    "answer", ["302", "401", "403", "404", "504", "msg_code_13", "msg_code_1", "refused"]
)
def test_a_no_may_come_before_the_work(
    server: PracticeServer, client: Client, orders: Orders, answer: str
) -> None:
    client.faults(late_commit={"at": [1], "seconds": 0.2, "answer": answer})
    reply = send(client, orders["open"][0])
    if answer.isdecimal():
        assert reply.status_code == int(answer)
    else:
        status = reply.json()["Result"]["ResponseStatus"]
        assert (status["IsSuccess"], status["SuccessEntitys"]) == (False, [])
        assert status["MsgCode"] == {"msg_code_13": 13, "msg_code_1": 1, "refused": 11}[answer]
    until(lambda: len(server.ledger()) == 1)


@pytest.mark.parametrize(("position", "code"), [("zero", 0), ("none", None), ("usual", 11)])
def test_plain_refusals_may_have_no_code(
    client: Client, orders: Orders, position: str, code: int | None
) -> None:
    client.faults(refusal_code=position)
    status = client.push(orders["created"][:1])["ResponseStatus"]
    assert (status.get("MsgCode"), "未审核" in status["Errors"][0]["Message"]) == (code, True)
    refused = act(client, "Audit", pushed(client, orders["open"][0])["Id"])["ResponseStatus"]
    assert (refused.get("MsgCode"), "请先提交" in refused["Errors"][0]["Message"]) == (code, True)


def test_a_lock_conflict_is_told_in_words(server: PracticeServer, client: Client, orders: Orders) -> None:
    locked = {"at": [1]}
    client.faults(lock_conflict=locked, **{"submit:lock_conflict": locked, "audit:lock_conflict": locked})
    answers = [client.push(orders["open"][:1])]
    target = pushed(client, orders["open"][0])
    for method in ("Submit", "Audit"):
        answers.append(act(client, method, target["Id"]))
        assert act(client, method, target["Id"])["ResponseStatus"]["IsSuccess"]
    assert all("冲突，请稍候再使用" in messages(answer)[0] for answer in answers)
    assert {answer["ResponseStatus"]["MsgCode"] for answer in answers} == {0}
    assert [entry.operation for entry in server.ledger()] == ["push", "submit", "audit"]


def test_a_workflow_may_reject_at_once(client: Client, orders: Orders) -> None:
    client.faults(workflow_rejects=True)
    target = pushed(client, orders["open"][0])
    assert act(client, "Submit", target["Id"])["ResponseStatus"]["IsSuccess"]
    assert status_of(client, target["Id"]) == "D"


@pytest.mark.parametrize("operation", ["submit", "audit"])
def test_a_manager_may_reject(client: Client, orders: Orders, operation: str) -> None:
    client.faults(**{f"{operation}:manager_rejects": {"at": [1]}})
    target = pushed(client, orders["open"][0])
    for method in ("Submit", "Audit"):
        last = act(client, method, target["Id"])["ResponseStatus"]
    found = client.query(STOCK, "FDocumentStatus,FModifierId.FName", f"FID={target['Id']}")
    assert (found, last["IsSuccess"]) == ([["D", "会计"]], False)


def test_a_proxy_may_repeat_after_the_answer(server: PracticeServer, client: Client, orders: Orders) -> None:
    client.faults(repeated_after={"at": [1], "seconds": 0.3})
    assert client.push(orders["open"][:1])["ResponseStatus"]["IsSuccess"]
    assert len(server.ledger()) == 1
    until(lambda: len(server.ledger()) == 2)
    assert len({entry.targets[0].id for entry in server.ledger()}) == 2


def test_connections_may_be_closed_without_a_word(server: PracticeServer) -> None:
    server.turn({"closes_quietly": True})
    line = http.client.HTTPConnection(server.url.split("/")[2], timeout=10)
    line.request("GET", "/k3cloud/")
    answer = line.getresponse()
    answer.read()
    assert (answer.status, answer.getheader("Connection"), line.sock.recv(1)) == (200, None, b"")
    line.close()


def test_books_of_an_earlier_version_get_the_columns_they_lack(
    server: PracticeServer, client: Client, orders: Orders
) -> None:
    books = server._centres.numbered("001").books
    with books.vault.transaction():
        for form in books.forms.used():
            if form.is_bill:
                books.connection.execute(f'ALTER TABLE "{books.head_table(form)}" DROP COLUMN "FModifierId"')
        books.complete()
    target = pushed(client, orders["open"][0])
    assert client.query(STOCK, "FModifierId.FName", f"FID={target['Id']}")[0] == ["练习用户"]
