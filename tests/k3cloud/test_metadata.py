"""What a server tells of itself: bills whole, business info, conversion rules, data centres."""

from __future__ import annotations

import json

import pytest

from kdgui.domain.bills import DataCentre
from kdgui.domain.errors import AnswerUnreadable, LineTrouble, QueryRefused
from kdgui.domain.rules import Rule
from kdgui.k3cloud import asking
from kdgui.k3cloud.info import BusinessInfo, name_in
from kdgui.k3cloud.session import LineSettings, list_data_centres


def refusal(code: object, text: str = "no") -> dict:
    return {
        "Result": {"ResponseStatus": {"IsSuccess": False, "MsgCode": code, "Errors": [{"Message": text}]}}
    }


@pytest.fixture(autouse=True)
def _hardly_any_pause(monkeypatch):
    monkeypatch.setattr(asking, "PAUSES", (0.01, 0.02))


# View and business info


def test_view(wire, session):
    wire.json({"Result": {"ResponseStatus": None, "Result": {"Id": 1, "BillNo": "A"}}}).json(refusal(4))
    assert session.view("PUR_PurchaseOrder", bill_id="1") == {"Id": 1, "BillNo": "A"}
    assert wire.requests[0].parameters[0] == "PUR_PurchaseOrder"
    assert wire.requests[0].data == {"CreateOrgId": 0, "Number": "", "Id": "1", "IsSortBySeq": "false"}
    with pytest.raises(QueryRefused):
        session.view("PUR_PurchaseOrder", number="x")
    wire.json({"Result": {"ResponseStatus": None, "Result": None}})
    with pytest.raises(AnswerUnreadable):
        session.view("PUR_PurchaseOrder", number="x")


def names(text: str) -> list:
    return [{"Key": 1033, "Value": "E " + text}, {"Key": 2052, "Value": text}]


def field(key: str, **more: object) -> dict:
    return {"Key": key, "Name": names(key), "FieldType": 56, "ElementType": 1, "MustInput": 0, **more}


INFO = {
    "Result": {
        "ResponseStatus": {"IsSuccess": True},
        "NeedReturnData": {
            "Id": "STK_InStock",
            "Name": names("采购入库单"),
            "Entrys": [
                {"Key": "FBillHead", "Name": names("单据头"), "Fields": [field("FBillNo", MustInput="1")]},
                {
                    "Key": "FInStockEntry",
                    "Name": names("明细"),
                    "Fields": [field("FMaterialId", LookUpObjectFormId="BD_MATERIAL"), field("FSRCBillNo")],
                },
                {"Key": "FSub", "ParentKey": "FInStockEntry", "Name": "子", "Fields": None},
                {"Key": "FInStockFin", "ParentKey": "FBillHead"},
            ],
            "Operations": [
                {"OperationNumber": "Push", "OperationName": names("下推")},
                {"OperationNumber": "Audit"},
            ],
        },
    }
}


def test_business_info(wire, session):
    wire.json(INFO)
    info = session.business_info("STK_InStock")
    assert isinstance(info, BusinessInfo)
    assert wire.requests[0].data == {"FormId": "STK_InStock"}
    assert info.head.key == "FBillHead"
    assert [entry.key for entry in info.lines] == ["FInStockEntry", "FInStockFin"]
    assert info.entry("finstockentry").fields[0].lookup_form == "BD_MATERIAL"
    assert info.entry("FSub").parent_key == "FInStockEntry"
    assert info.entry("FNope") is None
    assert info.has_field("fsrcbillno")
    assert not info.has_field("FNope")
    assert info.head.fields[0].must_input
    assert (name_in(info.names), name_in(info.names, 1033)) == ("采购入库单", "E 采购入库单")
    assert name_in(info.entry("FSub").names, 1033) == "子"
    assert [(operation.number, operation.name) for operation in info.operations] == [
        ("Push", "下推"),
        ("Audit", ""),
    ]


@pytest.mark.parametrize("data", [None, {}, [], "x", 3])
def test_business_info_that_says_nothing(wire, session, data):
    wire.json({"Result": {"ResponseStatus": {"IsSuccess": True}, "NeedReturnData": data}})
    with pytest.raises(AnswerUnreadable):
        session.business_info("F")


def test_business_info_with_odd_parts(wire, session):
    wire.json(
        {"Result": {"NeedReturnData": {"Entrys": [1, None, {"Key": "A", "Fields": "x"}], "Operations": {}}}}
    )
    info = session.business_info("F")
    assert (info.form_id, [entry.key for entry in info.entries], info.operations) == ("F", ["A"], ())
    assert info.head is None


# Rules


def test_rules_with_all_columns(wire, session):
    wire.json(
        [
            ["SaleOrder-OutStock", "销售订单至销售出库单", "SAL_SaleOrder", "SAL_OUTSTOCK", "1"],
            ["490c1753-b810", "自定义", "SAL_SaleOrder", "SAL_OUTSTOCK", 0],
            ["odd", None, None, None, "?"],
            ["", "nameless", "", "", "1"],
        ]
    ).json([])
    assert session.convert_rules() == (
        Rule("SaleOrder-OutStock", "销售订单至销售出库单", "SAL_SaleOrder", "SAL_OUTSTOCK", True, True),
        Rule("490c1753-b810", "自定义", "SAL_SaleOrder", "SAL_OUTSTOCK", True, False),
        Rule("odd", "", "", "", True, None),
    )
    assert wire.requests[0].data["FormId"] == "BOS_ConvertRule"


@pytest.mark.parametrize(
    ("unknown", "columns"),
    [
        ({"FStatus"}, "FNumber,FName,FSourceFormId,FTargetFormId"),
        ({"FSourceFormId"}, "FNumber,FName,FStatus"),
        ({"FSourceFormId", "FStatus"}, "FNumber,FName"),
    ],
)
def test_rules_with_fewer_columns(wire, session, unknown, columns):
    def answer(line, request) -> bool:
        keys = request.data["FieldKeys"].split(",")
        rows = [["R", "N", *["1"] * (len(keys) - 2)]] if request.data["StartRow"] == 0 else []
        body = json.dumps([[refusal(9)]] if unknown & set(keys) else rows).encode()
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        return True

    for _ in range(5):
        wire.step(answer)
    (rule,) = session.convert_rules()
    assert (rule.rule_id, rule.name, rule.from_server) == ("R", "N", True)
    assert wire.requests[-1].data["FieldKeys"] == columns
    assert rule.enabled is (True if "FStatus" in columns else None)


def test_rules_where_the_form_does_not_exist(wire, session):
    wire.json([[refusal(4, "标识为“BOS_ConvertRule”的业务对象不存在，或者被删除。")]])
    with pytest.raises(QueryRefused) as caught:
        session.convert_rules()
    assert caught.value.msg_code == 4


def test_rules_where_not_even_the_known_columns_work(wire, session):
    for _ in range(4):
        wire.json([[refusal(9)]])
    with pytest.raises(QueryRefused) as caught:
        session.convert_rules()
    assert caught.value.msg_code == 9


# Data centres


CENTRE = {
    "Id": "60a1b2c3d4e5f6",
    "Number": "001",
    "Name": "Demo",
    "LocaleValueName": [{"Key": 2052, "Value": "演示账套"}],
}
LINE = LineSettings(connect_seconds=5, read_seconds=5)


@pytest.mark.parametrize("value", [[CENTRE], {"Code": 0, "Message": "", "Data": [CENTRE]}])
def test_data_centres(wire, value):
    wire.json(value).json(value)
    assert list_data_centres(wire.address, LINE) == (DataCentre("60a1b2c3d4e5f6", "001", "演示账套"),)
    assert list_data_centres(wire.address, LINE, 1033) == (DataCentre("60a1b2c3d4e5f6", "001", "Demo"),)
    assert wire.requests[0].method == "POST"
    assert wire.requests[0].target == (
        "/k3cloud/Kingdee.BOS.ServiceFacade.ServicesStub.Account.AccountService.GetDataCenterList.common.kdsvc"
    )


def test_data_centres_by_the_second_service(wire):
    wire.text("", 404).text("", 404).json({"data": [{"id": "1", "number": "2", "name": "n"}]})
    assert list_data_centres(wire.address, LINE) == (DataCentre("1", "2", "n"),)
    assert [request.method for request in wire.requests] == ["POST", "GET", "POST"]
    assert wire.requests[2].target.endswith("ServicesStub.MCService.GetDataCenterList.common.kdsvc")


@pytest.mark.parametrize("body", ["", "[]", "null", '{"Code":0,"Data":null}', '[{"Name":"without id"}, 5]'])
def test_data_centres_that_are_not_told(wire, body):
    wire.text(body).text("", 404).text("", 404)
    assert list_data_centres(wire.address, LINE) == ()


def test_data_centres_of_something_else(wire):
    wire.text("<html>").text("<html>").text("<html>")
    with pytest.raises(AnswerUnreadable) as caught:
        list_data_centres(wire.address, LINE)
    assert caught.value.code == "html"


def test_data_centres_of_nobody(wire):
    wire.stop_listening()
    with pytest.raises(LineTrouble) as caught:
        list_data_centres(wire.address, LINE)
    assert caught.value.code == "refused"


def test_data_centres_in_an_odd_shape(wire):
    wire.text("5").text("true").text('"x"')
    with pytest.raises(AnswerUnreadable):
        list_data_centres(wire.address, LINE)
