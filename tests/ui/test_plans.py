"""Plans in the window: kept under a name, chosen again, their bills fetched, carried to a colleague."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QInputDialog, QMessageBox, QPushButton

from kdgui.domain.find_conditions import Compare, FieldCondition, FindConditions, Period
from kdgui.domain.orders import PushOptions
from kdgui.store.plans import Origin, Plan, PlanAccount, PlanSource, encode_plan, read_plan
from tests.ui.walking import FORM, RULE, Walker

ROW = FieldCondition("FQty", Compare.MORE, "10")
FIND = FindConditions(period=Period.THIS_YEAR, partner="东岸纸业", where=(ROW,))


def saved(walker: Walker, plan: Plan) -> None:
    walker.engine.plans.save(plan)
    walker.window.choose.plans.reload()
    combo = walker.window.choose.plans.combo
    walker.wait(lambda: combo.findText(plan.name) > 0)


def choose(walker: Walker, name: str) -> None:
    combo = walker.window.choose.plans.combo
    walker.wait(lambda: combo.findText(name) > 0)
    combo.setCurrentIndex(combo.findText(name))


def name_it(walker: Walker, name: str) -> None:
    walker.wait(lambda: walker.find(QInputDialog, "planNameDialog"))
    dialog = walker.find(QInputDialog, "planNameDialog")
    dialog.setTextValue(name)
    dialog.accept()


def press_in_box(walker: Walker, name: str, role: QMessageBox.ButtonRole) -> str:
    walker.wait(lambda: walker.find(QMessageBox, name))
    box = walker.find(QMessageBox, name)
    said = f"{box.text()}\n{box.informativeText()}"
    next(button for button in box.buttons() if box.buttonRole(button) is role).click()
    return said


def test_what_is_chosen_is_kept_and_comes_back(walker: Walker) -> None:
    pane = walker.window.choose
    pane.use_plan(
        Plan("", FORM, options=PushOptions(rule_id=RULE, draft_on_fail=True, custom_params=(("a", "b"),)),
             merged=True, block=77, then="audit")
    )  # fmt: skip
    before = pane.order(())
    pane.plans.save_as()
    name_it(walker, "每天入库")
    walker.wait(lambda: pane.plans.plan is not None)
    kept = walker.engine.plans.get("每天入库")
    profile = walker.engine.connection.profile
    assert kept.account.data_centre == profile.data_centre_id
    pane.plans.combo.setCurrentIndex(0)
    pane.use_plan(Plan("", "SAL_SaleOrder", options=PushOptions(rule_id="SaleOrder-OutStock")))
    assert pane.order(()) != before
    choose(walker, "每天入库")
    assert pane.order(()) == before
    walker.wait(lambda: pane.rule.count() > 1)
    assert pane.order(()) == before, "the rules that came meanwhile change nothing"


def test_the_bills_of_a_plan_are_searched_for(walker: Walker) -> None:
    walker.window.numbers.clear()
    options = PushOptions(rule_id=RULE)
    saved(walker, Plan("上月", FORM, options=options, source=PlanSource(Origin.FIND, find=FIND)))
    choose(walker, "上月")
    walker.press("planFetchButton")
    dialog = walker.dialog("findDialog")
    walker.wait(lambda: dialog._panel is not None and dialog._job is None and dialog.model.count)
    assert dialog._panel.conditions() == FIND
    walker.press("findTakeButton", dialog)
    walker.wait(lambda: walker.window.numbers.model.numbers)
    walker.window.choose.plans.save()
    walker.wait(lambda: walker.engine.plans.get("上月").source.find == FIND)


def test_a_list_of_a_file_is_read_again_and_saved_with_the_plan(walker: Walker, tmp_path: Path) -> None:
    walker.window.numbers.clear()
    path = tmp_path / "list.csv"
    numbers = walker.numbers("open", 3)
    path.write_text("单据编号,备注\n" + "\n".join(f"{number},x" for number in numbers), encoding="utf-8-sig")
    walker.window.numbers.read_file(path)
    walker.wait(lambda: len(walker.window.numbers.model.numbers) == 3)
    plans = walker.window.choose.plans
    plans.save_as()
    name_it(walker, "名单")
    walker.wait(lambda: plans.plan is not None)
    source = walker.engine.plans.get("名单").source
    assert (source.origin, source.file, source.column) == (Origin.FILE, str(path), "单据编号")
    walker.window.numbers.clear()
    walker.press("planFetchButton")
    walker.wait(lambda: len(walker.window.numbers.model.numbers) == 3)


def test_a_plan_says_what_is_gone(walker: Walker) -> None:
    find = FindConditions(where=(FieldCondition("FGoneField", Compare.EQUAL, "1"),))
    plan = Plan(
        "旧的",
        FORM,
        PlanAccount("https://other.invalid/k3cloud/", "0123456789abcd", "别的账套"),
        PushOptions(rule_id="gone-rule"),
        source=PlanSource(Origin.FIND, find=find),
    )
    saved(walker, plan)
    choose(walker, "旧的")
    walker.wait(lambda: "gone-rule" in walker.text_of(walker.window))
    told = walker.text_of(walker.window)
    assert "FGoneField" in told
    assert "别的账套" in told


def test_plans_are_renamed_deleted_and_carried(walker: Walker, tmp_path: Path) -> None:
    plans = walker.window.choose.plans
    saved(walker, Plan("甲", FORM, options=PushOptions(rule_id=RULE), then="submit", again=True))
    choose(walker, "甲")
    file = tmp_path / "plan.toml"
    plans.export_to(file)
    walker.wait(file.exists)
    walker.wait(lambda: "Exported to" in walker.text_of(walker.window))
    assert read_plan(file).name == "甲"
    plans.take_over_from(file)
    said = press_in_box(walker, "planImportBox", QMessageBox.ButtonRole.AcceptRole)
    assert RULE in said
    assert "pushed again" in said
    walker.wait(lambda: plans.combo.findText("甲 (2)") > 0)
    assert plans.plan is not None
    assert plans.plan.name == "甲 (2)"
    plans.rename()
    name_it(walker, "乙")
    walker.wait(lambda: plans.combo.currentText() == "乙")
    plans.delete()
    press_in_box(walker, "planDeleteBox", QMessageBox.ButtonRole.DestructiveRole)
    walker.wait(lambda: plans.combo.findText("乙") < 0)
    assert [plan.name for plan in walker.engine.plans.load()] == ["甲"]
    assert walker.find(QPushButton, "planFetchButton") is None, "a pasted list cannot be fetched"
    file.write_bytes(encode_plan(Plan("x", "F")).replace(b"version = 1", b"version = 9"))
    plans.take_over_from(file)
    walker.wait(lambda: "cannot be read" in walker.text_of(walker.window))
