"""Merged pushes on the other server: it groups, cuts, permutes, drops in silence, and names no culprit."""

from __future__ import annotations

import math
import random
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
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

from .test_spartan_server import LINK, RULE, SOURCE, Spartan, refusal

RULE_KEY = "FInStockEntry_Link_FRuleId"
BILLS, CULPRITS, MISSING, BLOCK = 1000, 20, 5, 50


class Merging(Spartan):
    """A thousand orders and an empty book of receipts: nothing that could serve as a control."""

    def __init__(self) -> None:
        super().__init__(("FDocumentStatus", LINK, RULE_KEY, "FSRCBillNo"))
        chance = random.Random(7)
        self.chance = chance
        self.orders = {
            f"CG{number:05}": {"FID": 5000 + number, "FBillNo": f"CG{number:05}", "FDocumentStatus": "C",
                               "supplier": chance.randrange(6)}
            for number in range(BILLS)
        }  # fmt: skip
        self.culprits = set(chance.sample(sorted(self.orders), CULPRITS))
        self.forgotten = set(chance.sample(sorted(set(self.orders) - self.culprits), 2))

    def push(self, asked: dict[str, str]) -> object:
        by_id = {str(order["FID"]): order for order in self.orders.values()}
        orders = [by_id[bill_id] for bill_id in asked["Ids"].split(",")]
        if any(order["FBillNo"] in self.culprits for order in orders):
            return refusal(11, "非赠品单价不能为0")[0][0]
        groups: defaultdict[object, list[dict[str, Any]]] = defaultdict(list)
        for order in orders:
            if len(orders) == 1 or order["FBillNo"] not in self.forgotten:
                groups[order["supplier"]].append(order)
        entities = []
        for group in groups.values():
            entities += [self._receive_all(group[start : start + 5]) for start in range(0, len(group), 5)]
        self.chance.shuffle(entities)
        status = {"IsSuccess": True, "Errors": [], "SuccessEntitys": entities, "MsgCode": 0}
        return {"Result": {"ResponseStatus": status}}

    def _receive_all(self, group: list[dict[str, Any]]) -> dict[str, Any]:
        fid, number = 90_000 + len(self.receipts), f"RK{len(self.receipts):05}"
        for order in group:
            row = {"FID": fid, "FBillNo": number, "FDocumentStatus": "A", LINK: order["FID"],
                   RULE_KEY: RULE, "FSRCBillNo": group[0]["FBillNo"]}  # fmt: skip
            self.receipts.append(row)
            self.executions.append(str(order["FBillNo"]))
        return {"Id": fid, "Number": number, "DIndex": 0}


@pytest.fixture
def merging() -> Iterator[Merging]:
    server = Merging()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.mark.slow
def test_a_thousand_bills_with_culprits(merging: Merging, tmp_path: Path) -> None:
    numbers = [*merging.orders, *map("NO-{}".format, range(MISSING))]
    random.Random(1).shuffle(numbers)
    url = f"http://127.0.0.1:{merging.server_address[1]}/k3cloud/"
    order = RunOrder(
        SOURCE, PushOptions(rule_id=RULE), tuple(numbers), merged=True, block=BLOCK, quiet_seconds=0.2
    )
    with open_engine(Paths(tmp_path / "home"), attended=False) as engine:
        engine.connection.sign_in(Profile(server=url, data_centre_id="d", user="u"), "p")
        rows = engine.journal.rows(engine.runs.run(order, RunControl(), NullObserver()).run_id)

    sources: defaultdict[str, set[str]] = defaultdict(set)
    for receipt in merging.receipts:
        sources[str(receipt["FID"])].add(str(receipt[LINK]))
    assert set(Counter(merging.executions).values()) == {1}, "a bill was carried out twice"
    for row in rows:
        if row.number.startswith("NO-"):
            assert row.verdict is Verdict.SKIPPED
        elif row.number in merging.executions:
            assert row.verdict is Verdict.PUSHED, row
            assert all(row.bill_id in sources[target.id] for target in row.targets)
            assert len(row.targets) == 1
        else:
            assert row.verdict is Verdict.FAILED, row
    dropped = [row for row in rows if row.number in merging.forgotten]
    assert all(row.verdict in (Verdict.PUSHED, Verdict.FAILED) for row in dropped)
    assert merging.posts <= BILLS / BLOCK + 2 * CULPRITS * math.log2(BLOCK) + 10
