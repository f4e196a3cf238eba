"""Autoplay: drives the real window by itself on the practice account, with one cut line, and leaves pictures.

It presses the same buttons as a clerk would and reads what she would read; in the end the verdicts are
held against the practice server's ledger.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPushButton, QTabBar, QTableView, QWidget

from kdgui.application import Application
from kdgui.domain.verdicts import Row, Verdict
from kdgui.practice.server import PracticeServer
from kdgui.printing import Exit, Printer, last_state
from kdgui.ui.choose.form_picker import Picker
from kdgui.ui.run.run_controller import Activity

FORM, RULE = "PUR_PurchaseOrder", "PUR_PurchaseOrder-STK_InStock"
SIZE = (1280, 800)
STEP_MS = 50
PATIENCE_SECONDS = 60.0
BILLS = 48
CUT_AT = 15
"""The line breaks after the server has carried out this push of the run: its answer never comes."""

W = TypeVar("W", bound=QWidget)
Condition = Callable[[], bool]
Step = tuple[str, Condition]


class Autoplay(QObject):
    """Plays once, prints the result table and ends the program; exit code 0 where all went as it should."""

    def __init__(self, program: Application, folder: Path) -> None:
        super().__init__(program)
        self._program = program
        self._folder = folder
        self._script = self._play()
        self._step: Step = ("", lambda: True)
        self._deadline = 0.0
        self._started = time.monotonic()
        self._timer = QTimer(self, interval=STEP_MS)
        self._timer.timeout.connect(self._advance)
        self._pictures = 0

    def start(self) -> None:
        """Begin; the event loop must run."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._program.window.resize(*SIZE)
        self._deadline = time.monotonic() + PATIENCE_SECONDS
        self._timer.start()

    @Slot()
    def _advance(self) -> None:
        """Go on where what the script waits for has come; give up where it does not come."""
        what, has_come = self._step
        if has_come():
            try:
                self._step = next(self._script)
            except StopIteration:
                self._timer.stop()
                return
            self._deadline = time.monotonic() + PATIENCE_SECONDS
        elif time.monotonic() > self._deadline:
            self._timer.stop()
            self._keep("gave-up", self._program.window)
            print(f"kdgui: autoplay waited in vain for: {what}", file=sys.stderr)
            QApplication.exit(int(Exit.NOT_ALL))

    # -- the play ----------------------------------------------------------------------------------

    def _play(self) -> Iterator[Step]:
        yield from self._sign_in()
        yield from self._choose()
        numbers = yield from self._paste()
        yield from self._check()
        yield from self._push()
        rows = self._rows()
        failed = next(index for index, row in enumerate(rows) if row.verdict is Verdict.FAILED)
        yield from self._select(failed)
        self._keep("results", self._program.window)
        self._find(QTabBar, "verdictTabs").setCurrentIndex(1)
        yield from self._select(0)
        self._keep("to-do", self._program.window)
        self._tell(rows, numbers)

    def _sign_in(self) -> Iterator[Step]:
        self._program.sign_in()
        yield "the sign-in", lambda: self._is_ready(QPushButton, "loginButton")
        yield "the practice account", lambda: bool(self._find(QLineEdit, "passwordEdit").text())
        centre = self._find(QComboBox, "dataCentreCombo")
        given = self._server.invitation.data_centre
        yield "the data centres by name", lambda: centre.count() > 0 and centre.currentText() != given
        self._keep("sign-in", self._find(QPushButton, "loginButton").window())
        self._find(QPushButton, "loginButton").click()
        yield "being signed in", lambda: self._program.engine.connection.signed_in is not None

    def _choose(self) -> Iterator[Step]:
        form, rule = self._find(Picker, "formCombo"), self._find(Picker, "ruleCombo")
        form.choose(FORM)
        yield "the rules", lambda: rule.count() > 1
        rule.choose(RULE)

    def _paste(self) -> Generator[Step, None, tuple[str, ...]]:
        examples = self._server.examples()[FORM]
        numbers = examples["open"][: BILLS - 10]
        for name in ("created", "closed", "linked", "partner_disabled", "no_price"):
            numbers[5:5] = examples[name][:2]
        numbers.append(numbers[2])
        self._find(QPushButton, "clearButton").click()  # what an earlier play left in the grid
        QApplication.clipboard().setText("\r\n".join(["单据编号", *numbers]) + "\r\n")
        self._find(QPushButton, "pasteButton").click()
        yield "the pasted numbers", lambda: self._is_ready(QPushButton, "pushButton")
        return tuple(numbers)

    def _check(self) -> Iterator[Step]:
        self._find(QPushButton, "checkButton").click()
        yield "the check begins", lambda: self._program.window.controller.work is not Activity.NOTHING
        yield "the check", lambda: self._program.window.controller.work is Activity.NOTHING
        self._keep("checked", self._program.window)

    def _push(self) -> Iterator[Step]:
        self._server.turn({"drop_after_work": {"at": [CUT_AT]}})
        self._find(QPushButton, "pushButton").click()
        yield "the run or its question", lambda: self._asked() or self._running()
        if self._asked():
            self._keep("question", self._find(QPushButton, "confirmButton").window())
            self._answer_question()
        yield "the first bill alone, or the cut line", lambda: self._previewed() or self._cut()
        if self._previewed():  # a rule that was never used here
            self._keep("first-one", self._find(QPushButton, "previewGoOnButton").window())
            self._find(QPushButton, "previewGoOnButton").click()
        yield "the cut line", self._cut
        self._keep("running", self._program.window)
        yield "the end of the run", lambda: not self._running() and bool(self._rows())

    def _answer_question(self) -> None:
        count = self._find(QLineEdit, "countEdit")
        if count.isVisible():
            count.setText(str(len(self._program.window.numbers.numbers_to_push())))
        self._find(QPushButton, "confirmButton").click()

    def _tell(self, rows: tuple[Row, ...], numbers: tuple[str, ...]) -> None:
        printer = Printer(sys.stdout, self._program.words, as_json=False)
        run_id = rows[0].run_id if rows else "-"
        printer.rows(rows, run_id, time.monotonic() - self._started)
        wrong = self._lies(rows)
        print(f"kdgui: {len(numbers)} -> {self._folder}", file=sys.stderr)
        for line in wrong:
            print(f"kdgui: {line}", file=sys.stderr)
        QApplication.exit(int(Exit.NOT_ALL if wrong or not rows else Exit.ALL_PUSHED))

    def _lies(self, rows: tuple[Row, ...]) -> list[str]:
        """Where a verdict differs from what the server really did; none, if the promise holds."""
        done = [source.number for entry in self._server.ledger() if entry.operation == "push"
                for source in entry.sources if entry.targets]  # fmt: skip
        wrong = [f"{number}: carried out {done.count(number)} times" for number in set(done)
                 if done.count(number) > 1]  # fmt: skip
        told = {row.number for row in last_state(rows) if row.verdict in (Verdict.PUSHED, Verdict.DRAFTED)}
        wrong += [f"{row.number}: {row.verdict}" for row in rows if row.verdict is Verdict.UNSETTLED]
        return wrong + [f"{number}: told and done differ" for number in told.symmetric_difference(done)]

    # -- hands and eyes ----------------------------------------------------------------------------

    @property
    def _server(self) -> PracticeServer:
        server = self._program.practice.server
        if server is None:
            raise RuntimeError("the practice account is not running")
        return server

    def _rows(self) -> tuple[Row, ...]:
        runs = self._program.engine.journal.runs()
        return self._program.engine.journal.rows(runs[0].run_id) if runs else ()

    def _running(self) -> bool:
        return self._program.window.controller.work is Activity.RUN

    def _previewed(self) -> bool:
        return self._is_ready(QPushButton, "previewGoOnButton")

    def _cut(self) -> bool:
        return len(self._server.posts()) > CUT_AT + 3

    def _asked(self) -> bool:
        return self._is_ready(QPushButton, "confirmButton", enabled=False)

    def _is_ready(self, kind: type[W], name: str, *, enabled: bool = True) -> bool:
        found = self._search(kind, name)
        return found is not None and found.isVisible() and (found.isEnabled() or not enabled)

    def _find(self, kind: type[W], name: str) -> W:
        found = self._search(kind, name)
        if found is None:
            raise RuntimeError(f"no {name} in the window")
        return found

    def _search(self, kind: type[W], name: str) -> W | None:
        for window in QApplication.topLevelWidgets():
            if window.isVisible() and (found := window.findChild(kind, name)) is not None:
                return found
        return None

    def _select(self, row: int) -> Iterator[Step]:
        view = self._find(QTableView, "resultsView")
        view.selectRow(row)
        yield "the details", self._find(QWidget, "detailPane").isVisible
        yield "the window at rest", lambda: True

    def _keep(self, name: str, window: QWidget) -> None:
        self._pictures += 1
        window.grab().save(str(self._folder / f"{self._pictures:02}-{name}.png"))
