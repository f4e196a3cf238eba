"""Submit, Audit, UnAudit, Delete, CancelAssign (protocol 4)."""

from __future__ import annotations

from typing import Any

import pytest

from kdgui.practice import PracticeServer

from .conftest import ORDER_TO_STOCK, Client, entities, messages

STOCK = "STK_InStock"
Orders = dict[str, list[str]]


def pushed(client: Client, number: str, **more: Any) -> dict[str, Any]:
    result = client.push([number], **more)
    named = entities(result) or entities(result, "ConvertResponseStatus")
    return dict(named[0])


def act(client: Client, method: str, *ids: object, form_id: str = STOCK) -> Any:
    return client.call(method, form_id, {"Ids": ",".join(map(str, ids)), "Numbers": []})["Result"]


def status_of(client: Client, bill_id: object, form_id: str = STOCK) -> str:
    return str(client.query(form_id, "FDocumentStatus", f"FID={bill_id}")[0][0])


def test_the_whole_life_of_a_target(server: PracticeServer, client: Client, orders: Orders) -> None:
    target = pushed(client, orders["open"][0])
    seen = []
    for method in ("Submit", "Audit", "UnAudit", "Submit", "CancelAssign", "Delete"):
        result = act(client, method, target["Id"])
        assert result == {"ResponseStatus": result["ResponseStatus"]}
        assert entities(result) == [{"Id": target["Id"], "Number": target["Number"], "DIndex": 0}]
        seen.append(status_of(client, target["Id"]) if method != "Delete" else "")
    assert seen == ["B", "C", "D", "B", "D", ""]
    assert client.query(STOCK, "FID", f"FID={target['Id']}") == []
    operations = ["push", "submit", "audit", "unaudit", "submit", "cancelassign", "delete"]
    assert [entry.operation for entry in server.ledger()] == operations


def test_numbers_serve_as_well_as_ids(client: Client, orders: Orders) -> None:
    target = pushed(client, orders["open"][0])
    result = client.call("Submit", STOCK, {"Numbers": [target["Number"]], "Ids": ""})["Result"]
    assert entities(result)[0]["Id"] == target["Id"]


@pytest.mark.parametrize(
    ("method", "role", "said"),
    [
        ("Submit", "open", "只有暂存、创建和重新审核的数据才允许提交！"),
        ("Submit", "submitted", "单据已提交，不能重复提交"),
        ("Audit", "created", "请先提交审核!"),
        ("Audit", "open", "单据已经审核！"),
        ("UnAudit", "created", "只有已审核"),
        ("UnAudit", "linked", "存在下游单据"),
        ("UnAudit", "closed", "已关闭"),
        ("Delete", "open", "只能删除创建/暂存/重新审核状态的数据"),
        ("Delete", "submitted", "只能删除创建/暂存/重新审核状态的数据"),
        ("CancelAssign", "open", "只有审核中"),
    ],
)
def test_steps_out_of_order_are_refused(
    client: Client, orders: Orders, method: str, role: str, said: str
) -> None:
    number = orders[role][0]
    result = client.call(method, "PUR_PurchaseOrder", {"Numbers": [number]})["Result"]
    assert result["ResponseStatus"]["MsgCode"] == 11
    assert messages(result)[0].startswith(f"单据编号为“{number}”的采购订单，")
    assert said in messages(result)[0]


def test_the_answer_follows_the_servers_order(client: Client, orders: Orders) -> None:
    first, second = (pushed(client, number) for number in orders["open"][:2])
    made = entities(act(client, "Submit", second["Id"], first["Id"]))
    assert [(item["Id"], item["DIndex"]) for item in made] == [(first["Id"], 0), (second["Id"], 1)]


def test_some_may_be_done_and_others_refused(client: Client, orders: Orders) -> None:
    first, second = (pushed(client, number) for number in orders["open"][:2])
    act(client, "Submit", first["Id"])
    result = act(client, "Submit", first["Id"], second["Id"])
    assert [item["Id"] for item in entities(result)] == [second["Id"]]
    assert (len(messages(result)), result["ResponseStatus"]["IsSuccess"]) == (1, False)


def test_unknown_bills_are_dropped_beside_known_ones(client: Client, orders: Orders) -> None:
    target = pushed(client, orders["open"][0])
    assert len(entities(act(client, "Submit", target["Id"], 999))) == 1
    assert act(client, "Submit", 999)["ResponseStatus"]["MsgCode"] == 10
    assert act(client, "Submit")["ResponseStatus"]["MsgCode"] == 8
    assert act(client, "Submit", 1, form_id="NOPE")["ResponseStatus"]["MsgCode"] == 4


def linked(client: Client, number: str, key: str = "FLinkQty") -> float:
    return float(sum(row[0] for row in client.query("PUR_PurchaseOrder", key, f"FBillNo='{number}'")))


def test_deleting_a_target_gives_its_quantity_back(client: Client, orders: Orders) -> None:
    number = orders["open"][0]
    target = pushed(client, number)
    assert linked(client, number) > 0
    act(client, "Delete", target["Id"])
    assert linked(client, number) == 0
    assert pushed(client, number)["Id"] != target["Id"]


def test_a_submitted_draft_takes_its_quantity_and_a_number(
    server: PracticeServer, client: Client, orders: Orders
) -> None:
    number = orders["open"][0]
    server.turn({"draft_left": {"at": [1]}})
    draft = pushed(client, number)
    assert (status_of(client, draft["Id"]), linked(client, number)) == ("Z", 0)
    (submitted,) = entities(act(client, "Submit", draft["Id"]))
    assert submitted["Number"].startswith("CGRK")
    assert linked(client, number) > 0


def test_a_draft_that_lacks_something_cannot_be_submitted_but_deleted(client: Client, orders: Orders) -> None:
    number = orders["no_lot"][0]
    draft = pushed(client, number, IsDraftWhenSaveFail=True)
    assert "批号为空" in messages(act(client, "Submit", draft["Id"]))[0]
    assert entities(act(client, "Delete", draft["Id"]))
    assert linked(client, number) == 0


def test_approved_quantities_are_written_back(client: Client, orders: Orders) -> None:
    number = orders["open"][0]
    target = pushed(client, number)
    act(client, "Submit", target["Id"])
    assert linked(client, number, "FStockInQty") == 0
    act(client, "Audit", target["Id"])
    assert linked(client, number, "FStockInQty") == linked(client, number)
    act(client, "UnAudit", target["Id"])
    assert linked(client, number, "FStockInQty") == 0


def test_an_audit_may_push_on_by_itself(server: PracticeServer, client: Client) -> None:
    server.turn({"audit_creates": True})
    number = server.examples()["SAL_SaleOrder"]["open"][0]
    target = pushed(client, number, form_id="SAL_SaleOrder", RuleId="SaleOrder-OutStock")
    act(client, "Submit", target["Id"], form_id="SAL_OUTSTOCK")
    result = act(client, "Audit", target["Id"], form_id="SAL_OUTSTOCK")
    (made,) = server.ledger()[-1].targets
    words = result["ResponseStatus"]["SuccessMessages"][0]["Message"]
    assert words == f"单据编号为“{made.number}”的应收单，审核成功！"
    assert client.query("AR_receivable", "FDocumentStatus,FSourceBillNo", f"FID={made.id}")[0] == [
        "C",
        target["Number"],
    ]


def test_a_delivery_notice_may_close_itself(server: PracticeServer, client: Client) -> None:
    server.turn({"notice_closes": True})
    number = server.examples()["SAL_DELIVERYNOTICE"]["submitted"][0]
    form_id = "SAL_DELIVERYNOTICE"
    bill_id = client.query(form_id, "FID", f"FBillNo='{number}'")[0][0]
    act(client, "Audit", bill_id, form_id=form_id)
    assert client.query(form_id, "FCloseStatus", f"FID={bill_id}") == [["B"]]
    for method in ("UnAudit", "Delete"):
        assert messages(act(client, method, bill_id, form_id=form_id))


def test_unaudit_may_lead_to_b(server: PracticeServer, client: Client, orders: Orders) -> None:
    server.turn({"unaudit_to": "B"})
    client.call("UnAudit", "PUR_PurchaseOrder", {"Numbers": orders["open"][:1]})
    assert client.query("PUR_PurchaseOrder", "FDocumentStatus", f"FBillNo='{orders['open'][0]}'") == [["B"]]
    assert "未审核" in messages(client.push(orders["open"][:1], RuleId=ORDER_TO_STOCK))[0]
