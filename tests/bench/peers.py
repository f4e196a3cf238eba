"""What a user would otherwise have: a bare loop on one session, and the script of the tutorial."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any

import requests

from tests.bench.server import FORM, RULE, Server

_STUB = "Kingdee.BOS.WebApi.ServicesStub"
_LOGIN = f"{_STUB}.AuthService.ValidateUser.common.kdsvc"
_PUSH = f"{_STUB}.DynamicFormService.Push.common.kdsvc"
_QUERY = f"{_STUB}.DynamicFormService.ExecuteBillQuery.common.kdsvc"


def session_loop(server: Server, numbers: Sequence[str]) -> tuple[float, float]:
    """Push one after the other on one kept-alive session, no look before or after: seconds, CPU seconds."""
    with requests.Session() as session:
        session.post(server.url + _LOGIN, json={"parameters": _who(server)}, timeout=60)
        started, cpu = time.perf_counter(), time.process_time()
        for number in numbers:
            _check(number, session.post(server.url + _PUSH, data=_push(number), timeout=60).json())
        return time.perf_counter() - started, time.process_time() - cpu


def script(server: Server, numbers: Sequence[str]) -> float:
    """As the tutorial does it: cookies by hand, no kept connection, look the bill up, push: seconds."""
    cookies = requests.post(server.url + _LOGIN, json={"parameters": _who(server)}, timeout=60).cookies
    started = time.perf_counter()
    for number in numbers:
        asked = {"FormId": FORM, "FieldKeys": "FID,FBillNo", "FilterString": f"FBillNo='{number}'"}
        fields = {"data": json.dumps(asked)}
        if not requests.post(server.url + _QUERY, data=fields, cookies=cookies, timeout=60).json():
            raise SystemExit(f"{number} is not there")
        _check(
            number, requests.post(server.url + _PUSH, data=_push(number), cookies=cookies, timeout=60).json()
        )
    return time.perf_counter() - started


def _who(server: Server) -> list[object]:
    return [server.data_centre, server.user, server.password, 2052]


def _push(number: str) -> dict[str, str]:
    return {"FormId": FORM, "Data": json.dumps({"RuleId": RULE, "Numbers": [number]})}


def _check(number: str, answer: Any) -> None:
    if not answer["Result"]["ResponseStatus"]["IsSuccess"]:
        raise SystemExit(f"{number}: {answer}")
