"""Push: parameters, rules, grouping, quota, drafts, and both answer blocks (protocol 2)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kdgui.practice import PracticeServer

from .conftest import ORDER_TO_STOCK, Client, entities, messages

ORDER = "PUR_PurchaseOrder"
NOTHING = "没有符合条件的数据可以下推。"
CUSTOM = "7aa62154-c23f-4a02-abae-d024b4eceeb7"
DISABLED = "bf475358-d14e-4886-bba1-eedbd220ecd2"
Orders = dict[str, list[str]]


def ids_of(client: Client, *numbers: str) -> list[int]:
    return [client.query(ORDER, "FID", f"FBillNo='{number}'")[0][0] for number in numbers]


def lines_of(client: Client, number: str) -> list[int]:
    rows = client.query(
        ORDER, "FPOOrderEntry_FEntryID", f"FBillNo='{number}'", OrderString="FPOOrderEntry_FSeq"
    )
    return [row[0] for row in rows]


def test_one_bill_makes_one_target_and_both_blocks_say_so(
    server: PracticeServer, client: Client, orders: Orders
) -> None:
    number = orders["open"][0]
    result = client.push([number])
    (entity,) = entities(result)
    assert set(entity) == {"Id", "Number", "DIndex", "EntryIds"}
    assert entity["Number"].startswith("CGRK000")
    quiet = {"IsSuccess": True, "Errors": [], "SuccessEntitys": [], "SuccessMessages": [], "MsgCode": 0}
    assert result == {"ResponseStatus": {**quiet, "SuccessEntitys": [entity]}, "ConvertResponseStatus": quiet}
    keys = "FBillNo,FDocumentStatus,FCreatorId.FName,FInStockEntry_FEntryID"
    rows = client.query("STK_InStock", keys, f"FID={entity['Id']}")
    assert {tuple(row[:3]) for row in rows} == {(entity["Number"], "A", "练习用户")}
    assert [row[3] for row in rows] == entity["EntryIds"]["FInStockEntry"]
    done = server.ledger()[-1]
    assert ([item.number for item in done.sources], done.targets[0].number) == ([number], entity["Number"])


@pytest.mark.parametrize(
    "shape",
    [
        lambda form, data: {"json": {"parameters": [form, json.dumps(data)]}},
        lambda form, data: {"json": {"parameters": [form, data]}},
        lambda form, data: {"json": {"parameters": json.dumps([form, json.dumps(data)])}},
        lambda form, data: {"json": {"formid": form, "data": data}},
        lambda form, data: {"json": {"FormId": form, "Data": data}},
        lambda form, data: {"json": {"formid": form, "data": json.dumps(data)}},
        lambda form, data: {"json": [form, data]},
        lambda form, data: {"data": {"FormId": form, "Data": json.dumps(data)}},
        lambda form, data: {"data": {"formid": form, "data": json.dumps(data)}},
        lambda form, data: {"data": {"parameters": json.dumps([form, data])}},
    ],
)
def test_every_encoding_of_the_call_is_read(client: Client, orders: Orders, shape: Any) -> None:
    data = {"Numbers": [orders["open"][0]], "RuleId": ORDER_TO_STOCK}
    answer = client.post("DynamicFormService.Push", **shape(ORDER, data))
    assert entities(answer.json()["Result"])


def test_data_encoded_twice_is_a_bad_gateway(client: Client) -> None:
    answer = client.post(
        "DynamicFormService.Push", json={"formid": ORDER, "data": json.dumps(json.dumps({}))}
    )
    assert answer.status_code == 502


@pytest.mark.parametrize(
    "given", [lambda ids: ",".join(map(str, ids)), lambda ids: ids, lambda ids: list(map(str, ids))]
)
def test_bills_are_pushed_by_id_however_ids_are_written(client: Client, orders: Orders, given: Any) -> None:
    ids = ids_of(client, *orders["open"][:2])
    assert client.push(Ids=given(ids), RuleId=CUSTOM)["ResponseStatus"]["IsSuccess"]


# rules


def test_a_rule_is_needed(client: Client, orders: Orders) -> None:
    result = client.push(orders["open"][:1], RuleId="")
    assert messages(result) == ["未启用默认转换规则，转换规则内码（RuleId）必填"]
    assert (result["ResponseStatus"]["MsgCode"], "ConvertResponseStatus" in result) == (8, False)


@pytest.mark.parametrize("truth", [True, "true", "True", 1])
def test_the_default_rule_needs_the_target_form(client: Client, orders: Orders, truth: object) -> None:
    default = {"RuleId": "", "IsEnableDefaultRule": truth}
    assert "TargetFormId" in messages(client.push(orders["open"][:1], **default))[0]
    result = client.push(orders["open"][:1], **default, TargetFormId="stk_instock")
    assert entities(result)[0]["Number"].startswith("CGRK")
    refused = client.push(orders["open"][1:2], **default, TargetFormId="AR_receivable")
    assert "不存在" in messages(refused)[0]


def test_rules_that_cannot_be_used_say_why(client: Client, orders: Orders) -> None:
    number = orders["open"][:1]
    assert messages(client.push(number, RuleId=DISABLED)) == ["运行时不允许加载"]
    assert "不存在" in messages(client.push(number, RuleId="no-such-rule"))[0]
    assert "源单不是" in messages(client.push(number, RuleId="SaleOrder-OutStock"))[0]
    assert messages(client.push(number, form_id="NOPE"))[0].startswith("标识为“NOPE”的业务对象不存在")


def test_a_rule_of_ones_own_pushes_bill_by_bill(client: Client, orders: Orders) -> None:
    assert len(entities(client.push(orders["open"][:3], RuleId=CUSTOM.upper()))) == 3


def test_no_bills_named_is_a_refusal(client: Client) -> None:
    result = client.push([])
    assert (messages(result), result["ResponseStatus"]["MsgCode"]) == (["编码值或内码值必传其一"], 8)


# grouping


def test_bills_of_one_supplier_become_one_target(
    server: PracticeServer, client: Client, orders: Orders
) -> None:
    numbers = orders["open"][:6]
    suppliers = {
        number: client.query(ORDER, "FSupplierId", f"FBillNo='{number}'")[0][0] for number in numbers
    }
    made = entities(client.push(numbers))
    assert 1 < len(made) == len(set(suppliers.values())) < len(numbers)
    for entity in made:
        rows = client.query("STK_InStock", "FSRCBillNo,FSupplierId", f"FID={entity['Id']}")
        assert {suppliers[row[0]] for row in rows} == {rows[0][1]}
    assert len(server.ledger()[-1].sources) == 6


def test_receivables_become_one_receipt_up_to_a_size(server: PracticeServer, client: Client) -> None:
    numbers = server.examples()["AR_receivable"]["open"]
    push = {"form_id": "AR_receivable", "RuleId": "AR_recableToRecBill"}
    (one,) = entities(client.push(numbers[:5], **push))
    assert list(one["EntryIds"]) == ["FRECEIVEBILLENTRY"]
    rows = client.query("AR_RECEIVEBILL", "FSRCBILLNO", f"FID={one['Id']}")
    assert {row[0] for row in rows} == set(numbers[:5])
    server.turn({"split_size": 2})
    assert len(entities(client.push(numbers[5:10], **push))) == 3


def test_the_sum_of_a_receipt_is_that_of_its_sources(server: PracticeServer, client: Client) -> None:
    numbers = server.examples()["AR_receivable"]["open"][:3]
    push = {"form_id": "AR_receivable", "RuleId": "AR_recableToRecBill"}
    (one,) = entities(client.push(numbers, **push))
    listed = ",".join(f"'{number}'" for number in numbers)
    owed = client.query("AR_receivable", "FALLAMOUNTFOR_D,FRELATEHADPAYAMOUNT", f"FBillNo in ({listed})")
    (total,) = client.query("AR_RECEIVEBILL", "FRECTOTALAMOUNTFOR", f"FID={one['Id']}")[0]
    assert total == pytest.approx(sum(row[0] for row in owed))
    assert all(row[0] == pytest.approx(row[1]) for row in owed)


# quota


def test_a_pushed_bill_is_not_pushed_again(client: Client, orders: Orders) -> None:
    number = orders["open"][0]
    client.push([number])
    result = client.push([number])
    status = result["ResponseStatus"]
    assert (status["MsgCode"], status["ErrorCode"], status["IsSuccess"], messages(result)) == (
        11,
        500,
        False,
        [NOTHING],
    )
    assert messages(result, "ConvertResponseStatus") == [NOTHING]
    assert entities(result) == []
    assert messages(client.push([number], RuleId="PUR_PurchaseOrder-PUR_ReceiveBill")) == [NOTHING]


def test_lines_use_up_what_they_take(client: Client, orders: Orders) -> None:
    number = orders["open_many_lines"][0]
    lines = lines_of(client, number)
    (first,) = entities(client.push(EntryIds=f"{lines[0]},{lines[1]}"))
    assert len(first["EntryIds"]["FInStockEntry"]) == 2
    rows = client.query(ORDER, "FQty,FLinkQty", f"FBillNo='{number}'", OrderString="FPOOrderEntry_FSeq")
    assert [linked == quantity for quantity, linked in rows] == [True, True] + [False] * 8
    (rest,) = entities(client.push([number]))
    assert len(rest["EntryIds"]["FInStockEntry"]) == 8
    assert messages(client.push(EntryIds=lines[:1])) == [NOTHING]


def test_whole_bills_are_pushed_where_ids_stand_beside_lines(client: Client, orders: Orders) -> None:
    number = orders["open_many_lines"][0]
    (made,) = entities(
        client.push(Ids=str(ids_of(client, number)[0]), EntryIds=[lines_of(client, number)[0]])
    )
    assert len(made["EntryIds"]["FInStockEntry"]) == 10


def test_a_partly_linked_bill_gives_what_is_left(client: Client, orders: Orders) -> None:
    (made,) = entities(client.push(orders["partly_linked"][:1]))
    assert len(made["EntryIds"]["FInStockEntry"]) == 2


def test_returns_have_a_quota_of_their_own(server: PracticeServer, client: Client) -> None:
    number = server.examples()["SAL_SaleOrder"]["linked"][0]
    assert messages(client.push([number], form_id="SAL_SaleOrder", RuleId="SaleOrder-OutStock")) == [NOTHING]
    assert entities(client.push([number], form_id="SAL_SaleOrder", RuleId="SaleOrder-SalReturnStock"))


# what does not qualify


@pytest.mark.parametrize(
    ("role", "said"),
    [
        ("created", "未审核"),
        ("submitted", "未审核"),
        ("draft", "未审核"),
        ("reopened", "未审核"),
        ("closed", "已关闭"),
        ("cancelled", "已作废"),
        ("frozen", "已冻结"),
        ("linked", NOTHING),
        ("linked_by_me", NOTHING),
    ],
)
def test_bills_that_cannot_be_pushed(client: Client, orders: Orders, role: str, said: str) -> None:
    result = client.push(orders[role][:1])
    assert said in messages(result)[0]
    assert result["ResponseStatus"]["MsgCode"] == 11


def test_unknown_bills_are_dropped_in_silence_beside_known_ones(
    server: PracticeServer, client: Client, orders: Orders
) -> None:
    known = orders["open"][0]
    assert len(entities(client.push(["NOPE1", known, "NOPE2"]))) == 1
    result = client.push(["NOPE1", "NOPE2"])
    assert (result["ResponseStatus"]["MsgCode"], "NOPE1、NOPE2" in messages(result)[0]) == (10, True)
    server.turn({"missing_dropped": False})
    refused = client.push(["NOPE1", orders["open"][1]])
    assert "NOPE1" in messages(refused)[0]
    assert len(server.ledger()) == 1


@pytest.mark.parametrize("ids", ["999", "x", "99999999999999999999", "-1", "0"])
def test_unknown_ids_are_refused(client: Client, ids: str) -> None:
    assert client.push(Ids=ids)["ResponseStatus"]["MsgCode"] == 10
    assert client.push(EntryIds=ids)["ResponseStatus"]["MsgCode"] == 10


@pytest.mark.parametrize(
    ("mixed", "success", "made"),
    [("rollback", False, 0), ("keep_success", True, 1), ("keep_failure", False, 1)],
)
def test_a_refused_bill_beside_a_good_one(
    server: PracticeServer, client: Client, orders: Orders, mixed: str, success: bool, made: int
) -> None:
    server.turn({"mixed": mixed})
    bad = orders["created"][0]
    result = client.push([orders["open"][0], bad])
    assert result["ResponseStatus"]["IsSuccess"] is success
    assert len(entities(result)) == made == len(server.ledger())
    assert len(messages(result)) == 1
    assert bad in messages(result)[0]
    assert result["ResponseStatus"]["Errors"][0]["DIndex"] == 1


def test_rollback_names_every_refused_bill(client: Client, orders: Orders) -> None:
    result = client.push([orders["created"][0], orders["linked"][0], orders["open"][0]])
    assert [orders["created"][0] in messages(result)[0], orders["linked"][0] in messages(result)[1]] == [
        True,
        True,
    ]


# saving


@pytest.mark.parametrize(
    ("form_id", "rule_id", "role", "field", "said"),
    [
        (ORDER, ORDER_TO_STOCK, "partner_disabled", "FSupplierId", "旧城纺织”已被禁用"),
        (ORDER, ORDER_TO_STOCK, "no_lot", "FLot", "批号为空"),
        (ORDER, ORDER_TO_STOCK, "no_price", "FPrice", "非赠品单价不能为0"),
        (ORDER, ORDER_TO_STOCK, "no_stock", "FStockId", "仓库"),
        ("SAL_SaleOrder", "SaleOrder-OutStock", "partner_disabled", "FCustomerID", "已被禁用"),
        ("STK_InStock", "AP_InStockToPayableMap", "period_closed", "FDate", "会计期间已经结账"),
        ("AR_receivable", "AR_recableToRecBill", "period_closed", "FDate", "会计期间已经结账"),
    ],
)
def test_targets_that_cannot_be_saved(
    server: PracticeServer, client: Client, form_id: str, rule_id: str, role: str, field: str, said: str
) -> None:
    number = server.examples()[form_id][role][0]
    result = client.push([number], form_id=form_id, RuleId=rule_id)
    error = result["ResponseStatus"]["Errors"][0]
    assert (error["FieldName"], said in error["Message"]) == (field, True)
    assert (result["ResponseStatus"]["MsgCode"], result["ConvertResponseStatus"]["IsSuccess"]) == (11, True)
    assert server.ledger() == []


DRAFT = {"IsDraftWhenSaveFail": "true"}


@pytest.mark.parametrize(
    ("shape", "success", "block"),
    [
        ("convert", False, "ConvertResponseStatus"),
        ("save", False, "ResponseStatus"),
        ("success", True, "ResponseStatus"),
    ],
)
def test_a_draft_is_kept_where_saving_fails(
    server: PracticeServer, client: Client, orders: Orders, shape: str, success: bool, block: str
) -> None:
    server.turn({"draft_shape": shape})
    number = orders["no_lot"][0]
    result = client.push([number], **DRAFT)
    assert result["ResponseStatus"]["IsSuccess"] is success
    (draft,) = entities(result, block)
    assert not draft["Number"]
    other = {"ResponseStatus", "ConvertResponseStatus"} - {block}
    assert entities(result, other.pop()) == []
    keys = "FBillNo,FDocumentStatus,FSRCBillNo"
    assert client.query("STK_InStock", keys, f"FID={draft['Id']}")[0] in (
        ["", "Z", number],
        [None, "Z", number],
    )


def test_drafts_use_up_no_quota(server: PracticeServer, client: Client, orders: Orders) -> None:
    number = orders["no_lot"][0]
    for _ in range(2):
        client.push([number], **DRAFT)
    assert [entry.targets[0].status for entry in server.ledger()] == ["Z", "Z"]
    assert {row[0] for row in client.query(ORDER, "FLinkQty", f"FBillNo='{number}'")} == {0.0}
    assert len(client.query("STK_InStock", "FID", f"FSRCBillNo='{number}' and FInStockEntry_FSeq=1")) == 2


def test_a_good_bill_is_saved_even_where_drafts_are_allowed(client: Client, orders: Orders) -> None:
    (made,) = entities(client.push(orders["open"][:1], **DRAFT))
    assert client.query("STK_InStock", "FDocumentStatus", f"FID={made['Id']}")[0] == ["A"]


def test_one_draft_beside_a_good_target(server: PracticeServer, client: Client, orders: Orders) -> None:
    result = client.push([orders["open"][0], orders["no_price"][0]], RuleId=CUSTOM, **DRAFT)
    assert result["ResponseStatus"]["IsSuccess"] is False
    assert len(entities(result)) == 1
    assert len(entities(result, "ConvertResponseStatus")) == 1
    assert sorted(item.status for item in server.ledger()[-1].targets) == ["A", "Z"]


def test_one_failing_target_takes_the_others_with_it_or_not(
    server: PracticeServer, client: Client, orders: Orders
) -> None:
    numbers = [orders["open"][0], orders["no_price"][0]]
    assert entities(client.push(numbers, RuleId=CUSTOM)) == []
    server.turn({"mixed": "keep_success"})
    assert len(entities(client.push(numbers, RuleId=CUSTOM))) == 1


# organisations, types, spelling


def test_the_target_may_go_to_another_organisation(client: Client, orders: Orders) -> None:
    (made,) = entities(client.push(orders["open"][:1], TargetOrgId=100002, TargetBillTypeId="CGRK01_SYS"))
    keys = "FStockOrgId.FNumber,FBillTypeID.FNumber"
    assert client.query("STK_InStock", keys, f"FID={made['Id']}")[0] == ["101", "CGRK01_SYS"]
    assert "不存在" in messages(client.push(orders["open"][1:2], TargetOrgId=77))[0]


def test_one_number_in_two_organisations_means_two_bills(
    server: PracticeServer, client: Client, orders: Orders
) -> None:
    server.turn({"two_orgs": True})
    assert len(entities(client.push(orders["two_orgs"][:1]))) == 2
    assert len(server.ledger()[-1].sources) == 2


def test_numbers_are_matched_exactly_or_not(server: PracticeServer, client: Client, orders: Orders) -> None:
    spelled = orders["open"][0].lower() + " "
    assert client.push([spelled])["ResponseStatus"]["MsgCode"] == 10
    server.turn({"case_blind": True})
    assert entities(client.push([spelled, orders["open"][0]]))
    assert [item.number for item in server.ledger()[-1].sources] == [orders["open"][0]]


def test_ids_may_travel_as_text(server: PracticeServer, client: Client, orders: Orders) -> None:
    server.turn({"ids_as_text": True})
    assert isinstance(entities(client.push(orders["open"][:1]))[0]["Id"], str)


def test_many_bills_at_once(server: PracticeServer, client: Client) -> None:
    numbers = server.examples()["AR_receivable"]["open"]
    result = client.push(numbers, form_id="AR_receivable", RuleId="AR_recableToRecBill")
    assert len(entities(result)) == 1
    assert len(server.ledger()[-1].sources) == len(numbers)
