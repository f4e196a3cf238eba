"""The journal that was opened is the journal: a moved, replaced or lost one is noticed before a request."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from kdgui.bootstrap import open_engine, open_journal, open_shared_journal
from kdgui.domain.bills import TargetBill
from kdgui.domain.endings import Ending, EndingKind
from kdgui.domain.errors import JournalTrouble
from kdgui.domain.orders import RunOrder
from kdgui.domain.verdicts import Verdict
from kdgui.store.journal.chains import Step
from kdgui.store.journal.journal import Journal
from kdgui.store.journal.records import Intent, RunHeader
from kdgui.store.paths import Paths


def moved(path: Path) -> Path:
    aside = path.parent.with_name("elsewhere")
    path.parent.rename(aside)
    return aside / path.name


def replaced(path: Path) -> Path:
    aside = moved(path)
    shutil.copytree(aside.parent, path.parent)
    return aside


@pytest.mark.parametrize("displace", [moved, replaced])
def test_nothing_is_intended_once_the_file_is_not_in_its_place(
    path: Path, order: RunOrder, header: RunHeader, intent: Intent, displace: Callable[[Path], Path]
) -> None:
    journal = Journal.open(path)
    run_id, rows = journal.start_run(order, header)
    sending = [replace(row, verdict=Verdict.SENDING, bill_id="101") for row in rows]
    request = journal.intend(run_id, sending[:1], intent)
    file = displace(path)

    step = Step(run_id, 0, TargetBill("STK_InStock", "201", "CGRK1"), "submit")
    for intended in (
        lambda: journal.intend(run_id, sending[1:2], intent),
        lambda: journal.start_run(order, header),
        lambda: journal.chains.intend(step),
    ):
        with pytest.raises(JournalTrouble) as caught:
            intended()
        assert caught.value.code == "journal_replaced"
    # what was under way is written down where the open file went
    journal.conclude(request, Ending(EndingKind.ANSWERED), (replace(rows[0], verdict=Verdict.PUSHED),))
    journal.close()
    again = Journal.open(file)
    assert [row.verdict for row in again.rows(run_id)] == [Verdict.PUSHED, Verdict.QUEUED, Verdict.QUEUED]
    again.close()


@pytest.mark.parametrize("remove", [lambda path: shutil.rmtree(path.parent), lambda path: path.unlink()])
def test_a_journal_that_is_gone_stops_the_run(
    path: Path, order: RunOrder, header: RunHeader, remove: Callable[[Path], None]
) -> None:
    journal = Journal.open(path)
    remove(path)
    with pytest.raises(JournalTrouble) as caught:
        journal.start_run(order, header)
    assert caught.value.code == "journal_replaced"
    journal.close()


def test_nothing_is_intended_once_the_others_do_not_see_this_program(
    tmp_path: Path, order: RunOrder, header: RunHeader
) -> None:
    places = Paths(tmp_path / "home")
    with open_shared_journal(places) as journal:
        journal.start_run(order, header)
        for file in places.instances.iterdir():
            file.unlink()
        with pytest.raises(JournalTrouble) as caught:
            journal.start_run(order, header)
        assert caught.value.code == "lock_lost"


def lose(path: Path) -> None:
    path.unlink()


def empty(path: Path) -> None:
    path.write_bytes(b"")


def spoil(path: Path) -> None:
    path.write_bytes(b"\xa5" * 4096)


@pytest.mark.parametrize(
    ("harm", "code"),
    [(lose, "journal_was_lost"), (empty, "journal_was_lost"), (spoil, "journal_was_damaged")],
)
@pytest.mark.parametrize("sign", ["begun", "settings", "profiles"])
def test_unattended_a_lost_journal_is_refused_until_acknowledged(
    tmp_path: Path, order: RunOrder, header: RunHeader, harm: Callable[[Path], None], code: str, sign: str
) -> None:
    places = Paths(tmp_path / "home")
    with open_journal(places) as journal:
        journal.start_run(order, header)
    harm(places.journal)
    if sign != "begun":
        places.journal.with_name("journal.sqlite-begun").unlink()
        getattr(places, sign).write_text("{}")

    for _ in range(2):
        with pytest.raises(JournalTrouble) as caught, open_engine(places, attended=False):
            raise AssertionError
        assert caught.value.code == code
    with open_engine(places, attended=True) as engine:
        (damage,) = [item for item in engine.damages() if item.key.startswith("told.journal_")]
        assert damage.key == ("told.journal_set_aside" if harm is spoil else "told.journal_lost")
        assert engine.journal.acknowledge() is not None
        assert engine.journal.acknowledge() is None
        assert not [item for item in engine.damages() if item.key.startswith("told.journal_")]
    with open_engine(places, attended=False) as engine:
        assert engine.journal.loss is None


def test_the_first_start_has_lost_nothing(tmp_path: Path) -> None:
    places = Paths(tmp_path / "home")
    for _ in range(2):
        with open_engine(places, attended=False) as engine:
            assert engine.journal.loss is None


def test_whoever_only_reads_tells_the_loss_to_the_next_one(
    tmp_path: Path, order: RunOrder, header: RunHeader
) -> None:
    places = Paths(tmp_path / "home")
    with open_journal(places) as journal:
        journal.start_run(order, header)
    places.journal.unlink()
    with open_journal(places, repair=False) as journal:
        assert journal.runs() == ()
    with pytest.raises(JournalTrouble), open_engine(places, attended=False):
        raise AssertionError
