"""Finding targets: source columns, link columns, and every way a server may hide them (protocol 3.4)."""

from __future__ import annotations

import pytest

from kdgui.practice import PracticeServer

from .conftest import ORDER_TO_STOCK, Client, refused

LINK = "FInStockEntry_Link_"

SOURCE_COLUMNS = [
    ("PUR_Requisition", "PUR_Requisition-PUR_PurchaseOrder", "FPOOrderEntry", "FSrcBillNo", "FSrcBillTypeId"),
    ("PUR_PurchaseOrder", "PUR_PurchaseOrder-STK_InStock", "FInStockEntry", "FSRCBillNo", "FSRCBILLTYPEID"),
    ("PUR_PurchaseOrder", "PUR_PurchaseOrder-PUR_ReceiveBill", "FDetailEntity", "FSrcBillNo", "FSrcFormId"),
    ("PUR_ReceiveBill", "PUR_ReceiveBill-STK_InStock", "FInStockEntry", "FSRCBillNo", "FSRCBILLTYPEID"),
    ("STK_InStock", "STK_InStock-PUR_MRB", "FPURMRBENTRY", "FSRCBILLNO", "FSRCBILLTYPEID"),
    ("STK_InStock", "AP_InStockToPayableMap", "FEntityDetail", "FSOURCEBILLNO", "FSOURCETYPE"),
    ("AP_Payable", "AP_PayableToPayBill", "FPAYBILLSRCENTRY", "FSRCBILLNO", "FSOURCETYPE"),
    ("SAL_SaleOrder", "SaleOrder-DeliveryNotice", "FEntity", "FSrcBillNo", "FSrcType"),
    ("SAL_SaleOrder", "SaleOrder-OutStock", "FEntity", "FSrcBillNo", "FSrcType"),
    ("SAL_DELIVERYNOTICE", "DeliveryNotice-OutStock", "FEntity", "FSrcBillNo", "FSrcType"),
    ("SAL_SaleOrder", "SaleOrder-SalReturnStock", "FEntity", "FSrcBillNo", "FSrcBillTypeID"),
    ("SAL_OUTSTOCK", "OutStock-SalReturnStock", "FEntity", "FSrcBillNo", "FSrcBillTypeID"),
    ("SAL_OUTSTOCK", "AR_OutStockToReceivableMap", "FEntityDetail", "FSourceBillNo", "FSOURCETYPE"),
    ("AR_receivable", "AR_recableToRecBill", "FRECEIVEBILLSRCENTRY", "FSRCBILLNO", "FSOURCETYPE"),
]


@pytest.mark.parametrize(("form_id", "rule_id", "entry", "number_key", "type_key"), SOURCE_COLUMNS)
def test_every_rule_leaves_its_trace_in_the_target(
    server: PracticeServer,
    client: Client,
    form_id: str,
    rule_id: str,
    entry: str,
    number_key: str,
    type_key: str,
) -> None:
    number = server.examples()[form_id]["open"][0]
    assert client.push([number], form_id=form_id, RuleId=rule_id)["ResponseStatus"]["IsSuccess"]
    done = server.ledger()[-1]
    (target,) = done.targets
    link = f"{entry}_Link_"
    names = ("FRuleId", "FSBillId", "FSId", "FSTableName", "FFlowId", "FFlowLineId")
    keys = ",".join(["FBillNo", number_key, type_key, *(link + name for name in names)])
    for where in (
        f"FID={target.id}",
        f"{number_key}='{number}'",
        f"{link}FSBillId in ({done.sources[0].id})",
    ):
        for row in client.query(target.form_id, keys, f"{where} and FID={target.id}"):
            assert row[:5] == [target.number, number, form_id, rule_id, int(done.sources[0].id)]
            assert isinstance(row[5], int)
            assert row[6].startswith("T_")


def test_rows_come_by_line_with_their_own_source_line(client: Client, orders: dict[str, list[str]]) -> None:
    number = orders["open_many_lines"][0]
    client.push([number])
    sources = client.query("PUR_PurchaseOrder", "FPOOrderEntry_FEntryID", f"FBillNo='{number}'")
    targets = client.query(
        "STK_InStock", f"{LINK}FSId,FSRCRowId,FPOORDERENTRYID,FPOOrderNo", f"FSRCBillNo='{number}'"
    )
    assert [[row[0]] for row in targets] == sources
    assert all(row[1:] == [str(row[0]), str(row[0]), number] for row in targets)


def test_a_rule_may_leave_another_rules_id(
    server: PracticeServer, client: Client, orders: dict[str, list[str]]
) -> None:
    server.turn({"rule_id_rewritten": True})
    number = orders["linked"][0]
    rows = client.query("STK_InStock", f"{LINK}FRuleId", f"FSRCBillNo='{number}'")
    assert rows[0] == ["7aa62154-c23f-4a02-abae-d024b4eceeb7"]
    by_rule = client.query(
        "STK_InStock", "FSRCBillNo", f"{LINK}FRuleId='{ORDER_TO_STOCK}' and FSRCBillNo='{number}'"
    )
    assert by_rule == []


def test_links_may_hang_at_the_head(
    server: PracticeServer, client: Client, orders: dict[str, list[str]]
) -> None:
    number = orders["linked"][0]
    bill_id = client.query("PUR_PurchaseOrder", "FID", f"FBillNo='{number}'")[0][0]
    entry, head = f"{LINK}FSBillId={bill_id}", f"FBillHead_Link_FSBillId={bill_id}"
    assert client.query("STK_InStock", "FBillNo", entry)
    assert refused(client.query("STK_InStock", "FBillNo", head))["MsgCode"] == 9
    server.turn({"links_at_head": True})
    assert client.query("STK_InStock", "FBillNo", entry) == []
    assert client.query("STK_InStock", "FBillNo", head)


def test_link_columns_may_be_missing(server: PracticeServer, client: Client) -> None:
    server.turn({"no_links": True})
    assert refused(client.query("STK_InStock", f"FID,{LINK}FSBillId"))["MsgCode"] == 9


def test_link_columns_may_be_shown_and_not_filtered(server: PracticeServer, client: Client) -> None:
    server.turn({"link_not_filterable": True})
    assert client.query("STK_InStock", f"FID,{LINK}FSBillId", "FID>0")
    status = refused(client.query("STK_InStock", "FID", f"{LINK}FSBillId=1"))
    assert status["MsgCode"] == 4
    assert status["Errors"][0]["Message"].startswith("GetRealExpress error")


def test_a_reader_may_be_blind_to_what_was_pushed(
    server: PracticeServer, client: Client, orders: dict[str, list[str]]
) -> None:
    server.turn({"blind_reader": True})
    assert client.push(orders["open"][:1])["ResponseStatus"]["IsSuccess"]
    target = server.ledger()[-1].targets[0]
    assert client.query("STK_InStock", "FID", f"FID={target.id}") == []
    assert client.query("STK_InStock", "FID", f"{LINK}FSBillId>0") == []
    assert client.query("STK_InStock", "FID", "FID>0"), "what nobody pushed is still seen"
    answer = client.call("View", "STK_InStock", {"Id": target.id})
    assert answer["Result"]["ResponseStatus"]["MsgCode"] == 10
    assert client.query("PUR_PurchaseOrder", "FID", f"FBillNo='{orders['open'][0]}'")


def test_a_reader_may_be_blind_to_a_form(server: PracticeServer, client: Client) -> None:
    server.turn({"blind_forms": "stk_instock, SAL_OUTSTOCK"})
    assert client.query("STK_InStock", "FID") == []
    assert client.query("SAL_OUTSTOCK", "FID") == []
    assert client.query("PUR_PurchaseOrder", "FID")
    assert client.call("View", "STK_InStock", {"Id": "1"})["Result"]["ResponseStatus"]["MsgCode"] == 2
