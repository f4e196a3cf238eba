"""A K/3-like server written from the fact sheet alone: a second opinion beside the practice server.

It imports nothing of kdgui. `python tests/faults/other_server.py MODE` serves on a free port of the loopback
and prints one line of JSON: url, data_centre, user, password, and numbers to push. GET /ledger tells what was
really done. MODES says in one line each how the server differs from a plain one.
"""

from __future__ import annotations

import copy
import http.server
import json
import re
import sqlite3
import sys
import threading
import time
import uuid
from typing import Any

SOURCE, TARGET, RULE = "PUR_PurchaseOrder", "STK_InStock", "PUR_PurchaseOrder-STK_InStock"
CENTRE, USER, PASSWORD, USER_ID, OTHER_ID, CHIEF_ID = "5f0c1d2e3a4b5c", "tester", "pw-1", 9001, 9002, 9003
NO = (302, 401, 403, 404)

MODES = {
    "plain": "nothing odd",
    "lost_answers": "every third push is done and the line breaks",
    "blind_then_seen": "the first push is lost, and new targets are not shown until POST /see",
    "rights_pages": "pages of 25, then every second bill of others is taken out; every third answer is lost",
    "short_sources": "a question for sources is answered with its first 3 rows",
    "other_organisation": "from the third question on the session sees another organisation's bills only",
    "other_table": "link rows name another table of the source form; every third answer is lost",
    "copied_creator": "targets carry their source's creator; every third answer is lost",
    "padded_rule": "link rows carry the rule id with blanks; every third answer is lost",
    "foreign_rule": "a colleague has pushed the first four bills by another rule, twice as much fits",
    "case_pairs": "every second number exists in small letters too, another bill",
    "answers_of_others": "every third push is not done and answered with the answer before",
    "foreign_entities": "answers name an old bill of the target form as well",
    "sources_named": "ConvertResponseStatus names the sources",
    "provisional_named": "ConvertResponseStatus names ids that never exist; every third answer is lost",
    **{f"no_{code}": f"every fourth push is answered {code}, and done 6.5 s later" for code in NO},
    "no_locked": "every fourth push is answered MsgCode 13, and done 6.5 s later",
    "no_session": "every fourth push is answered MsgCode 1, and done 6.5 s later",
    "replica": "questions are answered from books 3 s old; every third answer is lost",
    "refusals_zero": "every bill is refused in words, MsgCode 0",
    "refusals_bare": "every bill is refused in words, no MsgCode",
    "lock_words": "the first push of every second bill meets a lock, told in words, MsgCode 0",
    "lock_words_chain": "the first submit and the first audit of every bill meet a lock, MsgCode 0",
    "workflow_rejects": "a submitted bill is rejected at once: D",
    "manager_rejects": "after a submit a manager rejects the bill",
    "merged_errors": "a merged push makes all but its last source, IsSuccess true with errors",
    "closes": "every connection is closed quietly after one answer",
    "repeats": "every third push is done once more 0.4 s after its answer",
}


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


class Books:
    """Sources, targets, and what was done. Everything under `lock`."""

    def __init__(self, mode: str) -> None:
        self.mode = mode
        self.lock = threading.RLock()
        self.orders: dict[int, dict[str, Any]] = {}
        self.stocks: dict[int, dict[str, Any]] = {}
        self.done: list[dict[str, Any]] = []
        self.seen_from = 0
        self.history: list[tuple[float, Any]] = []
        self._next = 700_000
        for place in range(1, 61):
            self._order(500_000 + place * 3, f"PO26{place:04d}", 1)
        if mode == "case_pairs":
            for place in range(1, 61, 2):
                self._order(600_000 + place * 3, f"po26{place:04d}", 1)
        for place in range(1, 121):
            self._stock(place, f"OLD{place:05d}", [], OTHER_ID, "X", 40_000 + place)
        if mode == "foreign_rule":
            for order in list(self.orders.values())[:4]:
                self._stock(0, "", [order], OTHER_ID, "PDA-Rule")
        self.keep()

    def _order(self, order_id: int, number: str, org: int) -> None:
        lines = [{"id": order_id * 10 + seq, "seq": seq, "qty": 10.0 * seq, "linked": 0.0} for seq in (1, 2)]
        self.orders[order_id] = {
            "id": order_id, "number": number, "status": "C", "org": org, "creator": OTHER_ID,
            "modifier": OTHER_ID, "lines": lines,
        }  # fmt: skip

    def _stock(
        self, place: int, number: str, orders: list[dict[str, Any]], creator: int, rule: str, bill_id: int = 0
    ) -> dict[str, Any]:
        self._next += 7
        bill_id = bill_id or self._next
        lines: list[dict[str, Any]] = []
        for order in orders:
            for line in order["lines"]:
                lines.append(
                    {"id": bill_id * 10 + len(lines), "seq": len(lines) + 1, "qty": line["qty"],
                     "source": order["number"], "order": order["id"], "line": line["id"], "rule": rule}
                )  # fmt: skip
        bill = {
            "id": bill_id, "number": number or f"RK{bill_id}", "status": "A", "org": 1, "creator": creator,
            "modifier": creator, "lines": lines or [{"id": bill_id * 10, "seq": 1, "qty": 1.0 + place}],
        }  # fmt: skip
        self.stocks[bill_id] = bill
        return bill

    def keep(self) -> None:
        """Remember the state of now, for a replica that lags."""
        self.history.append((time.monotonic(), copy.deepcopy((self.orders, self.stocks))))

    def state(self) -> tuple[dict[int, Any], dict[int, Any]]:
        """What questions see."""
        if self.mode == "replica":
            before = [state for at, state in self.history if at <= time.monotonic() - 3]
            found: tuple[dict[int, Any], dict[int, Any]] = before[-1] if before else self.history[0][1]
            return found
        stocks = self.stocks
        if self.seen_from:
            stocks = {key: bill for key, bill in stocks.items() if key < self.seen_from}
        return self.orders, stocks

    def push(self, orders: list[dict[str, Any]], why: str = "") -> tuple[list[Any], list[str]]:
        """One target for each order with something left; (id, number) of the targets, and the refusals."""
        made, texts = [], []
        with self.lock:
            for order in orders:
                if all(line["linked"] >= line["qty"] for line in order["lines"]) and why != "repeat":
                    texts.append(f"单据编号为“{order['number']}”的采购订单，没有符合条件的数据可以下推。")
                    continue
                creator = order["creator"] if self.mode == "copied_creator" else USER_ID
                bill = self._stock(0, "", [order], creator, RULE)
                for line in order["lines"]:
                    line["linked"] = line["qty"]
                made.append((bill["id"], bill["number"]))
                self.done.append(
                    {"what": "push", "order": order["number"], "order_id": order["id"], "target": bill["id"],
                     "why": why}
                )  # fmt: skip
            self.keep()
        return made, texts


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


class Service:
    """What the paths under /k3cloud/ answer."""

    def __init__(self, mode: str) -> None:
        self.mode = mode
        self.books = Books(mode)
        self.questions = Questions(self.books)
        self.sessions: set[str] = set()
        self.pushes = 0
        self.tried: dict[str, int] = {}
        self.before: Any = None

    # -- pushes

    def push(self, data: dict[str, Any]) -> Any:
        """An answer, or a number: that status; None: the line breaks."""
        mode = self.mode
        with self.books.lock:
            self.pushes += 1
            nth, orders = self.pushes, self._orders(data)
        self.books.done.append({"what": "post", "numbers": data.get("Numbers"), "ids": data.get("Ids")})
        if str(data.get("RuleId") or RULE).strip() != RULE:
            return said_no("标识的转换规则不存在！", 4)
        if not orders:
            return said_no("编码或内码的采购订单不存在！", 10)
        if mode.startswith("refusals"):
            text = f"单据编号为“{orders[0]['number']}”的采购订单，单据体“明细信息”第1行字段“仓库”是必填项"
            return said_no(text, 0 if mode == "refusals_zero" else None)
        if mode == "lock_words" and orders[0]["id"] % 2 and self._first(f"push{orders[0]['id']}"):
            return said_no(LOCK, 0)
        if mode == "answers_of_others" and nth % 3 == 0:
            return self.before
        if mode.startswith("no_") and nth % 4 == 2:
            return self._no_and_later(mode.removeprefix("no_"), orders)
        spared = orders[-1:] if mode == "merged_errors" and len(orders) > 1 else []
        made, texts = self.books.push([order for order in orders if order not in spared])
        texts += [f"单据编号为“{order['number']}”的采购订单，仓库是必填项" for order in spared]
        answer = self._answer(made, texts, orders)
        if mode == "repeats" and nth % 3 == 0:
            threading.Timer(0.4, lambda: self.books.push(orders, "repeat")).start()
        if mode == "blind_then_seen" and nth == 1:
            self.books.seen_from = 700_000
            return None
        self.before = answer
        return None if mode in LOSING and nth % 3 == 0 else answer

    def _answer(self, made: list[Any], texts: list[str], orders: list[Any]) -> Any:
        named, convert = list(made), list[Any]()
        if self.mode == "foreign_entities" and made:
            named.append((40_001, "AP00012"))
        if self.mode == "sources_named":
            convert = [(order["id"], order["number"]) for order in orders]
        if self.mode == "provisional_named":
            convert = [(99_000_000 + index, "") for index in range(len(made))]
        status = block(bool(made), named, texts)
        return {"Result": {"ResponseStatus": status, "ConvertResponseStatus": block(bool(made), convert, [])}}

    def _no_and_later(self, how: str, orders: list[Any]) -> Any:
        threading.Timer(6.5, lambda: self.books.push(orders, "late")).start()
        if how == "locked":
            return said_no("网络控制冲突，请稍候再使用", 13)
        return said_no("会话信息已丢失，请重新登录", 1) if how == "session" else int(how)

    def _orders(self, data: dict[str, Any]) -> list[dict[str, Any]]:
        wanted = [part.strip() for part in str(data.get("Ids") or "").split(",") if part.strip()]
        numbers = data.get("Numbers") or []
        found = [order for order in self.books.orders.values() if order["number"] in numbers]
        return found + [self.books.orders[int(part)] for part in wanted if int(part) in self.books.orders]

    def _first(self, what: str) -> bool:
        self.tried[what] = self.tried.get(what, 0) + 1
        return self.tried[what] == 1

    # -- what follows

    def step(self, method: str, data: dict[str, Any]) -> Any:
        """Submit, Audit, UnAudit, Delete by ids (fact sheet 4)."""
        ids = [int(part) for part in str(data.get("Ids") or "").split(",") if part.strip()]
        before, after = {"submit": ("ZAD", "B"), "audit": ("B", "C"), "unaudit": ("C", "D"),
                         "delete": ("ZAD", ""), "cancelassign": ("B", "D")}[method]  # fmt: skip
        with self.books.lock:
            if self.mode == "lock_words_chain" and self._first(f"{method}{ids}"):
                return said_no(LOCK, 0)
            done, texts = [], []
            for bill in [self.books.stocks[one] for one in ids if one in self.books.stocks]:
                if bill["status"] not in before:
                    texts.append(f"单据编号为“{bill['number']}”的采购入库单，状态不允许")
                    continue
                self.books.done.append({"what": method, "target": bill["id"]})
                done.append((bill["id"], bill["number"]))
                bill.update(status=after, modifier=USER_ID, modified="2026-03-02T10:00:00")
                if method == "submit" and self.mode in ("workflow_rejects", "manager_rejects"):
                    chief = CHIEF_ID if self.mode == "manager_rejects" else USER_ID
                    bill.update(status="D", modifier=chief, modified="2026-03-02T10:00:01")
                if method == "delete":
                    del self.books.stocks[bill["id"]]
            self.books.keep()
        return {"Result": {"ResponseStatus": block(not texts and bool(done), done, texts)}}

    def call(self, name: str, body: dict[str, Any], session: str) -> Any:
        """One service by its name in lower case."""
        if name.endswith("getdatacenterlist"):
            return [{"Id": CENTRE, "Number": "001", "Name": "另一个账套"}]
        if name.endswith("authservice.validateuser"):
            return self._sign_in(body)
        if name.endswith("authservice.logout"):
            return True
        method = name.rpartition(".")[2]
        if session not in self.sessions:
            lost = said_no("会话信息已丢失，请重新登录", 1)
            return [[lost]] if method == "executebillquery" else lost
        parameters = body.get("parameters", [])
        data = parameters[-1] if parameters else body.get("data", {})
        data = json.loads(data) if isinstance(data, str) else data
        if method == "executebillquery":
            return self.questions.answer(data)
        if method == "querybusinessinfo":
            return said_no("没有权限", 2)
        if method == "push":
            answer = self.push(data)
            if self.mode == "no_session" and isinstance(answer, dict):
                status = answer["Result"]["ResponseStatus"]
                if status.get("MsgCode") == 1:
                    self.sessions.discard(session)
            return answer
        if method in ("submit", "audit", "unaudit", "delete", "cancelassign"):
            return self.step(method, data)
        return "response_error: 未找到服务"

    def _sign_in(self, body: dict[str, Any]) -> Any:
        given = body.get("parameters") or [body.get(k) for k in ("acctID", "username", "password")]
        if list(given[:3]) != [CENTRE, USER, PASSWORD]:
            return {"LoginResultType": 0, "Message": "用户或密码错误", "MessageCode": ""}
        session = str(uuid.uuid4())
        self.sessions.add(session)
        context = {"DBid": CENTRE, "UserId": USER_ID, "UserName": USER, "DataCenterName": "另一个账套",
                   "DisplayVersion": "8.0.0.1",
                   "CurrentOrganizationInfo": {"ID": 1, "Name": "总部"}}  # fmt: skip
        return {"LoginResultType": 1, "Message": None, "Context": context, "KDSVCSessionId": session}


LOCK = "“采购员”使用业务单据：“采购订单”业务操作-“[采购订单-修改]”冲突，请稍候再使用。"
LOSING = ("lost_answers", "rights_pages", "other_table", "copied_creator", "padded_rule",
          "provisional_named", "replica")  # fmt: skip


class Handler(http.server.BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    service: Service

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Nothing is logged."""

    def do_GET(self) -> None:
        """The ledger, or a page."""
        with self.service.books.lock:
            self._send(200, self.service.books.done if self.path == "/ledger" else "K/3")

    def do_POST(self) -> None:
        """A service call; /see shows what was hidden."""
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/see":
            self.service.books.seen_from = 0
            self._send(200, True)
            return
        name = self.path.rpartition("/")[2].lower().removesuffix(".common.kdsvc")
        cookies = dict(
            part.strip().partition("=")[::2] for part in self.headers.get("Cookie", "").split(";") if part
        )
        session = self.headers.get("kdservice-sessionid") or cookies.get("kdservice-sessionid", "")
        answer = self.service.call(name, json.loads(raw or b"{}"), session)
        if answer is None:
            self.close_connection = True
            return
        self._send(answer if isinstance(answer, int) and not isinstance(answer, bool) else 200, answer)
        if self.service.mode == "closes":
            self.close_connection = True

    def _send(self, status: int, answer: Any) -> None:
        text = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
        body = b"<html>no</html>" if status != 200 else text.encode()
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/k3cloud/login.html")
        if isinstance(answer, dict) and answer.get("KDSVCSessionId"):
            self.send_header("Set-Cookie", f"kdservice-sessionid={answer['KDSVCSessionId']}; path=/")
        self.send_header("Content-Type", "text/html" if status != 200 else "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def serve(mode: str) -> None:
    """Serve until ended."""
    Handler.service = Service(mode)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    numbers = [order["number"] for order in Handler.service.books.orders.values()]
    url = f"http://127.0.0.1:{server.server_address[1]}/k3cloud/"
    told = {"url": url, "data_centre": CENTRE, "user": USER, "password": PASSWORD, "numbers": numbers[:12]}
    print(json.dumps(told), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    serve(sys.argv[1] if sys.argv[1:] else "plain")
