"""Every fault from outside: what arrives, and what the ledger says was really done."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from kdgui.practice import PracticeServer
from kdgui.practice.faults import FAULTS, MSG_CODES

from .conftest import ORDER_TO_STOCK, Client, entities, messages, refused

Orders = dict[str, list[str]]
CURRENCY = ("BD_Currency", "FCODE", "FNUMBER='PRE001'")


def send(client: Client, number: str, timeout: float = 20) -> requests.Response:
    body = {"parameters": ["PUR_PurchaseOrder", {"Numbers": [number], "RuleId": ORDER_TO_STOCK}]}
    url = f"{client.invitation.url}Kingdee.BOS.WebApi.ServicesStub.DynamicFormService.Push.common.kdsvc"
    return client.web.post(url, json=body, timeout=timeout, allow_redirects=False)


def ends(client: Client, number: str, timeout: float = 20) -> str:
    """How a push ended: the HTTP status, or the name of what broke."""
    try:
        return str(send(client, number, timeout).status_code)
    except requests.exceptions.RequestException as error:
        return type(error).__name__


@pytest.mark.parametrize(
    ("fault", "end", "done"),
    [
        ("drop_before_work", "ConnectionError", 0),
        ("drop_after_work", "ConnectionError", 1),
        ("timeouts", "ReadTimeout", 1),
        ("truncated", "ChunkedEncodingError", 1),
        ("bad_gzip", "ContentDecodingError", 1),
        ("html_200", "200", 1),
        ("empty_200", "200", 1),
        ("http_500", "500", 1),
        ("http_502_after_work", "502", 1),
        ("http_503_before_work", "503", 0),
        ("http_status", "504", 1),
        ("redirect_after_work", "302", 1),
        ("forbidden_answer", "403", 1),
        ("too_many", "429", 0),
        ("response_error", "200", 0),
        ("session_lost", "200", 0),
        ("msg_code", "200", 0),
        ("refused_without_code", "200", 0),
        ("failed_after_save", "200", 1),
        ("success_without_entity", "200", 1),
        ("session_lost_with_entity", "200", 1),
        ("order_swapped", "200", 1),
        ("draft_left", "200", 1),
        ("draft_left_with_number", "200", 1),
        ("forwarded_twice", "200", 2),
        ("lock_conflict", "200", 0),
        ("answer_of_another", "200", 0),
        ("line_shifted", "504", 1),
        ("names_old_bill", "200", 1),
        ("repeated_after", "200", 1),
    ],
)
def test_what_arrives_and_what_was_done(
    server: PracticeServer, client: Client, orders: Orders, fault: str, end: str, done: int
) -> None:
    client.faults(**{fault: {"at": [1]}})
    assert ends(client, orders["open"][0], timeout=1.5) == end
    assert len(server.ledger()) == done
    assert [post.fault for post in server.posts()] == [fault]
    assert [entry.post for entry in server.ledger()] == [server.posts()[0].seq] * done


def test_every_fault_is_documented_and_tried_here() -> None:
    apart = {"slow", "late_commit", "session_lost_late", "source_dropped", "colleague_first"}
    apart |= {"lock_conflict", "head_only", "colleague_saves"}  # of a Save: see test_save
    apart |= {"manager_rejects", "organisation_moved", "rows_lost"}  # tried in test_odd_servers
    marks = test_what_arrives_and_what_was_done.pytestmark  # type: ignore[attr-defined]  # set by the decorator
    tried = {case[0] for mark in marks for case in mark.args[1]}
    assert tried | apart == set(FAULTS)
    assert all(line for _, line in FAULTS.values())


def test_a_fault_strikes_at_its_position_and_is_over(
    server: PracticeServer, client: Client, orders: Orders
) -> None:
    client.faults(drop_after_work={"at": [3]})
    assert [ends(client, number) for number in orders["open"][:4]] == ["200", "200", "ConnectionError", "200"]
    assert len(server.ledger()) == 4


def test_positions_count_from_the_moment_of_switching_on(client: Client, orders: Orders) -> None:
    ends(client, orders["open"][0])
    client.faults(drop_after_work={"at": [1]})
    assert ends(client, orders["open"][1]) == "ConnectionError"


def test_a_fault_may_be_a_matter_of_chance(client: Client) -> None:
    client.faults(http_500=0.5)
    found = {ends(client, "NOPE") for _ in range(40)}
    assert found == {"200", "500"}
    client.faults(http_500=0)
    assert {ends(client, "NOPE") for _ in range(10)} == {"200"}


def test_any_fault_may_come_before_or_after_the_work(
    server: PracticeServer, client: Client, orders: Orders
) -> None:
    client.faults(http_500={"at": [1], "work": False}, response_error={"at": [2], "work": True})
    ends(client, orders["open"][0])
    assert server.ledger() == []
    ends(client, orders["open"][0])
    assert len(server.ledger()) == 1


@pytest.mark.parametrize("code", MSG_CODES)
def test_refusals_with_every_code(client: Client, orders: Orders, code: int) -> None:
    client.faults(**{f"msg_code_{code}": 1})
    status = client.push(orders["open"][:1])["ResponseStatus"]
    assert (status["MsgCode"], status["IsSuccess"], status["SuccessEntitys"]) == (code, False, [])
    client.faults(**{f"msg_code_{code}": 0, "failed_after_save": {"at": [1], "code": code}})
    assert client.push(orders["open"][:1])["ResponseStatus"]["MsgCode"] == code


def test_a_refusal_may_lack_its_code(client: Client, orders: Orders) -> None:
    client.faults(refused_without_code=1)
    assert "MsgCode" not in client.push(orders["open"][:1])["ResponseStatus"]


def test_a_success_may_name_nothing(client: Client, orders: Orders) -> None:
    client.faults(success_without_entity=1)
    status = client.push(orders["open"][:1])["ResponseStatus"]
    assert (status["IsSuccess"], status["SuccessEntitys"], status["Errors"]) == (True, [], [])


def test_a_lost_session_may_name_what_it_made(server: PracticeServer, client: Client, orders: Orders) -> None:
    client.faults(session_lost_with_entity=1)
    result = client.push(orders["open"][:1])
    assert (result["ResponseStatus"]["MsgCode"], result["ResponseStatus"]["IsSuccess"]) == (1, False)
    assert entities(result)[0]["Number"] == server.ledger()[0].targets[0].number
    assert refused(client.query(*CURRENCY))["MsgCode"] == 1


def test_a_lost_session_may_be_told_late(server: PracticeServer, client: Client, orders: Orders) -> None:
    client.faults(session_lost_late={"at": [1], "seconds": 0.4})
    started = time.monotonic()
    assert client.push(orders["open"][:1])["ResponseStatus"]["MsgCode"] == 1
    assert time.monotonic() - started >= 0.4
    assert len(server.ledger()) == 1


def test_a_lost_session_is_lost_for_queries_too(client: Client) -> None:
    client.faults(**{"query:session_lost": {"at": [1]}})
    for _ in range(2):
        assert refused(client.query(*CURRENCY))["MsgCode"] == 1
    client.sign_in()
    assert client.query(*CURRENCY) == [["CNY"]]


@pytest.mark.parametrize(
    ("shape", "block"), [("convert", "ConvertResponseStatus"), ("save", "ResponseStatus"), ("none", "")]
)
@pytest.mark.parametrize("numbered", [False, True])
def test_a_draft_is_left_behind(
    server: PracticeServer, client: Client, orders: Orders, shape: str, block: str, numbered: bool
) -> None:
    name = "draft_left_with_number" if numbered else "draft_left"
    client.faults(**{name: {"at": [1], "entity": shape}})
    result = client.push(orders["open"][:1])
    (draft,) = server.ledger()[0].targets
    assert (draft.status, bool(draft.number)) == ("Z", numbered)
    named = [*entities(result), *entities(result, "ConvertResponseStatus")]
    assert [str(item["Id"]) for item in named] == ([draft.id] if block else [])
    if block:
        assert entities(result, block)
    assert client.push(orders["open"][:1])["ResponseStatus"]["IsSuccess"], "a draft uses up nothing"


def test_a_bill_may_be_dropped_in_silence(server: PracticeServer, client: Client, orders: Orders) -> None:
    client.faults(source_dropped={"at": [1]})
    assert client.push(orders["open"][:3])["ResponseStatus"]["IsSuccess"]
    assert [item.number for item in server.ledger()[0].sources] == orders["open"][:2]


def test_the_answer_may_come_in_another_order(server: PracticeServer, client: Client, orders: Orders) -> None:
    client.faults(order_swapped=1)
    made = entities(client.push(orders["open"][:3], RuleId="7aa62154-c23f-4a02-abae-d024b4eceeb7"))
    assert [str(item["Id"]) for item in made] == [item.id for item in reversed(server.ledger()[0].targets)]


def test_a_request_forwarded_twice_is_done_twice_and_posted_once(
    server: PracticeServer, client: Client, orders: Orders
) -> None:
    client.faults(forwarded_twice={"at": [1]})
    (named,) = entities(client.push(orders["open"][:1]))
    first, second = server.ledger()
    assert (second.targets[0].id, first.targets[0].id != second.targets[0].id) == (str(named["Id"]), True)
    assert len(server.posts()) == 1


@pytest.mark.parametrize(("beside", "made"), [(False, 1), (True, 2)])
def test_a_colleague_may_be_quicker(
    server: PracticeServer, client: Client, orders: Orders, beside: bool, made: int
) -> None:
    client.faults(colleague_first={"at": [1], "beside": beside})
    assert client.push(orders["open"][:1])["ResponseStatus"]["IsSuccess"] is beside
    assert [entry.user for entry in server.ledger()] == ["buyer", "demo"][:made]
    where = f"FSRCBillNo='{orders['open'][0]}' and FInStockEntry_FSeq=1"
    makers = client.query("STK_InStock", "FCreatorId.FName", where, OrderString="FID")
    assert makers == [["采购员"], ["练习用户"]][:made]


def test_faults_may_fall_on_one_another(server: PracticeServer, client: Client, orders: Orders) -> None:
    names = [name for name in FAULTS if name not in ("timeouts", "slow", "session_lost_late", "late_commit")]
    for first in names:
        for second in ("session_lost_with_entity", "html_200", "truncated"):
            client.control("reset", {})
            client.sign_in()
            client.faults(**{first: {"at": [1]}, second: {"at": [1]}})
            ends(client, orders["open"][0])
            client.web.close()  # the fault may have broken the kept connection a moment ago
    assert server.crashes == ()


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_slow_server(server: PracticeServer, client: Client, orders: Orders, when: str) -> None:
    client.faults(slow={"at": [1], "seconds": 0.5, "when": when})
    with ThreadPoolExecutor(1) as pool:
        pending = pool.submit(send, client, orders["open"][0])
        until(lambda: server.posts() != [])
        time.sleep(0.15)
        assert len(server.ledger()) == (when == "after")
        assert pending.result().status_code == 200
    assert len(server.ledger()) == 1


def test_others_are_served_while_one_waits(server: PracticeServer, client: Client, orders: Orders) -> None:
    client.faults(slow={"at": [1], "seconds": 60, "when": "before"})
    with ThreadPoolExecutor(1) as pool:
        pool.submit(send, client, orders["open"][0])
        until(lambda: server.posts() != [])
        started = time.monotonic()
        other = Client(client.invitation)
        other.sign_in()
        assert other.query(*CURRENCY) == [["CNY"]]
        assert time.monotonic() - started < 20
        other.web.close()
        server.stop()


def test_a_commit_after_the_line_broke(server: PracticeServer, client: Client, orders: Orders) -> None:
    client.faults(late_commit={"at": [1], "seconds": 0.4})
    assert ends(client, orders["open"][0]) == "ConnectionError"
    assert server.ledger() == []
    until(lambda: server.ledger() != [])
    assert server.ledger()[0].sources[0].number == orders["open"][0]


def test_a_late_commit_does_not_mind_what_happened_meanwhile(
    server: PracticeServer, client: Client, orders: Orders
) -> None:
    client.faults(late_commit={"at": [1], "seconds": 0.4, "answer": "504"})
    assert ends(client, orders["open"][0]) == "504"
    assert client.push(orders["open"][:1])["ResponseStatus"]["IsSuccess"]
    until(lambda: len(server.ledger()) == 2)


def test_a_late_commit_dies_with_the_server(server: PracticeServer, client: Client, orders: Orders) -> None:
    client.faults(late_commit={"at": [1], "seconds": 30})
    ends(client, orders["open"][0])
    started = time.monotonic()
    server.stop()
    assert time.monotonic() - started < 20


def test_faults_of_other_operations(server: PracticeServer, client: Client, orders: Orders) -> None:
    target = entities(client.push(orders["open"][:1]))[0]
    named = {"Ids": str(target["Id"])}
    client.faults(
        **{"submit:http_502_after_work": {"at": [1]}, "audit:late_commit": {"at": [1], "seconds": 0.1}}
    )
    assert (
        client.post("DynamicFormService.Submit", json={"formid": "STK_InStock", "data": named}).status_code
        == 502
    )
    assert server.ledger()[-1].operation == "submit"
    with contextlib.suppress(requests.exceptions.ConnectionError):
        client.call("Audit", "STK_InStock", named)
    until(lambda: server.ledger()[-1].operation == "audit")
    client.faults(**{"login:http_500": 1, "query:empty_200": 1, "view:http_503_before_work": 1})
    assert client.post("AuthService.ValidateUser", json={}).status_code == 500
    assert client.post("DynamicFormService.ExecuteBillQuery", json={"data": {}}).content == b""
    assert client.post("DynamicFormService.View", json={}).status_code == 503
    assert messages(client.push(["NOPE"]))


@pytest.mark.parametrize("name", ["drop_after_work", "drop_before_work"])
def test_a_line_may_break_with_a_reset(client: Client, orders: Orders, name: str) -> None:
    client.faults(**{name: {"at": [1], "reset": True}})
    with pytest.raises(requests.exceptions.ConnectionError, match=r"reset|10054"):
        send(client, orders["open"][0])


def test_too_many_says_when_to_come_back(client: Client, orders: Orders) -> None:
    client.faults(too_many={"at": [1], "seconds": 7})
    answer = send(client, orders["open"][0])
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")


# the control panel


@pytest.mark.parametrize(
    "body",
    [
        {"no_such_fault": 1},
        {"slow": 1, "no_such_fault": 1},
        {"nowhere:slow": 1},
        {"msg_code_99": 1},
        {"slow": 2},
        {"slow": "x"},
        {"slow": {"at": [0]}},
        {"slow": {"at": "x"}},
        {"slow": {"probability": "x"}},
        {"mixed": "maybe"},
        {"two_orgs": "yes"},
        {"split_size": -1},
        {"split_size": "x"},
        ["slow"],
        7,
    ],
)
def test_nonsense_is_refused_and_changes_nothing(client: Client, body: Any) -> None:
    before = client.control("state")
    assert "error" in client.control("faults", body)
    after = client.control("state")
    assert (after["switches"], set(after["faults"]) - {"slow"}) == (before["switches"], set())


def test_the_state_tells_what_is_on_and_what_could_be(client: Client) -> None:
    client.faults(slow={"at": [2], "seconds": 3}, two_orgs=True, short_pages=True)
    state = client.control("state")
    assert state["faults"] == {"slow": {"at": [2], "seconds": 3, "probability": 0.0, "seen": 0}}
    assert (state["switches"]["two_orgs"], state["switches"]["short_pages"]) == (True, 50)
    assert "late_commit" in state["known_faults"]
    state = client.control("reset", {})
    assert (state["faults"], state["switches"]["two_orgs"]) == ({}, False)


def until(holds: Any) -> None:
    """Wait for something that is about to happen; the test's own time limit ends it."""
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def practice_with_faults(catalogue: dict[str, Any]) -> Iterator[PracticeServer]:
    practice = PracticeServer(catalogue, faults={"http_500": 1.0}, two_orgs=True)
    practice.start()
    yield practice
    practice.stop()


def test_faults_and_switches_may_be_on_from_the_start(practice_with_faults: PracticeServer) -> None:
    client = Client(practice_with_faults.invitation)
    client.sign_in()
    assert ends(client, "x") == "500"
    assert client.control("state")["switches"]["two_orgs"] is True
    client.web.close()


def test_an_unknown_switch_is_an_error_at_once(catalogue: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no_such_thing"):
        PracticeServer(catalogue, no_such_thing=True)
