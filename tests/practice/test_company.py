"""The books of the practice company: enough of everything, and the same for the same seed."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from kdgui.practice import PracticeServer

from .conftest import Client

SOURCES = {
    "PUR_Requisition",
    "PUR_PurchaseOrder",
    "PUR_ReceiveBill",
    "STK_InStock",
    "AP_Payable",
    "SAL_SaleOrder",
    "SAL_DELIVERYNOTICE",
    "SAL_OUTSTOCK",
    "AR_receivable",
}
EVERYWHERE = {"open", "open_many_lines", "created", "submitted", "draft", "reopened", "cancelled", "linked",
              "partly_linked", "part_delivered", "linked_by_me", "partner_disabled", "two_orgs"}  # fmt: skip


def test_every_source_form_has_bills_in_every_state(server: PracticeServer) -> None:
    examples = server.examples()
    assert set(examples) >= SOURCES
    for form_id in SOURCES:
        assert set(examples[form_id]) >= EVERYWHERE, form_id
        assert len(examples[form_id]["open"]) >= 9
    assert {"closed", "no_lot", "no_stock", "no_price", "frozen"} <= set(examples["PUR_PurchaseOrder"])
    assert "period_closed" in examples["STK_InStock"]
    assert len(examples["PUR_PurchaseOrder"]["open"]) >= 60


def test_states_are_what_they_are_called(asking: Client, orders: dict[str, list[str]]) -> None:
    keys = "FBillNo,FDocumentStatus,FCloseStatus,FCancelStatus"
    found = {row[0]: "".join(row[1:]) for row in asking.query("PUR_PurchaseOrder", keys)}
    states = {"open": "CAA", "created": "AAA", "submitted": "BAA", "draft": "ZAA", "reopened": "DAA",
              "closed": "CBA", "cancelled": "CAB", "linked": "CAA"}  # fmt: skip
    for role, state in states.items():
        assert {found[number] for number in orders[role]} == {state}, role


def test_what_was_pushed_before_can_be_found(asking: Client, orders: dict[str, list[str]]) -> None:
    keys = "FBillNo,FDocumentStatus,FCreatorId.FName"
    for role, creator in (("linked", "采购员"), ("linked_by_me", "练习用户"), ("partly_linked", "采购员")):
        rows = asking.query("STK_InStock", keys, f"FSRCBillNo='{orders[role][0]}' and FInStockEntry_FSeq=1")
        assert [row[1:] for row in rows] == [["C", creator]]


def test_what_was_delivered_in_part_has_a_rest_on_every_line(
    asking: Client, orders: dict[str, list[str]]
) -> None:
    number = orders["part_delivered"][0]
    keys = "FQty,FLinkQty,FPrice,FUnitID.FName,FPOOrderEntry_FEntryID"
    lines = asking.query("PUR_PurchaseOrder", keys, f"FBillNo='{number}'")
    made = asking.query(
        "STK_InStock", "FQty,FAllAmount,FInStockEntry_Link_FSId", f"FSRCBillNo='{number}'", OrderString="FID"
    )
    rests = {source: (quantity, amount) for quantity, amount, source in made}
    for quantity, linked, price, unit, entry_id in lines:
        assert linked == round(quantity * 0.4, 2)
        assert rests[entry_id] == (linked, pytest.approx(linked * price, abs=0.01))
        assert unit == "个"


def test_there_are_several_hundred_bills(asking: Client) -> None:
    count = sum(len(asking.query(form_id, "FID")) for form_id in SOURCES)
    assert 500 <= count <= 900


def bills(catalogue: Any, **how: Any) -> dict[str, dict[str, list[str]]]:
    practice = PracticeServer(catalogue, **how)
    found = practice.examples()
    practice.stop()
    return found


def test_a_few_thousand_on_demand(catalogue: Any) -> None:
    found = bills(catalogue, bills=4000)
    assert sum(len(numbers) for numbers in found["PUR_PurchaseOrder"].values()) == 1200


def test_few_are_still_one_of_each(catalogue: Any) -> None:
    assert set(bills(catalogue, bills=0)["PUR_PurchaseOrder"]) >= EVERYWHERE


def test_the_seed_decides_what_is_bought(catalogue: Any) -> None:
    def amounts(seed: int) -> object:
        practice = PracticeServer(catalogue, seed=seed)
        client = Client(practice.start())
        client.sign_in()
        rows = client.query("PUR_PurchaseOrder", "FBillNo,FQty,FPrice", Limit=50)
        client.web.close()
        practice.stop()
        return rows

    assert amounts(1) == amounts(1)
    assert amounts(1) != amounts(2)


@pytest.mark.parametrize(
    ("form_id", "number", "name"),
    [
        ("ORG_Organizations", "100", "总部"),
        ("ORG_Organizations", "101", "分公司"),
        ("BD_Supplier", "VEN00001", "东岸纸业"),
        ("BD_Customer", "CUST00001", "晨光文具店"),
        ("BD_MATERIAL", "MAT00001", "A4复印纸"),
        ("BD_Currency", "PRE001", "人民币"),
        ("BD_STOCK", "CK001", "原料仓"),
        ("SEC_User", "demo", "练习用户"),
    ],
)
def test_base_data_has_names(asking: Client, form_id: str, number: str, name: str) -> None:
    assert asking.query(form_id, "FName", f"FNumber='{number}'") == [[name]]


def test_books_of_an_earlier_version_get_the_entity_they_lack(catalogue: Any, tmp_path: Path) -> None:
    practice = PracticeServer(catalogue, data_dir=tmp_path)
    practice.stop()
    (file,) = (path for path in tmp_path.iterdir() if path.suffix not in ("-wal", "-shm"))
    with closing(sqlite3.connect(file)) as connection:
        connection.execute('DROP TABLE "a_SAL_SaleOrder_FSaleOrderPlan"')
        connection.commit()
    practice = PracticeServer(catalogue, data_dir=tmp_path)
    with practice as invitation:
        client = Client(invitation)
        client.sign_in()
        keys = "FBillNo,FSaleOrderPlan_FEntryID"
        (row,) = client.query("SAL_SaleOrder", keys, OrderString="FID ASC", Limit=1)
        assert row[0]
        assert row[1] is None
    assert not practice.crashes
