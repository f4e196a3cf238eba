"""Card 3: the results of a run under tabs, its progress, the details of a bill, what can be done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QItemSelection, QPoint, Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QTabBar, QWidget

from kdgui.domain.chains import Chain
from kdgui.domain.verdicts import Progress, Row, Verdict
from kdgui.pushing.flow.run_control import Pause
from kdgui.ui.results.copying import Copying
from kdgui.ui.results.detail_pane import DetailPane
from kdgui.ui.results.fill_lines import FillLines
from kdgui.ui.results.progress_line import ProgressLine
from kdgui.ui.results.results_banner import ResultsBanner
from kdgui.ui.results.results_model import ResultsModel
from kdgui.ui.results.results_view import ResultsView
from kdgui.ui.results.row_actions import RowActions
from kdgui.ui.results.run_digest import RunDigest, Tab
from kdgui.ui.results.totals_line import TotalsLine
from kdgui.ui.results.unfinished_strip import UnfinishedStrip
from kdgui.ui.widgets.card import Card, ElidedLabel, plain_label, push_button, say
from kdgui.ui.widgets.style import em, named

if TYPE_CHECKING:
    from kdgui.pushing.inspect.totals import Totals
    from kdgui.store.messages.words import Words


_MOST_NAMED = 12


class ResultsPane(Card):
    """What became of every bill.

    Attributes:
        model: the rows.
        copying: puts them on the clipboard.

    Signals:
        stop_wanted, resume_wanted, look_wanted, continue_wanted, settle_wanted, export_wanted: buttons.
        settle_by_hand_wanted: the unsettled Row that is selected.
        retry_wanted: the Offers of now, to retry what failed.
        again_wanted: tuple of rows that were pushed before and are wanted once more.
        choice_wanted: how to go on after a pause, one of `Pause.choices`.
        carry_on_wanted, chains_wanted, delete_wanted: what follows for the target bills of the run shown.
        next_wanted: the run whose target bills are to be pushed on.
        told: a sentence worth showing for a moment.
    """

    stop_wanted = Signal()
    resume_wanted = Signal()
    look_wanted = Signal()
    continue_wanted = Signal()
    settle_wanted = Signal()
    settle_by_hand_wanted = Signal(object)
    retry_wanted = Signal(object)
    again_wanted = Signal(object)
    export_wanted = Signal()
    choice_wanted = Signal(str)
    carry_on_wanted = Signal()
    chains_wanted = Signal()
    delete_wanted = Signal()
    next_wanted = Signal(str)
    told = Signal(str)

    def __init__(self, words: Callable[[], Words], parent: QWidget | None = None) -> None:
        super().__init__(3, parent)
        self._words = words
        self._running = False
        self._here = True
        self._searched = False
        self._then = ""
        self._pause: Pause | None = None
        self._offers = RowActions()
        self.model = ResultsModel(words, self)
        self.view = ResultsView(self.model)
        self.copying = Copying(self.view, self.model, words, self)
        self.copying.told.connect(self.told)
        self.details = DetailPane(words)
        self.fills = FillLines()
        self.details.tell_more(self._more_about)
        self._lay_out()
        self.model.counted.connect(self._on_counted)
        self.view.selectionModel().selectionChanged.connect(self._on_selection)
        self.view.menu_wanted.connect(self._show_menu)
        self.model.modelReset.connect(self._on_selection)
        self.model.dataChanged.connect(lambda *_range: self._show_details())
        self.retranslate()

    # What the window tells

    def show_run(self, rows: Sequence[Row] | RunDigest, *, here: bool = True) -> None:
        """Show these rows, from the top, under 全部; `here` as in `set_here`."""
        self._here, self._then = here, ""
        self.tabs.setCurrentIndex(Tab.ALL)
        self.model.show_rows(rows)
        self.view.scrollToTop()

    def show_what_follows(self, then: str) -> None:
        """What the run shown does after the push: "", "submit" or "audit"."""
        self._then = then
        self._show_banner()

    @property
    def unsent(self) -> tuple[Row, ...]:
        """The rows that were not sent and may be pushed now."""
        return self._offers.unsent

    @property
    def here(self) -> bool:
        """Whether the rows belong to the data centre we are signed in to."""
        return self._here

    def show_totals(self, totals: Totals | None) -> None:
        """What the sums of the run say; None for nothing."""
        together = self.model.companions
        self.totals.show_totals(totals, together.sources, together.targets)
        self.details.tell_more(self._more_about)

    def show_chains(self, chains: Sequence[Chain]) -> None:
        """What follows for the targets stands like this now: what was filled in is told in the details."""
        self.fills.learn(chains)
        self.details.tell_more(self._more_about)

    def set_running(self, running: bool, *, following: bool = False) -> None:
        """A run began or ended; or, `following`, what comes after one."""
        self._running, self._pause = running, None
        if running:
            self.show_totals(None)
            self.progress.begin(following=following)
        self._on_counted(self.model.counts())

    def set_here(self, here: bool) -> None:
        """Whether the rows belong to the data centre we are signed in to; else nothing is offered."""
        self._here = here
        self._on_counted(self.model.counts())

    def show_progress(self, progress: Progress) -> None:
        """How far it is."""
        self.progress.show_progress(progress)

    def show_pause(self, pause: Pause | None) -> None:
        """The run waits, or (None) goes on."""
        self._pause = pause
        self._refresh()

    def show_stopping(self) -> None:
        """The clerk pressed stop; the request in flight is still waited for."""
        self.progress.show_stopping()

    def search(self, text: str) -> None:
        """Show only rows that hold this text."""
        self._searched = bool(text.strip())
        self.model.search(text)
        self._show_emptiness()

    def tab_chain(self) -> tuple[QWidget, ...]:
        """What the tab key visits, in order."""
        banner, chains = self.banner, self.chains
        waiting = (banner.look, banner.split, banner.none, banner.resume, chains.carry_on, chains.look)
        footer = (self.settle_now, self.settle_by_hand, self.retry, self.again)
        heading = (self.copy, self.export, self.more)
        return *heading, self.tabs, *waiting, self.progress.stop, self.view, *footer

    # What the buttons mean

    def _settle_by_hand(self) -> None:
        row = self.details.row
        if row is not None and row.verdict is Verdict.UNSETTLED:
            self.settle_by_hand_wanted.emit(row)

    def _push_again(self) -> None:
        selected = {(row.run_id, row.position) for row in self.view.selected_rows()}
        chosen = tuple(row for row in self._offers.again if (row.run_id, row.position) in selected)
        self.again_wanted.emit(chosen or self._offers.again)

    def _resume(self) -> None:
        (self.resume_wanted if self._running else self.continue_wanted).emit()

    def _show_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.copying.fill(menu)
        menu.addSeparator()
        for button in (self.details.copy, self.settle_now, self.settle_by_hand, self.retry, self.again):
            if button.isVisible():
                action = menu.addAction(button.text())
                action.setEnabled(button.isEnabled())
                action.triggered.connect(button.click)
        menu.popup(at)

    # Looks

    def _lay_out(self) -> None:
        self.copy = push_button("copyButton", lambda: None, "link")
        menu = QMenu(self.copy)
        menu.aboutToShow.connect(lambda: self.copying.fill(menu))
        self.copy.setMenu(menu)
        self.export = push_button("exportButton", self.export_wanted.emit, "link")
        self.more = push_button("resultsMoreButton", lambda: None, "link")
        self.more.setMenu(self._more_menu())
        for button in (self.copy, self.export, self.more):
            self.heading.addWidget(button)
        self.tabs = named("verdictTabs", QTabBar())
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(False)
        for _tab in Tab:
            self.tabs.addTab("")
        self.tabs.currentChanged.connect(lambda tab: self._on_tab(Tab(tab)))
        self.banner = ResultsBanner(self._words)
        self.banner.resume_wanted.connect(self._resume)
        self.banner.look_wanted.connect(self.look_wanted)
        self.banner.choice_wanted.connect(self.choice_wanted)
        self.chains = UnfinishedStrip()
        self.chains.carry_on_wanted.connect(self.carry_on_wanted)
        self.chains.look_wanted.connect(self.chains_wanted)
        self.totals = TotalsLine(self._words)
        self._empty = plain_label("muted", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setObjectName("resultsInvitation")
        self.progress = ProgressLine()
        self.progress.stop_wanted.connect(self.stop_wanted)
        for part in (self.tabs, self.banner, self.chains, self.progress):
            self.body.addWidget(part)
        self.body.addWidget(self._empty, 1)
        self.body.addWidget(self.view, 1)
        self.body.addWidget(self.details)
        self.body.addWidget(self.totals)
        self.body.addLayout(self._footer())
        QShortcut(QKeySequence.StandardKey.Copy, self.view, self.copying.rows).setContext(
            Qt.ShortcutContext.WidgetShortcut
        )

    def _more_menu(self) -> QMenu:
        menu = QMenu(self.more)
        self._next = menu.addAction("")
        self._next.setObjectName("nextBillsAction")
        self._next.triggered.connect(lambda _checked=False: self._go_on())
        self._delete = menu.addAction("")
        self._delete.setObjectName("deleteCreatedAction")
        self._delete.triggered.connect(lambda _checked=False: self.delete_wanted.emit())
        self._half = menu.addAction("")
        self._half.setObjectName("openChainsAction")
        self._half.triggered.connect(lambda _checked=False: self.chains_wanted.emit())
        return menu

    def _go_on(self) -> None:
        rows = self.model.rows
        if rows:
            self.next_wanted.emit(rows[0].run_id)

    def _footer(self) -> QHBoxLayout:
        self.retry = push_button("retryButton", lambda: self.retry_wanted.emit(self._offers))
        self.again = push_button("pushAgainButton", self._push_again)
        self.settle_now = push_button("settleNowButton", self.settle_wanted.emit)
        self.settle_by_hand = push_button("settleByHandButton", self._settle_by_hand)
        self._saved = ElidedLabel("caption")
        line = QHBoxLayout()
        line.setSpacing(em(self, 0.5))
        for button in (self.settle_now, self.settle_by_hand, self.retry, self.again):
            line.addWidget(button)
        line.addWidget(self._saved, 1)
        return line

    def retranslate(self) -> None:
        self.set_title(self.tr("Results"))
        say(
            self.copy,
            self.tr("Copy"),
            self.tr("The result column to paste beside your list, whole rows, or numbers"),
        )
        say(self.export, self.tr("Export to Excel"), self.tr("All rows with targets, reasons and advice"))
        self.more.setText(self.tr("More"))
        self.more.setAccessibleName(self.tr("More that can be done with these results"))
        self._next.setText(self.tr("Push the target bills on…"))
        self._delete.setText(self.tr("Delete what this run created…"))
        self._half.setText(self.tr("Submits and approvals not finished…"))
        say(
            self.settle_now,
            self.tr("Ask Kingdee"),
            self.tr("Ask now what became of the unsettled bills (F5)"),
        )
        say(
            self.settle_by_hand,
            self.tr("Settle by hand…"),
            self.tr("You looked in Kingdee: say what became of it"),
        )
        self._saved.setText(self.tr("Results are kept; find them in the history at any time"))
        self.tabs.setAccessibleName(self.tr("Which results are shown"))
        self.progress.retranslate()
        self.banner.retranslate()
        self.chains.retranslate()
        self.totals.retranslate()
        self.view.setAccessibleName(self.tr("Results"))
        self.model.retranslate()
        self.details.retranslate()
        self._on_counted(self.model.counts())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.view.fit_columns()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.details.set_room(event.size().height() // 4)

    # Keeping up

    def _on_tab(self, tab: Tab) -> None:
        self.model.show_tab(tab)
        self._show_emptiness()

    def _on_counted(self, counts: tuple[int, ...]) -> None:
        words = (self.tr("All"), self.tr("Needs hands"), self.tr("Pushed"), self.tr("Not done"))
        for tab, word in zip(Tab, words, strict=True):
            self.tabs.setTabText(tab, f"{word} {counts[tab]:,}")
        idle = self._here and not self._running
        self._offers = self.model.offers if idle else RowActions()
        self._refresh()

    def _on_selection(self, *_change: QItemSelection) -> None:
        self._show_details()

    def _show_details(self) -> None:
        row = self.view.current_row()
        self.details.show_row(row)
        unsettled = row is not None and row.verdict is Verdict.UNSETTLED
        self.settle_by_hand.setVisible(unsettled)
        self.settle_by_hand.setEnabled(unsettled and not self._running)

    def _refresh(self) -> None:
        self._show_emptiness()
        self.progress.setVisible(self._running)
        self._show_banner()
        self._show_offers()
        self._show_details()

    def _show_emptiness(self) -> None:
        empty = not self.model.rowCount()
        self._empty.setVisible(empty)
        self.view.setVisible(not empty)
        if empty:
            self._empty.setText(self._invitation())
        any_rows = bool(self.model.counts()[Tab.ALL])
        self.tabs.setVisible(any_rows)
        self._saved.setVisible(any_rows)
        self.copy.setEnabled(any_rows)
        self.more.setEnabled(any_rows)
        self.export.setEnabled(any_rows and not self._running)

    def _invitation(self) -> str:
        if not self.model.counts()[Tab.ALL]:
            return self.tr(
                "What becomes of every bill appears here:\nits target bill, or why not and what to do."
            )
        if self._searched:
            return self.tr("No bill with this number here.\nPress Enter to look in every run.")
        return self.tr("No bill here.")

    def _show_banner(self) -> None:
        elsewhere = not self._here and bool(self.model.counts()[Tab.ALL])
        self.banner.show_state(self._pause, len(self._offers.unsent), elsewhere=elsewhere, then=self._then)
        half = self.model.half_done if self._here and not self._running else 0
        self.chains.show_count(half)
        targets = self.model.companions.targets > 0
        self._next.setEnabled(targets and self._here and not self._running)
        self._delete.setEnabled(targets and self._here and not self._running)

    def _more_about(self, row: Row) -> Sequence[str]:
        """What went into the same target bill, and what the sums say."""
        together, lines = self.model.together(row), []
        if together:
            named_rows = self.tr(", ").join(each.number for each in together[:_MOST_NAMED])
            more = " …" if len(together) > _MOST_NAMED else ""
            told = self.tr("{n} more bills became the same target bill: {numbers}")
            lines.append(told.format(n=len(together), numbers=named_rows + more))
        return (*lines, *self.fills.about(row), *self.totals.about(row))

    def _show_offers(self) -> None:
        offers = self._offers
        self._offer(
            self.retry, len(offers.failed) + len(offers.presumed), self._retry_text(len(offers.failed))
        )
        again = self.tr("Push {n} again…").format(n=len(offers.again))
        self._offer(self.again, len(offers.again), again)
        waiting = self.model.counting_down
        self.settle_now.setVisible(bool(offers.unsettled or offers.presumed) or (self._running and waiting))

    def _retry_text(self, failed: int) -> str:
        return self.tr("Retry the {n} failed…").format(n=failed) if failed else self.tr("Retry…")

    def _offer(self, button: QPushButton, count: int, text: str) -> None:
        button.setVisible(count > 0 and not self._running)
        say(button, text)
