"""A clerk who walks through the real window on a real desk, finding things by their names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from kdgui.domain.verdicts import Row, Verdict
from kdgui.pushing.engine import PushEngine
from kdgui.store.messages.words import load_words
from kdgui.ui.main_window import MainWindow
from kdgui.ui.run.run_controller import Activity

FORM, RULE = "PUR_PurchaseOrder", "PUR_PurchaseOrder-STK_InStock"
LONG = 60_000
_W = TypeVar("_W", bound=QWidget)


class Walker:
    """One window, form and rule chosen, signed in already."""

    def __init__(self, engine: PushEngine, home: Path, ask: Callable[..., dict], qtbot: QtBot) -> None:
        self.engine, self._ask, self.qtbot = engine, ask, qtbot
        self.window = MainWindow(engine, load_words("en"), geometry_file=home / "window.ini")
        qtbot.addWidget(self.window)
        with qtbot.waitExposed(self.window):
            self.window.show()
        self.window.choose.form.choose(FORM)
        self.wait(lambda: self.window.choose.rule.count() > 1)
        self.window.choose.rule.choose(RULE)
        self.wait(lambda: self.find(QPushButton, "checkButton") is not None)

    def wait(self, condition: Callable[[], object], timeout: int = LONG) -> None:
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=timeout)

    def find(self, kind: type[_W], name: str, root: QWidget | None = None) -> _W | None:
        found: list[_W] = (root or self.window).findChildren(kind, name)
        return next((each for each in reversed(found) if each.isVisible()), None)

    def press(self, name: str, root: QWidget | None = None) -> None:
        button = self.find(QPushButton, name, root)
        assert button is not None, name
        assert button.isEnabled(), name
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def dialog(self, name: str) -> Any:
        """The open dialog of this name; who asks knows its class."""
        self.wait(lambda: self.find(QDialog, name))
        return self.find(QDialog, name)

    def type(self, name: str, text: str, root: QWidget) -> None:
        QTest.keyClicks(self.find(QLineEdit, name, root), text)

    def text_of(self, root: QWidget) -> str:
        return "\n".join(label.text() for label in root.findChildren(QLabel) if label.isVisible())

    def numbers(self, kind: str, count: int, skip: int = 0) -> list[str]:
        found = self._ask("examples")[FORM][kind][skip : skip + count]
        assert len(found) == count, kind
        return found

    def faults(self, **faults: object) -> None:
        self._ask("faults", {name.replace("__", ":"): value for name, value in faults.items()})

    def carried_out(self, operation: str = "push") -> Counter[str]:
        """How often each bill was really pushed (its number), or submitted, audited, deleted."""
        entries = [each for each in self._ask("ledger")["entries"] if each["operation"] == operation]
        return Counter(bill["number"] for entry in entries for bill in entry["sources"] or entry["targets"])

    def paste(self, numbers: list[str]) -> None:
        self.window.numbers.clear()
        self.window.numbers.paste_text("\n".join(numbers) + "\n")

    def check(self) -> None:
        self.press("checkButton")
        self.wait(lambda: self.window.numbers.model.tally().marks)
        self.idle()

    def idle(self) -> None:
        self.wait(lambda: self.window.controller.work is Activity.NOTHING)

    def run_ends(self) -> tuple[Row, ...]:
        self.wait(lambda: self.window.controller.work is Activity.RUN)
        self.idle()
        return self.window.results.model.rows

    def verdicts(self) -> set[Verdict]:
        return {row.verdict for row in self.window.results.model.rows}
