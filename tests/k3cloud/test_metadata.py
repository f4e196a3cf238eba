"""What a server tells of itself: bills whole, business info, conversion rules, data centres."""

from __future__ import annotations

import base64
import gzip
import json
from dataclasses import replace

import pytest

from kdgui.domain.bills import DataCentre
from kdgui.domain.errors import AnswerUnreadable, ConnectionTrouble, QueryRefused
from kdgui.domain.rules import Rule
from kdgui.k3cloud import reads as asking
from kdgui.k3cloud.business_info import BusinessInfo, name_in
from kdgui.k3cloud.data_centres import list_data_centres
from kdgui.k3cloud.http.settings import ConnectionSettings


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


class RuleForm:
    """BOS_ConvertRule with some columns: answers queries of it, and describes it if it may."""

    def __init__(self, rows: list[dict], *, described: dict | None = None) -> None:
        self.rows = rows
        self.described = described

    def __call__(self, line, request) -> bool:
        if request.service == "QueryBusinessInfo":
            answer: object = self.described or refusal(2)
        else:
            keys = request.data["FieldKeys"].split(",")
            rows = [] if request.data["StartRow"] else self.rows
            known = set(keys) <= self.rows[0].keys()
            answer = [[row[key] for key in keys] for row in rows] if known else [[refusal(9)]]
        body = json.dumps(answer).encode()
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        return True


def described(*fields: tuple[str, str]) -> dict:
    listed = [{"Key": key, "Name": names(name)} for key, name in fields]
    return {"Result": {"NeedReturnData": {"Entrys": [{"Key": "FBillHead", "Fields": listed}]}}}


WHOLE = {
    "FNumber": "SaleOrder-OutStock",
    "FName": "销售订单至销售出库单",
    "FSourceFormId": "SAL_SaleOrder",
    "FTargetFormId": "SAL_OUTSTOCK",
    "FStatus": "1",
    "FInvisible": 0,
}
WHOLE_RULE = Rule(
    "SaleOrder-OutStock", "销售订单至销售出库单", "SAL_SaleOrder", "SAL_OUTSTOCK", from_server=True,
    enabled=True, visible=True,
)  # fmt: skip


def without(*keys: str, **other: object) -> dict:
    return {key: value for key, value in WHOLE.items() if key not in keys} | other


def test_rules_with_all_columns(wire, session):
    off = WHOLE | {"FNumber": "490c1753-b810", "FStatus": 0, "FInvisible": "true"}
    odd = dict.fromkeys(WHOLE) | {"FNumber": "odd", "FStatus": "?"}
    wire.otherwise(RuleForm([WHOLE, off, odd, dict.fromkeys(WHOLE)]))
    assert session.convert_rules() == (
        WHOLE_RULE,
        replace(WHOLE_RULE, rule_id="490c1753-b810", enabled=False, visible=False),
        Rule("odd", from_server=True),
    )
    assert [rule.obstacle for rule in session.convert_rules()] == ["", "disabled", ""]
    assert wire.requests[0].data["FormId"] == "BOS_ConvertRule"


@pytest.mark.parametrize(
    ("form", "rule"),
    [
        (without("FInvisible"), replace(WHOLE_RULE, visible=None)),
        (without("FInvisible", "FStatus"), replace(WHOLE_RULE, visible=None, enabled=None)),
        (
            without("FSourceFormId", "FInvisible"),
            replace(WHOLE_RULE, source_form="", target_form="", visible=None),
        ),
        ({"FNumber": "R", "FName": "N"}, Rule("R", "N", from_server=True)),
    ],
)
def test_rules_with_fewer_columns(wire, session, form: dict, rule: Rule):
    wire.otherwise(RuleForm([form]))
    assert session.convert_rules() == (rule,)


NO_FORMS = without("FSourceFormId", "FTargetFormId", "FInvisible")


@pytest.mark.parametrize(
    ("fields", "values", "ends"),
    [
        (  # by key and name; the field of the bill type is named alike
            [("FSrcType", "源单类型"), ("FSrcFormKey", "源单"), ("FTgtFormKey", "目标单据")],
            {"FSrcType": "X", "FSrcFormKey": "SAL_SaleOrder", "FTgtFormKey": "SAL_OUTSTOCK"},
            ("SAL_SaleOrder", "SAL_OUTSTOCK"),
        ),
        (  # by name alone
            [("FA", "源单"), ("FB", "目标单据")],
            {"FA": "SAL_SaleOrder", "FB": "SAL_OUTSTOCK"},
            ("SAL_SaleOrder", "SAL_OUTSTOCK"),
        ),
        # not form ids, whatever they are called
        ([("FSource", "源单"), ("FTarget", "目标单据")], {"FSource": 7, "FTarget": 8}, ("", "")),
        # described, and yet not to be had
        ([("FSource", "源单"), ("FTarget", "目标单据")], {}, ("", "")),
        ([("FNumber", "编码"), ("FName", "名称")], {}, ("", "")),
    ],
)
def test_rules_whose_forms_have_other_keys(wire, session, fields, values, ends):
    wire.otherwise(RuleForm([NO_FORMS | values], described=described(*fields)))
    (rule,) = session.convert_rules()
    assert (rule.source_form, rule.target_form, rule.enabled) == (*ends, True)


def test_rules_where_the_form_does_not_exist(wire, session):
    wire.json([[refusal(4, "标识为“BOS_ConvertRule”的业务对象不存在，或者被删除。")]])
    with pytest.raises(QueryRefused) as caught:
        session.convert_rules()
    assert caught.value.msg_code == 4


def test_rules_where_a_column_is_a_database_error(wire, session):
    for _ in range(3):
        wire.json([[refusal(6, "数据库执行异常，请联系系统管理员")]])
    wire.json([["R-1", "采购订单至采购入库单", "1"]]).json([]).json(refusal(4))
    (rule,) = session.convert_rules()
    assert (rule.rule_id, rule.enabled) == ("R-1", True)


def test_rules_where_not_even_the_known_columns_work(wire, session):
    wire.otherwise(RuleForm([{"FOther": 1}]))
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
LINE = ConnectionSettings(connect_seconds=5, read_seconds=5)


@pytest.mark.parametrize("value", [[CENTRE], {"Code": 0, "Message": "", "Data": [CENTRE]}])
def test_data_centres(wire, value):
    wire.json(value).json(value)
    assert list_data_centres(wire.address, LINE) == (DataCentre("60a1b2c3d4e5f6", "001", "演示账套"),)
    assert list_data_centres(wire.address, LINE, 1033) == (DataCentre("60a1b2c3d4e5f6", "001", "Demo"),)
    assert wire.requests[0].method == "POST"
    assert wire.requests[0].target == (
        "/k3cloud/Kingdee.BOS.ServiceFacade.ServicesStub.Account.AccountService.GetDataCenterList.common.kdsvc"
    )


def packed(value: object) -> str:
    return base64.b64encode(gzip.compress(json.dumps(value).encode())).decode()


@pytest.mark.parametrize(
    "body",
    [packed([CENTRE]), json.dumps(packed([CENTRE])), json.dumps({"Code": 0, "Data": packed([CENTRE])})],
)
def test_data_centres_packed_once_more(wire, body):
    wire.text(body)
    assert list_data_centres(wire.address, LINE) == (DataCentre("60a1b2c3d4e5f6", "001", "演示账套"),)


@pytest.mark.parametrize("body", ["H4sIAAAA", "H4sI!!!!", packed([CENTRE])[:-20]])
def test_data_centres_packed_and_damaged(wire, body):
    wire.text(body).text(body)  # the line is blamed, and asked once more
    with pytest.raises(ConnectionTrouble) as caught:
        list_data_centres(wire.address, LINE)
    assert caught.value.code == "gzip"


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
    with pytest.raises(ConnectionTrouble) as caught:
        list_data_centres(wire.address, LINE)
    assert caught.value.code == "refused"


def test_data_centres_in_an_odd_shape(wire):
    wire.text("5").text("true").text('"x"')
    with pytest.raises(AnswerUnreadable):
        list_data_centres(wire.address, LINE)
