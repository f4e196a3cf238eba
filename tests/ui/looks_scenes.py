"""What the looks are measured on: the window in four situations, and every dialog, all with long contents."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEventLoop
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

from kdgui.bootstrap import open_engine
from kdgui.domain.bills import Preview, SourceBill, TargetBill
from kdgui.domain.chains import AUDIT, Chain, ChainState, UndoItem, UndoState
from kdgui.domain.errors import KdguiError, LedgerTrouble
from kdgui.domain.fills import FillField, FillTable, FillTableRow
from kdgui.domain.find_conditions import Compare, FieldCondition, FindConditions, Period
from kdgui.domain.orders import PushOptions, RunOrder
from kdgui.domain.verdicts import Progress, Reason, Row, Verdict
from kdgui.practice.server import PracticeServer
from kdgui.pushing.flow.run_control import Pause
from kdgui.pushing.inspect.bill_lines import BillLine, BillLines
from kdgui.pushing.inspect.check import Finding
from kdgui.pushing.team.link import TeamState
from kdgui.store.catalogue import read_catalogue_file
from kdgui.store.imports.number_column import read_pasted
from kdgui.store.ledger.stations import Colleague, TeamView
from kdgui.store.messages.words import Words, load_words
from kdgui.store.paths import Paths
from kdgui.store.profiles import DataCentreLabel, Profile
from kdgui.store.settings import Settings
from kdgui.ui.about_dialog import AboutDialog
from kdgui.ui.choose.options_dialog import MoreOptions, OptionsDialog
from kdgui.ui.choose.readiness_dialog import ReadinessDialog
from kdgui.ui.crash import CrashDialog, CrashReport
from kdgui.ui.help_dialog import HelpDialog
from kdgui.ui.history.history_dialog import HistoryDialog
from kdgui.ui.main_window import MainWindow
from kdgui.ui.numbers.choose_bill_dialog import ChooseBillDialog
from kdgui.ui.numbers.fill_dialog import FillDialog
from kdgui.ui.numbers.find_dialog import FindDialog
from kdgui.ui.numbers.import_choice import first_choice
from kdgui.ui.numbers.import_dialog import ImportDialog
from kdgui.ui.numbers.lines_dialog import LinesDialog
from kdgui.ui.results.delete_dialog import DeleteDialog
from kdgui.ui.results.preview_dialog import PreviewDialog
from kdgui.ui.results.settle_dialog import SettleDialog
from kdgui.ui.results.unfinished_dialog import OpenChain, UnfinishedDialog
from kdgui.ui.run.confirm_dialog import ConfirmDialog
from kdgui.ui.run.push_confirmation import PushSummary
from kdgui.ui.run.run_controller import Activity
from kdgui.ui.settings.settings_dialog import SettingsDialog
from kdgui.ui.sign_in.connection_test_dialog import ConnectionTestDialog
from kdgui.ui.sign_in.connections_dialog import ConnectionsDialog
from kdgui.ui.sign_in.login_dialog import LoginDialog
from kdgui.ui.team_sign import TeamDialog
from kdgui.ui.widgets.reason_dialog import ReasonDialog
from kdgui.ui.widgets.translations import Translations

FORM, RULE, TARGET = "PUR_PurchaseOrder", "PUR_PurchaseOrder-STK_InStock", "STK_InStock"
RUN = "20261124-010203-1"
NOW = datetime(2026, 11, 24, 1, 2, 3, tzinfo=UTC)
PATIENCE_SECONDS = 20.0
LONG = (
    "单据编号为“CGDD000419”的采购订单，第3行物料“CH4441 不锈钢内六角螺栓 M12×80”的累计入库数量已等于采购数，"
    "没有符合条件的数据可以下推。请联系业务员核对后再试。The supplier 100048 is disabled, see FSupplierId."
)


def wait(condition: Callable[[], object], what: str) -> None:
    """Let the window work until it is so."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)


def settle() -> None:
    """Let everything that was posted happen: layouts, paints, scroll bars that come and go."""
    for _ in range(4):
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        QCoreApplication.sendPostedEvents()


def _row(position: int, verdict: Verdict, **more: object) -> Row:
    return Row(RUN, position, f"CGDD{412 + position:06d}", verdict, **more)  # type: ignore[arg-type]


def _pushed(position: int, status: str = "A", **more: object) -> Row:
    target = TargetBill(TARGET, str(100230 + position), f"CGRK{230 + position:06d}", status)
    known = {"targets": (target,), "notes": (Reason.of("verified"),), "checked": True}
    return _row(position, Verdict.PUSHED, **(known | more))


def rows_of_a_run() -> tuple[Row, ...]:
    """Every verdict, with an alarm, a part delivery, a countdown and a long refusal."""
    refused = Reason.of("server_said", LONG, 11)
    soon = datetime.now(UTC) + timedelta(minutes=9)
    rows = [_pushed(place) for place in range(3)]
    rows += [
        _row(3, Verdict.FAILED, reasons=(Reason.of("server_said", "供应商已禁用", 11),)),
        _pushed(4, partial=True, notes=(Reason.of("partial_lines", linked=7, total=10),)),
        _pushed(5, alarm=True, notes=(Reason.of("alarm_first"),)),
        _pushed(6, "C"),
        _row(7, Verdict.FAILED, reasons=(refused,), asked_at=NOW),
        _row(8, Verdict.UNSETTLED, reasons=(Reason.of("no_answer", cause="reset"),), quiet_until=soon),
        _row(9, Verdict.DRAFTED, targets=(TargetBill(TARGET, "100239", "", "Z"),)),
        _row(10, Verdict.FAILED, presumed=True, asked_at=NOW, reasons=(Reason.of("silent"),)),
        _row(11, Verdict.SKIPPED, reasons=(Reason.of("not_approved"),)),
        _row(12, Verdict.SENDING),
        _row(13, Verdict.QUEUED),
        _row(14, Verdict.NOT_SENT, reasons=(Reason.of("stopped"),)),
    ]
    return tuple(rows + [_row(place, Verdict.QUEUED) for place in range(15, 40)])


def _findings() -> dict[str, Finding]:
    numbers = [f"CGDD{412 + place:06d}" for place in range(12)]
    found = {number: Finding(place, ok=True) for place, number in enumerate(numbers)}
    target = TargetBill(TARGET, "100300", "CGRK000300", "A")
    found[numbers[3]] = Finding(3, ok=False, reason=Reason.of("not_approved"), can_insist=True)
    found[numbers[5]] = Finding(
        5,
        ok=False,
        reason=Reason.of("already_pushed", targets="CGRK000300"),
        targets=(target,),
        can_insist=True,
    )
    found[numbers[6]] = Finding(6, ok=False, reason=Reason.of("several_found"), bills=_several())
    return found


def _fill_table() -> FillTable:
    headings = ("实收数量", "仓库", "备注", "供应商送货单号（原件）")
    rows = (FillTableRow(2, "CGDD000412", "1", ("12.5", "成品仓", LONG, "SH-2026-11-24-000318")),)
    return FillTable(headings, rows, has_lines=True)


def _several() -> tuple[SourceBill, ...]:
    homes = (("100048", "总部"), ("100049", "华东销售分公司（上海自由贸易试验区）"))
    return tuple(
        SourceBill(each, "CGDD000418", "C", (("organisation", name), ("organisation_number", each)))
        for each, name in homes
    )


class Stage:
    """A real desk at a real practice account, in one language at a time; `close` takes all of it down."""

    def __init__(self, application: QApplication, folder: Path) -> None:
        self._stack = ExitStack()
        self._server = PracticeServer(read_catalogue_file())
        invitation = self._server.start()
        self._stack.callback(self._server.stop)
        self.folder = folder
        self.engine = self._stack.enter_context(open_engine(Paths(folder / "signed-in"), attended=True))
        self.fresh = self._stack.enter_context(open_engine(Paths(folder / "fresh"), attended=True))
        self._profile = Profile(
            invitation.url, invitation.data_centre, invitation.user, label=DataCentreLabel.PRACTICE
        )
        self._invitation = (self._profile, invitation.password)
        self._translations = Translations(application)
        self.words = load_words("zh")
        self.engine.connection.sign_in(self._profile, invitation.password)
        for label, name in ((DataCentreLabel.PRODUCTION, "华东公司 正式账套"), (DataCentreLabel.TEST, "")):
            server = f"https://{label.value}.invalid/k3cloud/"
            self.engine.profiles.save(replace(self._profile, server=server, label=label, name=name))

    def speak(self, language: str) -> None:
        """From now on everything is made in this language."""
        self._translations.use(language)
        self.words = load_words(language)

    def close(self) -> None:
        """Sign out, stop the server."""
        self._stack.close()

    def words_now(self) -> Words:
        """As the panes ask for them."""
        return self.words

    # The window

    def windows(self) -> dict[str, Callable[[], QWidget]]:
        """What the window is measured in, by name."""
        return {
            "run": self._run,
            "paused": self._paused,
            "first": self._first,
            "signed-out": self._signed_out,
            "practising": self._practising,
            "errors": self._errors,
            "chosen": self._chosen,
        }

    def _window(self, engine: object = None) -> MainWindow:
        geometry = self.folder / "never" / "window.ini"
        return MainWindow(engine or self.engine, self.words, geometry_file=geometry)  # type: ignore[arg-type]

    def _ready_window(self) -> MainWindow:
        window = self._window()
        window.choose.form.choose(FORM)
        wait(lambda: window.choose.rule.count() > 1, "the rules")
        window.choose.rule.choose(RULE)
        numbers = "\n".join(f"CGDD{412 + place:06d}" for place in (*range(12), 2))
        window.numbers.model.remove(range(len(window.numbers.model.numbers)))
        window.numbers.paste_text(f"{numbers}\n1.23E+15\n")
        window.numbers.show_findings(_findings())
        return window

    def _chosen(self) -> MainWindow:
        window = self._ready_window()
        window.numbers.fill.show_table(_fill_table(), (FillField("FQty", "实收数量"), None, None, None))
        return window

    def _run(self) -> MainWindow:
        window = self._ready_window()
        window.controller._set_work(Activity.RUN)  # as while a run goes
        window.results.show_run(rows_of_a_run())
        window.results.show_progress(Progress(128, 196, 240.0, 17.0))
        window.results.view.selectRow(7)
        return window

    def _paused(self) -> MainWindow:
        window = self._run()
        window.results.show_pause(Pause(Reason.of("line_down", LONG, cause="reset")))
        return window

    def _first(self) -> MainWindow:
        window = self._window(self.fresh)
        window.welcome()
        return window

    def _signed_out(self) -> MainWindow:
        return self._window(self.fresh)

    def _practising(self) -> MainWindow:
        window = self._window()
        window.numbers.model.remove(range(len(window.numbers.model.numbers)))
        window.offer_practice(FORM, RULE, ("CGDD000412",))
        return window

    def _errors(self) -> MainWindow:
        window = self._ready_window()
        window.results.show_run(rows_of_a_run())
        window.results.view.selectRow(8)
        window.show_trouble(KdguiError("refused", LONG))
        window.show_trouble(KdguiError("not_signed_in"))
        return window

    # The dialogs

    def _team(self) -> QWidget:
        since = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
        colleagues = (
            Colleague("练习用户", "CAIWU-01", since, True, "r1", 12),
            Colleague("another user with a long name", "ACCOUNTING-PC-OF-THE-BRANCH", since, False, "", 0),
        )
        address = "postgresql://kdgui@database.example:5432/finance"
        state = TeamState(address, TeamView(since, colleagues, orphans=2), LedgerTrouble("ledger_lost"))
        return TeamDialog(state, self.words)

    def dialogs(self) -> dict[str, Callable[[], QWidget]]:
        """Every dialog, by name."""
        return {
            "login": self._login,
            "about": lambda: AboutDialog(Paths(self.folder / "signed-in"), self.words),
            "team": self._team,
            "fill": self._fill,
            "confirm": self._confirm,
            "settle": lambda: SettleDialog(rows_of_a_run()[8], self.words_now, None),
            "why": lambda: ReasonDialog(
                "Close 3?" if self._english else "手工关闭 3 张？", LONG, "Close" if self._english else "关闭"
            ),
            "choose_bill": lambda: ChooseBillDialog(
                [("CGDD000418", _several()), ("CGDD000419", _several())], self.words_now
            ),
            "lines": self._lines,
            "find": self._find,
            "options": lambda: OptionsDialog(
                MoreOptions(100048, "RKD01_SYS", True, (("FDate", "2026-11-24"),)),
                self.engine.connection.organisations,
            ),
            "chains": self._chains,
            "undo": self._undo,
            "preview": self._preview,
            "readiness": self._readiness,
            "history": self._history,
            "help": lambda: HelpDialog(self.words.language, self.folder),
            **{f"settings{page}": partial(self._settings, page) for page in range(4)},
            "connections": self._connections,
            "connection-test": self._connection_test,
            "import": self._import,
            "crash": lambda: CrashDialog(CrashReport("ValueError: no such thing", "Traceback\n" * 30)),
            "closing": self._closing,
        }

    @property
    def _english(self) -> bool:
        return self.words.language == "en"

    def _settings(self, page: int) -> QWidget:
        dialog = SettingsDialog(self.engine, self.words, Paths(self.folder / "signed-in"))
        dialog._tabs.setCurrentIndex(page)
        return dialog

    def _connections(self) -> QWidget:
        dialog = ConnectionsDialog(self.engine, self.words)
        wait(lambda: dialog._list.count() > 0, "the connections")
        return dialog

    def _connection_test(self) -> QWidget:
        call = partial(self.engine.connection.test_connection, *self._invitation)
        dialog = ConnectionTestDialog(call, self.words, readiness=True)
        wait(lambda: dialog._report is not None, "the end of the test")
        return dialog

    def _login(self) -> QWidget:
        dialog = LoginDialog(
            self.fresh, self.words, start_practice=lambda: self._invitation, practice_first=True
        )
        dialog.show()
        wait(lambda: dialog.form.data_centre.combo.count() > 1, "the data centres")
        dialog._show_error(KdguiError("refused", LONG))
        return dialog

    def _confirm(self) -> QWidget:
        asker = self._window()._asker
        account = PushSummary(
            ready=12_345, first_one=True, ruled_out=7, marks=(("未审核", 5), ("已下推", 2)), again=3
        )
        order = replace(self._ready_window().choose.order(("A",)), then="audit")
        question = asker._run_question(order, account, first=True)
        return ConfirmDialog(replace(question, production=True, typed=True, extra=4, extra_text=LONG[:40]))

    def _lines(self) -> QWidget:
        lines = tuple(
            BillLine(
                str(10 + at),
                at + 1,
                f"CH44{at:02d}",
                f"螺栓 M12×{at}0",
                Decimal(1000),
                Decimal(at),
                Decimal(9),
            )
            for at in range(9)
        )
        bills = tuple(BillLines(bill, lines) for bill in _several())
        dialog = LinesDialog(lambda: bills, ["CGDD000418", "CGDD000419"], self.words_now)
        wait(lambda: dialog._bills, "the lines")
        return dialog

    def _fill(self) -> QWidget:
        order = RunOrder(FORM, PushOptions(rule_id=RULE), ())
        dialog = FillDialog(self.engine, order, _fill_table(), self.words_now)
        wait(lambda: dialog._combos, "the fields of the target")
        return dialog

    def _find(self) -> QWidget:
        order = RunOrder(FORM, PushOptions(rule_id=RULE), ())
        dialog = FindDialog(self.engine, order, self.words_now, 20_000)  # type: ignore[arg-type]
        wait(lambda: dialog._panel is not None, "what the form has")
        rows = (FieldCondition("FQty", Compare.MORE, "5"), FieldCondition("FLot", Compare.EMPTY))
        dialog._panel.show_conditions(FindConditions(period=Period.THIS_YEAR, where=rows))
        dialog.search()
        wait(lambda: dialog._job is None, "the bills")
        dialog._say(LONG, warn=True)
        return dialog

    def _chains(self) -> QWidget:
        dialog = UnfinishedDialog(self.engine, self.words_now)
        wait(lambda: dialog._model.columnCount() > 0, "the journal")
        reason = Reason.of("server_said", LONG, 4)
        chains = [
            Chain(RUN, place, TargetBill(TARGET, "9", f"CGRK{place:06d}", "A"), AUDIT, state, (reason,))
            for place, state in enumerate((ChainState.HALF, ChainState.UNSETTLED, ChainState.HALF))
        ]
        dialog._show(tuple(OpenChain(chain, (f"CGDD{chain.position:06d}", "CGDD9")) for chain in chains))
        return dialog

    def _undo(self) -> QWidget:
        dialog = DeleteDialog(self.engine, rows_of_a_run(), "正式 · 001 华东公司", self.words_now)
        wait(dialog._unaudit.isEnabled, "the plan")
        states = (UndoState.DELETABLE, UndoState.AUDITED, UndoState.TOUCHED, UndoState.DELETABLE)
        dialog._on_planned(
            tuple(
                UndoItem(RUN, place, TargetBill(TARGET, str(place), f"CGRK{place:06d}", "A"), state)
                for place, state in enumerate(states)
            )
        )
        return dialog

    def _preview(self) -> QWidget:
        preview = Preview(
            TargetBill(TARGET, "100230", "CGRK000230", "A"),
            "2026-10-31",
            "2026-10",
            "100049 华东销售分公司（上海自由贸易试验区）",
            12,
            Decimal("12345.5"),
            Decimal("98765.43"),
            (("供应商", "100048 上海宏达紧固件有限公司"), ("仓库", "CK001 原材料仓")),
        )
        return PreviewDialog(preview, "CGDD000412", 195, self.words_now, today=lambda: date(2026, 11, 24))

    def _readiness(self) -> QWidget:
        dialog = ReadinessDialog(self.engine, self._ready_window().choose.order(()), self.words_now)
        wait(lambda: dialog._report is not None, "the report")
        return dialog

    def _history(self) -> QWidget:
        return HistoryDialog(self.engine, self.words)

    def _import(self) -> QWidget:
        rows = "日期\t单据编号\t供应商\n2026-11-01\tCGDD000412\t宏达\n\tCGDD000413\t宏达\n合计\t2\t\n"
        found = read_pasted(rows)
        return ImportDialog(first_choice(found, "十一月采购订单.xlsx", Settings()), self.words_now)

    def _closing(self) -> QWidget:
        window = self._window()
        window._closing._ask()
        box = window.findChild(QMessageBox, "closingDialog")
        assert box is not None
        return box
