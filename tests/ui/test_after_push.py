"""During and after the push, as a clerk walks: merged bills, half-done chains, deleting, totals."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtWidgets import QCheckBox, QPlainTextEdit, QPushButton

from kdgui.domain.verdicts import Verdict
from kdgui.ui.results.results_model import Column, Tab
from kdgui.ui.run.run_controller import Activity
from tests.ui.walking import RULE, Walker

SUBMIT, AUDIT = 1, 2


@pytest.fixture
def at_work(walker: Walker) -> Walker:
    """The rule was used before: nothing waits with the first bill."""
    walker.paste(walker.numbers("open", 1, skip=40))
    walker.press("pushButton")
    walker.run_ends()
    return walker


def push(walker: Walker, numbers: list[str], then: int = 0):
    walker.window.choose.after.setCurrentIndex(then)
    walker.paste(numbers)
    walker.press("pushButton")
    return walker.run_ends()


def test_merged_bills_show_what_went_into_one_target_and_totals_agree(at_work: Walker) -> None:
    at_work.press("mergedButton")
    rows = push(at_work, at_work.numbers("open", 12))
    results = at_work.window.results
    shared = next(row for row in rows if results.model.together(row))
    line = results.model.shown.index(shared)
    results.view.selectRow(line)
    at_work.wait(lambda: "equal" in results.totals.text())
    assert f"12 sources → {results.model.companions.targets} targets" in results.totals.text()
    others = [row.number for row in results.model.together(shared)]
    assert "became the same target bill: " + ", ".join(others) in results.details.text()
    assert "Compare: " in results.details.text()


@pytest.mark.parametrize("answer", ["splitButton", "pushNoneButton"])
@pytest.mark.slow
def test_a_refused_batch_asks_what_to_do(at_work: Walker, answer: str) -> None:
    good, bad = at_work.numbers("open", 5), at_work.numbers("no_lot", 1)
    at_work.press("mergedButton")
    at_work.paste([*good, *bad])
    at_work.press("pushButton")
    at_work.wait(lambda: at_work.find(QPushButton, answer))
    at_work.press(answer)
    at_work.idle()
    pushed = at_work.carried_out() - Counter(at_work.numbers("open", 1, skip=40))
    assert pushed == (Counter(good) if answer == "splitButton" else Counter())
    verdicts = {row.number: row.verdict for row in at_work.window.results.model.rows}
    assert verdicts[bad[0]] is Verdict.FAILED
    wanted = Verdict.PUSHED if answer == "splitButton" else Verdict.FAILED
    assert {verdicts[number] for number in good} == {wanted}


def test_half_done_chains_stay_in_sight_until_they_are_done(at_work: Walker) -> None:
    at_work.faults(audit__msg_code={"at": [2], "code": 11})
    rows = push(at_work, at_work.numbers("open", 3), AUDIT)
    window = at_work.window
    assert [row.half_done for row in rows].count(True) == 1
    assert window.results.tabs.tabText(Tab.HANDS).endswith(" 1")
    assert "submit or approval is missing" in at_work.text_of(window.results)
    window.show_account()  # as at the next sign-in
    at_work.wait(lambda: at_work.find(QPushButton, "chainsButton"))
    at_work.press("chainsButton")
    dialog = at_work.dialog("chainsDialog")
    at_work.wait(lambda: dialog._open)
    half = next(row for row in rows if row.half_done)
    assert dialog._model.index(0, 0).data() == half.number
    at_work.press("carryOnAllButton", dialog)
    at_work.wait(lambda: window.controller.work is Activity.CHAINS)
    at_work.idle()
    assert not any(row.half_done for row in window.results.model.rows)
    assert window.results.tabs.tabText(Tab.HANDS).endswith(" 0")
    assert max(at_work.carried_out("audit").values()) == 1


def test_a_half_done_chain_is_closed_with_a_reason(at_work: Walker) -> None:
    at_work.faults(submit__msg_code={"at": [1], "code": 11})
    push(at_work, at_work.numbers("open", 2), SUBMIT)
    at_work.press("chainsButton")
    dialog = at_work.dialog("chainsDialog")
    at_work.wait(lambda: dialog._open)
    at_work.press("closeChainsButton", dialog)
    why = at_work.dialog("whyDialog")
    assert not at_work.find(QPushButton, "whyButton", why).isEnabled()
    at_work.find(QPlainTextEdit, "whyEdit", why).setPlainText("will do it in Kingdee")
    at_work.press("whyButton", why)
    at_work.wait(lambda: not dialog._open)
    assert "Nothing is left to finish" in at_work.text_of(dialog)
    assert at_work.engine.submit_audit.open_chains() == ()


def test_what_the_run_created_is_deleted_after_the_count_was_typed(at_work: Walker) -> None:
    numbers = at_work.numbers("open", 3)
    rows = push(at_work, numbers, AUDIT)
    targets = [target.number for row in rows for target in row.targets]
    at_work.window.results.delete_wanted.emit()
    dialog = at_work.dialog("undoDialog")
    at_work.wait(lambda: dialog._items)
    assert dialog._deletable == ()  # approved: they stay unless the clerk has them taken back
    at_work.find(QCheckBox, "unauditCheck", dialog).setChecked(True)
    at_work.wait(lambda: len(dialog._deletable) == len(targets))
    assert at_work.carried_out("unaudit") == Counter()
    assert not at_work.find(QPushButton, "deleteButton", dialog).isEnabled()
    at_work.type("countEdit", str(len(targets)), dialog)
    at_work.press("deleteButton", dialog)
    at_work.wait(lambda: at_work.window.controller.work is Activity.UNDO)
    at_work.idle()
    assert f"{len(targets)} deleted." in at_work.text_of(dialog)
    dialog.reject()
    assert at_work.carried_out("delete") == Counter(targets)
    assert all(row.deleted for row in at_work.window.results.model.rows)
    assert at_work.find(QPushButton, "retryButton") is None
    # Their sources may be pushed again, and the grid says so.
    assert at_work.window.numbers.model.tally().ready == len(numbers)


def test_a_plan_that_finds_nothing_deletable_deletes_nothing(at_work: Walker) -> None:
    push(at_work, at_work.numbers("open", 1), SUBMIT)
    at_work.window.results.delete_wanted.emit()
    dialog = at_work.dialog("undoDialog")
    at_work.wait(lambda: dialog._items)
    assert at_work.find(QPushButton, "deleteButton", dialog) is None
    assert dialog._model.index(0, 3).data() == "stays: submitted or approved"
    assert dialog._detail.text()
    dialog.reject()
    assert at_work.carried_out("delete") == Counter()


def test_the_remark_begins_with_what_is_missing(at_work: Walker) -> None:
    at_work.faults(audit__msg_code={"at": [1], "code": 11})
    push(at_work, at_work.numbers("open", 1), AUDIT)
    row = at_work.window.results.model.rows[0]
    remark = at_work.window.results.model.index(0, Column.REMARK).data()
    assert remark.startswith(row.targets[0].number)
    assert at_work.engine.journal.order(row.run_id).options.rule_id == RULE
