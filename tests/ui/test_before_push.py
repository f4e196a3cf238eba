"""Before the push, as a clerk walks: ticks, bills of one number, lines, the first one alone, readiness."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QPushButton

from kdgui.domain.readiness import Light
from kdgui.domain.verdicts import Verdict
from kdgui.store.profiles import DataCentreLabel
from kdgui.ui.numbers.numbers_model import Column
from tests.ui.walking import RULE, Walker


def test_part_deliveries_are_ticked_at_once_and_the_count_is_typed(walker: Walker) -> None:
    parts, pushed = walker.numbers("part_delivered", 2), walker.numbers("linked", 1)
    created = walker.numbers("created", 1)
    walker.paste([*parts, *pushed, *created])
    walker.check()
    model = walker.window.numbers.model
    assert model.tally().ready == 0
    assert "Cannot be checked beforehand" in walker.text_of(walker.window.numbers)
    walker.press("tickLeftButton")
    assert [model.is_ready(row) for row in range(4)] == [True, True, False, False]
    walker.press("pushButton")
    dialog = walker.dialog("confirmDialog")
    assert "2 of these have target bills" in walker.text_of(dialog)
    assert not walker.find(QPushButton, "confirmButton", dialog).isEnabled()
    walker.type("countEdit", "2", dialog)
    walker.press("confirmButton", dialog)
    walker.press("previewGoOnButton", walker.dialog("previewDialog"))
    walker.idle()
    assert walker.carried_out() == Counter(parts)
    assert walker.verdicts() == {Verdict.PUSHED}


def test_space_ticks_a_row_that_is_not_approved(walker: Walker) -> None:
    walker.paste(walker.numbers("created", 1))
    walker.check()
    grid, model = walker.window.numbers.grid, walker.window.numbers.model
    grid.selectRow(0)
    grid.setFocus()
    QTest.keyClick(grid, Qt.Key.Key_Space)
    assert model.findings.ticked(model.key(0))
    assert model.index(0, Column.CHECK).data() == "All the same"
    QTest.keyClick(grid, Qt.Key.Key_Space)
    assert not model.is_ready(0)


def test_a_number_of_two_organisations_is_pushed_by_the_id_that_was_chosen(walker: Walker) -> None:
    walker.faults(two_orgs=True)
    number = walker.numbers("two_orgs", 1)
    walker.paste(number)
    walker.check()
    assert not walker.find(QPushButton, "pushButton").isEnabled()
    walker.press("chooseBillsButton")
    dialog = walker.dialog("chooseBillDialog")
    combo = walker.find(QComboBox, "chooseBillCombo0", dialog)
    assert combo.count() == 3  # not chosen, and two organisations
    combo.setCurrentIndex(1)
    walker.press("chooseBillsOkButton", dialog)
    walker.press("pushButton")
    walker.run_ends()
    chosen = walker.engine.journal.order(walker.window.results.model.rows[0].run_id).chosen
    assert walker.carried_out() == Counter(number)
    assert walker.window.results.model.rows[0].bill_id == chosen[0][1]


def test_only_the_ticked_lines_are_pushed(walker: Walker) -> None:
    number = walker.numbers("open_many_lines", 1)
    walker.paste(number)
    walker.check()
    walker.window.numbers.grid.selectRow(0)
    walker.window.numbers.grid.lines_wanted.emit()
    dialog = walker.dialog("linesDialog")
    walker.wait(lambda: dialog._bills)
    lines = dialog._bills[0].lines
    walker.press("noLinesButton", dialog)
    assert not walker.find(QPushButton, "linesOkButton", dialog).isEnabled()
    dialog._model.tick([0], on=True)
    walker.press("linesOkButton", dialog)
    assert f"only 1 of {len(lines)} lines" in str(walker.window.numbers.model.index(0, Column.HINT).data())
    walker.press("pushButton")
    rows = walker.run_ends()
    assert rows[0].verdict is Verdict.PUSHED
    posts = walker._ask("ledger")["posts"]
    assert [post["entry_ids"] for post in posts if post["operation"] == "push"] == [[lines[0].entry_id]]


def test_a_rule_never_used_here_pushes_one_and_waits(walker: Walker) -> None:
    numbers = walker.numbers("open", 3)
    walker.paste(numbers)
    walker.press("pushButton")
    preview = walker.dialog("previewDialog")
    assert walker.carried_out().total() == 1
    facts = dict(preview.facts())
    assert facts["Number"] and facts["Date"] and facts["Period"]  # noqa: PT018 - one fact
    preview.reject()  # the run still waits, and the banner brings it back
    walker.press("previewButton")
    walker.press("previewStopButton", walker.dialog("previewDialog"))
    walker.idle()
    assert walker.carried_out().total() == 1
    walker.press("resumeButton")  # she stopped, so what comes next is shown alone once more
    walker.press("previewGoOnButton", walker.dialog("previewDialog"))
    walker.idle()
    assert walker.carried_out() == Counter(numbers)
    walker.paste(walker.numbers("open", 2, skip=3))
    walker.press("pushButton")  # used before: it goes without a stop
    walker.run_ends()
    assert walker.verdicts() == {Verdict.PUSHED}


def test_production_asks_with_what_the_check_says(walker: Walker) -> None:
    walker.engine.connection.profile = replace(
        walker.engine.connection.profile, label=DataCentreLabel.PRODUCTION
    )
    walker.window.choose.after.setCurrentIndex(2)
    walker.paste([*walker.numbers("open", 2), *walker.numbers("linked", 1)])
    walker.press("pushButton")
    dialog = walker.dialog("confirmDialog")
    said = walker.text_of(dialog)
    for fact in ("Ready 2, Already pushed 1", "one bill alone first", "then submit and approve", RULE):
        assert fact in said
    assert walker.find(QPushButton, "cancelButton", dialog).hasFocus()
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert walker.carried_out() == Counter()


def test_another_organisation_voids_what_was_found(walker: Walker) -> None:
    combo = walker.find(QComboBox, "organisationCombo")
    walker.wait(combo.isEnabled)
    walker.paste(walker.numbers("open", 1))
    walker.check()
    other = 1 - combo.currentIndex()
    combo.setCurrentIndex(other)
    combo.activated.emit(other)
    walker.wait(lambda: "told" in walker.window.messages.texts())
    assert walker.engine.connection.organisation == combo.currentData()
    assert walker.window.numbers.model.tally().marks == ()


def test_the_readiness_report_has_words_for_every_light_and_is_exported(
    walker: Walker, tmp_path: Path
) -> None:
    walker.press("readinessButton")
    dialog = walker.dialog("readinessDialog")
    walker.wait(lambda: dialog._report is not None)
    said = walker.text_of(dialog)
    for line in dialog._report.lines:
        assert walker.window._words_now().ready(line).what in said
    assert dialog._report.count(Light.RED) == 0
    dialog.write(tmp_path / "ready.json")
    walker.wait(lambda: "Written to" in walker.text_of(dialog))
    report = json.loads((tmp_path / "ready.json").read_text("utf-8"))
    assert report["readable"]["about"]["rule"] == RULE
    assert report["raw"]


def test_a_target_that_is_drafted_on_failure_is_warned_of(walker: Walker) -> None:
    walker.press("moreOptionsButton")
    dialog = walker.dialog("optionsDialog")
    walker.find(QCheckBox, "draftOnFailCheck", dialog).setChecked(True)
    dialog.accept()
    assert "Drafts are kept" in walker.text_of(walker.window.choose)
