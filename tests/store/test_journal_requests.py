"""Intents and endings in the journal: what is open stays known until somebody knows better."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kdgui.domain.endings import Answer, Block, Ending, EndingKind, Entity
from kdgui.domain.errors import BadInput
from kdgui.domain.orders import RunOrder
from kdgui.domain.verdicts import Reason, Row, Verdict
from kdgui.store.journal.journal import Journal
from kdgui.store.journal.records import Intent, RunHeader

BROKEN = Ending(EndingKind.UNKNOWN, "reset", seconds=2.5)
ANSWERED = Ending(
    EndingKind.ANSWERED,
    answer=Answer(Block(True, 0, entities=(Entity("7", "CGRK7"),))),
    status=200,
    seconds=1.5,
)

Sent = tuple[int, Row]


def test_an_intent_is_open_with_its_rows_and_facts(
    journal: Journal, sent: Sent, intent: Intent, order: RunOrder, header: RunHeader
) -> None:
    request_id, row = sent
    (request,) = journal.open_requests()

    assert (request.request_id, request.run_id, request.rows) == (request_id, row.run_id, (row,))
    assert (request.intent, request.header, request.options) == (intent, header, order.options)
    assert (request.ending_kind, request.cause, request.seconds, request.sent_at) == (None, "", 0.0, None)
    assert abs(datetime.now(UTC) - request.intended_at) < timedelta(seconds=5)


def test_an_unknown_ending_keeps_the_request_open(journal: Journal, sent: Sent) -> None:
    request_id, row = sent
    doubtful = replace(row, verdict=Verdict.UNSETTLED, reasons=(Reason.of("no_answer", cause="reset"),))
    journal.conclude(request_id, BROKEN, (doubtful,))
    (request,) = journal.open_requests()

    assert request.rows == (doubtful,)
    assert (request.ending_kind, request.cause, request.seconds) == (EndingKind.UNKNOWN, "reset", 2.5)
    assert request.sent_at is not None
    assert timedelta(0) < datetime.now(UTC) - request.sent_at < timedelta(seconds=10)


def test_where_nothing_left_there_is_no_moment_of_sending(journal: Journal, sent: Sent) -> None:
    request_id, row = sent
    journal.conclude(
        request_id, Ending(EndingKind.NOTHING_SENT, "dns"), (replace(row, verdict=Verdict.UNSETTLED),)
    )

    assert journal.open_requests()[0].sent_at is None


@pytest.mark.parametrize(
    ("verdict", "presumed"),
    [(Verdict.PUSHED, False), (Verdict.FAILED, False), (Verdict.QUEUED, False), (Verdict.DRAFTED, False)],
)
def test_a_clear_ending_closes_the_matter(
    journal: Journal, sent: Sent, verdict: Verdict, presumed: bool
) -> None:
    """Clear is what the server was asked about after its answer."""
    request_id, row = sent
    concluded = replace(row, verdict=verdict, presumed=presumed)
    journal.conclude(request_id, ANSWERED, (concluded,))

    left = journal.open_requests()
    assert [request.ending for request in left] == [ANSWERED] * (verdict is not Verdict.QUEUED)
    assert all(request.not_read_back for request in left)
    journal.settle_request(request_id, (concluded,))
    assert journal.open_requests() == ()


def test_a_closed_request_is_asked_about_no_more(journal: Journal, sent: Sent) -> None:
    request_id, row = sent
    journal.conclude(request_id, BROKEN, (replace(row, verdict=Verdict.UNSETTLED),))
    found = replace(row, verdict=Verdict.PUSHED, notes=(Reason("found_late"),))
    journal.settle_request(request_id, (found,))

    assert journal.open_requests() == ()
    assert journal.rows(row.run_id)[0] == found


def test_a_crashed_request_is_closed_without_an_ending(journal: Journal, sent: Sent) -> None:
    request_id, row = sent
    journal.settle_request(request_id, (replace(row, verdict=Verdict.PUSHED),))

    assert journal.open_requests() == ()


def test_a_presumed_failure_is_open_for_a_day(journal: Journal, sent: Sent) -> None:
    request_id, row = sent
    presumed = replace(row, verdict=Verdict.FAILED, presumed=True, asked_at=datetime.now(UTC))
    journal.conclude(request_id, BROKEN, (presumed,))
    assert [request.rows for request in journal.open_requests()] == [(presumed,)]

    journal.write_rows((replace(presumed, presumed=False),))
    assert journal.open_requests() == ()

    yesterday = datetime.now(UTC) - timedelta(hours=24, minutes=1)
    journal.write_rows((replace(presumed, asked_at=yesterday),))
    assert journal.open_requests() == ()


def test_asking_again_does_not_begin_a_new_day(journal: Journal, sent: Sent) -> None:
    request_id, row = sent
    long_ago = replace(
        row, verdict=Verdict.FAILED, presumed=True, asked_at=datetime.now(UTC) - timedelta(hours=25)
    )
    journal.conclude(request_id, BROKEN, (long_ago,))
    journal.write_rows((replace(long_ago, asked_at=datetime.now(UTC)),))

    assert journal.open_requests() == ()


def test_a_merged_request_is_open_as_long_as_one_row_is(
    journal: Journal, order: RunOrder, header: RunHeader, intent: Intent
) -> None:
    run_id, queued = journal.start_run(order, header)
    rows = tuple(replace(row, verdict=Verdict.SENDING, bill_id=str(100 + row.position)) for row in queued)
    request_id = journal.intend(run_id, rows, intent)
    journal.conclude(request_id, BROKEN, tuple(replace(row, verdict=Verdict.UNSETTLED) for row in rows))
    journal.write_rows([replace(row, verdict=Verdict.PUSHED) for row in rows[:2]])
    (request,) = journal.open_requests()
    assert [row.verdict for row in request.rows] == [Verdict.PUSHED, Verdict.PUSHED, Verdict.UNSETTLED]

    journal.write_rows((replace(rows[2], verdict=Verdict.FAILED),))
    assert journal.open_requests() == ()


def test_only_the_data_centre_asked_for(
    journal: Journal, order: RunOrder, header: RunHeader, intent: Intent, sent: Sent
) -> None:
    elsewhere = replace(header, data_centre_id="another")
    run_id, rows = journal.start_run(order, elsewhere)
    other = journal.intend(run_id, (replace(rows[0], verdict=Verdict.SENDING),), intent)

    assert [request.request_id for request in journal.open_requests()] == [sent[0], other]
    mine = journal.open_requests(header.server.upper(), header.data_centre_id)
    assert [request.request_id for request in mine] == [sent[0]]
    assert [request.request_id for request in journal.open_requests(header.server, "another")] == [other]
    assert journal.open_requests("http://127.0.0.1:1/k3cloud/") == ()


KILLED = """
import os, signal, sys
from dataclasses import replace
from pathlib import Path
from kdgui.domain.orders import PushOptions, RunOrder
from kdgui.domain.verdicts import Verdict
from kdgui.store.journal.journal import Journal
from kdgui.store.journal.records import Intent, RunHeader

journal = Journal.open(Path(sys.argv[1]))
order = RunOrder("PUR_PurchaseOrder", PushOptions(rule_id="R"), ("A", "B"))
run_id, rows = journal.start_run(order, RunHeader("http://h/k3cloud/", "dc"))
row = replace(rows[0], verdict=Verdict.SENDING, bill_id="101")
journal.intend(run_id, (row,), Intent("PUR_PurchaseOrder", "R", "T", ("101",), ("A",), ("5",), "{}"))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_killed_program_leaves_its_intent(
    path: Path, in_process: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    ended = in_process(KILLED, path)
    assert ended.returncode == -9, ended.stderr

    journal = Journal.open(path)
    (request,) = journal.open_requests("http://h/k3cloud/", "dc")
    assert journal.set_aside is None
    assert request.ending_kind is None
    assert [(row.number, row.verdict, row.bill_id) for row in request.rows] == [("A", Verdict.SENDING, "101")]
    assert request.intent.snapshot == ("5",)
    assert [row.verdict for row in journal.rows(request.run_id)] == [Verdict.SENDING, Verdict.QUEUED]
    journal.close()


def test_an_intent_is_on_the_disk_when_intend_returns(journal: Journal, sent: Sent, path: Path) -> None:
    """Another connection sees it at once, and the connection waits for the disk."""
    other = Journal.open(path, repair=False)
    assert [request.request_id for request in other.open_requests()] == [sent[0]]
    other.close()
    with journal._file.reading() as connection:
        assert connection.execute("PRAGMA synchronous").fetchone()[0] == 2
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


def test_earlier_rows_are_found_by_bill(journal: Journal, order: RunOrder, header: RunHeader) -> None:
    found = {
        Verdict.PUSHED: True,
        Verdict.DRAFTED: True,
        Verdict.UNSETTLED: True,
        Verdict.SENDING: True,
        Verdict.FAILED: False,
        Verdict.SKIPPED: False,
        Verdict.NOT_SENT: False,
        Verdict.QUEUED: False,
    }
    for number, verdict in enumerate(found):
        _, rows = journal.start_run(replace(order, numbers=("X",)), header)
        journal.write_rows((replace(rows[0], verdict=verdict, bill_id=str(number)),))
    _, rows = journal.start_run(replace(order, numbers=("X",)), header)
    journal.write_rows((replace(rows[0], verdict=Verdict.FAILED, presumed=True, bill_id="presumed"),))

    ids = [*map(str, range(len(found))), "presumed", "", "unknown"]
    earlier = journal.earlier(header.data_centre_id, "pur_purchaseorder", order.options.rule_id, "", ids)

    assert {number: rows[0].verdict for number, rows in earlier.items()} == {
        **{str(number): verdict for number, verdict in enumerate(found) if found[verdict]},
        "presumed": Verdict.FAILED,
    }


def test_earlier_rows_of_other_places_do_not_count(
    journal: Journal, order: RunOrder, header: RunHeader
) -> None:
    _, rows = journal.start_run(order, header)
    journal.write_rows((replace(rows[0], verdict=Verdict.PUSHED, bill_id="1"),))
    push = (header.data_centre_id, order.form_id, order.options.rule_id, "another form")

    assert set(journal.earlier(*push, ["1"])) == {"1"}
    for changed in range(3):
        place, form, rule = ("other" if at == changed else part for at, part in enumerate(push[:3]))
        assert journal.earlier(place, form, rule, push[3], ["1"]) == {}


def test_what_is_open_counts_under_every_address_and_rule(
    journal: Journal, order: RunOrder, header: RunHeader
) -> None:
    options = replace(order.options, rule_id="R", target_form="STK_InStock")
    _, rows = journal.start_run(
        replace(order, options=options), replace(header, server="http://other/k3cloud/")
    )
    journal.write_rows(
        [
            replace(rows[0], verdict=Verdict.UNSETTLED, bill_id="1"),
            replace(rows[1], verdict=Verdict.PUSHED, bill_id="2"),
        ]
    )
    place = (header.data_centre_id, order.form_id)
    assert set(journal.earlier(*place, "another rule", "another form", ["1", "2"])) == {"1"}
    assert set(journal.earlier(*place, "", "stk_instock", ["1", "2"])) == {"1", "2"}, "by default rule"
    assert journal.earlier("another data centre", order.form_id, "R", "STK_InStock", ["1", "2"]) == {}


def test_the_newest_refusal_of_a_bill(
    journal: Journal, order: RunOrder, header: RunHeader, intent: Intent
) -> None:
    run_id, rows = journal.start_run(order, header)
    for row, verdict in zip(rows, (Verdict.FAILED, Verdict.PUSHED), strict=False):
        sent = [replace(row, verdict=Verdict.SENDING, bill_id=row.number)]
        request = journal.intend(run_id, sent, intent)
        journal.conclude(request, ANSWERED, [replace(sent[0], verdict=verdict)])
    found = journal.last_refused(header.data_centre_id, order.form_id, [row.number for row in rows])
    assert {number: last.kind for number, last in found.items()} == {rows[0].number: ANSWERED.kind}
    assert journal.last_refused("other", order.form_id, [rows[0].number]) == {}


def test_a_bill_without_id_is_never_found_by_id(journal: Journal, order: RunOrder, header: RunHeader) -> None:
    _, rows = journal.start_run(order, header)
    journal.write_rows((replace(rows[0], verdict=Verdict.PUSHED),))

    push = (header.data_centre_id, order.form_id, order.options.rule_id, "")
    assert journal.earlier(*push, [""]) == {}


def test_earlier_takes_thousands_of_ids_and_keeps_the_order_of_runs(
    journal: Journal, order: RunOrder, header: RunHeader
) -> None:
    numbers = tuple(map(str, range(2_000)))
    for verdict in (Verdict.UNSETTLED, Verdict.PUSHED):
        _, rows = journal.start_run(replace(order, numbers=numbers), header)
        journal.write_rows([replace(row, verdict=verdict, bill_id=row.number) for row in rows])
    push = (header.data_centre_id, order.form_id, order.options.rule_id, "")

    earlier = journal.earlier(*push, [*numbers, *numbers])

    assert len(earlier) == 2_000
    assert {tuple(row.verdict for row in rows) for rows in earlier.values()} == {
        (Verdict.UNSETTLED, Verdict.PUSHED)
    }


def test_the_slowest_answer_under_a_rule(
    journal: Journal, order: RunOrder, header: RunHeader, intent: Intent
) -> None:
    def push(ending: Ending, rule_id: str) -> None:
        run_id, rows = journal.start_run(order, header)
        request = journal.intend(run_id, rows[:1], replace(intent, rule_id=rule_id))
        journal.conclude(request, ending, rows[:1])

    assert journal.slowest("R") == 0.0
    for seconds in (3.0, 11.5, 2.0):
        push(replace(ANSWERED, seconds=seconds), "R")
    push(replace(BROKEN, seconds=600.0), "R")
    push(replace(ANSWERED, seconds=99.0), "S")

    assert journal.slowest("r") == 11.5


@pytest.mark.parametrize("verdict", [Verdict.PUSHED, Verdict.DRAFTED, Verdict.FAILED])
def test_settled_by_hand(journal: Journal, sent: Sent, verdict: Verdict) -> None:
    request_id, row = sent
    doubtful = replace(row, verdict=Verdict.UNSETTLED, quiet_until=datetime.now(UTC))
    journal.conclude(request_id, BROKEN, (doubtful,))

    settled = journal.settle_by_hand(doubtful, verdict, "金蝶里看过", "王芳")

    assert (settled.verdict, settled.by_hand, settled.presumed, settled.quiet_until) == (
        verdict,
        True,
        False,
        None,
    )
    assert settled.notes[-1] == Reason.of("by_hand", who="王芳", why="金蝶里看过")
    assert journal.rows(row.run_id)[0] == settled
    assert journal.open_requests() == ()
    trail = journal.events(row.run_id, 0)[-1]
    assert trail.what == "by_hand"
    assert "王芳" in trail.data
    assert "金蝶里看过" in trail.data


def test_a_crashed_request_settled_by_hand_is_closed(journal: Journal, sent: Sent) -> None:
    journal.settle_by_hand(sent[1], Verdict.FAILED, "没有", "王芳")

    assert journal.open_requests() == ()


def test_the_hand_comes_too_late(journal: Journal, sent: Sent) -> None:
    """The program found the bill while the dialog was open: the old row in the dialog does not win."""
    request_id, row = sent
    found = replace(row, verdict=Verdict.PUSHED)
    journal.settle_request(request_id, (found,))
    with pytest.raises(BadInput, match="not_unsettled"):
        journal.settle_by_hand(row, Verdict.FAILED, "没有", "王芳")

    assert journal.rows(row.run_id)[0] == found


def test_the_hand_cannot_write_any_verdict(journal: Journal, sent: Sent) -> None:
    with pytest.raises(ValueError, match="queued"):
        journal.settle_by_hand(sent[1], Verdict.QUEUED, "", "")


def test_many_threads_write_without_losing_anything(
    journal: Journal, order: RunOrder, header: RunHeader, intent: Intent
) -> None:
    numbers = tuple(map(str, range(80)))
    run_id, rows = journal.start_run(replace(order, numbers=numbers), header)
    troubles: list[Exception] = []

    def push(part: tuple[Row, ...]) -> None:
        try:
            for row in part:
                sending = replace(row, verdict=Verdict.SENDING, bill_id=row.number)
                request = journal.intend(run_id, (sending,), intent)
                pushed = replace(sending, verdict=Verdict.PUSHED)
                journal.conclude(request, ANSWERED, (pushed,))
                journal.settle_request(request, (pushed,))
                journal.rows(run_id)
        except Exception as error:  # noqa: BLE001 - reported by the test below
            troubles.append(error)

    threads = [threading.Thread(target=push, args=(rows[start::4],)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert troubles == []
    assert {row.verdict for row in journal.rows(run_id)} == {Verdict.PUSHED}
    assert journal.open_requests() == ()


def test_what_was_settled_by_hand_gives_way_to_a_find_only(journal: Journal, sent: Sent) -> None:
    """The run goes on asking beside the clerk: its older state of the row came later and overwrote hers."""
    request_id, row = sent
    doubtful = replace(row, verdict=Verdict.UNSETTLED)
    journal.conclude(request_id, Ending(EndingKind.UNKNOWN, "reset"), (doubtful,))
    by_hand = journal.settle_by_hand(doubtful, Verdict.FAILED, "looked in Kingdee", "clerk")

    assert journal.write_rows((doubtful,), event="asked") == (by_hand,)
    assert journal.settle_request(request_id, (replace(row, verdict=Verdict.FAILED, presumed=True),)) == (
        by_hand,
    )
    (found,) = journal.settle_request(request_id, (replace(row, verdict=Verdict.PUSHED, checked=True),))
    assert (found.verdict, found.alarm) == (Verdict.PUSHED, True)
    assert "by_hand" in {note.code for note in found.notes}
    assert journal.rows(row.run_id)[row.position] == found
