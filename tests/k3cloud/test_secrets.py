"""Secrets stay out of everything that is shown, stored or logged."""

from __future__ import annotations

import base64
import json
import logging
import traceback
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kdgui.domain.accounts import Credentials, SignInMode
from kdgui.domain.errors import AnswerUnreadable, KdguiError, SignInRefused
from kdgui.k3cloud.login import login_call
from kdgui.k3cloud.redaction import MASKED, Redactor

SECRET = "pässwört-🔑-9"
SESSION_ID = "11111111-2222-3333-4444-555555555555"
COOKIE = "abcdefghijklmnopqrstuvwx"
APP_ID = "123456_QUJDREVGR0hJSktMTU5PUFFSU1RVVldY"
LOGIN = {"LoginResultType": 1, "KDSVCSessionId": SESSION_ID, "Context": {}}


def spellings(secret: str) -> list[str]:
    packed = secret.encode()
    return [
        secret,
        json.dumps(secret),
        quote(secret),
        quote_plus(secret),
        base64.b64encode(packed).decode(),
    ]


def assert_clean(text: str) -> None:
    for secret in (SECRET, SESSION_ID, COOKIE):
        for spelling in spellings(secret):
            assert spelling.strip('"') not in text


@pytest.fixture
def known(wire, session):
    """A session that is signed in, with every kind of secret."""
    wire.json(LOGIN, Set_Cookie=f"ASP.NET_SessionId={COOKIE}; path=/")
    session.sign_in()
    return session


ECHO = " ".join(spelling for secret in (SECRET, SESSION_ID, COOKIE) for spelling in spellings(secret))


def test_server_that_echoes_everything(wire, known, order):
    answer = {"Result": {"ResponseStatus": {"IsSuccess": False, "MsgCode": 4, "Errors": [{"Message": ECHO}]}}}
    for text in (
        ECHO,
        f"<html>{ECHO}",
        f"response_error: {ECHO}",
        json.dumps(answer),
        json.dumps([[answer]]),
    ):
        wire.text(text).text(text).text(text, 500)
        ending = known.push(order)
        assert_clean(repr(ending))
        assert MASKED in ending.raw
        with pytest.raises(KdguiError) as caught:
            known.query("F", ["FBillNo"], tries=1)
        assert_clean("".join(traceback.format_exception(caught.value)))
        assert_clean(repr(known.push(order)))


def test_redirect_that_carries_the_session(wire, known, order):
    wire.text("", 302, Location=f"http://elsewhere.invalid/?sid={SESSION_ID}")
    assert known.push(order).detail == f"http://elsewhere.invalid/?sid={MASKED}"


def test_bill_numbers_are_not_masked(wire, open_session, order):
    """A password may look like a bill number; then the number counts, and only the raw text hides it."""
    wire.json(
        {
            "Result": {
                "ResponseStatus": {"IsSuccess": True, "SuccessEntitys": [{"Id": "104868", "Number": SECRET}]}
            }
        }
    )
    ending = open_session(wire.address).push(order)
    assert ending.answer.entities[0].number == SECRET
    assert SECRET not in ending.raw


def test_sign_in_that_echoes_the_password(wire, session):
    wire.json({"LoginResultType": 0, "Message": f"密码 {SECRET} 错误"}).text(f"response_error: {SECRET}")
    with pytest.raises(SignInRefused) as refused:
        session.sign_in()
    assert refused.value.detail == f"密码 {MASKED} 错误"
    with pytest.raises(AnswerUnreadable) as unreadable:
        session.sign_in()
    assert_clean("".join(traceback.format_exception(unreadable.value)))


def test_signatures_that_are_echoed(wire, open_session, order):
    def echo(line, request) -> bool:
        body = json.dumps(request.headers).encode()
        line.sendall(b"HTTP/1.1 500 No\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        return True

    wire.step(echo)
    raw = open_session(wire.address, SignInMode.SIGNED_HEADERS, app_id=APP_ID).push(order).raw
    headers = wire.requests[0].headers
    assert headers["x-api-signature"] not in raw
    assert headers["x-kd-signature"] not in raw
    assert headers["x-kd-appkey"] in raw


def test_secret_at_the_cut(wire, open_session, order):
    for shift in range(-len(SECRET.encode()), 2):
        wire.text("x" * (64 * 1024 + shift) + SECRET + "y" * 100)
        raw = open_session(wire.address).push(order).raw
        assert "pä" not in raw
        assert len(raw.encode()) <= 64 * 1024


def test_reprs(wire, session, known):
    assert_clean(repr(known))
    assert_clean(repr(session.credentials))
    assert_clean(repr(login_call(session.credentials)))
    assert_clean(repr(known._channel.state))
    assert_clean(repr(known._channel._transport.__dict__) + repr(known.__dict__))


def test_logs(wire, known, order, caplog):
    caplog.set_level(logging.DEBUG)
    wire.text(ECHO).text(ECHO, 500).resets().raw(
        f"HTTP/1.1 200 OK\r\nbroken header {COOKIE}\r\nSet-Cookie: a={SESSION_ID}\r\n\r\n".encode(),
        keep=False,
    )
    for _ in range(4):
        known.push(order)
    wire.json(LOGIN)
    known.sign_in()
    assert "Push.common.kdsvc" in caplog.text
    assert_clean(caplog.text)


def test_errors_of_an_unreachable_server(wire, open_session, order):
    wire.stop_listening()
    session = open_session(wire.address)
    with pytest.raises(KdguiError) as caught:
        session.sign_in()
    assert_clean("".join(traceback.format_exception(caught.value)))
    assert_clean(repr(session.push(order)))


# The mask by itself


def test_short_secrets_are_hidden_where_they_stand_alone():
    mask = Redactor(["1", "ab"])
    assert mask('{"password":"1","Id":104868,"x":"ab","y":"cab"}') == (
        f'{{"password":"{MASKED}","Id":104868,"x":"{MASKED}","y":"cab"}}'
    )


def test_nothing_to_hide():
    assert Redactor(())("text") == "text"
    assert Redactor(["", ""])("text") == "text"


@given(st.text(min_size=6), st.text(), st.text())
def test_long_secrets_are_hidden_everywhere(secret, before, after):
    masked = Redactor([secret])(before + secret + after)
    assert secret in MASKED * 3 or secret not in masked.replace(MASKED, "\x00")


def test_credentials_of_every_mode_keep_quiet():
    for mode in SignInMode:
        assert SECRET not in repr(Credentials(mode, "x", "user", SECRET, "app"))
