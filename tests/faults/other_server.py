"""A K/3-like server written from the fact sheet alone: a second opinion beside the practice server.

It imports nothing of kdgui. `python -m tests.faults.other_server MODE` serves on a free port of the loopback
and prints one line of JSON: url, data_centre, user, password, and numbers to push. GET /ledger tells what was
really done. MODES says in one line each how the server differs from a plain one.
"""

from __future__ import annotations

import http.server
import json
import sys
import threading
import uuid
from typing import Any

from .other_answers import Questions, block, said_no
from .other_books import CENTRE, CHIEF_ID, PASSWORD, RULE, USER, USER_ID, Books

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
