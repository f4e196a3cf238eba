"""What a Save carries over the line: only what is asked for, every line by its id, nothing deleted."""

from __future__ import annotations

import json

import pytest

from kdgui.domain.endings import EndingKind
from kdgui.domain.fills import FillField, SaveRequest, ValueKind
from kdgui.k3cloud.calls import save_data

NOTE = FillField("FNote", "备注")
QUANTITY = FillField("FRealQty", "实收数量", "FInStockEntry", ValueKind.NUMBER, quantity=True)
STOCK = FillField("FStockId", "仓库", "FInStockEntry", ValueKind.BASE, lookup="BD_STOCK")
LOT = FillField("FLot", "批号", "FInStockEntry", ValueKind.LOT)
REQUEST = SaveRequest(
    "STK_InStock",
    "200110",
    ((NOTE, "到货"),),
    "FInStockEntry",
    (("301001", ((QUANTITY, "12.50"), (STOCK, "CK01"))), ("301002", ((LOT, "20260105"),))),
)
SAID_YES = {"Result": {"ResponseStatus": {"IsSuccess": True, "SuccessEntitys": []}, "Id": 200110}}
SAID_NO = {
    "Result": {
        "ResponseStatus": {
            "ErrorCode": 500,
            "IsSuccess": False,
            "MsgCode": 11,
            "Errors": [{"Message": "不行"}],
        },
        "Id": "",
        "NeedReturnData": [{}],
    }
}


def test_the_body_of_a_careful_fill() -> None:
    data = json.loads(save_data(REQUEST))
    fields = ["FNote", "FInStockEntry", "FRealQty", "FStockId", "FLot"]
    assert data.pop("NeedUpDateFields") == fields, "flat, with the entity, never with a point"
    assert data.pop("Model") == {
        "FID": 200110,
        "FNote": "到货",
        "FInStockEntry": [
            {"FEntryID": 301001, "FRealQty": "12.50", "FStockId": {"FNumber": "CK01"}},
            {"FEntryID": 301002, "FLot": {"FNumber": "20260105"}},
        ],
    }
    assert data == {
        "NeedReturnFields": ["FBillNo", "FDocumentStatus"],
        "IsDeleteEntry": "false",
        "SubSystemId": "",
        "IsVerifyBaseDataField": "true",
        "IsEntryBatchFill": "false",
        "ValidateFlag": "true",
        "NumberSearch": "true",
        "IsAutoAdjustField": "false",
        "InterationFlags": "",
        "IgnoreInterationFlag": "",
        "IsControlPrecision": "true",
        "ValidateRepeatJson": "false",
    }


def test_the_head_alone_names_no_entity() -> None:
    data = json.loads(save_data(SaveRequest("STK_InStock", "7", ((NOTE, "x"),), "FInStockEntry")))
    assert (data["NeedUpDateFields"], data["Model"]) == (["FNote"], {"FID": 7, "FNote": "x"})


@pytest.mark.parametrize("answer", [SAID_YES, SAID_NO])
def test_a_save_is_sent_once_and_ends_as_any_write(wire, session, answer) -> None:
    wire.json(answer)
    ending = session.save(REQUEST)
    assert (ending.kind, ending.answer.success) == (EndingKind.ANSWERED, answer is SAID_YES)
    assert len(wire.requests) == 1
    assert wire.requests[0].service == "Save"
