"""Questions: rows, pages, refusals, and when they are asked again."""

from __future__ import annotations

import time

import pytest

from kdgui.domain.errors import AnswerUnreadable, ConnectionTrouble, QueryRefused, SessionLost
from kdgui.k3cloud import reads as asking
from kdgui.k3cloud.queries import collect_pages


def refusal(code: object, text: str = "no") -> dict:
    return {
        "Result": {"ResponseStatus": {"IsSuccess": False, "MsgCode": code, "Errors": [{"Message": text}]}}
    }


@pytest.fixture(autouse=True)
def _hardly_any_pause(monkeypatch):
    monkeypatch.setattr(asking, "PAUSES", (0.01, 0.02))


# One page


def test_query(wire, session):
    wire.json([["CGDD1", 100001, 5.5, None, True], ["CGDD2", 100002, 1, "", False]])
    rows = session.query(
        "PUR_PurchaseOrder",
        ["FBillNo", "FID", "FQty", "FNote", "FX"],
        "FID in (1,2)",
        order="FID",
        start=4,
        limit=9,
    )
    assert rows == [("CGDD1", 100001, 5.5, None, True), ("CGDD2", 100002, 1, "", False)]
    assert wire.requests[0].target.endswith(".DynamicFormService.ExecuteBillQuery.common.kdsvc")
    assert wire.requests[0].headers["content-type"].startswith("application/json")
    assert wire.requests[0].data == {
        "FormId": "PUR_PurchaseOrder",
        "FieldKeys": "FBillNo,FID,FQty,FNote,FX",
        "FilterString": "FID in (1,2)",
        "OrderString": "FID",
        "TopRowCount": 0,
        "StartRow": 4,
        "Limit": 9,
        "SubSystemId": "",
    }


def test_no_rows(wire, session):
    wire.json([])
    assert session.query("F", ["FBillNo"]) == []


@pytest.mark.parametrize("wrap", [lambda error: error, lambda error: [error], lambda error: [[error]]])
def test_lost_session(wire, session, wrap):
    wire.json(wrap(refusal("1", "会话信息已丢失，请重新登录")))
    with pytest.raises(SessionLost) as caught:
        session.query("F", ["FBillNo"])
    assert caught.value.detail == "会话信息已丢失，请重新登录"


@pytest.mark.parametrize("said", ["会话信息已丢失，请重新登录", "Context Is Null"])
def test_lost_session_of_a_server_without_codes(wire, session, said):
    wire.json(refusal(None, said))
    with pytest.raises(SessionLost):
        session.query("F", ["FBillNo"])


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (519, '{"errcode":4002,"description":"应用未授权"}', "4002 应用未授权 (X-Api-Requestid 77)"),
        (404, '{"message":"no route matched"}', "no route matched (X-Api-Requestid 77)"),
        (404, "upstream  not\nfound", "upstream not found"),
        (404, "<html>Not Found</html>", "Whatever"),
        (403, "", "Whatever"),
    ],
)
def test_a_gateway_is_told_in_its_own_words(wire, session, status, body, said):
    for _ in range(3):
        wire.text(body, status, X_Api_Requestid="77")
    with pytest.raises(ConnectionTrouble) as caught:
        session.query("F", ["FBillNo"])
    assert (caught.value.values["status"], caught.value.detail) == (str(status), said)


@pytest.mark.parametrize("code", [2, 4, 8, 9, 11, None])
def test_refused(wire, session, code):
    wire.json([[refusal(code, "元数据中标识为FNope的字段不存在")]])
    with pytest.raises(QueryRefused) as caught:
        session.query("F", ["FNope"])
    assert (caught.value.code, caught.value.msg_code) == ("query_refused", code)
    assert caught.value.detail == "元数据中标识为FNope的字段不存在"
    assert len(wire.requests) == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "empty"),
        ("null", "odd_json"),
        ("{}", "odd_json"),
        ("[[]]", "odd_json"),
        ('[["a","b"]]', "odd_json"),
        ('["a"]', "odd_json"),
        ('[["a"],{}]', "odd_json"),
        ('{"Result":{"ResponseStatus":{"IsSuccess":true}}}', "odd_json"),
        ("<html>", "html"),
        ("response_error: x", "response_error"),
    ],
)
def test_answer_that_is_no_list_of_rows(wire, session, body, code):
    """Never taken for "no rows": that would be a no to a question that was not answered."""
    wire.text(body)
    with pytest.raises(AnswerUnreadable) as caught:
        session.query("F", ["FBillNo"])
    assert caught.value.code == code


# Asked again


def test_asked_again_until_it_works(wire, session):
    wire.resets().text("", 502).json([["A"]])
    assert session.query("F", ["FBillNo"]) == [("A",)]
    assert len(wire.requests) == 3


def test_asked_three_times_at_most(wire, session):
    for _ in range(3):
        wire.text("", 503)
    with pytest.raises(ConnectionTrouble) as caught:
        session.query("F", ["FBillNo"])
    assert (caught.value.code, caught.value.values) == ("http_status", {"status": "503"})
    assert wire.left == 0


def test_asked_once_on_request(wire, session):
    wire.resets()
    with pytest.raises(ConnectionTrouble) as caught:
        session.query("F", ["FBillNo"], tries=1)
    assert caught.value.code == "reset"


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (302, "redirect"),
        (307, "redirect"),
        (403, "blocked"),
        (404, "blocked"),
        (429, "blocked"),
        (400, "http_status"),
    ],
)
def test_not_asked_again_where_it_would_not_help(wire, session, status, code):
    wire.text("", status, Location="/elsewhere")
    with pytest.raises(ConnectionTrouble) as caught:
        session.query("F", ["FBillNo"])
    assert caught.value.code == code
    assert caught.value.values["status"] == str(status)
    assert caught.value.detail == ("/elsewhere" if code == "redirect" else "Whatever")


def test_not_asked_again_after_a_whole_time_out(wire, open_session):
    wire.silent()
    began = time.monotonic()
    with pytest.raises(ConnectionTrouble) as caught:
        open_session(wire.address, read_seconds=0.3).query("F", ["FBillNo"])
    assert caught.value.code == "read_timeout"
    assert time.monotonic() - began < 5


def test_server_gone(wire, open_session):
    wire.stop_listening()
    with pytest.raises(ConnectionTrouble) as caught:
        open_session(wire.address).query("F", ["FBillNo"])
    assert caught.value.code == "refused"


def test_answer_too_large(wire, session, monkeypatch):
    monkeypatch.setattr("kdgui.k3cloud.http.transport.LARGEST_BODY", 1000)
    wire.text("[" + " " * 2000 + "]")
    with pytest.raises(AnswerUnreadable) as caught:
        session.query("F", ["FBillNo"])
    assert caught.value.code == "too_large"


# Page after page


def paged(rows: list, page_sizes: list[int] | None = None, ignores_start: bool = False):
    """A server with these rows, as a function; `page_sizes` are served in turn, then whole pages."""
    sizes = list(page_sizes or [])
    asked: list[int] = []

    def fetch(start: int, limit: int) -> list:
        asked.append(start)
        size = min(sizes.pop(0) if sizes else limit, limit)
        return rows[:size] if ignores_start else rows[start : start + size]

    return fetch, asked


def test_pages_over_the_wire(wire, session):
    wire.json([["A"], ["B"]]).json([["C"]]).json([])
    assert session.query_all("F", ["FBillNo"], order="FID ASC", page=2) == [("A",), ("B",), ("C",)]
    assert [request.data["StartRow"] for request in wire.requests] == [0, 2, 3]
    assert {request.data["OrderString"] for request in wire.requests} == {"FID ASC"}


def test_no_rows_is_one_question(wire, session):
    wire.json([])
    assert session.query_all("F", ["FBillNo"], order="FID") == []
    assert len(wire.requests) == 1


def test_trouble_half_way_gives_no_part(wire, session):
    wire.json([["A"], ["B"]]).json([[refusal(2)]])
    with pytest.raises(QueryRefused):
        session.query_all("F", ["FBillNo"], order="FID", page=2)


@pytest.mark.parametrize("sizes", [[], [1, 1, 1], [3, 1, 5], [7]])
def test_short_pages(sizes):
    rows = [(index,) for index in range(25)]
    fetch, _ = paged(rows, sizes)
    assert collect_pages(fetch, 10, 100) == rows


def test_equal_rows_are_rows():
    """Ten lines of one bill, asked for by head fields only."""
    rows = [("A", 1)] * 10 + [("B", 2)] * 10
    fetch, _ = paged(rows, [1, 1, 1, 5, 5])
    assert collect_pages(fetch, 5, 100) == rows


@pytest.mark.parametrize("rows", [[(1,)], [(1,), (2,)], [(1,)] * 4])
def test_a_server_without_pages_has_said_all_below_the_limit(rows):
    fetch, asked = paged(rows, ignores_start=True)
    assert collect_pages(fetch, 5, 100) == rows
    assert len(asked) == 3


@pytest.mark.parametrize("rows", [[(1,)] * 5, [(index,) for index in range(50)]])
def test_a_server_without_pages_that_fills_the_limit_has_not(rows):
    fetch, asked = paged(rows, ignores_start=True)
    with pytest.raises(AnswerUnreadable) as caught:
        collect_pages(fetch, 5, 100)
    assert caught.value.code == "paging_ignored"
    assert len(asked) == 3


def test_more_rows_than_wanted():
    fetch, asked = paged([(index,) for index in range(500)])
    with pytest.raises(AnswerUnreadable) as caught:
        collect_pages(fetch, 10, 100)
    assert (caught.value.code, caught.value.values) == ("too_many_rows", {"most": "100"})
    assert len(asked) <= 12


def test_exactly_as_many_as_wanted():
    fetch, _ = paged([(index,) for index in range(100)])
    assert len(collect_pages(fetch, 10, 100)) == 100


def test_ends_even_if_the_server_does_not():
    calls = 0

    def endless(start: int, limit: int) -> list:
        nonlocal calls
        calls += 1
        return [(calls,)]

    with pytest.raises(AnswerUnreadable):
        collect_pages(endless, 2000, 100_000)
    assert calls <= 1000


def test_a_short_page_is_no_proof_of_the_end(wire, session):
    wire.json([["A"], ["B"], ["C"]])
    session.query("F", ["FBillNo"], limit=200)
    wire.json([["A"]]).json([["B"]]).json([])
    assert session.query_all("F", ["FBillNo"], order="FID ASC") == [("A",), ("B",)]
    assert len(wire.requests) == 4, "whatever was answered before"


def test_rows_that_prove_the_end_spare_the_empty_page(wire, session):
    wire.json([["C"], ["A"]])
    found = session.query_all("F", ["FBillNo"], order="FID DESC", is_whole=lambda rows: rows[-1] == ("A",))
    assert found == [("C",), ("A",)]
    assert len(wire.requests) == 1
    wire.json([["C"], ["B"]]).json([])
    found = session.query_all("F", ["FBillNo"], order="FID DESC", is_whole=lambda rows: rows[-1] == ("A",))
    assert found == [("C",), ("B",)]
    assert len(wire.requests) == 3
