"""The whole core against the practice account, a server of its own that speaks the same protocol."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from kdgui.domain.accounts import Credentials, SignInMode
from kdgui.domain.endings import EndingKind
from kdgui.domain.errors import QueryRefused, SessionLost, SignInRefused
from kdgui.domain.orders import PushOptions, PushRequest
from kdgui.k3cloud.data_centres import list_data_centres
from kdgui.k3cloud.http.address import read_address
from kdgui.k3cloud.queries import quote
from kdgui.k3cloud.session import Session
from kdgui.practice.server import Invitation, PracticeServer

CATALOGUE = Path(__file__).parents[2] / "resources" / "catalogue.json"
FORM, TARGET, RULE = "PUR_PurchaseOrder", "STK_InStock", "PUR_PurchaseOrder-STK_InStock"


@pytest.fixture(scope="module")
def practice() -> Iterator[Invitation]:
    server = PracticeServer(json.loads(CATALOGUE.read_text(encoding="utf-8")))
    yield server.start()
    server.stop()


def session_for(practice: Invitation, mode: SignInMode, secret: str | None = None) -> Session:
    app_mode = mode is not SignInMode.PASSWORD
    own = practice.app_secret if app_mode else practice.password
    app_id = practice.app_id if app_mode else ""
    who = Credentials(mode, practice.data_centre, practice.user, own if secret is None else secret, app_id)
    return Session(read_address(practice.url), who)


@pytest.mark.parametrize("mode", list(SignInMode))
@pytest.mark.parametrize("form_encoded", [False, True])
def test_from_sign_in_to_a_pushed_bill(practice, mode, form_encoded):
    session = session_for(practice, mode)
    assert session.sign_in().data_centre_id == practice.data_centre
    (bill_id, number), *_ = _never_pushed(session)
    request = PushRequest(FORM, PushOptions(RULE, target_form=TARGET), ids=(str(bill_id),))
    ending = session.push_form_encoded(request) if form_encoded else session.push(request)
    assert ending.kind is EndingKind.ANSWERED
    assert ending.answer.success
    (entity,) = ending.answer.entities
    found = session.query(TARGET, ["FBillNo", "FInStockEntry_Link_FSBillId"], f"FID={entity.id}")
    assert {(row[0], row[1]) for row in found} == {(entity.number, bill_id)}
    assert session.query(FORM, ["FID"], f"FBillNo={quote(number)}")[0] == (bill_id,)
    session.sign_out()
    if not session.signs_requests:
        with pytest.raises(SessionLost):
            session.query(FORM, ["FID"])
        assert session.push(request).kind is EndingKind.SESSION_LOST
    session.close()


def _never_pushed(session: Session) -> list[tuple[object, ...]]:
    done = {row[0] for row in session.query_all(TARGET, ["FInStockEntry_Link_FSBillId"], order="FID ASC")}
    good = "FDocumentStatus='C' and FCloseStatus='A' and FCancelStatus='A'"
    rows = session.query_all(FORM, ["FID", "FBillNo"], good, order="FID ASC", page=7)
    return [row for row in dict.fromkeys(rows) if row[0] not in done]


@pytest.mark.parametrize("mode", list(SignInMode))
def test_wrong_secret(practice, mode):
    session = session_for(practice, mode, "wrong")
    with pytest.raises(SignInRefused) as caught:
        session.sign_in()
    expected = "sign_in_password" if mode is SignInMode.PASSWORD else "sign_in_app_secret"
    assert caught.value.code == expected
    session.close()


def test_what_the_server_tells_of_itself(practice):
    centres = list_data_centres(read_address(practice.url))
    assert practice.data_centre in {centre.id for centre in centres}
    session = session_for(practice, SignInMode.PASSWORD)
    session.sign_in()
    info = session.business_info(TARGET)
    assert info.head is not None
    assert info.entry("FInStockEntry") in info.lines
    rules = session.convert_rules()
    (rule,) = (rule for rule in rules if rule.rule_id == RULE)
    assert (rule.from_server, rule.source_form, rule.target_form) == (True, FORM, TARGET)
    with pytest.raises(QueryRefused) as caught:
        session.query(FORM, ["FNope"])
    assert caught.value.msg_code == 9
    session.sign_out()
    session.close()
