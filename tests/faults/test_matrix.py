"""Fault by fault, wherever it strikes in a list, with a clerk and without: verdicts are the ledger's."""

from __future__ import annotations

from typing import Any

import pytest

from kdgui.domain.verdicts import Verdict

from .conftest import Bench, verdicts

PUSHED, FAILED = Verdict.PUSHED, Verdict.FAILED

MATRIX: dict[str, tuple[dict[str, Any], Verdict, int]] = {
    # fault: settings, the verdict of the bill that it strikes, and how often that bill may be sent
    "drop_before_work": ({}, FAILED, 1),
    "drop_before_work, reset": ({"reset": True}, FAILED, 1),
    "drop_after_work": ({}, PUSHED, 1),
    "drop_after_work, reset": ({"reset": True}, PUSHED, 1),
    "timeouts": ({}, PUSHED, 1),
    "timeouts, idle": ({"work": False}, FAILED, 1),
    "truncated": ({}, PUSHED, 1),
    "bad_gzip": ({}, PUSHED, 1),
    "html_200": ({}, PUSHED, 1),
    "html_200, idle": ({"work": False}, FAILED, 1),
    "empty_200": ({}, PUSHED, 1),
    "http_500": ({}, PUSHED, 1),
    "http_500, idle": ({"work": False}, FAILED, 1),
    "http_502_after_work": ({}, PUSHED, 1),
    "http_503_before_work": ({}, FAILED, 1),
    "http_status, 519": ({"code": 519}, PUSHED, 1),
    "http_status, 408": ({"code": 408}, PUSHED, 1),
    "http_status, 206": ({"code": 206}, PUSHED, 1),
    "http_status, 304": ({"code": 304}, PUSHED, 1),
    "http_status, 405 after work": ({"code": 405}, PUSHED, 1),
    "http_status, 413, idle": ({"code": 413, "work": False}, PUSHED, 2),
    "session_lost": ({}, PUSHED, 2),
    "session_lost_with_entity": ({}, PUSHED, 1),
    "response_error": ({}, FAILED, 1),
    "response_error, worked": ({"work": True}, PUSHED, 1),
    "order_swapped": ({}, PUSHED, 1),
    "late_commit": ({"seconds": 0.1}, PUSHED, 1),
    "late_commit, 504": ({"seconds": 0.1, "answer": "504"}, PUSHED, 1),
    "redirect_after_work": ({}, PUSHED, 1),
    "redirect_after_work, idle": ({"work": False}, PUSHED, 2),
    "forbidden_answer": ({}, PUSHED, 1),
    "forbidden_answer, idle": ({"work": False}, PUSHED, 2),
    "too_many": ({"seconds": 0}, PUSHED, 2),
    "failed_after_save": ({}, PUSHED, 1),
    "failed_after_save, 6": ({"code": 6}, PUSHED, 1),
    "msg_code_2": ({}, FAILED, 1),
    "msg_code_4": ({}, FAILED, 1),
    "msg_code_6": ({}, FAILED, 1),
    "msg_code_7": ({}, FAILED, 1),
    "msg_code_13": ({}, PUSHED, 2),
    "msg_code_14": ({}, FAILED, 1),
    "msg_code_15": ({}, FAILED, 1),
    "refused_without_code": ({}, FAILED, 1),
    "success_without_entity": ({}, PUSHED, 1),
}


@pytest.mark.parametrize("fault", MATRIX)
@pytest.mark.parametrize(
    ("bench", "positions"),
    [({"attended": False}, (0, 3)), ({"attended": True}, (1,))],
    indirect=["bench"],
    ids=["first and last", "middle, attended"],
)
def test_one_fault_in_a_list(bench: Bench, fault: str, positions: tuple[int, ...]) -> None:
    settings, verdict, posts = MATRIX[fault]
    strikes = [position + 1 for position in positions]  # what may go again goes at the end of the run
    bench.fault(fault.partition(",")[0], at=strikes, **settings)

    rows = bench.push(bench.numbers(positions[-1] + 1 + len(positions) % 2), quiet_seconds=0.2)

    bench.assert_honest(rows)
    expected = [verdict if row.position in positions else PUSHED for row in rows]
    assert verdicts(rows) == expected
    sent = bench.posts()
    allowed = {row.bill_id: posts if row.position in positions else 1 for row in rows}
    # A POST that a forgotten session brought is nobody's: the server does not know which bill it means.
    assert all(times <= allowed.get(bill_id, len(positions)) for bill_id, times in sent.items()), sent


@pytest.mark.parametrize("fault", MATRIX)
@pytest.mark.parametrize("how", [{"merged": True, "block": 4}, {"parallel": 3}], ids=["merged", "parallel"])
def test_one_fault_with_company(bench: Bench, fault: str, how: dict[str, Any]) -> None:
    settings, verdict, posts = MATRIX[fault]
    bench.fault(fault.partition(",")[0], at=[2], **settings)

    rows = bench.push(bench.numbers(8), quiet_seconds=0.2, **how)

    bench.assert_honest(rows)
    struck = [row for row in rows if row.verdict is not PUSHED]
    if verdict is PUSHED:
        assert not struck
    else:  # a merged block that was refused for good is pushed in parts; one whose answer never came is not
        assert len(struck) <= (4 if "merged" in how else 1)
    sent = bench.posts()
    halves = 6 if "merged" in how else posts
    assert all(times <= halves for bill_id, times in sent.items() if bill_id != "nobody"), sent


ALWAYS = (
    "drop_before_work", "drop_after_work", "timeouts", "http_502_after_work", "response_error",
    "session_lost", "forbidden_answer", "too_many", "msg_code_2",
)  # fmt: skip


@pytest.mark.parametrize("fault", ALWAYS)
def test_a_fault_that_strikes_every_time_does_not_burn_through_the_list(bench: Bench, fault: str) -> None:
    bench.fault(fault, probability=1, seconds=0)

    rows = bench.push(bench.numbers(9), timeout=0.2, quiet_seconds=0.2)

    bench.assert_honest(rows)
    worked = {row.number for row in rows if row.verdict is PUSHED}
    assert worked == {row.number for row in rows if bench.made(row.number)}
    if not worked:
        assert Verdict.NOT_SENT in verdicts(rows)
        assert sum(bench.posts().values()) <= 6, "three pauses, two unknown endings each"


@pytest.mark.parametrize("strikes", [2, 5, 11])
@pytest.mark.parametrize(
    "fault",
    ["drop_before_work", "truncated", "http_500", "session_lost", "msg_code_14", "msg_code_4", "html_200"],
)
def test_a_question_that_fails_is_asked_again_or_the_block_is_not_sent(
    bench: Bench, fault: str, strikes: int
) -> None:
    already = bench.numbers(1, "linked")
    bench.fault(f"query:{fault}", at=[strikes])

    rows = bench.push([*already, *bench.numbers(3)])

    bench.assert_honest(rows)
    assert rows[0].verdict in (Verdict.SKIPPED, Verdict.NOT_SENT), (
        "a guard that failed is no guard that found nothing"
    )
