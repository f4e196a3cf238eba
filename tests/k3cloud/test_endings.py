"""What whole answers amount to: statuses, sessions lost and not quite lost, bodies of every kind."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kdgui.domain.endings import Ending, EndingKind, Entity, ServerError
from kdgui.k3cloud.http.transport import Exchange
from kdgui.k3cloud.redaction import Redactor
from kdgui.k3cloud.write_endings import make_ending

NOTHING_TO_HIDE = Redactor(())


def block(success=True, *, code=0, errors=(), entities=()) -> dict:
    return {
        "ErrorCode": "" if success else 500,
        "IsSuccess": success,
        "Errors": [{"FieldName": None, "Message": text, "DIndex": 0} for text in errors],
        "SuccessEntitys": [{"Id": id_, "Number": number, "DIndex": 0} for id_, number in entities],
        "SuccessMessages": [],
        "MsgCode": code,
    }


def answer(save, convert=None) -> dict:
    blocks = {"ResponseStatus": save}
    return {"Result": blocks if convert is None else {**blocks, "ConvertResponseStatus": convert}}


LOST = block(False, code=1, errors=["会话信息已丢失，请重新登录"])


def ending_of(value: object, seconds: float = 0.1) -> Ending:
    return make_ending(Exchange(True, seconds, status=200, body=json.dumps(value).encode()), NOTHING_TO_HIDE)


# Statuses


@pytest.mark.parametrize(
    ("status", "kind", "cause"),
    [
        *((status, EndingKind.BLOCKED, "redirect") for status in (300, 301, 302, 303, 307, 308)),
        *(
            (status, EndingKind.BLOCKED, "blocked")
            for status in (401, 403, 404, 405, 411, 413, 414, 415, 429)
        ),
        *(
            (status, EndingKind.UNKNOWN, "http_status")
            for status in (201, 202, 204, 206, 304, 400, 406, 408, 409, 410, 500, 502, 503, 504, 519, 599)
        ),
    ],
)
def test_status_other_than_200(wire, session, order, status, kind, cause):
    body = "" if status in (204, 304) else json.dumps(answer(block(entities=[(1, "A")])))
    wire.text(body, status, Location="http://127.0.0.1:1/elsewhere")
    ending = session.push(order)
    assert (ending.kind, ending.cause, ending.status, ending.answer) == (kind, cause, status, None)
    assert ending.raw == body
    assert len(wire.requests) == 1


def test_gateway_with_json(wire, session, order):
    wire.json({"errcode": 4002, "description": "…"}, 519, X_Api_Requestid="0000")
    ending = session.push(order)
    assert (ending.kind, ending.cause, ending.status) == (EndingKind.UNKNOWN, "http_status", 519)
    assert '"errcode": 4002' in ending.raw


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "120"}, 120.0),
        ({"Retry-After": " 0 "}, 0.0),
        ({"Retry-After": "Wed, 21 Oct 2026 07:28:30 GMT", "Date": "Wed, 21 Oct 2026 07:28:00 GMT"}, 30.0),
        ({"Retry-After": "Wed, 21 Oct 2026 07:27:00 GMT", "Date": "Wed, 21 Oct 2026 07:28:00 GMT"}, 0.0),
        ({"Retry-After": "Wed, 21 Oct 2026 07:28:30 GMT"}, None),
        ({"Retry-After": "Wed, 21 Oct 2026 07:28:30 GMT", "Date": "yesterday"}, None),
        ({"Retry-After": "Wed, 21 Oct 2026 07:28:30 -0000", "Date": "Wed, 21 Oct 2026 07:28:00 GMT"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-5"}, None),
        ({}, None),
    ],
)
def test_retry_after(wire, session, order, headers, seconds):
    wire.json({}, 429, **headers)
    assert session.push(order).retry_after == seconds


# A lost session


def test_lost_session(wire, session, order):
    wire.json(answer(LOST))
    ending = session.push(order)
    assert (ending.kind, ending.cause) == (EndingKind.SESSION_LOST, "")
    assert ending.answer.errors == (ServerError("会话信息已丢失，请重新登录", index=0),)


def test_lost_session_that_comes_late(wire, session, order):
    wire.json(answer(LOST))
    session.session_lost_seconds = -1.0  # every answer is late
    ending = session.push(order)
    assert (ending.kind, ending.cause) == (EndingKind.UNKNOWN, "session_unclear")
    assert ending.answer.msg_code == 1


@pytest.mark.parametrize("seconds", [0.0, 5.0])
def test_lost_in_time(seconds):
    assert ending_of(answer(LOST), seconds).kind is EndingKind.SESSION_LOST


def test_lost_too_late():
    assert ending_of(answer(LOST), 5.01).kind is EndingKind.UNKNOWN


@pytest.mark.parametrize(
    "shape",
    [
        [[answer(LOST)]],
        [answer(LOST)],
        {"Result": [answer(LOST)["Result"]]},
        {"Result": {"ResponseStatus": {**LOST, "MsgCode": "1", "IsSuccess": "False"}}},
        {"Result": {"ResponseStatus": {"MsgCode": 1, "IsSuccess": False}}},
        {"Result": {"ResponseStatus": {"MsgCode": 1}}},
        answer(LOST, LOST),
        answer(LOST, block(False)),
        answer(LOST, [LOST]),
        answer(block(False, code=0), LOST),
    ],
)
def test_lost_session_in_many_shapes(shape):
    assert ending_of(shape).kind is EndingKind.SESSION_LOST


def test_lost_session_beside_an_entity_is_an_answer():
    for value in (
        answer(block(False, code=1, entities=[(7, "A")])),
        answer(LOST, block(True, entities=[(7, "")])),
        answer(LOST, block(False, entities=[(7, "")])),
    ):
        ending = ending_of(value)
        assert ending.kind is EndingKind.ANSWERED
        assert ending.answer.entities[0].id == "7"


@pytest.mark.parametrize("convert", [block(True), block(False, code=11)])
def test_lost_session_beside_work_done_is_unclear(convert):
    ending = ending_of(answer(LOST, convert))
    assert (ending.kind, ending.cause) == (EndingKind.UNKNOWN, "session_unclear")


def test_words_about_a_session_decide_nothing():
    ending = ending_of(answer(block(False, code=11, errors=["会话信息已丢失，请重新登录 session MsgCode 1"])))
    assert ending.kind is EndingKind.ANSWERED
    assert ending_of(answer(block(True, code=1))).kind is EndingKind.ANSWERED


# Answers


def test_success(wire, session, order):
    wire.json(answer(block(entities=[(104868, "0208")]), block()))
    ending = session.push(order)
    assert ending.kind is EndingKind.ANSWERED
    assert ending.answer.success
    assert ending.answer.entities == (Entity("104868", "0208"),)
    assert ending.status == 200


def test_byte_order_mark(wire, session, order):
    wire.text(b"\xef\xbb\xbf" + json.dumps(answer(block(entities=[(1, "A")]))).encode())
    ending = session.push(order)
    assert ending.answer.success
    assert ending.raw.startswith("{")


def test_answer_packed_twice():
    assert ending_of(json.dumps(answer(block(entities=[(1, "A")])))).answer.entities == (Entity("1", "A"),)


def test_texts_instead_of_booleans_and_numbers():
    save = block("true", code="0", entities=[("104868", "0208")])
    ending = ending_of(answer(save, block("True", code="")))
    assert ending.answer.success
    assert ending.answer.save.msg_code == 0
    assert ending.answer.convert.msg_code is None
    assert ending.answer.entities == (Entity("104868", "0208"),)


def test_documented_template_names_no_entity():
    """The vendor's template carries an entity without id and number; nothing was created by it."""
    template = answer(block("false", code="", entities=[("", "")]))
    assert ending_of(template).answer.entities == ()


def test_draft_without_number():
    save = block()
    save["SuccessEntitys"] = [
        {"Id": 140671, "Number": None, "EntryIds": {"FRECEIVEBILLENTRY": [201003, "4"]}}
    ]
    (entity,) = ending_of(answer(save)).answer.entities
    assert entity == Entity("140671", "", (("FRECEIVEBILLENTRY", ("201003", "4")),))


def test_draft_named_by_the_conversion_only():
    value = answer(block(False, code=11, errors=["非赠品单价不能为0"]), block(entities=[(140672, "")]))
    ending = ending_of(value)
    assert ending.kind is EndingKind.ANSWERED
    assert not ending.answer.success
    assert ending.answer.entities == (Entity("140672"),)
    assert ending.answer.msg_code == 11


def test_list_of_conversion_blocks():
    convert = [
        block(entities=[(1, "")]),
        block(False, code=11, errors=["a"]),
        block(False, code=9, errors=["b"]),
    ]
    ending = ending_of(answer(block(), convert))
    assert not ending.answer.success
    assert ending.answer.convert.msg_code == 11
    assert [error.message for error in ending.answer.errors] == ["a", "b"]
    assert ending.answer.entities == (Entity("1"),)


@pytest.mark.parametrize("convert", [None, "", [], {}])
def test_no_conversion_block(convert):
    value = answer(block(entities=[(1, "A")]))
    value["Result"]["ConvertResponseStatus"] = convert
    assert ending_of(value).kind is EndingKind.ANSWERED
    assert ending_of(value).answer.entities == (Entity("1", "A"),)


def test_conversion_without_saving_says_nothing_about_what_was_saved():
    ending = ending_of({"Result": {"ConvertResponseStatus": block(entities=[(1, "A")])}})
    assert (ending.kind, ending.cause) == (EndingKind.UNKNOWN, "odd_json")
    assert ending.answer.entities == (Entity("1", "A"),)


def test_one_odd_field_hides_no_other():
    save = {
        "IsSuccess": "perhaps",
        "MsgCode": {"no": "number"},
        "Errors": ["plain words", {"Message": 5, "DIndex": "x"}, None],
        "SuccessEntitys": [{"Id": 1.0, "Number": 208, "EntryIds": "none"}, "?", {"Id": 0, "Number": ""}],
        "SuccessMessages": "one",
    }
    found = ending_of(answer(save)).answer.save
    assert (found.success, found.msg_code) == (False, None)
    assert [error.message for error in found.errors] == ["plain words", "5", ""]
    assert found.entities == (Entity("1", "208"),)
    assert found.messages == (ServerError("one"),)


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        ("<html><body>会话 MsgCode 1 success</body></html>", "html"),
        ("<!DOCTYPE html>", "html"),
        ("﻿ <html>", "html"),
        ("response_error: 发生时间：2026-01-05 错误信息：未将对象引用设置到对象的实例。", "response_error"),
        ('"response_error: 未将对象引用"', "response_error"),
        ('"[[[["', "not_json"),
        ('""', "not_json"),
        ('"12"', "odd_json"),
        ("Fail to verify thirty passport", "not_json"),
        ('{"Result":', "not_json"),
        ("{} {}", "not_json"),
        ("[" * 100_000, "not_json"),
        ("1e999", "not_json"),
        ('"text"', "not_json"),
        ("null", "odd_json"),
        ("true", "odd_json"),
        ("12", "odd_json"),
        ("{}", "odd_json"),
        ("[]", "odd_json"),
        ('[["a"]]', "odd_json"),
        ('{"Result":null}', "odd_json"),
        ('{"Result":{"ResponseStatus":null}}', "odd_json"),
        ('{"Result":{"ResponseStatus":[]}}', "odd_json"),
        ('{"Result":"yes"}', "odd_json"),
    ],
)
def test_whole_answers_that_are_none(wire, session, order, body, cause):
    wire.text(body)
    ending = session.push(order)
    assert (ending.kind, ending.cause, ending.answer) == (EndingKind.UNKNOWN, cause, None)


def test_words_of_an_exception_in_the_server(wire, session, order):
    wire.text("response_error: 错误信息：未将对象引用", Content_Type="text/plain; charset=utf-8")
    assert session.push(order).detail == "错误信息：未将对象引用"


def test_web_page_by_its_type(wire, session, order):
    wire.text("Service Unavailable", Content_Type="text/html")
    assert session.push(order).cause == "html"


def test_page_in_a_chinese_encoding(wire, session, order):
    wire.text("拒绝访问".encode("gb18030"), 403, Content_Type="text/plain; charset=GB18030")
    assert session.push(order).raw == "拒绝访问"
    wire.text("拒绝访问".encode("gb18030"), 403, Content_Type="text/plain; charset=nonsense")
    assert "\ufffd" in session.push(order).raw


def test_raw_text_is_bounded(wire, session, order):
    wire.text("值" * 100_000)
    raw = session.push(order).raw
    assert 65_000 < len(raw.encode()) <= 65_536
    assert set(raw) == {"值"}


def test_time_is_counted_from_the_last_byte(wire, session, order):
    def late(line, request) -> bool:
        wire.closing.wait(0.2)
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        return True

    wire.step(late)
    assert 0.2 <= session.push(order).seconds < 5


# Anything whatever

KEYS = st.sampled_from(
    ["Result", "ResponseStatus", "ConvertResponseStatus", "IsSuccess", "MsgCode", "Errors"]
)
KEYS |= st.sampled_from(
    ["SuccessEntitys", "SuccessMessages", "Id", "Number", "EntryIds", "Message", "DIndex"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=30,
)
BLOCKS = st.fixed_dictionaries(
    {"Result": st.dictionaries(st.sampled_from(["ResponseStatus", "ConvertResponseStatus"]), JSON)}
)


@given(JSON | BLOCKS, st.floats(0, 100))
def test_any_json_is_an_ending(value, seconds):
    ending = ending_of(value, seconds)
    assert ending.kind in (EndingKind.ANSWERED, EndingKind.UNKNOWN, EndingKind.SESSION_LOST)
    if ending.kind is EndingKind.SESSION_LOST:
        assert seconds <= 5
        assert not ending.answer.success
        assert ending.answer.entities == ()
    if ending.kind is EndingKind.ANSWERED:
        assert all(isinstance(entity.id, str) for entity in ending.answer.entities)
    assert (ending.cause == "") == (ending.kind is not EndingKind.UNKNOWN)


@given(st.binary(max_size=400), st.integers(200, 599), st.text(max_size=40))
def test_any_body_is_an_ending(body, status, content_type):
    exchange = Exchange(True, 0.1, status=status, body=body, headers={"content-type": content_type})
    ending = make_ending(exchange, NOTHING_TO_HIDE)
    assert ending.kind is not EndingKind.NOTHING_SENT
    assert isinstance(ending.raw, str)
    ending.raw.encode("utf-8")


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_retry_after_is_a_time_or_none(after, date):
    exchange = Exchange(True, 0.1, status=429, headers={"retry-after": after, "date": date})
    seconds = make_ending(exchange, NOTHING_TO_HIDE).retry_after
    assert seconds is None or (seconds >= 0 and math.isfinite(seconds))
