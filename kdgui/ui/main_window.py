"""The window: three steps on one screen. It lays out and connects; what happens is in the panes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QShortcut
from PySide6.QtWidgets import QApplication, QMainWindow, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from kdgui.domain.bills import Organisation
from kdgui.domain.errors import KdguiError
from kdgui.domain.verdicts import Progress, Row, RunInfo
from kdgui.store.exports.row_report import fetch_row_records
from kdgui.ui.choose.choose_pane import ChoosePane
from kdgui.ui.choose.organisation_field import OrganisationField, name_of
from kdgui.ui.choose.readiness_dialog import ReadinessDialog
from kdgui.ui.exporting import Exporter
from kdgui.ui.first_page import FirstPage
from kdgui.ui.jobs.gc_pause import without_gc_pauses
from kdgui.ui.jobs.worker import start_job
from kdgui.ui.notices import Notices
from kdgui.ui.numbers.bill_finding import BillFinding
from kdgui.ui.numbers.bill_picks import BillPicks
from kdgui.ui.numbers.drop_target import DropTarget
from kdgui.ui.numbers.fill_choice import FillChoice
from kdgui.ui.numbers.numbers_pane import NumbersPane
from kdgui.ui.plan_bills import PlanBills
from kdgui.ui.results.results_pane import ResultsPane
from kdgui.ui.results.run_digest import Tab
from kdgui.ui.results.settle_dialog import SettleDialog
from kdgui.ui.run.after_run import AfterRun
from kdgui.ui.run.close_guard import CloseGuard
from kdgui.ui.run.next_bills import NextBillsLoader
from kdgui.ui.run.notifier import Notifier
from kdgui.ui.run.open_work import OpenWork, RunShown, fetch_run, find_leftovers, findings_of, found_late
from kdgui.ui.run.pauses import Pauses
from kdgui.ui.run.push_confirmation import PushConfirmation
from kdgui.ui.run.push_flow import PushFlow
from kdgui.ui.run.run_controller import Activity, RunController
from kdgui.ui.team_sign import TeamSign
from kdgui.ui.top_strip import TopStrip
from kdgui.ui.widgets.icons import application_icon
from kdgui.ui.widgets.message_bar import MessageBar
from kdgui.ui.widgets.style import em
from kdgui.ui.widgets.window_state import WindowState

if TYPE_CHECKING:
    from kdgui.pushing.engine import PushEngine
    from kdgui.store.messages.words import Words


_WIDE, _HIGH, _TITLE_BAR = 1280, 800, 2.4
"""The window at its first start where the screen has so much room, and the font heights of a title bar."""


class MainWindow(QMainWindow):
    """Choose, paste, results.

    Attributes:
        memory: remembers sizes, columns and the splitter.
        strip, messages, choose, numbers, results: what it shows, from top to bottom, left to right.
        controller: the work that goes on.

    Signals:
        sign_in_wanted, history_wanted, help_wanted, settings_wanted: whoever built the window opens these.
        practice_wanted: a new user wants to try it first; `welcome` has shown the first page.
        bill_wanted: a number; what became of that bill in every run?
        closed: the window is gone for good.
    """

    sign_in_wanted = Signal()
    practice_wanted = Signal()
    history_wanted = Signal()
    bill_wanted = Signal(str)
    help_wanted = Signal()
    settings_wanted = Signal()
    closed = Signal()

    def __init__(self, engine: PushEngine, words: Words, *, geometry_file: Path) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setWindowIcon(application_icon())
        self._engine = engine
        self._words = words
        self.memory = WindowState(geometry_file)
        self._running = ""
        self.strip = TopStrip(words)
        self.team_sign = TeamSign(engine.team, words)
        self.strip.add_sign(self.team_sign)
        self.messages = MessageBar()
        self.choose = ChoosePane(engine, self._words_now)
        self.numbers = NumbersPane(engine, self._words_now)
        self.results = ResultsPane(self._words_now)
        self.results.details.use_papers(partial(fetch_row_records, engine.journal))
        self.organisation = OrganisationField(engine, self.strip.organisation, self)
        self.controller = RunController(engine, self)
        self._asker = PushConfirmation(engine, self._words_now, self)
        self._pauses = Pauses(self.controller, lambda: self.results.model.rows, self._words_now, self)
        self._picks = BillPicks(engine, self.numbers, lambda: self.choose.order(()), self._words_now)
        self._finding = BillFinding(
            engine, self.numbers, lambda: self.choose.order(()), self._words_now, self.memory
        )
        self._plan_bills = PlanBills(self.choose.plans, self.numbers, self._finding)
        self._aftermath = AfterRun(engine, self.results, self.controller, self._words_now)
        self._fills = FillChoice(engine, self.numbers, lambda: self.choose.order(()), self._words_now)
        self._walk = PushFlow(engine, self.choose, self.numbers, self.controller, self._asker, self._fills)
        self._next = NextBillsLoader(engine, self.choose, self.numbers, self._words_now)
        self._exporter = Exporter(engine, self._words_now, self)
        self._closing = CloseGuard(self.controller, self)
        self._telling = Notices(self.messages, self._words_now, self)
        self._notifier = Notifier(self.controller, self._words_now, self)
        self._lay_out()
        self._dropping = DropTarget(self, self.numbers, self._takes_drops)
        self._connect_strip()
        self._connect_panes()
        self._connect_controller()
        self._restore_geometry()
        self._order_tabs()
        self.numbers.restore()
        self.show_account()

    # What the builder tells

    def use_words(self, words: Words) -> None:
        """Speak another language; the translations of labels are switched by whoever calls this."""
        self._words = words
        self.strip.use_words(words)
        self.team_sign.use_words(words)
        for part in (self.choose, self.numbers, self.results, self.organisation):
            part.retranslate()
        self._show_title()
        self._show_obstacle()

    def show_account(self) -> None:
        """Show who is signed in where; call it after every sign-in and sign-out."""
        engine = self._engine
        self.strip.show_account(engine.connection.profile, engine.connection.signed_in)
        self.organisation.reload()
        self._show_title()
        self.choose.reload()
        self._show_obstacle()
        self._telling.sign_in_state(engine)
        self._telling.practised()
        self._check_place()
        self._walk.forget()
        if engine.connection.signed_in is not None:
            self._pages.setCurrentWidget(self._splitter)
            look = without_gc_pauses(partial(find_leftovers, engine))
            start_job(look, self, success=self._on_leftovers, failure=self.show_trouble)

    def welcome(self) -> None:
        """Show the first page until somebody has signed in."""
        self._telling.welcome()
        self._pages.setCurrentWidget(self.first_page)
        self.first_page.take_focus()

    def offer_practice(self, form_id: str, rule_id: str, numbers: Sequence[str]) -> None:
        """These are practice books: offer bills to practise on, as long as the grid is empty."""

        def fill() -> None:
            self.choose.choose(form_id, rule_id)
            self.numbers.paste_text("\n".join(numbers))

        if not self.numbers.model.numbers:
            self._telling.practice(fill)

    def show_labels(self) -> None:
        """Show name, label and colour of the data centre anew, where the clerk changed them."""
        self.strip.show_account(self._engine.connection.profile, self._engine.connection.signed_in)
        self._show_title()

    def open_run(self, run_id: str) -> None:
        """Show a run of the history in the results, unless a run goes on."""
        if self.controller.work is not Activity.RUN:
            call = without_gc_pauses(partial(fetch_run, self._engine, run_id))
            start_job(call, self, success=self._on_run_fetched, failure=self.show_trouble)

    def show_readiness(self) -> None:
        """Look at what this account can do with the rule that is chosen."""
        dialog = ReadinessDialog(self._engine, self.choose.order(()), self._words_now, self)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def show_trouble(self, error: KdguiError) -> None:
        """Say what went wrong, with a way out where there is one."""
        self._telling.trouble(error)

    # Laying out

    def _lay_out(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(em(self, 0.65))
        column.addWidget(self.choose)
        column.addWidget(self.numbers, 1)
        left.setMinimumWidth(em(self, 20))
        self.results.setMinimumWidth(em(self, 28))
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setObjectName("mainSplitter")
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(em(self, 0.75))
        self._splitter.addWidget(left)
        self._splitter.addWidget(self.results)
        self._splitter.setStretchFactor(0, 0)
        self._splitter.setStretchFactor(1, 1)
        body = QWidget()
        below = QVBoxLayout(body)
        gap = em(self, 0.75)
        below.setContentsMargins(gap, em(self, 0.3), gap, gap)
        below.setSpacing(em(self, 0.3))
        below.addWidget(self.messages.place)
        self.messages.setParent(body)
        self.messages.home = self.numbers.grid
        self.first_page = FirstPage()
        self._pages = QStackedWidget()
        self._pages.addWidget(self._splitter)
        self._pages.addWidget(self.first_page)
        below.addWidget(self._pages, 1)
        centre = QWidget()
        whole = QVBoxLayout(centre)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.strip)
        whole.addWidget(body, 1)
        self.setCentralWidget(centre)

    def _order_tabs(self) -> None:
        """Steps one to three, then the strip: the clerk begins at the grid, not at the search."""
        chain = [*self.choose.tab_chain(), *self.numbers.tab_chain(), *self.results.tab_chain()]
        for before, after in pairwise([*chain, self.strip.search_edit]):
            QWidget.setTabOrder(before, after)
        self.numbers.grid.setFocus()

    def _restore_geometry(self) -> None:
        room = self.screen().availableGeometry().size()
        width, height = min(_WIDE, room.width()), min(_HIGH, room.height() - em(self, _TITLE_BAR))
        self.resize(width, height)
        self._splitter.setSizes([517, 715])
        self.memory.restore_window(self, self._splitter)
        for view in (self.results.view, self.numbers.grid):
            self.memory.attend_table(view)

    # Connecting

    def _connect_strip(self) -> None:
        self.first_page.practice_wanted.connect(self.practice_wanted)
        self.first_page.sign_in_wanted.connect(self.sign_in_wanted)
        self.first_page.help_wanted.connect(self.help_wanted)
        QShortcut("F5", self).activated.connect(self._on_refresh_key)
        self.strip.history_asked.connect(self.history_wanted)
        self.strip.help_asked.connect(self.help_wanted)
        self.strip.settings_asked.connect(self.settings_wanted)
        self.strip.switch_asked.connect(self._ask_sign_in)
        self.strip.search_changed.connect(self.results.search)
        self.strip.search_entered.connect(self.bill_wanted)

    def _connect_panes(self) -> None:
        self._telling.sign_in_wanted.connect(self._ask_sign_in)
        self._telling.run_wanted.connect(self.open_run)
        self.choose.changed.connect(self._on_choice_changed)
        self.choose.readiness_wanted.connect(self.show_readiness)
        self.numbers.check_wanted.connect(self._walk.check)
        self.numbers.push_wanted.connect(self._walk.push)
        self.numbers.first_one_wanted.connect(self._walk.push_first)
        self.organisation.switched.connect(self._on_switched)
        self._walk.nothing_left.connect(self._telling.nothing_left)
        self.results.stop_wanted.connect(self.controller.stop)
        self.results.resume_wanted.connect(self.controller.resume)
        self.results.look_wanted.connect(self._pauses.look)
        self.results.choice_wanted.connect(self.controller.choose)
        self.results.continue_wanted.connect(self._continue)
        self.results.settle_wanted.connect(self.controller.settle)
        self.team_sign.settle_wanted.connect(self.controller.settle)
        self.results.settle_by_hand_wanted.connect(self._settle_by_hand)
        self.results.retry_wanted.connect(self._asker.ask_retry)
        self.results.again_wanted.connect(self._asker.ask_again)
        self.results.export_wanted.connect(self._export)
        self.results.told.connect(self._telling.done)
        self.results.copying.clerks_list = lambda: [number.text for number in self.numbers.model.numbers]
        self.results.copying.clerks_word = self.numbers.model.check_word
        self.results.next_wanted.connect(self._next.load)
        for teller in (self._picks, self._finding, self._next, self.choose.plans):
            teller.told.connect(self._telling.done)
        self._plan_bills.troubled.connect(self.show_trouble)
        self.numbers.model.edited.connect(self._telling.practised)
        self._aftermath.deleted.connect(lambda rows: self.numbers.model.learn(findings_of(rows)))
        self._aftermath.half_done.connect(self._tell_half_done)
        self._pauses.seen.connect(self._asker.remember)
        self._asker.confirmed.connect(self.controller.run)
        self._asker.continuing.connect(self.controller.continue_run)
        self._exporter.written.connect(self._telling.exported)
        from_cards = (self.choose, self.numbers, self.organisation, self._exporter)
        for source in (*from_cards, self._fills, self._walk, self._next, self._asker):
            source.troubled.connect(self.show_trouble)

    def _connect_controller(self) -> None:
        controller, results = self.controller, self.results
        controller.changed.connect(self._on_work)
        controller.rows_replaced.connect(results.show_run)
        controller.rows_changed.connect(self._on_rows)
        controller.run_started.connect(lambda run_id: setattr(self, "_running", run_id))
        controller.progressed.connect(self._on_progress)
        controller.paused.connect(results.show_pause)
        controller.stopping.connect(results.show_stopping)
        controller.run_ended.connect(self._on_run_ended)
        controller.troubled.connect(self.show_trouble)
        self._notifier.title_changed.connect(self._show_title)
        self._closing.go.connect(self.close)
        self._closing.waiting.connect(self._telling.closing)

    # What the clerk wants

    def _ask_sign_in(self) -> None:
        """Not while a run goes: it belongs to the sign-in that it began with. Settling gives way."""
        if self.controller.busy:
            self._telling.run_goes_on()
        else:
            self.controller.stop()
            self.sign_in_wanted.emit()

    def _continue(self) -> None:
        self._asker.ask_continue(self.results.unsent)

    def _export(self) -> None:
        rows = self.results.model.rows
        if rows:
            self._exporter.ask(rows[0].run_id)

    def _settle_by_hand(self, row: Row) -> None:
        dialog = SettleDialog(row, self._words_now, self)
        dialog.accepted.connect(lambda: self.controller.settle_by_hand(row, dialog.verdict, dialog.why))
        dialog.open()

    # What happened

    def _on_choice_changed(self) -> None:
        self._fills.ask_anew()
        self._walk.forget()
        self._show_obstacle()

    def _on_switched(self, organisation: Organisation) -> None:
        """Another organisation sees other bills: what a check found in the last one is void."""
        self.strip.show_account(self._engine.connection.profile, self._engine.connection.signed_in)
        self._telling.switched()
        self._walk.forget()
        self._telling.done(self.tr("Now working in {name}.").format(name=name_of(organisation)))

    def _on_work(self, work: Activity) -> None:
        self.numbers.set_busy(self.controller.busy)
        self.choose.set_busy(self.controller.busy)
        self.organisation.set_busy(self.controller.busy)
        self.results.set_running(work in (Activity.RUN, Activity.CHAINS), following=work is Activity.CHAINS)
        self._telling.settling(work is Activity.SETTLE)
        if work is Activity.RUN:
            self._telling.run_began()

    def _on_rows(self, rows: tuple[Row, ...]) -> None:
        self.results.model.update_rows(rows)
        if (
            self.controller.work is not Activity.RUN
        ):  # settled, by a question or by hand: the grid hears of it
            self.numbers.model.learn(findings_of(rows))
        late = found_late(rows, self._running)
        if late:
            self._telling.late(late)

    def _on_progress(self, progress: Progress) -> None:
        if self.controller.work is Activity.RUN:
            self.results.show_progress(progress)

    def _on_run_ended(self, info: RunInfo) -> None:
        self.numbers.model.learn(findings_of(self.results.model.rows))
        to_do = self.results.model.counts()[Tab.HANDS]
        self._telling.run_ended(info, to_do, lambda: self.results.tabs.setCurrentIndex(Tab.HANDS))
        self._find_what_follows()

    def _find_what_follows(self) -> None:
        """What the run shown does after the push, by its own order: the button that continues it says so."""
        rows = self.results.model.rows
        if rows and self.results.unsent:
            call = partial(self._engine.journal.order, rows[0].run_id)
            start_job(
                call,
                self,
                success=lambda order: self.results.show_what_follows(order.then),
                failure=self.show_trouble,
            )

    def _on_run_fetched(self, shown: RunShown) -> None:
        self.results.show_run(shown.digest, here=shown.here)
        self._find_what_follows()
        self._aftermath.compare()

    def _check_place(self) -> None:
        """Another sign-in may be another data centre: what is shown must not be pushed there."""
        rows = self.results.model.rows
        self.results.set_here(not rows)
        if rows:
            call = partial(fetch_run, self._engine, rows[0].run_id)
            start_job(
                call, self, success=lambda shown: self.results.set_here(shown.here), failure=self.show_trouble
            )

    def _on_leftovers(self, left: OpenWork) -> None:
        if left.digest is not None and self.controller.work is not Activity.RUN:
            self.results.show_run(left.digest)
            self._find_what_follows()
        self._tell_half_done(left.open_chains)
        if left.open_requests:
            self.controller.settle()

    def _tell_half_done(self, count: int) -> None:
        """The results tell of those that they show; the bar only of further ones."""
        further = count if count > self.results.chains.count else 0
        self._telling.half_done(further, self._aftermath.show_chains)

    # Keeping up

    def _words_now(self) -> Words:
        return self._words

    def _show_title(self) -> None:
        self.setWindowTitle(self._notifier.title(self.strip.title()))

    def _show_obstacle(self) -> None:
        signed_out = (
            self.tr("Sign in to a data centre first.") if self._engine.connection.signed_in is None else ""
        )
        obstacle = signed_out or self.choose.obstacle()
        refusal = None if signed_out else self._engine.refusal_of("push")
        self.numbers.set_obstacle(obstacle, self._words.error(refusal).what if refusal else "")
        self.choose.offer_readiness(not obstacle)

    def _takes_drops(self) -> bool:
        """Not while something goes on, when only what is meant for the grid may change it."""
        return not self.controller.busy and self._pages.currentWidget() is self._splitter

    def _on_refresh_key(self) -> None:
        """F5: in the results, ask again about what is open; else check the numbers."""
        focused, asking = QApplication.focusWidget(), self.results.settle_now
        in_results = focused is not None and self.results.isAncestorOf(focused)
        (asking if in_results and asking.isVisible() else self.numbers.check_button).click()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.numbers.take_key(event):
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._show_title()

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self._closing.may_close():
            event.ignore()
            return
        self.memory.keep_window(self, self._splitter)
        self.numbers.save_now()
        event.accept()
        self.closed.emit()
