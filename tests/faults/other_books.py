"""What the other server keeps: orders, stock bills, and what was really done with them."""

from __future__ import annotations

import copy
import threading
import time
from typing import Any

SOURCE, TARGET, RULE = "PUR_PurchaseOrder", "STK_InStock", "PUR_PurchaseOrder-STK_InStock"
CENTRE, USER, PASSWORD, USER_ID, OTHER_ID, CHIEF_ID = "5f0c1d2e3a4b5c", "tester", "pw-1", 9001, 9002, 9003


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
