"""Every byte of a journal may be wrong: opened, rescued or refused with a code, and never a traceback."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from kdgui.domain.bills import TargetBill
from kdgui.domain.chains import Chain
from kdgui.domain.endings import Ending, EndingKind
from kdgui.domain.errors import JournalTrouble
from kdgui.domain.orders import RunOrder
from kdgui.domain.verdicts import Reason, Verdict
from kdgui.store.journal.chains import Step
from kdgui.store.journal.journal import Journal
from kdgui.store.journal.records import Intent, RunHeader
from kdgui.store.journal.search import RunFilter
from kdgui.store.messages.words import load_words

CASES, PARTS = 1000, 4


@pytest.fixture
def sample(tmp_path: Path, order: RunOrder, header: RunHeader, intent: Intent) -> Path:
    """A small journal with something in every table."""
    path = tmp_path / "sample" / "journal.sqlite"
    journal = Journal.open(path)
    for place in range(3):
        run_id, rows = journal.start_run(order, header)
        request = journal.intend(run_id, (replace(rows[0], verdict=Verdict.SENDING, bill_id="101"),), intent)
        target = TargetBill("STK_InStock", f"20{place}", f"CGRK{place}", "A")
        if place:
            pushed = replace(rows[0], verdict=Verdict.PUSHED, bill_id="101", targets=(target,))
            journal.conclude(request, Ending(EndingKind.ANSWERED, seconds=0.1), (pushed,))
            refused = replace(rows[1], verdict=Verdict.FAILED, reasons=(Reason("server_said", said="x"),))
            journal.write_rows((refused,))
            journal.chains.wish(run_id, "audit")
            journal.chains.plan((Chain(run_id, 0, target, "audit"),))
            journal.chains.intend(Step(run_id, 0, target, "submit", "demo"))
            journal.finish_run(run_id, "done")
        journal.remember("form", f"f{place}", '{"keys":["FID"]}')
    journal.close()
    return path


def read_everything(journal: Journal) -> None:
    """Every question that the program asks of a journal."""
    chains = journal.chains
    for info in journal.runs():
        rows = journal.rows(info.run_id)
        journal.order(info.run_id), journal.header(info.run_id), journal.events(info.run_id)
        for row in rows:
            journal.requests_of(info.run_id, row.position)
        chains.of_run(info.run_id), chains.wanted(info.run_id)
        chains.open_steps(info.run_id, ("submit", "audit"))
    journal.open_requests(), journal.find_runs(RunFilter()), journal.run_choices()
    journal.find_number("CGRK1"), journal.recall("form", "f1"), journal.slowest("x")
    books = ("20260101a0b1c2", "PUR_PurchaseOrder")
    journal.earlier(*books, "PUR_PurchaseOrder-STK_InStock", "STK_InStock", ("101", "102"))
    journal.last_refused(*books, ("101", "102"))
    chains.wishes(), chains.open_chains(), chains.runs_with_open_steps(("delete",))


def write_something(journal: Journal, order: RunOrder, header: RunHeader, intent: Intent) -> None:
    run_id, rows = journal.start_run(order, header)
    request = journal.intend(run_id, (replace(rows[0], verdict=Verdict.SENDING, bill_id="101"),), intent)
    journal.conclude(request, Ending(EndingKind.ANSWERED), (replace(rows[0], verdict=Verdict.PUSHED),))


def outcome(path: Path, use: Callable[[Journal], None]) -> str:
    """What becomes of a damaged journal at its first start, and at the next one where damage was met."""
    for start in ("first", "second"):
        try:
            journal = Journal.open(path)
        except JournalTrouble as trouble:
            return f"refused {trouble.code}"
        try:
            use(journal)
        except JournalTrouble as trouble:
            if start == "second":
                return f"refused {trouble.code}"
        else:
            return "rescued" if journal.set_aside else "opened"
        finally:
            journal.close()
    raise AssertionError


@pytest.mark.parametrize("part", range(PARTS))
def test_every_byte_may_be_wrong(
    sample: Path, tmp_path: Path, order: RunOrder, header: RunHeader, intent: Intent, part: int
) -> None:
    """1,000 random damages of one byte each, most of them where something is written."""
    chance, content = random.Random(7 + part), sample.read_bytes()
    written = [place for place, byte in enumerate(content) if byte]
    schema = range(100, 4096 * 2)
    words = load_words("zh", tmp_path / "refusals.json")
    path = tmp_path / "damaged" / "journal.sqlite"
    seen: Counter[str] = Counter()

    def use(journal: Journal, number: int) -> None:
        read_everything(journal)
        if number % PARTS == 0:  # every commit waits for the disk
            write_something(journal, order, header, intent)
            read_everything(journal)

    for number in range(CASES // PARTS):
        place = chance.choice((chance.choice(written), chance.choice(schema), chance.randrange(len(content))))
        damaged = bytearray(content)
        damaged[place] ^= chance.choice((0xFF, 0x80, 1 << chance.randrange(8)))
        shutil.rmtree(path.parent, ignore_errors=True)
        path.parent.mkdir()
        path.write_bytes(damaged)
        found = outcome(path, partial(use, number=number))
        if found.startswith("refused"):
            assert words.error(JournalTrouble(found.split()[1], path=path)).what
        seen[found] += 1
    assert seen["opened"] > CASES / PARTS / 2
    assert seen["rescued"] > CASES / PARTS / 50
    assert set(seen) <= {"opened", "rescued", "refused journal_newer", "refused journal_corrupt"}, seen


@pytest.mark.parametrize(
    "statement",
    [
        """UPDATE rows SET body = replace(body, '"verdict":"pushed"', '"verdict":"pusched"')""",
        "UPDATE requests SET kind = 'answerd' WHERE kind IS NOT NULL",
        "UPDATE runs SET started_at = 'yesterday'",
        "UPDATE rows SET verdict = 'pusched'",
        "UPDATE runs SET header = '{}'",
        "UPDATE chains SET body = replace(body, '\"state\"', '\"stade\"')",
        "UPDATE steps SET intended_at = 'x', ending = '{'",
        "UPDATE events SET at = x'ff'",
    ],
)
def test_a_value_that_nobody_wrote_is_damage(sample: Path, statement: str) -> None:
    connection = sqlite3.connect(sample)
    connection.execute(statement)
    connection.commit()
    connection.close()
    assert outcome(sample, read_everything).split()[0] in ("opened", "rescued", "refused")


def test_a_wrong_byte_in_the_schema_is_told(sample: Path) -> None:
    content = sample.read_bytes()
    place = content.index(b"position INTEGER NOT NULL")
    sample.write_bytes(content[:place] + b"\xf0" + content[place + 1 :])
    damaged = sample.read_bytes()
    assert outcome(sample, read_everything) == "rescued"
    journal = Journal.open(sample)
    assert journal.loss is not None
    assert Path(journal.loss.set_aside).read_bytes() == damaged
    journal.close()
