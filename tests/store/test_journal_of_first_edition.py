"""A journal written by the first edition of this program: opened, read whole, and written on."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from kdgui.domain.chains import ChainState
from kdgui.domain.orders import PushOptions, RunOrder
from kdgui.domain.verdicts import Verdict
from kdgui.store.journal.journal import Journal
from kdgui.store.journal.records import RunHeader
from kdgui.store.journal.search import RunFilter

SAMPLES = Path(__file__).parent / "samples"


@pytest.fixture
def told() -> list[dict[str, Any]]:
    """What the first edition showed of each run, newest first."""
    found: list[dict[str, Any]] = json.loads((SAMPLES / "journal_first_edition.json").read_text("utf-8"))
    return found


@pytest.fixture
def old(path: Path) -> Path:
    path.parent.mkdir(parents=True)
    path.write_bytes(gzip.decompress((SAMPLES / "journal_first_edition.sqlite.gz").read_bytes()))
    return path


def test_every_run_and_row_is_read_as_it_was(old: Path, told: list[dict[str, Any]]) -> None:
    journal = Journal.open(old)
    assert (journal.set_aside, journal.loss) == (None, None)
    assert [info.run_id for info in journal.runs()] == [run["run"] for run in told]
    for run in told:
        rows = journal.rows(run["run"])
        last = {Verdict.QUEUED: Verdict.NOT_SENT, Verdict.SENDING: Verdict.UNSETTLED}
        assert [row.number for row in rows] == [row["number"] for row in run["rows"]]
        assert [last.get(row.verdict, row.verdict).value for row in rows] == [
            row["verdict"] for row in run["rows"]
        ]
        assert [[target.id for target in row.targets] for row in rows] == [
            [target["id"] for target in row["targets"]] for row in run["rows"]
        ]
        assert journal.order(run["run"]).numbers == tuple(row["number"] for row in run["rows"])
        assert journal.header(run["run"]).data_centre_name == "小河贸易 练习"
        assert journal.events(run["run"])
    assert journal.find_runs(RunFilter()).total == len(told)
    journal.close()


def test_it_holds_every_kind_of_record(old: Path) -> None:
    journal = Journal.open(old)
    verdicts: Counter[Verdict] = Counter()
    for info in journal.runs():
        verdicts.update(dict(info.counts))
    wanted = {Verdict.PUSHED, Verdict.SKIPPED, Verdict.DRAFTED, Verdict.UNSETTLED, Verdict.SENDING}
    assert wanted <= set(verdicts)
    requests = journal.open_requests()
    assert {row.verdict for request in requests for row in request.rows} >= {
        Verdict.UNSETTLED, Verdict.SENDING,
    }  # fmt: skip
    assert all(request.intent.body and request.intent.bill_ids for request in requests)
    chains = [chain for info in journal.runs() for chain in journal.chains.of_run(info.run_id)]
    assert {chain.state for chain in chains} > {ChainState.DONE}
    assert journal.chains.wishes()
    journal.close()


def test_open_bills_still_bar_the_way(old: Path) -> None:
    journal = Journal.open(old)
    (request, *_) = [r for r in journal.open_requests() if r.rows[0].verdict is Verdict.UNSETTLED]
    header = journal.header(request.run_id)
    intent, bill_id = request.intent, request.rows[0].bill_id
    found = journal.earlier(
        header.data_centre_id, intent.form_id, intent.rule_id, intent.target_form, (bill_id,)
    )
    assert [row.verdict for row in found[bill_id]] == [Verdict.UNSETTLED]
    number = request.rows[0].number
    assert number in {hit.row.number for hit in journal.find_number(number).found}
    journal.close()


def test_what_was_remembered_of_forms_is_there(old: Path) -> None:
    journal = Journal.open(old)
    with journal._file.reading() as connection:
        kinds = {kind for (kind,) in connection.execute("SELECT DISTINCT kind FROM memory")}
        key = connection.execute("SELECT kind, key FROM memory LIMIT 1").fetchone()
    assert kinds
    assert journal.recall(key["kind"], key["key"])
    journal.close()


def test_it_is_written_on(old: Path) -> None:
    journal = Journal.open(old)
    run_id, rows = journal.start_run(
        RunOrder("F", PushOptions(rule_id="R"), ("A", "B")), RunHeader("s", "dc")
    )
    journal.close()
    again = Journal.open(old)
    assert again.rows(run_id) == rows
    again.close()
