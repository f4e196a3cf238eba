"""The copy for IT: everything that the journal holds about one row, as plain text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from kdgui.domain.bills import TargetBill
from kdgui.domain.endings import Ending, EndingKind
from kdgui.domain.orders import RunOrder
from kdgui.domain.verdicts import Reason, Row, Verdict
from kdgui.store.exports.row_report import RowRecords, fetch_row_records, it_report
from kdgui.store.journal.journal import Journal
from kdgui.store.journal.records import Intent, RunHeader
from kdgui.store.messages.words import LANGUAGES, load_words

RAW = '{"Result":{"ResponseStatus":{"IsSuccess":false,"MsgCode":11}}}'
SAID = "非赠品单价不能为0\n<b>第 2 行</b>"
REFUSED = (Reason.of("server_said", SAID, 11, field="FTaxPrice"), Reason.of("draft_left"))
ASKED = datetime(2026, 11, 23, 12, 15, 30, tzinfo=UTC)


@pytest.fixture
def refused(
    journal: Journal, order: RunOrder, header: RunHeader, intent: Intent
) -> Callable[[tuple[Ending, ...]], Row]:
    """A row of a run, sent as often as there are endings, and refused."""

    def build(endings: tuple[Ending, ...]) -> Row:
        _, rows = journal.start_run(order, header)
        row = replace(
            rows[0],
            verdict=Verdict.DRAFTED,
            bill_id="100123",
            reasons=REFUSED,
            targets=(TargetBill("STK_InStock", "777", "", "Z"),),
            asked_at=ASKED,
        )
        for ending in endings:
            request = journal.intend(row.run_id, (replace(row, verdict=Verdict.SENDING),), intent)
            journal.conclude(request, ending, (row,))
        return row

    return build


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_holds_all_that_it_needs(
    journal: Journal, refused: Callable[[tuple[Ending, ...]], Row], intent: Intent, language: str
) -> None:
    row = refused((Ending(EndingKind.ANSWERED, status=200, raw=RAW, seconds=0.25),))

    text = it_report(row, fetch_row_records(journal, row), load_words(language))

    facts = (
        *("CGDD000001", "100123", "PUR_PurchaseOrder", "PUR_PurchaseOrder-STK_InStock", "STK_InStock"),
        *("小河贸易 20260101a0b1c2", "http://127.0.0.1:8099/k3cloud/", "demo", "100", "PC", "kdgui 0.1"),
        *(row.run_id, "#777", SAID, "11", "FTaxPrice", "draft_left", intent.body, RAW, "HTTP 200"),
        ASKED.astimezone().strftime("%Y-%m-%d %H:%M:%S"),
    )
    assert [fact for fact in facts if fact not in text] == []
    words = load_words(language)
    assert all(words.explain(reason).do in text for reason in REFUSED)


def test_every_request_is_there_and_one_without_an_answer_says_so(
    journal: Journal, refused: Callable[[tuple[Ending, ...]], Row]
) -> None:
    broken = Ending(EndingKind.UNKNOWN, "reset", detail="Connection reset by peer")
    row = refused((broken, Ending(EndingKind.ANSWERED, status=200, raw=RAW)))

    text = it_report(row, fetch_row_records(journal, row), load_words("zh"))

    assert (
        text.index("第 1 次请求") < text.index("没有收到回复。") < text.index("第 2 次请求") < text.index(RAW)
    )
    assert "reset Connection reset by peer" in text


def test_a_row_never_sent_says_so(journal: Journal, refused: Callable[[tuple[Ending, ...]], Row]) -> None:
    row = refused(())

    assert "没有发送过请求。" in it_report(row, fetch_row_records(journal, row), load_words("zh"))


def test_a_row_that_the_journal_does_not_know_is_told_as_it_stands(journal: Journal) -> None:
    row = Row("20260101-000000-1", 4, "CGDD9", Verdict.SKIPPED, reasons=(Reason("closed"),))

    papers = fetch_row_records(journal, row)

    assert papers == RowRecords()
    text = it_report(row, papers, load_words("zh"))
    assert "源单编号：CGDD9" in text
    assert "怎么回事：单据已关闭 [closed]" in text
    assert "请求" not in text
