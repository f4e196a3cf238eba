"""What goes over the line: both encodings, every field, once, and to nobody else."""

from __future__ import annotations

import json
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kdgui.domain.accounts import Credentials, SignInMode
from kdgui.domain.endings import EndingKind
from kdgui.domain.errors import ConnectionTrouble
from kdgui.domain.orders import PushOptions, PushRequest
from kdgui.k3cloud.calls import PUSH, call, form_call, push_data
from kdgui.k3cloud.http.address import read_address
from kdgui.k3cloud.session import Session

SAID_YES = {"Result": {"ResponseStatus": {"IsSuccess": True, "SuccessEntitys": [{"Id": 1, "Number": "A"}]}}}
PLAIN = {
    "Ids": "",
    "Numbers": [],
    "EntryIds": "",
    "RuleId": "R",
    "TargetBillTypeId": "",
    "TargetOrgId": 0,
    "TargetFormId": "",
    "IsEnableDefaultRule": "false",
    "IsDraftWhenSaveFail": "false",
    "CustomParams": {},
}
FULL = PushOptions("R", "STK_InStock", True, "bill-type", 102, True, (("FEntry", "…"),))


@pytest.mark.parametrize(
    ("request_", "different"),
    [
        (PushRequest("F", PushOptions("R"), ids=("100001", "100002")), {"Ids": "100001,100002"}),
        (PushRequest("F", PushOptions("R"), numbers=("A'1", "采购 2")), {"Numbers": ["A'1", "采购 2"]}),
        (PushRequest("F", PushOptions("R"), entry_ids=("1", "2")), {"EntryIds": "1,2"}),
        (
            PushRequest("F", FULL, ids=("1",)),
            {
                "Ids": "1",
                "TargetFormId": "STK_InStock",
                "IsEnableDefaultRule": "true",
                "TargetBillTypeId": "bill-type",
                "TargetOrgId": 102,
                "IsDraftWhenSaveFail": "true",
                "CustomParams": {"FEntry": "…"},
            },
        ),
    ],
)
def test_push_in_both_encodings(wire, session, request_, different):
    wire.json(SAID_YES).json(SAID_YES)
    as_json = session.push(request_)
    as_form = session.push_form_encoded(request_)
    assert as_json.answer == as_form.answer
    first, second = wire.requests
    assert first.target == second.target
    assert first.target == ("/k3cloud/Kingdee.BOS.WebApi.ServicesStub.DynamicFormService.Push.common.kdsvc")
    assert first.headers["content-type"].startswith("application/json")
    assert first.parameters[0] == "F"
    assert first.data == {**PLAIN, **different}
    assert second.headers["content-type"].startswith("application/x-www-form-urlencoded")
    fields = parse_qs(second.body.decode("ascii"), strict_parsing=True)
    assert fields["FormId"] == ["F"]
    assert json.loads(fields["Data"][0]) == first.data


@pytest.mark.parametrize(
    ("name", "service"),
    [("submit", "Submit"), ("audit", "Audit"), ("unaudit", "UnAudit"), ("delete", "Delete")],
)
def test_operations_by_id(wire, session, name, service):
    wire.json(SAID_YES)
    ending = getattr(session, name)("STK_InStock", ["100001", "100002"])
    assert ending.kind is EndingKind.ANSWERED
    assert wire.services == [service]
    assert wire.requests[0].parameters[0] == "STK_InStock"
    assert wire.requests[0].data["Ids"] == "100001,100002"
    assert wire.requests[0].data["Numbers"] == []


@pytest.mark.parametrize("name", ["submit", "audit", "unaudit", "delete"])
def test_operations_are_sent_once_as_well(wire, session, name):
    wire.resets()
    ending = getattr(session, name)("STK_InStock", ["1"], timeout=5)
    assert ending.kind is EndingKind.UNKNOWN
    assert len(wire.requests) == 1


@given(st.text(), st.lists(st.text(), max_size=4))
def test_any_text_can_be_encoded(form_id, numbers):
    data = push_data(PushRequest(form_id, PushOptions("R"), numbers=tuple(numbers)))
    body = call(PUSH, form_id, data).body
    assert body.isascii()
    assert json.loads(body)["parameters"][0] == form_id
    assert json.loads(json.loads(body)["parameters"][1])["Numbers"] == numbers


@given(st.text(st.characters(exclude_categories=["Cs"])), st.lists(st.text(), max_size=4))
def test_any_text_can_be_form_encoded(form_id, numbers):
    data = push_data(PushRequest(form_id, PushOptions("R"), numbers=tuple(numbers)))
    fields = parse_qs(form_call(PUSH, form_id, data).body.decode("ascii"), keep_blank_values=True)
    assert fields["FormId"] == [form_id]
    assert json.loads(fields["Data"][0])["Numbers"] == numbers


def test_path_is_kept_in_the_case_given(wire, session):
    wire.json(SAID_YES)
    address = read_address(f"127.0.0.1:{wire.port}/Erp/K3CLOUD/html5/index.aspx")
    other = Session(address, session.credentials)
    other.push(PushRequest("F", PushOptions("R"), ids=("1",)))
    other.close()
    assert wire.requests[0].target.startswith("/Erp/K3CLOUD/Kingdee.BOS.WebApi.")


# To nobody else


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(make_wire, open_session, order, status):
    here, elsewhere = make_wire(), make_wire()
    where = f"http://127.0.0.1:{elsewhere.port}/k3cloud/login"
    for _ in range(3):
        here.text("", status, Location=where)
    session = open_session(here.address)
    ending = session.push(order)
    assert (ending.kind, ending.cause, ending.detail) == (EndingKind.BLOCKED, "redirect", where)
    for ask in (session.sign_in, lambda: session.query("F", ["FBillNo"])):
        with pytest.raises(ConnectionTrouble) as caught:
            ask()
        assert (caught.value.code, caught.value.detail) == ("redirect", where)
    assert elsewhere.connections == 0
    assert len(here.requests) == 3


@pytest.mark.parametrize("mode", [SignInMode.PASSWORD, SignInMode.SIGNED_HEADERS])
def test_netrc_is_not_read(wire, order, tmp_path, monkeypatch, mode):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password something\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    wire.json(SAID_YES)
    session = Session(wire.address, Credentials(mode, "x", "demo_user", "secret", "app"))
    session.push(order)
    session.close()
    assert "authorization" not in wire.requests[0].headers


def test_headers_of_a_call(wire, session, order):
    wire.json(SAID_YES)
    session.push(order)
    headers = wire.requests[0].headers
    assert headers["accept-encoding"] == "gzip"
    assert headers.get("connection", "keep-alive").lower() == "keep-alive"
    assert "transfer-encoding" not in headers
    assert "expect" not in headers
    assert "cookie" not in headers
