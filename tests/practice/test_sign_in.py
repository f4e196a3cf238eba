"""Signing in to the practice account: ways, encodings, refusals (protocol 1.1 to 1.3)."""

from __future__ import annotations

import hashlib
import json
import time
from typing import Any

import pytest
import requests

from kdgui.practice import Invitation, PracticeServer

from .conftest import STUB, Client

VALIDATE = "AuthService.ValidateUser"


def bodies(who: Invitation) -> dict[str, dict[str, Any]]:
    """One sign-in in every encoding of protocol 1.2."""
    values = [who.data_centre, who.user, who.password, 2052]
    envelope = {
        "format": 1,
        "useragent": "ApiClient",
        "rid": "1",
        "timestamp": "2026-01-05 10:00:00",
        "v": "1.0",
    }
    named = {"username": who.user, "password": who.password, "lcid": 2052}
    return {
        "acctID": {"json": {"acctID": who.data_centre, **named}},
        "acctid": {"json": {"acctid": who.data_centre, **named}},
        "acctId": {"json": {"acctId": who.data_centre, **named}},
        "parameters": {"json": {"parameters": values}},
        "envelope with text": {"json": {**envelope, "parameters": json.dumps(values)}},
        "envelope with array": {"json": {**envelope, "parameters": values}},
        "form": {"data": {"acctid": who.data_centre, **named}},
        "form with parameters": {"data": {"parameters": json.dumps(values)}},
        "json without type": {"data": json.dumps({"acctID": who.data_centre, **named})},
        "byte order mark": {"data": b"\xef\xbb\xbf" + json.dumps({"parameters": values}).encode()},
    }


@pytest.mark.parametrize("encoding", list(bodies(Invitation("", "", "", "", "", ""))))
def test_a_password_is_taken_in_every_encoding(stranger: Client, encoding: str) -> None:
    answer = stranger.post(VALIDATE, **bodies(stranger.invitation)[encoding])
    assert answer.json()["LoginResultType"] == 1
    assert set(answer.cookies.keys()) == {"ASP.NET_SessionId", "kdservice-sessionid"}
    assert stranger.query("BD_Currency", "FCODE", "FNUMBER='PRE001'") == [["CNY"]]


def test_the_answer_tells_what_a_real_one_tells(stranger: Client) -> None:
    answer = stranger.sign_in()
    assert answer["MessageCode"] == "CheckPasswordPolicy"
    assert answer["KDSVCSessionId"] == stranger.web.cookies["kdservice-sessionid"]
    context = answer["Context"]
    assert context["DataCenterName"] == "小河贸易 练习"
    assert context["DBid"] == stranger.invitation.data_centre
    assert context["CurrentOrganizationInfo"]["Name"] == "总部"
    assert (context["DisplayVersion"], context["UserName"]) == ("9.0.553.10", "练习用户")
    assert {"FormId", "RedirectFormParam", "AccessToken", "KdAccessResult"} <= set(answer)


def test_the_path_is_read_without_case(stranger: Client) -> None:
    url = stranger.invitation.url.replace("k3cloud", "K3Cloud")
    who = stranger.invitation
    body = {"parameters": [who.data_centre, who.user, who.password, 2052]}
    assert (
        stranger.web.post(f"{url}{STUB}{VALIDATE}.common.kdsvc", json=body, timeout=9).json()[
            "LoginResultType"
        ]
        == 1
    )


@pytest.mark.parametrize(
    ("user", "kind", "said"),
    [
        ("failed", -1, "登录失败"),
        ("pw_optional", -2, "密码"),
        ("pw_change", -3, "必须修改"),
        ("warning", -4, "警告"),
        ("form", -5, "策略"),
        ("unbound", -6, "未绑定"),
        ("activation", -7, "激活"),
        ("locked", -1, "次数超限"),
        ("nobody", 0, "用户名或密码错误"),
    ],
)
def test_users_who_exist_to_be_refused(stranger: Client, user: str, kind: int, said: str) -> None:
    answer = stranger.sign_in(user)
    assert answer["LoginResultType"] == kind
    assert said in answer["Message"]
    assert (answer["KDSVCSessionId"], answer["Context"], answer["IsSuccessByAPI"]) == (None, None, False)


def test_a_form_to_be_handled_may_come_with_a_session(stranger: Client) -> None:
    assert stranger.sign_in("form_session")["LoginResultType"] == -5
    assert stranger.query("BD_Currency", "FCODE", "FNUMBER='PRE001'") == [["CNY"]]


def test_a_wrong_password_locks_the_user_out_in_the_end(server: PracticeServer, stranger: Client) -> None:
    for _ in range(5):
        assert stranger.sign_in(password="wrong")["Message"] == "用户名或密码错误"
    assert "次数超限" in stranger.sign_in()["Message"]
    assert stranger.sign_in("buyer")["LoginResultType"] == 1
    server.reset()
    assert stranger.sign_in()["LoginResultType"] == 1


def test_a_wrong_data_centre_is_refused(stranger: Client) -> None:
    answer = stranger.sign_in(data_centre="00000000000000")
    assert answer["LoginResultType"] == -1
    assert "00000000000000" in answer["Message"]


def test_an_app_secret_opens_the_door(stranger: Client) -> None:
    who = stranger.invitation
    given = [who.data_centre, who.user, who.app_id, who.app_secret, 2052]
    assert (
        stranger.post("AuthService.LoginByAppSecret", json={"parameters": given}).json()["LoginResultType"]
        == 1
    )
    assert stranger.query("BD_Currency", "FCODE", "FNUMBER='PRE001'") == [["CNY"]]


def test_a_wrong_app_secret_has_a_code_of_its_own(stranger: Client) -> None:
    who = stranger.invitation
    named = {
        "acctid": who.data_centre,
        "username": who.user,
        "appid": who.app_id,
        "appsecret": "no",
        "lcid": 2052,
    }
    answer = stranger.post("AuthService.LoginByAppSecret", json=named).json()
    assert (answer["MessageCode"], answer["LoginResultType"]) == ("002005000003016", 0)


def test_an_app_is_not_allowed_every_user(stranger: Client) -> None:
    who = stranger.invitation
    given = [who.data_centre, "seller", who.app_id, who.app_secret, 2052]
    answer = stranger.post("AuthService.LoginByAppSecret", json={"parameters": given}).json()
    assert "不允许用户seller 登录" in answer["Message"]


@pytest.mark.parametrize(("age", "spoilt", "kind"), [(0, "", 1), (3600, "", 1), (90_000, "", 0), (0, "x", 0)])
def test_a_signature_is_verified(stranger: Client, age: int, spoilt: str, kind: int) -> None:
    who, stamp = stranger.invitation, int(time.time()) - age
    parts = sorted([who.data_centre, who.user, who.app_id, who.app_secret, str(stamp)])
    sign = hashlib.sha256(("".join(parts) + spoilt).encode()).hexdigest()
    given = [who.data_centre, who.user, who.app_id, stamp, sign, 2052]
    assert (
        stranger.post("AuthService.LoginBySign", json={"parameters": given}).json()["LoginResultType"] == kind
    )


@pytest.mark.parametrize("way", ["ValidateUserEnDeCode", "LoginBySimplePassport", "LoginByMobileCard"])
def test_ways_that_are_not_offered_say_so(stranger: Client, way: str) -> None:
    answer = stranger.post(f"AuthService.{way}", json={"parameters": ["x"]})
    assert answer.text.startswith("response_error:")


@pytest.mark.parametrize("method", ["get", "post"])
def test_data_centres_are_listed_without_signing_in(stranger: Client, method: str) -> None:
    service = "Kingdee.BOS.ServiceFacade.ServicesStub.Account.AccountService.GetDataCenterList.common.kdsvc"
    items = getattr(stranger.web, method)(stranger.invitation.url + service, timeout=9).json()
    assert [(item["Number"], item["Name"]) for item in items] == [
        ("001", "小河贸易 练习"),
        ("002", "小河贸易 测试"),
    ]
    assert items[0]["Id"] == stranger.invitation.data_centre
    assert all(len(item["Id"]) == 14 and int(item["Id"], 16) for item in items)
    assert items[0]["LocaleValueName"] == [{"Key": 2052, "Value": "小河贸易 练习"}]


def test_the_other_list_wraps_the_same_items(stranger: Client) -> None:
    answer = stranger.post("MCService.GetDataCenterList").json()
    assert set(answer) == {"Code", "Message", "Data"}
    assert len(answer["Data"]) == 2


def test_data_centres_have_books_of_their_own(server: PracticeServer, stranger: Client) -> None:
    other = stranger.post("MCService.GetDataCenterList").json()["Data"][1]["Id"]
    number = server.examples("002")["PUR_PurchaseOrder"]["open"][0]
    stranger.sign_in(data_centre=other)
    assert stranger.push([number])["ResponseStatus"]["IsSuccess"]
    stranger.sign_in()
    found = stranger.query("STK_InStock", "FBillNo", f"FSRCBillNo='{number}'")
    assert found == []
    assert server.ledger()[0].data_centre == other


def test_nobody_outside_this_computer_is_listened_to(server: PracticeServer) -> None:
    assert server.url.startswith("http://127.0.0.1:")
    answer = requests.get(
        server.url.replace("k3cloud/", "practice/state"), headers={"Host": "evil.example"}, timeout=9
    )
    assert answer.status_code == 403
