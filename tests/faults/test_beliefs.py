"""Servers, proxies and colleagues that do otherwise than expected: nothing doubled, nothing told wrongly."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import pytest

from kdgui.domain.chains import ChainState, UndoState
from kdgui.domain.errors import BadInput
from kdgui.domain.orders import PushOptions
from kdgui.domain.verdicts import Row, Verdict
from kdgui.pushing.flow.observer import NullObserver
from kdgui.pushing.flow.run_control import RunControl
from kdgui.store.profiles import Profile

from .conftest import QUIET, RULE, TARGET, Bench, codes, verdicts

OTHER_RULE = "7aa62154-c23f-4a02-abae-d024b4eceeb7"
PUSHED, FAILED, UNSETTLED, SKIPPED = Verdict.PUSHED, Verdict.FAILED, Verdict.UNSETTLED, Verdict.SKIPPED


def never_doubled(bench: Bench, rows: Sequence[Row]) -> None:
    for row in rows:
        assert len(bench.entries(row.number.strip())) <= 1, f"{row.number} was carried out twice"


# 1. What is not certain belongs to the bill, whatever it is approached by


def leave_open(bench: Bench, number: str) -> None:
    bench.fault("late_commit", at=[1], answer="504", seconds=3600.0)
    (row,) = bench.push([number], quiet_seconds=0.0)
    assert row.verdict in (UNSETTLED, FAILED), row
    if row.verdict is FAILED:
        assert row.presumed


def test_what_is_open_is_known_under_another_address(bench: Bench) -> None:
    bench.server.turn({"blind_reader": True})  # nothing can be settled
    (number,) = bench.numbers(1)
    bench.fault("drop_after_work", at=[1])
    (row,) = bench.push([number])
    assert row.verdict is UNSETTLED
    who = bench.server.invitation
    other = who.url.replace("127.0.0.1", "localhost")
    bench.engine.connection.sign_in(Profile(other, who.data_centre, who.user), who.password)
    (again,) = bench.push([number], again=True)
    assert (again.verdict, codes(again.reasons)) == (SKIPPED, ["is_unsettled"])
    never_doubled(bench, [row])


def test_what_is_open_is_known_under_the_default_rule_too(bench: Bench) -> None:
    bench.server.turn({"blind_reader": True})
    (number,) = bench.numbers(1)
    bench.fault("drop_after_work", at=[1])
    assert bench.push([number])[0].verdict is UNSETTLED
    by_default = PushOptions(default_rule=True, target_form=TARGET)
    (again,) = bench.push([number], options=by_default, again=True)
    assert (again.verdict, codes(again.reasons)) == (SKIPPED, ["is_unsettled"])
    never_doubled(bench, [again])


# 2. A page may end anywhere


@pytest.mark.parametrize("keep", [1, 2, 5])
def test_a_cut_answer_neither_hides_targets_nor_sources(bench: Bench, keep: int) -> None:
    numbers = bench.numbers(8)
    first = bench.push(numbers[:4])
    assert set(verdicts(first)) == {PUSHED}
    bench.fault("query:rows_lost", at=list(range(1, 60, 2)), keep=keep)
    rows = bench.push(numbers)
    bench.server.turn({"query:rows_lost": 0})
    never_doubled(bench, rows)
    assert "not_found" not in {reason.code for row in rows for reason in row.reasons}
    bench.assert_honest(rows)


@pytest.mark.parametrize("bench", [{"rights_after_cut": "STK_InStock"}, {"short_pages": 3}], indirect=True)
def test_short_pages_double_nothing(bench: Bench) -> None:
    numbers = bench.numbers(10)
    bench.fault("drop_after_work", at=[2, 5])
    rows = bench.push(numbers)
    again = bench.push(numbers)
    never_doubled(bench, [*rows, *again])
    bench.assert_honest(rows, open_allowed=True)
    assert PUSHED not in verdicts(again)


def test_not_found_says_which_organisation_answered(bench: Bench) -> None:
    (row,) = bench.push(["没有这张单"])
    assert codes(row.reasons) == ["not_found"]
    assert dict(row.reasons[0].values)["organisation"]


# 3. What is seen and fits the source is never dropped


@pytest.mark.parametrize("bench", [{"link_table_other": True}], indirect=True)
def test_links_by_our_rule_count_under_whatever_table(bench: Bench) -> None:
    numbers = bench.numbers(3)
    bench.fault("drop_after_work", at=[2])
    rows = bench.push(numbers)
    assert set(verdicts(rows)) == {PUSHED}
    bench.assert_honest(rows)
    bench.open()
    assert set(verdicts(bench.push(numbers))) == {SKIPPED}
    never_doubled(bench, rows)


@pytest.mark.parametrize("bench", [{"creator_copied": True}], indirect=True)
def test_a_target_with_the_creator_of_its_source_is_no_failure(bench: Bench) -> None:
    numbers = bench.numbers(4)
    bench.fault("drop_after_work", at=[1, 3])
    rows = bench.push(numbers)
    assert FAILED not in verdicts(rows)
    never_doubled(bench, rows)
    again = bench.push(numbers)
    assert PUSHED not in verdicts(again)
    never_doubled(bench, again)


def test_targets_of_another_rule_are_shown_and_asked_about(bench: Bench) -> None:
    (number,) = bench.numbers(1)
    bench.push(bench.numbers(3)[1:])  # what our own rule's links look like
    bench.fault("colleague_first", at=[1], rule=OTHER_RULE)
    bench.push([number], quiet_seconds=QUIET)
    made = bench.made(number)
    (row,) = bench.push([number])
    assert row.verdict is SKIPPED
    assert {target.id for target in row.targets} >= made or row.targets


@pytest.mark.parametrize("bench", [{"link_rule_padded": True}], indirect=True)
def test_blanks_around_a_rule_id_are_no_other_rule(bench: Bench) -> None:
    numbers = bench.numbers(3)
    rows = bench.push(numbers)
    assert set(verdicts(rows)) == {PUSHED}
    assert {code for row in bench.push(numbers) for code in codes(row.reasons)} <= {
        "already_pushed",
        "already_here",
    }


# 4. Only links make a target ours


def test_the_answer_of_another_bill_is_not_believed(bench: Bench) -> None:
    first, second, third = bench.numbers(3)
    bench.push([first])
    bench.fault("answer_of_another", at=[1])
    rows = bench.push([second, third])
    assert rows[0].verdict is not PUSHED, "it was never carried out"
    assert rows[0].targets == ()
    assert rows[1].verdict is PUSHED
    never_doubled(bench, rows)


def test_a_shifted_connection_tells_no_bill_wrongly(bench: Bench) -> None:
    bench.push(bench.numbers(1))
    bench.fault("line_shifted", at=[2])
    rows = bench.push(bench.numbers(5)[1:])
    for row in rows:
        if row.verdict is PUSHED:
            assert {target.id for target in row.targets} == bench.made(row.number), row
    never_doubled(bench, rows)


def test_an_old_bill_that_an_answer_names_is_neither_ours_nor_deleted(bench: Bench) -> None:
    bench.push(bench.numbers(1))
    bench.fault("names_old_bill", at=[1])
    (row,) = bench.push(bench.numbers(2)[1:], then="audit")
    assert {target.id for target in row.targets} <= bench.made(row.number)
    run = row.run_id
    plan = bench.engine.deletion.plan(run, unaudit=True)
    assert {item.target.id for item in plan if item.state is UndoState.DELETABLE} <= bench.made(row.number)


@pytest.mark.parametrize(
    "bench", [{"convert_names": "sources"}, {"convert_names": "provisional"}], indirect=True
)
def test_a_conversion_block_that_names_sources_raises_no_alarm(bench: Bench) -> None:
    rows = bench.push(bench.numbers(3))
    assert set(verdicts(rows)) == {PUSHED}
    assert not any(row.alarm for row in rows)
    bench.assert_honest(rows)


# 5. A no may come before the work


@pytest.mark.parametrize("answer", ["302", "401", "403", "404", "msg_code_13", "msg_code_1"])
def test_work_after_a_no_is_not_done_again(bench: Bench, answer: str) -> None:
    bench.push(bench.numbers(1))
    bench.fault("late_commit", at=[1], answer=answer, seconds=1.5)
    rows = bench.push(bench.numbers(3)[1:], quiet_seconds=3)
    never_doubled(bench, rows)
    assert set(verdicts(rows)) == {PUSHED}


def test_work_after_the_refusal_of_a_merged_block_is_not_done_again(bench: Bench) -> None:
    bench.push(bench.numbers(1))
    bench.fault("late_commit", at=[1], answer="refused", seconds=1.5)
    rows = bench.push(bench.numbers(5)[1:], quiet_seconds=3, merged=True, block=4, split=True)
    never_doubled(bench, rows)
    bench.assert_honest(rows)


@pytest.mark.parametrize("bench", [{"read_delay": 1.0}], indirect=True)
def test_queries_that_lag_behind_double_nothing(bench: Bench) -> None:
    bench.fault("drop_after_work", at=[2])
    numbers = bench.numbers(4)
    rows = bench.push(numbers, quiet_seconds=1.2)
    never_doubled(bench, rows)
    again = bench.push(numbers, quiet_seconds=1.2)
    never_doubled(bench, [*rows, *again])
    assert PUSHED not in verdicts(again)


@pytest.mark.parametrize("fault", ["msg_code_0", "refused_without_code"])
def test_twelve_plain_refusals_without_a_code_are_told_at_once(bench: Bench, fault: str) -> None:
    bench.push(bench.numbers(1))
    bench.fault(fault, at=list(range(1, 13)), message="单据体“明细信息”第1行字段“仓库”是必填项")
    started = time.monotonic()
    rows = bench.push(bench.numbers(13)[1:], quiet_seconds=30)
    assert time.monotonic() - started < 20
    told = {row.verdict for row in rows}
    assert told <= {FAILED, Verdict.NOT_SENT}
    assert all("no_answer" not in codes(row.reasons) for row in rows)
    assert {reason.code for row in rows if row.verdict is FAILED for reason in row.reasons} == {"server_said"}


def test_a_lock_told_in_words_is_tried_once_more(bench: Bench) -> None:
    bench.push(bench.numbers(1))
    bench.fault("lock_conflict", at=[1])
    rows = bench.push(bench.numbers(3)[1:])
    assert set(verdicts(rows)) == {PUSHED}
    assert max(bench.posts().values()) == 2


@pytest.mark.parametrize("step", ["submit", "audit"])
def test_a_lock_at_submit_or_audit_is_tried_once_more(bench: Bench, step: str) -> None:
    bench.fault(f"{step}:lock_conflict", at=[1])
    rows = bench.push(bench.numbers(2), then="audit")
    assert [row.targets[0].status for row in rows] == ["C", "C"]


def test_a_bill_that_was_refused_waits_in_the_next_run_too(bench: Bench) -> None:
    bench.push(bench.numbers(1))
    bench.fault("late_commit", at=[1], answer="refused", seconds=1.5)
    (number,) = bench.numbers(2)[1:]
    (row,) = bench.push([number], quiet_seconds=3)
    (again,) = bench.push([number], quiet_seconds=3)
    never_doubled(bench, [row])
    assert PUSHED in (row.verdict, again.verdict) or "already_pushed" in codes(again.reasons)


# And


def test_settling_neither_submits_nor_approves(bench: Bench) -> None:
    bench.fault("submit:drop_before_work", probability=1)
    rows = bench.push(bench.numbers(2), then="audit")
    bench.server.turn({"submit:drop_before_work": 0})
    bench.engine.runs.settle(RunControl(), NullObserver(), QUIET)
    held = [bench.engine.journal.rows(rows[0].run_id)[place].targets[0].status for place in range(2)]
    assert held == ["A", "A"]
    bench.settle()  # with chains
    assert [row.targets[0].status for row in bench.engine.journal.rows(rows[0].run_id)] == ["C", "C"]


@pytest.mark.parametrize("fault", ["submit:manager_rejects", "audit:manager_rejects"])
def test_what_a_manager_rejected_is_not_submitted_again(bench: Bench, fault: str) -> None:
    bench.fault(fault, at=[1])
    rows = bench.push(bench.numbers(1), then="audit")
    bench.settle()
    (row,) = bench.engine.journal.rows(rows[0].run_id)
    (chain,) = bench.engine.submit_audit.chains(row.run_id)
    assert (chain.state, chain.target.status) == (ChainState.HALF, "D")
    assert "rejected" in codes(chain.reasons)


@pytest.mark.parametrize("bench", [{"workflow_rejects": True}], indirect=True)
def test_a_workflow_that_rejects_at_once_is_told_as_that(bench: Bench) -> None:
    rows = bench.push(bench.numbers(1), then="submit")
    (chain,) = bench.engine.submit_audit.chains(rows[0].run_id)
    assert codes(chain.reasons) == ["rejected"]


def test_a_wrong_target_form_is_refused_before_anything_is_sent(bench: Bench) -> None:
    wrong = PushOptions(rule_id=RULE, target_form="AP_Payable")
    with pytest.raises(BadInput) as refused:
        bench.push(bench.numbers(1), options=wrong)
    assert refused.value.code == "target_form_differs"
    assert not bench.posts()


@pytest.mark.parametrize("bench", [{"closes_quietly": True}], indirect=True)
def test_a_server_that_closes_every_connection_costs_no_bill(bench: Bench) -> None:
    rows = bench.push(bench.numbers(10))
    assert set(verdicts(rows)) == {PUSHED}
    bench.assert_honest(rows)


def test_a_request_repeated_after_its_answer_raises_the_alarm(bench: Bench) -> None:
    bench.push(bench.numbers(1))
    bench.fault("repeated_after", at=[1], seconds=0.2)
    first, *_ = bench.push(bench.numbers(4)[1:], quiet_seconds=1)
    ends = time.monotonic() + 20
    while len(bench.made(first.number)) < 2 and time.monotonic() < ends:
        time.sleep(0.05)
    bench.settle()  # it may have come before the run's last look, or after
    told = bench.engine.journal.rows(first.run_id)
    assert [row.alarm for row in told] == [True, False, False]
    assert {target.id for target in told[0].targets} == bench.made(first.number)


def test_a_repeat_that_came_after_the_run_is_seen_at_the_next_guard(bench: Bench) -> None:
    bench.push(bench.numbers(1))
    (number,) = bench.numbers(2)[1:]
    bench.fault("repeated_after", at=[1], seconds=1.5)
    (row,) = bench.push([number])
    assert (row.verdict, row.alarm) == (PUSHED, False)
    ends = time.monotonic() + 20
    while len(bench.made(number)) < 2 and time.monotonic() < ends:
        time.sleep(0.05)
    (again,) = bench.push([number])
    assert (again.verdict, again.alarm, codes(again.notes)) == (SKIPPED, True, ["extra_target"])


@pytest.mark.parametrize("bench", [{"mixed": "keep_success"}], indirect=True)
def test_errors_of_a_merged_success_belong_to_what_came_to_nothing(bench: Bench) -> None:
    bench.push(bench.numbers(1))
    numbers = [*bench.numbers(4)[1:], *bench.numbers(1, "created")]
    rows = bench.push(numbers, merged=True, block=10, split=False, insisted=(3,))
    for row in rows:
        if row.verdict is PUSHED:
            assert "server_note" not in codes(row.notes) or all(note.said for note in row.notes if note.said)


def test_the_stored_answer_is_used_after_a_kill(bench: Bench) -> None:
    """A no that named an entity, and a crash before it was read back, left the bill open for ever."""
    bench.push(bench.numbers(1))
    bench.fault("failed_after_save", at=[1], code=11)
    clerk = bench.new_clerk()

    class Killed(Exception):
        """The program ends here."""

    def kill(row: Row) -> None:
        if row.verdict is UNSETTLED or (row.verdict is FAILED and not row.checked):
            raise Killed

    clerk.when_told = kill
    with pytest.raises(Killed):
        bench.push(bench.numbers(2)[1:], clerk=clerk)
    bench.open()
    bench.settle()
    (row,) = bench.engine.journal.rows(clerk.run_id)
    assert row.verdict in (PUSHED, Verdict.DRAFTED, FAILED)
    bench.assert_honest([replace(row, number=row.number)])
