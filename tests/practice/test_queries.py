"""ExecuteBillQuery and BillQuery: rows, fields, filters, windows and errors (protocol 3.1)."""

from __future__ import annotations

from typing import Any

import pytest

from kdgui.practice import PracticeServer, queries

from .conftest import Client, refused

ORDER = "PUR_PurchaseOrder"


def error_of(answer: Any) -> tuple[int, str]:
    status = refused(answer)
    assert (status["ErrorCode"], status["IsSuccess"], status["SuccessEntitys"]) == (500, False, [])
    return status["MsgCode"], status["Errors"][0]["Message"]


def test_head_fields_give_one_row_a_bill_and_lines_one_row_a_line(
    asking: Client, orders: dict[str, list[str]]
) -> None:
    number = orders["open_many_lines"][0]
    where = f"FBillNo='{number}'"
    assert asking.query(ORDER, "FBillNo,FDocumentStatus,FCloseStatus", where) == [[number, "C", "A"]]
    rows = asking.query(ORDER, "FID,FPOOrderEntry_FEntryID,FPOOrderEntry_FSeq,FQty,FLinkQty", where)
    assert [row[2] for row in rows] == list(range(1, 11))
    assert len({row[0] for row in rows}) == 1
    assert len({row[1] for row in rows}) == 10
    assert all(isinstance(row[3], float) and row[4] == 0.0 for row in rows)


def test_a_line_in_the_filter_gives_rows_by_line_too(asking: Client, orders: dict[str, list[str]]) -> None:
    number = orders["open_many_lines"][0]
    assert len(asking.query(ORDER, "FBillNo", f"FBillNo='{number}' and FQty>0")) == 10


def test_keys_are_read_without_case(asking: Client, orders: dict[str, list[str]]) -> None:
    number = orders["open"][0]
    assert asking.query(
        ORDER.upper(), "fid, FBILLNO ,fpoorderentry_fseq", f"fbillno='{number}' and FPOORDERENTRY_FSEQ=1"
    )


def test_base_data_shows_id_number_and_name(asking: Client, orders: dict[str, list[str]]) -> None:
    where = f"FBillNo='{orders['open'][0]}'"
    keys = (
        "FSupplierId,FSupplierId.FNumber,FSupplierId.FName,FPurchaseOrgId.FNumber,FCreatorId,FCreatorId.FName"
    )
    assert asking.query(ORDER, keys, where) == [[120001, "VEN00001", "东岸纸业", "100", 100102, "采购员"]]
    material = asking.query(ORDER, "FMaterialId.FNumber,FBillTypeID.FNumber", where)[0]
    assert material[0].startswith("MAT")
    assert material[1] == "CGDD01_SYS"


def test_dates_are_shown_and_compared_as_dates(asking: Client, orders: dict[str, list[str]]) -> None:
    number = orders["open"][0]
    shown = asking.query(ORDER, "FDate,FCreateDate", f"FBillNo='{number}'")[0]
    assert shown[0].endswith("T00:00:00")
    day = shown[0][:10]
    for where in (
        f"FDate='{day}'",
        f"FDate>='{day}' and FDate<='{day} 00:00:00'",
        f"FDate between '{day}' and '{day}'",
    ):
        assert [number] in asking.query(ORDER, "FBillNo", where)
    assert [number] not in asking.query(ORDER, "FBillNo", f"FDate>'{day}'")


def test_the_objects_of_bill_query_hold_the_same_rows(asking: Client) -> None:
    data = {"FormId": ORDER, "FieldKeys": "FID,FBillNo", "FilterString": "FID>0", "Limit": 3}
    rows = asking.call("ExecuteBillQuery", data)
    assert asking.call("BillQuery", data) == [{"FID": row[0], "FBillNo": row[1]} for row in rows]
    assert len(rows) == 3


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("FNumber='VEN00001'", 1),
        ("FNumber = N'VEN00001'", 1),
        ("FNumber in ('VEN00001', 'VEN00002','nobody')", 2),
        ("FNumber not in ('VEN00001')", 9),
        ("FNumber like 'VEN%'", 10),
        ("FNumber not like '%1'", 9),
        ("FNumber like '%1'", 1),
        ("FNumber<>'VEN00001' and not FNumber='VEN00002'", 8),
        ("(FNumber='VEN00001' or FNumber='VEN00002') and FForbidStatus='A'", 2),
        ("((FNumber='VEN00001'))", 1),
        ("FForbidStatus='B'", 1),
        ("FSupplierId=120001", 1),
        ("FSupplierId>=120001 and FSupplierId<120003", 2),
        ("FSupplierId between 120001 and 120003", 3),
        ("FSupplierId not between 120001 and 120003", 7),
        ("(FSupplierId-120000)*2 = 4", 1),
        ("FSupplierId-120000 = (1+1)", 1),
        ("FName is null", 0),
        ("FName IS NOT NULL", 10),
        ("len(FName)=4 and isnull(FName,'')<>''", 10),
        ("upper(FNumber)='VEN00003'", 1),
        ("FName='it''s'", 0),
        ("FNumber!='VEN00001'", 9),
        ("1=1", 10),
        ("1=0", 0),
        ("-1 < FSupplierId", 10),
        ("   ", 10),
    ],
)
def test_filters_mean_what_they_say(asking: Client, where: str, found: int) -> None:
    assert len(asking.query("BD_Supplier", "FNumber", where)) == found


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([("", "FNumber", 67, "VEN00001", "", 0)], 1),
        ([("", "FName", 17, "纸", "", 0)], 1),
        ([("", "FNumber", "60", "VEN", "", "0")], 10),
        ([("", "FNumber", "211", "1", "", "0")], 1),
        ([("", "FForbidStatus", 105, "B", "", 0)], 1),
        ([("", "FSupplierId", 39, "120009", "", 0)], 2),
        ([("", "FSupplierId", 56, 120002, "", 0)], 2),
        ([("", "FSupplierId", 72, 120002, "", 0), ("", "FSupplierId", 44, "120004", "", 0)], 1),
        ([("(", "FNumber", 67, "VEN00001", "", 1), ("", "FNumber", 67, "VEN00002", ")", 0)], 2),
        ([], 10),
    ],
)
def test_the_array_form_of_a_filter(asking: Client, rows: list[tuple[object, ...]], found: int) -> None:
    names = ("Left", "FieldName", "Compare", "Value", "Right", "Logic")
    given = [dict(zip(names, row, strict=True)) for row in rows]
    assert len(asking.query("BD_Supplier", "FNumber", given)) == found


@pytest.mark.parametrize(
    "where",
    [
        "FNumber=", "FNumber='a", "=1", "FNumber='a' and", "(FNumber='a'", "FNumber='a')", "FNumber 'a'",
        "FNumber in ()", "FNumber like", "not", "select 1", "FNumber='a'; drop table x", "FNumber='a' --",
        "FNumber=(select 1)", "load_extension('x')=1", "sqlite_version()='3'", "FSupplierId='120001'",
        "FSupplierId in ('120001')", "FNumber between 'a'", "FNumber is 1", "x'00'=1", "[FNumber]='a'",
        "@p=1", "()", "not ()", "FNumber='a' or or FNumber='b'", "a.b.c.d", "FNumber", "1", "'x'",
        "(" * 300 + "1=1" + ")" * 300, "not " * 300 + "1=1", "-" * 300 + "1=1",
        [{"FieldName": "FNumber", "Compare": 999, "Value": "a"}], ["x"], "[1", "[{]",
        [{"Left": "x", "FieldName": "FNumber", "Compare": 67, "Value": "a"}],
        [{"Left": "(", "FieldName": "FNumber", "Compare": 67, "Value": "a"}], 7, {"a": 1},
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_a_bad_filter(asking: Client, where: object) -> None:
    code, message = error_of(asking.query("BD_Supplier", "FNumber", where))
    assert (code, message.startswith("GetRealExpress error")) in ((4, True), (9, False))


def test_a_filter_too_large_to_evaluate_is_a_bad_filter(asking: Client) -> None:
    assert len(asking.query("BD_Supplier", "FNumber", " or ".join(["FNumber like '%1'"] * 500))) == 1
    assert error_of(asking.query("BD_Supplier", "FNumber", " or ".join(["FNumber like '%1'"] * 1500)))[0] == 4


def test_a_question_that_takes_too_long_is_cut_off(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "STEP_SIZE", 10)
    assert error_of(client.query(ORDER, "FQty", "FQty>0"))[0] == 4


def test_errors_are_those_of_the_samples(asking: Client) -> None:
    assert error_of(asking.query("XXX_NOPE", "FID")) == (4, "标识为“XXX_NOPE”的业务对象不存在，或者被删除。")
    assert error_of(asking.query(ORDER, "FID,FNope")) == (9, "元数据中标识为FNope的字段不存在")
    assert error_of(asking.query(ORDER, "FID", "FNope=1")) == (9, "元数据中标识为FNope的字段不存在")
    assert error_of(asking.query(ORDER, "FID", OrderString="FNope")) == (9, "元数据中标识为FNope的字段不存在")
    assert error_of(asking.query(ORDER, "")) == (8, "data数据包中的参数FieldKeys的值不能为空。")
    assert error_of(asking.query(ORDER, "FID", StartRow=10))[1] == "分页取数需要排序条件或者单据有设置主键"
    assert error_of(asking.query("", "FID"))[0] == 5
    assert error_of(asking.query(ORDER, "FDocumentStatus.FName")) == (
        9,
        "元数据中标识为FDocumentStatus的字段不存在",
    )


@pytest.mark.parametrize("form_id", ["STK_InStock", "SAL_OUTSTOCK", "AP_PAYBILL"])
def test_not_every_form_has_every_field(asking: Client, form_id: str) -> None:
    assert error_of(asking.query(form_id, "FCloseStatus"))[0] == 9


def test_a_form_of_the_catalogue_without_records_answers_nothing(asking: Client) -> None:
    assert asking.query("PRD_MO", "FID,FBillNo,FDocumentStatus", "FBillNo='x'") == []
    assert error_of(asking.query("PRD_MO", "FNope"))[0] == 9


# windows


def test_pages_follow_one_another(asking: Client) -> None:
    everything = asking.query(ORDER, "FID", OrderString="FID ASC")
    assert everything == sorted(everything)
    pages = []
    for start in range(0, len(everything) + 50, 50):
        pages += asking.query(ORDER, "FID", OrderString="FID ASC", StartRow=start, Limit=50)
    assert pages == everything
    assert asking.query(ORDER, "FID", OrderString="FID desc", Limit=1) == [everything[-1]]


def test_order_by_several_fields(asking: Client) -> None:
    rows = asking.query(ORDER, "FSupplierId,FBillNo", OrderString="FSupplierId desc, FBillNo asc")
    assert rows == sorted(rows, key=lambda row: (-row[0], row[1]))


@pytest.mark.parametrize("order", ["FID sideways", "FID asc asc", ",", "FID,,FDate", "FID;drop"])
def test_a_bad_order_is_refused(asking: Client, order: str) -> None:
    assert error_of(asking.query(ORDER, "FID", OrderString=order))[0] in (4, 9)


@pytest.mark.parametrize(
    ("top", "start", "limit", "rows"),
    [(10, 0, 0, 10), (10, 5, 100, 5), (10, 10, 5, 0), (10, 0, 3, 3), (0, 5, 5, 5)],
)
def test_top_row_count_caps_the_whole_window(
    asking: Client, top: int, start: int, limit: int, rows: int
) -> None:
    window = {"TopRowCount": top, "StartRow": start, "Limit": limit, "OrderString": "FID"}
    assert len(asking.query(ORDER, "FID", **window)) == rows


def test_odd_numbers_are_taken_for_zero(asking: Client) -> None:
    whole = asking.query("BD_Supplier", "FNumber")
    assert asking.query("BD_Supplier", "FNumber", TopRowCount="x", StartRow=-1, Limit=None) == whole
    assert asking.query("BD_Supplier", "FNumber", Limit="2") == whole[:2]


def test_a_server_may_give_fewer_rows_than_asked(server: PracticeServer, client: Client) -> None:
    server.turn({"query_limit": 7})
    assert len(client.query(ORDER, "FID", Limit=100)) == 7
    server.turn({"query_limit": 2000, "short_pages": 3})
    assert len(client.query(ORDER, "FID", Limit=100)) == 3
    server.turn({"short_pages": 0, "ignore_start_row": True})
    first = client.query(ORDER, "FID", Limit=5, OrderString="FID")
    assert client.query(ORDER, "FID", Limit=5, OrderString="FID", StartRow=5) == first


# switches


def test_ids_may_travel_as_text(server: PracticeServer, client: Client) -> None:
    server.turn({"ids_as_text": True})
    assert client.query("BD_Supplier", "FSupplierId,FNumber", "FSupplierId=120001") == [
        ["120001", "VEN00001"]
    ]


def test_numbers_may_be_compared_without_case_width_and_blanks(
    server: PracticeServer, client: Client, orders: dict[str, list[str]]
) -> None:
    number = orders["open"][0]
    variants = [number.lower(), "ＣＧＤＤ" + number[4:], number + "  "]
    for spelled in variants:
        assert client.query(ORDER, "FBillNo", f"FBillNo='{spelled}'") == []
    server.turn({"case_blind": True})
    for spelled in variants:
        assert client.query(ORDER, "FBillNo", f"FBillNo='{spelled}'") == [[number]]
        assert client.query(ORDER, "FBillNo", f"'{spelled}'=FBillNo") == [[number]]
        assert client.query(ORDER, "FBillNo", f"FBillNo in ('{spelled}','x')") == [[number]]
        given = [{"FieldName": "FBillNo", "Compare": 67, "Value": spelled}]
        assert client.query(ORDER, "FBillNo", given) == [[number]]


def test_one_number_may_live_in_two_organisations(
    server: PracticeServer, client: Client, orders: dict[str, list[str]]
) -> None:
    where = f"FBillNo='{orders['two_orgs'][0]}'"
    assert len(client.query(ORDER, "FID", where)) == 1
    server.turn({"two_orgs": True})
    rows = client.query(ORDER, "FID,FPurchaseOrgId.FNumber", where, OrderString="FID")
    assert [row[1] for row in rows] == ["100", "101"]
    server.turn({"by_organisation": True})
    assert [row[1] for row in client.query(ORDER, "FID,FPurchaseOrgId.FNumber", where)] == ["100"]
    assert client.call("SwitchOrg", {"OrgNumber": "101"})["Result"]["ResponseStatus"]["IsSuccess"]
    assert [row[1] for row in client.query(ORDER, "FID,FPurchaseOrgId.FNumber", where)] == ["101"]


def test_an_unknown_organisation_cannot_be_switched_to(client: Client) -> None:
    status = client.call("SwitchOrg", {"OrgNumber": "999"})["Result"]["ResponseStatus"]
    assert (status["IsSuccess"], status["MsgCode"]) == (False, 10)
