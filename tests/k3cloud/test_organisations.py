"""Organisations: the switch, what a sign-in does to it, and that nobody works in between."""

from __future__ import annotations

import base64
import threading

import pytest

from kdgui.domain.accounts import Credentials, SignInMode
from kdgui.domain.bills import Organisation
from kdgui.domain.endings import EndingKind
from kdgui.domain.errors import (
    AnswerUnreadable,
    ConnectionTrouble,
    KdguiError,
    QueryRefused,
    SessionLost,
    SignInRefused,
)
from kdgui.k3cloud.session import Session

from .test_sign_in import APP_ID, COOKIE, SAID_YES, login, refusal

BRANCH = Organisation("100002", "101", "分公司")
CNY = [["PRE001"]]


def signed_in(wire, session: Session) -> Session:
    wire.json(login(), Set_Cookie=COOKIE)
    session.sign_in()
    return session


def test_a_sign_in_tells_the_organisation(wire, session) -> None:
    assert session.organisation is None
    assert signed_in(wire, session).organisation == Organisation("1", "", "演示组织")


def test_a_switch_is_asked_once_and_tried_afterwards(wire, session) -> None:
    signed_in(wire, session)
    wire.json(SAID_YES).json(CNY)
    assert session.switch_organisation(BRANCH) == BRANCH
    assert [request.service for request in wire.requests[1:]] == ["SwitchOrg", "ExecuteBillQuery"]
    assert wire.requests[1].data == {"OrgNumber": "101"}
    assert session.sibling().organisation == BRANCH
    told = session.signed_in
    assert told is not None
    assert (told.organisation_id, told.organisation_name, told.user_id) == ("100002", "分公司", "178301")


def test_an_organisation_known_by_its_number_only_is_looked_up(wire, session) -> None:
    signed_in(wire, session)
    wire.json(SAID_YES).json(CNY).json([[100002, "101", "分公司"]]).json([])
    assert session.switch_organisation(Organisation("", "101")) == BRANCH
    assert wire.requests[3].data["FilterString"] == "FNumber='101'"


def test_a_refused_switch_changes_nothing(wire, session) -> None:
    signed_in(wire, session)
    wire.json(refusal(10)).json(CNY)
    with pytest.raises(QueryRefused) as caught:
        session.switch_organisation(BRANCH)
    assert (caught.value.code, caught.value.detail) == ("organisation_refused", "no")
    assert session.organisation == Organisation("1", "", "演示组织")
    assert session.query("BD_Currency", ["FNumber"]) == [("PRE001",)]
    assert "kdservice-sessionid" in wire.requests[-1].headers


@pytest.mark.parametrize(
    ("answers", "trouble"),
    [
        (lambda wire: wire.resets(), ConnectionTrouble),
        (lambda wire: wire.json([]), AnswerUnreadable),
        (lambda wire: wire.json(refusal(1)), SessionLost),
        (lambda wire: wire.json(SAID_YES).json([[refusal(1)]]), SessionLost),
        (lambda wire: wire.json(SAID_YES).resets(), ConnectionTrouble),
    ],
)
def test_a_session_that_stands_nobody_knows_where_is_forgotten(
    wire, session, answers, trouble: type[KdguiError]
) -> None:
    """Nothing may be pushed with it, by no sibling either; the next sign-in goes back to where we were."""
    signed_in(wire, session)
    answers(wire)
    with pytest.raises(trouble):
        session.switch_organisation(BRANCH)
    assert session.organisation == Organisation("1", "", "演示组织")
    wire.json([[refusal(1)]])
    with pytest.raises(SessionLost):
        session.sibling().query("BD_Currency", ["FNumber"])
    assert not {"cookie", "kdservice-sessionid"} & wire.requests[-1].headers.keys()


def test_every_later_sign_in_goes_back_before_anybody_may_work(wire, session, order) -> None:
    """Between the login and the switch the new session stands in the user's default organisation."""
    signed_in(wire, session)
    wire.json(SAID_YES).json(CNY)
    session.switch_organisation(BRANCH)
    sibling, reached, go_on = session.sibling(), threading.Event(), threading.Event()

    def waits(line, request) -> bool:
        reached.set()
        assert go_on.wait(10)
        body = b'{"Result":{"ResponseStatus":{"IsSuccess":true}}}'
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        return True

    wire.json(login(KDSVCSessionId="new-session"), Set_Cookie=COOKIE.replace("cookie-of", "new")).step(waits)
    signing = threading.Thread(target=session.sign_in)
    signing.start()
    assert reached.wait(10)
    wire.json(refusal(1))
    assert sibling.push(order).kind is EndingKind.SESSION_LOST, "it shows no badge that stands elsewhere"
    assert not {"cookie", "kdservice-sessionid"} & wire.requests[-1].headers.keys()
    go_on.set()
    signing.join(10)
    wire.json(SAID_YES)
    assert sibling.push(order).kind is EndingKind.ANSWERED
    assert wire.requests[-1].headers["kdservice-sessionid"]
    assert wire.services[3:] == ["ValidateUser", "SwitchOrg", "Push", "Push"]


def test_a_default_organisation_that_has_moved_is_left_again(wire, session) -> None:
    """Nobody switched; but the user's default is another one meanwhile (somebody chose it in the browser)."""
    signed_in(wire, session)
    moved = login()
    moved["Context"]["CurrentOrganizationInfo"] = {"ID": 100002, "Name": "分公司"}
    wire.json(moved).json([[1, "100", "演示组织"]]).json([]).json(SAID_YES)
    assert session.sign_in().organisation_id == "1"
    assert wire.requests[2].data["FilterString"] == "FOrgID=1"
    assert wire.requests[4].data == {"OrgNumber": "100"}


@pytest.mark.parametrize("refused", [10, 1])
def test_a_sign_in_that_may_not_go_back_is_none(wire, session, refused: int) -> None:
    signed_in(wire, session)
    wire.json(SAID_YES).json(CNY)
    session.switch_organisation(BRANCH)
    wire.json(login(), Set_Cookie=COOKIE).json(refusal(refused)).json([[refusal(1)]])
    with pytest.raises(SignInRefused) as caught:
        session.sign_in()
    assert (caught.value.code, caught.value.values) == ("sign_in_organisation", {"organisation": "101"})
    assert session.signed_in is None
    with pytest.raises(SessionLost):
        session.query("BD_Currency", ["FNumber"])


def test_a_sign_in_with_an_organisation_begins_there(wire) -> None:
    session = Session(
        wire.address, Credentials(SignInMode.PASSWORD, "60a1b2c3d4e5f6", "u", "p", organisation="101")
    )
    wire.json(login(), Set_Cookie=COOKIE).json(SAID_YES).json([[100002, "101", "分公司"]]).json([])
    assert (session.sign_in().organisation_name, session.organisation) == ("分公司", BRANCH)
    session.close()


def test_signed_headers_name_the_organisation_and_forget_the_old_session(wire, open_session) -> None:
    session = open_session(wire.address, SignInMode.SIGNED_HEADERS, app_id=APP_ID)
    wire.json(CNY, Set_Cookie=COOKIE).json(CNY)
    session.sign_in()
    assert session.organisation is None
    session.switch_organisation(BRANCH)
    first, second = wire.requests
    assert base64.b64decode(first.headers["x-kd-appdata"]).endswith(b",0")
    assert base64.b64decode(second.headers["x-kd-appdata"]).endswith(b",101")
    assert "cookie" not in second.headers, "a live session would be taken, and its organisation with it"
    wire.json([[refusal(14)]])
    with pytest.raises(QueryRefused):
        session.switch_organisation(Organisation("1", "100", "总部"))
    assert session.organisation == BRANCH
