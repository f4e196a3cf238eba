"""The rows of the grid: one signal a paste, one step of undo a change, everything wrong seen at once."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from kdgui.domain.bill_numbers import read_bill_number
from kdgui.domain.bills import SourceBill, TargetBill
from kdgui.domain.verdicts import Reason
from kdgui.pushing.inspect.check import Finding, Quantity
from kdgui.store.messages.words import load_words
from kdgui.ui.numbers.check_findings import LinePick
from kdgui.ui.numbers.numbers_model import Column, NumbersModel, Tally
from kdgui.ui.numbers.push_selection import PushSelection, check_list, ready_list
from kdgui.ui.widgets.pill_delegate import CellRole
from kdgui.ui.widgets.style import Tone

pytestmark = pytest.mark.usefixtures("english")

WORDS = load_words("en")


@pytest.fixture
def model(qtbot: QtBot) -> NumbersModel:
    model = NumbersModel(lambda: WORDS)
    # The tester belongs to the model and raises a warning, which fails the test, for every broken promise.
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning, model)
    return model


def numbers(*texts: str) -> tuple:
    return tuple(map(read_bill_number, texts))


def cell(model: NumbersModel, row: int, column: Column, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
    return model.index(row, column).data(role)


def texts(model: NumbersModel) -> list[str]:
    return [number.text for number in model.numbers]


def test_there_is_always_an_empty_line_at_the_bottom(model: NumbersModel) -> None:
    assert (model.rowCount(), model.columnCount()) == (1, 4)
    model.append(numbers("CGDD1", "CGDD2"))
    assert model.rowCount() == 3
    assert cell(model, 2, Column.NUMBER) is None
    assert model.rowCount(model.index(0, 0)) == 0


def test_a_paste_is_one_signal_and_one_step_of_undo(model: NumbersModel, qtbot: QtBot) -> None:
    heard: list[str] = []
    model.rowsInserted.connect(lambda *_: heard.append("inserted"))
    model.dataChanged.connect(lambda *_: heard.append("changed"))
    model.modelReset.connect(lambda: heard.append("reset"))
    model.append(numbers(*(f"CGDD{n:06d}" for n in range(200))))
    assert heard == ["inserted"]
    model.undo_stack.undo()
    assert model.rowCount() == 1
    model.undo_stack.redo()
    assert model.rowCount() == 201


def test_typing_into_the_empty_line_grows_the_table(model: NumbersModel) -> None:
    assert model.setData(model.index(0, Column.NUMBER), " CGDD000412 ")
    assert (texts(model), model.rowCount()) == (["CGDD000412"], 2)
    assert model.setData(model.index(0, Column.NUMBER), "CGDD000413")
    assert texts(model) == ["CGDD000413"]
    model.setData(model.index(0, Column.NUMBER), "")
    assert (texts(model), model.rowCount()) == ([], 1)
    for expected in (["CGDD000413"], ["CGDD000412"], []):
        model.undo_stack.undo()
        assert texts(model) == expected


def test_scattered_rows_go_and_come_back_in_one_step(model: NumbersModel) -> None:
    model.append(numbers("A001", "A002", "A003", "A004", "A005"))
    model.remove([1, 3, 99])
    assert texts(model) == ["A001", "A003", "A005"]
    model.undo_stack.undo()
    assert texts(model) == ["A001", "A002", "A003", "A004", "A005"]


def test_a_repeated_number_names_its_first_row_until_that_is_gone(model: NumbersModel) -> None:
    model.append(numbers("CGDD1001", "CGDD1002", "ｃｇｄｄ１００１"))
    assert cell(model, 2, Column.CHECK) == "Repeated"
    assert cell(model, 2, Column.HINT) == "Same as row 1, pushed once"
    model.remove([0])
    assert cell(model, 1, Column.CHECK) == ""
    assert cell(model, 1, Column.HINT) == "full-width characters made half-width; was “ｃｇｄｄ１００１”"


def test_several_numbers_typed_into_one_cell_become_rows(model: NumbersModel) -> None:
    model.append(numbers("CGDD1001", "CGDD1009"))
    model.replace(0, "CGDD1002、CGDD1003")
    assert texts(model) == ["CGDD1002", "CGDD1003", "CGDD1009"]
    assert "was “CGDD1002、CGDD1003”" in cell(model, 1, Column.HINT)
    model.undo_stack.undo()
    assert texts(model) == ["CGDD1001", "CGDD1009"]


def test_a_suspicion_can_be_overruled_by_the_clerk_and_a_loss_cannot(model: NumbersModel) -> None:
    model.append(numbers("2026112300010010", "CGDD1001", "1.23E+15", "2026-11-23"))
    assert model.tally().damaged == 3
    model.confirm(range(5))
    assert [model.is_ready(row) for row in range(4)] == [True, True, False, True]
    assert cell(model, 0, Column.HINT) == WORDS.text("changed.confirmed")
    model.undo_stack.undo()
    assert model.tally().damaged == 3


def test_what_cannot_be_seen_is_shown_in_the_remark(model: NumbersModel) -> None:
    model.append(numbers(" CGDD\u200b1001\u3000"))
    assert texts(model) == ["CGDD1001"]
    assert "“␣CGDD[U+200B]1001[U+3000]”" in str(cell(model, 0, Column.HINT))


def test_damage_is_named_and_nothing_of_it_is_ready(model: NumbersModel) -> None:
    model.append(numbers("1.23E+15", "CGDD1001"))
    assert cell(model, 0, Column.CHECK) == "Damaged"
    assert cell(model, 0, Column.HINT) == WORDS.text("damaged.scientific")
    assert Tone(str(cell(model, 0, Column.CHECK, CellRole.TONE))) is Tone.BAD
    assert [model.is_ready(row) for row in (0, 1)] == [False, True]
    assert model.tally() == Tally(2, 1, (("Damaged", 1),), damaged=1)


def test_findings_become_pills_and_are_counted(model: NumbersModel) -> None:
    model.append(numbers("CGDD1001", "CGDD1002", "CGDD1003", "CGDD1004"))
    target = TargetBill("STK_InStock", "7", "CGRK000007", "C")
    model.show_findings(
        {
            "CGDD1001": Finding(0, ok=True),
            "cgdd1002": Finding(1, ok=False, reason=Reason.of("not_approved", status="A")),
            "CGDD1003": Finding(2, ok=False, reason=Reason.of("already_pushed", count=1), targets=(target,)),
        }
    )
    assert [cell(model, row, Column.CHECK) for row in range(4)] == [
        "Ready",
        "Not approved",
        "Already pushed",
        "",
    ]
    assert cell(model, 2, Column.HINT) == "CGRK000007 approved"
    tally = model.tally()
    assert (tally.rows, tally.ready, tally.pushed_before) == (4, 2, 1)
    assert dict(tally.marks) == {"Ready": 1, "Not approved": 1, "Already pushed": 1}
    model.learn({"CGDD1001": None, "CGDD1002": None, "CGDD1004": Finding(3, ok=True)})
    assert [cell(model, row, Column.CHECK) for row in range(4)] == ["", "", "Already pushed", "Ready"]
    model.show_findings({})
    assert model.tally().ready == 4


def test_text_from_outside_stays_text_in_tool_tips(model: NumbersModel) -> None:
    model.append(numbers("<b>CGDD1001</b>"))
    tip = cell(model, 0, Column.NUMBER, Qt.ItemDataRole.ToolTipRole)
    assert tip == "<qt>&lt;b&gt;CGDD1001&lt;/b&gt;</qt>"


def test_only_numbers_can_be_edited(model: NumbersModel) -> None:
    model.append(numbers("CGDD1001"))
    editable = [bool(model.flags(model.index(0, column)) & Qt.ItemFlag.ItemIsEditable) for column in Column]
    assert editable == [False, True, False, False]
    assert not model.setData(model.index(0, Column.HINT), "x")
    assert model.data(QModelIndex()) is None


def test_twenty_thousand_rows_are_taken_and_edited_without_a_hitch(qtbot: QtBot) -> None:
    model = NumbersModel(lambda: WORDS)  # without the tester, which reads every row along
    many = numbers(*(f"CGDD{n:06d}" for n in range(20_000)))
    began = time.perf_counter()
    model.append(many)
    pasted = time.perf_counter() - began
    began = time.perf_counter()
    model.replace(10_000, "CGDD000001")
    edited = time.perf_counter() - began
    assert cell(model, 10_000, Column.HINT) == "Same as row 2, pushed once"
    assert max(pasted, edited) < 0.25  # some 40 ms on an idle machine


def part_delivery(position: int, left: str, total: str = "100") -> Finding:
    target = TargetBill("STK_InStock", "7", "CGRK000007", "C")
    return Finding(
        position,
        ok=False,
        reason=Reason.of("already_pushed", count=1),
        targets=(target,),
        left=Quantity(Decimal(left), Decimal(total)),
        can_insist=True,
    )


def test_rows_that_may_be_insisted_on_carry_a_tick(model: NumbersModel) -> None:
    model.append(numbers("CGDD1001", "CGDD1002", "CGDD1003", "CGDD1001"))
    closed = Finding(2, ok=False, reason=Reason.of("closed"))
    model.show_findings(
        {"CGDD1001": part_delivery(0, "30"), "CGDD1002": part_delivery(1, "0"), "CGDD1003": closed}
    )
    box = Qt.ItemDataRole.CheckStateRole
    states = [cell(model, row, Column.HINT, box) for row in range(4)]
    assert states == [Qt.CheckState.Unchecked, Qt.CheckState.Unchecked, None, None]
    assert cell(model, 0, Column.HINT) == "push all the same · left 30 of 100 · CGRK000007 approved"
    assert not model.setData(model.index(2, Column.NUMBER), Qt.CheckState.Checked.value, box)
    model.tick_left()
    assert [model.is_ready(row) for row in range(4)] == [True, False, False, False]
    tally = model.tally()
    assert (tally.ready, tally.again, tally.pushed_before, tally.left) == (1, 1, 1, 0)
    assert model.setData(model.index(0, Column.HINT), Qt.CheckState.Unchecked.value, box)
    model.tick([0, 1, 2], on=True)
    assert ready_list(model).insisted == (0, 1)
    assert check_list(model).insisted == ()
    model.learn({"CGDD1001": Finding(0, ok=True)})
    assert ready_list(model) == PushSelection(("CGDD1001", "CGDD1002"), insisted=(1,))


def test_one_of_several_bills_is_pushed_by_its_id_and_lines_by_theirs(model: NumbersModel) -> None:
    model.append(numbers("CGDD1001", "CGDD1002"))
    bills = tuple(
        SourceBill(each, "CGDD1002", "C", (("organisation", name),))
        for each, name in (("7", "总部"), ("8", "分厂"))
    )
    several = Finding(1, ok=False, reason=Reason.of("several_found", count=2), bills=bills)
    model.show_findings({"CGDD1001": Finding(0, ok=True), "CGDD1002": several})
    assert (model.tally().several, model.is_ready(1)) == (1, False)
    model.findings.choose(model.key(1), bills[1])
    model.findings.pick_lines(model.key(0), LinePick(("11", "12"), of=10))
    model.findings_changed()
    assert ready_list(model) == PushSelection(
        ("CGDD1001", "CGDD1002"), chosen=((1, "8"),), lines=((0, ("11", "12")),)
    )
    assert cell(model, 1, Column.HINT) == "in 分厂"
    assert cell(model, 0, Column.HINT) == "only 2 of 10 lines"
    model.show_findings({})
    assert ready_list(model) == PushSelection(("CGDD1001", "CGDD1002"))
