"""Sessions: by cookie or header, lost when idle, replaced where requests are signed (protocol 1.4, 1.5)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time

import pytest
import requests

from kdgui.practice import PracticeServer

from .conftest import STUB, Client, refused

LOST = {
    "Result": {
        "ResponseStatus": {
            "ErrorCode": 500,
            "IsSuccess": False,
            "Errors": [{"FieldName": None, "Message": "会话信息已丢失，请重新登录", "DIndex": 0}],
            "SuccessEntitys": [],
            "SuccessMessages": [],
            "MsgCode": 1,
        }
    }
}
CURRENCY = {"FormId": "BD_Currency", "FieldKeys": "FCODE", "FilterString": "FNUMBER='PRE001'"}


def test_without_any_cookie_there_is_no_context(stranger: Client) -> None:
    answer = stranger.call("Push", "PUR_PurchaseOrder", {"Numbers": ["x"], "RuleId": "y"})
    assert answer == json.loads(
        json.dumps(LOST).replace(json.dumps("会话信息已丢失，请重新登录"), '"Context Is Null"')
    )
    assert refused(stranger.query("BD_Currency", "FCODE"))["Errors"][0]["Message"] == "Context Is Null"


@pytest.mark.parametrize(
    "method", ["View", "Push", "Submit", "Audit", "UnAudit", "Delete", "CancelAssign", "SwitchOrg"]
)
def test_an_unknown_session_is_lost(stranger: Client, method: str) -> None:
    stranger.web.headers["kdservice-sessionid"] = "00000000-0000-0000-0000-000000000000"
    assert stranger.call(method, "PUR_PurchaseOrder", {"Ids": "1"}) == LOST


@pytest.mark.parametrize("method", ["ExecuteBillQuery", "BillQuery"])
def test_queries_wrap_the_loss_in_two_lists(stranger: Client, method: str) -> None:
    stranger.web.cookies.set("kdservice-sessionid", "gone")
    assert stranger.call(method, CURRENCY) == [[LOST]]


def test_an_idle_session_is_lost_and_a_used_one_is_not(server: PracticeServer, client: Client) -> None:
    server.turn({"idle_seconds": 0.4})
    for _ in range(4):
        time.sleep(0.15)
        assert client.call("ExecuteBillQuery", CURRENCY) == [["CNY"]]
    time.sleep(0.5)
    assert client.call("ExecuteBillQuery", CURRENCY) == [[LOST]]


@pytest.mark.parametrize("name", ["kdservice-sessionid", "ASP.NET_SessionId"])
def test_either_cookie_is_enough(client: Client, name: str) -> None:
    value = client.web.cookies[name]
    client.web.cookies.clear()
    client.web.cookies.set(name, value)
    assert client.call("ExecuteBillQuery", CURRENCY) == [["CNY"]]


def test_the_header_alone_is_enough(client: Client) -> None:
    client.web.headers["kdservice-sessionid"] = client.web.cookies["kdservice-sessionid"]
    client.web.cookies.clear()
    assert client.call("ExecuteBillQuery", CURRENCY) == [["CNY"]]


def test_logging_out_ends_the_session(client: Client) -> None:
    assert client.post("AuthService.Logout", json={}).json() is True
    assert client.call("ExecuteBillQuery", CURRENCY) == [[LOST]]
    assert client.post("AuthService.Logout", json={}).json() is False


def test_a_restart_of_the_server_ends_every_session(server: PracticeServer, client: Client) -> None:
    server.end_sessions()
    assert client.call("ExecuteBillQuery", CURRENCY) == [[LOST]]


# signed headers


def signed(client: Client, service: str, **changed: str) -> dict[str, str]:
    """The headers of protocol 1.5, written down from there; `changed`: centre, secret, stamp, user."""
    who = client.invitation
    secret, stamp = changed.get("secret", who.app_secret), changed.get("stamp", str(int(time.time())))
    centre, user = changed.get("centre", who.data_centre), changed.get("user", who.user)
    head, _, tail = who.app_id.partition("_")
    mask = b"0054f397c6234378b09ca7d3e5debce7"
    key = base64.b64encode(bytes(a ^ b for a, b in zip(base64.b64decode(tail), mask, strict=False))).decode()

    def sign(text: str, with_key: str) -> str:
        return base64.b64encode(
            hmac.new(with_key.encode(), text.encode(), hashlib.sha256).hexdigest().encode()
        ).decode()

    path = f"/k3cloud/{STUB}{service}.common.kdsvc".replace("/", "%2F")
    data = f"{centre},{user},2052,{changed.get('organisation', '0')}"
    return {
        "X-Api-ClientID": head,
        "X-Api-Auth-Version": "2.0",
        "x-api-timestamp": stamp,
        "x-api-nonce": stamp,
        "x-api-signheaders": "x-api-timestamp,x-api-nonce",
        "X-Api-Signature": sign(f"POST\n{path}\n\nx-api-nonce:{stamp}\nx-api-timestamp:{stamp}\n", key),
        "X-Kd-Appkey": who.app_id,
        "X-Kd-Appdata": base64.b64encode(data.encode()).decode(),
        "X-Kd-Signature": sign(who.app_id + data, secret),
    }


QUERY = "DynamicFormService.ExecuteBillQuery"


def ask_signed(client: Client, **changed: str) -> requests.Response:
    return client.post(QUERY, json={"data": CURRENCY}, headers=signed(client, QUERY, **changed))


def test_a_signed_request_needs_no_sign_in(stranger: Client) -> None:
    answer = ask_signed(stranger)
    assert answer.json() == [["CNY"]]
    assert "kdservice-sessionid" in answer.cookies


def test_the_signature_replaces_a_lost_session_in_silence(server: PracticeServer, stranger: Client) -> None:
    ask_signed(stranger)
    before = stranger.web.cookies["kdservice-sessionid"]
    server.end_sessions()
    assert ask_signed(stranger).json() == [["CNY"]]
    assert stranger.web.cookies["kdservice-sessionid"] != before


@pytest.mark.parametrize(
    "wrong",
    [{"secret": "no"}, {"user": "seller"}, {"stamp": "1"}, {"stamp": "²"}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_bad_signature_without_session_is_a_lost_session(stranger: Client, wrong: dict[str, str]) -> None:
    if wrong.get("stamp") == "²":
        wrong = {"stamp": "12345678901234567890"}
    assert ask_signed(stranger, **wrong).json() == [[LOST]]


def test_a_live_session_is_not_checked_again(server: PracticeServer, stranger: Client) -> None:
    ask_signed(stranger)
    assert ask_signed(stranger, secret="no").json() == [["CNY"]]
    server.turn({"passport_always": True})
    assert ask_signed(stranger, secret="no").json() == [[LOST]]


def test_a_wrong_data_centre_is_no_json_at_all(stranger: Client) -> None:
    answer = ask_signed(stranger, centre="00000000000000")
    assert (answer.status_code, answer.text) == (500, "Fail to verify thirty passport")


def test_a_changed_path_breaks_the_signature(stranger: Client) -> None:
    headers = signed(stranger, "DynamicFormService.BillQuery")
    assert stranger.post(QUERY, json={"data": CURRENCY}, headers=headers).json() == [[LOST]]


def test_headers_choose_the_organisation(server: PracticeServer, stranger: Client) -> None:
    server.turn({"by_organisation": True, "two_orgs": True})
    data = {"FormId": "PUR_PurchaseOrder", "FieldKeys": "FPurchaseOrgId.FNumber"}
    headers = signed(stranger, QUERY, organisation="101")
    rows = stranger.post(QUERY, json={"data": data}, headers=headers).json()
    assert {row[0] for row in rows} == {"101"}
