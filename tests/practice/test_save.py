"""Save as an update (protocol 4b): the careful fill, and both ways of everything that nobody knows."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from kdgui.practice import PracticeServer

from .conftest import Client, entities, messages

STOCK, ENTRY = "STK_InStock", "FInStockEntry"
Orders = dict[str, list[str]]
KEYS = (
    f"{ENTRY}_FEntryID,FQty,FPriceUnitQty,FPrice,FAllAmount,FStockId.FNumber,FLot.FNumber,FNoteEntry"
    ",FMaterialId"
)


class Filled:
    """One pushed receipt, and what is saved into it."""

    def __init__(self, client: Client, number: str, *, draft: bool = False) -> None:
        self.client, self.source = client, number
        result = client.push([number], IsDraftWhenSaveFail=draft)
        made = entities(result) or entities(result, "ConvertResponseStatus")
        self.id = made[0]["Id"]
        self.ids = [row[0] for row in self.rows()]

    def rows(self) -> list[list[Any]]:
        return self.client.query(STOCK, KEYS, f"FID={self.id}", OrderString=f"{ENTRY}_FEntryID")

    def head(self, keys: str) -> list[Any]:
        found: list[Any] = self.client.query(STOCK, keys, f"FID={self.id}")[0]
        return found

    def save(self, *lines: dict[str, Any], head: dict[str, Any] | None = None, **more: Any) -> Any:
        """As section 4b.7 proposes, unless `more` says otherwise."""
        keys = [*(head or {}), *([ENTRY] if lines else [])]
        keys += dict.fromkeys(key for line in lines for key in line if key != "FEntryID")
        model: dict[str, Any] = {"FID": self.id, **(head or {})}
        if lines:
            model[ENTRY] = list(lines)
        flags = dict.fromkeys(("ValidateFlag", "IsVerifyBaseDataField", "IsControlPrecision"), "true")
        data = {"NeedUpDateFields": keys, "IsDeleteEntry": "false", **flags, "Model": model, **more}
        return self.client.call("Save", STOCK, json.dumps(data))["Result"]

    def linked(self) -> float:
        return float(
            sum(
                row[0]
                for row in self.client.query("PUR_PurchaseOrder", "FLinkQty", f"FBillNo='{self.source}'")
            )
        )


@pytest.fixture
def bill(client: Client, orders: Orders) -> Filled:
    return Filled(client, orders["open_many_lines"][0])


def said_yes(result: Any) -> bool:
    return bool(result["ResponseStatus"]["IsSuccess"])


def test_a_careful_fill_is_stored_and_noted(server: PracticeServer, bill: Filled) -> None:
    before = bill.rows()
    line = {"FEntryID": bill.ids[0], "FQty": "3", "FStockId": {"FNumber": "CK003"}, "FNoteEntry": "车间"}
    result = bill.save(line, head={"FNote": "第一批"})
    assert (result["Id"], result["NeedReturnData"]) == (bill.id, [{}])
    assert entities(result)[0]["Number"] == result["Number"]
    after = bill.rows()
    assert after[0][1:4] == [3.0, 3.0, before[0][3]]
    assert after[0][4] == pytest.approx(3 * before[0][3])
    assert (after[0][5], after[0][7], bill.head("FNote,FModifierId")[0]) == ("CK003", "车间", "第一批")
    assert after[1:] == before[1:]
    entry = server.ledger()[-1]
    assert (entry.operation, entry.sources[0].id) == ("save", str(bill.id))
    assert f"{ENTRY} {bill.ids[0]} FQty: {before[0][1]} → 3.0" in entry.changes
    assert server.posts()[-1].bill_ids == (str(bill.id),)


def test_what_was_lowered_can_be_pushed_again(bill: Filled) -> None:
    whole = bill.linked()
    quantity = bill.rows()[0][1]
    assert said_yes(bill.save({"FEntryID": bill.ids[0], "FQty": quantity - 1}))
    assert bill.linked() == whole - 1


@pytest.mark.parametrize(("code", "told"), [("11", 11), ("0", 0), ("none", None)])
def test_a_refusal_has_either_code(server: PracticeServer, bill: Filled, code: str, told: int | None) -> None:
    server.turn({"save_refusal_code": code})
    before = bill.rows()
    result = bill.save({"FEntryID": bill.ids[0], "FQty": 99999, "FNoteEntry": "x"})
    assert result["ResponseStatus"].get("MsgCode") == told
    assert (result["Id"], result["Number"], result["NeedReturnData"]) == ("", "", [{}])
    assert "关联数量" in messages(result)[0]
    assert bill.rows() == before
    assert server.ledger()[-1].operation == "push"


def test_a_lock_conflict_passes(server: PracticeServer, bill: Filled) -> None:
    server.turn({"save:lock_conflict": {"at": [1]}})
    refused = bill.save(head={"FNote": "x"})
    assert (refused["ResponseStatus"]["MsgCode"], "冲突，请稍候再使用" in messages(refused)[0]) == (0, True)
    assert said_yes(bill.save(head={"FNote": "x"}))


@pytest.mark.parametrize(
    ("switch", "line", "stored"),
    [
        ({}, {"FQty": 3}, True),
        ({"save_entity_key": "required"}, {"FQty": 3}, False),
    ],
)
def test_line_fields_without_their_entity(
    server: PracticeServer, bill: Filled, switch: dict[str, Any], line: dict[str, Any], stored: bool
) -> None:
    server.turn(switch)
    result = bill.save({"FEntryID": bill.ids[0], **line}, NeedUpDateFields=["FQty"])
    assert said_yes(result)
    assert (bill.rows()[0][1] == 3.0) is stored


@pytest.mark.parametrize(("position", "note"), [("ignored", "bleibt"), ("empties", None)])
def test_a_dotted_name(server: PracticeServer, bill: Filled, position: str, note: str | None) -> None:
    bill.save(*({"FEntryID": line, "FNoteEntry": "bleibt"} for line in bill.ids))
    server.turn({"save_dotted": position})
    assert said_yes(bill.save(NeedUpDateFields=[f"{ENTRY}.FNoteEntry"]))
    assert {row[7] for row in bill.rows()} == {note}


@pytest.mark.parametrize(("position", "left"), [("deleted", 1), ("refused", 10)])
def test_lines_that_are_not_listed(server: PracticeServer, bill: Filled, position: str, left: int) -> None:
    server.turn({"save_missing_lines": position})
    result = bill.save({"FEntryID": bill.ids[0], "FNoteEntry": "x"}, IsDeleteEntry="true")
    assert said_yes(result) is (left == 1)
    assert len(bill.rows()) == left
    assert len({row[0] for row in bill.rows()} & set(bill.ids)) == left


@pytest.mark.parametrize(("position", "left"), [("kept", 10), ("emptied", 0)])
def test_an_entity_that_the_model_lacks(
    server: PracticeServer, bill: Filled, position: str, left: int
) -> None:
    server.turn({"save_absent_entity": position})
    bill.save(head={"FNote": "x"}, NeedUpDateFields=["FNote", ENTRY], IsDeleteEntry="true")
    assert len([row for row in bill.rows() if row[0]]) == left


def test_rows_without_an_id(server: PracticeServer, bill: Filled) -> None:
    server.turn({"save_new_row": "refused"})
    row = {"FQty": 1, "FMaterialId": {"FNumber": "MAT00001"}, "FStockId": {"FNumber": "CK001"}, "FPrice": 1}
    assert not said_yes(bill.save(row))
    server.turn({"save_new_row": "appended"})
    assert said_yes(bill.save(row))
    assert len(bill.rows()) == 11


@pytest.mark.parametrize(
    ("position", "ok", "lines"), [("refused", False, 10), ("ignored", True, 10), ("new_row", True, 11)]
)
def test_a_line_of_another_bill(
    server: PracticeServer, bill: Filled, position: str, ok: bool, lines: int
) -> None:
    server.turn({"save_foreign_line": position})
    row = {"FEntryID": 300001, "FNoteEntry": "x"}
    assert said_yes(bill.save(row, ValidateFlag="false")) is ok
    assert len(bill.rows()) == lines


@pytest.mark.parametrize(
    ("switch", "column", "told"),
    [
        ({}, 2, lambda q, p: 3.0),
        ({"save_base_quantity": "stays"}, 2, lambda q, p: q),
        ({}, 3, lambda q, p: p),
        ({"save_price": "retaken"}, 3, lambda q, p: round(p * 1.1, 2)),
    ],
)
def test_what_follows_a_quantity(
    server: PracticeServer, bill: Filled, switch: dict[str, Any], column: int, told: Any
) -> None:
    _, quantity, _, price, *_ = bill.rows()[0]
    server.turn(switch)
    assert said_yes(bill.save({"FEntryID": bill.ids[0], "FQty": 3}))
    assert bill.rows()[0][column] == pytest.approx(told(quantity, price))


def test_a_price_that_falls_to_nothing_is_refused(server: PracticeServer, bill: Filled) -> None:
    server.turn({"save_price": "zero"})
    assert "非赠品单价不能为0" in messages(bill.save({"FEntryID": bill.ids[0], "FQty": 3}))


def test_what_the_source_has_handed_on_may_stay(server: PracticeServer, bill: Filled) -> None:
    server.turn({"save_write_back": "stays"})
    whole = bill.linked()
    assert said_yes(bill.save({"FEntryID": bill.ids[0], "FQty": 1}))
    assert bill.linked() == whole


def test_more_than_the_source_has(server: PracticeServer, client: Client, bill: Filled) -> None:
    quantity = bill.rows()[0][1]
    line = {"FEntryID": bill.ids[0], "FQty": quantity + 1}
    assert not said_yes(bill.save(line))
    server.turn({"save_tolerance": 100})
    assert said_yes(bill.save(line))
    server.turn({"save_tolerance": 0, "save_over": "at_submit", "save_write_back": "stays"})
    assert said_yes(bill.save({"FEntryID": bill.ids[0], "FQty": quantity * 5}))
    answer = client.call("Submit", STOCK, {"Ids": str(bill.id)})["Result"]
    assert "关联数量" in messages(answer)[0]
    server.turn({"save_over": "accepted"})
    assert said_yes(client.call("Submit", STOCK, {"Ids": str(bill.id)})["Result"])


def test_a_quantity_of_nothing(server: PracticeServer, bill: Filled) -> None:
    line = {"FEntryID": bill.ids[0], "FQty": 0}
    assert not said_yes(bill.save(line))
    server.turn({"save_zero": "accepted"})
    assert said_yes(bill.save(line))


def test_submitted_and_approved_bills(server: PracticeServer, client: Client, bill: Filled) -> None:
    client.call("Submit", STOCK, {"Ids": str(bill.id)})
    assert said_yes(bill.save(head={"FNote": "in B"}))
    server.turn({"save_submitted": "refused"})
    assert not said_yes(bill.save(head={"FNote": "no"}))
    client.call("Audit", STOCK, {"Ids": str(bill.id)})
    assert not said_yes(bill.save(head={"FNote": "no"}))
    server.turn({"save_approved": "accepted"})
    assert said_yes(bill.save(head={"FNote": "in C"}))
    assert bill.head("FNote,FDocumentStatus") == ["in C", "C"]


@pytest.mark.parametrize(("position", "status"), [("numbered", "A"), ("stays", "Z")])
def test_a_draft(server: PracticeServer, client: Client, orders: Orders, position: str, status: str) -> None:
    server.turn({"save_draft": position})
    draft = Filled(client, orders["no_lot"][0], draft=True)
    assert "批号为空" in messages(draft.save(head={"FNote": "x"}))
    assert (draft.head("FDocumentStatus"), draft.linked()) == (["Z"], 0)
    assert said_yes(draft.save({"FEntryID": draft.ids[0], "FLot": {"FNumber": "P2601"}}))
    assert draft.head("FDocumentStatus") == [status]
    assert bool(draft.head("FBillNo")[0]) is (status == "A")
    assert bool(draft.linked()) is (status == "A")


def test_keys_that_are_unknown_or_at_the_wrong_level(server: PracticeServer, bill: Filled) -> None:
    for wrong in ({"FNOTE": "x"}, {"NoSuch": 1}, {"FBillHead": {"FNote": "x"}}):
        assert said_yes(bill.save(head=wrong))
    assert bill.head("FNote") == [None]
    level = bill.save(head={"FQty": 1})
    assert "实体不存在此属性" in messages(level)[0]
    server.turn({"save_unknown_field": "refused"})
    assert bill.save(head={"FNOTE": "x"})["ResponseStatus"]["MsgCode"] == 9


@pytest.mark.parametrize(
    ("switch", "verify", "left"),
    [
        ({}, "false", None),
        ({"save_unknown_base": "kept"}, "false", "same"),
        ({"save_unknown_base": "refused"}, "false", "refused"),
        ({}, "true", "仓库"),
        ({"save_verify": "unrelated"}, "true", "单位"),
    ],
)
@pytest.mark.parametrize("code", ["CK999", "CK004"])
def test_unknown_and_disabled_base_data(
    server: PracticeServer, bill: Filled, switch: dict[str, Any], verify: str, left: str | None, code: str
) -> None:
    server.turn(switch)
    before = bill.rows()[0][5]
    line = {"FEntryID": bill.ids[0], "FStockId": {"FNumber": code}}
    result = bill.save(line, IsVerifyBaseDataField=verify, ValidateFlag="false")
    after = bill.rows()[0][5]
    if left in (None, "same"):
        assert after == (before if left else None)
    else:
        assert not said_yes(result)
        assert left == "refused" or left in messages(result)[0]
        assert after == before


def test_lots(server: PracticeServer, client: Client, orders: Orders) -> None:
    draft = Filled(client, orders["no_lot"][0], draft=True)
    server.turn({"save_lot": "refused"})
    assert (
        "批号“新批”不存在" in messages(draft.save({"FEntryID": draft.ids[0], "FLot": {"FNumber": "新批"}}))[0]
    )
    server.turn({"save_lot": "created"})
    assert said_yes(draft.save({"FEntryID": draft.ids[0], "FLot": {"FNumber": "新批"}}))
    assert draft.rows()[0][6] == "新批"
    plain = Filled(client, orders["open"][0])
    without = [row for row in plain.rows() if row[8] < 140_009]
    assert said_yes(plain.save({"FEntryID": without[0][0], "FLot": {"FNumber": "P2601"}}))
    assert not next(row for row in plain.rows() if row[0] == without[0][0])[6]


def test_decimals(server: PracticeServer, bill: Filled) -> None:
    line = {"FEntryID": bill.ids[0], "FQty": "1.239"}
    assert said_yes(bill.save(line))
    assert bill.rows()[0][1] == 1.24
    server.turn({"save_decimals": "refused"})
    assert not said_yes(bill.save(line))
    assert said_yes(bill.save(line, IsControlPrecision="false"))
    assert bill.save({"FEntryID": bill.ids[0], "FQty": "drei"})["ResponseStatus"]["MsgCode"] == 4
    assert bill.save(head={"FDate": "gestern"})["ResponseStatus"]["MsgCode"] == 4


def test_a_closed_period(bill: Filled) -> None:
    assert "库存期间已经关账" in messages(bill.save(head={"FDate": "2001-01-05"}))[0]


@pytest.mark.parametrize(("fault", "stored"), [("drop_after_work", True), ("drop_before_work", False)])
def test_a_lost_answer(server: PracticeServer, bill: Filled, fault: str, stored: bool) -> None:
    server.turn({f"save:{fault}": {"at": [1]}})
    with pytest.raises(requests.ConnectionError):
        bill.save(head={"FNote": "x"})
    assert (bill.head("FNote") == ["x"]) is stored


def test_a_save_that_is_stored_in_part(server: PracticeServer, bill: Filled) -> None:
    server.turn({"save:head_only": {"at": [1]}})
    with pytest.raises(requests.ConnectionError):
        bill.save({"FEntryID": bill.ids[0], "FNoteEntry": "x"}, head={"FNote": "x"})
    assert (bill.head("FNote"), bill.rows()[0][7]) == (["x"], None)


def test_the_same_body_twice(server: PracticeServer, bill: Filled) -> None:
    for expected in (True, False):
        assert said_yes(bill.save(head={"FNote": "x"}, ValidateRepeatJson="true")) is expected
    assert said_yes(bill.save(head={"FNote": "x"}, ValidateRepeatJson="false"))
    server.turn({"save_repeat": "accepted"})
    assert said_yes(bill.save(head={"FNote": "x"}, ValidateRepeatJson="true"))


def test_shapes_of_success(server: PracticeServer, bill: Filled) -> None:
    server.turn({"save_return": "filled"})
    assert bill.save(head={"FNote": "a"})["NeedReturnData"][0]["FDocumentStatus"] == "A"
    server.turn({"save_return": "missing", "save_success": "id_only"})
    result = bill.save(head={"FNote": "b"})
    assert (entities(result), result["Id"], "NeedReturnData" in result) == ([], bill.id, False)
    server.turn({"save_success": "bare"})
    assert set(bill.save(head={"FNote": "c"})) == {"ResponseStatus"}


def test_the_order_of_keys(server: PracticeServer, bill: Filled) -> None:
    server.turn({"save_key_order": "matters"})
    line = {"FEntryID": bill.ids[0], "FNoteEntry": "x"}
    model = {"FID": bill.id, ENTRY: [line], "FNote": "x"}
    assert "含税单价" in messages(bill.save(Model=model, NeedUpDateFields=[]))[0]
    assert said_yes(bill.save(Model=model, NeedUpDateFields=[], IsAutoAdjustField="true"))
    assert said_yes(bill.save(line, head={"FNote": "y"}))


def test_rules_of_the_site(server: PracticeServer, bill: Filled) -> None:
    stock = bill.rows()[0][5]
    server.turn({"save_other_field": "reset"})
    assert said_yes(bill.save({"FEntryID": bill.ids[0], "FNoteEntry": "x"}))
    assert bill.rows()[0][5] != stock
    server.turn({"save_mandatory": "FNote"})
    assert "字段“备注”是必填项" in messages(bill.save({"FEntryID": bill.ids[0], "FNoteEntry": "y"}))
    server.turn({"save_mandatory": "", "save_starts_rule": True})
    assert said_yes(bill.save(head={"FNote": "x"}))
    assert bill.head("FDocumentStatus") == ["B"]


@pytest.mark.parametrize(("position", "left"), [("kept", True), ("gone", False)])
def test_links(server: PracticeServer, client: Client, bill: Filled, position: str, left: bool) -> None:
    server.turn({"save_links": position})
    bill.save({"FEntryID": bill.ids[0], "FNoteEntry": "x"})
    rows = client.query(STOCK, f"{ENTRY}_FEntryID,{ENTRY}_Link_FSBillId", f"FID={bill.id}")
    assert bool(dict(rows)[bill.ids[0]]) is left


@pytest.mark.parametrize("refuse", [False, True])
def test_a_colleague_saves_in_between(server: PracticeServer, bill: Filled, refuse: bool) -> None:
    server.turn({"save:colleague_saves": {"at": [1], "refuse": refuse}})
    result = bill.save({"FEntryID": bill.ids[0], "FNoteEntry": "x"})
    assert said_yes(result) is not refuse
    assert bill.head("FNote") == ["采购员改过"]
    assert (bill.rows()[0][7] == "x") is not refuse


def test_masked_fields_and_names_of_entities(server: PracticeServer, client: Client, bill: Filled) -> None:
    server.turn({"masked_fields": "FNote", "view_entry_names": False})
    assert bill.head("FNote") == ["***"]
    assert ENTRY in client.call("View", STOCK, json.dumps({"Id": bill.id}))["Result"]["Result"]
    server.turn({"view_entry_names": True})
    assert "InStockEntry" in client.call("View", STOCK, json.dumps({"Id": bill.id}))["Result"]["Result"]


def test_a_bill_that_is_not_there_is_refused(client: Client) -> None:
    answer = client.call("Save", STOCK, json.dumps({"Model": {"FNote": "new"}}))["Result"]
    assert answer["ResponseStatus"]["IsSuccess"] is False
