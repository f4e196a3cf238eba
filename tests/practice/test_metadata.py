"""View, QueryBusinessInfo and the list of conversion rules (protocol 3.2, 3.5)."""

from __future__ import annotations

import json

import pytest

from kdgui.practice import PracticeServer

from .conftest import ORDER_TO_STOCK, Client, refused

RULES = "BOS_ConvertRule"


def test_view_uses_property_names(asking: Client, orders: dict[str, list[str]]) -> None:
    number = orders["partly_linked"][0]
    whole = asking.call("View", "PUR_PurchaseOrder", {"Number": number})["Result"]
    assert whole["ResponseStatus"]["IsSuccess"]
    bill = whole["Result"]
    assert (bill["BillNo"], bill["DocumentStatus"], bill["CloseStatus"]) == (number, "C", "A")
    assert bill["SupplierId"]["Number"].startswith("VEN")
    assert bill["SupplierId_Id"] == bill["SupplierId"]["Id"]
    assert [line["Seq"] for line in bill["POOrderEntry"]] == [1, 2, 3]
    assert bill["POOrderEntry"][0]["LinkQty"] == bill["POOrderEntry"][0]["Qty"]
    by_id = asking.call(
        "View", "PUR_PurchaseOrder", json.dumps({"CreateOrgId": 0, "Number": "", "Id": bill["Id"]})
    )
    assert by_id["Result"]["Result"] == bill


def test_view_shows_the_links_of_a_target(
    server: PracticeServer, client: Client, orders: dict[str, list[str]]
) -> None:
    client.push(orders["open"][:1])
    done = server.ledger()[-1]
    bill = client.call("View", "STK_InStock", {"Id": done.targets[0].id})["Result"]["Result"]
    link = bill["InStockEntry"][0]["FInStockEntry_Link"][0]
    assert (link["RuleId"], link["SBillId"]) == (ORDER_TO_STOCK, done.sources[0].id)


@pytest.mark.parametrize(
    ("form_id", "data", "code"),
    [
        ("PUR_PurchaseOrder", {"Id": "999"}, 10),
        ("PUR_PurchaseOrder", {"Id": "x"}, 10),
        ("PUR_PurchaseOrder", {"Number": "x"}, 10),
        ("PUR_PurchaseOrder", {}, 8),
        ("PRD_MO", {"Id": "1"}, 10),
        ("NOPE", {"Id": "1"}, 4),
    ],
)
def test_view_refuses_in_plain_words(asking: Client, form_id: str, data: object, code: int) -> None:
    assert asking.call("View", form_id, data)["Result"]["ResponseStatus"]["MsgCode"] == code


@pytest.mark.parametrize(
    "body",
    [
        {"data": {"FormId": "AR_RECEIVEBILL"}},
        {"data": '{"FormId": "AR_RECEIVEBILL"}'},
        {"parameters": ['{"FormId": "AR_RECEIVEBILL"}']},
        {"parameters": [{"formid": "AR_RECEIVEBILL"}]},
        {"parameters": '[{"FormId": "ar_receivebill"}]'},
    ],
)
def test_a_form_tells_what_it_is_made_of(asking: Client, body: object) -> None:
    info = asking.post("DynamicFormService.QueryBusinessInfo", json=body).json()["Result"]["NeedReturnData"]
    keys = [(entry["Key"], entry["ParentKey"]) for entry in info["Entrys"]]
    assert keys == [("FBillHead", None), ("FRECEIVEBILLENTRY", None), ("FRECEIVEBILLSRCENTRY", None)]
    assert info["Entrys"][2]["Name"] == [{"Key": 2052, "Value": "源单明细"}]
    fields = {field["Key"]: field for field in info["Entrys"][0]["Fields"]}
    assert fields["FCONTACTUNIT"]["LookUpObjectFormId"] == "BD_Customer"
    assert {"Key", "Name", "FieldType", "ElementType", "LookUpObjectFormId", "MustInput"} == set(
        fields["FBillNo"]
    )
    numbers = [operation["OperationNumber"] for operation in info["Operations"]]
    assert {"Submit", "Audit", "Push", "Delete"} <= set(numbers)


def test_link_entities_may_be_listed(server: PracticeServer, client: Client) -> None:
    server.turn({"links_listed": True})
    info = client.call("QueryBusinessInfo", {"FormId": "STK_InStock"})["Result"]["NeedReturnData"]
    assert ("FInStockEntry_Link", "FInStockEntry") in [(e["Key"], e["ParentKey"]) for e in info["Entrys"]]


def test_business_info_may_be_refused(server: PracticeServer, client: Client) -> None:
    server.turn({"no_business_info": True})
    status = client.call("QueryBusinessInfo", {"FormId": "STK_InStock"})["Result"]["ResponseStatus"]
    assert (status["IsSuccess"], status["MsgCode"]) == (False, 2)


def test_rules_are_listed_by_number_and_name(asking: Client) -> None:
    rows = asking.query(RULES, "FNumber,FName", "FName like '%出库%'", Limit=100)
    assert ["SaleOrder-OutStock", "销售订单至销售出库单"] in rows
    assert all("出库" in name for _, name in rows)


def test_rules_tell_their_forms_where_the_server_has_such_columns(
    server: PracticeServer, client: Client
) -> None:
    keys = "FNumber,FSourceFormId,FTargetFormId,FStatus,FIsDefault"
    rows = {row[0]: row[1:] for row in client.query(RULES, keys)}
    assert rows[ORDER_TO_STOCK] == ["PUR_PurchaseOrder", "STK_InStock", "1", 1]
    assert rows["7aa62154-c23f-4a02-abae-d024b4eceeb7"][2] == "1"
    assert rows["bf475358-d14e-4886-bba1-eedbd220ecd2"][2] == "0"
    assert rows["PRD_MO2INSTOCK"][:2] == ["PRD_MO", "PRD_INSTOCK"]
    server.turn({"rule_columns": False})
    assert refused(client.query(RULES, keys))["MsgCode"] == 9
    info = client.call("QueryBusinessInfo", {"FormId": RULES})["Result"]["NeedReturnData"]
    assert [field["Key"] for field in info["Entrys"][0]["Fields"]] == ["FNumber", "FName"]


def test_a_form_may_have_no_quantities(server: PracticeServer, client: Client) -> None:
    server.turn({"no_quantities": True})
    for key in ("FQty", "FLinkQty", "FAllAmount"):
        assert refused(client.query("PUR_PurchaseOrder", f"FID,{key}"))["MsgCode"] == 9
    info = client.call("QueryBusinessInfo", {"FormId": "PUR_PurchaseOrder"})["Result"]["NeedReturnData"]
    keys = {field["Key"] for entry in info["Entrys"] for field in entry["Fields"]}
    assert "FMaterialId" in keys
    assert not keys & {"FQty", "FLinkQty", "FAllAmount"}


def test_the_form_of_rules_may_be_missing(server: PracticeServer, client: Client) -> None:
    server.turn({"no_rule_form": True})
    assert refused(client.query(RULES, "FNumber,FName"))["MsgCode"] == 4
    assert client.call("QueryBusinessInfo", {"FormId": RULES})["Result"]["ResponseStatus"]["MsgCode"] == 4


@pytest.mark.parametrize("method", ["Save", "BatchSave", "Draft"])
def test_saving_by_hand_is_refused_politely(asking: Client, method: str) -> None:
    status = asking.call(method, "PUR_PurchaseOrder", {"Model": {}})["Result"]["ResponseStatus"]
    assert (status["IsSuccess"], status["MsgCode"]) == (False, 12)


def test_an_unknown_service_answers_as_an_unhandled_exception(asking: Client) -> None:
    answer = asking.post("DynamicFormService.NoSuchThing", json={})
    assert answer.status_code == 200
    assert answer.text.startswith("response_error:")
