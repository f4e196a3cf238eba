"""Holes found in the engine by reading it as an adversary, or by random schedules; each stays shut."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from kdgui.domain.errors import ConnectionTrouble
from kdgui.domain.orders import PushOptions, RunOrder
from kdgui.domain.verdicts import Row, Verdict
from kdgui.k3cloud.login_flow import LoginFlow
from kdgui.pushing.flow.observer import NullObserver
from kdgui.pushing.flow.run_control import Pause, RunControl
from kdgui.pushing.lookup.lookup_result import LookupResult
from kdgui.pushing.lookup.target_lookup import TargetLookup

from .conftest import FORM, QUIET, RULE, Bench, Clerk, codes, verdicts

PUSHED, FAILED = Verdict.PUSHED, Verdict.FAILED


class PowerCut(BaseException):
    """Nothing in the program catches this."""


def cut_at(clerk: Clerk, position: int, verdict: Verdict) -> None:
    """The program ends when this row has got this verdict."""

    def cut(row: Row) -> None:
        if (row.position, row.verdict) == (position, verdict):
            raise PowerCut

    clerk.when_told = cut


@pytest.mark.parametrize("attended", [False, True])
@pytest.mark.parametrize("way", ["settle", "next run"])
def test_an_answer_before_a_crash_is_read_back_after_it(bench: Bench, attended: bool, way: str) -> None:
    """A refusal leaves a draft behind, the power goes before the block is read back: it stayed `failed`."""
    numbers = bench.numbers(3)
    bench.fault("draft_left", at=[2], entity="none")
    clerk = bench.new_clerk()
    cut_at(clerk, 1, FAILED)
    bench.fault("forwarded_twice", at=[1])
    with pytest.raises(PowerCut):
        bench.push(numbers, clerk=clerk)

    bench.open(attended=attended)
    if way == "settle":
        bench.settle()
    else:
        bench.push(numbers[2:])

    first, second, third = bench.engine.journal.rows(clerk.run_id)
    assert (first.verdict, first.alarm, len(first.targets)) == (PUSHED, True, 2)
    assert second.verdict is Verdict.DRAFTED
    assert third.verdict in (Verdict.SENDING, FAILED), "its intent was written: the server is asked about it"
    assert not bench.made(third.number) or way == "next run"


def test_a_refused_sign_in_is_not_tried_again_and_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every probe and every question tried the password anew, until the server locked the user out."""
    session = bench.engine.connection._connection.session  # type: ignore[union-attr]  # signed in
    tries: list[str] = []
    sign_in = LoginFlow._log_in

    def change_password(row: Row) -> None:
        if row.verdict is PUSHED and row.position == 1:
            session._channel.credentials = replace(session.credentials, secret="changed")
            bench.server.end_sessions()

    def counting(asked: LoginFlow) -> object:
        tries.append(asked._channel.credentials.secret)
        return sign_in(asked)

    monkeypatch.setattr(LoginFlow, "_log_in", counting)
    session.sibling = lambda *_seconds: session  # type: ignore[method-assign]  # one password for both
    session.close = lambda: None  # type: ignore[method-assign]  # deleted below
    clerk = bench.new_clerk()
    clerk.when_told = change_password
    rows = bench.push(bench.numbers(4), clerk=clerk)

    assert verdicts(rows) == [PUSHED, PUSHED, FAILED, Verdict.NOT_SENT]
    assert codes(rows[2].reasons) == codes(rows[3].reasons) == ["session_refused"]
    assert rows[2].watched, "nobody could ask what became of it"
    assert tries == ["changed"]
    del session.sibling, session.close


def test_what_was_asked_before_a_pause_is_asked_again_after_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clerk waits an hour; a colleague pushes meanwhile: the block was sent by the guard of before."""
    bench.open(attended=True)
    numbers = bench.numbers(2)
    other = bench.places
    clerk = bench.new_clerk()

    def colleague(pause: Pause) -> None:
        clerk.when_paused = lambda pause: None
        monkeypatch.undo()
        elsewhere = Bench(bench.server, replace(other, home=other.home / "elsewhere"))
        elsewhere.open()
        assert verdicts(elsewhere.push(numbers)) == [PUSHED, PUSHED]
        elsewhere.resources.close()

    clerk.when_paused = colleague
    bench.push(bench.numbers(3)[2:])  # what can be asked is known from now on

    def broken(*_: object) -> LookupResult:
        raise ConnectionTrouble("reset")

    monkeypatch.setattr(TargetLookup, "ask_controlled", broken)  # the guard has found the bills by then

    rows = bench.push(numbers, clerk=clerk)

    assert len(clerk.pauses) == 1
    assert verdicts(rows) == [Verdict.SKIPPED] * 2
    assert all(count == 1 for count in bench.posts().values())


def test_at_the_third_pause_doubts_are_settled_before_the_end(bench: Bench) -> None:
    bench.fault("drop_before_work", probability=1)
    rows = bench.push(bench.numbers(9))
    bench.assert_honest(rows)
    assert verdicts(rows) == [FAILED] * 6 + [Verdict.NOT_SENT] * 3


def test_settled_by_hand_is_not_overwritten_by_the_run_that_still_asks(bench: Bench) -> None:
    bench.fault("drop_before_work", at=[1])
    clerk = bench.new_clerk()

    def by_hand(row: Row) -> None:
        if row.position == 0 and row.verdict is Verdict.UNSETTLED and "no_answer" in codes(row.reasons):
            clerk.when_told = lambda row: None
            bench.engine.runs.settle_by_hand(row, FAILED, "looked")

    clerk.when_told = by_hand
    started = time.monotonic()
    rows = bench.push(bench.numbers(3), clerk=clerk, quiet_seconds=30)

    assert (rows[0].verdict, rows[0].by_hand, rows[0].presumed) == (FAILED, True, False)
    assert time.monotonic() - started < 20, "nobody asks about it any more"


@pytest.mark.parametrize("code", [4, 6, 14])
def test_a_refused_question_is_no_reason_to_go_without_a_guard(bench: Bench, code: int) -> None:
    """The eyes of the run were closed for good, and the rest went out unguarded."""
    bench.push(bench.numbers(1))
    linked = bench.numbers(2, "linked_by_me")
    bench.fault(f"query:msg_code_{code}", at=[2])
    posts = sum(bench.posts().values())
    rows = bench.push(linked)
    assert set(verdicts(rows)) == {Verdict.SKIPPED}
    assert sum(bench.posts().values()) == posts


def test_a_refusal_that_passes_is_not_remembered_as_a_missing_column(bench: Bench) -> None:
    bench.fault("query:msg_code_4", at=[1, 2, 3, 4])
    bench.push(bench.numbers(1))

    (row,) = bench.push(bench.numbers(2)[1:])
    (created,) = bench.push(bench.numbers(1, "created"))

    assert "check_dropped" not in codes(row.notes)
    assert codes(created.reasons) == ["not_approved"]


def test_a_right_that_is_lost_on_the_way_stops_the_run(bench: Bench) -> None:
    """Controls and every other bill are gone at once: that is blindness, nobody deleted them all."""
    bench.push(bench.numbers(1))
    bench.server.turn({"blind_forms": "STK_InStock"})

    rows = bench.push(bench.numbers(3)[1:])

    assert verdicts(rows) == [Verdict.NOT_SENT] * 2
    assert codes(rows[0].reasons) == ["cannot_guard"]


@pytest.mark.parametrize("bench", [{"blind_reader": True}], indirect=True, ids=str)
def test_a_refusal_that_names_a_bill_is_no_failure_where_nothing_can_be_seen(bench: Bench) -> None:
    bench.fault("draft_left", at=[1], entity="save")
    (row,) = bench.push(bench.numbers(1))
    assert row.verdict is Verdict.UNSETTLED
    assert {target.id for target in row.targets} == bench.made(row.number), "it says what to look for"


def test_a_target_of_the_next_run_is_not_taken_for_one_of_the_last(bench: Bench) -> None:
    """Presumed failed, then pushed by another run: the watch found that run's bill and called it its own."""
    bench.fault("drop_before_work", at=[1])
    (presumed,) = bench.push(bench.numbers(1))
    (pushed,) = bench.push(bench.numbers(1))

    (still,) = bench.engine.journal.rows(presumed.run_id)
    assert (still.verdict, still.presumed, still.targets) == (FAILED, True, ())
    assert {target.id for target in pushed.targets} == bench.made(pushed.number)


def test_the_rest_of_a_run_is_taken_over_once(bench: Bench) -> None:
    """Continued twice with `again` it was pushed twice."""
    numbers = bench.numbers(4, "open_many_lines")
    clerk = bench.new_clerk()
    cut_at(clerk, 1, Verdict.SENDING)
    with pytest.raises(PowerCut):
        bench.push(numbers, clerk=clerk, again=True)
    bench.open()
    bench.settle()
    rest = bench.engine.runs.continue_run(clerk.run_id, RunControl(), NullObserver())
    assert verdicts(bench.engine.journal.rows(rest.run_id)) == [PUSHED, PUSHED]
    left = bench.engine.journal.rows(clerk.run_id)
    assert verdicts(left)[2:] == [Verdict.NOT_SENT] * 2
    assert not bench.engine.runs.unfinished()
    with pytest.raises(Exception, match="nothing_to_push"):
        bench.engine.runs.continue_run(clerk.run_id, RunControl(), NullObserver())
    assert [len(bench.entries(number)) for number in numbers] == [1, 0, 1, 1]


def test_a_bill_that_was_turned_away_goes_again_when_the_quiet_time_is_over(bench: Bench) -> None:
    """Sent again after five seconds, it was doubled by a request that took six."""
    bench.fault("forbidden_answer", at=[1], work=False)
    sent: list[float] = []
    clerk = bench.new_clerk()
    clerk.when_told = lambda row: sent.append(time.monotonic()) if row.verdict is Verdict.SENDING else None
    order = RunOrder(FORM, PushOptions(rule_id=RULE), bench.numbers(2), quiet_seconds=2)
    info = bench.engine.runs.run(order, clerk.control, clerk)
    rows = bench.engine.journal.rows(info.run_id)
    bench.assert_honest(rows)
    assert set(verdicts(rows)) == {PUSHED}
    assert len(sent) == 3
    assert sent[2] - sent[0] >= 2


def test_work_behind_a_page_that_turned_us_away_is_seen_at_once(bench: Bench) -> None:
    bench.fault("forbidden_answer", at=[1], work=True)
    order = RunOrder(FORM, PushOptions(rule_id=RULE), bench.numbers(2), quiet_seconds=30)
    started = time.monotonic()
    clerk = bench.new_clerk()
    info = bench.engine.runs.run(order, clerk.control, clerk)
    assert set(verdicts(bench.engine.journal.rows(info.run_id))) == {PUSHED}
    assert time.monotonic() - started < 20


@pytest.mark.parametrize("again", [False, True])
def test_a_page_that_turned_us_away_while_the_work_went_on(bench: Bench, again: bool) -> None:
    """The target came a moment after the page: the bill was asked about too soon, and sent twice."""
    first, *numbers = bench.numbers(4)
    bench.push([first])  # it yields a control: without one, nobody would believe in silence
    bench.fault("late_commit", at=[2], answer="302", seconds=2)
    rows = bench.push(numbers, again=again, quiet_seconds=5)

    bench.assert_honest(rows)
    assert set(verdicts(rows)) == {PUSHED}
    assert set(bench.posts().values()) == {1}


def test_a_session_lost_twice_after_the_work_leaves_no_bill_untold(bench: Bench) -> None:
    """The second lost session ended the run: its bill was told as not sent, and its target stood there."""
    bench.fault("session_lost", at=[2, 3], work=True)
    rows = bench.push(bench.numbers(4))

    assert verdicts(rows) == [PUSHED] * 3 + [Verdict.NOT_SENT]
    bench.assert_honest(rows)


def test_a_no_that_nobody_could_check_is_checked_later_and_never_told_worse(bench: Bench) -> None:
    """A draft could not be seen when its bill was told as failed; a void answer later told it worse."""
    refused, drafted = bench.numbers(2, "no_price")[0], bench.numbers(1)[0]
    bench.fault("draft_left", at=[2], entity="none")
    bench.server.turn({"blind_forms": "STK_InStock"})
    first = {row.number: row for row in bench.push([refused, drafted])}
    assert all(row.verdict is FAILED and row.watched for row in first.values())

    bench.settle()
    assert all(row.verdict is FAILED for row in bench.engine.journal.rows(first[refused].run_id)), (
        "still blind"
    )
    bench.server.turn({"blind_forms": ""})
    bench.settle()

    rows = bench.engine.journal.rows(first[refused].run_id)
    assert [row.verdict for row in rows] == [FAILED, Verdict.DRAFTED]
    assert rows[0].checked
    assert not bench.engine.journal.open_requests()


@pytest.mark.parametrize("again", [False, True])
@pytest.mark.parametrize("merged", [False, True])
def test_a_session_lost_after_the_work_is_told_as_pushed_by_us(
    bench: Bench, merged: bool, again: bool
) -> None:
    """The guard found our own target before the second try: the bill was told as skipped, or sent twice."""
    bench.fault("session_lost", at=[2], work=True)
    rows = bench.push(bench.numbers(4), merged=merged, block=2, again=again)

    assert set(verdicts(rows)) == {PUSHED}
    assert sum("found_late" in codes(row.notes) for row in rows) == (2 if merged else 1)
    bench.assert_honest(rows)


@pytest.mark.parametrize("fault", ["too_many", "forbidden_answer"])
def test_what_lacked_a_control_at_a_pause_is_settled_by_a_later_one(bench: Bench, fault: str) -> None:
    """The first push of all was turned away: nobody asked again once the next ones had yielded a control."""
    form, options = "STK_InStock", PushOptions(rule_id="STK_InStock-PUR_MRB")  # nobody ever returned anything
    numbers = tuple(bench.server.examples()[form]["open"][:3])
    bench.fault(fault, at=[1], work=False, seconds=0)
    info = bench.engine.runs.run(
        RunOrder(form, options, numbers, quiet_seconds=QUIET), RunControl(), NullObserver()
    )
    rows = bench.engine.journal.rows(info.run_id)

    bench.assert_honest(rows)
    assert verdicts(rows) == [PUSHED, PUSHED, PUSHED]


@pytest.mark.parametrize("bench", [{"hidden_fields": "FDocumentStatus"}], indirect=True)
def test_a_draft_is_known_by_its_want_of_a_number_where_no_status_is_told(bench: Bench) -> None:
    """A refusal left a draft: on a form without a status field it was told as pushed."""
    bench.fault("draft_left", at=[2], entity="none")
    rows = bench.push(bench.numbers(3))

    assert verdicts(rows) == [PUSHED, Verdict.DRAFTED, PUSHED]
    bench.assert_honest(rows)
