"""How the other server says yes and no, and what its questions show."""

from __future__ import annotations

import re
import sqlite3
from typing import Any

from .other_books import CHIEF_ID, OTHER_ID, RULE, SOURCE, TARGET, USER_ID, Books


def block(ok: bool, entities: list[Any], texts: list[str], code: int | None = 11) -> dict[str, Any]:
    """ResponseStatus (fact sheet 2.2)."""
    made = [{"Id": i, "Number": n, "DIndex": d} for d, (i, n) in enumerate(entities)]
    errors = [{"FieldName": None, "Message": text, "DIndex": d} for d, text in enumerate(texts)]
    answer: dict[str, Any] = {
        "IsSuccess": ok,
        "Errors": errors,
        "SuccessEntitys": made,
        "SuccessMessages": [],
    }
    if not ok:
        answer["ErrorCode"] = 500
    if ok or code is not None:
        answer["MsgCode"] = 0 if ok else code
    return answer


def said_no(text: str, code: int | None = 11) -> dict[str, Any]:
    """A whole answer that says no."""
    return {"Result": {"ResponseStatus": block(False, [], [text], code)}}


HEAD = ("FID", "FBillNo", "FDocumentStatus", "FDate", "FCancelStatus", "FCreatorId", "FCreatorId.FName",
        "FCreateDate", "FModifyDate", "FModifierId", "FModifierId.FName", "FApproverId", "FApproveDate",
        "FBillTypeID", "FBillTypeID.FNumber", "FBillTypeID.FName", "FSupplierId", "FSupplierId.FNumber",
        "FSupplierId.FName")  # fmt: skip
ORDER_HEAD = (*HEAD, "FCloseStatus", "FPurchaseOrgId", "FPurchaseOrgId.FNumber", "FPurchaseOrgId.FName")
STOCK_HEAD = (*HEAD, "FStockOrgId", "FStockOrgId.FNumber", "FStockOrgId.FName")
ORDER_LINE = (
    "FPOOrderEntry_FEntryID",
    "FPOOrderEntry_FSeq",
    "FQty",
    "FLinkQty",
    "FStockInQty",
    "FReceiveQty",
)
STOCK_LINE = ("FInStockEntry_FEntryID", "FInStockEntry_FSeq", "FRealQty", "FSRCBillNo", "FSRCBILLTYPEID",
              "FSRCRowId", "FPOOrderNo", "FPOORDERENTRYID")  # fmt: skip
_LINK = "FInStockEntry_Link_"
STOCK_LINK = tuple(
    _LINK + key for key in ("FFlowId", "FFlowLineId", "FRuleId", "FSTableName", "FSBillId", "FSId")
)
NAMES = {USER_ID: "测试员", OTHER_ID: "采购员", CHIEF_ID: "主管"}
BASE: dict[str, tuple[tuple[str, ...], list[tuple[Any, ...]]]] = {
    "BD_Currency": (("FCURRENCYID", "FNUMBER", "FCODE", "FNAME"), [(1, "PRE001", "CNY", "人民币")]),
    "ORG_Organizations": (("FOrgID", "FNumber", "FName"), [(1, "100", "总部"), (2, "200", "分部")]),
    "BOS_ConvertRule": (
        ("FID", "FNumber", "FName", "FSourceFormId", "FTargetFormId", "FStatus", "FIsDefault"),
        [(1, RULE, "采购订单-采购入库单", SOURCE, TARGET, "1", "1")],
    ),
}
Tables = list[tuple[tuple[str, ...], list[Any]]]
"""Head, lines and link rows of a form: the keys of each and its rows."""
_WORDS = re.compile(r"'(?:[^']|'')*'|[A-Za-z_][\w.]*")
_SQL = {
    "and",
    "or",
    "not",
    "in",
    "like",
    "is",
    "null",
    "asc",
    "desc",
    "between",
    "case",
    "when",
    "then",
    "end",
}


class NoField(Exception):
    """A key that this form has not."""


class Questions:
    """ExecuteBillQuery over tables made for each question (fact sheet 3.1)."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.asked = 0

    def answer(self, data: dict[str, Any]) -> Any:
        form = str(data.get("FormId", ""))
        keys = [key.strip() for key in str(data.get("FieldKeys", "")).split(",") if key.strip()]
        with self.books.lock:
            self.asked += 1
            tables = self._tables(form)
        if tables is None:
            return [[said_no(f"标识为“{form}”的业务对象不存在，或者被删除。", 4)]]
        try:
            rows = self._select(tables, keys, data)
        except NoField as error:
            return [[said_no(f"元数据中标识为{error}的字段不存在", 9)]]
        except sqlite3.Error as error:
            return [[said_no(f"GetRealExpress error:{data.get('FilterString')} {error}", 4)]]
        if self.books.mode == "rights_pages" and form == TARGET:
            rows = [row for row in rows if row[-2] != OTHER_ID or row[-3] % 2]
        if self.books.mode == "short_sources" and form == SOURCE:
            rows = rows[:3]
        return [list(row[: len(keys)]) for row in rows]

    def _select(
        self, tables: list[tuple[tuple[str, ...], list[Any]]], keys: list[str], data: dict[str, Any]
    ) -> list[Any]:
        filter_text, order = str(data.get("FilterString") or ""), str(data.get("OrderString") or "")
        known = {key.lower(): (level, key) for level, (columns, _) in enumerate(tables) for key in columns}
        used = {0}

        def column(text: str) -> str:
            if text.lower() not in known:
                raise NoField(text.partition(".")[0])
            level, key = known[text.lower()]
            used.add(level)
            return f't{level}."{key}"'

        def sql(text: str) -> str:
            return _WORDS.sub(
                lambda m: m[0] if m[0][0] == "'" or m[0].lower() in _SQL else column(m[0]), text
            )

        shown, where, by = [column(key) for key in keys], sql(filter_text), sql(order)
        hidden = ['t0."_id"', 't0."_creator"', 't0."_org"']
        joins = "t0" + "".join(f" LEFT JOIN t{n} ON t{n}._id = t0._id" for n in (1,) if max(used) >= 1)
        joins += " LEFT JOIN t2 ON t2._line = t1._line" if 2 in used else ""
        start, limit = int(data.get("StartRow") or 0), int(data.get("Limit") or 0) or 2000
        limit = min(limit, 25) if self.books.mode == "rights_pages" else limit
        if top := int(data.get("TopRowCount") or 0):
            limit = max(min(limit, top - start), 0)
        text = f"SELECT {', '.join(shown + hidden)} FROM {joins}"
        text += f" WHERE {where}" if where.strip() else ""
        text += f" ORDER BY {by or 't0._id'} LIMIT {limit} OFFSET {start}"
        with sqlite3.connect(":memory:") as base:
            for level, (columns, rows) in enumerate(tables):
                named = ", ".join(f'"{key}"' for key in (*columns, *self._extra(level)))
                base.execute(f"CREATE TABLE t{level} ({named})")
                marks = ", ".join("?" * (len(columns) + len(self._extra(level))))
                base.executemany(f"INSERT INTO t{level} VALUES ({marks})", rows)
            return base.execute(text).fetchall()

    @staticmethod
    def _extra(level: int) -> tuple[str, ...]:
        return (("_id", "_creator", "_org"), ("_id", "_line"), ("_line",))[level]

    def _tables(self, form: str) -> Tables | None:
        if form in BASE:
            columns, rows = BASE[form]
            return [(columns, [(*row, row[0], 0, 0) for row in rows])]
        orders, stocks = self.books.state()
        if form not in (SOURCE, TARGET):
            return None
        bills = list((orders if form == SOURCE else stocks).values())
        if self.books.mode == "other_organisation" and self.asked > 2:
            bills = [bill for bill in bills if bill["org"] == 2]
        heads = [(*self._head(bill, form), bill["id"], bill["creator"], bill["org"]) for bill in bills]
        if form == SOURCE:
            lines = [
                (line["id"], line["seq"], line["qty"], line["linked"], 0.0, 0.0, bill["id"], line["id"])
                for bill in bills
                for line in bill["lines"]
            ]
            return [(ORDER_HEAD, heads), (ORDER_LINE, lines)]
        flat = [(bill, line) for bill in bills for line in bill["lines"]]
        sourced = [
            (line["id"], line["seq"], line["qty"], line.get("source", ""), SOURCE if "order" in line else "",
             str(line.get("line", "")), line.get("source", ""), line.get("line"), bill["id"], line["id"])
            for bill, line in flat
        ]  # fmt: skip
        links = [("", 0, self._rule(line), self._table(), line["order"], line["line"], line["id"])
                 for _, line in flat if "order" in line]  # fmt: skip
        return [(STOCK_HEAD, heads), (STOCK_LINE, sourced), (STOCK_LINK, links)]

    def _rule(self, line: dict[str, Any]) -> str:
        return f" {line['rule']} " if self.books.mode == "padded_rule" else str(line["rule"])

    def _table(self) -> str:
        return "T_PUR_POORDERENTRY_D" if self.books.mode == "other_table" else "T_PUR_POORDERENTRY"

    @staticmethod
    def _head(bill: dict[str, Any], form: str) -> tuple[Any, ...]:
        org = bill["org"]
        named = (org, "100" if org == 1 else "200", "总部" if org == 1 else "分部")
        day, approver = "2026-03-01T00:00:00", OTHER_ID if bill["status"] == "C" else None
        both = (
            bill["id"], bill["number"], bill["status"], day, "A", bill["creator"], NAMES[bill["creator"]],
            day,
            bill.get("modified", day), bill["modifier"], NAMES[bill["modifier"]], approver,
            day if approver else None, 1, "BZ", "标准", 77, "S001", "甲",
        )  # fmt: skip
        return (*both, "A", *named) if form == SOURCE else (*both, *named)
