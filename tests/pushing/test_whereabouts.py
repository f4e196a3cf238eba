"""What became of a bill, as Kingdee holds it now: sources, targets of whoever, targets that are gone."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from kdgui.domain.errors import BadInput
from kdgui.pushing.inspect.bill_trace import MOST_SOURCES, BillStatus, PushPath
from tests.pushing.conftest import FORM, RULE, Bench

WAY = PushPath(FORM, RULE, "STK_InStock")


def ask(bench: Bench, number: str, otherwise: PushPath | None = None) -> Sequence[BillStatus]:
    found = bench.engine.journal.find_number(number).found
    return bench.engine.bill_tracker.ask(number, found, otherwise)


def test_a_bill_and_its_targets_by_either_number(bench: Bench) -> None:
    number, other = bench.pushable(2)
    row, _ = bench.push([number, other])
    before = len(bench.server.ledger())
    (standing,) = ask(bench, number)

    assert (standing.way, standing.number, standing.bill_id) == (WAY, number, row.bill_id)
    assert (standing.status, standing.trouble) == ("C", None)
    assert standing.certain
    assert [(target.id, target.status) for target in standing.targets] == [(row.targets[0].id, "A")]
    assert ask(bench, row.targets[0].number)[0].targets == standing.targets
    assert len(bench.server.ledger()) == before, "nothing was written"


def test_a_target_that_was_deleted_is_told(bench: Bench) -> None:
    (row,) = bench.push(bench.pushable(1))
    with bench.engine.connection.own_connection() as line:
        line.session.delete("STK_InStock", [row.targets[0].id])
    (standing,) = ask(bench, row.number)

    assert standing.targets == ()
    assert standing.gone == row.targets


def test_a_bill_that_no_run_knows_is_looked_for_on_the_chosen_form(bench: Bench) -> None:
    linked = bench.examples()["linked"][0]
    (standing,) = ask(bench, linked, WAY)

    assert standing.targets, "somebody else pushed it"
    assert ask(bench, linked) == ()
    (nothing,) = ask(bench, "没有这张单", WAY)
    assert (nothing.bill_id, nothing.targets, nothing.trouble) == ("", (), None)
    closed = bench.examples()["closed"][0]
    assert ask(bench, closed, WAY)[0].shut == ("closed",)


@pytest.mark.parametrize("bench", [{"blind_reader": True}], indirect=True)
def test_who_may_not_see_is_not_told_that_there_is_nothing(bench: Bench) -> None:
    (standing,) = ask(bench, bench.pushable(1)[0], WAY)
    assert not standing.certain


def test_other_data_centres_are_not_asked_and_many_sources_are_cut(bench: Bench) -> None:
    (row,) = bench.push(bench.pushable(1))
    hits = bench.engine.journal.find_number(row.number).found
    bench.engine.connection.sign_out()
    with pytest.raises(BadInput, match="not_signed_in"):
        bench.engine.bill_tracker.ask(row.number, hits)


def test_no_more_bills_are_asked_about_than_anybody_reads(bench: Bench) -> None:
    bench.push(bench.pushable(MOST_SOURCES + 2))
    found = bench.engine.journal.find_number("C").found
    assert len(found) > MOST_SOURCES
    assert len(bench.engine.bill_tracker.ask("C", found)) == MOST_SOURCES
