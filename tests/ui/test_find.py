"""Finding bills in the window: conditions, ticks, into the grid with their ids, and pushed by those ids."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPushButton

from kdgui.domain.bills import SourceBill
from kdgui.domain.find_conditions import Compare, FieldCondition, FindConditions, Period
from kdgui.domain.orders import PushOptions, RunOrder
from kdgui.pushing.inspect.find_bills import FindProgress, FindResult, FoundBill
from kdgui.pushing.inspect.find_fields import FieldKind, FindField, FindForm
from kdgui.pushing.inspect.quantities import Quantity
from kdgui.store.messages.words import Words
from kdgui.ui.numbers.base_data_edit import BaseDataEdit
from kdgui.ui.numbers.find_dialog import FindDialog
from kdgui.ui.numbers.find_model import Column
from tests.ui.heart import Heart
from tests.ui.walking import FORM, RULE, Walker


def opened(walker: Walker) -> FindDialog:
    walker.press("findButton")
    dialog: FindDialog = walker.dialog("findDialog")
    walker.wait(lambda: walker.find(QPushButton, "findStartButton", dialog))
    return dialog


def searched(walker: Walker, dialog: FindDialog, conditions: FindConditions) -> None:
    dialog._panel.show_conditions(conditions)
    walker.press("findStartButton", dialog)
    walker.wait(lambda: dialog._job is None)


def test_found_bills_are_added_and_pushed_by_their_ids(walker: Walker) -> None:
    walker.window.numbers.clear()
    dialog = opened(walker)
    searched(walker, dialog, FindConditions(partner="东岸纸业"))
    found = dialog.ticked
    assert len(found) > 4
    assert {each.partner for each in found} == {"东岸纸业"}
    walker.press("findTickNoneButton", dialog)
    sound = set(walker.numbers("open", 40))
    wanted = [each.bill for each in found if each.bill.number in sound][:2]
    walker.type("findFilterEdit", wanted[0].number, dialog)
    assert dialog.model.shown == 1
    walker.press("findTickShownButton", dialog)
    walker.find(QLineEdit, "findFilterEdit", dialog).clear()
    view = dialog._view
    row = next(
        row for row in range(dialog.model.rowCount()) if dialog.model.index(row, 0).data() == wanted[1].number
    )
    view.selectRow(row)
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Space)
    assert {each.bill.number for each in dialog.ticked} == {each.number for each in wanted}
    walker.press("findTakeButton", dialog)
    model = walker.window.numbers.model
    walker.wait(lambda: len(model.numbers) == 2)
    assert model.tally().ready == 2
    assert model.check_word(0) == "Ready"
    walker.press("pushButton")
    walker.press("previewGoOnButton", walker.dialog("previewDialog"))  # a rule's first time
    walker.idle()
    rows = walker.window.results.model.rows
    assert {row.bill_id for row in rows} == {each.id for each in wanted}
    run = walker.engine.journal.order(rows[0].run_id)
    assert {bill_id for _, bill_id in run.chosen} == {each.id for each in wanted}
    assert walker.carried_out() == Counter(each.number for each in wanted)


def test_what_was_asked_for_last_is_there_again_and_what_is_there_is_not_added_twice(walker: Walker) -> None:
    walker.window.numbers.clear()
    dialog = opened(walker)
    row = FieldCondition("FQty", Compare.MORE, "10")
    wanted = FindConditions(period=Period.THIS_YEAR, status="", open_only=False, where=(row,))
    searched(walker, dialog, wanted)
    count = dialog.model.count
    walker.press("findTakeButton", dialog)
    walker.wait(lambda: len(walker.window.numbers.model.numbers) == count)
    again = opened(walker)
    assert again._panel.conditions() == wanted
    walker.press("findStartButton", again)
    walker.wait(lambda: again._job is None)
    walker.press("findTakeButton", again)
    walker.wait(lambda: f"In the list already: {count}" in walker.text_of(walker.window))
    assert len(walker.window.numbers.model.numbers) == count


def test_a_number_of_two_organisations_is_left_to_the_clerk(walker: Walker) -> None:
    walker.faults(two_orgs=True)
    number = walker.numbers("two_orgs", 1)[0]
    walker.window.numbers.clear()
    dialog = opened(walker)
    row = FieldCondition("FBillNo", Compare.EQUAL, number)
    searched(walker, dialog, FindConditions(where=(row,)))
    assert dialog.model.tick_count == 2
    walker.press("findTakeButton", dialog)
    model = walker.window.numbers.model
    walker.wait(lambda: len(model.numbers) == 1)
    assert model.findings.chosen(model.key(0)) is None
    assert "several bills have: 1" in walker.text_of(walker.window)


def test_a_value_that_does_not_fit_is_told_and_nothing_is_asked(walker: Walker) -> None:
    dialog = opened(walker)
    row = FieldCondition("FQty", Compare.MORE, "many")
    searched(walker, dialog, FindConditions(where=(row,)))
    assert "needs a number" in walker.text_of(dialog)
    assert dialog.model.count == 0
    searched(walker, dialog, FindConditions(where=(FieldCondition("FQty", Compare.MORE, ""),)))
    assert "has no value" in walker.text_of(dialog)
    searched(walker, dialog, FindConditions(partner="nobody at all"))
    assert "No bill meets these conditions" in walker.text_of(dialog)
    dialog.reject()


def test_every_kind_of_field_has_its_own_input(walker: Walker) -> None:
    dialog = opened(walker)
    rows = (
        FieldCondition("FDate", Compare.AT_LEAST, "2026-03-04"),
        FieldCondition("FSupplierId", Compare.EQUAL, "VEN00001"),
        FieldCondition("FDocumentStatus", Compare.UNEQUAL, "A"),
        FieldCondition("FCloseStatus", Compare.EQUAL, "no"),
        FieldCondition("FLot", Compare.EMPTY),
        FieldCondition("FGoneKey", Compare.CONTAINS, "x"),
    )
    dialog._panel.show_conditions(FindConditions(where=rows))
    assert dialog._panel.conditions().where == rows
    dialog.reject()


def test_partners_are_offered_while_their_name_is_typed(walker: Walker) -> None:
    dialog = opened(walker)
    edit = walker.find(BaseDataEdit, "findPartnerEdit", dialog)
    edit.setFocus()
    edit.setText("东")
    edit.textEdited.emit("东")
    walker.wait(lambda: edit.completer().completionCount() == 1)
    edit.setText(edit.completer().currentCompletion())
    assert edit.value == "VEN00001"
    edit.completer().popup().hide()
    dialog.reject()


def test_without_a_rule_nothing_is_counted_by_it(walker: Walker, english: Words) -> None:
    order = RunOrder(FORM, PushOptions(), ())
    dialog = FindDialog(walker.engine, order, lambda: english, 100, walker.window)
    dialog.open()
    walker.wait(lambda: walker.find(QPushButton, "findStartButton", dialog))
    assert not walker.find(QCheckBox, "findLeftCheck", dialog).isEnabled()
    walker.press("findStartButton", dialog)
    walker.wait(lambda: dialog._job is None)
    assert dialog._panel.conditions().with_left is False
    assert walker.find(QComboBox, "findPeriodCombo", dialog).currentData() == "this_month"
    dialog.reject()


class Plenty:
    """Finds ten thousand bills at once, as no server could."""

    def form(self, form_id: str) -> FindForm:
        return FindForm(form_id, (FindField("FDate", "日期", FieldKind.DATE),), described=True, date="FDate")

    def remembered(self, _form_id: str) -> None:
        return None

    def remember(self, _form_id: str, _conditions: FindConditions) -> None:
        return None

    def base_data(self, _form: str, _typed: str) -> tuple[()]:
        return ()

    def bills(
        self, _form: str, _options: object, _conditions: object, control, tell, *, most: int
    ) -> FindResult:
        found: list[FoundBill] = []
        for start in range(0, min(most, 10_000), 150):
            if control.stopped:
                break
            part = tuple(
                FoundBill(
                    SourceBill(str(place), f"CGDD{place:06d}", "C"),
                    "2026-11-28",
                    "北桥包装",
                    Decimal(place * 37 % 9973),
                    Quantity(Decimal(place % 7), Decimal(7)),
                )
                for place in range(start, min(start + 150, 10_000))
            )
            found += part
            tell(FindProgress(part, len(found)))
        return FindResult(tuple(found), len(found))


class PlentyEngine:
    finding = Plenty()


def test_the_window_stays_alive_while_ten_thousand_are_found(walker: Walker, english: Words) -> None:
    order = RunOrder(FORM, PushOptions(rule_id=RULE), ())
    dialog = FindDialog(PlentyEngine(), order, lambda: english, 20_000, walker.window)  # type: ignore[arg-type]
    dialog.open()
    walker.wait(lambda: walker.find(QPushButton, "findStartButton", dialog))
    with Heart() as heart:
        dialog.search()
        walker.wait(lambda: dialog._job is None)
        dialog.model.sort(Column.AMOUNT, Qt.SortOrder.DescendingOrder)
        walker.qtbot.wait(30)
        dialog.model.show_only("cgdd0000")
        walker.qtbot.wait(30)
        dialog.model.show_only("")
        walker.qtbot.wait(30)
        dialog.model.tick_all(on=False)
        walker.qtbot.wait(30)
    heart.assert_calm()
    assert dialog.model.count == dialog.model.rowCount() == 10_000
    amounts = [dialog.model.index(row, Column.AMOUNT).data() for row in range(3)]
    assert amounts == ["9,972", "9,971", "9,970"] or amounts[0] == "9,972"
    dialog.reject()


def test_the_table_sorts_and_ticks_by_what_is_shown(walker: Walker, english: Words) -> None:
    order = RunOrder(FORM, PushOptions(rule_id=RULE), ())
    dialog = FindDialog(PlentyEngine(), order, lambda: english, 400, walker.window)  # type: ignore[arg-type]
    dialog.open()
    walker.wait(lambda: walker.find(QPushButton, "findStartButton", dialog))
    dialog.search()
    walker.wait(lambda: dialog._job is None)
    model = dialog.model
    model.sort(Column.LEFT, Qt.SortOrder.AscendingOrder)
    left = [model._bills[place].left.left for place in model._shown]
    assert left == sorted(left)
    model.sort(Column.NUMBER, Qt.SortOrder.DescendingOrder)
    assert model.index(0, 0).data() == f"CGDD{model.count - 1:06d}"
    model.sort(-1)
    assert model.index(0, 0).data() == "CGDD000000"
    model.show_only("CGDD00001")
    assert model.shown == 10
    model.tick_shown()
    assert model.tick_count == 10
    assert model.setData(model.index(0, 0), Qt.CheckState.Unchecked.value, Qt.ItemDataRole.CheckStateRole)
    assert model.tick_count == 9
    dialog.reject()
