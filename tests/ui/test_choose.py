"""Card 1: finding a form by any of its names, its rules, and orders that say what was chosen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFocusEvent, QFont, QFontMetrics, QInputMethodEvent
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QFrame,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from kdgui.bootstrap import open_engine
from kdgui.domain.bills import Organisation
from kdgui.domain.orders import PushOptions
from kdgui.pushing.engine import PushEngine
from kdgui.store.messages.words import load_words
from kdgui.store.paths import Paths
from kdgui.ui.choose.choose_pane import ChoosePane
from kdgui.ui.choose.form_picker import Choice, ChoiceModel, Picker, find_choices
from kdgui.ui.choose.mode_field import ModeField
from kdgui.ui.choose.options_dialog import MoreOptions, OptionsDialog, trouble_of_params
from kdgui.ui.widgets.translations import Translations

# Offscreen, the list of suggestions cannot grab the keyboard; a real screen lets it.
pytestmark = [
    pytest.mark.usefixtures("english"),
    pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True),
]

WORDS = load_words("zh")
ORDER = "PUR_PurchaseOrder"
DEFAULT_RULE = "*"
RULE = "PUR_PurchaseOrder-STK_InStock"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[PushEngine]:
    with open_engine(Paths(tmp_path / "home"), attended=True) as engine:
        yield engine


@pytest.fixture
def pane(qtbot: QtBot, dressed: QApplication, engine: PushEngine) -> ChoosePane:
    pane = ChoosePane(engine, lambda: WORDS)
    qtbot.addWidget(pane)
    pane.resize(520, 260)
    with qtbot.waitExposed(pane):
        pane.show()
    pane.activateWindow()
    return pane


def type_into(picker: Picker, text: str) -> None:
    edit = picker.lineEdit()
    assert edit is not None
    edit.setFocus()
    edit.selectAll()
    event = QInputMethodEvent("", [])
    event.setCommitString(text)
    QApplication.sendEvent(edit, event)


def choose_form(pane: ChoosePane, qtbot: QtBot, form_id: str = ORDER) -> None:
    pane.form.choose(form_id)
    qtbot.waitUntil(lambda: pane.rule.count() > 1)


def test_the_choices_keep_the_promises_of_a_model(qtbot: QtBot) -> None:
    model = ChoiceModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning, model)
    model.set_choices([Choice(ORDER, "采购订单"), Choice("SAL_SaleOrder", "销售订单")])
    assert (model.rowCount(), model.row_of("sal_saleorder"), model.row_of("x")) == (2, 1, -1)


@pytest.mark.parametrize(
    "text", ["采购订单", "purchase order", "PUR_purchaseorder", "purchaseor", "order 采购"]
)
def test_a_form_is_found_by_any_part_of_any_name_without_case(pane: ChoosePane, text: str) -> None:
    assert ORDER in [choice.key for choice in find_choices(pane.form._list.choices, text)]


def test_typing_offers_and_return_takes_the_only_one(pane: ChoosePane, qtbot: QtBot) -> None:
    type_into(pane.form, "pur_purchaseorder")
    offered = [choice.key for choice in pane.form._found.choices]
    assert offered[0] == ORDER
    with qtbot.waitSignal(pane.form.chosen) as chosen:
        QTest.keyClick(pane.form.lineEdit(), Qt.Key.Key_Return)
    assert chosen.args == [ORDER]
    assert pane.form.currentText() == "采购订单　PUR_PurchaseOrder"


def test_an_id_that_nobody_lists_is_asked_about_and_nonsense_is_not_taken(pane: ChoosePane) -> None:
    type_into(pane.form, "ABC_MyOwnForm")
    QTest.keyClick(pane.form.lineEdit(), Qt.Key.Key_Return)
    assert pane.form.key == ""
    asked = pane.window().findChild(QMessageBox, "unknownIdDialog")
    assert "ABC_MyOwnForm" in asked.text()
    QTest.keyClick(asked, Qt.Key.Key_Escape)
    assert pane.form.key == ""
    type_into(pane.form, "ABC_MyOwnForm")
    QTest.keyClick(pane.form.lineEdit(), Qt.Key.Key_Return)
    asked = next(each for each in pane.window().findChildren(QMessageBox) if each.isVisible())
    asked.findChild(QPushButton, "useIdButton").click()
    assert pane.form.key == "ABC_MyOwnForm"
    type_into(pane.form, "没有这样的单据")
    pane.form.lineEdit().clearFocus()
    assert (pane.form.key, pane.form.currentText()) == ("ABC_MyOwnForm", "ABC_MyOwnForm")


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("cgdd", "PUR_PurchaseOrder"),
        ("caigoudd", "PUR_PurchaseOrder"),
        ("xsdd", "SAL_SaleOrder"),
        ("销售", "SAL_SaleOrder"),
        ("xs", "SAL_SaleOrder"),
        ("xiaoshouchuku", "SAL_OUTSTOCK"),
    ],
)
def test_initials_and_pinyin_find_a_form_and_the_common_one_first(
    pane: ChoosePane, typed: str, first: str
) -> None:
    assert find_choices(pane.form._list.choices, typed)[0].key == first


def test_what_was_used_is_found_before_everything_else(engine: PushEngine, pane: ChoosePane) -> None:
    rare = next(choice for choice in find_choices(pane.form._list.choices, "xs") if choice.rank == 2)
    engine.change_settings(replace(engine.settings, favourites=(rare.key,)))
    pane.reload()
    assert find_choices(pane.form._list.choices, "xs")[0].key == rare.key


def test_a_click_selects_the_text_and_opens_the_list_where_it_stands(pane: ChoosePane) -> None:
    pane.form.choose("SAL_SaleOrder")
    edit = pane.form.lineEdit()
    QTest.mouseClick(edit, Qt.MouseButton.LeftButton)
    popup = pane.form._completer.popup()
    assert (edit.selectedText(), popup.isVisible()) == (edit.text(), True)
    shown = popup.visualRect(pane.form._found.index(pane.form._found.row_of("SAL_SaleOrder")))
    assert popup.viewport().rect().contains(shown.center())
    QTest.keyClick(popup, Qt.Key.Key_Escape)
    assert (popup.isVisible(), pane.form.key) == (False, "SAL_SaleOrder")


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        (Qt.FocusReason.ActiveWindowFocusReason, "cgdd"),
        (Qt.FocusReason.OtherFocusReason, "cgdd"),
        (Qt.FocusReason.TabFocusReason, "gdd"),
    ],
)
def test_a_window_that_comes_back_leaves_what_was_typed(
    pane: ChoosePane, reason: Qt.FocusReason, text: str
) -> None:
    edit = pane.form.lineEdit()
    edit.clear()
    QTest.keyClicks(edit, "c")
    QApplication.sendEvent(edit, QFocusEvent(QEvent.Type.FocusIn, reason))
    QTest.keyClicks(edit, "gdd")
    assert edit.text() == text


def test_a_program_may_set_the_text_or_the_index(pane: ChoosePane) -> None:
    pane.form.setCurrentText(ORDER)
    assert pane.form.key == ORDER
    pane.form.setCurrentIndex(pane.form._list.row_of("SAL_SaleOrder"))
    assert pane.form.key == "SAL_SaleOrder"


def test_the_rules_of_the_form_come_and_go_with_it(pane: ChoosePane, qtbot: QtBot) -> None:
    assert pane.obstacle() != ""
    choose_form(pane, qtbot)
    keys = [choice.key for choice in pane.rule._list.choices]
    assert RULE in keys
    assert keys[-1] == DEFAULT_RULE
    pane.rule.choose(RULE)
    assert pane.obstacle() == ""
    choose_form(pane, qtbot, "SAL_SaleOrder")
    assert pane.rule.key != RULE


def test_the_target_is_asked_for_only_where_nobody_names_it(pane: ChoosePane, qtbot: QtBot) -> None:
    choose_form(pane, qtbot)
    pane.rule.choose(RULE)
    assert not pane.target.isVisible()
    assert pane.order(()).options.target_form == "STK_InStock"
    for rule in (DEFAULT_RULE, "6f1c2d3e-0000-4000-8000-123456789abc"):
        pane.rule.choose(rule)
        assert pane.target.isVisible()
        assert pane.obstacle() != ""
    pane.target.choose("STK_InStock")
    assert pane.obstacle() == ""


def test_an_order_says_what_was_chosen(pane: ChoosePane, qtbot: QtBot, engine: PushEngine) -> None:
    choose_form(pane, qtbot)
    pane.rule.choose(DEFAULT_RULE)
    pane.target.choose("STK_InStock")
    pane._options._take(MoreOptions(7, "RKD01", draft_on_fail=True, custom_params=(("a", "1"),)))
    order = pane.order(("CGDD1", "CGDD1"))
    assert (order.form_id, order.numbers, order.parallel) == (
        ORDER,
        ("CGDD1", "CGDD1"),
        engine.settings.parallel,
    )
    assert (order.merged, order.then, order.again) == (False, "", False)
    assert order.options == PushOptions(
        rule_id="",
        target_form="STK_InStock",
        default_rule=True,
        target_bill_type="RKD01",
        target_org_id=7,
        draft_on_fail=True,
        custom_params=(("a", "1"),),
    )


def test_the_star_keeps_a_favourite_that_then_comes_first(
    pane: ChoosePane, qtbot: QtBot, engine: PushEngine
) -> None:
    star = pane.findChild(QToolButton, "favouriteButton")
    choose_form(pane, qtbot, "SAL_OUTSTOCK")
    QTest.mouseClick(star, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: engine.settings.favourites == ("SAL_OUTSTOCK",))
    qtbot.waitUntil(lambda: pane.form._list.choices[0].key == "SAL_OUTSTOCK")
    assert pane.form._list.choices[0].note == "★"
    assert pane.form.key == "SAL_OUTSTOCK"
    QTest.mouseClick(star, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: engine.settings.favourites == ())


def test_options_are_remembered_with_their_rule(pane: ChoosePane, qtbot: QtBot, engine: PushEngine) -> None:
    choose_form(pane, qtbot)
    pane.rule.choose(RULE)
    pane._options._take(MoreOptions(7, draft_on_fail=True))
    qtbot.waitUntil(lambda: bool(engine.settings.rule_options))
    pane.rule.choose(DEFAULT_RULE)
    assert pane.order(()).options == PushOptions(default_rule=True)
    pane.target.choose("STK_InStock")
    qtbot.waitUntil(lambda: len(engine.settings.rule_options) == 2)
    pane.rule.choose(RULE)
    assert (pane.order(()).options.target_org_id, pane.order(()).options.draft_on_fail) == (7, True)
    pane.rule.choose(DEFAULT_RULE)
    assert pane.order(()).options.target_form == "STK_InStock"


def test_merging_says_what_will_happen_and_how_many_go_together(qtbot: QtBot, dressed: QApplication) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)
    field = ModeField(owner)
    QVBoxLayout(owner).addWidget(field.widget)
    field.retranslate()
    owner.show()
    assert not field.block.isVisible()
    with qtbot.waitSignal(field.changed):
        QTest.mouseClick(field.merged, Qt.MouseButton.LeftButton)
    assert field.block.isVisible() and field.is_merged  # noqa: PT018 - one fact


def test_the_target_organisation_is_chosen_by_name(qtbot: QtBot, dressed: QApplication) -> None:
    known = (Organisation("100001", "100", "总部"), Organisation("100002", "200", "分厂"))
    dialog = OptionsDialog(MoreOptions(100002), lambda: known)
    qtbot.addWidget(dialog)
    dialog.show()
    combo = dialog.findChild(QComboBox, "targetOrganisationCombo")
    qtbot.waitUntil(combo.isVisible)
    assert combo.currentText() == "200 分厂"
    combo.setCurrentIndex(combo.findText("100 总部"))
    dialog.accept()
    assert dialog.options.target_org_id == 100001


def test_the_danger_of_drafts_is_explained_when_it_is_chosen(qtbot: QtBot, dressed: QApplication) -> None:
    dialog = OptionsDialog(MoreOptions())
    qtbot.addWidget(dialog)
    dialog.show()
    danger = dialog.findChild(QFrame, "draftDanger")
    assert not danger.isVisible()
    dialog.findChild(QCheckBox, "draftOnFailCheck").setChecked(True)
    assert danger.isVisible()


def test_parameters_are_checked_before_they_are_taken(qtbot: QtBot, dressed: QApplication) -> None:
    dialog = OptionsDialog(MoreOptions(custom_params=(("a", "1"),)))
    qtbot.addWidget(dialog)
    dialog.show()
    table = dialog.findChild(QTableWidget, "customParamsTable")
    table.setItem(1, 1, QTableWidgetItem("a value without a name"))
    ok = dialog.findChild(QPushButton, "optionsOkButton")
    QTest.mouseClick(ok, Qt.MouseButton.LeftButton)
    assert dialog.isVisible()
    assert dialog.result() != QDialog.DialogCode.Accepted
    table.item(1, 1).setText(" 2 ")
    table.setItem(1, 0, QTableWidgetItem("b"))
    dialog.findChild(QLineEdit, "targetOrganisationEdit").setText("100001")
    QTest.mouseClick(ok, Qt.MouseButton.LeftButton)
    assert dialog.options == MoreOptions(
        100001, "", draft_on_fail=False, custom_params=(("a", "1"), ("b", "2"))
    )


@pytest.mark.parametrize(
    ("pairs", "code"),
    [((), ""), ((("a", ""),), ""), ((("", "1"),), "no_key"), ((("a", "1"), ("a", "2")), "twice")],
)
def test_what_is_wrong_with_parameters(pairs: tuple[tuple[str, str], ...], code: str) -> None:
    assert trouble_of_params(pairs)[0] == code


def test_more_options_opens_the_dialog(pane: ChoosePane, qtbot: QtBot) -> None:
    QTest.mouseClick(pane.findChild(QPushButton, "moreOptionsButton"), Qt.MouseButton.LeftButton)
    dialog = pane.findChild(OptionsDialog)
    assert dialog is not None
    dialog.findChild(QCheckBox, "draftOnFailCheck").setChecked(True)
    with qtbot.waitSignal(pane.changed):
        dialog.accept()
    assert pane.order(()).options.draft_on_fail


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_chosen_way_is_written_in_bold_and_not_cut(
    pane: ChoosePane, translations: Translations, language: str
) -> None:
    translations.use(language)
    pane.retranslate()
    for name in ("separateButton", "mergedButton"):
        button = pane.findChild(QPushButton, name)
        assert button is not None
        bold = QFont(button.font())
        bold.setWeight(QFont.Weight.DemiBold)
        frame = button.sizeHint().width() - button.fontMetrics().horizontalAdvance(button.text())
        assert button.minimumWidth() >= frame + QFontMetrics(bold).horizontalAdvance(button.text())
