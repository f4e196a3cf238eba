"""Claims in the journal: two programs on one data folder never hold one bill at the same time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kdgui.domain.claims import BillKey, Claim
from kdgui.domain.endings import Ending, EndingKind
from kdgui.domain.errors import BadInput, JournalTrouble
from kdgui.domain.orders import RunOrder
from kdgui.domain.verdicts import Row, Verdict
from kdgui.store.journal.journal import Journal
from kdgui.store.journal.records import Intent, RunHeader

RUNNING: set[str] = set()


class Program:
    """One of several programs; those in RUNNING run."""

    def __init__(self, name: str) -> None:
        self.id = name

    def is_running(self, instance_id: str) -> bool:
        return instance_id in RUNNING


@pytest.fixture
def two(path: Path) -> Iterator[tuple[Journal, Journal]]:
    RUNNING.clear()
    RUNNING.update(("one", "two"))
    one = Journal.open(path, program=Program("one"))
    other = Journal.open(path, repair=False, upgrade=False, program=Program("two"))
    yield one, other
    one.close()
    other.close()


def key(bill_id: str = "101", target: str = "STK_InStock") -> BillKey:
    return BillKey("20260101a0b1c2", "PUR_PurchaseOrder", bill_id, target)


def started(journal: Journal, order: RunOrder, header: RunHeader) -> Row:
    _, rows = journal.start_run(order, header)
    return replace(rows[0], bill_id="101")


def claim(row: Row, wanted: BillKey | None = None) -> Claim:
    return Claim(wanted or key(), row.run_id, row.position, row.number)


def take(journal: Journal, row: Row, *wanted: BillKey):  # type: ignore[no-untyped-def]  # ClaimResult
    keys = wanted or (key(),)
    looked = journal.claims.look(keys, row.run_id)
    return journal.claims.take([claim(row, one) for one in keys], looked, row.run_id)


def test_a_bill_is_one_however_its_form_is_written() -> None:
    assert key().text == BillKey("20260101A0B1C2", "pur_purchaseorder", "101", "stk_instock").text
    assert len({key().text, key("102").text, key(target="X").text, BillKey("", "", "", "").text}) == 4


def test_a_free_bill_is_taken_and_the_other_program_is_told_by_whom(two, order, header) -> None:
    one, other = two
    mine, theirs = started(one, order, header), started(other, order, replace(header, user="li"))
    assert take(one, mine).held == {}

    (holder,) = take(other, theirs).held.values()

    assert (holder.user, holder.pc, holder.here, holder.unsettled) == ("demo", "PC", True, False)
    assert holder.since is not None
    assert take(one, mine).held == {}, "one's own claim may be taken again"


@pytest.mark.parametrize("verdict", list(Verdict))
def test_the_row_says_whether_its_bill_is_held(two, order, header, verdict: Verdict) -> None:
    one, other = two
    mine, theirs = started(one, order, header), started(other, order, header)
    take(one, mine)
    one.write_rows([replace(mine, verdict=verdict)])

    result = take(other, theirs)

    held = verdict in (Verdict.QUEUED, Verdict.SENDING, Verdict.UNSETTLED)
    assert bool(result.held) is held
    if held:
        assert result.held[key()].unsettled is (verdict is Verdict.UNSETTLED)


@pytest.mark.parametrize("verdict", [Verdict.QUEUED, Verdict.SENDING, Verdict.UNSETTLED])
def test_what_a_dead_program_never_sent_is_free_and_the_rest_is_not(two, order, header, verdict) -> None:
    one, other = two
    mine, theirs = started(one, order, header), started(other, order, header)
    take(one, mine)
    one.write_rows([replace(mine, verdict=verdict)])
    RUNNING.discard("one")

    result = take(other, theirs)

    assert bool(result.held) is (verdict is not Verdict.QUEUED)
    assert all(holder.unsettled for holder in result.held.values())


def test_what_somebody_had_since_it_was_looked_at_is_asked_about_anew(two, order, header) -> None:
    """It may have been pushed after the server was asked for its targets."""
    one, other = two
    mine, theirs = started(one, order, header), started(other, order, header)
    looked = other.claims.look([key()], theirs.run_id)
    take(one, mine)
    one.write_rows([replace(mine, verdict=Verdict.PUSHED)])

    result = other.claims.take([claim(theirs)], looked, theirs.run_id)

    assert (result.held, result.changed) == ({}, {key()})
    assert take(other, theirs).changed == frozenset()


def test_all_or_what_is_free(two, order, header) -> None:
    one, other = two
    mine, theirs = started(one, order, header), started(other, order, header)
    take(one, mine, key("1"), key("2"))

    assert set(take(other, theirs, key("2"), key("3")).held) == {key("2")}
    assert set(take(one, mine, key("3")).held) == {key("3")}


def test_another_target_form_is_another_matter(two, order, header) -> None:
    one, other = two
    take(one, started(one, order, header))
    assert take(other, started(other, order, header), key(target="AP_Payable")).held == {}


def test_runs_that_another_program_works_on_are_left_alone(two, order, header, intent: Intent) -> None:
    one, other = two
    row = replace(started(one, order, header), verdict=Verdict.SENDING)
    request = one.intend(row.run_id, (row,), intent)
    one.chains.wish(row.run_id, "submit")

    assert other.open_requests() == ()
    assert other.chains.wishes() == ()
    assert other.workers.take([row.run_id]) == frozenset()
    assert other.workers.is_elsewhere(row.run_id)
    with pytest.raises(BadInput, match="run_elsewhere"):
        other.settle_by_hand(row, Verdict.FAILED, "looked", "li")
    assert [found.request_id for found in one.open_requests()] == [request]

    one.workers.release()
    assert [found.request_id for found in other.open_requests()] == [request]
    assert other.workers.take([row.run_id]) == {row.run_id}
    assert one.open_requests() == ()

    RUNNING.discard("two")
    assert [found.request_id for found in one.open_requests()] == [request]
    assert one.chains.wishes() == (row.run_id,)


def test_two_programs_number_their_runs_differently(two, order, header) -> None:
    one, other = two
    runs = [started(journal, order, header).run_id for journal in (one, other) * 5]
    assert len(set(runs)) == 10


def test_what_an_older_program_left_open_is_held(path: Path, order, header, intent: Intent) -> None:
    journal = Journal.open(path)
    row = replace(started(journal, order, header), verdict=Verdict.UNSETTLED)
    request = journal.intend(row.run_id, (row,), intent)
    journal.conclude(request, Ending(EndingKind.UNKNOWN), (row,))
    journal.close()
    with sqlite3.connect(path) as connection:
        connection.execute("ALTER TABLE runs DROP COLUMN instance")
        for later in ("run_workers", "claims"):
            connection.execute(f"DROP TABLE {later}")
        connection.execute("PRAGMA user_version = 4")
    connection.close()

    with pytest.raises(JournalTrouble, match="journal_in_use"):
        Journal.open(path, repair=False, upgrade=False)
    journal = Journal.open(path)

    assert set(take(journal, started(journal, order, header)).held) == {key()}
    journal.close()
