"""Filling in targets and going on to the next bill, as a clerk walks: paste a table, match, push, go on."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QPlainTextEdit, QPushButton

from kdgui.domain.verdicts import Verdict
from kdgui.ui.history.history_dialog import HistoryDialog
from kdgui.ui.run.run_controller import Activity
from tests.ui.test_after_push import at_work
from tests.ui.walking import Walker

__all__ = ["at_work"]
ON = "AP_InStockToPayableMap"
APPROVE = 2


def table(numbers: list[str], *more: str) -> str:
    heads = ("单据编号", "行号", "实收数量", "仓库", "备注", "司机")
    rows = [(number, "1", "2", "成品仓", "第一车", "甲") for number in numbers]
    return "\n".join("\t".join(row) for row in (heads, *rows)) + "\n" + "".join(more)


def paste(walker: Walker, text: str) -> None:
    walker.window.numbers.clear()
    walker.window.numbers.paste_text(text)
    dialog = walker.find(QComboBox, "importColumnCombo")
    if dialog is not None:
        walker.press("importTakeButton")
    walker.wait(walker.window.numbers.fill.isVisible)


def matched(walker: Walker) -> None:
    walker.press("fillButton")
    dialog = walker.dialog("fillDialog")
    walker.wait(lambda: dialog._combos)
    chosen = [combo.currentText() for combo in dialog._combos]
    assert chosen == ["实收数量 (明细信息)", "仓库 (明细信息)", "(leave out)", "(leave out)"]
    assert "备注" in walker.text_of(dialog), "two fields are called so"
    combo = dialog._combos[2]
    combo.setCurrentIndex(combo.findText("备注 (单据头)"))
    walker.press("fillTakeButton", dialog)
    walker.wait(lambda: "实收数量、" in panel(walker) or "实收数量, " in panel(walker))


def panel(walker: Walker) -> str:
    return walker.window.numbers.fill.text()


def test_a_pasted_table_fills_the_targets_and_the_details_tell_each_value(at_work: Walker) -> None:
    numbers = at_work.numbers("open", 3)
    paste(at_work, table(numbers))
    assert "4 more columns" in panel(at_work)
    matched(at_work)
    assert "columns left out: 1" in panel(at_work)
    at_work.window.choose.after.setCurrentIndex(APPROVE)
    at_work.press("pushButton")
    rows = at_work.run_ends()
    assert {row.verdict for row in rows} == {Verdict.PUSHED}
    assert at_work.carried_out("save").total() == at_work.carried_out("audit").total() == 3
    results = at_work.window.results
    results.view.selectRow(0)
    told = results.details.text()
    for line in (
        "✓ 备注: 第一车",
        "✓ 实收数量 (line 1): 2",
        "✓ 仓库 (line 1): CK002",
        "Kingdee changed 价税合计",
    ):
        assert line in told, told
    at_work.window.open_run(rows[0].run_id)
    at_work.wait(lambda: results.model.rows)
    results.view.selectRow(0)
    at_work.wait(lambda: "✓ 备注: 第一车" in results.details.text())


def test_what_was_chosen_is_there_the_next_time_and_another_rule_asks_anew(at_work: Walker) -> None:
    numbers = at_work.numbers("open", 1)
    paste(at_work, table(numbers))
    matched(at_work)
    at_work.window.choose.rule.choose("PUR_PurchaseOrder-PUR_ReceiveBill")
    at_work.wait(lambda: "4 more columns" in panel(at_work))
    at_work.window.choose.rule.choose("PUR_PurchaseOrder-STK_InStock")
    at_work.press("fillButton")
    dialog = at_work.dialog("fillDialog")
    at_work.wait(lambda: dialog._combos)
    assert dialog._combos[2].currentText() == "备注 (单据头)"
    dialog._combos[3].setCurrentIndex(dialog._combos[3].findText("备注 (单据头)"))
    assert not at_work.find(QPushButton, "fillTakeButton", dialog).isEnabled(), "two columns, one field"
    at_work.press("fillCancelButton", dialog)
    at_work.press("noFillButton")
    assert not at_work.window.numbers.fill.isVisible()
    at_work.press("pushButton")
    at_work.run_ends()
    assert not at_work.carried_out("save")


def test_bills_that_cannot_be_filled_in_are_asked_about_and_skipped(at_work: Walker) -> None:
    bad, good = at_work.numbers("open", 2)
    paste(at_work, table([good]) + f"{bad}\t1\t2\tCK999\t\t\n")
    matched(at_work)
    at_work.press("pushButton")
    dialog = at_work.dialog("confirmDialog")
    assert "CK999" in at_work.text_of(dialog)
    assert "1 bills are not pushed" in at_work.text_of(dialog)
    at_work.press("confirmButton", dialog)
    rows = {row.number: row for row in at_work.run_ends()}
    assert (rows[bad].verdict, rows[good].verdict) == (Verdict.SKIPPED, Verdict.PUSHED)
    assert at_work.carried_out()[bad] == 0


def test_what_did_not_arrive_is_gone_on_with_only_for_a_reason(at_work: Walker) -> None:
    at_work.faults(save_mandatory="FApproverId")
    paste(at_work, table(at_work.numbers("open", 1)))
    matched(at_work)
    at_work.window.choose.after.setCurrentIndex(APPROVE)
    at_work.press("pushButton")
    (row,) = at_work.run_ends()
    assert row.half_done
    assert not at_work.carried_out("submit")
    at_work.window.results.view.selectRow(0)
    assert "✗ 备注: 第一车 is not in it" in at_work.window.results.details.text()
    at_work.press("chainsButton")
    dialog = at_work.dialog("chainsDialog")
    at_work.wait(lambda: dialog._open)
    at_work.press("goOnUnfilledButton", dialog)
    why = at_work.dialog("whyDialog")
    at_work.find(QPlainTextEdit, "whyEdit", why).setPlainText("agreed with the warehouse")
    at_work.press("whyButton", why)
    at_work.wait(lambda: at_work.find(QPushButton, "goOnUnfilledButton", dialog) is None)
    at_work.press("carryOnAllButton", dialog)
    at_work.wait(lambda: at_work.window.controller.work is Activity.CHAINS)
    at_work.idle()
    assert at_work.carried_out("audit").total() == 1
    assert not at_work.window.results.model.rows[0].half_done


def test_going_on_to_the_payables_then_one_way_then_all_of_it_deleted(at_work: Walker) -> None:
    window, numbers = at_work.window, at_work.numbers("open", 2)
    window.choose.after.setCurrentIndex(APPROVE)
    at_work.paste(numbers)
    at_work.press("pushButton")
    first = at_work.run_ends()
    targets = [target.number for row in first for target in row.targets]
    window.results._next.trigger()
    at_work.wait(lambda: [number.text for number in window.numbers.model.numbers] == targets)
    assert window.choose.form.key == "STK_InStock"
    at_work.wait(lambda: window.choose.rule.count() > 1)
    window.choose.rule.choose(ON)
    window.choose.after.setCurrentIndex(0)
    at_work.press("pushButton")
    at_work.wait(lambda: window.controller.work is Activity.RUN)
    at_work.wait(
        lambda: window.controller.work is Activity.NOTHING or at_work.find(QPushButton, "resumeButton")
    )
    if at_work.find(QPushButton, "previewGoOnButton"):
        at_work.press("previewGoOnButton")
    at_work.idle()
    payables = [target.number for row in window.results.model.rows for target in row.targets]
    assert len(payables) == 2

    history = HistoryDialog(at_work.engine, window._words, number=targets[0])
    at_work.qtbot.addWidget(history)
    history.show()
    at_work.wait(lambda: at_work.find(QLabel, "billWay", history))
    way = at_work.find(QLabel, "billWay", history).text()
    assert way.count(" → ") == 2
    places = [way.find(number) for number in (numbers[0], targets[0], payables[0])]
    assert -1 not in places
    assert places == sorted(places), way
    history.close()

    window.open_run(first[0].run_id)
    at_work.wait(lambda: window.results.model.rows[0].run_id == first[0].run_id)
    window.results.delete_wanted.emit()
    dialog = at_work.dialog("undoDialog")
    at_work.wait(lambda: dialog._items)
    at_work.find(QCheckBox, "wholeWayCheck", dialog).setChecked(True)
    at_work.wait(lambda: at_work.find(QCheckBox, "unauditCheck", dialog).isEnabled())
    at_work.find(QCheckBox, "unauditCheck", dialog).setChecked(True)
    at_work.wait(lambda: len(dialog._deletable) == 4)
    at_work.type("countEdit", "4", dialog)
    at_work.press("deleteButton", dialog)
    at_work.wait(lambda: window.controller.work is Activity.UNDO)
    at_work.idle()
    assert at_work.carried_out("delete") == Counter([*targets, *payables])
    dialog.reject()


@pytest.mark.parametrize("status", ["A"])
def test_what_is_not_approved_is_named_and_left_out(at_work: Walker, status: str) -> None:
    at_work.window.results._next.trigger()
    bar = at_work.window.messages
    at_work.wait(lambda: any("None of the target bills" in text for text in bar.texts().values()))
    assert len(at_work.window.numbers.model.numbers) == 1, "the list is as it was"
