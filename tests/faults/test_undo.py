"""Deleting what a run created: only what nobody touched, and afterwards the books are as they were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

import pytest

from kdgui.domain.bills import TargetBill
from kdgui.domain.chains import UndoItem, UndoState
from kdgui.domain.orders import PushOptions
from kdgui.domain.verdicts import Row, Verdict
from kdgui.practice.company import CENTRES
from kdgui.practice.sign_in import PASSWORD
from kdgui.pushing.flow.observer import NullObserver
from kdgui.pushing.flow.run_control import RunControl
from kdgui.store.profiles import Profile

from .axe import Axe, Killed, axed
from .conftest import QUIET, RULE, TARGET, Bench, verdicts
from .test_chains import made_by_audits

DELETABLE, DELETED = UndoState.DELETABLE, UndoState.DELETED
Books = dict[str, set[tuple[object, ...]]]


def books(bench: Bench) -> Books:
    """Everything that the server's books hold: bills, lines, quotas, links; not the counters of numbers."""
    vault = bench.server._vault
    with vault.lock:
        names = [
            name
            for (name,) in vault.connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if name.startswith("a_") and not name.endswith("_sequences")
        ]
        return {
            name: {tuple(row) for row in vault.connection.execute(f'SELECT * FROM "{name}"')}
            for name in names
        }


def unlike(before: Books, after: Books) -> dict[str, set[tuple[object, ...]]]:
    """Rows of either that the other has not."""
    return {name: before[name] ^ after[name] for name in before if before[name] != after[name]}


def delete(bench: Bench, items: Iterable[UndoItem]) -> tuple[UndoItem, ...]:
    return bench.engine.deletion.delete(tuple(items), RunControl(), NullObserver(), QUIET)


def states(items: Iterable[UndoItem]) -> list[UndoState]:
    return [item.state for item in items]


def why(item: UndoItem) -> str:
    return item.reason.code if item.reason else ""


def touch(bench: Bench, target: TargetBill, **fields: object) -> None:
    """Somebody changes a bill on the server."""
    found = bench.server._centres.get(CENTRES[0].id).books
    with found.vault.transaction():
        form = found.forms.find(target.form_id)
        assert form is not None
        (bill,) = found.bills(form, [int(target.id)])
        found.set_head(bill, **fields)


@pytest.mark.parametrize(
    ("bench", "then"),
    [({}, ""), ({}, "submit"), ({}, "audit"), ({"unaudit_to": "B"}, "audit"), ({"no_links": True}, "audit")],
    indirect=["bench"],
    ids=str,
)
def test_the_books_are_as_they_were(bench: Bench, then: str) -> None:
    before = books(bench)
    numbers = bench.numbers(4)
    rows = bench.push(numbers, then=then)
    run_id = rows[0].run_id
    plan = bench.engine.deletion.plan(run_id)
    assert set(states(plan)) == {UndoState.AUDITED if then else DELETABLE}
    assert set(states(delete(bench, plan))) == {UndoState.AUDITED if then else DELETED}
    done = delete(bench, bench.engine.deletion.plan(run_id, unaudit=True))
    assert set(states(done)) <= {DELETED}
    assert unlike(before, books(bench)) == {}
    rows = bench.engine.journal.rows(run_id)
    assert all(row.deleted and not row.targets and not row.needs_hands for row in rows)
    assert bench.engine.submit_audit.open_chains() == bench.engine.deletion.plan(run_id) == ()
    again = bench.push(numbers)
    assert verdicts(again) == [Verdict.PUSHED] * 4, "a bill whose target was deleted may be pushed again"


def test_several_sources_of_one_target(bench: Bench) -> None:
    before = books(bench)
    numbers = bench.numbers(40)
    rows = bench.push(numbers, merged=True, then="audit")
    made = {target.id for row in rows for target in row.targets}
    assert {target.status for row in rows for target in row.targets} == {"C"}
    assert len(made) < len(rows)
    done = delete(bench, bench.engine.deletion.plan(rows[0].run_id, unaudit=True))
    assert ({item.target.id for item in done}, set(states(done))) == (made, {DELETED})
    assert unlike(before, books(bench)) == {}
    assert all(row.deleted for row in bench.engine.journal.rows(rows[0].run_id))
    assert set(verdicts(bench.push(numbers, merged=True))) == {Verdict.PUSHED}


@pytest.mark.parametrize(
    "fault",
    ["drop_after_work", "timeouts", "session_lost_with_entity", "forbidden_answer", "failed_after_save",
     "late_commit", "drop_before_work", "session_lost"],
)  # fmt: skip
def test_one_fault_at_each_step(bench: Bench, fault: str) -> None:
    before = books(bench)
    rows = bench.push(bench.numbers(3), then="audit")
    settings = {"seconds": 0.1} if fault == "late_commit" else {}
    bench.fault(f"unaudit:{fault}", at=[1], **settings)
    bench.fault(f"delete:{fault}", at=[2], **settings)
    done = delete(bench, bench.engine.deletion.plan(rows[0].run_id, unaudit=True))
    assert states(done) == [DELETED] * 3, [why(item) for item in done]
    assert unlike(before, books(bench)) == {}
    done_times = Counter(entry.operation for entry in bench.server.ledger())
    assert (done_times["unaudit"], done_times["delete"]) == (3, 3)


@pytest.mark.parametrize("border", [2, 12, 22, 32, 42])
def test_the_power_cut_at_any_border(bench: Bench, border: int) -> None:
    before = books(bench)
    rows = bench.push(bench.numbers(2), then="audit")
    run_id = rows[0].run_id
    plan = bench.engine.deletion.plan(run_id, unaudit=True)
    with axed(Axe(border)), pytest.raises(Killed):
        delete(bench, plan)
    bench.open()
    bench.settle()
    assert not bench.engine.journal.chains.runs_with_open_steps(("unaudit", "cancel", "delete"))
    done = delete(bench, bench.engine.deletion.plan(run_id, unaudit=True))
    assert set(states(done)) <= {DELETED}
    assert unlike(before, books(bench)) == {}
    assert all(row.deleted for row in bench.engine.journal.rows(run_id))


def no_deletes(bench: Bench) -> bool:
    return not any(post.operation in ("delete", "unaudit") for post in bench.server.posts())


CHANGES: dict[str, tuple[Callable[[Bench, Row], None], UndoState, str]] = {
    "changed": (
        lambda bench, row: touch(bench, row.targets[0], FModifyDate="2099-01-01T00:00:00"),
        UndoState.TOUCHED,
        "changed_since",
    ),
    "another's": (
        lambda bench, row: touch(bench, row.targets[0], FCreatorId=999),
        UndoState.NOT_OURS,
        "not_ours",
    ),
    "approved by another": (
        lambda bench, row: touch(bench, row.targets[0], FDocumentStatus="C", FApproverId=999),
        UndoState.TOUCHED,
        "approved_by_other",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("when", ["before the plan", "after the plan"])
def test_what_somebody_touched_is_left_alone(bench: Bench, change: str, when: str) -> None:
    act, state, code = CHANGES[change]
    row, other = bench.push(bench.numbers(2))
    plan = bench.engine.deletion.plan(row.run_id, unaudit=True)
    act(bench, row)
    if when == "before the plan":
        plan = bench.engine.deletion.plan(row.run_id, unaudit=True)
        assert states(plan) == [state, DELETABLE]
    done = delete(bench, plan)
    assert (states(done), why(done[0])) == ([state, DELETED], code)
    left, gone = bench.engine.journal.rows(row.run_id)
    assert (left.verdict, left.targets) == (Verdict.PUSHED, row.targets)
    assert (gone.deleted, other.targets[0].number in str(gone.reasons)) == (True, True)


@pytest.mark.parametrize("bench", [{"audit_creates": True}], indirect=True, ids=str)
def test_what_was_pushed_on_is_left_alone(bench: Bench) -> None:
    (row,) = bench.push(bench.numbers(1), then="audit")
    (item,) = bench.engine.deletion.plan(row.run_id, unaudit=True)
    made = made_by_audits(bench)
    assert (item.state, why(item)) == (UndoState.TOUCHED, "pushed_on")
    assert item.reason is not None
    assert made[0].number in dict(item.reason.values)["number"]
    delete(bench, (item,))
    assert no_deletes(bench)


def test_a_draft_is_deleted_and_one_completed_since_is_not(bench: Bench) -> None:
    bench.fault("draft_left", at=[1, 2], entity="convert")
    first, second = bench.push(bench.numbers(2), options=PushOptions(rule_id=RULE, draft_on_fail=True))
    touch(bench, second.targets[0], FDocumentStatus="A", FBillNo="CGRK-COMPLETED")
    done = delete(bench, bench.engine.deletion.plan(first.run_id))
    assert states(done) == [DELETED, UndoState.TOUCHED]


def test_what_is_gone_already_is_told(bench: Bench) -> None:
    row, other = bench.push(bench.numbers(2))
    with bench.engine.connection.own_connection() as line:
        line.session.delete(TARGET, [row.targets[0].id])
    assert states(bench.engine.deletion.plan(row.run_id)) == [UndoState.GONE, DELETABLE]
    bench.server.turn({"blind_forms": TARGET})
    assert states(bench.engine.deletion.plan(row.run_id)) == [UndoState.UNSETTLED] * 2, "not seen is not gone"
    assert other.targets


def test_a_refusal_is_kept_and_the_next_is_deleted(bench: Bench) -> None:
    rows = bench.push(bench.numbers(3))
    bench.fault("delete:refused_without_code", at=[2])
    done = delete(bench, bench.engine.deletion.plan(rows[0].run_id))
    assert states(done) == [DELETED, UndoState.REFUSED, DELETED]
    assert [row.deleted for row in bench.engine.journal.rows(rows[0].run_id)] == [True, False, True]


def test_another_user_deletes_nothing(bench: Bench) -> None:
    (row,) = bench.push(bench.numbers(1))
    invitation = bench.server.invitation
    place = Profile(server=invitation.url, data_centre_id=invitation.data_centre, user="buyer")
    bench.engine.connection.sign_in(place, PASSWORD)
    (item,) = bench.engine.deletion.plan(row.run_id)
    assert (item.state, why(item)) == (UndoState.NOT_OURS, "other_user")
    delete(bench, (item,))
    assert no_deletes(bench)
