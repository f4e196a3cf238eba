"""Real clients against the practice account: the vendor's own, and a script that the community copies."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
from k3cloud_webapi_sdk.main import K3CloudApiSdk

from kdgui.practice import PracticeServer

from .conftest import ORDER_TO_STOCK, STUB


@pytest.fixture
def sdk(server: PracticeServer) -> K3CloudApiSdk:
    who = server.invitation
    client = K3CloudApiSdk(who.url)
    client.InitConfig(who.data_centre, who.user, who.app_id, who.app_secret, who.url)
    return client


def test_the_vendors_client_pushes_submits_and_audits(server: PracticeServer, sdk: K3CloudApiSdk) -> None:
    number = server.examples()["PUR_PurchaseOrder"]["open"][0]
    asked = {"FormId": "PUR_PurchaseOrder", "FieldKeys": "FBillNo", "FilterString": f"FBillNo='{number}'"}
    assert json.loads(sdk.ExecuteBillQuery(asked)) == [[number]]
    assert json.loads(sdk.BillQuery(asked)) == [{"FBillNo": number}]
    pushed = json.loads(sdk.Push("PUR_PurchaseOrder", {"Numbers": [number], "RuleId": ORDER_TO_STOCK}))
    target = pushed["Result"]["ResponseStatus"]["SuccessEntitys"][0]
    for act in (sdk.Submit, sdk.Audit):
        answer = json.loads(act("STK_InStock", {"Ids": str(target["Id"])}))
        assert answer["Result"]["ResponseStatus"]["SuccessEntitys"][0]["Number"] == target["Number"]
    seen = json.loads(sdk.View("STK_InStock", {"Number": target["Number"]}))
    assert seen["Result"]["Result"]["DocumentStatus"] == "C"
    assert [entry.operation for entry in server.ledger()] == ["push", "submit", "audit"]
    assert {entry.user for entry in server.ledger()} == {"demo"}


def test_the_vendors_client_fills_a_target(server: PracticeServer, sdk: K3CloudApiSdk) -> None:
    number = server.examples()["PUR_PurchaseOrder"]["open"][0]
    pushed = json.loads(sdk.Push("PUR_PurchaseOrder", {"Numbers": [number], "RuleId": ORDER_TO_STOCK}))
    target = pushed["Result"]["ResponseStatus"]["SuccessEntitys"][0]
    line = target["EntryIds"]["FInStockEntry"][0]
    model = {"FID": target["Id"], "FNote": "到货", "FInStockEntry": [{"FEntryID": line, "FQty": 1}]}
    asked = {"NeedUpDateFields": ["FNote", "FInStockEntry", "FQty"], "IsDeleteEntry": "false", "Model": model}
    saved = json.loads(sdk.Save("STK_InStock", asked))["Result"]
    assert (saved["ResponseStatus"]["IsSuccess"], saved["Id"]) == (True, target["Id"])
    keys = {"FormId": "STK_InStock", "FieldKeys": "FNote,FQty", "FilterString": f"FID={target['Id']}"}
    assert json.loads(sdk.ExecuteBillQuery(keys))[0] == ["到货", 1.0]
    assert server.ledger()[-1].operation == "save"


def test_the_vendors_client_lists_data_centres_and_metadata(sdk: K3CloudApiSdk) -> None:
    assert [item["Number"] for item in json.loads(sdk.GetDataCenters())] == ["001", "002"]
    info = json.loads(sdk.QueryBusinessInfo({"FormId": "STK_InStock"}))
    assert info["Result"]["NeedReturnData"]["Id"] == "STK_InStock"
    assert json.loads(sdk.SwitchOrg({"OrgNumber": "101"}))["Result"]["ResponseStatus"]["IsSuccess"]


def test_the_vendors_client_survives_a_lost_session(server: PracticeServer, sdk: K3CloudApiSdk) -> None:
    asked = {"FormId": "BD_Currency", "FieldKeys": "FCODE", "FilterString": "FNUMBER='PRE001'"}
    assert json.loads(sdk.ExecuteBillQuery(asked)) == [["CNY"]]
    server.end_sessions()
    assert json.loads(sdk.ExecuteBillQuery(asked)) == [["CNY"]]


def test_the_vendors_client_reports_an_unhandled_exception(
    server: PracticeServer, sdk: K3CloudApiSdk
) -> None:
    server.turn({"response_error": 1})
    with pytest.raises(RuntimeError):
        sdk.Push("PUR_PurchaseOrder", {"Numbers": ["x"], "RuleId": ORDER_TO_STOCK})


def tutorial_push(url: str, number: str, cookies: Any) -> Any:
    """Push as the tutorial of 2019 does it: form fields FormId and Data, the cookies carried by hand."""
    fields = {
        "FormId": "PUR_PurchaseOrder",
        "Data": json.dumps({"RuleId": ORDER_TO_STOCK, "Numbers": [number]}),
    }
    service = f"{STUB}DynamicFormService.Push.common.kdsvc"
    return requests.post(url + service, data=fields, cookies=cookies, timeout=20).json()


def test_the_tutorials_script_runs_with_nothing_changed_but_the_address(server: PracticeServer) -> None:
    server.turn({"old_answers": True})
    who, number = server.invitation, server.examples()["PUR_PurchaseOrder"]["open"][0]
    refused = tutorial_push(who.url, number, None)["Result"]["ResponseStatus"]
    assert (refused["Errors"][0]["Message"], refused["MsgCode"]) == ("Context Is Null", 1)
    login = {"acctid": who.data_centre, "username": who.user, "password": who.password, "lcid": 2052}
    service = f"{STUB}AuthService.ValidateUser.common.kdsvc"
    signed_in = requests.post(who.url + service, data=login, timeout=20)
    assert signed_in.json()["LoginResultType"] == 1
    answer = tutorial_push(who.url, number, signed_in.cookies)
    made = server.ledger()[0].targets[0]
    assert answer == {
        "Result": {
            "ResponseStatus": {
                "IsSuccess": True,
                "Errors": [],
                "SuccessEntitys": [{"Id": int(made.id), "Number": made.number, "DIndex": 0}],
                "SuccessMessages": [],
                "MsgCode": 0,
            }
        }
    }
