"""Another K/3-like server, written without a look at the practice account: it offers the bare minimum.

No QueryBusinessInfo, no rule list (404), no paging, no order, filters of one kind only, few columns, answers
as in 2019. The verdicts must be right all the same.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from kdgui.bootstrap import open_engine
from kdgui.domain.orders import PushOptions, RunOrder
from kdgui.domain.verdicts import Verdict
from kdgui.pushing.flow.observer import NullObserver
from kdgui.pushing.flow.run_control import RunControl
from kdgui.store.paths import Paths
from kdgui.store.profiles import Profile

SOURCE, TARGET, RULE = "PUR_PurchaseOrder", "STK_InStock", "PUR_PurchaseOrder-STK_InStock"
LINK = "FInStockEntry_Link_FSBillId"


class Spartan(ThreadingHTTPServer):
    """Books of forty orders: every fifth is not approved, every seventh is refused."""

    daemon_threads = True

    def __init__(self, target_keys: tuple[str, ...]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.target_keys = ("FID", "FBillNo", *target_keys)
        self.orders: dict[str, dict[str, Any]] = {
            f"CG{number:04}": {"FID": 5000 + number, "FBillNo": f"CG{number:04}",
                               "FDocumentStatus": "A" if number % 5 == 0 else "C"}
            for number in range(40)
        }  # fmt: skip
        self.receipts: list[dict[str, Any]] = []
        self.executions: list[str] = []
        self.cut: set[int] = set()
        self.posts = 0

    def receive(self, order: dict[str, Any]) -> dict[str, Any]:
        receipt = {"FID": 9000 + len(self.receipts), "FBillNo": f"RK{len(self.receipts):04}",
                   "FDocumentStatus": "A", LINK: order["FID"], "FSRCBillNo": order["FBillNo"]}  # fmt: skip
        self.receipts.append(receipt)
        self.executions.append(str(order["FBillNo"]))
        return receipt

    def query(self, asked: dict[str, str]) -> object:
        rows = list(self.orders.values()) if asked["FormId"] == SOURCE else self.receipts
        keys = asked["FieldKeys"].split(",")
        known = {"FID", "FBillNo", "FDocumentStatus"} if asked["FormId"] == SOURCE else set(self.target_keys)
        if set(keys) - known:
            return refusal(9, "元数据中标识为X的字段不存在")
        if text := asked["FilterString"]:
            match = re.fullmatch(r"(\w+) in \((.*)\)", text)
            if match is None or match[1] not in known:
                return refusal(4, "GetRealExpress error")
            wanted = {value.strip("'") for value in match[2].split(",")}
            rows = [row for row in rows if str(row[match[1]]) in wanted]
        return [[row[key] for key in keys] for row in rows]

    def push(self, asked: dict[str, str]) -> object:
        numbers = {str(order["FID"]): order for order in self.orders.values()}
        order = numbers[asked["Ids"]]
        if order["FDocumentStatus"] != "C" or int(str(order["FID"])) % 7 == 0:
            return refusal(11, "不允许下推")[0][0]
        made = self.receive(order)
        entity = {"Id": made["FID"], "Number": made["FBillNo"], "DIndex": 0}
        status = {"IsSuccess": True, "Errors": [], "SuccessEntitys": [entity], "MsgCode": 0}
        return {"Result": {"ResponseStatus": status}}


def refusal(code: int, text: str) -> list[list[object]]:
    error = {"FieldName": None, "Message": text, "DIndex": 0}
    status = {"ErrorCode": 500, "IsSuccess": False, "Errors": [error], "SuccessEntitys": [], "MsgCode": code}
    return [[{"Result": {"ResponseStatus": status}}]]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Spartan

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"{}")
        service = self.path.rpartition("/")[2].split(".")[-3]
        if service == "ValidateUser":
            context = {"UserId": 7, "UserName": "u", "DataCenterName": "d"}
            return self._answer(
                {"LoginResultType": 1, "Message": None, "KDSVCSessionId": "s", "Context": context}
            )
        if service == "ExecuteBillQuery":
            return self._answer(self.server.query(json.loads(body["parameters"][0])))
        if service == "Push":
            self.server.posts += 1
            answer = self.server.push(json.loads(body["parameters"][1]))
            if self.server.posts in self.server.cut:
                self.close_connection = True
                return None
            return self._answer(answer)
        return self._answer({"message": "no such service"}, 404)

    def _answer(self, value: object, status: int = 200) -> None:
        text = json.dumps(value, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(params=[("FDocumentStatus", LINK, "FSRCBillNo"), (LINK,), ("FDocumentStatus",)], ids=",".join)
def spartan(request: pytest.FixtureRequest) -> Iterator[Spartan]:
    server = Spartan(request.param)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join(5)


def test_forty_bills_of_mixed_state_with_two_cut_lines(spartan: Spartan, tmp_path: Path) -> None:
    numbers = [*spartan.orders, "CG0001", "NOPE"]
    spartan.receive(spartan.orders["CG0003"])  # a colleague was first
    already = len(spartan.executions)
    spartan.cut = {6, 15}
    url = f"http://127.0.0.1:{spartan.server_address[1]}/k3cloud/"
    order = RunOrder(SOURCE, PushOptions(rule_id=RULE), tuple(numbers), quiet_seconds=0.4)
    with open_engine(Paths(tmp_path / "home"), attended=False) as engine:
        engine.connection.sign_in(Profile(server=url, data_centre_id="d", user="u"), "p")
        rows = engine.journal.rows(engine.runs.run(order, RunControl(), NullObserver()).run_id)
    assert [row.number for row in rows] == numbers
    executed = spartan.executions[already:]
    assert len(executed) == len(set(executed))
    links = LINK in spartan.target_keys
    for row in rows[:-2]:
        if row.verdict is Verdict.UNSETTLED:
            assert not links, f"{row.number} could have been asked for"
        elif row.verdict is Verdict.SKIPPED:
            assert row.number not in executed
        else:
            assert (row.verdict is Verdict.PUSHED) == (row.number in executed), row
    assert [row.verdict for row in rows[-2:]] == [Verdict.SKIPPED] * 2
    unsettled = sum(row.verdict is Verdict.UNSETTLED for row in rows)
    assert unsettled <= (0 if links else 2)
