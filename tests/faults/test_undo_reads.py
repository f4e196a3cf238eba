"""What looking for bills pushed on costs, counted at the server; and that what is saved never hides one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kdgui.domain.chains import UndoItem, UndoState
from kdgui.domain.errors import ConnectionTrouble
from kdgui.domain.rules import Rule
from kdgui.domain.verdicts import Row
from kdgui.k3cloud.session import Session
from kdgui.practice.books import Bill
from kdgui.practice.company import BUYER_ID
from kdgui.practice.push import PushCall
from kdgui.practice.server import PracticeServer
from kdgui.practice.wire import Reply, Request
from kdgui.pushing.flow.observer import NullObserver
from kdgui.pushing.flow.run_control import RunControl
from kdgui.pushing.lifecycle import deletion_check as remains
from kdgui.store.catalogue import read_catalogue_file
from kdgui.store.paths import Paths

from .conftest import QUIET, TARGET, Bench

RETURNS = "PUR_MRB"
UNUSED = 30


def with_many_rules() -> dict[str, Any]:
    """A catalogue by which this server has thirty more rules, to forms that nobody ever used."""
    catalogue: dict[str, Any] = dict(read_catalogue_file())
    forms = [form["form_id"] for form in catalogue["forms"] if form["form_id"].startswith(("PRD_", "SUB_"))]
    usual = {"name_zh": "至", "source_form": TARGET, "standard": True}
    rules = [{**usual, "rule_id": f"IN-{form}", "target_form": form} for form in forms[:UNUSED]]
    assert len(rules) == UNUSED
    return {**catalogue, "rules": [*catalogue["rules"], *rules]}


@pytest.fixture(params=[False, True], ids=["described", "undescribed"])
def wide(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Bench]:
    """A bench whose server has many rules; without QueryBusinessInfo as well."""
    server = PracticeServer(with_many_rules(), no_business_info=request.param)
    server.start()
    bench = Bench(server, Paths(tmp_path / "home"))
    try:
        bench.open()
        yield bench
    finally:
        bench.resources.close()
        server.stop()


@contextmanager
def reads(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every question that arrives at the server, by the form that it asks."""
    found: list[str] = []
    services = bench.server._services
    real: Callable[[Request], Reply] = services.answer

    def answer(request: Request) -> Reply:
        if "ExecuteBillQuery" in request.path or "QueryBusinessInfo" in request.path:
            found.append(request.body.decode())
        return real(request)

    with monkeypatch.context() as patch:
        patch.setattr(services, "answer", answer)
        yield found


def plan(bench: Bench, row: Row) -> tuple[UndoItem, ...]:
    return bench.engine.deletion.plan(row.run_id, unaudit=True)


def told(item: UndoItem) -> tuple[UndoState, str, str]:
    """State, reason, and what the reason names."""
    values = dict(item.reason.values) if item.reason else {}
    code = item.reason.code if item.reason else ""
    return item.state, code, values.get("forms") or values.get("number") or ""


def push_on(bench: Bench, row: Row) -> str:
    """A colleague pushes the target of this row on; the number of what it became."""
    return push_target_on(bench, row.targets[0].id)


def push_target_on(bench: Bench, target_id: str) -> str:
    centre = bench.server._centres.numbered("001")
    with centre.books.vault.transaction():
        call = PushCall(TARGET, ids=(target_id,), rule_id="STK_InStock-PUR_MRB")
        (made,) = centre.pusher.carry_out(centre.pusher.plan(call, BUYER_ID))
    return made.number


def test_a_form_is_learnt_once_and_asked_about_all_bills_together(
    wide: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    few, many = wide.numbers(44)[:4], wide.numbers(44)[4:]
    first, second = wide.push(few)[0], wide.push(many)[0]
    with reads(wide, monkeypatch) as learning:
        assert len(plan(wide, first)) == 4
    assert len(learning) <= 64
    wide.open()
    with reads(wide, monkeypatch) as later:
        assert len(plan(wide, second)) == 40
    assert len(later) <= UNUSED + 9, "one question for each form, and none for each bill"
    with reads(wide, monkeypatch) as deleting:
        done = wide.engine.deletion.delete(plan(wide, second), RunControl(), NullObserver(), QUIET)
    assert {item.state for item in done} == {UndoState.DELETED}
    assert len(deleting) - len(later) <= UNUSED + 20


def test_on_the_practice_account_a_later_look_takes_a_handful(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = bench.push(bench.numbers(4))[0]
    with reads(bench, monkeypatch) as learning:
        plan(bench, row)
    bench.open()
    with reads(bench, monkeypatch) as later:
        plan(bench, row)
    assert (len(learning) <= 22, len(later) <= 7) == (True, True), (len(learning), len(later))


def test_what_was_looked_for_in_vain_is_still_found(bench: Bench) -> None:
    make_a_bill(bench)
    row, other = bench.push(bench.numbers(2), then="audit")
    assert [told(item)[2] for item in plan(bench, row)] == [RETURNS] * 2, "no return was ever pushed here"
    assert bench.engine.journal.recall("in_vain", vain_key(bench))
    number = push_on(bench, row)
    pushed_on = (UndoState.TOUCHED, "pushed_on", number)
    unproven = (UndoState.DELETABLE, "downstream_unknown", RETURNS)
    assert [told(item) for item in plan(bench, row)] == [pushed_on, unproven]
    proven = (UndoState.DELETABLE, "", "")
    assert [told(item) for item in plan(bench, row)] == [pushed_on, proven], (
        "now there is one to compare with"
    )
    assert other.targets


def vain_key(bench: Bench) -> str:
    return f"{bench.engine._context.memory_key()}|{TARGET.casefold()}|{RETURNS.casefold()}"


def test_a_search_in_vain_is_repeated_after_a_week(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    (row,) = bench.push(bench.numbers(1))

    def questions() -> int:
        with reads(bench, monkeypatch) as asked:
            plan(bench, row)
        return sum(RETURNS in question for question in asked)

    def grow_old(days: float) -> None:
        text = bench.engine.journal.recall("in_vain", vain_key(bench)) or ""
        at = text.rpartition('"at":"')[2].rstrip('"}')
        then = datetime.now(UTC) - timedelta(days=days)
        bench.engine.journal.remember("in_vain", vain_key(bench), text.replace(at, then.isoformat()))

    assert questions() == 1, "a form that shows no bill at all shows no link either"
    make_a_bill(bench)
    learning = questions()
    assert learning > questions() > 0
    grow_old(6.9)
    assert questions() < learning
    grow_old(7.1)
    assert questions() >= learning - 3, "what columns it has is known for good"
    grow_old(-1)
    assert questions() >= learning - 3, "a clock that was set back"


def make_a_bill(bench: Bench) -> None:
    """A return that nobody pushed."""
    books = bench.server._centres.numbered("001").books
    with books.vault.transaction():
        form = books.forms.get(RETURNS)
        books.add(Bill(form, {"FBillNo": "CGTL-BY-HAND", "FDocumentStatus": "A"}))


@pytest.mark.parametrize("bench", [{"refused_forms": RETURNS}], indirect=True, ids=str)
def test_what_cannot_be_asked_cannot_be_told_and_is_asked_again(bench: Bench) -> None:
    (row,) = bench.push(bench.numbers(1), then="audit")
    bench.server.turn({"refused_forms": ""})
    number = push_on(bench, row)
    bench.server.turn({"refused_forms": RETURNS})
    assert told(*plan(bench, row)) == (UndoState.DELETABLE, "downstream_unknown", RETURNS)
    bench.server.turn({"refused_forms": ""})
    assert told(*plan(bench, row)) == (UndoState.TOUCHED, "pushed_on", number)


def test_columns_that_went_are_looked_for_again(bench: Bench) -> None:
    (row,) = bench.push(bench.numbers(1), then="audit")
    number = push_on(bench, row)
    assert told(*plan(bench, row)) == (UndoState.TOUCHED, "pushed_on", number)
    bench.server.turn({"no_links": True})
    assert told(*plan(bench, row)) == (UndoState.TOUCHED, "pushed_on", number), "by number now"


def test_rules_that_could_not_be_asked_for_are_not_taken_from_the_catalogue(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    (row,) = bench.push(bench.numbers(1))

    def cut(session: Session) -> tuple[Rule, ...]:
        raise ConnectionTrouble("reset")

    monkeypatch.setattr(Session, "convert_rules", cut)
    with pytest.raises(ConnectionTrouble):
        plan(bench, row)


class PushesOn(NullObserver):
    """Somebody pushes the last bill on while the first one is being deleted."""

    def __init__(self, act: Callable[[], object]) -> None:
        self._act: list[Callable[[], object]] = [act]

    def item_changed(self, items: tuple[UndoItem, ...]) -> None:
        while self._act:
            self._act.pop()()


@pytest.mark.parametrize("lately", [0.0, remains.LATELY_SECONDS])
def test_what_was_pushed_on_is_asked_again_where_that_was_a_while_ago(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, lately: float
) -> None:
    monkeypatch.setattr(remains, "LATELY_SECONDS", lately)
    rows = bench.push(bench.numbers(21), then="audit")
    items = plan(bench, rows[0])
    last = items[-1].target

    done = bench.engine.deletion.delete(
        items, RunControl(), PushesOn(lambda: push_target_on(bench, last.id)), QUIET
    )
    state, code, _ = told(done[-1])
    if lately:
        assert state is UndoState.REFUSED, "Kingdee refuses what was pushed on since we asked"
    else:
        assert (state, code) == (UndoState.TOUCHED, "pushed_on")
    assert {item.state for item in done[:-1]} == {UndoState.DELETED}
