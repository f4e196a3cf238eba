"""The engine from outside: whatever the line and the server do, verdicts agree with the server's ledger."""

from __future__ import annotations

import pytest

from kdgui.domain.errors import BadInput
from kdgui.domain.orders import PushOptions, RunOrder
from kdgui.domain.verdicts import Reason, Row, Verdict
from kdgui.pushing.flow.run_control import RunControl
from kdgui.store.profiles import Profile

from .conftest import FORM, RULE, Bench


def verdicts(rows: tuple[Row, ...]) -> list[Verdict]:
    return [row.verdict for row in rows]


def codes(reasons: tuple[Reason, ...]) -> list[str]:
    return [reason.code for reason in reasons]


def test_every_pushable_bill_is_pushed_once_and_read_back(bench: Bench) -> None:
    numbers = bench.pushable(25)
    rows = bench.push(numbers)
    assert [row.number for row in rows] == list(numbers)
    assert set(verdicts(rows)) == {Verdict.PUSHED}
    assert all(row.checked and row.targets and row.targets[0].status == "A" for row in rows)
    bench.assert_honest(rows)


def test_bills_of_every_state_get_the_verdict_they_deserve(bench: Bench) -> None:
    examples = bench.examples()
    numbers = [number for name in sorted(examples) for number in examples[name][:3]]
    rows = bench.push([*numbers, numbers[0], "NO-SUCH-BILL-1"])
    assert rows[-1].reasons[0].code == "not_found"
    assert rows[-2].reasons[0].code == "duplicate_row"
    bench.assert_honest(rows)
    assert {Verdict.PUSHED, Verdict.SKIPPED, Verdict.FAILED} <= set(verdicts(rows))


def test_a_second_run_of_the_same_list_sends_nothing(bench: Bench) -> None:
    numbers = bench.pushable(5)
    bench.push(numbers)
    posts = len(bench.server.posts())
    rows = bench.push(numbers)
    assert set(verdicts(rows)) == {Verdict.SKIPPED}
    assert all(row.targets for row in rows), "already pushed names the bills"
    assert len(bench.server.posts()) == posts


WORKED = ["drop_after_work", "truncated", "bad_gzip", "html_200", "empty_200", "http_502_after_work",
          "session_lost_with_entity", "redirect_after_work", "forbidden_answer", "failed_after_save",
          "success_without_entity", "order_swapped", "timeouts", "late_commit"]  # fmt: skip
NOT_WORKED = ["drop_before_work", "http_503_before_work", "session_lost", "response_error", "too_many",
              "refused_without_code", "msg_code_4", "msg_code_6", "msg_code_13", "msg_code_2"]  # fmt: skip


@pytest.mark.parametrize("fault", [*WORKED, *NOT_WORKED])
def test_one_fault_in_a_run(bench: Bench, fault: str) -> None:
    """Where it strikes, and how often, is varied in tests/faults."""
    settings: dict[str, object] = {"at": [3]}
    if fault == "late_commit":
        settings["seconds"] = 0.3
    bench.fault(fault, **settings)
    rows = bench.push(bench.pushable(5), timeout=1.0)
    bench.assert_honest(rows)
    if fault in WORKED:
        assert verdicts(rows) == [Verdict.PUSHED] * 5
    assert max(posts_per_bill(bench).values()) <= (2 if fault in RESENT else 1)


RESENT = {"session_lost", "too_many", "msg_code_13"}
"""Only these may be sent a second time: the server has said that nothing happened, and it was asked."""


def posts_per_bill(bench: Bench) -> dict[str, int]:
    counts: dict[str, int] = {}
    for post in bench.server.posts():
        if post.operation == "push":
            for bill_id in post.bill_ids:
                counts[bill_id] = counts.get(bill_id, 0) + 1
    return counts


@pytest.mark.parametrize("shape", ["convert", "save", "none"])
def test_a_draft_left_behind_is_neither_success_nor_nothing(bench: Bench, shape: str) -> None:
    bench.fault("draft_left", at=[2], entity=shape)
    rows = bench.push(bench.pushable(3), options=PushOptions(rule_id=RULE, draft_on_fail=True))
    bench.assert_honest(rows)
    assert rows[1].verdict is Verdict.DRAFTED


def test_a_proxy_that_repeats_the_request_raises_the_alarm(bench: Bench) -> None:
    bench.fault("forwarded_twice", at=[2])
    rows = bench.push(bench.pushable(3))
    bench.assert_honest(rows, twice=True)
    done = bench.executions()[rows[1].number]
    assert (rows[1].alarm, len(rows[1].targets)) == (done == 2, done)


@pytest.mark.parametrize(
    "bench",
    [{"rule_id_rewritten": True}, {"links_at_head": True}, {"short_pages": 3}, {"case_blind": True},
     {"two_orgs": True}, {"rule_columns": False}, {"no_rule_form": True}, {"no_business_info": True},
     {"ids_as_text": True}, {"link_not_filterable": True}, {"no_links": True}, {"ignore_start_row": True}],
    indirect=True,
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("fault", ["drop_after_work", "drop_before_work"])
def test_servers_differ_and_the_verdicts_do_not(bench: Bench, fault: str) -> None:
    bench.fault(fault, at=[2])
    rows = bench.push(bench.pushable(4))
    bench.assert_honest(rows)


@pytest.mark.parametrize("bench", [{"blind_forms": "STK_InStock"}], indirect=True, ids=str)
@pytest.mark.parametrize("fault", ["drop_after_work", "drop_before_work"])
def test_where_targets_cannot_be_seen_silence_is_no_failure(bench: Bench, fault: str) -> None:
    bench.fault(fault, at=[2])
    rows = bench.push(bench.pushable(4))
    bench.assert_honest(rows, open_allowed=True)
    assert rows[1].verdict in (Verdict.UNSETTLED, Verdict.PUSHED)
    again = bench.push([rows[1].number], again=True)
    if rows[1].verdict is Verdict.UNSETTLED:
        assert codes(again[0].reasons) == ["is_unsettled"], "a bill in doubt is never sent again"


def test_the_same_bill_in_two_spellings_is_pushed_once(bench: Bench) -> None:
    bench.server.turn({"case_blind": True})
    number = bench.pushable(1)[0]
    rows = bench.push([number, number.lower(), f"{number} "])
    bench.assert_honest(rows)
    assert verdicts(rows) == [Verdict.PUSHED, Verdict.SKIPPED, Verdict.SKIPPED]


def test_a_server_that_is_gone_leaves_the_rest_not_sent(bench: Bench) -> None:
    numbers = bench.pushable(6)

    class StopsServer(type(bench.observer)):  # type: ignore[misc]  # a class made of the fixture's own
        def rows_changed(self, rows: tuple[Row, ...]) -> None:
            if any(row.verdict is Verdict.SENDING and row.position == 2 for row in rows):
                bench.server.stop()

    bench.observer = StopsServer()
    rows = bench.push(numbers)
    assert verdicts(rows) == [Verdict.PUSHED] * 2 + [Verdict.NOT_SENT] * 4
    assert {code for row in rows[2:] for code in codes(row.reasons)} == {"line_down"}


def test_stop_leaves_the_rest_unsent_and_the_run_can_be_continued(bench: Bench) -> None:
    numbers = bench.pushable(8)
    control = RunControl()

    class Stops(type(bench.observer)):  # type: ignore[misc]  # as above
        def rows_changed(self, rows: tuple[Row, ...]) -> None:
            if any(row.verdict is Verdict.PUSHED and row.position == 2 for row in rows):
                control.stop()

    order = RunOrder(FORM, PushOptions(rule_id=RULE), numbers, quiet_seconds=0.5)
    info = bench.engine.runs.run(order, control, Stops())
    rows = bench.engine.journal.rows(info.run_id)
    bench.assert_honest(rows)
    assert verdicts(rows)[:3] == [Verdict.PUSHED] * 3
    assert verdicts(rows)[3:] == [Verdict.NOT_SENT] * 5
    rest = bench.engine.runs.continue_run(info.run_id, RunControl(), bench.observer)
    assert [row.number for row in bench.engine.journal.rows(rest.run_id)] == list(numbers[3:])
    assert set(bench.executions().values()) == {1}
    assert len(bench.executions()) == 8


def test_every_error_of_the_server_is_kept(bench: Bench) -> None:
    number = bench.examples()["partner_disabled"][0]
    (row,) = bench.push([number])
    assert row.verdict is Verdict.FAILED
    assert row.reasons[0].said, "the server's own words"
    assert row.checked, "a refusal is final after the read-back"


def test_the_rest_of_a_run_is_not_pushed_in_another_data_centre(bench: Bench) -> None:
    control = RunControl()
    control.stop()
    order = RunOrder(FORM, PushOptions(rule_id=RULE), bench.pushable(2))
    info = bench.engine.runs.run(order, control, bench.observer)
    assert verdicts(bench.engine.journal.rows(info.run_id)) == [Verdict.NOT_SENT] * 2
    invitation = bench.server.invitation
    other = Profile(server=invitation.url, data_centre_id="65f0a1b2c3d4f6", user=invitation.user)
    bench.engine.connection.sign_in(other, invitation.password)
    with pytest.raises(BadInput, match="other_data_centre"):
        bench.engine.runs.continue_run(info.run_id, RunControl(), bench.observer)
    assert not bench.server.posts()


def test_what_cannot_be_a_number_is_not_asked_for(bench: Bench) -> None:
    rows = bench.push(["CGDD" * 30, "CGDD\x00", bench.pushable(1)[0]])
    assert [codes(row.reasons) for row in rows[:2]] == [["damaged_number"]] * 2
    assert rows[2].verdict is Verdict.PUSHED
    bench.assert_honest(rows)
