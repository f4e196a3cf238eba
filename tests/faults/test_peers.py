"""Faults that other programs of this kind were shipped with, each under its name."""

from __future__ import annotations

import json
import re
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from kdgui.domain.accounts import SignInMode
from kdgui.domain.errors import BadInput
from kdgui.domain.verdicts import Row, Verdict
from kdgui.store.profiles import Profile

from .between import Between
from .conftest import QUIET, Bench, codes, verdicts

PUSHED, FAILED = Verdict.PUSHED, Verdict.FAILED


@pytest.mark.parametrize(
    "fault", ["http_500", "http_502_after_work", "http_503_before_work", "drop_after_work"]
)
def test_a_write_is_not_sent_again_after_5xx_or_reset(bench: Bench, fault: str) -> None:
    bench.fault(fault, at=[1, 2, 3], reset=True)

    bench.assert_honest(bench.push(bench.numbers(3)))

    assert set(bench.posts().values()) == {1}


@pytest.mark.parametrize("words", ["会话信息已丢失，请重新登录", "Session information is lost"])
def test_a_success_that_speaks_of_a_session_is_one_post(bench: Bench, words: str) -> None:
    def edit(service: str, body: bytes) -> bytes:
        if ".Push." not in service:
            return body
        answer = json.loads(body)
        answer["Result"]["ResponseStatus"]["SuccessMessages"] = [{"FieldName": "", "Message": words}]
        return json.dumps(answer).encode()

    with signed_in_between(bench) as between:
        between.edit = edit
        rows = bench.push(bench.numbers(2))
    bench.assert_honest(rows)
    assert verdicts(rows) == [PUSHED, PUSHED]
    assert between.count(".Push.") == 2
    assert any(note.said == words for note in rows[0].notes), "her words are kept as a note"


def test_a_time_out_is_never_called_not_created(bench: Bench) -> None:
    bench.fault("timeouts", at=[2])

    rows = bench.push(bench.numbers(3))

    bench.assert_honest(rows)
    assert rows[1].verdict is PUSHED
    assert "found_late" in codes(rows[1].notes)


def test_two_runs_do_not_push_the_same_bill(bench: Bench) -> None:
    bench.fault("slow", probability=1, seconds=0.1)
    numbers = bench.numbers(3)
    refused: list[BadInput] = []

    def second_run(row: Row) -> None:
        if row.verdict is Verdict.SENDING:
            try:
                bench.push(numbers)
            except BadInput as trouble:
                refused.append(trouble)

    clerk = bench.new_clerk()
    clerk.when_told = second_run
    bench.push(numbers, clerk=clerk, timeout=3.0)
    assert {trouble.code for trouble in refused} == {"run_in_progress"}
    assert set(bench.posts().values()) == {1}


def test_success_and_error_stay_with_their_rows_when_answers_are_permuted(bench: Bench) -> None:
    bench.fault("order_swapped", probability=1)
    good, bad = bench.numbers(3), bench.numbers(3, "partner_disabled")

    rows = bench.push([number for pair in zip(good, bad, strict=True) for number in pair])

    bench.assert_honest(rows)
    assert verdicts(rows) == [PUSHED, FAILED] * 3


def test_the_same_list_again_runs_no_success_again_and_keeps_earlier_results(bench: Bench) -> None:
    bench.fault("msg_code_6", at=[2])
    first = bench.push(bench.numbers(3))
    kept = bench.engine.journal.rows(first[0].run_id)

    again = bench.push(bench.numbers(3))

    assert verdicts(first) == [PUSHED, FAILED, PUSHED]
    assert verdicts(again) == [Verdict.SKIPPED, PUSHED, Verdict.SKIPPED]
    assert [len(bench.entries(row.number)) for row in again] == [1, 1, 1]
    now = bench.engine.journal.rows(first[0].run_id)
    assert (now[0], now[2], now[1].verdict) == (kept[0], kept[2], FAILED)


def test_every_error_is_kept(bench: Bench) -> None:
    """A server may say as much as it likes, in either block."""

    def edit(service: str, body: bytes) -> bytes:
        answer = json.loads(body)
        if ".Push." in service:
            for block in answer["Result"].values():
                block["Errors"] += [{"FieldName": f"F{n}", "Message": f"{n}", "DIndex": n} for n in range(3)]
        return json.dumps(answer).encode()

    with signed_in_between(bench) as between:
        between.edit = edit
        rows = bench.push([bench.numbers(1, state)[0] for state in ("no_price", "no_lot", "no_stock")])
    assert [len(row.reasons) for row in rows] == [4, 4, 4]
    with closing(sqlite3.connect(bench.places.journal)) as journal, journal:
        endings = [json.loads(text) for (text,) in journal.execute("SELECT ending FROM requests ORDER BY 1")]
    said = sorted(error["message"] for ending in endings for error in ending["answer"]["save"]["errors"])
    assert sorted(reason.said for row in rows for reason in row.reasons) == said


def test_the_history_is_what_the_screen_showed(bench: Bench) -> None:
    bench.fault("drop_after_work", at=[2])
    bench.fault("msg_code_13", at=[4])
    shown: dict[int, Row] = {}
    clerk = bench.new_clerk()
    clerk.when_told = lambda row: shown.update({row.position: row})

    rows = bench.push([*bench.numbers(5), bench.numbers(1)[0], "NO-SUCH-1"], clerk=clerk)

    bench.assert_honest(rows)
    assert tuple(shown[position] for position in range(len(rows))) == rows


def test_asking_goes_on_when_questions_fail(bench: Bench) -> None:
    bench.open(attended=True)
    bench.fault("late_commit", at=[2], seconds=0.4)
    clerk = bench.new_clerk()

    def break_questions(row: Row) -> None:
        if row.position == 1 and row.verdict is Verdict.UNSETTLED:
            bench.fault("query:drop_before_work", at=[1, 2, 3, 5, 6, 7])
            bench.fault("query:msg_code_14", at=[9])
            clerk.when_told = lambda row: None

    clerk.when_told = break_questions
    rows = bench.push(bench.numbers(3), clerk=clerk, quiet_seconds=2)

    bench.assert_honest(rows)
    assert verdicts(rows) == [PUSHED] * 3
    assert len(clerk.pauses) >= 2


@pytest.mark.parametrize("attended", [False, True])
def test_cancel_ends(bench: Bench, attended: bool) -> None:
    """In the middle of an answer that never comes, and while it is being asked about."""
    bench.open(attended=attended)
    bench.fault("timeouts", probability=1, work=False)
    clerk = bench.new_clerk()
    threading.Timer(0.3, clerk.control.stop).start()
    started = time.monotonic()

    rows = bench.push(bench.numbers(4), clerk=clerk, quiet_seconds=60, timeout=1.0)

    assert time.monotonic() - started < 20
    assert verdicts(rows) == [Verdict.UNSETTLED] + [Verdict.NOT_SENT] * 3


@pytest.mark.parametrize("shape", ["convert", "save", "none"])
def test_a_draft_left_behind_is_not_nothing(bench: Bench, shape: str) -> None:
    bench.fault("draft_left", at=[1], entity=shape)

    rows = bench.push(bench.numbers(2))

    bench.assert_honest(rows)
    assert verdicts(rows) == [Verdict.DRAFTED, PUSHED]
    assert verdicts(bench.push(bench.numbers(1))) == [Verdict.SKIPPED], "a draft takes up no quantity"


@pytest.mark.parametrize(
    "bench", [{"blind_forms": "STK_InStock"}, {"blind_reader": True}], indirect=True, ids=str
)
@pytest.mark.parametrize("fault", ["drop_before_work", "drop_after_work", "draft_left"])
def test_where_the_right_to_see_is_missing_an_empty_answer_is_no_no(bench: Bench, fault: str) -> None:
    bench.fault(fault, at=[1], entity="convert")

    rows = bench.push(bench.numbers(1))

    bench.assert_honest(rows, open_allowed=True)
    assert verdicts(rows) == [Verdict.UNSETTLED]


def test_ids_are_not_quoted_in_a_filter(bench: Bench) -> None:
    with signed_in_between(bench) as between:
        bench.push(bench.numbers(3))
    filters = [
        body
        for service, body in between.asked
        if "ExecuteBillQuery" in service and "_Link_FSBillId in" in body
    ]
    assert filters
    assert all(re.search(r"FSBillId in \([0-9,]+\)", body) for body in filters)


@pytest.mark.parametrize("bench", [{"short_pages": 2}], indirect=True, ids=str)
def test_paging_does_not_end_after_page_one(bench: Bench) -> None:
    bench.fault("drop_after_work", at=[9])
    rows = bench.push(bench.numbers(9))
    bench.assert_honest(rows)
    assert set(verdicts(rows)) == {PUSHED}
    assert set(verdicts(bench.push(bench.numbers(9)))) == {Verdict.SKIPPED}


@pytest.mark.parametrize(
    "bench",
    [{"rule_id_rewritten": True}, {"links_at_head": True}, {"no_links": True}, {"link_not_filterable": True}],
    indirect=True,
    ids=str,
)
@pytest.mark.parametrize("worked", [True, False])
def test_targets_are_seen_however_they_are_linked(bench: Bench, worked: bool) -> None:
    bench.fault("timeouts", at=[1], work=worked)

    rows = bench.push(bench.numbers(1))

    unproven = not worked and bench.server._switches.rule_id_rewritten  # links of another rule are no control
    bench.assert_honest(rows, open_allowed=unproven)
    assert verdicts(rows) == [PUSHED if worked else Verdict.UNSETTLED if unproven else FAILED]
    again = Verdict.SKIPPED if worked or unproven else PUSHED
    assert verdicts(bench.push(bench.numbers(1))) == [again]


@pytest.mark.parametrize("fault", ["", "drop_after_work", "drop_before_work", "response_error"])
def test_yesterdays_part_delivery_is_not_todays_success(bench: Bench, fault: str) -> None:
    (number,) = bench.numbers(1, "partly_linked")
    (skipped,) = bench.push([number])
    assert skipped.targets, "already pushed names the bills"
    if fault:
        bench.fault(fault, at=[1])

    (row,) = bench.push([number], again=True)

    bench.assert_honest([row])
    assert row.verdict is (PUSHED if fault in ("", "drop_after_work") else FAILED)
    assert not {target.id for target in row.targets} & {target.id for target in skipped.targets}


@pytest.mark.parametrize("bench", [{"case_blind": True}], indirect=True, ids=str)
def test_one_bill_in_two_spellings_is_pushed_once(bench: Bench) -> None:
    (number,) = bench.numbers(1)
    rows = bench.push([number, number.lower(), f"{number} "])
    assert verdicts(rows) == [PUSHED, Verdict.SKIPPED, Verdict.SKIPPED]
    assert set(bench.posts().values()) == {1}


def test_a_commit_after_the_quiet_time_is_found_and_told(bench: Bench) -> None:
    bench.push(bench.numbers(1))
    bench.fault("late_commit", at=[1], seconds=QUIET + 0.7)
    number = bench.numbers(2)[1]
    (row,) = bench.push([number])
    assert (row.verdict, row.presumed) == (FAILED, True)
    deadline = time.monotonic() + 10
    while not bench.made(number):
        assert time.monotonic() < deadline
        time.sleep(0.02)

    bench.push(bench.numbers(3)[2:])

    (found,) = bench.engine.journal.rows(row.run_id)
    assert (found.verdict, found.presumed) == (PUSHED, False)
    assert "found_late" in codes(found.notes)
    bench.assert_honest([found])
    assert verdicts(bench.push([number])) == [Verdict.SKIPPED]


def test_a_repeated_request_raises_the_alarm_even_where_its_answer_is_lost(bench: Bench) -> None:
    bench.fault("forwarded_twice", at=[1, 2])
    bench.fault("drop_after_work", at=[2])

    rows = bench.push(bench.numbers(3))

    assert [row.alarm for row in rows] == [True, True, False]
    assert [len(row.targets) for row in rows] == [2, 2, 1]


@pytest.mark.parametrize("own_seen", ["in this run", "in an earlier run"])
def test_a_colleagues_bill_is_shown_and_not_booked_to_us(bench: Bench, own_seen: str) -> None:
    """What ours look like is known from the first bill; so the other one is a stranger's for certain."""
    first, second = bench.numbers(2)
    together = own_seen == "in this run"
    if not together:
        bench.push([first])
    bench.fault("colleague_first", at=[2 if together else 1])
    bench.fault("drop_after_work", at=[2 if together else 1])

    row = bench.push([first, second])[1]

    assert (row.verdict, row.targets) == (Verdict.UNSETTLED, ()), (
        "a rule may take the creator from the source"
    )
    assert "foreign_unclear" in codes(row.reasons)
    assert verdicts(bench.push([row.number])) == [Verdict.SKIPPED]


@contextmanager
def signed_in_between(bench: Bench) -> Iterator[Between]:
    """The desk reaches the server through somebody who listens."""
    invitation = bench.server.invitation
    with Between(bench.server.url).serving() as between:
        profile = Profile(
            server=between.url,
            data_centre_id=invitation.data_centre,
            user=invitation.user,
            mode=SignInMode.PASSWORD,
        )
        bench.engine.connection.sign_in(profile, invitation.password)
        yield between
        bench.engine.connection.sign_out()
