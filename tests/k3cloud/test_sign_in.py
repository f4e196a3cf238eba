"""Signing in, by all four ways, and everything that a server may say to it."""

from __future__ import annotations

import copy
import hashlib
import pickle
import threading

import pytest

from kdgui.domain.accounts import SignInMode
from kdgui.domain.endings import EndingKind
from kdgui.domain.errors import AnswerUnreadable, ConnectionTrouble, SignInRefused

SESSION_ID = "00000000-0000-0000-0000-000000000002"
COOKIE = "kdservice-sessionid=cookie-of-the-session; Path=/K3Cloud; HttpOnly"
APP_ID = "123456_QUJDREVGR0hJSktMTU5PUFFSU1RVVldY"
SAID_YES = {"Result": {"ResponseStatus": {"IsSuccess": True, "SuccessEntitys": [{"Id": 1, "Number": "A"}]}}}


def login(result: object = 1, **more: object) -> dict:
    context = {
        "DBid": "60a1b2c3d4e5f6",
        "UserId": 178301,
        "UserName": "演示用户",
        "DataCenterName": "演示账套",
        "DisplayVersion": "9.0.553.10",
        "CurrentOrganizationInfo": {"ID": 1, "Name": "演示组织"},
    }
    return {
        "Message": None,
        "MessageCode": "CheckPasswordPolicy",
        "LoginResultType": result,
        "Context": context,
        "KDSVCSessionId": SESSION_ID,
        **more,
    }


def refusal(code: int) -> dict:
    return {
        "Result": {"ResponseStatus": {"IsSuccess": False, "MsgCode": code, "Errors": [{"Message": "no"}]}}
    }


def test_password(wire, session):
    wire.json(login(), Set_Cookie=COOKIE)
    signed_in = session.sign_in()
    assert signed_in is session.signed_in
    assert (signed_in.data_centre_name, signed_in.user, signed_in.user_id) == (
        "演示账套",
        "演示用户",
        "178301",
    )
    assert (signed_in.organisation_id, signed_in.organisation_name) == ("1", "演示组织")
    assert (signed_in.version, signed_in.warning) == ("9.0.553.10", "")
    (request,) = wire.requests
    assert request.target == "/k3cloud/Kingdee.BOS.WebApi.ServicesStub.AuthService.ValidateUser.common.kdsvc"
    assert request.parameters == ["60a1b2c3d4e5f6", "demo_user", "pässwört-🔑-9", 2052]
    assert "kdservice-sessionid" not in request.headers


def test_app_secret(wire, open_session):
    wire.json(login())
    open_session(wire.address, SignInMode.APP_SECRET, app_id="my_app").sign_in()
    assert wire.services == ["LoginByAppSecret"]
    assert wire.requests[0].parameters == ["60a1b2c3d4e5f6", "demo_user", "my_app", "pässwört-🔑-9", 2052]


def test_login_by_sign(wire, open_session):
    wire.json(login())
    open_session(wire.address, SignInMode.LOGIN_SIGN, app_id="my_app").sign_in()
    assert wire.services == ["LoginBySign"]
    centre, user, app, timestamp, sign, lcid = wire.requests[0].parameters
    assert (centre, user, app, lcid) == ("60a1b2c3d4e5f6", "demo_user", "my_app", 2052)
    assert isinstance(timestamp, int)
    assert len(sign) == 64


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (login(0, Message="用户名或密码错误"), "sign_in_password"),
        (login("0", Message="用户名或密码错误"), "sign_in_password"),
        (login(-1), "sign_in_failed"),
        (login(-2), "sign_in_password_optional"),
        (login(-3), "sign_in_password_change"),
        (login(-4), "sign_in_warning"),
        (login(-5, KDSVCSessionId=None), "sign_in_form"),
        (login(-6), "sign_in_unbound"),
        (login(-7), "sign_in_activation"),
        (login(42), "sign_in_unknown"),
        (login(1, KDSVCSessionId=""), "sign_in_unknown"),
        (login(0, Message="密码错误次数超限，请30分钟后再试"), "sign_in_locked"),
        (login(0, MessageCode="002005000003016"), "sign_in_app_secret"),
        (
            login(0, Message="第三方应用：demo 不允许用户demo_user 登录，请联系系统管理员添加！"),
            "sign_in_app_user",
        ),
        (login(-1, Message="当前尝试登录的数据中心无法获取到，请重新检查，谢谢。"), "sign_in_data_centre"),
        (refusal(4), "sign_in_unknown"),
        (refusal(1), "sign_in_session"),
    ],
)
def test_refused(wire, session, answer, code):
    wire.json(answer)
    with pytest.raises(SignInRefused) as caught:
        session.sign_in()
    assert caught.value.code == code
    assert caught.value.detail == (answer.get("Message") or ("no" if "Result" in answer else ""))
    assert session.signed_in is None
    assert len(wire.requests) == 1  # never tried twice


WRONG_SIGN = login(0, MessageCode="002005000003016")


def test_a_server_that_knows_only_sha1_is_signed_in_at_the_second_try(wire, open_session):
    wire.json(WRONG_SIGN).json(login())
    signed_in = open_session(wire.address, SignInMode.LOGIN_SIGN, app_id="my_app").sign_in()
    assert (signed_in.old_signature, signed_in.version) == (True, "9.0.553.10")
    first, second = (request.parameters for request in wire.requests)
    values = sorted(["60a1b2c3d4e5f6", "demo_user", "my_app", "pässwört-🔑-9", str(second[3])])
    assert (len(first[4]), second[4]) == (64, hashlib.sha1("".join(values).encode()).hexdigest())


def test_a_signature_is_tried_twice_and_never_more(wire, open_session):
    wire.json(WRONG_SIGN).json(login(0, Message="密码错误次数超限，请30分钟后再试"))
    with pytest.raises(SignInRefused) as caught:
        open_session(wire.address, SignInMode.LOGIN_SIGN, app_id="my_app").sign_in()
    assert (caught.value.code, len(wire.requests)) == ("sign_in_app_secret", 2)


@pytest.mark.parametrize("mode", [SignInMode.APP_SECRET, SignInMode.PASSWORD])
def test_other_ways_are_tried_once(wire, open_session, mode):
    wire.json(WRONG_SIGN)
    with pytest.raises(SignInRefused):
        open_session(wire.address, mode, app_id="my_app").sign_in()
    assert len(wire.requests) == 1


def test_wrong_data_centre(wire, session, open_session):
    wire.text("Fail to verify thirty passport", 500).text("Fail to verify thirty passport", 401)
    signing = open_session(wire.address, SignInMode.SIGNED_HEADERS, app_id=APP_ID)
    for each in (session, signing):
        with pytest.raises(SignInRefused) as caught:
            each.sign_in()
        assert caught.value.code == "sign_in_data_centre"
        assert caught.value.detail == "Fail to verify thirty passport"


def test_form_to_handle_first_is_let_in_if_it_works(wire, session):
    wire.json(login(-5, Message="请修改密码")).json([["CNY"]])
    assert session.sign_in().warning == "请修改密码"
    assert wire.requests[1].headers["kdservice-sessionid"] == SESSION_ID


def test_form_to_handle_first_without_right_to_see_currencies(wire, session):
    wire.json(login(-5)).json([[refusal(2)]])
    assert session.sign_in()


@pytest.mark.parametrize("code", [1, 4])
def test_form_to_handle_first_is_refused_if_nothing_works(wire, session, code):
    wire.json(login(-5, Message="请修改密码")).json([[refusal(code)]])
    with pytest.raises(SignInRefused) as caught:
        session.sign_in()
    assert (caught.value.code, caught.value.detail) == ("sign_in_form", "请修改密码")
    assert session.signed_in is None


@pytest.mark.parametrize(
    ("body", "status", "kind", "code"),
    [
        ("<html>welcome</html>", 200, AnswerUnreadable, "html"),
        ("", 200, AnswerUnreadable, "empty"),
        ("[]", 200, AnswerUnreadable, "odd_json"),
        ('{"Message":"hello"}', 200, AnswerUnreadable, "odd_json"),
        ("response_error: 错误", 200, AnswerUnreadable, "response_error"),
        ("not found", 404, ConnectionTrouble, "blocked"),
        ("", 302, ConnectionTrouble, "redirect"),
        ("", 503, ConnectionTrouble, "http_status"),
    ],
)
def test_answers_that_are_none(wire, session, body, status, kind, code):
    wire.text(body, status)
    with pytest.raises(kind) as caught:
        session.sign_in()
    assert caught.value.code == code
    assert len(wire.requests) == 1


def test_line_cut_during_sign_in_is_not_tried_twice(wire, session):
    wire.resets()
    with pytest.raises(ConnectionTrouble):
        session.sign_in()
    assert len(wire.requests) == 1


# The badge


def test_badge_is_shown_whatever_the_case_of_its_path(wire, session, order):
    wire.json(login(KDSVCSessionId=None), Set_Cookie=COOKIE).json([["A"]]).json(SAID_YES)
    session.sign_in()
    session.query("F", ["FBillNo"])
    session.push(order)
    for request in wire.requests[1:]:
        assert request.headers["cookie"] == "kdservice-sessionid=cookie-of-the-session"
        assert request.headers["kdservice-sessionid"] == "cookie-of-the-session"


def test_session_id_without_cookies(wire, session):
    wire.json(login()).json([])
    session.sign_in()
    session.query("F", ["FBillNo"])
    assert wire.requests[1].headers["kdservice-sessionid"] == SESSION_ID
    assert "cookie" not in wire.requests[1].headers


def test_cookies_are_renewed_and_withdrawn(wire, session):
    raw = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n%s\r\n[]"
    wire.json(login(KDSVCSessionId=None), Set_Cookie=COOKIE)
    wire.raw(
        raw % b"Set-Cookie: ASP.NET_SessionId=one; path=/\r\nSet-Cookie: lb=two; Domain=elsewhere.invalid\r\n"
    )
    wire.raw(
        raw % b"Set-Cookie: ASP.NET_SessionId=three\r\n"
        b"Set-Cookie: lb=x; expires=Thu, 01 Jan 1970 00:00:00 GMT\r\n"
    )
    wire.raw(raw % b"Set-Cookie: ASP.NET_SessionId=; path=/\r\nSet-Cookie: lb=y; Max-Age=0\r\n")
    wire.raw(
        raw % b"Set-Cookie: b\xe4d=1\r\nSet-Cookie: \r\nSet-Cookie: worse=a b\r\n"
        b'Set-Cookie: good="v"; Max-Age=9\r\n'
    )
    wire.raw(raw % b"")
    session.sign_in()
    for _ in range(5):
        session.query("F", ["FBillNo"])
    kept = "kdservice-sessionid=cookie-of-the-session"
    assert [request.headers["cookie"] for request in wire.requests[1:]] == [
        kept,
        f"{kept}; ASP.NET_SessionId=one; lb=two",
        f"{kept}; ASP.NET_SessionId=three",
        kept,
        f'{kept}; good="v"',
    ]


def test_cookies_of_a_page_that_is_no_answer_are_not_taken(wire, session, order):
    wire.json(login(), Set_Cookie=COOKIE)
    wire.text("<html>", 302, Set_Cookie="kdservice-sessionid=of-the-portal").json([])
    session.sign_in()
    session.push(order)
    session.query("F", ["FBillNo"])
    assert wire.requests[2].headers["kdservice-sessionid"] == SESSION_ID
    assert wire.requests[2].headers["cookie"] == "kdservice-sessionid=cookie-of-the-session"


def test_signing_in_anew_drops_the_old_badge(wire, session):
    wire.json(login(), Set_Cookie=COOKIE).json(login(KDSVCSessionId="second")).json([])
    session.sign_in()
    session.sign_in()
    session.query("F", ["FBillNo"])
    assert "cookie" not in wire.requests[1].headers
    assert wire.requests[2].headers["kdservice-sessionid"] == "second"


def test_sign_out(wire, session):
    wire.json(login(), Set_Cookie=COOKIE).json(True).json([])
    session.sign_in()
    session.sign_out()
    assert session.signed_in is None
    assert wire.services[-1] == "Logout"
    assert "cookie-of-the-session" in wire.requests[1].headers["cookie"]
    session.query("F", ["FBillNo"])
    assert "cookie" not in wire.requests[2].headers
    assert "kdservice-sessionid" not in wire.requests[2].headers


def test_sign_out_over_a_broken_line(wire, session):
    wire.json(login(), Set_Cookie=COOKIE).resets()
    session.sign_in()
    session.sign_out()
    session.sign_out()  # nothing left to sign out of
    assert session.signed_in is None
    assert wire.services == ["ValidateUser", "Logout"]


def test_siblings_share_the_badge(wire, session):
    wire.json(login(), Set_Cookie=COOKIE).json([]).json(login(KDSVCSessionId="second")).json([])
    other = session.sibling()
    session.sign_in()
    assert other.signed_in == session.signed_in
    other.query("F", ["FBillNo"])
    other.sign_in()
    session.query("F", ["FBillNo"])
    other.close()
    assert wire.requests[1].headers["kdservice-sessionid"] == SESSION_ID
    assert wire.requests[3].headers["kdservice-sessionid"] == "second"
    assert wire.connections == 2


def test_late_answer_of_the_old_session_does_not_spoil_the_new_one(wire, session):
    """A sibling's answer, still under way while the other one signs in, brings an old cookie."""
    asked, go_on = threading.Event(), threading.Event()

    def late(line, request) -> bool:
        asked.set()
        go_on.wait(10)
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nSet-Cookie: kdservice-sessionid=old\r\n\r\n[]")
        return True

    wire.json(login(), Set_Cookie=COOKIE).step(late).json(login(KDSVCSessionId="second")).json([])
    session.sign_in()
    other = session.sibling()
    asking = threading.Thread(target=other.query, args=("F", ["FBillNo"]))
    asking.start()
    asked.wait(10)
    session.sign_in()
    go_on.set()
    asking.join()
    other.close()
    session.query("F", ["FBillNo"])
    assert wire.requests[-1].headers["kdservice-sessionid"] == "second"
    assert "cookie" not in wire.requests[-1].headers


# Signed headers


def test_signed_headers_need_no_login(wire, open_session, order):
    wire.json([["CNY"]], Set_Cookie=COOKIE).json(SAID_YES).json([])
    session = open_session(wire.address, SignInMode.SIGNED_HEADERS, app_id=APP_ID)
    assert session.signs_requests
    signed_in = session.sign_in()
    assert (signed_in.data_centre_id, signed_in.user, signed_in.user_id) == (
        "60a1b2c3d4e5f6",
        "demo_user",
        "",
    )
    assert session.push(order).kind is EndingKind.ANSWERED
    session.sign_out()
    session.query("F", ["FBillNo"])
    assert wire.services == ["ExecuteBillQuery", "Push", "ExecuteBillQuery"]
    assert all(request.headers["x-kd-appkey"] == APP_ID for request in wire.requests)
    assert len({request.headers["x-api-nonce"] for request in wire.requests}) == 3
    assert wire.requests[1].headers["kdservice-sessionid"] == "cookie-of-the-session"
    assert "kdservice-sessionid" not in wire.requests[2].headers


def test_signature_that_is_not_taken(wire, open_session, order):
    wire.json([[refusal(1)]]).json(refusal(1))
    session = open_session(wire.address, SignInMode.SIGNED_HEADERS, app_id=APP_ID)
    with pytest.raises(SignInRefused) as caught:
        session.sign_in()
    assert caught.value.code == "sign_in_app_secret"
    assert session.signed_in is None
    assert session.push(order).kind is EndingKind.SESSION_LOST


def test_signed_without_right_to_see_currencies(wire, open_session):
    wire.json([[refusal(2)]])
    assert open_session(wire.address, SignInMode.SIGNED_HEADERS, app_id=APP_ID).sign_in()


def test_signed_query_that_is_refused_otherwise(wire, open_session):
    wire.json([[refusal(14)]])
    with pytest.raises(SignInRefused) as caught:
        open_session(wire.address, SignInMode.SIGNED_HEADERS, app_id=APP_ID).sign_in()
    assert (caught.value.code, caught.value.detail) == ("sign_in_unknown", "no")


# Organisation


def test_session_is_neither_pickled_nor_copied(session):
    for work in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            work(session)
