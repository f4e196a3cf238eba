"""Submit and audit after a push: each chain ends whole or is listed, whatever the line does; none twice."""

from __future__ import annotations

from collections import Counter

import pytest

from kdgui.domain.chains import Chain, ChainState
from kdgui.domain.orders import PushOptions, RunOrder
from kdgui.domain.verdicts import Row, Verdict
from kdgui.practice.ledger import BillRef
from kdgui.pushing.flow.observer import NullObserver
from kdgui.pushing.flow.run_control import RunControl

from .axe import Axe, Killed, axed
from .conftest import FORM, QUIET, RULE, TARGET, Bench, Clerk, codes

WORKED = ("drop_after_work", "timeouts", "html_200", "http_502_after_work", "session_lost_with_entity",
          "redirect_after_work", "failed_after_save", "success_without_entity", "late_commit")  # fmt: skip
NOT_WORKED = ("drop_before_work", "session_lost", "response_error", "too_many")
REFUSED = ("refused_without_code", "msg_code_4", "msg_code_13", "msg_code_2")


class Chained(Clerk):
    """Remembers what was told of chains."""

    def __init__(self) -> None:
        super().__init__(RunControl())
        self.chains: list[Chain] = []

    def chain_changed(self, chains: tuple[Chain, ...]) -> None:
        self.chains += chains


def done_times(bench: Bench, operation: str) -> Counter[str]:
    """How often the server really did this, by target id."""
    return Counter(
        source.id
        for entry in bench.server.ledger()
        if entry.operation == operation
        for source in entry.sources
    )


def made_by_audits(bench: Bench) -> list[BillRef]:
    """The bills that audits made by themselves."""
    return [
        target for entry in bench.server.ledger() if entry.operation == "audit" for target in entry.targets
    ]


def posts(bench: Bench, operation: str) -> list[str]:
    """The targets asked for in each POST, in order."""
    return [",".join(post.ids) for post in bench.server.posts() if post.operation == operation]


def statuses(bench: Bench) -> dict[str, str]:
    """What the server holds, by target id."""
    with bench.engine.connection.own_connection() as line:
        rows = line.session.query_all(TARGET, ("FID", "FDocumentStatus"), order="FID ASC")
    return {str(bill_id): str(status) for bill_id, status in rows}


def assert_told(bench: Bench, rows: tuple[Row, ...], *, whole: bool) -> None:
    """Rows, chains and server agree; what is not whole is listed; nothing was audited twice."""
    held = statuses(bench)
    chains = {chain.target.id: chain for chain in bench.engine.submit_audit.chains(rows[0].run_id)}
    listed = {chain.target.id for chain in bench.engine.submit_audit.open_chains()}
    assert set(done_times(bench, "audit").values()) <= {1}
    for row in rows:
        assert row.verdict is Verdict.PUSHED
        for target in row.targets:
            chain = chains[target.id]
            where = f"{row.number} {chain.state} {codes(chain.reasons)}, held {held[target.id]}"
            assert (chain.state is ChainState.DONE) == (held[target.id] == "C" == target.status), where
            assert (target.id in listed) == row.half_done == (not chain.state.over), where
            if whole:
                assert chain.state is ChainState.DONE, where
    assert not whole or not listed


def test_submit_and_audit_follow_the_push(bench: Bench) -> None:
    clerk = Chained()
    rows = bench.push(bench.numbers(5), then="audit", clerk=clerk)
    assert_told(bench, rows, whole=True)
    assert len(set(posts(bench, "submit"))) == len(posts(bench, "submit")) == 5
    told = [chain.state for chain in clerk.chains if chain.position == 0]
    assert told == [ChainState.SENDING, ChainState.SENDING, ChainState.DONE]
    row, *_ = bench.push(bench.numbers(6)[5:], then="submit")
    assert [target.status for target in row.targets] == ["B"]
    assert not row.half_done


@pytest.mark.parametrize("fault", [*WORKED, *NOT_WORKED])
def test_one_fault_at_each_step(bench: Bench, fault: str) -> None:
    settings = {"seconds": 0.1} if fault == "late_commit" else {}
    bench.fault(f"submit:{fault}", at=[2], **settings)
    bench.fault(f"audit:{fault}", at=[3], **settings)
    rows = bench.push(bench.numbers(3), then="audit")
    assert_told(bench, rows, whole=True)
    # After a session is lost the next request comes back undone, too: it says so, and is sent again.
    most = 1 if fault in WORKED and "session" not in fault else 2
    assert all(max(Counter(posts(bench, step)).values()) <= most for step in ("submit", "audit"))


@pytest.mark.parametrize("fault", REFUSED)
def test_a_refusal_is_kept_verbatim_and_the_next_chain_goes_on(bench: Bench, fault: str) -> None:
    bench.fault(f"audit:{fault}", at=[2])
    rows = bench.push(bench.numbers(3), then="audit")
    assert_told(bench, rows, whole=fault == "msg_code_13")
    if fault == "msg_code_13":  # somebody had it open: it was tried once more
        return
    assert [row.half_done for row in rows] == [False, True, False]
    (half,) = bench.engine.submit_audit.open_chains()
    assert half.target.status == "B"
    assert half.reasons[0].code in ("server_said", "refused_silently")
    assert set(half.reasons) < set(rows[1].notes)
    bench.settle()
    assert_told(bench, bench.engine.journal.rows(rows[0].run_id), whole=True)


@pytest.mark.parametrize("work", [True, False])
def test_the_line_cut_at_every_step_of_many_bills(bench: Bench, work: bool) -> None:
    """Every third request is swallowed, before its work or after it."""
    for step in ("submit", "audit"):
        bench.fault(f"{step}:drop_after_work", at=[*range(1, 200, 3)], work=work)
    rows = bench.push(bench.numbers(40), then="audit")
    assert_told(bench, rows, whole=False)
    for _ in range(3):  # each goes on until the line has broken too often in a row
        bench.settle()
    assert_told(bench, bench.engine.journal.rows(rows[0].run_id), whole=True)


def test_a_line_that_stays_down_lists_the_rest(bench: Bench) -> None:
    bench.fault("submit:drop_before_work", probability=1)
    rows = bench.push(bench.numbers(4), then="audit")
    assert_told(bench, rows, whole=False)
    assert len(bench.engine.submit_audit.open_chains()) == 4
    bench.fault("submit:drop_before_work", probability=0)
    bench.open()
    assert len(bench.engine.submit_audit.open_chains()) == 4, "listed after a restart too"
    bench.settle()
    assert_told(bench, bench.engine.journal.rows(rows[0].run_id), whole=True)


@pytest.mark.parametrize("border", [1, 12, 23, 34, 45, 52, 58])
def test_the_power_cut_at_any_border(bench: Bench, border: int) -> None:
    """Two bills; counted from the end of their push: each use of journal or server may be the last."""
    order = RunOrder(
        FORM, PushOptions(rule_id=RULE), bench.numbers(2), then="audit", quiet_seconds=QUIET, timeout=0.5
    )
    axe = Axe(-1)
    clerk = bench.new_clerk()

    def when_told(row: Row) -> None:
        if axe.left < 0 and row.half_done:  # what follows the push begins
            axe.left = border

    clerk.when_told = when_told
    with axed(axe), pytest.raises(Killed):
        bench.engine.runs.run(order, clerk.control, clerk)
    bench.open()
    held = statuses(bench)
    ours = [target.id for row in bench.engine.journal.rows(clerk.run_id) for target in row.targets]
    assert bench.engine.submit_audit.open_chains() or {held[each] for each in ours} == {"C"}
    bench.settle()
    assert_told(bench, bench.engine.journal.rows(clerk.run_id), whole=True)


@pytest.mark.parametrize("bench", [{"attended": True}], indirect=True, ids=str)
def test_settling_waits_for_no_clerk(bench: Bench) -> None:
    """It asked her to resume, where nobody was listening: it hung."""
    rows = bench.push(bench.numbers(2))
    bench.engine.journal.chains.wish(rows[0].run_id, "submit")
    bench.fault("submit:drop_before_work", probability=1)
    bench.settle()
    assert len(bench.engine.submit_audit.open_chains()) == 2


def test_what_somebody_did_meanwhile_is_success(bench: Bench) -> None:
    rows = bench.push(bench.numbers(3))
    ids = [row.targets[0].id for row in rows]
    with bench.engine.connection.own_connection() as line:
        line.session.submit(TARGET, ids[:2])
        line.session.audit(TARGET, ids[:1])
    bench.engine.submit_audit.carry_on(rows[0].run_id, "audit", RunControl(), NullObserver())
    assert_told(bench, bench.engine.journal.rows(rows[0].run_id), whole=True)
    assert (ids[0] in posts(bench, "audit"), posts(bench, "submit").count(ids[1])) == (True, 0)


def test_a_draft_and_an_alarm_are_left_to_the_clerk(bench: Bench) -> None:
    bench.fault("draft_left", at=[1], entity="convert")
    bench.fault("forwarded_twice", at=[2])
    drafted, doubled, good = bench.push(bench.numbers(3), then="audit")
    assert drafted.verdict is Verdict.DRAFTED
    assert "draft_not_submitted" in codes(drafted.notes)
    assert doubled.alarm
    assert "alarm_first" in codes(doubled.notes)
    assert [target.status for target in good.targets] == ["C"]
    assert {drafted.targets[0].id, *(target.id for target in doubled.targets)}.isdisjoint(
        done_times(bench, "submit")
    )


@pytest.mark.parametrize("bench", [{"audit_creates": True}], indirect=True, ids=str)
def test_what_the_audit_creates_is_told_and_is_no_target(bench: Bench) -> None:
    (row,) = bench.push(bench.numbers(1), then="audit")
    (chain,) = bench.engine.submit_audit.chains(row.run_id)
    made = made_by_audits(bench)
    assert [target.number in text for target, text in zip(made, chain.made, strict=True)] == [True]
    assert "audit_made" in codes(row.notes)
    assert [target.form_id for target in row.targets] == [TARGET]


def test_a_chain_is_closed_by_hand_and_stays_closed(bench: Bench) -> None:
    bench.fault("audit:refused_without_code", probability=1)
    (row,) = bench.push(bench.numbers(1), then="audit")
    (chain,) = bench.engine.submit_audit.open_chains()
    closed = bench.engine.submit_audit.close(chain, "金额不对，另行处理")
    assert closed.state is ChainState.CLOSED
    assert dict(closed.reasons[0].values)["why"] == "金额不对，另行处理"
    bench.fault("audit:refused_without_code", probability=0)
    bench.settle()
    assert bench.engine.submit_audit.open_chains() == ()
    (row,) = bench.engine.journal.rows(row.run_id)
    assert (row.half_done, row.targets[0].status) == (False, "B")
    assert "chain_closed" in codes(row.notes)


def test_a_target_found_late_gets_its_chain(bench: Bench) -> None:
    """The push is in doubt when its run ends; what it made is submitted once it is found."""
    bench.fault("late_commit", at=[1], seconds=QUIET * 3)
    (row,) = bench.push(bench.numbers(1), then="submit")
    assert row.verdict is Verdict.FAILED
    assert row.presumed
    while not bench.made(row.number):
        RunControl().wait(0.02)
    bench.settle()
    (row,) = bench.engine.journal.rows(row.run_id)
    assert [target.status for target in row.targets] == ["B"]
